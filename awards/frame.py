"""What a publication's numbers are about: titles, maxima and awards of the round and its scheme, as they stand."""

from typing import Any

from scoring import engine
from scoring.wording import rules_in_words
from submissions.models import ConflictOfInterest, Round
from submissions.questions.issuer import issuer_of


def of_round(round: Round) -> dict[str, Any]:
    scheme = round.scheme
    return {
        **({"only_selects": True} if round.only_selects else {}),
        "ranking": round.ranked,
        "round": {"name_th": round.name_th, "name_en": round.name_en, "is_practice": round.is_practice},
        "edition": {"scheme": scheme.code, "digest": round.edition.digest} | _titles(scheme.title),
        "max": f"{scheme.max:.2f}",
        "dimensions": [
            {"code": dimension.code, "max": f"{dimension.max:.2f}"} | _titles(dimension.title)
            for dimension in scheme.dimensions
        ],
        "criteria": [_criterion(round, criterion) for criterion in scheme.criteria.values()],
        "sizes": {size.code: {"th": size.title.th, "en": size.title.en} for size in scheme.sizes},
        "tiers": [] if round.only_selects else [_tier(tier) for tier in scheme.awards],
        **_panel(round),
        **_issuer(round),
        **_display(scheme),
    }


def _criterion(round: Round, criterion: engine.Criterion) -> dict[str, Any]:
    return (
        {"code": criterion.code, "dimension": criterion.dimension, "max": f"{criterion.max:.2f}"}
        | _titles(criterion.title)
        | rules_in_words.how(round.scheme, round.settings, criterion)
    )


def _panel(round: Round) -> dict[str, Any]:
    """Which judge did not take part where, by numbers instead of names, and how entries were shared out; nothing where
    everybody judged everything.

    `judge` is what the facts call them, `number` their place on the committee.
    """
    rows = ConflictOfInterest.objects.standing().filter(entry__in=round.entries.taking_part())
    aside = list(
        rows.select_related("entry__office", "entry__nominee_office").order_by("judge", "entry__office__sort_key")
    )
    sitting = set(round.judges.values_list("pk", flat=True)) | {row.judge_id for row in aside}
    numbers = {pk: number for number, pk in enumerate(sorted(sitting), 1)}
    stood_aside = [
        {
            "number": numbers[row.judge_id],
            "judge": str(row.judge_id),
            "office": row.entry.office.code,
            "kind": row.entry.office.kind,
        }
        | {"name_th": row.entry.office.name_th, "name_en": row.entry.office.name_en}
        for row in aside
    ]
    shared = {"way": round.assignment} | ({"seed": round.seed} if round.seed else {}) if round.assignment else {}
    panel = ({"stood_aside": stood_aside} if stood_aside else {}) | ({"shared_out": shared} if shared else {})
    return {"panel": panel} if panel else {}


def _issuer(round: Round) -> dict[str, Any]:
    """Who announces; nothing where it is the Department, as in publications of before."""
    issuer = issuer_of(round)
    return {"issuer": _titles(issuer.title) | _titles(issuer.signed_by, "signed_by")} if issuer else {}


def _display(scheme: engine.Scheme) -> dict[str, Any]:
    """What points were shown as; nothing where they were shown as points, as in publications of before."""
    if scheme.shown_as == "points":
        return {}
    grades = {grade: f"{points:.2f}" for grade, points in scheme.grades.items()}
    return {"shown_as": scheme.shown_as} | ({"letters": grades} if grades else {})


def _titles(text: engine.Text | None, name: str = "title") -> dict[str, str]:
    return {f"{name}_th": text.th if text else "", f"{name}_en": text.en if text else ""}


def _tier(tier: engine.Tier) -> dict[str, Any]:
    return (
        {"code": tier.code, "count": tier.count, "prize": tier.prize}
        | _titles(tier.title)
        | _titles(tier.level, "level")
        | _titles(tier.prize_in_kind, "prize_in_kind")
    )
