"""The practice rounds: believable, valid, the same on every run, and written as intake would have written them; and
in them the pages that the guides describe, each as its picture in docs/pictures shows it.
"""

import hashlib
import time
from collections import Counter
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from awards.afterwards import hindsight
from awards.bundle import files
from awards.ledger import key_files, keys
from awards.ledger.seal import seal
from awards.models import Publication
from awards.verify.verify import Check
from cdd4.management.commands import demo
from scoring import engine, parcels
from scoring.models import Scorecard, stale_entries, standings
from submissions import intake
from submissions.examination import work
from submissions.files import recognise
from submissions.frozen import unguarded
from submissions.log.check import check
from submissions.models import (
    Entry,
    Event,
    Evidence,
    Examination,
    Extension,
    FilledForm,
    Fingerprint,
    Likeness,
    Notice,
    Office,
    Round,
    SchemeDraft,
    Sheet,
    User,
)
from submissions.notices.from_events import tell_recorded
from tests import factories as make
from tests.scripts import script

from . import pictures
from .conftest import PHONE
from .replay import COMPARED, digest, events_of, facts, opened, replay

pytestmark = pytest.mark.django_db
FINISHED, LIVE = demo.PLANS


@pytest.fixture(scope="module")
def runs(django_db_setup, django_db_blocker, demo_of_make_run):
    """What two runs invented, by its digest, and how long the one here worked. The other is that of `make run`, in
    another process and on another database, if these tests have seen it; else the demo is thrown away and made again.
    """
    with django_db_blocker.unblock():
        with unguarded():  # tests with servers of their own may leave rows
            call_command("flush", interactive=False, verbosity=0, allow_cascade=True)
        start = time.process_time()
        call_command("demo", verbosity=0)
        seconds, here = time.process_time() - start, digest(facts())
        if demo_of_make_run.exists():
            with opened(demo_of_make_run) as database:
                there = digest(facts(database))
        else:
            call_command("demo", verbosity=0, reset=True)
            there = digest(facts())
        yield SimpleNamespace(here=here, there=there, seconds=seconds)
        with unguarded():
            call_command("flush", interactive=False, verbosity=0, allow_cascade=True)


@pytest.fixture
def live(runs, db) -> Round:
    return Round.objects.get(name_th=LIVE.name_th)


@pytest.fixture
def finished(runs, db) -> Round:
    return Round.objects.get(name_th=FINISHED.name_th)


def test_every_run_invents_the_same_facts(runs):
    assert runs.here == runs.there


def test_what_it_announces_is_proven_and_scored_again_elsewhere(finished, tmp_path, capsys):
    key_files.make(tmp_path / "key")
    seal(keys.read([tmp_path / "key"]))
    publication = Publication.objects.with_round().get(round=finished)
    for full in (False, True):
        (tmp_path / "bundle.zip").write_bytes(files.write(publication, full=full).read())
        checked = Check((tmp_path / "bundle.zip").read_bytes())
        assert (checked.run(), checked.said["wrong"]) == (0, [])
    assert script("engine/cdd4_score").main([str(tmp_path / "bundle.zip")]) == 0, capsys.readouterr().out


def test_it_takes_a_minute_at_most(runs):
    assert runs.seconds < 60


def test_a_second_run_adds_nothing(live):
    before = digest(facts()), Event.objects.count(), User.objects.count()
    out = StringIO()
    call_command("demo", stdout=out)
    assert (digest(facts()), Event.objects.count(), User.objects.count()) == before
    assert all(password in out.getvalue() for _role, _login, password in demo.LOGINS)


def test_its_files_were_looked_through_but_the_form_that_was_handed_in(live):
    files = Evidence.objects.exclude(file="")
    assert not files.filter(examination=None).exists()
    waiting = files.exclude(examination__due_at=None)
    assert [one.entry.office.code for one in waiting] == [demo.HOME]
    assert FilledForm.objects.filter(evidence__in=waiting).count() == 1


def seen_of(one: Evidence) -> tuple:
    """All that is kept of what was seen of a file, and when it is to be looked at again."""
    examination = Examination.objects.get(pk=one.pk)
    kept = {name: getattr(examination, name) for name in ("state", "scan", "threat", "facts", "attempts", "due_at")}
    marks = Fingerprint.objects.filter(sha256=one.sha256).order_by("kind", "page")
    alike = Likeness.objects.filter(Q(one=one.sha256) | Q(other=one.sha256)).order_by("one", "other", "kind")
    columns = ("kind", "page", "key_0", "key_1", "key_2", "key_3", "sketch")
    return kept, list(marks.values(*columns)), list(alike.values("one", "other", "kind", "percent", "pages"))


@pytest.mark.parametrize("kind", sorted(work.READERS))
def test_the_examiner_would_have_found_the_same(live, kind):
    settled = Evidence.objects.filter(content_type=kind, examination__due_at=None)
    for one in settled.order_by("sha256")[:3]:
        before = seen_of(one)
        same = Evidence.objects.filter(sha256=one.sha256)
        Examination.objects.filter(evidence__in=same).delete()
        Fingerprint.objects.filter(sha256=one.sha256).delete()
        Likeness.objects.filter(Q(one=one.sha256) | Q(other=one.sha256)).delete()
        Examination.objects.create(evidence=one)
        assert work.examine(one.pk)
        assert seen_of(one) == before
        assert before[0]["facts"]
    assert settled.exists() == (kind != recognise.WEBP.content_type)


# Believable


def test_all_76_provinces_take_part_in_both_rounds(live, finished):
    for round in (live, finished):
        assert round.entries.filter(office__kind="province").count() == 76
        assert [user.username for user in round.judges.order_by("pk")] == ["judge", "judge2", "judge3"]
        assert set(round.settings) == set(round.scheme.settings)
        assert round.is_practice


def test_the_clock_of_the_live_round_stands_in_july(live):
    assert live.now().astimezone(make.BANGKOK).strftime("%Y-%m-%d %H") == "2023-07-10 10"
    assert not stale_entries(live, live.now()).exists()


def test_nothing_happened_in_the_future(live, finished):
    for round in (live, finished):
        handed, sheets = (model.objects.filter(entry__round=round) for model in (Evidence, Sheet))
        now = round.now()
        assert not handed.filter(submitted_at__gt=now).exists()
        assert not handed.filter(reviewed_at__gt=now).exists()
        assert not sheets.filter(saved_at__gt=now).exists()
    assert not Event.objects.filter(at__gt=timezone.now()).exists()


def test_the_finished_round_has_winners_a_middle_and_one_that_did_nothing(finished):
    table = list(standings(finished))
    totals = [float(row.total) for row in table]
    assert 90 <= totals[0] < 100
    assert sum(40 <= total <= 80 for total in totals) >= 38
    assert (totals[-1], table[-1].rank, totals[-2] > 0) == (0, 76, True)
    assert all(row.total == row.attainable for row in table), "nothing is open any more"


def test_next_year_s_copy_would_have_announced_the_same(finished):
    """The publication's own edition, and the copy that staff made of it, tried on its facts: nobody moves."""
    publication = Publication.objects.get(round=finished)
    copied = SchemeDraft.objects.made().get()
    for text, years in ((publication.edition.text, 0), (copied.text, 1)):
        tried = hindsight.begin(text, publication, years, by=None, edition=publication.edition, draft=None)
        hindsight.run(tried)
        assert len(tried.report["lines"]) == 76
        for line in tried.report["lines"]:
            sides = ([line[side][name] for name in ("total", "rank", "tier")] for side in ("was", "would"))
            assert next(sides) == next(sides)
            assert line["was"]["dimensions"] == line["dimensions"]
        assert tried.report["left_out"] == tried.report["asked_anew"] == []


def test_a_tie_straddles_the_third_award_and_was_decided(finished):
    assert [row.rank for row in standings(finished)][:5] == [1, 2, 3, 3, 5]
    publication = Publication.objects.get(round=finished)
    (decision,) = publication.decisions
    assert len(decision["offices"]) == 2
    assert decision["reason"]
    tiers = Counter(publication.results.exclude(tier="").values_list("tier", flat=True))
    assert tiers == {tier.code: tier.count for tier in finished.scheme.awards}


def test_a_report_is_read_by_everybody_as_both_sides_said(finished, client, settings):
    settings.PRACTICE_IS_PUBLIC = True
    (told,) = client.get(reverse("public-practices-file")).json()["best_practices"]
    assert (told["office"], told["requirement"], told["kind"]) == (demo.HOME, "5.report", "pdf")
    report = Evidence.objects.get(entry__round=finished, sha256=told["sha256"])
    assert [one.said_by.username for one in report.consents.order_by("pk")] == ["head", "staff"]
    sent = client.get(told["address"].removeprefix(settings.PORTAL_URL))
    assert hashlib.sha256(b"".join(sent)).hexdigest() == told["sha256"]


def test_the_live_round_has_something_of_everything(live):
    evidence = Evidence.objects.filter(entry__round=live)
    statuses = Counter(evidence.values_list("status", flat=True))
    assert all(statuses[status] > 50 for status in ("accepted", "submitted", "returned", "withdrawn")), statuses
    kinds = set(evidence.exclude(file="").values_list("content_type", flat=True))
    assert kinds == {kind.content_type for kind in recognise.KINDS if kind is not recognise.WEBP}
    assert any("facebook" in channels for channels in evidence.exclude(url="").values_list("channels", flat=True))
    assert evidence.filter(replaces__isnull=False).exists()
    assert set(evidence.filter(status="returned").values_list("return_reason", flat=True)) >= set(demo.RETURN_REASONS)
    sheets = Sheet.objects.filter(entry__round=live)
    assert {"draft", "final"} == set(sheets.values_list("status", flat=True))
    assert Extension.objects.filter(entry__round=live).exists()
    assert not evidence.filter(submitted_at__gt=LIVE.now).exists()


def test_the_officer_who_logs_in_has_something_to_do(live):
    entry = live.entries.get(office__code=demo.HOME)
    assert str(entry.office) == "กระบี่"
    statuses = Counter(entry.evidence.values_list("status", flat=True))
    assert statuses["returned"] >= 4
    assert statuses["submitted"] >= 4
    card = entry.scorecards.get(basis="verified")
    due_soon = [
        offer
        for criterion in card.criteria.values()
        for offer in criterion["offers"]
        if offer["until"] and "2023-07-10" <= offer["until"] <= "2023-07-31"
    ]
    assert len(due_soon) >= 3
    assert 0 < card.total < entry.scorecards.get(basis="claimed").total < card.attainable


def test_the_officer_finds_notices_and_a_talk_and_nobody_hears_of_the_past(live):
    told = Counter(Notice.objects.values_list("user__username", "code"))
    assert told["officer", "evidence.returned"] >= 4
    assert told["officer", "remark.written"] == 1
    returned = Notice.objects.filter(user__username="officer", code="evidence.returned", read_at=None)
    for one in returned:  # each on the day on which the committee decided
        paper = Evidence.objects.get(pk=one.key.partition("/")[2])
        assert one.latest_at + live.clock_offset == paper.reviewed_at
    assert len({engine.day_of(one.latest_at) for one in returned}) > 2
    assert {user for user, _code in told} <= {"officer", "head", "judge", "judge2", "judge3"}
    assert live.entries.get(office__code=demo.HOME).remarks.count() == 3
    assert tell_recorded() == 0


def test_the_officer_finds_a_form_handed_in_and_another_half_written(live, client):
    entry = live.entries.get(office__code=demo.HOME)
    filled = FilledForm.objects.get(evidence__entry=entry)
    assert (filled.form, filled.evidence.status) == ("innovation-checklist", "submitted")
    draft = entry.answers.exclude(data={}).get()
    answered, required = engine.progress(live.scheme.forms[draft.form], draft.data)
    assert 0 < answered < required
    client.force_login(User.objects.get(username="officer"))
    form = reverse("form", args=[entry.pk, draft.form])
    assert form in client.get(reverse("criterion", args=[entry.pk, "5.1"])).content.decode()
    assert draft.data["1"] in client.get(form).content.decode()


def test_its_people_can_log_in_and_nobody_else(live, client):
    assert live.needs_confirmation
    assert User.objects.get(is_head=True).username == "head"
    for _role, login, password in demo.LOGINS:
        assert client.login(username=login, password=password), login
    others = User.objects.exclude(username__in=[login for _role, login, _password in demo.LOGINS])
    assert others.count() == 73 + 10 + 2  # of the other provinces, of Chon Buri's other districts, and two judges there
    assert not any(user.has_usable_password() for user in others)
    officer = User.objects.get(username="officer")
    assert set(Entry.objects.visible_to(officer).values_list("office__code", flat=True)) == {demo.HOME}


# Valid


def test_files_are_what_they_say_and_differ(live):
    kept = Evidence.objects.exclude(file="")
    for content_type in set(kept.values_list("content_type", flat=True)):
        evidence = kept.filter(content_type=content_type).order_by("pk").first()
        with evidence.file.open() as file:
            assert recognise.inspect(file).content_type == content_type
            file.seek(0)
            assert hashlib.sha256(file.read()).hexdigest() == evidence.sha256
    digests = kept.values_list("sha256", flat=True)
    assert len(set(digests)) > 0.98 * len(digests), "the same file twice only where an office sends it again"


def test_chains_of_events_hold(live):
    for entry in live.entries.all()[:10]:
        assert Event.objects.faults(entry) == []
    assert Event.objects.filter(entry=live.entries.get(office__code=demo.HOME)).count() > 50
    report = check()
    assert report.findings == []
    assert (report.entries, report.heads, report.silent) == (163, 76, 0)
    assert report.events == Event.objects.count() > 14_000


def test_each_thing_was_handed_in_when_its_event_says(live):
    home = live.entries.get(office__code=demo.HOME)
    handed_in = dict(home.evidence.values_list("pk", "submitted_at"))
    told = {event.data["evidence"]: event.round_time for event in home.events.filter(verb="evidence.attached")}
    assert told.keys() == handed_in.keys()
    as_long_as_it_works = timedelta(minutes=5)  # on a slow machine: the round's clock goes on meanwhile
    assert max(abs(told[pk] - handed_in[pk]) for pk in told) < as_long_as_it_works


def test_intake_would_have_written_the_same_rows_and_events(live):
    rich = {"sheets__isnull": False, "extensions__isnull": False, "evidence__replaces__isnull": False}
    judged = live.entries.filter(**rich).order_by("pk").first()
    other = make.make_round(now=LIVE.now, edition=live.edition, settings=live.settings, judges=live.judges.all())
    stories = demo.tell(LIVE, live, list(Office.objects.filter(kind="province")))
    for bulk in (live.entries.get(office__code=demo.HOME), judged):
        entry = intake.enter_offices(other, [bulk.office], by=User.objects.get(username="staff"))[0]
        replay(entry, stories[bulk.office.code], bulk)
        for model, names in COMPARED.items():
            rows = [sorted(map(repr, model.objects.filter(entry=one).values_list(*names))) for one in (bulk, entry)]
            assert rows[0] == rows[1]
            assert rows[0] or bulk != judged
            if hasattr(model, "history"):
                assert len({model.history.filter(entry=one).count() for one in (bulk, entry)}) == 1
        assert events_of(bulk) == events_of(entry)


# The pages of the guides


@pytest.fixture
def home(live) -> Entry:
    """The office of those who log in. What it was told when the round was made, and has packed, is of the moment at
    which the round stands; what it was told before, of its day."""
    moved = LIVE.now - timezone.now() - live.clock_offset
    Round.objects.filter(pk=live.pk).update(clock_offset=F("clock_offset") + moved)
    decided = Notice.objects.filter(round=live, code__startswith="evidence.")
    decided.update(latest_at=F("latest_at") - moved)
    for one in Round.objects.all():
        now = Notice.objects.filter(round=one).exclude(pk__in=decided)
        now.update(latest_at=LIVE.now - one.clock_offset)
    home = live.entries.get(office__code=demo.HOME)
    parcels.make(parcels.begin(home, by=User.objects.get(username="officer")))
    return home


def visit(page, name: str, address: str, *texts: str) -> None:
    page.goto(address)
    for text in texts:
        expect(page.locator("body")).to_contain_text(text)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if name:
        pictures.take(page, name)


@pytest.mark.browser
def test_the_pages_of_the_guides(live, home, open_page, settings):
    settings.PRACTICE_IS_PUBLIC = True  # as where the demo is shown
    assert Scorecard.objects.filter(entry__round=live).count() == 152
    entry, officer = reverse("scorecard", args=[home.pk]), open_page(person := User.objects.get(username="officer"))
    visit(officer, "scorecard", entry, "สิ่งที่ต้องทำต่อไป", "คะแนนที่ตรวจรับแล้ว")
    visit(officer, "criterion", f"{entry}criteria/4.2/", "เกณฑ์การให้คะแนน", "รายเดือน")
    visit(officer, "form", reverse("form", args=[home.pk, "innovation-report"]), "รายงานผลการพัฒนานวัตกรรม")
    visit(officer, "notices", reverse("notices"), "การแจ้งเตือน")
    sent = home.evidence.filter(status="submitted").exclude(file="").earliest("pk")
    visit(officer, "receipt", reverse("receipt", args=[sent.pk]), "ใบรับหลักฐาน", sent.sha256[:8])
    visit(officer, "parcel", reverse("parcel", args=[home.pk]), "พร้อมแล้ว", "จัดทำใหม่")
    phone = open_page(person, screen=PHONE)
    visit(phone, "phone", f"{entry}criteria/1.1/", "หลักฐาน", "ส่ง")
    head = open_page(User.objects.get(username="head"))
    visit(head, "confirmation", reverse("confirmation", args=[home.pk]), "การยืนยันของหัวหน้า", "ยืนยันข้อมูลที่ส่ง")

    # This browser shows no PDF: what is photographed is a picture, and a Word file.
    judge = open_page(User.objects.get(username="judge"))
    handed_in = Evidence.objects.filter(entry__round=live)
    waiting = handed_in.filter(status="submitted", content_type="image/jpeg").earliest("pk")
    visit(judge, "", reverse("admin:submissions_evidence_changelist"), "หลักฐาน", "รอตรวจรับ")
    visit(judge, "review", reverse("admin:submissions_evidence_change", args=[waiting.pk]), "ผลการตรวจ", "ส่งคืนแก้ไข")
    reports = handed_in.filter(requirement="5.report", original_name__endswith=".docx")
    to_judge = reports.exclude(entry__sheets__judge__username="judge").earliest("pk")
    sheet = reverse("admin:submissions_sheet_of_entry", args=[to_judge.entry_id])
    visit(judge, "sheet", f"{sheet}?show={to_judge.pk}", "บันทึกร่าง", "ส่งใบให้คะแนน")

    staff = open_page(User.objects.get(username="staff"))
    criteria = reverse("admin:scoring_trial_text", args=[live.pk])
    visit(staff, "", criteria, "ข้อความของเกณฑ์", "ข้อสังเกตที่บันทึกไว้ในข้อความนี้", "ทดลองใช้")
    visit(staff, "standings", reverse("standings", args=[live.pk]), "ตารางอันดับ", "แสดง 76 จาก 76 สำนักงาน")
    visit(staff, "publish", reverse("publish", args=[live.pk]), "เรื่องที่ยังค้างอยู่", "ประกาศผลครั้งที่ 1")
    announced = reverse("publication", args=[Publication.objects.get().pk])
    visit(staff, "", announced, "ไม่มีการเปลี่ยนแปลงหลังประกาศ", "เอกสาร")
    shared = reverse("public-practices", kwargs={"language": "th"})
    visit(open_page(), "best-practices", shared, "แนวปฏิบัติที่ดี", "กระบี่", "JSON")
    assert pictures.left_out() == set()
