"""What the portal records of whom, why, and for how long: for everybody, logged in or not."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    context = {"days": settings.ACCOUNT_EVENT_DAYS, "has_line": bool(settings.LINE_TOKEN)}
    return render(request, "privacy.html", context)


urls = [path("privacy/", privacy, name="privacy")]
