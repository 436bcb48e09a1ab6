"""Errors of the portal's own are told to whoever runs it: by mail, not too often, and to a Sentry or GlitchTip."""

import logging
import re
import time
from typing import Any, cast

from celery import shared_task

QUIET = 60 * 60  # seconds during which the same error is told once
MOST = 10  # mails of one process in that time
# What a database adds to its first sentence: the row, the statement, where in it.
_ROW = re.compile(r"\n(?:DETAIL|CONTEXT|LINE \d+):.*?(?=\n\n(?:The above|During handling of)|\Z)", re.DOTALL)
# A message that waits longer than the queue's visibility_timeout would be given out again, and sent twice.
# Some 6 minutes:
AGAIN: dict[str, Any] = {"retry_backoff": 15, "retry_backoff_max": 50, "retry_jitter": False, "max_retries": 8}


@shared_task(name="cdd4.alarms.mail_admins", expires=QUIET, autoretry_for=(OSError,), **AGAIN)
def mail_admins(subject: str, text: str) -> None:
    from django.core import mail

    mail.mail_admins(subject, text)


class MailToAdmins(logging.Handler):
    """Asks the mailer to tell of an error; the traceback says where it was, and names nobody but by number.

    Whoever was served meanwhile does not wait for a mail server. Without a queue nothing is sent, /readyz says so, and
    the same error is told when it comes again.
    """

    def __init__(self) -> None:
        super().__init__()
        self.told_at: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("submissions.queue", "celery", "kombu")) and not record.exc_info:
            return
        try:
            self.tell(record)
        except Exception:  # as every handler of the library: what can't be told must not fail whoever tells it
            self.handleError(record)

    def tell(self, record: logging.LogRecord) -> None:
        from submissions.queue import send

        place = place_of(record)
        first, text = record.getMessage().partition("\n")[0], _ROW.sub("", self.format(record))
        if self.is_new(place) and not send(mail_admins, f"{record.levelname}: {first[:150]}", text):
            self.told_at.pop(place, None)

    def is_new(self, place: str) -> bool:
        now = time.monotonic()
        self.told_at = {known: at for known, at in self.told_at.items() if now - at < QUIET}
        if place in self.told_at or len(self.told_at) >= MOST:
            return False
        self.told_at[place] = now
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
        before_send=cast("Any", without_people),  # an event is a dict
    )


def without_people(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Of a request its method and name; of a sentence of the log the words that stand in the code; of what a database
    says not the row.
    """
    from cdd4.logs import request_id

    request = event.pop("request", {})
    event["request"] = {"method": request.get("method", "")}
    for name in ("user", "extra"):  # extra: what a record knew of its request, a task's arguments, a command's words
        event.pop(name, None)
    if "logentry" in event:
        event["logentry"] = {"message": event["logentry"].get("message", "")}
    if event.get("transaction_info", {}).get("source") == "url":  # an address that is none of ours, as it was typed
        event.pop("transaction", None)
    event.setdefault("tags", {})["request_id"] = request_id()
    for error in event.get("exception", {}).get("values", []):
        error["value"] = _ROW.sub("", str(error.get("value", "")))
    return event
