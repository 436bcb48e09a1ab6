"""What an office's place of work holds, and its page."""

from django.urls import reverse

from scoring.pages.workplace import Workplace
from scoring.scorecard import ScorecardView
from submissions.models import Entry


def workplace(entry: Entry, user) -> Workplace:
    fresh = anew(entry)
    return Workplace(fresh, ScorecardView(fresh, "th"), user)


def anew(entry: Entry) -> Entry:
    return Entry.objects.with_round().get(pk=entry.pk)


def text_of(client, entry) -> str:
    return client.get(reverse("scorecard", args=[entry.pk])).content.decode()


def course_of(client, entry) -> str:
    """What the fold of its scorecard fetches."""
    return client.get(reverse("course", args=[entry.pk]), headers={"HX-Request": "true"}).content.decode()
