"""A text is tried on a round's present facts before it is adopted. Nothing but the trial's own row is written."""

from collections.abc import Iterator

from django.db.models import Sum, prefetch_related_objects
from django.utils.translation import gettext as _

from submissions.models import Edition, Round, User
from submissions.questions.proofread import Refused, check_scheme

from . import engine, recompute
from .comparison import Comparison, Side, changed_lines
from .models import Trial

BATCH = 100  # entries in memory at once


def begin(round: Round, text: str, *, by: User) -> Trial:
    """Keep what is to be tried. Refused, with every fault of the text at once."""
    refused = Refused()
    check_scheme(round, text, refused)
    if Edition.digest_of(text) == round.edition.digest:
        refused.add("text", _("This is the text that the round has already."))
    refused.raise_if_any()
    return Trial.objects.create(
        round=round, edition=round.edition, text=text, digest=Edition.digest_of(text), made_by=by, as_of=round.now()
    )


def run(trial: Trial) -> None:
    """Score everybody by the present edition and by the trial's text, and keep what differs."""
    round, at = trial.round, trial.round.now()
    ids = list(round.entries.taking_part().order_by("pk").values_list("pk", flat=True))
    trial.note(has_failed=False, total=len(ids), done=0, as_of=at, facts_version=facts_version(round))
    schemes = trial.edition.scheme, engine.load(trial.text)
    now, then = (Side(scheme, round.ranking or scheme.ranking) for scheme in schemes)
    comparison = Comparison(now, then)
    for batch in _batches(ids):
        entries = [entry for entry in recompute.read_entries(batch) if not entry.awaits_nominee]
        prefetch_related_objects(entries, "office__parent__parent__parent")
        facts, facts_then = (recompute.read_facts(entries, at, scheme=scheme) for scheme in schemes)
        for entry in entries:
            region = entry.office.region.code if entry.office.region else ""
            comparison.add(str(entry.pk), facts[entry.pk], facts_then[entry.pk], region)
        trial.note(done=trial.done + len(batch))
    lines = changed_lines(trial.edition.text, trial.text)
    trial.note(done=len(ids), report={**comparison.report(), "lines": lines})


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]


def facts_version(round: Round) -> int:
    """Counts the changes of all the round's facts together."""
    return round.entries.aggregate(total=Sum("facts_version"))["total"] or 0
