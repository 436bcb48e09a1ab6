"""Amounts that may be slips of the hand: told beside the amount, never refused. The scheme says what is unusual."""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from scoring import engine
from scoring.engine.arithmetic.rules.numbers import Percent, Plain
from submissions import thai

from .earlier_amounts import Earlier
from .proofread import Slot

TIMES = 3  # so many times the earlier round's amount, or so small a part of it, is told
FAR = 10  # so many times what stood there before, or what any other office has
FEW = 10  # where neither reaches this, three times as much is nothing strange


def slips(
    scheme: engine.Scheme,
    criterion: engine.Criterion,
    amounts: Mapping[Slot, str],
    earlier: Mapping[Slot, Earlier] | None = None,
    today: date | None = None,
) -> dict[Slot, str]:
    """A sentence for each of a criterion's amounts that is unusual. Amounts are in canonical text.

    Days still to come are told if `today` is known. What is no number is passed over where one is asked for: it may
    have been entered when an earlier edition asked for a date.
    """
    bounded = _out_of_bounds(scheme, amounts, today)
    amounts = {slot: text for slot, text in amounts.items() if _is_number(text)}
    earlier = {slot: amount for slot, amount in (earlier or {}).items() if _is_number(amount.value.text)}
    return (
        bounded
        | _far_from(scheme, amounts, earlier)
        | _over_a_hundred(scheme, criterion, amounts)
        | _parts_of_one(scheme, amounts, earlier)
        | _parts_of_less(scheme, criterion, amounts)
        | _far_over(scheme, criterion, amounts)
    )


def unusual(scheme: engine.Scheme, amounts: Mapping[Slot, str], today: date) -> dict[Slot, str]:
    """A sentence for each of an entry's amounts that is unusual, whatever the criterion."""
    found: dict[Slot, str] = {}
    for criterion in scheme.criteria.values():
        codes = {read.code for read in criterion.inputs if read.kind == "value"}
        found |= slips(scheme, criterion, {slot: text for slot, text in amounts.items() if slot[0] in codes})
    return _out_of_bounds(scheme, amounts, today) | found


def far_from(
    scheme: engine.Scheme,
    amounts: Mapping[Slot, str],
    before: Mapping[Slot, str],
    others: Mapping[Slot, Collection[Decimal]],
) -> dict[Slot, str]:
    """A sentence for each amount that is nothing like what stood there `before`, or what all `others` have there."""
    found = {}
    for slot, text in amounts.items():
        if scheme.values[slot[0]].kind not in ("number", "map") or not _is_number(text):
            continue
        if beside := _far_from_one(Decimal(text), before.get(slot, "")) or _far_from_all(
            Decimal(text), others.get(slot, ())
        ):
            found[slot] = beside
    return found


def _far_from_one(now: Decimal, text: str) -> str:
    before = Decimal(text) if _is_number(text) else Decimal(0)
    if max(now, before) < FEW or not before or before / FAR <= now <= before * FAR:
        return ""
    return _("Very different from what is there now (%(amount)s): please check it again.") % {"amount": f"{before:,f}"}


def _far_from_all(now: Decimal, others: Collection[Decimal]) -> str:
    most = max(others) if len(others) >= TIMES else Decimal(0)
    if now < FEW or not most or now <= most * FAR:
        return ""
    return _("More than ten times that of any other office (%(amount)s): please check it again.") % {
        "amount": f"{most:,f}"
    }


def _over_a_hundred(scheme: engine.Scheme, criterion: engine.Criterion, amounts: Mapping[Slot, str]) -> dict[Slot, str]:
    """Percentages over 100, where the rule does not expect them."""
    numbers = criterion.rule.numbers()
    expected = {number.value for number, goes_beyond in numbers if goes_beyond and isinstance(number, Plain)}
    return {
        slot: _("Over 100 %: please check it again.")
        for slot, text in amounts.items()
        if scheme.values[slot[0]].kind == "percent" and slot[0] not in expected and Decimal(text) > 100
    }


def _out_of_bounds(scheme: engine.Scheme, amounts: Mapping[Slot, str], today: date | None) -> dict[Slot, str]:
    """What the scheme itself calls unusual: its words `at_least`, `at_most`, `not_above`; and a day still to come."""
    read = {slot: amount for slot, text in amounts.items() if (amount := _read(scheme, slot, text)) is not None}
    found = {
        slot: _("This day has not come yet: please check it again.")
        for slot, amount in read.items()
        if today and isinstance(amount, date) and amount > today and not scheme.values[slot[0]].may_be_ahead
    }
    return found | {slot: _say(scheme, beyond) for slot, beyond in engine.beyond(scheme.values, read).items()}


def _read(scheme: engine.Scheme, slot: Slot, text: str) -> Decimal | date | None:
    value = scheme.values.get(slot[0])
    if value is None or value.kind == "boolean":
        return None
    if value.kind != "date":
        return Decimal(text) if _is_number(text) else None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _say(scheme: engine.Scheme, beyond: engine.Beyond) -> str:
    is_day = isinstance(beyond.bound, date)
    bound = thai.format_date(beyond.bound, thai.language()) if isinstance(beyond.bound, date) else f"{beyond.bound:,f}"
    if beyond.other:
        bound = f"{scheme.values[beyond.other].title.to(thai.language())} ({bound})"
    if beyond.word == "at_least":
        before, less = _("Before %(whole)s: please check it again."), _("Less than %(whole)s: please check it again.")
        text = before if is_day else less
    elif is_day:
        text = _("After %(whole)s: please check it again.")
    else:
        text = _("More than %(whole)s: please check it again.")
    return text % {"whole": bound}


def _is_number(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _parts_of_one(
    scheme: engine.Scheme, amounts: Mapping[Slot, str], earlier: Mapping[Slot, Earlier]
) -> dict[Slot, str]:
    """Amounts that are no whole number, where all others of the same value are."""
    found = {}
    for slot, text in amounts.items():
        now = [other for at, other in amounts.items() if at[0] == slot[0] and at != slot]
        others = now + [amount.value.text for at, amount in earlier.items() if at[0] == slot[0]]
        is_alone = not _is_whole(text) and others and all(map(_is_whole, others))
        if is_alone and scheme.values[slot[0]].kind in ("number", "map"):
            found[slot] = _("Not a whole number: please check it again.")
    return found


def _is_whole(text: str) -> bool:
    number = Decimal(text)
    return number == number.to_integral_value()


def _far_from(scheme: engine.Scheme, amounts: Mapping[Slot, str], earlier: Mapping[Slot, Earlier]) -> dict[Slot, str]:
    """Amounts that are many times those of the earlier round, or a small part of them."""
    more = _("More than three times that of the earlier round (%(amount)s): please check it again.")
    less = _("Less than a third of that of the earlier round (%(amount)s): please check it again.")
    found = {}
    for slot, text in amounts.items():
        if slot not in earlier or scheme.values[slot[0]].kind not in ("number", "percent", "map"):
            continue
        now, before = Decimal(text), Decimal(earlier[slot].value.text)
        if max(now, before) < FEW or not before:
            continue
        if now > before * TIMES:
            found[slot] = more % {"amount": f"{before:,f}"}
        elif now * TIMES < before:
            found[slot] = less % {"amount": f"{before:,f}"}
    return found


def _parts_of_less(scheme: engine.Scheme, criterion: engine.Criterion, amounts: Mapping[Slot, str]) -> dict[Slot, str]:
    """Parts that are more than their whole, but of a target: more than that is an achievement, not a slip."""
    found: dict[Slot, str] = {}
    for number, goes_beyond in criterion.rule.numbers():
        if isinstance(number, Percent) and not goes_beyond:
            found |= _part_of_less(scheme, number, amounts)
    return found


def _far_over(scheme: engine.Scheme, criterion: engine.Criterion, amounts: Mapping[Slot, str]) -> dict[Slot, str]:
    """Many times a target: more than all of it is an achievement, three times as much is hardly meant."""
    found: dict[Slot, str] = {}
    for number, goes_beyond in criterion.rule.numbers():
        if not (isinstance(number, Percent) and (goes_beyond or number.by_size)):
            continue
        fixed = max((most for _size, most in number.by_size), default=number.fixed)
        whole = str(fixed or "") if number.whole is None else amounts.get((number.whole, ""))
        part = amounts.get((number.part, ""))
        if part and whole and max(Decimal(part), Decimal(whole)) >= FEW and Decimal(part) > Decimal(whole) * TIMES:
            text = _("More than three times the target (%(amount)s): please check it again.")
            found[number.part, ""] = text % {"amount": f"{Decimal(whole):,f}"}
    return found


def _part_of_less(scheme: engine.Scheme, number: Percent, amounts: Mapping[Slot, str]) -> dict[Slot, str]:
    part = amounts.get((number.part, ""))
    whole = str(number.fixed or "") if number.whole is None else amounts.get((number.whole, ""))
    if not part or not whole or Decimal(part) <= Decimal(whole):
        return {}
    most = f"{Decimal(whole):,f}"
    if number.whole is not None:
        most = f"{scheme.values[number.whole].title.to(thai.language())} ({most})"
    return {(number.part, ""): _("More than %(whole)s: please check it again.") % {"whole": most}}
