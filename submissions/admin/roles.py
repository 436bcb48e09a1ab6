"""What every page of the admin keeps to: roles decide, foreign rows do not exist, dates are Buddhist."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.db import models
from django.forms.widgets import Media, Script
from django.http import Http404
from simple_history.admin import SimpleHistoryAdmin
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextInputWidget

from submissions import thai
from submissions.fields import BuddhistDateField, whole
from submissions.models import Round

from .past import Past

Part: Any = object  # of an admin: what it stands beside there is made of a library's classes, which have no types
STAFF, ORGANISER, JUDGE = "staff", "organiser", "judge"
RUNNERS = (STAFF, ORGANISER)  # who runs rounds: central staff all of them, an organiser those of the own office
COMMITTEE = (*RUNNERS, JUDGE)


def role_of(user) -> str:
    """The role in which somebody works here; "" for who does not."""
    if user.is_central:
        return STAFF
    return ORGANISER if user.organises else JUDGE if user.is_judge else ""


def in_words(text) -> str:
    """A text of the scheme in the reader's language."""
    return text.to(thai.language()) if text else ""


class Chooser(AutocompleteSelect):
    """Leaves out what can be no row's number: Django would look it up and fail."""

    @property
    def media(self) -> Media:
        """Its scripts after the text: they are large, and the page is read without them."""
        whole: Any = super().media
        later: list[Any] = [Script(path, defer=True) for path in whole._js]
        return Media(js=later, css=whole._css)

    def optgroups(self, name, value, attr=None):
        return super().optgroups(
            name, [choice for choice in value if not choice or whole(str(choice)) is not None], attr
        )


class RoleAdmin(ModelAdmin):
    """Django's model permissions are not used: each class says which roles may do what; unsaid is forbidden."""

    viewers: tuple[str, ...] = (STAFF,)
    to_round = ""  # from a row to its round: an organiser sees the rows of the own rounds, and without this none
    adders: tuple[str, ...] = ()
    changers: tuple[str, ...] = ()
    deleters: tuple[str, ...] = ()
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # counting every choice of every filter costs more than it tells
    list_filter_submit = True
    warn_unsaved_form = True

    @property
    def media(self) -> Media:
        """Nothing: jQuery and the rest are for windows and slugs that no page here has. Widgets bring their own."""
        return Media()

    def lookup_allowed(self, lookup, value, request) -> bool:
        """Only what a filter offers: Django would look up any column and relation, such as colleagues' sheets."""
        offered = [shown[0] if isinstance(shown, tuple) else shown for shown in self.get_list_filter(request)]
        return any(
            lookup == getattr(shown, "parameter_name", shown) or lookup.startswith(f"{shown}__") for shown in offered
        )

    def has_module_permission(self, request) -> bool:
        return role_of(request.user) in self.viewers

    def has_view_permission(self, request, obj=None) -> bool:
        return role_of(request.user) in self.viewers

    def has_add_permission(self, request) -> bool:
        return role_of(request.user) in self.adders

    def has_change_permission(self, request, obj=None) -> bool:
        return role_of(request.user) in self.changers

    def has_delete_permission(self, request, obj=None) -> bool:
        return role_of(request.user) in self.deleters

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        rows = rows.visible_to(request.user) if hasattr(rows, "visible_to") else rows
        return narrowed(rows, request.user, self.to_round)

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        """Django goes to the front page with a notice; a row that is not one's own is simply not there."""
        raise Http404

    def get_changeform_initial_data(self, request) -> dict:
        """An address fills in nothing: no page of ours asks for it, and nonsense in it would break the form."""
        return {}

    def history_view(self, request, object_id, extra_context=None):
        self._object_or_404(request, object_id)
        return super().history_view(request, object_id, extra_context)

    def render_change_form(self, request, context, **kwargs):
        """Rows that are never altered have no earlier states to show."""
        context["show_history"] = isinstance(self, SimpleHistoryAdmin)
        return super().render_change_form(request, context, **kwargs)

    def _object_or_404(self, request, object_id):
        if (obj := self.get_object(request, object_id)) is None:
            raise Http404
        return obj

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Chooser(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """A day is written with its Buddhist year."""
        if type(db_field) is models.DateField:
            return BuddhistDateField(
                label=db_field.verbose_name,
                required=not db_field.blank,
                help_text=db_field.help_text,
                widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "31/12/2566", "autocomplete": "off"}),
            )
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget  # without windows that open upon windows
        return field


def narrowed(rows, user, to_round: str):
    """Of rows that lead to their round by `to_round`, those that this person works on in the admin."""
    if role_of(user) != ORGANISER:
        return rows
    return rows.filter(**{f"{to_round}__in": Round.objects.run_by(user)}) if to_round else rows.none()


class HistoryAdmin(SimpleHistoryAdmin, RoleAdmin):
    """With the earlier states of each row, to read. Going back is a change like any other, made in the form."""

    def revert_disabled(self, request, obj=None) -> bool:
        return True

    def get_historical_record_context_helper(self, request, historical_record) -> Past:
        return Past(self.model, historical_record)

    def history_view(self, request, object_id, extra_context=None):
        """Of a row that is gone too, for staff; the library stumbles over what is no row's number."""
        if whole(object_id) is None or (role_of(request.user) == ORGANISER and not self.get_object(request, object_id)):
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        self._object_or_404(request, object_id)
        if request.method != "GET" or whole(version_id) is None:
            raise Http404
        return super().history_form_view(request, object_id, version_id, extra_context)


def page_context(model_admin, request, **context) -> dict:
    """What a page of our own within the admin is given: the frame's context and its own."""
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "media": model_admin.media,
        **context,
    }


def short_date(day) -> str:
    return thai.format_date(day, thai.language(), short=True) if day else "–"


def short_time(moment) -> str:
    return thai.format_time(moment, thai.language()) if moment else "–"
