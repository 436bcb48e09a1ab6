"""The files of figures that were taken in, and the undoing of a whole one, looked at before."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from submissions import intake
from submissions.fields import posted, show_reasons
from submissions.models import Import, Proposal
from submissions.questions.proposals import why_not_alone
from submissions.questions.undoing import Amount, Plan, plan, what_was_done, why_not_undo
from submissions.spreadsheets import tables
from submissions.templatetags.wording import amount_shown

from .exporting import ExportedList
from .filters import RoundFilter, period_title
from .roles import RUNNERS, RoleAdmin, in_words, page_context, short_time

MOST_SHOWN = 100  # amounts of each kind; the rest are counted


class RoundOfImportFilter(RoundFilter):
    path = "round"


@admin.register(Import)
class ImportAdmin(ExportedList, RoleAdmin):
    viewers = RUNNERS
    to_round = "round"
    change_list_template = "submissions/admin/imports.html"
    columns = staticmethod(tables.imports)
    list_display = ["file", "round", "imported_by", "imported", "offices", "amounts", "state"]
    list_display_links = ["file"]
    list_filter = [RoundOfImportFilter]
    list_select_related = ["round", "imported_by", "undone_by"]
    search_fields = ["file_name", "sha256"]
    search_help_text = _("File name or SHA-256")

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        """What it brought and what undoing would do; by POST it is undone, if that is still so."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        done = self._object_or_404(request, object_id)
        form = forms.Form(posted(request))
        if not form.is_bound or not form.is_valid():
            return self._page(request, done, (what_was_done if done.undone_at else plan)(done), form)
        seen = request.POST.get("seen", "")
        try:
            if why_not_alone(done.round, None):
                arguments = {"import": done.pk, "seen": seen}
                reason = request.POST.get("reason", "")
                made = intake.propose(done.round, Proposal.Kind.UNDO, arguments, by=request.user, reason=reason)
                messages.success(request, _("It is proposed. A second person confirms it."))
                return redirect("proposal", made.pk)
            undone = intake.undo_import(done, by=request.user, seen=seen)
        except intake.Refused as refused:
            show_reasons(form, refused.reasons)
            done.refresh_from_db()
            return self._page(request, done, plan(done), form, status=422)
        except intake.Conflict as conflict:
            return self._page(request, done, conflict.current, form, status=409, changed=True)
        sentence = ngettext("%(count)s amount was put back.", "%(count)s amounts were put back.", undone.put_back)
        told = [sentence % {"count": f"{undone.put_back:,}"}]
        if undone.left:
            sentence = ngettext("%(count)s was left as it is.", "%(count)s were left as they are.", undone.left)
            told.append(sentence % {"count": f"{undone.left:,}"})
        messages.success(request, " ".join(told))
        return redirect("admin:submissions_import_change", undone.pk)

    def _page(self, request, done: Import, planned: Plan, form, *, status: int = 200, **more) -> HttpResponse:
        context = page_context(
            self,
            request,
            title=str(done),
            done=done,
            seen=planned.digest,
            form=form,
            why_not=why_not_undo(request.user, done),
            proposes=bool(why_not_alone(done.round, None)),
            reason=request.POST.get("reason", ""),
            parts=[
                {
                    "is_back": part is planned.back,
                    "count": len(part),
                    "amounts": [_shown(done, one) for one in part[:MOST_SHOWN]],
                }
                for part in (planned.back, planned.left)
            ],
            most=MOST_SHOWN,
            **more,
        )
        return render(request, "submissions/admin/import.html", context, status=status)

    @display(description=_("file"), ordering="pk")
    def file(self, done: Import) -> str:
        return str(done)

    @display(description=_("imported at"), ordering="imported_at")
    def imported(self, done: Import) -> str:
        return short_time(done.imported_at)

    @display(description=_("state"), label={"stands": "success", "undone": "warning"})
    def state(self, done: Import):
        if not done.undone_at:
            return "stands", _("stands")
        return "undone", _("undone at %(time)s") % {"time": short_time(done.undone_at)}


def _shown(done: Import, amount: Amount) -> dict:
    """One amount as its line says it."""
    code, period = amount.slot
    known = done.round.scheme.values.get(code)
    kind = known.kind if known else "number"
    title = " · ".join(filter(None, [in_words(known and known.title) or code, _period(known, period)]))
    texts = {name: amount_shown(text, kind) for name, text in
             (("before", amount.before), ("after", amount.after), ("now", amount.now))}  # fmt: skip
    return texts | {"entry": amount.entry, "title": title, "code": code, "value": amount.value}


def _period(known, period: str) -> str:
    return period_title(known.periods if known else (), period)
