"""What an office's place of work holds, and its page."""

from django.urls import reverse

from scoring.pages.workplace import Workplace
from scoring.scorecard import ScorecardView
from submissions.models import Entry


def workplace(entry: Entry, user) -> Workplace:
    fresh = Entry.objects.with_round().get(pk=entry.pk)
    return Workplace(fresh, ScorecardView(fresh, "th"), user)


def text_of(client, entry) -> str:
    return client.get(reverse("scorecard", args=[entry.pk])).content.decode()
