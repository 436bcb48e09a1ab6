"""The register of former models as a spreadsheet and in the admin: years of either era in, Buddhist years out."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from submissions.models import RegisterLine
from submissions.spreadsheets.resources import RegisterResource
from tests import factories as make

from .making import bring, faults, text, xlsx

pytestmark = pytest.mark.django_db
HEAD = ["register", "office", "year"]


@pytest.fixture(autouse=True)
def tambons():
    """Two subdistricts, and a scheme that asks whether they were models."""
    make.make_edition(scheme="tambon-2565")
    for number in (1, 2):
        make.make_office(f"TH-20010{number}", kind="subdistrict", size="", name_th=f"ตำบลที่{number}")


def register(*rows, make_file=xlsx, **options):
    return bring(RegisterResource(user=make.make_user("staff")), make_file(HEAD, *rows), **options)


def kept() -> set:
    return set(RegisterLine.objects.values_list("register", "office__code", "year"))


@pytest.mark.parametrize("make_file", [xlsx, text])
def test_years_of_either_era_come_in(make_file):
    rows = [
        ["model-tambon", "TH-200101", 2561],
        ["model-tambon", "TH-200102", 2021],
        ["model-tambon", "TH-200102", "๒๕๖๓"],
    ]
    assert faults(register(*rows, make_file=make_file)) == ""
    assert kept() == {
        ("model-tambon", "TH-200101", 2018),
        ("model-tambon", "TH-200102", 2021),
        ("model-tambon", "TH-200102", 2020),
    }


def test_what_goes_out_has_buddhist_years_and_comes_back_in_unchanged():
    RegisterLine.objects.create(office_id=make.make_office("TH-200101").pk, year=2018, register="model-tambon")
    with translation.override("th"):
        sheet = RegisterResource().export()
    assert [str(cell) for cell in sheet[0]] == ["model-tambon", "TH-200101", "2561"]
    again = register(["model-tambon", "TH-200101", 2561])
    assert (again.totals["skip"], again.totals["new"], RegisterLine.objects.count()) == (1, 0, 1)


def test_one_fault_anywhere_and_nothing_is_taken_each_told_by_its_cell_in_thai():
    with translation.override("th"):
        result = register(
            ["model-tambon", "TH-200101", 2561],
            ["model-tambon", "TH-999999", 2561],
            ["model-tambon", "TH-200102", "ปีก่อน"],
            ["model-tambon", "TH-200102", 61],
            ["model-tambon", "TH-200102", ""],
        )
        said = faults(result)
    assert "TH-999999" in said
    assert said.count("ไม่ใช่ปี") == 3
    for cell in ("B3", "C4", "C5", "C6"):
        assert f"เซลล์ {cell}" in said
    assert not RegisterLine.objects.exists()


def test_a_line_is_typed_and_shown_with_its_buddhist_year(client):
    client.force_login(make.make_user("staff"))
    add, office = reverse("admin:submissions_registerline_add"), make.make_office("TH-200101")
    sent = {"register": "model-tambon", "office": office.pk}
    for year in ("61", "ปีก่อน", "", "9999"):
        assert client.post(add, sent | {"year": year}).context["adminform"].form.errors.keys() == {"year"}
    assert client.post(add, sent | {"year": "2561"}).status_code == 302
    line = RegisterLine.objects.get()
    assert line.year == 2018
    assert "2561" in client.get(reverse("admin:submissions_registerline_changelist")).content.decode()
    page = reverse("admin:submissions_registerline_change", args=[line.pk])
    assert client.get(page).context["adminform"].form["year"].value() == 2561
    double = client.post(add, sent | {"year": "2018"})
    assert double.status_code == 200
    assert RegisterLine.objects.count() == 1


def test_the_schemes_are_read_once_however_many_lines_come_in():
    counts = []
    for years in [(2561,), (2562, 2563, 2564)]:
        with CaptureQueriesContext(connection) as asked:
            assert faults(register(*(["model-tambon", "TH-200101", year] for year in years))) == ""
        counts.append(sum('FROM "submissions_edition"' in query["sql"] for query in asked))
    assert counts[0] == counts[1] > 0


def test_a_new_line_starts_with_the_register_that_is_asked(client):
    client.force_login(make.make_user("staff"))
    form = client.get(reverse("admin:submissions_registerline_add")).context["adminform"].form
    assert form["register"].value() == "model-tambon"
