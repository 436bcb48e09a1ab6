"""Publishes beside the request: what was pressed for is kept, done once by a worker, or comes back with its reasons."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from awards.models import Publication, Publishing, Stopped
from submissions import intake, thai
from submissions.models import Proposal, Round, User
from submissions.questions.proofread import Refused

from .hearing import scored_as_of
from .preparation import Decision, scores_of
from .publish import Moved, Overtaken, TieUndecided, publish

Deed, Stage = Publishing.Deed, Publishing.Stage


class Busy(Refused):
    """Somebody else publishes this round at this moment: `publishing`."""

    def __init__(self, publishing: Publishing) -> None:
        self.publishing = publishing
        text = _(
            "%(who)s publishes this round at this moment, since %(when)s. Wait until that is over, then look again."
        )
        when = thai.format_time(publishing.round_time, thai.language())
        super().__init__({"": [text % {"who": publishing.made_by, "when": when}]})


def begin(
    round: Round,
    *,
    by: User,
    deed: str,
    said: Mapping[str, Any],
    typed: Mapping[str, str] | None = None,
    proposal: Proposal | None = None,
) -> Publishing:
    """Keep what is to be done. Whoever presses twice goes on with the one that the first press began.

    :raises Busy: somebody else's is under way in this round, or another of one's own.
    """
    asked = {"deed": deed, "said": dict(said), "proposal": proposal, "made_by": by}
    if under_way := _under_way(round):
        return _same(under_way, asked)
    try:
        with transaction.atomic():
            return Publishing.objects.create(round=round, typed=typed or {}, language=thai.language(), **asked)
    except IntegrityError:  # somebody else began one this moment
        under_way = _under_way(round)
        if under_way is None:
            raise
        return _same(under_way, asked)


def _under_way(round: Round) -> Publishing | None:
    return round.publishings.under_way().select_related("round", "made_by", "proposal").first()


def _same(there: Publishing, asked: Mapping[str, Any]) -> Publishing:
    if any(getattr(there, name) != value for name, value in asked.items()):
        raise Busy(there)
    return there


def run(publishing: Publishing) -> None:
    """Do what was pressed for. What can't be published comes back with its reasons; nothing is ever half published."""
    with translation.override(publishing.language):
        try:
            DEEDS[publishing.deed](publishing)
        except Stopped:
            return
        except Refused as refused:
            _return(publishing, [reason for reasons in refused.reasons.values() for reason in reasons])
        except (Moved, Overtaken, TieUndecided) as moved:
            _return(publishing, [str(moved)])


def fail(publishing: Publishing) -> None:
    """It broke off, and is not tried again."""
    Publishing.objects.under_way().filter(pk=publishing.pk).update(stage=Stage.FAILED, due_at=None)


def _return(publishing: Publishing, faults: list[str]) -> None:
    try:
        publishing.note(stage=Stage.RETURNED, faults=faults, due_at=None)
    except Stopped:
        return


def _publish(publishing: Publishing) -> None:
    said, scored = publishing.said, _scored(publishing)
    decisions = [Decision(tuple(one["offices"]), one["reason"]) for one in said["decisions"]]
    about = {name: said[name] for name in ("reason", "seen", "number")}

    def freeze() -> Publication:
        return publish(publishing.round, by=publishing.made_by, decisions=decisions, **scored, **about)

    _once(publishing, lambda: {"publication": freeze()})


def _scored(publishing: Publishing) -> dict[str, Any]:
    """Everybody's scores, as of when: worked out before anything is held."""
    round, at = publishing.round, publishing.round.now()

    def tell(done: int, total: int) -> None:
        publishing.note(done=done, total=total)

    return {"at": at, "scores": scores_of(round, at=scored_as_of(round, at), tell=tell)}


def _propose(publishing: Publishing) -> None:
    """Tried as a whole, of which nothing is kept but the proposal."""
    arguments = {name: part for name, part in publishing.said.items() if name != "why"}
    kind, why = Proposal.Kind.PUBLISH, publishing.said["why"]
    _once(
        publishing,
        lambda: {
            "proposal": intake.propose(publishing.round, kind, arguments, by=publishing.made_by, reason=why),
        },
    )


def _confirm(publishing: Publishing) -> None:
    """A proposal that has been overtaken ends so, for good: that is kept."""
    proposal, scored = publishing.proposal, _scored(publishing)
    assert proposal

    def confirm() -> dict[str, Any]:
        try:
            return {"publication": intake.confirm(proposal, by=publishing.made_by, beforehand=scored)}
        except intake.Overtaken as overtaken:
            sentence = _("Nothing was done: what it was about has changed. Make a new proposal.")
            return {"stage": Stage.RETURNED, "faults": [sentence, str(overtaken)]}

    _once(publishing, confirm)


def _once(publishing: Publishing, do: Callable[[], dict[str, Any]]) -> None:
    """Do it and note that it is done, in one transaction: a worker that is killed leaves both or neither."""
    publishing.note(stage=Stage.FREEZING)
    with transaction.atomic():
        publishing.hold()
        publishing.note(**{"stage": Stage.DONE, "typed": {}, "due_at": None, **do()})


DEEDS: dict[str, Callable[[Publishing], None]] = {
    Deed.PUBLISH: _publish,
    Deed.PROPOSE: _propose,
    Deed.CONFIRM: _confirm,
}
