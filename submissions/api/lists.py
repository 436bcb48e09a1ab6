"""How lists are asked for: known filters, an order, what changed since, in pages. Whatever isn't known is refused."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import PageNumberPagination

from submissions.fields import whole

from .base import number_in

MOST = 500  # rows of a page
OF_PAGES = ("page", "page_size")
# A row is seen when its transaction ends, which may be so long after the time that it tells: who asks for what changed
# since their last question is told this much of what was before it, and a row may be told twice, but none is left out.
OVERLAP = timedelta(minutes=10)
AHEAD = timedelta(days=1)  # of the portal's clock another may be


class Filter(NamedTuple):
    """Where a parameter looks: the column's path, and what may be said."""

    path: str
    about: str
    is_number: bool = False
    choices: tuple[str, ...] = ()

    def read(self, request, name: str) -> int | str | None:
        """What was asked for; None where nothing was."""
        if self.is_number:
            return number_in(request, name)
        text = request.query_params.get(name)
        if text and "\0" in text:
            raise ValidationError({name: [_("Null characters are not allowed.")]})
        if text and self.choices and text not in self.choices:
            raise ValidationError({name: [one_of(self.choices)]})
        return text

    @property
    def schema(self) -> dict:
        if self.is_number:
            return {"type": "integer", "minimum": 0, "maximum": 10**18 - 1}
        return {"type": "string", "enum": list(self.choices)} if self.choices else {"type": "string"}


def one_of(known: Iterable[str]) -> str:
    return _("Known are: %(known)s.") % {"known": ", ".join(known)}


def refuse_unknown(request, known: Iterable[str] = ()) -> None:
    """Raises ValidationError for parameters that nothing here reads, or that say nothing, or two things at once: any of
    them would give more than was asked for, in silence."""
    known = sorted(known)
    which = one_of(known) if known else _("This address knows none.")
    faults = {}
    for name, texts in request.query_params.lists():
        if name not in known:
            faults[name] = [_("There is no such parameter.") + " " + which]
        elif not all(texts):
            faults[name] = [_("Say a value, or leave the parameter out.")]
        elif len(texts) > 1 and name != "ordering":  # some programs say that name again for each
            faults[name] = [_("This parameter takes one value. Ask once for each.")]
    if faults:
        raise ValidationError(faults)


def moment_in(request, name: str = "updated_since") -> datetime | None:
    """From when on changes are told to whoever asks, among the query's parameters, for those since a time: OVERLAP
    before it. A day is its beginning; without an offset it is Bangkok's time."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        # Whoever forgets to write + as %2B sends a space.
        moment = parse_datetime(text.replace(" ", "+") if "T" in text else text)
        if moment is None and (day := parse_date(text)):
            moment = datetime.combine(day, datetime.min.time())
        if moment is not None:
            moment = moment if timezone.is_aware(moment) else timezone.make_aware(moment)
            # No database knows all offsets; and the first day there is may have none.
            moment = moment.astimezone(UTC) - OVERLAP
    except (ValueError, OverflowError):
        moment = None
    if moment is None:
        raise ValidationError({name: [_("Write a time such as 2026-11-22T09:30:00+07:00.")]})
    if moment > timezone.now() + AHEAD:
        raise ValidationError({name: [_("That time is still to come. Years are of the Common Era: 2026, not 2569.")]})
    return moment


class Questions(BaseFilterBackend):
    """What a list says of itself: `filters` {name: Filter}, `orders` {name: column}, and `changed`, a column of time
    or a method that takes the rows and a time.

    Lists are ordered by what stays as it is: by a column that moves, rows would slip from one page to another that was
    read already.
    """

    def filter_queryset(self, request, queryset: QuerySet, view) -> QuerySet:
        if getattr(view, "action", "list") != "list":
            return queryset
        refuse_unknown(request, [*self.names(view), *OF_PAGES])
        wanted = {parameter.path: parameter.read(request, name) for name, parameter in view.filters.items()}
        queryset = queryset.filter(**{path: value for path, value in wanted.items() if value is not None})
        if self.knows_changes(view) and (moment := moment_in(request)):
            queryset = self.changed_since(view, queryset, moment)
        return self.ordered(request, queryset, view)

    @staticmethod
    def knows_changes(view) -> bool:
        return bool(getattr(view, "changed", None))

    @staticmethod
    def changed_since(view, queryset: QuerySet, moment: datetime) -> QuerySet:
        if callable(view.changed):
            return view.changed(queryset, moment)
        return queryset.filter(**{f"{view.changed}__gte": moment})

    def names(self, view) -> list[str]:
        since = ["updated_since"] if self.knows_changes(view) else []
        return [*view.filters, "ordering", *since]

    def ordered(self, request, queryset: QuerySet, view) -> QuerySet:
        names = ",".join(request.query_params.getlist("ordering"))
        if not names:
            return queryset
        known = [sign + name for name in view.orders for sign in ("", "-")]
        columns = []
        for name in names.split(","):
            if name not in known:
                raise ValidationError({"ordering": [one_of(known)]})
            columns.append(name[: name.startswith("-")] + view.orders[name.removeprefix("-")])
        return queryset.order_by(*columns, "pk")  # equal ones too have one order, or pages would repeat and skip them

    def get_schema_operation_parameters(self, view) -> list[dict[str, Any]]:
        known = [sign + name for name in view.orders for sign in ("", "-")]
        parameters = [(name, parameter.about, parameter.schema) for name, parameter in view.filters.items()]
        ordering = {"type": "array", "items": {"type": "string", "enum": known}, "minItems": 1, "maxItems": len(known)}
        parameters.append(("ordering", "In which order; `-` turns one round", ordering))
        if self.knows_changes(view):
            since = "What changed then or later, and some of what did shortly before; by the world's clock everywhere"
            parameters.append(("updated_since", since, {"type": "string", "format": "date-time"}))
        return [
            {"name": name, "in": "query", "required": False, "description": about, "schema": schema}
            | ({"style": "form", "explode": False} if name == "ordering" else {})
            for name, about, schema in parameters
        ]


class Pages(PageNumberPagination):
    """A hundred rows a page, or as many as are asked for."""

    page_size_query_param = "page_size"

    def get_page_size(self, request) -> int:
        size = number_in(request, "page_size")
        if size is not None and not 1 <= size <= MOST:
            raise ValidationError({"page_size": [_("From 1 to %(most)s.") % {"most": MOST}]})
        assert self.page_size
        return size or self.page_size

    def get_page_number(self, request, paginator) -> int:
        number = whole(request.query_params.get("page", "1"))
        if not number:
            raise ValidationError({"page": [_("A whole number is needed.")]})
        return number

    def get_schema_operation_parameters(self, view) -> list[dict[str, Any]]:
        page = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1, "default": 1}
        size = {"type": "integer", "minimum": 1, "maximum": MOST, "default": self.page_size}
        parameters = [("page", "Which page", page), ("page_size", "How many rows a page has", size)]
        return [
            {"name": name, "in": "query", "required": False, "description": about, "schema": schema}
            for name, about, schema in parameters
        ]

    def get_paginated_response_schema(self, schema: dict) -> dict:
        """As OpenAPI 3.1 has it: `nullable` is no word there any more, and is ignored."""
        link = {"type": ["string", "null"], "format": "uri"}
        example = "https://portal.example/api/v1/entries/?page="
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "Rows in all", "examples": [123]},
                "next": link | {"description": "The next page; null on the last", "examples": [f"{example}3"]},
                "previous": link | {"description": "The page before; null on the first", "examples": [f"{example}1"]},
                "results": schema,
            },
        }
