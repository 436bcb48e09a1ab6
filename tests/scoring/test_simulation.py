"""What if: a simulation promises exactly what comes when it really happens, and leaves everything as it was."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.urls import reverse

from scoring import engine, shipped
from scoring.models import Scorecard
from scoring.recompute import rescore
from scoring.simulation import Assumptions, Simulation
from submissions import intake
from submissions.models import Entry, Evidence
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db
OF_EVIDENCE = ["cdd40-2566", "missions-2565", "milestone-2568"]  # schemes in which evidence earns points
HTMX = {"HTTP_HX_REQUEST": "true"}


def slots_of(scheme: engine.Scheme):
    for code, one in scheme.requirements.items():
        for period in one.periods or (None,):
            yield code, period.code if period else ""


def entry_of(scheme: str, **fields) -> Entry:
    """An entry of any scheme, a month before its close."""
    closes = shipped.schemes()[scheme].close
    now = make.at(date.fromordinal(closes.toordinal() - 30).isoformat())
    if scheme == make.SCHEME:
        return make.make_entry(make.make_round(now=now), make.make_office())
    return make.make_entry(make.make_contest_round(scheme, now=now, **fields), make.make_office())


def name_somebody(entry: Entry) -> None:
    if entry.round.scheme.nominees:
        Entry.objects.filter(pk=entry.pk).update(nominee_name="คนหนึ่ง")


def card(entry: Entry) -> Scorecard:
    return Scorecard.objects.get(entry=entry, basis="verified")


def fresh(entry: Entry) -> Entry:
    return Entry.objects.with_round().get(pk=entry.pk)


@pytest.mark.parametrize("code", OF_EVIDENCE)
def test_acceptance_of_what_waits_earns_what_was_promised_in_every_criterion(code):
    """Some of it came late, some on one channel alone; a third waits."""
    entry = entry_of(code)
    scheme = entry.round.scheme
    for n, (requirement, period) in enumerate(slots_of(scheme)):
        due = scheme.requirements[requirement].due_in(period or None)
        day = date.fromordinal(min(due.toordinal() + 3 * (n % 5 == 4), entry.round.now().date().toordinal()))
        status, channels = ("accepted", "submitted")[n % 3 == 0], ["facebook", "line"][: 1 + n % 2]
        moment = make.at(day.isoformat(), "09:00")
        make.make_evidence(entry, requirement, period, status=status, submitted_at=moment, channels=channels)
    entry = fresh(entry)
    waiting, promised = list(entry.evidence.filter(status="submitted")), []
    for one in scheme.criteria.values():
        asked = {i.code for i in one.inputs if i.kind == "requirement"}
        ids = [piece.pk for piece in waiting if piece.requirement in asked]
        for some in (frozenset(ids), frozenset(ids[-1:])):
            promised.append((one, some, Simulation.of(entry, one, Assumptions(accepted=some))))
    assert any(simulation.moves for _one, _ids, simulation in promised)
    for one, ids, simulation in promised:
        Evidence.objects.filter(pk__in=ids).update(status="accepted")
        rescore([entry.pk])
        after, change = card(entry), simulation.changes
        assert after.criteria[one.code]["earned"] == change[0].after.verified["earned"]
        assert f"{after.total:.2f}" == change[-1].after.verified["earned"]
        assert after.dimensions[one.dimension]["earned"] == f"{simulation.after.dimensions[one.dimension].earned:.2f}"
        Evidence.objects.filter(pk__in=ids).update(status="submitted")


def assumed(needs: list[dict], scheme: engine.Scheme) -> Assumptions | None:
    """What an offer takes, as it may be assumed; None where judges are to give points."""
    accepted, handed_in, values = set(), set(), {}
    for need in needs:
        slot = (need["code"], need["period"] or "")
        match need["kind"]:
            case "evidence":
                handed_in.add(slot)
            case "review":
                accepted |= set(map(int, need["refs"]))
            case "item":
                return None
            case _:
                values |= given(need, slot)
    return Assumptions(frozenset(accepted), frozenset(handed_in), values)


def given(need: dict, slot: tuple[str, str]) -> dict:
    match need["compare"]:
        case "is_true":
            return {slot: True}
        case "on":
            return {slot: date.fromisoformat(need["date"])}
        case "shares":
            return {(slot[0], f"+{n}"): Decimal(1_000_000) for n in range(need["count"])}
        case _:
            return {slot: Decimal(need["number"])}


@pytest.mark.parametrize("code", [*OF_EVIDENCE, "itperson-2564"])
def test_what_an_offer_takes_gains_what_it_says(code):
    entry = entry_of(code)
    name_somebody(entry)
    scheme = entry.round.scheme
    for n, (requirement, period) in enumerate(slots_of(scheme)):
        if n % 3 == 0:
            make.make_evidence(entry, requirement, period, submitted_at=entry.round.now())
    rescore([entry.pk])
    entry, tried = fresh(entry), 0
    for one, kept in card(entry).criteria.items():
        for offer in kept["offers"]:
            if (assumptions := assumed(offer["needs"], scheme)) is None:
                continue
            simulation = Simulation.of(entry, scheme.criteria[one], assumptions)
            assert simulation.changes[0].gain == Decimal(offer["gain"]), (one, offer)
            tried += 1
    assert tried


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office(name_th="กระบี่"))


@pytest.fixture
def officer(client, entry):
    user = make.make_user("officer")
    client.force_login(user)
    return user


def gain(entry: Entry, code: str, **what) -> Decimal:
    entry = fresh(entry)
    return Simulation.of(entry, entry.round.scheme.criteria[code], Assumptions(**what)).changes[0].gain


def test_late_stays_late_and_what_was_returned_is_sent_again_today(entry):
    """The round's day is 10 July; 3.1's assignment was due in February."""
    requirement = entry.round.scheme.requirements["4.2.publicity"]
    assert requirement.due_in("2023-06") < entry.round.now().date() < requirement.due_in("2023-07")
    make.make_evidence(entry, "1.2.report", "r1", status="accepted")
    in_time = entry.round.scheme.requirements["1.2.report"].due_in("r2")
    late = make.make_evidence(
        entry, "1.2.report", "r2", submitted_at=make.at(date.fromordinal(in_time.toordinal() + 1).isoformat())
    )
    assert gain(entry, "1.2", accepted=frozenset({late.pk})) == 0
    returned = make.make_evidence(entry, "1.1.report", status="returned")
    assert gain(entry, "1.1", accepted=frozenset({returned.pk})) == 5
    make.make_extension(entry, "1.2.report", "2023-07-20", period="r2")
    assert gain(entry, "1.2", accepted=frozenset({late.pk})) == 5
    sent_back = make.make_evidence(entry, "1.2.report", "r2", status="returned", submitted_at=make.at("2023-03-01"))
    late.delete()
    assert gain(entry, "1.2", accepted=frozenset({sent_back.pk})) == 5
    entry.extensions.all().delete()
    assert gain(entry, "1.2", accepted=frozenset({sent_back.pk})) == 0


@pytest.mark.parametrize("until", ["2023-07-31", ""])
def test_what_came_back_earns_what_was_promised_once_it_is_sent_again_and_accepted(entry, until):
    staff, office = make.make_user("staff"), make.make_user("officer")
    for period in ("r1", "r2"):
        sent = make.make_evidence(entry, "1.2.report", period, submitted_at=make.at("2023-03-01"))
        intake.review_evidence(sent, by=staff, accept=period == "r1", reason="ไม่ครบ")
    if until:
        make.make_extension(entry, "1.2.report", until, period="r2")
    promised = gain(entry, "1.2", accepted=frozenset({sent.pk}))
    rescore([entry.pk])
    before = Decimal(card(entry).criteria["1.2"]["earned"])
    again = intake.HandIn("1.2.report", "r2", replaces=sent, revision=Evidence.objects.get(pk=sent.pk).revision)
    url = "https://krabi.example/2"
    new = intake.attach_evidence(fresh(entry), again, by=office, url=url)
    intake.review_evidence(new, by=staff, accept=True)
    rescore([entry.pk])
    assert Decimal(card(entry).criteria["1.2"]["earned"]) - before == promised == (5 if until else 0)


# On the page


def test_a_trial_is_told_as_such_with_what_it_would_reach(client, entry, officer):
    waiting = make.make_evidence(entry, "1.1.report")
    rescore([entry.pk])
    address = reverse("criterion", args=[entry.pk, "1.1"])
    plain = client.get(address).content.decode()
    assert "ยังไม่ใช่คะแนนจริง" not in plain
    page = flat(client.get(address, {"accepted": waiting.pk}).content.decode())
    assert "ยังไม่ใช่คะแนนจริง" in page
    assert re.findall(r'<td class="gain">([^<]+)', page) == ["+5"] * 3
    assert f'value="{waiting.pk}" checked' in page
    part = client.get(reverse("simulation", args=[entry.pk, "1.1"]), {"accepted": waiting.pk}, **HTMX)
    assert "<html" not in part.content.decode()
    assert '<td class="gain">+5</td>' in part.content.decode()
    assert part["HX-Replace-Url"] == f"{address}?accepted={waiting.pk}"
    bookmarked = client.get(reverse("simulation", args=[entry.pk, "1.1"]), {"accepted": waiting.pk})
    assert bookmarked["Location"] == f"{address}?accepted={waiting.pk}#simulation"


def test_amounts_are_understood_as_people_write_them_and_faults_are_told(client, entry, officer):
    for month in range(2, 7):
        make.make_value(entry, "3.4.webex", "3", f"2023-{month:02}")
    address = reverse("criterion", args=[entry.pk, "3.4"])
    page = client.get(address, {"value.3.4.webex.2023-07": "๓"}).content.decode()
    assert '<td class="gain">+1</td>' in page
    page = client.get(address, {"value.3.4.webex.2023-07": "สาม"}).content.decode()
    assert "ยังคำนวณไม่ได้" in page
    assert 'href="#suppose-value.3.4.webex.2023-07"' in page


def test_amounts_begin_as_they_are_and_what_is_left_so_follows_them(client, entry, officer):
    value = make.make_value(entry, "3.4.webex", "2", "2023-07")
    name, address = "value.3.4.webex.2023-07", reverse("simulation", args=[entry.pk, "3.4"])
    field, was = f'name="{name}" value="{{}}"', f'name="was.{name}" value="{{}}"'
    page = client.get(reverse("criterion", args=[entry.pk, "3.4"])).content.decode()
    assert field.format(2) in page
    assert was.format(2) in page
    value.text = "5"
    value.save()
    htmx = {"HTTP_HX_REQUEST": "true"}
    left = client.get(address, {name: "2", f"was.{name}": "2"}, **htmx).content.decode()
    assert field.format(5) in left
    assert "simulated-points" not in left, "nothing is assumed"
    changed = client.get(address, {name: "3", f"was.{name}": "2"}, **htmx).content.decode()
    assert field.format(3) in changed
    assert "simulated-points" in changed


@pytest.mark.parametrize(
    "query", [{"accepted": "²"}, {"accepted": "999999"}, {"handed_in": "nothing@here"}, {"accepted": ["", "x"]}]
)
def test_what_is_not_offered_is_left_out(client, entry, officer, query):
    foreign = make.make_evidence(make.make_entry())
    for asked in (query, {"accepted": foreign.pk}):
        response = client.get(reverse("criterion", args=[entry.pk, "1.1"]), asked)
        assert response.status_code == 200
        assert response.context["simulation"] is None


@pytest.mark.parametrize("code", [code for code in shipped.schemes() if code != make.SCHEME])
def test_every_scheme_shows_it_as_it_shows_points(client, code):
    entry = entry_of(code)
    name_somebody(entry)
    client.force_login(make.make_user("staff"))
    for one in entry.round.scheme.criteria.values():
        slots = [slot for slot in slots_of(entry.round.scheme) if engine.Input("requirement", slot[0]) in one.inputs]
        asked = {"handed_in": ["@".join(filter(None, slot)) for slot in slots]}
        asked |= {f"value.{i.code}": "1" for i in one.inputs if i.kind == "value"}
        page = client.get(reverse("criterion", args=[entry.pk, one.code]), asked)
        assert page.status_code == 200
        assert ("ยังไม่ใช่คะแนนจริง" in page.content.decode()) == bool(page.context.get("simulation"))
        assert page.context["simulation"] or page.context["supposed"].errors or not one.inputs or not slots


def test_an_office_of_no_size_can_t_be_scored_and_so_not_tried(client):
    entry = make.make_entry(make.make_round(), make.make_office("TH-0", size=""))
    client.force_login(make.make_user("staff"))
    page = client.get(reverse("criterion", args=[entry.pk, "1.1"]), {"handed_in": "1.1.report"})
    assert page.status_code == 200
    assert 'id="simulation"' not in page.content.decode()


def test_judges_can_t_tell_by_it_what_colleagues_gave(client, entry):
    judge = make.make_user("judge")
    entry.round.judges.add(judge)
    make.make_sheet(entry, judge)
    client.force_login(judge)
    page = client.get(reverse("criterion", args=[entry.pk, "1.1"]), {"handed_in": "1.1.report"})
    assert (page.status_code, page.context.get("simulation")) == (200, None)
    assert 'id="simulation"' not in page.content.decode()
    assert client.get(reverse("simulation", args=[entry.pk, "1.1"]), **HTMX).status_code == 403


def test_nothing_in_the_database_moves(client, entry, officer, tmp_path):
    waiting = make.make_evidence(entry, "1.1.report")
    rescore([entry.pk])

    def everything() -> str:
        call_command("dumpdata", "submissions", "scoring", output=tmp_path / "all.json")
        return (tmp_path / "all.json").read_text()

    before = everything()
    for name in ("criterion", "simulation"):
        asked = {"accepted": waiting.pk, "handed_in": "1.1.report"}
        assert client.get(reverse(name, args=[entry.pk, "1.1"]), asked, **HTMX).status_code == 200
    assert everything() == before


def test_a_trial_costs_three_statements_however_much_there_is(client, entry, officer, django_assert_max_num_queries):
    counts = []
    for times in (0, 1, 3):
        for _ in range(times):
            for requirement, period in slots_of(entry.round.scheme):
                make.make_evidence(entry, requirement, period, channels=["line"])
        for query in ({}, {"handed_in": "4.2.publicity@2023-07"}):
            with django_assert_max_num_queries(19) as seen:
                assert client.get(reverse("criterion", args=[entry.pk, "4.2"]), query).status_code == 200
            counts.append(len(seen))
    assert counts[2:4] == counts[4:]
    assert counts[5] - counts[4] == 3


def test_what_was_handed_in_since_changes_what_may_be_supposed(client, entry, officer):
    address = reverse("simulation", args=[entry.pk, "1.1"])
    assert 'name="handed_in" value="1.1.report"' in flat(client.get(address, **HTMX).content.decode())
    intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, url="https://krabi.example/1")
    part = client.get(address, {"handed_in": "1.1.report"}, **HTMX).content.decode()
    assert 'name="handed_in"' not in part
    assert 'name="accepted"' in part
