"""What a head does with the accounts of the own office: add a colleague, close an account, open it again.

All officers of the office are held first, in one order: of two heads at once the second sees what the first did.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from submissions.models import Invitation, User
from submissions.questions import access
from submissions.questions.newcomers import kept_by
from submissions.questions.proofread import Refused

from .invitations import invite
from .sessions import end_others

A_DAY = 20  # invitations by the heads of one office


def closed_elsewhere(people: Iterable[User]) -> set[int]:
    """Of closed accounts, by id, those that somebody else than a head closed: only central staff open them. One
    statement."""
    closed = [user.pk for user in people if not user.is_active]
    rows = User.history.filter(id__in=closed).order_by("history_id")
    open_before: dict[int, bool] = {}
    elsewhere: set[int] = set()
    for pk, is_active, was_head, role in rows.values_list(
        "id", "is_active", "history_user__is_head", "history_user__role"
    ):
        if not is_active and open_before.get(pk, True):
            by_head = was_head and role == User.Role.OFFICER
            (elsewhere.discard if by_head else elsewhere.add)(pk)
        open_before[pk] = is_active
    return elsewhere


def add(head: User, full_name: str, email: str) -> User:
    """Make an account in the head's office, and invite its person where there is mail. Raises Refused."""
    email = email.lower()
    with transaction.atomic():
        head = _acting(head)
        refused = Refused()
        refused.add("", why_not_write(head))
        if User.objects.filter(Q(email__iexact=email) | Q(username__iexact=email)).exists():
            refused.add("email", _why_taken())
        refused.raise_if_any()
        user = User(username=email, full_name=full_name, email=email, role=User.Role.OFFICER, office=head.office)
        user.set_unusable_password()
        user._history_user = head  # type: ignore[attr-defined]  # of the library that keeps former versions
        try:
            with transaction.atomic():
                user.save()
        except IntegrityError:  # a head of another office, at this very moment
            raise Refused({"email": [_why_taken()]}) from None
        invite([user.pk], by=head)
    return user


def _why_taken() -> str:
    return _("Another account has this address. Use another one, or ask central staff.")


def why_not_write(head: User) -> str | None:
    """Have a letter sent to an address that may be anybody's."""
    day = timezone.now() - timedelta(days=1)
    sent = Invitation.objects.filter(user__office=head.office_id, invited_by__is_head=True, made_at__gt=day)
    return _("Enough people were invited for today. Go on tomorrow.") if sent.count() >= A_DAY else None


def ask(head: User, pk: int) -> bool:
    """Send an invitation, or send it anew. Says whether a letter was written."""
    with transaction.atomic():
        head = _acting(head)
        refused = Refused()
        refused.add("", why_not_write(head))
        refused.raise_if_any()
        return bool(invite([pk], by=head))


def close(head: User, pk: int) -> User:
    """Close an account: whoever is logged in with it is so no longer. Raises Refused, or DoesNotExist."""
    with transaction.atomic():
        head = _acting(head)
        user = kept_by(head).get(pk=pk)
        if user.pk == head.pk:  # so that the office keeps a head
            raise Refused({"": [_("Nobody closes their own account. Ask another head, or central staff.")]})
        return _turn(user, is_active=False, by=head)


def reopen(head: User, pk: int) -> User:
    """Open an account again that a head closed. Raises Refused, or DoesNotExist."""
    with transaction.atomic():
        head = _acting(head)
        user = kept_by(head).get(pk=pk)
        if closed_elsewhere([user]):
            raise Refused({"": [_("Central staff closed this account. Ask them.")]})
        return _turn(user, is_active=True, by=head)


def _acting(head: User) -> User:
    """The head as they are once the office's officers are held."""
    list(
        User.objects.filter(office=head.office_id, role=User.Role.OFFICER)
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
        .values_list("pk")
    )
    head = User.objects.select_related("office").get(pk=head.pk)
    refused = Refused()
    refused.add("", access.why_not_lead(head))
    refused.raise_if_any()
    return head


def _turn(user: User, *, is_active: bool, by: User) -> User:
    if user.is_active != is_active:
        user.is_active = is_active
        user._history_user = by  # type: ignore[attr-defined]  # of the library that keeps former versions
        user.save(update_fields=["is_active"])
        if not is_active:
            end_others(user, own="", by=by)
            user.auth_token_set.all().delete()
    return user
