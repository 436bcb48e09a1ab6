"""Is what is handed in what the scheme asks for? Every reason why not, at once, for the person who handed it in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from scoring import engine
from submissions import thai
from submissions.models import Entry, Office, Round, User
from submissions.models.evidence import MOST_AMOUNT, MOST_NAME_IN_MAP
from submissions.models.judging import MOST_ITEM_NOTE, MOST_REMARK

from . import access

Slot = tuple[str, str]  # the code of a value, and its period or ""
Closed = Mapping[str, access.Reason]  # why this person enters nothing, by who records it


@dataclass
class Refused(Exception):
    """What was handed in is not taken: {field: [reasons]}, "" for what concerns the whole."""

    reasons: dict[str, list[str]] = field(default_factory=dict)

    def add(self, where: str, reason: str | None) -> None:
        if reason:
            self.reasons.setdefault(where, []).append(reason)

    def raise_if_any(self) -> None:
        if self.reasons:
            raise self

    @property
    def texts(self) -> list[str]:
        """Every reason, wherever it belongs."""
        return [reason for reasons in self.reasons.values() for reason in reasons]

    def __str__(self) -> str:
        return " ".join(self.texts)


def check_slot(entry: Entry, by: User, requirement: str, period: str, refused: Refused) -> engine.Requirement | None:
    """The requirement that evidence is handed in for; None, and the reason added, when there is no such one."""
    known = check_period(entry.round.scheme, requirement, period, refused)
    if known:
        refused.add("", access.why_not_hand_in(by, entry, central=known.by == "central"))
        refused.add("", access.why_not_yet(entry.round, requirement))
    return known


def check_period(scheme: engine.Scheme, requirement: str, period: str, refused: Refused) -> engine.Requirement | None:
    """The requirement of a scheme, if this is a period of it; the reason is added when it is not."""
    known = scheme.requirements.get(requirement)
    if known is None:
        refused.add("requirement", _("The scheme asks for nothing of this name: %(code)s.") % {"code": requirement})
        return None
    periods = [p.code for p in known.periods]
    if periods and period not in periods:
        refused.add("period", _("Choose one of the periods: %(periods)s.") % {"periods": ", ".join(periods)})
    elif not periods and period:
        refused.add("period", _("This item has no periods."))
    return known


def check_channels(requirement: engine.Requirement, channels: list[str], refused: Refused) -> None:
    """Are the channels of the closed list, and named where they are asked for?"""
    if unknown := [c for c in channels if c not in engine.CHANNELS]:
        refused.add(
            "channels",
            _("Unknown channel: %(unknown)s. Allowed: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": ", ".join(engine.CHANNELS)},
        )
    elif requirement.channels and not channels:
        refused.add("channels", _("Say on which channels it was published."))


def check_sizes(scheme: engine.Scheme, offices: Iterable[Office], refused: Refused) -> None:
    """Can these offices be scored? Where points hang on the size group, each of them is in one."""
    sizes = {size.code for size in scheme.sizes}
    if sizes and (without := [str(office) for office in offices if office.size not in sizes]):
        fault = _("Points hang on the size group here, and these offices (%(count)s) have none: %(offices)s")
        refused.add("", fault % {"count": len(without), "offices": ", ".join(without[:10])})


def check_form(entry: Entry, by: User, code: str, period: str, refused: Refused) -> engine.Form | None:
    """The form that is filled in; None, and the reason added, when there is no such one."""
    form = entry.round.scheme.forms.get(code)
    if form is None:
        refused.add("", _("The scheme has no form of this name: %(code)s.") % {"code": code})
        return None
    check_slot(entry, by, form.requirement, period, refused)
    return form


MOST_DRAFT = 500_000  # characters of a form, all its answers together


def check_draft(answers: Mapping[str, engine.Answer], refused: Refused) -> None:
    """A draft may hold anything, as long as all of it is no longer than this."""
    if sum(map(len, answers.values())) > MOST_DRAFT:
        refused.add("", _("All answers together are longer than %(most)s characters.") % {"most": f"{MOST_DRAFT:,}"})


def sentence_of(fault: engine.Fault | engine.SchemeFault) -> str:
    return fault.en if thai.language() == "en" else fault.th


def check_answers(form: engine.Form, answers: Mapping[str, engine.Answer], refused: Refused) -> None:
    """May these answers be handed in? The field of each reason is the answer's key."""
    for fault in engine.check_answers(form, answers):
        refused.add(str(fault.field), sentence_of(fault))


def slot_field(slot: Slot) -> str:
    """The name under which the reasons against a value are listed: "code" or "code.period"."""
    return ".".join(part for part in slot if part)


def check_amounts(
    entry: Entry, amounts: Mapping[Slot, str], by: User, at: datetime, refused: Refused
) -> dict[Slot, str]:
    """The canonical text of each amount; where something is wrong with one, its text as it was given."""
    closed = {who: access.why_not_hand_in(by, entry, central=who == "central") for who in ("office", "central")}
    checked = _check_each(entry, amounts, by, at, closed, refused)
    if late := [] if entry.round.is_run_by(by) else _late(entry, checked, at):
        came_back = {(code, period) for code, period in entry.values.returned().values_list("code", "period")}
        for slot in late:
            refused.add(slot_field(slot), None if slot in came_back else _("The time for this value is over."))
    return checked


def _late(entry: Entry, slots: Iterable[Slot], at: datetime) -> list[Slot]:
    """Those whose day is over. The engine does not ask when a value was entered: whether an office was in time is
    checked here."""
    values = entry.round.scheme.values
    return [slot for slot in slots if slot[0] in values and _is_over(values[slot[0]], slot[1], at)]


def check_figures(
    entry: Entry, amounts: Mapping[Slot, str], by: User, at: datetime, refused: Refused
) -> dict[Slot, str]:
    """The same of what those record who run the round, themselves or for the office. Asks the database nothing."""
    why_not = access.why_not_record(by, entry)
    return _check_each(entry, amounts, by, at, dict.fromkeys(("office", "central"), why_not), refused)


def _check_each(
    entry: Entry, amounts: Mapping[Slot, str], by: User, at: datetime, closed: Closed, refused: Refused
) -> dict[Slot, str]:
    return {slot: _check_amount(entry, slot, text.strip(), by, at, closed, refused) for slot, text in amounts.items()}


def _check_amount(entry: Entry, slot: Slot, text: str, by: User, at: datetime, closed: Closed, refused: Refused) -> str:
    code = slot[0]
    known = entry.round.scheme.values.get(code)
    if known is None:
        refused.add(slot_field(slot), _("The scheme asks for no value of this name: %(code)s.") % {"code": code})
        return text
    refused.add(slot_field(slot), closed[known.by])
    refused.add(slot_field(slot), access.why_not_yet(entry.round, code))
    return _read_amount(entry, slot, text, known, refused)


def check_corrections(entry: Entry, amounts: Mapping[Slot, str], refused: Refused) -> dict[Slot, str]:
    """The same of what an answer to an appeal corrects: whose it was to enter, and by when, is no question any more."""
    known = entry.round.scheme.values
    return {slot: _read_amount(entry, slot, text.strip(), known[slot[0]], refused) for slot, text in amounts.items()}


def _read_amount(entry: Entry, slot: Slot, text: str, known: engine.Value, refused: Refused) -> str:
    code, period = slot
    if not text:
        return text
    if known.kind == "map" and not _is_name(period):
        refused.add(slot_field(slot), _("Give a name of %(most)s characters at most.") % {"most": MOST_NAME_IN_MAP})
        return text
    try:
        amount = engine.canonical(engine.check_value(entry.round.scheme, code, period or None, text))
    except engine.BadFacts as bad:
        _add_faults(refused, slot_field(slot), bad)
        return text
    if len(amount) > MOST_AMOUNT:
        refused.add(slot_field(slot), _("Write the number with %(most)s digits at most.") % {"most": MOST_AMOUNT})
    return amount


def _is_over(value: engine.Value, period: str, at: datetime) -> bool:
    until = next((known.due for known in value.periods if known.code == period), value.until)
    return timezone.localtime(at).date() > until


def _is_name(period: str) -> bool:
    """Whether something in a map may be called so."""
    return period.isprintable() and 0 < len(period) <= MOST_NAME_IN_MAP


def check_settings(scheme: engine.Scheme, texts: Mapping[str, str], refused: Refused) -> dict[str, str]:
    """What a scheme leaves to be set, as canonical text; what is empty is not set. The field of each reason is the
    setting's code."""
    set_now: dict[str, str] = {}
    for code, text in texts.items():
        if not text:
            continue
        try:
            set_now[code] = engine.canonical(engine.check_setting(scheme, code, text))
        except engine.BadFacts as bad:
            _add_faults(refused, code, bad)
    return set_now


def setting_faults(scheme: engine.Scheme, texts: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with those that are set, by their codes. What the scheme knows no more hurts nobody."""
    refused = Refused()
    check_settings(scheme, {code: text for code, text in texts.items() if code in scheme.settings}, refused)
    return {code: " ".join(reasons) for code, reasons in refused.reasons.items()}


MOST_TEXT = 256 * 1024  # bytes of a scheme's text; the longest that is shipped has 40 KB


def check_text(text: str, refused: Refused) -> engine.Scheme | None:
    """The scheme that a text describes; None, and every fault with its line, when it has any."""
    if len(text.encode()) > MOST_TEXT:
        refused.add("text", _("The text is longer than %(most)s KB.") % {"most": MOST_TEXT // 1024})
        return None
    try:
        return engine.load(text)
    except engine.SchemeError as bad:
        for fault in bad.faults:
            words = {"line": fault.line, "fault": sentence_of(fault)}
            refused.add("text", _("Line %(line)s: %(fault)s") % words)
        return None


def check_scheme(round: Round, text: str, refused: Refused) -> engine.Scheme | None:
    """The same, if it is one for this round: of the code that the round has."""
    scheme = check_text(text, refused)
    refused.add("text", why_not_of(round, scheme.code) if scheme else None)
    return scheme


def why_not_of(round: Round, code: str) -> access.Reason:
    """Have a round scored by the scheme of this code: it keeps the one that it has."""
    expected = round.edition.scheme_code
    if code == expected:
        return None
    codes = {"code": code, "expected": expected}
    return _("This is the scheme %(code)s; the round is one of %(expected)s.") % codes


def _add_faults(refused: Refused, where: str, bad: engine.BadFacts) -> None:
    for fault in bad.faults:
        refused.add(where, sentence_of(fault))


def check_sheet(entry: Entry, points: Mapping[str, str], remark: str, final: bool, refused: Refused) -> dict[str, str]:
    """A sheet's points as canonical text, by item; a final sheet has them all."""
    if len(remark) > MOST_REMARK:
        refused.add("remark", _("The remark is longer than 4,000 characters."))
    items = entry.round.scheme.items
    marks: dict[str, str] = {}
    for code in sorted(set(points) - set(items)):
        refused.add(code, _("The scheme has no item of this name: %(code)s.") % {"code": code})
    for code in items:
        text = str(points.get(code, "")).strip()
        if not text:
            if final:
                refused.add(code, _("Give points for every item before you submit."))
            continue
        try:
            marks[code] = engine.canonical(engine.check_points(entry.round.scheme, code, text))
        except engine.BadFacts as bad:
            _add_faults(refused, code, bad)
            continue
        if len(marks[code].partition(".")[2]) > 2:
            refused.add(code, _("Give points with two decimals at most."))
    return marks


def check_notes(
    entry: Entry, notes: Mapping[str, str], marks: Mapping[str, str], final: bool, refused: Refused
) -> dict[str, str]:
    """What is said beside the points, by item; on a final sheet also why one got nothing or all, if that is asked."""
    kept = {code: text.strip() for code, text in notes.items() if text.strip()}
    items = entry.round.scheme.items
    for code, text in kept.items():
        if code not in items:
            refused.add(code, _("The scheme has no item of this name: %(code)s.") % {"code": code})
        if len(text) > MOST_ITEM_NOTE:
            refused.add(f"note-{code}", _("The note is longer than 500 characters."))
    if final and entry.round.asks_notes:
        for code, points in marks.items():
            if code not in kept and Decimal(points) in (0, items[code].max):
                refused.add(f"note-{code}", _("Say why: the item gets nothing, or all of its points."))
    return kept
