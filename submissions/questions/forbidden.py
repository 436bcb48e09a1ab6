"""What follows from the answer of a `why_not`, where nobody goes on for whom there is one."""

from django.core.exceptions import PermissionDenied


def forbid(reason: str | None) -> None:
    """Answer 403, and tell the reason, where there is one."""
    if reason:
        raise PermissionDenied(reason)
