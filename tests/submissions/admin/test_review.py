"""Reviewing evidence: one after the other, several at once, and two people on the same one."""

from datetime import timedelta

import pytest
from django.urls import reverse

from submissions import intake
from submissions.models import Event, Evidence
from submissions.templatetags.thai import be_time
from tests import factories as make
from tests.markup import flat

QUEUE = "/admin/submissions/evidence/"


def page(evidence, filters: str = "") -> str:
    address = reverse("admin:submissions_evidence_change", args=[evidence.pk])
    return f"{address}?_changelist_filters={filters}" if filters else address


def post(client, evidence, decision: str, filters: str = "", **data):
    return client.post(page(evidence, filters), {"decision": decision, "revision": evidence.revision, **data})


def said(response) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def titles(client, query: str = "") -> set:
    return {row.requirement for row in client.get(QUEUE + query).context["cl"].result_list}


def test_the_queue_shows_what_waits_oldest_first(committee, browser):
    late = make.make_evidence(committee.entry, submitted_at=make.at("2023-06-02"))
    early = make.make_evidence(committee.other, submitted_at=make.at("2023-06-01"))
    make.make_evidence(committee.other, "5.report", status="accepted")
    response = browser(committee.judge).get(QUEUE)
    assert list(response.context["cl"].result_list) == [early, late]
    assert "2 Jun 2566 BE (2023)" in response.content.decode()
    assert browser(committee.judge).get(QUEUE + "?status=all").context["cl"].result_count == 3


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?dimension=1", {"1.1.report", "1.2.report"}),
        ("?criterion=1.2", {"1.2.report"}),
        ("?period=r1", {"1.2.report"}),
        ("?criterion=4.1.2&dimension=4", {"4.1.video"}),
        ("?q=Chon", {"5.report"}),
        ("?status=returned", {"5.checklist"}),
        ("?dimension=nonsense", set()),
        ("?round=nonsense", set()),
        ("?office=x", set()),
        ("?status=all", {"1.1.report", "1.2.report", "4.1.video", "5.report", "5.checklist"}),
    ],
)
def test_filters_speak_the_schemes_words(committee, browser, query, expected):
    for requirement, period in (("1.1.report", ""), ("1.2.report", "r1"), ("4.1.video", "")):
        make.make_evidence(committee.entry, requirement, period)
    make.make_evidence(committee.other, "5.report")
    make.make_evidence(committee.other, "5.checklist", status="returned")
    client = browser(committee.judge)
    assert titles(client, query) == expected
    assert titles(client, f"?office={committee.other.office_id}") == {"5.report"}


def test_an_empty_queue_is_no_empty_search(committee, browser):
    client = browser(committee.judge)
    empty = "Nothing waits for review."
    found_none = "Nothing matches the search and the filters"
    page = client.get(QUEUE).content.decode()
    assert (empty in page, found_none in page) == (True, False)
    make.make_evidence(committee.entry)
    for query in (f"?office={committee.other.office_id}", "?q=zzzz"):
        page = client.get(QUEUE + query).content.decode()
        assert (empty in page, found_none in page) == (False, True)


def test_what_another_took_the_place_of_is_called_replaced(committee, browser):
    gone = make.make_evidence(committee.entry, status="withdrawn")
    replaced = make.make_evidence(committee.entry, status="withdrawn")
    make.make_evidence(committee.entry, replaces=replaced)
    client = browser(committee.judge)
    admin = client.get(QUEUE + "?status=withdrawn").context["cl"].model_admin
    assert [admin.state(one) for one in (gone, replaced)] == [("withdrawn", "Withdrawn"), ("replaced", "Replaced")]
    assert "It was withdrawn" in client.get(page(gone)).content.decode()
    assert "Another took its place" in client.get(page(replaced)).content.decode()


def test_the_filters_offer_the_schemes_titles(committee, browser):
    content = browser(committee.judge, "th").get(QUEUE).content.decode()
    scheme = committee.round.scheme
    assert scheme.dimensions[0].title.th in content
    assert scheme.criteria["4.2"].title.th in content


def test_the_filters_offer_the_offices_that_the_reader_sees(committee, browser):
    committee.judge.office = committee.entry.office
    committee.judge.save()
    for who, offered in ((committee.judge, ["Krabi"]), (committee.colleague, ["Chon Buri", "Krabi"])):
        content = browser(who).get(QUEUE).content.decode()
        assert [name for name in ("Chon Buri", "Krabi") if f"{name}</option>" in content] == offered


def test_the_page_shows_the_paper_beside_what_is_asked(committee, browser):
    evidence = make.make_evidence(committee.entry, "1.2.report", "r1", kind="pdf", submitted_at=make.at("2023-04-01"))
    other = make.make_evidence(committee.entry, "1.2.report", "r1", status="returned", return_reason="ไม่ชัด")
    make.make_evidence(committee.other, "5.report", kind="pdf")  # the same bytes
    response = browser(committee.judge).get(page(evidence))
    content = flat(response.content.decode())
    framed = f'<iframe class="paper-frame paper-whole" loading="lazy" src="/evidence/{evidence.pk}/file/?inline=1#'
    assert framed in content
    assert f'src="/evidence/{evidence.pk}/pages/1/"' in content, "as phones show it"
    assert "After the deadline" in content
    assert evidence.sha256 in content
    assert "ไม่ชัด" in content
    assert page(other) in content
    assert committee.round.scheme.requirements["1.2.report"].title.en in content
    assert [match.evidence.entry for match in response.context["told"].matches] == [committee.other]


@pytest.mark.parametrize(("kind", "tag"), [("png", "<img"), ("mp4", "<video")])
def test_each_kind_of_file_is_shown_as_it_can_be(committee, browser, kind, tag):
    content = browser(committee.judge).get(page(make.make_evidence(committee.entry, kind=kind))).content.decode()
    assert tag in content
    assert "<iframe" not in content


@pytest.mark.parametrize(("kind", "title"), [("docx", "เอกสาร.docx"), ("xlsx", "ตาราง.xlsx"), ("pptx", "นำเสนอ.pptx")])
def test_an_office_program_s_file_is_shown_in_a_frame(committee, browser, kind, title):
    evidence, client = make.make_evidence(committee.entry, kind=kind), browser(committee.judge)
    content = flat(client.get(page(evidence)).content.decode())
    address = f"/evidence/{evidence.pk}/preview/"
    assert f'<iframe class="paper-frame" src="{address}" title="Preview of {title}"></iframe>' in content
    assert f'href="/evidence/{evidence.pk}/file/"' in content
    assert "sample" in client.get(address).content.decode()


def test_an_extension_moves_the_deadline_that_is_shown(committee, browser):
    make.make_extension(committee.entry, "1.2.report", "2023-08-15", "r1")
    evidence = make.make_evidence(committee.entry, "1.2.report", "r1", submitted_at=make.at("2023-07-01"))
    content = browser(committee.judge).get(page(evidence)).content.decode()
    assert "15 August 2566 BE (2023)" in content
    assert "In time" in content


def test_what_was_done_is_told_by_the_rounds_clock(committee, browser):
    evidence = make.make_evidence(committee.entry)
    post(browser(committee.judge), evidence, "accept")
    evidence.refresh_from_db()
    deed = committee.entry.events.get(verb="evidence.accepted")
    assert committee.round.clock_offset
    assert abs(deed.round_time - evidence.reviewed_at) < timedelta(minutes=1)
    content = browser(committee.judge, "th").get(page(evidence)).content.decode()
    assert be_time(deed.round_time) in content
    assert be_time(deed.at) not in content


def test_after_a_decision_the_next_one_under_the_same_filters(committee, browser):
    one, two, three = (make.make_evidence(committee.entry, "3.5.report", f"2023-0{m}") for m in (2, 3, 4))
    make.make_evidence(committee.other, "1.1.report", submitted_at=make.at("2023-01-01"))
    client, filters = browser(committee.judge), "criterion%3D3.5"
    response = post(client, two, "accept", filters)
    assert response.url == page(three, filters)
    assert "1 left" not in said(client.get(response.url))
    response = post(client, three, "return", filters, reason="Not signed")
    assert response.url == page(one, filters)  # from the top, nothing later waits
    assert "1 left" in said(client.get(response.url))
    response = post(client, one, "accept", filters)
    assert response.url == QUEUE + "?criterion=3.5"
    states = [e.status for e in Evidence.objects.filter(requirement="3.5.report").order_by("period")]
    assert states == ["accepted", "accepted", "returned"]
    verbs = Event.objects.filter(data__evidence=three.pk).values_list("verb", "actor")
    assert list(verbs) == [("evidence.returned", committee.judge.pk)]


@pytest.mark.parametrize(
    "filters",
    ["nothing=1", "e=1", "p=x", "o=99.x", "q=%00", "status=%00", "round=x", "period=%00", "a=%ff", "office__x=1"],
)
def test_filters_that_make_no_sense_break_nothing(committee, browser, filters):
    evidence, client = make.make_evidence(committee.entry), browser(committee.judge)
    encoded = filters.replace("%", "%25").replace("=", "%3D")
    assert client.get(page(evidence, encoded)).status_code in (200, 400)
    assert client.get(f"{QUEUE}?{filters}").status_code in (200, 302, 400)


def test_returning_needs_a_reason_and_what_was_typed_stays(committee, browser):
    evidence, client = make.make_evidence(committee.entry), browser(committee.judge)
    response = post(client, evidence, "return", reason="   ")
    assert response.status_code == 422
    assert "Say why it is returned" in response.content.decode()
    too_long = "ก" * 2001
    response = post(client, evidence, "return", reason=too_long)
    assert response.status_code == 422
    assert too_long in response.content.decode()
    evidence.refresh_from_db()
    assert evidence.status == "submitted"


def test_a_checklist_is_ticked_beside_the_decision(committee, browser):
    plan, client = make.make_evidence(committee.entry, "3.1.plan"), browser(committee.judge, "th")
    assert 'value="อินเทอร์เน็ต" data-words="อินเทอร์เน็ต">' in flat(client.get(page(plan)).content.decode())
    response = post(client, plan, "accept", ticked=["อินเทอร์เน็ต"])
    assert response.status_code == 302  # what is not there holds nobody up
    plan.refresh_from_db()
    assert [line["ticked"] for line in plan.checklist] == [True, False, False]
    shown = flat(client.get(page(plan)).content.decode())
    assert 'value="อินเทอร์เน็ต" data-words="อินเทอร์เน็ต" checked>' in shown
    assert shown.count("ตรวจตามรายการ: มี 1 จาก 3 ข้อ ยังขาด: การป้องกันไวรัส,") == 2  # decision, thread


def test_returning_offers_what_is_not_ticked_as_the_reason(committee, browser):
    plan, client = make.make_evidence(committee.entry, "3.1.plan"), browser(committee.judge, "th")
    response = post(client, plan, "return", ticked=["อินเทอร์เน็ต", "การป้องกันไวรัส"])
    assert response.status_code == 422
    assert response.context["reason"] == "ยังขาด: การให้บริการ เช่น การประชุมทางไกลและเว็บไซต์"
    assert [ticked for _text, ticked in response.context["checklist"]] == [True, True, False]
    typed = post(client, plan, "return", reason="ก" * 2001)
    assert typed.context["reason"] == "ก" * 2001
    assert post(client, plan, "accept", ticked=["อื่น"]).status_code == 422
    plan.refresh_from_db()
    assert (plan.status, plan.checklist) == ("submitted", [])


def test_several_at_once_are_decided_without_ticks(committee, browser):
    plan, client = make.make_evidence(committee.entry, "3.1.plan"), browser(committee.judge)
    decided = client.post(QUEUE + "decide/", {"evidence": f"{plan.pk}.{plan.revision}", "decision": "accept"})
    assert decided.status_code == 302
    plan.refresh_from_db()
    assert (plan.status, plan.checklist) == ("accepted", [])


@pytest.mark.parametrize(
    ("data", "status"),
    [({}, 422), ({"decision": "destroy", "revision": "1"}, 422), ({"decision": "accept"}, 409),
     ({"decision": "accept", "revision": "-1"}, 409), ({"decision": "accept", "revision": "๙99999999999"}, 409)],
)  # fmt: skip
def test_nonsense_is_answered_not_obeyed(committee, browser, data, status):
    evidence = make.make_evidence(committee.entry)
    assert browser(committee.judge).post(page(evidence), data).status_code == status
    evidence.refresh_from_db()
    assert evidence.status == "submitted"


def test_the_second_of_two_is_told_who_decided_and_keeps_what_they_typed(committee, browser):
    evidence = make.make_evidence(committee.entry)
    first, second = browser(committee.judge), browser(committee.colleague)
    assert first.get(page(evidence)).status_code == second.get(page(evidence)).status_code == 200
    post(first, evidence, "accept")
    response = post(second, evidence, "return", reason="My long and careful reason")
    content = response.content.decode()
    assert response.status_code == 409
    assert "Somebody else decided while you were looking" in content
    assert str(committee.judge) in content
    assert "My long and careful reason" in content
    evidence.refresh_from_db()
    assert evidence.status == "accepted"
    # Having seen that, the second may still decide otherwise; it is a deed of its own.
    response = post(second, response.context["evidence"], "return", reason="My long and careful reason")
    evidence.refresh_from_db()
    assert (response.status_code, evidence.status, evidence.reviewed_by) == (302, "returned", committee.colleague)


def test_what_was_returned_is_accepted_with_a_reason_here_as_at_the_desk(committee, browser):
    evidence, client = (
        make.make_evidence(committee.entry, status="returned", return_reason="ไม่ชัด"),
        browser(committee.judge),
    )
    assert 'name="because"' in client.get(page(evidence)).content.decode()
    unsaid = post(client, evidence, "accept")
    assert unsaid.status_code == 422
    assert "Say why the decision is changed." in unsaid.content.decode()
    assert post(client, evidence, "accept", because="อ่านผิดหน้า").status_code == 302
    assert committee.entry.events.latest("sequence").data["because"] == "อ่านผิดหน้า"
    evidence.refresh_from_db()
    assert evidence.status == "accepted"
    assert 'name="because"' not in client.get(page(evidence)).content.decode()


def test_what_was_withdrawn_meanwhile_is_not_decided(committee, browser):
    evidence, client = make.make_evidence(committee.entry), browser(committee.judge)
    intake.withdraw_evidence(evidence, by=committee.staff)
    assert post(client, evidence, "accept").status_code == 409
    evidence.refresh_from_db()
    response = post(client, evidence, "accept")
    assert response.status_code == 422
    assert evidence.status == "withdrawn"


def test_nothing_is_decided_in_a_closed_round(committee, browser):
    evidence = make.make_evidence(committee.entry)
    committee.round.is_closed = True
    committee.round.save()
    assert "The round is closed" in browser(committee.judge).get(page(evidence)).content.decode()
    assert post(browser(committee.judge), evidence, "accept").status_code == 422


# Several at once


def choose(client, rows, **data):
    action = {"action": "decide_selected", "_selected_action": [row.pk for row in rows], **data}
    return client.post(QUEUE, action)


def decide(client, rows, decision: str, **data):
    chosen = [f"{row.pk}.{row.revision}" for row in rows]
    return client.post(QUEUE + "decide/", {"evidence": chosen, "decision": decision, **data})


def test_several_are_listed_first_and_then_decided(committee, browser):
    rows = [make.make_evidence(committee.entry, "3.5.report", f"2023-0{m}") for m in (2, 3, 4)]
    client = browser(committee.judge)
    response = choose(client, rows)
    assert [row.evidence.pk for row in response.context["rows"]] == [row.pk for row in rows]
    assert {e.status for e in Evidence.objects.all()} == {"submitted"}
    response = decide(client, rows[:2], "accept", filters="criterion=3.5")
    assert response.url == QUEUE + "?criterion=3.5"
    assert [e.status for e in Evidence.objects.order_by("period")] == ["accepted", "accepted", "submitted"]
    assert Event.objects.filter(verb="evidence.accepted").count() == 2


def test_one_that_changed_does_not_stop_the_others_and_is_named(committee, browser):
    rows = [make.make_evidence(committee.entry, "3.5.report", f"2023-0{m}") for m in (2, 3, 4)]
    client = browser(committee.judge)
    choose(client, rows)
    intake.review_evidence(rows[1], by=committee.colleague, accept=True)
    intake.withdraw_evidence(rows[2], by=committee.staff)
    rows[2].refresh_from_db()
    response = decide(client, rows, "return", reason="All of these are blurred")
    assert response.status_code == 409
    assert [row.evidence.pk for row in response.context["rows"]] == [rows[1].pk, rows[2].pk]
    content = response.content.decode()
    assert "1 was returned" in content
    assert "2 were not decided" in content
    assert "Somebody else changed this" in content
    assert "It is not handed in (any more)" in content
    assert "All of these are blurred" in content
    assert [e.status for e in Evidence.objects.order_by("period")] == ["returned", "accepted", "withdrawn"]


def test_returning_several_needs_a_reason(committee, browser):
    rows = [make.make_evidence(committee.entry, "3.5.report", f"2023-0{m}") for m in (2, 3)]
    response = decide(browser(committee.judge), rows, "return")
    assert response.status_code == 409
    assert response.content.decode().count("Say why it is returned") == 2
    assert all(row.is_ticked for row in response.context["rows"])  # nothing chosen is lost either
    assert {e.status for e in Evidence.objects.all()} == {"submitted"}


@pytest.mark.parametrize("evidence", [[], ["x"], ["1"], ["1.2.3"], ["999999999.1"], ["๑.๑"], ["9" * 30 + ".1"]])
def test_a_choice_of_nothing_goes_back_to_the_list(committee, browser, evidence):
    response = browser(committee.judge).post(QUEUE + "decide/", {"evidence": evidence, "decision": "accept"})
    assert response.status_code == 302
