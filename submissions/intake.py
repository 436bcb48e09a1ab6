"""Every way a fact comes in, each one transaction. Browser, admin, import and API are doors to these functions.

Each asks `access` itself, locks the entry before it reads, writes the fact and its event, and leaves what follows
to the `facts_changed` signal. All raise `Refused` with every reason at once, or `Conflict` if somebody was quicker.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from . import access
from .content import Content, discard, short_name, take_in
from .models import Entry, Event, Evidence, Extension, Office, Round, Sheet, Value
from .proofread import Refused, Slot, check_amounts, check_channels, check_points, check_slot, slot_field


class Conflict(Exception):
    """Somebody else changed the row since it was read; `current` is the row as it is now (None: it is gone)."""

    def __init__(self, current=None) -> None:
        super().__init__(_("Somebody else changed this in the meantime. Nothing was saved; look at what is there now."))
        self.current = current


# Evidence


def attach_evidence(
    entry: Entry,
    *,
    by,
    requirement: str,
    period: str = "",
    upload=None,
    url: str = "",
    channels: Iterable[str] = (),
    note: str = "",
    at: datetime | None = None,
    replaces: Evidence | None = None,
    revision: int | None = None,
) -> Evidence:
    """Hand in one file (`upload`) or one link (`url`) for a requirement and its period.

    The same file or link sent again for the same slot and channels, while the first still stands, is the first: one
    row, not two.
    `replaces` names evidence of the same slot that this stands in for, as it was at `revision`.
    """
    at = at or entry.round.now()
    channels = sorted(set(channels))
    refused = Refused()
    slot = check_slot(entry, by, requirement, period, refused)
    if slot:
        check_channels(slot, channels, refused)
    if replaces and (replaces.entry_id, replaces.requirement, replaces.period) != (entry.pk, requirement, period):
        refused.add("", _("Only evidence for the same item and period is replaced."))
    elif replaces:
        refused.add("", access.why_not_replace(by, replaces))
    content = take_in(upload, url, note, refused)
    try:
        with transaction.atomic():
            _lock(entry)
            if (same := _standing_twin(entry, requirement, period, content, channels)) and same != replaces:
                discard(content.kept)
                return same
            if replaces:
                _set_aside(replaces, revision, by=by)
            return _write_evidence(entry, requirement, period, content, upload, channels, note, at, by, replaces)
    except BaseException:
        discard(content.kept)
        raise


def _standing_twin(entry, requirement, period, content: Content, channels: list[str]) -> Evidence | None:
    same = {"sha256": content.kept.sha256} if content.kept else {"url": content.url}
    standing = [Evidence.Status.SUBMITTED, Evidence.Status.ACCEPTED]
    twins = entry.evidence.filter(requirement=requirement, period=period, status__in=standing, **same)
    return next((twin for twin in twins if twin.channels == channels), None)


def _set_aside(replaced: Evidence, revision: int | None, *, by) -> None:
    """What is replaced while it waits is withdrawn; what was returned stays returned, with its reason."""
    current = _unchanged(Evidence.objects.select_related("entry__round"), replaced.pk, revision)
    refused = Refused()
    refused.add("", access.why_not_replace(by, current))
    refused.raise_if_any()
    if current.status == Evidence.Status.SUBMITTED:
        _change(current, status=Evidence.Status.WITHDRAWN)


def _write_evidence(entry, requirement, period, content: Content, upload, channels, note, at, by, replaces) -> Evidence:
    evidence = Evidence(
        entry=entry,
        requirement=requirement,
        period=period,
        url=content.url,
        channels=channels,
        note=note,
        submitted_at=at,
        submitted_by=by,
        replaces=replaces,
    )
    if content.kept and content.kind:
        evidence.file.name = content.kept.name
        evidence.original_name = short_name(upload.name)
        evidence.content_type = content.kind.content_type
        evidence.size, evidence.sha256 = content.kept.size, content.kept.sha256
    evidence.save()
    Event.objects.record(
        entry,
        "evidence.attached",
        by=by,
        evidence=evidence.pk,
        requirement=requirement,
        period=period,
        title=evidence.title,
        sha256=evidence.sha256,
        size=evidence.size,
        channels=channels,
        submitted_at=at.isoformat(),
        replaces=replaces.pk if replaces else None,
    )
    return evidence


def withdraw_evidence(evidence: Evidence, *, by, revision: int | None = None) -> Evidence:
    """Take back what was handed in. The row and the file stay."""
    with transaction.atomic():
        _lock(evidence.entry)
        current = _unchanged(Evidence.objects.select_related("entry__round"), evidence.pk, revision)
        refused = Refused()
        refused.add("", access.why_not_withdraw(by, current))
        refused.raise_if_any()
        before = current.status
        _change(current, status=Evidence.Status.WITHDRAWN)
        Event.objects.record(current.entry, "evidence.withdrawn", by=by, evidence=current.pk, before=before)
        return current


def review_evidence(
    evidence: Evidence, *, by, accept: bool, reason: str = "", revision: int | None = None, at: datetime | None = None
) -> Evidence:
    """Accept evidence, or return it with the reason. A decision may be changed; each is an event."""
    reason = reason.strip()
    refused = Refused()
    if not accept and not reason:
        refused.add("reason", _("Say why it is returned; the office reads it."))
    if len(reason) > 2000:
        refused.add("reason", _("The reason is longer than 2,000 characters."))
    with transaction.atomic():
        _lock(evidence.entry)
        current = _unchanged(Evidence.objects.select_related("entry__round"), evidence.pk, revision)
        refused.add("", access.why_not_review(by, current.entry.round))
        if current.status in (Evidence.Status.DRAFT, Evidence.Status.WITHDRAWN):
            refused.add("", _("It is not handed in (any more)."))
        refused.raise_if_any()
        before = current.status
        _change(
            current,
            status=Evidence.Status.ACCEPTED if accept else Evidence.Status.RETURNED,
            return_reason="" if accept else reason,
            reviewed_by=by,
            reviewed_at=at or current.entry.round.now(),
        )
        verb = "evidence.accepted" if accept else "evidence.returned"
        Event.objects.record(
            current.entry, verb, by=by, evidence=current.pk, before=before, reason=current.return_reason
        )
        return current


# Values


def enter_values(
    entry: Entry,
    amounts: Mapping[Slot, str],
    *,
    by,
    source: str | None = None,
    revisions: Mapping[Slot, int] | None = None,
    at: datetime | None = None,
    dry_run: bool = False,
) -> list[Value]:
    """Enter numbers, dates and yes/no answers, as {(code, period): text}; an empty text takes the value back.

    `revisions` says what each slot was when it was read (0: nothing was there). Returns the values that changed.
    The field of each reason is "code" or "code.period". A `dry_run` checks everything and writes nothing.
    """
    at = at or entry.round.now()
    source = source or (Value.Source.CENTRAL if by.is_central else Value.Source.OFFICE)
    refused = Refused()
    canonical = check_amounts(entry, amounts, by, at, refused)
    with transaction.atomic():
        _lock(entry)
        present = {(v.code, v.period): v for v in entry.values.select_for_update()}
        for slot, revision in (revisions or {}).items():
            value = present.get(slot)
            if slot in canonical and (value.revision if value else 0) != revision:
                raise Conflict(value)
        for slot in [s for s, text in canonical.items() if (present[s].text if s in present else "") == text]:
            # What stays as it was needs no permission: a form sends its closed fields back unchanged.
            del canonical[slot]
            refused.reasons.pop(slot_field(slot), None)
        refused.raise_if_any()
        if dry_run:
            return []
        return _write_values(entry, canonical, present, source=source, by=by, at=at)


def _write_values(entry: Entry, texts: Mapping[Slot, str], present: Mapping[Slot, Value], **entered) -> list[Value]:
    """In a few statements, however many: an import brings a thousand and holds every lock until its end."""
    if not texts:
        return []
    by, at, source = entered["by"], entered["at"], entered["source"]
    written, new, moved, deeds = [], [], [], []
    for (code, period), text in texts.items():
        value = present.get((code, period))
        before = value.text if value else ""
        deeds.append({"code": code, "period": period, "before": before, "after": text, "source": source})
        if value is None:
            value = Value(entry=entry, code=code, period=period, revision=0)
            new.append(value)
        elif text:
            moved.append(value)
        else:
            value.delete()
        if text:
            value.text, value.source, value.entered_by, value.entered_at = text, source, by, at
            value.revision += 1
        written.append(value)
    bulk_create_with_history(new, Value, default_user=by)
    bulk_update_with_history(moved, Value, ["text", "source", "entered_by", "entered_at", "revision"], default_user=by)
    Event.objects.record_all(entry, "value.entered", deeds, by=by)
    Entry.objects.filter(pk=entry.pk).touch()  # writing in bulk sends no signal of its own
    return written


# Judging


def save_sheet(
    entry: Entry,
    *,
    by,
    points: Mapping[str, str],
    remark: str = "",
    final: bool = False,
    revision: int | None = None,
    at: datetime | None = None,
) -> Sheet:
    """Save a judge's own sheet: a draft as far as it goes, or final with every item. {item: points as text}."""
    at = at or entry.round.now()
    refused = Refused()
    refused.add("", access.why_not_judge(by, entry))
    marks = check_points(entry, points, final, refused)
    if len(remark) > 4000:
        refused.add("remark", _("The remark is longer than 4,000 characters."))
    refused.raise_if_any()
    with transaction.atomic():
        _lock(entry)
        sheet = Sheet.objects.select_for_update().filter(entry=entry, judge=by).first()
        if revision is not None and (sheet.revision if sheet else 0) != revision:
            raise Conflict(sheet)
        if sheet and sheet.status == Sheet.Status.FINAL:
            refused.add("", _("The sheet is final. Central staff can reopen it."))
            refused.raise_if_any()
        before = dict(sheet.points) if sheet else {}
        sheet = sheet or Sheet(entry=entry, judge=by, revision=0)
        status = Sheet.Status.FINAL if final else Sheet.Status.DRAFT
        _change(sheet, points=marks, remark=remark, status=status, saved_at=at, submitted_at=at if final else None)
        verb = "sheet.submitted" if final else "sheet.saved"
        Event.objects.record(entry, verb, by=by, sheet=sheet.pk, before=before, after=marks, remark=remark)
        return sheet


def reopen_sheet(sheet: Sheet, *, by, reason: str, revision: int | None = None) -> Sheet:
    """Make a final sheet a draft again, so that its judge can correct it."""
    refused = Refused()
    if not reason.strip():
        refused.add("reason", _("Say why the sheet is reopened."))
    with transaction.atomic():
        _lock(sheet.entry)
        current = _unchanged(Sheet.objects.select_related("entry__round"), sheet.pk, revision)
        refused.add("", access.why_not_reopen(by, current))
        refused.raise_if_any()
        _change(current, status=Sheet.Status.DRAFT, submitted_at=None)
        Event.objects.record(
            current.entry, "sheet.reopened", by=by, sheet=current.pk, reason=reason.strip(), points=current.points
        )
        return current


# What central staff do for a round


def enter_offices(round: Round, offices: Iterable[Office], *, by) -> list[Entry]:
    """Let offices take part in a round. Returns the new entries; those that were there stay as they are."""
    refused = Refused()
    refused.add("", access.why_not_run_rounds(by))
    refused.add("", _("The round is closed.") if round.is_closed else None)
    refused.raise_if_any()
    with transaction.atomic():
        made = [Entry.objects.get_or_create(round=round, office=office) for office in offices]
        entries = [entry for entry, is_new in made if is_new]
        for entry in entries:
            Event.objects.record(entry, "entry.made", by=by, office=entry.office.code)
        Entry.objects.filter(pk__in=[entry.pk for entry in entries]).touch()
        return entries


def grant_extension(
    entry: Entry, *, by, requirement: str, period: str, until: date, reason: str, order_number: str = ""
) -> Extension:
    """Give one entry more time for one requirement and exactly its period, until the end of a day."""
    refused = Refused()
    refused.add("", access.why_not_run_rounds(by))
    check_slot(entry, by, requirement, period, refused)
    if not reason.strip():
        refused.add("reason", _("Say why more time is given."))
    refused.raise_if_any()
    with transaction.atomic():
        _lock(entry)
        extension = Extension.objects.create(
            entry=entry,
            requirement=requirement,
            period=period,
            until=until,
            reason=reason.strip(),
            order_number=order_number.strip(),
            granted_by=by,
            granted_at=entry.round.now(),
        )
        Event.objects.record(
            entry,
            "extension.granted",
            by=by,
            extension=extension.pk,
            requirement=requirement,
            period=period,
            until=until.isoformat(),
            reason=extension.reason,
            order_number=extension.order_number,
        )
        return extension


# What they share


def _lock(entry: Entry) -> None:
    """Hold the entry until the transaction ends: deeds on one entry happen one after another.

    Closing a round holds its entries as well, so whether it was closed while somebody waited is known from here on.
    """
    Entry.objects.select_for_update().get(pk=entry.pk)
    if not entry.round.is_closed and Round.objects.filter(pk=entry.round_id, is_closed=True).exists():
        raise Refused({"": [_("The round is closed.")]})


def _unchanged(rows, pk: int, revision: int | None):
    """The row, locked, if it is still as it was at `revision`. Raises Conflict otherwise."""
    current = rows.select_for_update(of=("self",)).filter(pk=pk).first()
    if current is None or (revision is not None and current.revision != revision):
        raise Conflict(current)
    return current


def _change(row, **changes) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    row.revision += 1
    row.save()
