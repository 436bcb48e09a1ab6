"""Open data of a publication: one table as CSV, xlsx and JSON, and what each column means (Frictionless Data Package).

Columns keep their names and their order for as long as there is a scheme that has them; new ones come behind.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

import tablib
from django.conf import settings
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from awards.content import canonical
from awards.models import Publication, Result
from scoring.engine.language.display import plain_points
from submissions import thai
from submissions.spreadsheets.formats import CSV, XLSX

from .addresses import Addresses, whole
from .announced import READ
from .places import province_of

Cell = str | int | Decimal | bool | None
LICENCES = {
    "CC-BY-4.0": ("Creative Commons Attribution 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC0-1.0": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODC-BY-1.0": ("Open Data Commons Attribution License 1.0", "https://opendatacommons.org/licenses/by/1-0/"),
}


class Licence(NamedTuple):
    name: str
    title: str
    url: str


def licence() -> Licence:
    return Licence(settings.DATA_LICENCE, *LICENCES[settings.DATA_LICENCE])


@dataclass(frozen=True)
class DataColumn:
    """A column: its name, its type as Frictionless calls it, and what it means."""

    name: str
    type: str
    said: Any  # a text in the reader's language
    read: Callable[[Result], Cell]

    @property
    def field(self) -> dict[str, str]:
        """As the package describes it: in Thai, and in English."""
        return {
            "name": self.name,
            "type": self.type,
            "title": _in(self.said, "th"),
            "description": _in(self.said, "en"),
        }


def _in(said: Any, language: str) -> str:
    with translation.override(language):
        return str(said)


def _province(result: Result) -> str:
    place = province_of(result.office_code)
    return place.code if place else ""


def _region(result: Result) -> str:
    if result.region:
        return str(result.region["code"])
    place = province_of(result.office_code)
    return f"R{place.region}" if place else ""


def _subdistrict(result: Result) -> str:
    return str(result.nominee.get("code", ""))


def _nothing(result: Result) -> None:
    """Of columns that only stand for others."""


# What every publication's table has. The dictionary tells them in this order.
EVERYWHERE = (
    DataColumn("line", "integer", _("line of the announcement, best first"), attrgetter("place")),
    DataColumn("rank", "integer", _("rank; equal points share one, no points have none"), attrgetter("shown_rank")),
    DataColumn("award", "string", _("code of the award; empty without one"), attrgetter("tier")),
    DataColumn("office", "string", _("code of the office; of a province ISO 3166-2"), attrgetter("office_code")),
    DataColumn("office_kind", "string", _("kind of office"), attrgetter("office_kind")),
    DataColumn("office_name_th", "string", _("name in Thai"), attrgetter("office_name_th")),
    DataColumn("office_name_en", "string", _("name in English"), attrgetter("office_name_en")),
    DataColumn("province", "string", _("code of the province (ISO 3166-2)"), _province),
    DataColumn("inspection_region", "string", _("code of the inspection region"), _region),
    DataColumn("size", "string", _("size group, where the scheme has such"), attrgetter("office_size")),
    DataColumn("subdistrict", "string", _("code of the subdistrict that takes part for its office"), _subdistrict),
)
# What it has where points were announced, and what instead where somebody is eligible or not.
POINTS = DataColumn("points", "number", _("points in all"), attrgetter("total"))
ELIGIBLE = _("whether it is eligible; instead of points")
DICTIONARY = (
    *EVERYWHERE,
    POINTS,
    DataColumn("dimension_…", "number", _("points in each dimension"), _nothing),
    DataColumn("criterion_…", "number", _("points in each criterion"), _nothing),
    DataColumn("eligible", "boolean", ELIGIBLE, _nothing),
)


class Titled:
    """What a dimension or a criterion is called in the reader's language, with the most points there are."""

    def __init__(self, part: dict[str, Any]) -> None:
        self.titles = {"th": part["title_th"], "en": part["title_en"] or part["title_th"]}
        self.most = plain_points(part["max"])

    def __str__(self) -> str:
        return gettext("%(title)s (of %(most)s)") % {"title": self.titles[thai.language()], "most": self.most}


class OpenData:
    """The table of one publication."""

    def __init__(self, publication: Publication) -> None:
        self.publication, self.frame = publication, publication.frame
        self.codes = [one["code"] for one in self.frame["criteria"]]

    @cached_property
    def columns(self) -> list[DataColumn]:
        if self.publication.only_selects:
            return [*EVERYWHERE]
        if self.frame.get("shown_as") == "eligibility":
            most = Decimal(self.frame["max"])
            return [*EVERYWHERE, DataColumn("eligible", "boolean", ELIGIBLE, lambda one: one.total == most)]
        dimensions = [_part("dimension", one, _in_dimension(one["code"])) for one in self.frame["dimensions"]]
        criteria = [_part("criterion", one, _in_criterion(number)) for number, one in enumerate(self.frame["criteria"])]
        return [*EVERYWHERE, POINTS, *dimensions, *criteria]

    @cached_property
    def rows(self) -> list[list[Cell]]:
        """One statement."""
        found = Result.objects.filter(publication=self.publication).only(*READ).earned(self.codes)
        return [[column.read(one) for column in self.columns] for one in found]

    @cached_property
    def _dataset(self) -> tablib.Dataset:
        names = [column.name for column in self.columns]
        cells = ([str(cell).lower() if isinstance(cell, bool) else cell for cell in row] for row in self.rows)
        return tablib.Dataset(*cells, headers=names, title="results")

    def csv(self) -> bytes:
        """UTF-8 with the mark by which Excel knows it."""
        return CSV().export_data(self._dataset)

    def xlsx(self) -> bytes:
        return XLSX().export_data(self._dataset)

    def json(self) -> bytes:
        """Numbers in their own digits, with all that says what they are about."""
        names = [column.name for column in self.columns]
        content = self._about() | {"results": [dict(zip(names, row, strict=True)) for row in self.rows]}
        return canonical.write(content).encode()

    def _about(self) -> dict[str, Any]:
        round, edition = self.frame["round"], self.frame["edition"]
        return {
            "title": round["name_th"],
            "title_en": round["name_en"],
            "publication": self.publication.number,
            "published_at": canonical.moment(self.publication.published_at),
            "as_of": canonical.moment(self.publication.as_of),
            "provisional": self.publication.is_provisional,
            "digest": self.publication.digest,
            "scheme": {"code": edition["scheme"], "sha256": edition["digest"]},
            "max": Decimal(self.frame["max"]),
            "awards": [{key: tier[key] for key in ("code", "title_th", "title_en")} for tier in self.frame["tiers"]],
            "licence": licence().name,
        }

    def datapackage(self) -> bytes:
        """Frictionless Data Package, version 1."""
        table, publication, to = self.csv(), self.publication, Addresses("th", self.publication.pk)
        package = {
            "profile": "tabular-data-package",
            "name": f"cdd-results-{publication.pk}",
            "id": publication.digest,
            "title": f"{self.frame['round']['name_th']} ({publication.number})",
            "homepage": whole(to.announcement),
            "version": f"{publication.number}.0.0",
            "created": canonical.moment(publication.published_at),
            "licenses": [dict(zip(("name", "title", "path"), licence(), strict=True))],
            "resources": [
                {
                    "profile": "tabular-data-resource",
                    "name": "results",
                    "path": "results.csv",
                    "format": "csv",
                    "mediatype": "text/csv",
                    "encoding": "utf-8",
                    "bytes": len(table),
                    "hash": f"sha256:{hashlib.sha256(table).hexdigest()}",
                    "schema": {
                        "fields": [column.field for column in self.columns],
                        "primaryKey": ["line"],
                        "missingValues": [""],
                    },
                }
            ],
        }
        return json.dumps(package, ensure_ascii=False, indent=2).encode()


def _part(kind: str, part: dict[str, Any], read: Callable[[Result], Cell]) -> DataColumn:
    return DataColumn(f"{kind}_{part['code']}", "number", Titled(part), read)


def _in_dimension(code: str) -> Callable[[Result], Cell]:
    return lambda one: Decimal(one.dimensions[code]["earned"])


def _in_criterion(number: int) -> Callable[[Result], Cell]:
    """By the column that `earned` gave it."""

    def read(result: Result) -> Cell:
        earned: str | None = getattr(result, f"part{number}")
        return None if earned is None else Decimal(earned)

    return read
