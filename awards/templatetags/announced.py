"""What was announced of an entry, for pages of those who know nothing of announcements."""

from django import template

from awards.columns import Columns
from awards.models import Publication, Result
from submissions import thai
from submissions.models import Entry

register = template.Library()


@register.inclusion_tag("awards/announced.html")
def announced(entry: Entry) -> dict:
    """The entry's result in the publication that holds, in a line; nothing before there is one. One statement."""
    newest = Publication.objects.filter(round=entry.round_id).order_by("-number").values("pk")[:1]
    found = Result.objects.filter(entry=entry, publication__in=newest).select_related("publication")
    result = found.defer("facts", "criteria", "dimensions").first()
    return {"row": Columns(result.publication.frame, thai.language()).of_whole(result)} if result else {}
