"""A button that is pressed twice makes one round: what somebody made just now is theirs to go on with."""

from datetime import timedelta

from django.utils import timezone

from submissions.models import Edition, Office, Round, User

JUST_NOW = timedelta(minutes=10)


def hold_person(by: User) -> None:
    """What this person does at the same moment waits until the transaction ends."""
    list(User.objects.filter(pk=by.pk).select_for_update(of=("self",), no_key=True).values_list("pk"))


def made_just_now(by: User, edition: Edition, name_th: str, name_en: str, organiser: Office | None) -> Round | None:
    """The round with these names, of this edition, that this person made a moment ago and has not opened yet."""
    alike = Round.objects.filter(
        edition=edition,
        name_th=name_th.strip(),
        name_en=name_en.strip(),
        organiser=organiser,
        opens_at=None,
        discarded_at=None,
    )
    born = Round.history.filter(
        history_type="+", history_user=by, history_date__gt=timezone.now() - JUST_NOW, id__in=alike.values("pk")
    )
    return alike.filter(pk__in=born.values("id")).order_by("-pk").first()
