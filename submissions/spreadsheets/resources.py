"""What spreadsheets hold, out and in (django-import-export): offices, registers, and the official figures of a round.

What an export gives, an import takes back, in Thai and in English. People are those of `people`. How imports behave is
said by `imports`, the files by `formats`, the pages by `admin.spreadsheets`. Resources take the `user` who imports, figures also a `round`.
"""

from contextlib import suppress
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets
from import_export.instance_loaders import BaseInstanceLoader

from scoring import engine
from submissions import thai
from submissions.intake import enter_values, judge_figures
from submissions.models import Entry, Office, RegisterLine, Round, Value
from submissions.models.places import registers_asked, within_any
from submissions.questions.proofread import Refused, Slot, slot_field
from submissions.questions.unusual_amounts import far_from, unusual

from .figure import Figure
from .imports import CarefulResource, Choice, Mark, OfficeByCode, Text, legible, plain
from .table import FIRST_ROWS, code_of

FEW_STRANGERS = 3  # among the codes of a file: more, and more than half, is a file of another round
COLUMNS = ("entry", "code", "period", "text")


class RowsOfModel(CarefulResource, resources.ModelResource):
    """Rows of a model by what names them. All that is there is read once, whatever the number of rows."""

    # Of which cells it hangs whether one is wrong: where one of them can't be read, nothing is said of it.
    hangs_on: dict[str, tuple[str, ...]] = {}

    def before_import(self, dataset, **kwargs) -> None:
        super().before_import(dataset, **kwargs)
        self.offices = {office.code: office for office in Office.objects.select_related("parent")}
        for field in self.fields.values():
            if isinstance(field.widget, OfficeByCode):
                field.widget.offices = self.offices
        if not self.is_trial:
            self.hold(dataset)
        self.present = {self.key_of(row): row for row in self.get_queryset()}

    def key_of(self, instance) -> tuple:
        return tuple(self.fields[name].get_value(instance) for name in self._meta.import_id_fields)

    def save_instance(self, instance, is_create, row, **kwargs) -> None:
        super().save_instance(instance, is_create, row, **kwargs)
        self.present[self.key_of(instance)] = instance  # for the rows below, even where nothing was written

    def hold(self, dataset) -> None:
        """Hold what may be changed, before it is read."""
        (name,) = self._meta.import_id_fields
        keys = [str(cell).strip() for cell in dataset[name]]
        list(self.get_queryset().filter(**{f"{name}__in": keys}).order_by("pk").select_for_update(of=("self",)))

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True) -> None:
        """Without asking the database row by row: keys and offices were looked up among all that there are."""
        errors = dict(import_validation_errors or {})
        unknown = {name for name, cells in self.hangs_on.items() if not errors.keys().isdisjoint(cells)}
        looked_up = [field.name for field in self._meta.model._meta.fields if field.is_relation]
        try:
            instance.full_clean(exclude={*errors, *looked_up}, validate_unique=False, validate_constraints=False)
        except ValidationError as fault:
            found = {name: said for name, said in fault.error_dict.items() if name not in unknown}
            errors = ValidationError(found).update_error_dict(errors)
        if errors:
            raise ValidationError(errors)


class OfficeResource(RowsOfModel):
    """Offices by code; those that others belong to come first."""

    required = ("code",)
    code = fields.Field("code", "code", Text())
    kind = fields.Field("kind", "kind", Choice(Office.Kind.choices))
    name_th = fields.Field("name_th", "name_th", Text())
    name_en = fields.Field("name_en", "name_en", Text())
    parent = fields.Field("parent", "parent", OfficeByCode())
    size = fields.Field("size", "size", Choice(Office.Size.choices, blank=True))

    class Meta:
        model = Office
        fields = ("code", "kind", "name_th", "name_en", "parent", "size")
        import_id_fields = ("code",)
        skip_unchanged = True
        report_skipped = False
        use_bulk = True  # no savepoint for each row: all are taken or none

    def get_queryset(self):
        return super().get_queryset().select_related("parent")

    def hold(self, dataset) -> None:
        # A changed office touches entries of it, below it, and whose nominee it is: held at once, and before offices.
        codes = [str(code).strip() for code in dataset["code"]]
        ids = list(Office.objects.filter(code__in=codes).values_list("pk", flat=True))
        Entry.objects.filter(within_any(ids) | Q(nominee_office__in=ids)).hold()
        super().hold(dataset)

    def before_import(self, dataset, **kwargs) -> None:
        super().before_import(dataset, **kwargs)
        self.below: dict[int | None, list[Office]] = {}
        for office in self.offices.values():
            self.below.setdefault(office.parent_id, []).append(office)
        open_rounds = Round.objects.filter(is_closed=False).select_related("edition")
        sized = {round.pk: round for round in open_rounds if round.scheme.sizes}
        entries = Entry.objects.filter(round__in=sized, taken_out=False).values_list("office_id", "round_id")
        self.sized_by = {office: sized[round] for office, round in entries}

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True) -> None:
        instance.below = self.below.get(instance.pk, []) if instance.pk else []
        instance.sized_by = self.sized_by.get(instance.pk)
        super().validate_instance(instance, import_validation_errors, validate_unique)

    def save_instance(self, instance, is_create, row, **kwargs) -> None:
        super().save_instance(instance, is_create, row, **kwargs)
        self.offices[instance.code] = instance  # the rows below may belong to it


class BuddhistYear(widgets.IntegerWidget):
    """A year as people write it: 2561 and 2018 are the same; out it goes Buddhist."""

    def clean(self, value, row=None, **kwargs) -> int:
        text = plain(value).translate(thai.ARABIC).removesuffix(".0")
        year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
        year -= thai.ERA if year > 2400 else 0
        if not 1957 <= year <= 2157:
            raise ValueError(_("“%(value)s” is no year. Write it as 2561 or 2018.") % {"value": plain(value)})
        return year

    def render(self, value, obj=None, **kwargs) -> int | str:
        return "" if value is None else value + thai.ERA


class RegisterResource(RowsOfModel):
    """Registers of former models, a row for each office and year. What is there already stays."""

    required = ("register", "office", "year")
    register = fields.Field("register", "register", Text())
    office = fields.Field("office", "office", OfficeByCode())
    year = fields.Field("year", "year", BuddhistYear())

    class Meta:
        model = RegisterLine
        fields = ("register", "office", "year")
        import_id_fields = ("register", "office", "year")
        skip_unchanged = True
        report_skipped = False
        use_bulk = True

    def before_import(self, dataset, **kwargs) -> None:
        super().before_import(dataset, **kwargs)
        self.registers = registers_asked()

    def get_queryset(self):
        return super().get_queryset().select_related("office")

    def hold(self, dataset) -> None:
        """Lines are added, never changed."""

    def validate_instance(self, instance: RegisterLine, *args, **kwargs) -> None:
        instance.registers = self.registers
        super().validate_instance(instance, *args, **kwargs)


# Official figures


class FiguresResource(CarefulResource, resources.Resource):
    """The values that central systems know, one row an office. An empty cell leaves what is there."""

    required = ("code",)
    code = fields.Field("office__code", "code")
    name = fields.Field("office__name", "name")

    class Meta:
        model = Entry
        instance_loader_class = BaseInstanceLoader  # not asked: the entries are read once, all together
        skip_unchanged = True
        report_skipped = False
        use_bulk = True

    def __init__(self, *, round: Round | None = None, **kwargs) -> None:
        super().__init__(round=round, **kwargs)
        self.entries: dict[str, Entry] = {}
        self.of_all: dict[Slot, dict[str, Decimal]] = {}  # the numbers of each office, by its code
        for field in self.figures_of(round.scheme) if round else []:
            self.fields[field.column_name] = field

    @staticmethod
    def figures_of(scheme: engine.Scheme) -> list[Figure]:
        """Maps have no fixed columns; they are entered on their page."""
        values = [v for v in scheme.values.values() if v.by == "central" and v.kind != "map"]
        return [Figure(value, period) for value in values for period in value.periods or (None,)]

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
        """The round's entries that stand, each with `figures`: {slot: canonical text}. Two statements."""
        standing = Entry.objects.filter(round=self.round, taken_out=False).exclude(state=Entry.State.WITHDRAWN)
        entries = list(standing.select_related("office", "nominee_office").order_by("office__sort_key"))
        present: dict[int, dict] = {}
        for entry, *slot, text in Value.objects.filter(entry__round=self.round).values_list(*COLUMNS):
            present.setdefault(entry, {})[tuple(slot)] = text
        for entry in entries:
            entry.figures = present.get(entry.pk, {})
        return entries

    def export(self, queryset=None, **kwargs):
        """The spreadsheet to fill in: all offices and all columns, with what is known already."""
        # Whatever rows a page has filtered, an office's figures are one row of its round.
        return super().export(self.get_queryset(), **kwargs)

    def before_import(self, dataset, **kwargs) -> None:
        sheets = getattr(dataset, "sheets", [])
        try:
            super().before_import(dataset, **kwargs)
        except Refused as refused:
            if sum(map(len, refused.reasons.values())) > 1 and (other := self._meant(sheets)):
                sentence = _("The columns of this file are those of “%(other)s”, not of “%(round)s”. Choose its round.")
                raise Refused({"": [sentence % {"other": other, "round": self.round}]}) from refused
            raise
        if not self.is_trial:
            # All at once: the rows of a spreadsheet come in any order.
            Entry.objects.filter(round=self.round).hold()
        self.entries = {entry.office.code: entry for entry in self.get_queryset()}
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
        self.of_all = self._numbers_of_all(dataset)

    def _meant(self, sheets) -> Round | None:
        """The round to which more of a file's headings belong than to the one that was chosen."""
        cells = (cell for sheet in sheets for row in sheet.rows[:FIRST_ROWS] for cell in row if cell is not None)
        written = {code_of(str(cell)) for cell in cells}

        def fits(round: Round) -> int:
            return len(written & {field.column_name for field in self.figures_of(round.scheme)})

        rounds = Round.objects.filter(discarded_at=None).exclude(edition=self.round.edition_id)
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
            if isinstance(field, Figure) and field.column_name in (dataset.headers or ()):
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
        source = Value.Source.IMPORT
        enter_values(instance, instance.amounts, by=self.user, source=source, ticked=instance.unusual)
