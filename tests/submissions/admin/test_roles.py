"""Who enters the admin, what they see there, and that pages cost the same however much they show."""

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cdd4 import watch
from submissions.models import Entry, Event, Evidence, PracticeSheet, SecondReading, Sheet, Value
from tests import factories as make

OF_COMMITTEE = {Evidence, Sheet, Entry, SecondReading}
ONE_PAGE = {PracticeSheet}  # one's own of a round: no list, and none to add


def list_of(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def registered() -> list:
    return sorted(admin.site._registry.keys() - ONE_PAGE, key=lambda model: model._meta.label)


def test_an_officer_is_told_and_a_stranger_logs_in(client, browser):
    response = client.get("/admin/submissions/evidence/")
    assert response.status_code == 302
    assert client.get(response.url).url == "/accounts/login/?next=/admin/submissions/evidence/"
    officer = browser(make.make_user("officer"))
    for address in ("/admin/", "/admin/submissions/evidence/", "/admin/login/"):
        assert officer.get(address, follow=True).status_code == 403
    assert browser(make.make_user("judge", is_active=False)).get("/admin/").status_code == 302


def test_a_role_is_what_lets_people_in_not_a_column_that_says_so(browser):
    assert browser(make.make_user("staff", is_staff=False)).get("/admin/").status_code == 200
    assert browser(make.make_user("officer", is_staff=True)).get("/admin/", follow=True).status_code == 403


def test_judges_see_their_four_lists_and_staff_all(committee, browser):
    judge, staff = browser(committee.judge), browser(committee.staff)
    for model in registered():
        assert judge.get(list_of(model)).status_code == (200 if model in OF_COMMITTEE else 403), model
        assert staff.get(list_of(model)).status_code == 200, model


def test_what_a_judge_has_no_list_of_is_no_page_either(committee, browser):
    value = make.make_value(committee.entry, "2.1.1.collected", "5")
    address = reverse("admin:submissions_value_change", args=[value.pk])
    judge, staff = browser(committee.judge), browser(committee.staff)
    assert [judge.get(address).status_code, judge.post(address).status_code] == [403, 403]
    shown = staff.get(address, {"_changelist_filters": f"round={committee.round.pk}"}).content.decode()
    assert str(committee.entry) in shown.split('id="content"')[1], "of whom it is"
    assert f'href="{list_of(Value)}?round={committee.round.pk}"' in shown


@pytest.mark.parametrize("lookup", ["sheets={}", "sheets__isnull=0", "sheets__gt=0", "office=" + "9" * 30])
def test_an_address_asks_nothing_that_no_filter_offers(committee, browser, lookup):
    """From the sheets of an entry a judge could tell what colleagues did."""
    sheet = make.make_sheet(committee.entry, committee.colleague)
    for who in (committee.judge, committee.staff):
        assert browser(who).get(f"{list_of(Entry)}?{lookup.format(sheet.pk)}").status_code == 400
    offered = browser(committee.judge).get(list_of(Entry) + "?state__exact=withdrawn")
    assert offered.status_code == 200
    assert not offered.context["cl"].result_list


def test_what_libraries_register_is_not_shown():
    apps = {model._meta.app_label for model in registered()}
    assert apps == {"submissions", "scoring", "awards"}


def test_judges_add_and_delete_nothing(committee, browser):
    judge, entry = browser(committee.judge), committee.entry
    make.make_evidence(entry)
    for model in set(registered()) - {SecondReading}:  # of which there are no such addresses
        info = (model._meta.app_label, model._meta.model_name)
        assert judge.get(reverse("admin:{}_{}_add".format(*info))).status_code == 403, model
        if found := model._default_manager.first():
            assert judge.post(
                reverse("admin:{}_{}_delete".format(*info), args=[found.pk]), {"post": "yes"}
            ).status_code in (403, 404)
            assert model._default_manager.filter(pk=found.pk).exists()


def test_facts_are_not_deleted_by_staff_either(committee, browser):
    make.make_evidence(committee.entry), make.make_value(committee.entry, "2.2.1.updated", "10")
    make.make_sheet(committee.entry, committee.judge), make.make_extension(committee.entry)
    staff = browser(committee.staff)
    for model in registered():
        info, found = (model._meta.app_label, model._meta.model_name), model._default_manager.first()
        if found and model._meta.model_name != "holiday":
            response = staff.post(reverse("admin:{}_{}_delete".format(*info), args=[found.pk]), {"post": "yes"})
            assert response.status_code == 403, model


def test_what_belongs_to_another_round_does_not_exist(committee, browser):
    evidence, sheet = make.make_evidence(committee.entry), make.make_sheet(committee.entry, committee.judge)
    stranger = browser(committee.stranger)
    for address in (
        reverse("admin:submissions_evidence_change", args=[evidence.pk]),
        reverse("admin:submissions_evidence_history", args=[evidence.pk]),
        reverse("admin:submissions_entry_change", args=[committee.entry.pk]),
        reverse("admin:submissions_sheet_of_entry", args=[committee.entry.pk]),
        reverse("admin:submissions_sheet_change", args=[sheet.pk]),
        reverse("admin:submissions_evidence_change", args=[10**9]),
        "/admin/submissions/evidence/nonsense/change/",
    ):
        assert stranger.get(address).status_code == 404, address
    assert not stranger.get(list_of(Evidence)).context["cl"].result_count
    assert stranger.post(reverse("admin:submissions_sheet_reopen", args=[sheet.pk]), {"reason": "x"}).status_code == 404
    decide = {"evidence": [f"{evidence.pk}.1"], "decision": "accept"}
    stranger.post(reverse("admin:submissions_evidence_decide"), decide)
    stranger.post(
        reverse("admin:submissions_evidence_change", args=[evidence.pk]), {"decision": "accept", "revision": 1}
    )
    evidence.refresh_from_db()
    assert evidence.status == "submitted"


def test_history_is_for_staff_and_changes_nothing(committee, browser):
    office = committee.entry.office
    past = office.history.first()
    address = reverse("admin:submissions_office_simple_history", args=[office.pk, past.history_id])
    assert browser(committee.staff).get(address).status_code == 200
    assert browser(committee.staff).post(address, {"name_th": "อื่น", "code": "X", "kind": "province"}).status_code == 404
    sheet = make.make_sheet(committee.entry, committee.judge)
    assert browser(committee.judge).get(reverse("admin:submissions_sheet_history", args=[sheet.pk])).status_code == 403
    assert browser(committee.staff).get(reverse("admin:submissions_sheet_history", args=[sheet.pk])).status_code == 200
    for nonsense in ("abc", "9" * 30):
        for row in (office, committee.staff, sheet):
            past_of_row = reverse(f"admin:submissions_{row._meta.model_name}_history", args=[row.pk]) + f"{nonsense}/"
            assert browser(committee.staff).get(past_of_row).status_code == 404
        address = reverse("admin:submissions_office_history", args=[nonsense])
        assert browser(committee.staff).get(address).status_code == 404


def count_queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200, address
    return len(queries)


def fill(round, number: int) -> None:
    """Rows of every kind, in offices of their own."""
    for _ in range(number):
        entry = make.make_entry(round)
        judge = make.make_user("judge")
        round.judges.add(judge)
        make.make_evidence(entry, kind="pdf")
        make.make_evidence(entry, "5.report", status="accepted")
        make.make_value(entry, "2.2.1.updated", "10", entered_by=judge)
        make.make_sheet(entry, judge)
        make.make_extension(entry)
        make.make_holiday(f"2023-08-{Entry.objects.count():02}")
        Event.objects.record(entry, "value.entered", by=judge, code="x", before="", after="1")
        make.make_round(judges=[judge])


@pytest.mark.parametrize("who", ["judge", "staff"])
def test_no_page_costs_more_for_more_rows(committee, browser, who, monkeypatch):
    monkeypatch.setattr(watch, "KNOWN_FOR", 600)  # how the parts are is looked at now and then, however many rows
    user = getattr(committee, who)
    client = browser(user)
    addresses = ["/admin/", *(list_of(model) for model in registered() if who == "staff" or model in OF_COMMITTEE)]
    addresses = [a for a in addresses if not a.startswith("/admin/awards")]
    make.make_evidence(make.make_entry(committee.round))  # so that there is a next one to go to
    fill(committee.round, 1)
    evidence, entry = Evidence.objects.first(), Entry.objects.latest("pk")
    desks = [  # with the history of a piece, its thread, its claim, and who else may read it
        reverse("admin:submissions_evidence_change", args=[evidence.pk]),
        reverse("admin:submissions_evidence_change", args=[evidence.pk]) + "?_changelist_filters=dimension%3D1",
        reverse("admin:submissions_sheet_of_entry", args=[entry.pk]),
    ]
    addresses += desks
    for address in addresses:
        client.get(address)  # what is read once per process
    few = {address: count_queries(client, address) for address in addresses}
    fill(committee.round, 3)
    many = {address: count_queries(client, address) for address in addresses}
    assert many == few
    assert max(few[address] for address in desks) <= 25, few
    assert max(few[address] for address in addresses if address not in desks) <= 16, few
