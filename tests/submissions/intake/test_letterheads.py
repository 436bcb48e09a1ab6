"""What a round's papers carry: kept by those who run it, pictures drawn anew, every fault told at once."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from submissions import intake
from submissions.files import pictures, scanner
from submissions.models import Letterhead, Picture
from submissions.vault import vault
from tests import factories as make

pytestmark = pytest.mark.django_db
SIGNER = ("นายสมมุติ ตัวอย่างดี", "อธิบดีกรมการพัฒนาชุมชน")


def picture(width=600, height=400, kind="PNG", mode="RGBA", name="ตรา.png", **more) -> SimpleUploadedFile:
    content = BytesIO()
    Image.new(mode, (width, height), "teal").save(content, kind, **more)
    return SimpleUploadedFile(name, content.getvalue())


@pytest.fixture
def english():
    """What is refused is told in English."""
    with translation.override("en"):
        yield


@pytest.fixture
def round():
    return make.make_round()


@pytest.fixture
def staff():
    return make.make_user("staff")


def save(round, by, revision=0, uploads=None, without=(), **printed) -> Letterhead:
    kept = intake.Printed(**printed)
    return intake.save_letterhead(round, kept, by=by, revision=revision, uploads=uploads, without=without)


def refused(*args, **kwargs) -> dict[str, list[str]]:
    with pytest.raises(intake.Refused) as told:
        save(*args, **kwargs)
    return told.value.reasons


def test_what_is_typed_is_kept_as_it_is_printed(round, staff):
    made = save(round, staff, number_th=" ที่  มท 0406/ว 1 ", signers=(("( นายสมมุติ  ตัวอย่างดี )", " รองอธิบดี \nแทน "),))
    assert made.number_th == "มท 0406/ว 1"
    assert made.signers == [{"name": "นายสมมุติ ตัวอย่างดี", "post": "รองอธิบดี\nแทน"}]
    assert [(one.history_user, one.revision) for one in made.history.all()] == [(staff, 1)]


def test_a_picture_is_drawn_anew_and_kept_once(round, staff):
    """What else its file held is gone: here a comment."""
    sent = picture(1600, 1300, "JPEG", "RGB", comment=b"<script>evil</script>")
    made = save(round, staff, uploads={"emblem": sent, "background": picture(1600, 1300, "JPEG", "RGB")})
    assert Picture.objects.count() == 2, "an emblem is smaller than a background"
    for one in (made.emblem, made.background):
        with one.file.open("rb") as file:
            content = file.read()
        assert b"evil" not in content
        assert max(Image.open(BytesIO(content)).size) == (1200 if one == made.emblem else 1600)
    again = save(round, staff, 1, uploads={"emblem": picture(1600, 1300, "JPEG", "RGB")}, without=["background"])
    assert (again.emblem, again.background) == (made.emblem, None)
    assert Picture.objects.count() == 2, "what was printed with it still asks for it"


def test_a_picture_whose_file_is_gone_is_mended_by_the_same_one(round, staff):
    made = save(round, staff, uploads={"emblem": picture()})
    vault.delete(made.emblem.file.name)
    save(round, staff, 1, uploads={"emblem": picture()})
    assert vault.exists(made.emblem.file.name)


def test_every_fault_is_told_at_once_and_nothing_is_kept(round, staff, english):
    bad = {
        "emblem": SimpleUploadedFile("ตรา.png", b"\x89PNG\r\n\x1a\n" + b"0" * 500),
        "background": picture(1300, 1400, "JPEG", "RGB"),
    }
    signers = (("", "อธิบดี"), ("นายสอง", ""))
    reasons = refused(round, staff, uploads=bad, number_th="ก" * 61, signers=signers)
    assert reasons == {
        "number_th": ["Longer than 60 characters."],
        "name_1": ["Name who signs, or leave the post empty too."],
        "post_2": ["Say in which post this person signs."],
        "emblem": ["The file is damaged and can't be opened."],
        "background": ["The picture stands upright. Certificates lie across: send one that is wider than high."],
    }
    assert not Letterhead.objects.exists()
    assert not Picture.objects.exists()


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (lambda: picture(100, 100), "too small to print: each side needs 240"),
        (lambda: picture(6000, 5000, "PNG", "1"), "too many pixels: 25,000,000"),
        (lambda: make.make_upload("pdf", "ตรา.png"), "This is PDF, and no picture"),
        (lambda: SimpleUploadedFile("ตรา.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "not taken"),
        (lambda: SimpleUploadedFile("ตรา.png", b""), "The file is empty."),
        (lambda: SimpleUploadedFile("ตรา.png", b"\x89PNG" + b"0" * pictures.MOST_BYTES), "at most"),
    ],
)
def test_what_is_no_picture_for_paper_is_refused_in_words(round, staff, english, sent, why):
    [(reason,)] = refused(round, staff, uploads={"emblem": sent()}).values()
    assert why in reason


@pytest.mark.parametrize(("found", "why"), [("Eicar", "A virus was found"), (scanner.Away(), "does not answer")])
def test_nothing_is_opened_that_the_scanner_did_not_pass(round, staff, english, settings, monkeypatch, found, why):
    def scan(content, patience):
        if isinstance(found, Exception):
            raise found
        return found

    settings.CLAMD = "/nowhere"
    monkeypatch.setattr(scanner, "ask", lambda: None)
    monkeypatch.setattr(scanner, "scan", scan)
    assert why in refused(round, staff, uploads={"emblem": picture()})["emblem"][0]


def test_who_was_slower_replaces_nothing_unseen(round, staff):
    save(round, staff, number_th="1")
    with pytest.raises(intake.Conflict) as conflict:
        save(round, staff, number_th="2")
    assert conflict.value.current.number_th == "1"


def test_a_copied_round_prints_like_it_but_for_the_number_and_the_day(round, staff):
    save(round, staff, number_th="1", project_th="โครงการหนึ่ง", signers=(SIGNER,), uploads={"emblem": picture()})
    made = make.make_round()
    intake.letterheads.copy_letterhead(round, made, by=staff)
    copied = Letterhead.objects.get(pk=made.pk)
    assert (copied.number_th, copied.dated, copied.project_th) == ("", None, "โครงการหนึ่ง")
    assert (copied.signers, copied.emblem) == (round.letterhead.signers, round.letterhead.emblem)
    intake.letterheads.copy_letterhead(make.make_round(), make.make_round(), by=staff)  # which had none


def test_it_is_for_those_who_run_the_round(round):
    assert refused(round, make.make_user("judge"), number_th="1")
