"""Where an invitation leads, by a link or a code typed from paper: the password is set, and its person logged in."""

from typing import Any

from allauth.account.forms import SetPasswordForm
from allauth.account.internal.flows.password_reset import perform_password_reset_login
from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from submissions.accounts import invitations
from submissions.accounts.invitations import why_not_come
from submissions.fields import status_of

MOST_CODE = 100  # characters


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code of your letter"),
        max_length=MOST_CODE,
        help_text=gettext_lazy("16 letters and digits. Capitals, spaces and hyphens do not matter."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "form-control",
            }
        ),
    )


@sensitive_post_parameters("code", "password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request) -> HttpResponse:
    """Without a code it is asked for; opened by a link, or sent with a code alone, nothing is changed yet."""
    code = request.POST.get("code") or request.GET.get("code", "")
    if not code:
        return _page(request, "code", code_form=CodeForm())
    found = invitations.find(code) if len(code) <= MOST_CODE else None
    if found is None:
        form = CodeForm({"code": code})
        form.add_error("code", _("No invitation has this code. Compare it with the letter, sign by sign."))
        return _page(request, "code", status=422, code_form=form)
    if request.user.is_authenticated:
        return _page(request, "another", status=409, person=found.user)
    if why := why_not_come(found):
        return _page(request, why, status=410, person=found.user)
    is_sent = request.method == "POST" and "password1" in request.POST
    form = SetPasswordForm(data=request.POST if is_sent else None, user=found.user)
    if is_sent and form.is_valid():
        return _come(request, found, form.cleaned_data["password1"])
    status = status_of(form)
    return _page(request, "password", status=status, person=found.user, form=form, code=code, until=found.until)


def _come(request, found, password: str) -> HttpResponse:
    user = invitations.come(found, password)
    if user is None:  # somebody was quicker
        found.refresh_from_db()
        return _page(request, why_not_come(found) or "used", status=410, person=found.user)
    messages.success(request, _("Your password is set. From now on log in with your user name and this password."))
    return perform_password_reset_login(request, user)


def _page(request, step: str, *, status: int = 200, **context: Any) -> HttpResponse:
    response = render(request, "submissions/accounts/invitation.html", {"step": step, **context}, status=status)
    response["Referrer-Policy"] = "strict-origin"  # the address has the secret; a form without an origin is refused
    response["Cache-Control"] = "private, no-store"
    return response


urls = [path("invitation/", invitation, name="invitation")]
