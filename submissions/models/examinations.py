"""What a machine saw of the files handed in. Derived from the files: may be wiped, and is made anew."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from submissions.files.fingerprints import KEYS

from .evidence import Evidence

MOST_THREAT = 200  # characters of what a scanner calls a virus


class Scanned(models.Model):
    """A row whose file is looked through for viruses by a worker, which holds it meanwhile."""

    class Scan(models.TextChoices):
        WAITING = "waiting", _("being checked for viruses")
        CLEAN = "clean", _("no virus found")
        INFECTED = "infected", _("a virus was found")

    scan = models.CharField(_("viruses"), max_length=10, choices=Scan.choices, default=Scan.WAITING)
    threat = models.CharField(_("name of the virus"), max_length=MOST_THREAT, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    # When it is to be worked on, if nobody has finished by then; nothing: there is nothing (more) to do.
    due_at = models.DateTimeField(default=timezone.now, null=True, blank=True, editable=False)
    came_at: str  # the name of the column that says when its file came

    class Meta:
        abstract = True

    @property
    def is_infected(self) -> bool:
        return self.scan == self.Scan.INFECTED

    @property
    def is_too_much(self) -> bool:
        """The scanner gave up before it had looked through all of it: nobody knows what is in it."""
        return self.is_infected and self.threat.startswith("Heuristics.Limits.Exceeded")

    def take(self, lease: timedelta) -> bool:
        """Whether this process is the one to work on it, for so long. A message that came twice takes nothing."""
        now = timezone.now()
        due = type(self)._default_manager.filter(pk=self.pk, due_at__lte=now)
        return bool(due.update(due_at=now + lease, attempts=models.F("attempts") + 1))


class Examination(Scanned):
    """Of one file handed in: whether it holds a virus, and what was seen when it was opened."""

    class State(models.TextChoices):
        PENDING = "pending", _("being looked at")
        DONE = "done", _("looked at")
        FAILED = "failed", _("could not be looked at")

    evidence = models.OneToOneField(Evidence, models.CASCADE, primary_key=True, related_name="examination")
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    facts = models.JSONField(_("what was seen"), default=dict, blank=True)
    came_at = "evidence__submitted_at"

    class Meta:
        verbose_name = _("examination")
        verbose_name_plural = _("examinations")
        indexes = [
            models.Index(fields=["due_at"], name="examinations_to_do", condition=Q(due_at__isnull=False)),
            models.Index(fields=["scan"], name="examinations_to_scan", condition=Q(scan="waiting")),
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id}: {self.state}, {self.scan}"


class Fingerprint(models.Model):
    """A mark of one file: how a picture or a page looks, or what a document says. See `files.fingerprints`."""

    class Kind(models.TextChoices):
        LOOK = "look", _("picture or page")
        TEXT = "text", _("text")

    sha256 = models.CharField(max_length=64)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    page = models.PositiveIntegerField()  # 0: a picture, or the text of the whole
    key_0 = models.IntegerField()
    key_1 = models.IntegerField()
    key_2 = models.IntegerField()
    key_3 = models.IntegerField()
    sketch = models.CharField(max_length=256)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sha256", "kind", "page"], name="one_fingerprint_per_page")]
        indexes = [models.Index(fields=[f"key_{at}", "kind"], name=f"fingerprint_key_{at}") for at in range(KEYS)]

    def __str__(self) -> str:
        return f"{self.sha256[:8]} {self.kind} {self.page}"


class Likeness(models.Model):
    """Two contents that are nearly the same: how much, in percent, and of looks which pages resemble which."""

    one = models.CharField(max_length=64)  # the lesser SHA-256 of the two
    other = models.CharField(max_length=64, db_index=True)
    kind = models.CharField(max_length=4, choices=Fingerprint.Kind.choices)
    percent = models.PositiveSmallIntegerField()
    pages = models.JSONField(default=list)  # [page of one, page of other]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other", "kind"], name="one_likeness_per_pair")]

    def __str__(self) -> str:
        return f"{self.one[:8]} {self.other[:8]} {self.percent} %"


class Thumbnail(models.Model):
    """A content drawn small, as a JPEG; empty where it can't be drawn."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    picture = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256[:8]
