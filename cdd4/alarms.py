"""Errors of the portal's own are told to whoever runs it: by mail, not too often, and to a Sentry or GlitchTip."""

import logging
import time
from typing import Any

from celery import shared_task

QUIET = 60 * 60  # seconds during which the same error is told once
MOST = 10  # mails of one process in that time


@shared_task(name="cdd4.alarms.mail_admins", expires=QUIET)
def mail_admins(subject: str, text: str) -> None:
    from django.core import mail

    mail.mail_admins(subject, text)


class MailToAdmins(logging.Handler):
    """Asks the mailer to tell of an error; the traceback says where it was, and names nobody.

    Whoever was served meanwhile does not wait for a mail server. Without a queue nothing is sent; /readyz says so.
    """

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        from submissions.queue import send

        if record.name.startswith(("submissions.queue", "celery", "kombu")) and not record.exc_info:
            return
        if self.is_new(place_of(record)):
            first = record.getMessage().partition("\n")[0]
            send(mail_admins, f"{record.levelname}: {first[:150]}", self.format(record))

    def is_new(self, place: str) -> bool:
        now = time.monotonic()
        self.told = {known: at for known, at in self.told.items() if now - at < QUIET}
        if place in self.told or len(self.told) >= MOST:
            return False
        self.told[place] = now
        return True


def place_of(record: logging.LogRecord) -> str:
    """By which the same error is known again: what was raised and where, or where it was written."""
    if isinstance(record.exc_info, tuple) and (trace := record.exc_info[2]):
        while trace.tb_next:
            trace = trace.tb_next
        return f"{record.exc_info[0]} {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
    return f"{record.pathname}:{record.lineno}"


def report_to(dsn: str, environment: str) -> None:
    """Send errors there from now on: their place in the code, and nothing of who or what was concerned. "": nowhere."""
    if not dsn:
        return
    import sentry_sdk

    sentry_sdk.init(
        dsn,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_session_tracking=False,
        server_name="",
        before_send=without_people,
    )


def without_people(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Of a request its method and name; of what a database says not the row."""
    from cdd4.logs import request_id

    request = event.pop("request", {})
    event["request"] = {"method": request.get("method", "")}
    event.pop("user", None)
    event.setdefault("tags", {})["request_id"] = request_id()
    for error in event.get("exception", {}).get("values", []):
        error["value"] = str(error.get("value", "")).partition("\nDETAIL:")[0]
    return event
