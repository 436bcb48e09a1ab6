"""The trace: what was looked at, and whether it is met, open or missed."""

import pytest

from tests.scoring.engine.making import AFTER, BEFORE, facts, longer, piece, scored, sheet


def first(code: str, given) -> dict:
    return scored(code, given).as_json()["trace"][0]


@pytest.mark.parametrize(
    ("protected", "as_of", "outcome", "row"),
    [(200, AFTER, "met", 4), (200, BEFORE, "met", 4), (190, BEFORE, "open", 2), (190, AFTER, "missed", 2)],
)
def test_a_band(protected, as_of, outcome, row) -> None:
    found = first("3.3", facts(as_of, values={"3.3.total": 200, "3.3.protected": protected}))
    assert (found["about"], found["outcome"], found["row"]) == ("band", outcome, row)
    assert found["given"] == {"3.3.protected": str(protected), "3.3.total": "200"}
    assert found["by"] == "2023-07-31"


def test_a_band_without_its_numbers() -> None:
    found = first("3.3", facts(BEFORE, values={"3.3.total": 200}))
    assert found["outcome"] == "open"
    assert "row" not in found
    assert found["given"] == {"3.3.protected": None, "3.3.total": "200"}


def test_the_fall_from_a_band_is_told() -> None:
    values = {"2.1.1.target": 100, "2.1.1.collected": 101, "2.1.1.confidence": 95}
    assert first("2.1.1", facts(AFTER, values=values))["fallen"] is True
    assert "fallen" not in first("2.1.1", facts(AFTER, values={**values, "2.1.1.confidence": 96}))


def test_the_smallest_month_counts_a_missing_one_as_nothing() -> None:
    months = {f"2022-0{month}": 20 for month in range(1, 10)}
    trace = scored("m2", facts("2022-06-01T12:00", scheme="missions-2565", values={"m2.3.publicity": months})).trace
    assert trace[3].data["code"] == "m2.3"
    assert trace[3].parts[0].data["amount"] == "0"


def test_evidence_by_its_references() -> None:
    pieces = [
        piece("1.3.publication", "2023-05-01T09:00", "line"),
        piece("1.3.publication", "2023-05-02T09:00", "radio", status="submitted"),
        piece("1.3.publication", "2023-08-02T09:00", "x"),
        piece("1.3.publication", "2023-05-03T09:00", status="returned"),
        piece("1.3.publication", "2023-09-09T09:00"),
    ]
    step = scored("1.3", facts("2023-08-03T00:00", *pieces)).as_json()["trace"][4]
    assert step["parts"] == [
        {
            "about": "evidence",
            "outcome": "open",
            "code": "1.3.publication",
            "by": "2023-07-31",
            "counted": [pieces[0].ref],
            "waiting": [pieces[1].ref],
            "returned": True,
            "late": [pieces[2].ref],
            "needed": 2,
            "channels": ["line"],
        }
    ]


def test_an_extension_is_told_where_it_holds_and_its_last_day_counts() -> None:
    last, late = (piece("1.2.report", f"2023-07-0{day}T09:00", period="r2") for day in (5, 6))
    extended = (longer("1.2.report", "2023-07-05", "r2"),)
    step = first("1.2", facts("2023-07-10T12:00", last, late, extensions=extended))
    assert step["about"] == "step"
    leaf = {"about": "evidence", "code": "1.2.report", "waiting": []}
    assert step["parts"][0]["parts"] == [
        {**leaf, "outcome": "missed", "period": "r1", "by": "2023-03-31", "counted": [], "late": []},
        {
            **leaf,
            "outcome": "met",
            "period": "r2",
            "by": "2023-07-05",
            "extended": True,
            "counted": [last.ref],
            "late": [late.ref],
        },
    ]


@pytest.mark.parametrize(
    ("as_of", "handed_in", "outcomes"),
    [
        ("2022-01-10T12:00", (), ("open", "open", "open")),
        ("2022-02-10T12:00", (), ("open", "missed", "open")),
        ("2022-10-10T12:00", (), ("missed", "missed", "missed")),
        ("2022-10-10T12:00", ("m4.1.plan",), ("missed", "met", "missed")),
    ],
)
def test_a_level_and_its_parts(as_of, handed_in, outcomes) -> None:
    pieces = [piece(code, "2022-01-05T09:00") for code in handed_in]
    trace = scored("m4", facts(as_of, *pieces, scheme="missions-2565")).as_json()["trace"]
    assert tuple(found["outcome"] for found in trace) == outcomes
    assert [found.get("code") for found in trace] == [None, "m4.1", "m4.2"]


def test_a_full_level_is_met() -> None:
    given = facts(
        "2022-03-01T12:00",
        piece("m4.1.plan", "2022-01-05T09:00"),
        scheme="missions-2565",
        values={"m4.2.percent": 30},
    )
    found = first("m4", given)
    assert (found["outcome"], found["total"], found["max"], found["rounded"]) == ("met", "100", "100", "100")


def test_a_proportion_and_a_count() -> None:
    pieces = [piece("m8.3.activity", "2022-03-01T09:00", period="q2")]
    given = facts("2022-07-01T12:00", *pieces, scheme="missions-2565", values={"m8.4.downloads": 500})
    trace = {found.data.get("code"): found for found in scored("m8", given).trace}
    count, share = trace["m8.3"].parts[0], trace["m8.4"].parts[0]
    assert (count.about, count.outcome, count.data["points"]) == ("count", "missed", "10")
    assert [part.outcome for part in count.parts] == ["met", "missed", "open"]
    assert (share.outcome, share.data["points"], share.data["amount"]) == ("open", "7.5", "25")


def test_judges_that_are_waited_for() -> None:
    gate = piece("5.report", "2023-06-01T09:00"), piece("5.checklist", "2023-06-01T09:00")
    trace = scored("5.1", facts(BEFORE, *gate, sheets=(sheet(i511="2"),), expected_sheets=0)).as_json()["trace"]
    assert [(found["about"], found["outcome"]) for found in trace] == [
        ("gate", "met"),
        ("judged", "met"),
        ("judged", "open"),
    ]
    assert [found.get("missing") for found in trace] == [None, 0, 1]


def test_a_date_and_the_days_it_was_late() -> None:
    given = facts(AFTER, settings={"2.1.2.due": "2023-05-31"}, values={"2.1.2.received_on": "2023-06-06"})
    found = first("2.1.2", given)
    assert (found["outcome"], found["row"], found["business_days_late"]) == ("met", 3, 4)
    waiting = first("2.1.2", facts(BEFORE, settings={"2.1.2.due": "2023-05-31"}))
    assert (waiting["outcome"], waiting["due"]) == ("open", "2023-05-31")
    over = first("2.1.2", facts(AFTER, settings={"2.1.2.due": "2023-05-31"}))
    assert over["outcome"] == "missed"
    assert first("2.1.2", facts(BEFORE))["about"] == "no_due"
    assert first("2.1.2", facts(AFTER))["outcome"] == "missed"


def test_files_with_the_first_that_counts() -> None:
    given = facts(
        "2023-06-15T12:00",
        piece("4.1.document", "2023-05-02T09:00"),
        piece("4.1.document", "2023-05-01T09:00"),
        piece("4.1.video", "2023-05-03T09:00", status="submitted"),
    )
    document, video = first("4.1.2", given)["parts"]
    assert (document["outcome"], document["day"], document["counted"]) == (
        "met",
        "2023-05-01",
        ["4.1.document@2023-05-01T09:00"],
    )
    assert (video["outcome"], video["counted"], video["waiting"]) == ("open", [], ["4.1.video@2023-05-03T09:00"])


def test_values_yes_and_no_shares_and_days_that_pass() -> None:
    flag = scored("4.1.1", facts(AFTER, values={"4.1.parts_complete": False})).trace[1].parts[0].parts[1]
    assert (flag.about, flag.outcome, flag.data["have"]) == ("flag", "missed", False)
    given = facts("2022-06-01T12:00", scheme="missions-2565", values={"m3.registered": 100, "m3.channels": {"a": 4}})
    shares = scored("m3", given).trace[2].parts[0].parts[1]
    assert (shares.outcome, shares.data["have"], shares.data["needed"]) == ("met", 1, 1)
    passed = scored("2025-07", facts("2025-07-21T12:00", scheme="milestone-2568")).trace[2].parts[0]
    assert (passed.about, passed.outcome, passed.data["by"]) == ("passed", "met", "2025-07-20")


def test_a_plan_with_its_day_and_the_day_it_was_done() -> None:
    days = {"2025-05.planned_on": "2025-05-20", "2025-05.presented_on": "2025-05-21"}
    trace = scored("2025-05", facts("2025-06-20T12:00", scheme="milestone-2568", values=days)).as_json()["trace"]
    plans = [step["parts"][0] for step in trace if step["parts"][0]["about"] == "plan"]
    plan = {
        "about": "plan",
        "code": "2025-05.presented_on",
        "planned": "2025-05.planned_on",
        "happened_on": "2025-05-21",
        "planned_on": "2025-05-20",
        "by": "2025-05-31",
    }
    assert plans == [{**plan, "outcome": "missed", "late": False}, {**plan, "outcome": "met", "late": True}]


def test_all_that_is_kept_of_a_level() -> None:
    given = facts(
        "2022-06-15T12:00",
        piece("m4.1.plan", "2022-01-31T09:00"),
        scheme="missions-2565",
        values={"m4.2.percent": 10},
    )
    plan = {
        "about": "evidence",
        "outcome": "met",
        "code": "m4.1.plan",
        "by": "2022-01-31",
        "counted": ["m4.1.plan@2022-01-31T09:00"],
        "waiting": [],
        "late": [],
    }
    band = {
        "about": "band",
        "outcome": "open",
        "row": 1,
        "points": "20",
        "amount": "10",
        "percent": True,
        "given": {"m4.2.percent": "10"},
        "by": "2022-06-30",
    }
    more = {"kind": "value", "code": "m4.2.percent", "period": None, "until": "2022-06-30", "compare": "at_least"}
    assert scored("m4", given).as_json() == {
        "earned": "4.00",
        "attainable": "5.00",
        "max": "5.00",
        "unchecked": "0.00",
        "trace": [
            {
                "about": "level",
                "outcome": "open",
                "total": "70",
                "max": "100",
                "rounded": "70",
                "row": 3,
                "points": "4",
            },
            {
                "about": "part",
                "outcome": "met",
                "code": "m4.1",
                "title": {"th": "มีแผนปฏิบัติการ", "en": "Action plan"},
                "earned": "50",
                "attainable": "50",
                "max": "50",
                "parts": [{"about": "step", "outcome": "met", "row": 0, "points": "50", "parts": [plan]}],
            },
            {
                "about": "part",
                "outcome": "open",
                "code": "m4.2",
                "title": {"th": "ขับเคลื่อนกิจกรรมตามแผน", "en": "Plan carried out"},
                "earned": "20",
                "attainable": "60",
                "max": "60",
                "parts": [band],
            },
        ],
        "offers": [
            {"gain": "1.00", "until": "2022-06-30", "needs": [{**more, "number": number, "bound": number}]}
            for number in ("20", "30")
        ],
    }


def test_a_level_that_nothing_was_given_for_has_no_row() -> None:
    found = first("m4", facts("2022-01-10T12:00", scheme="missions-2565"))
    assert (found["total"], found["rounded"], found["points"]) == ("0", "0", "0")
    assert "row" not in found
    given = first("m8", facts("2022-07-01T12:00", scheme="missions-2565", values={"m8.4.downloads": 500}))
    assert (given["total"], given["rounded"], given["row"]) == ("7.5", "8", 0)


@pytest.mark.parametrize(
    ("as_of", "downloads", "outcome"),
    [
        ("2022-09-30T23:59", 500, "open"),
        ("2022-10-01T00:00", 500, "missed"),
        ("2022-10-01T00:00", 2000, "met"),
        ("2022-09-30T23:59", 2000, "met"),
    ],
)
def test_a_proportion_is_open_until_its_day(as_of, downloads, outcome) -> None:
    given = facts(as_of, scheme="missions-2565", values={"m8.4.downloads": downloads})
    (found,) = {found.data.get("code"): found for found in scored("m8", given).trace}["m8.4"].as_json()["parts"]
    assert (found["about"], found["outcome"], found["by"]) == ("proportion", outcome, "2022-09-30")
    assert found["given"] == {"m8.4.downloads": str(downloads)}


def test_shares_of_a_whole_with_how_many_there_are_and_are_needed() -> None:
    given = facts("2022-06-01T12:00", scheme="missions-2565", values={"m3.registered": 100, "m3.channels": {"a": 4}})
    assert scored("m3", given).as_json()["trace"][1]["parts"][0]["parts"][1] == {
        "about": "shares",
        "outcome": "open",
        "code": "m3.channels",
        "by": "2022-09-30",
        "whole": "m3.registered",
        "percent": "4",
        "needed": 2,
        "have": 1,
    }


def test_all_that_is_kept_of_what_judges_gave() -> None:
    gate = piece("5.report", "2023-06-01T09:00"), piece("5.checklist", "2023-06-01T09:00")
    given = facts(BEFORE, *gate, sheets=(sheet(i511="2"), sheet(i511="1")), expected_sheets=3)
    opened, *items = scored("5.1", given).as_json()["trace"]
    assert (opened["about"], opened["outcome"]) == ("gate", "met")
    assert [part["code"] for part in opened["parts"][0]["parts"]] == ["5.report", "5.checklist"]
    shown = {"about": "judged", "outcome": "open", "max": "3"}
    assert items == [
        {**shown, "code": "5.1.1", "mean": "1.5", "sheets": 2, "missing": 1},
        {**shown, "code": "5.1.2", "mean": "0", "sheets": 0, "missing": 3},
    ]


def test_the_items_of_a_tally_with_what_was_handed_in() -> None:
    trace = scored("3.1", facts(BEFORE, piece("3.1.review", "2023-05-01T09:00"))).as_json()["trace"]
    assert [(one["about"], one["row"], one["outcome"], one["parts"][0]["code"]) for one in trace] == [
        ("item", 0, "open", "3.1.assignment"),
        ("item", 1, "open", "3.1.plan"),
        ("item", 2, "met", "3.1.review"),
    ]


@pytest.mark.parametrize(("as_of", "outcome"), [(BEFORE, "open"), ("2023-08-01T00:00", "missed")])
def test_a_file_that_did_not_come_is_open_until_the_close(as_of, outcome) -> None:
    found = first("4.1.2", facts(as_of, piece("4.1.video", "2023-05-03T09:00")))
    none = {"counted": [], "waiting": []}
    come = {"outcome": "met", "counted": ["4.1.video@2023-05-03T09:00"], "waiting": [], "day": "2023-05-03"}
    by = {"about": "evidence", "by": "2023-07-31"}
    assert found["parts"] == [
        {**by, "code": "4.1.document", "outcome": outcome, **none},
        {**by, "code": "4.1.video", **come},
    ]
    assert (found["outcome"], found["points"]) == (outcome, "0")


def test_all_that_is_kept_of_a_day_and_its_row() -> None:
    due = {"2.1.2.due": "2023-05-31"}
    given = facts("2023-06-20T12:00", settings=due, values={"2.1.2.received_on": "2023-06-06"})
    came = {"about": "timeliness", "code": "2.1.2.received_on", "due": "2023-05-31"}
    late = {"outcome": "met", "row": 3, "points": "2", "day": "2023-06-06", "business_days_late": 4}
    assert first("2.1.2", given) == {**came, **late}
    assert first("2.1.2", facts("2023-06-20T12:00", settings=due)) == {**came, "outcome": "open", "points": "0"}
    unset = {"about": "no_due", "setting": "2.1.2.due", "by": "2023-07-31"}
    for as_of, outcome in (("2023-07-31T23:59", "open"), ("2023-08-01T00:00", "missed")):
        assert first("2.1.2", facts(as_of)) == {**unset, "outcome": outcome}


def test_a_row_that_needs_a_yes_is_not_reached_while_it_is_not_said() -> None:
    def found(**values) -> dict:
        given = facts(
            "2022-03-01T12:00", scheme="missions-2565", values={f"m2.1.{key}": one for key, one in values.items()}
        )
        return scored("m2", given).as_json()["trace"][1]["parts"][0]

    reached = found(completed_on="2022-01-15", extended=True)
    assert (reached["row"], reached["points"], reached["outcome"]) == (1, "40", "met")
    for told in ({}, {"extended": False}):
        waiting = found(completed_on="2022-01-15", **told)
        assert (waiting["points"], waiting["outcome"], waiting["day"]) == ("0", "missed", "2022-01-15")
        assert "row" not in waiting


def test_a_band_of_a_percentage_a_plain_number_or_a_share_of_nobody() -> None:
    def found(code: str, part: int | None = None, **values) -> dict:
        given = {f"{code}.{key}": number for key, number in values.items()}
        trace = scored(code, facts("2022-09-30T23:59", scheme="missions-2565", values=given)).as_json()["trace"]
        return trace[0] if part is None else trace[part]["parts"][0]

    percent = found("m5", overdue=200, repaid=50)
    assert (percent["amount"], percent["percent"], percent["outcome"]) == ("25", True, "open")
    nobody = found("m5", overdue=0)
    assert (nobody["amount"], nobody["row"], nobody["outcome"]) == ("full", 5, "met")
    assert "amount" not in found("m5", repaid=1)
    plain = scored("m2", facts("2022-09-30T23:59", scheme="missions-2565")).as_json()["trace"][3]["parts"][0]
    assert (plain["about"], plain["outcome"]) == ("band", "open")
    assert "percent" not in plain
    guarded = first("2.1.1", facts(BEFORE))
    assert (guarded["guard"], guarded["percent"]) == ("2.1.1.confidence", True)


def test_how_many_of_several_are_needed_is_told_where_it_is_not_all() -> None:
    trace = first("1", facts("2021-07-10T12:00", scheme="itperson-2564"))
    groups = [part for part in trace["parts"][0]["parts"] if part["about"] == "at_least"]
    assert [group["count"] for group in groups] == [1]
    assert "count" not in trace["parts"][0]
    flag = next(part for part in trace["parts"][0]["parts"] if part["about"] == "flag")
    assert flag == {"about": "flag", "outcome": "open", "code": "1.civil_servant", "by": "2021-07-20"}


def test_all_that_is_kept_of_a_number_compared_in_each_month() -> None:
    values = {"3.4.conference_held": {"2023-02": 2, "2023-03": 2}, "3.4.conference_early": {"2023-02": 1.5}}
    trace = scored("3.4", facts("2023-03-15T12:00", values=values)).as_json()["trace"]
    months = trace[1]["parts"][0]["parts"]
    kept = {"about": "value", "code": "3.4.conference_early", "compare": "at_least", "other": "3.4.conference_held"}
    assert months[:3] == [
        {**kept, "outcome": "missed", "period": "2023-02", "by": "2023-02-28", "have": "1.5", "number": "2"},
        {**kept, "outcome": "open", "period": "2023-03", "by": "2023-03-31", "number": "2"},
        {**kept, "outcome": "open", "period": "2023-04", "by": "2023-04-30"},
    ]
    assert trace[0]["parts"][0]["parts"][0]["number"] == "10"
