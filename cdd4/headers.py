"""What every answer tells the browser besides the page: what it may keep, and what a page may ask a device for."""

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

# Nothing of a device but what pages do by themselves; passkeys belong to the log-in.
NOT_USED = "accelerometer camera display-capture geolocation gyroscope magnetometer microphone midi payment usb".split()
PERMISSIONS = ", ".join([*(f"{name}=()" for name in NOT_USED), "publickey-credentials-get=(self)"])
# What the browser keeps of pages goes with the log-in. Cookies stay (the language is the device's), and so does its
# storage: there waits what people typed and what has not reached the portal (static/device.js).
LEFT_BEHIND = '"cache"'


class Headers:
    """Where a view says nothing else, an answer to somebody who is known here is kept by nobody.

    Offices share computers: whoever sits there next reads back nothing. Known is who sends a session or a token;
    whether it still holds is not asked, which would cost a query on pages that need none.
    """

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if is_personal(request) or settings.SESSION_COOKIE_NAME in response.cookies:
            response.setdefault("Cache-Control", "private, no-store")
        if getattr(request, "is_left", False):
            response["Clear-Site-Data"] = LEFT_BEHIND
        return response


def is_personal(request: HttpRequest) -> bool:
    has_login = settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers
    return has_login or request.path_info.startswith("/api/")


@receiver(user_logged_out)
def leave(request, **kwargs) -> None:
    request.is_left = True
