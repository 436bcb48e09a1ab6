"""The pages on which people read what they are told, and choose how else they wish to be told."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from submissions.accounts import addresses
from submissions.fields import number_in, posted, status_of, whole
from submissions.models import Channel, Notice, Telling
from submissions.notices import letters, line
from submissions.notices.answered import RETURNS, answered
from submissions.notices.words import say
from submissions.questions import ways

A_PAGE = 20
MANY = 100  # beyond this the bell says 99+
# A page asks for a letter that waits this often: quickly at first, then patiently, and at last not at all.
QUICK, PATIENT = (15, "2s"), (95, "15s")


def bell(request) -> dict:
    """For every page: how many notices are unread, and how many of these tell of circulars.

    One statement, and only where a page shows it.

    Nothing is asked of the request before: a page that says what was wrong with it may have no user.
    """
    codes = SimpleLazyObject(lambda: unread_codes(request))
    return {
        "unread": SimpleLazyObject(lambda: len(codes)),
        "new_circulars": SimpleLazyObject(lambda: codes.count(Notice.Code.CIRCULAR)),
    }


def unread_codes(request) -> list[str]:
    """Of each unread notice what it is about; of the newest, where there are many. Looked up once for a page.

    Not of returns that were answered since: two statements more where any are unread."""
    if not hasattr(request, "unread_codes"):
        seen = Notice.objects.visible_to(request.user).unread()
        codes = list(seen.values_list("code", flat=True)[:MANY])
        returns = list(seen.filter(code__in=RETURNS)[:MANY]) if set(codes) & set(RETURNS) else []
        done = answered(returns)
        for one in returns:
            if one.pk in done and one.code in codes:
                codes.remove(one.code)
        request.unread_codes = codes
    return request.unread_codes


def unread_badge(request) -> int | str:
    """For the admin's menu, which shows any number."""
    return len(unread_codes(request)) or ""


@login_required
@require_GET
@never_cache
def notices(request) -> HttpResponse:
    rows = Notice.objects.visible_to(request.user).select_related("round__edition").defer("round__edition__text")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    told = {"page": page, "said": say(page.object_list, request.user), "has_mail": ways.has_mail()}
    practice = [bool(one.round and one.round.is_practice) for one in page.object_list]
    return render(request, "submissions/notices.html", {**told, "all_practice": any(practice) and all(practice)})


@login_required
@require_GET
@never_cache
def open_notice(request, pk: int) -> HttpResponse:
    """Go where a notice leads, or one of the things it tells of (`?item=`), and count it as read."""
    rows = Notice.objects.visible_to(request.user).select_related("round__edition").defer("round__edition__text")
    notice = get_object_or_404(rows, pk=pk)
    (in_words,) = say([notice], request.user)
    Notice.objects.filter(pk=pk).read()
    number = whole(request.GET.get("item", ""))
    if number is not None and number < len(in_words.lines):
        return redirect(in_words.lines[number].path)
    return redirect(in_words.path)


@login_required
@require_POST
def read_all(request) -> HttpResponse:
    Notice.objects.filter(user=request.user).read()
    return redirect("notices")


class TellingForm(forms.ModelForm):
    """How often and in which language somebody is written to. Where to is a page of its own (accounts/pages.py)."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language of what is sent"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )

    class Meta:
        model = Telling
        fields = ("mail", "line", "language")
        widgets = {name: forms.RadioSelect for name in ("mail", "line")}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["mail", "line", "language"])
        if not self.instance.line_id:
            del self.fields["line"]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def notice_settings(request) -> HttpResponse:
    telling = Telling.objects.filter(user=request.user).first() or Telling(user=request.user)
    until = telling.line_code_until
    form = TellingForm(posted(request), instance=telling)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your choice is saved."))
        return redirect("notice-settings")
    return render(
        request,
        "submissions/notice_settings.html",
        {
            "form": form,
            "telling": telling,
            "change": addresses.pending(request.user),
            "has_mail": bool(request.user.email) and not addresses.is_shut(),
            "has_line": ways.has_line(),
            "code_is_open": bool(telling.line_code and until and until > timezone.now()),
            "last": {channel: _last_letter(request.user, channel) for channel in Channel.values},
        },
        status=status_of(form),
    )


def _last_letter(user, channel: str, times_asked: int = 0) -> dict:
    """The last letter of one way, for a page that has asked for it so often. One statement."""
    letter = user.letters.filter(channel=channel, about="").first()
    paces = (PATIENT,) if letter and letter.fault else (QUICK, PATIENT)
    wait = next((delay for most, delay in paces if times_asked < most), "")
    return {"channel": channel, "letter": letter, "asked": times_asked, "wait": wait}


@login_required
@require_GET
@never_cache
def letter_state(request, channel: str) -> HttpResponse:
    """How the last letter of one way stands, for the page that waits for it."""
    if channel not in Channel.values:
        raise Http404
    times_asked = number_in(request.GET, "asked")
    return render(
        request, "submissions/letter_state.html", {"last": _last_letter(request.user, channel, times_asked + 1)}
    )


@login_required
@require_POST
def try_letter(request) -> HttpResponse:
    """Send the reader a letter on trial, by one of the ways that are open."""
    channel = request.POST.get("channel", "")
    reason = letters.why_not_try(request.user, channel) if channel in Channel.values else _("There is no such way.")
    if reason:
        messages.error(request, reason)
    else:
        letters.write_trial(request.user, channel)
        messages.success(request, _("A letter on trial is on its way. This page says when it was sent."))
    return redirect("notice-settings")


@login_required
@require_POST
def link_line(request) -> HttpResponse:
    """Give the reader a code to type to the portal's LINE account, or end the link."""
    if request.POST.get("deed") == "end":
        Telling.objects.filter(user=request.user).update(line_id=None, line_code=None)
        messages.success(request, _("LINE is switched off."))
    elif ways.has_line():
        line.give_code(request.user)
    return redirect("notice-settings")


urls = [
    path("notices/", notices, name="notices"),
    path("notices/<int:pk>/", open_notice, name="notice"),
    path("notices/read/", read_all, name="notices-read"),
    path("notices/settings/", notice_settings, name="notice-settings"),
    path("notices/settings/letter/<slug:channel>/", letter_state, name="notice-letter"),
    path("notices/settings/trial/", try_letter, name="notice-trial"),
    path("notices/settings/line/", link_line, name="notice-line"),
    path("line/webhook/", line.webhook, name="line-webhook"),
]
