"""Sheets on paper: printed to be filled in by hand, typed by one person, compared with the paper by a second."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from submissions import intake
from submissions.documents import blank_sheets
from submissions.fields import NumberField, posted, show_reasons, whole
from submissions.models import Entry, Round, Sheet, User
from submissions.pages.dear import dear
from submissions.pages.printed import taken_away
from submissions.questions.committee import seat_for
from submissions.questions.panel import Panel
from submissions.questions.veil import veil

from .roles import Part, in_words, page_context
from .sheet_table import table_of

AT_ONCE = 20  # entries typed on one page


class TypedForm(forms.Form):
    """One entry's line: points for every item, or for none."""

    fields: dict[str, Any]

    def __init__(self, entry: Entry, data=None) -> None:
        super().__init__(data, prefix=str(entry.pk))
        self.entry = entry
        for code, item in entry.round.scheme.items.items():
            self.fields[code] = NumberField(required=False, label=in_words(item.title))
        self.fields["remark"] = forms.CharField(required=False, label=_("Remark"))

    def points(self) -> dict[str, str]:
        return {code: self.cleaned_data.get(code, "") for code in self.entry.round.scheme.items}

    @property
    def cells(self) -> list:
        return [(item, self[code]) for code, item in self.entry.round.scheme.items.items()]

    @property
    def is_typed(self) -> bool:
        return any(self.points().values())


class PaperSheets(Part):
    """Part of an admin of Sheet."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("paper/<int:round_pk>/", view(self.paper_home_view), name="submissions_sheet_papers"),
            path("paper/<int:round_pk>/<int:judge_pk>/", view(self.type_view), name="submissions_sheet_type"),
            path("paper/<int:round_pk>/compare/", view(self.compare_view), name="submissions_sheet_compare"),
            path(
                "paper/<int:round_pk>/<int:judge_pk>/blank.pdf", view(self.blank_view), name="submissions_sheet_blank"
            ),
            *super().get_urls(),
        ]

    def paper_home_view(self, request, round_pk: int) -> HttpResponse:
        """Whose sheets may be printed and typed, and which wait to be compared."""
        panel = Panel(self._run_or_404(request, round_pk))
        rows = [(one, seat_for(request.user, one.judge)) for one in panel.progress()]
        waiting = self._typed(panel.round)
        return self._paper_page(request, panel.round, "papers", rows=rows, waiting=len(waiting))

    def type_view(self, request, round_pk: int, judge_pk: int) -> HttpResponse:
        """Type this judge's sheets, an entry in a line. What is right is kept, whatever is wrong elsewhere."""
        panel = Panel(self._run_or_404(request, round_pk))
        judge = _sitting(panel, judge_pk)
        lines = [TypedForm(entry, posted(request)) for entry in _left(panel, judge)]
        if request.method == "POST":
            self._type_all(request, lines, judge)
        has_faults = any(line.errors for line in lines)
        if request.method == "POST" and not has_faults:
            return redirect("admin:submissions_sheet_type", round_pk, judge_pk)
        if has_faults:
            lines = [line for line in lines if line.errors or not line.is_typed]
        items = list(panel.round.scheme.items.values())
        context = {"judge": seat_for(request.user, judge), "lines": lines, "items": items}
        return self._paper_page(request, panel.round, "type", faults=has_faults, **context)

    def _type_all(self, request, lines: list[TypedForm], judge: User) -> None:
        kept = sum(self._type(line, judge, request.user) for line in lines)
        if kept:
            text = ngettext("%(count)s sheet was typed.", "%(count)s sheets were typed.", kept)
            messages.success(request, text % {"count": kept})

    @staticmethod
    def _type(line: TypedForm, judge: User, by: User) -> bool:
        line.is_valid()
        if not line.is_typed:
            return False
        remark = line.cleaned_data.get("remark", "")
        try:
            intake.type_sheet(line.entry, judge, by=by, points=line.points(), remark=remark)
        except intake.Refused as refused:
            show_reasons(line, refused.reasons)
            return False
        return True

    def compare_view(self, request, round_pk: int) -> HttpResponse:
        """A second person compares what was typed with the paper."""
        round = self._run_or_404(request, round_pk)
        if request.method == "POST":
            self._decide(request, round)
            return redirect("admin:submissions_sheet_compare", round_pk)
        sheets = [(sheet, table_of(round.scheme, [sheet])) for sheet in self._typed(round)[:AT_ONCE]]
        return self._paper_page(request, round, "compare", sheets=sheets)

    def _decide(self, request, round: Round) -> None:
        key, revision = whole(request.POST.get("sheet", "")), whole(request.POST.get("revision", ""))
        sheet = get_object_or_404(Sheet.objects.filter(entry__round=round).select_related("entry__round"), pk=key)
        is_right = "right" in request.POST
        try:
            intake.confirm_typed(sheet, by=request.user, is_right=is_right, revision=revision or 0)
        except (intake.Refused, intake.Conflict) as why:
            messages.error(request, str(why))
        else:
            messages.success(request, _("The sheet is final.") if is_right else _("The sheet goes back as a draft."))

    @method_decorator(dear("10/min"))
    def blank_view(self, request, round_pk: int, judge_pk: int) -> HttpResponse:
        """A judge's sheets to be filled in by hand: of their own, or of anybody's for those who run the round."""
        rounds = Round.objects.at_desk_of(request.user).select_related("edition").defer("edition__text")
        panel = Panel(get_object_or_404(rounds, pk=round_pk))
        if not panel.round.is_run_by(request.user) and request.user.pk != judge_pk:
            raise Http404
        judge = _sitting(panel, judge_pk)
        mine = [entry for entry in panel.entries if judge in panel.judges(entry)]
        shown = [veil(entry, panel.sheets.get((entry.pk, judge.pk))) for entry in mine]
        if panel.round.is_blind:
            shown.sort(key=lambda entry: (bool(entry.veil), entry.veil))
        name = blank_sheets.name_of(panel.round, judge)
        return taken_away(blank_sheets.write(panel.round, judge, shown), name, "application/pdf")

    def _typed(self, round: Round) -> list[Sheet]:
        rows = Sheet.objects.filter(entry__round=round, status=Sheet.Status.TYPED)
        related = ("entry__office", "entry__nominee_office", "judge", "typed_by")
        return list(rows.select_related(*related).order_by("saved_at", "pk"))

    def _run_or_404(self, request, pk: int) -> Round:
        if not request.user.runs_rounds or not self.has_view_permission(request):
            raise PermissionDenied
        rounds = Round.objects.run_by(request.user).select_related("edition").defer("edition__text")
        round = get_object_or_404(rounds, pk=pk)
        if not round.is_judged:
            raise Http404
        return round

    def _paper_page(self, request, round: Round, page: str, *, faults: bool = False, **context) -> HttpResponse:
        context |= {"title": _("Sheets on paper"), "subtitle": str(round), "round": round, "page": page}
        context["home"] = reverse("admin:submissions_sheet_papers", args=[round.pk])
        shown = page_context(self, request, **context)
        return render(request, f"submissions/admin/paper/{page}.html", shown, status=422 if faults else 200)


def _left(panel: Panel, judge: User) -> list[Entry]:
    """The first of the judge's entries that wait for a sheet."""
    return [e for e in panel.entries if judge in panel.judges(e) and not panel.has_begun(e, judge)][:AT_ONCE]


def _sitting(panel: Panel, pk: int) -> User:
    if (judge := next((one for one in panel.committee if one.pk == pk), None)) is None:
        raise Http404
    return judge
