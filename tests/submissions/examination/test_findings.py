"""What a machine sees of a file handed in: its findings, and that a hostile file costs nobody else anything."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from PIL import Image, ImageDraw, ImageOps

from cdd4.demo import samples
from scoring.engine import Extent, Span
from submissions import intake, lease, tasks
from submissions.examination import findings, work
from submissions.files import fingerprints, recognise
from submissions.models import Evidence, Examination, Fingerprint, Likeness
from submissions.vault import vault
from tests import factories as make
from tests.submissions import examined as files

pytestmark = pytest.mark.django_db
REPORT = Extent(Span(5, 25), "A4")


def keep(content: bytes, suffix: str = ".pdf", requirement: str = "5.report", entry=None, **fields) -> Evidence:
    """Evidence with this file, as if it had come in."""
    kind = next(one for one in recognise.KINDS if one.suffix == suffix)
    kept = vault.keep([content], suffix)
    return Evidence.objects.create(
        entry=entry or make.make_entry(),
        requirement=requirement,
        file=kept.name,
        original_name=f"เอกสาร{suffix}",
        content_type=kind.content_type,
        size=kept.size,
        sha256=kept.sha256,
        submitted_at=make.at("2023-06-01"),
        **fields,
    )


def examined(evidence: Evidence) -> Examination:
    assert work.examine(evidence.pk)
    return Examination.objects.get(pk=evidence.pk)


def found(content: bytes, suffix: str = ".pdf", extent: Extent = REPORT) -> dict[str, dict]:
    """The findings on a file, by their codes."""
    examination = examined(keep(content, suffix))
    assert (examination.state, examination.due_at) == ("done", None)
    return {finding.code: finding.data for finding in findings.findings(examination, extent)}


# What is found


def test_a_report_as_it_should_be_has_no_findings():
    assert found(files.text_pdf([files.latin(page) for page in range(5)])) == {}


@pytest.mark.parametrize(("pages", "is_found"), [(4, True), (5, False), (25, False), (26, True)])
def test_pages_are_counted(pages, is_found):
    data = found(files.text_pdf([files.latin(1, 30)] * pages))
    assert data == ({"pages": {"pages": pages, "least": 5, "most": 25}} if is_found else {})


def test_paper_is_measured_upright_or_lying_with_some_tolerance():
    upright, lying, nearly, letter = (595, 842), (842, 595), (600, 838), (612, 792)
    assert found(files.text_pdf([files.latin(1)] * 5, lying)) == found(files.text_pdf(["a" * 60] * 5, nearly)) == {}
    assert found(files.text_pdf([files.latin(1)] * 7, letter)) == {
        "paper": {"paper": "A4", "pages": [1, 2, 3, 4, 5], "count": 7, "of": 7}
    }
    assert found(files.text_pdf([files.latin(2)], upright), extent=Extent(paper="A3"))["paper"]["count"] == 1


def test_a_blank_file_is_found():
    assert "blank" in found(samples.pdf("empty", pages=6))
    assert "blank" in found(files.saved(Image.new("RGB", (800, 800), "white")), ".jpg")
    assert "blank" in found(samples.docx([" "]), ".docx")
    assert "blank" not in found(files.text_pdf(["", "", "", "", "page"]))


def test_a_scan_without_text_is_found_and_its_blank_pages_are_no_matter():
    blank = Image.new("L", (595, 842), "white")
    assert set(found(files.scanned_pdf(*(files.scanned_letter(page) for page in range(4)), blank))) == {"scan"}


def test_a_page_with_two_lines_of_text_is_no_scan():
    assert "scan" not in found(files.text_pdf(["Opened on 9 July."]))


def test_a_scan_is_found_though_the_telephone_put_its_name_on_every_page():
    pages = files.scanned_pdf(*(files.scanned_letter(page) for page in range(5)))
    assert set(found(files.stamped(pages, "Scanned with a telephone"))) == {"scan"}
    assert found(files.text_pdf(["A heading"] * 8)) == {}


def test_what_needs_a_password_is_found():
    assert found(files.locked_pdf()) == {"encrypted": {}}


def test_what_can_not_be_opened_is_found():
    assert found(b"%PDF-1.7 and no more") == {"damaged": {}}


@pytest.mark.parametrize(("size", "is_found"), [((640, 480), False), ((1600, 479), True), ((200, 150), True)])
def test_a_small_picture_is_found(size, is_found):
    data = found(files.saved(files.photograph(1, size)), ".jpg")
    assert data == ({"small": {"width": size[0], "height": size[1], "least": 480}} if is_found else {})


@pytest.mark.parametrize(("seconds", "is_found"), [(50, True), (59, False), (80, False), (120, False), (130, True)])
def test_a_video_is_timed(seconds, is_found):
    video = samples.mp4(seconds=seconds)
    data = found(video, ".mp4", Extent(minutes=Span(1, 2)))
    assert data == ({"minutes": {"seconds": seconds, "least": 1, "most": 2}} if is_found else {})


def test_a_video_of_which_nobody_knows_how_long_it_is_is_not_called_short():
    length = (90 * 1000).to_bytes(4)
    video = samples.mp4(seconds=90).replace(length, bytes(4))
    assert found(video, ".mp4", Extent(minutes=Span(1, 2))) == {"untimed": {"least": 1, "most": 2}}


def test_word_tells_its_pages_and_paper():
    assert {"pages", "paper"} == set(found(files.word(files.words(1), pages=30, size=(12240, 15840)), ".docx"))
    assert found(files.word(files.words(1), pages=20, size=(11906, 16838)), ".docx") == {}


def test_excel_and_powerpoint_are_looked_at_too():
    assert found(samples.xlsx([["มี"]]), ".xlsx") == found(samples.pptx("มี"), ".pptx") == {}


def test_every_finding_has_its_sentence_in_both_languages():
    data = {
        "threat": "Eicar",
        "limit": "MaxFiles",
        "pages": 30,
        "least": 5,
        "most": 25,
        "seconds": 390,
        "width": 1,
        "height": 2,
    }
    for code in findings.SENTENCES:
        told = findings.Finding(code, data if code != "paper" else {"paper": "A4", "pages": [1], "count": 2, "of": 3})
        thai = told.sentence
        with translation.override("en"):
            english = told.sentence
        assert thai != english, code
        assert any("ก" <= letter <= "๛" for letter in thai)


# How it is worked off


def test_a_file_handed_in_is_to_be_examined_and_a_link_is_not(django_capture_on_commit_callbacks, monkeypatch):
    asked = []
    monkeypatch.setattr("submissions.examination.receivers.send", lambda task, pk: asked.append((task.name, pk)))
    entry, officer = make.make_entry(office="TH-81"), make.make_user("officer")
    with django_capture_on_commit_callbacks(execute=True):
        report = intake.HandIn("5.report")
        evidence = intake.attach_evidence(entry, report, by=officer, upload=make.make_upload("pdf"))
        intake.attach_evidence(entry, report, by=officer, url="https://example.org/report")
    assert asked == [("submissions.tasks.examine", evidence.pk)]
    assert Examination.objects.get().state == "pending"
    assert settings.CELERY_TASK_ROUTES["submissions.tasks.examine"] == {"queue": "examine"}
    assert tasks.examine.time_limit == work.LIMIT
    assert 3 * lease.RENEWED < work.LEASE.total_seconds() <= 30


def test_a_hostile_file_costs_the_next_one_nothing():
    hostile, good = keep(files.endless_pdf()), keep(files.text_pdf([files.latin(1)]))
    assert [one.code for one in findings.findings(examined(hostile), REPORT)] == ["unchecked"]
    assert examined(good).facts["pages"] == 1


def test_an_archive_that_unpacks_to_far_more_is_not_unpacked():
    content = io.BytesIO(samples.docx())
    with (
        zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/sharedStrings.xml", "w") as part,
    ):
        for _ in range(65):
            part.write(b" " * 2**20)
    assert found(content.getvalue(), ".docx") == {"unchecked": {}}


def test_a_message_that_comes_twice_does_nothing():
    evidence = keep(samples.pdf())
    examined(evidence)
    assert not work.examine(evidence.pk)
    assert not work.examine(0)


def test_what_a_dead_worker_let_fall_is_taken_up_and_given_up_in_the_end(monkeypatch):
    evidence = keep(samples.pdf())

    def die(evidence):
        raise SystemExit

    monkeypatch.setattr(work, "_facts", die)
    for _ in range(work.TRIES):
        with pytest.raises(SystemExit):
            work.examine(evidence.pk)
        assert not work.examine(evidence.pk)  # somebody seems to be at it
        assert work.left() == []
        Examination.objects.update(due_at=timezone.now() - work.GRACE - timedelta(seconds=1))
        assert work.left() == [evidence.pk]
    examination = examined(evidence)
    assert examination.state == "failed"
    assert [one.code for one in findings.findings(examination, REPORT)] == ["unchecked"]
    assert work.left() == []


def test_a_lost_file_is_asked_for_again_and_given_up_in_the_end():
    evidence = keep(samples.pdf())
    vault.delete(evidence.file.name)
    for _ in range(work.TRIES):
        assert examined(evidence).state == "pending"
        Examination.objects.update(due_at=timezone.now())
    assert examined(evidence).state == "failed"


def test_a_machine_with_too_much_to_do_tries_again(monkeypatch):
    evidence = keep(samples.pdf())
    with monkeypatch.context() as hurried:
        hurried.setattr(work.confined, "PATIENCE", 0)
        assert examined(evidence).state == "pending"
    Examination.objects.update(due_at=timezone.now())
    assert examined(evidence).state == "done"


def test_what_no_message_told_of_is_found_and_asked_for(monkeypatch):
    """As of what was handed in before there were examinations."""
    evidence = keep(samples.pdf())
    make.make_evidence(evidence.entry)
    Examination.objects.all().delete()
    asked = []
    monkeypatch.setattr(tasks.examine, "apply_async", lambda args, **options: asked.append(args[0]))
    assert tasks.examine_rest() == 0  # its own message may be on its way
    Examination.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert (tasks.examine_rest(), asked) == (1, [evidence.pk])


def test_the_same_file_is_opened_once(monkeypatch):
    content = files.text_pdf([files.latin(1)])
    first, second = keep(content), keep(content)
    facts = examined(first).facts
    monkeypatch.setattr(work.confined, "read", None)
    assert examined(second).facts == facts


# What is alike


def like(one: bytes, other: bytes, suffix: str = ".jpg", other_suffix: str = "") -> list[Likeness]:
    Likeness.objects.all().delete()
    for content, ending in ((one, suffix), (other, other_suffix or suffix)):
        examined(keep(content, ending))
    return list(Likeness.objects.all())


def bright(picture: Image.Image) -> Image.Image:
    return picture.point(lambda level: min(255, int(level * 1.1)))


@pytest.mark.parametrize(
    "change",
    [
        lambda picture: picture.resize((400, 300)),
        ImageOps.grayscale,
        bright,
        lambda picture: Image.open(io.BytesIO(files.saved(picture, quality=25))),
    ],
    ids=["smaller", "grey", "brighter", "compressed"],
)
def test_a_photograph_is_known_again(change):
    for seed in (3, 4):
        photograph = files.photograph(seed)
        (likeness,) = like(files.saved(photograph), files.saved(change(photograph), quality=80))
        assert (likeness.kind, likeness.percent >= 75, likeness.pages) == ("look", True, [[0, 0]])


def test_other_photographs_and_letters_on_the_same_paper_are_not_alike():
    looks = [fingerprints.look(files.photograph(seed)) for seed in range(8)]
    looks += [fingerprints.look(files.scanned_letter(seed)) for seed in range(8)]
    pairs = [(one, other) for at, one in enumerate(looks) for other in looks[:at]]
    assert [pair for pair in pairs if fingerprints.look_alike(*pair) is not None] == []


def test_a_page_scanned_twice_is_known_by_its_number_and_white_pages_are_like_nothing():
    white = Image.new("L", (595, 842), "white")
    numbered = white.copy()
    ImageDraw.Draw(numbered).text((290, 810), "2", fill="black")
    letter, again = files.scanned_letter(1), files.scanned_letter(1).rotate(0.3, fillcolor="white").resize((500, 707))
    (likeness,) = like(
        files.scanned_pdf(white, numbered, letter),
        files.scanned_pdf(again, white, numbered, files.scanned_letter(9)),
        ".pdf",
    )
    found = sorted(likeness.pages[0])
    assert (len(likeness.pages), found) == (1, [1, 3])


def test_a_picture_is_known_as_a_page():
    photograph = files.photograph(5)
    assert like(files.saved(photograph), files.scanned_pdf(photograph), ".jpg", ".pdf")


def test_a_text_with_a_few_words_changed_is_known():
    said = files.words(1, 200)
    other = [*said[:95], *files.words(2, 8), *said[103:]]
    (likeness,) = like(samples.docx(said), samples.docx(other), ".docx")
    assert likeness.kind == "text"
    assert 60 <= likeness.percent < 100
    assert like(samples.docx(files.words(3, 200)), samples.docx(files.words(4, 200)), ".docx") == []


def test_a_text_is_known_in_another_program():
    said = files.latin(7, 200)
    (likeness,) = like(files.text_pdf([said]), samples.docx([said[:400], said[400:]]), ".pdf", ".docx")
    assert likeness.percent >= 90


def test_short_texts_are_like_nothing():
    assert like(samples.docx(["รายงานผลการประชุม"]), samples.docx(["รายงานผลการประชุม "]), ".docx") == []


def test_what_both_say_is_told_in_runs():
    said, other = "".join(files.words(1, 20)), "".join(files.words(2, 20))
    runs = fingerprints.common(f"ต้น {other} {said}", f"{said} ปลาย")
    assert "".join(text for text, _ in runs) == f"ต้น {other} {said}"
    assert [text for text, is_common in runs if is_common] == [said]


def test_a_search_is_a_few_statements_however_much_there_is():
    picture = files.photograph(1)
    examined(keep(files.saved(picture), ".jpg"))

    def statements(evidence: Evidence) -> int:
        with CaptureQueriesContext(connection) as captured:
            examined(evidence)
        return len(captured)

    alone = statements(keep(files.saved(picture, quality=50), ".jpg"))
    many = Fingerprint.objects.first()
    for copy in range(30):
        many.pk, many.sha256 = None, f"{copy:064}"
        many.save()
    assert statements(keep(files.saved(picture, quality=60), ".jpg")) == alone
    assert Likeness.objects.count() == 1 + 20  # no more are kept of one


def test_of_what_nobody_thought_of_what_waits_for_review_is_examined_first_then_the_newest(entry, monkeypatch):
    monkeypatch.setattr(work, "GENTLY", 1)
    seen, last = (make.make_evidence(entry, kind=kind, status="accepted") for kind in ("pdf", "jpg"))
    waiting, newest = (make.make_evidence(entry, kind="png", status=status) for status in ("submitted", "accepted"))
    Examination.objects.all().delete()
    begun: list[int] = []
    for _sweep in range(4):
        work.left()
        begun += Examination.objects.exclude(evidence__in=begun).values_list("evidence", flat=True)
    assert begun == [waiting.pk, newest.pk, last.pk, seen.pk]
