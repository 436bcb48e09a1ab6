"""Who takes part in a round, and the record of every deed on their facts."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.frozen import Frozen, FrozenQuerySet
from submissions.signals import events_recorded, facts_changed

from .editions import MOST_REASON
from .people import Reader, User
from .places import DEPTH, MOST_NAME, Office, within
from .rounds import Round


class EntryQuerySet(models.QuerySet["Entry"]):
    def visible_to(self, user: Reader) -> "EntryQuerySet":
        """Officers: their office's and those below it. Staff: all. Anybody else: none.

        Judges: what they judge, in blind rounds once their own sheet is final. What was entered by mistake is nobody's;
        before its round opens an entry is theirs alone who run the round.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        entries = self.filter(taken_out=False)
        if user.is_central:
            return entries
        if user.is_judge:
            return entries.judged_by(user).unveiled_to(user)
        if user.is_officer and user.office_id:
            shown = Q(round__opens_at__lte=timezone.now()) & within(user.office_id)
            if user.organises:  # an office that staff moved elsewhere since goes on taking part
                shown |= Q(round__organiser=user.office_id)
            return entries.filter(shown)
        return self.none()

    def judged_by(self, user: User) -> "EntryQuerySet":
        """Those of this judge's rounds; of these, when they judge for one office (a region, say), what lies in it, and
        where entries are shared out, what is assigned to them. None from which they stand aside."""
        from .panel import Assignment, ConflictOfInterest

        judged = self.opened().filter(taken_out=False, round__in=user.judged_rounds.all())
        if user.office_id:
            judged = judged.filter(within(user.office_id))
        own = {"entry": OuterRef("pk"), "judge": user}
        assigned = Q(round__assignment=Round.Assignment.EVERYBODY) | Exists(Assignment.objects.filter(**own))
        return judged.filter(assigned).exclude(Exists(ConflictOfInterest.objects.standing().filter(**own)))

    def unveiled_to(self, judge: User) -> "EntryQuerySet":
        """Those of which this judge may know who takes part."""
        from .judging import Sheet

        return self.filter(
            Q(round__is_blind=False) | Exists(Sheet.objects.final().filter(entry=OuterRef("pk"), judge=judge))
        )

    def veiled_to(self, judge: User) -> "EntryQuerySet":
        """Those that this judge judges, and must not know who takes part."""
        judged = self.judged_by(judge)
        return judged.exclude(pk__in=judged.unveiled_to(judge).values("pk"))

    def at_desk_of(self, user: Reader) -> "EntryQuerySet":
        """Those that this person sees in the rounds that they run or judge."""
        seen = self.visible_to(user)
        return seen.filter(round__in=Round.objects.run_by(user)) if user.is_authenticated and user.organises else seen

    def opened(self) -> "EntryQuerySet":
        """Those of rounds that are no longer being prepared."""
        return self.filter(round__opens_at__lte=timezone.now())

    def taking_part(self) -> "EntryQuerySet":
        """Without those that withdrew, and those that may yet be chosen."""
        return self.filter(state=Entry.State.TAKING_PART)

    def untouched(self) -> "EntryQuerySet":
        """Those for which nobody has done anything yet but prepare them: nothing was handed in, entered (by central
        staff neither), begun, named, chosen, written or judged."""
        done = Event.objects.filter(entry=OuterRef("pk")).exclude(verb__in=Event.PREPARATIONS)
        begun = {name: None for name in ("evidence", "values", "sheets", "answers", "uploads", "following", "results")}
        return self.filter(~Exists(done), **begun)

    def gone_on(self) -> "EntryQuerySet":
        """Those that take part in a later stage that is open, or may be chosen there."""
        later = Entry.objects.filter(preceding=OuterRef("pk"), round__is_closed=False)
        return self.filter(Exists(later.exclude(state=Entry.State.WITHDRAWN)))

    def with_round(self) -> "EntryQuerySet":
        """With all that a page needs to know its round and office. The edition's text is read once per process."""
        return self.select_related("round__edition", "office__parent", "nominee_office").defer("round__edition__text")

    def with_committee(self) -> "EntryQuerySet":
        """With .expected_sheets: how many of the round's judges judge each entry, as `judged_by` says."""
        seats = seats_of().order_by().values("round")
        counted = models.Subquery(seats.annotate(seats=models.Count("pk")).values("seats"))
        counts = {"expected_sheets": Coalesce(counted, 0)}  # which the model declares
        return self.annotate(**counts)

    def hold(self) -> list[int]:
        """Lock these entries until the transaction ends, by id: the order that everybody keeps. Returns the ids.

        Who holds many entries at once holds them so, or two would wait for each other. Rows that refer to an entry are
        still added by others.
        """
        return list(self.order_by("pk").select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))

    def touch(self) -> list[int]:
        """Mark these entries' facts as changed and say so."""
        with transaction.atomic():
            ids = self.hold()
            Entry.objects.filter(pk__in=ids).update(facts_version=models.F("facts_version") + 1)
            facts_changed.send(sender=Entry, entry_ids=ids)
        return ids


def seats_of(entry: str = "") -> Any:
    """Of the committees' rows those of who judges the entry to which a row leads so ("": it is the entry), as
    `judged_by` says. For a subquery."""
    from .panel import Assignment, ConflictOfInterest

    above = Q(user__office=None)
    for depth in range(DEPTH):
        above |= Q(user__office=OuterRef(f"{entry}office" + "__parent" * depth))
    seat = {"entry": OuterRef(OuterRef(f"{entry}pk")), "judge": OuterRef("user")}
    assigned = Q(round__assignment=Round.Assignment.EVERYBODY) | Exists(Assignment.objects.filter(**seat))
    aside = Exists(ConflictOfInterest.objects.standing().filter(**seat))
    rows: Any = Round.judges.through.objects
    return rows.filter(above, assigned, ~aside, round=OuterRef(f"{entry}round"))


class Entry(models.Model):
    """An office, or the nominee that it names, taking part in a round.

    Whoever withdraws stays as it was, with all that was handed in; another entry takes its place.
    """

    class State(models.TextChoices):
        TAKING_PART = "taking_part", _("takes part")
        CANDIDATE = "candidate", _("may be chosen")
        WITHDRAWN = "withdrawn", _("withdrew")

    round = models.ForeignKey(Round, models.PROTECT, related_name="entries", verbose_name=_("round"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="entries", verbose_name=_("office"))
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.TAKING_PART)
    withdrawn_reason = models.CharField(_("reason for withdrawing"), max_length=MOST_REASON, blank=True)
    taken_out = models.BooleanField(
        _("taken out"), default=False, db_default=False, editable=False, help_text=_("It was entered by mistake.")
    )
    nominee_name = models.CharField(_("person named"), max_length=MOST_NAME, blank=True)
    nominee_office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="nominations", verbose_name=_("subdistrict named")
    )
    preceding = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="following", verbose_name=_("entry before")
    )
    # Counts the changes of this entry's facts; a scorecard says which count it saw.
    facts_version = models.PositiveBigIntegerField(_("version of the facts"), default=1, editable=False)

    expected_sheets: int  # of those read `with_committee`
    pieces: int  # of those that `files.room` says are nearly full: their evidence, and its size
    bytes: int
    # Of those in a table to be filled in: the text by code and period, the slots that the office filled in itself, what
    # a file says instead, and which of that is unusual.
    figures: dict[tuple[str, str], str]
    own: set[tuple[str, str]]
    amounts: dict[tuple[str, str], str]
    unusual: list[tuple[str, str]]
    # Of those in the committee's lists: how many pieces stand so, how its head's confirmation and the reader's sheet
    # stand, how many sheets are final.
    waiting: int
    accepted: int
    confirmed: str
    own_state: str | None
    finals: int
    veil = ""  # in blind judging, as its judge sees it: the code that stands for who takes part
    named: str  # of those in the list of sheets: what they are sorted by
    unseen_points: str  # why its reader sees no points of it yet; "" where they do

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["office__sort_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "office"], condition=~Q(state="withdrawn"), name="one_entry_per_office"
            )
        ]

    def __str__(self) -> str:
        if self.veil:
            return _("Entry %(code)s") % {"code": self.veil}
        return f"{self.nominee} ({self.office})" if self.nominee else str(self.office)

    @property
    def nominee(self) -> str:
        """Who takes part for the office; '' where the office itself does, or named nobody yet."""
        return str(self.nominee_office) if self.nominee_office_id else self.nominee_name

    @property
    def awaits_nominee(self) -> bool:
        return self.round.scheme.nominees is not None and not self.nominee


class EventQuerySet(FrozenQuerySet["Event"]):
    def visible_to(self, user: Reader) -> "EventQuerySet":
        """Those of the entries that this person sees; central staff see who took one out as well."""
        if user.is_authenticated and user.is_active and user.is_central:
            return self.all()
        return self.filter(entry__in=Entry.objects.visible_to(user))

    def standing(self) -> "EventQuerySet":
        """Without decisions on evidence that were taken back before anybody was told, and without the taking back."""
        number = Cast(KeyTextTransform("undoes", "data"), models.IntegerField())
        undoing = Event.objects.filter(entry=OuterRef("entry"), verb=Event.TAKEN_BACK).annotate(number=number)
        return self.exclude(verb=Event.TAKEN_BACK).exclude(Exists(undoing.filter(number=OuterRef("sequence"))))

    def record(self, entry: Entry, verb: str, *, by: User | None, **data: Any) -> "Event":
        """Add a deed to an entry's chain. The caller holds the entry's lock, so the chain cannot fork."""
        return self.record_all(entry, verb, [data], by=by)[0]

    def record_all(self, entry: Entry, verb: str, deeds: Iterable[dict[str, Any]], *, by: User | None) -> list["Event"]:
        """Add deeds of one kind, done at once. Two statements, however many."""
        last = self.filter(entry=entry).order_by("-sequence").values("sequence", "digest").first()
        first, previous = (last["sequence"] + 1, last["digest"]) if last else (1, "")
        now, events = timezone.now(), []
        for sequence, data in enumerate(deeds, first):
            event = Event(entry=entry, sequence=sequence, previous=previous, at=now, actor=by, verb=verb, data=data)
            event.digest = previous = event.compute_digest()
            events.append(event)
        return self._write(events, verb)

    def record_each(
        self,
        entry_ids: list[int],
        verb: str,
        *,
        by: User | None,
        each: Mapping[int, dict[str, Any]] | None = None,
        **data: Any,
    ) -> list["Event"]:
        """Add a deed to the chains of many entries, all locked; `each` holds what is an entry's own, by its id.

        A few statements, however many.
        """
        return self.record_many({pk: [data | each[pk] if each else data] for pk in entry_ids}, verb, by=by)

    def record_many(
        self, deeds: Mapping[int, Iterable[dict[str, Any]]], verb: str, *, by: User | None
    ) -> list["Event"]:
        """Add deeds of one kind to the chains of many entries, all locked: {entry id: what each deed carries}."""
        followed = Exists(self.filter(entry=OuterRef("entry"), sequence__gt=OuterRef("sequence")))
        ends = self.filter(~followed, entry__in=list(deeds)).values_list("entry", "sequence", "digest")
        last = {entry: (sequence, digest) for entry, sequence, digest in ends}
        now, events = timezone.now(), []
        for pk, carried in deeds.items():
            end, previous = last.get(pk, (0, ""))
            for sequence, data in enumerate(carried, end + 1):
                row = {"sequence": sequence, "previous": previous, "at": now, "actor": by, "verb": verb, "data": data}
                events.append(event := Event(entry_id=pk, **row))
                event.digest = previous = event.compute_digest()
        return self._write(events, verb)

    def _write(self, events: list["Event"], verb: str) -> list["Event"]:
        written = self.bulk_create(events)
        events_recorded.send(sender=Event, entry_ids=sorted({event.entry_id for event in written}), verb=verb)
        return written

    def faults(self, entry: Entry) -> list[int]:
        """The sequence numbers at which an entry's chain does not hold; empty when nothing was altered."""
        return self.filter(entry=entry).broken_chains().get(entry.pk, [])

    def broken_chains(self) -> dict[int, list[int]]:
        """The entries whose chains do not hold, with the sequence numbers at which they break."""
        broken: dict[int, list[int]] = {}
        owner, previous, expected = None, "", 1
        for event in self.order_by("entry_id", "sequence").iterator():
            if event.entry_id != owner:
                owner, previous, expected = event.entry_id, "", 1
            if not event.follows(previous, expected):
                broken.setdefault(event.entry_id, []).append(event.sequence)
            previous, expected = event.digest, event.sequence + 1
        return broken


class Event(Frozen):
    """Who did what to an entry's facts, and when. Each event carries the digest of the one before it."""

    TAKEN_BACK = "evidence.taken_back"
    # By whoever runs the round, or by nobody, before anybody else does anything.
    PREPARATIONS = """
        entry.made entry.taken_out edition.adopted extension.granted terms.changed log.begun judges.assigned
        conflict.declared conflict.cleared
    """.split()
    # Among those who review and judge; an office is told what comes of it.
    AMONG_REVIEWERS = """
        reading.asked reading.drawn reading.given reading.done reading.lapsed reading.reopened reading.settled
        practice.saved practice.submitted resolution.made judges.assigned conflict.declared conflict.cleared
    """.split()

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="events", verbose_name=_("entry"))
    sequence = models.PositiveIntegerField(_("place in the chain"))
    at = models.DateTimeField(_("time"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    verb = models.CharField(_("deed"), max_length=40)
    data = models.JSONField(_("details"), default=dict)
    previous = models.CharField(_("SHA-256 of the event before"), max_length=64, blank=True)
    digest = models.CharField(_("SHA-256"), max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "sequence"], name="one_event_per_place")]

    def __str__(self) -> str:
        return f"#{self.sequence}"

    @property
    def round_time(self) -> datetime:
        """When it was done by the round's clock, as all times on the round's pages are."""
        return self.at + self.entry.round.clock_offset

    def follows(self, previous: str, sequence: int) -> bool:
        """Whether it stands at this place, after the event of that digest, as it was recorded."""
        is_next = (self.sequence, self.previous) == (sequence, previous)
        return is_next and self.digest == self.compute_digest()

    def compute_digest(self) -> str:
        sealed = [
            self.previous,
            self.entry_id,
            self.sequence,
            self.at.astimezone(UTC).isoformat(),
            self.actor_id,
            self.verb,
            self.data,
        ]
        return hashlib.sha256(json.dumps(sealed, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
