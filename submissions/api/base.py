"""What every address of the API shares: who asks, how a body is read, and how a refusal is told."""

import json

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework import exceptions, parsers, status
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.serializers import CharField
from rest_framework.settings import api_settings

from submissions.accounts.steps import first_step
from submissions.fields import whole
from submissions.files import room
from submissions.intake import Conflict
from submissions.models.evidence import MOST_NAME_IN_MAP
from submissions.questions.proofread import Refused


class TokenAuthentication(KnoxAuthentication):
    """`Authorization: Token ...`; a header that is no text is a wrong token, not an error of ours."""

    def authenticate_credentials(self, token):
        try:
            user, row = super().authenticate_credentials(token)
        except UnicodeDecodeError:
            raise exceptions.AuthenticationFailed(_("Invalid token.")) from None
        if step := first_step(user):
            raise exceptions.PermissionDenied(str(step.reason))
        return user, row

    def validate_user(self, auth_token):
        found = super().validate_user(auth_token)
        auth_token.note_use()
        return found


class TooLarge(exceptions.APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


def too_large() -> TooLarge:
    return TooLarge(_("The request is larger than %s bytes.") % f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,}")


class JSONParser(parsers.JSONParser):
    """JSON of a bounded size and depth."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            length = int(parser_context["request"].META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise too_large()
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise exceptions.ParseError(_("The JSON is nested too deeply.")) from None
        except UnicodeEncodeError:
            raise exceptions.ParseError(_("The JSON holds half of a character.")) from None
        return data


class Text(CharField):
    """A text. A number is not one: 96.2 would have been through binary arithmetic already."""

    default_error_messages = {"invalid": gettext_lazy("Write it as a text, in quotation marks.")}

    def to_internal_value(self, data) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class PeriodField(Text):
    """A period's code; null, empty or left out where there is none."""

    def __init__(self, **options) -> None:
        super().__init__(required=False, allow_null=True, allow_blank=True, max_length=MOST_NAME_IN_MAP, **options)

    def to_representation(self, value) -> str | None:  # type: ignore[override]  # null where there is none
        return value or None


def number_in(request, name: str) -> int | None:
    """A whole number among the query's parameters."""
    text = request.query_params.get(name, "")
    if text and whole(text) is None:
        raise exceptions.ValidationError({name: [_("A whole number is needed.")]})
    return whole(text)


def explain(error: Exception, context: dict) -> Response | None:
    """Intake's refusals as problems: 400 with reasons by field, 409 with the row as it is now, 507 for a full disk."""
    from rest_framework.views import exception_handler  # which itself needs this module, by the settings

    from . import problems

    if isinstance(error, Refused):
        reasons = {name or api_settings.NON_FIELD_ERRORS_KEY: texts for name, texts in error.reasons.items()}
        error = exceptions.ValidationError(reasons)
    elif isinstance(error, Conflict):
        error = Overtaken(error, context)
    elif isinstance(error, Http404):
        error = exceptions.NotFound()  # Django's own words name the table, in English
    elif isinstance(error, RequestDataTooBig):
        error = too_large()
    elif isinstance(error, SuspiciousOperation):
        error = exceptions.ParseError(_("The request can't be read."))
    elif room.is_full(error):
        error = DiskFull(_("The portal's disk is full; nothing was saved. Try again later, and tell central staff."))
    response = exception_handler(error, context)
    if response is None:
        return None
    request = context["request"]  # answered in JSON, whatever comes of this address otherwise
    request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
    return problems.as_problem(error, response)


class Held(exceptions.APIException):
    """A file that nobody opens: it waits for the virus scanner, or holds a virus."""

    status_code = status.HTTP_423_LOCKED
    default_code = "held"


class DiskFull(exceptions.APIException):
    status_code = 507
    default_code = "disk_full"


class Overtaken(exceptions.APIException):
    """Somebody else was first; `current` is what is there now, null when it is gone."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"

    def __init__(self, conflict: Conflict, context: dict) -> None:
        super().__init__(str(conflict))
        from .serializers import current_row

        self.members = {"current": current_row(conflict.current, context)}
