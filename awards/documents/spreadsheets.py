"""Results and standings as spreadsheets (django-import-export): out only. Numbers stay numbers, texts stay texts."""

from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Any

import tablib
from django.utils.translation import gettext as _
from import_export import fields, resources

from awards.content.columns import Columns
from awards.models import Publication, Result
from scoring.engine import Scheme
from scoring.engine.language.display import numbering, plain_points
from scoring.models import Scorecard, earned_by_criterion, standings, unchecked_of
from scoring.wording.points_shown import PointsShown, placed
from submissions import thai
from submissions.models import Round
from submissions.spreadsheets.formats import CSV, EXPORT_FORMATS, XLSX
from submissions.templatetags.wording import nominee_name

__all__ = ["EXPORT_FORMATS", "WRITERS", "ResultResource", "StandingResource"]
WRITERS = {"xlsx": XLSX, "csv": CSV}


class SheetColumn(fields.Field):
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

    def __init__(self, columns: list[SheetColumn]) -> None:
        super().__init__()
        self.fields = {str(number): column for number, column in enumerate(columns)}

    def get_export_order(self) -> tuple[str, ...]:
        return tuple(self.fields)


class ResultResource(TableResource):
    """A publication's results."""

    def __init__(self, publication: Publication) -> None:
        self.publication, self.shown = publication, Columns(publication.frame, thai.language())
        tiers = {tier["code"]: tier[f"title_{thai.language()}"] for tier in publication.frame["tiers"]}
        sizes = {code: title[thai.language()] for code, title in publication.frame["sizes"].items()}
        super().__init__(
            [
                *_columns(publication.ranking == "region", (_("Inspection region"), lambda row: row.region_name)),
                *_columns(publication.ranking != "none", (_("Rank"), lambda row: row.shown_rank)),
                *_columns(bool(tiers), (_("Award"), lambda row: tiers.get(row.tier, ""))),
                *_columns(
                    publication.results.exclude(nominee={}).exists(),
                    (_("Nominee"), lambda row: row.nominee_name),
                ),
                SheetColumn(_("Code"), lambda row: row.office_code),
                SheetColumn(_("Name in Thai"), lambda row: row.office_name_th),
                SheetColumn(_("Name in English"), lambda row: row.office_name_en),
                SheetColumn(_("Size group"), lambda row: sizes.get(row.office_size, "")),
                *([] if publication.only_selects else self._points(publication)),
            ]
        )

    def _points(self, publication: Publication) -> list[SheetColumn]:
        shown = self.shown
        if not shown.in_points:
            return [SheetColumn(_("Outcome"), lambda row: shown.total(f"{row.total:.2f}", f"{row.attainable:.2f}"))]
        parts = attrgetter("criteria" if shown.by_criteria else "dimensions")
        return [
            *(_part(shown.marks, column.code, column.title, column.max, parts) for column in shown.columns),
            SheetColumn(_("Total"), lambda row: row.total),
            SheetColumn(_("Claimed"), lambda row: row.claimed),
            SheetColumn(_("Attainable"), lambda row: row.attainable),
        ]

    def get_queryset(self):
        unread = ["facts"] if self.shown.by_criteria else ["criteria", "facts"]
        return Result.objects.filter(publication=self.publication).defer(*unread)


class StandingResource(TableResource):
    """A round's standings as they are now."""

    def __init__(self, round: Round) -> None:
        self.round, self.marks = round, PointsShown.of_scheme(round.scheme, thai.language())
        super().__init__(
            [
                *_columns(round.ranked != "none", (_("Rank"), lambda row: row.shown_rank)),
                *_columns(round.scheme.nominees is not None, (_("Nominee"), nominee_name)),
                SheetColumn(_("Code"), lambda row: row.office.code),
                SheetColumn(_("Name in Thai"), lambda row: row.office.name_th),
                SheetColumn(_("Name in English"), lambda row: row.office.name_en),
                SheetColumn(_("Size group"), lambda row: row.office.get_size_display()),
                SheetColumn(_("Inspection region"), lambda row: row.office.region.name if row.office.region else ""),
                *self._points(round.scheme),
            ]
        )

    def _points(self, scheme: Scheme) -> list[SheetColumn]:
        marks, most = self.marks, f"{scheme.max:.2f}"
        if marks.shown_as == "eligibility":
            return [SheetColumn(_("Outcome"), lambda row: marks.mark(_total(row, most)) if row.is_known else None)]
        parts = scheme.criteria.values() if marks.is_of_criteria else scheme.dimensions
        return [
            *(
                _part(marks, part.code, part.title.to(marks.language), f"{part.max:.2f}", lambda row: row.parts)
                for part in parts
            ),
            SheetColumn(_("Total"), lambda row: row.total if row.is_known else None),
            SheetColumn(_("Claimed"), lambda row: row.claimed_total if row.is_known else None),
            SheetColumn(_("Attainable"), lambda row: row.attainable if row.is_known else None),
            SheetColumn(
                _("Of the total: from figures that nobody looked at"),
                lambda row: unchecked_of(row.dimensions) if row.is_known else None,
            ),
        ]

    def get_queryset(self):
        return standings(self.round).select_related("office__parent__parent__parent")

    def iter_queryset(self, queryset):
        """Each with its `shown_rank`, and its `parts`: criteria where they tell entries apart, else dimensions."""
        rows = list(queryset)
        found = {}
        if self.marks.is_of_criteria:
            cards = Scorecard.objects.filter(entry__round=self.round, basis=Scorecard.Basis.VERIFIED)
            found = earned_by_criterion(cards, list(self.round.scheme.criteria))
        for row in rows:
            row.shown_rank = None if row.is_stale else placed(row.rank, row.total, row.unscored)
            row.parts = found.get(row.pk, {}) if self.marks.is_of_criteria else row.dimensions or {}
        return iter(rows)


def _columns(is_wanted: bool, column: tuple[str, Callable[[Any], Any]]) -> list[SheetColumn]:
    """A column that only some tables have."""
    return [SheetColumn(*column)] if is_wanted else []


def _total(row: Any, most: str) -> dict[str, Any]:
    return {"earned": row.total, "attainable": row.attainable, "max": most}


def _part(marks: PointsShown, code: str, title: str, most: str, parts: Callable[[Any], dict]) -> SheetColumn:
    """A criterion by its letter or level, as the pages show it; or the points of one, or of a dimension."""
    if numbering(code) and not marks.is_of_criteria:
        heading = _("Dimension %(code)s (of %(max)s)") % {"code": code, "max": plain_points(most)}
    else:
        heading = f"{numbering(code, ' ')}{title} ({plain_points(most)})"

    def cell(row: Any) -> str | Decimal | None:
        part = parts(row).get(code)
        return marks.mark(part) or Decimal(part["earned"]) if part else None

    return SheetColumn(heading, cell)


def write(resource: TableResource, extension: str) -> bytes:
    """The table as a file. Raises KeyError for an extension other than those of WRITERS."""
    dataset: tablib.Dataset = resource.export()
    writer: Any = WRITERS[extension]()
    return writer.export_data(dataset)
