"""Names that pages give to what is stored as a code: words of the scheme, channels, deeds, amounts."""

from datetime import date

from django import template
from django.utils.translation import gettext_lazy as _

from scoring.engine.language.display import numbering, plain_points
from submissions import thai
from submissions.fields import CHANNEL_NAMES
from submissions.files.recognise import size_shown
from submissions.log import terms
from submissions.log.words import changes
from submissions.models import Office, User, Value
from submissions.questions.slots import page_of, title_of

register = template.Library()
register.filter(numbering)
register.filter("points", plain_points)

STATES = {
    "accepted": _("Accepted"),
    "submitted": _("Waiting for review"),
    "returned": _("Returned"),
    "draft": _("Draft"),
    "withdrawn": _("Withdrawn"),
    "replaced": _("Replaced"),
    "missing": _("Not handed in yet"),
    "late": _("Overdue"),
    "ahead": _("Not due yet"),
    "done": _("Done"),
    "asked": _("Not confirmed yet"),
    "changed": _("Changed since it was confirmed"),
    "confirmed": _("Confirmed"),
}
DEEDS = {
    "evidence.attached": _("handed in evidence"),
    "evidence.withdrawn": _("withdrew evidence"),
    "evidence.accepted": _("accepted evidence"),
    "evidence.returned": _("returned evidence"),
    "evidence.taken_back": _("took a decision on evidence back"),
    "value.entered": _("entered an amount"),
    "value.accepted": _("accepted an amount"),
    "value.returned": _("returned an amount"),
    "extension.granted": _("gave more time"),
    "sheet.saved": _("saved a draft of the scoring sheet"),
    "sheet.submitted": _("submitted the scoring sheet"),
    "sheet.typed": _("typed a scoring sheet from paper"),
    "sheet.confirmed": _("confirmed a scoring sheet typed from paper"),
    "sheet.refused": _("gave a scoring sheet typed from paper back"),
    "sheet.reopened": _("reopened a scoring sheet"),
    "conflict.declared": _("said that a judge stands aside"),
    "conflict.cleared": _("said that a judge need not stand aside"),
    "judges.assigned": _("said who judges the entry"),
    "remark.written": _("wrote"),
    "entry.made": _("entered the office in the round"),
    "nominee.named": _("named who takes part"),
    "entry.chosen": _("chose the entry"),
    "entry.released": _("took the choice back"),
    "entry.withdrawn": _("took the entry out of the round"),
    "entry.taken_out": _("took out the entry, which was made by mistake"),
    "reminder.sent": _("reminded the office of what it owes"),
    "confirmation.asked": _("asked the head to confirm what was handed in"),
    "entry.confirmed": _("confirmed what was handed in"),
    "reading.asked": _("passed evidence to a second reader"),
    "reading.drawn": _("drew evidence for a second reader"),
    "reading.given": _("gave a second reading to another"),
    "reading.done": _("read evidence a second time"),
    "reading.lapsed": _("ended a second reading"),
    "reading.reopened": _("let a second reading wait again"),
    "reading.settled": _("decided between two readings"),
    "practice.saved": _("saved a draft of the practice sheet"),
    "practice.submitted": _("submitted the practice sheet"),
    "resolution.made": _("recorded a resolution of the committee"),
    "appeal.made": _("disputed a criterion of the provisional result"),
    "appeal.answered": _("answered an appeal"),
    "consent.given": _("let everybody read a piece as best practice"),
    "consent.withdrawn": _("let nobody read a piece as best practice any more"),
    "proposal.confirmed": _("confirmed as the second person"),
    "edition.adopted": _("adopted another edition of the criteria"),
    "terms.changed": _("changed what the scoring goes by"),
    "log.begun": _("wrote down who takes part and what the scoring goes by, which had not been recorded"),
}


@register.filter
def words(text) -> str:
    """A text of the scheme in the language of the page."""
    return text.to(thai.language()) if text else ""


@register.filter
def unit(value) -> str:
    """In what a value of the scheme is counted; '' where a plain number, a day or an answer is meant."""
    return words(value.unit) or (str(_("per cent")) if value.kind == "percent" else "")


@register.filter
def office_name(office) -> str:
    """An office with what it is: จังหวัดกระบี่, Krabi Province. A region's name says it already."""
    if office.kind == "region":
        return office.name
    if thai.language() == "en" and office.name_en:
        return f"{office.name_en} {office.get_kind_display()}"
    return f"{office.get_kind_display()}{office.name_th}"


@register.filter
def nominee_name(entry) -> str:
    """Who takes part for an office: the person's name, or the subdistrict with what it is; '' where the office does."""
    return office_name(entry.nominee_office) if entry.nominee_office_id else entry.nominee_name


@register.filter
def entry_name(entry) -> str:
    """Who takes part, and the office: ตำบลบางแสน (อำเภอเมืองชลบุรี)."""
    if entry.veil:
        return str(entry)
    name = nominee_name(entry)
    return f"{name} ({office_name(entry.office)})" if name else office_name(entry.office)


@register.filter
def channel_names(codes) -> str:
    return ", ".join(str(CHANNEL_NAMES.get(code, code)) for code in codes)


@register.filter
def state_name(state: str):
    return STATES.get(state, state)


@register.filter
def deed(event) -> str:
    """What an event says was done, with what it was done to by its code."""
    return deed_in_words(event, "", change_of(event))


def deed_in_words(event, about: str, change: str) -> str:
    """`about`: what it was done to as its page calls that; without, its code is told."""
    code = event.data.get("code") or event.data.get("requirement")
    what = about or event.data.get("title") or " ".join(filter(None, (code, event.data.get("period"))))
    changed = f": {change}" if change else ""
    return f"{deed_name(event)} {what}{changed}".strip()


@register.filter
def deed_name(event) -> str:
    if event.verb == "value.entered" and "undoes" in event.data:
        return str(_("put an amount back: the import was undone"))
    if event.verb == "evidence.withdrawn" and "answered" in event.data:
        return str(_("replaced evidence by a form"))
    if event.verb == "remark.written" and event.data.get("wished"):
        return str(_("asked for more time"))
    if event.verb == "remark.written" and event.data.get("refuses"):
        return str(_("gave no more time"))
    if event.verb == "evidence.attached" and event.data.get("replaces"):
        return str(_("replaced evidence"))
    return str(DEEDS.get(event.verb, event.verb))


@register.filter
def change_of(event) -> str:
    """What stood there before and after, as it was entered."""
    if event.verb == terms.CHANGED:
        return changes(event.data, event.entry.round.scheme)
    if event.verb not in ("value.entered", "nominee.named"):
        return ""
    return f"{event.data.get('before') or '–'} → {event.data.get('after') or '–'}"


@register.filter
def actor_name(event, reader: User) -> str:
    """Who did it, as this reader calls them."""
    return name_for(reader, event.actor)


def name_for(reader: User, person: User | None) -> str:
    """What a reader calls somebody."""
    if person is not None and not is_of_office(reader):
        return str(person)
    return name_for_offices(person)


def name_for_offices(person: User | None) -> str:
    """To offices the committee is one, and so are central staff."""
    if person is None:
        return str(_("The portal"))
    if is_of_office(person):
        return str(person)
    return str(_("The committee") if is_of_committee(person) else _("Central staff"))


@register.filter
def named_for(person: User | None, reader: User) -> str:
    return name_for(reader, person)


@register.filter
def recorder(round) -> str:
    """Who records in this round what the scheme leaves to the centre."""
    if getattr(round, "organiser_id", None):
        return str(_("recorded by the contest's organiser"))
    return str(_("recorded by central staff"))


@register.filter
def entered_by(value, round) -> str:
    """Who entered an amount: the office, or whoever records in this round what the scheme leaves to the centre."""
    if value.source == value.Source.CENTRAL and getattr(round, "organiser_id", None):
        return str(_("entered by the contest's organiser"))
    return str(value.get_source_display())


# By the role, not by `is_officer` or `is_judge`: whose account is closed has not changed sides.


def is_of_office(person: User) -> bool:
    return person.role == User.Role.OFFICER and not person.is_superuser


def is_of_committee(person: User) -> bool:
    return person.role == User.Role.JUDGE and not person.is_superuser


@register.filter
def slot_page(evidence) -> str:
    return page_of(evidence.entry, evidence.requirement, evidence.period)


@register.filter
def slot_title(evidence) -> str:
    return title_of(evidence.entry.round.scheme, evidence.requirement, evidence.period, thai.language())


@register.filter
def signed(points) -> str:
    """+1.50, −0.25, +3; 0 without a sign."""
    sign = "+" if points > 0 else "−" if points else ""
    return f"{sign}{plain_points(abs(points))}"


@register.filter
def amount(value: Value, kind: str) -> str:
    """A value as people read it."""
    return amount_shown(value.text, kind)


def amount_shown(text: str, kind: str) -> str:
    """An amount as people read it: a date with its Buddhist year, yes or no, thousands apart; '' stays ''."""
    if not text:
        return ""
    if kind == "date":
        try:
            return thai.format_date(date.fromisoformat(text), thai.language())
        except ValueError:  # the edition before asked for something else
            return text
    if kind == "boolean":
        return str(_("Yes") if text == "true" else _("No"))
    whole, dot, rest = text.partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole.isdecimal() else text


@register.filter
def decimal(number) -> str:
    """A number that was worked out, to two decimals at most, thousands apart."""
    text = f"{number:,.2f}"
    return text.rstrip("0").rstrip(".")


@register.filter
def file_size(evidence) -> str:
    return size_shown(evidence.size)


@register.filter
def frozen_office(kept) -> str:
    """An office of which a kind and names were frozen, as `office_name` calls it."""
    return office_name(Office(kind=kept["kind"], name_th=kept["name_th"], name_en=kept["name_en"]))


@register.filter
def pages_to_show(examination) -> range:
    """The pages of a PDF: as many as were counted, the first of one that nobody has counted yet."""
    return range(1, 1 + ((examination.facts.get("pages") or 1) if examination else 1))


@register.filter
def listed(text: str) -> str:
    """What a row's history says of several things, without the brackets around them; "" of none."""
    return text[1:-1] if isinstance(text, str) and text[:1] + text[-1:] == "[]" else text
