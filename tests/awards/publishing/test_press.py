"""Publishing beside the request: once, whole or not at all, and whatever happens told in words."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from awards import tasks
from awards.models import Publication, Publishing, Stopped
from awards.publishing import preparation, press
from awards.publishing.preparation import preparation_of
from awards.publishing.publish import publish
from submissions import intake
from submissions.models import Ending, Proposal, Round
from submissions.questions.proofread import Refused
from tests import factories as make
from tests.awards.conftest import falling, make_contest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
Stage = Publishing.Stage


def said(round: Round, **changed) -> dict:
    seen = preparation_of(round, at=round.now()).fingerprint
    return {"reason": "", "decisions": [], "seen": seen, "number": 1} | changed


def begin(round: Round, by, **changed) -> Publishing:
    return press.begin(round, by=by, deed="publish", said=said(round, **changed), typed={"reason": "as typed"})


def work(publishing: Publishing) -> Publishing:
    tasks.make_publication(publishing.pk)
    publishing.refresh_from_db()
    return publishing


def test_a_worker_publishes_once_and_says_so(contest, staff):
    publishing = begin(contest, staff)
    assert not Publication.objects.exists()
    done = work(publishing)
    assert (done.stage, done.publication, done.due_at) == (Stage.DONE, Publication.objects.get(), None)
    assert (done.done, done.total, done.typed) == (16, 16, {})
    assert done.publication.published_by == staff
    work(publishing)
    assert Publication.objects.count() == 1, "a message that came twice does nothing"


def test_what_is_scored_beforehand_is_scored_anew_where_facts_moved(contest, staff, monkeypatch):
    """Between scoring and freezing a piece comes in: what is frozen is the facts as they are held."""
    kept = press.scores_of
    entry = contest.entries.get(office__code="TH-A16")

    def scored(round, **how):
        found = kept(round, **how)
        make.make_evidence(entry, "1.1.report", status="accepted")
        return found

    monkeypatch.setattr(press, "scores_of", scored)
    done = work(begin(contest, staff, seen=None))
    earned = done.publication.results.get(entry=entry)
    assert earned.criteria["1.1"]["earned"] != "0.00"
    assert '"1.1.report"' in earned.facts
    moved = work(begin(contest, staff, reason="again", number=2, seen="something else"))
    assert (moved.stage, moved.publication) == (Stage.RETURNED, None)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"seen": "of yesterday"}, "Scores or papers changed while you were looking"),
        ({"number": 1}, "Publication 1 was made by"),
        ({"number": 2, "reason": " "}, "Say what this publication corrects"),
    ],
)
def test_what_can_t_be_published_comes_back_with_its_reasons(changed, why, contest, staff, publication):
    ended = work(begin(contest, staff, **{"number": 2, "reason": "wrong before"} | changed))
    assert (ended.stage, ended.due_at, ended.typed) == (Stage.RETURNED, None, {"reason": "as typed"})
    assert why in ended.faults[0]
    assert Publication.objects.count() == 1


def test_facts_that_never_stop_moving_come_back(staff, monkeypatch):
    """Somebody hands in during each look at everybody."""
    contest = make_contest(*falling(3))
    kept, entry = preparation.heads.read, contest.entries.order_by("pk")[0]

    def read(round):
        make.make_evidence(entry, "1.1.report", status="accepted")
        return kept(round)

    publishing = begin(contest, staff, seen=None)
    monkeypatch.setattr(preparation.heads, "read", read)
    ended = work(publishing)
    assert (ended.stage, Publication.objects.count()) == (Stage.RETURNED, 0)
    assert "Facts kept changing" in ended.faults[0]
    assert contest.entries.get(pk=entry.pk).evidence.count() < 20


def test_an_undecided_tie_comes_back(staff):
    ended = work(begin(make_contest(5, 5), staff))
    assert ended.stage == Stage.RETURNED
    assert "the committee has to decide" in ended.faults[0]


def test_two_press_at_once_and_the_second_is_told_who_was_first(contest, staff):
    first = begin(contest, staff)
    assert begin(contest, staff) == first, "whoever presses twice goes on with the first"
    with pytest.raises(press.Busy, match=str(staff)):
        begin(contest, make.make_user("staff"))
    with pytest.raises(press.Busy):
        begin(contest, staff, reason="another")


def test_it_is_cancelled_until_it_is_frozen(contest, staff, monkeypatch):
    assert begin(contest, staff).cancel()
    assert work(Publishing.objects.get()).stage == Stage.CANCELLED
    running = begin(contest, staff)
    kept = press.scores_of

    def cancelled(round, **how):
        assert Publishing.objects.get(pk=running.pk).cancel()
        return kept(round, **how)

    monkeypatch.setattr(press, "scores_of", cancelled)
    assert work(running).stage == Stage.CANCELLED
    monkeypatch.setattr(press, "scores_of", kept)
    assert not Publication.objects.exists()
    frozen = begin(contest, staff)
    assert frozen.take()
    frozen.note(stage=Stage.FREEZING)
    assert not frozen.cancel()


class Killed(BaseException):
    pass


def test_a_worker_that_is_killed_leaves_nothing_half_and_another_goes_on(contest, staff, monkeypatch):
    publishing = begin(contest, staff)
    with monkeypatch.context() as patched:
        patched.setattr("awards.publishing.publish.spread.keep", lambda *rows: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed), transaction.atomic():
            tasks.make_publication(publishing.pk)
    assert not Publication.objects.exists()
    Publishing.objects.update(stage=Stage.FREEZING, attempts=1, due_at=timezone.now() + timedelta(seconds=9))
    assert work(publishing).stage == Stage.FREEZING, "whoever may yet be alive has it"
    Publishing.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    sent = []
    monkeypatch.setattr(tasks, "send", lambda task, pk: sent.append(pk))
    assert tasks.tend_publishings() == 1
    assert sent == [publishing.pk]
    assert work(publishing).stage == Stage.DONE
    assert Publication.objects.count() == 1


def test_a_worker_that_was_taken_for_dead_does_nothing_more(contest, staff):
    late = begin(contest, staff)
    assert late.take()
    Publishing.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    work(late)
    stale = Publishing.objects.get()
    stale.attempts = 1
    with pytest.raises(Stopped):
        press.DEEDS["publish"](stale)
    assert Publication.objects.count() == 1


def test_after_three_workers_it_is_over_in_words(contest, staff, client):
    publishing = begin(contest, staff)
    Publishing.objects.update(attempts=3, due_at=timezone.now() - timedelta(seconds=1))
    tasks.tend_publishings()
    publishing.refresh_from_db()
    assert publishing.stage == Stage.FAILED
    client.force_login(staff)
    client.cookies["django_language"] = "en"
    answer = client.get(reverse("publishing", args=[publishing.pk]), follow=True)
    assert "It broke off, and nothing was published" in str(answer.context["form"].non_field_errors())
    begin(contest, staff)  # nothing stands in the way of another try


def test_what_breaks_ends_and_is_told(contest, staff, monkeypatch):
    monkeypatch.setattr(press, "scores_of", lambda round, **how: 1 / 0)
    assert work(begin(contest, staff)).stage == Stage.FAILED


def test_two_persons_hold_by_the_worker_too(staff):
    contest, second = make_contest(*falling(3), needs_two_persons=True), make.make_user("staff")
    alone = work(begin(contest, staff))
    assert "a second person confirms" in alone.faults[0]
    proposing = {**said(contest), "provisional": False, "why": "all is there"}
    proposed = work(press.begin(contest, by=staff, deed="propose", said=proposing))
    proposal = Proposal.objects.get()
    assert (proposed.stage, proposed.proposal, Publication.objects.count()) == (Stage.DONE, proposal, 0)
    own = work(press.begin(contest, by=staff, deed="confirm", said={}, proposal=proposal))
    assert (own.stage, Publication.objects.count()) == (Stage.RETURNED, 0)
    done = work(press.begin(contest, by=second, deed="confirm", said={}, proposal=proposal))
    assert (done.publication.published_by, done.publication.confirmed_by) == (staff, second)


def test_a_proposal_that_was_overtaken_ends_for_good(staff):
    contest, second = make_contest(*falling(3), needs_two_persons=True), make.make_user("staff")
    proposal = intake.propose(contest, "publish", {**said(contest), "provisional": False}, by=staff, reason="all there")
    make.make_evidence(contest.entries.first(), "1.1.report", status="accepted")
    ended = work(press.begin(contest, by=second, deed="confirm", said={}, proposal=proposal))
    assert ended.stage == Stage.RETURNED
    assert Ending.objects.get().state == Ending.State.OVERTAKEN


def test_how_far_it_is_concerns_those_who_run_the_round(contest, staff, client):
    publishing = begin(contest, staff)
    address = reverse("publishing", args=[publishing.pk])
    answers = {}
    for role in ("officer", "judge"):
        client.force_login(make.make_user(role, **({"office": make.make_office("TH-Z9")} if role == "officer" else {})))
        answers[role] = client.get(address).status_code
    assert answers == {"officer": 404, "judge": 404}
    client.force_login(staff)
    assert "16" not in client.get(address).context["publishing"].stage
    progress = client.get(address, {"asked": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in progress
    assert client.post(address).status_code == 302
    answer = client.get(address, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, address)
    assert client.get(address, follow=True).status_code == 200


def test_a_draft_is_marked_kept_nowhere_and_not_for_others(contest, staff, client, monkeypatch):
    papers = []
    monkeypatch.setattr(
        "awards.documents.pdf.make_pdf", lambda html, ornaments=None: papers.append(html) or b"%PDF-1.7"
    )
    address = reverse("draft", args=[contest.pk, "announcement"])
    for role, status in (("judge", 404), ("staff", 200)):
        client.force_login(make.make_user(role))
        assert client.get(address).status_code == status
    client.force_login(contest.judges.get())
    assert client.get(address).status_code == 403
    assert len(papers) == 1
    assert '<p class="draft-mark">' in papers[0]
    assert client.get(reverse("draft", args=[contest.pk, "scorecard"])).status_code in (403, 404)
    assert not Publication.objects.exists()
    held = publish(contest, by=staff)
    from awards.documents import pdf

    pdf.render("announcement", held.content())
    assert '<p class="draft-mark">' not in papers[1]


def test_nobody_waits_for_a_page_that_is_sent(contest, staff):
    """What was sent is kept and answered without a look at anybody's facts."""
    client = Client()
    client.force_login(staff)
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    data = said(contest) | {"is_open": "True", "acknowledged": "on"}
    with CaptureQueriesContext(connection) as caught:
        assert client.post(reverse("publish", args=[contest.pk]), data).status_code == 302
    assert not [query for query in caught if "submissions_evidence" in query["sql"]]
    with pytest.raises(Refused):
        press.begin(contest, by=make.make_user("staff"), deed="publish", said={})
