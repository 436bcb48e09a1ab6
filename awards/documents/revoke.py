"""The one way in which a paper ceases to hold while its publication does."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from awards.models import MOST_REASON, Paper, Revocation
from submissions.models import User
from submissions.questions import access
from submissions.questions.proofread import Refused


def why_not_revoke(user: User, paper: Paper) -> str | None:
    if reason := access.why_not_run(user, paper.publication.round):
        return reason
    return _("It is revoked already.") if Revocation.objects.filter(paper=paper).exists() else None


def revoke(paper: Paper, *, by: User, reason: str) -> Revocation:
    """Say publicly that a paper holds no more, and why.

    :raises Refused: with every reason at once.
    """
    refused, reason = Refused(), reason.strip()
    refused.add("", why_not_revoke(by, paper))
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
