"""The figures of one round, out and in: a row for each office, a column for each value that organisers may enter.

In a map each office names its own things: each name that any of them has is a column, and a file may bring others.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from import_export import fields, resources
from import_export.instance_loaders import BaseInstanceLoader

from scoring import engine
from submissions import thai
from submissions.intake import import_figures, judge_figures
from submissions.models import Entry, Round, Value
from submissions.questions import access
from submissions.questions.proofread import Refused, Slot, slot_field
from submissions.questions.unusual_amounts import far_from, unusual

from .figure import Figure
from .formats import Sheet
from .imports import CarefulResource, plain
from .outcome import Mark, legible
from .table import FIRST_ROWS, code_of

FEW_STRANGERS = 3  # among the codes of a file: more, and more than half, is a file of another round
COLUMNS = ("entry", "source", "code", "period", "text")


class FiguresResource(CarefulResource, resources.Resource):
    """All values, one row an office. An empty cell leaves what is there."""

    required = ("code",)
    named_by = ("code", "name")
    code = fields.Field("office__code", "code")
    name = fields.Field("office__name", "name")

    class Meta:
        model = Entry
        instance_loader_class = BaseInstanceLoader  # not asked: the entries are read once, all together
        skip_unchanged = True
        report_skipped = False
        use_bulk = True

    def __init__(self, *, round: Round | None = None, only_central: bool = False, **kwargs) -> None:
        """`only_central`: without the columns of what offices enter themselves."""
        super().__init__(round=round, **kwargs)
        self.entries: dict[str, Entry] = {}
        self.of_all: dict[Slot, dict[str, Decimal]] = {}  # the numbers of each office, by its code
        self.columns: list[fields.Field] = []  # those that a file has, once it is read
        self.sent: list[Entry] = []  # those for which it says anything new
        self.replaced = 0  # amounts that offices entered themselves
        for field in self.figures_of(round.scheme, _names_in(round)) if round else []:
            if not only_central or field.value.by == "central":
                self.fields[field.column_name] = field

    @staticmethod
    def figures_of(scheme: engine.Scheme, names: Mapping[str, Iterable[str]]) -> list[Figure]:
        """`names` are those in each map, by its code."""
        found = []
        for value in scheme.values.values():
            named = [_named(value, name) for name in names.get(value.code, ())]
            periods = named if value.kind == "map" else value.periods or (None,)
            found += [Figure(value, period) for period in periods]
        return found

    def get_import_fields(self) -> list[fields.Field]:
        """Those that the file has: a few of them are read, judged and shown as quickly as if there were no others."""
        return self.columns or super().get_import_fields()

    def title(self, field: fields.Field) -> str:
        if not isinstance(field, Figure):
            return {"code": _("code"), "name": _("office")}[field.column_name]
        language = thai.language()
        parts = [field.value.title.to(language)]
        if field.period:
            parts.append(field.period.title.to(language))
        if field.value.unit:
            parts.append(f"({field.value.unit.to(language)})")
        return " ".join(parts)

    def get_queryset(self):
        """The round's entries that stand, each with `figures`: {slot: canonical text}, and `own`, the slots that its
        office filled in. Two statements."""
        standing = Entry.objects.filter(round=self.round, taken_out=False).exclude(state=Entry.State.WITHDRAWN)
        entries = list(standing.select_related("office", "nominee_office").order_by("office__sort_key"))
        by_pk = {entry.pk: entry for entry in entries}
        for entry in entries:
            entry.figures, entry.own = {}, set()
        for pk, source, *slot, text in Value.objects.filter(entry__in=by_pk).values_list(*COLUMNS):
            by_pk[pk].figures[tuple(slot)] = text
            if source == Value.Source.OFFICE:
                by_pk[pk].own.add(tuple(slot))
        return entries

    def export(self, queryset=None, **kwargs):
        """The spreadsheet to fill in: all offices and all columns, with what is known already."""
        # Whatever rows a page has filtered, an office's figures are one row of its round.
        return super().export(self.get_queryset(), **kwargs)

    def before_import(self, dataset, **kwargs) -> None:
        sheets = getattr(dataset, "sheets", [])
        self.sent.clear()
        self.replaced, self.columns = 0, []
        self._add_names(_headings(sheets))
        if reason := access.why_not_act_in(self.user, self.round):  # once, not in each cell
            dataset.wipe()
            raise Refused({"": [reason]})
        try:
            super().before_import(dataset, **kwargs)
        except Refused as refused:
            if len(refused.texts) > 1 and (other := self._meant(sheets)):
                sentence = _("The columns of this file are those of “%(other)s”, not of “%(round)s”. Choose its round.")
                raise Refused({"": [sentence % {"other": other, "round": self.round}]}) from refused
            raise
        self.columns = [field for field in self.get_import_fields() if field.column_name in dataset.headers]
        if not self.is_trial:
            # All at once: the rows of a spreadsheet come in any order.
            Entry.objects.filter(round=self.round).hold()
        self.entries = {entry.office.code: entry for entry in self.get_queryset()}
        self._check_codes(dataset)
        self.of_all = self._numbers_of_all(dataset)

    def _check_codes(self, dataset) -> None:
        """Refuse a file that is of another round, by its codes."""
        strangers = sum(str(code).strip() not in self.entries for code in dataset["code"])
        if (strangers > FEW_STRANGERS and strangers * 2 > len(dataset)) or strangers == len(dataset) > 1:
            sentence = _(
                "%(strangers)s of the %(count)s codes do not take part in “%(round)s”. Is it the right round, and the "
                "right file? Codes look like %(example)s there."
            )
            example = next(iter(self.entries), "TH-81")
            told = {"strangers": f"{strangers:,}", "count": f"{len(self.lines):,}"}
            dataset.wipe()
            raise Refused({"": [sentence % {**told, "round": self.round, "example": example}]})

    def after_import(self, dataset, result, **kwargs) -> None:
        """What is written is written at once, after the last row was judged."""
        result.diff_headers = self.get_diff_headers()
        self.notes = [*self.notes, *self._told()]
        super().after_import(dataset, result, **kwargs)
        if self.sent and not self.is_trial and not result.is_wrong:
            result.done = import_figures(
                self.round,
                {entry: entry.amounts for entry in self.sent},
                by=self.user,
                file_name=getattr(dataset, "file_name", ""),
                sha256=getattr(dataset, "sha256", ""),
                ticked={entry: entry.unusual for entry in self.sent},
            )

    def _told(self) -> list[str]:
        """What somebody should know of a file that has no fault."""
        told = []
        count, there = (sum(isinstance(f, Figure) for f in some) for some in (self.fields.values(), self.columns))
        if self.columns and (absent := count - there):
            sentence = _("%(absent)s of the %(count)s columns are not in this file: what stands there stays.")
            told.append(sentence % {"absent": absent, "count": count})
        if self.replaced:
            sentence = ngettext(
                "%(count)s amount that an office entered itself would be replaced.",
                "%(count)s amounts that offices entered themselves would be replaced.",
                self.replaced,
            )
            told.append(sentence % {"count": self.replaced})
        return told

    def _add_names(self, headings: Iterable[str]) -> None:
        """A column for each heading that names something new in a map."""
        for value in (one for one in self.round.scheme.values.values() if one.kind == "map"):
            for heading in headings:
                name = heading.removeprefix(f"{value.code}.")
                if name and name != heading and heading not in self.fields:
                    self.fields[heading] = Figure(value, _named(value, name))

    def _meant(self, sheets) -> Round | None:
        """The round to which more of a file's headings belong than to the one that was chosen."""
        written = set(_headings(sheets))

        def fits(round: Round) -> int:
            return len(written & {field.column_name for field in self.figures_of(round.scheme, {})})

        rounds = Round.objects.run_by(self.user).exclude(edition=self.round.edition_id)
        others = rounds.select_related("edition").order_by("-pk")
        best = max(others, key=fits, default=None)
        return best if best and fits(best) > fits(self.round) else None

    def _numbers_of_all(self, dataset) -> dict[Slot, dict[str, Decimal]]:
        """What stands there of all offices, and what the file says instead."""
        found: dict[Slot, dict[str, Decimal]] = {}
        for code, entry in self.entries.items():
            for slot, text in entry.figures.items():
                with suppress(InvalidOperation):
                    found.setdefault(slot, {})[code] = Decimal(text)
        for field in self.get_import_fields():
            if isinstance(field, Figure):
                for code, cell in zip(dataset["code"], dataset[field.column_name], strict=True):
                    with suppress(ValidationError, ValueError, InvalidOperation):
                        found.setdefault(field.slot, {})[str(code).strip()] = Decimal(field.read(cell))
        return found

    def get_or_init_instance(self, instance_loader, row) -> tuple[Entry, bool]:
        try:
            code, name = plain(row.get("code")), plain(row.get("name"))
        except ValueError as fault:
            raise ValidationError({"code": [str(fault)]}) from None
        entry = self.entries.get(code)
        if entry is None:
            raise ValidationError({"code": [_("No office with the code “%(code)s” takes part.") % {"code": code}]})
        if name and name not in (entry.office.name_th, entry.office.name_en):
            # A spreadsheet that was sorted by one column alone puts everybody's figures on somebody else's row.
            raise ValidationError(
                {"name": [_("The code %(code)s is %(name)s's.") % {"code": code, "name": entry.office.name}]}
            )
        self.check_once("code", (code,))
        return entry, False

    def import_instance(self, instance, row, **kwargs) -> None:
        amounts, errors = self._read(row)
        instance.round = self.round
        instance.amounts = {slot: text for slot, text in amounts.items() if text}
        try:
            judge_figures(instance, instance.amounts, instance.figures, by=self.user)
        except Refused as refused:
            for where, reasons in refused.reasons.items():
                errors.setdefault(where, []).extend(reasons)
        if errors:
            raise ValidationError(errors)
        scheme, before = self.round.scheme, instance.figures
        instance.figures = before | {
            (code, period): engine.canonical(engine.check_value(scheme, code, period or None, text))
            for (code, period), text in instance.amounts.items()
        }
        instance.unusual = self._mark(instance, before) if instance.figures != before else []
        self.replaced += sum(instance.figures[slot] != before[slot] for slot in instance.own)

    def _read(self, row) -> tuple[dict[Slot, str], dict[str, list[str]]]:
        """What stands in the cells of a row, and what is wrong with others by their columns."""
        amounts: dict[Slot, str] = {}
        errors: dict[str, list[str]] = {}
        for field in self.get_import_fields():
            if isinstance(field, Figure) and row.get(field.column_name) is not None:
                try:
                    amounts[field.slot] = field.read(row[field.column_name])
                except (ValidationError, ValueError) as fault:
                    errors[field.column_name] = getattr(fault, "messages", None) or [str(fault)]
        return amounts, errors

    def _mark(self, entry: Entry, before: dict) -> list[Slot]:
        """Mark what this row makes unusual. What was so before, and stays, was told when it came in."""
        today = engine.day_of(self.round.now())
        known = unusual(self.round.scheme, before, today)
        others = {
            slot: [number for code, number in numbers.items() if code != entry.office.code]
            for slot, numbers in self.of_all.items()
        }
        moved = {slot: text for slot, text in entry.figures.items() if text != before.get(slot)}
        found = far_from(self.round.scheme, moved, before, others)
        found |= unusual(self.round.scheme, entry.figures, today)
        new = sorted(slot for slot in found if slot not in known or before.get(slot) != entry.figures[slot])
        line = self.lines[self.row_number - 1]
        for slot in new:
            field = self.fields.get(slot_field(slot))
            of = f"{entry.office.name} · {self.title(field) if field else slot_field(slot)}"
            figure = legible(field.shown(entry.figures[slot]) if field else entry.figures[slot])
            key = f"{entry.office.code} {slot_field(slot)} {entry.figures[slot]}"
            self.marks.append(Mark(key, f"{self.letters.get(slot_field(slot), '')}{line}", of, figure, found[slot]))
        return new

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True) -> None:
        if import_validation_errors:
            raise ValidationError(import_validation_errors)

    def do_instance_save(self, instance, is_create) -> None:
        self.sent.append(instance)


def _names_in(round: Round) -> dict[str, list[str]]:
    """The names in each map of the round's offices, by its code. One statement, where there is a map."""
    maps = [value.code for value in round.scheme.values.values() if value.kind == "map"]
    named: dict[str, list[str]] = {}
    if maps:
        rows = Value.objects.filter(entry__round=round, code__in=maps).order_by("code", "period")
        for code, name in rows.values_list("code", "period").distinct():
            named.setdefault(code, []).append(name)
    return named


def _named(value: engine.Value, name: str) -> engine.Period:
    return engine.Period(name, engine.Text(name, name), value.until)


def _headings(sheets: Iterable[Sheet]) -> list[str]:
    """All that may be a heading and the code in it, each once, in their order."""
    cells = (cell for sheet in sheets for row in sheet.rows[:FIRST_ROWS] for cell in row if cell is not None)
    texts = (str(cell).strip() for cell in cells)
    return list(dict.fromkeys(code for text in texts for code in (text, code_of(text))))
