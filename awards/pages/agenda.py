"""What a round's committee has to resolve, as its facts stand: ties, award lines, judges far apart, appeals."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from awards.publishing.hearing import scored_as_of
from awards.publishing.preparation import Announced, Preparation, preparation_of
from scoring.engine.language.display import plain_points
from scoring.statistics import sheets
from submissions import thai
from submissions.models import Appeal, Entry, Resolution, Round
from submissions.templatetags.wording import entry_name

Kind = Resolution.Kind
TITLES: dict[str, Promise] = {
    Kind.TIE: gettext_lazy("Ties across an award"),
    Kind.LINE: gettext_lazy("Award lines"),
    Kind.APART: gettext_lazy("Entries whose judges differ most"),
    Kind.APPEAL: gettext_lazy("Appeals"),
}


Place = tuple[str, frozenset[str], str]  # by which what was resolved on a matter is found: its kind, offices, subject


@dataclass(frozen=True)
class Matter:
    """One thing to resolve. `key` names it within the round, as long as it is about the same entries.

    `subject`: of several about one office which; `path`: where what follows from it is done.
    """

    kind: str
    title: str
    entries: tuple[Entry, ...]
    told: str = ""
    subject: str = ""
    path: str = ""

    @property
    def key(self) -> str:
        return "-".join((self.kind, *(str(entry.pk) for entry in self.entries), *filter(None, [self.subject])))

    @property
    def place(self) -> "Place":
        return self.kind, self.offices, self.subject

    @property
    def offices(self) -> frozenset[str]:
        return frozenset(entry.office.code for entry in self.entries)


def agenda(round: Round, at: datetime | None = None) -> dict[str, list[Matter]]:
    """The matters of each kind, scored as what is published next will be."""
    prepared = None if round.only_selects else preparation_of(round, at=scored_as_of(round, at))
    return {
        Kind.TIE: _ties(prepared) if prepared else [],
        Kind.LINE: _lines(round, prepared) if prepared and round.ranked != "none" else [],
        Kind.APART: _apart(round),
        Kind.APPEAL: _appeals(round),
    }


def _ties(prepared: Preparation) -> list[Matter]:
    return [
        Matter(
            Kind.TIE,
            _("Rank %(rank)s, %(count)s with the same points") % {"rank": tie.rank, "count": len(tie.codes)},
            tuple(line.entry for line in lines),
            _("%(names)s: %(points)s points each; %(places)s of them get the award.")
            % {
                "names": ", ".join(entry_name(line.entry) for line in lines),
                "points": plain_points(lines[0].score.total),
                "places": tie.places,
            },
        )
        for tie in prepared.ties
        for lines in [prepared.tied(tie)]
    ]


def _lines(round: Round, prepared: Preparation) -> list[Matter]:
    """The last who gets an award and the first who does not get that one any more, in each table."""
    tables: dict[Any, list[Announced]] = {}
    for line in prepared.lines:
        tables.setdefault(line.region.pk if line.region else None, []).append(line)
    return [
        _line(above, below)
        for lines in tables.values()
        for above, below in pairwise(lines)
        if above.tier and above.tier != below.tier and above.tier.count is not None
    ]


def _line(above: Announced, below: Announced) -> Matter:
    assert above.tier
    told = _("%(last)s: %(points)s points; %(next)s: %(fewer)s points, %(apart)s apart.") % {
        "last": entry_name(above.entry),
        "points": plain_points(above.score.total),
        "next": entry_name(below.entry),
        "fewer": plain_points(below.score.total),
        "apart": plain_points(above.score.total - below.score.total),
    }
    return Matter(Kind.LINE, above.tier.title.to(thai.language()), (above.entry, below.entry), told)


def _apart(round: Round) -> list[Matter]:
    """Every entry whose judges do not give the same sum, the farthest apart first."""
    found = sheets.farthest(sheets.read(round))
    entries = Entry.objects.select_related("office", "nominee_office").in_bulk([pk for pk, _low, _high in found])
    return [
        Matter(
            Kind.APART,
            entry_name(entries[pk]),
            (entries[pk],),
            _("The judges' sums lie between %(low)s and %(high)s.")
            % {"low": plain_points(low), "high": plain_points(high)},
        )
        for pk, low, high in found
    ]


def _appeals(round: Round) -> list[Matter]:
    """What offices dispute, and nobody has answered yet, each with what it says."""
    return [_appeal(one) for one in appeals_to_hear(round)]


def _appeal(one: Appeal) -> Matter:
    known = one.entry.round.scheme.criteria.get(one.criterion)
    called = f"{one.criterion} {known.title.to(thai.language())}" if known else one.criterion
    title = f"{called} – {entry_name(one.entry)}"
    return Matter(Kind.APPEAL, title, (one.entry,), one.text, one.criterion, reverse("appeal", args=[one.pk]))


def appeals_to_hear(round: Round) -> QuerySet[Appeal]:
    """Those on the round's provisional result that wait for an answer. One statement."""
    related = ("entry__office", "entry__nominee_office", "entry__round__edition")
    return Appeal.objects.of_round(round).open().select_related(*related).defer("entry__round__edition__text")


def latest(round: Round) -> dict[Place, Resolution]:
    """The resolution that holds on each matter: the last of its kind about the same. One statement."""
    made = Resolution.objects.filter(meeting__round=round).select_related("meeting").order_by("pk")
    return {(one.kind, frozenset(one.offices), _subject(one)): one for one in made}


def _subject(one: Resolution) -> str:
    """Of an appeal its criterion, whose code its matter begins with."""
    return one.matter.partition(" ")[0] if one.kind == Kind.APPEAL else ""


def ties_resolved(rows: "QuerySet[Resolution]") -> list[dict[str, Any]]:
    """Orders that the committee resolved, oldest first, in the form of a publication's decisions."""
    ties = rows.filter(kind=Kind.TIE).order_by("pk").values_list("resolved_at", "offices", "reason")
    return [{"at": at, "offices": offices, "reason": reason} for at, offices, reason in ties]
