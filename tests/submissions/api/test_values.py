"""Values by the API: entered together, accepted or returned together, by the rules of the pages."""

import pytest

from submissions import intake
from submissions.models import Value
from tests import factories as make
from tests.api import API, by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_requests_yet")]


# Entered


def put_values(person, entry, *values):
    rows = [dict(zip(("code", "period", "amount", "revision"), value, strict=True)) for value in values]
    return by(person).put(f"{API}/entries/{entry.pk}/values/", {"values": rows})


def test_values_are_entered_together_and_come_back_canonical(entry, officer):
    make.make_value(entry, "3.4.news", "7", "2023-07")
    saved = put_values(officer, entry, ("3.4.news", "2023-07", "012.0", 1), ("3.4.webex", "2023-07", "3", 0))
    assert saved.status_code == 200
    assert {(v["code"], v["period"], v["amount"], v["revision"]) for v in saved.data["values"]} == {
        ("3.4.news", "2023-07", "12", 2),
        ("3.4.webex", "2023-07", "3", 1),
    }
    assert by(officer).get(f"{API}/entries/{entry.pk}/values/").data == saved.data


def test_an_empty_amount_takes_a_value_back(entry, officer):
    make.make_value(entry, "3.4.news", "7", "2023-07")
    assert put_values(officer, entry, ("3.4.news", "2023-07", "", 1)).data == {"values": []}


def test_a_value_whose_time_is_over_is_the_office_s_no_more(entry, officer):
    refused = put_values(officer, entry, ("3.4.news", "2023-06", "12", 0))
    assert (refused.status_code, list(refused.data["errors"])) == (400, ["3.4.news.2023-06"])


def test_values_are_all_entered_or_none(entry, staff):
    refused = put_values(
        staff, entry, ("2.1.1.collected", None, "50210", 0), ("2.1.1.target", None, "-5", 0), ("9.9", None, "1", 0)
    )
    assert refused.status_code == 400
    assert set(refused.data["errors"]) == {"2.1.1.target", "9.9"}
    assert not Value.objects.exists()


def test_official_figures_are_for_central_staff(entry, officer, staff):
    assert put_values(officer, entry, ("2.1.1.collected", None, "50210", 0)).status_code == 400
    assert put_values(staff, entry, ("2.1.1.collected", None, "50210", 0)).status_code == 200


def test_a_value_changed_meanwhile_is_not_overwritten(entry, staff):
    intake.enter_values(entry, {("2.1.1.collected", ""): "1"}, by=staff)
    late = put_values(staff, entry, ("2.1.1.collected", None, "2", 0))
    assert late.status_code == 409
    assert (late.data["current"]["amount"], late.data["current"]["revision"]) == ("1", 1)


def test_a_number_must_be_written_as_a_text(entry, staff):
    refused = put_values(staff, entry, ("2.1.1.confidence", None, 96.2, 0))
    assert refused.status_code == 400
    assert not Value.objects.exists()


# Reviewed


@pytest.fixture
def amounts(entry):
    """Two amounts of two offices, which wait, in a scheme that has them reviewed."""
    neighbour = make.make_entry(entry.round, "TH-82")
    return [make.make_value(one, "3.4.news", "7", "2023-07") for one in (entry, neighbour)]


def decide(person, round, values, decision="accept", *, reason="", revision=1):
    named = [{"entry": one.entry_id, "code": one.code, "period": one.period, "revision": revision} for one in values]
    body = {"decision": decision, "reason": reason, "values": named}
    return by(person).post(f"{API}/rounds/{round.pk}/values/review/", body, format="json")


def standings() -> list[str]:
    return list(Value.objects.order_by("pk").values_list("status", flat=True))


def test_values_are_accepted_or_returned_together_by_who_reviews(entry, amounts, officer, judge, staff):
    round, stranger = entry.round, make.make_user("judge")
    assert decide(officer, round, amounts).status_code == 403
    assert decide(stranger, round, amounts).status_code == 404
    assert standings() == ["submitted"] * 2
    done = decide(judge, round, amounts)
    assert done.status_code == 200
    assert [(v["entry"], v["status"], v["revision"]) for v in done.data["values"]] == [
        (amount.entry_id, "accepted", 2) for amount in amounts
    ]
    assert decide(staff, round, amounts, revision=2).data == done.data, "the same decision by two is no conflict"
    nameless = decide(judge, round, amounts[:1], "return", revision=2)
    assert (nameless.status_code, list(nameless.data["errors"])) == (400, ["reason"])
    assert decide(judge, round, amounts[:1], "return", reason="ไม่ตรง", revision=2).status_code == 200
    shown = by(officer).get(f"{API}/entries/{entry.pk}/values/").data["values"][0]
    assert (shown["status"], shown["return_reason"]) == ("returned", "ไม่ตรง")


def test_all_of_them_are_decided_or_none(entry, amounts, judge, officer):
    round, (_first, second) = entry.round, amounts
    intake.enter_values(entry, {("3.4.news", "2023-07"): "9"}, by=officer)
    late = decide(judge, round, amounts)
    assert late.status_code == 409
    assert [late.data["current"][name] for name in ("entry", "amount", "revision")] == [entry.pk, "9", 2]
    central = make.make_value(entry, "2.1.1.collected", "1", source="central")
    elsewhere = make.make_value(make.make_entry(make.make_round(judges=[judge]), "TH-83"), "3.4.news", "7", "2023-07")
    missing = decide(judge, round, [second, central, elsewhere])
    assert missing.status_code == 400
    assert list(missing.data["errors"]) == ["values.1", "values.2"]
    assert decide(judge, round, [second, second]).status_code == 400
    assert set(standings()) == {"submitted"}
