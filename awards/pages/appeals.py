"""Appeals as those deal with them who answer: all of a round, and one with what its answer may correct."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from awards.publishing.hearing import provisional_of
from submissions import intake, thai
from submissions.accounts.events import Thing
from submissions.fields import field_for, show_reasons, whole
from submissions.models import Appeal, Evidence, Proposal, Round, Sheet
from submissions.models.appeals import MOST_APPEAL
from submissions.pages.history import amount_title, deeds_of
from submissions.questions import access
from submissions.questions.appeals import (
    amounts_of,
    answerers,
    corrections_of,
    days_left,
    pieces_of,
    sheets_of,
    why_not_answer,
)
from submissions.questions.proofread import slot_field
from submissions.questions.proposals import why_not_alone
from submissions.spreadsheets import office_book
from submissions.spreadsheets.office_book import Column, Leaf
from submissions.templatetags.wording import amount_shown, entry_name

from .documents import hand_out


@login_required
@require_GET
def appeals(request, round_id: int) -> HttpResponse:
    """All of a round for those who run it; to a judge those that they may answer."""
    round = _round_or_404(request, round_id)
    rows = _rows(request, round)
    now = round.now()
    context = {
        "round": round,
        "rows": rows,
        "open": sum(row["appeal"].is_open for row in rows),
        "is_run": round.is_run_by(request.user),
        "is_heard": round.hears_appeals(now),
        "left": days_left(round, now) if round.hears_appeals(now) else 0,
        "until": round.appeals_until,
    }
    return render(request, "awards/appeals.html", context)


@login_required
@require_GET
def appeals_sheet(request, round_id: int) -> HttpResponse:
    round = _round_or_404(request, round_id)
    if reason := access.why_not_run(request.user, round):
        raise PermissionDenied(reason)
    columns = [
        Column(_("Office"), lambda row: entry_name(row["appeal"].entry), 30),
        Column(_("Criterion"), lambda row: row["appeal"].criterion, 10),
        Column(_("Title"), lambda row: row["title"], 40),
        Column(_("What is disputed"), lambda row: row["appeal"].text, 50),
        Column(_("State"), lambda row: row["state"], 16),
        Column(_("Reasons"), lambda row: row["appeal"].answer, 50),
        Column(_("Goes to"), lambda row: ", ".join(row["to"]), 30),
    ]
    name = _("Appeals")
    title = f"{name} – {round.name_th}"
    content = office_book.write(title, [Leaf(name, columns, _rows(request, round), columns_in_sight=1)])
    return hand_out(request, Thing.PUBLICATION, round.pk, content, f"{title}.xlsx")


def _round_or_404(request, round_id: int) -> Round:
    rounds = Round.objects.at_desk_of(request.user).select_related("edition").defer("edition__text")
    round = get_object_or_404(rounds, pk=round_id)
    if not (request.user.is_judge or round.is_run_by(request.user)):
        raise Http404
    return round


def _rows(request, round: Round) -> list[dict[str, Any]]:
    """Those that wait first. A few statements, however many."""
    seen = Appeal.objects.visible_to(request.user).of_round(round)
    related = ("entry__office__parent__parent__parent", "entry__nominee_office", "entry__round__edition")
    found = sorted(seen.select_related(*related), key=lambda one: (not one.is_open, one.pk))
    to = answerers(found)
    return [
        {
            "appeal": one,
            "title": _title(one),
            "state": one.get_verdict_display() if one.verdict else _("waits for an answer"),
            "to": [str(user) for user in to[one.pk]] if one.is_open else [],
            "is_mine": one.is_open and request.user in to[one.pk],
        }
        for one in found
    ]


def _title(appeal: Appeal) -> str:
    known = appeal.entry.round.scheme.criteria.get(appeal.criterion)
    return known.title.to(thai.language()) if known else appeal.criterion


class AnswerForm(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("The appeal is"),
        choices=Appeal.Verdict.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("Reasons"),
        required=False,
        help_text=gettext_lazy("The office reads them, signed by the committee."),
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": MOST_APPEAL}),
    )


@login_required
@require_http_methods(["GET", "POST"])
def appeal(request, pk: int) -> HttpResponse:
    """One appeal: to the office what it wrote and was answered; to whoever answers it what may be corrected, too."""
    seen = Appeal.objects.visible_to(request.user).select_related("entry__office__parent__parent__parent")
    shown = get_object_or_404(seen.select_related("entry__round__edition", "entry__nominee_office"), pk=pk)
    is_office = request.user.is_officer and not shown.entry.round.is_run_by(request.user)
    if reason := access.why_not_see_points(request.user, shown.entry):
        raise PermissionDenied(reason)
    why_not = why_not_answer(request.user, shown)
    if request.method != "POST":
        return _page(request, shown, is_office, why_not, AnswerForm())
    if why_not:
        raise PermissionDenied(why_not)
    form = AnswerForm(None if request.POST.get("deed") in CORRECTIONS else request.POST)
    try:
        said = _do(request, shown, form)
    except intake.Refused as refused:
        if form.is_bound:
            form.is_valid()
            show_reasons(form, refused.reasons)
            return _page(request, shown, is_office, why_not, form, status=422)
        return _page(request, shown, is_office, why_not, form, faults=_told(refused), status=422)
    except intake.Conflict as conflict:
        return _page(request, shown, is_office, why_not, form, faults=[str(conflict)], status=409)
    messages.success(request, said)
    return redirect("appeal", pk)


def _told(refused: intake.Refused) -> list[str]:
    return [reason for reasons in refused.reasons.values() for reason in reasons]


def _do(request, shown: Appeal, form: AnswerForm) -> str:
    """One deed of the page: a correction, or the answer. Says what was done."""
    correct = CORRECTIONS.get(request.POST.get("deed", ""))
    return correct(request, shown) if correct else _answer(request, shown, form)


def _review(request, shown: Appeal) -> str:
    piece = get_object_or_404(shown.entry.evidence, pk=_whole(request, "evidence"))
    is_accepted = request.POST["deed"] == "accept"
    intake.review_evidence(piece, by=request.user, accept=is_accepted, appeal=shown, **_about(request))
    return _("The decision was changed.")


def _correct_values(request, shown: Appeal) -> str:
    posted = request.POST
    slots = {(one.code, one.period): one for one in amounts_of(shown.entry, _criterion(shown))}
    texts = {slot: field for slot in slots if (field := _cleaned(shown, slot, posted)) is not None}
    texts = {slot: text for slot, text in texts.items() if text != slots[slot].text or _is_ticked(slot, posted)}
    seen = {slot: posted.get(f"seen-{slot_field(slot)}", "") for slot in texts}
    intake.correct_values(shown, texts, by=request.user, seen=seen)
    return _("The amounts were corrected.")


def _reopen(request, shown: Appeal) -> str:
    sheet = get_object_or_404(shown.entry.sheets, pk=_whole(request, "sheet"))
    about = _about(request)
    if why_not_alone(shown.entry.round, None):
        arguments = {"sheet": sheet.pk, "appeal": shown.pk, **about}
        parts = {"by": request.user, "reason": about["reason"], "entry": shown.entry}
        intake.propose(shown.entry.round, Proposal.Kind.REOPEN, arguments, **parts)
        return _("It is proposed. A second person confirms it.")
    intake.reopen_sheet(sheet, by=request.user, appeal=shown, **about)
    return _("The sheet is open again; its judge was told.")


# Deeds of its page besides the answer
CORRECTIONS = {"accept": _review, "return": _review, "values": _correct_values, "reopen": _reopen}


def _answer(request, shown: Appeal, form: AnswerForm) -> str:
    form.is_valid()
    said = form.cleaned_data
    intake.answer_appeal(shown, by=request.user, verdict=said.get("verdict", ""), answer=said.get("answer", ""))
    return _("The appeal is answered; the office was told.")


def _about(request) -> dict[str, Any]:
    """Why it is done, and the revision that was looked at."""
    return {"reason": request.POST.get("reason", ""), "revision": _whole(request, "revision")}


def _whole(request, name: str) -> int:
    return whole(request.POST.get(name, "")) or 0


def _cleaned(shown: Appeal, slot, posted) -> str | None:
    """What was typed for an amount; what its field does not understand is refused by `intake` as it stands."""
    name = f"value-{slot_field(slot)}"
    if name not in posted:
        return None
    field = field_for(shown.entry.round.scheme.values[slot[0]])
    try:
        return str(field.clean(posted[name]))
    except forms.ValidationError:
        return str(posted[name])


def _is_ticked(slot, posted) -> bool:
    """Whether an amount is to count though it is left as it stands."""
    return f"stands-{slot_field(slot)}" in posted


def _criterion(shown: Appeal):
    return shown.entry.round.scheme.criteria[shown.criterion]


def _page(request, shown: Appeal, is_office: bool, why_not, form, *, faults=(), status=200) -> HttpResponse:
    entry, criterion = shown.entry, shown.entry.round.scheme.criteria.get(shown.criterion)  # gone with another edition
    pieces, amounts = (pieces_of(entry, criterion), amounts_of(entry, criterion)) if criterion else ([], [])
    line = _line(shown)
    context = {
        "appeal": shown,
        "entry": entry,
        "round": entry.round,
        "is_office": is_office,
        "title": _title(shown),
        "points": line,
        "why": line.get(f"why_{thai.language()}", []) if line else [],
        "pointed": [piece for piece in pieces if piece.pk in shown.evidence],
        "pointed_values": [
            _amount(entry, one) for one in amounts if slot_field((one.code, one.period)) in shown.values
        ],
        "corrections": deeds_of(entry, corrections_of([shown])[shown.pk]),
        "why_not": why_not,
        "faults": faults,
        "form": form,
    }
    if not is_office:
        sheets = sheets_of(entry, criterion) if criterion else []
        context |= {
            "to": [str(user) for user in answerers([shown])[shown.pk]],
            "pieces": pieces,
            "amounts": [_amount(entry, one) for one in amounts],
            "sheets": [(sheet, sheet.status == Sheet.Status.FINAL) for sheet in sheets],
            "is_proposed": bool(why_not_alone(entry.round, None)),
            "ACCEPTED": Evidence.Status.ACCEPTED,
        }
    return render(request, "awards/appeal.html", context, status=status)


def _line(shown: Appeal) -> dict[str, Any] | None:
    """The criterion's points in the provisional result that is disputed; None once another one stands."""
    publication = provisional_of(shown.entry.round)
    if publication is None or publication.number != shown.publication:
        return None
    return publication.results.get(entry=shown.entry).criteria[shown.criterion]


def _amount(entry, one) -> dict[str, Any]:
    known = entry.round.scheme.values[one.code]
    field = field_for(known)
    return {
        "name": slot_field((one.code, one.period)),
        "title": amount_title(known, one.period, thai.language()),
        "shown": amount_shown(one.text, known.kind),
        "text": one.text,
        "typed": field.prepare_value(one.text),
        "is_yes_no": known.kind == "boolean",
        "standing": one.standing,
        "return_reason": one.return_reason,
    }


urls = [
    path("rounds/<int:round_id>/appeals/", appeals, name="appeals"),
    path("rounds/<int:round_id>/appeals.xlsx", appeals_sheet, name="appeals-sheet"),
    path("appeals/<int:pk>/", appeal, name="appeal"),
]
