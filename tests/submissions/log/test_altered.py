"""Whatever row is altered by SQL is found, and named: which one, what the log says, what the row says."""

import json
from datetime import timedelta
from functools import partial

import pytest
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import override

from submissions.log import findings as found
from submissions.log import terms
from submissions.log.check import check
from submissions.models import (
    Assignment,
    Confirmation,
    ConflictOfInterest,
    Consent,
    Edition,
    Entry,
    Event,
    Evidence,
    Extension,
    Holiday,
    Office,
    PracticeSheet,
    Remark,
    Resolution,
    Round,
    SecondReading,
    Sheet,
    User,
    Value,
)
from submissions.models.places import within
from tests import factories as make

from .sql import run, undone

pytestmark = pytest.mark.django_db
KINDS = {
    "evidence": Evidence,
    "value": Value,
    "sheet": Sheet,
    "extension": Extension,
    "remark": Remark,
    "confirmation": Confirmation,
    "consent": Consent,
    "reading": SecondReading,
    "practice": PracticeSheet,
    "resolution": Resolution,
    "conflict": ConflictOfInterest,
    "assignment": Assignment,
    "entry": Entry,
}
# The columns that are a row's key: altered, it is another row.
KEYED = {"value": ("code", "period"), "assignment": ("judge",)}
WHO = """
    reviewed_by submitted_by entered_by granted_by judge written_by confirmed_by typed_by said_by assigned_by
""".split()
PER_KIND = 1  # rows that are altered column by column: so many of the first, and of the last


def other(row: models.Model, field: models.Field):
    """A value that this column does not have."""
    value = getattr(row, field.attname)
    if field.is_relation:
        return another(row, field)
    if field.name == "file":
        return f"{value}x" if value else value
    if field.choices:
        return next(choice for choice, _ in field.flatchoices if choice != value)
    if isinstance(field, models.JSONField):
        return json.dumps({"x": "1"} if isinstance(value, dict) else ["facebook"] if value != ["facebook"] else [])
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return (value or make.NOW) + timedelta(microseconds=1)
    if isinstance(field, models.DateField):
        return (value or make.NOW.date()) + timedelta(days=1)
    if isinstance(field, models.IntegerField):
        return (value or 0) + 1
    return f"{value[:-1]}{'y' if value.endswith('x') else 'x'}"


def another(row: models.Model, field: models.Field) -> int | None:
    """The id of another row than the one it hangs on."""
    if field.related_model is User:
        return make.make_user("judge").pk
    if field.related_model is Office:
        return make.make_office("TH-99").pk
    if field.related_model is Round:
        return make.make_round().pk
    present = getattr(row, field.attname)
    if present and field.name in ("replaces", "preceding"):
        return None
    others = field.related_model.objects.exclude(pk__in=[row.pk, present or 0])
    return (others.filter(readings=None) if field.name == "evidence" else others).latest("pk").pk


def alter(row: models.Model, field: models.Field) -> None:
    table = row._meta.db_table
    run(f"UPDATE {table} SET {field.column} = %s WHERE id = %s", other(row, field), row.pk)


def columns(model: type[models.Model]) -> list[models.Field]:
    """All but those by which a row lies in its table, and the count or time of changes, which are no facts."""
    unbound = ("id", "entry", "facts_version", "changed_at")
    return [field for field in model._meta.concrete_fields if field.name not in unbound]


def name_of(kind: str, row) -> tuple:
    keys = {"value": lambda: (row.code, row.period), "entry": lambda: "", "assignment": lambda: row.judge_id}
    return kind, keys.get(kind, lambda: row.pk)()


def findings_of(kind: str, row: models.Model) -> list[found.Finding]:
    """What is found in the entry of this row: all of them would be looked through for each alteration."""
    return check(Entry.objects.filter(pk=row.pk if kind == "entry" else row.entry_id)).findings


def test_every_column_of_every_kind_of_row_is_bound(world):
    """More than a hundred alterations, one at a time; each is found, and its row and column are named."""
    altered = 0
    for kind, model in KINDS.items():
        rows = list(model.objects.order_by("pk"))
        assert rows, kind
        for row in rows[:PER_KIND] + rows[-PER_KIND:]:
            for field in columns(model):
                if (kind, field.name) in {("evidence", "file"), ("evidence", "url")} and not getattr(row, field.name):
                    continue  # the database lets a row be a file or a link, not both
                with undone():
                    alter(row, field)
                    name = "sha256" if (kind, field.name) == ("remark", "text") else field.name
                    findings = findings_of(kind, row)
                    if field.name in KEYED.get(kind, ()):  # it is another row now
                        faults = {(one.fault, one.key) for one in findings}
                        assert (found.GONE, name_of(kind, row)[1]) in faults
                        assert found.UNEXPLAINED in {fault for fault, _key in faults}
                    else:
                        named = {(one.kind, one.key, one.field) for one in findings}
                        assert (*name_of(kind, row), name) in named, (kind, field.name)
                altered += 1
    assert altered > 100
    assert check().findings == []


def test_rows_that_are_deleted_and_rows_that_are_put_in_are_named(world):
    for kind, model in KINDS.items():
        if kind == "entry":
            continue
        for row in model.objects.order_by("pk")[:3]:
            with undone():
                run(f"DELETE FROM {model._meta.db_table} WHERE id = %s", row.pk)
                faults = {(one.kind, one.key, one.fault) for one in findings_of(kind, row)}
                assert (*name_of(kind, row), found.GONE) in faults
            with undone():
                names = [field.column for field in model._meta.concrete_fields if field.name != "id"]
                values = {name: name for name in names} | {"replaces_id": "NULL", "period": "'x'"}
                if kind == "reading":
                    values["state"] = "'lapsed'"
                if kind in ("sheet", "practice", "conflict", "assignment"):
                    values["judge_id"] = str(make.make_user("judge").pk)
                chosen = ", ".join(values.get(name, name) for name in names)
                table = model._meta.db_table
                run(f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} WHERE id = %s", row.pk)
                new = model.objects.latest("pk")
                faults = {(one.kind, one.key, one.fault) for one in findings_of(kind, new)}
                assert (*name_of(kind, new), found.UNEXPLAINED) in faults


def test_an_entry_that_was_put_in_is_named(world):
    with undone():
        entry = make.make_entry(world.round)
        assert {(one.entry, one.kind, one.fault) for one in check().findings} == {(entry, "entry", found.UNEXPLAINED)}


# Columns of rows that many entries share on which no score and no announcement hangs, and why.
UNBOUND = {
    Round: {
        "id": "by which everything else names it",
        "name_th": "whoever publishes reads it, and the announcement keeps it",
        "name_en": "as above",
        "rank_visibility": "who sees ranks, not which",
        "is_public": "who reads what was announced, not what it says",
        "shows_sureness": "who sees how sure ranks are, not which",
        "preceding": "each entry says which one it follows",
        "source_digest": "told by whoever opened it; each entry says which one it follows",
        "needs_confirmation": "no points hang on it",
        "opens_at": "who sees it, not what counts",
        "discarded_at": "who sees it: its entries say that they were taken out",
        "judges_need_second_factor": "how judges log in",
        "contact": "whom people call",
    },
    Office: {"id": "by which everything else names it", "sort_key": "made of its name"},
}


def shared_columns(world) -> list:
    """Each bound column of a round, of an office, of the region above it and of the subdistrict that was named."""
    nominee = world.entries[0].nominee_office
    of_office = {field: term for term, field in terms.OF_OFFICE.items()}
    above, named = dict.fromkeys(of_office, "above"), dict.fromkeys(terms.NAMED, terms.NOMINEE)
    found = [(world.round, field, term) for term, field in terms.OF_ROUND.items()]
    for office, known in ((world.entries[0].office, of_office), (world.region, above), (nominee, named)):
        found += [(office, field, known[field]) for field in known if (office, field) != (world.region, "size")]
    return found


def value_other_than(row: models.Model, field: str):
    if field == "edition":
        return make.make_edition(scheme="itperson-2564").pk
    if field == "parent":
        return make.make_office("R-09", kind="region", size="").pk
    if field == "settings":
        return {}
    if field in ("places", "named_by", "clock_offset"):
        return {"places": 3, "named_by": "2023-01-01", "clock_offset": timedelta(1)}[field]
    if field in ("code", "stage"):
        return "x"
    return other(row, row._meta.get_field(field))


@pytest.fixture
def naming(world):
    """Of one entry a subdistrict is named, as in contests with nominees."""
    world.entries[0].nominee_office = nominee = make.make_office("TH-810101", kind="subdistrict", size="")
    QuerySet(Entry).filter(pk=world.entries[0].pk).update(nominee_office=nominee)
    said = {"before": "", "after": str(nominee), "code": nominee.code, "name": "", "office": nominee.pk}
    said["nominee"] = terms.of_nominee(nominee)
    Event.objects.record(world.entries[0], "nominee.named", by=world.staff, **said)
    assert check().findings == []
    return world


def test_every_column_of_rounds_and_offices_is_bound_or_said_to_be_none_of_scoring_s(naming):
    bound = {Round: set(terms.OF_ROUND.values()), Office: set(terms.OF_OFFICE.values())}
    for model, reasons in UNBOUND.items():
        names = {field.name for field in model._meta.concrete_fields}
        assert bound[model] | reasons.keys() == names, model
        assert not bound[model] & reasons.keys()
        assert all(reasons.values())
    for row, field, term in shared_columns(naming):
        with undone():
            QuerySet(type(row)).filter(pk=row.pk).update(**{field: value_other_than(row, field)})
            findings = check().findings
            # What lies above is told of each office, and how many lie below this region is the drawn deeds' affair.
            assert {(one.kind, one.field) for one in findings} == {("terms", term)}, (row, field)
            assert term == "above" or len(findings) == 1, (row, field)
            lies_there = within(row.pk) | Q(nominee_office=row.pk)
            concerned = Entry.objects.all() if row == naming.round else Entry.objects.filter(lies_there)
            assert sum(one.entries for one in findings) == concerned.count() > 0
            assert all(one.log != one.row for one in findings)
    assert check().findings == []


def seats_and_days(world) -> list:
    seats, day, user = "submissions_round_judges", Holiday.objects.first(), make.make_user("judge").pk
    office = world.entries[0].office_id
    return [
        (partial(run, f"DELETE FROM {seats} WHERE user_id = {world.judges[0].pk}"), "committee"),
        (partial(run, f"INSERT INTO {seats} (round_id, user_id) VALUES ({world.round.pk}, {user})"), "committee"),
        (
            partial(run, f"UPDATE submissions_user SET office_id = {office} WHERE id = {world.judges[0].pk}"),
            "committee",
        ),
        (partial(run, f"UPDATE submissions_holiday SET date = '2023-12-24' WHERE id = {day.pk}"), "holidays"),
        (partial(run, f"DELETE FROM submissions_holiday WHERE id = {day.pk}"), "holidays"),
        (
            partial(
                run,
                "INSERT INTO submissions_holiday (date, name_th, name_en) VALUES ('2023-12-24', 'x', '')",
            ),
            "holidays",
        ),
    ]


def test_seats_and_holidays_are_bound_too(world):
    for alter, name in seats_and_days(world):
        with undone():
            alter()
            findings = check().findings
            assert [(one.kind, one.field, one.entries) for one in findings] == [("terms", name, 3)]
            assert findings[0].log != findings[0].row
    assert check().findings == []


def test_two_provinces_can_not_swap_their_names(world):
    first, second = world.entries[0].office, world.entries[1].office
    with undone():
        QuerySet(Office).filter(pk=first.pk).update(name_th=second.name_th)
        QuerySet(Office).filter(pk=second.pk).update(name_th=first.name_th)
        assert sorted((one.field, one.row) for one in check().findings) == sorted(
            [("name_th", first.name_th), ("name_th", second.name_th)]
        )


def test_a_round_that_is_saved_for_something_else_covers_nothing(world):
    """The settings were altered by SQL; then somebody closes the round, and somebody else turns its opening."""
    QuerySet(Round).filter(pk=world.round.pk).update(settings={})
    round = Round.objects.get(pk=world.round.pk)
    round.rank_visibility = "full"
    round.save()
    assert [one.field for one in check().findings] == ["settings"]
    round.is_closed = True
    round.save()
    round.opens_at = None
    round.save(update_fields=["opens_at"])
    assert [one.field for one in check().findings] == ["settings"]


def test_a_page_that_was_read_before_another_was_saved_tells_what_it_puts_back(world):
    first, second = (Round.objects.get(pk=world.round.pk) for _ in range(2))
    first.ranking = "region"
    first.save()
    second.name_en = "Another name"
    second.save()
    assert Round.objects.get(pk=world.round.pk).ranking == second.ranking != "region"
    assert check().findings == []


def test_nobody_s_deed_covers_what_was_altered_before_it(world):
    """Whoever saves a round or a holiday tells of that; not that a size group and another holiday were altered."""
    office = world.entries[0].office_id
    size = "small" if Office.objects.get(pk=office).size == "large" else "large"
    QuerySet(Office).filter(pk=office).update(size=size)
    QuerySet(Holiday).filter(pk=Holiday.objects.first().pk).update(date="2023-12-24")
    world.deed_set_date()
    world.deed_change_committee()
    make.make_holiday("2023-12-31")
    assert {one.field for one in check().findings} == {"size", "holidays"}
    named = [(one.log, one.row) for one in check().findings if one.field == "holidays"]
    assert named == [(["2023-01-02"], ["2023-12-24"])]


def test_the_text_of_an_edition_is_bound_by_its_digest(world):
    edition = Round.objects.get(pk=world.round.pk).edition
    with undone():
        run("UPDATE submissions_edition SET text = text || ' ' WHERE id = %s", edition.pk)
        assert [(one.fault, one.log) for one in check().findings] == [(found.EDITION, edition.digest)]
    assert Edition.objects.exists()


def test_the_finding_of_the_trials_a_status_set_to_accepted(world):
    evidence = Evidence.objects.exclude(status="accepted").first()
    with undone():
        before = evidence.get_status_display()
        run("UPDATE submissions_evidence SET status = 'accepted' WHERE id = %s", evidence.pk)
        [finding] = check().findings
        for language, words in (("th", "ตรวจรับแล้ว"), ("en", "accepted")):
            with override(language):
                before = evidence.get_status_display()
                assert f"“{before}”" in finding.sentence
                assert f"“{words}”" in finding.sentence
                assert f"#{evidence.pk} ({evidence.title})" in finding.where
                assert str(evidence.entry) in finding.owner
