"""The one way in which a paper ceases to hold while its publication does."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from awards.models import MOST_REASON, Paper, Revocation
from submissions import intake
from submissions.models import Entry, Proposal, User
from submissions.questions import access
from submissions.questions.proofread import Refused
from submissions.questions.proposals import why_not_alone


def why_not_revoke(user: User, paper: Paper) -> str | None:
    if reason := access.why_not_run(user, paper.publication.round):
        return reason
    return _("It is revoked already.") if Revocation.objects.filter(paper=paper).exists() else None


def propose_to_revoke(paper: Paper, *, by: User, reason: str) -> Proposal:
    """Where two persons do it. It stands in the log of the office's entry, where it has one alone."""
    found = Entry.objects.filter(results__publication=paper.publication_id, results__office_code=paper.office)[:2]
    entry = found[0] if len(found) == 1 else None
    round, kind = paper.publication.round, Proposal.Kind.REVOKE
    return intake.propose(round, kind, {"paper": paper.code}, by=by, reason=reason, entry=entry)


def revoke_as_proposed(proposal: Proposal) -> Revocation:
    papers = Paper.objects.select_related("publication__round__edition")
    paper = papers.get(code=proposal.arguments["paper"], publication__round=proposal.round)
    return revoke(paper, by=proposal.proposed_by, reason=proposal.reason, proposal=proposal)


def revoke(paper: Paper, *, by: User, reason: str, proposal: Proposal | None = None) -> Revocation:
    """Say publicly that a paper holds no more, and why.

    :raises Refused: with every reason at once.
    """
    refused, reason = Refused(), reason.strip()
    refused.add("", why_not_revoke(by, paper) or why_not_alone(paper.publication.round, proposal))
    if not reason:
        refused.add("reason", _("Say why it is revoked: everybody who asks about the paper reads it."))
    if len(reason) > MOST_REASON:
        refused.add("reason", _("The reason is longer than 500 characters."))
    refused.raise_if_any()
    try:
        with transaction.atomic():
            return Revocation.objects.create(paper=paper, by=by, reason=reason)
    except IntegrityError:
        raise Refused({"": [_("It is revoked already.")]}) from None
