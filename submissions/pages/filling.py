"""Pages on which an office fills in a form of the scheme: a draft that saves itself, and at last evidence."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from scoring import engine
from submissions import intake
from submissions.accounts.events import Thing, record_file
from submissions.documents import filled_forms
from submissions.documents.printable import printable
from submissions.fields import number_in, whole
from submissions.files import recognise
from submissions.models import Entry, Evidence
from submissions.questions import access, answers
from submissions.questions.forbidden import forbid
from submissions.questions.slots import slots_of

from .dear import dear
from .form_page import Filling, address_of, saved_at


@login_required
@require_GET
@never_cache
def fill(request, pk: int, form: str) -> HttpResponse:
    filling = _filling_or_404(request, pk, form)
    filling.begin(request.GET.get("from", ""))
    return _show(request, filling)


@login_required
@require_http_methods(["GET", "POST"])
def save_draft(request, pk: int, form: str) -> HttpResponse:
    """Asked by the page's script every few seconds, and by the button of a page without one."""
    if request.method == "GET":
        return _after_login(request, pk, form)
    try:
        filling = _filling_or_404(request, pk, form)
    except PermissionDenied as closed:
        if not _by_script(request):
            raise
        return JsonResponse({"reasons": {"": [str(closed)]}}, status=403)
    filling.data = answers.typed(filling.form, request.POST)
    try:
        draft = intake.save_answers(filling.entry, form, filling.data, **_circumstances(request, filling))
    except intake.Refused as refused:
        _leave_unkept(request, filling)
        return _refused(request, filling, refused)
    except intake.Conflict as conflict:
        return _conflict(request, filling, conflict)
    has_become = bool(filling.data and not draft.data)  # evidence, and its page never heard of it
    sentence = _("This form is handed in.") if has_become else saved_at(draft.saved_at, filling.slot.at)
    if _by_script(request):
        return JsonResponse(
            {
                "revision": draft.revision,
                "said": sentence,
                "has_become": has_become,
                "progress": filling.progress,
            }
        )
    messages.success(request, sentence)
    return redirect(filling.address)


@login_required
@require_http_methods(["GET", "POST"])
@dear("30/min", patience=10)
def hand_in(request, pk: int, form: str) -> HttpResponse:
    if request.method == "GET":
        return _after_login(request, pk, form)
    filling = _filling_or_404(request, pk, form)
    filling.data = answers.typed(filling.form, request.POST)
    filling.answering = _answering(request)
    final, circumstances = answers.tidy(filling.form, filling.data), _circumstances(request, filling)
    try:
        evidence = intake.hand_in_answers(filling.entry, form, final, answering=filling.answering, **circumstances)
    except intake.Refused as refused:
        _keep_typed(request, filling)
        return _refused(request, filling, refused)
    except intake.Conflict as conflict:
        return _conflict(request, filling, conflict)
    if evidence.submitted_at != filling.slot.at:
        text = _("“%s” was handed in before; it is not kept twice.") % evidence.title
    else:
        text = _("“%s” is handed in and waits for review.") % evidence.title
    messages.success(request, text, extra_tags=f"{circumstances['page']}:{circumstances['turn']}")
    return redirect(filling.back)


@login_required
@require_http_methods(["GET", "POST"])
@dear("30/min")
def preview(request, pk: int, form: str) -> HttpResponse:
    """What was typed so far as the PDF that it would become, but for what is refused. Nothing is kept."""
    if request.method == "GET":
        return _after_login(request, pk, form)
    filling = _filling_or_404(request, pk, form)
    final = answers.tidy(filling.form, answers.typed(filling.form, request.POST))
    refused = {fault.field for fault in engine.check_answers(filling.form, final)}
    sound = {key: answer for key, answer in final.items() if key not in refused}
    when = {"by": request.user, "at": filling.slot.at}
    paper = filled_forms.printed(filling.entry, filling.form, filling.period, sound, **when, is_draft=True)
    return _document(filled_forms.pdf(paper), recognise.PDF, filled_forms.name_of(paper), as_attachment=False)


def _after_login(request, pk: int, form: str) -> HttpResponse:
    """Whoever sent the form when the session had ended is led here once more, without what was sent."""
    messages.warning(
        request,
        _(
            "Nothing was handed in or saved, because your login had ended. "
            "Look at the form, then press the button again."
        ),
    )
    return redirect(address_of(pk, form, request.GET.get("period", "")))


def _keep_typed(request, filling: Filling) -> None:
    """What can't be handed in yet is kept as a draft; what somebody else wrote meanwhile stands beside it."""
    try:
        circumstances = _circumstances(request, filling)
        filling.draft = intake.save_answers(filling.entry, filling.form.code, filling.data, **circumstances)
        filling.revision = filling.draft.revision
    except intake.Conflict as conflict:
        filling.meet(conflict.current, _untouched(request), _before(request, filling))
    except intake.Refused:
        _leave_unkept(request, filling)


def _leave_unkept(request, filling: Filling) -> None:
    filling.revision = _revision(request)
    filling.is_unkept = True
    filling.untouched = _untouched(request)


def _untouched(request) -> list[str]:
    return request.POST.get("untouched", "").split()


def _before(request, filling: Filling) -> answers.Data | None:
    """What the page had heard of before somebody wrote into it; None where that is not known."""
    sent = request.POST.get("before", "")
    return answers.typed(filling.form, QueryDict(sent)) if sent else None


def _answering(request) -> set[int]:
    """The returned evidence in whose place the answers are handed in."""
    return {pk for text in request.POST.getlist("answering") if (pk := whole(text))}


def _revision(request) -> int:
    """What the draft was when the page showed it; one that can't be read is that of no draft."""
    return number_in(request.POST, "revision")


def _circumstances(request, filling: Filling) -> dict:
    """By whom, from which page and when the answers came."""
    return {
        "by": request.user,
        "period": filling.period,
        "revision": _revision(request),
        "page": printable(request.POST.get("page", ""))[:32],
        "turn": whole(request.POST.get("turn", "")[:9]) or 0,
        "at": filling.slot.at,
    }


def _by_script(request) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _refused(request, filling: Filling, refused: intake.Refused) -> HttpResponse:
    if _by_script(request):
        return JsonResponse({"reasons": refused.reasons}, status=422)
    filling.faults = {key: reasons for key, reasons in refused.reasons.items() if key not in filling.taken}
    return _show_again(request, filling, status=422)


def _conflict(request, filling: Filling, conflict: intake.Conflict) -> HttpResponse:
    """Both: what is there now, beside what was typed; sending it again is a decision, made knowingly."""
    if _by_script(request):
        return JsonResponse({"detail": str(conflict)}, status=409)
    filling.meet(conflict.current, _untouched(request), _before(request, filling))
    return _show_again(request, filling, status=409)


def _show_again(request, filling: Filling, *, status: int) -> HttpResponse:
    circumstances = _circumstances(request, filling)
    filling.came = f"{circumstances['page']}:{circumstances['turn']}"
    return _show(request, filling, status=status)


def _show(request, filling: Filling, status: int = 200) -> HttpResponse:
    context = {"entry": filling.entry, "round": filling.entry.round, "filling": filling, "form": filling.form}
    return render(request, "submissions/fill.html", context, status=status)


def _filling_or_404(request, pk: int, code: str) -> Filling:
    entry = get_object_or_404(Entry.objects.visible_to(request.user).with_round(), pk=pk)
    form = entry.round.scheme.forms.get(code)
    if form is None:
        raise Http404
    by = entry.round.scheme.requirements[form.requirement].by
    closed = dict.fromkeys(("office", "central"), access.why_not_hand_in(request.user, entry, central=by == "central"))
    slots = slots_of(entry, [form.requirement], at=entry.round.now(), why_closed=closed)
    slot = next((slot for slot in slots if slot.period_code == request.GET.get("period", "")), None)
    if slot is None:
        raise Http404
    forbid(slot.why_closed)
    return Filling(entry, form, slot)


@login_required
@require_GET
@dear("30/min")
def word(request, pk: int) -> HttpResponse:
    """The form behind a piece of evidence as a Word file, for whoever may see the evidence."""
    rows = Evidence.objects.visible_to(request.user).filter(filled_form__isnull=False)
    evidence = get_object_or_404(rows.select_related("filled_form"), pk=pk)
    name = evidence.original_name.removesuffix(recognise.PDF.suffix) + recognise.WORD.suffix
    response = _document(filled_forms.word(evidence.filled_form.paper), recognise.WORD, name, as_attachment=True)
    record_file(request, Thing.EVIDENCE, evidence.pk, name)
    return response


def _document(content: bytes, kind: recognise.Kind, name: str, *, as_attachment: bool) -> HttpResponse:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    headers["Content-Disposition"] = content_disposition_header(as_attachment, name) or "inline"
    return HttpResponse(content, content_type=kind.content_type, headers=headers)


urls = [
    path("entries/<int:pk>/forms/<str:form>/", fill, name="form"),
    path("entries/<int:pk>/forms/<str:form>/draft/", save_draft, name="form-draft"),
    path("entries/<int:pk>/forms/<str:form>/hand-in/", hand_in, name="form-hand-in"),
    path("entries/<int:pk>/forms/<str:form>/preview/", preview, name="form-preview"),
    path("evidence/<int:pk>/word/", word, name="evidence-word"),
]
