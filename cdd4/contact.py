"""Whom to call: whoever runs a round, for those who take part in it; the centre, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from submissions.models import Round


@require_safe
@never_cache
def contact(request: HttpRequest) -> HttpResponse:
    seen = Round.objects.visible_to(request.user).select_related("organiser")
    told = seen.exclude(contact="", organiser=None).order_by("is_closed", "-pk")
    return render(request, "contact.html", {"rounds": told})


urls = [path("contact/", contact, name="contact")]
