"""What an event carries, as people read it: each thing by its name, times and days by their calendar."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from submissions import thai
from submissions.log import words
from submissions.models import Event, Value
from submissions.pages.history import amount_title
from submissions.questions.slots import title_of
from submissions.templatetags.wording import amount_shown, state_name

LABELS = {
    "title": gettext_lazy("file or link"),
    "amount": gettext_lazy("amount"),
    "before": gettext_lazy("before"),
    "after": gettext_lazy("after"),
    "reason": gettext_lazy("reason"),
    "because": gettext_lazy("why the decision is changed"),
    "note": gettext_lazy("note"),
    "source": gettext_lazy("source"),
    "until": gettext_lazy("until"),
    "order_number": gettext_lazy("number of the order"),
    "import": gettext_lazy("number of the import"),
    "undoes": gettext_lazy("undoes the import of number"),
    "size": gettext_lazy("size"),
    "sha256": gettext_lazy("SHA-256"),
    "submitted_at": gettext_lazy("handed in"),
    "reviewed_at": gettext_lazy("reviewed at"),
    "entered_at": gettext_lazy("entered at"),
    "saved_at": gettext_lazy("saved at"),
    "granted_at": gettext_lazy("granted at"),
    "written_at": gettext_lazy("written at"),
    "confirmed_at": gettext_lazy("confirmed at"),
}


def about(event: Event) -> str:
    """What it was done to, as the scheme of its round calls that; "" where the scheme knows it no more."""
    scheme, language = event.entry.round.scheme, thai.language()
    code, requirement = event.data.get("code"), event.data.get("requirement")
    period = event.data.get("period") or ""
    if requirement in scheme.requirements:
        return title_of(scheme, str(requirement), period, language)
    if (value := scheme.values.get(code or "")) is None:
        return ""
    return amount_title(value, period, language)


def details(event: Event) -> SafeString:
    """The same as a list, and folded as it is recorded and sealed."""
    lines = format_html_join("", "<li><b>{}</b>: {}</li>", _lines(event))
    recorded = json.dumps(event.data, ensure_ascii=False, indent=2)
    return format_html(
        '<ul class="plain">{}</ul><details><summary>{}</summary><pre class="source" tabindex="0">{}</pre></details>',
        lines,
        _("As it is recorded"),
        recorded,
    )


def _lines(event: Event) -> Iterator[tuple[str, str]]:
    if named := about(event):
        yield _("what it is about"), named
    for key, label in LABELS.items():
        value = event.data.get(key)
        if value not in (None, "", []) and not isinstance(value, dict):  # many at once are told below, as recorded
            yield str(label), _shown(event, key, value)


def _shown(event: Event, key: str, value: Any) -> str:
    if key == "source":
        return str(dict(Value.Source.choices).get(value, value))
    if key.endswith("_at") and isinstance(value, str):
        return thai.format_time(datetime.fromisoformat(value), thai.language())
    if key == "until":
        return thai.format_date(date.fromisoformat(value), thai.language())
    known = event.entry.round.scheme.values.get(event.data.get("code") or "")
    if known and key in ("before", "after", "amount"):
        was_decided = key == "before" and "amount" in event.data  # and this is how it stood
        return str(state_name(str(value))) if was_decided else amount_shown(str(value), known.kind)
    return _plain(value)


def _plain(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else words.shown(value)
