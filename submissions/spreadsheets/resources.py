"""What spreadsheets hold, out and in (django-import-export): offices and registers.

What an export gives, an import takes back, in Thai and in English. People are those of `people`, figures those of
`figures`. How imports behave is said by `imports`, the files by `formats`, the pages by `admin.spreadsheets`. Resources
take the `user` who imports.
"""

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets

from submissions import thai
from submissions.models import Entry, Office, RegisterLine, Round
from submissions.models.places import registers_asked, within_any

from .imports import CarefulResource, Choice, OfficeByCode, Text, plain


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
