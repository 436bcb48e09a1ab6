"""Derived: what a scheme makes of the facts. Every row here may be wiped; the same numbers come back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, FilteredRelation, Min, OuterRef, Q, Value, Window
from django.db.models.functions import Coalesce, Rank
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions import thai
from submissions.models import Edition, Entry, Round, User
from submissions.models.entries import EntryQuerySet
from submissions.models.people import Reader
from submissions.models.places import region_of
from submissions.vault import vault

from .past_trials import PastTrial as PastTrial  # a table of its own room
from .wording.points_shown import placed, unchecked

CENT = Decimal("0.01")


class Points(models.DecimalField):  # type: ignore[type-arg]  # Django has no such brackets at run time
    """Points as a statement reckons them: SQLite does it in binary, and would hand out 94.8300000000000."""

    def from_db_value(self, value: Decimal | None, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else value.quantize(CENT)


ZERO = Value(Decimal(0), output_field=Points(max_digits=7, decimal_places=2))


class Earned(models.Func):
    """What a criterion or a dimension earned, as text, by a scorecard's column; its trace stays in the database.
    Not a KeyTextTransform: that takes a criterion called 1 for a place in a list.
    """

    function = "jsonb_extract_path_text"
    told = "earned"

    def __init__(self, column: str, code: str) -> None:
        super().__init__(F(column), Value(code), Value(self.told), output_field=models.CharField())

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        column, code, _told = self.get_source_expressions()
        path = Value(f'$."{code.value}".{self.told}')
        return models.Func(column, path, function="JSON_EXTRACT").as_sql(compiler, connection)


class Attainable(Earned):
    """The same of what may still be reached."""

    told = "attainable"


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    def visible_to(self, user: Reader) -> "ScorecardQuerySet":
        return self.filter(entry__in=Entry.objects.visible_to(user))

    def fresh(self) -> "ScorecardQuerySet":
        """Those that have seen the latest facts."""
        return self.filter(facts_version=F("entry__facts_version"))


class Scorecard(models.Model):
    """An entry's score on one basis: earned and attainable in all, by dimension and by criterion.

    `dimensions` is {code: {"earned", "attainable", "max", "unchecked"}} and `criteria` {code:
    CriterionScore.as_json()}, points as text with two decimals.
    """

    class Basis(models.TextChoices):
        VERIFIED = "verified", _("verified")
        CLAIMED = "claimed", _("claimed")

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="scorecards", verbose_name=_("entry"))
    basis = models.CharField(_("basis"), max_length=10, choices=Basis.choices)
    total = models.DecimalField(_("points"), max_digits=7, decimal_places=2)
    attainable = models.DecimalField(_("attainable"), max_digits=7, decimal_places=2)
    max = models.DecimalField(_("maximum"), max_digits=7, decimal_places=2)
    # The criteria of the scheme's tie-break chain, each as fixed-width text, so that text order is their order.
    tie_key = models.CharField(max_length=200, blank=True, editable=False)
    dimensions = models.JSONField(_("dimensions"), default=dict)
    criteria = models.JSONField(_("criteria"), default=dict)
    facts_version = models.PositiveBigIntegerField(_("version of the facts"))
    edition_digest = models.CharField(_("edition"), max_length=64)
    as_of = models.DateTimeField(_("as of"))
    # When the first evidence was handed in that lies after `as_of`: by a clock that is ahead of the worker's.
    unseen_from = models.DateTimeField(null=True, editable=False)
    computed_at = models.DateTimeField(_("computed at"))

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        constraints = [models.UniqueConstraint(fields=["entry", "basis"], name="one_scorecard_per_basis")]

    def __str__(self) -> str:
        return f"{self.entry} · {self.get_basis_display()} {self.total}"

    @property
    def unchecked(self) -> Decimal:
        """What of the total rests on values that nobody has looked at."""
        return unchecked_of(self.dimensions)

    def is_stale(self, round: Round, at: datetime) -> bool:
        """Of an entry of this round: whether its facts may say something else at this moment; see `stale_entries`."""
        if self.facts_version < self.entry.facts_version or self.edition_digest != round.edition.digest:
            return True
        if round.is_closed:
            return False
        has_passed = self.as_of < day_of(at) and self.total < self.attainable
        return has_passed or (self.unseen_from is not None and self.unseen_from <= at)


class ScoreChange(models.Model):
    """How an entry's score moved: a row whenever a rescore gave another total or another attainable."""

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="score_changes", verbose_name=_("entry"))
    basis = models.CharField(_("basis"), max_length=10, choices=Scorecard.Basis.choices)
    at = models.DateTimeField(_("computed at"))
    total = models.DecimalField(_("points"), max_digits=7, decimal_places=2)
    attainable = models.DecimalField(_("attainable"), max_digits=7, decimal_places=2)
    facts_version = models.PositiveBigIntegerField(_("version of the facts"))

    class Meta:
        verbose_name = _("change of score")
        verbose_name_plural = _("changes of score")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["entry", "basis", "at"], name="changes_of_entry")]

    def __str__(self) -> str:
        return f"{self.get_basis_display()} {self.total} / {self.attainable}"


def unchecked_of(dimensions: dict[str, Any] | None) -> Decimal:
    """The same, by a scorecard's dimensions; none without a scorecard."""
    return sum(map(unchecked, (dimensions or {}).values()), Decimal(0))


def standings(round: Round) -> models.QuerySet[Any, Any]:
    """The entries that take part in a round with their rank, best first: one statement, however many there are.

    Each entry has .rank, .total, .attainable and .claimed_total, .region_code, and .dimensions as its verified
    scorecard has them (None without one), .is_known (it has one) and .is_stale (see `stale_entries`). What of .rank may
    be told says `placed`: .unscored counts those among whom it is ranked that have no points yet.

    Equal totals share a rank and the next is skipped; an entry without a scorecard counts as 0. Where the round ranks
    inside regions, the regions follow each other; where it ranks nobody, .rank is None.
    """
    best, region = [F("total").desc(), F("tie_key").desc()], region_of(column="code")
    ranks = {
        "overall": Window(Rank(), order_by=best),
        "region": Window(Rank(), partition_by=[region], order_by=best),
        "none": Value(None, output_field=models.IntegerField()),
    }
    inside = [region] if round.ranked == "region" else None
    first = {"overall": "rank", "region": "region_code", "none": "office__sort_key"}
    return (
        Entry.objects.filter(round=round)
        .taking_part()
        .select_related("office__parent", "nominee_office")
        .annotate(
            verified=FilteredRelation("scorecards", condition=Q(scorecards__basis="verified")),
            claimed=FilteredRelation("scorecards", condition=Q(scorecards__basis="claimed")),
        )
        .annotate(
            total=Coalesce("verified__total", ZERO, output_field=ZERO.output_field),
            attainable=Coalesce("verified__attainable", ZERO, output_field=ZERO.output_field),
            claimed_total=Coalesce("claimed__total", ZERO, output_field=ZERO.output_field),
            dimensions=F("verified__dimensions"),
            tie_key=Coalesce("verified__tie_key", Value("")),
            is_known=Q(verified__isnull=False),
            scored_by=Coalesce("verified__edition_digest", Value("")),
            is_stale=_is_stale(round, round.now()),
        )
        .annotate(unscored=Window(Count("pk", filter=~Q(scored_by=round.edition.digest)), partition_by=inside))
        .annotate(rank=ranks[round.ranked], region_code=region)
        .order_by(first[round.ranked], "rank", "office__sort_key", "office__code")
    )


def rank_of(entry: Entry) -> tuple[int, int] | None:
    """One entry's rank, one more than the number of entries that are better, and among how many; None without ranks,
    and while any of them has no points yet.

    One statement where its scorecards were fetched; one more for each office between it and a region that is ranked.
    """
    if entry.round.ranked == "none" or entry.state != Entry.State.TAKING_PART:
        return None
    rivals = Entry.objects.filter(round=entry.round_id).taking_part()
    if entry.round.ranked == "region":
        rivals = rivals.annotate(region=region_of()).filter(region=entry.office.region and entry.office.region.pk)
    own = next((card for card in entry.scorecards.all() if card.basis == Scorecard.Basis.VERIFIED), None)
    total, tie_key = (own.total, own.tie_key) if own else (0, "")
    better = ~Q(pk=entry.pk) & (Q(card__total__gt=total) | Q(card__total=total, card__tie_key__gt=tie_key))
    cards = rivals.annotate(card=FilteredRelation("scorecards", condition=Q(scorecards__basis="verified")))
    unscored = ~Q(scored_by=entry.round.edition.digest)
    counts = cards.annotate(scored_by=Coalesce("card__edition_digest", Value(""))).aggregate(
        among=Count("pk"), better=Count("pk", filter=better), unscored=Count("pk", filter=unscored)
    )
    rank = placed(1 + counts["better"], total, counts["unscored"])
    return None if rank is None else (rank, counts["among"])


def day_of(at: datetime) -> datetime:
    """When the day of this moment began."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def stale_entries(round: Round, at: datetime) -> EntryQuerySet:
    """The entries of a round whose scores may differ from what their facts say at this moment.

    Either the facts moved on, or a day has ended since, and with it perhaps a deadline: every deadline is the end of a
    day. A score that can't rise any more doesn't change with time, nor does a closed round's. Or evidence was handed in
    by a clock that is ahead of the worker's, and could not be seen yet.
    """
    return Entry.objects.filter(_is_stale(round, at), round=round).taking_part()


def _is_stale(round: Round, at: datetime) -> Q:
    cards = Scorecard.objects.filter(entry=OuterRef("pk"), basis="verified")
    stale = Q(~Exists(cards.filter(facts_version=OuterRef("facts_version"), edition_digest=round.edition.digest)))
    if not round.is_closed:
        both = Scorecard.objects.filter(entry=OuterRef("pk"), as_of__lt=day_of(at), total__lt=F("attainable"))
        stale |= Q(Exists(both)) | Q(Exists(cards.filter(unseen_from__lte=at)))
    return stale


def stale_anywhere() -> EntryQuerySet:
    """The entries of all rounds whose scores may be behind: one statement, however many rounds there are."""
    return stale_in(Round.objects.select_related("edition").defer("edition__text"))


def stale_in(rounds: Iterable[Round]) -> EntryQuerySet:
    """The same of these rounds."""
    return reduce(or_, (stale_entries(round, round.now()) for round in rounds), Entry.objects.none())


class TrialQuerySet(models.QuerySet["Trial"]):
    def visible_to(self, user: User) -> "TrialQuerySet":
        return self.filter(round__in=Round.objects.run_by(user))


class Trial(models.Model):
    """A text that somebody thinks of adopting for a round, and what it would change; `report` says that (comparison).

    Compared with `edition`, on the facts as they were at `as_of`; `facts_version` counts their changes up to then.
    """

    round = models.ForeignKey(Round, models.CASCADE, related_name="trials", verbose_name=_("round"))
    edition = models.ForeignKey(Edition, models.CASCADE, related_name="+", verbose_name=_("compared with"))
    text = models.TextField(_("text"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    as_of = models.DateTimeField(_("as of"))
    facts_version = models.PositiveBigIntegerField(_("version of the facts"), default=0)
    done = models.PositiveIntegerField(_("entries compared"), default=0)
    total = models.PositiveIntegerField(_("entries"), default=0)
    report = models.JSONField(_("report"), null=True)
    is_made: bool  # of those in a list, which leaves the report in the database
    has_failed = models.BooleanField(_("failed"), default=False)

    objects = TrialQuerySet.as_manager()

    class Meta:
        verbose_name = _("trial of a text")
        verbose_name_plural = _("trials of texts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.edition.scheme_code} · {thai.format_time(self.made_at, thai.language())}"

    @property
    def is_done(self) -> bool:
        return self.report is not None

    @property
    def round_time(self) -> datetime:
        """When it was made by the round's clock."""
        return self.made_at + self.round.clock_offset

    def note(self, **changes: Any) -> None:
        """Keep how far it is; the text stays as it is."""
        for name, value in changes.items():
            setattr(self, name, value)
        self.save(update_fields=list(changes))


class ParcelQuerySet(models.QuerySet["Parcel"]):
    def visible_to(self, user: Reader) -> "ParcelQuerySet":
        return self.filter(entry__in=Entry.objects.visible_to(user))

    def under_way(self) -> "ParcelQuerySet":
        return self.filter(due_at__isnull=False)

    def backlog(self) -> tuple[int, datetime | None]:
        """How many are to be made, and since when the oldest of them waits."""
        counts = self.under_way().aggregate(count=Count("pk"), oldest=Min("made_at"))
        return counts["count"], counts["oldest"]

    def expired(self) -> "ParcelQuerySet":
        return self.filter(due_at=None, made_at__lte=timezone.now() - Parcel.KEPT)


class Parcel(models.Model):
    """Everything that was handed in for an entry, packed as one ZIP file to take away."""

    KEPT = timedelta(days=7)
    LEASE = timedelta(seconds=30)  # without a sign for so long a worker counts as dead
    MOST_ATTEMPTS = 3

    class Stage(models.TextChoices):
        WAITING = "waiting", _("Waits for its turn")
        FILES = "files", _("Files are being put in")
        LISTS = "lists", _("The index and the scorecard are being made")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Broke off")

    entry = models.ForeignKey(Entry, models.CASCADE, related_name="parcels", verbose_name=_("entry"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    facts_version = models.PositiveBigIntegerField(_("version of the facts"), default=0)
    stage = models.CharField(_("state"), max_length=10, choices=Stage.choices, default=Stage.WAITING)
    done = models.PositiveIntegerField(_("files put in"), default=0)
    total = models.PositiveIntegerField(_("files"), default=0)
    file = models.FileField(_("file"), storage=vault, blank=True, max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    # When it is to be worked on, if nobody has finished by then; nothing: it is ready, or broke off.
    due_at = models.DateTimeField(default=timezone.now, null=True, blank=True, editable=False)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry"], condition=Q(due_at__isnull=False), name="one_parcel_under_way")
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.get_stage_display()}"

    @property
    def is_done(self) -> bool:
        return self.stage == self.Stage.DONE

    @property
    def has_failed(self) -> bool:
        return self.stage == self.Stage.FAILED

    @property
    def round_time(self) -> datetime:
        """When it was made by the round's clock."""
        return self.made_at + self.entry.round.clock_offset

    @property
    def kept_until(self) -> datetime:
        return self.round_time + self.KEPT

    def take(self) -> bool:
        """Whether this process is the one to make it. A message that came twice takes nothing."""
        now = timezone.now()
        due = Parcel.objects.filter(pk=self.pk, due_at__lte=now)
        if taken := bool(due.update(due_at=now + self.LEASE, attempts=F("attempts") + 1)):
            self.refresh_from_db(fields=["attempts"])
        return taken

    def note(self, **changes: Any) -> None:
        """Keep how far it is; whoever is still at it has time again."""
        for name, value in {"due_at": timezone.now() + self.LEASE, **changes}.items():
            setattr(self, name, value)
        self.save(update_fields=["due_at", *changes])


def earned_by_criterion(cards: ScorecardQuerySet, codes: list[str]) -> dict[int, dict[str, dict[str, str]]]:
    """What these scorecards say of criteria, by entry; nothing of one that they do not know yet. One statement."""
    columns = {f"part{n}": Earned("criteria", code) for n, code in enumerate(codes)}
    rows = cards.annotate(**columns).values_list("entry", *columns)
    return {
        pk: {code: {"earned": earned} for code, earned in zip(codes, row, strict=True) if earned is not None}
        for pk, *row in rows
    }
