"""Setting type: text comes out exactly as it was put in, lines break at words, and nothing is fetched."""

import gc
import inspect
import shutil
import subprocess
from io import BytesIO
from threading import Thread

import pytest
from fontTools.ttLib import TTFont
from weasyprint.draw import text as drawing

from submissions.documents import printing, typesetting
from tests.extraction import by_poppler, match


def test_the_comparison_notices_a_lost_mark_a_moved_vowel_and_a_lost_space():
    assert match(["น้ำ", "สำนักงาน"], "น้ำ สำนัก\nงาน") == (2, "")
    assert match(["น้ำ"], "นำ")[0] == 0
    assert match(["สำนักงาน"], "สำนักงำน")[0] == 0
    assert match(["หน้า", "๑"], "หน้า๑")[0] == 0
    assert match(["หน้า"], "หน้ า")[0] == 0


@pytest.mark.parametrize(
    "asking",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1/x.png">',
        '<img src="data:image/png;base64,AAAA">',
        '<link rel="stylesheet" href="file:///etc/hosts">',
        "<style>p { background: url(https://example.org/x.png) }</style>",
        "<style>@font-face { font-family: X; src: url(asset:none) }</style>",
        '<object data="file:///etc/passwd"></object>',
        '<link rel="attachment" href="file:///etc/passwd">',
    ],
)
def test_what_was_not_handed_in_is_refused(asking):
    with pytest.raises(typesetting.AssetRefused):
        typesetting.make_pdf(f"<html><body>{asking}<p>ข้อความ</p></body></html>")


def test_fonts_are_opened_anew_where_their_folder_was_swept_away():
    html = "<html><style>@font-face { font-family: S; src: url(asset:400) } p { font: 16pt S }</style><p>น้ำ</p></html>"
    before = typesetting.make_pdf(html)
    shutil.rmtree(printing._own.fonts._folder)
    assert typesetting.make_pdf(html) == before


def test_fonts_stay_where_another_thread_forks():
    html = "<html><style>@font-face { font-family: S; src: url(asset:400) } p { font: 16pt S }</style><p>น้ำ</p></html>"
    typesetting.make_pdf(html)
    own = printing._own.fonts._folder
    gc.collect()  # or what the paper left would hold them as well
    # As programs with limits are started: Python runs in the child before the program does.
    thread = Thread(target=subprocess.run, args=(["true"],), kwargs={"preexec_fn": lambda: None})
    thread.start()
    thread.join()
    assert list(own.iterdir())


def test_lines_break_at_words():
    text = "สำนักงานพัฒนาชุมชนจังหวัดดำเนินการขับเคลื่อนเทคโนโลยีสารสนเทศเพื่อการพัฒนาชุมชนอย่างต่อเนื่องและมีประสิทธิภาพ"
    words = set("สำนักงาน พัฒนา ชุมชน จังหวัด ดำเนิน การ ขับ เคลื่อน เทคโนโลยี สารสนเทศ เพื่อ อย่าง ต่อ เนื่อง และ มี ประสิทธิภาพ".split())
    for width in range(30, 90, 7):
        style = f"@font-face {{ font-family: S; src: url(asset:400) }} p {{ font: 16pt S; width: {width}mm }}"
        [page] = by_poppler(typesetting.make_pdf(f'<html lang="th"><style>{style}</style><p>{text}</p></html>'))
        lines = page.split()
        assert "".join(lines) == text
        assert len(lines) > 1
        for line in lines:
            assert is_made_of(line, words), f"{line!r} at {width} mm"


def test_no_line_ends_within_a_word_of_the_house_a_date_or_an_amount():
    text = "เมื่อคณะกรรมการตรวจรับจากส่วนกลางด้วยความเชื่อมั่นร้อยละ 90 วันที่ 31 กรกฎาคม 2566 เวลา 16:20 น. ได้อีก 12 คะแนน "
    text += "ตามข้อเสนอแนะของกระบวนงาน (ครั้งที่ ๑) เขตตรวจราชการที่ 6 ประจำเดือนนี้ลงนาม "
    whole = ["ข้อเสนอแนะ", "กระบวนงาน", "(ครั้งที่ ๑)", "เขตตรวจราชการที่ 6", "ประจำเดือน", "ลงนาม"]
    whole += ["คณะกรรมการ", "ส่วนกลาง", "ความเชื่อมั่น", "31 กรกฎาคม 2566", "16:20 น.", "12 คะแนน"]
    for width in range(45, 90, 5):
        style = f"@font-face {{ font-family: S; src: url(asset:400) }} p {{ font: 16pt S; width: {width}mm }}"
        [page] = by_poppler(typesetting.make_pdf(f'<html lang="th"><style>{style}</style><p>{text * 2}</p></html>'))
        assert {part: page.count(part) for part in whole} == dict.fromkeys(whole, 2), f"at {width} mm"


def is_made_of(line: str, words: set[str]) -> bool:
    return not line or any(is_made_of(line[len(word) :], words) for word in words if line.startswith(word))


def test_the_fonts_hold_every_letter_that_documents_use():
    for weight in (400, 600, 700):
        letters = TTFont(BytesIO(typesetting.fonts()[f"asset:{weight}"])).getBestCmap()
        wanted = "".join(map(chr, range(0x20, 0x7F))) + "".join(map(chr, range(0x0E01, 0x0E3B))) + "฿–—“”‘’…·×•éüł"
        wanted += "".join(map(chr, range(0x0E40, 0x0E5C)))
        assert [letter for letter in wanted if ord(letter) not in letters] == []


def test_weasyprint_still_draws_lines_and_writes_fonts_where_it_is_wrapped():
    original = inspect.getclosurevars(drawing.draw_first_line).nonlocals["draw_line"]
    assert list(inspect.signature(original).parameters)[:2] == ["stream", "textbox"]
    assert "draw_first_line(" in inspect.getsource(drawing.draw_text)
    build = inspect.getclosurevars(printing.weasyprint_pdf.build_fonts_dictionary).nonlocals["build_fonts"]
    assert list(inspect.signature(build).parameters)[:2] == ["pdf", "fonts"]
    assert "build_fonts_dictionary(pdf, document.fonts" in inspect.getsource(printing.weasyprint_pdf.generate_pdf)
    give = inspect.getclosurevars(printing.Layout.set_text).nonlocals["set_text"]
    assert list(inspect.signature(give).parameters) == ["self", "text", "justify"]
