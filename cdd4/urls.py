"""All addresses of the portal. Each app brings its pages (`urlpatterns`) and its API (`api_urls`)."""

from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView

import awards.urls
import scoring.urls
import submissions.urls
from cdd4 import contact, emblem, guides, health, privacy, styles
from cdd4.metrics import metrics
from cdd4.reader import reader
from submissions.accounts import pages as accounts
from submissions.api import about

handler400 = "cdd4.faults.bad_request"
handler403 = "cdd4.faults.permission_denied"
handler404 = "cdd4.faults.not_found"
handler500 = "cdd4.faults.server_error"

api_urls = [*submissions.urls.api_urls, *scoring.urls.api_urls, *awards.urls.api_urls]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("accounts/reader/", reader, name="reader"),
    # Instead of allauth's own: the address stands with the person, and is changed by a link sent to the new one.
    path("accounts/email/", RedirectView.as_view(pattern_name="account-email"), name="account_email"),
    path("accounts/sessions/", accounts.sessions, name="usersessions_list"),  # instead of allauth's own
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include(api_urls)),
    path("api/", include(about.urls)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", login_required(about.Docs.as_view(url_name="schema")), name="api-docs"),
    path("", include(guides.urls)),
    path("", include(privacy.urls)),
    path("", include(contact.urls)),
    path("", include(emblem.urls)),
    path("", include(styles.urls)),
    path("", include("submissions.urls")),
    path("", include("scoring.urls")),
    path("", include("awards.urls")),
]
