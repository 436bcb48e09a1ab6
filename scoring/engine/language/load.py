"""Reads a scheme's text, and refuses it with every fault that can be found in one go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain

from scoring.engine.arithmetic.rules import read_rule
from scoring.engine.facts.asked import Requirement, Setting, Value
from scoring.engine.facts.calendar import month_end, month_title, months
from scoring.engine.facts.terms import SHOWN_AS, By, Doubt, Input, Period, ShownAs, Text, ValueKind

from .declared import Declared, check_channels, check_checklist
from .display import check_display, read_grades
from .expected import check_other, read_bounds
from .extent import read_extent
from .forms import Form, read_form
from .proof import Node, Proof, SchemeError
from .reviewed import check_proof, read_review, with_proofs
from .scheme import Criterion, Dimension, Issuer, Phase, Scheme, Size, Tier
from .stages import RANKINGS, Ranking, read_nominees, read_stages
from .tree import read_root

_LONGEST_CHAIN = 18  # criteria that a scorecard has room for
_LONGEST_PERIOD = 20  # letters of a code, for which evidence has room
_MOST_MONTHS = 60  # five years; a slip in a year would ask every office for thousands of things
_KINDS: tuple[ValueKind, ...] = ("number", "percent", "date", "boolean", "map")


def load(text: str) -> Scheme:
    """The scheme that a YAML text describes (the language: scoring/schemes/README.md). SchemeError with all faults."""
    proof = Proof()
    scheme = _Reader(read_root(text, proof)).scheme()
    if proof.faults:
        raise SchemeError(proof.faults)
    return scheme


class _Reader:
    """Reads one file from the top; what is declared is kept in `declared` for the rules that follow."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.close = node.day("close")
        self.declared = Declared(self.close)
        self.titles: dict[str, Text] = {}
        self.codes: set[tuple[str, str]] = set()

    def scheme(self) -> Scheme:
        node, declared = self.node, self.declared
        sizes = tuple(Size(code, inner.inline_text()) for code, inner in self._by_code("sizes"))
        self._declare(sizes)
        criteria: dict[str, Criterion] = {}
        dimensions = tuple(self._dimension(inner, criteria) for inner in node.children("dimensions"))
        ranking: Ranking = node.one_of("ranking", RANKINGS, "overall")
        shown_as: ShownAs = node.one_of("shown_as", SHOWN_AS, "points")
        scheme = Scheme(
            code=node.code("scheme"),
            title=node.text("title"),
            issuer=self._issuer(),
            close=self.close,
            max=node.points("max"),
            ranking=ranking,
            shown_as=shown_as,
            grades=read_grades(node, shown_as),
            dimensions=dimensions,
            criteria=criteria,
            requirements=declared.requirements,
            values=declared.values,
            items=declared.items,
            settings=declared.settings,
            forms=self._forms(),
            periods=self._periods(),
            sizes=sizes,
            targets=declared.targets,
            awards=tuple(self._tier(inner) for inner in node.children("awards", optional=True)),
            calendar=tuple(self._phase(inner) for inner in node.children("calendar", optional=True)),
            tie_break=self._tie_break(criteria),
            nominees=read_nominees(node, declared.values),
            stages=read_stages(node, self.close, ranking, declared.requirements),
            is_blind=self._judging("blind"),
            asks_notes=self._judging("notes"),
            doubts=self._doubts(node, ""),
        )
        node.close()
        self._check_sums(scheme)
        self._check_unused(criteria.values())
        check_display(node, shown_as, scheme.grades, criteria.values())
        return scheme

    def _declare(self, sizes: Iterable[Size]) -> None:
        """What rules may name, in this order: targets know the sizes, and requirements and values the periods."""
        declared = self.declared
        self.titles = {code: inner.inline_text() for code, inner in self._by_code("periods", _LONGEST_PERIOD)}
        declared.targets = {code: self._target(inner, sizes) for code, inner in self._by_code("targets")}
        declared.requirements = {code: self._requirement(code, inner) for code, inner in self._by_code("requirements")}
        values = [(self._value(code, inner), inner) for code, inner in self._by_code("values")]
        declared.values = {value.code: value for value, inner in values}
        for value, inner in values:
            check_proof(inner, value, declared)
            check_other(inner, value, declared)
        declared.settings = {code: self._setting(code, inner) for code, inner in self._by_code("settings")}

    def _tie_break(self, criteria: Iterable[str]) -> tuple[str, ...]:
        chain = tuple(self.node.words("tie_break", optional=True))
        for code in chain:
            self.node.known("tie_break", code, criteria)
        if len(chain) > _LONGEST_CHAIN:
            self.node.fault("tie_break", f"ใช้ได้ไม่เกิน {_LONGEST_CHAIN} ข้อ", f"holds at most {_LONGEST_CHAIN} criteria")
        return chain

    def _issuer(self) -> Issuer | None:
        node = self.node.optional_child("issuer")
        if node is None:
            return None
        issuer = Issuer(node.text("title"), node.text("signed_by"))
        node.close()
        return issuer

    def _judging(self, key: str) -> bool:
        """How judges judge: said only where there is something for them to judge."""
        said = self.node.yes(key)
        if said and not self.declared.items:
            self.node.fault(key, "ใช้ได้เฉพาะเมื่อมีรายการที่กรรมการให้คะแนน", "only where judges give points")
        return said

    def _by_code(self, key: str, longest: int = 40) -> Iterator[tuple[str, Node]]:
        """The mappings declared under `key`, by code; each is closed once it has been read."""
        node = self.node.optional_child(key)
        for code in node or ():
            inner = node.child(code) if node else None
            if node is not None and inner is not None:
                node.check_code(code, code, longest)
                yield code, inner
                inner.close()

    def _doubts(self, node: Node, path: str) -> tuple[Doubt, ...]:
        doubts = []
        for inner in node.children("doubts", optional=True):
            doubts.append(Doubt(path, inner.inline_text(), inner.line))
            inner.close()
        return tuple(doubts)

    def _target(self, node: Node, sizes: Iterable[Size]) -> dict[str, Decimal]:
        return {size.code: node.number(size.code) for size in sizes}

    def _requirement(self, code: str, node: Node) -> Requirement:
        own = node.has("due")
        due = node.day("due", self.close)
        required = Requirement(
            code=code,
            title=node.text("title"),
            due=due,
            has_own_due=own,
            periods=self._slots(node),
            channels=node.whole("channels", 0),
            among=node.one_of("among", ("any", "social"), "any"),
            by=self._by(node),
            extent=read_extent(node),
            help=node.optional_text("help"),
            doubts=self._doubts(node, f"requirements.{code}"),
            checklist=node.texts("checklist"),
        )
        check_checklist(node, required.checklist)
        check_channels(node, required.channels, required.allowed_channels)
        return required

    def _value(self, code: str, node: Node) -> Value:
        kind: ValueKind = node.one_of("kind", _KINDS, "number")
        above, by = node.optional_number("above"), self._by(node)
        return Value(
            code=code,
            title=node.text("title"),
            kind=kind,
            unit=node.optional_text("unit"),
            periods=self._slots(node),
            until=node.day("until", self.close),
            by=by,
            above=above,
            may_be_ahead=node.yes("may_be_ahead"),
            help=node.optional_text("help"),
            doubts=self._doubts(node, f"values.{code}"),
            bounds=read_bounds(node, kind, above),
            review=read_review(node, by),
            proof=node.optional_word("proof") or "",
        )

    @staticmethod
    def _by(node: Node) -> By:
        return node.one_of("by", ("office", "central"), "office")

    def _setting(self, code: str, node: Node) -> Setting:
        return Setting(code, node.text("title"), "date", self._doubts(node, f"settings.{code}"))

    def _forms(self) -> dict[str, Form]:
        forms: dict[str, Form] = {}
        for code, inner in self._by_code("forms"):
            forms[code] = read_form(code, inner, self.declared.requirements, tuple(forms.values()))
        return forms

    def _slots(self, node: Node) -> tuple[Period, ...]:
        """The periods of a requirement or value: named ones with their days, or months with a day of each month."""
        slots = list[Period]()
        if node.has("periods"):
            inner = node.child("periods")
            for code in inner or ():
                assert inner is not None
                inner.known(code, code, self.titles)
                slots.append(Period(code, self.titles.get(code, Text("", "")), inner.day(code)))
        elif node.has("months"):
            inner = node.child("months")
            if inner is not None:
                slots += self._months(inner)
                inner.close()
        return tuple(slots)

    def _months(self, node: Node) -> Iterator[Period]:
        first, last = node.month("from"), node.month("to")
        due = node.word("due", "last")
        if due != "last" and not (due.isdecimal() and 1 <= int(due) <= 28):
            node.fault("due", "ใช้ last หรือวันที่ 1-28", "must be last, or a day of the month from 1 to 28")
            due = "last"
        if first and last and last < first:
            node.fault("to", "ต้องไม่อยู่ก่อน from", "must not be before from")
        covered = months(first, last) if first and last else ()
        if len(covered) > _MOST_MONTHS:
            node.fault("to", f"รวมแล้วเกิน {_MOST_MONTHS} เดือน", f"makes more than {_MOST_MONTHS} months")
            return
        for month in covered:
            end = month_end(month)
            yield Period(month, month_title(month), end if due == "last" else end.replace(day=int(due)))

    def _once(self, node: Node, en: str, th: str) -> str:
        """The code of this mapping, which no other of its kind has."""
        code = node.code()
        if (en, code) in self.codes:
            node.fault("code", f"มี{th} '{code}' แล้ว", f"the {en} '{code}' is written twice")
        self.codes.add((en, code))
        return code

    def _dimension(self, node: Node, criteria: dict[str, Criterion]) -> Dimension:
        code = self._once(node, "dimension", "ด้าน")
        codes = []
        for inner in node.children("criteria"):
            criterion = self._criterion(inner, code)
            if criterion.code in criteria:
                inner.fault("code", f"มีข้อ '{criterion.code}' แล้ว", f"the criterion '{criterion.code}' is written twice")
            criteria[criterion.code] = criterion
            codes.append(criterion.code)
        doubts = self._doubts(node, f"dimensions.{code}")
        dimension = Dimension(code, node.text("title"), node.points("max"), tuple(codes), doubts)
        total = sum((criteria[each].max for each in codes), Decimal(0))
        if total != dimension.max:
            node.fault(
                "max",
                f"ข้อในด้านนี้รวมได้ {total} ไม่ใช่ {dimension.max}",
                f"its criteria add up to {total}, not {dimension.max}",
            )
        node.close()
        return dimension

    def _criterion(self, node: Node, dimension: str) -> Criterion:
        code, top = node.code(), node.points("max")
        before = len(node.proof.faults)
        rule = read_rule(node, self.declared)
        if len(node.proof.faults) == before and rule.max != top:
            node.fault("max", f"กติกาให้ได้สูงสุด {rule.max} ไม่ใช่ {top}", f"the rule earns at most {rule.max}, not {top}")
        also_asked = tuple(node.words("also_asked", optional=True))
        shown_beside = tuple(self._shown_beside(node, also_asked))
        criterion = Criterion(
            code=code,
            title=node.text("title"),
            max=top,
            dimension=dimension,
            rule=rule,
            inputs=with_proofs((*rule.inputs(), *shown_beside), self.declared.values),
            also_asked=also_asked,
            levels=rule.levels(),
            doubts=self._doubts(node, f"criteria.{code}"),
        )
        node.close()
        return criterion

    def _shown_beside(self, node: Node, codes: Iterable[str]) -> Iterator[Input]:
        """What judges are shown beside the criterion, without points of its own."""
        for code in codes:
            if code in self.declared.values:
                yield Input("value", code)
            elif node.known("also_asked", code, [*self.declared.requirements, *self.declared.values]):
                yield Input("requirement", code)

    def _tier(self, node: Node) -> Tier:
        everybody = node.has("count") and node.word("count") == "all"
        tier = Tier(
            code=self._once(node, "award", "รางวัล"),
            title=node.text("title"),
            count=None if everybody else node.whole("count"),
            level=node.optional_text("level"),
            prize=node.whole("prize") if node.has("prize") else None,
            prize_in_kind=node.optional_text("prize_in_kind"),
        )
        node.close()
        return tier

    def _phase(self, node: Node) -> Phase:
        phase = Phase(node.text("title"), node.day("starts"), node.day("ends"))
        if phase.ends < phase.starts:
            node.fault("ends", "ต้องไม่อยู่ก่อน starts", "must not be before starts")
        node.close()
        return phase

    def _periods(self) -> dict[str, Period]:
        """Every period of the scheme by code; where several things use one, its latest day."""
        found: dict[str, Period] = {}
        things = chain[Requirement | Value](self.declared.requirements.values(), self.declared.values.values())
        for period in chain.from_iterable(thing.periods for thing in things):
            held = found.get(period.code)
            if held is None or period.due > held.due:
                found[period.code] = period
        return found

    def _check_sums(self, scheme: Scheme) -> None:
        total = sum((dimension.max for dimension in scheme.dimensions), Decimal(0))
        if total != scheme.max:
            self.node.fault(
                "max", f"ทุกด้านรวมได้ {total} ไม่ใช่ {scheme.max}", f"the dimensions add up to {total}, not {scheme.max}"
            )

    def _check_unused(self, criteria: Iterable[Criterion]) -> None:
        """An input that no criterion reads is a mistake, most often in its code."""
        read = {(wanted.kind, wanted.code) for criterion in criteria for wanted in criterion.inputs}
        codes_by_kind: dict[str, Iterable[str]] = {
            "requirement": self.declared.requirements,
            "value": self.declared.values,
            "setting": self.declared.settings,
        }
        if self.node.proof.faults:
            return  # a rule that could not be read reads nothing
        for kind, codes in codes_by_kind.items():
            node = self.node.child(f"{kind}s") if codes else None
            for code in codes:
                if node is not None and (kind, code) not in read:
                    node.fault(
                        code,
                        "ไม่มีข้อใดใช้รายการนี้ ตรวจว่าสะกดรหัสตรงกัน",
                        f"no criterion reads this {kind}; is its code spelt alike?",
                    )
