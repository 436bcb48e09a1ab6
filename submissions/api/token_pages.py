"""The pages on which people make tokens for their programs, see the ones they have, and end them."""

from datetime import date, timedelta

from allauth.account.decorators import reauthentication_required
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from submissions.fields import BuddhistDateField, posted, status_of
from submissions.models import Scope, Token
from submissions.models.tokens import MOST_TOKEN_NAME

from .tokens import TooMany, make_token

USUAL = 90  # days


class TokenForm(forms.Form):
    """What a token is called, what it is for, and until when."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MOST_TOKEN_NAME,
        help_text=gettext_lazy("Which program uses it, and where: you will know by this which one to end."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it is for"),
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("It never does more than you may do yourself."),
    )
    until = BuddhistDateField(label=gettext_lazy("Last day"), required=False)

    def __init__(self, user, data=None) -> None:
        self.user = user
        self.today = timezone.localdate()
        self.last = self.today + timedelta(days=settings.TOKEN_DAYS) if settings.TOKEN_DAYS else None
        usual = self.today + timedelta(days=USUAL)
        super().__init__(data, initial={"until": min(usual, self.last) if self.last else usual})
        until = self.fields["until"]
        if self.last:
            until.required = True
            until.help_text = _("%(days)s days from today at most") % {"days": settings.TOKEN_DAYS}
        else:
            until.help_text = _("Left empty, it has no end.")

    def clean_name(self) -> str:
        """One name for one token; a page that is loaded again makes no second one either."""
        name = self.cleaned_data["name"]
        if self.user.auth_token_set.living().filter(name=name).exists():
            raise ValidationError(_("You have a token of this name already. End it first, or choose another name."))
        return name

    def clean_until(self) -> date | None:
        text = self.cleaned_data["until"]
        day = date.fromisoformat(text) if text else None
        if day and day < self.today:
            raise ValidationError(_("This day is over."))
        if day and self.last and day > self.last:
            raise ValidationError(_("%(days)s days from today at most") % {"days": settings.TOKEN_DAYS})
        return day

    @property
    def life(self) -> timedelta | None:
        """From now to the end of the last day."""
        day = self.cleaned_data["until"]
        if day is None:
            return None
        end = timezone.localtime().replace(hour=23, minute=59, second=59, microsecond=0)
        return end + (day - self.today) - timezone.now()


@login_required
@require_GET
@never_cache
def tokens(request) -> HttpResponse:
    return render(request, "submissions/tokens.html", {"tokens": request.user.auth_token_set.living()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required
@never_cache
def make(request) -> HttpResponse:
    """The form; and once, in answer to it, the token."""
    form = TokenForm(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            name, scopes = form.cleaned_data["name"], form.cleaned_data["scopes"]
            token, text = make_token(request.user, life=form.life, name=name, scopes=scopes)
        except TooMany as error:
            form.add_error(None, str(error.detail))
        else:
            return render(request, "submissions/token_made.html", {"token": token, "text": text}, status=201)
    return render(request, "submissions/token_form.html", {"form": form}, status=status_of(form))


@login_required
@require_POST
def end(request, key: str) -> HttpResponse:
    get_object_or_404(request.user.auth_token_set, token_key=key).delete()
    messages.success(request, _("The token has ended."))
    return redirect("tokens")


@login_required
@require_POST
def end_all(request) -> HttpResponse:
    count = request.user.auth_token_set.living().count()
    Token.objects.filter(user=request.user).delete()
    text = ngettext("%(count)s token has ended.", "%(count)s tokens have ended.", count)
    messages.success(request, text % {"count": count})
    return redirect("tokens")


urls = [
    path("accounts/tokens/", tokens, name="tokens"),
    path("accounts/tokens/new/", make, name="token-make"),
    path("accounts/tokens/end/", end_all, name="tokens-end"),
    path("accounts/tokens/<slug:key>/end/", end, name="token-end"),
]
