"""The committee's meetings: who is present, what is to be resolved, what was, and the minutes to sign."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from awards.documents import minutes
from submissions import intake
from submissions.accounts.events import Thing, record_file
from submissions.fields import show_reasons
from submissions.models import Meeting, Resolution, Round
from submissions.pages.dear import dear
from submissions.pages.printed import kept_pdf
from submissions.questions import access
from submissions.questions.committee import name_of
from submissions.templatetags.wording import entry_name

from .agenda import TITLES, Matter, agenda, latest
from .meeting_forms import MeetingForm, OtherForm, ResolutionForm

A_PAGE = 10  # entries whose judges differ


def _round_or_404(request, round_id: int) -> Round:
    rounds = Round.objects.visible_to(request.user).select_related("edition", "organiser").defer("edition__text")
    round = get_object_or_404(rounds, pk=round_id)
    if reason := access.why_not_run(request.user, round):
        raise PermissionDenied(reason)
    return round


def _meeting_or_404(request, pk: int) -> Meeting:
    found = Meeting.objects.visible_to(request.user).select_related("round__edition", "round__organiser")
    return get_object_or_404(found.defer("round__edition__text"), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def meetings(request, round_id: int) -> HttpResponse:
    """All meetings of a round, and the form to open the next."""
    round = _round_or_404(request, round_id)
    committee = round.judges.filter(is_active=True).order_by("full_name", "username")
    posted = request.POST if request.method == "POST" else None
    form = MeetingForm(posted, names=[name_of(judge) for judge in committee])
    status = 200
    if request.method == "POST":
        if meeting := _saved(request, round, form, None):
            return redirect("meeting", meeting.pk)
        status = 422
    context = {"round": round, "meetings": round.meetings.order_by("-number"), "form": form}
    return render(request, "awards/meetings/meetings.html", context, status=status)


def _saved(request, round: Round, form: MeetingForm, meeting: Meeting | None) -> Meeting | None:
    """The meeting as it was written down; None where the form says what is wrong."""
    form.is_valid()
    if form.errors:
        return None
    revision = form.cleaned_data.get("revision")
    try:
        return intake.save_meeting(round, by=request.user, meeting=meeting, revision=revision, **form.values())
    except intake.Refused as refused:
        show_reasons(form, refused.reasons)
    except intake.Conflict as conflict:
        form.add_error(None, str(conflict))
    return None


@login_required
@require_GET
@dear("60/min")
def meeting(request, pk: int) -> HttpResponse:
    """What is to be resolved now, and what this meeting resolved."""
    return _page(request, _meeting_or_404(request, pk))


def _page(
    request,
    meeting: Meeting,
    *,
    typed: ResolutionForm | None = None,
    attendance: MeetingForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """`typed`, `attendance`: the form that comes back."""
    round = meeting.round
    matters, held = agenda(round), latest(round)
    apart = _page_of(matters[Resolution.Kind.APART], request.GET.get("apart", ""), typed)
    shown = matters | {Resolution.Kind.APART: apart.object_list}
    sections = [
        (
            kind,
            TITLES[kind],
            [
                (
                    matter,
                    held.get(matter.place),
                    typed if typed and typed.matter.key == matter.key else ResolutionForm(meeting, matter),
                )
                for matter in found
            ],
        )
        for kind, found in shown.items()
    ]
    context = {
        "apart": apart,
        "apart_pages": [
            (str(number), f"?apart={number}") for number in apart.paginator.get_elided_page_range(apart.number)
        ],
        "round": round,
        "meeting": meeting,
        "attendance": attendance or MeetingForm(meeting=meeting),
        "sections": sections,
        "other": typed if isinstance(typed, OtherForm) else OtherForm(meeting, _names(round)),
        "typed": typed,
        "resolutions": meeting.resolutions.select_related("recorded_by").order_by("pk"),
    }
    return render(request, "awards/meetings/meeting.html", context, status=status)


def _page_of(found: list[Matter], number: str, typed: ResolutionForm | None) -> "Page[Matter]":
    """So many of the entries whose judges differ; those with the form that comes back, if it is of one of them."""
    keys = [matter.key for matter in found]
    if typed and typed.matter.key in keys:
        number = str(keys.index(typed.matter.key) // A_PAGE + 1)
    return Paginator(found, A_PAGE).get_page(number)


def _names(round: Round) -> dict[int, str]:
    rows = round.entries.filter(taken_out=False).select_related("office", "nominee_office")
    return {entry.pk: entry_name(entry) for entry in rows.order_by("office__sort_key", "pk")}


@login_required
@require_POST
def attendance(request, pk: int) -> HttpResponse:
    """Correct when and where the committee meets, and who is present."""
    meeting = _meeting_or_404(request, pk)
    form = MeetingForm(request.POST, meeting=meeting)
    if _saved(request, meeting.round, form, meeting) is None:
        return _page(request, meeting, attendance=form, status=422)
    messages.success(request, _("Who is present is written down."))
    return redirect("meeting", pk)


@login_required
@require_POST
@dear("60/min")
def resolve(request, pk: int) -> HttpResponse:
    """Record what was resolved on one matter of the agenda, or on another that is named here."""
    meeting = _meeting_or_404(request, pk)
    form = _form(request, meeting)
    if form is None:
        messages.error(request, _("This matter does not stand so any more. Look at what is there now."))
        return _page(request, meeting, status=409)
    if form.is_valid() and _resolved(request, meeting, form):
        messages.success(request, _("The resolution is recorded."))
        return redirect("meeting", pk)
    return _page(request, meeting, typed=form, status=422)


def _form(request, meeting: Meeting) -> ResolutionForm | None:
    """What was typed on a matter, as long as that still stands so."""
    key = request.POST.get("key", "")
    if key == Resolution.Kind.OTHER:
        return OtherForm(meeting, _names(meeting.round), request.POST)
    with translation.override("th"):  # as the minutes say it
        found = [one for rows in agenda(meeting.round).values() for one in rows]
    matter = next((one for one in found if one.key == key), None)
    return ResolutionForm(meeting, matter, request.POST) if matter else None


def _resolved(request, meeting: Meeting, form: ResolutionForm) -> bool:
    """Whether it was recorded; if not, the form says why."""
    entries, title = form.ordered(), form.matter.title
    if isinstance(form, OtherForm):
        rows = meeting.round.entries.select_related("office", "nominee_office")
        entries, title = [rows.get(pk=form.cleaned_data["entry"])], form.cleaned_data["title"]
    with translation.override("th"):
        text = form.words()
    try:
        intake.resolve(
            meeting,
            by=request.user,
            kind=form.matter.kind,
            matter=title,
            entries=entries,
            text=text,
            reason=form.cleaned_data.get("reason", ""),
            present=form.people(),
        )
    except intake.Refused as refused:
        show_reasons(form, refused.reasons)
        return False
    return True


@login_required
@require_GET
@dear("30/min")
def minutes_pdf(request, pk: int) -> HttpResponse:
    """The minutes in Thai, whoever asks, with lines for signatures."""
    meeting = _meeting_or_404(request, pk)
    with translation.override("th"):
        name = f"{minutes.TITLE} {meeting.number} – {meeting.round.name_th}.pdf"
        record_file(request, Thing.LIST, "minutes", name)
        return kept_pdf(minutes.page(meeting), name)


urls = [
    path("rounds/<int:round_id>/meetings/", meetings, name="meetings"),
    path("meetings/<int:pk>/", meeting, name="meeting"),
    path("meetings/<int:pk>/attendance/", attendance, name="meeting-attendance"),
    path("meetings/<int:pk>/resolve/", resolve, name="meeting-resolve"),
    path("meetings/<int:pk>/minutes.pdf", minutes_pdf, name="meeting-minutes"),
]
