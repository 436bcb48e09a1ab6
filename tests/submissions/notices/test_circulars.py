"""People are told of a circular once, as each chose, whatever happens half-way; never of one that was withdrawn."""

import pytest
from django.core import mail
from django.core.mail.backends.smtp import EmailBackend

from submissions import intake, tasks
from submissions.models import Circular, CircularOpening, Letter, Notice, Telling
from submissions.notices import circulars, letters
from submissions.notices.openings import Openings
from tests import factories as make
from tests.submissions.intake.test_circulars import NOW, sent, written

from .test_notices import told_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def country(judge):
    """A round of three provinces of two regions, the last without an account."""
    round = make.make_round(judges=[judge])
    for number in (1, 2, 3):
        region = make.make_office(f"R0{min(number, 2)}", kind="region", size="")
        province = make.make_office(f"TH-7{number}", parent=region)
        make.make_entry(round, province)
        if number < 3:
            make.make_user("officer", office=province, email=f"{number}@cdd.example.org")
    return round


def officers():
    from submissions.models import User

    return list(User.objects.filter(role="officer").order_by("pk"))


def test_each_is_told_once_however_often_it_is_tried(country, staff, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as asked:
        circular = sent(country, staff)
    assert len(asked) == 1, "a worker is asked once it is sent, and not before"
    assert (tasks.tell([]), tasks.tell(), circulars.tell_circulars()) == (0, 2, 0)  # a lost message is made good
    Circular.objects.update(is_told=False)  # as if the worker had died at the end
    assert circulars.tell_circulars() == 0
    assert Notice.objects.count() == 2
    (said,) = told_to(officers()[0])
    assert said.title == "หนังสือเวียน ที่ 1 เรื่อง แนวทางการส่งหลักฐาน"
    assert said.path == f"/circulars/{circular.pk}/"
    assert [line.text for line in said.lines] == ["โปรดส่งภายในกำหนด"]


def test_a_worker_that_dies_half_way_is_made_good(country, staff, monkeypatch):
    sent(country, staff)
    monkeypatch.setattr(circulars, "BATCH", 1)
    tell, told = circulars.tell, []

    def dying(people, *args, **kwargs):
        if told:
            raise MemoryError
        told.append(people)
        return tell(people, *args, **kwargs)

    monkeypatch.setattr(circulars, "tell", dying)
    assert circulars.tell_circulars() == 0  # the fault is logged; others would have been told
    assert Notice.objects.count() == 1
    monkeypatch.setattr(circulars, "tell", tell)
    assert circulars.tell_circulars() == 1
    assert Notice.objects.values("user").distinct().count() == 2


@pytest.mark.parametrize(("audience", "told"), [("committee", {"judge"}), ("everybody", {"judge", "officer"})])
def test_the_committee_and_everybody(country, judge, staff, audience, told):
    make.make_user("officer", is_active=False)
    sent(country if audience == "committee" else None, staff, audience)
    circulars.tell_circulars()
    assert {notice.user.role for notice in Notice.objects.all()} == told
    assert not Notice.objects.filter(user__is_active=False).exists()


def test_who_is_shown_before_is_who_is_told(country, staff, settings):
    settings.EMAIL_HOST = "mail.example.org"
    first, second = officers()
    Telling.objects.create(user=second, mail=Telling.Pace.NONE)
    draft = written(country, staff)
    found = circulars.addressees_of(draft, by=staff)
    assert (found.offices, set(found.people), found.mail, found.line) == (3, {first.pk, second.pk}, 1, 0)
    assert [office.code for office in found.unreachable] == ["TH-73"]
    intake.send_circular(draft, by=staff, at=NOW, revision=1)
    circulars.tell_circulars()
    assert set(Notice.objects.values_list("user", flat=True)) == set(found.people)


def test_who_is_told_may_see_it(country, staff):
    """A subdistrict without anybody is told through its district; of places too."""
    round, region = make.make_round(), make.make_office("R01")
    district = make.make_office("TH-7101", kind="district", parent=make.make_office("TH-71"))
    make.make_entry(round, make.make_office("TH-710101", kind="subdistrict", parent=district, size=""))
    officer = make.make_user("officer", office=district)
    circular = sent(round, staff, "places", places=[(region, "")])
    circulars.tell_circulars()
    assert [notice.user for notice in Notice.objects.all()] == [officer]
    assert Circular.objects.visible_to(officer).get() == circular


def test_of_what_was_withdrawn_nobody_is_written_to_any_more(country, staff, clock):
    circular = sent(country, staff)
    circulars.tell_circulars()
    intake.withdraw_circular(circular, "ผิดรอบ", by=staff, at=NOW)
    circulars.tell_circulars()
    clock.now = make.at("2026-03-02", "12:00")
    letters.post()
    assert not Notice.objects.unread().exists()
    assert mail.outbox == []

    late = sent(country, staff)
    intake.withdraw_circular(late, "ผิดรอบ", by=staff, at=NOW)
    assert circulars.tell_circulars() == 0
    assert not Notice.objects.filter(key=circulars.key_of(late)).exists()


def test_withdrawn_while_people_are_told_it_leaves_nobody_a_notice(country, staff, monkeypatch):
    circular, tell = sent(country, staff), circulars.tell

    def slow(*args, **kwargs):
        told = tell(*args, **kwargs)
        if not Circular.objects.get(pk=circular.pk).withdrawn_at:
            intake.withdraw_circular(circular, "ผิดรอบ", by=staff, at=NOW)
        return told

    monkeypatch.setattr(circulars, "tell", slow)
    assert circulars.tell_circulars() == 2
    assert not Notice.objects.unread().exists()


def test_a_mail_server_that_is_away_holds_up_nobody(country, staff, clock, settings, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    monkeypatch.setattr(EmailBackend, "open", lambda self: (_ for _ in ()).throw(ConnectionRefusedError()))
    sent(country, staff)
    assert circulars.tell_circulars() == 2
    clock.now = make.at("2026-03-02", "12:00")
    assert letters.post() == 0
    assert Letter.objects.filter(sent_at=None, due_at__isnull=False).count() == 2
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    clock.now = make.at("2026-03-02", "12:30")
    assert letters.post() == 2
    assert mail.outbox[0].subject.startswith("หนังสือเวียน ที่ 1")


def test_offices_that_opened_it_are_counted_by_region_and_the_others_named(country, judge, staff):
    circular, first = sent(country, staff), officers()[0]
    colleague = make.make_user("officer", office=first.office)
    for user in (first, colleague, judge):  # a judge may have seen it as somebody else's; offices are counted
        intake.note_opened(circular, by=user, at=NOW)
    openings = Openings(circular)
    assert [(one.region.code, one.opened, len(one.waiting)) for one in openings.regions] == [
        ("R01", 1, 0),
        ("R02", 0, 2),
    ]
    assert (openings.all, openings.opened) == (3, 1)
    assert [office.code for office in openings.waiting] == ["TH-72", "TH-73"]
    to_committee = sent(country, staff, "committee")
    assert list(Openings(to_committee).waiting) == [judge]


def test_who_opened_it_is_forgotten_with_the_notice_of_it(country, staff):
    old, new = sent(country, staff), sent(country, staff)
    for circular in (old, new):
        intake.note_opened(circular, by=officers()[0], at=NOW)
    Circular.objects.filter(pk=old.pk).update(sent_at=make.at("2025-01-01"))
    assert circulars.forget_openings(make.at("2026-03-02")) == 1
    assert CircularOpening.objects.get().circular == new


def test_three_offices_cost_as_many_statements_as_one(country, staff, django_assert_max_num_queries):
    one = written(country, staff, "places", places=[(make.make_office("TH-71"), "")])
    for draft in (one, written(country, staff)):
        with django_assert_max_num_queries(4):
            circulars.addressees_of(draft, by=staff)
        circular = intake.send_circular(draft, by=staff, at=NOW, revision=1)
        with django_assert_max_num_queries(7):
            circulars.tell_circulars()
        with django_assert_max_num_queries(4):
            assert Openings(circular).waiting
