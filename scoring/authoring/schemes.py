"""Drafts of schemes in the admin: begun, their days moved, their text written, made an edition, deleted."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from scoring import engine, shipped
from submissions import intake
from submissions.admin.exporting import ExportedList
from submissions.admin.roles import RUNNERS, STAFF, HistoryAdmin, page_context, short_time
from submissions.fields import show_reasons, whole
from submissions.models import Edition, SchemeDraft
from submissions.models.schemes import MOST_SCHEME_CODE
from submissions.questions.editions import round_like
from submissions.questions.schemes import why_not_delete
from submissions.spreadsheets import tables

from .beginning import MOST_YEARS, CopyForm, FileForm, TemplateForm
from .changed import both_texts, changed_texts
from .criteria import CriteriaPages, all_faults, home_of
from .deciding import Decisions, sent_by
from .formed import FormsPages
from .resting import resting
from .scalars import code_of
from .spots import WHOLE
from .texts import TextForm, doubts_of, faults_of, shown_faults

ADDRESS = "admin:submissions_schemedraft_"


@admin.register(SchemeDraft)
class SchemeDraftAdmin(CriteriaPages, FormsPages, ExportedList, HistoryAdmin):
    """New schemes are central staff's alone; a round's criteria are written by those who run it.

    What is written here is kept by `intake`; its former versions say who did what.
    """

    adders = (STAFF,)
    changers = deleters = RUNNERS
    to_round = "round"
    columns = staticmethod(tables.scheme_drafts)
    actions = None
    list_display = ["code_shown", "state_shown", "made_from", "edited_by", "edited"]
    list_display_links = ["code_shown"]
    list_select_related = ["source", "edited_by"]
    search_fields = ["code"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        is_list = request.resolver_match and request.resolver_match.url_name.endswith("list")
        if not is_list:
            return rows.select_related("round__edition").defer("round__edition__text")
        return rows.of_schemes().defer("text", "source__text").order_by("deleted_at", "-edited_at")

    def has_view_permission(self, request, obj=None) -> bool:
        """The list is of new schemes; who runs a round sees the draft of its criteria alone."""
        return super().has_view_permission(request, obj) or bool(obj and self.has_change_permission(request, obj))

    def changelist_view(self, request, extra_context=None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().changelist_view(request, extra_context)

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:object_id>/days/", view(self.days_view), name="submissions_schemedraft_days"),
            path("<int:object_id>/forms/", view(self.forms_view), name="submissions_schemedraft_forms"),
            path("<int:object_id>/forms/<path:place>/", view(self.part_view), name="submissions_schemedraft_part"),
            path("<int:object_id>/look/", view(self.look_view), name="submissions_schemedraft_look"),
            *super().get_urls(),
        ]

    @display(description=_("scheme"), ordering="code")
    def code_shown(self, draft: SchemeDraft) -> str:
        return str(draft)

    @display(description=_("state"), label={"made": "success", "draft": "warning", "deleted": "danger"})
    def state_shown(self, draft: SchemeDraft):
        return draft.state, SchemeDraft.State(draft.state).label

    @display(description=_("made from"))
    def made_from(self, draft: SchemeDraft) -> str:
        return draft.source.scheme_code if draft.source else draft.get_origin_display()

    @display(description=_("last changed"), ordering="edited_at")
    def edited(self, draft: SchemeDraft) -> str:
        return short_time(draft.edited_at)

    # How it begins

    def add_view(self, request, form_url="", extra_context=None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        way = request.POST.get("way", "")
        forms: dict[str, Any] = {"copy": partial(CopyForm, request.user), "file": FileForm, "template": TemplateForm}
        if way in forms:
            form = forms[way](request.POST, request.FILES) if way == "file" else forms[way](request.POST)
            if form.is_valid() and (draft := self._begin(request, form)):
                return redirect(ADDRESS + ("days" if draft.years else "change" if way == "file" else "forms"), draft.pk)
            begun = {way: form}
        else:
            begun = {"copy": CopyForm(request.user, source=self._source(request))}
        shown = {name: begun.get(name) or kind() for name, kind in forms.items()}
        status = 422 if way in forms else 200
        return self._page(request, "begin.html", title=_("A new scheme"), forms=shown, way=way or "copy", status=status)

    @staticmethod
    def _source(request) -> Edition | None:
        """The edition from whose page somebody came, or else the newest."""
        offered = Edition.objects.in_order_for(request.user)
        pk = whole(request.GET.get("source", ""))
        return (offered.filter(pk=pk).first() if pk else None) or offered.first()

    @staticmethod
    def _begin(request, form) -> SchemeDraft | None:
        try:
            return form.begin(request.user)
        except intake.Refused as refused:
            show_reasons(form, refused.reasons)
            return None

    # Its days

    def days_view(self, request, object_id: int) -> HttpResponse:
        draft = self._own(request, object_id)
        if draft.round_id or draft.state != SchemeDraft.State.DRAFT:
            return redirect(ADDRESS + "change", draft.pk)
        if request.method != "POST":
            years = _years(request.GET.get("years"), draft.years)
            sent = draft.decisions if draft.decisions and years == draft.years else None
            return self._days_page(request, draft, years, sent)
        years = _years(request.POST.get("years"), 0)
        revision = whole(request.POST.get("revision", "")) or 0
        sent = sent_by(request.POST)
        try:
            if "aside" in request.POST:
                intake.put_decisions_aside(draft, sent, years, by=request.user, revision=revision)
                messages.success(request, _("Put aside. Everything that you ticked and typed is kept."))
                return redirect(ADDRESS + "changelist")
            return self._move(request, draft, years, sent, revision)
        except intake.Conflict as conflict:
            return self._days_page(request, conflict.current, years, sent, conflict=True, status=409)
        except intake.Refused as refused:
            raise PermissionDenied(str(refused)) from None

    def _move(self, request, draft: SchemeDraft, years: int, sent: dict, revision: int) -> HttpResponse:
        decisions = _decisions(draft.text, years, sent)
        if decisions is None or decisions.has_faults:
            return self._days_page(request, draft, years, sent, status=422)
        faults = faults_of(text := decisions.result())
        if faults and "anyway" not in request.POST:
            return self._days_page(request, draft, years, sent, faults=faults, status=422)
        intake.move_days(draft, text, by=request.user, revision=revision)
        return redirect(ADDRESS + ("change" if faults else "look"), draft.pk)

    def _days_page(
        self, request, draft: SchemeDraft, years: int, sent=None, *, faults=(), conflict=False, status=200
    ) -> HttpResponse:
        is_sound = not (conflict or faults_of(draft.text))
        decisions = _decisions(draft.text, years, sent) if is_sound and years else None
        context = {
            "title": _("Days of the new scheme"),
            "draft": draft,
            "years": years,
            "most_years": MOST_YEARS,
            "decisions": decisions,
            "is_sound": is_sound,
            "is_beyond": is_sound and years and decisions is None,
            "conflict": conflict,
            "at_rows": [(fault, decisions.rows_on(fault.line)) for fault in faults] if decisions else [],
        }
        return self._page(request, "days.html", status=status, **context)

    # Its text

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        draft = self._own(request, object_id)
        if draft.state != SchemeDraft.State.DRAFT:
            return self._made_page(request, draft)
        if request.method != "POST":
            return self._text_page(request, draft, TextForm(initial={"text": draft.text}))
        form = TextForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._text_page(request, draft, form, status=422)
        text, revision = form.cleaned_data["text"], whole(request.POST.get("revision", "")) or 0
        try:
            saved = intake.save_scheme(
                draft, text, code_of(text)[:MOST_SCHEME_CODE], by=request.user, revision=revision
            )
        except intake.Conflict as conflict:
            both = both_texts(conflict.current.text, text)
            return self._text_page(request, conflict.current, form, both=both, status=409)
        except intake.Refused as refused:
            show_reasons(form, refused.reasons)
            return self._text_page(request, draft, form, status=422)
        return self._saved(request, saved, form)

    def _saved(self, request, draft: SchemeDraft, form: TextForm) -> HttpResponse:
        """What was asked for beside keeping the text."""
        if "aside" in request.POST:
            messages.success(request, _("Put aside. Go on with it whenever you like."))
            return redirect(home_of(draft))
        if faults := all_faults(draft):
            return self._text_page(request, draft, form, faults=faults, status=422)
        if "look" in request.POST:
            return redirect(ADDRESS + "look", draft.pk)
        return self._text_page(request, draft, form, is_sound=True)

    def _text_page(self, request, draft, form, *, faults=(), is_sound=False, both=None, status=200) -> HttpResponse:
        alike = SchemeDraft.objects.of_schemes().open().filter(code=draft.code).exclude(pk=draft.pk).exclude(code="")
        twins = alike if draft.round_id is None else alike.none()
        context = {
            "title": _("Text of the criteria") if draft.round_id else _("Text of the new scheme"),
            "draft": draft,
            "form": form,
            "is_sound": is_sound,
            "doubts": doubts_of(form["text"].value() or "") if not faults else (),
            "twins": twins.select_related("edited_by").defer("text")[:3],
            **(both or {}),
            **shown_faults(faults),
        }
        return self._page(request, "text_of_scheme.html", status=status, **context)

    # What was changed, and the edition

    def look_view(self, request, object_id: int) -> HttpResponse:
        draft = self._own(request, object_id)
        if draft.state != SchemeDraft.State.DRAFT:
            return redirect(ADDRESS + "change", draft.pk)
        if faults_of(draft.text):
            messages.warning(request, _("The text has faults. They are counted here, and stand at their fields."))
            return redirect(ADDRESS + "forms", draft.pk)
        if faults := all_faults(draft):
            messages.warning(request, faults[0].words)
            return redirect(ADDRESS + "part", draft.pk, WHOLE)
        if draft.round_id:
            return self._look_at_criteria(request, draft)
        reason = request.POST.get("reason", str(_origin(draft)))
        if request.method != "POST":
            return self._look_page(request, draft, reason)
        try:
            revision = whole(request.POST.get("revision", "")) or 0
            codes = shipped.schemes().keys()
            made = intake.make_scheme(draft, by=request.user, revision=revision, reason=reason, came_with=codes)
        except intake.Conflict as conflict:
            changed = _("Somebody changed this draft since you looked at it. Look at it again.")
            return self._look_page(request, conflict.current, reason, [changed], status=409)
        except intake.Refused as refused:
            words = [word for reasons in refused.reasons.values() for word in reasons]
            return self._look_page(request, draft, reason, words, status=422)
        messages.success(request, _("The scheme %(code)s is made. Rounds can be made of it.") % {"code": made.code})
        return redirect(ADDRESS + "change", made.pk)

    def _look_page(self, request, draft: SchemeDraft, reason: str, faults=(), *, status=200) -> HttpResponse:
        scheme = engine.load(draft.text)
        context = {
            "title": _("Look, then make the scheme"),
            "draft": draft,
            "scheme": scheme,
            "resting": resting(scheme),
            **(changed_texts(draft.source, draft.text, draft) if draft.source else {}),
            "reason": reason,
            "faults": faults,
        }
        return self._page(request, "look.html", status=status, **context)

    def _made_page(self, request, draft: SchemeDraft) -> HttpResponse:
        if draft.round_id and draft.edition_id:
            return redirect("admin:submissions_edition_change", draft.edition_id)
        scheme = draft.edition.scheme if draft.edition else None
        why_not = why_not_delete(request.user, draft)
        context = {"title": draft.code, "draft": draft, "scheme": scheme, "why_not": why_not}
        if draft.edition:
            like = round_like(request.user, draft.edition)
            way = "admin:submissions_round_" + ("copying" if like else "add")
            context["to_round"] = f"{reverse(way)}?edition={draft.edition_id}"
        return self._page(request, "made.html", **context)

    # The end of it

    def delete_view(self, request, object_id, extra_context=None) -> HttpResponse:
        draft = self._own(request, object_id)
        why_not = why_not_delete(request.user, draft)
        if request.method == "POST":
            try:
                intake.delete_scheme(draft, by=request.user)
            except intake.Refused as refused:
                why_not = str(refused)
            else:
                messages.success(request, _("%(code)s was deleted.") % {"code": draft})
                return redirect(home_of(draft))
        status = 409 if request.method == "POST" else 200
        return self._page(request, "delete.html", title=_("Delete"), draft=draft, why_not=why_not, status=status)

    def _own(self, request, object_id) -> SchemeDraft:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return self._object_or_404(request, str(object_id))

    def _page(self, request, template: str, *, title, status=200, **context) -> HttpResponse:
        if draft := context.get("draft"):
            context |= {"subtitle": draft.round.name if draft.round else str(draft), "links": _links(draft)}
            context |= {"opts": draft.round._meta} if draft.round else {}
        context["today"] = timezone.localdate()
        whole_context = page_context(self, request, title=title, **context)
        return render(request, f"scoring/authoring/{template}", whole_context, status=status)


def _decisions(text: str, years: int, sent) -> Decisions | None:
    """None where days would leave the years that the language knows."""
    try:
        return Decisions(text, years, sent)
    except ValueError:
        return None


def _years(text: str | None, default: int) -> int:
    try:
        years = int(text or default)
    except ValueError:
        return default
    return max(-MOST_YEARS, min(MOST_YEARS, years))


def _origin(draft: SchemeDraft) -> Any:
    """The reason that is proposed: where the text comes from."""
    if draft.source:
        return _("A copy of %(edition)s.") % {"edition": draft.source}
    return _("Written from a file.") if draft.origin == "file" else _("Written in the portal.")


def _links(draft: SchemeDraft) -> list[tuple[str, Any]]:
    """To the pages of one draft, in the order of the work."""
    if draft.state != SchemeDraft.State.DRAFT:
        return []
    names = [("forms", _("Part by part")), ("change", _("Text"))]
    if draft.round_id:
        names += [("look", _("Changes and trial"))]
    else:
        names = [("days", _("Days")), *names, ("look", _("Changes and edition"))]
    return [(reverse(ADDRESS + name, args=[draft.pk]), title) for name, title in names]
