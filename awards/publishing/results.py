"""Lines of an announcement as results: what is frozen of an entry, with its reasons in words of today."""

from typing import Any

from awards.content import canonical
from awards.models import Result
from scoring import engine
from scoring.wording import findings_in_words, points_shown
from submissions.models import Entry, Office

from .preparation import Announced


def result_of(place: int, line: Announced) -> Result:
    """Of no publication yet. `line`: scored with its reasons, its facts as they are kept."""
    office, scheme = line.entry.office, line.entry.round.scheme
    return Result(
        entry=line.entry,
        place=place,
        rank=line.rank,
        tier=line.tier.code if line.tier else "",
        office_code=office.code,
        office_kind=office.kind,
        office_name_th=office.name_th,
        office_name_en=office.name_en,
        office_size=office.size,
        nominee=_nominee(line.entry),
        region=_named(line.region) if line.region else {},
        total=line.score.total,
        claimed=line.claimed.total,
        attainable=line.score.attainable,
        dimensions={code: _points(dimension) for code, dimension in line.score.dimensions.items()},
        criteria={code: _criterion(scheme, criterion) for code, criterion in line.score.criteria.items()},
        facts=canonical.facts_line(line.facts),
    )


def _criterion(scheme: engine.Scheme, criterion: engine.CriterionScore) -> dict[str, Any]:
    found = criterion.as_json()
    return _points(criterion) | _total(scheme, found) | _why(scheme, criterion.code, found)


def _nominee(entry: Entry) -> dict[str, Any]:
    """Who took part for the office, if the office itself did not; and the province in which that office lies."""
    if not entry.nominee:
        return {}
    if entry.nominee_office:
        named = {"kind": entry.nominee_office.kind} | _named(entry.nominee_office)
    else:
        named = {"kind": "person", "name_th": entry.nominee_name}
    province = entry.office.at(Office.Kind.PROVINCE)
    return named | ({"province": _named(province)} if province and province != entry.office else {})


def _named(office: Office) -> dict[str, str]:
    return {"code": office.code, "name_th": office.name_th, "name_en": office.name_en}


def _points(part: engine.CriterionScore | engine.DimensionScore) -> dict[str, str]:
    return {"earned": f"{part.earned:.2f}", "attainable": f"{part.attainable:.2f}", "max": f"{part.max:.2f}"}


def _total(scheme: engine.Scheme, criterion: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The sum behind what is shown as a level; nothing where points are shown as something else."""
    total = points_shown.total_behind(criterion) if scheme.shown_as == "level" else {}
    return {"total": total} if total else {}


def _why(scheme: engine.Scheme, code: str, criterion: dict[str, Any]) -> dict[str, list[str]]:
    """What was counted, in words that later changes of wording don't touch."""
    return {f"why_{language}": findings_in_words.why(scheme, code, criterion, language) for language in ("th", "en")}
