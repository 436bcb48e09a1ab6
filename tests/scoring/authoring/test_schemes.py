"""New schemes in the admin: begun in three ways, their days decided, written by two at once, made, deleted."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.publish import publish
from scoring import shipped
from scoring.authoring.changes import propose
from scoring.authoring.scalars import with_code
from scoring.models import Trial
from scoring.recompute import rescore
from submissions import intake
from submissions.models import Edition, Round, SchemeDraft
from tests import factories as make
from tests.scoring import small

pytestmark = pytest.mark.django_db
NAME = "admin:submissions_schemedraft_"
MAIN = "cdd40-2566"


def page(name: str, draft: SchemeDraft | None = None) -> str:
    return reverse(NAME + name, args=[draft.pk] if draft else [])


@pytest.fixture
def staff(client):
    user = make.make_user("staff", full_name="สมศรี")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


@pytest.fixture
def source():
    return make.make_edition()


def begin(client, **sent) -> SchemeDraft:
    answer = client.post(page("add"), sent)
    assert answer.status_code == 302, answer.context["forms"][sent["way"]].errors
    return SchemeDraft.objects.latest("pk")


def copy(client, source, code="cdd40-2567", years=1) -> SchemeDraft:
    return begin(client, way="copy", **{"copy-source": source.pk, "copy-code": code, "copy-years": years})


def write(client, draft, text, *, revision=None, deed="proofread"):
    sent = {"text": text, "revision": draft.revision if revision is None else revision, deed: "1"}
    return client.post(page("change", draft), sent)


def decided(answer) -> dict:
    """What the page of days would send back as it stands."""
    rows = answer.context["decisions"].rows
    typed = {f"to-{row.change.key}": row.typed for row in rows if row.typed}
    on = [row.change.key for row in rows if row.is_on]
    return {"on": on, "revision": answer.context["draft"].revision, "years": answer.context["years"]} | typed


def row_of(answer, path: str):
    return next(row for row in answer.context["decisions"].rows if ".".join(row.change.path) == path)


def made(client, draft, reason="ปีใหม่"):
    draft.refresh_from_db()
    answer = client.post(page("look", draft), {"revision": draft.revision, "reason": reason})
    draft.refresh_from_db()
    return answer


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


# The edition


def test_it_becomes_an_edition_like_those_that_ship(client, staff, source):
    draft = copy(client, source, years=0)
    looked = client.get(page("look", draft))
    assert [line[3] for line in looked.context["lines"] if line[0] in "+-"] == [
        f"scheme: {MAIN}",
        "scheme: cdd40-2567",
    ]
    answer = made(client, draft)
    assert answer.url == page("change", draft)
    edition = draft.edition
    assert (edition.text, edition.scheme_code, edition.reason) == (draft.text, "cdd40-2567", "ปีใหม่")
    assert (edition.adopted_by, draft.state) == (staff, "made")
    assert draft.history.first().history_change_reason == "made an edition"
    assert draft.history.first().history_user == staff
    assert "cdd40-2567" in client.get(page("change", draft)).content.decode()
    assert client.get(page("days", draft)).status_code == 302

    form = client.get(reverse("admin:submissions_round_add")).context["adminform"].form
    assert edition in form.fields["edition"].queryset


def test_months_that_end_on_a_day_of_rest_are_pointed_out_too(client, staff, source):
    make.make_holiday("2023-05-15", "A day off")
    answer = client.get(page("look", copy(client, source, years=0)))
    told = {(one.code, one.day.isoformat()): one.why for one in answer.context["resting"]}
    assert told["3.5.report", "2023-04-30"] == "A Sunday."
    assert told["4.2.publicity", "2023-05-15"] == "A public holiday. A day off"
    assert ("4.2.publicity", "2023-06-15") not in told
    assert len(told) == len(answer.context["resting"]), "each once"


def test_made_twice_at_once_the_second_is_told(client, staff, source):
    first, second = copy(client, source, years=0), copy(client, source, years=0)
    made(client, first)
    answer = client.post(page("look", second), {"revision": second.revision, "reason": ""})
    assert answer.status_code == 302, "its code is a fault of its text by now"
    assert "already" in write(client, second, second.text).context["faults"][0].words
    with pytest.raises(intake.Refused, match="2567"):
        intake.make_scheme(second, by=staff, revision=second.revision, reason="")
    assert Edition.objects.filter(scheme_code="cdd40-2567").count() == 1


def test_the_database_holds_one_scheme_of_a_code(client, staff, source, monkeypatch):
    """As when two are made in the same moment: neither has seen the other's."""
    first, second = copy(client, source, years=0), copy(client, source, years=0)
    made(client, first)
    monkeypatch.setattr("submissions.intake.schemes.why_not_call", lambda *known: None)
    with pytest.raises(intake.Refused, match="2567"):
        intake.make_scheme(second, by=staff, revision=second.revision, reason="")


def test_a_draft_that_was_changed_since_is_not_made_unseen(client, staff, source):
    draft = copy(client, source, years=0)
    intake.save_scheme(draft, draft.text + "# x\n", draft.code, by=staff, revision=draft.revision)
    answer = client.post(page("look", draft), {"revision": draft.revision, "reason": "เหตุผลของฉัน"})
    assert answer.status_code == 409
    assert "เหตุผลของฉัน" in answer.content.decode()
    assert not Edition.objects.filter(scheme_code="cdd40-2567").exists()


def test_too_long_a_reason_is_refused(client, staff, source):
    answer = made(client, copy(client, source, years=0), reason="x" * 501)
    assert answer.status_code == 422
    assert "500" in str(answer.context["faults"])


def test_what_is_made_is_not_written_any_more(client, staff, source):
    draft = copy(client, source, years=0)
    made(client, draft)
    with pytest.raises(intake.Refused, match="edition already"):
        intake.save_scheme(draft, "x", "x", by=staff, revision=draft.revision)


# The end of it


@pytest.fixture
def scheme(client, staff):
    """A small scheme that was made here."""
    draft = copy(client, small.edition(), code="small-2567", years=0)
    made(client, draft)
    return draft


def test_deleted_it_is_offered_nowhere_and_its_code_is_free(client, staff, scheme):
    edition = scheme.edition
    assert client.post(page("delete", scheme)).url == page("changelist")
    scheme.refresh_from_db()
    assert scheme.state == "deleted"
    assert edition not in Edition.objects.offered()
    form = client.get(reverse("admin:submissions_round_add")).context["adminform"].form
    assert edition not in form.fields["edition"].queryset
    assert Edition.objects.get(pk=edition.pk).text == scheme.text, "the log still finds what its digest names"
    last = scheme.history.first()
    assert (last.history_change_reason, last.history_user) == ("deleted", staff)
    assert client.get(page("history", scheme)).status_code == 200
    assert "Deleted by" in client.get(page("change", scheme)).content.decode()

    again = copy(client, small.edition(), code="small-2567", years=0)
    made(client, again)
    assert again.edition == edition, "the same text is the same edition"
    assert edition in Edition.objects.offered()


def use_in_round(edition):
    return make.make_round(edition=edition, name_th="รอบที่ใช้", settings={"due": "2023-05-31"})


def test_a_round_keeps_its_scheme(client, staff, scheme):
    round = use_in_round(scheme.edition)
    answer = client.post(page("delete", scheme))
    assert (answer.status_code, round.name_en in answer.content.decode()) == (409, True)
    assert "can't be deleted" in client.get(page("change", scheme)).content.decode()
    text = small.TEXT.replace("small-2566", "small-2567") + "# later\n"
    round.edition = Edition.objects.create(scheme_code="small-2567", text=text, digest=Edition.digest_of(text))
    round.save()
    assert client.post(page("delete", scheme)).status_code == 409, "a later text of it is in use"
    Round.objects.update(discarded_at=make.NOW)
    assert client.post(page("delete", scheme)).status_code == 302


@pytest.mark.parametrize("used", ["scorecards", "trial", "publication"])
def test_whatever_quotes_it_keeps_it(client, staff, scheme, used):
    round = use_in_round(scheme.edition)
    entry = make.make_entry(round, "TH-A")
    if used == "scorecards":
        rescore([entry.pk])
    elif used == "trial":
        Trial.objects.create(round=round, edition=scheme.edition, text="x", digest="x", as_of=make.NOW)
    else:
        publish(round, by=staff)
    Round.objects.update(discarded_at=make.NOW)  # so that it is not the round that keeps it
    answer = client.post(page("delete", scheme))
    assert answer.status_code == 409
    assert answer.context["why_not"] in {
        "Scorecards were made by it.",
        "A trial compared another text with it.",
        "Results were published by it.",
    }


def test_a_draft_is_deleted_and_never_written_again(client, staff, source):
    draft = copy(client, source)
    client.post(page("delete", draft))
    draft.refresh_from_db()
    assert draft.state == "deleted"
    assert client.post(page("delete", draft)).status_code == 409
    with pytest.raises(intake.Refused, match="deleted"):
        intake.make_scheme(draft, by=staff, revision=draft.revision, reason="")


def test_no_round_is_made_of_what_is_being_deleted(client, staff, scheme):
    sent = {"name_th": "รอบ", "name_en": "Round", "edition": scheme.edition.pk, "rank_visibility": "own"}
    client.post(page("delete", scheme))
    answer = client.post(reverse("admin:submissions_round_add"), sent)
    assert answer.status_code == 200
    assert answer.context["adminform"].form.errors["edition"]
    with pytest.raises(intake.Refused, match="deleted"):
        intake.open_round(Round(edition=scheme.edition, name_th="ก"), [], by=staff)


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
