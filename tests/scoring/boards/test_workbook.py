"""A board as a workbook: what is shown, on all pages, in words; set up to be read, filtered and printed."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from submissions.models import AccountEvent
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def book(client):
    round = make.make_round()
    staff = make.make_user("staff")
    region = make.make_office("R06", kind="region", size="", name_th="เขต 6")
    region2 = make.make_office("R07", kind="region", size="", name_th="เขต 7")
    krabi = make.make_entry(round, make.make_office("TH-81", parent=region, name_th="กระบี่"))
    make.make_entry(round, make.make_office("TH-50", parent=region2, name_th="เชียงใหม่"))
    make.make_evidence(krabi, "1.2.report", "r2", status="accepted", submitted_at=make.at("2023-07-02"))
    client.force_login(staff)

    def read(**query):
        answer = client.get(reverse("board-sheet", args=[round.pk]), query)
        assert answer.status_code == 200
        assert "filename*=utf-8''" in answer["Content-Disposition"]
        return load_workbook(io.BytesIO(answer.content))

    return read


def rows(sheet) -> list[list]:
    return [[cell.value for cell in row] for row in sheet]


def test_it_says_what_is_shown(book):
    made = book(about="r|1.2.report", region="R06")
    assert made.sheetnames == ["สำนักงาน", "สิ่งที่กำหนดให้ส่ง", "ด้าน", "เขตตรวจราชการ"]
    head, *lines = rows(made["สำนักงาน"])
    assert head[:3] == ["สำนักงาน", "เขตตรวจราชการ", "กลุ่มขนาด"]
    assert lines == [["จังหวัดกระบี่", "เขต 6", "ขนาดเล็ก", 1, 1, 2, 50, 0, "เลยกำหนด · 101 วัน", "ตรวจรับแล้ว · ส่งช้า 2 วัน"]]
    assert [line[:3] for line in rows(made["สิ่งที่กำหนดให้ส่ง"])[1:]] == [
        ["1.2", head[8].rpartition(" · ")[0], "ครั้งที่ 1"],
        ["1.2", head[9].rpartition(" · ")[0], "ครั้งที่ 2"],
    ]


def test_its_headings_and_the_offices_stay_in_sight_and_it_prints_across(book):
    sheet = book()["สำนักงาน"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref.startswith("A1:")
    assert (sheet.page_setup.orientation, sheet.print_title_rows) == ("landscape", "$1:$1")
    assert sheet.print_area == "'สำนักงาน'!$A$1:$H$3"  # without cells that nobody could read on A4
    assert book(about="r|1.2.report")["สำนักงาน"].print_area == "'สำนักงาน'!$A$1:$J$3"
    assert sheet["A2"].font.name == "TH SarabunPSK"


def test_a_state_leaves_out_other_cells(book):
    assert rows(book(about="r|1.2.report", state="done")["สำนักงาน"])[1][-2:] == [None, "ตรวจรับแล้ว · ส่งช้า 2 วัน"]


def test_who_took_it_is_recorded(book):
    book()
    assert AccountEvent.objects.get(kind="file.taken").detail.endswith(".xlsx")
