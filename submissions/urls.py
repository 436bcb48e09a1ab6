"""Pages and API of submissions."""

from django.urls import path

from .accounts import pages as accounts
from .api import evidence, facts, token_pages, tokens
from .api import nominees as api_nominees
from .pages import (
    calendar_feed,
    confirming,
    evidence_files,
    filling,
    handing_in,
    history,
    nominees,
    notices,
    receipts,
    threads,
)
from .uploads import tus

urlpatterns = [
    *nominees.urls,
    *calendar_feed.urls,
    *filling.urls,
    *threads.urls,
    *confirming.urls,
    *history.urls,
    *notices.urls,
    *accounts.urls,
    *receipts.urls,
    *evidence_files.urls,
    *tus.urls,
    *token_pages.urls,
    path("entries/<int:pk>/evidence/", handing_in.add_evidence, name="evidence-add"),
    path("entries/<int:pk>/slot/", handing_in.show_slot, name="slot"),
    path("entries/<int:pk>/values/", handing_in.enter_values, name="values-enter"),
    path("evidence/<int:pk>/replace/", handing_in.replace_evidence, name="evidence-replace"),
    path("evidence/<int:pk>/withdraw/", handing_in.withdraw_evidence, name="evidence-withdraw"),
]
api_urls = [*tokens.urls, *facts.urls, *evidence.urls, *api_nominees.urls]
