"""The language of a page: what the reader chose, and Thai until then."""

from django.conf import settings
from django.middleware.locale import LocaleMiddleware

from awards.public.addresses import CHOSEN


class ThaiFirst(LocaleMiddleware):
    """Many offices' browsers are set up in English; that is nobody's choice of the portal's language.

    A program says its language by `Accept-Language`: it has no other way. Public pages, which keep no cookie, say it in
    the addresses of others, and it is kept from there.
    """

    def process_request(self, request) -> None:
        is_program = request.path_info.startswith("/api/") or "Authorization" in request.headers
        if not is_program:
            request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
            asked = request.GET.get(CHOSEN, "")
            request.chosen_language = asked if asked in dict(settings.LANGUAGES) else ""
            if request.chosen_language:
                request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = request.chosen_language
        super().process_request(request)

    def process_response(self, request, response):
        if chosen := getattr(request, "chosen_language", ""):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,
            )
        return super().process_response(request, response)
