"""Circulars are written, sent and withdrawn. What was sent is changed by none of these."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.core.files import File
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from submissions.models import Attachment, Circular, CircularOpening, CircularPlace, Office, Round, User
from submissions.models.circulars import MOST_ATTACHMENTS, MOST_CIRCULAR, MOST_FILTERS, MOST_SUBJECT
from submissions.models.editions import MOST_REASON
from submissions.questions import access
from submissions.questions.proofread import Refused
from submissions.signals import circular_changed
from submissions.vault import vault

from .content import Content, let_fall, short_name, take_in_all
from .hold import Conflict

BATCH = 500
MOST = {"subject_th": MOST_SUBJECT, "subject_en": MOST_SUBJECT, "text_th": MOST_CIRCULAR, "text_en": MOST_CIRCULAR}
WRITTEN = ("round", "audience", "subject_th", "text_th", "subject_en", "text_en", "corrects")
Place = tuple[Office | None, str]  # and the size


class Writing(NamedTuple):
    """What somebody writes, and to whom."""

    round: Round | None
    audience: str
    subject_th: str
    text_th: str
    subject_en: str = ""
    text_en: str = ""
    corrects: Circular | None = None
    places: Collection[Place] = ()
    filters: str = ""  # of the board that showed the offices


def save_circular(
    draft: Circular | None,
    writing: Writing,
    *,
    by: User,
    at: datetime,
    revision: int = 1,
    is_whole: bool = True,
    uploads: Iterable["File[bytes]"] = (),
    without: Collection[int] = (),
) -> Circular:
    """Keep a draft as it is now, with these files more and `without` those of these ids; None begins one.

    `is_whole`: it is to be sent as it is; otherwise words may be missing yet. Refused with every fault at once, and
    then no file is kept. Conflict when somebody else changed it since `revision`.
    """
    uploads = list(uploads)
    refused = Refused()
    if writing.round or writing.audience == Circular.Audience.EVERYBODY:  # otherwise the round is missing, no more
        refused.add("", access.why_not_write_circulars(by, writing.round))
    _check(writing, draft, refused)
    if is_whole:
        _check_words(writing, refused)
    standing = draft.attachments.exclude(pk__in=without).count() if draft else 0
    if standing + len(uploads) > MOST_ATTACHMENTS:
        refused.add("uploads", _("A circular has %(most)s files at most.") % {"most": MOST_ATTACHMENTS})
        uploads = []
    taken = take_in_all(uploads, refused, by)
    try:
        with transaction.atomic():
            circular = _held(draft, revision, by) if draft else Circular()
            _write(circular, writing)
            _keep(circular, by, at, _("draft changed") if draft else _("begun"))
            if circular.audience != Circular.Audience.CHOSEN or writing.places:
                _place(circular, writing.places)
            _let_go(circular.attachments.filter(pk__in=without))
            for upload, content in zip(uploads, taken, strict=True):
                _attach(circular, upload, content)
    except BaseException:
        let_fall(taken)
        raise
    return circular


def send_circular(draft: Circular, *, by: User, at: datetime, revision: int) -> Circular:
    """Send it to all it is written to, with the next number. Sent twice, at once too, it is sent once."""
    with transaction.atomic():
        _hold_numbers(draft.round)
        circular = _locked(draft)
        if circular.sent_at:
            return circular
        _check_revision(circular, revision)
        refused = Refused()
        refused.add("", access.why_not_send_circular(by, circular))
        _check_words(circular, refused)
        if any(one.is_infected for one in circular.attachments.all()):
            refused.add("", _("A virus was found in an attachment. Take it out first."))
        if circular.round and circular.audience != Circular.Audience.COMMITTEE and not circular.addressed().exists():
            refused.add("", _("No office takes part to which it would go."))
        refused.raise_if_any()
        of_round = Circular.objects.filter(round=circular.round)
        circular.number = (of_round.aggregate(last=Max("number"))["last"] or 0) + 1
        circular.sent_by, circular.sent_at = by, at
        _keep(circular, by, at, _("sent"))
        circular_changed.send(sender=Circular)
    return circular


def withdraw_circular(circular: Circular, reason: str, *, by: User, at: datetime) -> Circular:
    """Say of a circular that was sent that it holds no more. It stays listed, with the reason."""
    reason, refused = reason.strip(), Refused()
    if not reason:
        refused.add("reason", _("Give the reason."))
    if len(reason) > MOST_REASON:
        refused.add("reason", _("The reason is longer than 500 characters."))
    with transaction.atomic():
        held = _locked(circular)
        refused.add("", access.why_not_withdraw_circular(by, held))
        refused.raise_if_any()
        held.withdrawn_at, held.withdrawn_reason, held.is_told = at, reason, False
        _keep(held, by, at, pgettext("circular", "withdrawn"))
        circular_changed.send(sender=Circular)
    return held


def delete_draft(draft: Circular, *, by: User) -> None:
    """Throw away a circular that was not sent; what became of it stays among its former versions."""
    with transaction.atomic():
        held = _locked(draft)
        refused = Refused()
        refused.add("", access.why_not_write_circulars(by, held.round) or _why_sent(held))
        refused.raise_if_any()
        held._history_user, held._change_reason = by, _("deleted")
        _let_go(held.attachments.all())
        held.delete()


def note_opened(circular: Circular, *, by: User, at: datetime) -> None:
    """Somebody opened it; when first is all that is kept."""
    opening = CircularOpening(circular=circular, user=by, at=at)
    CircularOpening.objects.bulk_create([opening], ignore_conflicts=True)


def _check_words(words: Writing | Circular, refused: Refused) -> None:
    """What is missing of the words."""
    needed = {"subject_th": _("Write the subject."), "text_th": _("Write the text.")}
    if words.subject_en.strip() or words.text_en.strip():
        both = _("Write both the subject and the text in English, or neither.")
        needed |= {"subject_en": both, "text_en": both}
    for name, why in needed.items():
        if not getattr(words, name).strip():
            refused.add(name, why)


def _check(writing: Writing, draft: Circular | None, refused: Refused) -> None:
    """What is wrong with how much is written, and with whom it is for."""
    for name, most in MOST.items():
        if len(getattr(writing, name)) > most:
            refused.add(name, _("Longer than %(most)s characters.") % {"most": f"{most:,}"})
    refused.add("round", _why_not_round(writing))
    if not writing.places:
        refused.add("audience", _why_no_office(writing, draft))
    named = writing.corrects
    if named and (named.round != writing.round or not named.sent_at):
        refused.add("corrects", _("It corrects one that was sent before it in the same place."))


def _why_not_round(writing: Writing) -> str | None:
    if writing.audience != Circular.Audience.EVERYBODY:
        return None if writing.round else _("Choose the round.")
    return _("What goes to everybody belongs to no round.") if writing.round else None


def _why_no_office(writing: Writing, draft: Circular | None) -> str | None:
    """Nothing was said of where it goes; a draft for offices that a board showed keeps them."""
    if writing.audience == Circular.Audience.PLACES:
        return _("Choose regions, provinces or sizes.")
    if writing.audience == Circular.Audience.CHOSEN and draft is None:
        return _("The board shows no office.")
    return None


def _write(circular: Circular, writing: Writing) -> None:
    for name in WRITTEN:
        setattr(circular, name, getattr(writing, name))
    circular.filters = writing.filters[:MOST_FILTERS]


def _attach(circular: Circular, upload: "File[bytes]", content: Content) -> None:
    kept, kind = content.kept, content.kind
    assert kept
    assert kind
    about: dict[str, Any] = {"file": kept.name, "size": kept.size, "sha256": kept.sha256}
    about |= {"original_name": short_name(upload.name or ""), "content_type": kind.content_type}
    Attachment.objects.create(circular=circular, **about)


def _let_go(attachments: QuerySet[Attachment]) -> None:
    """Delete these rows, and their files once that is settled."""
    names = [one.file.name for one in attachments if one.file.name]
    attachments.delete()
    for name in names:
        _delete_when_settled(name)


def _delete_when_settled(name: str) -> None:
    # A function: Django names one that fails by what a `partial` does not have.
    transaction.on_commit(lambda: vault.delete(name), robust=True)


def _place(circular: Circular, places: Collection[Place]) -> None:
    circular.places.all().delete()
    rows = [CircularPlace(circular=circular, office=office, size=size) for office, size in places]
    CircularPlace.objects.bulk_create(rows, batch_size=BATCH)


def _hold_numbers(round: Round | None) -> None:
    """Let one after another be numbered: who numbers holds the round, which nobody takes back meanwhile, and all
    circulars of the place, in one order."""
    if round:
        list(Round.objects.filter(pk=round.pk).select_for_update(of=("self",), no_key=True).values_list("pk"))
    rows = Circular.objects.filter(round=round).order_by("pk")
    list(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def _locked(circular: Circular) -> Circular:
    """As it stands, held. Raises Refused where it is there no more."""
    held = Circular.objects.select_for_update(of=("self",)).filter(pk=circular.pk).first()
    if held is None:
        raise Refused({"": [_("Somebody deleted this draft.")]})
    return held


def _held(draft: Circular, revision: int, by: User) -> Circular:
    """A draft, locked, if this person may write it and nobody changed it since."""
    held, refused = _locked(draft), Refused()
    refused.add("", access.why_not_write_circulars(by, held.round) or _why_sent(held))
    refused.raise_if_any()
    _check_revision(held, revision)
    return held


def _check_revision(circular: Circular, revision: int) -> None:
    if circular.revision != revision:
        raise Conflict(circular)


def _why_sent(circular: Circular) -> str | None:
    return _("It was sent, and does not change any more. Correct it by another one.") if circular.sent_at else None


def _keep(circular: Circular, by: User, at: datetime, deed: str) -> None:
    circular.revision += not circular._state.adding
    circular.edited_by, circular.edited_at = by, at
    circular._history_user, circular._change_reason = by, deed
    circular.save()
