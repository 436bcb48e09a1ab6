"""Pages and API of submissions."""

from django.urls import path

from . import confirming, deeds, feed, filling, nominees, receipts, threads, views
from .accounts import pages as accounts
from .api import evidence, facts, token_pages, tokens
from .api import nominees as api_nominees
from .notices import pages
from .pages import evidence_files
from .uploads import tus

urlpatterns = [
    *nominees.urls,
    *feed.urls,
    *filling.urls,
    *threads.urls,
    *confirming.urls,
    *deeds.urls,
    *pages.urls,
    *accounts.urls,
    *receipts.urls,
    *evidence_files.urls,
    *tus.urls,
    *token_pages.urls,
    path("entries/<int:pk>/evidence/", views.add_evidence, name="evidence-add"),
    path("entries/<int:pk>/slot/", views.show_slot, name="slot"),
    path("entries/<int:pk>/values/", views.enter_values, name="values-enter"),
    path("evidence/<int:pk>/replace/", views.replace_evidence, name="evidence-replace"),
    path("evidence/<int:pk>/withdraw/", views.withdraw_evidence, name="evidence-withdraw"),
]
api_urls = [*tokens.urls, *facts.urls, *evidence.urls, *api_nominees.urls]
