"""The criteria of a round in the admin: edited, proofread, tried, adopted; with everything that people do to forms."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from awards.publishing.publish import publish
from scoring import tasks
from scoring.models import Scorecard, Trial
from scoring.recompute import rescore
from submissions.models import Event, Round
from tests import factories as make
from tests.factories import at
from tests.markup import flat
from tests.scoring import small

pytestmark = pytest.mark.django_db
LATER = {"due: 2023-06-30  # report": "due: 2023-07-09  # report"}
HX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def round():
    round = make.make_round(edition=small.edition(), settings={"due": "2023-05-31"})
    for office in ("TH-A", "TH-B"):
        make.make_entry(round, office)
    make.make_evidence(
        round.entries.get(office__code="TH-A"), "report", submitted_at=at("2023-07-08"), status="accepted"
    )
    rescore(round.entries.values_list("pk", flat=True))
    return round


@pytest.fixture
def staff(client):
    user = make.make_user("staff")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def text_page(round: Round) -> str:
    return reverse("admin:scoring_trial_text", args=[round.pk])


def page_of(trial: Trial) -> str:
    return reverse("admin:scoring_trial_change", args=[trial.pk])


def begin(client, round: Round, changes=LATER) -> Trial:
    answer = client.post(text_page(round), {"text": small.text(changes), "try": "1"})
    assert answer.status_code == 302
    trial = Trial.objects.latest("pk")
    assert answer.url == page_of(trial)
    return trial


def tried(client, round: Round, changes=LATER) -> Trial:
    trial = begin(client, round, changes)
    tasks.try_text(trial.pk)
    trial.refresh_from_db()
    return trial


def upload(content: bytes, name: str = "scheme.yaml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# The text


def test_the_page_shows_the_present_text_and_its_doubts_with_their_lines(client, staff, round):
    answer = client.get(text_page(round))
    html = answer.content.decode()
    assert answer.context["form"]["text"].value() == round.edition.text
    lines = round.edition.text.splitlines()
    found = [
        (int(line), " ".join(said.split()))
        for line, said in re.findall(r'data-line="(\d+)".*?<br>(.*?)</li>', html, re.S)
    ]
    assert [said for _line, said in found] == ["The guide names no year.", "The guide prints two due days."]
    assert all(said in lines[line - 1] for line, said in found)


def test_every_fault_is_told_at_its_line_with_what_stands_there(client, staff, round):
    broken = small.text({"close: 2023-07-31": "close: 2023-07-32", "max: 30": "max: 31", "rule: bands": "rule: bend"})
    answer = client.post(text_page(round), {"text": broken, "proofread": "1"})
    assert answer.status_code == 422
    lines = broken.splitlines()
    shown = answer.context["faults"]
    assert [lines[fault.line - 1].strip() for fault in shown] == ["close: 2023-07-32", "max: 31", "rule: bend"]
    html = answer.content.decode()
    assert all(f'data-line="{fault.line}"' in html for fault in shown)
    assert answer.context["form"]["text"].value() == broken, "nothing that was typed is lost"
    assert not Trial.objects.exists()


def test_faults_are_told_in_thai(client, staff, round):
    client.cookies["django_language"] = "th"
    answer = client.post(text_page(round), {"text": small.text({"max: 30": "max: many"}), "proofread": "1"})
    assert "พบข้อผิดพลาดในข้อความ" in answer.content.decode()
    assert all(re.search("[ก-๙]", fault.words) for fault in answer.context["faults"])


def test_a_text_without_faults_is_told_so_and_changes_nothing(client, staff, round):
    answer = client.post(text_page(round), {"text": small.text(LATER), "proofread": "1"})
    assert (answer.status_code, answer.context["is_sound"]) == (200, True)
    assert not Trial.objects.exists()


@pytest.mark.parametrize("deed", ["proofread", "try"])
def test_a_scheme_of_another_code_is_refused_before_it_is_tried(client, staff, round, deed):
    text = small.text({"scheme: small-2566": "scheme: other-2566"})
    answer = client.post(text_page(round), {"text": text, deed: "1"})
    assert answer.status_code == 422
    assert "other-2566" in answer.context["form"].errors["text"][0]


def test_the_text_as_it_is_is_proofread_and_not_tried(client, staff, round):
    same = {"text": round.edition.text}
    assert client.post(text_page(round), same | {"proofread": "1"}).context["is_sound"]
    answer = client.post(text_page(round), same | {"try": "1"})
    assert (answer.status_code, Trial.objects.exists()) == (422, False)
    assert "has already" in answer.context["form"].errors["text"][0]


def test_a_file_takes_the_place_of_what_was_typed(client, staff, round):
    text = small.text(LATER)
    content = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()  # as Windows saves it
    answer = client.post(text_page(round), {"text": "typed", "file": upload(content), "proofread": "1"})
    assert (answer.status_code, answer.context["is_sound"]) == (200, True)
    assert answer.context["form"]["text"].value() == text
    begun = client.post(text_page(round), {"text": "typed", "file": upload(content), "try": "1"})
    assert begun.status_code == 302
    assert Trial.objects.get().text == text


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\x00\x00", b"\xff\xfea\x00", b"", b"x" * (256 * 1024 + 1), b"scheme: x\x00"],
    ids=["picture", "UTF-16", "empty", "huge", "zero byte"],
)
@pytest.mark.parametrize("deed", ["proofread", "try"])
def test_a_file_that_is_no_text_is_refused_and_what_was_typed_stays(client, staff, round, content, deed):
    answer = client.post(text_page(round), {"text": "typed\r\nhere", "file": upload(content), deed: "1"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]
    assert answer.context["form"]["text"].value().split() == ["typed", "here"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00",
        "\x07",
        "a: " + "[" * 5000,
        "- 1\n" * 60000,
        "key: &a [*a]",
        "x" * (300 * 1024),
        "a: 1\n" * 50000,
        "".join(f"k{n}: 1\n" for n in range(20000)),
        "months: {from: 0000-00, to: 9999-99}",
        "<script>alert(1)</script>",
        "'", "%YAML 9.9\n---\n", "? {a: b}\n: c", "!!python/object:os.system x",
    ],
)  # fmt: skip
def test_whatever_is_typed_is_answered_with_faults(client, staff, round, text):
    answer = client.post(text_page(round), {"text": text, "proofread": "1"})
    assert answer.status_code == 422
    assert "<script>alert" not in answer.content.decode()
    assert answer.context["faults"] or answer.context["form"].errors


def test_no_more_faults_are_shown_than_can_be_read(client, staff, round):
    many = small.text() + "".join(f"unknown{n}: 1\n" for n in range(150))
    answer = client.post(text_page(round), {"text": many, "proofread": "1"})
    assert (len(answer.context["faults"]), answer.context["more"]) == (100, 50)


# The trial


def test_a_trial_waits_for_the_worker_and_tells_how_far_it_is(client, staff, round):
    trial = begin(client, round)
    waiting = flat(client.get(page_of(trial)).content.decode())
    assert f'id="progress" hx-get="{page_of(trial)}?asked=1"' in waiting
    Trial.objects.filter(pk=trial.pk).update(done=1, total=2)
    answer = client.get(page_of(trial) + "?asked=3", **HX)
    assert "1 of 2" in answer.content.decode()
    assert "HX-Refresh" not in answer
    tasks.try_text(trial.pk)
    assert client.get(page_of(trial), **HX)["HX-Refresh"] == "true"


def test_a_lost_message_is_sent_again(client, staff, round, monkeypatch):
    sent = []
    monkeypatch.setattr("scoring.authoring.trials.send", lambda task, *args: sent.append((task.name, *args)))
    trial = begin(client, round)
    for asked in (8, 9, 10):
        client.get(page_of(trial) + f"?asked={asked}", **HX)
    assert sent == [("scoring.tasks.try_text", trial.pk)]
    assert "hx-get" not in client.get(page_of(trial) + "?asked=700", **HX).content.decode()


def test_a_comparison_that_breaks_off_is_told_and_may_be_tried_again(client, staff, round, monkeypatch):
    trial = begin(client, round)
    with monkeypatch.context() as broken:
        broken.setattr("scoring.trial.Comparison", lambda *sides: 1 / 0)
        tasks.try_text(trial.pk)
    assert client.get(page_of(trial), **HX)["HX-Refresh"] == "true"
    html = client.get(page_of(trial)).content.decode()
    assert ("broke off" in html, 'id="progress"' in html) == (True, False)
    assert client.post(page_of(trial), {"reason": "รีบ"}).status_code == 409
    assert tried(client, round).is_done


def test_the_comparison_names_who_moves_what_is_lost_and_which_lines_changed(client, staff, round):
    changes = {**LATER, "  photos:\n": "  pictures:\n", "{evidence: photos}": "{evidence: pictures}"}
    make.make_evidence(round.entries.get(office__code="TH-B"), "photos", status="accepted")
    answer = client.get(page_of(tried(client, round, changes)))
    html = " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
    assert "Province TH-A 0 becomes → 5 " in html
    assert "tied for First prize becomes → First prize" in html
    assert "evidence photos Photos 1 entry" in html
    assert "What would be asked for anew evidence pictures Photos" in html
    assert "taken out photos:" in html
    assert [count for _title, count in answer.context["counts"]] == [1, 1, 1, 2, 0, 0, 0]


def test_those_who_have_nothing_are_counted_and_not_named_as_a_tie(client, staff):
    round = make.make_round(edition=small.edition(), settings={"due": "2023-05-31"})
    offices = [make.make_entry(round).office for _one in range(30)]
    trial = tried(client, round)
    shown = client.get(page_of(trial)).content.decode()
    assert "30 entries have no points yet" in shown
    assert not any(str(office) in shown for office in offices)


def test_of_many_who_share_a_rank_some_are_named_and_the_others_counted(client, staff):
    round = make.make_round(edition=small.edition(), settings={"due": "2023-05-31"})
    for _one in range(30):
        make.make_evidence(make.make_entry(round), "report", submitted_at=at("2023-06-20"), status="accepted")
    trial = tried(client, round)
    assert "18 more would share place 1" in client.get(page_of(trial)).content.decode()


def test_a_round_of_many_is_shown_by_pages_those_first_whose_award_changes(client, staff, round):
    for number in range(60):
        entry = make.make_entry(round, f"TH-M{number}")
        make.make_evidence(entry, "report", submitted_at=at("2023-06-08"), status="accepted")
    best = round.entries.get(office__code="TH-B")
    make.make_value(best, "users", "500")
    trial = tried(client, round, {"due: 2023-06-30  # report": "due: 2023-06-01  # report"})
    first, second = (client.get(page_of(trial) + f"?page={page}").context["rows"] for page in (1, 2))
    assert len(first) == 50
    flags = [row["crosses"] for row in (*first, *second)]
    assert flags == sorted(flags, reverse=True)


def test_rows_cost_no_statements(client, staff, round):
    def count() -> int:
        trial = tried(client, round)
        with CaptureQueriesContext(connection) as seen:
            client.get(page_of(trial))
        return len(seen)

    few = count()
    for number in range(3):
        entry = make.make_entry(round, f"TH-M{number}")
        make.make_evidence(entry, "report", submitted_at=at("2023-07-08"), status="accepted")
    assert count() == few <= 14


def test_the_text_page_costs_no_more_for_many_trials(client, staff, round):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(text_page(round))
        return len(seen)

    begin(client, round)
    few = count()
    begin(client, round)
    begin(client, round)
    assert count() == few <= 12


def test_the_list_of_trials_costs_no_more_for_many_and_reads_no_reports(client, staff, round):
    def read() -> list[str]:
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("admin:scoring_trial_changelist"))
        return [query["sql"] for query in seen.captured_queries]

    tried(client, round)
    few = read()
    tried(client, round)
    begin(client, round)
    assert len(read()) == len(few) <= 10
    assert not [sql for sql in few if '"scoring_trial"."report",' in sql or '"scoring_trial"."text"' in sql]


def test_facts_that_moved_since_are_told(client, staff, round):
    trial = tried(client, round)
    assert client.get(page_of(trial)).context["has_moved"] is False
    make.make_value(round.entries.get(office__code="TH-B"), "users", "500")
    assert client.get(page_of(trial)).context["has_moved"] is True


def test_the_text_of_a_trial_is_gone_on_with(client, staff, round):
    trial = tried(client, round)
    answer = client.get(text_page(round) + f"?trial={trial.pk}")
    assert answer.context["form"]["text"].value() == trial.text
    for nonsense in ("x", "0", "9" * 30):
        answer = client.get(text_page(round) + f"?trial={nonsense}")
        assert answer.context["form"]["text"].value() == round.edition.text


# Adopting


def test_a_tried_text_is_adopted_with_a_reason_and_everybody_is_scored_by_it(client, staff, round):
    trial = tried(client, round)
    answer = client.post(page_of(trial), {"reason": "ขยายเวลา"})
    rescoring = reverse("admin:scoring_trial_rescoring", args=[round.pk])
    assert (answer.status_code, answer.url) == (302, rescoring)
    round = Round.objects.get(pk=round.pk)
    assert (round.edition.digest, round.history.first().history_change_reason) == (trial.digest, "ขยายเวลา")
    assert Event.objects.filter(verb="edition.adopted", actor=staff).count() == 2
    assert "0 of 2" in client.get(rescoring, **HX).content.decode()
    tasks.sweep()
    assert client.get(rescoring, **HX)["HX-Refresh"] == "true"
    assert Scorecard.objects.get(entry__office__code="TH-A", basis="verified").total == 5
    history = client.get(reverse("admin:submissions_round_history", args=[round.pk])).content.decode()
    assert "ขยายเวลา" in history
    page = client.get(page_of(trial)).content.decode()
    assert "other criteria by now" in page


def test_without_a_reason_nothing_is_adopted(client, staff, round):
    trial = tried(client, round)
    answer = client.post(page_of(trial), {"reason": "  "})
    assert answer.status_code == 422
    assert "Say why" in answer.content.decode()
    answer = client.post(page_of(trial), {"reason": "ก" * 501})
    assert (answer.status_code, "ก" * 501 in answer.content.decode()) == (422, True)
    assert Round.objects.get(pk=round.pk).edition == round.edition


def test_what_was_not_compared_is_not_adopted(client, staff, round):
    trial = begin(client, round)
    answer = client.post(page_of(trial), {"reason": "รีบ"})
    assert answer.status_code == 409
    assert Round.objects.get(pk=round.pk).edition == round.edition


def test_the_second_of_two_who_adopt_is_told(client, staff, round):
    first, second = tried(client, round), tried(client, round, {"max: 30\n": "max: 30\nranking: none\n"})
    assert client.post(page_of(first), {"reason": "หนึ่ง"}).status_code == 302
    answer = client.post(page_of(second), {"reason": "สอง"})
    assert answer.status_code == 409
    assert "สอง" in answer.content.decode(), "nothing that was typed is lost"
    assert Round.objects.get(pk=round.pk).edition.digest == first.digest


def test_a_text_that_leaves_somebody_unscored_is_not_adopted(client, staff, round):
    trial = tried(client, round, {"max: 30\n": "max: 30\nsizes:\n  huge: {th: ใหญ่มาก, en: Huge}\n"})
    page = client.get(page_of(trial)).content.decode()
    assert "Province TH-A" in page
    assert client.post(page_of(trial), {"reason": "ลอง"}).status_code == 409


def test_a_published_round_keeps_its_criteria(client, staff, round):
    trial = tried(client, round)
    make.make_value(round.entries.get(office__code="TH-B"), "users", "500")
    publish(round, by=staff)
    for page in (text_page(round), page_of(trial)):
        assert "were published" in client.get(page).content.decode()
    assert client.post(text_page(round), {"text": small.text(LATER), "try": "1"}).status_code == 403
    assert client.post(page_of(trial), {"reason": "ทีหลัง"}).status_code == 403
    assert Round.objects.get(pk=round.pk).edition == round.edition


def test_trials_are_listed(client, staff, round):
    tried(client, round)
    begin(client, round)
    html = client.get(reverse("admin:scoring_trial_changelist")).content.decode()
    assert ("being compared" in html, ">compared<" in html.replace("\n", "").replace(" ", "")) == (True, True)


def test_the_round_s_page_leads_to_its_criteria(client, staff, round):
    link = reverse("admin:submissions_round_criteria", args=[round.pk])
    assert link in client.get(reverse("admin:submissions_round_change", args=[round.pk])).content.decode()
    assert client.get(link).url == text_page(round)
