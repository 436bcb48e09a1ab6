"""What was announced: publications, their results and papers. Nothing of it moves, whatever happens to the facts."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from awards.content import canonical
from scoring.models import Earned
from scoring.wording.points_shown import placed
from submissions import thai
from submissions.frozen import Frozen, FrozenQuerySet
from submissions.models import Edition, Entry, Office, Round, User
from submissions.models.people import Reader
from submissions.models.places import MOST_NAME
from submissions.templatetags.wording import office_name
from submissions.vault import vault

MOST_REASON = 500  # characters, of why a publication was corrected, or places of equal points were ordered so


class PublicationQuerySet(FrozenQuerySet["Publication"]):
    def visible_to(self, user: Reader) -> "PublicationQuerySet":
        """An announcement is for everybody who takes part in its round."""
        return self.filter(round__in=Round.objects.visible_to(user))

    def final(self) -> "PublicationQuerySet":
        """Without those that offices may still dispute."""
        return self.filter(appeals_until=None)

    def public(self) -> "PublicationQuerySet":
        """Those that everybody reads, without a log-in: of a round that says so and is none for practice. A provisional
        one only where its whole table is shown."""
        of_round: dict[str, Any] = {"round__is_public": True, "round__discarded_at": None}
        if not settings.PRACTICE_IS_PUBLIC:
            of_round["round__clock_offset"] = timedelta(0)
        whole = Q(round__rank_visibility=Round.RankVisibility.FULL)
        return self.filter(whole | Q(appeals_until=None), **of_round)

    def with_round(self) -> "PublicationQuerySet":
        return self.select_related("round", "edition").defer("edition__text", "log")


class Publication(Frozen):
    """A numbered announcement of a round's results. The newest of a round holds; the older ones stay as they were.

    `frame` is what the numbers are about, as it stood: the round's and the scheme's titles, maxima and awards.
    `decisions` are the committee's, where a tie straddled an award: [{"offices": [code, in order], "reason"}].
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="publications", verbose_name=_("round"))
    number = models.PositiveIntegerField(_("number"))
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+", verbose_name=_("edition"))
    as_of = models.DateTimeField(_("as of"), help_text=_("The round's time at which the facts were read."))
    published_at = models.DateTimeField(_("published at"), default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("published by")
    )
    reason = models.CharField(_("reason for the correction"), max_length=MOST_REASON, blank=True)
    frame = models.JSONField(_("titles and maxima"))
    decisions = models.JSONField(_("decisions on ties"), default=list)
    # [{"entry": id, "office": code, "events": how many, "head": SHA-256 of the last}]; empty in publications of before.
    log = models.JSONField(
        _("heads of the log"), default=list, db_default=models.Value([], models.JSONField()), editable=False
    )
    # Of a provisional one: until when it may be disputed. Of one that was provisional before: what came of the appeals.
    appeals_until = models.DateTimeField(_("appeals until"), null=True, editable=False)
    appeals = models.JSONField(
        _("appeals"), default=dict, db_default=models.Value({}, models.JSONField()), editable=False
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("confirmed by"),
        help_text=_("The second person; none where one may publish alone."),
    )
    # What its papers carry beside what is announced (`letterhead`); {} of before there was a template for them.
    paper = models.JSONField(
        _("what its papers carry"), default=dict, db_default=models.Value({}, models.JSONField()), editable=False
    )
    facts_digest = models.CharField(_("SHA-256 of the facts"), max_length=64)
    previous = models.CharField(_("SHA-256 of the publication before"), max_length=64, blank=True)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-round", "-number"]
        constraints = [models.UniqueConstraint(fields=["round", "number"], name="one_publication_per_number")]

    def __str__(self) -> str:
        return _("%(round)s, publication %(number)s") % {"round": self.title, "number": self.number}

    @property
    def title(self) -> str:
        """The round's name as it was announced."""
        name: dict[str, str] = self.frame["round"]
        return name["name_en"] if name["name_en"] and thai.language() == "en" else name["name_th"]

    @property
    def is_provisional(self) -> bool:
        return self.appeals_until is not None

    def why_not_public(self) -> str | None:
        """Why it is not among `objects.public()`, for whoever runs its round."""
        round = self.round
        if round.is_practice and not settings.PRACTICE_IS_PUBLIC:
            return gettext("A round for practice is never public.")
        if not round.is_public:
            return gettext("The round is not public. Its settings can make it so.")
        if self.is_provisional and round.rank_visibility != Round.RankVisibility.FULL:
            return gettext("A provisional result is public only where offices see the whole table.")
        return gettext("The round was discarded.") if round.discarded_at else None

    def shows_all_to(self, user: User) -> bool:
        """Whether this person sees all offices' lines: of a provisional result as far as the round shows its table."""
        is_whole = self.round.rank_visibility == Round.RankVisibility.FULL
        return not self.is_provisional or is_whole or self.round.is_run_by(user)

    def hides_ranks_from(self, user: User) -> bool:
        """Whether not even the own rank and award are shown before the result is final."""
        is_hidden = self.round.rank_visibility == Round.RankVisibility.HIDDEN
        return self.is_provisional and is_hidden and not self.round.is_run_by(user)

    @property
    def announced_at(self) -> datetime:
        """When it was announced, as its papers are dated: of a practice round by the round's own clock."""
        return self.as_of if self.frame["round"]["is_practice"] else self.published_at

    @property
    def ranking(self) -> str:
        """How it was ranked; a publication of before there were other ways has one table."""
        return str(self.frame.get("ranking", "overall"))

    @property
    def only_selects(self) -> bool:
        """Whether it announces who takes part in a later stage, and no points."""
        return bool(self.frame.get("only_selects", False))

    def as_round(self, settings: dict[str, str]) -> Round:
        """A round made up of what is frozen, never saved: for what tells of its scheme. `settings`: the days set."""
        return Round(edition=self.edition, settings=settings, name_th=self.frame["round"]["name_th"])

    def content(self) -> dict[str, Any]:
        """Everything that was announced: what documents are made from, and what the digest is taken of."""
        return content_of(self, list(self.results.defer("facts")))

    @cached_property
    def announced(self) -> dict[str, Any]:
        """The same, read once by whoever holds this row: its papers are made one after the other."""
        return self.content()


def content_of(publication: Publication, results: list["Result"]) -> dict[str, Any]:
    return {
        **_public(publication.frame),
        **({"log": publication.log} if publication.log else {}),
        **_heard(publication),
        # Who signs is on the paper, not in what is handed on: a salted digest holds it to what was frozen.
        **({"paper": canonical.digest_of(canonical.write(publication.paper))} if publication.paper else {}),
        "publication": {
            "number": publication.number,
            "as_of": canonical.moment(publication.as_of),
            "published_at": canonical.moment(publication.published_at),
            "reason": publication.reason,
            "previous": publication.previous,
            "facts": publication.facts_digest,
        },
        "decisions": publication.decisions,
        "results": [result.content() for result in results],
    }


def withheld_of(frame: dict[str, Any]) -> dict[str, list[str]]:
    """The parts of which an announcement holds commitments alone, each as its salt and its text."""
    return {name: [salt, canonical.write(frame[name])] for name, salt in frame.get("salts", {}).items()}


def _public(frame: dict[str, Any]) -> dict[str, Any]:
    """With commitments for what is withheld; publications of before withhold nothing."""
    withheld = withheld_of(frame)
    commitments = {
        name: canonical.sha256(bytes.fromhex(salt) + text.encode()) for name, (salt, text) in withheld.items()
    }
    shown = {name: part for name, part in frame.items() if name not in withheld and name != "salts"}
    return shown | ({"withheld": commitments} if withheld else {})


def _heard(publication: Publication) -> dict[str, Any]:
    """What is said of appeals and of a second person; nothing where there was neither, as in publications of before."""
    until = publication.appeals_until
    return {
        **({"provisional": {"until": canonical.moment(until)}} if until else {}),
        **({"appeals": publication.appeals} if publication.appeals else {}),
        **({"persons": 2} if publication.confirmed_by_id else {}),
    }


def facts_of(results: list["Result"]) -> str:
    return "".join(f"{result.facts}\n" for result in results)


class ResultQuerySet(FrozenQuerySet["Result"]):
    def visible_to(self, user: Reader) -> "ResultQuerySet":
        """The table of results is part of the announcement; of a provisional one as far as the round shows ranks."""
        seen = self.filter(publication__in=Publication.objects.visible_to(user))
        if user.is_authenticated and user.is_central:
            return seen
        whole = Q(publication__appeals_until=None) | Q(publication__round__rank_visibility=Round.RankVisibility.FULL)
        run = Q(publication__round__in=Round.objects.run_by(user))
        return seen.filter(whole | run | Q(entry__in=Entry.objects.visible_to(user)))

    def earned(self, codes: list[str]) -> "ResultQuerySet":
        """With what each earned of these criteria, as text, in columns part0, part1 …"""
        return self.annotate(**{f"part{number}": Earned("criteria", code) for number, code in enumerate(codes)})

    def of_persons(self) -> "ResultQuerySet":
        """Those whose nominee is a person: no page names one, see `public_names`."""
        return self.filter(nominee__has_key="name_th").exclude(nominee__has_key="code")

    def opened_by(self, user: Reader) -> "ResultQuerySet":
        """Those whose scorecard this person may open: an officer's own office's."""
        return self.filter(entry__in=Entry.objects.visible_to(user))


class Result(Frozen):
    """One entry's line in a publication, with the facts that it was computed from."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="results", verbose_name=_("publication"))
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="results", verbose_name=_("entry"))
    place = models.PositiveIntegerField(_("line"), help_text=_("Best first; a decided tie in the committee's order."))
    rank = models.PositiveIntegerField(_("rank"), null=True, help_text=_("None where nobody is ranked."))
    tier = models.CharField(_("award"), max_length=40, blank=True)
    office_code = models.CharField(_("code"), max_length=20)
    office_kind = models.CharField(_("kind"), max_length=20)
    office_name_th = models.CharField(_("name in Thai"), max_length=MOST_NAME)
    office_name_en = models.CharField(_("name in English"), max_length=MOST_NAME, blank=True)
    office_size = models.CharField(_("size group"), max_length=10, blank=True)
    # Only where an office takes part through a nominee, and only where ranks are inside regions.
    nominee = models.JSONField(_("nominee"), default=dict)
    region = models.JSONField(_("inspection region"), default=dict)
    total = models.DecimalField(_("points"), max_digits=7, decimal_places=2)
    claimed = models.DecimalField(_("claimed"), max_digits=7, decimal_places=2)
    attainable = models.DecimalField(_("attainable"), max_digits=7, decimal_places=2)
    dimensions = models.JSONField(_("dimensions"))
    criteria = models.JSONField(_("criteria"))
    facts = models.TextField(_("facts"))

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["publication", "place"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "place"], name="one_result_per_place"),
            models.UniqueConstraint(fields=["publication", "entry"], name="one_result_per_entry"),
        ]

    def __str__(self) -> str:
        name = f"{self.nominee_name} ({self.office_name})" if self.nominee else self.office_name
        return f"{self.shown_rank}. {name}" if self.shown_rank else name

    @property
    def shown_rank(self) -> int | None:
        """The rank as it is shown: whoever earned nothing has none."""
        return placed(self.rank, self.total)

    @property
    def office_name(self) -> str:
        return self.office_name_en if self.office_name_en and thai.language() == "en" else self.office_name_th

    @property
    def nominee_name(self) -> str:
        """Who took part for the office; '' where the office itself did."""
        if "code" not in self.nominee:
            return str(self.nominee.get("name_th", ""))
        return office_name(Office(**{name: self.nominee[name] for name in ("kind", "name_th", "name_en")}))

    def public_names(self) -> tuple[str, str]:
        """Who took part as everybody may read it, and beside a subdistrict its office: no person is named."""
        office = office_name(Office(kind=self.office_kind, name_th=self.office_name_th, name_en=self.office_name_en))
        return (self.nominee_name, office) if "code" in self.nominee else (office, "")

    @property
    def region_name(self) -> str:
        """The inspection region inside which it is ranked; '' where ranks are of the whole round."""
        return str(self.region.get(f"name_{thai.language()}") or self.region.get("name_th", ""))

    def content(self) -> dict[str, Any]:
        # What most results don't have is left out: a digest holds for as long as content stays as it was.
        return {
            **({"nominee": self.nominee} if self.nominee else {}),
            **({"region": self.region} if self.region else {}),
            "rank": self.rank,
            "tier": self.tier,
            "office": {
                "code": self.office_code,
                "kind": self.office_kind,
                "name_th": self.office_name_th,
                "name_en": self.office_name_en,
                "size": self.office_size,
            },
            "total": f"{self.total:.2f}",
            "claimed": f"{self.claimed:.2f}",
            "attainable": f"{self.attainable:.2f}",
            "dimensions": self.dimensions,
            "criteria": self.criteria,
        }


class Document(Frozen):
    """A publication's document as a file, signed once and kept. Where the file was lost another copy is made."""

    class Kind(models.TextChoices):
        ANNOUNCEMENT = "announcement", _("announcement of the awards")
        RESULTS = "results", _("table of all results")
        CERTIFICATES = "certificates", _("certificates")
        SCORECARD = "scorecard", _("scorecard")
        CREDENTIAL = "credential", _("certificate for digital wallets")  # of one office, beside its certificate

    publication = models.ForeignKey(
        Publication, models.PROTECT, related_name="documents", verbose_name=_("publication")
    )
    kind = models.CharField(_("document"), max_length=20, choices=Kind.choices)
    office = models.CharField(_("code of the office"), max_length=20, blank=True)
    copy = models.PositiveSmallIntegerField(_("copy"), default=1, db_default=1)  # the last one is handed out
    file = models.FileField(_("file"), storage=vault, max_length=200)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    # Of the bytes that a PDF's signature is about; "" where it has none.
    signed_sha256 = models.CharField(_("SHA-256 of what is signed"), max_length=64, blank=True, db_default="")
    # {"by": whose certificate, "level": "B-T" or "B-B", "is_trial": nobody vouches for it}
    signature = models.JSONField(
        _("signature"), default=dict, db_default=models.Value({}, models.JSONField()), editable=False
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    objects = FrozenQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["publication", "kind", "office"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "kind", "office", "copy"], name="one_document_of_a_copy")
        ]
        indexes = [
            models.Index(fields=["sha256"], name="document_by_its_bytes"),
            models.Index(fields=["signed_sha256"], name="document_by_what_is_signed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.office}".strip()


def faults(publication: Publication) -> list[str]:
    """What is no longer as it was announced; empty when nothing moved."""
    results, found = list(publication.results.all()), []
    if canonical.digest_of(canonical.write(content_of(publication, results))) != publication.digest:
        found.append(gettext("The results are not those that were published: their digest differs."))
    if canonical.digest_of(facts_of(results)) != publication.facts_digest:
        found.append(gettext("The facts kept with the results are not those that were scored: their digest differs."))
    if misplaced := _misplaced(publication):
        text = _("The results of %(offices)s hang on other entries than those that were announced.")
        found.append(text % {"offices": ", ".join(misplaced)})
    before = Publication.objects.filter(round=publication.round_id, number=publication.number - 1)
    if (before.values_list("digest", flat=True).first() or "") != publication.previous:
        found.append(gettext("The publication before this one is not the one that it followed."))
    return found


def _misplaced(publication: Publication) -> list[str]:
    """The offices whose results are not their own entry's, as the sealed log names it, or none of this round's."""
    entries = {head["entry"]: head["office"] for head in publication.log}
    offices = {head["office"] for head in publication.log}
    found = []
    for entry, round, office in publication.results.values_list("entry", "entry__round", "office_code"):
        # Whoever had no log yet was not sealed.
        is_another_s = entries.get(entry, office) != office or (entry not in entries and office in offices)
        if is_another_s or round != publication.round_id:
            found.append(office)
    return found
