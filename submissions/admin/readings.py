"""Second readings: what waits for this reader, a drawn piece that is read blind, and where two readings differ."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from scoring import engine
from submissions import intake
from submissions.fields import whole
from submissions.models import SecondReading
from submissions.models.readings import reader_is_able
from submissions.questions import access, second_reading
from submissions.questions.reasons import MISSING, filled_in, reasons_for

from .filters import ChoiceFilter, RoundFilter, slot_title
from .roles import COMMITTEE, RoleAdmin, page_context, short_time

DECISIONS = {True: gettext_lazy("Accept"), False: gettext_lazy("Return")}


class WaitingFilter(ChoiceFilter):
    """What waits for the reader, unless something else is asked for."""

    title, parameter_name = gettext_lazy("state"), "state"
    all_option = None

    def lookups(self, request, model_admin):
        mine = [("", gettext_lazy("Waiting for me")), ("done", gettext_lazy("Read"))]
        runners = [
            ("differing", gettext_lazy("Read differently, to be decided")),
            ("open", gettext_lazy("Waiting for anybody")),
        ]
        return [*mine, *(runners if request.user.runs_rounds else ()), ("all", gettext_lazy("All"))]

    def queryset(self, request, queryset):
        return super().queryset(request, queryset if self.value() else queryset.to_read_by(request.user))

    def narrow(self, request, queryset):
        if self.value() == "all":
            return queryset
        if self.value() == "differing":
            return queryset.differing()
        return queryset.open() if self.value() == "open" else queryset.filter(state=SecondReading.State.DONE)


@admin.register(SecondReading)
class SecondReadingAdmin(RoleAdmin):
    viewers = COMMITTEE
    to_round = "entry__round"
    list_display = ["office", "slot", "title", "asked", "reader_shown", "state_shown"]
    list_display_links = ["office", "title"]
    list_filter = [WaitingFilter, RoundFilter]
    list_select_related = ["entry__round__edition", "entry__office", "entry__nominee_office", "evidence", "reader"]
    ordering = ["asked_at", "pk"]
    when_empty = gettext_lazy("Nothing waits for a second reader.")
    actions = None

    def get_queryset(self, request):
        """With .is_able: whether the reader can read it, in one statement for all."""
        rows = super().get_queryset(request).defer("entry__round__edition__text")
        return rows.annotate(is_able=reader_is_able())

    def get_list_display(self, request):
        """Who else reads is for those who run the round."""
        hidden = set() if request.user.runs_rounds else {"reader_shown"}
        return [name for name in self.list_display if name not in hidden]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name="submissions_secondreading_changelist"),
            path("<path:object_id>/change/", view(self.change_view), name="submissions_secondreading_change"),
        ]

    @display(description=gettext_lazy("office"), ordering="entry__office__sort_key")
    def office(self, reading: SecondReading) -> str:
        return str(reading.entry)

    @display(description=gettext_lazy("requirement"), header=True)
    def slot(self, reading: SecondReading):
        return slot_title(reading.entry.round.scheme, reading.evidence.requirement, reading.evidence.period)

    @display(description=gettext_lazy("file or link"))
    def title(self, reading: SecondReading) -> str:
        return reading.evidence.title

    @display(description=gettext_lazy("passed on at"), ordering="asked_at")
    def asked(self, reading: SecondReading) -> str:
        return short_time(reading.asked_at)

    @display(description=gettext_lazy("second reader"))
    def reader_shown(self, reading: SecondReading) -> str:
        if reading.reader is None or reading.is_able or reading.state != SecondReading.State.OPEN:
            return str(reading.reader or "–")
        return _("%(reader)s – can't read it any more") % {"reader": reading.reader}

    @display(description=gettext_lazy("state"), label={"open": "warning", "done": "success", "lapsed": "info"})
    def state_shown(self, reading: SecondReading):
        return reading.state, reading.get_state_display()

    # One of them

    def change_view(self, request, object_id, form_url="", extra_context=None) -> HttpResponse:
        """A doubt is decided on the page of its evidence; what was drawn is read here, or settled."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        people = ("entry__office__parent", "evidence__examination", "first_by", "read_by", "settled_by")
        rows = self.get_queryset(request).select_related(*self.list_select_related, *people)
        if (reading := rows.filter(pk=whole(object_id)).first()) is None:
            raise Http404
        if reading.kind == SecondReading.Kind.DOUBT:
            return redirect("admin:submissions_evidence_change", reading.evidence_id)
        if request.method != "POST":
            return self._page(request, reading)
        return self._give(request, reading) if "to" in request.POST else self._take(request, reading)

    def _give(self, request, reading: SecondReading) -> HttpResponse:
        """To another, for somebody who can't read it any more."""
        to = next((one for one in second_reading.readers_left(reading) if str(one.pk) == request.POST["to"]), None)
        try:
            intake.give_reading(reading, to, by=request.user)
        except intake.Refused as refused:
            return self._page(request, reading, not_given=str(refused), status=422)
        messages.success(request, _("%(reader)s reads it now.") % {"reader": to})
        return redirect("admin:submissions_secondreading_changelist")

    def _take(self, request, reading: SecondReading) -> HttpResponse:
        is_accepted, reason = request.POST.get("decision") == "accept", request.POST.get("reason", "")
        is_settling = second_reading.why_not_settle(request.user, reading) is None
        try:
            if not is_accepted and request.POST.get("decision") != "return":
                raise intake.Refused({"": [_("Accept it, or return it.")]})
            deed = intake.settle_reading if is_settling else intake.read_again
            deed(reading, by=request.user, accept=is_accepted, reason=reason)
        except intake.Refused as refused:
            return self._page(request, reading, reason=reason, faults=refused.texts, status=422)
        messages.success(request, _("It is decided.") if is_settling else _("Your reading is kept."))
        following = self.get_queryset(request).exclude(pk=reading.pk)
        following = following.differing() if is_settling else following.to_read_by(request.user)
        if (pk := following.values_list("pk", flat=True).first()) is not None:
            return redirect("admin:submissions_secondreading_change", pk)
        return redirect("admin:submissions_secondreading_changelist")

    def _page(self, request, reading: SecondReading, *, reason="", faults=(), not_given="", status=200) -> HttpResponse:
        scheme, evidence = reading.entry.round.scheme, reading.evidence
        why_not_read = second_reading.why_not_read(request.user, reading)
        why_not_settle = second_reading.why_not_settle(request.user, reading)
        may_give = second_reading.why_not_give(request.user, reading) is None
        asked: engine.Requirement | None = scheme.requirements.get(evidence.requirement)
        # Both decisions are for who runs the round, once it was read.
        is_shown = reading.entry.round.is_run_by(request.user) and reading.state != SecondReading.State.OPEN
        context = page_context(
            self,
            request,
            title=evidence.title,
            subtitle=_("Second reading"),
            reading=reading,
            evidence=evidence,
            entry=reading.entry,
            requirement=asked,
            period=slot_title(scheme, evidence.requirement, evidence.period)[1],
            criteria=[scheme.criteria[code] for code in evidence.criteria],
            held=access.why_not_open(evidence) if evidence.file else None,
            why_not=why_not_read if why_not_settle else None,
            is_settling=why_not_settle is None,
            is_shown=is_shown,
            may_give=may_give,
            readers=second_reading.readers_left(reading) if may_give else [],
            not_given=not_given,
            own=reading if reading.read_by_id == request.user.pk else None,
            phrases=[filled_in(text, evidence, None).replace(MISSING, "…") for text in reasons_for(scheme.code)],
            reason=reason,
            faults=faults,
        )
        return render(request, "submissions/admin/reading.html", context, status=status)
