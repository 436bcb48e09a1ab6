"""The criteria of a round that runs, changed in forms: drafted, looked at, tried, adopted; by whoever runs it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from scoring import tasks
from scoring.models import Trial
from submissions import intake
from submissions.models import Edition, Round, SchemeDraft
from tests import factories as make
from tests.scoring import small
from tests.scoring.authoring.test_forming import Page

pytestmark = pytest.mark.django_db
LATER = {"due: 2023-06-30  # report": "due: 2023-07-09  # report"}


@pytest.fixture
def organiser(client):
    office = make.make_office("TH-20")
    user = make.make_user("officer", office=office, is_organiser=True)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


@pytest.fixture
def round(organiser):
    round = make.make_round(edition=small.edition(), organiser=organiser.office, settings={"due": "2023-05-31"})
    make.make_entry(round, "TH-2001")
    return round


def page(name: str, draft: SchemeDraft) -> str:
    return reverse(f"admin:submissions_schemedraft_{name}", args=[draft.pk])


def begin(client, round: Round) -> SchemeDraft:
    answer = client.post(reverse("admin:scoring_trial_draft", args=[round.pk]))
    draft = round.drafts.open().get()
    assert answer.url == page("forms", draft)
    return draft


def look(client, draft: SchemeDraft):
    draft.refresh_from_db()
    return client.post(page("look", draft), {"revision": draft.revision})


def test_an_organiser_moves_a_day_in_a_form_tries_it_and_adopts_it_with_a_reason(client, organiser, round):
    draft = begin(client, round)
    text = Page(client, draft, "requirements/report").type(due="9/7/2566").save()
    assert text == small.text(LATER)
    assert Round.objects.get().edition.text == small.TEXT, "nothing is adopted by a form"
    shown = client.get(page("look", draft)).content.decode()
    assert "30 Jun 2566" in shown
    assert "9 Jul 2566" in shown
    assert reverse("admin:submissions_schemedraft_part", args=[draft.pk, "requirements/report"]) in shown
    trial = Trial.objects.get(pk=look(client, draft).url.rstrip("/").split("/")[-2])
    tasks.try_text(trial.pk)
    address = reverse("admin:scoring_trial_change", args=[trial.pk])
    assert page("forms", draft) in client.get(address).content.decode(), "back to the draft"
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "เลื่อนวัน"}).status_code == 302
    edition, draft = Round.objects.get().edition, SchemeDraft.objects.get()
    assert (edition.text, edition.reason, draft.edition, draft.state) == (text, "เลื่อนวัน", edition, "made")
    assert not round.drafts.open().exists()
    assert client.get(page("change", draft)).status_code == 302
    with pytest.raises(intake.Refused):
        intake.save_scheme(draft, small.TEXT, "small-2566", by=organiser, revision=draft.revision)


def test_a_round_has_one_draft_which_follows_it_while_nobody_changed_it(client, organiser, round):
    draft = begin(client, round)
    assert begin(client, round) == draft
    adopt = {"by": organiser, "reason": "x", "expected": round.edition.digest}
    intake.adopt_edition(round, small.text(LATER), **adopt)
    assert begin(client, round).text == small.text(LATER)
    draft.refresh_from_db()
    intake.save_scheme(draft, small.TEXT, draft.code, by=organiser, revision=draft.revision)
    adopt["expected"] = Edition.digest_of(small.text(LATER))
    intake.adopt_edition(round, small.text(LATER | {"max: 30": "max: 30 # all"}), **adopt)
    assert begin(client, round).text == small.TEXT, "what somebody wrote stays"
    assert "taken other criteria" in client.get(page("look", draft)).content.decode()


def test_the_same_text_another_code_and_what_changed_since_are_refused(client, organiser, round):
    draft = begin(client, round)
    assert look(client, draft).status_code == 422
    assert client.post(page("look", draft), {"revision": 0}).status_code == 409
    other = small.TEXT.replace("scheme: small-2566", "scheme: small-2567")
    intake.save_scheme(draft, other, "small-2567", by=organiser, revision=draft.revision)
    assert look(client, draft).status_code == 302
    assert not Trial.objects.exists()
    draft.refresh_from_db()
    with pytest.raises(intake.Refused):
        intake.make_scheme(draft, by=make.make_user("staff"), revision=draft.revision, reason="")


def test_a_draft_that_was_adopted_makes_no_scheme_of_the_centre(client, organiser, round):
    draft = begin(client, round)
    intake.save_scheme(draft, small.text(LATER), draft.code, by=organiser, revision=draft.revision)
    intake.adopt_edition(round, small.text(LATER), by=organiser, reason="x", expected=round.edition.digest)
    edition = Edition.objects.get(text=small.text(LATER))
    other = make.make_user("officer", office=make.make_office("TH-21"), is_organiser=True)
    assert edition not in Edition.objects.offered_to(other)
    assert edition in Edition.objects.offered_to(organiser)
    assert not SchemeDraft.objects.made().exists()


@pytest.mark.parametrize("who", ["officer", "judge", "organiser"])
def test_nobody_else_finds_it(client, organiser, round, who):
    draft = begin(client, round)
    office = make.make_office("TH-21")
    stranger = (
        make.make_user("judge")
        if who == "judge"
        else make.make_user("officer", office=office, is_organiser=who == "organiser")
    )
    client.force_login(stranger)
    for name in ("change", "forms", "look", "delete", "history"):
        assert client.get(page(name, draft)).status_code in (302, 403, 404), name
    for name in ("change", "look", "delete"):
        assert client.post(page(name, draft), {"text": "y", "revision": 1}).status_code in (302, 403, 404), name
    assert client.post(reverse("admin:scoring_trial_draft", args=[round.pk])).status_code in (302, 403, 404)
    assert not SchemeDraft.objects.visible_to(stranger).exists()
    for deed in (
        lambda: intake.draft_criteria(round, by=stranger),
        lambda: intake.save_scheme(draft, "y", "y", by=stranger, revision=1),
        lambda: intake.delete_scheme(draft, by=stranger),
    ):
        with pytest.raises(intake.Refused):
            deed()


def test_of_a_closed_round_nothing_is_drafted_and_a_draft_is_only_deleted(client, organiser, round):
    draft = begin(client, round)
    Round.objects.update(is_closed=True)
    assert client.post(reverse("admin:scoring_trial_draft", args=[round.pk])).status_code == 403
    with pytest.raises(intake.Refused):
        intake.save_scheme(draft, "y", "y", by=organiser, revision=1)
    answer = client.post(page("delete", draft))
    assert answer.url == reverse("admin:scoring_trial_text", args=[round.pk])
    assert not round.drafts.open().exists()


def test_an_organiser_has_no_list_of_new_schemes_and_staff_s_has_no_rounds(client, organiser, round):
    draft = begin(client, round)
    address = reverse("admin:submissions_schemedraft_changelist")
    assert client.get(address).status_code == 403
    client.force_login(make.make_user("staff"))
    assert page("change", draft) not in client.get(address).content.decode()
    assert client.get(page("forms", draft)).status_code == 200


def test_looking_asks_as_much_whatever_was_changed(client, organiser, round):
    draft, counts = begin(client, round), []
    later = small.text(LATER)
    for text in (later, later.replace("max: 30", "max: 30 # x").replace("Photos}", "Pictures}")):
        draft.refresh_from_db()
        intake.save_scheme(draft, text, draft.code, by=organiser, revision=draft.revision)
        client.get(page("look", draft))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page("look", draft)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14
