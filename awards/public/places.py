"""Where a code lies: provinces and inspection regions as they came with the portal. No table is asked."""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import gettext as _

from submissions import thai

PROVINCES = "submissions/data/provinces.csv"


class Place(NamedTuple):
    """A province."""

    code: str
    name_th: str
    name_en: str
    region: str  # its number, of two digits

    @property
    def name(self) -> str:
        return self.name_en if thai.language() == "en" else self.name_th


@cache
def provinces() -> dict[str, Place]:
    with (Path(settings.BASE_DIR) / PROVINCES).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {
        row["iso_code"]: Place(row["iso_code"], row["name_th"], row["name_en"], f"{int(row['inspection_region']):02d}")
        for row in rows
    }


def province_of(code: str) -> Place | None:
    """The province that an office's code names, or lies in: TH-81, and TH-8101 in it; districts' codes may be bare."""
    digits = code.removeprefix("TH-")
    return provinces().get(f"TH-{digits[:2]}") if digits[:2].isdigit() else None


def region_name(number: str) -> str:
    return _("Inspection Region %s") % int(number)
