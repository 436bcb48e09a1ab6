"""Who works with the portal. Central staff look after officers and judges; only a superuser looks after the others."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from submissions import access
from submissions.models import User
from submissions.resources import UserResource

from .guard import GuardedAdmin, GuardedForm
from .roles import STAFF, short_time
from .spreadsheets import Spreadsheets


@admin.register(User)
class UserAdmin(Spreadsheets, GuardedAdmin, DjangoUserAdmin):
    resource_classes = [UserResource]
    adders = changers = (STAFF,)
    form, add_form, change_password_form = GuardedForm, UserCreationForm, AdminPasswordChangeForm
    list_display = ["username", "full_name", "role", "office", "is_active", "last_seen"]
    list_display_links = ["username", "full_name"]
    list_filter = [("role", ChoicesDropdownFilter), "is_active"]
    list_select_related = ["office"]
    search_fields = ["username", "full_name", "email", "office__name_th", "office__name_en"]
    search_help_text = _("Name, e-mail or office")
    ordering = ["username"]
    filter_horizontal = []
    autocomplete_fields = ["office"]
    readonly_fields = ["last_seen", "password_link"]

    def get_fieldsets(self, request, obj=None):
        person = ["username", "full_name", "email", "role", "office", "is_head"]
        if obj is None:
            return [(None, {"fields": [*person, "usable_password", "password1", "password2"]})]
        power = ["is_superuser"] if request.user.is_superuser else []
        return [
            (None, {"fields": [*person, "is_active", *power]}),
            (_("Log-in"), {"fields": ["password_link", "last_seen"]}),
        ]

    def has_change_permission(self, request, obj=None) -> bool:
        """Nobody gives themselves, or others of their kind, more than they have."""
        return super().has_change_permission(request, obj) and access.why_not_manage(request.user, obj) is None

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "office":
            kwargs["help_text"] = _("An officer works for it. A judge with one (a region, say) judges only inside it.")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        if db_field.name == "role":
            roles = [role for role in User.Role if access.why_not_manage(request.user, role=role) is None]
            kwargs["choices"] = [(role.value, role.label) for role in roles]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    @display(description=_("last log-in"), ordering="last_login")
    def last_seen(self, user: User) -> str:
        return short_time(user.last_login)

    @display(description=_("password"))
    def password_link(self, user: User) -> str:
        url = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a class="link" href="{}">{}</a>', url, _("Set a new password"))
