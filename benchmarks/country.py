"""Rounds of the size of the country: all provinces, districts or subdistricts, with the facts of the demo."""

import csv
import random
from collections.abc import Iterable, Iterator
from itertools import cycle, islice
from pathlib import Path

from django.core.management import call_command

from scoring.models import Scorecard, ScoreChange
from submissions.models import Entry, Evidence, Office, Round, Sheet, User, Value

SIZES = {"province": 76, "district": 878, "subdistrict": 7255}
COLUMNS = ("code", "kind", "name_th", "name_en", "parent", "size")
KEPT = {"id", "entry", "replaces"}  # of a copied row; the rest of it is the original's
BATCH = 1000
SEED = 2566


def offices(path: Path) -> Path:
    """A CSV file of so many districts in the provinces, and so many subdistricts in the districts."""
    provinces = list(Office.objects.filter(kind="province").order_by("code"))
    present = list(Office.objects.filter(kind="district").select_related("parent").order_by("code"))
    new = SIZES["district"] - len(present)
    districts = [(f"D{n:04}", p.code, p.size) for n, p in enumerate(islice(cycle(provinces), new))]
    parents = [(office.code, office.parent.size) for office in present if office.parent]
    parents += [(code, size) for code, _parent, size in districts]
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file).writerow
        write(COLUMNS)
        for number, (code, parent, size) in enumerate(districts, 1):
            write((code, "district", f"อำเภอที่ {number}", f"District {number}", parent, size))
        for number, (parent, size) in enumerate(islice(cycle(parents), SIZES["subdistrict"]), 1):
            write((f"S{number:05}", "subdistrict", f"ตำบลที่ {number}", f"Subdistrict {number}", parent, size))
    return path


def load_offices(path: Path) -> None:
    call_command("load_shipped", offices=offices(path), verbosity=0)
    for sized in Office.objects.filter(kind="district", size="").select_related("parent"):
        assert sized.parent
        Office.objects.filter(pk=sized.pk).update(size=sized.parent.size)


def make_round(kind: str) -> Round:
    """A copy of the demo's open round for the offices of one kind, each with the facts of one of its provinces."""
    source = Round.objects.get(is_closed=False, organiser=None, name_en__endswith="(demo)")
    models = list(source.entries.taking_part().order_by("pk"))
    judges = list(source.judges.all())
    names = {"name_th": f"รอบ {SIZES[kind]} แห่ง", "name_en": f"Round of {SIZES[kind]}"}
    shared = {name: getattr(source, name) for name in ("edition", "settings", "clock_offset", "rank_visibility")}
    made = Round.objects.create(**names, **shared)
    made.judges.set(judges)
    chosen = Office.objects.filter(kind=kind).order_by("code")
    entries = Entry.objects.bulk_create([Entry(round=made, office=office) for office in chosen], batch_size=BATCH)
    pairs = list(zip(entries, cycle(models)))
    for model in (Evidence, Value, Sheet):
        _write(model, _copies(model, pairs))
    return made


def judge_all(round: Round, judges: int) -> None:
    """Final sheets of so many judges for every entry: the same ones each time."""
    chance = random.Random(SEED)
    names = [f"bench-judge-{number}" for number in range(judges)]
    people = [User.objects.get_or_create(username=name, defaults={"role": "judge"})[0] for name in names]
    round.judges.set(people)
    Sheet.objects.filter(entry__round=round)._raw_delete("default")
    now, items = round.now(), round.scheme.items

    def sheet(entry: Entry, judge: User) -> Sheet:
        points = {code: str(item.max * chance.randrange(5) / 4) for code, item in items.items()}
        return Sheet(entry=entry, judge=judge, points=points, status="final", saved_at=now, submitted_at=now)

    _write(Sheet, (sheet(entry, judge) for entry in round.entries.all() for judge in people))
    round.entries.all().touch()


def _copies(model, pairs: list[tuple[Entry, Entry]]) -> Iterator:
    fields = [field.attname for field in model._meta.concrete_fields if field.name not in KEPT]
    rows: dict[int, list[dict]] = {}
    for row in model.objects.filter(entry__in={source.pk for _entry, source in pairs}).values("entry_id", *fields):
        rows.setdefault(row.pop("entry_id"), []).append(row)
    for entry, source in pairs:
        for row in rows.get(source.pk, ()):
            yield model(entry=entry, **row)


def _write(model, rows: Iterable) -> None:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        model.objects.bulk_create(batch)


def forget_scores(round: Round) -> None:
    """As if nothing had ever been scored."""
    ScoreChange.objects.filter(entry__round=round)._raw_delete("default")
    Scorecard.objects.filter(entry__round=round)._raw_delete("default")


def officer_of(entry: Entry) -> User:
    return User.objects.get_or_create(
        username=f"bench-{entry.office.code.lower()}", defaults={"role": "officer", "office": entry.office}
    )[0]
