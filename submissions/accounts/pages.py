"""The pages on which people see what was done with their account, and end what they don't want to go on."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from submissions.forms import whole
from submissions.models import AccountEvent

from .sessions import end_others, sessions_of

A_PAGE = 50


@login_required
@require_GET
def events(request) -> HttpResponse:
    """What was done with one's own account, the newest first."""
    rows = AccountEvent.objects.of(request.user).select_related("actor")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "submissions/accounts/events.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request) -> HttpResponse:
    """Where one is logged in; sent, the form ends one of the others (`end`: its number) or all of them."""
    own = request.session.session_key
    if request.method == "POST":
        chosen = request.POST.get("end", "")
        number = None if chosen == "others" else whole(chosen) or 0
        ended = end_others(request.user, own=own, by=request.user, number=number)
        said = ngettext("%(count)s log-in was ended.", "%(count)s log-ins were ended.", ended) % {"count": ended}
        messages.success(request, said if ended else _("That log-in is over already."))
        return redirect("usersessions_list")
    found = sessions_of(request.user)
    others = [one for one in found if one.session_key != own]
    return render(request, "submissions/accounts/sessions.html", {"sessions": found, "own": own, "others": others})


urls = [path("account/events/", events, name="account-events")]
