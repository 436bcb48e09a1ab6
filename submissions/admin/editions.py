"""Editions, to read, and what may be made of them."""

from django.contrib import admin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from submissions.models import Edition
from submissions.questions import access
from submissions.spreadsheets import tables

from .exporting import ExportedList
from .roles import ORGANISER, RUNNERS, RoleAdmin, in_words, role_of, short_time


@admin.register(Edition)
class EditionAdmin(ExportedList, RoleAdmin):
    """To read: an edition is never altered."""

    viewers = RUNNERS
    columns = staticmethod(tables.editions)
    list_display = ["named", "adopted", "adopted_by", "reason"]
    list_select_related = ["adopted_by"]
    search_fields = ["scheme_code", "digest"]
    fields = ["scheme_code", "digest", "adopted", "adopted_by", "reason", "open_questions", "whole_text"]

    actions_detail = ["copy", "try_on_past"]

    def get_queryset(self, request):
        rows = self.model.objects.defer("text")
        is_list = request.resolver_match and request.resolver_match.url_name.endswith("list")
        if is_list or role_of(request.user) == ORGANISER:
            return rows.offered_to(request.user)
        return rows

    def has_copy_permission(self, request, object_id=None) -> bool:
        return access.why_not_administer(request.user) is None

    @action(description=_("Copy to a new scheme"), icon="content_copy", permissions=["copy"])
    def copy(self, request, object_id):
        address = reverse("admin:submissions_schemedraft_add")
        return redirect(f"{address}?source={self._object_or_404(request, object_id).pk}")

    @action(description=_("Try it on the past"), icon="history", permissions=["copy"])
    def try_on_past(self, request, object_id):
        return redirect("past-trial-of-edition", self._object_or_404(request, object_id).pk)

    @display(description=_("scheme"), ordering="scheme_code")
    def named(self, edition: Edition) -> str:
        return edition.named()

    @display(description=_("adopted at"), ordering="adopted_at")
    def adopted(self, edition: Edition) -> str:
        return short_time(edition.adopted_at)

    @display(description=_("doubts"))
    def open_questions(self, edition: Edition) -> str:
        """Where the source document is silent or contradicts itself, and what was decided."""
        lines = ((doubt.path, in_words(doubt.text)) for doubt in edition.scheme.all_doubts())
        return format_html('<ul class="plain">{}</ul>', format_html_join("", "<li><code>{}</code> {}</li>", lines))

    @display(description=_("text"))
    def whole_text(self, edition: Edition) -> str:
        return format_html('<pre class="source" tabindex="0">{}</pre>', edition.text)
