"""What the form of a round says of being heard: appeals, two persons, and a committee that stays as it is."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from submissions.models import Round
from submissions.questions import access
from submissions.questions.proposals import has_second, why_not_alone

from .roles import Part, short_time

# What the switch does, more than a page tells: whoever sets it knows what is taken away.
PUBLIC: dict[str, Any] = {
    "is_public": _(
        "Everybody reads what is published of it, without a log-in. A provisional result only where offices see the "
        "whole table. The file for recomputing it, which everybody may take, tells more than the pages: each entry's "
        "facts and claimed points, scoring sheets without the judges' names, outcomes of appeals, and the reasons that "
        "were typed for corrections and ties. Where persons are nominated there is none."
    ),
}


class CommitteeStays:
    """Part of the form of Round."""

    instance: Round
    cleaned_data: dict[str, Any]
    add_error: Any

    def clean_appeal_days(self) -> int:
        return self.cleaned_data["appeal_days"] or 0

    def check_committee(self) -> None:
        """Who judges is settled with a provisional result; before it a judge's leaving may take two persons."""
        if not self.instance.pk or "judges" not in self.cleaned_data:
            return
        there = set(self.instance.judges.values_list("pk", flat=True))
        chosen = {judge.pk for judge in self.cleaned_data["judges"]}
        alone = why_not_alone(self.instance, None) if there - chosen else None
        if there != chosen and (reason := access.why_settled(self.instance) or alone):
            self.add_error("judges", reason)


class HeardRound(Part):
    """Part of an admin of Round."""

    def get_changeform_initial_data(self, request) -> dict[str, Any]:
        """The centre's own rounds take two persons, where there are two."""
        takes_two = request.user.is_central and has_second(Round(), request.user)
        return {"needs_two_persons": takes_two} | super().get_changeform_initial_data(request)

    @staticmethod
    def hearing_fields(round: Round) -> list[str]:
        heard = ["heard"] if round.is_settled else []
        more = ["more"] if round.needs_two_persons else []
        public = [] if round.is_practice and not settings.PRACTICE_IS_PUBLIC else ["is_public"]
        return ["appeal_days", *heard, "needs_two_persons", *more, *public]

    @display(description=_("appeals"))
    def heard(self, round: Round) -> str:
        until = _("A provisional result was announced; appeals until %(time)s.")
        links = [
            (reverse("appeals", args=[round.pk]), _("Appeals")),
            (reverse("propose", args=[round.pk]), _("Let facts change again")),
        ]
        said = until % {"time": short_time(round.appeals_until)}
        return format_html("{} {}", said, format_html_join(" · ", '<a class="link" href="{}">{}</a>', links))

    @display(description=_("proposals"))
    def more(self, round: Round) -> str:
        links = [
            (reverse("proposals"), _("What waits to be confirmed")),
            (reverse("propose", args=[round.pk]), _("Propose that a judge leaves, or that one person is enough")),
        ]
        return format_html_join(" · ", '<a class="link" href="{}">{}</a>', links)
