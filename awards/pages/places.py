"""How sure each place of a publication is, in words: a quiet column, award lines within it, what it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.models import Publication, Result, Sureness
from scoring.statistics.places import FEW_JUDGES, Range, lines_within
from submissions import thai
from submissions.models import User

NAMES = 6  # of those who might stand on the other side of a line


def may_see(user: User, publication: Publication) -> bool:
    """Those who run the round always; whoever sees the whole table, where the round shows it."""
    if publication.round.is_run_by(user):
        return True
    is_shown = publication.round.shows_sureness and publication.shows_all_to(user)
    return is_shown and not publication.hides_ranks_from(user)


class AwardLine(NamedTuple):
    """The end of an award's places, and whose range reaches over it."""

    title: str
    region: str
    gaining: str
    losing: str


@dataclass(frozen=True)
class Places:
    """`results`: those of the publication that are ranked, by their offices' codes."""

    sureness: Sureness
    results: Mapping[str, Result]
    publication: Publication

    @cached_property
    def ranges(self) -> dict[str, Range]:
        kept = self.sureness.places
        return {
            code: Range((kept[code][0], kept[code][1]), (kept[code][2], kept[code][3]), kept[code][4])
            for code in self.results
            if code in kept
        }

    def of(self, code: str) -> str:
        """The places that it could have; "" of one without a rank."""
        found, result = self.ranges.get(code), self.results.get(code)
        if found is None or result is None or result.shown_rank is None:
            return ""
        if found.best == found.worst:
            return str(found.best)
        return _("%(best)s to %(worst)s") % {"best": found.best, "worst": found.worst}

    @property
    def example(self) -> str:
        """The first place that could be another, as it is read; "" where there is none."""
        for code, result in self.results.items():
            if (told := self.of(code)) and told != str(result.rank):
                return _("%(rank)s (%(range)s)") % {"rank": result.rank, "range": told}
        return ""

    def words(self) -> Iterator[str]:
        """What it rests on; small numbers are called small."""
        counts = sorted(found.count for found in self.ranges.values() if found.count)
        if counts:
            yield from _of_judges(counts[0], counts[-1])
            if unjudged := [code for code, found in self.ranges.items() if not found.count]:
                yield _("No sheet counts for: %(names)s") % {"names": self._named(unjudged)}
        waiting, doubted = self.sureness.waiting, len(self.sureness.doubted)
        if not waiting:
            yield _("No decision was open when it was published.")
            return
        text = ngettext(
            "%(count)s decision was open when it was published: its range says what it could change at most.",
            "%(count)s decisions were open when it was published: the ranges say what they could change at most.",
            waiting,
        )
        yield text % {"count": waiting}
        if doubted:
            text = ngettext(
                "Of them %(count)s was being read again.", "Of them %(count)s were being read again.", doubted
            )
            yield text % {"count": doubted}

    def lines(self) -> Iterator[AwardLine]:
        """The award lines that somebody's range reaches over."""
        regions: dict[str, list[str]] = {}
        for code in self.ranges:
            regions.setdefault(self.results[code].region_name, []).append(code)
        for region, codes in regions.items():
            own = {code: self.ranges[code] for code in codes}
            ranks = {code: self.results[code].rank or 0 for code in codes}
            end = 0
            for tier in self.publication.frame["tiers"]:
                if not tier["count"]:
                    continue
                end += tier["count"]
                losing, gaining = lines_within(own, ranks, end)
                if losing or gaining:
                    title = tier[f"title_{thai.language()}"] or tier["title_th"]
                    yield AwardLine(title, region, self._named(gaining), self._named(losing))

    def _named(self, codes: Sequence[str]) -> str:
        names = [self.results[code].nominee_name or self.results[code].office_name for code in codes[:NAMES]]
        if (left := len(codes) - NAMES) > 0:
            names.append(_("and %(count)s more") % {"count": left})
        return ", ".join(names)


def _of_judges(least: int, most: int) -> Iterator[str]:
    if most == 1:
        yield _(
            "One sheet counts for each entry that was judged: how far judges lie apart can't be said, nor is it in the "
            "ranges."
        )
        return
    if least == most:
        yield _("%(count)s sheets count for each entry that was judged.") % {"count": most}
    else:
        yield _("%(least)s to %(most)s sheets count for each entry that was judged.") % {
            "least": least,
            "most": most,
        }
    if least <= 2:
        yield _("How far two lie apart says little of what a third would give: the ranges are rather too narrow.")
    elif least < FEW_JUDGES:
        yield _("These are few: the ranges are rough, and rather too narrow.")


def places_of(user: User, publication: Publication, results: Sequence[Result]) -> Places | None:
    """For this reader; None where there are none. One statement."""
    if not may_see(user, publication):
        return None
    sureness = Sureness.objects.filter(publication=publication).first()
    if sureness is None:
        return None
    return Places(sureness, {one.office_code: one for one in results}, publication)


def beside(rows: Sequence[dict[str, Any]], places: Places | None) -> None:
    """Put each range into its row."""
    for row in rows:
        row["range"] = places.of(row["result"].office_code) if places else ""
