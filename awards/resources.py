"""Results and standings as spreadsheets (django-import-export): out only. Numbers stay numbers, texts stay texts."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import tablib
from django.utils.translation import gettext as _
from import_export import fields, resources

from scoring.engine.display import numbering
from scoring.models import standings
from submissions import thai
from submissions.formats import CSV, EXPORT_FORMATS, XLSX
from submissions.models import Round
from submissions.templatetags.wording import nominee_name

from .models import Publication, Result

__all__ = ["EXPORT_FORMATS", "WRITERS", "ResultResource", "StandingResource"]
WRITERS = {"xlsx": XLSX, "csv": CSV}


class Column(fields.Field):
    """A cell by a function of the row."""

    def __init__(self, title: str, cell: Callable[[Any], Any]) -> None:
        super().__init__(column_name=title, readonly=True)
        self.cell = cell

    def get_value(self, instance):
        return self.cell(instance)

    def export(self, instance, **kwargs):
        return self.get_value(instance)


class TableResource(resources.Resource):
    """A table whose columns depend on the scheme's dimensions."""

    def __init__(self, columns: list[Column]) -> None:
        super().__init__()
        self.fields = {str(number): column for number, column in enumerate(columns)}

    def get_export_order(self) -> tuple[str, ...]:
        return tuple(self.fields)


class ResultResource(TableResource):
    """A publication's results."""

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        tiers = {tier["code"]: tier[f"title_{thai.language()}"] for tier in publication.frame["tiers"]}
        sizes = {code: title[thai.language()] for code, title in publication.frame["sizes"].items()}
        super().__init__(
            [
                *_columns(publication.ranking == "region", (_("Inspection region"), lambda row: row.region_name)),
                *_columns(publication.ranking != "none", (_("Rank"), lambda row: row.rank)),
                *_columns(bool(tiers), (_("Award"), lambda row: tiers.get(row.tier, ""))),
                *_columns(
                    publication.results.exclude(nominee={}).exists(),
                    (_("Nominee"), lambda row: row.nominee_name),
                ),
                Column(_("Code"), lambda row: row.office_code),
                Column(_("Name in Thai"), lambda row: row.office_name_th),
                Column(_("Name in English"), lambda row: row.office_name_en),
                Column(_("Size group"), lambda row: sizes.get(row.office_size, "")),
                *([] if publication.only_selects else self._points(publication)),
            ]
        )

    @staticmethod
    def _points(publication: Publication) -> list[Column]:
        language = thai.language()
        dimensions = [(d["code"], d[f"title_{language}"], d["max"]) for d in publication.frame["dimensions"]]
        return [
            *(_dimension(*dimension, lambda row: row.dimensions) for dimension in dimensions),
            Column(_("Total"), lambda row: row.total),
            Column(_("Claimed"), lambda row: row.claimed),
            Column(_("Attainable"), lambda row: row.attainable),
        ]

    def get_queryset(self):
        return Result.objects.filter(publication=self.publication).defer("criteria", "facts")


class StandingResource(TableResource):
    """A round's standings as they are now."""

    def __init__(self, round: Round) -> None:
        self.round = round
        language = thai.language()
        dimensions = [(d.code, d.title.to(language), f"{d.max:.2f}") for d in round.scheme.dimensions]
        super().__init__(
            [
                *_columns(round.ranked != "none", (_("Rank"), lambda row: row.rank)),
                *_columns(round.scheme.nominees is not None, (_("Nominee"), nominee_name)),
                Column(_("Code"), lambda row: row.office.code),
                Column(_("Name in Thai"), lambda row: row.office.name_th),
                Column(_("Name in English"), lambda row: row.office.name_en),
                Column(_("Size group"), lambda row: row.office.get_size_display()),
                Column(_("Inspection region"), lambda row: row.office.region.name if row.office.region else ""),
                *(_dimension(*dimension, lambda row: row.dimensions or {}) for dimension in dimensions),
                Column(_("Total"), lambda row: row.total),
                Column(_("Claimed"), lambda row: row.claimed_total),
                Column(_("Attainable"), lambda row: row.attainable),
            ]
        )

    def get_queryset(self):
        return standings(self.round).select_related("office__parent__parent__parent")

    def iter_queryset(self, queryset):
        return iter(queryset)


def _columns(is_wanted: bool, column: tuple[str, Callable[[Any], Any]]) -> list[Column]:
    """A column that only some tables have."""
    return [Column(*column)] if is_wanted else []


def _dimension(code: str, title: str, most: str, dimensions: Callable[[Any], dict]) -> Column:
    named = _("Dimension %(code)s (of %(max)s)") if numbering(code) else "%(title)s (%(max)s)"
    heading = named % {"code": code, "title": title, "max": most.removesuffix(".00")}
    return Column(heading, lambda row: Decimal(dimensions(row).get(code, {}).get("earned", "0.00")))


def write(resource: TableResource, extension: str) -> bytes:
    """The table as a file. Raises KeyError for an extension other than those of WRITERS."""
    dataset: tablib.Dataset = resource.export()
    return WRITERS[extension]().export_data(dataset)
