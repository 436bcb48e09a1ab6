"""How the admin looks: the names, colours and menus that Unfold is told by its setting."""

from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

UNFOLD = {
    "SITE_TITLE": _("Community Development Digital 4.0"),
    "SITE_HEADER": _("CDD Digital 4.0"),
    "SITE_SUBHEADER": _("Review, judging and administration"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("mark.svg")}],
    "SHOW_LANGUAGES": True,
    "SHOW_HISTORY": True,
    "SHOW_BACK_BUTTON": False,
    "STYLES": [lambda request: static("admin.css")],
    "COLORS": {
        "primary": {
            "50": "#eef7f8",
            "100": "#d7ecef",
            "200": "#b3dbe0",
            "300": "#7fc1ca",
            "400": "#459fac",
            "500": "#2a8391",
            "600": "#0b5563",
            "700": "#0a4a57",
            "800": "#083f4a",
            "900": "#08333c",
            "950": "#042128",
        },
    },
    "ACCOUNT": {"navigation": "cdd4.admin.account_links"},
    "SIDEBAR": {"show_search": False, "navigation": "cdd4.admin.menu"},
    "DASHBOARD_CALLBACK": "cdd4.overview.overview",
}
