"""Which of many pieces of evidence have something that was noticed about them. Narrows querysets; decides nothing."""

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from scoring.engine import Extent
from submissions.models import Edition, Evidence, Examination, Likeness

from .findings import LEAST_SIDE, extent_findings
from .remarks import SLOT, appendices

Scan = Examination.Scan


def held(rows):
    """Nobody opens them yet: they wait for the virus scanner."""
    seen = Q(examination__scan__in=(Scan.CLEAN, Scan.INFECTED))
    return rows.exclude(file="").exclude(seen) if settings.CLAMD else rows.none()


def shut(rows):
    """The virus scanner found something in them, or gave up on them."""
    return rows.filter(examination__scan=Scan.INFECTED)


def remarked(rows, editions: Iterable[Edition]):
    """With a finding. What is within the extent that a requirement asks for is told by its edition: two statements."""
    noted = Q(scan=Scan.INFECTED) | Q(facts__has_key="fault") | Q(facts__is_blank=True) | Q(facts__is_scan=True)
    small = Q(facts__width__lt=LEAST_SIDE) | Q(facts__height__lt=LEAST_SIDE)
    noted_ones = Examination.objects.filter(noted | small).values("pk")
    return rows.filter(Q(pk__in=noted_ones) | Q(pk__in=_out_of_extent(rows, editions)))


def _out_of_extent(rows, editions: Iterable[Edition]) -> list[int]:
    extents = _extents(editions)
    if not extents:
        return []
    bounded = rows.order_by().filter(requirement__in={code for _edition, code in extents}).exclude(examination=None)
    found, odd = [], {}
    for pk, edition, facts, *slot in bounded.values_list("pk", "entry__round__edition", "examination__facts", *SLOT):
        if not (extent := extents.get((edition, slot[1]))):
            continue
        codes = {finding.code for finding in extent_findings(facts, extent)}
        if codes == {"pages"}:
            assert extent.pages
            odd[pk] = tuple(slot), extent.pages
        elif codes:
            found.append(pk)
    return [*found, *odd.keys() - appendices(odd)]


def _extents(editions: Iterable[Edition]) -> dict[tuple[int, str], Extent]:
    """What each edition asks of the length or the paper of a requirement, where it asks for any."""
    return {
        (edition.pk, code): requirement.extent
        for edition in editions
        for code, requirement in edition.scheme.requirements.items()
        if requirement.extent.pages or requirement.extent.paper or requirement.extent.minutes
    }


def alike(rows, among):
    """The same or nearly the same stands elsewhere `among` this evidence."""
    same = Exists(_elsewhere(among, OuterRef("sha256"), lambda name: OuterRef(name)))
    near = [
        Exists(
            Likeness.objects.filter(
                Exists(_elsewhere(among, OuterRef(theirs), lambda name: OuterRef(OuterRef(name)))),
                **{own: OuterRef("sha256")},
            )
        )
        for own, theirs in (("one", "other"), ("other", "one"))
    ]
    return rows.exclude(file="").filter(same | near[0] | near[1])


def _elsewhere(among, content, of_row):
    """Evidence of this content that stands in another slot than the row's."""
    slot = {name: of_row(name) for name in ("entry", "requirement", "period")}
    return among.filter(sha256=content).exclude(status=Evidence.Status.WITHDRAWN).exclude(**slot)
