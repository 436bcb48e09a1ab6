"""One running of what is asked: rounds."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as django_settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from scoring import engine

from .editions import Edition
from .hearing import Hearing
from .people import Reader, User
from .places import Named, Office

MOST_CODE = 60  # characters of the code of what a scheme asks for
MOST_PERIOD = 20  # of a period's code
MOST_ORDER_NUMBER = 100
MOST_CONTACT = 600


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: Reader) -> "RoundQuerySet":
        """The rounds this person takes part in, once they are open, and those that they run."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_central:
            return self.run_by(user)
        if user.is_judge:
            return self.opened().filter(judges=user)
        from .entries import Entry

        seen = models.Q(pk__in=Entry.objects.visible_to(user).values("round"))
        if user.organises:
            seen |= models.Q(organiser=user.office_id, discarded_at=None)
        return self.filter(seen)

    def run_by(self, user: Reader) -> "RoundQuerySet":
        """Those whose settings, committee and publications are this person's: staff's are all, an organiser's the own
        office's. None that was discarded."""
        if not user.is_authenticated or not user.runs_rounds:
            return self.none()
        kept = self.filter(discarded_at=None)
        return kept if user.is_central else kept.filter(organiser=user.office_id)

    def at_desk_of(self, user: Reader) -> "RoundQuerySet":
        """Those that this person runs or judges: the rounds of the admin, without those that an organiser's office
        only takes part in."""
        if user.is_authenticated and user.organises:
            return self.run_by(user)
        return self.visible_to(user)

    def opened(self) -> "RoundQuerySet":
        """Without those that are still being prepared, and those that were discarded."""
        return self.filter(opens_at__lte=timezone.now(), discarded_at=None)


class Round(Hearing, Named):
    """One running of an edition, by central staff or by an office for those below it: its organiser.

    Until it opens only those who run it see it; by mistake made, it is discarded.
    """

    class RankVisibility(models.TextChoices):
        HIDDEN = "hidden", _("offices see no rank")
        OWN = "own", _("an office sees its own rank")
        FULL = "full", _("offices see the whole table")

    class Ranking(models.TextChoices):
        OVERALL = "overall", _("one table")
        REGION = "region", _("inside each inspection region")
        NONE = "none", _("nobody is ranked")

    class Assignment(models.TextChoices):
        EVERYBODY = "", _("everybody judges everything")
        REGION = "region", _("by inspection region")
        RANDOM = "random", _("shared out at random")
        HAND = "hand", _("by hand")

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="rounds", verbose_name=_("edition"))
    settings = models.JSONField(
        _("settings"),
        default=dict,
        blank=True,
        help_text=_("Days that the scheme leaves to be set, by its codes."),
    )
    organiser = models.ForeignKey(
        Office,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="organised_rounds",
        verbose_name=_("organiser"),
    )
    judges = models.ManyToManyField(
        django_settings.AUTH_USER_MODEL,
        blank=True,
        related_name="judged_rounds",
        limit_choices_to={"role": "judge"},
        verbose_name=_("committee"),
    )
    assignment = models.CharField(
        _("who judges what"),
        max_length=10,
        choices=Assignment.choices,
        default=Assignment.EVERYBODY,
        db_default="",
        blank=True,
        editable=False,
    )
    is_blind = models.BooleanField(
        _("blind judging"),
        default=False,
        db_default=False,
        help_text=_(
            "Judges see no names of offices, people or files before their own sheet is final. Those who run the round "
            "review the evidence."
        ),
    )
    asks_notes = models.BooleanField(
        _("notes at the extremes"),
        default=False,
        db_default=False,
        help_text=_("Judges say why they give an item nothing, or all of its points."),
    )
    seed = models.CharField(_("seed of the drawing"), max_length=40, blank=True, db_default="", editable=False)
    rank_visibility = models.CharField(
        _("who sees ranks"), max_length=10, choices=RankVisibility.choices, default=RankVisibility.OWN
    )
    is_public = models.BooleanField(
        _("public"),
        default=False,
        db_default=False,
        help_text=_(
            "Everybody reads what is published of it, without a log-in. A provisional result only where offices see "
            "the whole table."
        ),
    )
    shows_sureness = models.BooleanField(
        _("how sure places are is shown"),
        default=False,
        db_default=False,
        help_text=_(
            "Whoever sees a published table sees between which places each office could lie. Those who run the round "
            "always do."
        ),
    )
    clock_offset = models.DurationField(
        _("clock of a practice round"),
        default=timedelta(0),
        help_text=_("Added to the time of day everywhere in this round. Zero, except in a round for practice."),
    )
    ranking = models.CharField(
        _("ranking"),
        max_length=10,
        choices=Ranking.choices,
        blank=True,
        help_text=_("As the scheme says, if nothing is chosen."),
    )
    stage = models.CharField(_("stage"), max_length=40, blank=True, editable=False)
    preceding = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="following",
        verbose_name=_("opened from"),
    )
    source_digest = models.CharField(
        _("SHA-256 of the publication it was opened from"), max_length=64, blank=True, editable=False
    )
    places_per = models.CharField(_("places for each"), max_length=20, choices=Office.Kind.choices, blank=True)
    places = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)
    named_by = models.DateField(_("to be named by"), null=True, blank=True)
    needs_confirmation = models.BooleanField(
        _("heads confirm"),
        default=False,
        help_text=_("The head of each office confirms what it handed in. No points hang on it."),
    )
    reviews_values = models.BooleanField(
        _("numbers are reviewed"),
        default=False,
        db_default=False,
        help_text=_(
            "Numbers that offices enter wait until a reviewer accepts them, also where the scheme does not ask for it. "
            "Until then they count as claimed only: changed in a running round, this moves points."
        ),
    )
    opens_at = models.DateTimeField(
        _("opens at"),
        null=True,
        blank=True,
        default=timezone.now,
        db_default=Now(),
        help_text=_("Until then it is prepared, and only those who run it see it. By the world's time."),
    )
    discarded_at = models.DateTimeField(_("discarded at"), null=True, blank=True, editable=False)
    judges_need_second_factor = models.BooleanField(
        _("judges need a second factor"),
        default=True,
        db_default=True,
        help_text=_("Committee members set up a second step of logging in before they see anything of the round."),
    )
    second_reading_percent = models.PositiveSmallIntegerField(
        _("read a second time (%)"),
        blank=True,
        default=0,
        db_default=0,
        validators=[MaxValueValidator(100)],
        help_text=_("So many of a hundred decisions on evidence are drawn for a second reader, who sees none of them."),
    )
    contact = models.TextField(
        _("whom to call"),
        max_length=MOST_CONTACT,
        blank=True,
        db_default="",
        help_text=_("The name of a desk, its telephone, mail, LINE and hours, each on a line of its own."),
    )
    is_closed = models.BooleanField(
        _("closed"), default=False, help_text=_("Nothing more is handed in, reviewed or judged.")
    )
    history = HistoricalRecords(m2m_fields=[judges])
    _history_user: User | None  # in whose name it is saved, and why: both for its history
    _change_reason: str
    changes: set[str]  # while it is saved: the terms that it changes
    entries__count: int  # of those in staff's list
    judges__count: int
    published: dict[str, Any] | None  # of those in staff's list: the newest publication
    of_edition: str  # of those in staff's list: what their edition is called among the others
    is_of_another: bool  # of those opened from a publication: from an earlier one of the same round

    objects = RoundQuerySet.as_manager()

    is_copy = False  # no field: while it is made like another

    class Meta:
        verbose_name = _("round")
        verbose_name_plural = _("rounds")
        ordering = ["-pk"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new round begins as its scheme says."""
        if self._state.adding:
            self._begin()
        super().save(*args, **kwargs)

    def _begin(self) -> None:
        """It is the first stage, unless it says which or was opened from one; its judges judge as the scheme says, or
        as in the round whose copy it is."""
        if not self.preceding_id and not self.stage and (stages := self.scheme.stages):
            self.take_stage(stages[0])
        if not self.only_selects and not self.is_copy:
            self.is_blind |= self.scheme.is_blind
            self.asks_notes |= self.scheme.asks_notes

    def take_stage(self, stage: engine.Stage) -> None:
        """Be this stage of the contest: its places, its day and its way of ranking."""
        self.stage, self.places_per, self.places = stage.code, stage.per, stage.places
        self.named_by, self.ranking = stage.due, stage.ranking

    def now(self) -> datetime:
        """The time in this round: the world's, or a practice round's own."""
        return self.time_of(timezone.now())

    @property
    def is_disputable(self) -> bool:
        """Whether its provisional result may be disputed now."""
        return self.hears_appeals(self.now())

    def time_of(self, moment: datetime) -> datetime:
        """A moment of the world as the time in this round."""
        return moment + self.clock_offset

    @property
    def is_preparing(self) -> bool:
        """Whether it has not opened yet."""
        return self.opens_at is None or self.opens_at > timezone.now()

    def is_run_by(self, user: Reader) -> bool:
        """Whether it is among `Round.objects.run_by` this person. Asks the database nothing."""
        if not user.is_authenticated:
            return False
        return user.is_central or (user.organises and self.organiser_id == user.office_id)

    @property
    def is_practice(self) -> bool:
        return bool(self.clock_offset)

    @property
    def scheme(self) -> engine.Scheme:
        return self.edition.scheme

    @property
    def current_stage(self) -> engine.Stage | None:
        """The stage of the scheme that this round is, if its contest runs in several."""
        return next((stage for stage in self.scheme.stages if stage.code == self.stage), None)

    @property
    def next_stage(self) -> engine.Stage | None:
        """The stage of the contest that follows this round."""
        codes = [stage.code for stage in self.scheme.stages]
        following = codes.index(self.stage) + 1 if self.stage in codes else len(codes)
        return self.scheme.stages[following] if following < len(codes) else None

    @property
    def only_selects(self) -> bool:
        """Whether it only settles who takes part in a later stage: it ranks nobody, and what earns points comes there.

        Nothing is judged or awarded in such a round, no points are shown, and handed in is only what is `collected`.
        """
        return self.ranked == "none" and self.next_stage is not None

    @property
    def is_judged(self) -> bool:
        """Whether the committee gives points in it."""
        return bool(self.scheme.items) and not self.only_selects

    @property
    def collected(self) -> tuple[str, ...]:
        """The requirements for which evidence is handed in: all there are, or those that a selecting stage collects."""
        if not self.only_selects:
            return tuple(self.scheme.requirements)
        return self.current_stage.collects if self.current_stage else ()

    @property
    def asks_confirmation(self) -> bool:
        """Whether the heads of offices confirm what was handed in; in a round that only selects nothing is."""
        return self.needs_confirmation and not self.only_selects

    @property
    def reviewed_values(self) -> tuple[str, ...]:
        """The codes of what offices enter that is looked at like evidence."""
        return tuple(code for code, value in self.scheme.values.items() if self.reviews(value))

    def reviews(self, value: engine.Value) -> bool:
        """Whether what an office enters for it waits until it is accepted."""
        return value.by == "office" and (value.review or self.reviews_values)

    @property
    def phases(self) -> tuple[engine.Phase, ...]:
        """The lines of the scheme's calendar that concern it: what begins once it has selected is the later stages'."""
        calendar = self.scheme.calendar
        if not (self.only_selects and self.named_by):
            return calendar
        asked = [self.scheme.requirements[code] for code in self.collected]
        days = (period.due for one in asked for period in one.periods)
        last = max((self.named_by, *(one.due for one in asked), *days))
        return tuple(phase for phase in calendar if phase.starts <= last)

    @property
    def has_nominees(self) -> bool:
        """Whether there is anybody to name or to choose, once offices are entered."""
        return self.scheme.nominees is not None or self.preceding_id is not None

    @property
    def ranked(self) -> str:
        """How entries are ranked: as the round says, or else its scheme."""
        return self.ranking or self.scheme.ranking
