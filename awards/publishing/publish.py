"""Announces a round's results: scored from the facts of one moment, ranked, awarded, and frozen in one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from awards.content import canonical, frame, letterhead
from awards.content.proceedings import Proceedings
from awards.models import MOST_REASON, Publication, Result, content_of, facts_of
from awards.signals import published
from scoring import engine, recompute
from scoring.models import stale_entries
from submissions import thai
from submissions.models import Office, Proposal, Resolution, Round, User
from submissions.questions import access
from submissions.questions.appeals import why_not_final
from submissions.questions.proofread import Refused, check_sizes
from submissions.questions.proposals import seconded_by, why_not_alone

from . import hearing, spread
from .preparation import (
    MOST_LOOKS,
    NOTHING_YET,
    Announced,
    Decision,
    Preparation,
    Scores,
    preparation_of,
    versions_of,
)
from .results import result_of

BATCH = 200  # results written by one statement


class TieUndecided(Exception):
    """A tie straddles an award's boundary, and the scheme doesn't say who goes above it."""

    def __init__(self, ties: Sequence[engine.Tie]) -> None:
        self.ties = tuple(ties)
        super().__init__(_("A tie straddles an award: the committee has to decide the order."))


class Moved(Exception):
    """The results are no longer those that were looked at."""

    def __init__(self) -> None:
        super().__init__(
            _("Scores or papers changed while you were looking. Nothing was published; look at the results again.")
        )


class Overtaken(Exception):
    """Somebody else published this round meanwhile: `publication`."""

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        text = _(
            "Publication %(number)s was made by %(who)s at %(when)s. Yours was not published. "
            "If something in that one is wrong, say what yours corrects."
        )
        when = thai.format_time(publication.published_at, thai.language())
        super().__init__(text % {"number": publication.number, "who": publication.published_by, "when": when})


def why_not_publish(user: User, round: Round, at: datetime | None = None) -> str | None:
    if reason := access.why_not_announce(user, round):
        return reason
    refused = Refused()
    check_sizes(round.scheme, Office.objects.filter(entries__in=round.entries.taking_part()), refused)
    for reason in why_not_final(round, at or round.now()):
        refused.add("", reason)
    return str(refused) or None


def publish(
    round: Round,
    *,
    by: User,
    at: datetime | None = None,
    reason: str = "",
    decisions: Iterable[Decision] = (),
    seen: str | None = None,
    number: int | None = None,
    proposal: Proposal | None = None,
    scores: Scores = NOTHING_YET,
) -> Publication:
    """Freeze the round's results as its next publication: provisional, if the round hears appeals and has not yet.

    :param at: the round's time at which the facts are read (None: now).
    :param reason: why a publication is made after another; asked for from the second on.
    :param decisions: the committee's, on ties that straddle an award.
    :param seen: the fingerprint of the preparation that was looked at (None: nobody looked).
    :param number: the number that it was to have (None: whichever comes next).
    :param scores: what was scored beforehand, so that facts are held for no longer than they must; see `Scores`.
    :raises Refused: with every reason at once.
    :raises TieUndecided: a tie straddles an award and no decision settles it.
    :raises Moved: the results are not those that were looked at.
    :raises Overtaken: somebody else made the publication of this number.
    """
    decisions, at = list(decisions), at or round.now()
    look = partial(_look, by=by, at=at, number=number, reason=reason, decisions=decisions, proposal=proposal)
    with transaction.atomic():
        look(round := _as_it_is(round))
        scored_at = hearing.scored_as_of(round, at)
        drawn = _drawn(round, scored_at, decisions, scores)
        if (stands_still := _stands_still(round)) or proposal:
            # Facts don't move from here on, or each log will say who confirmed. Entries are held before their round.
            round.entries.hold()
        Round.objects.select_for_update(no_key=True).get(pk=round.pk)  # two publications have two numbers
        round = _as_it_is(round)
        before = look(round)
        if (stands_still, scored_at) != (_stands_still(round), hearing.scored_as_of(round, at)):
            raise Moved  # nobody is held as they must be, or all was scored as of another day
        drawn = _drawn_as_held(round, drawn, scored_at, decisions, stands_still)
        _check_prepared(drawn.prepared, seen)
        settles, provisional = round.announces_provisionally, hearing.provisional_of(round)
        if provisional:
            hearing.check_unmoved(provisional, drawn.prepared.lines)
            hearing.conclude(round, by=by, at=at)
        if settles:
            round = hearing.begin(round, before.number + 1 if before else 1, by=by, at=at)
        publication = _freeze(
            round,
            drawn,
            before,
            published_by=by,
            as_of=at,
            reason=reason.strip(),
            confirmed_by=seconded_by(proposal),
            appeals_until=round.appeals_until if settles else None,
            appeals=hearing.outcome(provisional, drawn.prepared.lines) if provisional else {},
        )
        recompute.mark_behind(line.entry.pk for line in drawn.prepared.lines if line.differs_live)
        transaction.on_commit(lambda: _set_right(round, drawn.prepared, scored_at), robust=True)
        transaction.on_commit(lambda: published.send(Publication, publication=publication), robust=True)
    return publication


def _as_it_is(round: Round) -> Round:
    return Round.objects.select_related("edition").get(pk=round.pk)


def _stands_still(round: Round) -> bool:
    """Whether facts stand still from its next publication on."""
    return bool(round.announces_provisionally or round.provisional)


def _has_changed(round: Round, drawn: "Drawn") -> bool:
    """Whether, but for facts, it is drawn otherwise now that the round is held. Resolutions are only ever added."""
    now = (
        round.edition,
        letterhead.revision_of(letterhead.read(round)),
        Resolution.objects.filter(meeting__round=round).count(),
    )
    about = drawn.about
    return now != (about["edition"], drawn.prepared.template, len(about["frame"].get("resolutions", ())))


def _look(
    round: Round,
    *,
    by: User,
    at: datetime,
    number: int | None,
    reason: str,
    decisions: list[Decision],
    proposal: Proposal | None,
) -> Publication | None:
    """Whether it may be published. Returns the publication that this one would replace."""
    before = _newest(round)
    if before and number is not None and number <= before.number:
        raise Overtaken(before)
    _check(by, round, at, reason, decisions, before, proposal)
    return before


def _newest(round: Round) -> Publication | None:
    return Publication.objects.filter(round=round).order_by("-number").first()


def _check(
    by: User,
    round: Round,
    at: datetime,
    reason: str,
    decisions: list[Decision],
    before: Publication | None,
    proposal: Proposal | None,
) -> None:
    """Refuse with every reason at once. `before`: the publication that this one would replace."""
    refused = Refused()
    refused.add("", why_not_publish(by, round, at))
    refused.add("", why_not_alone(round, proposal))
    if corrects(round, before) and not reason.strip():
        refused.add("reason", _("Say what this publication corrects."))
    if len(reason) > MOST_REASON:
        refused.add("reason", _("The reason is longer than 500 characters."))
    if any(not decision.reason.strip() for decision in decisions):
        refused.add("decisions", _("Say why the committee decided on this order."))
    refused.raise_if_any()


def _check_prepared(prepared: Preparation, seen: str | None) -> None:
    if seen is not None and seen != prepared.fingerprint:
        raise Moved
    if not prepared.lines:
        raise Refused({"": [_("Nobody can be announced yet: no office has named who takes part.")]})
    if prepared.ties:
        raise TieUndecided(prepared.ties)


def corrects(round: Round, before: Publication | None) -> bool:
    """Whether what is published after this one says what it corrects: what makes a provisional one final does not."""
    return before is not None and not (before.is_provisional and before.number == round.provisional)


def _set_right(round: Round, prepared: Preparation, at: datetime) -> None:
    """Write the live scorecards anew that are behind, or say something else than what was announced."""
    behind = set(stale_entries(round, at).values_list("pk", flat=True))
    recompute.rescore(behind | {line.entry.pk for line in prepared.lines if line.differs_live}, at=at)


@dataclass(frozen=True)
class Drawn:
    """What is to be frozen, as far as it is known while nobody is held. `lines`: without the names of judges."""

    prepared: Preparation
    lines: list[Announced]
    results: list[Result]
    about: dict[str, Any]


def _drawn(round: Round, at: datetime, decisions: list[Decision], scores: Scores) -> Drawn:
    return _drawn_up(round, preparation_of(round, at=at, decisions=decisions, scores=scores, explain=True))


def _drawn_as_held(round: Round, drawn: Drawn, at: datetime, decisions: list[Decision], stands_still: bool) -> Drawn:
    """Drawn anew, if anything moved before it was held.

    :raises Moved: papers or resolutions, which nobody holds, always have.
    """
    for _look in range(MOST_LOOKS):
        if not (_has_changed(round, drawn) or (stands_still and versions_of(round) != drawn.prepared.versions)):
            return drawn
        drawn = _drawn(round, at, decisions, drawn.prepared.as_scores(drawn.about["edition"].digest))
    raise Moved


def _drawn_up(round: Round, prepared: Preparation) -> Drawn:
    proceedings = prepared.proceedings or Proceedings(round)
    lines = [replace(line, facts=proceedings.without_names(line.facts)) for line in prepared.lines]
    about = {
        "edition": round.edition,
        "frame": frame.of_round(round) | proceedings.content,
        "paper": letterhead.content(prepared.letterhead),
        "log": prepared.log,
        "decisions": [
            {"offices": list(decision.offices), "reason": decision.reason.strip()} for decision in prepared.decisions
        ],
    }
    return Drawn(prepared, lines, [result_of(place, line) for place, line in enumerate(lines, 1)], about)


def _freeze(round: Round, drawn: Drawn, before: Publication | None, **fields: Any) -> Publication:
    """Write the publication with its results, each digest taken of all that was written before it."""
    publication = _publication(round, drawn, before, **fields)
    publication.facts_digest = canonical.digest_of(facts_of(drawn.results))
    publication.digest = canonical.digest_of(canonical.write(content_of(publication, drawn.results)))
    publication.save()
    Result.objects.bulk_create(drawn.results, batch_size=BATCH)
    spread.keep(publication, drawn.lines)
    return publication


def _publication(round: Round, drawn: Drawn, before: Publication | None, **fields: Any) -> Publication:
    """Of which nothing is written yet; its results are made its own."""
    number, previous = (before.number + 1, before.digest) if before else (1, "")
    publication = Publication(round=round, number=number, previous=previous, **drawn.about, **fields)
    for result in drawn.results:
        result.publication = publication
    return publication


def draft_of(round: Round, prepared: Preparation, *, at: datetime) -> dict[str, Any]:
    """What would be announced, as papers are made from it. Nothing of it is kept.

    Of what came of appeals, and until when a result may be disputed, it says nothing: that is known once it is frozen.
    """
    drawn = _drawn_up(round, prepared)
    return content_of(_publication(round, drawn, _newest(round), as_of=at), drawn.results)
