"""The reviewer's desk without its scripts, what its scripts are answered; queues, contact sheets; who may see them."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from submissions import intake
from submissions.models import Claim, Evidence, Notice, ReasonTemplate, SavedQueue
from submissions.notices.from_events import tell_recorded
from submissions.pages.queues import Queue
from tests import factories as make

pytestmark = pytest.mark.django_db
DESK = {"headers": {"X-Desk": "1"}}


@pytest.fixture
def work():
    one, other = make.make_user("judge", full_name="กรรมการ ก"), make.make_user("judge", full_name="กรรมการ ข")
    round = make.make_round(judges=[one, other])
    entries = [make.make_entry(round, make.make_office(code, name_th=code)) for code in ("TH-81", "TH-82", "TH-83")]
    return SimpleNamespace(
        one=one,
        other=other,
        round=round,
        entries=entries,
        pieces=[make.make_evidence(entry, submitted_at=make.at(f"2023-03-0{n}")) for n, entry in enumerate(entries, 1)],
        officer=make.make_user("officer", office=entries[0].office),
    )


def client(user) -> Client:
    found = Client()
    found.force_login(user)
    return found


def at(name: str, *args, **query) -> str:
    asked = "&".join(f"{key}={value}" for key, value in query.items())
    return reverse(f"review-{name}", args=args) + (f"?{asked}" if asked else "")


def decide(browser, evidence, decision: str = "accept", **data):
    extra = {key: data.pop(key) for key in ("headers",) if key in data}
    return browser.post(at("piece", evidence.pk), {"decision": decision, "revision": 1, **data}, **extra)


def test_two_reviewers_are_led_past_each_other(work):
    one, other = client(work.one), client(work.other)
    assert one.get(at("next")).url.startswith(at("piece", work.pieces[0].pk))
    assert other.get(at("next")).url.startswith(at("piece", work.pieces[1].pk))
    beside = other.get(at("piece", work.pieces[0].pk)).content.decode()  # by its address all the same
    assert "กรรมการ ก" in beside
    following = decide(one, work.pieces[0]).url
    assert following.startswith(at("piece", work.pieces[2].pk))
    assert f"done={work.pieces[0].pk}" in following
    assert one.get(following).context["undo"] == work.pieces[0]
    assert decide(one, work.pieces[2]).url.startswith(at("queues"))  # what is left the other has open


def test_a_decision_is_taken_back_without_scripts(work):
    browser = client(work.one)
    decide(browser, work.pieces[0], "return", reason="ขาดหน้า ๒")
    taken = browser.post(at("undo", work.pieces[0].pk), {"revision": 2}, follow=True)
    assert taken.status_code == 200
    work.pieces[0].refresh_from_db()
    assert work.pieces[0].status == "submitted"
    tell_recorded()
    assert not Notice.objects.exists()
    late = browser.post(at("undo", work.pieces[0].pk), {"revision": 2}, **DESK)
    assert late.status_code == 409


def test_scripts_are_told_what_became_of_it_and_sent_the_one_after(work):
    browser, (first, second, third) = client(work.one), work.pieces
    part = browser.get(at("next", after=first.pk, past=first.pk), **DESK).content.decode()
    assert f'data-piece="{second.pk}"' in part
    assert "<html" not in part
    assert set(Claim.objects.values_list("evidence", flat=True)) == {second.pk}
    address = at("piece", first.pk, after=second.pk, past=second.pk)
    said = browser.post(address, {"decision": "accept", "revision": 1}, **DESK).json()
    assert f'data-piece="{third.pk}"' in said["next"]
    assert "data-undo" in said["told"]
    assert browser.post(address, {"decision": "return", "revision": 2, "reason": ""}, **DESK).status_code == 422
    assert browser.post(address, {"decision": "neither", "revision": 2}, **DESK).status_code == 422
    conflict = client(work.other).post(
        at("piece", first.pk), {"decision": "return", "revision": 1, "reason": "ของฉัน"}, **DESK
    )
    assert conflict.status_code == 409
    assert "ของฉัน" in conflict.content.decode()
    same = client(work.other).post(address, {"decision": "accept", "revision": 1}, **DESK).json()
    assert "กรรมการ ก" in same["told"]
    assert "<form" not in same["told"]  # nothing of one's own to undo


def test_scripts_are_told_that_it_was_taken_back_and_how_many_are_left_again(work):
    browser, (first, _second, _third) = client(work.one), work.pieces
    decided = decide(browser, first, headers=DESK["headers"]).json()
    assert "เหลือ 2 ชิ้น" in decided["progress"]
    taken = browser.post(at("undo", first.pk), {"revision": 2}, **DESK).json()
    assert "เหลือ 3 ชิ้น" in taken["progress"]
    assert "เลิกทำการตัดสินแล้ว สำนักงานไม่ได้รับแจ้ง" in taken["told"]
    assert f'data-piece="{first.pk}"' in taken["piece"]


def test_a_changed_decision_says_why(work):
    browser = client(work.one)
    decide(browser, work.pieces[0], "return", reason="ขาดหน้า ๒")
    again = {"revision": 2}
    assert decide(browser, work.pieces[0], **again).status_code == 422
    assert decide(browser, work.pieces[0], **again, because="ครบแล้ว อ่านผิด").status_code == 302
    assert work.entries[0].events.latest("sequence").data["because"] == "ครบแล้ว อ่านผิด"


def test_what_is_open_stays_claimed_while_it_is(work):
    now = timezone.now()
    intake.claim([work.pieces[0].pk], by=work.one, at=now - timedelta(seconds=100))
    intake.claim([work.pieces[1].pk], by=work.other, at=now)
    elsewhere = make.make_evidence(make.make_entry())
    asked = {"piece": [work.pieces[0].pk, work.pieces[1].pk, elsewhere.pk, "x"]}
    assert client(work.one).post(at("renew"), asked).json() == {"mine": [work.pieces[0].pk]}
    assert Claim.objects.get(pk=work.pieces[0].pk).until > now + timedelta(seconds=100)
    assert client(work.one).post(at("renew"), {**asked, "let_go": "1"}).json() == {"mine": []}
    assert set(Claim.objects.values_list("evidence", flat=True)) == {work.pieces[1].pk}


def test_an_office_and_other_committees_see_nothing_of_it(work):
    stranger = make.make_user("judge")
    make.make_entry(make.make_round(judges=[stranger]))
    piece, foreign = work.pieces[0], at("queues", round=work.round.pk)
    decide(client(work.one), piece)
    for name, args in (("queues", ()), ("next", ()), ("sheet", ()), ("piece", (piece.pk,))):
        assert client(work.officer).get(at(name, *args)).status_code == 403
    assert client(stranger).get(at("piece", piece.pk)).status_code == 404
    assert client(stranger).get(foreign).context["queue"] is None
    assert client(stranger).post(at("piece", piece.pk), {"decision": "return", "reason": "x"}).status_code == 404
    assert client(stranger).post(at("undo", piece.pk), {"revision": 2}).status_code == 404
    assert client(stranger).get(reverse("evidence-thumbnail", args=[piece.pk])).status_code == 404
    page = client(work.officer).get(reverse("thread", args=[piece.entry_id, piece.requirement])).content.decode()
    assert "กรรมการ ก" not in page


QUEUES = [  # an address, and which pieces in which order
    ({}, [0, 1, 2]),
    ({"order": "name"}, [2, 1, 0]),
    ({"order": "size"}, [1, 0, 2]),
    ({"kind": "again"}, [2]),
    ({"kind": "mine"}, [1, 2]),
    ({"kind": "long"}, [0, 1]),
    ({"kind": "noticed"}, []),
    ({"slot": "1.1.report|"}, [0, 2]),
    ({"slot": "nonsense|x", "kind": "?", "order": "'", "region": "-"}, [0, 1, 2]),
]


def test_queues():
    judge = make.make_user("judge")
    round = make.make_round(judges=[judge])
    entries = [make.make_entry(round, make.make_office(f"TH-{n}", name_th=name)) for n, name in enumerate("คขก", 81)]
    old = make.make_evidence(entries[2], status="returned", reviewed_by=judge)
    pieces = [
        make.make_evidence(entries[0], submitted_at=make.at("2023-06-01"), size=20),
        make.make_evidence(entries[1], "5.report", submitted_at=make.at("2023-06-02"), size=10),
        make.make_evidence(entries[2], submitted_at=make.at("2023-07-09"), size=30, replaces=old),
    ]
    for query, expected in QUEUES:
        Claim.objects.all().delete()
        intake.claim([pieces[1].pk], by=judge, at=timezone.now())
        queue, led = Queue.read(query, judge), []
        while len(led) < 4 and (pk := queue.claim_next(judge, timezone.now(), past=[pieces[n].pk for n in led])):
            led.append([piece.pk for piece in pieces].index(pk))
            if query.get("kind") == "mine":
                Claim.objects.exclude(pk=pieces[1].pk).delete()
        assert (query, led) == (query, expected)
    browser = client(judge)
    page = browser.get(at("queues", kind="again"))
    assert page.context["left"] == 1
    assert [count for _queue, _title, count in page.context["kinds"]] == [3, 3, 0, 1, 0, 2]
    later = browser.get(at("next", order="name", after=pieces[1].pk), **DESK).content.decode()
    assert f'data-piece="{pieces[0].pk}"' in later


def test_a_queue_is_kept_by_a_name_and_forgotten(work):
    browser = client(work.one)
    address = at("keep", round=work.round.pk, slot="1.1.report|", order="name")
    browser.post(address, {"name": "  งาน   ของฉัน "})
    kept = SavedQueue.objects.get()
    assert (kept.name, kept.user) == ("งาน ของฉัน", work.one)
    assert kept.query == f"round={work.round.pk}&slot=1.1.report%7C&order=name"
    assert browser.get(at("queues") + f"?{kept.query}").context["queue"].order == "name"
    browser.post(address, {"name": "ก" * 81})
    client(work.other).post(address, {"forget": kept.pk})
    assert SavedQueue.objects.get() == kept
    browser.post(address, {"forget": kept.pk})
    assert not SavedQueue.objects.exists()


def test_reasons_are_the_scheme_s_and_say_what_is_meant(work):
    code = work.round.edition.scheme_code
    for place, text in ((2, "อื่นๆ"), (1, "{office}: ขาด {missing} ของ {requirement} {unknown}")):
        ReasonTemplate.objects.create(scheme_code=code, place=place, text_th=text)
    plan = make.make_evidence(work.entries[0], "3.1.plan", kind="pdf")
    reasons = client(work.one).get(at("piece", plan.pk)).context["piece"].reasons
    title = work.round.scheme.requirements["3.1.plan"].title.th
    assert reasons[:2] == [f"TH-81: ขาด {{missing}} ของ {title} {{unknown}}", "อื่นๆ"]
    texts = [text.th for text in work.round.scheme.requirements["3.1.plan"].checklist]
    decide(client(work.one), plan, "return", reason=reasons[0], ticked=texts[1:])
    plan.refresh_from_db()
    assert plan.return_reason == f"TH-81: ขาด {texts[0]} ของ {title} {{unknown}}"


def sheet_of(work) -> str:
    return at("sheet", round=work.round.pk, slot="1.1.report|")


def test_a_contact_sheet_returns_what_is_ticked_and_accepts_the_rest(work):
    browser, (first, second, third) = client(work.one), work.pieces
    intake.claim([third.pk], by=work.other, at=timezone.now())
    page = browser.get(sheet_of(work))
    assert [one.evidence for one in page.context["pieces"]] == [first, second]
    assert page.context["elsewhere"] == 1
    sent = {"evidence": [f"{first.pk}.1", f"{second.pk}.1"], "bad": [second.pk]}
    refused = browser.post(sheet_of(work), sent)
    assert refused.status_code == 422
    assert [one.is_bad for one in refused.context["pieces"]] == [False, True]
    assert browser.post(sheet_of(work), {**sent, "reason": "ไม่ชัด"}).status_code == 302
    assert list(Evidence.objects.order_by("pk").values_list("status", flat=True)) == [
        "accepted",
        "returned",
        "submitted",
    ]
    again = browser.get(sheet_of(work))
    assert again.context["undoable"]
    browser.post(at("sheet-undo") + f"?round={work.round.pk}&slot=1.1.report|")
    assert set(Evidence.objects.values_list("status", flat=True)) == {"submitted"}


def test_what_somebody_decided_meanwhile_stays_on_the_sheet(work):
    _first, second, third = work.pieces
    intake.review_evidence(second, by=work.other, accept=False, reason="ก่อนแล้ว")
    sent = {"evidence": [f"{one.pk}.1" for one in work.pieces] + ["x", "9.9"]}
    answer = client(work.one).post(sheet_of(work), sent)
    assert answer.status_code == 409
    assert [one.evidence for one in answer.context["pieces"]] == [second]
    assert answer.context["pieces"][0].fault
    third.refresh_from_db()
    assert third.status == "accepted"


@pytest.mark.parametrize("kind", ["pdf", "png"])
def test_a_file_is_drawn_small_once(work, kind, monkeypatch):
    evidence, browser = make.make_evidence(work.entries[0], kind=kind), client(work.one)
    address = reverse("evidence-thumbnail", args=[evidence.pk])
    first = browser.get(address)
    assert first["Content-Type"] == "image/jpeg"
    monkeypatch.setattr("submissions.examination.thumbnails.confined.read", None)
    assert browser.get(address).content == first.content
    assert browser.get(reverse("evidence-thumbnail", args=[work.pieces[0].pk])).status_code == 404  # a link


def test_queries_do_not_grow_with_the_rows(work):
    judge = client(work.one)
    for entry in work.entries:
        make.make_evidence(entry, kind="pdf")  # which are alike
    asked = (at("queues"), at("piece", work.pieces[0].pk), sheet_of(work))

    def counted() -> list[int]:
        counts = []
        for address in asked:
            judge.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert judge.get(address).status_code == 200
            counts.append(len(queries))
        return counts

    before = counted()
    for n in range(3):
        entry = make.make_entry(work.round)
        make.make_evidence(entry, kind="pdf")
        make.make_evidence(entry, "5.report", submitted_at=make.at("2023-06-01") + timedelta(days=n))
    assert counted() == before
    assert max(before) < 45, before


def test_a_doubt_is_passed_on_at_the_desk_and_waits_for_the_other(work):
    one, other, (first, second, _third) = client(work.one), client(work.other), work.pieces
    doubt = {"doubt": "ลายเซ็นไม่ชัด", "to": work.other.pk, "revision": 1}
    empty = one.post(at("pass-on", first.pk), doubt | {"doubt": " "})
    assert (empty.status_code, one.post(at("pass-on", first.pk), doubt | {"revision": 0}).status_code) == (422, 409)
    passed = one.post(at("pass-on", first.pk), doubt)
    assert one.get(passed.url).url.startswith(at("piece", second.pk))
    queue, theirs = Queue.read({}, work.one), Queue.read({"kind": "doubts"}, work.other)
    assert first not in queue.rows(work.one)
    assert list(theirs.rows(work.other)) == [first]
    assert not theirs.rows(work.one).exists()
    assert decide(one, first).status_code == 422
    assert sheet_decides(one, work, first).status_code == 409
    assert "ลายเซ็นไม่ชัด" in other.get(at("piece", first.pk)).content.decode()
    assert other.post(at("pass-on", first.pk), {"take_back": "1"}).status_code == 422
    one.post(at("pass-on", first.pk), {"take_back": "1"})
    assert first in queue.rows(work.one)
    one.post(at("pass-on", first.pk), doubt)
    assert decide(other, first).status_code == 302
    assert work.entries[0].events.filter(verb="reading.done").exists()


def sheet_decides(browser, work, *pieces):
    return browser.post(sheet_of(work), {"evidence": [f"{one.pk}.{one.revision}" for one in pieces]})


def test_what_was_drawn_is_nowhere_on_the_desk_of_who_reads_it(work):
    work.round.second_reading_percent = 100
    work.round.save()
    first, beside = work.pieces[0], make.make_evidence(work.entries[0])
    intake.review_evidence(first, by=work.one, accept=False, reason="ไม่ชัดเลย")
    other = client(work.other)
    for answer in (
        other.get(at("piece", first.pk)),
        other.post(at("undo", first.pk), {"revision": 2}),
        decide(other, first, revision=2),
        other.post(at("pass-on", first.pk), {"doubt": "?", "revision": 2}),
    ):
        assert answer.status_code == 404
    page = other.get(at("piece", beside.pk))
    assert page.context["piece"].others == []
    thread = other.get(page.context["piece"].thread.address)
    for shown in (page, thread):
        assert "ไม่ชัดเลย" not in shown.content.decode()
    assert other.post(at("renew"), {"piece": [first.pk]}).json() == {"mine": []}
    assert sheet_decides(other, work, first).status_code == 302
    first.refresh_from_db()
    assert (first.status, first.revision) == ("returned", 2)
    assert client(work.one).get(at("piece", beside.pk)).context["piece"].others == [first]


def test_mine_is_what_is_assigned_and_nobody_sees_what_is_not(work):
    staff = make.make_user("staff")
    everybody = {entry.pk: [work.one.pk] for entry in work.entries}
    intake.assign_judges(work.round, everybody | {work.entries[1].pk: [work.other.pk]}, by=staff)
    intake.say_conflicts([work.entries[2]], work.one, by=staff, reason="เคยทำงานที่นั่น")
    work.round.refresh_from_db()
    for query in ({"kind": "mine"}, {}):
        queue = Queue.read(query, work.one)
        assert list(queue.rows(work.one)) == [work.pieces[0]]
    assert not Queue.read({"kind": "mine"}, staff).rows(staff).exists()
    for piece in work.pieces[1:]:
        assert client(work.one).get(at("piece", piece.pk)).status_code == 404
        assert sheet_decides(client(work.one), work, piece).status_code == 302
    assert not Evidence.objects.exclude(status="submitted").exists()


def test_judges_of_a_blind_round_have_no_desk(work):
    work.round.is_blind = True
    work.round.save()
    judge, piece = client(work.one), work.pieces[0]
    paper = make.make_evidence(work.entries[0], kind="pdf")
    for door in (
        at("piece", piece.pk),
        at("undo", piece.pk),
        at("pass-on", piece.pk),
        reverse("evidence-thumbnail", args=[paper.pk]),
    ):
        assert {judge.get(door).status_code, judge.post(door, {"revision": 1}).status_code} <= {404, 405}
    for door in (at("queues"), at("next", after=piece.pk), sheet_of(work), at("piece", piece.pk, done=paper.pk)):
        shown = judge.get(door, follow=True).content.decode()
        assert not [name for name in ("TH-81", "TH-82", "TH-83") if name in shown], door
    assert sheet_decides(judge, work, piece).status_code == 302
    assert judge.post(at("renew"), {"piece": [piece.pk]}).json() == {"mine": []}
    assert not Evidence.objects.exclude(status="submitted").exists()
    assert not Claim.objects.exists()
    assert client(make.make_user("staff")).get(at("piece", piece.pk)).status_code == 200
