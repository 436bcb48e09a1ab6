"""The committee at work: shared out, handed over, standing aside; and what each of them sees through every door."""

from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from scoring.engine.language.display import plain_points
from submissions import intake
from submissions.log.check import check
from submissions.models import Assignment, ConflictOfInterest, Entry, Evidence, Notice, Sheet
from submissions.questions.panel import Panel
from tests import api
from tests import factories as make

pytestmark = pytest.mark.django_db
FULL = {"5.1.1": "3", "5.1.2": "2.5", "5.2.1": "1", "5.2.2": "1", "5.2.3": "0.5", "5.2.4": "0"}


def page(name: str, *args) -> str:
    return reverse(f"admin:submissions_{name}", args=args)


def test_staff_draw_hand_over_and_choose_by_hand(browser, committee):
    staff, share = browser(committee.staff), page("round_share", committee.round.pk)
    assert staff.post(share, {"deed": "draw", "per_entry": "3"}).status_code == 422  # two are on the committee
    assert staff.post(share, {"deed": "draw", "per_entry": "1", "seed": "๒๕๖๖"}).status_code == 302
    assert Assignment.objects.count() == 2
    shown = staff.get(page("round_panel", committee.round.pk)).content.decode()
    assert "๒๕๖๖" in shown
    assert "๒๕๖๖" in staff.get(share).content.decode(), "where somebody may draw again"
    reserve = make.make_user("judge", full_name="กรรมการสำรอง")
    giver = Assignment.objects.get(entry=committee.entry).judge
    over = {"deed": "hand_over", "giver": giver.pk, "taker": reserve.pk}
    assert staff.post(share, over).status_code == 422  # no reason
    assert staff.post(share, over | {"reason": "ลาคลอด"}).status_code == 302
    assert [judge.pk for judge in Panel(committee.round).judges(committee.entry)] != [giver.pk]
    own = page("round_panel_entry", committee.round.pk, committee.entry.pk)
    both = [committee.judge.pk, committee.colleague.pk]
    assert staff.post(own, {"judges": both, "reason": ""}).status_code == 302
    assert Entry.objects.with_committee().get(pk=committee.entry.pk).expected_sheets == 2
    assert staff.post(share, {"deed": "everybody"}).status_code == 302
    assert not Assignment.objects.exists()


def test_region_by_region(browser, committee):
    region = make.make_office("R-05", kind="region", size="")
    for office in (committee.entry.office, committee.other.office):
        office.parent = region
        office.save()
    data = {"deed": "regions", f"region-{region.pk}": [committee.judge.pk]}
    assert browser(committee.staff).post(page("round_share", committee.round.pk), data).status_code == 302
    assert not Entry.objects.visible_to(committee.colleague).exists()
    assert Entry.objects.visible_to(committee.judge).count() == 2


def doors(entry: Entry, evidence: Evidence) -> list[str]:
    """Where a judge would meet an entry."""
    return [
        page("sheet_of_entry", entry.pk),
        page("entry_change", entry.pk),
        page("evidence_change", evidence.pk),
        reverse("scorecard", args=[entry.pk]),
        reverse("evidence-file", args=[evidence.pk]),
        reverse("evidence-preview", args=[evidence.pk]),
        reverse("deeds", args=[entry.pk]),
    ]


def test_who_stands_aside_meets_the_entry_nowhere(browser, committee):
    evidence = make.make_evidence(committee.entry, kind="pdf")
    intake.save_sheet(committee.entry, by=committee.judge, points=FULL, final=True)
    judge = browser(committee.judge)
    Notice.objects.create(
        user=committee.judge, code="remark.written", entry=committee.entry, key="x", at=timezone.now()
    )
    asked = api.by(committee.judge)
    assert asked.get(f"/api/v1/entries/{committee.entry.pk}/").status_code == 200
    declared = {"entries": [committee.entry.pk], "reason": "เคยทำงานที่นั่น"}
    assert judge.post(page("sheet_aside", committee.round.pk), declared | {"reason": ""}).status_code == 422
    assert judge.post(page("sheet_aside", committee.round.pk), declared).status_code == 302
    assert {door: judge.get(door).status_code for door in doors(committee.entry, evidence)} == dict.fromkeys(
        doors(committee.entry, evidence), 404
    )
    for door in ("", "sheet/"):
        assert asked.get(f"/api/v1/entries/{committee.entry.pk}/{door}").status_code == 404
    assert not Notice.objects.visible_to(committee.judge).exists()
    for door in (page("sheet_changelist"), page("evidence_changelist"), page("entry_changelist"), reverse("home")):
        assert "Krabi" not in judge.get(door).content.decode().replace("Krabi</strong>: เคย", ""), door
    # Who runs the round sees all, and takes it back.
    back = {"entry": committee.entry.pk, "judge": committee.judge.pk, "reason": "ตรวจแล้ว", "stands": "0"}
    assert browser(committee.staff).post(page("round_aside", committee.round.pk), back).status_code == 302
    assert judge.get(page("sheet_of_entry", committee.entry.pk)).status_code == 200


def test_an_office_reads_nothing_of_who_judges_it(client, committee):
    head = make.make_user("officer", office=committee.entry.office)
    intake.say_conflicts([committee.entry], committee.judge, by=committee.judge, reason="เหตุผลลับ")
    intake.draw_judges(committee.round, by=committee.staff, per_entry=1)
    client.force_login(head)
    asked = api.by(head)
    told = [
        client.get(door).content.decode()
        for door in (reverse("home"), *doors(committee.entry, make.make_evidence(committee.entry)))
    ]
    told.append(asked.get(f"/api/v1/entries/{committee.entry.pk}/").content.decode())
    for text in told:
        assert not [word for word in ("เหตุผลลับ", "conflict.", "judges.", str(committee.judge)) if word in text], text
    asked_for = client.get(reverse("deeds", args=[committee.entry.pk]), {"verb": "conflict.declared"})
    assert asked_for.context["log"].page.object_list == []
    assert client.get(page("round_panel", committee.round.pk)).status_code in (302, 403, 404)


def test_questions_are_found_and_are_no_verdicts(browser, committee):
    moved = make.make_user("officer", office=committee.entry.office, full_name="สมใจ ใจดี")
    moved.role, moved.office = "judge", None
    moved.is_staff = True
    moved.save()
    committee.round.judges.add(moved)
    make.make_user("officer", office=committee.other.office, full_name="สมชาย ใจดี")
    shown = browser(committee.staff).get(page("round_aside", committee.round.pk))
    found = {(one.entry.pk, len(one.reasons)) for one, _reason, _name in shown.context["questions"]}
    assert found == {(committee.entry.pk, 1), (committee.other.pk, 1)}
    assert Entry.objects.visible_to(moved).count() == 2, "a question keeps nobody out"
    own = browser(moved).get(page("sheet_aside", committee.round.pk))
    assert len(own.context["questions"]) == 2
    answer = {"entry": committee.other.pk, "judge": moved.pk, "reason": "ไม่ใช่ญาติ", "stands": "0"}
    browser(committee.staff).post(page("round_aside", committee.round.pk), answer)
    assert len(browser(moved).get(page("sheet_aside", committee.round.pk)).context["questions"]) == 1


def test_pages_of_the_committee_ask_no_more_for_more_entries(
    browser, committee, django_assert_max_num_queries, django_assert_num_queries
):
    addresses = [page(name, committee.round.pk) for name in ("round_panel", "round_share", "round_aside")]
    staff, judge = browser(committee.staff), browser(committee.judge)
    addresses_of_judge = [
        page("sheet_aside", committee.round.pk),
        page("sheet_mine", committee.round.pk),
        page("sheet_changelist"),
    ]
    make.make_sheet(committee.entry, committee.judge)

    def counts() -> list[int]:
        found = []
        for client, paths in ((staff, addresses), (judge, addresses_of_judge)):
            for path in paths:
                client.get(path)
                with django_assert_max_num_queries(60) as counted:
                    assert client.get(path).status_code == 200
                found.append(len(counted))
        return found

    few = counts()
    for number in range(3):
        entry = make.make_entry(committee.round, make.make_office(f"TH-7{number}"))
        make.make_sheet(entry, committee.judge)
        intake.say_conflicts([entry], committee.colleague, by=committee.staff, reason="ญาติ")
    committee.round.judges.add(make.make_user("judge"), make.make_user("judge"))
    assert counts() == few


def test_a_sheet_saves_itself_and_stops_where_it_was_saved_elsewhere(browser, committee):
    judge, address = browser(committee.judge), page("sheet_of_entry", committee.entry.pk)
    by_itself = {"headers": {"Accept": "application/json"}}
    first = judge.post(address, {"5.1.1": "2", "note-5.1.1": "ดี", "revision": "0", "save": "1"}, **by_itself)
    assert (first.status_code, first.json()["revision"]) == (200, 1)
    assert Sheet.objects.get().notes == {"5.1.1": "ดี"}
    assert judge.post(address, {"5.1.1": "9", "revision": "1", "save": "1"}, **by_itself).status_code == 422
    assert judge.post(address, {"5.1.1": "1", "revision": "0", "save": "1"}, **by_itself).status_code == 409
    assert Sheet.objects.get().points == {"5.1.1": "2"}


def test_extremes_want_a_note_where_the_round_asks_and_the_next_sheet_comes(browser, committee):
    committee.round.asks_notes = True
    committee.round.save()
    judge, address = browser(committee.judge), page("sheet_of_entry", committee.entry.pk)
    sent = FULL | {"revision": "0", "submit": "1", "confirmed": "on"}
    refused = judge.post(address, sent)
    assert refused.status_code == 422
    most = {code: item.max for code, item in committee.round.scheme.items.items()}
    extreme = {code for code, given in FULL.items() if float(given) in (0, float(most[code]))}
    assert {name for name in refused.context["form"].errors} == {f"note-{code}" for code in extreme}
    notes = {f"note-{code}": "เห็นชัดในเล่ม" for code in extreme}
    after = judge.post(address, sent | notes, follow=True)
    assert after.redirect_chain[-1][0] == page("sheet_of_entry", committee.other.pk)


def test_my_own_order_and_two_side_by_side(browser, committee):
    intake.save_sheet(committee.entry, by=committee.judge, points=FULL)
    intake.save_sheet(committee.other, by=committee.judge, points=FULL | {"5.1.1": "1"})
    intake.save_sheet(committee.other, by=committee.colleague, points=FULL | {"5.1.1": "2.75"}, final=True)
    both = "&".join(f"sheet={sheet.pk}" for sheet in Sheet.objects.filter(judge=committee.judge))
    shown = browser(committee.judge).get(page("sheet_mine", committee.round.pk) + f"?{both}&sheet=x")
    assert [one.entry.pk for one in shown.context["sheets"]] == [committee.entry.pk, committee.other.pk]
    assert shown.context["spread"]["deviation"] == "1"
    assert len(shown.context["chosen"]) == 2
    assert "2.75" not in shown.content.decode(), "a colleague's points"
    assert browser(committee.staff).get(page("sheet_mine", committee.round.pk)).status_code == 404


def test_paper_is_typed_by_one_and_compared_by_another(browser, committee):
    typist, second = browser(committee.staff), browser(make.make_user("staff"))
    address = page("sheet_type", committee.round.pk, committee.judge.pk)
    most = f"/&nbsp;{plain_points(committee.round.scheme.items['5.1.1'].max)}"
    assert most in typist.get(address).content.decode(), "who types sees what is too much"
    line = {f"{committee.entry.pk}-{code}": given for code, given in FULL.items()}
    wrong = typist.post(address, line | {f"{committee.other.pk}-5.1.1": "99"})
    assert wrong.status_code == 422
    sheet = Sheet.objects.get()
    assert (sheet.status, sheet.entry_id, sheet.typed_by_id) == ("typed", committee.entry.pk, committee.staff.pk)
    assert not Sheet.objects.counting().exists()
    right = {"sheet": sheet.pk, "revision": sheet.revision, "right": "1"}
    typist.post(page("sheet_compare", committee.round.pk), right)
    assert Sheet.objects.get().status == "typed", "the same person"
    with pytest.raises(intake.Refused):
        intake.save_sheet(committee.entry, by=committee.judge, points={})
    second.post(page("sheet_compare", committee.round.pk), right)
    sheet.refresh_from_db()
    assert (sheet.status, sheet.points["5.1.1"]) == ("final", "3")
    findings = check(Entry.objects.filter(pk=committee.entry.pk)).findings
    assert [finding for finding in findings if finding.kind == "sheet"] == []
    pdf = typist.get(page("sheet_blank", committee.round.pk, committee.judge.pk))
    assert pdf.content.startswith(b"%PDF")
    assert quote(f"ใบให้คะแนน {committee.judge.full_name}") in pdf["Content-Disposition"]
    assert (
        browser(committee.colleague).get(page("sheet_blank", committee.round.pk, committee.judge.pk)).status_code == 404
    )
    assert ConflictOfInterest.objects.count() == 0
