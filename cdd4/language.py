"""The language of a page: what the reader chose, and Thai until then."""

from django.middleware.locale import LocaleMiddleware


class ThaiFirst(LocaleMiddleware):
    """Many offices' browsers are set up in English; that is nobody's choice of the portal's language.

    A program says its language by `Accept-Language`: it has no other way.
    """

    def process_request(self, request) -> None:
        if not request.path_info.startswith("/api/") and "Authorization" not in request.headers:
            request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        super().process_request(request)
