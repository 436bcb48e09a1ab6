"""Wiring of the portal: settings, URLs, the queue, health. No word of the domain."""

from cdd4.celery import app as celery_app

__all__ = ["celery_app"]
