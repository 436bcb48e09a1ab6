"""A round's scheme to read: everything that is asked, earned and awarded, in words, for a page and a PDF alike."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from scoring import engine
from scoring.engine.language.display import numbering
from scoring.wording.rules_in_words import Prose, RuleInWords
from scoring.wording.said_once import once
from submissions import thai
from submissions.documents.typesetting import make_pdf
from submissions.models import Round
from submissions.pages.dear import dear
from submissions.questions.issuer import issuer_of
from submissions.templatetags.wording import recorder

from .rounds import rounds_of

KEPT = 24 * 60 * 60  # seconds for which a scheme's PDF is kept
RANKINGS = {
    "overall": gettext_lazy("Everybody is ranked together."),
    "region": gettext_lazy("Ranked inside each inspection region."),
    "none": gettext_lazy("Nobody is ranked."),
}
SHOWN_AS = {
    "points": gettext_lazy("Points are shown as points."),
    "letters": gettext_lazy("The points of a criterion are shown as a letter:"),
    "level": gettext_lazy("The points of a criterion are shown as a level, with the sum behind it."),
    "eligibility": gettext_lazy("What is shown is whether somebody is eligible."),
}
KINDS = {
    "number": gettext_lazy("a number"),
    "percent": gettext_lazy("a percentage"),
    "date": gettext_lazy("a date"),
    "boolean": gettext_lazy("yes or no"),
    "map": gettext_lazy("names with a number each"),
}
NOMINEES = {
    "person": gettext_lazy("Each entry is a person whom an office names."),
    "subdistrict": gettext_lazy("Each entry is a subdistrict that an office names."),
}
ENTRANTS = {
    "named": gettext_lazy("each office names its own"),
    "chosen": gettext_lazy("chosen among those announced in the stage before"),
    "all": gettext_lazy("all that were announced in the stage before"),
}
PLACES = {
    "region": gettext_lazy("each inspection region"),
    "province": gettext_lazy("each province"),
    "district": gettext_lazy("each district"),
    "subdistrict": gettext_lazy("each subdistrict"),
}


@dataclass(frozen=True)
class AskedFor:
    """One thing to hand in, enter or set: what it is, and by when."""

    title: str
    facts: tuple[str | Promise, ...]
    when: str  # "" where it is the scheme's own last day, which is told once for all
    help: engine.Text | None
    doubts: tuple[engine.Doubt, ...]
    checklist: tuple[engine.Text, ...] = ()

    @property
    def said(self) -> str:
        return " · ".join(map(str, filter(None, (*self.facts, self.when))))


@dataclass(frozen=True)
class Chapter:
    """A criterion, and the points it has at most ("" where none are spoken of)."""

    criterion: engine.Criterion
    most: str
    told: RuleInWords
    asked: tuple[AskedFor, ...]


class Booklet:
    """What the reader of a round's scheme is shown. No query: the scheme is in memory.

    Every day and number is told once; `to_the_letter` also the conditions whose words a level has already.
    """

    def __init__(self, round: Round, language: str, *, with_doubts: bool, to_the_letter: bool = False) -> None:
        self.round, self.scheme, self.edition = round, round.scheme, round.edition
        self.with_doubts, self.to_the_letter = with_doubts, to_the_letter
        self.prose = Prose(self.scheme, language, round.settings)
        self.language = self.prose.language

    @cached_property
    def chapters(self) -> dict[str, Chapter]:
        return {code: self._chapter(criterion) for code, criterion in self.scheme.criteria.items()}

    def dimensions(self) -> Iterator[tuple[engine.Dimension, str, list[Chapter]]]:
        """Each dimension with the points it has at most, and its criteria."""
        for dimension in self.scheme.dimensions:
            yield dimension, self._most(dimension.max), [self.chapters[code] for code in dimension.criteria]

    def _chapter(self, criterion: engine.Criterion) -> Chapter:
        asked, in_words = tuple(self._asked(criterion)), self.prose.rule(criterion.rule)
        if not self.to_the_letter:
            in_words = once(in_words, beside=[self.prose.by(self.scheme.close).strip(), *(one.when for one in asked)])
        return Chapter(criterion, self._most(criterion.max), in_words, asked)

    # What is asked --------------------------------------------------------------------------------------------------

    def _asked(self, criterion: engine.Criterion) -> Iterator[AskedFor]:
        for source in criterion.inputs:
            beside = (_("shown to the judges, earns nothing by itself"),) if source.code in criterion.also_asked else ()
            match source.kind:
                case "requirement":
                    yield self._evidence(self.scheme.requirements[source.code], beside)
                case "value":
                    yield self._value(self.scheme.values[source.code], beside)
                case "setting":
                    setting = self.scheme.settings[source.code]
                    day = _("in this round: %s") % self.prose.set_day(source.code)
                    yield AskedFor(setting.title.to(self.language), (_("a date"),), day, None, setting.doubts)

    def _evidence(self, requirement: engine.Requirement, beside: tuple[str, ...]) -> AskedFor:
        facts: list[str | Promise] = [*self._by(requirement), *beside]
        if requirement.channels and requirement.among == "social":
            facts.append(_("social-media channels asked for: %s") % requirement.channels)
        elif requirement.channels:
            facts.append(_("channels asked for: %s") % requirement.channels)
        facts += self._extent(requirement.extent)
        if self.scheme.form_of(requirement.code):
            facts.append(_("a form to fill in on the screen"))
        title, when = requirement.title.to(self.language), self._when(requirement.periods, requirement.due)
        return AskedFor(title, tuple(facts), when, requirement.help, requirement.doubts, requirement.checklist)

    @staticmethod
    def _extent(extent: engine.Extent) -> Iterator[str]:
        if extent.pages:
            yield _("%(least)s to %(most)s pages") % {"least": extent.pages.least, "most": extent.pages.most}
        if extent.paper:
            yield _("on %s paper") % extent.paper
        if extent.minutes:
            yield _("%(least)s to %(most)s minutes") % {"least": extent.minutes.least, "most": extent.minutes.most}

    def _value(self, value: engine.Value, beside: tuple[str, ...]) -> AskedFor:
        kind = f"{KINDS[value.kind]} ({value.unit.to(self.language)})" if value.unit else KINDS[value.kind]
        facts = [kind, *self._by(value), *beside]
        if value.above is not None:
            facts.append(_("must be more than %s") % self.prose.sized(value.code, value.above))
        if value.may_be_ahead:
            facts.append(_("may lie ahead: it is a plan"))
        if self.round.reviews(value):
            facts.append(_("counts once it is accepted"))
        if value.proof:
            facts.append(_("with proof: %s") % self.scheme.requirements[value.proof].title.to(self.language))
        when = self._when(value.periods, value.until)
        return AskedFor(value.title.to(self.language), tuple(facts), when, value.help, value.doubts)

    def _by(self, asked: engine.Requirement | engine.Value) -> list[str]:
        """Who records it, where it is not the office."""
        return [recorder(self.round)] if asked.by == "central" else []

    def _when(self, periods: tuple[engine.Period, ...], due) -> str:
        if periods:
            return self.prose.spread([(period.code, period.due) for period in periods])
        return "" if due == self.scheme.close else self.prose.by(due).strip()

    # The scheme -----------------------------------------------------------------------------------------------------

    @property
    def issuer(self) -> str:
        """Who runs the contest, where it is not the Department."""
        issuer = issuer_of(self.round)
        if issuer is None:
            return ""
        names = {"title": issuer.title.to(self.language), "signed_by": issuer.signed_by.to(self.language)}
        return _("Run by: %(title)s; results are signed by: %(signed_by)s") % names

    @property
    def ranking(self) -> Promise:
        return RANKINGS[self.scheme.ranking]

    @cached_property
    def tie_break(self) -> str:
        """What comes first when totals are equal."""
        if self.scheme.ranking == "none":
            return ""
        if not self.scheme.tie_break:
            return _("Equal totals share a rank.")
        deciding = [self.scheme.criteria[code] for code in self.scheme.tie_break]
        titles = [numbering(criterion.code, " ") + criterion.title.to(self.language) for criterion in deciding]
        return _("With equal totals these decide, in this order: %s") % ", ".join(titles)

    def judging(self) -> list[str]:
        """How the committee judges."""
        blind = _("Judges see no names of offices, people or files before their own sheet is final.")
        notes = _("Judges say why an item earns nothing, or all of its points.")
        said = ((self.round.is_blind, blind), (self.round.asks_notes, notes))
        return [sentence for is_said, sentence in said if is_said and not self.round.only_selects]

    @property
    def shown_as(self) -> str:
        grades = ", ".join(f"{grade} = {self.prose.points(points)}" for grade, points in self.scheme.grades.items())
        return f"{SHOWN_AS[self.scheme.shown_as]} {grades}".strip()

    def awards(self) -> Iterator[tuple[engine.Tier, str, str]]:
        """Each award, who gets it, and what."""
        for tier in self.scheme.awards:
            kind = tier.prize_in_kind.to(self.language) if tier.prize_in_kind else ""
            money = _("%s baht") % f"{tier.prize:,}" if tier.prize else ""
            yield tier, self._winners(tier), ", ".join(filter(None, (kind, money)))

    def _winners(self, tier: engine.Tier) -> str:
        if tier.count is not None:
            return str(tier.count)
        if not self.scheme.points_count:
            return _("everybody who is eligible")
        return _("everybody with the full points")

    def targets(self) -> Iterator[tuple[str, list[tuple[engine.Text, str]]]]:
        """What each target is of, and its number for each size."""
        for numbers in self.scheme.targets.values():
            code = self.prose.aims.get(tuple(numbers.items()), "")
            title = self.prose.title("values", code) if code else ""
            yield title, [(size.title, self.prose.sized(code, numbers[size.code])) for size in self.scheme.sizes]

    def nominees(self) -> list[str]:
        """Who takes part for an office, and what is asked of them."""
        nominees = self.scheme.nominees
        if nominees is None:
            return []
        sentences = [str(NOMINEES[nominees.kind])]
        if nominees.declare:
            titles = [self.prose.named("values", code) for code in nominees.declare]
            sentences.append(_("The office declares: %s") % ", ".join(titles))
        if nominees.register:
            years = {"since": self._year(nominees.since), "until": self._year(nominees.until)}
            sentences.append(_("Whoever was a model in %(since)s to %(until)s is not named again.") % years)
        return sentences

    def _year(self, year: int) -> str:
        return thai.english_year(year) if self.language == "en" else f"{year + thai.ERA}"

    def stages(self) -> Iterator[tuple[engine.Text, str]]:
        for stage in self.scheme.stages:
            yield stage.title, self._in_words(stage)

    def _in_words(self, stage: engine.Stage) -> str:
        places = ngettext("%(places)s place for %(per)s", "%(places)s places for %(per)s", stage.places)
        words = [
            str(ENTRANTS[stage.entrants]),
            places % {"places": stage.places, "per": PLACES[stage.per]},
            self.prose.by(stage.due).strip(),
            str(RANKINGS[stage.ranking]),
        ]
        if stage.collects:
            words.append(_("handed in: %s") % self._titles(stage.collects))
        return " · ".join(words)

    def _titles(self, requirements: Iterable[str]) -> str:
        """What is handed in, each with its day."""
        asked = (self._evidence(self.scheme.requirements[code], ()) for code in requirements)
        return ", ".join(f"{one.title} ({one.when})" if one.when else one.title for one in asked)

    @property
    def collected(self) -> str:
        """What a round that only selects collects all the same."""
        return self._titles(self.round.collected)

    def next_stage(self) -> str:
        stage = self.round.next_stage
        return f"{stage.title.to(self.language)}: {self._in_words(stage)}" if stage else ""

    def settings(self) -> Iterator[tuple[engine.Text, str]]:
        """What staff set for this round."""
        for code, setting in self.scheme.settings.items():
            yield setting.title, self.prose.set_day(code)

    def doubts(self) -> Iterable[engine.Doubt]:
        return self.scheme.doubts if self.with_doubts else ()

    @property
    def most(self) -> str:
        return self._most(self.scheme.max)

    def _most(self, points: Decimal) -> str:
        """The points there are; "" where somebody is eligible or not, and no points are spoken of."""
        return self.prose.points(points) if self.scheme.points_count else ""


@login_required
@require_GET
def scheme(request, round_id: int) -> HttpResponse:
    """The round's scheme in words, for everybody in the round."""
    return render(request, "scoring/scheme.html", _booklet(request, round_id))


def on_paper(context: dict) -> str:
    """What is printed, in HTML: in Thai with Thai digits, as official papers are written."""
    html = render_to_string("scoring/pdf/scheme.html", context)
    return thai.digits_of_page(html) if context["booklet"].language == "th" else html


@login_required
@require_GET
@dear("30/min")
def scheme_pdf(request, round_id: int) -> HttpResponse:
    """The same as a PDF, kept for a while under the digest of all it says: laying out a long one takes a second."""
    context = _booklet(request, round_id)
    html = on_paper(context)
    key = f"scheme-pdf:{hashlib.sha256(html.encode()).hexdigest()}"
    response = HttpResponse(cache.get_or_set(key, lambda: make_pdf(html), KEPT), content_type="application/pdf")
    name = f"{context['booklet'].scheme.code}.pdf"
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _booklet(request, round_id: int) -> dict:
    user = request.user
    round = get_object_or_404(rounds_of(user), pk=round_id)
    return {
        "round": round,
        "booklet": Booklet(
            round, thai.language(), with_doubts=round.is_run_by(user), to_the_letter="letter" in request.GET
        ),
    }


urls = [
    path("rounds/<int:round_id>/scheme/", scheme, name="scheme"),
    path("rounds/<int:round_id>/scheme.pdf", scheme_pdf, name="scheme-pdf"),
]
