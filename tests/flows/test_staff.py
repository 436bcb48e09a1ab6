"""Central staff's day: see the standings, decide a tie, publish, take the documents home."""

import subprocess

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from awards.models import Document, Publication
from scoring.recompute import rescore
from tests import factories as make

from .conftest import AT_A_DESK, log_in

pytestmark = pytest.mark.browser
REASON = "ผลงานนวัตกรรมของจังหวัดหลังเด่นกว่า"


@pytest.fixture
def tied(contest):
    """Phra Nakhon Si Ayutthaya draws level with Chiang Mai, at the boundary of the first award."""
    entry = contest.entries.get(office__code="TH-14")
    for requirement in ("3.1.assignment", "3.1.plan"):
        make.make_evidence(entry, requirement, status="accepted")
    rescore([entry.pk])
    return contest


@AT_A_DESK
def test_a_tie_is_decided_the_result_published_and_taken_home_as_pdf(open_page, worker, tied, screen):
    page = open_page(screen=screen)
    log_in(page, make.make_user("staff"))
    expect(page).to_have_url(address_of(page, "admin:index"))
    page.get_by_role("link", name="ตารางอันดับ").click()
    expect(page).to_have_url(address_of(page, "standings", tied.pk))
    expect(page.locator("td.rank")).to_have_text(["1", "1", "3"])

    page.goto(reverse("publish", args=[tied.pk]))
    page.get_by_label("พระนครศรีอยุธยา").select_option("1")
    page.get_by_label("เชียงใหม่").select_option("1")
    page.locator("[name=acknowledged]").check()
    with page.expect_navigation():
        page.locator("main form button.btn-primary").click()
    assert not Publication.objects.exists()  # one place for two, and no reason
    expect(page.get_by_label("พระนครศรีอยุธยา")).to_have_value("1")
    page.get_by_label("เชียงใหม่").select_option("2")
    page.locator("[name=reason-0]").fill(REASON)
    page.locator("[name=acknowledged]").check()
    page.locator("main form button.btn-primary").click()
    page.wait_for_url("**/publications/*/")

    publication = Publication.objects.get()
    expect(page).to_have_url(address_of(page, "publication", publication.pk))
    expect(page.locator("tbody th.name")).to_contain_text(["พระนครศรีอยุธยา", "เชียงใหม่", "กระบี่"])
    expect(page.locator("#documents .status-accepted")).to_have_count(3, timeout=60_000)  # without a reload
    assert Document.objects.filter(publication=publication).exists()
    with page.expect_download() as arriving:
        page.locator(f"a[href='{reverse('document', args=[publication.pk, 'announcement'])}']").click()
    done = subprocess.run(["pdftotext", arriving.value.path(), "-"], capture_output=True, text=True, check=True)
    said = "".join(done.stdout.split())
    assert REASON in said
    assert said.index("จังหวัดพระนครศรีอยุธยา") < said.index("จังหวัดเชียงใหม่") < said.index("จังหวัดกระบี่")

    make.make_evidence(tied.entries.get(office__code="TH-81"), "3.1.review", status="accepted")
    page.reload()
    expect(page.locator("tbody td.total")).to_have_text(["3", "3", "1"])  # what was announced stays


def test_figures_that_would_change_are_struck_out_before_they_do(open_page, contest):
    make.make_value(contest.entries.get(office__code="TH-81"), "2.1.1.collected", "17701")
    page = open_page()
    log_in(page, make.make_user("staff"))
    page.goto(reverse("admin:submissions_value_import"))
    sheet = {"name": "figures.csv", "mimeType": "text/csv", "buffer": b"code,2.1.1.collected\nTH-81,1\n"}
    page.locator("[name=import_file]").set_input_files(sheet)
    page.get_by_role("button", name="แสดงสิ่งที่จะเปลี่ยนแปลง").click()
    expect(page.locator("#content del")).to_have_text("17,701")
    expect(page.locator("#content ins")).to_have_text("1")
    for mark, line in (("del", "line-through"), ("ins", "underline")):  # seen without colours
        expect(page.locator(f"#content {mark}")).to_have_css("text-decoration-line", line)


def address_of(page, name: str, *args: int) -> str:
    origin = "/".join(page.url.split("/")[:3])
    return origin + reverse(name, args=args)
