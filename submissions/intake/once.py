"""A button that is pressed twice makes one round: what somebody made just now is theirs to go on with."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from submissions.models import Edition, Office, Round, User

JUST_NOW = timedelta(minutes=10)


def hold_person(by: User) -> None:
    """What this person does at the same moment waits until the transaction ends."""
    list(User.objects.filter(pk=by.pk).select_for_update(of=("self",), no_key=True).values_list("pk"))


def made_just_now(
    by: User,
    edition: Edition,
    organiser: Office | None,
    *,
    name_th: str,
    name_en: str,
    is_practice: bool,
    **more: Any,
) -> Round | None:
    """The round just like this one that the same person made a moment ago and has not opened yet."""
    alike = Round.objects.filter(
        edition=edition,
        name_th=name_th.strip(),
        name_en=name_en.strip(),
        organiser=organiser,
        opens_at=None,
        discarded_at=None,
        **more,
    )
    real = Q(clock_offset=timedelta(0))
    alike = alike.exclude(real) if is_practice else alike.filter(real)
    born = Round.history.filter(
        history_type="+", history_user=by, history_date__gt=timezone.now() - JUST_NOW, id__in=alike.values("pk")
    )
    return alike.filter(pk__in=born.values("id")).order_by("-pk").first()
