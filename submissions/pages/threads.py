"""The thread of a requirement and its period: what was said, and what was done, in the order of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from submissions import intake
from submissions.models import Entry, Event, Evidence, Notice, User
from submissions.questions import access
from submissions.questions.checklist import Line
from submissions.questions.forbidden import forbid
from submissions.questions.slots import EvidenceSlot, place_of, slots_of, thread_of
from submissions.questions.value_slots import ValueSlot, value_slot_of
from submissions.templatetags.wording import DEEDS, amount_shown, is_of_office, name_for

SHOWN = 200  # the newest of a thread; nobody reads more at once


@dataclass(frozen=True)
class Turn:
    """One message, or one deed; `paper` is what was handed in or entered, returned or accepted."""

    verb: str
    who: str
    when: datetime
    is_own_side: bool
    text: str = ""
    paper: str = ""
    replaced: str = ""
    until: str = ""
    wished: str = ""  # more time is asked for, until this day
    refuses: bool = False  # no more time is given
    is_answered: bool = False  # a form stands in for it
    checklist: Sequence[Line] = ()  # as it was ticked

    @property
    def deed(self) -> str:
        if self.is_answered:
            return _("replaced evidence by a form")
        return _("replaced what was returned") if self.replaced else str(DEEDS[self.verb])


class Thread:
    """A slot's thread as one reader sees it. Two statements besides the slot's own, however long it is."""

    def __init__(self, entry: Entry, slot: EvidenceSlot | ValueSlot, reader: User) -> None:
        self.entry, self.slot, self.reader = entry, slot, reader
        self.why_closed = access.why_not_remark(reader, entry)
        self.address = thread_of(entry, slot.requirement.code, slot.period_code)

    @property
    def giving(self) -> str:
        """Where this reader gives more time here, as it was asked for; "" where there is none to be given."""
        slot, round = self.slot, self.entry.round
        if not isinstance(slot, EvidenceSlot) or round.is_closed or not round.is_run_by(self.reader):
            return ""
        wished = slot.request.until.isoformat() if slot.request and slot.request.waits else ""
        if not (wished or slot.is_over):
            return ""
        asked = {"round": round.pk, "whom": f"entry.{self.entry.pk}", "slots": "|".join(slot.key), "until": wished}
        return f"{reverse('admin:submissions_extension_add')}?{urlencode(asked | {'next': self.address})}"

    def count_as_read(self) -> None:
        """Whoever reads the thread needs no notice of its messages any more."""
        at = {
            "data__items__0__requirement": self.slot.requirement.code,
            "data__items__0__period": self.slot.period_code,
        }
        Notice.objects.filter(user=self.reader, entry=self.entry, code=Notice.Code.REMARK, **at).read()

    @cached_property
    def turns(self) -> list[Turn]:
        events = self._events()
        remarks = [event.data["remark"] for event in events if "remark" in event.data]
        texts = dict(self.entry.remarks.filter(pk__in=remarks).values_list("pk", "text")) if remarks else {}
        return [self._turn(event, texts) for event in reversed(events)]

    def _events(self) -> list[Event]:
        slot = Q(data__requirement=self.slot.requirement.code, data__period=self.slot.period_code)
        on_papers = Q(data__evidence__in=[paper.pk for paper in self.slot.evidence])
        on_amounts = Q(verb__startswith="value.", **self.slot.amounts)
        told = self.entry.events.standing().filter(slot | on_papers | on_amounts, verb__in=SHOWN_DEEDS)
        decisions = Q(verb__in=("evidence.accepted", "evidence.returned"), data__evidence__in=self._unread)
        events = told.exclude(decisions).select_related("actor")
        return list(events.order_by("-sequence")[:SHOWN])

    @property
    def _unread(self) -> list[int]:
        """What this reader is to read a second time, without knowing how it was decided."""
        papers = {paper.pk for paper in self.slot.evidence}
        if not papers or not self.reader.is_judge:
            return []
        return list(
            papers.difference(
                Evidence.objects.without_unread_by(self.reader).filter(pk__in=papers).values_list("pk", flat=True)
            )
        )

    def _turn(self, event: Event, texts: dict[int, str]) -> Turn:
        titles = {paper.pk: paper.title for paper in self.slot.evidence}
        event.entry = self.entry  # whose round's clock it is told by
        data, actor = event.data, event.actor
        return Turn(
            verb=event.verb,
            who=name_for(self.reader, actor),
            when=event.round_time,
            is_own_side=actor is not None and is_of_office(actor) == is_of_office(self.reader),
            text=texts.get(data["remark"], "") if "remark" in data else data.get("reason", ""),
            paper=titles.get(data.get("evidence"), "") or self._amount(data),
            replaced=titles.get(data.get("replaces"), ""),
            until=data.get("until", ""),
            wished=data.get("wished") or "",
            refuses=bool(data.get("refuses")),
            is_answered="answered" in data,
            checklist=data.get("checklist", ()),
        )

    def _amount(self, data) -> str:
        """What was entered, or decided on; with its name where a map has several."""
        if not isinstance(self.slot, ValueSlot) or "code" not in data:
            return ""
        text = amount_shown(data.get("amount") or data.get("after") or "", self.slot.requirement.kind) or "–"
        return f"{data['period']}: {text}" if self.slot.requirement.kind == "map" else text


SHOWN_DEEDS = (
    "remark.written",
    "evidence.attached",
    "evidence.withdrawn",
    "evidence.accepted",
    "evidence.returned",
    "extension.granted",
    "value.entered",
    "value.accepted",
    "value.returned",
)


def slot_of(entry: Entry, reader: User, requirement: str, period: str) -> EvidenceSlot | ValueSlot | None:
    """The slot of a requirement that the scheme asks for, or of a value that is reviewed; None where there is no such
    one."""
    if requirement not in entry.round.scheme.requirements:
        return value_slot_of(entry, requirement, period)
    closed = access.why_closed(reader, entry)
    slots = slots_of(entry, [requirement], at=entry.round.now(), why_closed=closed)
    return next((slot for slot in slots if slot.period_code == period), None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request, pk: int, requirement: str) -> HttpResponse:
    """Read a thread, and write in it; as a page, or as the part of one under its slot."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    slot = slot_of(entry, request.user, requirement, request.GET.get("period", ""))
    if slot is None:
        raise Http404
    shown = Thread(entry, slot, request.user)
    shown.count_as_read()
    if request.method != "POST":
        return _show(request, shown)
    forbid(shown.why_closed)
    text = request.POST.get("text", "")
    try:
        intake.write_remark(entry, by=request.user, requirement=requirement, period=slot.period_code, text=text)
    except intake.Refused as refused:
        return _show(request, shown, text=text, faults=refused.texts, status=422)
    if request.htmx:
        return _show(request, shown, is_sent=True)
    messages.success(request, _("Your message is sent."))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(back if is_ours else f"{shown.address}#newest")  # `redirect` takes words for names


def _show(request, shown: Thread, *, status: int = 200, **more) -> HttpResponse:
    scheme = shown.entry.round.scheme
    criteria = scheme.criteria_of(shown.slot.kind, shown.slot.requirement.code)
    context = {"thread": shown, "entry": shown.entry, "round": shown.entry.round, "slot": shown.slot}
    context |= {
        "criterion": criteria[0],
        "place": place_of(shown.entry.round, shown.entry.pk, criteria[0].code),
        "giving": shown.giving,
        **more,
    }
    if not request.htmx:
        context["sees_points"] = not access.why_not_see_points(request.user, shown.entry)
    template = "submissions/thread_turns.html" if request.htmx else "submissions/thread_page.html"
    return render(request, template, context, status=status)


urls = [path("entries/<int:pk>/thread/<str:requirement>/", thread, name="thread")]
