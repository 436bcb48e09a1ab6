"""Public pages are the same for everybody: who asks is not looked at, and nothing in an answer tells readers apart."""

from django.http import HttpRequest, HttpResponse

PUBLIC = ("/results/", "/robots.txt", "/sitemap.xml")


class SameForEverybody:
    """Before sessions and languages are read: so no reader costs a statement, and one kept page serves all of them."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PUBLIC):
            return self.get_response(request)
        request.COOKIES = {}
        request.META.pop("HTTP_COOKIE", None)
        response = self.get_response(request)
        response.cookies.clear()
        del response["Vary"]
        return response
