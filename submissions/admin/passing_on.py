"""On the page of a piece: passing it to a second reader, and what is known of the reading that it waits for."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from submissions import intake
from submissions.fields import whole
from submissions.models import Evidence, SecondReading, User
from submissions.questions import second_reading

from .roles import Part


def open_doubt(evidence: Evidence) -> SecondReading | None:
    waiting = evidence.readings.filter(state=SecondReading.State.OPEN, kind=SecondReading.Kind.DOUBT)
    return waiting.select_related("reader", "asked_by", "entry__round").first()


def why_not_decide(request, evidence: Evidence) -> str | None:
    """The reason that keeps this reader from deciding while it waits for a second one."""
    return second_reading.why_not_decide(request.user, open_doubt(evidence))


class PassOn(Part):
    """Part of an admin of Evidence."""

    def passing_on(self, request, evidence: Evidence) -> dict[str, Any]:
        """What the include of its page is handed."""
        doubt = open_doubt(evidence)
        may_pass = doubt is None and second_reading.why_not_pass_on(request.user, evidence) is None
        colleagues: list[User] = []
        if may_pass:
            colleagues = [one for one in second_reading.colleagues(evidence.entry) if one.pk != request.user.pk]
        may_take_back = doubt is not None and (
            doubt.asked_by_id == request.user.pk or evidence.entry.round.is_run_by(request.user)
        )
        return {"doubt": doubt, "may_pass": may_pass, "colleagues": colleagues, "may_take_back": may_take_back}

    def pass_on_view(self, request, pk: int) -> HttpResponse:
        """Pass it to a second reader, or take it back; then back to the piece."""
        evidence = self._evidence_or_404(request, str(pk))
        if request.method != "POST":
            return redirect("admin:submissions_evidence_change", pk)
        try:
            if "take_back" in request.POST:
                reading = open_doubt(evidence)
                if reading is None:
                    raise intake.Refused({"": [_("It was read already, or is not to be read any more.")]})
                intake.take_back(reading, by=request.user)
                messages.success(request, _("You took it back: it waits for review again."))
            else:
                self._pass_on(request, evidence)
                messages.success(request, _("“%(title)s” waits for a second reader.") % {"title": evidence.title})
                return redirect(f"{reverse('admin:submissions_evidence_next')}")
        except intake.Refused as refused:
            messages.error(request, str(refused))
        except intake.Conflict as conflict:
            messages.error(request, str(conflict))
        return redirect("admin:submissions_evidence_change", pk)

    def _pass_on(self, request, evidence: Evidence) -> None:
        if not self.has_change_permission(request):
            raise PermissionDenied
        chosen = request.POST.get("to", "")
        to = get_object_or_404(User, pk=whole(chosen) or 0) if chosen else None
        revision = whole(request.POST.get("revision", ""))
        intake.pass_on(evidence, by=request.user, doubt=request.POST.get("doubt", ""), to=to, revision=revision)
