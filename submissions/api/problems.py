"""How a refusal looks to a program: `application/problem+json` (RFC 9457), each kind with an address that stays.

`type` tells kinds apart, so that nobody compares sentences; `detail` is the sentence for people, in their language.
`errors` has the reasons by field, `current` the row as it is now where somebody else was first.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.http import JsonResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.settings import api_settings

MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    status: int
    title: Promise


KINDS = {
    "invalid": Kind(400, gettext_lazy("Something in the request is wrong")),
    "parse-error": Kind(400, gettext_lazy("The request can't be read")),
    "not-authenticated": Kind(401, gettext_lazy("It is not known who asks")),
    "permission-denied": Kind(403, gettext_lazy("Not yours to do")),
    "out-of-scope": Kind(403, gettext_lazy("This token is not for that")),
    "not-found": Kind(404, gettext_lazy("Not there, or not yours to see")),
    "method-not-allowed": Kind(405, gettext_lazy("This address doesn't take that method")),
    "not-acceptable": Kind(406, gettext_lazy("The answer doesn't come in the form asked for")),
    "conflict": Kind(409, gettext_lazy("Somebody else was first")),
    "too-large": Kind(413, gettext_lazy("Too large")),
    "unsupported-media-type": Kind(415, gettext_lazy("The body is in a form that isn't read here")),
    "held": Kind(423, gettext_lazy("Nobody opens this file yet")),
    "throttled": Kind(429, gettext_lazy("Too often")),
    "error": Kind(500, gettext_lazy("An error of the portal")),
    "unavailable": Kind(503, gettext_lazy("Not to be reached just now")),
    "disk-full": Kind(507, gettext_lazy("The portal's disk is full")),
}


class ProblemSerializer(serializers.Serializer):
    """Why it was refused (RFC 9457)."""

    type = serializers.CharField(help_text="The kind of refusal: an address that never changes, and says more")
    title = serializers.CharField(help_text="The kind in words")
    status = serializers.IntegerField(help_text="The status of the answer")
    detail = serializers.CharField(help_text="What was wrong this time, in the language asked for")
    errors: Any = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Every reason at once, by field (`values.0.amount`); `non_field_errors` for what concerns the whole",
    )
    current = serializers.DictField(
        required=False, allow_null=True, help_text="The row as it is now, where somebody else was first; null: gone"
    )


def problem(kind: str, detail: object, **members) -> dict:
    """The body of a refusal."""
    known = KINDS[kind]
    body = {"type": address(kind), "title": str(known.title), "status": known.status, "detail": str(detail)}
    return body | members


def address(kind: str) -> str:
    return reverse("api-problem", args=[kind])


def answer(kind: str, detail: str, **members) -> JsonResponse:
    """A refusal by what stands before, or behind, the API's own views."""
    return JsonResponse(problem(kind, detail, **members), status=KINDS[kind].status, content_type=MEDIA_TYPE)


def as_problem(error: Any, response: Response) -> Response:
    """What the framework would answer to an error, as a problem."""
    kind = error.default_code.replace("_", "-")
    if isinstance(error, exceptions.ValidationError):
        errors = dict(by_field(error.detail))
        whole = errors.get(api_settings.NON_FIELD_ERRORS_KEY)
        detail = " ".join(whole) if whole else _("Each reason stands by its field, in `errors`.")
        response.data = problem(kind, detail, errors=errors)
    else:
        kind = {"authentication-failed": "not-authenticated"}.get(kind, kind)
        response.data = problem(kind, error.detail, **getattr(error, "members", {}))
    response.content_type = MEDIA_TYPE
    return response


def by_field(detail, where: str = "") -> Iterator[tuple[str, list[str]]]:
    """The reasons of a ValidationError, however nested, by the way to their field: `values.0.amount`."""
    inner: Iterable[tuple[Any, Any]]
    if isinstance(detail, dict):
        inner = detail.items()
    elif any(isinstance(reason, dict | list) for reason in detail):
        inner = enumerate(detail)
    else:
        if detail:
            yield where or api_settings.NON_FIELD_ERRORS_KEY, [str(text) for text in detail]
        return
    for name, rest in inner:
        yield from by_field(rest, f"{where}.{name}" if where else str(name))
