"""Which ways to more points are offered, alone and together, and what each asks for."""

from scoring.engine import load, score
from tests.scoring.engine.making import BEFORE, facts, longer, offered, piece, scored, sheet

JOINED = """
scheme: small-2566
title: {th: เล็ก, en: Small}
close: 2023-07-31
max: MAX
requirements:
  a: {title: {th: ก, en: A}}
  a2: {title: {th: ก, en: A2}}
  b: {title: {th: ข, en: B}}
  c: {title: {th: ค, en: C}}
dimensions:
  - code: all
    title: {th: ทั้งหมด, en: Everything}
    max: MAX
    criteria:
      - code: all
        title: {th: ทั้งหมด, en: Everything}
        max: MAX
        rule: RULE
        parts:
          - code: a
            title: {th: ก, en: A}
            max: 35
            rule: steps
            steps:
              - {points: 30, when: {evidence: a}, th: ก, en: A}
              - {points: A2, when: {evidence: a2}, th: ก, en: A2}
          - code: b
            title: {th: ข, en: B}
            max: 20
            rule: steps
            steps: [{points: 20, when: {evidence: b}, th: ข, en: B}]
          - code: c
            title: {th: ค, en: C}
            max: C0
            rule: steps
            steps: [{points: C0, when: {evidence: c}, th: ค, en: C}]
"""
LEVELS = """        levels:
          - {up_to: 30, points: 1, th: หนึ่ง, en: One}
          - {up_to: 50, points: 2, th: สอง, en: Two}
          - {up_to: 60, points: 3, th: สาม, en: Three}
          - {points: 5, th: ห้า, en: Five}
"""


def joined(text: str, **words: object) -> list[tuple[str, list[str]]]:
    """What is offered once `a` is there: the gain, and the evidence for it."""
    for word, meant in words.items():
        text = text.replace(word, str(meant))
    given = facts("2023-03-01T12:00", piece("a", "2023-02-01T09:00"), scheme="small-2566")
    offers = score(load(text), given).criteria["all"].offers
    return [(str(offer.gain), [need.code for need in offer.needs]) for offer in offers]


def test_what_raises_a_level_is_joined_the_greatest_gain_first() -> None:
    """35 + 20 + 10 points: of 30 now, b alone makes 50, b and c 60, all three 65."""
    assert joined(JOINED + LEVELS, MAX=5, RULE="convert", A2=35, C0=10) == [
        ("1", ["a2"]),
        ("1", ["b"]),
        ("1", ["c"]),
        ("2", ["b", "c"]),
        ("4", ["b", "c", "a2"]),
    ]


def test_what_adds_nothing_to_a_way_is_not_joined_to_it() -> None:
    """With the next level from 66 on, all three are no more than b and c."""
    levels = LEVELS.replace("up_to: 60", "up_to: 65")
    offers = joined(JOINED + levels, MAX=5, RULE="convert", A2=35, C0=10)
    assert offers == [("1", ["a2"]), ("1", ["b"]), ("1", ["c"]), ("2", ["b", "c"])]


def test_a_part_that_is_done_does_not_hide_the_ways_of_the_next() -> None:
    rows = "rows: [{points: 35, by: 2023-07-31, th: ก, en: A}]"
    head, _, tail = JOINED.partition("            rule: steps\n")
    done = f"            rule: timeliness\n            date: {{evidence: [a]}}\n            {rows}\n"
    text = head + done + "          - code: b" + tail.split("          - code: b", 1)[1]
    text = text.replace("  a2: {title: {th: ก, en: A2}}\n", "")
    assert joined(text, MAX=56, RULE="sum", C0=1) == [("1", ["c"]), ("20", ["b"]), ("21", ["b", "c"])]


LATE = """
          - code: a
            title: {th: ก, en: A}
            max: 3
            rule: proportion
            points: 3
            number: {percent: n, of: m}
            until: 2023-02-28
            text: {th: ก, en: A}
          - code: d
            title: {th: ง, en: D}
            max: 2
            rule: bands
            number: {value: m}
            bands: [{below: 5, points: 1, th: น้อย, en: Few}, {points: 2, th: มาก, en: Many}]
          - code: e
            title: {th: จ, en: E}
            max: 2
            rule: bands
            number: {value: k}
            bands: [{below: 5, points: 1, th: น้อย, en: Few}, {points: 2, th: มาก, en: Many}]
"""


def test_what_would_bring_more_than_can_be_attained_is_left_out() -> None:
    """The share closed in February; its whole may still be given, for the other part, and would open it again."""
    text = JOINED.split("        parts:")[0].split("requirements:")[0]
    text += "values:\n  n: {title: {th: ก, en: N}, until: 2023-02-28}\n"
    text += "  m: {title: {th: ง, en: M}}\n  k: {title: {th: จ, en: K}}\n"
    text += "dimensions:" + JOINED.split("dimensions:")[1].split("          - code: a\n")[0].rstrip("\n") + LATE
    scheme = load(text.replace("MAX", "7").replace("RULE", "sum"))
    for given, offers in (({"n": 5, "k": 5}, []), ({"k": 5}, ["2"])):
        one = score(scheme, facts("2023-03-01T12:00", scheme="small-2566", values=given)).criteria["all"]
        assert (one.earned, one.attainable) == (2, 4)
        assert [str(offer.gain) for offer in one.offers] == offers


def test_what_would_gain_nothing_is_not_asked_for_beside_what_does() -> None:
    """A lower step of a part that has earned its higher one; and a part that earns a single point is not left out."""
    text = JOINED.replace("max: 35", "max: 30")
    assert joined(text, MAX=51, RULE="sum", A2=20, C0=1) == [("1", ["c"]), ("20", ["b"]), ("21", ["b", "c"])]


def test_two_items_of_a_tally_are_offered_alone_and_together() -> None:
    done = piece("3.1.plan", "2023-05-01T09:00")
    assert [gain for gain, _, _ in offered("3.1", facts(BEFORE, done))] == ["2.00", "2.00", "4.00"]
    two = done, piece("3.1.review", "2023-05-01T09:00")
    assert [gain for gain, _, _ in offered("3.1", facts(BEFORE, *two))] == ["2.00"]


def test_two_periods_of_a_count_are_offered_alone_and_together() -> None:
    text = JOINED.split("        parts:")[0].split("requirements:")[0]
    text += "requirements:\n  r: {title: {th: ก, en: R}, months: {from: 2023-02, to: 2023-04}}\n"
    text += JOINED.split("  c: {title: {th: ค, en: C}}\n")[1].split("        parts:")[0]
    text += "        points: 6\n        count: {evidence: r}\n        text: {th: ก, en: R}\n"
    given = facts("2023-03-01T12:00", scheme="small-2566")
    scheme = load(text.replace("MAX", "6").replace("RULE", "proportion"))
    offers = [offer.as_json() for offer in score(scheme, given).criteria["all"].offers]
    assert [(one["gain"], [need["period"] for need in one["needs"]]) for one in offers] == [
        ("2.00", ["2023-03"]),
        ("2.00", ["2023-04"]),
        ("4.00", ["2023-03", "2023-04"]),
    ]


def test_a_proportion_is_offered_whole_until_its_last_day() -> None:
    text = JOINED.split("        parts:")[0].split("requirements:")[0] + "values:\n  n: {title: {th: ก, en: N}}\n"
    text += "dimensions:" + JOINED.split("dimensions:")[1].split("        parts:")[0]
    text += "        points: 6\n        number: {percent: n, of: 40}\n        text: {th: ก, en: N}\n"
    scheme = load(text.replace("MAX", "6").replace("RULE", "proportion"))
    for as_of, asked in (("2023-07-31T23:59", ["40"]), ("2023-08-01T00:00", [])):
        offers = score(scheme, facts(as_of, scheme="small-2566", values={"n": 10})).criteria["all"].offers
        assert [need.data["number"] for offer in offers for need in offer.needs] == asked


def test_an_item_that_all_judges_gave_is_not_asked_for_again() -> None:
    gate = piece("5.report", "2023-06-01T09:00"), piece("5.checklist", "2023-06-01T09:00")
    one = scored("5.1", facts(BEFORE, *gate, sheets=(sheet(i511="2"),), expected_sheets=1)).offers
    assert [[need.code for need in offer.needs] for offer in one] == [["5.1.2"]]
    for expected, offered_ones in ((999, 1), (1000, 0)):
        assert len(scored("5.1", facts(BEFORE, *gate, expected_sheets=expected)).offers) == offered_ones


def test_the_files_of_the_first_day_that_wait_are_to_be_reviewed() -> None:
    video = piece("4.1.video", "2023-05-01T09:00")
    first, same_day = (piece("4.1.document", f"2023-05-02T{hour}:00", status="submitted") for hour in ("09", "10"))
    counted = piece("4.1.document", "2023-05-02T11:00")
    later = piece("4.1.document", "2023-05-03T09:00", status="submitted")
    (offer,) = scored("4.1.2", facts("2023-05-20T12:00", video, first, same_day, later)).as_json()["offers"]
    assert (offer["gain"], offer["until"]) == ("5.00", None)
    assert offer["needs"] == [
        {
            "kind": "review",
            "code": "4.1.document",
            "period": None,
            "until": None,
            "refs": [first.ref, same_day.ref],
        }
    ]
    assert scored("4.1.2", facts("2023-05-20T12:00", video, counted, later)).offers == ()
    waiting = piece("4.1.document", "2023-05-01T09:00", status="submitted")
    late = piece("4.1.document", "2023-06-02T09:00")
    (better,) = scored("4.1.2", facts("2023-06-20T12:00", video, waiting, late)).as_json()["offers"]
    assert (better["gain"], better["needs"][0]["refs"]) == ("4.00", [waiting.ref])


def test_a_day_that_only_counts_with_more_time_is_offered_with_the_yes_for_it() -> None:
    day = ("value", "m2.1.completed_on", None, "2022-01-31")
    yes = ("value", "m2.1.extended", None, "2022-01-31")
    asked = {
        extended: [
            needs
            for _, _, needs in offered(
                "m2",
                facts(
                    "2022-01-15T12:00",
                    scheme="missions-2565",
                    values={} if extended is None else {"m2.1.extended": extended},
                ),
            )
            if all("m2.1" in code for _, code, _, _ in needs)
        ]
        for extended in (None, True, False)
    }
    assert asked == {None: [[day, yes]], True: [[day]], False: []}


def test_months_are_asked_for_each_by_its_day() -> None:
    first = scored("3.4", facts("2023-06-15T12:00", values={"3.4.conference_early": {}})).as_json()["offers"]
    assert first == []  # the months before are missed
    held = {f"2023-0{month}": 2 for month in range(2, 6)}
    given = facts(
        "2023-06-15T12:00",
        values={"3.4.conference_held": {**held, "2023-06": 3}, "3.4.conference_early": held},
    )
    (offer,) = scored("3.4", given).as_json()["offers"]
    assert [(one["code"], one["period"], one["until"], one["compare"], one["number"]) for one in offer["needs"]] == [
        ("3.4.conference_early", "2023-06", "2023-06-30", "at_least", "3"),
        ("3.4.conference_held", "2023-07", "2023-07-31", "given", "0"),
        ("3.4.conference_early", "2023-07", "2023-07-31", "at_least", "0"),
    ]


def test_what_was_given_is_not_asked_for_beside_what_it_is_compared_with() -> None:
    held = {f"2023-0{month}": 2 for month in range(2, 7)}
    given = facts(
        "2023-07-15T12:00",
        values={"3.4.conference_held": held, "3.4.conference_early": {**held, "2023-07": 4}},
    )
    (offer,) = scored("3.4", given).as_json()["offers"]
    assert [(one["code"], one["period"]) for one in offer["needs"]] == [("3.4.conference_held", "2023-07")]


def test_a_number_above_another_is_asked_for_with_one_more() -> None:
    text = JOINED.split("        parts:")[0].split("requirements:")[0]
    text += "values:\n  n: {title: {th: ก, en: N}}\n  m: {title: {th: ข, en: M}}\n"
    text += "dimensions:" + JOINED.split("dimensions:")[1].split("        parts:")[0]
    text += "        steps:\n          - {points: 6, when: {value: n, above: {value: m}}, th: ก, en: N}\n"
    scheme = load(text.replace("MAX", "6").replace("RULE", "steps"))

    def asked(**values: int) -> list[tuple]:
        offers = score(scheme, facts(BEFORE, scheme="small-2566", values=values)).criteria["all"].offers
        return [(one.code, one.data["compare"], one.data["number"]) for offer in offers for one in offer.needs]

    assert asked(m=4) == [("n", "above", "5")]
    assert asked() == [("m", "given", "0"), ("n", "above", "1")]
    assert asked(m=4, n=5) == []


def test_a_guard_is_asked_for_with_the_number_only_where_the_number_is_short() -> None:
    def asked(**given: int) -> list[tuple[str, list[tuple]]]:
        values = {f"2.1.1.{key}": number for key, number in given.items()}
        offers = scored("2.1.1", facts("2023-07-31T23:59", values=values)).as_json()["offers"]
        assert {need["until"] for offer in offers for need in offer["needs"]} <= {"2023-07-31"}
        return [
            (offer["gain"], [(need["code"][6:], need["compare"], need["number"]) for need in offer["needs"]])
            for offer in offers
        ]

    none, over_90, over_95 = (
        ("confidence", "given", "0"),
        ("confidence", "above", "91"),
        ("confidence", "above", "96"),
    )
    assert asked(target=100, collected=101, confidence=95) == [("2.00", [over_95])]
    assert asked(target=100, collected=100, confidence=93) == [
        ("2.00", [over_95]),
        ("4.00", [("collected", "at_least", "101"), over_95]),
    ]
    assert asked(target=100, collected=101) == [("8.00", [none]), ("8.00", [over_90]), ("10.00", [over_95])]
    assert asked(target=100) == [
        ("2.00", [("collected", "at_least", "0"), none]),
        ("4.00", [("collected", "at_least", "55"), over_90]),
        ("6.00", [("collected", "at_least", "98"), over_90]),
        ("8.00", [("collected", "at_least", "100"), over_95]),
        ("10.00", [("collected", "at_least", "101"), over_95]),
    ]
    fallen = {"2.1.1.target": 100, "2.1.1.collected": 101, "2.1.1.confidence": 95}
    assert scored("2.1.1", facts(BEFORE, values=fallen)).offers[0].needs[0].data["bound"] == "95"


def test_a_yes_is_asked_for_by_its_day_until_it_is_there() -> None:
    yes, more = (("value", f"4.1.{code}", None, "2023-07-31") for code in ("parts_complete", "extra_content"))
    video = ("evidence", "4.1.video", None, "2023-07-31")
    document = piece("4.1.document", "2023-05-01T09:00")
    assert [needs for _, _, needs in offered("4.1.1", facts(BEFORE, document))] == [[yes, video], [yes, video, more]]
    told = facts(BEFORE, document, values={"4.1.parts_complete": True})
    assert [needs for _, _, needs in offered("4.1.1", told)] == [[video], [video, more]]


def test_shares_are_offered_of_a_large_whole_too() -> None:
    given = facts("2022-06-01T12:00", scheme="missions-2565", values={"m3.registered": 10_000, "m3.events": 16})
    assert [gain for gain, _, _ in offered("m3", given)] == ["1.00", "2.00", "3.00", "4.00", "5.00"]


def test_evidence_of_a_period_is_asked_for_by_the_extension_of_that_period() -> None:
    first = piece("1.2.report", "2023-03-15T09:00", period="r1")
    extended = (longer("1.2.report", "2023-08-10", "r2"),)
    (offer,) = offered("1.2", facts("2023-08-05T12:00", first, extensions=extended))
    assert offer == ("5.00", "2023-08-10", [("evidence", "1.2.report", "r2", "2023-08-10")])


def test_what_waits_in_a_period_since_its_last_day_is_to_be_reviewed() -> None:
    first = piece("1.2.report", "2023-03-15T09:00", period="r1")
    waiting = piece("1.2.report", "2023-06-30T23:59", period="r2", status="submitted")
    (offer,) = scored("1.2", facts("2023-06-30T23:59:30", first, waiting)).as_json()["offers"]
    assert [(need["kind"], need["period"], need["refs"]) for need in offer["needs"]] == [
        ("review", "r2", [waiting.ref])
    ]


def test_channels_are_asked_for_among_those_that_are_counted() -> None:
    among = {
        need["among"]
        for offer in scored("4.1.1", facts(BEFORE, piece("4.1.document", "2023-05-01T09:00"))).as_json()["offers"]
        for need in offer["needs"]
        if need["kind"] == "evidence"
    }
    assert among == {"social"}


MORE_TIME = """
scheme: small-2566
title: {th: เล็ก, en: Small}
close: 2023-07-31
max: 5
requirements:
  a: {title: {th: ก, en: A}}
  b: {title: {th: ข, en: B}}
values:
  more: {title: {th: ขยายเวลา, en: More time}, kind: boolean}
dimensions:
  - code: all
    title: {th: ทั้งหมด, en: Everything}
    max: 5
    criteria:
      - code: all
        title: {th: ทั้งหมด, en: Everything}
        max: 5
        rule: timeliness
        date: {evidence: [a, b]}
        rows:
          - {by: 2023-03-31, points: 5, th: ก, en: A}
          - {by: 2023-05-31, only_if: more, points: 3, th: ข, en: B}
"""


def test_files_that_only_count_with_more_time_are_attainable_until_that_is_refused() -> None:
    scheme = load(MORE_TIME)

    def seen(as_of: str, *evidence, **values) -> tuple:
        one = score(scheme, facts(as_of, *evidence, scheme="small-2566", values=values)).criteria["all"]
        offers = [(str(offer.gain), [need.code for need in offer.needs]) for offer in one.offers]
        return int(one.earned), int(one.attainable), offers

    early = piece("a", "2023-03-05T09:00")
    assert seen("2023-03-10T12:00", early) == (0, 5, [("5", ["b"])])
    assert seen("2023-04-10T12:00", early) == (0, 3, [("3", ["b", "more"])])
    assert seen("2023-04-10T12:00") == (0, 3, [("3", ["a", "b", "more"])])
    assert seen("2023-04-10T12:00", early, more=True) == (0, 3, [("3", ["b"])])
    assert seen("2023-04-10T12:00", early, more=False) == (0, 0, [])
    assert seen("2023-06-01T12:00", early) == (0, 0, [])
    both = early, piece("b", "2023-04-05T09:00")
    assert seen("2023-04-10T12:00", *both) == (0, 0, [])
    assert seen("2023-04-10T12:00", *both, more=True) == (3, 3, [])
