"""Facts are read exactly, and every fault is named by its path."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from scoring import shipped
from scoring.engine import BadFacts, parse_json, read_facts

LINE = (
    '{"scheme": "cdd40-2566", "entrant": {"code": "TH-81", "size": "small"}, "as_of": "2023-08-01T09:00:00+07:00",'
    ' "basis": "verified"%s}'
)


def read(more: str = ""):
    return read_facts(shipped.schemes(), parse_json(LINE % (f", {more}" if more else "")))


def faults(line: str) -> list[str | None]:
    with pytest.raises(BadFacts) as refused:
        read_facts(shipped.schemes(), parse_json(line))
    return [fault.field for fault in refused.value.faults]


def test_the_example_of_the_format_is_read() -> None:
    facts = read(
        '"settings": {"2.1.2.due": "2023-05-31"}, "holidays": ["2023-05-05"],'
        '"values": {"2.1.1.confidence": 96.2, "2.1.2.received_on": "2023-05-30", "4.1.extra_content": true,'
        ' "3.4.news": {"2023-02": 12}},'
        '"evidence": [{"requirement": "4.2.publicity", "period": "2023-03",'
        ' "submitted_at": "2023-03-14T16:20:00+07:00", "status": "accepted",'
        ' "channels": ["facebook", "website"], "note": null}],'
        '"extensions": [{"requirement": "1.3.training", "period": null, "until": "2023-04-10"}],'
        '"judging": {"expected": 3, "sheets": [{"judge": "J1", "points": {"5.1.1": 2.5, "5.1.2": 3}}]}'
    )
    assert facts.values["2.1.1.confidence"] == Decimal("96.2")
    assert facts.values["4.1.extra_content"] is True
    assert facts.values["3.4.news"] == {"2023-02": Decimal(12)}
    assert facts.settings == {"2.1.2.due": date(2023, 5, 31)}
    assert facts.holidays == {date(2023, 5, 5)}
    assert facts.evidence[0].channels == {"facebook", "website"}
    assert facts.evidence[0].submitted_at == datetime(2023, 3, 14, 9, 20, tzinfo=UTC)
    assert facts.extensions[0].until == date(2023, 4, 10)
    assert facts.expected_sheets == 3
    assert facts.sheets[0].judge == "J1"
    assert facts.sheets[0].points == {"5.1.1": Decimal("2.5"), "5.1.2": Decimal(3)}


def test_what_is_missing_is_empty_and_the_portals_holidays_stand_in() -> None:
    days = frozenset({date(2023, 5, 4)})
    facts = read_facts(shipped.schemes(), parse_json(LINE % ""), days)
    assert facts.holidays == days
    assert (facts.values, facts.evidence, facts.expected_sheets, facts.sheets) == ({}, (), None, ())
    named = read_facts(shipped.schemes(), parse_json(LINE % ', "holidays": []'), days)
    assert named.holidays == frozenset()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-07-31T16:59:59.999999Z", datetime(2023, 7, 31, 16, 59, 59, 999999, UTC)),
        ("2023-07-31t16:59:59z", datetime(2023, 7, 31, 16, 59, 59, tzinfo=UTC)),
        ("2023-07-31T23:59:59.9999999999+07:00", datetime(2023, 7, 31, 16, 59, 59, 999999, UTC)),
        ("2023-07-31T23:59:59.5+07:00", datetime(2023, 7, 31, 16, 59, 59, 500000, UTC)),
        ("2023-07-31T12:00:00-11:30", datetime(2023, 7, 31, 23, 30, tzinfo=UTC)),
    ],
)
def test_times(text: str, moment: datetime) -> None:
    line = LINE.replace("2023-08-01T09:00:00+07:00", text) % ""
    assert read_facts(shipped.schemes(), parse_json(line)).as_of == moment


@pytest.mark.parametrize(
    "text",
    [
        "2023-07-31",
        "2023-07-31T10:00:00",
        "2023-07-31 10:00:00+07:00",
        "20230731T100000+0700",
        "2023-07-31T10:00+07:00",
        "2023-07-31T10:00:00+0700",
        "2023-07-31T10:00:00+07",
        "2023-07-31T24:00:00+07:00",
        "2023-07-31T10:60:00+07:00",
        "2023-07-31T10:00:00+24:00",
        "2023-07-31T10:00:00+07:60",
        "2023-02-29T10:00:00+07:00",
        "2023-07-31T10:00:00.+07:00",
        "๒๐๒๓-07-31T10:00:00+07:00",
        "2023-07-31T10:00:00+07:00\n",
        "2566-W01-1T10:00:00Z",
        "9999-12-31T23:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "",
    ],
)
def test_what_is_no_time_with_an_offset_and_a_day_in_bangkok(text: str) -> None:
    document = parse_json(LINE % "")
    document["as_of"] = text
    assert faults(json.dumps(document)) == ["as_of"]


def test_the_ends_of_the_calendar_have_a_day_in_bangkok() -> None:
    for text in ("9999-12-31T16:59:59Z", "0001-01-01T03:00:00+05:00", "0001-01-01T00:00:00+07:00"):
        line = LINE.replace("2023-08-01T09:00:00+07:00", text) % ""
        assert read_facts(shipped.schemes(), parse_json(line)).entrant == "TH-81"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ('"settings": null', "settings"),
        ('"settings": {"9": "2023-05-31"}', "settings.9"),
        ('"settings": {"2.1.2.due": "2023-5-31"}', "settings.2.1.2.due"),
        ('"settings": {"2.1.2.due": null}', "settings.2.1.2.due"),
        ('"holidays": "2023-05-05"', "holidays"),
        ('"holidays": ["2023-05-05", "2023-05-32"]', "holidays[1]"),
        ('"values": []', "values"),
        ('"values": null', "values"),
        ('"values": {"3.3.total": "5"}', "values.3.3.total"),
        ('"values": {"3.3.total": true}', "values.3.3.total"),
        ('"values": {"3.3.total": null}', "values.3.3.total"),
        ('"values": {"3.3.total": 0}', "values.3.3.total"),
        ('"values": {"3.3.total": 0.0}', "values.3.3.total"),
        ('"values": {"2.1.1.target": 0}', "values.2.1.1.target"),
        ('"values": {"3.3.protected": -0.5}', "values.3.3.protected"),
        ('"values": {"3.3.protected": NaN}', "values.3.3.protected"),
        ('"values": {"3.3.protected": Infinity}', "values.3.3.protected"),
        ('"values": {"3.3.protected": -Infinity}', "values.3.3.protected"),
        ('"values": {"3.3.protected": 1e309}', "values.3.3.protected"),
        ('"values": {"3.3.protected": 1e99999999999999999999}', "values.3.3.protected"),
        ('"values": {"3.3.protected": %s}' % ("9" * 5000), "values.3.3.protected"),
        ('"values": {"3.3.protected": 1e-999999999}', "values.3.3.protected"),
        ('"values": {"3.3.total": 0e-999999999}', "values.3.3.total"),
        ('"values": {"4.1.extra_content": 1}', "values.4.1.extra_content"),
        ('"values": {"4.1.extra_content": "true"}', "values.4.1.extra_content"),
        ('"values": {"2.1.2.received_on": 20230530}', "values.2.1.2.received_on"),
        ('"values": {"2.1.2.received_on": "2023-02-29"}', "values.2.1.2.received_on"),
        ('"values": {"3.4.news": 12}', "values.3.4.news"),
        ('"values": {"3.4.news": {"2023-08": 12}}', "values.3.4.news.2023-08"),
        ('"values": {"3.4.news": {"2023-02": "12"}}', "values.3.4.news.2023-02"),
        ('"evidence": {}', "evidence"),
        ('"evidence": ["1.1.report"]', "evidence[0]"),
        ('"evidence": [{"submitted_at": "2023-03-14T16:20:00Z", "status": "accepted"}]', "evidence[0].requirement"),
        ('"evidence": [{"requirement": "1.1.report", "status": "accepted"}]', "evidence[0].submitted_at"),
        ('"evidence": [{"requirement": "1.1.report", "submitted_at": "2023-03-14T16:20:00Z"}]', "evidence[0].status"),
        (
            '"evidence": [{"requirement": "1.1.report", "submitted_at": "2023-03-14T16:20:00", "status": "accepted"}]',
            "evidence[0].submitted_at",
        ),
        (
            '"evidence": [{"requirement": "1.1.report", "period": "r1", "submitted_at": "2023-03-14T16:20:00Z",'
            ' "status": "accepted"}]',
            "evidence[0].period",
        ),
        (
            '"evidence": [{"requirement": "1.2.report", "submitted_at": "2023-03-14T16:20:00Z", "status": "accepted"}]',
            "evidence[0].period",
        ),
        (
            '"evidence": [{"requirement": "1.2.report", "period": "q2", "submitted_at": "2023-03-14T16:20:00Z",'
            ' "status": "accepted"}]',
            "evidence[0].period",
        ),
        (
            '"evidence": [{"requirement": "1.1.report", "submitted_at": "2023-03-14T16:20:00Z", "status": "accepted",'
            ' "channels": ["line", "telegram"]}]',
            "evidence[0].channels[1]",
        ),
        (
            '"evidence": [{"requirement": "1.1.report", "submitted_at": "2023-03-14T16:20:00Z", "status": "accepted",'
            ' "channels": [["line"]]}]',
            "evidence[0].channels[0]",
        ),
        (
            '"evidence": [{"requirement": "1.1.report", "submitted_at": "2023-03-14T16:20:00Z", "status": "accepted",'
            ' "channels": null}]',
            "evidence[0].channels",
        ),
        ('"extensions": {}', "extensions"),
        ('"extensions": [{"requirement": "1.3.training"}]', "extensions[0].until"),
        ('"extensions": [{"until": "2023-04-10"}]', "extensions[0].requirement"),
        ('"extensions": [{"requirement": "1.2.report", "until": "2023-04-10"}]', "extensions[0].period"),
        ('"extensions": [{"requirement": "1.3.training", "until": "2023-04-31"}]', "extensions[0].until"),
        ('"extensions": [3]', "extensions[0]"),
        ('"judging": []', "judging"),
        ('"judging": {"expected": 1.5}', "judging.expected"),
        ('"judging": {"expected": -1}', "judging.expected"),
        ('"judging": {"expected": null}', "judging.expected"),
        ('"judging": {"expected": true}', "judging.expected"),
        ('"judging": {"sheets": {}}', "judging.sheets"),
        ('"judging": {"sheets": [1]}', "judging.sheets[0]"),
        ('"judging": {"sheets": [{"points": {}}]}', "judging.sheets[0].judge"),
        ('"judging": {"sheets": [{"judge": 1, "points": {}}]}', "judging.sheets[0].judge"),
        ('"judging": {"sheets": [{"judge": "J1"}]}', "judging.sheets[0].points"),
        ('"judging": {"sheets": [{"judge": "J1", "points": {"5.9": 1}}]}', "judging.sheets[0].points.5.9"),
        ('"judging": {"sheets": [{"judge": "J1", "points": {"5.1.1": 3.01}}]}', "judging.sheets[0].points.5.1.1"),
        ('"judging": {"sheets": [{"judge": "J1", "points": {"5.1.1": "3"}}]}', "judging.sheets[0].points.5.1.1"),
    ],
)
def test_bad_parts_are_named_by_their_path(more: str, field: str) -> None:
    assert faults(LINE % f", {more}") == [field]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('"scheme": "cdd40-2566", ', "", "scheme"),
        ('"cdd40-2566"', "2566", "scheme"),
        ('"cdd40-2566"', "[]", "scheme"),
        ('{"code": "TH-81", "size": "small"}', '"TH-81"', "entrant.code"),
        ('"entrant": {"code": "TH-81", "size": "small"}, ', "", "entrant.code"),
        ('"code": "TH-81", ', "", "entrant.code"),
        ('"TH-81"', "81", "entrant.code"),
        ('"TH-81"', '""', "entrant.code"),
        (', "size": "small"', "", "entrant.size"),
        ('"small"', "null", "entrant.size"),
        (', "basis": "verified"', "", "basis"),
        ('"verified"', "null", "basis"),
        ('"as_of": "2023-08-01T09:00:00+07:00", ', "", "as_of"),
        ('"2023-08-01T09:00:00+07:00"', "NaN", "as_of"),
    ],
)
def test_bad_heads_are_named_by_their_path(old: str, new: str, field: str) -> None:
    line = (LINE % "").replace(old, new)
    if '"basis"' not in line:
        line = line.replace(" }", "}")
    assert faults(line)[0] == field


@pytest.mark.parametrize(
    "line", ["", "   ", "{not json", "[1, 2]", '"text"', "null", "3", "{} {}", "[" * 100_000, "{'a': 1}"]
)
def test_what_is_no_json_object_has_no_field(line: str) -> None:
    assert faults(line) == [None]


def test_all_faults_are_reported_in_the_order_of_the_format() -> None:
    line = (
        '{"judging": {"sheets": 1}, "extensions": [1], "evidence": [{"requirement": "x", "status": "y"}],'
        ' "values": {"a": 1},'
        '"holidays": [1], "settings": {"b": 1}, "basis": "c", "as_of": 1, "entrant": {}, "scheme": "cdd40-2566"}'
    )
    assert faults(line) == [
        "entrant.code",
        "entrant.size",
        "as_of",
        "basis",
        "settings.b",
        "holidays[0]",
        "values.a",
        "evidence[0].requirement",
        "evidence[0].submitted_at",
        "evidence[0].status",
        "extensions[0]",
        "judging.sheets",
    ]


def test_every_fault_is_said_in_thai_and_english() -> None:
    with pytest.raises(BadFacts) as refused:
        read('"values": {"3.3.total": 0}, "judging": 1')
    assert [fault.en for fault in refused.value.faults] == [
        "must be more than 0",
        "must be an object of names and values",
    ]
    assert [fault.th for fault in refused.value.faults] == ["ต้องมากกว่า 0", "ต้องเป็นออบเจ็กต์ ชื่อ: ค่า"]


def test_a_size_is_ignored_where_there_are_no_targets() -> None:
    line = (LINE % "").replace("cdd40-2566", "website-2564").replace('"small"', "3")
    assert read_facts(shipped.schemes(), parse_json(line)).size is None


def test_keys_of_a_map_may_be_any_text() -> None:
    line = LINE.replace("cdd40-2566", "missions-2565") % ', "values": {"m3.channels": {"ร้าน ก.": 3, "": 1}}'
    assert read_facts(shipped.schemes(), parse_json(line)).values["m3.channels"] == {"ร้าน ก.": 3, "": 1}
    bad = LINE.replace("cdd40-2566", "missions-2565") % ', "values": {"m3.channels": {"shopee": -1}}'
    assert faults(bad) == ["values.m3.channels.shopee"]


def test_numbers_may_be_written_in_any_way_json_has() -> None:
    assert read('"values": {"3.3.protected": -0e-99999}').values["3.3.protected"] == 0
    facts = read('"values": {"3.3.total": 2E2, "3.3.protected": 170.000}, "judging": {"expected": 3.0}')
    assert facts.values["3.3.total"] == 200
    assert facts.expected_sheets == 3


def test_the_largest_number_is_the_largest_that_every_reader_takes_for_finite() -> None:
    largest = 2**1024 - 2**971
    assert read(f'"values": {{"3.3.total": {largest}}}').values["3.3.total"] == largest
    assert faults(LINE % f', "values": {{"3.3.total": {2**1024 - 2**970}}}') == ["values.3.3.total"]
    assert read(f'"values": {{"3.3.total": {2**1024 - 2**970 - 1}}}').values["3.3.total"] == 2**1024 - 2**970 - 1


def test_a_number_finer_than_any_real_one_is_refused_and_one_finer_than_json_has_is_nothing() -> None:
    assert read('"values": {"3.3.protected": 1e-5000}').values["3.3.protected"] == Decimal("1e-5000")
    with pytest.raises(BadFacts, match=r"values\.3\.3\.protected: is smaller than 5000 decimals can tell") as refused:
        read('"values": {"3.3.protected": 9.9e-5001}')
    assert refused.value.faults[0].th == "เล็กกว่าทศนิยม 5000 ตำแหน่ง"
    for written in ("1e-99999999999999999999", "1E-99999999999999999999"):
        assert read(f'"values": {{"3.3.protected": {written}}}').values["3.3.protected"] == 0


def test_nothing_is_kept_as_plain_nothing_however_it_was_written() -> None:
    for written in ("-0", "0.000", "0e-4999", "-0e-99999"):
        assert str(read(f'"values": {{"3.3.protected": {written}}}').values["3.3.protected"]) == "0"


def test_what_is_missing_is_called_missing_and_not_wrong() -> None:
    line = '{"scheme": "cdd40-2566", "evidence": [{}], "extensions": [{}], "judging": {"sheets": [{}]}}'
    with pytest.raises(BadFacts) as refused:
        read_facts(shipped.schemes(), parse_json(line))
    assert {fault.en for fault in refused.value.faults} == {"is required and missing"}
    assert {fault.th for fault in refused.value.faults} == {"ต้องมี แต่ไม่ได้ให้มา"}
    assert [fault.field for fault in refused.value.faults] == [
        "entrant.code",
        "entrant.size",
        "as_of",
        "basis",
        "evidence[0].requirement",
        "evidence[0].submitted_at",
        "evidence[0].status",
        "extensions[0].requirement",
        "extensions[0].until",
        "judging.sheets[0].judge",
        "judging.sheets[0].points",
    ]


def test_every_fault_of_one_list_is_reported() -> None:
    points = '{"5.8": 1, "5.9": 1, "5.1.1": 4, "5.1.2": -1}'
    at = '"submitted_at": "2023-03-14T16:20:00Z"'
    assert faults(LINE % f', "judging": {{"sheets": [1, {{"judge": "J1", "points": {points}}}]}}') == [
        "judging.sheets[0]",
        "judging.sheets[1].points.5.8",
        "judging.sheets[1].points.5.9",
        "judging.sheets[1].points.5.1.1",
        "judging.sheets[1].points.5.1.2",
    ]
    assert faults(LINE % f', "evidence": [1, {{"requirement": "x", {at}, "status": "lost", "channels": [1, 2]}}]') == [
        "evidence[0]",
        "evidence[1].requirement",
        "evidence[1].status",
        "evidence[1].channels[0]",
        "evidence[1].channels[1]",
    ]


def test_evidence_is_referred_to_by_its_place_in_the_line() -> None:
    one = '{"requirement": "1.1.report", "submitted_at": "2023-03-14T16:20:00Z", "status": "draft"}'
    assert [piece.ref for piece in read(f'"evidence": [{one}, {one}]').evidence] == ["evidence[0]", "evidence[1]"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{}", "is required and missing"),
        ('{"scheme": "x"}', f"unknown scheme, allowed: {', '.join(shipped.schemes())}"),
        (LINE % ', "values": {"3.3.protected": NaN}', "must be a finite number"),
        (LINE % ', "values": {"3.3.protected": "1"}', "must be a number"),
        (LINE.replace("verified", "both") % "", "unknown, allowed: verified, claimed"),
        (LINE.replace(', "size": "small"', "") % "", "is required and missing"),
        (LINE.replace("small", "tiny") % "", "unknown, allowed: small, medium, large"),
        (LINE.replace('"TH-81"', '""') % "", "is required and missing"),
        (LINE.replace('"TH-81"', "81") % "", "must be text"),
        (LINE % ', "settings": {"2.1.2.due": "2023-02-30"}', "must be a day that exists, written as YYYY-MM-DD"),
    ],
)
def test_a_fault_says_what_was_wrong_and_what_is_allowed(line: str, said: str) -> None:
    with pytest.raises(BadFacts) as refused:
        read_facts(shipped.schemes(), parse_json(line))
    assert refused.value.faults[0].en == said
