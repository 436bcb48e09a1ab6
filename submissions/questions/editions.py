"""By which names somebody chooses among editions, and the round that one of a new edition is made like."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from submissions import thai
from submissions.models import Edition, Round, User

MOST_REASON = 60  # characters of it in a name
_YEAR = re.compile(r"(?<!\d)(?:2[45]|20)\d\d(?!\d)")  # 2566 or 2023, in a name or a code


def with_year(name: str, years: int) -> str:
    """The same name with each year in it moved: “รอบปี 2566” becomes “รอบปี 2567”."""
    return _YEAR.sub(lambda year: str(int(year[0]) + years), name)


def stem(code: str) -> str:
    """What the codes of one contest's schemes have in common, year by year."""
    return _YEAR.sub("", code)


def namer(editions: Iterable[Edition]) -> Callable[[Edition], str]:
    """For a list to choose from: the name of each, worked out when the first is asked for."""
    known: dict[int, str] = {}

    def name_of(edition: Edition) -> str:
        if not known:
            known.update(names_of(editions))
        return known.get(edition.pk) or edition.named()

    return name_of


def names_of(editions: Iterable[Edition]) -> dict[int, str]:
    """By title and year; several of one scheme by their number too, and why they came.

    The code, and then the time, stand only where two names would be the same.
    """
    editions = list(editions)
    numbers = _numbers({edition.scheme_code for edition in editions})
    names = {edition.pk: _name(edition, numbers[edition.scheme_code]) for edition in editions}
    for more in (_code, _time):
        count = Counter(names.values())
        names |= {one.pk: f"{names[one.pk]} · {more(one)}" for one in editions if count[names[one.pk]] > 1}
    return names


def _numbers(codes: set[str]) -> dict[str, list[int]]:
    """Of each scheme its editions, the first one first. One statement."""
    found: dict[str, list[int]] = defaultdict(list)
    rows = Edition.objects.filter(scheme_code__in=codes).order_by("adopted_at", "pk")
    for pk, code in rows.values_list("pk", "scheme_code"):
        found[code].append(pk)
    return found


def _name(edition: Edition, alike: list[int]) -> str:
    parts = [_titled(edition)]
    if len(alike) > 1:
        parts.append(_("edition %(number)s") % {"number": alike.index(edition.pk) + 1})
        parts.append(Truncator(edition.reason).chars(MOST_REASON))
    return " · ".join(filter(None, parts))


def _titled(edition: Edition) -> str:
    scheme = edition.scheme
    title, year = scheme.title.to(thai.language()), scheme.close.year
    says_year = str(year + thai.ERA) in title or str(year) in title
    return title if says_year else f"{title} {year + thai.ERA}"


def _code(edition: Edition) -> str:
    return edition.scheme_code


def _time(edition: Edition) -> str:
    return thai.format_time(edition.adopted_at, thai.language())


def round_like(user: User, edition: Edition) -> Round | None:
    """The newest round that this person runs of a scheme that is this one but for its year; the centre's own before
    those of organisers, real ones before those for practice.
    """
    rounds = Round.objects.run_by(user).filter(preceding=None).select_related("edition").defer("edition__text")
    alike = [one for one in rounds if stem(one.edition.scheme_code) == stem(edition.scheme_code)]
    return min(alike, key=lambda one: (one.organiser_id is not None, one.is_practice, -one.pk), default=None)
