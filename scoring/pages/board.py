"""Who owes what in a round: a page for those who follow several offices, a workbook, and reminders from it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from scoring.boards import workbook
from scoring.boards.board import Board
from scoring.boards.choice import STATE_TITLES, Choice
from scoring.boards.reminding import Reminder
from scoring.boards.words import MORE_TIME, SIGNS, TITLES
from submissions import intake
from submissions.accounts.events import Thing, record_file
from submissions.fields import whole
from submissions.models import Entry, Office
from submissions.pages.dear import dear
from submissions.pages.printed import taken_away
from submissions.questions import access

from .rounds import rounds_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VIEWS = {
    "": gettext_lazy("Offices"),
    "requirements": gettext_lazy("What is asked"),
    "regions": gettext_lazy("Inspection regions"),
}
SORTS = {
    "": gettext_lazy("Most overdue"),
    "owed": gettext_lazy("Most still to be done"),
    "complete": gettext_lazy("Least complete"),
    "name": gettext_lazy("Name"),
}


def board_of(request, round_id: int) -> Board:
    """The board that this reader may see, as the address asks for it."""
    round = get_object_or_404(rounds_of(request.user), pk=round_id)
    if reason := access.why_not_see_board(request.user, round):
        raise PermissionDenied(reason)
    entries = Entry.objects.visible_to(request.user)
    return Board(round, entries, Choice.of(request.GET), request.GET.get("page", ""))


@login_required
@require_GET
def board(request, round_id: int) -> HttpResponse:
    shown = board_of(request, round_id)
    return render(request, _template(shown.choice), _context(request, shown))


def _template(choice: Choice) -> str:
    """One office or one thing asked as a list; the grid; or how all stand."""
    if choice.office:
        return "scoring/board/office.html"
    if choice.slot:
        return "scoring/board/slot.html"
    return f"scoring/board/{choice.view or 'offices'}.html"


def _context(request, shown: Board) -> dict[str, Any]:
    choice = shown.choice
    return {
        "board": shown,
        "round": shown.round,
        "choice": choice,
        "views": [(code, title, choice.url(view=code, office="", slot="")) for code, title in VIEWS.items()],
        "states": STATE_TITLES.items(),
        "sorts": SORTS.items(),
        "legend": [(state, SIGNS[state], title) for state, title in TITLES.items()],
        "more_time": MORE_TIME,
        "can_see_country": access.why_not_see_country(request.user, shown.round) is None,
        "can_extend": access.why_not_run(request.user, shown.round) is None,
        "can_write": access.why_not_write_circulars(request.user, shown.round) is None,
        "can_remind": access.why_not_remind(request.user, shown.round) is None and bool(choice.reminds_of),
    }


@login_required
@require_GET
@dear("10/min")
def board_sheet(request, round_id: int) -> HttpResponse:
    shown = board_of(request, round_id)
    with translation.override("th"):
        shown = Board(shown.round, Entry.objects.visible_to(request.user), shown.choice)
        content, name = workbook.write(shown), workbook.file_name(shown)
    record_file(request, Thing.LIST, "board", name)
    return taken_away(content, name, XLSX)


@login_required
@require_http_methods(["GET", "POST"])
@dear("20/min")
def remind(request, round_id: int) -> HttpResponse:
    """First who would be written to, and what; then exactly those are."""
    shown = board_of(request, round_id)
    if reason := access.why_not_remind(request.user, shown.round):
        raise PermissionDenied(reason)
    back = f"{reverse('board', args=[round_id])}{shown.choice.url()}"
    if request.method == "GET":
        return render(
            request,
            "scoring/board/remind.html",
            {"round": shown.round, "board": shown, "reminder": Reminder(shown), "back": back, "reasons": []},
        )
    only = {pk for text in request.POST.get("entries", "").split(",") if (pk := whole(text))}
    reminder = Reminder(shown, only)
    try:
        told = intake.remind(shown.round, reminder.owed, by=request.user, filters=shown.choice.query())
    except intake.Refused as refused:
        context = {"round": shown.round, "board": shown, "reminder": Reminder(shown), "back": back}
        context["reasons"] = [reason for reasons in refused.reasons.values() for reason in reasons]
        return render(request, "scoring/board/remind.html", context, status=422)
    sentence = ngettext(
        "%(count)s office was reminded. It stands in its history.",
        "%(count)s offices were reminded. It stands in the history of each.",
        len(told),
    )
    messages.success(request, sentence % {"count": len(told)})
    return redirect(back)


@login_required
@require_POST
@dear("20/min")
def write_circular(request, round_id: int) -> HttpResponse:
    """A draft of a circular to the offices that the board shows, to be written in the administration."""
    shown = board_of(request, round_id)
    if reason := access.why_not_write_circulars(request.user, shown.round):
        raise PermissionDenied(reason)
    offices = Office.objects.filter(entries__in=[row.pk for row in shown.rows]).distinct()
    places = [(office, "") for office in offices]
    writing = intake.Writing(shown.round, "chosen", "", "", places=places, filters=shown.choice.query())
    try:
        draft = intake.save_circular(None, writing, by=request.user, at=timezone.now(), is_whole=False)
    except intake.Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('board', args=[round_id])}{shown.choice.url()}")
    return redirect("admin:submissions_circular_change", draft.pk)


urls = [
    path("rounds/<int:round_id>/board/", board, name="board"),
    path("rounds/<int:round_id>/board.xlsx", board_sheet, name="board-sheet"),
    path("rounds/<int:round_id>/board/remind/", remind, name="board-remind"),
    path("rounds/<int:round_id>/board/circular/", write_circular, name="board-circular"),
]
