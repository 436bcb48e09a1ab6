"""Reads a scheme's text, and refuses it with every fault that can be found in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain

from scoring.engine.arithmetic.rules import read_rule
from scoring.engine.facts.asked import Requirement, Setting, Value
from scoring.engine.facts.calendar import month_end, month_title, months
from scoring.engine.facts.terms import SHOWN_AS, Doubt, Input, Period, ShownAs, Text, ValueKind

from .book import Book, check_channels
from .display import check_display, read_letters
from .expected import check_other, read_bounds
from .extent import read_extent
from .forms import Form, read_form
from .proof import Page, Proof, SchemeError, open_page
from .scheme import Criterion, Dimension, Issuer, Phase, Scheme, Size, Tier
from .stages import RANKINGS, Ranking, read_nominees, read_stages

_LONGEST_CHAIN = 18  # criteria that a scorecard has room for
_LONGEST_PERIOD = 20  # letters of a code, for which evidence has room
_MOST_MONTHS = 60  # five years; a slip in a year would ask every office for thousands of things
_KINDS = ("number", "percent", "date", "boolean", "map")


def load(text: str) -> Scheme:
    """The scheme that a YAML text describes (the language: scoring/schemes/README.md). SchemeError with all faults."""
    proof = Proof()
    page = open_page(text, proof)
    scheme = _Reader(page).scheme()
    if proof.faults:
        raise SchemeError(proof.faults)
    return scheme


class _Reader:
    """Reads one file from the top; what is declared is kept in `book` for the rules that follow."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.close = page.day("close")
        self.book = Book(self.close)
        self.titles: dict[str, Text] = {}
        self.codes: set[tuple[str, str]] = set()

    def scheme(self) -> Scheme:
        page, book = self.page, self.book
        sizes = tuple(Size(code, inner.inline_text()) for code, inner in self._declared("sizes"))
        self.titles = {code: inner.inline_text() for code, inner in self._declared("periods", _LONGEST_PERIOD)}
        book.targets = {code: self._target(inner, sizes) for code, inner in self._declared("targets")}
        book.requirements = {code: self._requirement(code, inner) for code, inner in self._declared("requirements")}
        declared = [(self._value(code, inner), inner) for code, inner in self._declared("values")]
        book.values = {value.code: value for value, inner in declared}
        for value, inner in declared:
            check_other(inner, value, book)
        book.settings = {code: self._setting(code, inner) for code, inner in self._declared("settings")}
        criteria: dict[str, Criterion] = {}
        dimensions = tuple(self._dimension(inner, criteria) for inner in page.pages("dimensions"))
        tie_break = tuple(page.words("tie_break", optional=True))
        for code in tie_break:
            page.known("tie_break", code, criteria)
        if len(tie_break) > _LONGEST_CHAIN:
            page.fault("tie_break", f"ใช้ได้ไม่เกิน {_LONGEST_CHAIN} ข้อ", f"holds at most {_LONGEST_CHAIN} criteria")
        ranking: Ranking = page.one_of("ranking", RANKINGS, "overall")  # type: ignore[assignment]
        shown_as: ShownAs = page.one_of("shown_as", SHOWN_AS, "points")  # type: ignore[assignment]
        scheme = Scheme(
            code=page.code("scheme"),
            title=page.text("title"),
            issuer=self._issuer(),
            close=self.close,
            max=page.points("max"),
            ranking=ranking,
            shown_as=shown_as,
            letters=read_letters(page, shown_as),
            dimensions=dimensions,
            criteria=criteria,
            requirements=book.requirements,
            values=book.values,
            items=book.items,
            settings=book.settings,
            forms=self._forms(),
            periods=self._periods(),
            sizes=sizes,
            targets=book.targets,
            awards=tuple(self._tier(inner) for inner in page.pages("awards", optional=True)),
            calendar=tuple(self._phase(inner) for inner in page.pages("calendar", optional=True)),
            tie_break=tie_break,
            nominees=read_nominees(page, book.values),
            stages=read_stages(page, self.close, ranking),
            doubts=self._doubts(page, ""),
        )
        page.close()
        self._check_sums(scheme)
        self._check_unused(criteria.values())
        check_display(page, shown_as, scheme.letters, criteria.values())
        return scheme

    def _issuer(self) -> Issuer | None:
        page = self.page.page("issuer") if self.page.has("issuer") else None
        if page is None:
            return None
        issuer = Issuer(page.text("title"), page.text("signed_by"))
        page.close()
        return issuer

    def _declared(self, key: str, longest: int = 40) -> Iterator[tuple[str, Page]]:
        """The mappings declared under `key`, by code; each is closed once it has been read."""
        page = self.page.page(key) if self.page.has(key) else None
        for code in page or ():
            inner = page.page(code) if page else None
            if page is not None and inner is not None:
                page.check_code(code, code, longest)
                yield code, inner
                inner.close()

    def _doubts(self, page: Page, path: str) -> tuple[Doubt, ...]:
        doubts = []
        for inner in page.pages("doubts", optional=True):
            doubts.append(Doubt(path, inner.inline_text(), inner.line))
            inner.close()
        return tuple(doubts)

    def _target(self, page: Page, sizes: Iterable[Size]) -> dict[str, Decimal]:
        return {size.code: page.number(size.code) for size in sizes}

    def _requirement(self, code: str, page: Page) -> Requirement:
        own = page.has("due")
        due = page.day("due", self.close)
        required = Requirement(
            code=code,
            title=page.text("title"),
            due=due,
            has_own_due=own,
            periods=self._slots(page),
            channels=page.whole("channels", 0),
            among=page.one_of("among", ("any", "social"), "any"),  # type: ignore[arg-type]
            by=page.one_of("by", ("office", "central"), "office"),  # type: ignore[arg-type]
            extent=read_extent(page),
            help=page.optional_text("help"),
            doubts=self._doubts(page, f"requirements.{code}"),
        )
        check_channels(page, required.channels, required.allowed_channels)
        return required

    def _value(self, code: str, page: Page) -> Value:
        kind: ValueKind = page.one_of("kind", _KINDS, "number")  # type: ignore[assignment]
        above = page.number("above") if page.has("above") else None
        return Value(
            code=code,
            title=page.text("title"),
            kind=kind,
            unit=page.optional_text("unit"),
            periods=self._slots(page),
            until=page.day("until", self.close),
            by=page.one_of("by", ("office", "central"), "office"),  # type: ignore[arg-type]
            above=above,
            may_be_ahead=page.yes("may_be_ahead"),
            help=page.optional_text("help"),
            doubts=self._doubts(page, f"values.{code}"),
            bounds=read_bounds(page, kind, above),
        )

    def _setting(self, code: str, page: Page) -> Setting:
        return Setting(code, page.text("title"), "date", self._doubts(page, f"settings.{code}"))

    def _forms(self) -> dict[str, Form]:
        forms: dict[str, Form] = {}
        for code, inner in self._declared("forms"):
            forms[code] = read_form(code, inner, self.book.requirements, tuple(forms.values()))
        return forms

    def _slots(self, page: Page) -> tuple[Period, ...]:
        """The periods of a requirement or value: named ones with their days, or months with a day of each month."""
        slots = list[Period]()
        if page.has("periods"):
            inner = page.page("periods")
            for code in inner or ():
                assert inner is not None
                inner.known(code, code, self.titles)
                slots.append(Period(code, self.titles.get(code, Text("", "")), inner.day(code)))
        elif page.has("months"):
            inner = page.page("months")
            if inner is not None:
                slots += self._months(inner)
                inner.close()
        return tuple(slots)

    def _months(self, page: Page) -> Iterator[Period]:
        first, last = page.month("from"), page.month("to")
        due = page.word("due", "last")
        if due != "last" and not (due.isdecimal() and 1 <= int(due) <= 28):
            page.fault("due", "ใช้ last หรือวันที่ 1-28", "must be last, or a day of the month from 1 to 28")
            due = "last"
        if first and last and last < first:
            page.fault("to", "ต้องไม่อยู่ก่อน from", "must not be before from")
        asked = months(first, last) if first and last else ()
        if len(asked) > _MOST_MONTHS:
            page.fault("to", f"รวมแล้วเกิน {_MOST_MONTHS} เดือน", f"makes more than {_MOST_MONTHS} months")
            return
        for month in asked:
            end = month_end(month)
            yield Period(month, month_title(month), end if due == "last" else end.replace(day=int(due)))

    def _once(self, page: Page, en: str, th: str) -> str:
        """The code of this page, which no other of its kind has."""
        code = page.code()
        if (en, code) in self.codes:
            page.fault("code", f"มี{th} '{code}' แล้ว", f"the {en} '{code}' is written twice")
        self.codes.add((en, code))
        return code

    def _dimension(self, page: Page, criteria: dict[str, Criterion]) -> Dimension:
        code = self._once(page, "dimension", "ด้าน")
        codes = []
        for inner in page.pages("criteria"):
            criterion = self._criterion(inner, code)
            if criterion.code in criteria:
                inner.fault("code", f"มีข้อ '{criterion.code}' แล้ว", f"the criterion '{criterion.code}' is written twice")
            criteria[criterion.code] = criterion
            codes.append(criterion.code)
        doubts = self._doubts(page, f"dimensions.{code}")
        dimension = Dimension(code, page.text("title"), page.points("max"), tuple(codes), doubts)
        total = sum((criteria[one].max for one in codes), Decimal(0))
        if total != dimension.max:
            page.fault(
                "max",
                f"ข้อในด้านนี้รวมได้ {total} ไม่ใช่ {dimension.max}",
                f"its criteria add up to {total}, not {dimension.max}",
            )
        page.close()
        return dimension

    def _criterion(self, page: Page, dimension: str) -> Criterion:
        code, top = page.code(), page.points("max")
        before = len(page.proof.faults)
        rule = read_rule(page, self.book)
        if len(page.proof.faults) == before and rule.max != top:
            page.fault("max", f"กติกาให้ได้สูงสุด {rule.max} ไม่ใช่ {top}", f"the rule earns at most {rule.max}, not {top}")
        also_asked = tuple(page.words("also_asked", optional=True))
        asked = tuple(self._also_asked(page, also_asked))
        criterion = Criterion(
            code=code,
            title=page.text("title"),
            max=top,
            dimension=dimension,
            rule=rule,
            inputs=tuple(dict.fromkeys((*rule.inputs(), *asked))),
            also_asked=also_asked,
            levels=rule.levels(),
            doubts=self._doubts(page, f"criteria.{code}"),
        )
        page.close()
        return criterion

    def _also_asked(self, page: Page, codes: Iterable[str]) -> Iterator[Input]:
        """What judges are shown beside the criterion, without points of its own."""
        for code in codes:
            if code in self.book.values:
                yield Input("value", code)
            elif page.known("also_asked", code, [*self.book.requirements, *self.book.values]):
                yield Input("requirement", code)

    def _tier(self, page: Page) -> Tier:
        everybody = page.has("count") and page.word("count") == "all"
        tier = Tier(
            code=self._once(page, "award", "รางวัล"),
            title=page.text("title"),
            count=None if everybody else page.whole("count"),
            level=page.optional_text("level"),
            prize=page.whole("prize") if page.has("prize") else None,
            prize_in_kind=page.optional_text("prize_in_kind"),
        )
        page.close()
        return tier

    def _phase(self, page: Page) -> Phase:
        phase = Phase(page.text("title"), page.day("starts"), page.day("ends"))
        if phase.ends < phase.starts:
            page.fault("ends", "ต้องไม่อยู่ก่อน starts", "must not be before starts")
        page.close()
        return phase

    def _periods(self) -> dict[str, Period]:
        """Every period of the scheme by code; where several things use one, its latest day."""
        found: dict[str, Period] = {}
        declared = chain[Requirement | Value](self.book.requirements.values(), self.book.values.values())
        for period in chain.from_iterable(one.periods for one in declared):
            held = found.get(period.code)
            if held is None or period.due > held.due:
                found[period.code] = period
        return found

    def _check_sums(self, scheme: Scheme) -> None:
        total = sum((one.max for one in scheme.dimensions), Decimal(0))
        if total != scheme.max:
            self.page.fault(
                "max", f"ทุกด้านรวมได้ {total} ไม่ใช่ {scheme.max}", f"the dimensions add up to {total}, not {scheme.max}"
            )

    def _check_unused(self, criteria: Iterable[Criterion]) -> None:
        """An input that no criterion reads is a mistake, most often in its code."""
        read = {(one.kind, one.code) for criterion in criteria for one in criterion.inputs}
        declared: dict[str, Iterable[str]] = {
            "requirement": self.book.requirements,
            "value": self.book.values,
            "setting": self.book.settings,
        }
        if self.page.proof.faults:
            return  # a rule that could not be read reads nothing
        for kind, codes in declared.items():
            page = self.page.page(f"{kind}s") if codes else None
            for code in codes:
                if page is not None and (kind, code) not in read:
                    page.fault(
                        code,
                        "ไม่มีข้อใดใช้รายการนี้ ตรวจว่าสะกดรหัสตรงกัน",
                        f"no criterion reads this {kind}; is its code spelt alike?",
                    )
