"""What people are told of their own accounts."""

from datetime import datetime

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from submissions.models import AccountEvent, Notice, User

from .making import tell

MANY_PASSWORDS = 5  # wrong ones in a day; fewer are the owner's own, as a rule
MANY_CODES = 3


def tell_of_wrong_passwords(owner: User, *, at: datetime) -> None:
    """Once a day at most, however often somebody tries; the count goes on."""
    _tell_of_tries(owner, Notice.Code.TRIES, AccountEvent.Kind.FAILED, MANY_PASSWORDS, at)


def tell_of_wrong_codes(owner: User, *, at: datetime) -> None:
    """Once a day at most, as well. Whoever gets as far as to type a code knows the password."""
    _tell_of_tries(owner, Notice.Code.CODES, AccountEvent.Kind.FACTOR_FAILED, MANY_CODES, at)


def _tell_of_tries(owner: User, code: str, kind: str, many: int, at: datetime) -> None:
    day = day_of(at)
    failed = AccountEvent.objects.of(owner).filter(kind=kind, at__gte=day)
    found = failed.aggregate(count=Count("pk"), addresses=Count("address", distinct=True))
    if found["count"] < many:
        return
    found["address"] = failed.values_list("address", flat=True).first()
    data = {"items": [], "path": reverse("account_change_password"), **found}
    key = f"{code}:{day:%Y%m%d}"
    if not tell([owner], code, key=key, **data):
        Notice.objects.filter(user=owner, key=key).update(data=data)


def day_of(at: datetime) -> datetime:
    """When it began, by the clocks of its people."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def tell_of_password(owner: User, by: User, *, at: datetime) -> None:
    """Somebody else set the password of this account."""
    path = reverse("account_change_password")
    tell([owner], Notice.Code.PASSWORD, key=f"password:{at.isoformat()}", count=1, by=str(by), path=path)


def tell_of_factor(owner: User, kind: str, *, at: datetime) -> None:
    """An app or a passkey of this account was taken away."""
    path = reverse("mfa_index")
    tell([owner], Notice.Code.FACTOR, key=f"factor:{kind}:{at.isoformat()}", count=1, kind=kind, path=path)
