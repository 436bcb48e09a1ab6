"""May a new scheme be called so, and may one that was made be deleted? None, or the reason why not."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from submissions.models import Edition, Round, SchemeDraft, User
from submissions.signals import deletion_asked

from . import access

SHOWN = 3  # rounds named in one refusal


def why_not_call(code: str, came_with: Collection[str]) -> access.Reason:
    """Give a new scheme this code. `came_with`: the codes of the schemes that the portal brings, loaded or not."""
    if code in came_with:
        return _("“%(code)s” is the code of a scheme that came with the portal. Choose another.") % {"code": code}
    if Edition.objects.offered().filter(scheme_code=code).exists():
        return _("There is a scheme “%(code)s” already. Choose another code.") % {"code": code}
    return None


def why_not_write(user: User, draft: SchemeDraft) -> access.Reason:
    """Change a draft's text, or make an edition of it."""
    if reason := _why_not_touch(user, draft):
        return reason
    if draft.deleted_at:
        return _("It was deleted.")
    return _("It is an edition already, and its text stays. Make a copy to go on.") if draft.edition_id else None


def _why_not_touch(user: User, draft: SchemeDraft) -> access.Reason:
    """Of a round's criteria those write who may adopt them; new schemes are of the whole portal."""
    return access.why_not_adopt(user, draft.round) if draft.round else access.why_not_administer(user)


def why_not_delete(user: User, draft: SchemeDraft) -> access.Reason:
    """Delete a draft, or a scheme that was made while nothing uses it."""
    if reason := access.why_not_run(user, draft.round) if draft.round else access.why_not_administer(user):
        return reason
    if draft.deleted_at:
        return _("It was deleted.")
    if draft.edition is None:
        return None
    if draft.round:
        return _("Its round adopted it.")
    if names := _rounds_of(draft.code):
        return _("Rounds use it: %(names)s.") % {"names": names}
    asked = deletion_asked.send(SchemeDraft, edition=draft.edition)
    return next((reason for _receiver, reason in asked if reason), None)


def _rounds_of(code: str) -> str:
    """The rounds of a scheme, also of a later text of it, but for those that were discarded."""
    rounds = Round.objects.filter(edition__scheme_code=code, discarded_at=None)[: SHOWN + 1]
    names = [round.name for round in rounds]
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")
