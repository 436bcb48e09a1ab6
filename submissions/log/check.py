"""Checks the log: its chains, the heads that are kept outside it, and every row against what the log tells of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from submissions.models import Edition, Entry, Event, Round, ToldUpTo
from submissions.signals import heads_asked, tree_asked

from . import findings as found
from . import rows, terms
from .findings import Finding
from .replay import EVIDENCE, EXTENSION, REMARK, Fields, Place, Replay

BATCH = 200  # entries read at once


class Head(NamedTuple):
    """The end of a chain as it was kept elsewhere."""

    sequence: int
    digest: str
    where: Any  # calls itself by its name in the reader's language


@dataclass
class Report:
    """What was looked at, and all that the log does not explain."""

    entries: int = 0
    events: int = 0
    heads: int = 0
    silent: int = 0  # entries whose logs never told the terms on which they are scored: nothing to compare
    findings: list[Finding] = field(default_factory=list)


def check(entries: QuerySet[Entry] | None = None, earlier: Iterable[tuple[int, str]] = ()) -> Report:
    """Check the logs of these entries (None: of all). A few statements for every 200 entries, however many events.

    People go on working meanwhile: an entry of which something is found is held and read once more, so that what is
    told is never somebody's deed of that moment.

    :param earlier: (size, root) of heads of the tree over all logs that somebody kept outside the portal.
    """
    chosen = list((Entry.objects.all() if entries is None else entries).order_by("pk").values_list("pk", "round"))
    rounds = set(Round.objects.values_list("pk", flat=True)) if entries is None else {pk for _entry, pk in chosen}
    heads = _heads(rounds)
    report = Report(len(chosen), heads=sum(map(len, heads.values())))
    report.findings += _altered_editions(rounds)
    report.findings += _absent(heads)
    for start in range(0, len(chosen), BATCH):
        ids = [pk for pk, _round in chosen[start : start + BATCH]]
        first = _Look(ids, heads)
        report.events += first.events
        report.silent += first.silent
        if suspects := sorted({finding.entry.pk for finding in first.findings if finding.entry}):
            with transaction.atomic():
                Entry.objects.filter(pk__in=suspects).hold()
                report.findings += _Look(suspects, heads).findings
    report.findings = _once(report.findings)
    if entries is None:
        wrong: Any
        for _receiver, wrong in tree_asked.send(sender=Event, earlier=list(earlier)):
            report.findings += wrong
    return report


def _heads(round_ids: set[int]) -> dict[int, list[Head]]:
    heads: dict[int, list[Head]] = defaultdict(list)
    kept: Any
    for _receiver, kept in heads_asked.send(sender=Event, round_ids=sorted(round_ids)):
        for entry, *head in kept:
            heads[entry].append(Head(*head))
    return heads


def _absent(heads: dict[int, list[Head]]) -> Iterator[Finding]:
    """Entries whose logs were sealed, and that are gone with all that hung on them."""
    there = set(Entry.objects.filter(pk__in=list(heads)).values_list("pk", flat=True))
    for entry in sorted(heads.keys() - there):
        yield Finding(None, found.ABSENT, log=entry, row=heads[entry][0].where)


def _altered_editions(round_ids: set[int]) -> Iterator[Finding]:
    for digest, text in Edition.objects.filter(rounds__in=round_ids).distinct().values_list("digest", "text"):
        if Edition.digest_of(text) != digest:
            yield Finding(None, found.EDITION, log=digest)


def _once(findings: Iterable[Finding]) -> list[Finding]:
    """What was found of terms that many entries share becomes one finding, with how many they are."""
    shared: dict[Any, list[Finding]] = defaultdict(list)
    single = []
    for finding in findings:
        if finding.kind == found.TERMS:
            shared[finding.where, finding.field, repr(finding.log), repr(finding.row)].append(finding)
        else:
            single.append(finding)
    return [many[0].as_of_many(len(many)) for many in shared.values()] + single


class _Look:
    """One look at some entries: their events, their rows, and what differs."""

    def __init__(self, ids: Sequence[int], heads: dict[int, list[Head]]) -> None:
        self.events, self.silent = 0, 0
        self.findings: list[Finding] = []
        related = ("round", "office__parent", "nominee_office")
        self.entries = Entry.objects.select_related(*related).in_bulk(ids)
        chains: dict[int, list[Event]] = {pk: [] for pk in ids}
        for event in Event.objects.filter(entry__in=ids).order_by("entry", "sequence").iterator():
            chains[event.entry_id].append(event)
        told_up_to = dict(ToldUpTo.objects.filter(pk__in=ids).values_list("pk", "sequence"))
        present, written = terms.read(ids), rows.read(ids)
        for pk, entry in self.entries.items():
            self.events += len(chains[pk])
            self._check_chain(entry, chains[pk], heads.get(pk, ()), told_up_to.get(pk, 0))
            replay = self._replay(entry, chains[pk])
            self._compare(entry, replay.rows, written[pk])
            self._compare_terms(entry, replay.terms, present[pk])

    def _find(self, entry: Entry, fault: str, **details: Any) -> None:
        self.findings.append(Finding(entry, fault, **details))

    def _check_chain(self, entry: Entry, chain: list[Event], heads: Iterable[Head], told_up_to: int) -> None:
        previous, expected = "", 1
        for event in chain:
            if not event.follows(previous, expected):
                self._find(entry, found.CHAIN, log=event.sequence)
            previous, expected = event.digest, event.sequence + 1
        digests = {event.sequence: event.digest for event in chain}
        for head in heads:
            if digests.get(head.sequence) != head.digest:
                self._find(entry, found.SEALED, log=head.sequence, row=head.where)
        if told_up_to >= expected:
            self._find(entry, found.CUT, log=told_up_to, row=expected - 1)

    def _replay(self, entry: Entry, chain: list[Event]) -> Replay:
        replay = Replay()
        for event in chain:
            try:
                replay.take(event)
            except (KeyError, TypeError, ValueError, AttributeError):
                self._find(entry, found.UNREADABLE, log=event.sequence)
        return replay

    def _compare(self, entry: Entry, expected: dict[Place, Fields], written: dict[Place, Fields]) -> None:
        _pair_extensions(expected, written)
        for place in sorted(expected.keys() | written.keys(), key=repr):
            kind, key = place
            row, logged = written.get(place), expected.get(place)
            named = {"kind": kind, "key": key, "name": _name(kind, row or logged or {})}
            if logged is None:
                self._find(entry, found.UNEXPLAINED, **named)
            elif row is None:
                self._find(entry, found.GONE, **named)
            else:
                for name in (name for name in logged if logged[name] != row[name]):
                    self._find(entry, found.ALTERED, **named, field=name, log=logged[name], row=row[name])

    def _compare_terms(self, entry: Entry, logged: terms.Terms, present: terms.Terms) -> None:
        self.silent += not logged
        for name, log, row in terms.altered(logged, present):
            self._find(entry, found.ALTERED, kind=found.TERMS, field=name, log=log, row=row)


def _pair_extensions(expected: dict[Place, Fields], written: dict[Place, Fields]) -> None:
    """Old events of extensions don't say which row they made: give each the row that agrees with it most."""
    free = [key for kind, key in written if kind == EXTENSION and (kind, key) not in expected]
    for place in [(kind, key) for kind, key in expected if kind == EXTENSION and key < 0]:
        logged = expected[place]
        of_slot = [key for key in free if _slot_of(written[EXTENSION, key]) == _slot_of(logged)]
        if of_slot:
            likest = max(of_slot, key=lambda key: (_agreeing(logged, written[EXTENSION, key]), -key))
            free.remove(likest)
            expected[EXTENSION, likest] = expected.pop(place)


def _slot_of(extension: Fields) -> tuple[str, str]:
    return extension["requirement"], extension["period"]


def _agreeing(logged: Fields, row: Fields) -> int:
    """How many fields of the row are as the log says."""
    return sum(row[name] == said for name, said in logged.items())


def _name(kind: str, row: Fields) -> str:
    """What people call a row, as far as it says it."""
    if kind == EVIDENCE:
        return row.get("original_name") or row.get("url") or ""
    if kind in (EXTENSION, REMARK):
        return " ".join(filter(None, [row.get("requirement"), row.get("period")]))
    return ""
