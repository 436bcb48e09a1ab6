"""Where the work is done: the offices of the country, as a tree, and the days they do not work."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from submissions import thai

MOST_NAME = 200  # characters, of whatever has one
MOST_OFFICE_CODE = 20


class Named(models.Model):
    """A thing with an official Thai name and an English one."""

    name_th = models.CharField(_("name in Thai"), max_length=MOST_NAME)
    name_en = models.CharField(_("name in English"), max_length=MOST_NAME, blank=True)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The name in the reader's language; Thai where there is no other."""
        return self.name_en if self.name_en and thai.language() == "en" else self.name_th

    def __str__(self) -> str:
        return self.name


class Office(Named):
    """An inspection region, a province, a district or a subdistrict, with its official code."""

    class Kind(models.TextChoices):
        REGION = "region", _("inspection region")
        PROVINCE = "province", _("province")
        DISTRICT = "district", _("district")
        SUBDISTRICT = "subdistrict", _("subdistrict")

    class Size(models.TextChoices):
        SMALL = "small", _("small")
        MEDIUM = "medium", _("medium")
        LARGE = "large", _("large")

    code = models.CharField(_("code"), max_length=MOST_OFFICE_CODE, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("belongs to")
    )
    size = models.CharField(_("size group"), max_length=10, choices=Size.choices, blank=True)
    sort_key = models.CharField(max_length=220, editable=False, db_index=True)
    history = HistoricalRecords()
    changes: set[str]  # while it is saved: the terms that it changes

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["sort_key", "code"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = thai.sort_key(self.name_th)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "sort_key"}
        super().save(*args, **kwargs)

    def clean(self) -> None:
        """The tree is walked up and down everywhere: it must never lead round in a circle."""
        super().clean()
        if self.parent and not is_above(self.parent.kind, self.kind):
            sentence = _("A %(kind)s can't belong to a %(above)s.")
            above, kind = self.parent.get_kind_display(), self.get_kind_display()
            raise ValidationError({"parent": sentence % {"kind": kind, "above": above}})
        if inside := [str(office) for office in self.below if not is_above(self.kind, office.kind)]:
            sentence = _("Offices that belong to it could not any more: %(offices)s")
            raise ValidationError({"kind": sentence % {"offices": ", ".join(inside[:10])}})
        if self.kind == self.Kind.SUBDISTRICT and self.pk and self.organised_rounds.filter(discarded_at=None).exists():
            raise ValidationError({"kind": _("It runs contests of its own, and a subdistrict runs none.")})
        if not self.size and self.sized_by:
            sentence = _("It takes part in “%(round)s”, where points hang on the size group.")
            raise ValidationError({"size": sentence % {"round": self.sized_by}})

    @cached_property
    def below(self) -> "list[Office]":
        """The offices that belong to it. Whoever has many offices to clean reads them once and hands them on."""
        return list(self.children.all()) if self.pk else []

    @cached_property
    def sized_by(self) -> Named | None:
        """An open round that it takes part in where points hang on the size group; handed on likewise."""
        if not self.pk:
            return None
        entries = self.entries.filter(taken_out=False, round__is_closed=False).select_related("round__edition")
        return next((entry.round for entry in entries if entry.round.scheme.sizes), None)

    def at(self, kind: str) -> "Office | None":
        """The office of this kind that this one lies in, or is."""
        office: Office | None = self
        while office is not None and office.kind != kind:
            office = office.parent
        return office

    def lies_in(self, office_id: int | None) -> bool:
        """Whether this office is that one or lies below it."""
        return office_id is not None and (self.pk == office_id or bool(self.parent and self.parent.lies_in(office_id)))

    def and_above(self) -> "Iterator[Office]":
        """This office, and those that it lies in."""
        office: Office | None = self
        while office is not None:
            yield office
            office = office.parent

    @property
    def region(self) -> "Office | None":
        """The inspection region that this office lies in, or is."""
        return self.at(Office.Kind.REGION)


def is_above(kind: str, other: str) -> bool:
    """Whether offices of this kind hold offices of the other, directly or not."""
    kinds = Office.Kind.values
    return kind in kinds and other in kinds and kinds.index(kind) < kinds.index(other)


class RegisterLine(models.Model):
    """An office on a register: it was a model in that year, say, and is not named again."""

    register = models.CharField(_("register"), max_length=40)
    office = models.ForeignKey(Office, models.PROTECT, related_name="register_lines", verbose_name=_("office"))
    year = models.PositiveSmallIntegerField(_("year"), help_text=_("The year of the Common Era; 2018 is 2561."))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("line of a register")
        verbose_name_plural = _("register of former models")
        ordering = ["register", "-year", "office__sort_key"]
        constraints = [
            models.UniqueConstraint(fields=["register", "office", "year"], name="one_line_per_office_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.year + thai.ERA}"

    def clean(self) -> None:
        """A register that no scheme asks would keep nobody out, and nobody would notice."""
        if self.register not in self.registers:
            sentence = _("No scheme asks this register. Those that are asked: %(registers)s")
            raise ValidationError({"register": sentence % {"registers": ", ".join(self.registers)}})

    @cached_property
    def registers(self) -> list[str]:
        """The registers that are asked. Whoever has many lines to clean reads them once and hands them on."""
        return registers_asked()


def registers_asked() -> list[str]:
    """The registers that the editions of schemes ask."""
    from .editions import Edition

    nominees = [edition.scheme.nominees for edition in Edition.objects.defer("text")]
    return sorted({one.register for one in nominees if one and one.register})


class Holiday(Named):
    """A day off for officials, besides Saturday and Sunday. Staff edit the list."""

    date = models.DateField(_("date"), unique=True)
    history = HistoricalRecords()
    days: set[str]  # while it is saved: the day that it is, and the one that it was

    class Meta:
        verbose_name = _("public holiday")
        verbose_name_plural = _("public holidays")
        ordering = ["date"]


DEPTH = 4  # the tree: region, province, district, subdistrict


def office_at(kind: str, path: str = "office", column: str = "id") -> Case:
    """A column of the office of this kind that the one at `path` is or lies in, as an expression; None in none."""
    steps = [path + "__parent" * depth for depth in range(DEPTH)]
    return Case(*(When(Q((f"{step}__kind", kind)), then=F(f"{step}__{column}")) for step in steps), default=None)


def region_of(path: str = "office", column: str = "id") -> Case:
    """The same of the inspection region."""
    return office_at(Office.Kind.REGION.value, path, column)


def within_any(offices: Iterable[Office | int | None], path: str = "office") -> Q:
    """Rows whose `path` leads to one of these offices or to one below them."""
    steps = [path + "__parent" * depth for depth in range(DEPTH)]
    return Q(*((f"{step}__in", offices) for step in steps), _connector=Q.OR)


def within(office: Office | int | None, path: str = "office") -> Q:
    """Rows whose `path` leads to this office or to one below it."""
    return within_any([office], path)
