"""Lists that those who run rounds take away as Excel or CSV: all rows that the list's filters leave, in its order."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, override

from submissions import thai
from submissions.accounts.events import Thing, record_file
from submissions.pages.dear import dear
from submissions.spreadsheets.writing import Cell, Column, Row, write_csv, write_xlsx

from .roles import Part

AT_ONCE = 500  # rows read from the database together
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ExportedList(Part):
    """Part of an admin, which says its `columns`, and what is exported where that is not the list's own rows."""

    change_list_template = "submissions/admin/exported_list.html"
    columns: Callable[[], list[Column]]

    def exported(self, rows: QuerySet) -> Iterable[Any]:
        return rows.iterator(chunk_size=AT_ONCE)

    def get_urls(self):
        view = self.admin_site.admin_view(self.export_view)
        return [path("list.<slug:extension>", view, name=self._address_name()), *super().get_urls()]

    def _address_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_list"

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, self.links_shown(request) | (extra_context or {}))

    def links_shown(self, request) -> dict[str, str]:
        """What the list's template is told: where its links lead, for whom it has them."""
        return {"export_name": f"{self.admin_site.name}:{self._address_name()}" if request.user.runs_rounds else ""}

    @method_decorator(dear("30/min"))
    def export_view(self, request, extension: str) -> HttpResponseBase:
        if not request.user.runs_rounds or not self.has_view_permission(request):
            raise PermissionDenied
        if extension not in ("xlsx", "csv"):
            raise Http404
        try:
            rows = self.list_of(request)
        except IncorrectLookupParameters:
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        columns = self.columns()
        headings = [str(heading) for heading, _cell in columns]
        cells = _cells([cell for _heading, cell in columns], self.exported(rows), get_language())
        name = self._file_name(extension)
        record_file(request, Thing.LIST, self.opts.model_name, name)
        return _sent(extension, headings, cells, name)

    def list_of(self, request) -> QuerySet:
        """The rows of the list, by its filters, search and order."""
        return self.get_changelist_instance(request).get_queryset(request)

    def _file_name(self, extension: str) -> str:
        return f"{self.opts.verbose_name_plural}-{thai.day_of_file(timezone.localdate())}.{extension}"


def _cells(functions: list[Callable[[Any], Cell]], rows: Iterable[Any], language: str) -> Iterator[Row]:
    """In the reader's language, also when they are sent after the request has ended."""
    for row in rows:
        with override(language):
            cells = [function(row) for function in functions]
        yield cells


def _sent(extension: str, headings: list[str], rows: Iterator[Row], name: str) -> HttpResponseBase:
    response: StreamingHttpResponse
    if extension == "xlsx":
        response = FileResponse(write_xlsx(headings, rows), content_type=XLSX)
    else:
        response = StreamingHttpResponse(write_csv(headings, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
