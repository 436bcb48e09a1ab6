"""What a form's page sends, as a browser without scripts would."""

from django.urls import reverse

from submissions.questions import access, answers
from submissions.questions.slots import slots_of
from tests.submissions.documents.test_filled_forms import MONTH, REPORT

JSON = {"HTTP_ACCEPT": "application/json"}


def address(entry, name="form", form="monthly-report", period=MONTH) -> str:
    return reverse(name, args=[entry.pk, form]) + (f"?period={period}" if period else "")


def sent(data, revision=0) -> dict:
    return {"revision": revision, **{answers.name_of(key): answer for key, answer in data.items()}}


def save(client, entry, data, revision=0, **headers):
    return client.post(address(entry, "form-draft"), sent(data, revision), **headers)


def hand_in(client, entry, data=REPORT, revision=0, **where):
    return client.post(address(entry, "form-hand-in", **where), sent(data, revision))


def slot(entry, reader, requirement="3.5.report", period=MONTH):
    closed = {by: access.why_not_hand_in(reader, entry, central=by == "central") for by in ("office", "central")}
    found = slots_of(entry, [requirement], at=entry.round.now(), why_closed=closed)
    return next(one for one in found if one.period_code == period)
