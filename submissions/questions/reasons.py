"""Reasons for returning evidence, to choose from: those kept for its scheme, or those that come up everywhere."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from submissions import thai
from submissions.models import Evidence, ReasonTemplate

from .slots import title_of

USUAL = (
    _("The document is incomplete."),
    _("The document is not signed."),
    _("The file can't be read."),
    _("It is not what is asked for here."),
    _("It is for another period."),
    _("The channels can't be seen in the evidence."),
)
MISSING = "{missing}"  # what of the checklist is not ticked: known once it is sent
PLACEHOLDERS = ("{office}", "{requirement}", "{due}", "{file}", MISSING)


def reasons_for(scheme_code: str) -> list[str]:
    """In the order of their numbers. One statement."""
    kept = [one.text for one in ReasonTemplate.objects.filter(scheme_code=scheme_code)]
    return kept or [str(text) for text in USUAL]


def filled_in(text: str, evidence: Evidence, due: date | None) -> str:
    """A reason with what it says of this piece in braces; what of the checklist is missing stays to be filled in."""
    scheme, language = evidence.entry.round.scheme, thai.language()
    said = {
        "{office}": str(evidence.entry),
        "{requirement}": title_of(scheme, evidence.requirement, evidence.period, language),
        "{due}": thai.format_date(due, language) if due else "",
        "{file}": evidence.title,
    }
    for sign, meaning in said.items():
        text = text.replace(sign, meaning)
    return text
