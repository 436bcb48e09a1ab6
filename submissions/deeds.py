"""Who did what on an entry, in words: its log as the office itself reads it."""

from collections.abc import Iterable
from functools import cached_property

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from scoring import engine

from . import access, thai
from .forms import whole
from .models import Entry, Event, User
from .slots import page_of, title_of
from .templatetags.wording import DEEDS, amount_shown

SHOWN = 50  # on one page
COMMITTEE = "committee"  # whom the log of an office names together
PORTAL = "portal"


def name_what_was_done_to(entry: Entry, events: Iterable[Event]) -> None:
    """Events keep ids and codes; people know slots and amounts by their titles. One statement.

    Each event gets what it is `about`, of evidence its file name or link as `paper`, of an amount its `change`, the
    `page` on which the thing is, and what was `said` to the office with it.
    """
    events = list(events)
    scheme, language = entry.round.scheme, thai.language()
    ids = {event.data["evidence"] for event in events if "evidence" in event.data}
    columns = ("pk", "requirement", "period", "original_name", "url")
    papers = {pk: rest for pk, *rest in entry.evidence.filter(pk__in=ids).order_by().values_list(*columns)}
    for event in events:
        event.entry = entry
        event.said = "" if event.verb.startswith("sheet.") else event.data.get("reason", "")  # of sheets: to the judge
        requirement, period = event.data.get("requirement", ""), event.data.get("period", "")
        if paper := papers.get(event.data.get("evidence")):
            requirement, period, event.paper = paper[0], paper[1], paper[2] or paper[3]
        if requirement:
            event.about = title_of(scheme, requirement, period, language)
            event.page = page_of(entry, requirement, period)
        elif value := scheme.values.get(event.data.get("code", "")):
            _name_amount(event, value, language)


def amount_title(value: engine.Value, period: str, language: str) -> str:
    """What an amount is called: the value, and its month, or the place it was counted at, where it has one."""
    named = next((one.title.to(language) for one in value.periods if one.code == period), period)
    return f"{value.title.to(language)} ({named})" if named else value.title.to(language)


def _name_amount(event: Event, value: engine.Value, language: str) -> None:
    event.about = amount_title(value, event.data.get("period", ""), language)
    if event.verb == "value.entered":
        before, after = (amount_shown(event.data.get(key) or "", value.kind) or "–" for key in ("before", "after"))
        event.change = f"{before} → {after}"


class Log:
    """One page of an entry's deeds, newest first, as `asked` for by kind (`verb`) and by who did them (`who`).

    Five statements, however many deeds.
    """

    def __init__(self, entry: Entry, asked) -> None:
        self.entry = entry
        self.verb, self.who = asked.get("verb", ""), asked.get("who", "")
        self._number = asked.get("page", "")

    @cached_property
    def page(self) -> Page:
        paginator = Paginator(self._events().select_related("actor").order_by("-sequence"), SHOWN)
        page = paginator.get_page(self._number)
        name_what_was_done_to(self.entry, page.object_list)
        return page

    def _events(self) -> QuerySet:
        events = self.entry.events.all()
        if self.verb in DEEDS:
            events = events.filter(verb=self.verb)
        if self.who == COMMITTEE:
            return events.filter(_of_committee())
        if self.who == PORTAL:
            return events.filter(actor=None)
        person = whole(self.who)
        return events.exclude(_of_committee()).filter(actor=person) if person is not None else events

    @cached_property
    def verbs(self) -> list[tuple[str, str]]:
        """The kinds of deeds that were done here."""
        done = set(self.entry.events.order_by().values_list("verb", flat=True).distinct())
        return [(verb, str(title)) for verb, title in DEEDS.items() if verb in done]

    @cached_property
    def people(self) -> list[tuple[str, str]]:
        """Who did something here; the committee is one."""
        actors = User.objects.filter(pk__in=self.entry.events.order_by().values("actor")).order_by("full_name", "pk")
        named = [(str(user.pk), str(user)) for user in actors.exclude(role=User.Role.JUDGE, is_superuser=False)]
        return [*named, (COMMITTEE, _("The committee")), (PORTAL, _("The portal"))]

    @property
    def filters(self) -> str:
        """What the addresses of the other pages repeat."""
        return f"verb={self.verb if self.verb in DEEDS else ''}&who={self.who if self._is_known else ''}"

    @property
    def _is_known(self) -> bool:
        return any(code == self.who for code, _name in self.people)


def _of_committee() -> Q:
    return Q(actor__role=User.Role.JUDGE, actor__is_superuser=False)


@login_required
@require_GET
def log(request, pk: int) -> HttpResponse:
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    if reason := access.why_not_see_deeds(request.user):
        raise PermissionDenied(reason)
    context = {"entry": entry, "round": entry.round, "log": Log(entry, request.GET)}
    return render(request, "submissions/deeds.html", context)


urls = [path("entries/<int:pk>/history/", log, name="deeds")]
