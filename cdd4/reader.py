"""Whose page it is. On a shared computer another may have logged in since a page was shown, or a login may have ended:
in another's name nothing of it is shown, and nothing that stands written in it is sent.
"""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


class SameReader:
    """Refuses a part of a page to anybody but the reader of that page."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reader = request.headers.get("X-Reader")
        if reader is not None and request.user.is_authenticated and reader != str(request.user.pk):
            raise PermissionDenied(_("Somebody else has logged in here. Load the page again."))
        return self.get_response(request)


@never_cache
@require_safe
def reader(request: HttpRequest) -> HttpResponse:
    """Who is logged in now (nobody: empty), and the token their forms are sent with. Pages ask before they send."""
    return JsonResponse({"reader": str(request.user.pk or ""), "token": get_token(request)})
