"""The provinces, holidays and schemes that the portal is shipped with."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from scoring import shipped
from submissions import thai
from submissions.models import Edition, Holiday, Office, Round
from tests import factories as make

pytestmark = pytest.mark.django_db
HEADER = "code,kind,name_th,name_en,parent,size\n"


def load(tmp_path, rows: str, header: str = HEADER) -> None:
    path = tmp_path / "offices.csv"
    path.write_text(header + rows, encoding="utf-8-sig")
    call_command("load_shipped", offices=path, verbosity=0)


@pytest.fixture
def loaded():
    call_command("load_shipped", verbosity=0)


def test_76_provinces_in_their_18_regions(loaded):
    assert Office.objects.filter(kind="province").count() == 76
    assert Office.objects.filter(kind="region").count() == 18
    assert not Office.objects.filter(kind="province").exclude(parent__kind="region").exists()
    krabi = Office.objects.get(code="TH-81")
    assert (krabi.name_th, krabi.name_en, krabi.size, krabi.parent.code) == ("กระบี่", "Krabi", "small", "R06")


def test_the_districts_of_the_two_provinces_that_run_contests(loaded):
    """Codes are those of the Department of Provincial Administration: the province's, then the district's."""
    districts = Office.objects.filter(kind="district")
    assert {code: districts.filter(parent__code=code).count() for code in ("TH-20", "TH-34")} == {
        "TH-20": 11,
        "TH-34": 25,
    }
    assert all(one.code.startswith(one.parent.code.removeprefix("TH-")) for one in districts.select_related("parent"))
    sattahip = Office.objects.get(code="2009")
    assert (sattahip.name_th, sattahip.name_en, sattahip.region.code) == ("สัตหีบ", "Sattahip", "R08")


def test_size_groups_are_those_of_the_scheme(loaded):
    sizes = {size: Office.objects.filter(size=size).count() for size in ("small", "medium", "large")}
    assert sizes == {"small": 17, "medium": 36, "large": 23}


def test_days_off_are_those_of_officials(loaded):
    days = set(Holiday.objects.values_list("date", flat=True))
    assert {date(2023, 5, 5), date(2023, 5, 17), date(2023, 6, 5)} <= days, "ploughing day among them"
    assert not days & {date(2023, 1, 3), date(2023, 5, 1)}, "labour day is not"
    assert days == shipped.holidays()


def test_every_shipped_scheme_is_adopted_once(loaded):
    call_command("load_shipped", verbosity=0)
    assert sorted(Edition.objects.values_list("scheme_code", flat=True)) == sorted(shipped.schemes())
    assert Edition.objects.get(scheme_code="cdd40-2566").scheme.max == 100


def test_an_earlier_text_of_a_shipped_scheme_stays_and_so_do_its_rounds():
    """A new release has other words for a scheme: they are an edition of their own, which rounds may adopt."""
    earlier = make.make_edition("# As it was.\n" + shipped.text("website-2564"), "website-2564")
    round = make.make_round(edition=earlier)
    call_command("load_shipped", verbosity=0)
    assert Round.objects.get(pk=round.pk).edition == earlier
    assert Edition.objects.filter(scheme_code="website-2564").count() == 2


def test_what_staff_changed_stays(loaded):
    Office.objects.filter(code="TH-81").update(size="large")
    Holiday.objects.filter(date=date(2023, 5, 17)).update(name_th="เปลี่ยนแล้ว")
    call_command("load_shipped", verbosity=0)
    assert Office.objects.get(code="TH-81").size == "large"
    assert Holiday.objects.get(date=date(2023, 5, 17)).name_th == "เปลี่ยนแล้ว"
    assert Office.objects.count() == 18 + 76 + 36


def test_more_offices_come_from_a_file_in_any_order(tmp_path):
    load(tmp_path, "2001-1,subdistrict,แสนสุข,Saen Suk,2001,\n2001,district,เมืองชลบุรี,Mueang Chon Buri,TH-20,\n")
    subdistrict = Office.objects.get(code="2001-1")
    assert [subdistrict.parent.code, subdistrict.parent.parent.code] == ["2001", "TH-20"]
    assert subdistrict.sort_key == thai.sort_key("แสนสุข")
    assert [version.history_type for version in subdistrict.history.all()] == ["+"]


def test_all_faults_of_a_file_are_told_at_once_and_nothing_is_loaded(tmp_path):
    rows = "D1,planet,ก,A,,\nD2,district,,B,TH-20,\nD3,district,ค,C,TH-00,\nD3,district,ง,D,,huge\n"
    with pytest.raises(CommandError) as refused:
        load(tmp_path, rows)
    told = str(refused.value)
    assert all(f" {line}" in told for line in (2, 3, 4, 5)), told
    assert all(word in told for word in ("kind", "name_th", "TH-00", "D3", "size"))
    assert not Office.objects.filter(code__startswith="D").exists()


@pytest.mark.parametrize(
    ("rows", "header", "word"),
    [
        ("A,district,ก,A,B,\nB,district,ข,B,A,\n", HEADER, "(?s)2.* B .*3.* A "),
        ("A,ก\n", "code,name_th\n", "kind, name_en, parent, size"),
    ],
)
def test_a_file_that_cannot_be_loaded_says_why(tmp_path, rows, header, word):
    with pytest.raises(CommandError, match=word):
        load(tmp_path, rows, header)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.csv"):
        call_command("load_shipped", offices=tmp_path / "nothing.csv", verbosity=0)


def test_a_country_of_offices_takes_a_few_statements(tmp_path, django_assert_max_num_queries):
    call_command("load_shipped", verbosity=0)
    rows = [f"D{n},district,อำเภอ {n},District {n},TH-20,\n" for n in range(30)]
    rows += [f"S{n},subdistrict,ตำบล {n},Subdistrict {n},D{n % 30},\n" for n in range(90)]
    with django_assert_max_num_queries(30):
        load(tmp_path, "".join(rows))
    assert Office.objects.filter(parent__code="D7").count() == 3
