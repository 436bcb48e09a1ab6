"""Where numbers are reviewed: what waits, one number of all offices side by side, and one amount by itself."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from submissions import intake
from submissions.fields import number_in, whole
from submissions.models import Entry, Evidence, Round, Value
from submissions.pages.threads import Thread
from submissions.questions import access
from submissions.questions.reviewing import Column, Table, columns, following, is_number, waiting_in
from submissions.questions.value_slots import value_slot_of
from submissions.templatetags.wording import words

from .roles import COMMITTEE, Part, narrowed, page_context, role_of

SHOWN = 300  # amounts on a page; the rest are on further ones
ORDERS = ("office", "amount", "remarks")
PHRASES = (
    _("There is no proof of this number."),
    _("The proof shows another number."),
    _("It is not the number that is asked for."),
    _("It is for another period."),
)


def seen_values(user):
    return narrowed(Value.objects.visible_to(user), user, "entry__round")


class ReviewValues(Part):
    """Part of an admin of Value: pages of whoever reviews."""

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("review/", view(self.waiting_view), name="submissions_value_waiting"),
            path("review/rounds/<int:pk>/<str:value>/", view(self.column_view), name="submissions_value_column"),
            path("<int:pk>/decide/", view(self.decide_view), name="submissions_value_decide"),
            *super().get_urls(),
        ]

    def waiting_view(self, request) -> HttpResponse:
        """Each number that is reviewed, with how many amounts of it wait."""
        _let_in(request.user)
        rounds = Round.objects.at_desk_of(request.user).filter(is_closed=False).select_related("edition")
        seen = seen_values(request.user)
        asked = [round for round in rounds.defer("edition__text") if round.reviewed_values]
        of_rounds = [(round, sorted(columns(round, seen), key=lambda one: not one.waiting)) for round in asked]
        context = page_context(
            self,
            request,
            title=_("Numbers to review"),
            rounds=[
                {"round": round, "waiting": waiting_in(found), "columns": [(c, _address(round, c)) for c in found]}
                for round, found in of_rounds
            ],
        )
        return render(request, "submissions/admin/values_waiting.html", context)

    def column_view(self, request, pk: int, value: str) -> HttpResponse:
        """One number of all offices: accept it in one go, or go to a single amount to return it."""
        _let_in(request.user)
        round = _round_or_404(request.user, pk)
        if value not in round.reviewed_values:
            raise Http404
        seen = seen_values(request.user)
        found = columns(round, seen)
        own = [column for column in found if column.value.code == value]
        here = _chosen(own, request.GET.get("period"))
        if here is None:
            messages.info(request, _("Nothing of it was entered yet."))
            return redirect("admin:submissions_value_waiting")
        if request.method == "POST":
            return self._accept(request, round, here)
        papers = narrowed(Evidence.objects.visible_to(request.user), request.user, "entry__round")
        table = Table(round, *here.slot, seen, papers)
        order = request.GET.get("order") if request.GET.get("order") in ORDERS else ORDERS[0]
        rows = _in_order(table.rows, order)
        page = Paginator(rows, SHOWN).get_page(request.GET.get("page"))
        further = following(found, here.slot)
        context = page_context(
            self,
            request,
            title=words(here.value.title),
            subtitle=_("Numbers to review"),
            round=round,
            column=here,
            tabs=[(column, _address(round, column)) for column in own] if here.period else [],
            table=table,
            page=page,
            ticked=sum(row.is_plain for row in page),
            orders=[(name, label, _address(round, here, order=name)) for name, label in _orders()],
            order=order,
            address=_address(round, here, order=order),
            further=(further, _address(round, further)) if further else None,
            why_not=access.why_not_review_values(request.user, round),
        )
        return render(request, "submissions/admin/value_column.html", context)

    def _accept(self, request, round: Round, here: Column) -> HttpResponse:
        chosen = _ticked(request.POST)
        again = redirect(_address(round, here, order=request.GET.get("order", "")))
        if not chosen:
            messages.error(request, _("Tick what is to be accepted."))
            return again
        try:
            found = intake.review_values(round, chosen, by=request.user, accept=True)
        except intake.Refused as refused:
            messages.error(request, str(refused))
            return again
        tell_reviewed(request, found, accept=True)
        further = None if found.is_overtaken else self._next(request, round, here)
        return redirect(_address(round, further)) if further else again

    def _next(self, request, round: Round, here: Column) -> Column | None:
        """The column to go on with once nothing waits in this one."""
        left = columns(round, seen_values(request.user))
        stays = any(column.slot == here.slot and column.waiting for column in left)
        return None if stays else following(left, here.slot)

    def decide_view(self, request, pk: int) -> HttpResponse:
        """One amount with its history and its thread: accept it, or return it with the reason."""
        _let_in(request.user)
        value = self._value_or_404(request, pk)
        if request.method != "POST":
            return self._decide_page(request, value)
        accept, reason = request.POST.get("decision") == "accept", _reason(request.POST)
        if not accept and request.POST.get("decision") != "return":
            return self._decide_page(request, value, reason=reason, faults=[_("Accept it, or return it.")], status=422)
        seen = {value.pk: number_in(request.POST, "revision")}
        try:
            found = intake.review_values(value.entry.round, seen, by=request.user, accept=accept, reason=reason)
        except intake.Refused as refused:
            return self._decide_page(request, value, reason=reason, faults=refused.texts, status=422)
        if found.is_overtaken:
            fresh = self._value_or_404(request, pk)
            return self._decide_page(request, fresh, reason=reason, conflict=True, status=409)
        tell_reviewed(request, found, accept=accept)
        return redirect(_address_of(value))

    def _value_or_404(self, request, pk: int) -> Value:
        of_entry = ("entry__round__edition", "entry__office__parent", "entry__nominee_office")
        rows = (
            seen_values(request.user)
            .select_related(*of_entry, "entered_by", "reviewed_by")
            .defer("entry__round__edition__text")
        )
        value = rows.filter(pk=pk, entry__round__in=Round.objects.at_desk_of(request.user)).first()
        if value is None or value.code not in value.entry.round.reviewed_values:
            raise Http404
        return value

    def _decide_page(self, request, value: Value, *, reason="", faults=(), conflict=False, status=200) -> HttpResponse:
        entry, round = value.entry, value.entry.round
        papers = narrowed(Evidence.objects.visible_to(request.user), request.user, "entry__round")
        period = value.period if round.scheme.values[value.code].is_series else ""
        table = Table(round, value.code, period, seen_values(request.user), papers)
        slot = value_slot_of(entry, value.code, period)
        if slot is None:  # its month is no more of the scheme
            raise Http404
        context = page_context(
            self,
            request,
            title=words(table.value.title),
            subtitle=str(entry),
            value=value,
            entry=entry,
            row=next((row for row in table.rows if row.value.pk == value.pk), None),
            table=table,
            thread=Thread(entry, slot, request.user),
            slot=slot,
            back=request.path + "#talk",
            reason=reason or value.return_reason,
            phrases=PHRASES,
            faults=faults,
            conflict=conflict,
            column_address=_address_of(value),
            why_not=access.why_not_review_values(request.user, round) or _why_closed(value),
        )
        return render(request, "submissions/admin/value_decide.html", context, status=status)


def tell_reviewed(request, found: intake.Reviewed, *, accept: bool) -> None:
    """Say what became of amounts, and what did not and why."""
    done: Any = ngettext("%(count)s amount was accepted.", "%(count)s amounts were accepted.", len(found.done))
    if not accept:
        done = ngettext("%(count)s amount was returned.", "%(count)s amounts were returned.", len(found.done))
    if found.done:
        messages.success(request, done % {"count": len(found.done)})
    if found.same:
        same = ngettext(
            "%(count)s had been decided so by somebody else already.",
            "%(count)s had been decided so by somebody else already.",
            len(found.same),
        )
        messages.info(request, same % {"count": len(found.same)})
    if found.is_overtaken:
        names = ", ".join(str(row.entry.office) for row in found.moved[:10])
        moved = _("Changed or decided otherwise in the meantime, and left as they are: %(count)s. %(names)s")
        messages.warning(request, moved % {"count": len(found.moved) + found.gone, "names": names})


def _let_in(user) -> None:
    if role_of(user) not in COMMITTEE:
        raise PermissionDenied


def _round_or_404(user, pk: int) -> Round:
    rounds = Round.objects.at_desk_of(user).select_related("edition").defer("edition__text")
    if (round := rounds.filter(pk=pk).first()) is None:
        raise Http404
    return round


def _chosen(own: list[Column], period: str | None) -> Column | None:
    """The column of this period; without one the first in which something waits, or the first."""
    by_period = {column.slot[1]: column for column in own}
    waiting = next((column for column in own if column.waiting), None)
    return by_period.get(period or "") or waiting or (own[0] if own else None)


def _orders():
    return zip(ORDERS, (_("by office"), _("by amount"), _("remarks first")), strict=True)


def _in_order(rows, order: str):
    """The largest first, or what was remarked on; numbers before what is none."""
    if order == "amount":
        return sorted(rows, key=lambda row: Decimal(row.value.text) if is_number(row.value.text) else -1, reverse=True)
    return sorted(rows, key=lambda row: not row.remarks) if order == "remarks" else rows


def _address(round: Round, column: Column, *, order: str = "") -> str:
    query = {"period": column.slot[1], "order": order if order != ORDERS[0] else ""}
    asked = urlencode({name: text for name, text in query.items() if text})
    page = reverse("admin:submissions_value_column", args=[round.pk, column.value.code])
    return f"{page}?{asked}" if asked else page


def _address_of(value: Value) -> str:
    page = reverse("admin:submissions_value_column", args=[value.entry.round_id, value.code])
    is_series = value.entry.round.scheme.values[value.code].is_series
    return f"{page}?{urlencode({'period': value.period})}" if is_series else page


def _ticked(sent) -> dict[int, int]:
    """The amounts that were ticked, each with its revision on the page, from "id.revision"."""
    pairs = ([whole(part) for part in pair.partition(".")[::2]] for pair in sent.getlist("seen"))
    return {pk: revision for pk, revision in pairs if pk is not None and revision is not None}


def _reason(sent) -> str:
    """A reason that was chosen, and what was written."""
    return "\n".join(filter(None, (sent.get("phrase", "").strip(), sent.get("reason", "").strip())))


def _why_closed(value: Value):
    if value.source != Value.Source.OFFICE:
        return _("Central staff entered it; there is nothing to decide.")
    if value.entry.state != Entry.State.TAKING_PART:
        return _("This entry does not take part (any more).")
    return None
