"""Which rounds a reader sees, and what the top bar needs on a page that is about none of them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from submissions.models import Round
from submissions.questions import access


def rounds_of(user) -> QuerySet[Round]:
    """Those a reader may see, without the text of their editions."""
    return Round.objects.visible_to(user).select_related("edition").defer("edition__text")


def links_to_only(user, rounds: Iterable[Round]) -> dict:
    """What the top bar needs to lead to the only open round of these, on a page that is about none in particular."""
    current = [round for round in rounds if not round.is_closed]
    if not user.is_officer or len(current) != 1:
        return {}
    return {"round": current[0], "may_see_table": access.why_not_see_ranks(user, current[0], whole_table=True) is None}
