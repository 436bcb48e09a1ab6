"""Forms of the scheme are filled in: a draft is kept as it is typed, and handed in it becomes evidence."""

import logging
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import QuerySet

from scoring import engine
from submissions.documents import filled_forms
from submissions.models import Answers, Entry, Evidence, FilledForm, User
from submissions.questions.answers import tidy
from submissions.questions.hand_in import HandIn
from submissions.questions.proofread import Refused, check_answers, check_draft, check_form
from submissions.vault import Kept, vault

from .evidence import attach_evidence, withdraw_evidence
from .hold import Conflict, hold

log = logging.getLogger(__name__)


def save_answers(
    entry: Entry,
    code: str,
    answers: Mapping[str, engine.Answer],
    *,
    by: User,
    period: str = "",
    revision: int | None = None,
    page: str = "",
    turn: int = 0,
    at: datetime | None = None,
) -> Answers:
    """Keep what was typed into a form so far, right or wrong. `revision` is that of the draft when it was read.

    `page` names the page in a browser that saves, `turn` counts its tries: the answer to a try may be lost on the way.
    What the page itself saved in an earlier turn is no conflict, and what it handed in does not become a draft again.
    Answers to fields that the form no longer has are kept until the form is handed in.
    No event and no change of the facts: a draft is saved every few seconds, and nothing is scored by it.
    """
    at = at or entry.round.now()
    refused = Refused()
    form = check_form(entry, by, code, period, refused)
    check_draft(answers, refused)
    refused.raise_if_any()
    assert form
    with transaction.atomic():
        hold(entry)
        draft = _draft(entry, code, period)
        if page and page == draft.page and not draft.data and _is_handed_in(entry, form, period, answers):
            return draft
        data = engine.left_over(form, draft.data) | dict(answers)
        if draft.data != data:
            if not _is_unmoved(draft, revision, page, turn):
                raise Conflict(draft)
            draft.page, draft.turn = page, turn
            _write(draft, data, by=by, at=at)
        elif draft.pk and _is_unmoved(draft, revision, page, turn):  # an earlier turn may arrive after this one
            draft.page, draft.turn = page, turn
            draft.save(update_fields=["page", "turn"])
        return draft


def hand_in_answers(
    entry: Entry,
    code: str,
    answers: Mapping[str, engine.Answer],
    *,
    by: User,
    period: str = "",
    revision: int | None = None,
    page: str = "",
    turn: int = 0,
    answering: Collection[int] = (),
    at: datetime | None = None,
) -> Evidence:
    """Hand in a form: its answers, made clean, are frozen, and a PDF of them is evidence like any other.

    Where evidence of the same answers still stands, it is returned, and nothing new is made but its file, if that is
    gone. Other answers replace what was made of the form before, if that was returned or waits for review.
    `answering` names returned evidence of the slot, files too, that these answers stand in for: one piece replaces
    one, so where nothing was made of the form the newest of them is replaced; the others are withdrawn.
    """
    at = at or entry.round.now()
    form = _checked(entry, code, period, answers, by=by)
    paper = filled_forms.printed(entry, form, period, answers, by=by, at=at)
    # Laid out before the entry is held: it takes a second.
    twin = _standing_twin(entry, form, period, answers)
    is_asked = twin is None or not _is_there(twin)
    lost, upload = (twin, filled_forms.pdf(paper)) if is_asked else (None, None)
    with transaction.atomic():
        hold(entry)
        draft = _draft(entry, code, period)
        is_unmoved = _is_unmoved(draft, revision, page, turn)
        if (twin := _standing_twin(entry, form, period, answers)) and twin != lost:
            if draft.data and is_unmoved:  # else somebody is at the next answers already
                _empty(draft, page, turn, by=by, at=at)
            _take_back(_returned(entry, form, period, answering), twin, by=by)
            return twin
        if not is_unmoved:
            raise Conflict(draft)
        content = upload or filled_forms.pdf(paper)
        evidence = _attach(entry, form, period, answers, paper, content, answering, by=by, at=at)
        _empty(draft, page, turn, by=by, at=at)
        return evidence


def _checked(entry: Entry, code: str, period: str, answers: Mapping[str, engine.Answer], *, by: User) -> engine.Form:
    """The form, if these answers may be handed in for it."""
    refused = Refused()
    form = check_form(entry, by, code, period, refused)
    if form:
        check_answers(form, answers, refused)
    refused.raise_if_any()
    assert form
    return form


def _attach(
    entry: Entry,
    form: engine.Form,
    period: str,
    answers: Mapping[str, engine.Answer],
    paper: dict[str, Any],
    content: bytes,
    answering: Collection[int],
    *,
    by: User,
    at: datetime,
) -> Evidence:
    """Evidence of the PDF (`content`), in place of what was made of the form before, or else of the newest that it
    answers; the others are withdrawn."""
    returned = _returned(entry, form, period, answering)
    before = _before(entry, form, period) or next(iter(returned), None)

    def freeze(evidence: Evidence) -> None:  # in one transaction: no file is kept without its answers
        FilledForm.objects.create(evidence=evidence, form=form.code, data=dict(answers), paper=paper)

    evidence = attach_evidence(
        entry,
        HandIn(form.requirement, period, replaces=before, revision=before.revision if before else None),
        by=by,
        upload=ContentFile(content, filled_forms.name_of(paper)),
        at=at,
        then=freeze,
    )
    _take_back([piece for piece in returned if piece != before], evidence, by=by)
    return evidence


def _of_form(entry: Entry, form: engine.Form, period: str) -> QuerySet[Evidence]:
    rows = entry.evidence.filter(requirement=form.requirement, period=period, filled_form__form=form.code)
    return rows.select_related("filled_form").order_by("-submitted_at", "-pk")


def _is_handed_in(entry: Entry, form: engine.Form, period: str, answers: Mapping[str, engine.Answer]) -> bool:
    """Whether all of this was handed in. It was not, if there are words beside options that were not chosen."""
    final = tidy(form, answers)
    return final.keys() == answers.keys() and _standing_twin(entry, form, period, final) is not None


def _standing_twin(
    entry: Entry, form: engine.Form, period: str, answers: Mapping[str, engine.Answer]
) -> Evidence | None:
    standing = [Evidence.Status.SUBMITTED, Evidence.Status.ACCEPTED]
    twins = _of_form(entry, form, period).filter(status__in=standing)
    return next((twin for twin in twins if twin.filled_form.data == answers), None)


def _is_there(evidence: Evidence) -> bool:
    """Whether its file is there as it was kept, or could be made again, byte by byte, from the frozen answers."""
    assert evidence.file.name
    kept = Kept(evidence.file.name, evidence.size, evidence.sha256)
    if vault.holds(kept.name, kept):
        return True
    log.error("the file of evidence %s is gone or altered; its form was handed in again", evidence.pk)
    again = vault.keep([filled_forms.pdf(evidence.filled_form.paper)], PurePath(kept.name).suffix)
    if again.sha256 != kept.sha256:  # other fonts, another release: what is handed in takes its place
        vault.delete(again.name)
        return False
    vault.mend(kept.name, again)
    return True


def _before(entry: Entry, form: engine.Form, period: str) -> Evidence | None:
    """The last that was made of this form, if it may be replaced."""
    last = _of_form(entry, form, period).exclude(status=Evidence.Status.WITHDRAWN).filter(replaced_by=None).first()
    return last if last and last.status in (Evidence.Status.SUBMITTED, Evidence.Status.RETURNED) else None


def _returned(entry: Entry, form: engine.Form, period: str, named: Collection[int]) -> list[Evidence]:
    """Of these what still is returned, the newest first; what a colleague replaced meanwhile is answered already."""
    here = entry.evidence.filter(requirement=form.requirement, period=period, pk__in=named)
    standing = here.filter(status=Evidence.Status.RETURNED, replaced_by=None)
    return list(standing.order_by("-submitted_at", "-pk"))


def _take_back(pieces: Collection[Evidence], answered: Evidence, *, by: User) -> None:
    for piece in pieces:
        withdraw_evidence(piece, by=by, answered=answered)


def _draft(entry: Entry, code: str, period: str) -> Answers:
    """The draft, locked; a new one where there is none."""
    draft = entry.answers.select_for_update().filter(form=code, period=period).first()
    return draft or Answers(entry=entry, form=code, period=period, data={}, saved_at=entry.round.now())


def _is_unmoved(draft: Answers, revision: int | None, page: str, turn: int) -> bool:
    """Whether it is still as it was at `revision` (0: none was there), or was saved since by the same page, earlier."""
    if page and page == draft.page and turn != draft.turn:
        return turn > draft.turn
    return revision in (None, draft.revision)


def _write(draft: Answers, data: Mapping[str, engine.Answer], *, by: User, at: datetime) -> None:
    draft.data, draft.saved_by, draft.saved_at = data, by, at
    draft.revision += 1
    draft.save()


def _empty(draft: Answers, page: str, turn: int, *, by: User, at: datetime) -> None:
    """The draft has become evidence. Its row stays, so that its revisions go on and other pages learn of it."""
    draft.page, draft.turn = page, turn
    _write(draft, {}, by=by, at=at)
