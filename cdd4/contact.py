"""Whom to call: the centre, for everybody; and the desk of each round, for those who take part in it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from submissions.models import Round


@require_safe
@never_cache
def contact(request: HttpRequest) -> HttpResponse:
    told = Round.objects.visible_to(request.user).exclude(contact="").order_by("is_closed", "-pk")
    return render(request, "contact.html", {"rounds": told.only("name_th", "name_en", "contact", "is_closed")})


urls = [path("contact/", contact, name="contact")]
