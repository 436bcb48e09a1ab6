"""What people are told of their own accounts."""

from datetime import datetime

from django.urls import reverse

from submissions.models import Notice, User

from .making import tell

MANY = 5  # wrong tries; fewer are the owner's own, as a rule


def tell_of_wrong_tries(owner: User, wrong: int, address: str, *, at: datetime) -> None:
    """Once an hour at most, however often somebody tries."""
    if wrong < MANY:
        return
    key = f"tries:{at:%Y%m%d%H}"
    path = reverse("account_change_password")
    tell([owner], Notice.Code.TRIES, key=key, count=wrong, address=address, path=path)


def tell_of_password(owner: User, by: User, *, at: datetime) -> None:
    """Somebody else set the password of this account."""
    path = reverse("account_change_password")
    tell([owner], Notice.Code.PASSWORD, key=f"password:{at.isoformat()}", count=1, by=str(by), path=path)
