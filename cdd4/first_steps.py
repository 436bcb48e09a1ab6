"""Nothing opens before a person has done what is asked of them first (submissions/accounts/steps.py)."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.http import HttpResponseClientRedirect

from cdd4.faults import problem
from submissions.accounts.steps import first_step

ALWAYS = {"account_logout", "set_language", "reader", "healthz", "readyz", "emblem", "privacy"}


class FirstSteps:
    """Leads whoever owes a step to its page. Denied unless allowed: a new address needs no word here."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view, args, kwargs) -> HttpResponse | None:
        page = request.resolver_match.view_name
        if page in ALWAYS or not request.user.is_authenticated:
            return None
        request.first_step = step = first_step(request.user)
        if step is None or page == step.page or page in step.meanwhile:
            return None
        if refusal := problem(request, "permission-denied", str(step.reason)):
            return refusal
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied(step.reason)
        answer = redirect(step.page)
        return HttpResponseClientRedirect(answer.url) if request.htmx else answer
