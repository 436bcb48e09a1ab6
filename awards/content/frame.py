"""What a publication's numbers are about: titles, maxima and awards of the round and its scheme, as they stand."""

from typing import Any

from scoring import engine
from scoring.wording import rules_in_words
from submissions.models import Round
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
        **_issuer(round),
        **_display(scheme),
    }


def _criterion(round: Round, criterion: engine.Criterion) -> dict[str, Any]:
    return (
        {"code": criterion.code, "dimension": criterion.dimension, "max": f"{criterion.max:.2f}"}
        | _titles(criterion.title)
        | rules_in_words.how(round.scheme, round.settings, criterion)
    )


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
