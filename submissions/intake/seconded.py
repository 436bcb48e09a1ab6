"""Deeds on facts that a second person confirms, each done with the arguments of its proposal and nothing else."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from submissions.models import Appeal, Import, Proposal, Round, Sheet, User
from submissions.questions import access
from submissions.questions.proofread import Refused
from submissions.questions.proposals import why_not_alone

from .appeals import unsettle
from .hold import Conflict
from .imports import undo_import
from .judging import reopen_sheet
from .proposals import carries_out
from .rounds import adopt_edition


def unseat_judges(round: Round, judges: Iterable[int], *, by: User, proposal: Proposal | None = None) -> Round:
    """Take these judges off a round's committee. Conflict where one sits there no more."""
    with transaction.atomic():
        held = _held(round, by, proposal)
        leaving = set(judges)
        if leaving - set(held.judges.values_list("pk", flat=True)):
            raise Conflict(held)
        if not leaving:
            raise Refused({"judges": [_("Choose who leaves.")]})
        held.judges.remove(*leaving)
    return held


def let_one_person(round: Round, *, by: User, proposal: Proposal | None = None) -> Round:
    """From now on one person does in this round what can't be taken back."""
    with transaction.atomic():
        held = _held(round, by, proposal)
        if not held.needs_two_persons:
            raise Conflict(held)
        held.needs_two_persons = False
        held.save(update_fields=["needs_two_persons"])
    return held


def _held(round: Round, by: User, proposal: Proposal | None) -> Round:
    """The round as it is, held after its entries, and saved in this person's name."""
    round.entries.hold()
    held = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    refused = Refused()
    refused.add("", access.why_not_run(by, held))
    refused.add("", why_not_alone(held, proposal))
    refused.raise_if_any()
    held._history_user, held.is_seconded = by, proposal is not None
    return held


def _adopt(proposal: Proposal) -> object:
    said = proposal.arguments
    deed = {"reason": said["reason"], "expected": said["expected"], "proposal": proposal}
    return adopt_edition(proposal.round, said["text"], by=proposal.proposed_by, **deed)


def _reopen(proposal: Proposal) -> object:
    said = proposal.arguments
    sheet = Sheet.objects.select_related("entry__round__edition").get(pk=said["sheet"])
    appeal = Appeal.objects.select_related("entry__round__edition").get(pk=said["appeal"])
    deed = {"reason": said["reason"], "revision": said["revision"], "appeal": appeal, "proposal": proposal}
    return reopen_sheet(sheet, by=proposal.proposed_by, **deed)


def _undo(proposal: Proposal) -> object:
    done = Import.objects.get(pk=proposal.arguments["import"])
    return undo_import(done, by=proposal.proposed_by, seen=proposal.arguments["seen"], proposal=proposal)


def _unseat(proposal: Proposal) -> object:
    judges = proposal.arguments["judges"]
    return unseat_judges(proposal.round, judges, by=proposal.proposed_by, proposal=proposal)


def _alone(proposal: Proposal) -> object:
    return let_one_person(proposal.round, by=proposal.proposed_by, proposal=proposal)


def _unsettle(proposal: Proposal) -> object:
    return unsettle(proposal.round, by=proposal.proposed_by, reason=proposal.reason, proposal=proposal)


for _kind, _doing in {
    Proposal.Kind.ADOPT: _adopt,
    Proposal.Kind.REOPEN: _reopen,
    Proposal.Kind.UNDO: _undo,
    Proposal.Kind.UNSEAT: _unseat,
    Proposal.Kind.ALONE: _alone,
    Proposal.Kind.UNSETTLE: _unsettle,
}.items():
    carries_out(_kind, _doing)
