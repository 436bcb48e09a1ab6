"""Lists that central staff take away: all rows that the filters leave, no cell that computes, sent in pieces."""

import csv
import io
import tempfile
from datetime import timedelta
from urllib.parse import unquote

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from awards.publishing.publish import publish
from scoring.recompute import rescore
from submissions import intake
from submissions.models import AccountEvent, Edition, Event, Holiday, Letter, Round
from submissions.spreadsheets.writing import write_xlsx
from submissions.templatetags.wording import state_name
from tests import factories as make

pytestmark = pytest.mark.django_db
OF_ENTRIES = [
    *("submissions_entry", "submissions_evidence", "submissions_sheet", "submissions_extension"),
    *("submissions_value", "submissions_event", "scoring_scorecard", "scoring_scorechange"),
]
OF_STAFF = [
    *("submissions_round", "submissions_edition", "submissions_holiday", "submissions_letter"),
    *("submissions_accountevent", "awards_publication", "awards_result"),
]
LISTS = OF_ENTRIES + OF_STAFF


@pytest.fixture
def staff(browser):
    return browser(make.make_user("staff"))


@pytest.fixture
def takers(browser):
    """Somebody for each list: nobody takes away all of them within a minute."""
    return {name: browser(make.make_user("staff")) for name in LISTS}


def address(name: str, extension: str = "csv") -> str:
    return reverse(f"admin:{name}_list", args=[extension])


def read(answer) -> list[dict[str, str]]:
    """The rows of a CSV file, by their headings."""
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def fill(count: int, round=None):
    """Entries with everything that the lists show, done by somebody else for each."""
    round = round or make.make_round()
    for _one in range(count):
        entry, officer, judge = make.make_entry(round), make.make_user("officer"), make.make_user("judge")
        decided = {"status": "accepted", "reviewed_by": judge, "reviewed_at": make.NOW}
        make.make_evidence(entry, kind="pdf", submitted_by=officer)
        make.make_evidence(entry, "1.2.report", "r1", submitted_by=officer, **decided)
        make.make_value(entry, "3.4.news", "12", "2023-06", entered_by=officer)
        make.make_sheet(entry, judge)
        extension = make.make_extension(entry)
        extension.granted_by = make.make_user("staff")
        extension.save()
        Event.objects.record(entry, "entry.made", by=officer)
        rescore([entry.pk])
        Letter.objects.create(user=officer, channel="mail")
        AccountEvent.objects.create(at=timezone.now(), user=officer, actor=judge, kind="login.done")
    day = timezone.localdate() + timedelta(days=Holiday.objects.count())
    for number in range(count):
        make.make_holiday((day + timedelta(days=number)).isoformat())
        publish(make.make_entry(make.make_round()).round, by=make.make_user("staff"))
        text = f"{round.edition.text}# {Edition.objects.count()}"
        adopted = {"text": text, "digest": Edition.digest_of(text), "adopted_by": make.make_user("staff")}
        Edition.objects.create(scheme_code=round.edition.scheme_code, **adopted)
    return round


def test_every_list_is_there_as_excel_and_csv_with_the_same_cells(takers):
    fill(2)
    for name, staff in takers.items():
        rows = read(staff.get(address(name)))
        assert rows, name
        sheet = openpyxl.load_workbook(io.BytesIO(b"".join(staff.get(address(name, "xlsx")).streaming_content))).active
        head, *cells = sheet.iter_rows(values_only=True)
        assert list(head) == list(rows[0]), name
        assert len(cells) == len(rows) + (name == "submissions_accountevent"), name  # that the first was taken away
        name_of_row = list(head).index("office") if name in OF_ENTRIES else 0
        assert {str(row[name_of_row]) for row in cells} >= {row[head[name_of_row]] for row in rows}, name
        shown = staff.get(reverse(f"admin:{name}_changelist")).content.decode()
        assert address(name, "xlsx") in shown
        assert address(name) in shown


@pytest.mark.parametrize("name", LISTS)
def test_only_central_staff_take_lists_away(browser, committee, name):
    assert browser(committee.judge).get(address(name)).status_code == 403
    assert browser(make.make_user("officer")).get(address(name)).url.startswith("/admin/login/")
    assert address(name) not in browser(committee.judge).get(reverse(f"admin:{name}_changelist")).content.decode()


def test_statements_do_not_grow_with_rows(takers, django_assert_max_num_queries):
    round = fill(1)
    whole = {name: address(name) + "?status=all" * (name == "submissions_evidence") for name in LISTS}
    for name, staff in takers.items():
        read(staff.get(whole[name]))
    counts = []
    for more in (0, 2):
        fill(more, round)
        counts.append({})
        for name, staff in takers.items():
            with django_assert_max_num_queries(20) as asked:
                read(staff.get(whole[name]))
            counts[-1][name] = len(asked)
    assert counts[0] == counts[1]


def test_evidence_comes_with_what_was_decided(staff, committee):
    evidence = make.make_evidence(committee.entry, "3.5.report", "2023-06", kind="pdf")
    intake.review_evidence(evidence, by=committee.judge, accept=False, reason="หน้า 2 หาย", revision=1)
    (row,) = read(staff.get(address("submissions_evidence") + "?status=all"))
    assert row["receipt"] == evidence.receipt
    assert (row["code"], row["requirement"], row["status"]) == ("TH-81", "3.5.report", "Returned")
    assert (row["reviewed by"], row["reason for returning"]) == (str(committee.judge), "หน้า 2 หาย")
    assert row["handed in at"] == "2566-02-20 10:00:00"
    assert row["SHA-256"] == evidence.sha256


def test_entries_come_with_their_heads_confirmations(staff, committee):
    Round.objects.update(needs_confirmation=True)
    assert {row["confirmed by the head"] for row in read(staff.get(address("submissions_entry")))} == {
        str(state_name("asked"))
    }


def test_a_list_is_taken_away_as_it_is_filtered(staff, committee):
    make.make_evidence(committee.entry)
    make.make_evidence(committee.other)
    filtered = f"?status=all&office={committee.other.office_id}"
    assert [row["code"] for row in read(staff.get(address("submissions_evidence") + filtered))] == ["TH-20"]
    assert read(staff.get(address("submissions_evidence") + "?q=Krabi"))[0]["code"] == "TH-81"
    assert staff.get(address("submissions_evidence") + "?no=such").status_code == 400
    assert staff.get(address("submissions_evidence", "pdf")).status_code == 404


def test_points_are_a_line_for_each_item_of_each_judge(staff, committee):
    items = committee.round.scheme.items
    make.make_sheet(committee.entry, committee.judge)
    make.make_sheet(committee.entry, committee.colleague, status="draft", points={next(iter(items)): "1.5"})
    rows = read(staff.get(address("submissions_sheet")))
    assert len(rows) == 2 * len(items)
    given = {(row["committee member"], row["item"]): row["points"] for row in rows}
    code, item = next(iter(items.items()))
    assert given[str(committee.judge), code] == str(item.max)
    assert given[str(committee.colleague), code] == "1.5"


def test_a_cell_that_looks_like_a_formula_is_a_text(staff, committee):
    make.make_evidence(committee.entry, note="=HYPERLINK(1)", url="https://cdd.example.org/a")
    (row,) = read(staff.get(address("submissions_evidence")))
    assert row["note"] == "'=HYPERLINK(1)"
    sent = b"".join(staff.get(address("submissions_evidence", "xlsx")).streaming_content)
    book = openpyxl.load_workbook(io.BytesIO(sent))
    (cell,) = [cell for cell in next(book.active.iter_rows(min_row=2)) if str(cell.value).startswith("=")]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)


@pytest.mark.parametrize("letter", ["\uffff", "\ufffe", "\x07", "\r\n"])
def test_a_letter_that_no_spreadsheet_takes_spoils_no_export(staff, committee, letter):
    make.make_evidence(committee.entry, note=f"a{letter}b")
    for name, extension in (("submissions_evidence", "xlsx"), ("submissions_evidence", "csv")):
        assert staff.get(address(name, extension)).status_code == 200
    sent = b"".join(staff.get(address("submissions_evidence", "xlsx")).streaming_content)
    head, row = openpyxl.load_workbook(io.BytesIO(sent)).active.iter_rows(values_only=True)
    assert row[head.index("note")] == ("a\nb" if letter == "\r\n" else "a\N{REPLACEMENT CHARACTER}b")


def test_amounts_are_numbers_that_can_be_added_up(staff, committee):
    make.make_value(committee.entry, "3.4.news", "1234.5", "2023-06")
    sent = b"".join(staff.get(address("submissions_value", "xlsx")).streaming_content)
    head, row = openpyxl.load_workbook(io.BytesIO(sent)).active.iter_rows()
    amount = row[[cell.value for cell in head].index("amount")]
    assert (amount.data_type, amount.value) == ("n", 1234.5)
    assert read(staff.get(address("submissions_value")))[0]["amount"] == "1234.5"


def test_a_text_that_looks_like_an_error_is_a_text(staff, committee):
    make.make_evidence(committee.entry, note="#N/A")
    sent = b"".join(staff.get(address("submissions_evidence", "xlsx")).streaming_content)
    head, row = openpyxl.load_workbook(io.BytesIO(sent)).active.iter_rows()
    note = row[[cell.value for cell in head].index("note")]
    assert (note.data_type, note.value) == ("s", "#N/A")


def test_rows_are_collected_on_the_disk_of_the_files_and_nothing_stays_there(tmp_path, settings, monkeypatch):
    """In a container the place for temporary files is memory. Also when a row can't be read."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "files"
    settings.FILE_UPLOAD_TEMP_DIR.mkdir()
    elsewhere = tmp_path / "memory"
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    seen = []

    def rows(is_whole):
        yield ["x"]
        seen.append((len(list(settings.FILE_UPLOAD_TEMP_DIR.iterdir())), len(list(elsewhere.iterdir()))))
        if not is_whole:
            raise OSError("the database is away")

    with write_xlsx(["a"], rows(is_whole=True)) as file:
        assert openpyxl.load_workbook(file).active["A2"].value == "x"
    with pytest.raises(OSError, match="away"):
        write_xlsx(["a"], rows(is_whole=False))
    assert seen == [(1, 0), (1, 0)]
    assert not list(settings.FILE_UPLOAD_TEMP_DIR.iterdir()) + list(elsewhere.iterdir())


def test_the_file_is_named_in_thai_with_its_buddhist_day(browser, committee):
    answer = browser(committee.staff, "th").get(address("submissions_evidence"))
    assert "หลักฐาน-25" in unquote(answer["Content-Disposition"])
    assert "no-store" in answer["Cache-Control"]
    assert "สำนักงาน" in b"".join(answer.streaming_content).decode()


def test_a_long_list_is_sent_piece_by_piece(staff, committee):
    entry = committee.entry
    for _one in range(8):
        Event.objects.record_all(entry, "value.entered", [{"code": "x" * 500}] * 50, by=None)
    pieces = list(staff.get(address("submissions_event")).streaming_content)
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 128 * 1024
