"""What a token may do: the one place that asks, for every address of the API."""

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS, BasePermission

from submissions.models import Scope, Token

ANY = ""  # whatever the token is for
EVERY = "every"  # a token for everything


class OutOfScope(exceptions.PermissionDenied):
    default_code = "out_of_scope"


class InScope(BasePermission):
    """A token is for what was ticked when it was made; whoever is logged in on the pages is for everything.

    A view says by `scopes` what each of its methods asks for. Unsaid, to read asks for `read`, and nothing else is
    allowed.
    """

    def has_permission(self, request, view) -> bool:
        if isinstance(request.auth, Token):
            check(request.auth, scope_of(view, request.method))
        return True


def scope_of(view, method: str) -> str | None:
    """The scope that a method of a view asks for, ANY or EVERY; None: nobody thought of it, so no token has it."""
    reading = Scope.READ if method in SAFE_METHODS else None
    return getattr(view, "scopes", {}).get("GET" if method == "HEAD" else method, reading)


def check(token: Token, scope: str | None) -> None:
    """Raises OutOfScope unless the token is for this."""
    if scope == EVERY and set(token.scopes) >= set(Scope.values):
        return
    if scope != ANY and scope not in token.scopes:
        purposes = " · ".join(token.purposes)
        raise OutOfScope(_("This token is not for that. It is for: %(purposes)s") % {"purposes": purposes})
