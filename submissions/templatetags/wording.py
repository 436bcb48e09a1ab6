"""Names that pages give to what is stored as a code: words of the scheme, channels, deeds, amounts."""

from django import template
from django.utils.translation import gettext_lazy as _

from scoring.engine.display import numbering
from submissions import thai
from submissions.checks import size_shown
from submissions.forms import CHANNEL_NAMES
from submissions.models import Value
from submissions.slots import page_of, title_of

register = template.Library()
register.filter(numbering)

STATES = {
    "accepted": _("Accepted"),
    "submitted": _("Waiting for review"),
    "returned": _("Returned"),
    "draft": _("Draft"),
    "withdrawn": _("Withdrawn"),
    "missing": _("Not handed in yet"),
    "late": _("Overdue"),
    "done": _("Done"),
}
DEEDS = {
    "evidence.attached": _("handed in evidence"),
    "evidence.withdrawn": _("withdrew evidence"),
    "evidence.accepted": _("accepted evidence"),
    "evidence.returned": _("returned evidence"),
    "value.entered": _("entered an amount"),
    "extension.granted": _("gave more time"),
    "sheet.saved": _("saved a draft of the scoring sheet"),
    "sheet.submitted": _("submitted the scoring sheet"),
    "sheet.reopened": _("reopened a scoring sheet"),
    "remark.written": _("wrote"),
    "entry.made": _("entered the office in the round"),
    "nominee.named": _("named who takes part"),
    "entry.chosen": _("chose the entry"),
    "entry.released": _("took the choice back"),
    "entry.withdrawn": _("took the entry out of the round"),
    "edition.adopted": _("adopted another edition of the criteria"),
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
    """What an event says was done, with what it was done to: as its page calls that (`about`), or by its code."""
    code = event.data.get("code") or event.data.get("requirement")
    what = event.data.get("title") or " ".join(filter(None, (code, event.data.get("period"))))
    what = getattr(event, "about", "") or what
    change = (
        f": {event.data.get('before') or '–'} → {event.data.get('after') or '–'}"
        if event.verb in ("value.entered", "nominee.named")
        else ""
    )
    return f"{DEEDS.get(event.verb, event.verb)} {what}{change}".strip()


@register.filter
def actor_name(event) -> str:
    """Who did it, as offices may know it: a member of the committee by the office held, not by name."""
    if event.actor is None:
        return str(_("The portal"))
    return str(_("The committee")) if event.actor.is_judge else str(event.actor)


@register.filter
def slot_page(evidence) -> str:
    return page_of(evidence.entry, evidence.requirement, evidence.period)


@register.filter
def slot_title(evidence) -> str:
    return title_of(evidence.entry.round.scheme, evidence.requirement, evidence.period, thai.language())


@register.filter
def signed(points) -> str:
    """+1.50, −0.25; 0.00 without a sign."""
    return f"{points:+.2f}".replace("-", "−") if points else "0.00"


@register.filter
def amount(value: Value, kind: str) -> str:
    """A value as people read it: a date with its Buddhist year, yes or no, thousands apart."""
    if kind == "date":
        return thai.format_date(thai.date.fromisoformat(value.text), thai.language())
    if kind == "boolean":
        return str(_("Yes") if value.text == "true" else _("No"))
    whole, dot, rest = value.text.partition(".")
    return f"{int(whole):,}{dot}{rest}" if whole.isdecimal() else value.text


@register.filter
def file_size(evidence) -> str:
    return size_shown(evidence.size)
