"""The pages on which people see what was done with their account, and end what they don't want to go on."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from submissions.fields import status_of, whole
from submissions.models import AccountEvent
from submissions.questions import ways

from . import addresses
from .sessions import end_others, see, sessions_of

A_PAGE = 50


@login_required
@require_GET
def events(request) -> HttpResponse:
    """What was done with one's own account, the newest first."""
    rows = AccountEvent.objects.of(request.user).select_related("actor")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "submissions/accounts/events.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request) -> HttpResponse:
    """Where one is logged in; sent, the form ends one of the others (`end`: its number) or all of them."""
    own = request.session.session_key
    if request.method == "POST":
        chosen = request.POST.get("end", "")
        number = None if chosen == "others" else whole(chosen) or 0
        ended = end_others(request.user, own=own, by=request.user, number=number)
        sentence = ngettext("%(count)s log-in was ended.", "%(count)s log-ins were ended.", ended) % {"count": ended}
        messages.success(request, sentence if ended else _("That log-in is over already."))
        return redirect("usersessions_list")
    see(request, timezone.now())  # also one that is older than this list
    found = sessions_of(request.user)
    others = [session for session in found if session.session_key != own]
    return render(request, "submissions/accounts/sessions.html", {"sessions": found, "own": own, "others": others})


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args, user, **kwargs) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()  # as it is looked for when a password was forgotten
        if reason := addresses.why_not_ask(self.user, email):
            raise forms.ValidationError(reason)
        return email


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def email(request) -> HttpResponse:
    """The address to which mail goes, and the one that waits to be confirmed."""
    deed = request.POST.get("deed", "ask") if request.method == "POST" else ""
    if deed == "withdraw":
        addresses.withdraw(request.user)
        messages.success(request, _("The new address is asked for no more."))
        return redirect("account-email")
    if deed == "remove" and request.user.email:
        return _remove(request)
    form = AddressForm(request.POST if deed else None, user=request.user)
    if deed and form.is_valid():
        return _ask(request)
    context: dict[str, Any] = {"form": form, "change": addresses.pending(request.user)}
    context |= {"has_server": ways.has_mail(), "is_shut": addresses.is_shut()}
    return render(request, "submissions/accounts/email.html", context, status=status_of(form))


@reauthentication_required
def _ask(request) -> HttpResponse:
    form = AddressForm(request.POST, user=request.user)
    if form.is_valid():
        addresses.ask(request.user, form.cleaned_data["email"], request)
    return redirect("account-email")


@reauthentication_required
def _remove(request) -> HttpResponse:
    request.user.email = ""
    request.user.save(update_fields=["email"])
    messages.success(request, _("Your address is taken away. No mail is sent to you."))
    return redirect("account-email")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request, key: str) -> HttpResponse:
    """Where the link leads: opened by somebody who can log in, not by whoever reads the mail alone."""
    if request.method == "POST" and addresses.confirm(request.user, key):
        messages.success(request, _("The address is yours. Mail goes there from now on."))
        return redirect("account-email")
    change = addresses.find(request.user, key)
    status = 200 if change else 410
    return render(request, "submissions/accounts/confirm_email.html", {"change": change}, status=status)


urls = [
    path("account/events/", events, name="account-events"),
    path("account/email/", email, name="account-email"),
    path("account/email/<str:key>/", confirm_email, name="address-confirm"),
]
