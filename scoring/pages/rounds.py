"""Which rounds a reader sees, and which of them the menu leads to."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.functional import SimpleLazyObject

from submissions.models import Entry, Round, User


def rounds_of(user) -> QuerySet[Round]:
    """Those a reader may see, without the text of their editions."""
    return Round.objects.visible_to(user).select_related("edition").defer("edition__text")


def most_current(rounds: Sequence[Round], user: User) -> Round | None:
    """The newest round that runs and has standings; else one that is not over; else the newest. The centre's first,
    but to an organiser the own.
    """
    running = [round for round in rounds if not round.is_preparing and not round.is_closed]
    shown = running or [round for round in rounds if not round.is_closed] or rounds
    first = user.office_id if user.organises else None
    shown = sorted(shown, key=lambda round: round.organiser_id != first)
    return next((round for round in shown if not round.only_selects), shown[0] if shown else None)


def menu(request) -> dict:
    """For every page: the round that the menu leads to where the page is about none. One statement, and only there.

    Nothing is asked of the request before: a page that says what was wrong with it may have no user.
    """
    return {"usual_round": SimpleLazyObject(lambda: usual_round(request.user))}


def usual_round(user) -> Round | None:
    """The one that most of a reader's work is in; never one that an officer's offices have left."""
    rounds = rounds_of(user)
    if user.is_officer:
        standing = Entry.objects.visible_to(user).opened().exclude(state=Entry.State.WITHDRAWN)
        rounds = rounds.filter(pk__in=standing.values("round"))
    return most_current(list(rounds), user)
