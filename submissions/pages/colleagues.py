"""People of our office: a head sees who has an account, invites colleagues, closes accounts and opens them again."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from submissions.accounts import colleagues
from submissions.fields import posted, show_reasons, status_of
from submissions.models import Invitation, User
from submissions.models.places import MOST_NAME
from submissions.questions import access, ways
from submissions.questions.forbidden import forbid
from submissions.questions.newcomers import STATES, kept_by, rests_until, was_asked_lately, with_invitations
from submissions.questions.proofread import Refused

from .dear import Throttle


class ColleagueForm(forms.Form):
    full_name = forms.CharField(
        label=gettext_lazy("Full name"),
        max_length=MOST_NAME,
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=150,  # it becomes the user name
        help_text=gettext_lazy("The invitation goes there, and it is the user name."),
        widget=forms.EmailInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if not ways.has_mail():
            self.fields["email"].help_text = _("It is the user name.")


class Asking(Throttle):
    """Whoever adds a colleague learns whether the address has an account: not of any number of addresses."""

    rate, scope = "30/hour", "colleagues"


def _head(request) -> User:
    forbid(access.why_not_lead(request.user))
    return request.user


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request) -> HttpResponse:
    """All accounts of the office; sent, the form makes one more."""
    head = _head(request)
    form = ColleagueForm(posted(request))
    if form.is_valid() and not Asking().allow_request(request, people):  # type: ignore[arg-type]
        form.add_error(None, _("Enough addresses were tried for now. Go on in an hour."))
    elif form.is_valid():
        try:
            user = colleagues.add(head, form.cleaned_data["full_name"], form.cleaned_data["email"])
        except Refused as refused:
            show_reasons(form, refused.reasons)
        else:
            messages.success(request, _added() % {"name": user})
            return redirect("colleagues")
    rows = with_invitations(kept_by(head).order_by("-is_active", "-is_head", "full_name", "pk"))
    elsewhere, now = colleagues.closed_elsewhere(rows), timezone.now()
    for user in rows:
        user.state_in_words = STATES[user.state]
        if was_asked_lately(user.invitation, user.email, now):
            user.rests_until = rests_until(user.invitation, user.email)
        user.is_reopened_by_staff = user.pk in elsewhere
    context = {"people": rows, "form": form, "office": head.office, "has_mail": ways.has_mail()}
    return render(request, "submissions/accounts/colleagues.html", context, status=status_of(form))


@login_required
@require_POST
def invite(request, pk: int) -> HttpResponse:
    head = _head(request)
    if not kept_by(head).filter(pk=pk).exists():
        raise Http404
    is_again = Invitation.objects.open().filter(user=pk).exists()
    if not ways.has_mail():
        messages.error(request, _("Nothing was sent: this portal sends no mail. Central staff print a letter."))
    elif not _done(request, lambda: colleagues.ask(head, pk)):
        messages.info(request, _("Nothing was sent: a letter went to this address less than a day ago, or they came."))
    elif is_again:
        messages.success(request, _("The invitation was sent again. The one before holds no longer."))
    else:
        messages.success(request, _("The invitation was sent."))
    return redirect("colleagues")


def _added() -> str:
    if ways.has_mail():
        return _("%(name)s was invited.")
    return _("%(name)s has an account. Ask central staff for the letter with the code for it.")


@login_required
@require_POST
def close(request, pk: int) -> HttpResponse:
    return _turn(request, colleagues.close, pk, _("The account of %(name)s is closed."))


@login_required
@require_POST
def reopen(request, pk: int) -> HttpResponse:
    return _turn(request, colleagues.reopen, pk, _("The account of %(name)s is open again."))


def _turn(request, deed: Callable[[User, int], User], pk: int, sentence: str) -> HttpResponse:
    head = _head(request)
    if user := _done(request, lambda: deed(head, pk)):
        messages.success(request, sentence % {"name": user})
    return redirect("colleagues")


def _done(request, deed: Callable[[], Any]) -> Any:
    """What the deed gave; None where it was refused, which is told. Whoever is of another office is not there."""
    try:
        return deed()
    except User.DoesNotExist:
        raise Http404 from None
    except Refused as refused:
        messages.error(request, str(refused))
        return None


urls = [
    path("office/people/", people, name="colleagues"),
    path("office/people/<int:pk>/invite/", invite, name="colleague-invite"),
    path("office/people/<int:pk>/close/", close, name="colleague-close"),
    path("office/people/<int:pk>/reopen/", reopen, name="colleague-reopen"),
]
