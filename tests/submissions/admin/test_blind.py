"""Blind judging: until a judge's own sheet is final, no door tells who takes part."""

import pytest
from django.urls import reverse

from submissions import intake
from submissions.models import AccountEvent, Entry, Sheet
from submissions.questions.veil import code_of
from tests import api
from tests import factories as make

pytestmark = pytest.mark.django_db
FULL = {"5.1.1": "3", "5.1.2": "2.5", "5.2.1": "1", "5.2.2": "1", "5.2.3": "0.5", "5.2.4": "0"}
TELLING = ("Krabi", "Chon Buri", "TH-81", "TH-20", "รายงาน.pdf", "นายลับ")


@pytest.fixture
def blind(committee):
    committee.round.is_blind = True
    committee.round.save()
    committee.entry.nominee_name = "นายลับ"
    committee.entry.save()
    committee.paper = make.make_evidence(committee.entry, "5.report", status="accepted", kind="pdf")
    committee.code = code_of(committee.entry.pk)
    return committee


def veiled(code: str) -> str:
    return reverse("admin:submissions_sheet_veiled", args=[code])


def test_no_door_tells_who_takes_part(browser, blind):
    judge = browser(blind.judge)
    shown = judge.get(reverse("admin:submissions_sheet_changelist"))
    assert shown.content.decode().count(blind.code) >= 1
    for door in (
        reverse("admin:submissions_sheet_changelist"),
        veiled(blind.code),
        reverse("admin:submissions_sheet_mine", args=[blind.round.pk]),
        reverse("admin:submissions_entry_changelist"),
        reverse("admin:submissions_evidence_changelist"),
        reverse("admin:index"),
        reverse("home"),
        reverse("standings", args=[blind.round.pk]),
        reverse("board", args=[blind.round.pk]),
    ):
        text = judge.get(door, follow=True).content.decode()
        assert not [word for word in TELLING if word in text], door
    assert (
        judge.get(reverse("admin:submissions_sheet_next"), {"round": blind.round.pk})["Location"].count("veiled") == 1
    )
    for name in ("Krabi", "กระบี่", "TH-81"):
        found = judge.get(reverse("admin:submissions_sheet_changelist"), {"q": name}).content.decode()
        assert blind.code not in found, "a name that finds an entry tells which it is"
    for door in (
        reverse("admin:submissions_sheet_of_entry", args=[blind.entry.pk]),
        reverse("admin:submissions_evidence_change", args=[blind.paper.pk]),
        reverse("evidence-file", args=[blind.paper.pk]),
        reverse("evidence-preview", args=[blind.paper.pk]),
        reverse("scorecard", args=[blind.entry.pk]),
    ):
        assert judge.get(door).status_code == 404, door
    asked = api.by(blind.judge)
    assert asked.get("/api/v1/entries/").json()["count"] == 0
    assert asked.get(f"/api/v1/entries/{blind.entry.pk}/sheet/").status_code == 404


def test_its_order_and_its_addresses_tell_nothing(browser, blind):
    for number in range(6):
        make.make_entry(blind.round, make.make_office(f"TH-3{number}"))
    listed = browser(blind.judge).get(reverse("admin:submissions_sheet_changelist")).context["cl"].result_list
    codes = [entry.veil for entry in listed]
    assert codes == sorted(codes)
    assert browser(blind.stranger).get(veiled(blind.code)).status_code == 404
    assert browser(blind.staff).get(veiled(blind.code)).status_code == 404


def test_a_pdf_is_shown_as_pictures_of_its_pages(browser, blind):
    judge = browser(blind.judge)
    page = reverse("admin:submissions_sheet_paper_page", args=[blind.code, 1, 1])
    assert page in judge.get(veiled(blind.code)).content.decode()
    drawn = judge.get(page)
    assert (drawn.status_code, drawn["Content-Type"]) == (200, "image/jpeg")
    assert "Content-Disposition" not in drawn
    assert not [word for word in TELLING if word in AccountEvent.objects.get(kind="file.opened").detail]
    assert judge.get(reverse("admin:submissions_sheet_paper", args=[blind.code, 1])).status_code == 404
    picture = make.make_evidence(blind.entry, "5.checklist", status="accepted", kind="png")
    answer = judge.get(reverse("admin:submissions_sheet_paper", args=[blind.code, 2]))
    assert answer.status_code == 200
    assert picture.original_name not in answer["Content-Disposition"]


def test_faults_and_conflicts_tell_nothing_and_a_final_sheet_lifts_the_veil(browser, blind):
    judge = browser(blind.judge)
    wrong = judge.post(veiled(blind.code), {"5.1.1": "99", "revision": "0", "save": "1"})
    assert wrong.status_code == 422
    intake.save_sheet(blind.entry, by=blind.judge, points={"5.1.1": "1"})
    own = Sheet.objects.get()
    moved = judge.get(reverse("admin:submissions_sheet_change", args=[own.pk]))
    assert moved["Location"] == veiled(blind.code), "an entry's number would tell its place among the offices"
    clash = judge.post(veiled(blind.code), {"5.1.1": "2", "revision": "0", "save": "1"})
    assert clash.status_code == 409
    for answer in (wrong, clash):
        assert not [word for word in TELLING if word in answer.content.decode()]
    final = FULL | {"revision": "1", "submit": "1", "confirmed": "on"}
    assert judge.post(veiled(blind.code), final).status_code == 302
    assert judge.get(veiled(blind.code)).status_code == 404
    assert set(Entry.objects.visible_to(blind.judge)) == {blind.entry}
    assert "Krabi" in judge.get(reverse("admin:submissions_sheet_of_entry", args=[blind.entry.pk])).content.decode()


def test_nobody_reviews_blindly(blind):
    with pytest.raises(intake.Refused):
        intake.review_evidence(make.make_evidence(blind.entry), by=blind.judge, accept=True)
