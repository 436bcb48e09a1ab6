"""The one way content is written down, so that its digest means something: JSON with sorted keys and exact numbers."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from scoring import engine

_quoted = json.JSONEncoder(ensure_ascii=False).encode  # of a text; made once, for there are millions


def write(content: Any) -> str:
    """Sorted keys, no spaces, letters as they are, numbers in their own digits. A float is a TypeError."""
    if isinstance(content, str):
        return _quoted(content)
    if content is None or isinstance(content, bool | int):
        return json.dumps(content)
    if isinstance(content, Decimal):
        return f"{content:f}"
    if isinstance(content, dict):
        return "{" + ",".join([f"{_quoted(str(key))}:{write(content[key])}" for key in sorted(content)]) + "}"
    if isinstance(content, list | tuple):
        return "[" + ",".join([write(part) for part in content]) + "]"
    raise TypeError(f"{type(content).__name__} is not written")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest_of(text: str) -> str:
    return sha256(text.encode())


def moment(at: datetime) -> str:
    """A time as it is written: in the portal's zone, with its offset."""
    return timezone.localtime(at).isoformat()


def facts_line(facts: engine.Facts) -> str:
    """An entrant's facts as one line of the interchange format, which `manage.py score` reads."""
    return write(
        {
            "scheme": facts.scheme,
            "entrant": {"code": facts.entrant} | ({"size": facts.size} if facts.size else {}),
            "as_of": moment(facts.as_of),
            "basis": facts.basis,
            "settings": {code: day.isoformat() for code, day in facts.settings.items()},
            "holidays": sorted(day.isoformat() for day in facts.holidays),
            "values": {code: _value(value) for code, value in facts.values.items()},
            **({"states": states} if (states := _states(facts)) else {}),
            "evidence": [
                {
                    "requirement": item.requirement,
                    "period": item.period,
                    "submitted_at": moment(item.submitted_at),
                    "status": item.status,
                    "channels": sorted(item.channels),
                }
                for item in facts.evidence
            ],
            "extensions": [
                {"requirement": item.requirement, "period": item.period, "until": item.until.isoformat()}
                for item in facts.extensions
            ],
            "judging": {
                "expected": facts.expected_sheets,
                "sheets": [{"judge": sheet.judge, "points": dict(sheet.points)} for sheet in facts.sheets],
            },
        }
    )


def _states(facts: engine.Facts) -> dict[str, Any]:
    """How values stand that are not accepted; nothing where all are, as in publications of before."""
    found: dict[str, Any] = {}
    for (code, period), state in facts.states.items():
        if period is None:
            found[code] = state
        else:
            found.setdefault(code, {})[period] = state
    return found


def _value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, bool | Decimal) else dict(value)
