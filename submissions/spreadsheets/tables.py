"""What the lists of facts hold as tables: one column a heading and a function of the row. Names and codes both, so that
people read them and programs join them."""

import json
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from submissions import thai
from submissions.models import Entry, Evidence, Extension, Round, Sheet, Value
from submissions.questions.checklist import in_words
from submissions.templatetags.accounts import account_deed
from submissions.templatetags.wording import STATES, amount, deed, state_name

from .writing import Cell, Column


def _title(thing) -> str:
    """Of a thing that the scheme (still) knows."""
    return thing.title.to(thai.language()) if thing else ""


def _of_period(known, code: str) -> str:
    return next((_title(period) for period in known.periods if period.code == code), code) if known else code


def of_entry(entry_of: Callable[[Any], Entry]) -> list[Column]:
    """Who it is about. The rows come with their entry's round, office, province and nominee."""
    return [
        (_("round"), lambda row: entry_of(row).round.name),
        (_("code"), lambda row: entry_of(row).office.code),
        (_("office"), lambda row: entry_of(row).office.name),
        (_("nominee"), lambda row: entry_of(row).nominee),
    ]


def entries() -> list[Column]:
    return [
        *of_entry(lambda entry: entry),
        (_("size group"), lambda entry: entry.office.get_size_display()),
        (_("state"), lambda entry: entry.get_state_display()),
        (_("reason for withdrawing"), lambda entry: entry.withdrawn_reason),
        (_("waiting for review"), lambda entry: entry.waiting),
        (_("accepted"), lambda entry: entry.accepted),
        (_("confirmed by the head"), lambda entry: str(state_name(entry.confirmed)) if entry.confirmed else ""),
    ]


def _requirement(evidence: Evidence | Extension):
    return evidence.entry.round.scheme.requirements.get(evidence.requirement)


def _slot() -> list[Column]:
    return [
        (_("requirement"), lambda row: row.requirement),
        (_("what is asked"), lambda row: _title(_requirement(row))),
        (_("period"), lambda row: _of_period(_requirement(row), row.period)),
    ]


def evidence() -> list[Column]:
    return [
        (_("receipt"), lambda row: row.receipt),
        *of_entry(lambda row: row.entry),
        (_("criteria"), lambda row: ", ".join(row.criteria)),
        *_slot(),
        (_("file name"), lambda row: row.original_name),
        (_("link"), lambda row: row.url),
        (_("size in bytes"), lambda row: row.size if row.file else None),
        (_("SHA-256"), lambda row: row.sha256),
        (_("channels"), lambda row: ", ".join(row.channels)),
        (_("note"), lambda row: row.note),
        (_("handed in at"), lambda row: row.submitted_at),
        (_("handed in by"), lambda row: str(row.submitted_by or "")),
        (_("status"), lambda row: str(STATES[row.standing])),
        (_("reviewed at"), lambda row: row.reviewed_at),
        (_("reviewed by"), lambda row: str(row.reviewed_by or "")),
        (_("reason for returning"), lambda row: row.return_reason),
        (_("checklist"), lambda row: in_words(row.checklist)),
    ]


class JudgedItem(NamedTuple):
    """The points of one item on one judge's sheet."""

    sheet: Sheet
    item: str

    @property
    def known(self):
        return self.sheet.entry.round.scheme.items.get(self.item)


def points_of(sheets: QuerySet[Sheet]) -> Iterator[JudgedItem]:
    """A line for each item of each sheet, so that schemes with different items fit in one table."""
    for sheet in sheets.iterator(chunk_size=200):
        for item in dict.fromkeys((*sheet.entry.round.scheme.items, *sheet.points)):
            yield JudgedItem(sheet, item)


def sheets() -> list[Column]:
    return [
        *of_entry(lambda row: row.sheet.entry),
        (_("committee member"), lambda row: str(row.sheet.judge)),
        (_("status"), lambda row: row.sheet.get_status_display()),
        (_("item"), lambda row: row.item),
        (_("title"), lambda row: _title(row.known)),
        (_("points"), lambda row: _decimal(row.sheet.points.get(row.item))),
        (_("of"), lambda row: row.known.max if row.known else None),
        (_("remark"), lambda row: row.sheet.remark),
        (_("saved at"), lambda row: row.sheet.saved_at),
        (_("submitted at"), lambda row: row.sheet.submitted_at),
    ]


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def extensions() -> list[Column]:
    return [
        *of_entry(lambda row: row.entry),
        *_slot(),
        (_("until"), lambda row: thai.format_date(row.until, thai.language())),
        (_("reason"), lambda row: row.reason),
        (_("order number"), lambda row: row.order_number),
        (_("granted at"), lambda row: row.granted_at),
        (_("granted by"), lambda row: str(row.granted_by or "")),
    ]


def values() -> list[Column]:
    def known(value: Value):
        return value.entry.round.scheme.values.get(value.code)

    return [
        *of_entry(lambda row: row.entry),
        (_("value"), lambda row: row.code),
        (_("what is asked"), lambda row: _title(known(row))),
        (_("period"), lambda row: _of_period(known(row), row.period)),
        (_("amount"), lambda row: _amount(row, known(row))),
        (_("source"), lambda row: row.get_source_display()),
        (_("entered at"), lambda row: row.entered_at),
        (_("entered by"), lambda row: str(row.entered_by or "")),
        (_("status"), lambda row: STATES[row.standing]),
        (_("reviewed at"), lambda row: row.reviewed_at),
        (_("reviewed by"), lambda row: str(row.reviewed_by or "")),
        (_("reason for returning"), lambda row: row.return_reason),
    ]


def _amount(row: Value, known) -> Cell:
    """A number, so that it can be added up; a day or an answer in words."""
    if known is None:
        return row.text
    try:
        return Decimal(row.text) if known.kind in ("number", "percent", "map") else amount(row, known.kind)
    except InvalidOperation:  # the edition before asked for something else
        return row.text


def events() -> list[Column]:
    return [
        (_("time"), lambda event: event.at),
        *of_entry(lambda event: event.entry),
        (_("place in the chain"), lambda event: event.sequence),
        (_("who"), lambda event: str(event.actor or "")),
        (_("deed"), lambda event: str(deed(event))),
        (_("details"), lambda event: json.dumps(event.data, ensure_ascii=False) if event.data else ""),
        (_("SHA-256"), lambda event: event.digest),
    ]


def rounds() -> list[Column]:
    return [
        (_("name"), lambda round: round.name),
        (_("scheme"), lambda round: round.edition.scheme_code),
        (_("edition"), lambda round: round.edition.digest),
        (_("opens at"), lambda round: round.opens_at),
        (_("closed"), lambda round: _yes_or_no(round.is_closed)),
        (_("who sees ranks"), lambda round: round.get_rank_visibility_display()),
        (_("ranking"), lambda round: str(Round.Ranking(round.ranked).label)),
        (_("entries"), lambda round: round.entries__count),
        (_("committee"), lambda round: round.judges__count),
    ]


def _yes_or_no(is_so: bool) -> str:
    return str(_("Yes") if is_so else _("No"))


def editions() -> list[Column]:
    return [
        (_("scheme"), lambda edition: edition.scheme_code),
        (_("SHA-256"), lambda edition: edition.digest),
        (_("adopted at"), lambda edition: edition.adopted_at),
        (_("adopted by"), lambda edition: str(edition.adopted_by or "")),
        (_("reason"), lambda edition: edition.reason),
    ]


def scheme_drafts() -> list[Column]:
    return [
        (_("scheme"), lambda draft: draft.code),
        (_("state"), lambda draft: draft.State(draft.state).label),
        (_("made from"), lambda draft: draft.get_origin_display()),
        (_("copy of"), lambda draft: str(draft.source or "")),
        (_("last changed by"), lambda draft: str(draft.edited_by or "")),
        (_("last changed"), lambda draft: draft.edited_at),
    ]


def imports() -> list[Column]:
    return [
        (_("round"), lambda done: done.round.name),
        (_("file name"), lambda done: done.file_name),
        (_("SHA-256"), lambda done: done.sha256),
        (_("imported by"), lambda done: str(done.imported_by)),
        (_("imported at"), lambda done: done.imported_at),
        (_("offices"), lambda done: done.offices),
        (_("amounts"), lambda done: done.amounts),
        (_("undone by"), lambda done: str(done.undone_by or "")),
        (_("undone at"), lambda done: done.undone_at),
        (_("amounts put back"), lambda done: done.put_back),
        (_("amounts left as they were"), lambda done: done.left),
    ]


def holidays() -> list[Column]:
    return [
        (_("date"), lambda holiday: thai.format_date(holiday.date, thai.language())),
        (_("name in Thai"), lambda holiday: holiday.name_th),
        (_("name in English"), lambda holiday: holiday.name_en),
    ]


def letters() -> list[Column]:
    return [
        (_("addressee"), lambda letter: str(letter.user)),
        (_("about"), lambda letter: letter.get_about_display()),
        (_("address"), lambda letter: letter.address),
        (_("way"), lambda letter: letter.get_channel_display()),
        (_("made at"), lambda letter: letter.made_at),
        (_("sent at"), lambda letter: letter.sent_at),
        (_("tries"), lambda letter: letter.tries),
        (_("why it was not sent"), lambda letter: letter.fault),
        (_("next try"), lambda letter: letter.due_at),
    ]


def account_events() -> list[Column]:
    return [
        (_("time"), lambda event: event.at),
        (_("user name"), lambda event: event.username),
        (_("account"), lambda event: str(event.user or "")),
        (_("deed"), lambda event: account_deed(event)),
        (_("by"), lambda event: str(event.actor) if event.actor and event.actor_id != event.user_id else ""),
        (_("address"), lambda event: event.address),
        (_("browser"), lambda event: event.browser),
    ]
