"""Who did what on an entry, in words: its log as the office itself reads it."""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from scoring import engine
from submissions import thai
from submissions.fields import whole
from submissions.models import Entry, Event, User
from submissions.questions import access
from submissions.questions.forbidden import forbid
from submissions.questions.slots import page_of, page_of_value, title_of
from submissions.templatetags.wording import DEEDS, amount_shown, change_of, deed_in_words, is_of_office

from .dear import dear
from .printed import paper

SHOWN = 25  # on one page
PRINTED = 500  # on paper: some twenty-five sheets
LATELY, FEW = 300, 5  # deeds among which those of one place are looked for, and how many of these are told
# Whom the log names together: the committee to everybody, central staff to offices.
COMMITTEE, CENTRAL, PORTAL = "committee", "central", "portal"


@dataclass(frozen=True)
class Deed:
    """An event as people read it: events keep ids and codes; people know slots and amounts by their titles."""

    event: Event
    about: str = ""  # what it was done to
    page: str | None = None  # where that is
    paper: str = ""  # of evidence its file name or link
    instead_of: str = ""  # the same of what it took the place of
    amounts: str = ""  # before and after, as their page shows them
    reason: str = ""  # as the office was told it

    @property
    def change(self) -> str:
        """What stood there before and after."""
        return self.amounts or change_of(self.event)

    @property
    def in_words(self) -> str:
        return deed_in_words(self.event, self.about, self.change)


def deeds_of(entry: Entry, events: Iterable[Event]) -> list[Deed]:
    """What was done by these events of an entry. One statement."""
    events = list(events)
    ids = {event.data[key] for event in events for key in ("evidence", "replaces") if event.data.get(key)}
    columns = ("pk", "requirement", "period", "original_name", "url")
    papers = {pk: rest for pk, *rest in entry.evidence.filter(pk__in=ids).order_by().values_list(*columns)}
    deeds = [_deed(entry, event, papers.get(event.data.get("evidence"))) for event in events]
    return [replace(deed, instead_of=_name(papers.get(deed.event.data.get("replaces")))) for deed in deeds]


def _name(paper: list[str] | None) -> str:
    """Of a piece its file name, or its link."""
    return next(filter(None, paper[2:]), "") if paper else ""


def _deed(entry: Entry, event: Event, paper: list[str] | None) -> Deed:
    """`paper`: of evidence that is still there its requirement and period, its file name and link."""
    scheme, language, data = entry.round.scheme, thai.language(), event.data
    event.entry = entry  # whose round's clock it is told by
    # Of sheets it is said to the judge, of proposals to whoever confirms.
    reason = "" if event.verb.startswith(("sheet.", "proposal.")) else data.get("reason", "")
    requirement, period, name, url = paper or (data.get("requirement", ""), data.get("period", ""), "", "")
    if requirement:
        about = title_of(scheme, requirement, period, language)
        return Deed(event, about, page_of(entry, requirement, period), paper=name or url, reason=reason)
    if value := scheme.values.get(data.get("code", "")):
        about, page = amount_title(value, period, language), page_of_value(entry, value.code)
        return Deed(event, about, page, amounts=_amounts(event, value), reason=reason)
    return Deed(event, reason=reason)


def amount_title(value: engine.Value, period: str, language: str) -> str:
    """What an amount is called: the value, and its month, or the place it was counted at, where it has one."""
    named = next((known.title.to(language) for known in value.periods if known.code == period), period)
    return f"{value.title.to(language)} ({named})" if named else value.title.to(language)


def _amounts(event: Event, value: engine.Value) -> str:
    """Of an amount that was entered or decided on, as its page shows amounts."""
    if "amount" in event.data:
        return amount_shown(event.data["amount"], value.kind)
    if event.verb != "value.entered":
        return ""
    before, after = (amount_shown(event.data.get(key) or "", value.kind) for key in ("before", "after"))
    return f"{before} → {after or '–'}" if before else after


def latest(entry: Entry, *, about: str = "", amounts: Container[tuple[str, str]] = ()) -> list[Deed]:
    """Who did what last to the slot of this title, or to each of these amounts (code, period): what a person whose
    change came second wants to know. Two statements."""
    events = entry.events.standing().select_related("actor").order_by("-sequence")[:LATELY]
    here: dict[object, Deed] = {}
    for deed in deeds_of(entry, events):
        amount = deed.event.data.get("code"), deed.event.data.get("period", "")
        if amount in amounts:
            here.setdefault(amount, deed)
        elif about and deed.about == about:
            here[deed.event.pk] = deed
    return list(islice(here.values(), FEW))


class Log:
    """One page of an entry's deeds, newest first; `query` may ask for one kind (`verb`) or one person (`who`).

    Five statements, however many deeds.
    """

    def __init__(self, entry: Entry, reader: User, query) -> None:
        self.entry = entry
        self.groups = {COMMITTEE: Q(actor__role=User.Role.JUDGE, actor__is_superuser=False)}
        self.is_office = is_of_office(reader)
        if self.is_office:
            self.groups[CENTRAL] = Q(actor__role=User.Role.STAFF) | Q(actor__is_superuser=True)
        self.groups[PORTAL] = Q(actor=None)
        self._hidden = () if entry.round.is_run_by(reader) else Event.AMONG_REVIEWERS
        self.verb, self.who = query.get("verb", ""), query.get("who", "")
        self._number = query.get("page", "")

    @cached_property
    def page(self) -> Page:
        paginator = Paginator(self._events().select_related("actor").order_by("-sequence"), SHOWN)
        page = paginator.get_page(self._number)
        page.object_list = deeds_of(self.entry, page.object_list)
        return page

    def newest(self, most: int) -> tuple[list[Deed], int]:
        """So many of them, and how many there are. Three statements."""
        events = self._events()
        return deeds_of(self.entry, events.select_related("actor").order_by("-sequence")[:most]), events.count()

    def _events(self) -> QuerySet:
        events = self._shown()
        if self.verb in DEEDS:
            events = events.filter(verb=self.verb)
        if self.who in self.groups:
            return events.filter(self.groups[self.who])
        person = whole(self.who)
        return self._by_name(events).filter(actor=person) if person is not None else events

    def _shown(self) -> QuerySet:
        events = self.entry.events.standing() if self.is_office else self.entry.events.all()
        return events.exclude(verb__in=self._hidden)

    def _by_name(self, events: QuerySet) -> QuerySet:
        """Without the deeds of those who are named together."""
        for group in self.groups.values():
            events = events.exclude(group)
        return events

    @cached_property
    def verbs(self) -> list[tuple[str, str]]:
        """The kinds of deeds that were done here."""
        done = set(self._shown().order_by().values_list("verb", flat=True).distinct())
        return [(verb, str(title)) for verb, title in DEEDS.items() if verb in done]

    @cached_property
    def people(self) -> list[tuple[str, str]]:
        """Who did something here, by name or together."""
        events = self._by_name(self._shown().order_by())
        actors = User.objects.filter(pk__in=events.values("actor")).order_by("full_name", "pk")
        titles = {COMMITTEE: _("The committee"), CENTRAL: _("Central staff"), PORTAL: _("The portal")}
        return [(str(user.pk), str(user)) for user in actors] + [(code, titles[code]) for code in self.groups]

    @property
    def filters(self) -> str:
        """What the addresses of the other pages repeat."""
        return f"verb={self.verb if self.verb in DEEDS else ''}&who={self.who if self._is_known else ''}"

    @property
    def _is_known(self) -> bool:
        return any(code == self.who for code, _name in self.people)


@login_required
@require_GET
def log(request, pk: int) -> HttpResponse:
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    forbid(access.why_not_see_deeds(request.user))
    context = {"entry": entry, "round": entry.round, "log": Log(entry, request.user, request.GET)}
    return render(request, "submissions/deeds.html", context)


@login_required
@require_GET
@dear("10/min")
def history_pdf(request, pk: int) -> HttpResponse:
    """The deeds that were asked for, on paper: the newest, so many as a paper may hold."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    forbid(access.why_not_see_deeds(request.user))
    with translation.override("th"):
        return paper("submissions/pdf/history.html", entry, gettext_lazy("History"), _printed(entry, request))


def _printed(entry: Entry, request) -> dict[str, Any]:
    found = Log(entry, request.user, request.GET)
    deeds, count = found.newest(PRINTED)
    return {
        "deeds": deeds,
        "count": count,
        "left_out": count > len(deeds),
        "of_kind": dict(found.verbs).get(found.verb, ""),
        "of_person": dict(found.people).get(found.who, ""),
        "user": request.user,
    }


urls = [
    path("entries/<int:pk>/history/", log, name="deeds"),
    path("entries/<int:pk>/history.pdf", history_pdf, name="history-pdf"),
]
