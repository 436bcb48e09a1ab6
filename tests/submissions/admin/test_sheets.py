"""Judging: drafts, final sheets, who sees whose, reopening, and one sheet open in two windows."""

import re

import pytest
from django.urls import reverse

from scoring import shipped
from scoring.recompute import rescore
from submissions.models import Event, Sheet
from tests import factories as make
from tests.markup import flat

LIST = "/admin/submissions/sheet/"
FULL = {"5.1.1": "3", "5.1.2": "2.5", "5.2.1": "1", "5.2.2": "0.75", "5.2.3": "0", "5.2.4": "1"}


def page(entry) -> str:
    return reverse("admin:submissions_sheet_of_entry", args=[entry.pk])


def save(client, entry, points=FULL, revision: int = 0, **data):
    return client.post(page(entry), {**points, "revision": revision, **data})


def submit(client, entry, points=FULL, revision: int = 0):
    return save(client, entry, points, revision, submit="1", confirmed="on")


def of(entry, judge) -> Sheet:
    return Sheet.objects.get(entry=entry, judge=judge)


def test_the_list_shows_state_and_evidence_of_each_entry(committee, browser):
    for requirement in ("5.report", "5.checklist"):
        make.make_evidence(committee.entry, requirement, status="accepted")
    make.make_evidence(committee.other, "5.report")
    make.make_sheet(committee.entry, committee.judge, status="draft")
    make.make_sheet(committee.entry, committee.colleague)
    client = browser(committee.judge)
    content = client.get(LIST).content.decode()
    assert page(committee.entry) in content
    for words in ("All accepted", "0 accepted, 1 handed in of 2", "Draft", "Not begun", "1 / 2", "0 / 2"):
        assert words in content
    for query, expected in {
        "?sheet=draft": {committee.entry},
        "?sheet=none": {committee.other},
        "?sheet=final": set(),
        "?ready=yes": {committee.entry},
        "?ready=no": {committee.other},
        "?sheet=x": set(),
        "?ready=x": set(),
        "?round=x": set(),
    }.items():
        assert set(client.get(LIST + query).context["cl"].result_list) == expected, query


def test_what_to_look_for_stands_beside_each_item(committee, browser):
    """In the scheme's words; a level is a short way of typing its points, and long lists are folded."""
    shown = flat(browser(committee.judge, "th").get(page(committee.entry)).content.decode())
    for item in shipped.schemes()["cdd40-2566"].items.values():
        assert all(f"<li>{text.th}</li>" in shown for text in item.look_for), item.code
    assert '<details class="mark-look" open' in shown
    level = 'type="button" class="chip" data-field="id_5.2.4" data-points="1"><strong>1</strong>มี</button>'
    assert level in shown
    assert shown.count("data-points") == 2


def test_a_long_list_of_what_to_look_for_is_folded(browser):
    judge = make.make_user("judge")
    round = make.make_contest_round("website-2564", judges=[judge])
    shown = flat(browser(judge).get(page(make.make_entry(round=round))).content.decode())
    assert shown.count('<details class="mark-look" open') == 3
    assert shown.count('<details class="mark-look">') == 1


def test_a_draft_goes_as_far_as_it_goes(committee, browser):
    client = browser(committee.judge)
    assert save(client, committee.entry, {"5.1.1": "2.25"}, remark="ต้องดูอีกครั้ง", save="1").status_code == 302
    sheet = of(committee.entry, committee.judge)
    assert (sheet.points, sheet.remark, sheet.status) == ({"5.1.1": "2.25"}, "ต้องดูอีกครั้ง", "draft")
    content = client.get(page(committee.entry)).content.decode()
    assert 'value="2.25"' in content
    assert "ต้องดูอีกครั้ง" in content


def test_a_final_sheet_is_confirmed_complete_and_closed(committee, browser):
    client = browser(committee.judge)
    response = save(client, committee.entry, submit="1")
    assert response.status_code == 422
    assert "Tick this to submit" in response.content.decode()
    response = submit(client, committee.entry, {**FULL, "5.2.4": ""})
    assert response.status_code == 422
    assert "Give points for every item" in response.content.decode()
    assert not Sheet.objects.exists()
    assert submit(client, committee.entry).status_code == 302
    assert of(committee.entry, committee.judge).status == "final"
    assert 'name="submit"' not in client.get(page(committee.entry)).content.decode()
    response = save(client, committee.entry, revision=1, save="1")
    assert response.status_code == 422
    assert "The sheet is final. Those who run the round can reopen it." in response.content.decode()
    assert Event.objects.filter(verb="sheet.submitted").count() == 1


@pytest.mark.parametrize("points", ["3.01", "-1", "many", "1e1", "NaN", "2.555", "๙", "1" * 400])
def test_points_outside_the_item_are_refused_and_kept_on_the_page(committee, browser, points):
    response = save(browser(committee.judge), committee.entry, {**FULL, "5.1.1": points}, save="1", remark="ยังอยู่")
    assert response.status_code == 422
    assert not Sheet.objects.exists()
    content = response.content.decode()
    assert "ยังอยู่" in content
    assert 'value="2.5"' in content


@pytest.mark.parametrize(("button", "more"), [("save", set()), ("submit", {"confirmed", "5.2.4"})])
def test_all_faults_are_told_at_once(committee, browser, button, more):
    points = {**FULL, "5.1.1": "9", "5.2.1": "2", "5.2.4": ""}
    response = save(browser(committee.judge), committee.entry, points, **{button: "1"}, remark="x" * 4001)
    assert set(response.context["form"].errors) == {"5.1.1", "5.2.1", "remark"} | more


def test_colleagues_sheets_are_shown_once_ones_own_is_final(committee, browser):
    make.make_sheet(committee.entry, committee.colleague, points={**FULL, "5.1.1": "1.11"})
    draft_of = make.make_user("judge")
    committee.round.judges.add(draft_of)
    make.make_sheet(committee.entry, draft_of, points={"5.1.1": "2.22"}, status="draft")
    client = browser(committee.judge)
    assert "1.11" not in client.get(page(committee.entry)).content.decode()
    save(client, committee.entry, save="1")
    assert "1.11" not in client.get(page(committee.entry)).content.decode()
    submit(client, committee.entry, revision=1)
    content = client.get(page(committee.entry)).content.decode()
    assert "1.11" in content
    assert "2.22" not in content
    assert "2.22" in browser(committee.staff).get(page(committee.entry)).content.decode()


def test_staff_give_no_points_and_reopen_with_a_reason(committee, browser):
    staff, judge = browser(committee.staff), browser(committee.judge)
    assert save(staff, committee.entry, save="1").status_code == 403
    submit(judge, committee.entry)
    sheet = of(committee.entry, committee.judge)
    reopen = reverse("admin:submissions_sheet_reopen", args=[sheet.pk])
    for data in ({"reason": " ", "revision": 1}, {"reason": "wrong sheet", "revision": 7}, {"reason": "no revision"}):
        response = staff.post(reopen, data)
        assert response.status_code in (409, 422)
        assert f'value="{data["reason"]}"' in response.content.decode()
        assert of(committee.entry, committee.judge).status == "final"
    assert judge.post(reopen, {"reason": "let me", "revision": 1}).status_code == 403
    assert of(committee.entry, committee.judge).status == "final"
    staff.post(reopen, {"reason": "Item 5.2.4 was mistyped", "revision": 1})
    assert of(committee.entry, committee.judge).status == "draft"
    assert "Item 5.2.4 was mistyped" in judge.get(page(committee.entry)).content.decode(), "its judge reads why"
    assert submit(judge, committee.entry, {**FULL, "5.2.4": "0.5"}, revision=2).status_code == 302
    assert "Item 5.2.4 was mistyped" not in judge.get(page(committee.entry)).content.decode()
    verbs = list(Event.objects.filter(entry=committee.entry).order_by("sequence").values_list("verb", flat=True))
    assert verbs == ["sheet.submitted", "sheet.reopened", "sheet.submitted"]


def test_two_windows_on_one_sheet_lose_nothing(committee, browser):
    one, two = browser(committee.judge), browser(committee.judge)
    for window in (one, two):
        assert window.get(page(committee.entry)).context["form"]["revision"].value() == 0
    save(one, committee.entry, {"5.1.1": "2.11"}, remark="หน้าต่างแรก", save="1")
    response = save(two, committee.entry, {"5.1.1": "1.22"}, remark="หน้าต่างที่สอง", save="1")
    content = response.content.decode()
    assert response.status_code == 409
    for words in ("This sheet was saved elsewhere", "2.11", "หน้าต่างแรก", 'value="1.22"', "หน้าต่างที่สอง"):
        assert words in content
    assert of(committee.entry, committee.judge).points == {"5.1.1": "2.11"}
    again = response.context["form"]["revision"].value()
    assert save(two, committee.entry, {"5.1.1": "1.22"}, revision=again, save="1").status_code == 302
    assert of(committee.entry, committee.judge).points == {"5.1.1": "1.22"}


def test_a_stale_window_does_not_reopen_what_was_submitted(committee, browser):
    one, two = browser(committee.judge), browser(committee.judge)
    two.get(page(committee.entry))
    submit(one, committee.entry)
    response = save(two, committee.entry, {"5.1.1": "0"}, remark="typed late", save="1")
    assert response.status_code == 409
    assert "typed late" in response.content.decode()
    assert of(committee.entry, committee.judge).points["5.1.1"] == "3"


@pytest.mark.parametrize("revision", ["", "x", "-1", "9" * 40])
def test_a_revision_that_makes_no_sense_is_a_conflict_or_a_beginning(committee, browser, revision):
    make.make_sheet(committee.entry, committee.judge, status="draft")
    assert save(browser(committee.judge), committee.entry, revision=revision, save="1").status_code == 409


def test_the_files_lie_beside_the_sheet(committee, browser):
    report = make.make_evidence(committee.entry, "5.report", kind="pdf")
    checklist = make.make_evidence(committee.entry, "5.checklist", kind="png")
    make.make_evidence(committee.entry, "5.report", kind="docx", status="returned")
    client = browser(committee.judge)
    content = client.get(page(committee.entry)).content.decode()
    assert f'src="/evidence/{report.pk}/file/?inline=1#' in content
    content = flat(client.get(f"{page(committee.entry)}?show={checklist.pk}").content.decode())
    assert f'<img class="paper-image" src="/evidence/{checklist.pk}/file/?inline=1"' in content
    assert client.get(f"{page(committee.entry)}?show=nonsense").status_code == 200


def contest_of(text: str, browser):
    """An entry of a contest by this text, and the client of its judge."""
    judge, edition = make.make_user("judge"), make.make_edition(text)
    round = make.make_round(make.at("2021-08-20"), edition=edition, settings={}, judges=[judge])
    return make.make_entry(round), browser(judge)


def test_where_nothing_is_handed_in_the_sheet_says_so(browser):
    text = shipped.text("website-2564").replace("also_asked: [website]", "")
    text = re.sub(r"^requirements:.*?\n\n", "", text, flags=re.MULTILINE | re.DOTALL)
    entry, client = contest_of(text, browser)
    content = client.get(page(entry)).content.decode()
    assert "the work itself is judged" in content
    assert "Points count only once" not in content
    assert "None needed" in client.get(LIST).content.decode()


def test_what_is_asked_beside_the_items_is_shown_but_holds_up_no_judging(browser):
    entry, client = contest_of(shipped.text("website-2564"), browser)
    address = "Address of the district office&#x27;s website"
    before = client.get(page(entry)).content.decode()
    assert before.count(address) == 2, "among what is asked, and among what is lacking"
    listed = client.get(LIST).content.decode()
    assert "None needed" in listed
    assert "Nothing handed in" not in listed
    assert list(client.get(LIST + "?ready=yes").context["cl"].result_list) == [entry]
    make.make_evidence(entry, "website", url="https://district.example.org/")
    after = client.get(page(entry)).content.decode()
    assert 'href="https://district.example.org/"' in after
    assert "Still lacking" not in after
    assert submit(client, entry, {"1": "20", "2": "25", "3": "10", "4": "30", "5": "15"}).status_code == 302
    rescore([entry.pk])
    assert entry.scorecards.get(basis="verified").total == 100, "the address is shown, and earns nothing"


def test_a_final_sheet_leads_on_to_the_next_office(committee, browser):
    client = browser(committee.judge)
    assert submit(client, committee.entry).status_code == 302
    content = flat(client.get(page(committee.entry)).content.decode())
    following = f"/admin/submissions/sheet/next/?round={committee.round.pk}"
    assert f'href="{following}"' in content
    assert "1 sheet of yours is left." in content
    assert client.get(following)["Location"] == page(committee.other)
    assert submit(client, committee.other).status_code == 302
    assert "All your sheets of this round are final." in client.get(page(committee.other)).content.decode()


def test_sheets_side_by_side_are_summed_with_their_decimals_under_each_other(committee, browser):
    make.make_sheet(committee.entry, committee.judge, points=FULL)
    make.make_sheet(committee.entry, committee.colleague, points=FULL | {"5.1.2": "3"})
    response = browser(committee.judge).get(page(committee.entry))
    table = response.context["table"]
    rows = [[given for _sheet, given, _note in points] for _item, points in table["rows"]]
    assert rows[:2] == [["3.00", "3.00"], ["2.50", "3.00"]]
    assert ([total for _sheet, total in table["totals"]], table["average"]) == (["8.25", "8.75"], "8.50")
    assert "<tfoot>" in response.content.decode()


def test_what_waits_for_review_is_said_before_a_sheet_is_submitted(committee, browser):
    paper = make.make_evidence(committee.entry, "5.report")
    client = browser(committee.judge)
    content = client.get(page(committee.entry)).content.decode()
    assert "count only once it is accepted" in content
    assert reverse("admin:submissions_evidence_change", args=[paper.pk]) in content
    assert content.count("colleagues&#x27; final sheets") + content.count("colleagues' final sheets") == 1
    assert "Colleagues" not in content
    paper.status = "accepted"
    paper.save()
    assert "count only once it is accepted" not in client.get(page(committee.entry)).content.decode()
