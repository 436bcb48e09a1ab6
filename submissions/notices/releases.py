"""Where one side lets everybody read a piece as best practice, or takes that back, the other side is told."""

from collections.abc import Iterable, Iterator

from submissions.models import Consent, Entry, Event, Evidence, Notice, User
from submissions.questions.consents import side_of

from .making import Happening
from .people import heads_of, runners_of

VERBS = (Notice.Code.RELEASED, Notice.Code.UNRELEASED)


def told_of(events: Iterable[Event]) -> Iterator[Happening]:
    """What is told of these deeds. The notice says whether the other side's word is wanted; a few statements."""
    events = [event for event in events if event.verb in VERBS]
    if not events:
        return
    papers = Evidence.objects.in_bulk({event.data["evidence"] for event in events})
    rows = Entry.objects.with_round().select_related("office__parent__parent__parent")
    entries = rows.in_bulk({event.entry_id for event in events})
    said = Consent.objects.filter(evidence__in=papers).holding().filter(is_given=True)
    given = set(said.values_list("evidence", "side"))
    heads = heads_of(entries.values())
    for event in events:
        entry, paper = entries[event.entry_id], papers[event.data["evidence"]]
        paper.entry = entry
        side = _other_side(event)
        item = {"entry": entry.pk, "kind": "consent", "requirement": paper.requirement, "period": paper.period}
        item |= {"evidence": paper.pk, "awaits": (paper.pk, side.value) not in given}
        for user in _people(side, heads.get(entry.pk, []), paper):
            if user.pk != event.actor_id:
                yield Happening(user, event.verb, entry, item, key=f"event/{event.pk}")


def _other_side(event: Event) -> Consent.Side:
    is_office = event.data["consent"]["side"] == Consent.Side.OFFICE
    return Consent.Side.ROUND if is_office else Consent.Side.OFFICE


def _people(side: Consent.Side, heads: list[User], paper: Evidence) -> list[User]:
    """Those who speak for that side: of the office its own heads alone."""
    return [
        user
        for user in (heads if side == Consent.Side.OFFICE else runners_of(paper.entry.round))
        if side_of(user, paper) == side
    ]
