"""Where the head of an office confirms what was handed in, and others see how it stands."""

from collections import Counter
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from scoring import engine
from submissions import intake, thai
from submissions.models import Confirmation, Entry, Event, Evidence, Notice, User
from submissions.notices import tell
from submissions.notices.people import heads_of
from submissions.questions import access
from submissions.questions.deadlines import Calendar, Demand
from submissions.questions.forbidden import forbid
from submissions.questions.handed_in import amounts_of, digest_of, evidence_of, is_office_s
from submissions.questions.slots import Slot, in_reading_order, state_of, title_of
from submissions.templatetags.wording import amount, unit

from .dear import dear
from .history import Deed, amount_title, deeds_of
from .printed import paper

CHANGES = ("evidence.attached", "evidence.withdrawn", "value.entered")  # what an office does to what is confirmed


class Handed(NamedTuple):
    """What lies in a slot; the scheme may ask for it no more."""

    title: str
    state: str
    evidence: list[Evidence]  # in reading order
    dimension: str  # its code; "" where the scheme asks for it no more


class Part(NamedTuple):
    """What was handed in for one dimension; for none of them where the scheme asks for it no more."""

    dimension: engine.Dimension | None
    slots: list[Handed]

    @property
    def tally(self) -> list[tuple[str, int]]:
        """How many of them stand how; what is so most often comes first."""
        return Counter(slot.state for slot in self.slots).most_common()


class Lacking(NamedTuple):
    """What the office was asked for and did not hand in or enter."""

    title: str
    state: str
    day: date


class Confirming:
    """How an entry stands with the confirmation that its round asks for, as one reader sees it.

    Nothing is read where none is asked for; otherwise a dozen statements at most, however much was handed in.
    """

    def __init__(self, entry: Entry, reader: User) -> None:
        self.entry, self.reader = entry, reader

    @property
    def is_asked(self) -> bool:
        return self.entry.round.asks_confirmation and self.entry.state == Entry.State.TAKING_PART

    @cached_property
    def history(self) -> list[Confirmation]:
        """What was confirmed, the newest first."""
        return list(self.entry.confirmations.select_related("confirmed_by").order_by("-pk"))

    @property
    def last(self) -> Confirmation | None:
        return self.history[0] if self.history else None

    @cached_property
    def digest(self) -> str:
        return digest_of(self.entry)

    @property
    def state(self) -> Literal["asked", "changed", "confirmed"]:
        if self.last is None:
            return "asked"
        return "confirmed" if self.last.sha256 == self.digest else "changed"

    @property
    def until(self) -> date:
        return self.entry.round.scheme.close

    @property
    def is_over(self) -> bool:
        return engine.day_of(self.entry.round.now()) > self.until

    @property
    def is_for_reader(self) -> bool:
        """Whether this reader is waited for."""
        return self.is_asked and self.why_not is None and self.state != "confirmed"

    @cached_property
    def changes(self) -> list[Deed]:
        """What the office handed in, withdrew or entered since it was confirmed last, the newest first. Two statements.

        Nothing before the first confirmation: all of it is new then.
        """
        if self.last is None:
            return []
        office_s = Q(data__source="office") | Q(data__stood__source="office")  # or took the place of what was
        entered = Q(verb="value.entered")
        handed_in = ~entered & Q(actor__role=User.Role.OFFICER)
        by_office = self.entry.events.filter((entered & office_s) | handed_in, verb__in=CHANGES)
        confirmed = self.entry.events.filter(verb="entry.confirmed").order_by("-sequence").values("sequence")[:1]
        return deeds_of(self.entry, by_office.filter(sequence__gt=Subquery(confirmed)).order_by("-sequence"))

    @cached_property
    def heads(self) -> list[User]:
        return heads_of([self.entry])[self.entry.pk]

    @cached_property
    def why_not(self) -> str | None:
        return access.why_not_confirm(self.reader, self.entry)

    @property
    def may_ask(self) -> bool:
        """Whether this reader may remind the head: whoever works for the office, and can't confirm."""
        is_open = access.why_closed(self.reader, self.entry)["office"] is None
        return bool(self.why_not and self.heads and self.state != "confirmed" and is_open)

    def _key(self, digest: str, after: int | None) -> str:
        """Of a notice: heads are told once for each state of what was handed in, and anew after each confirmation."""
        return f"confirmation/{self.entry.pk}/{after or 0}/{digest}"

    @property
    def _after(self) -> int | None:
        return self.last.pk if self.last else None

    def tell_heads(self, digest: str, after: int | None) -> int:
        path, key = reverse("confirmation", args=[self.entry.pk]), self._key(digest, after)
        return tell(self.heads, Notice.Code.CONFIRMATION, key=key, entry=self.entry, path=path)

    @cached_property
    def all_told(self) -> bool:
        """Whether each of the heads was asked to confirm this."""
        notices = Notice.objects.filter(key=self._key(self.digest, self._after), user__in=self.heads)
        return notices.count() == len(self.heads)

    @cached_property
    def asked(self) -> Event | None:
        """When the heads were asked last to confirm this."""
        deeds = self.entry.events.filter(verb="confirmation.asked", data__sha256=self.digest, data__after=self._after)
        return deeds.select_related("actor").order_by("-sequence").first()

    @cached_property
    def handed_in(self) -> list[Handed]:
        """All evidence that the digest covers, in the order of the scheme; what it asks for no more comes last."""
        scheme, lying = self.entry.round.scheme, self._lying
        asked = [
            (code, period.code if period else "")
            for code, requirement in scheme.requirements.items()
            for period in requirement.periods or (None,)
        ]
        in_order = [key for key in asked if key in lying]
        in_order += [key for key in lying if key not in in_order]
        return [
            Handed(
                title_of(scheme, *key, thai.language()),
                state_of({evidence.status for evidence in lying[key]}, is_over=False),
                in_reading_order(lying[key]),
                next((one.dimension for one in scheme.criteria_of("requirement", key[0])), ""),
            )
            for key in in_order
        ]

    @cached_property
    def parts(self) -> list[Part]:
        """The same by dimension, in the order of the scheme."""
        lying: dict[str, list[Handed]] = {}
        for slot in self.handed_in:
            lying.setdefault(slot.dimension, []).append(slot)
        dimensions = {one.code: one for one in self.entry.round.scheme.dimensions}
        return [Part(dimensions.get(code), lying[code]) for code in (*dimensions, "") if code in lying]

    @cached_property
    def missing(self) -> list[Lacking]:
        """Evidence and amounts, by day; some may be overdue."""
        return [
            Lacking(_titled(deadline.asked), due.state, deadline.day)
            for deadline in Calendar(self.reader, self.entry).deadlines()
            for due in deadline.dues
            if deadline.asked.kind in ("requirement", "value") and due.state in ("missing", "draft", "late")
        ]

    @property
    def missing_tally(self) -> list[tuple[str, int]]:
        """How many of these can still come in time, and how many are late; what is so most often comes first."""
        return Counter(item.state for item in self.missing).most_common()

    @cached_property
    def _lying(self) -> dict[Slot, list[Evidence]]:
        """By requirement and period"""
        rows = evidence_of([self.entry.pk]).select_related("submitted_by", "replaced_by")
        lying: dict[Slot, list[Evidence]] = {}
        for evidence in rows.order_by("-submitted_at", "-pk"):
            if is_office_s(self.entry.round.scheme, evidence.requirement):
                lying.setdefault((evidence.requirement, evidence.period), []).append(evidence)
        return lying

    @cached_property
    def amounts(self) -> list[tuple[str, str, str]]:
        """What the office entered: what it is called, how much it is, and in what it is counted."""
        values, language = self.entry.round.scheme.values, thai.language()
        return [
            (amount_title(known, value.period, language), amount(value, known.kind), unit(known))
            if (known := values.get(value.code))
            else (f"{value.code} {value.period}".strip(), value.text, "")
            for value in amounts_of([self.entry.pk])
        ]


def _titled(asked: Demand) -> str:
    return f"{asked.title} ({asked.period.title.to(thai.language())})" if asked.period else asked.title


@login_required
@require_http_methods(["GET", "POST"])
def confirmation(request, pk: int) -> HttpResponse:
    """All that is confirmed, and the button. What was changed since it was looked at is looked at once more."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    if request.method != "POST":
        return _page(request, entry)
    forbid(access.why_not_confirm(request.user, entry))
    try:
        intake.confirm_entry(entry, by=request.user, seen=request.POST.get("seen", ""))
    except intake.Refused as refused:
        raise PermissionDenied(str(refused)) from refused
    except intake.Conflict:
        return _page(request, entry, has_moved=True, status=409)
    asking = (Notice.Code.CONFIRMATION, Notice.Code.CHANGED)
    Notice.objects.filter(user=request.user, entry=entry, code__in=asking).read()
    messages.success(request, _("What was handed in is confirmed."))
    return redirect("confirmation", entry.pk)


def _page(request, entry: Entry, *, has_moved=False, status=200) -> HttpResponse:
    confirming = Confirming(entry, request.user)
    context = {"entry": entry, "round": entry.round, "confirming": confirming, "has_moved": has_moved}
    return render(request, "submissions/confirmation.html", context, status=status)


@login_required
@require_GET
@dear("30/min")
def confirmation_pdf(request, pk: int) -> HttpResponse:
    """What is confirmed, or is to be, on paper; where nobody is asked to, its page says why."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    confirming = Confirming(entry, request.user)
    if not confirming.is_asked:
        return redirect("confirmation", entry.pk)
    signed_by = confirming.last.confirmed_by if confirming.last and confirming.state == "confirmed" else ""
    told = {"confirming": confirming, "user": request.user, "signed_by": signed_by}
    return paper("submissions/pdf/confirmation.html", entry, gettext_lazy("Confirmation by the head"), told)


@login_required
@require_POST
def ask_heads(request, pk: int) -> HttpResponse:
    """Tell the heads that they are waited for."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    confirming = Confirming(entry, request.user)
    if not confirming.is_asked or not confirming.may_ask:
        raise PermissionDenied(_("There is nobody to be asked now."))
    try:
        is_told = intake.ask_heads(entry, by=request.user, tell=confirming.tell_heads)
    except intake.Refused as refused:
        raise PermissionDenied(str(refused)) from refused
    if is_told:
        messages.success(request, _("The head was told."))
    elif Confirming(entry, request.user).state != "confirmed":
        messages.success(request, _("The head was told of this already."))
    return redirect("confirmation", entry.pk)


urls = [
    path("entries/<int:pk>/confirmation/", confirmation, name="confirmation"),
    path("entries/<int:pk>/confirmation.pdf", confirmation_pdf, name="confirmation-pdf"),
    path("entries/<int:pk>/confirmation/ask/", ask_heads, name="confirmation-ask"),
]
