"""Pages and API of submissions."""

from .accounts import pages as accounts
from .api import evidence as api_evidence
from .api import facts, token_pages, tokens, webhook_pages
from .api import nominees as api_nominees
from .pages import (
    calendar_feed,
    circulars,
    colleagues,
    confirming,
    consenting,
    contact_sheet,
    evidence,
    evidence_files,
    filling,
    history,
    invitations,
    more_time,
    nominees,
    notices,
    proposals,
    receipts,
    review_queues,
    reviewing,
    threads,
    values,
)
from .uploads import tus

urlpatterns = [
    *nominees.urls,
    *calendar_feed.urls,
    *filling.urls,
    *threads.urls,
    *more_time.urls,
    *confirming.urls,
    *consenting.urls,
    *history.urls,
    *notices.urls,
    *proposals.urls,
    *circulars.urls,
    *accounts.urls,
    *invitations.urls,
    *colleagues.urls,
    *receipts.urls,
    *evidence_files.urls,
    *review_queues.urls,
    *reviewing.urls,
    *contact_sheet.urls,
    *evidence.urls,
    *values.urls,
    *tus.urls,
    *token_pages.urls,
    *webhook_pages.urls,
]
api_urls = [*tokens.urls, *facts.urls, *api_evidence.urls, *api_nominees.urls]
