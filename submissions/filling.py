"""Pages on which an office fills in a form of the scheme: a draft that saves itself, and at last evidence."""

import secrets
from datetime import datetime
from functools import cached_property
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from scoring import engine

from . import access, answers, checks, intake, papers, thai
from .forms import whole
from .lines import Line, Said
from .models import Answers, Entry, Evidence
from .printable import printable
from .slots import EvidenceSlot, page_of, slots_of
from .thai import language


class Filling:
    """A form of an entry and a period, with what stands in it, for one reader."""

    def __init__(self, entry: Entry, form: engine.Form, slot: EvidenceSlot) -> None:
        self.entry, self.form, self.slot = entry, form, slot
        self.period = slot.period_code
        self.draft: Answers | None = (
            entry.answers.filter(form=form.code, period=self.period).select_related("saved_by").first()
        )
        kept: answers.Data = self.draft.data if self.draft else {}
        self.left_over = engine.left_over(form, kept)
        self.data = self._fitting(kept)
        self.revision = self.draft.revision if self.draft else 0
        self.page = secrets.token_hex(16)  # this one, as it is shown now
        self.faults: Said = {}
        self.other: Answers | None = None
        self.taken: set[str] = set()  # the answers that are the other's, because nobody wrote there here
        self.begun_from = ""
        self.came = ""  # the page and turn of the request whose answers stand here, refused
        self.is_unkept = False  # what stands in it is in no draft
        self.untouched: list[str] = []  # but for these, in which nobody wrote

    @property
    def has_draft(self) -> bool:
        return bool(self.draft and self.draft.data)

    def begin(self, earlier: str) -> None:
        """Without a draft: start from what was handed in before, another period's answers, or what is known."""
        if self.has_draft:
            return
        if self.last:
            self.data, self.begun_from = self._handed_in(self.last), "last"
        elif earlier and earlier == self.earlier_period:
            self.data, self.begun_from = self._of_period(earlier), "earlier"
        else:
            self.data = self._known

    @cached_property
    def _known(self) -> answers.Data:
        """What the portal can fill in by itself."""
        known = {"office": papers.name_of_office(self.entry.office)}
        return {field.code: known[field.begins] for field in self.form.fields if field.begins}

    @property
    def is_blank(self) -> bool:
        """Nobody has typed anything yet."""
        return not self.has_draft and self.data == self._known

    @cached_property
    def last(self) -> Evidence | None:
        """What was handed in last of this form and period."""
        return self._filled.filter(period=self.period).first()

    @property
    def _filled(self):
        rows = self.entry.evidence.filter(requirement=self.form.requirement, filled_form__form=self.form.code)
        return rows.select_related("filled_form").order_by("-submitted_at", "-pk")

    @cached_property
    def earlier_period(self) -> str:
        """The latest period before this one that has answers; "" where there is none."""
        codes = [period.code for period in self.slot.requirement.periods]
        before = codes[: codes.index(self.period)] if self.period else []
        drafts = self.entry.answers.filter(form=self.form.code, period__in=before).exclude(data={})
        found = {*drafts.values_list("period", flat=True)}
        found |= {*self._filled.filter(period__in=before).values_list("period", flat=True)}
        return max(found, key=codes.index, default="")

    @property
    def earlier_title(self) -> str:
        titles = {period.code: period.title.to(language()) for period in self.slot.requirement.periods}
        return titles.get(self.earlier_period, "")

    def _of_period(self, period: str) -> answers.Data:
        draft = self.entry.answers.filter(form=self.form.code, period=period).exclude(data={}).first()
        if draft:
            return self._fitting(draft.data)
        return self._handed_in(self._filled.filter(period=period)[0])

    def _handed_in(self, evidence: Evidence) -> answers.Data:
        return answers.shown(self.form, self._fitting(evidence.filled_form.data))

    def _fitting(self, data: answers.Data) -> answers.Data:
        """What the form still has fields for."""
        left_over = engine.left_over(self.form, data)
        return {key: answer for key, answer in data.items() if key not in left_over}

    def meet(self, other: Answers | None, untouched: list[str]) -> None:
        """Somebody else's answers stand beside these: another draft, or what became evidence meanwhile.

        `untouched`: inputs in which nobody wrote here; there the other's answers hold.
        """
        self.other = other or Answers(data={})
        self.revision = self.other.revision
        if not self.other.data and self.last:
            self.other.data, self.other.saved_by = self._handed_in(self.last), self.last.submitted_by
            self.other.saved_at = self.last.submitted_at
        theirs = self.other.data
        differ = {key for key in {*self.data, *theirs} if self.data.get(key) != theirs.get(key)}
        self.taken = {key for key in differ if answers.name_of(key) in untouched}
        own = {key: answer for key, answer in self.data.items() if key not in self.taken}
        self.data = own | {key: answer for key, answer in theirs.items() if key in self.taken}

    @cached_property
    def sections(self) -> list[tuple[engine.Section, list[Line]]]:
        other = None if self.other is None else self.other.data
        return [
            (section, [Line(field, self.data, self.faults, other, self.taken) for field in section.fields])
            for section in self.form.sections
        ]

    @property
    def all_faults(self) -> list[tuple[str, str, list[str]]]:
        """(name of the input, title of the field, reasons), in the order of the page."""
        lines = [line for _section, lines in self.sections for line in lines]
        return [
            (one.name, line.field.title.to(language()), one.faults)
            for line in lines
            for one in line.inputs
            if one.faults
        ]

    @property
    def differing(self) -> list[str]:
        """The inputs in which somebody else wrote something else."""
        lines = [line for _section, lines in self.sections for line in lines]
        return [one.name for line in lines for one in line.inputs if one.other is not None]

    @property
    def general_faults(self) -> list[str]:
        return list(self.faults.get("", []))

    @property
    def progress(self) -> tuple[int, int]:
        return engine.progress(self.form, self.data)

    @property
    def said(self) -> str:
        if self.other is not None or self.is_unkept:
            return _("Not saved yet")
        return saved_at(self.draft.saved_at, self.slot.at) if self.has_draft else ""

    @property
    def address(self) -> str:
        return self._address("form")

    @property
    def draft_address(self) -> str:
        return self._address("form-draft")

    @property
    def hand_in_address(self) -> str:
        return self._address("form-hand-in")

    def _address(self, name: str) -> str:
        return address_of(self.entry.pk, self.form.code, self.period, name)

    @property
    def preview_address(self) -> str:
        return self._address("form-preview")

    @property
    def back(self) -> str:
        return page_of(self.entry, self.form.requirement, self.period)


def address_of(entry_id: int, form: str, period: str, name: str = "form") -> str:
    return reverse(name, args=[entry_id, form]) + (f"?{urlencode({'period': period})}" if period else "")


def saved_at(when: datetime, now: datetime) -> str:
    """Draft saved 10:32; with the day when it was another one."""
    local = timezone.localtime(when)
    if local.date() == timezone.localtime(now).date():
        return _("Draft saved %(time)s") % {"time": f"{local:%H:%M}"}
    return _("Draft saved %(time)s") % {"time": thai.format_time(when, language())}


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
        draft = intake.save_answers(filling.entry, form, filling.data, **_given(request, filling))
    except intake.Refused as refused:
        _leave_unkept(request, filling)
        return _refused(request, filling, refused)
    except intake.Conflict as conflict:
        return _conflict(request, filling, conflict)
    said = saved_at(draft.saved_at, filling.slot.at)
    if _by_script(request):
        return JsonResponse({"revision": draft.revision, "said": said, "progress": filling.progress})
    messages.success(request, said)
    return redirect(filling.address)


@login_required
@require_http_methods(["GET", "POST"])
def hand_in(request, pk: int, form: str) -> HttpResponse:
    if request.method == "GET":
        return _after_login(request, pk, form)
    filling = _filling_or_404(request, pk, form)
    filling.data = answers.typed(filling.form, request.POST)
    final, given = answers.tidy(filling.form, filling.data), _given(request, filling)
    try:
        evidence = intake.hand_in_answers(filling.entry, form, final, **given)
    except intake.Refused as refused:
        _keep_typed(request, filling)
        return _refused(request, filling, refused)
    except intake.Conflict as conflict:
        return _conflict(request, filling, conflict)
    if evidence.submitted_at != filling.slot.at:
        said = _("“%s” was handed in before; it is not kept twice.") % evidence.title
    else:
        said = _("“%s” is handed in and waits for review.") % evidence.title
    messages.success(request, said, extra_tags=f"{given['page']}:{given['turn']}")
    return redirect(filling.back)


@login_required
@require_http_methods(["GET", "POST"])
def preview(request, pk: int, form: str) -> HttpResponse:
    """What was typed so far as the PDF that it would become, but for what is refused. Nothing is kept."""
    if request.method == "GET":
        return _after_login(request, pk, form)
    filling = _filling_or_404(request, pk, form)
    final = answers.tidy(filling.form, answers.typed(filling.form, request.POST))
    refused = {fault.field for fault in engine.check_answers(filling.form, final)}
    sound = {key: answer for key, answer in final.items() if key not in refused}
    when = {"by": request.user, "at": filling.slot.at}
    paper = papers.printed(filling.entry, filling.form, filling.period, sound, **when, is_draft=True)
    return _document(papers.pdf(paper), checks.PDF, papers.name_of(paper), as_attachment=False)


def _after_login(request, pk: int, form: str) -> HttpResponse:
    """Whoever sent the form when the session had ended is led here once more, without what was sent."""
    said = _(
        "Nothing was handed in or saved, because your login had ended. Look at the form, then press the button again."
    )
    messages.warning(request, said)
    return redirect(address_of(pk, form, request.GET.get("period", "")))


def _keep_typed(request, filling: Filling) -> None:
    """What can't be handed in yet is kept as a draft; what somebody else wrote meanwhile stands beside it."""
    try:
        given = _given(request, filling)
        filling.draft = intake.save_answers(filling.entry, filling.form.code, filling.data, **given)
        filling.revision = filling.draft.revision
    except intake.Conflict as conflict:
        filling.meet(conflict.current, _untouched(request))
    except intake.Refused:
        _leave_unkept(request, filling)


def _leave_unkept(request, filling: Filling) -> None:
    filling.revision = _revision(request)
    filling.is_unkept = True
    filling.untouched = _untouched(request)


def _untouched(request) -> list[str]:
    return request.POST.get("untouched", "").split()


def _revision(request) -> int:
    """What the draft was when the page showed it; one that can't be read is that of no draft."""
    return whole(request.POST.get("revision", "")) or 0


def _given(request, filling: Filling) -> dict:
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
    filling.faults = {key: said for key, said in refused.reasons.items() if key not in filling.taken}
    return _show_again(request, filling, status=422)


def _conflict(request, filling: Filling, conflict: intake.Conflict) -> HttpResponse:
    """Both: what is there now, beside what was typed; sending it again is a decision, made knowingly."""
    if _by_script(request):
        return JsonResponse({"detail": str(conflict)}, status=409)
    filling.meet(conflict.current, _untouched(request))
    return _show_again(request, filling, status=409)


def _show_again(request, filling: Filling, *, status: int) -> HttpResponse:
    given = _given(request, filling)
    filling.came = f"{given['page']}:{given['turn']}"
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
    slot = next((one for one in slots if one.period_code == request.GET.get("period", "")), None)
    if slot is None:
        raise Http404
    if slot.why_closed:
        raise PermissionDenied(slot.why_closed)
    return Filling(entry, form, slot)


@login_required
@require_GET
def word(request, pk: int) -> HttpResponse:
    """The form behind a piece of evidence as a Word file, for whoever may see the evidence."""
    rows = Evidence.objects.visible_to(request.user).filter(filled_form__isnull=False)
    evidence = get_object_or_404(rows.select_related("filled_form"), pk=pk)
    name = evidence.original_name.removesuffix(checks.PDF.suffix) + checks.WORD.suffix
    return _document(papers.word(evidence.filled_form.paper), checks.WORD, name, as_attachment=True)


def _document(content: bytes, kind: checks.Kind, name: str, *, as_attachment: bool) -> HttpResponse:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    headers["Content-Disposition"] = content_disposition_header(as_attachment, name)
    return HttpResponse(content, content_type=kind.content_type, headers=headers)


urls = [
    path("entries/<int:pk>/forms/<str:form>/", fill, name="form"),
    path("entries/<int:pk>/forms/<str:form>/draft/", save_draft, name="form-draft"),
    path("entries/<int:pk>/forms/<str:form>/hand-in/", hand_in, name="form-hand-in"),
    path("entries/<int:pk>/forms/<str:form>/preview/", preview, name="form-preview"),
    path("evidence/<int:pk>/word/", word, name="evidence-word"),
]
