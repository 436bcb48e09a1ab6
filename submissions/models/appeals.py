"""What an office disputes of a provisional result, and the committee's answer."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .entries import Entry
from .judging import Sheet
from .people import Reader, User
from .rounds import MOST_CODE, Round

MOST_APPEAL = 4000  # characters of an appeal, and of its answer


class AppealQuerySet(models.QuerySet["Appeal"]):
    def visible_to(self, user: Reader) -> "AppealQuerySet":
        """The office's own, and all of the rounds that somebody runs; to a judge those that they may answer."""
        seen = self.filter(entry__in=Entry.objects.visible_to(user))
        return seen.exclude(deciders=user.pk) if user.is_authenticated and user.is_judge else seen

    def answerable_by(self, user: Reader) -> "AppealQuerySet":
        """Those that wait for an answer of somebody who did not decide it the first time: this person, for one."""
        if not user.is_authenticated or not (user.is_judge or user.runs_rounds):
            return self.none()
        seen = self.open().of_standing_results().filter(entry__in=Entry.objects.at_desk_of(user))
        return seen.exclude(deciders=user.pk).exclude(made_by=user.pk)

    def open(self) -> "AppealQuerySet":
        """Without those that were answered."""
        return self.filter(verdict="")

    def reopening(self, judge: User) -> "AppealQuerySet":
        """Those for which this judge's sheet was reopened, and is to be corrected."""
        return self.open().of_standing_results().filter(sheets__judge=judge, sheets__status=Sheet.Status.DRAFT)

    def of_standing_results(self) -> "AppealQuerySet":
        """Without those of a provisional result that stands no more: facts have changed again since."""
        return self.filter(publication=F("entry__round__provisional"))

    def of_round(self, round: Round) -> "AppealQuerySet":
        """Those that dispute the provisional result that the round stands at."""
        return self.filter(entry__round=round, publication=round.provisional or 0)


class Appeal(models.Model):
    """One criterion of one entry's provisional result, disputed with what the office had handed in already.

    `evidence` and `values` are the pieces that it points at: ids, and "code.period".
    """

    class Verdict(models.TextChoices):
        UPHELD = "upheld", _("upheld")
        PARTLY = "partly", _("partly upheld")
        DISMISSED = "dismissed", _("not upheld")

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="appeals", verbose_name=_("entry"))
    publication = models.PositiveIntegerField(_("provisional publication"))
    criterion = models.CharField(_("criterion"), max_length=MOST_CODE)
    text = models.TextField(_("what is disputed, and why"), max_length=MOST_APPEAL)
    evidence = models.JSONField(_("evidence"), default=list)
    values = models.JSONField(_("values"), default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))
    deciders = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("who decided it the first time")
    )
    sheets = models.ManyToManyField(Sheet, related_name="+", verbose_name=_("scoring sheets reopened by it"))
    verdict = models.CharField(_("answer"), max_length=10, choices=Verdict.choices, blank=True)
    answer = models.TextField(_("reasons"), max_length=MOST_APPEAL, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "publication", "criterion"], name="one_appeal_per_criterion"),
            models.CheckConstraint(
                condition=Q(verdict="", answered_at=None) | ~Q(verdict="") & ~Q(answered_at=None),
                name="answered_with_a_verdict",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} · {self.criterion}"

    @property
    def is_open(self) -> bool:
        return not self.verdict
