"""The pages on which a scheme is tried on the past: who is let in, what is refused, what is shown, chosen and taken."""

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from awards import tasks
from awards.publishing.preparation import Decision
from awards.publishing.publish import publish
from scoring.models import PastTrial
from scoring.tasks import remove_parcels
from submissions.models import SchemeDraft
from tests import factories as make
from tests.factories import at
from tests.markup import flat
from tests.scoring import small

pytestmark = pytest.mark.django_db
EARLIER = {"due: 2023-06-30  # report": "due: 2023-06-29  # report"}
HX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "past-progress"}


@pytest.fixture
def staff(client):
    user = make.make_user("staff")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


@pytest.fixture
def announced(staff):
    """A is first; B and C are tied, and the committee put B before C."""
    round = make.make_round(edition=small.edition(), settings={"due": "2023-05-31"})
    a, b, c = (make.make_entry(round, f"TH-{name}") for name in "ABC")
    make.make_evidence(a, "report", submitted_at=at("2023-06-20"), status="accepted")
    make.make_evidence(b, "report", submitted_at=at("2023-06-30"), status="accepted")
    for entry in (a, c):
        make.make_value(entry, "users", "100")
    return publish(round, by=staff, decisions=[Decision(("TH-B", "TH-C"), "ตามมติ")])


def draft_of(text: str) -> SchemeDraft:
    return SchemeDraft.objects.create(code="small-2567", text=text, origin="file")


def tried(client, publication, text: str) -> str:
    """The address of a trial that is made."""
    address = reverse("past-trial-of-draft", args=[draft_of(text).pk])
    answer = client.post(address, {"publication": publication.pk})
    assert answer.status_code == 302
    tasks.try_on_past(PastTrial.objects.latest("pk").pk)
    return answer.url


def shown(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return flat(answer.content.decode())


def test_a_trial_is_kept_for_400_days(announced):
    for days in (401, 399):
        made_at = timezone.now() - timedelta(days=days)
        PastTrial.objects.create(publication="0" * 64, text="max: 3", made_at=made_at)
    remove_parcels()
    assert PastTrial.objects.get().made_at == made_at


def test_a_draft_is_tried_on_a_publication_of_a_like_scheme(client, announced):
    address = reverse("past-trial-of-draft", args=[draft_of(small.text(EARLIER)).pk])
    page = shown(client, address)
    assert "a like scheme" in page
    assert "9 codes are asked for by both" in page
    made = client.post(address, {"publication": announced.pk})
    assert "Waits for its turn" in shown(client, made.url)
    trial = PastTrial.objects.get()
    tasks.try_on_past(trial.pk)
    over = client.get(made.url, **HX).content.decode()
    assert 'hx-target="#content"' in over, "what waits for it fetches the page anew"
    page = shown(client, made.url)
    assert "Good – → " not in page
    assert "Commended" in page
    assert "(loses the award)" in page
    assert "(gets an award)" in page
    assert "nobody has any of it" in page
    assert "Nothing: every fact that was announced fits this scheme." in page
    assert str(announced) in shown(client, address), "among those that were tried before"


def test_what_is_chosen_stands_in_the_address_and_nonsense_is_passed_over(client, announced):
    address = tried(client, announced, small.text(EARLIER))

    def offices(query: str) -> list[str]:
        return [row.code for row in client.get(address + query).context["report"].rows]

    assert offices("") == ["TH-B", "TH-C", "TH-A"], "who moves most comes first"
    assert offices("?move=out") == ["TH-B"]
    assert offices("?move=crosses&sort=would") == ["TH-C", "TH-B"]
    assert offices("?q=th-a") == ["TH-A"]
    assert offices("?move=stays") == ["TH-A"]
    assert offices("?move=points") == []
    assert offices("?move=nonsense&sort=%00&size=x&page=999") == offices("")
    assert offices("?region=nowhere") == []
    assert "Nothing fits what was chosen." in shown(client, address + "?region=nowhere")


def test_the_workbook_says_it_all_in_thai(client, announced):
    address = tried(client, announced, small.text(EARLIER))
    answer = client.get(address.rstrip("/") + ".xlsx")
    assert answer.status_code == 200
    book = load_workbook(io.BytesIO(answer.content))
    offices = list(book.worksheets[0].values)
    assert len(book.worksheets) == 5
    assert [row[0] for row in offices[1:]] == ["TH-B", "TH-C", "TH-A"]
    assert all(any("ก" <= sign <= "๛" for sign in head) for sheet in book for head in next(sheet.values))


def test_faults_are_told_plainly_and_nothing_typed_is_lost(client, announced):
    page = client.get(reverse("past-trial-of-draft", args=[draft_of("max: 30").pk]))
    assert page.status_code == 409
    assert "does not load" in flat(page.content.decode())
    address = reverse("past-trial-of-draft", args=[draft_of(small.text()).pk])
    for sent in ({}, {"publication": "x"}, {"publication": announced.pk, "years": "99"}, {"years": "\x00"}):
        answer = client.post(address, sent)
        assert answer.status_code == 422
        assert sent.get("years", "").strip("\x00") in answer.content.decode()
    answer = client.post(address, {"publication": announced.pk, "years": "50"})
    assert answer.status_code == 302
    trial = PastTrial.objects.get()
    trial.note(fault=PastTrial.Fault.BROKE)
    assert "It broke off." in shown(client, answer.url)
    assert client.get(answer.url.rstrip("/") + ".xlsx").status_code == 404
    for name in ("past-trial-of-draft", "past-trial-of-edition", "past-trial"):
        assert client.get(reverse(name, args=[99999])).status_code == 404


def test_it_is_central_staff_s_alone(client, announced):
    address = tried(client, announced, small.text(EARLIER))
    for role in ("judge", "officer"):
        client.force_login(make.make_user(role))
        assert client.get(address).status_code == 404
        assert client.get(address.rstrip("/") + ".xlsx").status_code == 404
        begin = reverse("past-trial-of-edition", args=[announced.edition_id])
        assert client.get(begin).status_code == 403
        assert client.post(begin, {"publication": announced.pk}).status_code == 403
    assert PastTrial.objects.count() == 1


def test_a_page_asks_no_more_of_the_database_for_more_offices(client, announced, staff):
    def asked(address: str) -> int:
        client.get(address)  # the schemes are read once per process
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = tried(client, announced, small.text(EARLIER))
    for number in range(6):
        make.make_entry(announced.round, f"TH-D{number}")
    many = publish(announced.round, by=staff, reason="x", decisions=[Decision(("TH-B", "TH-C"), "x")])
    more = tried(client, many, small.text(EARLIER))
    assert asked(few) == asked(more) <= 8
    begin = reverse("past-trial-of-edition", args=[announced.edition_id])
    assert asked(begin) <= 10
