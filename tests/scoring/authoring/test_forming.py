"""A draft edited in forms: every page, what each change writes, faults at their fields, two people at one draft."""

import re
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring import engine, shipped
from scoring.authoring import formed
from scoring.authoring.rewriting import compose
from scoring.authoring.spots import everything
from submissions import intake
from submissions.models import SchemeDraft
from tests import factories as make
from tests.scoring import small

pytestmark = pytest.mark.django_db


class Fields(HTMLParser):
    """What a browser would send of a page's form."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self.area = self.chosen = ""
        self.feed(html[html.index('<form class="card plain-form scheme-form"') :].split("</form>")[0])

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "input":
            self.sent[told["name"]] = told.get("value") or ""
        elif tag == "textarea":
            self.area = told["name"]
            self.sent[self.area] = ""
        elif tag == "select":
            self.chosen = told["name"]
            self.sent[self.chosen] = ""
        elif tag == "option" and "selected" in told:
            self.sent[self.chosen] = told["value"]

    def handle_data(self, data):
        if self.area:
            self.sent[self.area] = data.removeprefix("\n")

    def handle_endtag(self, tag):
        self.area = "" if tag == "textarea" else self.area


def address(draft: SchemeDraft, place: str = "") -> str:
    if not place:
        return reverse("admin:submissions_schemedraft_forms", args=[draft.pk])
    return reverse("admin:submissions_schemedraft_part", args=[draft.pk, place])


@pytest.fixture
def staff(client):
    user = make.make_user("staff", full_name="สมศรี")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def begun(staff, text=small.TEXT) -> SchemeDraft:
    return intake.begin_scheme(text, "small", origin="file", by=staff)


@pytest.fixture
def draft(staff):
    return begun(staff)


class Page:
    """One page as somebody has it open: what is typed on it, deeds by its buttons."""

    def __init__(self, client, draft: SchemeDraft, place: str) -> None:
        self.client, self.draft, self.address = client, draft, address(draft, place)
        self.take(client.get(self.address))

    def take(self, answer) -> None:
        self.answer, self.html = answer, answer.content.decode()
        self.sent = Fields(self.html).sent if "scheme-form" in self.html else {}

    def type(self, **typed: str) -> "Page":
        for name, value in typed.items():
            self.put(name.replace("__", "."), value)
        return self

    def put(self, name: str, value: str) -> "Page":
        assert name in self.sent, (name, sorted(self.sent))
        self.sent[name] = value
        return self

    def do(self, deed: str) -> "Page":
        self.take(self.client.post(self.address, self.sent | {"deed": deed}))
        assert self.answer.status_code == 200
        return self

    def use(self, name: str, label: str) -> "Page":
        """Chooses one of several ways by what it is called."""
        options = self.html.split(f'name="{name}:way"')[1].split("</select>")[0]
        value = options.split(f">{label}<")[0].rsplit('value="', 1)[1].split('"')[0]
        return self.put(f"{name}:way", value).do(f"use:{name}")

    def save(self, status=302) -> str:
        self.take(self.client.post(self.address, self.sent | {"deed": "save"}))
        assert self.answer.status_code == status, self.html
        self.draft.refresh_from_db()
        return self.draft.text


def lines_changed(old: str, new: str) -> tuple[list[str], list[str]]:
    before, after = old.split("\n"), new.split("\n")
    return [one for one in before if one not in after], [one for one in after if one not in before]


def test_every_page_opens_and_saves_back_the_same_text(client, staff):
    for code in ("cdd40-2566", "tambon-2565"):
        draft = begun(staff, shipped.text(code))
        for spot in list(everything(compose(draft.text)))[::15]:
            page = Page(client, draft, spot.place or "~")
            assert page.answer.status_code == 200
            assert page.save() == shipped.text(code)


def test_a_title_and_a_due_day(client, draft):
    text = Page(client, draft, "requirements/report").type(title__th="รายงานผลใหม่", due="9/7/2566").save()
    gone, new = lines_changed(small.TEXT, text)
    assert new == ["    title: {th: รายงานผลใหม่, en: Report}", "    due: 2023-07-09  # report"]
    assert len(gone) == 2


def test_all_that_is_wanted_without_the_text(client, draft):
    """A step's points, an item of a tally, a requirement, a criterion, a tier, a form with a field, a doubt."""
    Page(client, draft, "dimensions/papers/criteria/photos").put("steps.0.points", "4").put("max", "4").save()
    assert "{points: 4, when: {all: [{evidence: photos}" in draft.text

    page = Page(client, draft, "requirements/+").put(":key", "plan").type(title__th="แผน", title__en="Plan")
    page.type(due="1 มิ.ย. 2566").do("add:doubts").put("doubts.0.th", "ไม่มีวัน").put("doubts.0.en", "No day").save()
    assert "    due: 2023-06-01\n    doubts:\n      - {th: ไม่มีวัน, en: No day}\nvalues:" in draft.text
    assert page.answer.url == address(draft, "requirements/plan")

    page = Page(client, draft, "dimensions/papers/criteria/+").put("rule", "tally").do("use:rule")
    page.type(code="plan", title__th="มีแผน", title__en="A plan", max="5").do("add:items").do("add:rows")
    page.use("items.0.when", "Evidence was handed in").put("items.0.when.evidence", "plan")
    page.put("items.0.th", "มีแผน").put("items.0.en", "There is a plan")
    page.put("rows.0.points", "5").put("rows.0.th", "หนึ่งข้อ").put("rows.0.en", "One").save()
    assert page.answer.url == address(draft, "dimensions/papers/criteria/plan")
    assert engine_faults(draft) == ["dimensions[0].max"]

    Page(client, draft, "dimensions/papers").put("max", "24").save()
    Page(client, draft, "~").put("max", "34").save()
    page = Page(client, draft, "awards/+").type(code="third", title__th="ที่สาม", title__en="Third", count="1").save()
    assert "  - {code: third, title: {th: ที่สาม, en: Third}, count: 1}\nrequirements:" in draft.text
    page = Page(client, draft, "forms/+").put(":key", "plan").type(title__th="แบบ", title__en="Form")
    page.put("requirement", "plan").save()
    page = Page(client, draft, "forms/plan/sections/+").type(title__th="ส่วน", title__en="Section")
    page.save()
    page = Page(client, draft, "forms/plan/sections/~1/fields/+").type(code="why", title__th="เหตุผล", title__en="Why")
    page.put("kind", "line").save()
    Page(client, draft, "doubts").do("add:").put(".1.th", "ข้อสงสัย").put(".1.en", "A doubt").save()
    scheme = engine.load(draft.text)
    assert scheme.criteria["plan"].max == 5
    assert [field.code for field in scheme.forms["plan"].fields] == ["why"]
    assert len(scheme.doubts) == 2


def test_every_fault_stands_at_its_field(client, draft):
    page = Page(client, draft, "requirements/report").type(due="31/2/2566", title__th="")
    page.save()
    page = Page(client, draft, "requirements/report")
    assert page.sent["due"] == "31/2/2566"
    at = {name: page.html.split(f'name="{name}"')[1].split('class="field')[0] for name in ("due", "title.th")}
    assert "Write the day, month and Buddhist year" in at["due"]
    assert "Fill this in." in at["title.th"]
    assert 'aria-describedby="due-fault-1"' in at["due"]
    outline = client.get(address(draft)).content.decode()
    report = outline.split("requirements/report")[1].split("</li>")[0]
    assert "2 faults" in " ".join(report.split())
    Page(client, draft, "dimensions/papers").put("max", "21").save()
    assert "criteria add up to 20, not 21" in Page(client, draft, "dimensions/papers").html


def test_two_people_at_one_draft(client, draft):
    """At two parts of it: both are kept. At the same: whoever comes second sees both, and loses nothing."""
    mine, theirs, third = (Page(client, draft, "requirements/report") for _ in range(3))
    other = Page(client, draft, "values/users").type(title__en="All users")
    other.save()
    mine.type(title__en="My report").save()
    assert "All users" in draft.text
    assert "My report" in draft.text

    theirs.type(title__en="Their report").save(409)
    assert "My report" in draft.text
    assert "Their report" not in draft.text
    assert theirs.sent["title.en"] == "Their report"
    assert "Somebody else changed this part" in theirs.html
    told = theirs.html[theirs.html.index("From theirs to yours") : theirs.html.index("Line by line")]
    assert re.search("<del>My report</del>.*<ins>Their report</ins>", told, re.DOTALL)
    assert "<a " not in told  # a way to another page would lose what was typed
    theirs.save()
    assert "Their report" in draft.text

    gone = Page(client, draft, "requirements")
    gone.do("remove:.0").save()
    third.type(title__en="Third report").save(409)
    assert "Third report" in third.html
    assert "Third report" not in draft.text


def test_rows_that_somebody_else_added_stay_where_they_are(client, draft, staff):
    """In front of those of a page that was open meanwhile: with codes all are found again, without codes nobody asks
    twice."""

    def write(old: str, new: str) -> None:
        intake.save_scheme(draft, draft.text.replace(old, new, 1), "small", by=staff, revision=draft.revision)
        draft.refresh_from_db()

    page = Page(client, draft, "dimensions/papers").type(title__en="My papers")
    theirs = "      - {code: new, title: {th: ก, en: New}, max: 5, rule: steps, steps: []}\n"
    write("      - code: report\n", theirs + "      - code: report\n")
    page.save(409)
    text = page.save()
    assert [f"code: {code}" in text for code in ("new", "report", "photos")] == [True] * 3
    assert theirs.strip() in text
    assert "My papers" in text

    page = Page(client, draft, "dimensions/papers/criteria/photos").type(title__en="My photos")
    write(
        "        steps:\n          - {points: 5, when: {all",
        "        steps:\n          - {points: 4, "
        "when: {evidence: photos}, th: ก, en: Four}\n          - {points: 5, when: {all",
    )
    before = draft.text
    page.save(409)
    assert "My photos" in page.html
    assert draft.text == before
    assert "scheme-form" not in page.html


def test_a_list_that_is_longer_than_a_form_stays_as_it_is(client, staff):
    doubts = "".join(f"  - {{th: ก{n}, en: Doubt {n}}}\n" for n in range(301))
    draft = begun(staff, small.TEXT.replace("doubts:\n", f"doubts:\n{doubts}", 1))
    for place in ("doubts", "~"):
        page = Page(client, draft, place)
        assert "the form can't show" in page.html or place == "~"
        assert "Doubt 300" in page.save()


def test_a_page_with_more_fields_than_can_be_sent_says_so(client, draft, monkeypatch):
    monkeypatch.setattr(formed, "MOST_INPUTS", 110)
    page = Page(client, draft, "doubts").do("add:").do("add:").do("add:").do("add:")
    assert "more fields" not in page.html
    assert page.sent[":rows"] == "2"  # no more than a form can send
    monkeypatch.setattr(formed, "MOST_INPUTS", 5)
    html = Page(client, draft, "doubts").html
    assert "more fields than a form can send" in html
    assert 'class="button button-main" name="deed" value="save"' not in html


def test_somebody_saves_at_the_very_same_moment(client, draft, staff, monkeypatch):
    page = Page(client, draft, "requirements/report").type(title__en="Mine")
    save = intake.save_scheme

    def beaten(held, text, code, *, by, revision):
        monkeypatch.setattr(intake, "save_scheme", save)
        save(held, held.text.replace("en: Users", "en: Theirs"), code, by=by, revision=revision)
        return save(held, text, code, by=by, revision=revision)

    monkeypatch.setattr(intake, "save_scheme", beaten)
    page.save(409)
    assert page.sent["title.en"] == "Mine"
    page.save()
    assert "en: Mine" in draft.text
    assert "en: Theirs" in draft.text


def test_codes_that_cannot_be_are_told_before_anything_is_kept(client, draft):
    page = Page(client, draft, "requirements/+").put(":key", "photos").type(title__th="ก", title__en="a")
    assert page.save(422) == small.TEXT
    assert "There is “photos” already." in page.html
    assert page.sent["title.th"] == "ก"
    page.put(":key", "").save(422)
    page.put(":key", "photos-2").save()
    sizes = Page(client, draft, "sizes").do("add:").put(".0:key", "s").put(".0.th", "เล็ก").put(".0.en", "Small")
    sizes.do("add:").put(".1:key", "s").put(".1.th", "ใหญ่").put(".1.en", "Large").save(422)
    assert "There is “s” already." in sizes.html
    sizes.put(".1:key", "l").save()
    assert "\nsizes:\n  s: {th: เล็ก, en: Small}\n  l: {th: ใหญ่, en: Large}\n" in draft.text


def test_a_code_that_changes_changes_where_it_is_named(client, draft):
    page = Page(client, draft, "requirements/photos").put(":key", "pictures")
    assert page.save().count("photos") == 1  # the criterion of that name is another thing
    assert "{all: [{evidence: pictures}, {value: agreed, is: true}]}" in draft.text
    assert page.answer.url == address(draft, "requirements/pictures")
    assert engine_faults(draft) == []


def test_what_a_form_cannot_show_stays_and_is_changed_in_the_text(client, staff):
    text = small.TEXT.replace("title: {th: ภาพถ่าย, en: Photos}", "title: Photos  # one word\n    colour: red")
    draft = begun(staff, text)
    page = Page(client, draft, "requirements/photos")
    assert "the form can't show" in page.html
    page.type(due="1/7/2566").save()
    assert "title: Photos  # one word\n    due: 2023-07-01\n    colour: red\n" in draft.text
    assert "unknown word &#x27;colour&#x27;" in Page(client, draft, "requirements/photos").html
    broken = begun(staff, "scheme: [")
    assert "can't be shown in forms" in client.get(address(broken)).content.decode()
    assert client.get(address(broken, "~")).url == address(broken)


@pytest.mark.parametrize("sent", ["", "save", "add:nowhere", "remove:steps.9", "up:", "use:steps.0.when", "\0"])
def test_nonsense_is_no_fault_of_ours(client, draft, sent):
    place = address(draft, "dimensions/papers/criteria/photos")
    odd = {"steps:rows": "99999999", "steps.0:was": "-1", "steps.0.when:way": "77", "title.th": "\0", "max": "๕\ud7ff"}
    for answer in (client.post(place, {"deed": sent}), client.post(place, {"deed": sent} | odd)):
        assert answer.status_code in (200, 302, 409, 422)
    long = {"steps:rows": "1", "steps.0.when:way": "7" * 5000}
    assert client.post(place, {"deed": sent} | long).status_code in (200, 302, 409, 422)
    report = Page(client, draft, "requirements/report").type(due="2568-02-29")  # no such day in the Common Era
    assert client.post(report.address, report.sent | {"deed": sent}).status_code in (200, 302, 422)
    assert client.post(address(draft, "requirements/nothing"), {"deed": sent}).status_code == 409
    assert client.get(address(draft, "a/b/c")).status_code == 404


def test_questions_do_not_grow_with_the_scheme(client, draft, staff):
    large = begun(staff, shipped.text("cdd40-2566"))
    for place in ("", "requirements"):
        counts = []
        for one in (draft, large):
            client.get(address(one, place))
            with CaptureQueriesContext(connection) as asked:
                client.get(address(one, place))
            counts.append(len(asked))
        assert counts[0] == counts[1]


def engine_faults(draft) -> list[str]:
    try:
        engine.load(draft.text)
    except engine.SchemeError as bad:
        return [fault.path for fault in bad.faults]
    return []
