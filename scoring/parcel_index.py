"""What lies in a parcel, as a workbook: every piece of evidence with a link to its file, the amounts, the messages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import PurePath

from django.utils.translation import gettext as _

from scoring import engine
from submissions.models import Entry, Evidence, Examination, Value
from submissions.pages.history import amount_title
from submissions.questions.slots import title_of
from submissions.spreadsheets import office_book
from submissions.spreadsheets.office_book import Column, Leaf, Link
from submissions.templatetags.wording import (
    amount,
    channel_names,
    entry_name,
    name_for_offices,
    slot_title,
    state_name,
    unit,
)


@dataclass
class IndexedEvidence:
    """One piece of evidence as the index tells of it."""

    evidence: Evidence
    criterion: str
    requirement: str
    period: str
    path: str = ""  # in the ZIP file; "" for a link, and for a file that is left out
    word: str = ""  # there too, for what was filled in on screen: the same as Word
    remark: str = ""  # why it is left out, or what is wrong with it


def index(entry: Entry, lines: list[IndexedEvidence]) -> bytes:
    """The workbook that lists everything: evidence, links and what was left out; the amounts; the messages."""
    what = _("What was handed in")
    return office_book.write(
        f"{what} {entry_name(entry)} – {entry.round.name_th}", [_evidence(lines), _amounts(entry), _messages(entry)]
    )


def _evidence(lines: list[IndexedEvidence]) -> Leaf:
    columns = [
        Column(_("Criterion"), lambda line: line.criterion, 30),
        Column(_("Requirement"), lambda line: line.requirement, 28),
        Column(_("Period"), lambda line: line.period, 13),
        Column(_("Title"), lambda line: line.evidence.title, 24),
        Column(_("File in this ZIP"), lambda line: _file(line.path), 26),
        Column("Word", lambda line: _file(line.word), 12),
        Column(_("Link"), lambda line: _address(line.evidence.url), 22),
        Column(_("State"), lambda line: str(state_name(line.evidence.standing)), 12),
        Column(_("Handed in at"), lambda line: line.evidence.submitted_at, 18),
        Column(_("Handed in by"), lambda line: name_for_offices(line.evidence.submitted_by), 20, is_printed=False),
        Column(_("Channels"), lambda line: channel_names(line.evidence.channels), 14, is_printed=False),
        Column(_("Decided at"), lambda line: line.evidence.reviewed_at, 18, is_printed=False),
        Column(_("Reason for returning"), lambda line: line.evidence.return_reason, 24, is_printed=False),
        Column(_("Note to the committee"), lambda line: line.evidence.note, 24, is_printed=False),
        Column(_("To be noted"), lambda line: "; ".join(_noted(line)), 30, is_printed=False),
        Column(_("Receipt"), lambda line: line.evidence.receipt, 16, is_printed=False),
        Column(_("Size in bytes"), _of_file(lambda evidence: evidence.size), 14, is_printed=False),
        Column(_("SHA-256"), _of_file(lambda evidence: evidence.sha256), 34, is_printed=False),
    ]
    return Leaf(_("Evidence"), columns, lines)


def _file(path: str) -> Link | None:
    """Named as it is, under the path by which it lies beside the index."""
    return Link(PurePath(path).name, office_book.beside(path)) if path else None


def _address(url: str) -> Link | None:
    return Link(url, url if url.startswith(("http://", "https://")) else "") if url else None


def _of_file(read: Callable[[Evidence], str | int]) -> Callable[[IndexedEvidence], str | int | None]:
    """What only files have."""
    return lambda line: read(line.evidence) if line.evidence.file else None


def _noted(line: IndexedEvidence) -> Iterator[str]:
    """What the index says beside a piece of evidence, and what the machine noticed."""
    if line.remark:
        yield line.remark
    if line.evidence.file:
        examined = line.evidence.examined
        if line.path and examined.state == Examination.State.PENDING:
            yield _("The machine has not looked through the file yet.")
        yield from (finding.sentence for finding in examined.findings)
        yield from (f"{match.sentence}: {slot_title(match.evidence)}" for match in examined.shown)


def _amounts(entry: Entry) -> Leaf:
    declared = entry.round.scheme.values
    columns = [
        Column(_("Title"), lambda value: _amount_title(declared.get(value.code), value), 60),
        Column(_("Amount"), lambda value: _amount(declared.get(value.code), value), 18),
        Column(_("Unit"), lambda value: unit(declared[value.code]) if value.code in declared else "", 14),
        Column(_("Source"), lambda value: value.get_source_display(), 22),
        Column(_("Looked at"), _looked_at, 18),
        Column(_("Reason for returning"), lambda value: value.return_reason, 40),
        Column(_("Entered at"), lambda value: value.entered_at, 20),
        Column(_("Entered by"), lambda value: name_for_offices(value.entered_by), 26),
    ]
    return Leaf(_("Amounts"), columns, entry.values.select_related("entered_by"))


def _looked_at(value: Value) -> str:
    if value.is_unchecked:
        return _("not looked at yet")
    return str(state_name(value.standing)) if value.reviewed_at else ""


def _amount_title(declared: engine.Value | None, value: Value) -> str:
    """What it is, and of when; its code where the scheme asks for it no more and no title is left."""
    return amount_title(declared, value.period, "th") if declared else f"{value.code} {value.period}".strip()


def _amount(declared: engine.Value | None, value: Value) -> str | Decimal | date:
    """A number or a day where it can be reckoned with; as it was entered where the scheme asks for it no more."""
    if declared is None:
        return value.text
    for read in (Decimal, date.fromisoformat):
        try:
            return read(value.text)
        except (InvalidOperation, ValueError):
            continue
    return amount(value, declared.kind)


def _messages(entry: Entry) -> Leaf:
    scheme, offset = entry.round.scheme, entry.round.clock_offset
    columns = [
        Column(_("Requirement"), lambda remark: title_of(scheme, remark.requirement, remark.period, "th"), 44),
        Column(_("Written at"), lambda remark: remark.written_at + offset, 20),
        Column(_("Written by"), lambda remark: name_for_offices(remark.written_by), 26),
        Column(_("Message"), lambda remark: remark.text, 70),
    ]
    remarks = entry.remarks.select_related("written_by").order_by("written_at", "pk")
    return Leaf(_("Messages"), columns, remarks)
