"""A draft that becomes an edition, and how either is deleted while nothing uses it."""

import pytest
from django.urls import reverse

from awards.publishing.publish import publish
from scoring.models import Trial
from scoring.recompute import rescore
from submissions import intake
from submissions.models import Edition, Round
from tests import factories as make
from tests.scoring import small

from .drafts import MAIN, copy, made, page, write

pytestmark = pytest.mark.django_db


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
