"""Where offices enter amounts. What follows from them is shown by the pages of scoring."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from submissions import intake, thai
from submissions.models import Entry, Value
from submissions.questions import access
from submissions.questions.forbidden import forbid
from submissions.questions.slots import title_of

from .evidence import say_facts_changed
from .forms import ValuesForm
from .history import latest

NAMED = 3  # amounts in one sentence; the others are counted


@login_required
@require_POST
def enter_values(request, pk: int) -> HttpResponse:
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    criterion = entry.round.scheme.criteria.get(request.POST.get("criterion", ""))
    if criterion is None:
        raise Http404
    forbid(access.why_not_change(request.user, entry))
    at = entry.round.now()
    form = ValuesForm(entry, criterion, by=request.user, at=at, data=request.POST)
    if not form.is_valid():
        return _show_values(request, entry, criterion, form, status=422)
    sent = form.sent()
    try:
        changed = intake.enter_values(entry, sent.changed(), by=request.user, revisions=sent.revisions(), at=at)
    except intake.Refused as refused:
        form.refuse(refused.reasons)
        return _show_values(request, entry, criterion, form, status=422)
    except intake.Conflict:
        now = ValuesForm(entry, criterion, by=request.user, at=at).recorded
        typed = ValuesForm(entry, criterion, by=request.user, at=at, data=form.caught_up(now))
        contested = sent.contested(typed.recorded)
        typed.mark(contested)
        return _show_values(request, entry, criterion, typed, contested=contested, status=409)
    return _done_values(request, entry, criterion, changed)


def _done_values(request, entry: Entry, criterion, changed: list[Value]) -> HttpResponse:
    form = ValuesForm(entry, criterion, by=request.user, at=entry.round.now())
    slots = [(value.code, value.period) for value in changed]
    is_doubtful = bool(slots) and any(form.recorded.slips.values())
    now = [form.present.get(slot) for slot in slots]
    text = " ".join(filter(None, (_what_became(now, is_doubtful), _what_waits(entry, now))))
    level = messages.WARNING if is_doubtful else messages.SUCCESS
    if request.htmx:
        told = {"notice": text, "notice_level": messages.DEFAULT_TAGS[level]}
        return say_facts_changed(_show_values(request, entry, criterion, form, told=told))
    messages.add_message(request, level, text)
    return redirect(reverse("criterion", args=[entry.pk, criterion.code]) + "#values")


def _what_became(changed: list[Value | None], doubtful: bool) -> str:
    """What became of the amounts that were sent (None: it was taken back), and whether any there may be a slip."""
    saved = [value for value in changed if value]
    gone = len(changed) - len(saved)
    sentences = []
    if saved:
        text = ngettext("%(count)s amount was saved.", "%(count)s amounts were saved.", len(saved))
        sentences.append(text % {"count": len(saved)})
    if gone:
        text = ngettext("%(count)s amount was taken back.", "%(count)s amounts were taken back.", gone)
        sentences.append(text % {"count": gone})
    if doubtful:
        sentences.append(_("What looks unusual is marked below: please check it again."))
    return " ".join(sentences) or _("Nothing was changed here. What stands below is what the portal has.")


def _what_waits(entry: Entry, changed: list[Value | None]) -> str:
    """Which of the saved amounts count only once they were looked at; "" where none does."""
    scheme = entry.round.scheme
    unchecked = [value for value in changed if value and value.is_unchecked]
    waiting = [value for value in unchecked if entry.round.reviews(scheme.values[value.code])]
    if not waiting:
        return ""
    titles = [title_of(scheme, value.code, value.period, thai.language()) for value in waiting[:NAMED]]
    named = ", ".join(titles)
    if more := len(waiting) - len(titles):
        named = ngettext("%(named)s and %(more)s more", "%(named)s and %(more)s more", more) % {
            "named": named,
            "more": more,
        }
    return _("Waiting for review: %(amounts)s.") % {"amounts": named}


def _show_values(request, entry, criterion, form: ValuesForm, *, contested=None, told=None, status=200) -> HttpResponse:
    context = {
        "entry": entry,
        "round": entry.round,
        "criterion": criterion,
        "values": form,
        "is_conflict": contested is not None,
        "deeds": latest(entry, amounts=contested) if contested else (),
        **(told or {}),
    }
    template = "submissions/values.html" if request.htmx else "submissions/values_page.html"
    return render(request, template, context, status=status)


urls = [path("entries/<int:pk>/values/", enter_values, name="values-enter")]
