"""New schemes in the admin: begun in three ways, their days decided, written by two at once; by whom, at what cost."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring import shipped
from scoring.authoring.changes import propose
from scoring.authoring.scalars import with_code
from submissions import intake
from submissions.models import Edition, SchemeDraft
from tests import factories as make
from tests.scoring import small

from .drafts import MAIN, begin, copy, decided, made, page, row_of, write

pytestmark = pytest.mark.django_db


# How it begins


def test_a_copy_has_the_same_text_but_for_its_code(client, staff, source):
    draft = copy(client, source, years=0)
    assert draft.text == with_code(source.text, "cdd40-2567")
    assert (draft.code, draft.state, draft.source, draft.edited_by) == ("cdd40-2567", "draft", source, staff)
    assert not Edition.objects.filter(scheme_code="cdd40-2567").exists()


def test_the_edition_that_one_comes_from_is_chosen_and_a_code_left_empty_follows_it(client, staff, source):
    assert client.get(reverse("admin:submissions_edition_change", args=[source.pk])).status_code == 200
    answer = client.get(reverse("admin:submissions_edition_copy", args=[source.pk]))
    form = client.get(answer.url).context["forms"]["copy"]
    assert (form["source"].value(), form["code"].value()) == (source.pk, None)
    assert [copy(client, source, code="", years=years).code for years in (1, -2)] == ["cdd40-2567", "cdd40-2564"]


def test_a_file_is_begun_with_whatever_faults_it_has(client, staff):
    text = small.TEXT.replace("small-2566", "village-2570").replace("max: 30", "max: 31")
    file = SimpleUploadedFile("x.yaml", b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    draft = begin(client, way="file", **{"file-file": file})
    assert (draft.text, draft.code) == (text, "village-2570")
    answer = write(client, draft, draft.text)
    assert (answer.status_code, len(answer.context["faults"])) == (422, 1)


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00", b"x" * (256 * 1024 + 1), b""])
def test_a_file_that_is_no_text_is_refused_at_its_field(client, staff, content):
    answer = client.post(page("add"), {"way": "file", "file-file": SimpleUploadedFile("x.yaml", content)})
    assert answer.status_code == 422
    assert answer.context["forms"]["file"].errors["file"]
    assert not SchemeDraft.objects.exists()


@pytest.mark.parametrize(("code", "year"), [("village-2570", 2027), ("village", None)])
def test_the_template_is_a_whole_scheme(client, staff, code, year):
    draft = begin(client, way="template", **{"template-code": code})
    assert write(client, draft, draft.text).context["is_sound"]
    made(client, draft)
    scheme = draft.edition.scheme
    assert (scheme.code, len(scheme.criteria)) == (code, 3)
    assert year is None or scheme.close.year == year


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (MAIN, "came with the portal"),
        ("website-2564", "came with the portal"),  # which was not even loaded
        ("small-2566", "already"),
        ("Cdd40", "begins with a letter"),
        ("a b", "begins with a letter"),
        ("x" * 41, "40"),
        ("", "already"),  # of a scheme whose code says no year
    ],
)
def test_a_code_that_can_not_be_had_is_refused_and_nothing_typed_is_lost(client, staff, source, code, words):
    small.edition()
    source = source if code else make.make_edition(with_code(source.text, "contest"), "contest")
    sent = {"way": "copy", "copy-source": source.pk, "copy-code": code, "copy-years": 3}
    answer = client.post(page("add"), sent)
    form = answer.context["forms"]["copy"]
    assert answer.status_code == 422
    assert words in str(form.errors["code"])
    assert (form["years"].value(), form["code"].value()) == ("3", code)
    assert not SchemeDraft.objects.exists()


# Its days


def test_every_change_stands_on_one_page_as_it_is_proposed(client, staff, source):
    draft = copy(client, source)
    answer = client.get(page("days", draft))
    rows = answer.context["decisions"].rows
    assert len(rows) == len(propose(draft.text, 1, set()))
    html = answer.content.decode()
    assert all(f'id="on-{row.change.key}"' in html for row in rows)
    assert row_of(answer, "requirements.4.2.committee.due").typed == "29/02/2567"
    assert html.index("To be decided") < html.index("Years in texts")


def test_what_is_ticked_is_changed_and_what_is_not_stays(client, staff, source):
    draft = copy(client, source)
    answer = client.get(page("days", draft))
    sent, kept = decided(answer), row_of(answer, "requirements.1.3.training.due")
    sent["on"].remove(kept.change.key)
    sent[f"to-{row_of(answer, 'requirements.4.2.committee.due').change.key}"] = "1 มี.ค. 2567"
    answer = client.post(page("days", draft), sent | {"use": "1"})
    assert (answer.status_code, answer.url) == (302, page("look", draft))
    draft.refresh_from_db()
    lines = draft.text.splitlines()
    assert "    due: 2023-03-31" in lines
    assert "    due: 2024-03-01" in lines
    assert "title: {th: พัฒนาชุมชนดิจิทัล 4.0 ประจำปี 2567, en: Community Development Digital 4.0 of 2024}" in lines
    assert lines[1] == source.text.splitlines()[1]
    assert len(lines) == len(source.text.splitlines())
    assert (draft.years, draft.decisions) == (0, {})
    assert [version.history_change_reason for version in draft.history.all()] == ["days moved", "begun"]


def test_a_day_that_can_not_be_read_is_told_at_its_field(client, staff, source):
    draft = copy(client, source)
    sent = decided(answer := client.get(page("days", draft)))
    off = row_of(answer, "title.en").change.key
    sent["on"].remove(off)
    bad = row_of(answer, "requirements.4.2.committee.due").change.key
    answer = client.post(page("days", draft), sent | {f"to-{bad}": "สิ้นเดือน", "use": "1"})
    assert answer.status_code == 422
    row = row_of(answer, "requirements.4.2.committee.due")
    assert (row.typed, bool(row.fault), row.is_on) == ("สิ้นเดือน", True, True)
    assert not row_of(answer, "title.en").is_on, "what was ticked stays as it was"
    assert f'id="fault-{bad}"' in answer.content.decode()


def test_days_that_make_a_fault_are_told_with_their_line_and_their_row(client, staff, source):
    draft = copy(client, source)
    sent = decided(answer := client.get(page("days", draft)))
    ends = row_of(answer, "calendar.1.ends")
    sent[f"to-{ends.change.key}"] = "1/1/2560"
    answer = client.post(page("days", draft), sent | {"use": "1"})
    assert answer.status_code == 422
    ((fault, rows),) = answer.context["at_rows"]
    assert (fault.line, [row.change.key for row in rows]) == (ends.change.line, [ends.change.key])
    assert "not be before starts" in fault.words
    draft.refresh_from_db()
    assert "2017-01-01" not in draft.text
    answer = client.post(page("days", draft), sent | {"anyway": "1"})
    assert answer.url == page("change", draft)
    draft.refresh_from_db()
    assert "ends: 2017-01-01" in draft.text


def test_what_was_decided_is_put_aside_and_there_again(client, staff, source):
    draft = copy(client, source)
    sent = decided(answer := client.get(page("days", draft)))
    off, day = row_of(answer, "title.en").change.key, row_of(answer, "close").change.key
    sent["on"].remove(off)
    sent[f"to-{day}"] = "ยังไม่ทราบ"
    assert client.post(page("days", draft), sent | {"aside": "1"}).url == page("changelist")
    draft.refresh_from_db()
    write(client, draft, "# one line more\n" + draft.text)
    answer = client.get(page("days", draft))
    assert not row_of(answer, "title.en").is_on
    assert row_of(answer, "close").typed == "ยังไม่ทราบ"
    assert row_of(answer, "title.th").is_on


@pytest.mark.parametrize("years", ["0", "-600", "x", "9999999999999999999999", "50"])
def test_odd_numbers_of_years_break_nothing(client, staff, source, years):
    draft = copy(client, source)
    assert client.get(page("days", draft), {"years": years}).status_code == 200


def test_days_of_a_text_with_faults_wait_until_it_has_none(client, staff, source):
    draft = copy(client, source)
    write(client, draft, draft.text.replace("max: 100", "max: 99"))
    answer = client.get(page("days", draft))
    assert (answer.status_code, answer.context["decisions"]) == (200, None)


def test_holidays_of_the_portal_are_pointed_out_by_name(client, staff, source):
    make.make_holiday("2024-05-31", "A day off")
    draft = copy(client, source)
    answer = client.get(page("days", draft))
    said = row_of(answer, "requirements.1.3.assessment.due").said
    assert said[0] == "A public holiday. A day off"
    assert "30/05/2567 and 03/06/2567" in said[1]
    assert answer.context["decisions"].years_without_holidays == [2566]


# Its text, and two who write it


def test_a_text_is_put_aside_with_its_faults_and_gone_on_with(client, staff, source):
    draft = copy(client, source, years=0)
    assert write(client, draft, "scheme: [", deed="aside").url == page("changelist")
    assert client.get(page("change", draft)).context["form"]["text"].value() == "scheme: ["


def test_two_people_at_one_draft_lose_nothing(client, staff, source):
    draft = copy(client, source, years=0)
    theirs, mine = draft.text.replace("max: 100", "max: 99"), draft.text + "# mine\n"
    colleague = make.make_user("staff", full_name="สมชาย")
    intake.save_scheme(draft, theirs, draft.code, by=colleague, revision=draft.revision)
    answer = write(client, draft, mine, deed="look")
    html = answer.content.decode()
    assert answer.status_code == 409
    assert answer.context["form"]["text"].value() == mine
    assert "สมชาย" in html
    assert ["-", "max: 99"] in [[line[0], line[3]] for line in answer.context["lines"]]
    assert "<del>99</del>" in html, "in the words of the forms too"
    draft.refresh_from_db()
    assert draft.text == theirs
    again = int(re.search(r'name="revision" value="(\d+)"', html)[1])
    write(client, draft, mine, revision=again)
    draft.refresh_from_db()
    assert draft.text == mine, "kept, now that it was decided"


@pytest.mark.parametrize("deed", ["use", "aside"])
def test_whoever_decides_days_meanwhile_is_told(client, staff, source, deed):
    draft = copy(client, source)
    sent = decided(client.get(page("days", draft)))
    text = "# new\n" + draft.text
    intake.save_scheme(draft, text, draft.code, by=make.make_user("staff"), revision=draft.revision)
    answer = client.post(page("days", draft), sent | {deed: "1"})
    assert (answer.status_code, answer.context["conflict"]) == (409, True)
    draft.refresh_from_db()
    assert draft.text == text


def test_another_draft_of_the_same_code_is_pointed_at(client, staff, source):
    first, second = copy(client, source, years=0), copy(client, source, years=0)
    assert list(client.get(page("change", second)).context["twins"]) == [first]


def test_the_code_is_proofread_at_its_line(client, staff, source):
    draft = copy(client, source, years=0)
    answer = write(client, draft, draft.text.replace("scheme: cdd40-2567", f"scheme: {MAIN}"), deed="look")
    (fault,) = answer.context["faults"]
    assert (answer.status_code, fault.line) == (422, 4)
    assert "came with the portal" in fault.words
    assert client.get(page("look", draft)).status_code == 302, "there is nothing to be made yet"


def test_too_long_a_text_is_refused_and_stays_in_the_box(client, staff, source):
    draft = copy(client, source, years=0)
    answer = write(client, draft, text := "x" * (256 * 1024 + 1))
    assert (answer.status_code, answer.context["form"]["text"].value()) == (422, text)


# Who may, and how much it costs


@pytest.mark.parametrize("role", ["officer", "judge"])
def test_it_is_central_staff_s_alone(client, role, source):
    draft = SchemeDraft.objects.create(code="x", text="x", origin="file")
    client.force_login(user := make.make_user(role))
    for name in ("changelist", "add"):
        assert client.get(page(name)).status_code in (302, 403)
    for name in ("change", "days", "look", "delete", "history"):
        assert client.get(page(name, draft)).status_code in (302, 403, 404)
        assert client.post(page(name, draft), {"revision": 1, "text": "y"}).status_code in (302, 403, 404)
    draft.refresh_from_db()
    assert (draft.text, draft.deleted_at) == ("x", None)
    for deed in (
        lambda: intake.begin_scheme("y", "y", origin="file", by=user),
        lambda: intake.save_scheme(draft, "y", "y", by=user, revision=1),
        lambda: intake.make_scheme(draft, by=user, revision=1, reason=""),
        lambda: intake.delete_scheme(draft, by=user),
    ):
        with pytest.raises(intake.Refused, match=r"central staff|ส่วนกลาง"):
            deed()
    assert not SchemeDraft.objects.visible_to(user).exists()


@pytest.mark.parametrize("name", ["days", "change", "look"])
def test_pages_ask_as_much_for_a_large_scheme_as_for_a_small_one(client, staff, source, name):
    counts = []
    for edition in (small.edition(), source):
        draft = copy(client, edition, code=f"x-{edition.pk}")
        client.get(page(name, draft))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page(name, draft)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


def test_the_list_asks_as_much_for_three_as_for_one(client, staff, source):
    counts = []
    for count in (1, 3):
        while SchemeDraft.objects.count() < count:
            copy(client, source, code=f"x-{SchemeDraft.objects.count()}")
        client.get(page("changelist"))
        with CaptureQueriesContext(connection) as queries:
            html = client.get(page("changelist")).content.decode()
        assert html.count(MAIN) >= count
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_is_taken_away_as_a_table(client, staff, source):
    copy(client, source)
    answer = client.get(reverse("admin:submissions_schemedraft_list", args=["csv"]))
    assert b"cdd40-2567" in b"".join(answer.streaming_content)


def test_what_ships_later_never_takes_a_code_that_staff_gave(client, staff, source, monkeypatch, capsys):
    from django.core.management import call_command

    draft = copy(client, source, years=0)
    made(client, draft)
    schemes = dict(shipped.schemes()) | {"cdd40-2567": draft.edition.scheme}
    monkeypatch.setattr(shipped, "schemes", lambda: schemes)
    call_command("load_shipped", verbosity=0)
    assert "cdd40-2567" in capsys.readouterr().err
    assert Edition.objects.filter(scheme_code="cdd40-2567").get() == draft.edition
    assert Edition.objects.filter(scheme_code="website-2564").exists()
