"""Makes a round from a publication: a contest's next stage, or another contest for those who did well in this one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db import transaction
from django.utils.translation import gettext as _

from awards.models import Publication, Result, faults
from submissions import intake
from submissions.models import Edition, Entry, Office, Round, User
from submissions.models.places import MOST_NAME
from submissions.questions import access
from submissions.questions.proofread import Refused, check_sizes

Reason = str | None


@dataclass(frozen=True)
class Plan:
    """Who of those announced takes part, and what the new round is.

    `entrants`: 'all' take part; 'best' takes the `places` best of each office `per`; 'chosen' leaves it to these
    offices. Whoever does not take part may yet be chosen, when somebody withdraws.
    """

    name_th: str
    edition: Edition
    entrants: Literal["all", "best", "chosen"]
    name_en: str = ""
    per: str = ""  # a kind of office; '' for the whole round
    places: int | None = None
    named_by: date | None = None
    ranking: str = ""  # '' as the scheme says
    stage: str = ""


def why_not_open(user: User, publication: Publication) -> Reason:
    if reason := access.why_not_run(user, publication.round):
        return reason
    if publication.is_provisional:
        return _("This result is provisional. Open the round from the final one.")
    if replaced_by(publication):
        return _("A newer publication of this round holds. Open the round from that one.")
    return None


def replaced_by(publication: Publication) -> Publication | None:
    """The publication of the same round that holds instead of this one; None where this one does."""
    newer = Publication.objects.filter(round=publication.round_id, number__gt=publication.number)
    return newer.order_by("-number").first()


def rounds_opened(publication: Publication) -> list[Round]:
    """The rounds that follow this publication's; `is_of_another`: opened from another publication of that round."""
    rounds = list(publication.round.following.filter(discarded_at=None).order_by("pk"))
    for round in rounds:
        round.is_of_another = round.source_digest != publication.digest
    return rounds


def open_following(publication: Publication, plan: Plan, *, by: User, judges: Iterable[User] = ()) -> Round:
    """Make a round with those announced, to be prepared and then opened.

    Refused with every reason at once, when the announcement was altered too.
    """
    with transaction.atomic():
        before = Round.objects.select_for_update(of=("self",)).get(pk=publication.round_id)
        following = before.following.filter(discarded_at=None, source_digest=publication.digest)
        if following.filter(name_th=plan.name_th.strip()).exists():
            raise Refused({"name_th": [_("A round of this name was opened from this publication already.")]})
        entries = prepare(publication, plan, by=by)
        return intake.open_round(planned(publication, plan), entries, by=by, judges=judges)


def prepare(publication: Publication, plan: Plan, *, by: User) -> list[Entry]:
    """The entries that the new round would have, those that may yet be chosen among them. Writes nothing."""
    refused = Refused()
    refused.add("", why_not_open(by, publication))
    for fault in faults(publication):
        refused.add("", fault)
    _check_plan(plan, refused)
    results = list(
        publication.results.defer("criteria", "facts").select_related("entry__office__parent__parent__parent")
    )
    _check_results(results, plan, refused)
    taken = _taken(results, plan, refused)
    refused.raise_if_any()
    return _announced(results, taken) + _reserves(publication, results, plan)


def _check_plan(plan: Plan, refused: Refused) -> None:
    if not plan.name_th.strip():
        refused.add("name_th", _("Enter the round's name."))
    if plan.entrants != "all" and not plan.places:
        refused.add("places", _("Say how many places there are."))
    if len(plan.name_th.strip()) > MOST_NAME:
        refused.add("name_th", _("The name is longer than 200 characters."))


def _check_results(results: list[Result], plan: Plan, refused: Refused) -> None:
    """Whether those announced can be in the new round. If they can't be told apart by place, nothing else is asked."""
    for result in results:
        if result.entry.state == Entry.State.WITHDRAWN:
            text = _("%(entry)s withdrew since. Publish the round anew, then open the next from that.")
            refused.add("", text % {"entry": result.office_name})
    check_sizes(plan.edition.scheme, [result.entry.office for result in results], refused)
    if plan.per and any(result.entry.office.at(plan.per) is None for result in results):
        refused.add("per", _("Those announced do not lie in such places. Choose a larger kind, or the whole round."))
        refused.raise_if_any()


def _taken(results: list[Result], plan: Plan, refused: Refused) -> set[int]:
    """The results whose entries take part at once."""
    if plan.entrants == "all":
        return {result.pk for result in results}
    if plan.entrants == "chosen" or not plan.places:
        return set()
    groups: dict[str, list[Result]] = {}
    for result in results:
        above = result.entry.office.at(plan.per) if plan.per else None
        groups.setdefault(above.code if above else "", []).append(result)
    return {result.pk for group in groups.values() for result in _best(group, plan.places, refused)}


def _best(group: list[Result], places: int, refused: Refused) -> list[Result]:
    """As many as there are places. Who goes first among equals is not for the portal to say."""
    ordered = sorted(group, key=lambda result: -result.total)
    best, others = ordered[:places], ordered[places:]
    last = best[-1].total
    if any(result.total == last for result in others):
        tied = ", ".join(result.office_name for result in ordered if result.total == last)
        text = _("They have equal points for the last place; let it be chosen: %(tied)s")
        refused.add("entrants", text % {"tied": tied})
    return best


def _announced(results: list[Result], taken: set[int]) -> list[Entry]:
    """The entries of those announced: the `taken` take part, the others may yet be chosen."""
    nominees = Office.objects.in_bulk([result.nominee.get("code", "") for result in results], field_name="code")
    return [
        Entry(
            office=result.entry.office,
            preceding=result.entry,
            nominee_office=nominees.get(result.nominee.get("code", "")),
            nominee_name="" if "code" in result.nominee else result.nominee.get("name_th", ""),
            state=Entry.State.TAKING_PART if result.pk in taken else Entry.State.CANDIDATE,
        )
        for result in results
    ]


def planned(publication: Publication, plan: Plan) -> Round:
    """The round that would be made, not saved: those who run it prepare it before anybody else sees it."""
    before = publication.round
    same = plan.edition.scheme_code == before.edition.scheme_code
    return Round(
        name_th=plan.name_th.strip(),
        name_en=plan.name_en.strip(),
        edition=plan.edition,
        organiser=before.organiser,
        preceding=before,
        source_digest=publication.digest,
        stage=plan.stage,
        places_per=plan.per,
        places=plan.places,
        named_by=plan.named_by,
        ranking=plan.ranking,
        settings=before.settings if same else {},
        rank_visibility=before.rank_visibility,
        shows_sureness=before.shows_sureness,
        contact=before.contact,
        reviews_values=before.reviews_values,
        clock_offset=before.clock_offset,
        opens_at=None,
    )


def _reserves(publication: Publication, results: list[Result], plan: Plan) -> list[Entry]:
    """Those that might have been chosen in the round before, for when somebody withdraws."""
    if not plan.places:
        return []
    announced = {result.entry.office_id for result in results}
    waiting = publication.round.entries.filter(state=Entry.State.CANDIDATE).exclude(office__in=announced)
    waiting = waiting.select_related("office__parent__parent__parent", "nominee_office")
    return [
        Entry(
            office=entry.office,
            preceding=entry,
            nominee_office=entry.nominee_office,
            nominee_name=entry.nominee_name,
            state=Entry.State.CANDIDATE,
        )
        for entry in waiting
    ]
