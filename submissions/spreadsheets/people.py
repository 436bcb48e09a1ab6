"""People as a spreadsheet: one row makes an account or changes one, by user name, by mail, or by name and office.

Passwords neither leave nor come: a new person has none until they are invited, or one is set. What a cell leaves empty
stays as it is.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from tablib import Dataset

from submissions.models import Office, User
from submissions.questions import access

from . import writing
from .formats import XLSX
from .imports import Choice, OfficeByCode, Text, YesNo, plain, sheets_of
from .resources import RowsOfModel
from .table import FIRST_ROWS, code_of

KEYS = ("username", "email", "full_name", "office")
MOST_USERNAME = 150  # characters
TEMPLATE_ROWS = 1000  # for which a template offers what may be chosen
CODES = gettext_lazy("Codes of offices")  # the sheet that a template has beside


class Address(Text):
    """A mail address, in small letters as it is looked for when a password was forgotten."""

    def clean(self, value, row=None, **kwargs) -> str:
        return super().clean(value, row, **kwargs).lower()


class UserResource(RowsOfModel):
    """Accounts. Who is meant is told by `_found`, what a new one is called by `_name_for`."""

    required: tuple[str, ...] = ("full_name", "email", "office", "role")
    beside = (CODES,)
    present: dict[tuple, Any]
    hangs_on = {"office": ("role", "office")}
    other_names = {
        "full_name": ("name", "ชื่อ", "ชื่อ-สกุล", "ชื่อ–สกุล", "ชื่อ-นามสกุล", "ชื่อ นามสกุล"),
        "email": ("mail", "e-mail", "อีเมล์", "อีเมล", "ที่อยู่อีเมล"),
        "office": ("office code", "รหัสสำนักงาน"),
        "role": ("บทบาท", "หน้าที่"),
        "is_head": ("head", "หัวหน้า"),
    }
    username = fields.Field("username", "username", Text())
    full_name = fields.Field("full_name", "full_name", Text())
    email = fields.Field("email", "email", Address())
    role = fields.Field("role", "role", Choice(User.Role.choices))
    office = fields.Field("office", "office", OfficeByCode())
    is_head = fields.Field("is_head", "is_head", YesNo())
    is_active = fields.Field("is_active", "is_active", YesNo())

    class Meta:
        model = User
        fields = ("username", "full_name", "email", "role", "office", "is_head", "is_active")
        import_id_fields = ()  # told by `_found`
        skip_unchanged = True
        report_skipped = False
        use_bulk = True

    def key_of(self, instance) -> tuple:
        return (instance.pk,)

    def get_queryset(self):
        return super().get_queryset().select_related("office")

    def hold(self, dataset) -> None:
        """Whoever a row may mean; officers of an office by their names."""
        told = {name: {_text(cell) for cell in dataset[name]} - {""} for name in KEYS if name in dataset.headers}
        named = Q(low_name__in=[text.lower() for text in told.get("username", ())])
        named |= Q(low_email__in=[text.lower() for text in told.get("email", ())])
        rows = User.objects.annotate(low_name=Lower("username"), low_email=Lower("email"))
        rows = rows.filter(named | Q(full_name__in=told.get("full_name", ()))).order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))

    def before_import(self, dataset, **kwargs) -> None:
        """With user names any other columns may be there; without them those by which a person is known."""
        names = self._names()
        rows = (row for sheet in sheets_of(dataset) for row in sheet.rows[:FIRST_ROWS])
        codes = (code_of(str(cell)) for row in rows for cell in row if cell is not None)
        if any("username" in (code, names.get(code.casefold())) for code in codes):
            self.required = ("username",)
        super().before_import(dataset, **kwargs)
        self.columns = dataset.headers
        self.above = {user.pk for user in self.present.values() if user.role == User.Role.STAFF or user.is_superuser}
        self.by_username: dict[str, User] = {}
        self.by_email: dict[str, list[User]] = defaultdict(list)
        self.by_name: dict[str, list[User]] = defaultdict(list)
        for user in self.present.values():
            self._remember(user)

    def _remember(self, user: User) -> None:
        self.by_username[user.username.lower()] = user
        if user.email:
            self.by_email[user.email.lower()].append(user)
        if user.full_name:
            self.by_name[user.full_name].append(user)

    # Who is meant

    def get_or_init_instance(self, instance_loader, row):
        """The account that a row means, or a new one. What is against it is told with the row's other faults."""
        self.against: dict[str, list[str]] = defaultdict(list)
        try:
            told = {name: plain(row.get(name)) for name in KEYS}
        except ValueError:  # told with its cell when it is read
            return self.init_instance(row), True
        told["email"] = told["email"].lower()
        user = self._found(**told)
        self._once(told, user)
        return (user, False) if user else (self.init_instance(row), True)

    def _found(self, username: str, email: str, full_name: str, office: str) -> User | None:
        if username:
            return self.by_username.get(username.lower())
        if email and (owners := self.by_email.get(email) or self._named(email)):
            return self._owner(owners, full_name)
        if not full_name:
            self._say("full_name", _("Write the name of the person."))
            return None
        return self._namesake(email, full_name, office)

    def _named(self, email: str) -> list[User]:
        """Whose user name it is."""
        return [self.by_username[email]] if email in self.by_username else []

    def _owner(self, owners: list[User], full_name: str) -> User | None:
        """Whose address it is, unless the row is of somebody else."""
        named = [user for user in owners if not full_name or user.full_name in ("", full_name)]
        if len(named) == 1 and len(owners) == 1:
            return named[0]
        sentence = _(
            "The account %(names)s has this address. If that person is meant, write the user name in the column "
            "“username”; otherwise write another address."
        )
        self._say("email", sentence % {"names": _names(owners)})
        return None

    def _namesake(self, email: str, full_name: str, office: str) -> User | None:
        """Somebody of this name at this office. With an address in the row: one who has none yet."""
        there = [user for user in self.by_name.get(full_name, []) if user.office and user.office.code == office]
        if email:
            there = [user for user in there if not user.email]
        if len(there) == 1:
            return there[0]
        if there or (not email and self.by_name.get(full_name)):
            sentence = _(
                "There is an account of this name: %(names)s. Write its user name in the column “username” if that "
                "person is meant, or a new user name for somebody else."
            )
            self._say("full_name", sentence % {"names": _names(there or self.by_name[full_name])})
        return None

    def _once(self, told: dict[str, str], user: User | None) -> None:
        """Of two rows for one person nobody can tell which is meant."""
        marks: list[tuple[str, tuple]] = [
            (name, (name, told[name].lower())) for name in ("username", "email") if told[name]
        ]
        if user:
            marks.append(("full_name", ("account", id(user))))
        elif not marks:
            marks.append(("full_name", ("name", told["full_name"], told["office"])))
        for name, mark in marks:
            if (first := self.seen.setdefault(mark, self.line)) != self.line:
                self._say(name, _("The same is in row %(line)s already.") % {"line": first})
                return

    @property
    def line(self) -> int:
        return self.lines[self.row_number - 1]

    def _say(self, name: str, reason: str) -> None:
        """At the cell, or at another of the row where there is no such column."""
        self.against[name if name in self.columns else "full_name"].append(reason)

    # What is read

    def import_field(self, field, instance, row, is_m2m=False, **kwargs) -> None:
        """An empty cell leaves what is there; of a new account what everybody begins with."""
        may_be_left = instance.pk or field.attribute in ("username", "is_head", "is_active")
        if field.column_name in row and not (may_be_left and row[field.column_name] in (None, "")):
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def after_init_instance(self, instance, new, row, **kwargs) -> None:
        self.before = instance.office_id, instance.email, instance.role
        if new:
            instance.set_unusable_password()

    def import_instance(self, instance, row, **kwargs) -> None:
        try:
            super().import_instance(instance, row, **kwargs)
        finally:
            is_moved = bool(instance.pk) and instance.office_id != self.before[0]
            if is_moved and row.get("is_head") in (None, ""):
                instance.is_head = False  # head of the office before, and of the new one only if the file says so
            if not instance.username:
                instance.username = self._name_for(instance)

    def _name_for(self, user: User) -> str:
        """The mail address, or the code of the office (or the role) with a number."""
        if len(user.email) <= MOST_USERNAME and re.match(UnicodeUsernameValidator.regex, user.email):
            return user.email
        stem = (user.office.code if user.office else user.role).lower()
        numbers = range(1, len(self.by_username) + 2)
        return next(name for number in numbers if (name := f"{stem}-{number}") not in self.by_username)

    # Whether it may be

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True) -> None:
        for name, reason in self._refusals(instance):
            self._say(name, reason)
        errors = ValidationError({**self.against}).update_error_dict(dict(import_validation_errors or {}))
        super().validate_instance(instance, errors, validate_unique)

    def _refusals(self, user: User) -> Iterator[tuple[str, str]]:
        if self.user:
            yield from self._out_of_reach(user, self.user)
        others = [one for one in self.by_email.get(user.email, []) + self._named(user.email) if one is not user]
        if user.email not in ("", self.before[1]) and others and not self.against:
            yield "email", _("The account %(names)s has this address already.") % {"names": _names(others)}
        if user.is_head and user.role != User.Role.OFFICER:
            yield "is_head", _("Only an officer is the head of an office.")
        if user.is_organiser and (user.office_id, user.role) != (self.before[0], self.before[2]):
            sentence = _(
                "This person runs rounds of the office before. Take that right away first, on the page of the account."
            )
            yield "office", sentence

    def _out_of_reach(self, user: User, importer: User) -> Iterator[tuple[str, str]]:
        role = User.Role.STAFF if user.pk in self.above else user.role
        if reason := access.why_not_manage(importer, role=role):
            is_given = role == User.Role.STAFF and user.pk not in self.above
            yield ("role", _("Only a system administrator gives this role.")) if is_given else ("username", reason)
        elif user.pk == importer.pk:
            yield "username", _("Nobody changes their own account by an import.")

    def skip_row(self, instance, original, row, import_validation_errors=None) -> bool:
        return not self.against and super().skip_row(instance, original, row, import_validation_errors)

    def save_instance(self, instance, is_create, row, **kwargs) -> None:
        super().save_instance(instance, is_create, row, **kwargs)
        if is_create:
            self._remember(instance)
            self.seen.setdefault(("account", id(instance)), self.line)

    def after_import(self, dataset, result, **kwargs) -> None:
        if result.totals["new"] and not result.is_wrong:
            sentence = _(
                "Whoever is new has no password yet. Nobody is written to by this import: invite them afterwards."
            )
            self.notes = [*self.notes, sentence]
        super().after_import(dataset, result, **kwargs)

    # The sheet to fill in

    @classmethod
    def template(cls) -> bytes:
        """The columns that are needed, with what may be chosen in them, and the codes of all offices beside."""
        resource = cls()
        names = [*cls.required, "is_head"]
        headings = [resource.heading(resource.fields[name]) for name in names]
        offices = Office.objects.exclude(kind=Office.Kind.SUBDISTRICT).select_related("parent")
        offices = offices.order_by("kind", "sort_key")
        rows = [[office.code, office.name, office.parent.name if office.parent else ""] for office in offices]
        book, content = Workbook(), BytesIO()
        people, codes = book.active, book.create_sheet(str(CODES))
        people.title = _("People")
        XLSX.fill(people, Dataset(headers=headings))
        XLSX.fill(codes, Dataset(*rows, headers=[_("code"), _("office"), _("belongs to")]))
        allowed: dict[str, list[Any]] = {"role": User.Role.labels, "is_head": [_("Yes"), _("No")]}
        for column, name in enumerate(names, 1):
            people.column_dimensions[get_column_letter(column)].width = writing.WIDE
            if name in allowed:
                choice = DataValidation(type="list", formula1='"{}"'.format(",".join(map(str, allowed[name]))))
                choice.add(f"{get_column_letter(column)}2:{get_column_letter(column)}{TEMPLATE_ROWS}")
                people.add_data_validation(choice)
        book.save(content)
        return content.getvalue()


def _text(cell) -> str:
    try:
        return plain(cell)
    except ValueError:
        return ""


def _names(users: list[User]) -> str:
    return ", ".join(f"{user.username} ({user.full_name})" if user.full_name else user.username for user in users[:3])
