"""Schemes that are made in the portal: begun, put aside, made an edition, deleted while nothing uses it.

A round's next criteria are drafted in the same way, and become its own by `adopt_edition`.
"""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from submissions.models import Edition, Round, SchemeDraft, User
from submissions.models.editions import MOST_REASON
from submissions.questions import access
from submissions.questions.proofread import MOST_TEXT, Refused, check_text
from submissions.questions.schemes import why_not_call, why_not_delete, why_not_write

from .hold import Conflict


def begin_scheme(
    text: str, code: str, *, origin: str, by: User, source: Edition | None = None, years: int = 0
) -> SchemeDraft:
    """Put a new draft aside. Its text may have any fault; days are yet to be moved by so many `years`."""
    refused = Refused()
    refused.add("", access.why_not_administer(by))
    _check_length(text, refused)
    refused.raise_if_any()
    draft = SchemeDraft(text=text, code=code, origin=origin, source=source, years=years, edited_by=by)
    return _keep(draft, by, _("begun"))


def draft_criteria(round: Round, *, by: User) -> SchemeDraft:
    """Begin to change what a round is scored by: its one open draft, or a new one with the round's own text.

    A draft in which nobody changed anything yet follows the round to the criteria that it has by now.
    """
    with transaction.atomic():
        held = Round.objects.select_for_update(of=("self",), no_key=True).select_related("edition").get(pk=round.pk)
        refused = Refused()
        refused.add("", access.why_not_adopt(by, held))
        refused.raise_if_any()
        edition = held.edition
        draft = held.drafts.open().select_for_update(of=("self",)).select_related("source").first()
        if draft is None:
            draft = SchemeDraft(round=held, origin=SchemeDraft.Origin.COPY)
        elif draft.source_id == edition.pk or (draft.source and draft.text != draft.source.text):
            return draft
        draft.text, draft.code, draft.source = edition.text, edition.scheme_code, edition
        return _keep(draft, by, _("begun"))


def end_drafts(round: Round, edition: Edition, *, by: User) -> None:
    """A round adopted an edition: whoever drafted that text is done. Within a transaction."""
    for draft in round.drafts.open().select_for_update(of=("self",)).filter(text=edition.text):
        draft.edition = edition
        _keep(draft, by, _("adopted by the round"))


def save_scheme(draft: SchemeDraft, text: str, code: str, *, by: User, revision: int) -> SchemeDraft:
    """Keep a draft's text as it is now, faults and all. Conflict when somebody else changed the draft since `revision`.

    What was decided of days so far stays: each is known by its place.
    """
    refused = Refused()
    _check_length(text, refused)
    with transaction.atomic():
        held = _held(draft, revision, by, refused)
        if held.text == text:
            return held
        held.text, held.code = text, code
        return _keep(held, by, _("text changed"))


def move_days(draft: SchemeDraft, text: str, *, by: User, revision: int) -> SchemeDraft:
    """The same of a text in which the days were moved as somebody decided: nothing is left to be moved."""
    refused = Refused()
    _check_length(text, refused)
    with transaction.atomic():
        held = _held(draft, revision, by, refused)
        held.text, held.years, held.decisions = text, 0, {}
        return _keep(held, by, _("days moved"))


def put_decisions_aside(
    draft: SchemeDraft, decisions: Mapping[str, Any], years: int, *, by: User, revision: int
) -> SchemeDraft:
    """Keep what was decided of the days so far, to go on with later. Conflict as above."""
    with transaction.atomic():
        held = _held(draft, revision, by, Refused())
        held.decisions, held.years = dict(decisions), years
        return _keep(held, by, _("put aside while days were decided"))


def make_scheme(
    draft: SchemeDraft, *, by: User, revision: int, reason: str, came_with: Collection[str] = ()
) -> SchemeDraft:
    """Make the draft's text an edition of its own code, of which rounds are made. Refused with every fault at once.

    `came_with`: the codes of the schemes that the portal brings.
    """
    refused = Refused()
    if len(reason) > MOST_REASON:
        refused.add("reason", _("The reason is longer than 500 characters."))
    with transaction.atomic():
        held = _held(draft, revision, by, refused)
        if held.round_id:
            refused.add("", _("A round's criteria are tried, and adopted at the round."))
        scheme = check_text(held.text, refused)
        if scheme:
            refused.add("text", why_not_call(scheme.code, came_with))
        refused.raise_if_any()
        assert scheme is not None
        edition, _is_new = Edition.objects.get_or_create(
            digest=Edition.digest_of(held.text),
            defaults={"scheme_code": scheme.code, "text": held.text, "reason": reason.strip(), "adopted_by": by},
        )
        held.code, held.edition = scheme.code, edition
        try:
            with transaction.atomic():
                return _keep(held, by, _("made an edition"))
        except IntegrityError:  # somebody made another of this code at the same moment
            taken = _("There is a scheme “%(code)s” already. Choose another code.") % {"code": scheme.code}
            raise Refused({"text": [taken]}) from None


def delete_scheme(draft: SchemeDraft, *, by: User) -> None:
    """Have a draft, or a scheme that nothing uses, offered nowhere any more. Its rows stay, with who deleted it."""
    with transaction.atomic():
        held = SchemeDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
        refused = Refused()
        refused.add("", why_not_delete(by, held))
        refused.raise_if_any()
        held.deleted_at = timezone.now()
        _keep(held, by, _("deleted"))


def hold_edition(edition: Edition) -> bool:
    """Whether rounds may be made of an edition; nobody deletes it until the transaction ends."""
    list(SchemeDraft.objects.select_for_update(of=("self",)).filter(edition=edition).values_list("pk"))
    return Edition.objects.offered().filter(pk=edition.pk).exists()


def _check_length(text: str, refused: Refused) -> None:
    if len(text.encode()) > MOST_TEXT:
        refused.add("text", _("The text is longer than %(most)s KB.") % {"most": MOST_TEXT // 1024})


def _held(draft: SchemeDraft, revision: int, by: User, refused: Refused) -> SchemeDraft:
    """The draft, locked, if this person may write it and nobody changed it since."""
    held = SchemeDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    refused.add("", why_not_write(by, held))
    refused.raise_if_any()
    if held.revision != revision:
        raise Conflict(held)
    return held


def _keep(draft: SchemeDraft, by: User, deed: str) -> SchemeDraft:
    draft.revision += not draft._state.adding
    draft.edited_by, draft.edited_at = by, timezone.now()
    draft._history_user, draft._change_reason = by, deed
    draft.save()
    return draft
