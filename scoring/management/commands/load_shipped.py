"""Loads what the portal is shipped with: provinces in their inspection regions, districts, holidays, schemes."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _
from simple_history.utils import bulk_create_with_history

from scoring import shipped
from submissions import thai
from submissions.models import Edition, Holiday, Office, SchemeDraft
from submissions.models.places import is_above

DATA = Path(settings.BASE_DIR) / "submissions" / "data"
COLUMNS = ("code", "kind", "name_th", "name_en", "parent", "size")
Row = dict[str, str]


class Command(BaseCommand):
    help = "Adds the shipped regions, provinces, districts, holidays and schemes. What is there already stays as it is."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--offices",
            metavar="FILE",
            type=Path,
            help=f"a CSV file (UTF-8) of more offices, with the columns {','.join(COLUMNS)}; parent is a code",
        )

    @transaction.atomic
    def handle(self, *, offices: Path | None, verbosity: int, **options) -> None:
        added = add_offices(shipped_offices())
        if offices:
            added += add_offices(offices_of(offices))
        days = add_holidays()
        editions, taken = adopt_schemes()
        if verbosity:
            self.stdout.write(f"Added: {added} offices, {days} holidays, {editions} editions.")
        for code in taken:
            self.stderr.write(f"{code}: staff made a scheme of this code, so the shipped one is left out.")


def read_csv(path: Path) -> list[Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return [{key: (cell or "").strip() for key, cell in row.items() if key} for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(_("%(file)s can't be read: %(error)s") % {"file": path, "error": error}) from None


def shipped_offices() -> list[Row]:
    provinces = read_csv(DATA / "provinces.csv")
    regions = sorted({int(row["inspection_region"]) for row in provinces})
    return [
        *(
            {
                "code": f"R{number:02}",
                "kind": Office.Kind.REGION,
                "name_th": f"เขตตรวจราชการที่ {number}",
                "name_en": f"Inspection Region {number}",
            }
            for number in regions
        ),
        *(
            {
                "code": row["iso_code"],
                "kind": Office.Kind.PROVINCE,
                "name_th": row["name_th"],
                "name_en": row["name_en"],
                "parent": f"R{int(row['inspection_region']):02}",
                "size": row["size"],
            }
            for row in provinces
        ),
        *({"kind": Office.Kind.DISTRICT, "parent": row["province"]} | row for row in read_csv(DATA / "districts.csv")),
    ]


def offices_of(path: Path) -> list[Row]:
    rows = read_csv(path)
    if missing := [name for name in COLUMNS if rows and name not in rows[0]]:
        raise CommandError(_("%(file)s lacks the columns: %(missing)s") % {"file": path, "missing": ", ".join(missing)})
    return rows


def add_offices(rows: Iterable[Row]) -> int:
    """Add the offices that are not there yet, parents wherever they stand in the rows; all or none."""
    known = {office.code: office for office in Office.objects.all()}
    lines = [(line, row) for line, row in enumerate(rows, 2) if row["code"] not in known]
    new = _checked(lines, {code: office.kind for code, office in known.items()})
    _save(new, known)
    return len(new)


def _checked(lines: list[tuple[int, Row]], kinds: dict[str, str]) -> dict[str, tuple[Office, str]]:
    """New offices with their parents' codes, by their own. `kinds`: of the offices that are there, by their codes.

    Raises CommandError with every fault and its line.
    """
    kinds = kinds | {row["code"]: row.get("kind", "") for _line, row in lines}
    faults: list[tuple[int, str]] = []
    new: dict[str, tuple[Office, str]] = {}
    for line, row in lines:
        office = Office(**{name: row.get(name, "") for name in COLUMNS if name != "parent"})
        parent = row.get("parent", "")
        faults += [(line, fault) for fault in (*_faults(office), *_faults_of_parent(office, parent, kinds))]
        if office.code in new:
            faults.append((line, _("the code %(code)s is there twice") % {"code": office.code}))
        new[office.code] = (office, parent)
    if faults:
        raise CommandError("\n".join(_("line %(line)s: %(fault)s") % {"line": n, "fault": f} for n, f in faults))
    return new


def _faults(office: Office) -> list[str]:
    try:
        office.clean_fields(exclude=["sort_key", "parent"])
    except ValidationError as error:
        return [f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items()]
    return []


def _faults_of_parent(office: Office, parent: str, kinds: dict[str, str]) -> Iterator[str]:
    """`kinds`: of all offices that there will be, by their codes."""
    if parent and parent not in kinds:
        yield _("there is no office %(code)s for it to belong to") % {"code": parent}
    elif parent and not is_above(kinds[parent], office.kind):
        yield _("it can't belong to %(code)s, which is not of a larger kind") % {"code": parent}


def _save(new: dict[str, tuple[Office, str]], known: dict[str, Office]) -> None:
    """Parents first: each is of a larger kind than what belongs to it, so there always are some to begin with."""
    waiting = dict(new)
    while waiting:
        ready = [code for code, (_office, parent) in waiting.items() if not parent or parent in known]
        offices = []
        for code in ready:
            office, parent = waiting.pop(code)
            office.parent = known.get(parent)
            office.sort_key = thai.sort_key(office.name_th)  # as save() would
            offices.append(office)
        known |= {office.code: office for office in bulk_create_with_history(offices, Office)}


def add_holidays() -> int:
    present = set(Holiday.objects.values_list("date", flat=True))
    rows = [row for row in read_csv(DATA / "holidays.csv") if date.fromisoformat(row["date"]) not in present]
    for row in rows:
        Holiday.objects.create(date=date.fromisoformat(row["date"]), name_th=row["name_th"], name_en=row["name_en"])
    return len(rows)


def adopt_schemes() -> tuple[int, list[str]]:
    """Keep the text of every shipped scheme as an edition, unless it is one already: how many, and which not.

    A code that staff gave a scheme of their own, before a release came with one of this code, stays theirs.
    """
    adopted, taken = 0, set(SchemeDraft.objects.made().values_list("code", flat=True)) & set(shipped.schemes())
    for code in shipped.schemes():
        if code in taken:
            continue
        text = shipped.text(code)
        adopted += Edition.objects.get_or_create(
            digest=Edition.digest_of(text),
            defaults={"scheme_code": code, "text": text, "reason": _("the text the portal came with")},
        )[1]
    return adopted, sorted(taken)
