"""What the lists of scores hold as tables to take away."""

from django.utils.translation import gettext_lazy as _

from submissions.spreadsheets.tables import of_entry
from submissions.spreadsheets.writing import Column


def cards() -> list[Column]:
    return [
        *of_entry(lambda card: card.entry),
        (_("basis"), lambda card: card.get_basis_display()),
        (_("points"), lambda card: card.total),
        (_("attainable"), lambda card: card.attainable),
        (_("of"), lambda card: card.max),
        (_("as of"), lambda card: card.as_of),
        (_("computed at"), lambda card: card.computed_at),
        (_("edition"), lambda card: card.edition_digest),
    ]


def changes() -> list[Column]:
    return [
        (_("time"), lambda change: change.at),
        *of_entry(lambda change: change.entry),
        (_("basis"), lambda change: change.get_basis_display()),
        (_("points"), lambda change: change.total),
        (_("attainable"), lambda change: change.attainable),
        (_("version of the facts"), lambda change: change.facts_version),
    ]
