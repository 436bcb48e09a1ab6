"""Who works with the portal. Central staff look after officers and judges; only a superuser looks after the others."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display
from unfold.forms import AdminPasswordChangeForm, UserCreationForm

from submissions.models import User
from submissions.notices.accounts import tell_of_password
from submissions.questions import access
from submissions.spreadsheets.people import UserResource

from .guard import GuardedAdmin, GuardedForm
from .newcomers import Newcomers
from .roles import STAFF, short_time
from .spreadsheets import SpreadsheetImportForm, Spreadsheets


class PasswordForAnother(AdminPasswordChangeForm):
    def save(self, commit=True) -> User:
        self.user.must_change_password = self.cleaned_data["set_usable_password"]
        return super().save(commit)


class PeopleImportForm(SpreadsheetImportForm):
    help_text = _("Excel (.xlsx) or CSV: the sheet to fill in, which is downloaded below, or what “Export” gives.")


@admin.register(User)
class UserAdmin(Newcomers, Spreadsheets, GuardedAdmin, DjangoUserAdmin):
    resource_classes = [UserResource]
    import_template = "admin:submissions_user_template"
    import_form_class = PeopleImportForm
    adders = changers = (STAFF,)
    form, add_form, change_password_form = GuardedForm, UserCreationForm, PasswordForAnother
    list_display = ["username", "full_name", "role", "office", "is_active", "last_seen"]
    list_display_links = ["username", "full_name"]
    list_filter = [("role", ChoicesDropdownFilter), "is_active"]
    list_select_related = ["office"]
    search_fields = ["username", "full_name", "email", "office__name_th", "office__name_en"]
    search_help_text = _("Name, e-mail or office")
    ordering = ["username"]
    filter_horizontal = []
    autocomplete_fields = ["office"]
    readonly_fields = ["own_email", "last_seen", "password_link"]

    def get_fieldsets(self, request, obj=None):
        email = "own_email" if obj == request.user else "email"
        person = ["username", "full_name", email, "role", "office", "is_head", "is_organiser"]
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

    def save_model(self, request, obj, form, change) -> None:
        """A new account's first password is known to whoever typed it."""
        is_set = not change and obj.has_usable_password()
        obj.must_change_password = obj.must_change_password or is_set
        super().save_model(request, obj, form, change)
        if is_set:
            tell_of_password(obj, request.user, at=timezone.now())

    def user_change_password(self, request, id, form_url=""):
        """One's own is changed elsewhere, with the old one; whoever's is set here is told, and chooses the next."""
        before = self.get_object(request, unquote(id))  # a number may be written in many ways
        if before == request.user:
            return redirect("account_change_password")
        answer = super().user_change_password(request, id, form_url)
        if before and not User.objects.filter(pk=before.pk, password=before.password).exists():
            tell_of_password(before, request.user, at=timezone.now())
        return answer

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

    @display(description=_("e-mail"))
    def own_email(self, user: User) -> str:
        """It opens the account: one's own is changed with the password, on a page of its own."""
        return format_html(
            '{} <a class="link" href="{}">{}</a>', user.email or "–", reverse("account-email"), _("Change my address")
        )

    @display(description=_("password"))
    def password_link(self, user: User) -> str:
        url = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a class="link" href="{}">{}</a>', url, _("Set a new password"))
