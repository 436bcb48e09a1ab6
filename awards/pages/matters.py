"""What is not settled yet when a round is published. It forbids nothing, but whoever publishes should know it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.publish import Preparation
from submissions.models import Evidence, Round, Sheet
from submissions.questions.committee import closed_accounts
from submissions.questions.handed_in import unconfirmed
from submissions.questions.participants import Participants


def open_matters(round: Round, prepared: Preparation, *, at: datetime) -> list[str]:
    """Of a round in which points are earned, in words."""
    return [*_of_offices(round, prepared, at), *_of_the_committee(round, prepared), *_of_points(prepared)]


def _of_offices(round: Round, prepared: Preparation, at: datetime) -> Iterator[str]:
    """What offices may still do, and what was handed in but not reviewed or not confirmed."""
    taking_part = round.entries.taking_part()
    if timezone.localtime(at).date() <= round.scheme.close:
        yield _("The scheme has not closed yet: offices may still hand in.")
    if unnamed := taking_part.count() - len(prepared.lines):
        text = ngettext(
            "%(count)s office has named nobody, and is not announced.",
            "%(count)s offices have named nobody, and are not announced.",
            unnamed,
        )
        yield text % {"count": unnamed}
    if waiting := Evidence.objects.filter(entry__in=taking_part).waiting().count():
        text = ngettext(
            "%(count)s piece of evidence waits for review.", "%(count)s pieces of evidence wait for review.", waiting
        )
        yield text % {"count": waiting}
    if count := unconfirmed(line.entry for line in prepared.lines):
        yield _("Entries not confirmed by their heads as they are now: %(count)s") % {"count": count}


def _of_the_committee(round: Round, prepared: Preparation) -> Iterator[str]:
    """What it has not judged yet, and who of it can't any more."""
    missing = _missing_sheets(round, prepared)
    if not missing:
        return
    text = ngettext("%(count)s scoring sheet is not final.", "%(count)s scoring sheets are not final.", missing)
    yield text % {"count": missing}
    if names := closed_accounts(round):
        text = _(
            "Of the committee, %(names)s can't judge any more: the account is closed. Their sheets are waited for "
            "until staff untick the name on the round's page in the administration."
        )
        yield text % {"names": names}


def _of_points(prepared: Preparation) -> Iterator[str]:
    """What looks odd or unfinished in the results themselves."""
    if unearned := sum(line.tier is not None and not line.score.total for line in prepared.lines):
        text = ngettext(
            "%(count)s award goes to an office without points.",
            "%(count)s awards go to offices without points.",
            unearned,
        )
        yield text % {"count": unearned}
    if rising := sum(line.score.total < line.score.attainable for line in prepared.lines):
        text = ngettext("%(count)s entry can still earn more.", "%(count)s entries can still earn more.", rising)
        yield text % {"count": rising}


def open_places(round: Round, participants: Participants, *, at: datetime) -> list[str]:
    """The same where a round only selects: there is nothing to review or to judge, but places to fill."""
    matters = []
    if round.named_by and timezone.localtime(at).date() <= round.named_by:
        matters.append(_("The day for naming and choosing is not over yet."))
    if participants.missing:
        text = ngettext(
            "%(count)s place is not filled yet.", "%(count)s places are not filled yet.", participants.missing
        )
        matters.append(text % {"count": participants.missing})
    return matters


def _missing_sheets(round: Round, prepared: Preparation) -> int:
    """Entry by entry: a sheet on one entry, or on another that withdrew, judges nobody else."""
    if not round.scheme.items:
        return 0
    final = Sheet.objects.filter(entry__round=round, judge__in=round.judges.values("pk")).final()
    finished = Counter(final.values_list("entry", flat=True))
    return sum(max(0, line.entry.expected_sheets - finished[line.entry.pk]) for line in prepared.lines)
