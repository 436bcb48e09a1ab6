"""The page of a criterion: what is to be done next, its slots at a glance, its rule in words, its neighbours."""

import re

import pytest
from django.urls import reverse
from django.utils.html import escape

from scoring import parcels
from scoring.recompute import rescore
from scoring.scorecard import ScorecardView
from scoring.wording.rules_in_words import Prose
from scoring.wording.said_once import once
from submissions.models import Answers, Entry, Round
from submissions.questions.slots import slots_of
from tests import factories as make
from tests.markup import flat

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return make.make_entry(make.make_round(), make.make_office(name_th="กระบี่"))


@pytest.fixture
def page_of(client, entry):
    client.force_login(make.make_user("officer"))

    def page(code: str) -> str:
        rescore([entry.pk])
        return flat(client.get(reverse("criterion", args=[entry.pk, code])).content.decode())

    return page


def steps(entry: Entry, code: str):
    rescore([entry.pk])
    return ScorecardView(Entry.objects.with_round().get(pk=entry.pk), "th").steps(code)


def part(page: str, name: str) -> str:
    return " ".join(re.search(rf'<(section|nav)\s[^>]*id="{name}".*?</\1>', page, re.DOTALL)[0].split())


def opened(page: str) -> list[str]:
    return re.findall(r'<details class="slot-fold" open>\s*<summary [^>]*>\s*<h\d id="slot-([\w-]+)-title">', page)


def test_the_next_points_say_how_many_by_when_and_lead_to_where_they_are_earned(entry, page_of):
    (step,) = steps(entry, "1.1")
    assert (str(step.gain), step.until, step.is_judged) == ("5.00", "2023-07-31", False)
    assert [(one.is_central, [place.anchor for place in one.places]) for one in step.deeds] == [
        (False, ["slot-1-1-report"])
    ]
    page = page_of("1.1")
    told = part(page, "next-points")
    assert "+5 คะแนน" in told
    assert "ภายใน 31 กรกฎาคม 2566" in told
    assert "เหลืออีก 21 วัน" in told
    assert 'href="#slot-1-1-report"' in told
    assert 'id="slot-1-1-report"' in page


def test_what_judges_give_is_one_line_of_what_earns_the_next_points(entry, page_of):
    (step,) = steps(entry, "5.1")
    assert step.judged == len(step.deeds) - len(step.done_by_people) > 1
    told = part(page_of("5.1"), "next-points")
    assert told.count("<li>") == len(step.done_by_people) + 1
    assert f"รอกรรมการให้คะแนน {step.judged} รายการ" in told


@pytest.mark.parametrize("code", ["2.1.1", "3.4", "4.2", "5.1"])
def test_every_link_leads_to_something_that_is_on_the_page(entry, page_of, code):
    for month in range(2, 7):
        make.make_value(entry, "3.4.webex", "3", f"2023-{month:02}")
        make.make_value(entry, "3.4.news", "10", f"2023-{month:02}")
    page = page_of(code)
    links = re.findall(r'href="#([^"]+)"', page)
    assert set(links) <= set(re.findall(r' id="([^"]+)"', page)), code
    assert links


def test_what_waits_asks_nothing_and_what_is_full_says_so(entry, page_of):
    evidence = make.make_evidence(entry, "1.1.report")
    told = part(page_of("1.1"), "next-points")
    assert "+5</strong>" in told
    assert "ไม่ต้องทำอะไรเพิ่ม" in told
    evidence.status = "accepted"
    evidence.save()
    assert "ได้คะแนนเต็มของตัวชี้วัดนี้แล้ว" in part(page_of("1.1"), "next-points")


def test_what_is_advised_beside_what_waits_says_what_it_hangs_on(entry, page_of):
    said = "คิดรวมรายการที่รอตรวจแล้ว"
    assert said not in part(page_of("5.1"), "next-points")
    make.make_evidence(entry, "5.report")
    assert said in part(page_of("5.1"), "next-points")


def test_different_days_are_told_each_with_its_own(entry, page_of):
    make.make_evidence(entry, "4.2.committee", status="accepted")
    for month in (3, 4, 5):
        when = make.at(f"2023-{month:02}-10")
        make.make_evidence(
            entry, "4.2.publicity", f"2023-{month:02}", status="accepted", submitted_at=when, channels=["line", "x"]
        )
    make.make_extension(entry, "4.2.publicity", "2023-07-12", period="2023-06")
    step = steps(entry, "4.2")[0]
    assert step.days_differ
    assert [(place.period, place.until) for place in step.deeds[0].places] == [
        ("มิถุนายน 2566", "2023-07-12"),
        ("กรกฎาคม 2566", "2023-07-15"),
    ]
    assert "12 ก.ค. 2566 · เหลืออีก 2 วัน" in part(page_of("4.2"), "next-points")


def test_every_state_is_told_at_a_glance_and_what_is_to_be_done_is_opened(entry, page_of):
    make.make_evidence(entry, "4.2.committee", status="accepted")
    make.make_evidence(entry, "4.2.publicity", "2023-03", status="submitted")
    make.make_evidence(entry, "4.2.publicity", "2023-05", status="returned")
    extension = make.make_extension(entry, "4.2.publicity", "2023-07-12", period="2023-06")
    extension.order_number = "มท 0408/1268"
    extension.save()
    page = page_of("4.2")
    states = re.findall(r'class="slot slot-(\w+)" id="slot-4-2-([\w-]+)"', page)
    assert dict((slot, state) for state, slot in states) == {
        "committee": "accepted",
        "publicity-2023-03": "submitted",
        "publicity-2023-04": "late",
        "publicity-2023-05": "returned",
        "publicity-2023-06": "missing",
        "publicity-2023-07": "missing",
        "activity-q2": "late",
        "activity-q3": "late",
        "summary": "missing",
    }
    assert opened(page) == ["4-2-publicity-2023-06"], "nothing of what came back can be sent again in time"
    assert "ได้ขยายเวลาถึง 12 กรกฎาคม 2566 (คำสั่งเลขที่ มท 0408/1268)" in " ".join(page.split())


def test_only_what_is_opened_has_its_forms_in_the_page(entry, page_of):
    make.make_evidence(entry, "4.2.publicity", "2023-03", status="submitted")
    page = page_of("4.2")
    slots = page.split('<section class="slot ')[1:]
    forms = {re.search(r'id="slot-([\w-]+)"', slot)[1]: slot.count("data-upload") for slot in slots}
    assert (len(forms), {slot for slot, count in forms.items() if count}) == (9, set(opened(page)))
    assert page_of("1.1").count("data-upload") == 1, "few slots are open"


def test_a_form_being_filled_in_is_a_draft_and_few_slots_are_all_open(entry, page_of):
    form = entry.round.scheme.form_of("5.report")
    assert form
    Answers.objects.create(entry=entry, form=form.code, data={"x": "y"}, saved_at=make.NOW)
    page = page_of("5.1")
    assert 'class="slot slot-draft" id="slot-5-report"' in page
    assert "5-report" in opened(page)
    assert "tiles" not in page


def test_the_longest_extension_holds_with_its_order(entry):
    for until, order in (("2023-08-20", "2"), ("2023-08-10", "1")):
        make.make_extension(entry, "1.1.report", until)
        entry.extensions.filter(until=until).update(order_number=order)
    (slot,) = slots_of(entry, ["1.1.report"], at=make.NOW, why_closed={"office": None})
    assert (str(slot.due), slot.order_number, slot.extended) == ("2023-08-20", "2", True)
    entry.extensions.update(until="2023-01-01")
    (slot,) = slots_of(entry, ["1.1.report"], at=make.NOW, why_closed={"office": None})
    assert (str(slot.due), slot.order_number, slot.extended) == ("2023-07-31", "", False)


def test_the_rule_is_told_in_the_schemes_own_words(entry, page_of):
    prose = Prose(entry.round.scheme, "th", entry.round.settings)
    for code, criterion in entry.round.scheme.criteria.items():
        told, rule = once(prose.rule(criterion.rule)), part(page_of(code), "rule")
        assert escape(told.how) in rule
        for row in (*told.items, *told.rows):
            assert all(escape(clause.text) in rule for clause in row.asks), code
        assert all(escape(note) in rule for note in told.notes)


def test_a_level_is_said_once_and_its_conditions_to_the_letter_are_a_link_away(client, entry, page_of):
    rule = part(page_of("2.1.2"), "rule")
    assert rule.count("ช้าไม่เกิน 3 วันทำการ") == 1
    (letter,) = re.findall(r'href="([^"]+\?letter#criterion-2\.1\.2)"', rule)
    assert client.get(letter).content.decode().count("ช้าไม่เกิน 3 วันทำการ") == 2


def test_nothing_solid_is_offered_where_nothing_can_be_earned(entry, page_of):
    make.make_evidence(entry, "4.2.committee", status="returned")
    make.make_evidence(entry, "4.2.publicity", "2023-07", status="returned")
    page = page_of("4.2")
    buttons = {
        name: re.findall(r'class="btn btn-sm (btn-[\w-]+)"', slot)
        for name, slot in re.findall(r'id="slot-4-2-([\w-]+)" aria-labelledby.*?>(.*?)</section>', page, re.DOTALL)
    }
    assert all("btn-primary" not in found for found in buttons.values()), "without its first step nothing is earned"
    make.make_evidence(entry, "1.1.report", status="returned")
    assert re.findall(r'class="btn btn-sm (btn-primary)"', page_of("1.1")) == ["btn-primary"]


def test_why_nothing_more_can_be_earned_is_told_where_it_is_said(entry, page_of):
    assert "ขั้นที่สูงกว่าจึงไม่ได้คะแนน" not in page_of("1.1")
    make.make_evidence(entry, "4.2.committee", status="returned")
    page = page_of("4.2")
    told = page[page.index('id="next-points"') : page.index("</section>", page.index('id="next-points"'))]
    assert "ขั้น 2 คะแนน (แต่งตั้งหรือปรับปรุงคณะกรรมการ) ทำให้ครบไม่ได้แล้ว ขั้นที่สูงกว่าจึงไม่ได้คะแนน" in told
    assert 'href="#rule-why"' in told
    assert 'id="rule-why"' in page, "where each month and paper is told"


def test_the_neighbours_are_a_step_away_and_the_ends_have_one(entry, page_of):
    codes = list(entry.round.scheme.criteria)
    for place in (0, 5, len(codes) - 1):
        page = page_of(codes[place])
        around = re.search(r'<nav class="neighbours.*?</nav>', page, re.DOTALL)[0]
        links = re.findall(r'href="[^"]*/criteria/([^/]+)/"', around)
        assert links == [*codes[max(place - 1, 0) : place], *codes[place + 1 : place + 2]]


def test_a_closed_round_offers_nothing_to_try(entry, page_of):
    Round.objects.update(is_closed=True)
    assert 'id="simulation"' not in page_of("1.1")


@pytest.mark.parametrize(
    ("code", "text"),
    [("2.1.2.received_on", "96.2"), ("2.1.1.confidence", "true"), ("2.1.1.target", "2023-05-30")],
)
def test_what_was_entered_for_another_edition_is_shown_as_it_was(client, code, text):
    entry = make.make_entry(make.make_round(), make.make_office())
    make.make_value(entry, code, text)
    client.force_login(make.make_user("officer"))
    for name, args in (("criterion", [entry.pk, code[:5]]), ("confirmation", [entry.pk]), ("deeds", [entry.pk])):
        assert client.get(reverse(name, args=args)).status_code == 200
    assert parcels.index(entry, [])


def test_whoever_reviews_is_led_to_what_waits_instead_of_told_to_wait(client, entry):
    paper = make.make_evidence(entry, "1.1.report")
    rescore([entry.pk])
    review = reverse("admin:submissions_evidence_change", args=[paper.pk])
    wait = "ไม่ต้องทำอะไรเพิ่ม"
    said = {}
    for role in ("staff", "officer"):
        client.force_login(make.make_user(role))
        page = client.get(reverse("criterion", args=[entry.pk, "1.1"])).content.decode()
        said[role] = part(flat(page), "next-points")
    assert (review in said["staff"], said["staff"].count("admin/submissions/evidence/")) == (True, 1)
    assert "admin/" not in said["officer"]
    assert "รอตรวจรับ" in said["officer"]
    assert wait not in said["staff"]
