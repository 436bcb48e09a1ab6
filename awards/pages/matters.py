"""What is not settled yet when a round is published. It forbids nothing, but whoever publishes should know it."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from awards.publishing.preparation import Preparation
from submissions.models import Evidence, Round, Sheet, Value
from submissions.questions.committee import closed_accounts
from submissions.questions.handed_in import unconfirmed
from submissions.questions.participants import Participants


class Matter(NamedTuple):
    """What is not settled, in words, and where it is seen one by one; "" where there is nothing to be seen."""

    text: str
    path: str = ""


def _list_of(model: str, round: Round, **filters: str) -> str:
    query = urlencode({"round": round.pk, **filters})
    return f"{reverse(f'admin:submissions_{model}_changelist')}?{query}"


def open_matters(round: Round, prepared: Preparation, *, at: datetime) -> list[Matter]:
    """Of a round in which points are earned."""
    of_facts = [*_of_offices(round, prepared, at), *_of_the_committee(round, prepared)]
    return [*of_facts, *_of_points(round, prepared), *_of_papers(round, prepared)]


def _of_offices(round: Round, prepared: Preparation, at: datetime) -> Iterator[Matter]:
    """What offices may still do, and what was handed in but not reviewed or not confirmed."""
    taking_part = round.entries.taking_part()
    if not round.is_closed and timezone.localtime(at).date() <= round.scheme.close:
        yield Matter(_("The scheme has not closed yet: offices may still hand in."))
    if unnamed := prepared.unnamed:
        text = ngettext(
            "%(count)s office has named nobody, and is not announced.",
            "%(count)s offices have named nobody, and are not announced.",
            unnamed,
        )
        yield Matter(text % {"count": unnamed}, reverse("nominees", args=[round.pk]) + "?missing")
    if waiting := Evidence.objects.filter(entry__in=taking_part).waiting().count():
        text = ngettext(
            "%(count)s piece of evidence waits for review.", "%(count)s pieces of evidence wait for review.", waiting
        )
        yield Matter(text % {"count": waiting}, _list_of("evidence", round))
    yield from _of_numbers(round)
    if count := unconfirmed(line.entry for line in prepared.lines):
        text = ngettext(
            "%(count)s entry is not confirmed by its head as it is now.",
            "%(count)s entries are not confirmed by their heads as they are now.",
            count,
        )
        yield Matter(text % {"count": count}, _list_of("entry", round))


def _of_numbers(round: Round) -> Iterator[Matter]:
    """Numbers of offices that nobody looked at: those that wait and do not count, and those that count all the same."""
    numbers = Value.objects.filter(entry__in=round.entries.taking_part()).unchecked()
    counts = dict(numbers.order_by().values_list("code").annotate(Count("pk")))
    asked = round.reviewed_values
    if waiting := sum(count for code, count in counts.items() if code in asked):
        text = ngettext(
            "%(count)s number of an office waits for review, and does not count.",
            "%(count)s numbers of offices wait for review, and do not count.",
            waiting,
        )
        yield Matter(text % {"count": waiting}, reverse("admin:submissions_value_waiting"))
    unasked = round.scheme.values.keys() - set(asked)
    if counting := sum(count for code, count in counts.items() if code in unasked):
        text = ngettext(
            "%(count)s number of an office counts though nobody has looked at it.",
            "%(count)s numbers of offices count though nobody has looked at them.",
            counting,
        )
        yield Matter(text % {"count": counting}, _list_of("value", round, source__exact=Value.Source.OFFICE))


def _of_the_committee(round: Round, prepared: Preparation) -> Iterator[Matter]:
    """What it has not judged yet, and who of it can't any more."""
    if round.scheme.items and (unjudged := sum(not line.entry.expected_sheets for line in prepared.lines)):
        text = ngettext(
            "%(count)s entry is judged by nobody: no judge is there for it.",
            "%(count)s entries are judged by nobody: no judge is there for them.",
            unjudged,
        )
        yield Matter(text % {"count": unjudged}, reverse("admin:submissions_round_change", args=[round.pk]))
    missing = _missing_sheets(round, prepared)
    if not missing:
        return
    sheets = _list_of("sheet", round)
    if round.is_closed:  # nobody can submit one any more
        text = ngettext(
            "The round was closed without %(count)s scoring sheet.",
            "The round was closed without %(count)s scoring sheets.",
            missing,
        )
        yield Matter(text % {"count": missing}, sheets)
        return
    text = ngettext("%(count)s scoring sheet is not final.", "%(count)s scoring sheets are not final.", missing)
    yield Matter(text % {"count": missing}, sheets)
    if names := closed_accounts(round):
        text = _(
            "Of the committee, %(names)s can't judge any more: the account is closed. Their sheets are waited for "
            "until staff untick the name on the round's page in the administration."
        )
        yield Matter(text % {"names": names}, reverse("admin:submissions_round_change", args=[round.pk]))


def _of_points(round: Round, prepared: Preparation) -> Iterator[Matter]:
    """What looks odd or unfinished in the results themselves."""
    if unearned := sum(line.tier is not None and not line.score.total for line in prepared.lines):
        text = ngettext(
            "%(count)s award goes to an office without points.",
            "%(count)s awards go to offices without points.",
            unearned,
        )
        yield Matter(text % {"count": unearned})  # they are seen below
    if rising := sum(line.score.total < line.score.attainable for line in prepared.lines):
        text = ngettext("%(count)s entry can still earn more.", "%(count)s entries can still earn more.", rising)
        yield Matter(text % {"count": rising}, reverse("standings", args=[round.pk]))


def _of_papers(round: Round, prepared: Preparation) -> Iterator[Matter]:
    """Nothing is added to a paper once it is published."""
    if not (prepared.letterhead and prepared.letterhead.signers):
        text = _("Nobody is named who signs the papers: name and post stay empty on them.")
        yield Matter(text, reverse("letterhead", args=[round.pk]))


def open_places(round: Round, prepared: Preparation, participants: Participants, *, at: datetime) -> list[Matter]:
    """The same where a round only selects: there is nothing to review or to judge, but places to fill."""
    matters = []
    if round.named_by and timezone.localtime(at).date() <= round.named_by:
        matters.append(Matter(_("The day for naming and choosing is not over yet.")))
    if participants.missing:
        text = ngettext(
            "%(count)s place is not filled yet.", "%(count)s places are not filled yet.", participants.missing
        )
        path = reverse("nominees", args=[round.pk]) + "?missing"
        matters.append(Matter(text % {"count": participants.missing}, path))
    return [*matters, *_of_papers(round, prepared)]


def _missing_sheets(round: Round, prepared: Preparation) -> int:
    """Entry by entry: a sheet on one entry, or on another that withdrew, judges nobody else."""
    if not round.scheme.items:
        return 0
    final = Sheet.objects.filter(entry__round=round, judge__in=round.judges.values("pk")).counting()
    finished = Counter(final.values_list("entry", flat=True))
    return sum(max(0, line.entry.expected_sheets - finished[line.entry.pk]) for line in prepared.lines)
