"""What a trial found, as people read it: with names for what is stored as codes and ids."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from scoring.engine.language.display import plain_points
from scoring.models import Trial
from submissions import thai
from submissions.models import Entry

ROWS = 50  # on a page
NAMES = 12  # of those who share a rank
NOTHING = "0.00"
KINDS = {"requirement": _("evidence"), "value": _("value"), "item": _("judges' item"), "setting": _("setting")}


def shown(trial: Trial, *, page: str | None) -> dict[str, Any]:
    """What the page of a trial shows: of all who move, one page, those first whose award changes."""
    report, language = trial.report or {}, thai.language()
    rows = sorted(report["moved"], key=lambda row: not _crosses(row))  # the others stay in their order
    page_obj = Paginator(rows, ROWS).get_page(page)
    ties = [tie for tie in report["ties"] if tie.get("total") != NOTHING]
    entries = _entries(page_obj, ties, report["unscored"])
    tiers = {code: title[language] for code, title in report["tiers"].items()}
    return {
        "counts": _counts(report),
        "page_obj": page_obj,
        "rows": [_row(row, entries, tiers) for row in page_obj],
        "ties": [_tie(tie, entries, tiers) for tie in ties],
        "without_points": _tied_without_points(report),
        "lost": [_thing(thing, language) for thing in report["lost"]],
        "asked_anew": [_thing(thing, language) for thing in report["asked"]],
        "unscored": [entries[int(pk)] for pk in report["unscored"][:ROWS] if int(pk) in entries],
        "lines": report["lines"],
    }


def _entries(rows: Iterable[dict], ties: list[dict], unscored: list) -> dict[int, Entry]:
    """Those that the page names. One statement."""
    named = [row["entry"] for row in rows]
    named += [pk for tie in ties for pk in tie["entries"][:NAMES]]
    named += unscored[:ROWS]
    return Entry.objects.select_related("office").in_bulk([int(pk) for pk in named])


def _tied_without_points(report: dict) -> int:
    """How many share a rank across an award's line only because they have no points: that is no tie to decide."""
    return len({pk for tie in report["ties"] if tie.get("total") == NOTHING for pk in tie["entries"]})


def _crosses(row: dict) -> bool:
    """Another award than now, or one where none was, or none where one was."""
    awards = [(side["tier"], side["tied"]) if side else ("", "") for side in (row["old"], row["new"])]
    return awards[0] != awards[1]


def _counts(report: dict) -> list[tuple[Promise, int]]:
    pairs = [(row["old"] or {}, row["new"] or {}) for row in report["moved"]]
    moved = {
        name: sum(old.get(name) != new.get(name) for old, new in pairs) for name in ("total", "attainable", "rank")
    }
    return [
        (_("change points"), moved["total"]),
        (_("change what they can still earn"), moved["attainable"]),
        (_("change places"), moved["rank"]),
        *_awards(report["moved"]),
        (_("stay as they are"), report["entries"] - len(report["moved"])),
    ]


def _awards(moved: list[dict]) -> list[tuple[Promise, int]]:
    """Who would get one, who would lose it, and who would have another."""
    pairs = [[(row[side] or {}).get("tier", "") for side in ("old", "new")] for row in moved]
    return [
        (_("would get an award"), sum(not old and bool(new) for old, new in pairs)),
        (_("would lose the award"), sum(bool(old) and not new for old, new in pairs)),
        (_("would get another award"), sum(bool(old and new) and old != new for old, new in pairs)),
    ]


def _row(row: dict, entries: dict[int, Entry], tiers: dict[str, str]) -> dict[str, Any]:
    return {
        "entry": entries.get(row["entry"]),
        "crosses": _crosses(row),
        "parts": [[code, *map(_points, sides)] for code, *sides in row["parts"]],
        **{side: _place(row[side], tiers) for side in ("old", "new")},
    }


def _points(points: str) -> str:
    """What a criterion earns; – where a text has none of that code."""
    return points if points == "–" else plain_points(points)


def _place(place: dict | None, tiers: dict[str, str]) -> dict[str, Any]:
    """A missing one has no points: it can't be scored."""
    if place is None:
        return {"total": "–", "attainable": "–", "rank": "–", "award": "–"}
    if place["tied"]:
        award = _("tied for %(award)s") % {"award": tiers[place["tied"]]}
    else:
        award = tiers.get(place["tier"], "–")
    points = {name: plain_points(place[name]) for name in ("total", "attainable")}
    return {**place, **points, "rank": place["rank"] or "–", "award": award}


def _tie(tie: dict, entries: dict[int, Entry], tiers: dict[str, str]) -> dict[str, Any]:
    names = [str(entries[pk].office) for pk in tie["entries"][:NAMES] if pk in entries]
    if more := len(tie["entries"]) - NAMES:
        names += [_("%(count)s more") % {"count": more}] if more > 0 else []
    return {"names": names, "rank": tie["rank"], "award": tiers[tie["tier"]], "places": tie["places"]}


def _thing(thing: dict, language: str) -> dict[str, Any]:
    period = thing["period"][language] if isinstance(thing["period"], dict) else thing["period"]
    count = thing.get("count", 0)
    entries = ngettext("%(count)s entry", "%(count)s entries", count) % {"count": count}
    return {**thing, "kind": KINDS[thing["kind"]], "title": thing["title"][language], "period": period, "said": entries}
