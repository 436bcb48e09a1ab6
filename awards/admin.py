"""Publications in the admin: to look at. They are made on the round's page, and nothing changes them."""

from django.contrib import admin
from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from submissions import thai
from submissions.admin.exporting import ExportedList
from submissions.admin.filters import rounds_of
from submissions.admin.roles import narrowed
from submissions.questions import access
from submissions.spreadsheets.writing import Column
from submissions.templatetags.thai import be_time

from .models import Publication, Result


class FrozenAdmin(ModelAdmin):
    """Those who run rounds look at their own; nobody adds, changes or deletes."""

    to_round = ""

    def get_queryset(self, request):
        return narrowed(super().get_queryset(request), request.user, self.to_round)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """As everywhere in the admin: what is not one's own is not there."""
        raise Http404

    def has_module_permission(self, request) -> bool:
        return access.why_not_run_rounds(request.user) is None

    def has_view_permission(self, request, obj=None) -> bool:
        return access.why_not_run_rounds(request.user) is None

    def has_add_permission(self, request) -> bool:
        return False

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def has_delete_permission(self, request, obj=None) -> bool:
        return False


def publications() -> list[Column]:
    return [
        (_("round"), lambda publication: publication.title),
        (_("number"), lambda publication: publication.number),
        (_("published at"), lambda publication: publication.published_at),
        (_("published by"), lambda publication: str(publication.published_by)),
        (_("as of"), lambda publication: publication.as_of),
        (_("reason for the correction"), lambda publication: publication.reason),
        (_("SHA-256"), lambda publication: publication.digest),
    ]


def results() -> list[Column]:
    return [
        (_("round"), lambda result: result.publication.title),
        (_("publication"), lambda result: result.publication.number),
        (_("rank"), lambda result: result.shown_rank),
        (_("award"), _award),
        (_("code"), lambda result: result.office_code),
        (_("office"), lambda result: result.office_name),
        (_("nominee"), lambda result: result.nominee_name if result.nominee else ""),
        (_("points"), lambda result: result.total),
        (_("claimed"), lambda result: result.claimed),
        (_("attainable"), lambda result: result.attainable),
    ]


def _award(result: Result) -> str:
    titles = {tier["code"]: tier[f"title_{thai.language()}"] for tier in result.publication.frame["tiers"]}
    return titles.get(result.tier, "")


class RoundChoice(admin.RelatedFieldListFilter):
    """The rounds that the reader runs."""

    def field_choices(self, field, request, model_admin) -> list:
        return [(round.pk, round.name) for round in rounds_of(request)]


@admin.register(Publication)
class PublicationAdmin(ExportedList, FrozenAdmin):
    columns = staticmethod(publications)
    to_round = "round"
    list_display = ("round_name", "number", "published", "published_by", "short_digest", "page")
    list_filter = (("round", RoundChoice),)
    list_select_related = ("round", "published_by")
    ordering = ("-published_at",)
    fields = (
        "round_name", "number", "edition", "facts_as_of", "published", "published_by", "reason", "decisions",
        "facts_digest", "previous", "digest",
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).defer("log")

    @admin.display(description=_("round"))
    def round_name(self, publication: Publication) -> str:
        return publication.title

    @admin.display(description=_("as of"))
    def facts_as_of(self, publication: Publication) -> str:
        return be_time(publication.as_of)

    @admin.display(description=_("published at"), ordering="published_at")
    def published(self, publication: Publication) -> str:
        return be_time(publication.published_at)

    @admin.display(description=_("SHA-256"))
    def short_digest(self, publication: Publication) -> str:
        return publication.digest[:12]

    @admin.display(description=_("page"))
    def page(self, publication: Publication) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("publication", args=[publication.pk]), _("Open the publication")
        )


class PublicationFilter(admin.RelatedFieldListFilter):
    """Lists publications by their names alone: each row holds much more, such as the heads of its round's log."""

    def field_choices(self, field, request, model_admin) -> list:
        order = self.field_admin_ordering(field, request, model_admin)
        named = narrowed(Publication.objects.order_by(*order), request.user, "round").values_list(
            "pk", "number", "frame__round"
        )
        return [(pk, str(Publication(number=number, frame={"round": round}))) for pk, number, round in named]


@admin.register(Result)
class ResultAdmin(ExportedList, FrozenAdmin):
    columns = staticmethod(results)
    to_round = "publication__round"
    list_display = ("told_rank", "entrant", "award", "total", "claimed", "publication_number")
    list_filter = (("publication", PublicationFilter),)
    search_fields = ("office_code", "office_name_th", "office_name_en", "nominee__name_th")
    list_select_related = ("publication",)
    ordering = ("-publication", "place")
    fields = (
        "publication", "place", "told_rank", "award", "office_code", "entrant", "total", "claimed", "attainable",
    )  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).defer("criteria", "facts", "publication__log")

    @admin.display(description=_("rank"), ordering="rank", empty_value="–")
    def told_rank(self, result: Result) -> int | None:
        return result.shown_rank

    @admin.display(description=_("office"))
    def entrant(self, result: Result) -> str:
        return f"{result.nominee_name} ({result.office_name})" if result.nominee else result.office_name

    @admin.display(description=_("award"), ordering="place")
    def award(self, result: Result) -> str:
        return _award(result) or "–"

    def get_list_display(self, request):
        """With the round, where more than one was published."""
        return self.list_display if len(rounds_of(request)) == 1 else (*self.list_display, "round_name")

    @admin.display(description=_("publication"))
    def publication_number(self, result: Result) -> int:
        return result.publication.number

    @admin.display(description=_("round"))
    def round_name(self, result: Result) -> str:
        return result.publication.title
