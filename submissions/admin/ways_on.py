"""From a round to its pages elsewhere: criteria, who owes what, publishing, agreement, the committee's meetings."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from .roles import Part

AGREEMENT = ["calibration", "readings", "meetings"]


class WaysOn(Part):
    """Part of an admin of Round: the buttons that lead on from its page."""

    @action(description=_("Criteria of the round"), icon="rule", permissions=["change"])
    def criteria(self, request, object_id):
        return redirect("admin:scoring_trial_text", self._object_or_404(request, object_id).pk)

    @action(description=_("Who owes what"), icon="scoreboard", permissions=["change"])
    def board(self, request, object_id):
        return redirect("board", self._object_or_404(request, object_id).pk)

    @action(description=_("Publish"), icon="campaign", permissions=["change"])
    def publications(self, request, object_id):
        return redirect("publications", self._object_or_404(request, object_id).pk)

    @action(description=_("How the judges judge"), icon="scoreboard", permissions=["change"])
    def calibration(self, request, object_id):
        round = self._object_or_404(request, object_id)
        if round.is_judged:
            return redirect("calibration", round.pk)
        messages.info(request, _("Nothing is judged in this round."))
        return redirect("admin:submissions_round_change", round.pk)

    @action(description=_("Do reviewers agree?"), icon="verified_user", permissions=["change"])
    def readings(self, request, object_id):
        return redirect("readings", self._object_or_404(request, object_id).pk)

    @action(description=_("Committee's meetings"), icon="group", permissions=["change"])
    def meetings(self, request, object_id):
        return redirect("meetings", self._object_or_404(request, object_id).pk)
