"""Everything an office handed in, packed to take away: what is in it, who may have it, and how it fails."""

import hashlib
import io
import tracemalloc
import zipfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import docx
import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import conditional_escape

from scoring import paper, parcels, tasks
from scoring.models import Parcel
from scoring.scorecard import ScorecardView
from submissions import intake
from submissions.documents.typesetting import whole_words
from submissions.files import room
from submissions.models import Entry, Examination
from submissions.thai import digits
from submissions.vault import Vault
from tests import factories as make
from tests.extraction import by_poppler

pytestmark = pytest.mark.django_db

SCORECARD, INDEX = "ใบคะแนน.pdf", "สารบัญ.xlsx"


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office(name_th="กระบี่", name_en="Krabi"))


@pytest.fixture
def officer(entry):
    return make.make_user("officer", full_name="สมศรี ใจดี")


def pack(entry, by=None) -> Parcel:
    parcel = parcels.begin(entry, by=by)
    tasks.make_parcel(parcel.pk)
    parcel.refresh_from_db()
    return parcel


def opened(parcel) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(parcel.file.open("rb").read()))


def book(folder) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(folder.read(INDEX)))


def rows(folder, sheet=0) -> list[dict]:
    """What each cell says; of one that leads somewhere, where it leads."""
    head, *lines = book(folder).worksheets[sheet].rows
    headings = [cell.value for cell in head]
    return [dict(zip(headings, map(said, line), strict=True)) for line in lines]


def said(cell):
    return unquote(cell.hyperlink.target) if cell.hyperlink else cell.value


def test_the_files_are_those_of_the_vault_under_readable_names(entry, officer):
    kept = [
        make.make_evidence(entry, kind="pdf", submitted_by=officer),
        make.make_evidence(entry, kind="pdf", status="returned"),  # of the same name
        make.make_evidence(entry, "3.1.plan", kind="png"),
    ]
    kept[2].original_name = 'ภาพ: "กลุ่ม"/ตลาด?.png'
    kept[2].save()
    link = make.make_evidence(entry, url="https://krabi.example.org/=1")
    make.make_evidence(entry, kind="jpg", status="draft")
    make.make_value(entry, "3.4.news", "0", "2023-06", entered_by=officer)
    make.make_value(entry, "3.4.news", "1200", "2023-07", entered_by=officer)
    version = Entry.objects.get(pk=entry.pk).facts_version
    parcel = pack(entry, officer)
    assert (parcel.stage, parcel.done, parcel.total, parcel.due_at) == ("done", 4, 4, None)
    folder = opened(parcel)
    assert folder.testzip() is None
    by_digest = {hashlib.sha256(folder.read(name)).hexdigest() for name in folder.namelist()}
    assert {one.sha256 for one in kept} <= by_digest
    listed = rows(folder)
    paths = [one["ไฟล์ในชุดนี้"] for one in listed if one["ไฟล์ในชุดนี้"]]
    assert sorted([*paths, INDEX, SCORECARD]) == sorted(folder.namelist())
    assert [Path(path).name for path in paths] == ["รายงาน.pdf", "รายงาน (2).pdf", "ภาพ กลุ่ม ตลาด.png"]
    for path, one in zip(paths, kept, strict=True):
        assert folder.read(path) == one.file.open("rb").read()
        assert path.split("/")[0].startswith(one.requirement[:3] + " ")
    assert len({one["สถานะ"] for one in listed}) == 2
    assert next(one for one in listed if one["ลิงก์"])["ลิงก์"] == link.url
    assert listed[0]["ผู้ส่ง"] == "สมศรี ใจดี"
    assert [one["ค่า"] for one in rows(folder, 1)] == [0, 1200]
    assert (hashlib.sha256(parcel.file.open("rb").read()).hexdigest(), parcel.file.size) == (parcel.sha256, parcel.size)
    assert Entry.objects.get(pk=entry.pk).facts_version == version


def test_what_was_filled_in_comes_as_word_too_and_what_holds_no_more_lies_apart(entry, officer):
    withdrawn = make.make_evidence(entry, kind="pdf", status="withdrawn")
    replaced = make.make_evidence(entry, kind="pdf", status="returned", submitted_at=make.at("2023-05-02"))
    make.make_evidence(entry, kind="pdf", replaces=replaced, submitted_at=make.at("2023-05-03"))
    answers = dict.fromkeys(("results", "obstacles", "remedies", "proposals"), "ประชุมแล้ว")
    intake.hand_in_answers(entry, "monthly-report", answers, by=officer, period="2023-07")
    judge = make.make_user("judge", full_name="กรรมการ คนหนึ่ง")
    entry.round.judges.add(judge)
    for person, text in ((officer, "ขอส่งฉบับแก้ไข"), (judge, "ได้")):
        intake.write_remark(entry, by=person, requirement="1.1.report", text=text)
    withdrawn.note = "ฉบับลงนาม"
    withdrawn.save()
    folder = opened(pack(entry))
    listed = {one["ไฟล์ในชุดนี้"]: one for one in rows(folder)}
    apart = [path for path in listed if "ถอนหรือส่งแทนแล้ว/" in path]
    assert sorted(listed[path]["สถานะ"] for path in apart) == ["ถอนแล้ว", "ส่งแทนแล้ว"]
    assert {listed[path]["SHA-256"] for path in apart} == {withdrawn.sha256, replaced.sha256}
    message, answer = rows(folder, 2)
    assert (message["ผู้เขียน"], message["ข้อความ"]) == ("สมศรี ใจดี", "ขอส่งฉบับแก้ไข")
    assert answer["ผู้เขียน"] == "คณะกรรมการ"  # as on the page
    assert message["เขียนเมื่อ"].date() == timezone.localdate(entry.round.now())
    assert (
        next(one for one in listed.values() if one["SHA-256"] == withdrawn.sha256)["หมายเหตุถึงคณะกรรมการ"] == "ฉบับลงนาม"
    )
    (word,) = [name for name in folder.namelist() if name.endswith(".docx")]
    form = listed[word.replace(".docx", ".pdf")]
    assert "Word" in form["ข้อสังเกตของระบบ"]
    texts = [paragraph.text for paragraph in docx.Document(io.BytesIO(folder.read(word))).paragraphs]
    assert any("ประชุมแล้ว" in text for text in texts)


def test_what_the_machine_noticed_and_who_is_central_stand_in_the_index_as_on_the_page(entry, officer):
    one, twin = (make.make_evidence(entry, code, kind="pdf") for code in ("1.1.report", "3.1.plan"))
    Examination.objects.update(state=Examination.State.DONE)
    Examination.objects.filter(evidence=one).update(facts={"is_blank": True})
    staff = make.make_user("staff", full_name="ชื่อ ส่วนกลาง")
    make.make_value(entry, "2.2.1.updated", "12", entered_by=staff)
    type(one).objects.filter(pk=twin.pk).update(submitted_by=staff)
    folder = opened(pack(entry))
    blank, other = (next(row for row in rows(folder) if row["ตัวชี้วัด"].startswith(code)) for code in ("1.1", "3.1"))
    title = entry.round.scheme.requirements["3.1.plan"].title.th
    assert blank["ข้อสังเกตของระบบ"] == f"ไฟล์ว่างเปล่า ไม่มีเนื้อหา; ไฟล์เดียวกันทุกประการ: {title}"
    assert other["ผู้ส่ง"] == "ส่วนกลาง"
    assert [row["ผู้บันทึก"] for row in rows(folder, 1)] == ["ส่วนกลาง"]


def test_the_index_tells_what_was_not_looked_through_from_what_nothing_was_noticed_in(entry):
    seen, unseen = (make.make_evidence(entry, code, kind="pdf") for code in ("1.1.report", "3.1.plan"))
    Examination.objects.filter(evidence=unseen).update(state=Examination.State.PENDING)
    Examination.objects.filter(evidence=seen).update(state=Examination.State.DONE)
    noted = {row["ตัวชี้วัด"][:3]: row["ข้อสังเกตของระบบ"].partition(";")[0] for row in rows(opened(pack(entry)))}
    assert noted["3.1"] == "ระบบยังไม่ได้ตรวจไฟล์นี้"
    assert "ระบบยังไม่ได้ตรวจไฟล์นี้" not in noted["1.1"]


def test_the_scorecard_says_that_it_is_no_announcement(entry):
    folder = opened(pack(entry))
    text = "".join(by_poppler(folder.read(SCORECARD)))
    assert "ไม่ใช่ประกาศผล" in text
    assert "๑๐ ก.ค. ๒๕๖๖" in text


def test_the_scorecard_prints_the_sentence_of_each_rule(entry, monkeypatch):
    monkeypatch.setattr(paper, "make_pdf", str)
    page, card = paper.scorecard(entry, entry.round.now()), ScorecardView(entry, "th")
    said = [card.how(code) for code in entry.round.scheme.criteria]
    assert all(said)
    assert [one for one in said if conditional_escape(digits(one)) not in page] == []


@pytest.mark.parametrize(
    ("text", "most", "name"),
    [
        ('a:b?c*d|e<f>g"h\\i/j', 60, "a b c d e f g h i j"),
        ("ปลาย.. . ", 60, "ปลาย"),
        ("con", 60, "_con"),
        ("LPT1.txt", 60, "_LPT1.txt"),
        ("", 60, "_"),
        ("...", 60, "_"),
        ("a\u202efdp\u200b\x07b", 60, "a fdp b"),
        ("กำลังที่", 7, "กำลัง"),
        ("x" * 99, 60, "x" * 60),
    ],
)
def test_names_are_safe_everywhere(text, most, name):
    assert parcels.safe_name(text, most) == name


def test_no_path_is_too_long_for_windows(entry):
    name = "ผลการดำเนินงานของหมู่บ้านต้นแบบที่ชื่อยาวมาก" * 5 + ".pdf"
    requirements = {one.title.th for one in entry.round.scheme.requirements.values()}
    for code, one in entry.round.scheme.requirements.items():
        for period in one.periods or (None,):
            make.make_evidence(entry, code, period.code if period else "", kind="pdf")
    entry.evidence.update(original_name=name)
    paths = [line.path for line in parcels.lines_of(entry)]
    assert len({path.casefold() for path in paths}) == len(paths) > 20
    assert max(map(len, paths)) < 200
    assert max(len(part.encode()) for path in paths for part in path.split("/")) <= 184
    assert {path.split("/")[1] for path in paths} == requirements, "whole"


def test_a_folder_s_name_ends_with_a_word():
    title = "1.2 การเสริมสร้างความตระหนักในการรักษาความมั่นคงปลอดภัยด้านเทคโนโลยีสารสนเทศ"
    assert whole_words(title, parcels.CRITERION) == "1.2 การเสริมสร้างความตระหนักในการรักษาความ…"
    assert whole_words("3.5 สรุปและรายงาน", parcels.CRITERION) == "3.5 สรุปและรายงาน"
    assert whole_words("x" * 99, 20) == "x" * 19 + "…"


def test_the_index_is_a_workbook_as_an_office_makes_one(entry, officer):
    """Days are days in the Buddhist era, links lead to what is there, and it is ready to be printed on A4."""
    name = "แผน 100% #1 & สรุป.pdf"
    paper = make.make_evidence(entry, kind="pdf", submitted_at=make.at("2023-05-01", "09:30"), submitted_by=officer)
    type(paper).objects.filter(pk=paper.pk).update(original_name=name)
    link = make.make_evidence(entry, url="https://krabi.example.org/?a=1&b=2#c")
    make.make_value(entry, "2.1.2.received_on", "2023-05-30", entered_by=officer)
    folder = opened(pack(entry, officer))
    evidence, amounts, messages = book(folder).worksheets
    (first, second), heads = (
        sorted(rows(folder), key=lambda row: row["ลิงก์"] or ""),
        [cell.value for cell in evidence[1]],
    )
    assert (first["ไฟล์ในชุดนี้"] in folder.namelist(), Path(first["ไฟล์ในชุดนี้"]).name) == (True, name)
    assert second["ลิงก์"] == link.url
    assert f"{first['ส่งเมื่อ']}" == "2023-05-01 09:30:00"
    assert "041E" in evidence.cell(2, heads.index("ส่งเมื่อ") + 1).number_format
    for sheet in (evidence, amounts, messages):
        cells = [cell for row in sheet.rows for cell in row]
        assert {cell.font.name for cell in cells} == {"TH SarabunPSK"}
        assert all(cell.alignment.wrap_text for cell in cells)
        assert sheet.auto_filter.ref == sheet.dimensions
        assert (sheet.freeze_panes, sheet.print_title_rows) == ("A2", "$1:$1")
        page = sheet.page_setup
        assert (page.paperSize, page.orientation, page.fitToWidth, page.fitToHeight) == (9, "landscape", 1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "กระบี่" in sheet.oddHeader.center.text
    printed = evidence.print_area.rpartition("$")[0]
    assert "SHA-256" not in [cell.value for cell in evidence[f"A1:{printed.rpartition('$')[2]}1"][0]]
    title, day, *_beside = [cell.value for cell in amounts[2]]
    assert (title, f"{day:%Y-%m-%d}") == (entry.round.scheme.values["2.1.2.received_on"].title.th, "2023-05-30"), (
        "no code"
    )


def test_what_is_gone_or_altered_or_infected_is_said_in_the_index(entry):
    gone, altered, infected = (make.make_evidence(entry, kind=kind) for kind in ("pdf", "png", "jpg"))
    Path(gone.file.path).unlink()
    Path(altered.file.path).chmod(0o640)
    Path(altered.file.path).write_bytes(b"altered")
    infected.examination.scan = "infected"
    infected.examination.save()
    folder = opened(pack(entry))
    remarks = [one["ข้อสังเกตของระบบ"] for one in rows(folder)]
    assert len(set(remarks)) == 3
    assert all(remarks)
    assert [bool(one["ไฟล์ในชุดนี้"]) for one in rows(folder)] == [False, True, False]


def test_a_disk_that_fails_costs_no_more_than_what_lay_there(entry):
    """A folder is not opened as a file; of its own memory a process reads nothing at 0, which is told as of a disk."""
    shut, broken, sound = (make.make_evidence(entry, kind=kind) for kind in ("pdf", "png", "jpg"))
    for one in (shut, broken):
        Path(one.file.path).unlink()
    Path(shut.file.path).mkdir()
    Path(broken.file.path).symlink_to("/proc/self/mem")
    Examination.objects.update(state=Examination.State.DONE)
    parcel = pack(entry)
    assert parcel.is_done
    listed = rows(opened(parcel))
    assert [bool(one["ไฟล์ในชุดนี้"]) for one in listed] == [False, True, True]
    assert [bool(one["ข้อสังเกตของระบบ"]) for one in listed] == [True, True, False]
    assert opened(parcel).read(listed[2]["ไฟล์ในชุดนี้"]) == sound.file.open("rb").read()


def test_a_video_takes_no_memory(entry):
    video = make.make_evidence(entry, kind="mp4")
    size = 200 * 2**20
    path = Path(video.file.path)
    path.chmod(0o640)
    with path.open("r+b") as file:
        file.truncate(size)  # sparse
    type(video).objects.filter(pk=video.pk).update(size=size)
    parcels.begin(entry, by=None)
    Parcel.objects.update(due_at=timezone.now())
    written, most = 0, 0
    parcel = Parcel.objects.get()
    tracemalloc.start()
    for chunk in parcels._packed(parcel):
        written += len(chunk)
        most = max(most, len(chunk))
        if written > 150 * 2**20:
            break
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most <= parcels.CHUNK + 2**16
    assert peak < 16 * 2**20


def test_one_at_a_time_and_the_newest_alone_is_kept(entry, officer):
    first = parcels.begin(entry, by=officer)
    assert parcels.begin(entry, by=officer) == first
    tasks.make_parcel(first.pk)
    tasks.make_parcel(first.pk)  # a message that came twice
    first.refresh_from_db()
    path = Path(first.file.path)
    second = pack(entry, officer)
    assert second != first
    assert list(Parcel.objects.all()) == [second]
    assert not path.exists()


def test_a_parcel_that_failed_says_so_and_is_made_when_asked_again(client, entry, officer, monkeypatch):
    client.force_login(officer)
    address = reverse("parcel", args=[entry.pk])

    def full(*args, **kwargs):
        raise OSError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(Vault, "keep", full)
        assert pack(entry, officer).has_failed
    assert "ไม่สำเร็จ" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    tasks.make_parcel(entry.parcels.first().pk)
    assert entry.parcels.first().is_done
    assert entry.parcels.count() == 1


def test_what_is_kept_free_for_evidence_is_taken_by_no_parcel(client, entry, officer, monkeypatch):
    client.force_login(officer)
    size = make.make_evidence(entry, kind="pdf").size
    begun = parcels.begin(entry, by=officer)
    left = room.Room(10 * room.RESERVE, room.RESERVE + size - 1)
    monkeypatch.setattr(room, "room_left", lambda: left)
    tasks.make_parcel(begun.pk)
    begun.refresh_from_db()
    assert begun.has_failed
    assert not begun.file
    answer = client.post(reverse("parcel", args=[entry.pk]), follow=True)
    assert "ไม่มีพื้นที่เหลือ" in answer.content.decode()
    assert entry.parcels.count() == 1, "told before anybody waits"
    left = room.Room(10 * room.RESERVE, room.RESERVE + size)
    assert pack(entry, officer).is_done


def test_a_lost_message_and_a_dead_worker_are_found_and_at_last_given_up(entry, officer, monkeypatch):
    sent = []
    monkeypatch.setattr(tasks, "send", lambda task, pk: sent.append(pk))
    parcel = parcels.begin(entry, by=officer)
    for _time in range(Parcel.MOST_ATTEMPTS):
        tasks.tend_parcels()
        assert parcel.take()
        tasks.tend_parcels()  # somebody is at it
        Parcel.objects.update(due_at=timezone.now() - timedelta(seconds=1))  # and died
    tasks.tend_parcels()
    parcel.refresh_from_db()
    assert sent == [parcel.pk] * Parcel.MOST_ATTEMPTS
    assert parcel.has_failed


def test_after_seven_days_it_is_gone(client, entry, officer):
    parcel = pack(entry, officer)
    path = Path(parcel.file.path)
    client.force_login(officer)
    address = reverse("parcel-file", args=[parcel.pk])
    Parcel.objects.update(made_at=timezone.now() - timedelta(days=6, hours=23))
    tasks.remove_parcels()
    assert client.get(address).status_code == 200
    Parcel.objects.update(made_at=timezone.now() - timedelta(days=7))
    assert client.get(address).status_code == 404
    assert "parcel-file" not in client.get(reverse("parcel", args=[entry.pk])).content.decode()
    assert tasks.remove_parcels() == 1
    assert (path.exists(), Parcel.objects.count()) == (False, 0)
