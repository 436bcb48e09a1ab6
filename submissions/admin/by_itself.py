"""A sheet that is saved by itself while it is typed: what its page is told."""

from django.http import JsonResponse
from django.utils.translation import gettext as _

from submissions.models import PracticeSheet, Sheet
from submissions.templatetags.thai import be_time


def asked(request) -> bool:
    return request.headers.get("Accept") == "application/json"


def saved(sheet: Sheet | PracticeSheet) -> JsonResponse:
    return JsonResponse({"revision": sheet.revision, "said": _("Saved %(when)s") % {"when": be_time(sheet.saved_at)}})


def not_saved() -> JsonResponse:
    """What is wrong is said once the button is pressed."""
    return JsonResponse({"said": _("Not saved yet.")}, status=422)


def saved_elsewhere() -> JsonResponse:
    said = _("Not saved: this sheet was saved elsewhere. Press “Save draft” to see both.")
    return JsonResponse({"said": said}, status=409)
