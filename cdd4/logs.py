"""The log: a line for each event, in UTC, with the request, the person and the task that it belongs to."""

import logging
import re
import time
import uuid
from contextvars import ContextVar
from typing import Any

from celery._state import get_current_task
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

HEALTH = ("/healthz", "/readyz", "/metrics", "/proxy-health")
_A_REQUEST = re.compile(r"[0-9A-Za-z-]{8,64}")
_request: ContextVar["Named | None"] = ContextVar("request", default=None)


class Named(HttpRequest):
    """A request from `RequestId` on."""

    id: str


class RequestId:
    """Gives each request the name under which the proxy, this log, its tasks and its reader know it."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: Named) -> HttpResponse:
        name = request.headers.get("X-Request-ID", "")  # of the proxy, which passes on nobody else's
        request.id = name if _A_REQUEST.fullmatch(name) else uuid.uuid4().hex
        before = _request.set(request)
        try:
            response = self.get_response(request)
        finally:
            _request.reset(before)
        response["X-Request-ID"] = request.id
        request.META["cdd4.user"] = str(user_of(request) or "-")  # for the web server's own line
        return response


def request_id() -> str:
    """Of the request at hand, or of that which asked for the task at hand; "" where there is none."""
    if request := _request.get():
        return request.id
    task = get_current_task()
    return (task and task.request.get("request_id")) or ""


def user_of(request: HttpRequest) -> int | None:
    """Who asks, if anybody found that out already: the log asks no database."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = request.__dict__.get("_cached_user")
    return getattr(user, "pk", None)


class Context(logging.Filter):
    """Adds to a record what it belongs to, each under its name and all together as the end of a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        known = _of_access(record) if record.name == "gunicorn.access" else _of_code(record)
        known = {name: value for name, value in known.items() if value and value != "-"}
        record.__dict__.update(known)
        words = " ".join(f"{name.removesuffix('_id')}={known[name]}" for name in _TOLD if name in known)
        record.context = f" [{words}]" if words else ""
        return True


_TOLD = ("request_id", "user_id", "task_id")


def _of_code(record: logging.LogRecord) -> dict[str, Any]:
    # Of an answer from 400 on Django tells when the request has left this file, and hands it over with the record.
    request, task = _request.get() or getattr(record, "request", None), get_current_task()
    if request:
        return {"request_id": getattr(request, "id", ""), "user_id": user_of(request)}
    return {"request_id": request_id(), "task_id": task.request.id if task else None}


def _of_access(record: logging.LogRecord) -> dict[str, Any]:
    atoms: Any = record.args
    fields = {"method": "m", "path": "U", "status": "s", "milliseconds": "M", "bytes": "B"}
    named = {name: atoms[atom] for name, atom in fields.items()}
    return {**named, "request_id": atoms["{x-request-id}o"], "user_id": atoms["{cdd4.user}e"]}


class NothingHappened(logging.Filter):
    """Leaves out sweeps that found nothing to do, and answers to whoever asks whether we are well."""

    def filter(self, record: logging.LogRecord) -> bool:
        about: Any = record.args
        if record.name == "celery.beat":
            return not record.msg.startswith("Scheduler: Sending due task")
        if record.name == "celery.worker.strategy":
            return not (isinstance(about, dict) and about.get("name") in _sweeps())
        if record.name == "celery.app.trace" and record.levelno == logging.INFO and isinstance(about, dict):
            return about.get("name") not in _sweeps() or about.get("return_value") not in ("0", "None")
        if record.name == "gunicorn.access":
            return not (about["U"] in HEALTH and about["s"] == "200")
        return True


def _sweeps() -> set[str]:
    return {str(row["task"]) for row in settings.CELERY_BEAT_SCHEDULE.values()}


class PlainLine(logging.Formatter):
    """For people: ISO 8601 in UTC, whatever the time zone of the machine or of Django."""

    converter = time.gmtime  # type: ignore[assignment]  # a function of C, which takes no `self`
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s%(context)s")


class Json(JsonFormatter):
    """For programs: the same, one JSON object a line."""

    def __init__(self) -> None:
        spoken = ["context", "request", "data", "color_message", "server_time"]
        super().__init__(
            "%(levelname)s %(name)s %(message)s",
            timestamp="time",
            rename_fields={"levelname": "level", "name": "logger"},
            reserved_attrs=[*RESERVED_ATTRS, *spoken],
            json_ensure_ascii=False,
        )


def configuration(form: str, level: str, *, has_admins: bool) -> dict[str, Any]:
    """The same for every program of the portal: what they all say goes to one handler, and errors to the admins."""
    everywhere = ["context", "one_line"]
    out = {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": form}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": PlainLine}, "json": {"()": Json}},
        "filters": {
            "nothing": {"()": NothingHappened},
            "context": {"()": Context},
            "one_line": {"()": "cdd4.faults.OneLine"},
        },
        "handlers": {
            "stdout": {**out, "filters": ["nothing", *everywhere]},
            "admins": {
                "class": "cdd4.alarms.MailToAdmins",
                "level": "ERROR",
                "formatter": "line",
                "filters": everywhere,
            },
        },
        "root": {"handlers": ["stdout", *(["admins"] if has_admins else [])], "level": level},
        "loggers": {
            # Not to handlers of their own besides.
            "django": {},
            **{name: {"level": "INFO", "propagate": True} for name in ("gunicorn.error", "gunicorn.access")},
            **{name: {"level": "WARNING"} for name in ("pikepdf", "fontTools", "weasyprint", "PIL")},
        },
    }
