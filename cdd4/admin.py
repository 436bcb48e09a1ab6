"""The admin as a place: who enters it, by which door, and what stands in its menu."""

from typing import Any

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.shortcuts import redirect, resolve_url
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from submissions.models import User
from submissions.questions import access
from submissions.questions.forbidden import forbid


class AdminSite(UnfoldAdminSite):
    """Entered by role, through the portal's own log-in with its rate limit and second factor."""

    index_title = _("Overview")

    def has_permission(self, request) -> bool:
        return access.why_not_enter_admin(request.user) is None

    def register(self, model_or_iterable, admin_class=None, **options) -> None:
        """Libraries bring admins that know neither our roles nor our look: those made for this site are shown."""
        if admin_class is not None and issubclass(admin_class, ModelAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def login(self, request, extra_context=None):
        if request.user.is_authenticated:
            forbid(access.why_not_enter_admin(request.user))
            return redirect("admin:index")
        return redirect_to_login(request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index"))

    def logout(self, request, extra_context=None):
        return LogoutView.as_view(next_page=resolve_url("account_login"))(request)

    def password_change(self, request, extra_context=None):
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        return redirect("account_change_password")


def menu(request) -> list[dict[str, Any]]:
    """The side menu: a judge's few places; those of who runs rounds in the order in which a contest goes on, without
    what is of the whole portal for an organiser."""
    overview = _item(_("Overview"), "index", icon="home")
    waiting = _item(
        _("Evidence to review"),
        "submissions_evidence_changelist",
        icon="rule",
        badge="submissions.admin.badges.waiting_evidence",
    )
    desk = {"title": _("Review at speed"), "link": reverse("review-queues"), "icon": "check_circle", "active": False}
    numbers = _item(
        _("Numbers to review"),
        "submissions_value_waiting",
        icon="numbers",
        badge="submissions.admin.badges.waiting_values",
    )
    readings = _item(
        _("Second readings"),
        "submissions_secondreading_changelist",
        icon="verified_user",
        badge="submissions.admin.badges.waiting_readings",
    )
    sheets = _item(_("Scoring sheets"), "submissions_sheet_changelist", icon="edit_note")
    entries = _item(_("Entries"), "submissions_entry_changelist", icon="location_city")
    notices = {
        "title": _("Notices"),
        "link": reverse("notices"),
        "icon": "notifications",
        "badge": "submissions.pages.notices.unread_badge",
    }
    if not request.user.runs_rounds:
        return [_group(_("Committee's work"), overview, desk, waiting, numbers, readings, sheets, entries, notices)]
    return [
        _group(
            _("Work"),
            overview,
            notices,
            _item(_("Circulars"), "submissions_circular_changelist", icon="forward_to_inbox"),
        ),
        _group(
            _("Prepare"),
            *_rounds(request),
            _item(_("Editions of schemes"), "submissions_edition_changelist", icon="menu_book"),
            *(_of_portal(request) if request.user.is_central else ()),
        ),
        _group(
            _("Collect"),
            entries,
            _item(_("Values"), "submissions_value_changelist", icon="numbers"),
            _item(_("Imports of figures"), "submissions_import_changelist", icon="upload"),
            _item(_("Extensions"), "submissions_extension_changelist", icon="more_time"),
        ),
        _group(_("Review"), desk, waiting, numbers, readings, *_reasons(request.user)),
        _group(
            _("Judge"),
            sheets,
            _item(_("Scorecards"), "scoring_scorecard_changelist", icon="scoreboard"),
            _item(_("Changes of score"), "scoring_scorechange_changelist", icon="trending_up"),
        ),
        _group(
            _("Publish"),
            _item(_("Publications"), "awards_publication_changelist", icon="campaign"),
            _item(_("Results"), "awards_result_changelist", icon="emoji_events"),
        ),
        _group(_("Records"), *_records(request.user)),
    ]


def _rounds(request) -> list[dict[str, Any]]:
    """What is prepared, and the list of all: their addresses begin alike, and one of them is where the reader is."""
    prepare = _item(_("Prepare a round"), "submissions_round_preparing", icon="door_open")
    rounds = _item(_("Rounds"), "submissions_round_changelist", icon="flag")
    begun = (prepare["link"], reverse("admin:submissions_round_copying"))
    prepare["active"] = request.path in begun or request.path.endswith("/prepare/")
    rounds["active"] = request.path.startswith(rounds["link"]) and not prepare["active"]
    return [prepare, rounds]


def _of_portal(request) -> list[dict[str, Any]]:
    """What rounds are made of, in the whole portal."""
    users = _item(_("Users"), "submissions_user_changelist", icon="group")
    users["active"] = request.path.startswith(users["link"]) and "/waiting/" not in request.path  # has its own place
    return [
        _item(_("New schemes"), "submissions_schemedraft_changelist", icon="post_add"),
        _item(_("Offices"), "submissions_office_changelist", icon="apartment"),
        users,
        _item(_("Who has not come yet"), "submissions_user_waiting", icon="group_add"),
        _item(_("Former models"), "submissions_registerline_changelist", icon="workspace_premium"),
        _item(_("Public holidays"), "submissions_holiday_changelist", icon="event_busy"),
    ]


def _reasons(user: User) -> list[dict[str, Any]]:
    """Of the whole portal, as schemes are."""
    reasons = _item(_("Reasons for returning"), "submissions_reasontemplate_changelist", icon="undo")
    return [reasons] if user.is_central else []


def _records(user: User) -> list[dict[str, Any]]:
    audit = _item(_("Audit log"), "submissions_event_changelist", icon="history")
    if not user.is_central:
        return [audit]
    letters = _item(_("Letters"), "submissions_letter_changelist", icon="outgoing_mail")
    return [letters, audit, _item(_("Use of accounts"), "submissions_accountevent_changelist", icon="fingerprint")]


def _group(title, *items) -> dict[str, Any]:
    return {"title": title, "separator": False, "items": list(items)}


def _item(title, name: str, *, icon: str, badge: str | None = None) -> dict[str, Any]:
    item = {"title": title, "link": reverse(f"admin:{name}"), "icon": icon}
    return {**item, "badge": badge} if badge else item


def account_links(request) -> list[dict[str, Any]]:
    return [
        {"title": _("Guide"), "link": reverse("own-guide")},
        {"title": _("Change password"), "link": reverse("account_change_password")},
        {"title": _("Two-step login"), "link": reverse("mfa_index")},
        {"title": _("E-mail address"), "link": reverse("account-email")},
        {"title": _("Where you are logged in"), "link": reverse("usersessions_list")},
        {"title": _("Use of your account"), "link": reverse("account-events")},
    ]
