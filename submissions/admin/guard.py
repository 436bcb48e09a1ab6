"""Nobody's work is lost when two people change one row: the second is told, and decides with both versions in view.

A form carries, for each field, a digest of what its reader saw. When the row differs on saving, nothing is saved: the
form comes back with what the person typed, with the other's changes where this person had changed nothing, and with a
notice of who changed what, and when. Saving again is then a decision.
"""

import hashlib
import json
from datetime import date
from typing import Any, NamedTuple

from django import forms
from django.db import connection, models
from django.utils.translation import gettext_lazy as _

from submissions import thai
from submissions.fields import whole
from submissions.invalidation import hold_entries, why_not_save

from .roles import HistoryAdmin


class Difference(NamedTuple):
    label: str
    now: str  # what is there
    typed: str  # what this person wanted; "" when they left the field alone


def digest(value: Any) -> str:
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:12]


def _plain(value: Any) -> str:
    """The same text for a value as a model holds it and as a form cleans it."""
    if value is None or value == "":
        return ""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, list | tuple | models.QuerySet):
        return ",".join(sorted(_plain(part) for part in value))
    if isinstance(value, dict):
        return json.dumps(value, sort_keys=True)
    return str(value)


class GuardedForm(forms.ModelForm):
    """A form that knows whether its row is still as it was when the form was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    data: Any  # {} or a QueryDict
    fields: dict[str, Any]
    differences: list[Difference] = []
    deeds: list = []

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self._token()

    def _guarded(self) -> list[str]:
        return [name for name in self.fields if name in self.initial and name != "seen"]

    def _token(self) -> str:
        latest = self._history().values_list("history_id", flat=True).first() if self.instance.pk else 0
        return json.dumps({"history": latest or 0, "fields": {n: digest(self.initial[n]) for n in self._guarded()}})

    def _history(self):
        """The row's earlier states, newest first."""
        return type(self.instance).history.filter(id=self.instance.pk).order_by("-history_id")

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk:
            self._compare(cleaned if cleaned is not None else self.cleaned_data)
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's, and in no stub
        if not self.errors and (reason := why_not_save(self.instance)):
            self.add_error(None, reason)

    def _compare(self, cleaned: dict) -> None:
        history, saw = self._read_token()
        moved = [name for name in self._guarded() if digest(self.initial[name]) != saw.get(name)]
        if not moved:
            return
        self.differences, self.data = [], self.data.copy()
        for name in moved:
            wanted = digest(cleaned[name]) if name in cleaned else None
            is_mine = wanted not in (saw.get(name), digest(self.initial[name]))
            self.differences.append(
                Difference(
                    self.fields[name].label,
                    self._show(name, self.initial[name]),
                    self._show(name, cleaned.get(name)) if is_mine else "",
                )
            )
            if not is_mine:
                self._take_over(name)
        self.deeds = list(self._history().filter(history_id__gt=history).select_related("history_user")[:5])
        self.data[self.add_prefix("seen")] = self._token()
        self.add_error(
            None,
            _("Somebody else changed this while you were working. Nothing was saved yet: compare, then save again."),
        )

    def _read_token(self) -> tuple[int, dict[str, str]]:
        """What the reader saw. Without a readable token nothing counts as seen."""
        try:
            token = json.loads(self.data.get(self.add_prefix("seen"), ""))
            return int(token["history"]), dict(token["fields"])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return 0, {}

    def _take_over(self, name: str) -> None:
        """Put what is there now into a field that this person left alone."""
        key, value = self.add_prefix(name), self.fields[name].prepare_value(self.initial[name])
        if isinstance(value, list | tuple | models.QuerySet):
            self.data.setlist(key, [_plain(part) for part in value])
        elif value is False:
            self.data.pop(key, None)
        else:
            self.data[key] = "" if value is None else "on" if value is True else value

    def _show(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            return self._show_rows(field, value)
        if isinstance(value, bool):
            return str(_("Yes") if value else _("No"))
        if isinstance(value, date):
            return thai.format_date(value, thai.language())
        if isinstance(field, forms.ChoiceField):
            choices: Any = field.choices
            return str(dict(choices).get(value, value or "–"))
        shown = field.prepare_value(value)
        return "–" if shown in (None, "") else str(shown)

    @staticmethod
    def _show_rows(field: forms.ModelChoiceField, value: Any) -> str:
        """Of a field in which rows are chosen: several, or one."""
        if isinstance(field, forms.ModelMultipleChoiceField):
            chosen = [_plain(row) for row in value or ()]
        else:
            chosen = [_plain(value)] if _plain(value) else []
        rows: Any = field.queryset
        return ", ".join(str(row) for row in rows.filter(pk__in=chosen)) or "–"


class GuardedAdmin(HistoryAdmin):
    form = GuardedForm
    change_form_before_template = "admin/conflict.html"

    def get_object(self, request, object_id, from_field=None):
        """A row about to be changed is held until the change is done; before it, the entries that it moves."""
        if request.method == "POST" and connection.in_atomic_block:
            if (pk := whole(object_id)) is None:
                return None
            hold_entries(self.model(pk=pk))
            # Others may go on pointing to it meanwhile: a deed names its actor, an entry its office.
            list(self.model._base_manager.select_for_update(no_key=True).filter(pk=pk).values("pk"))
        return super().get_object(request, object_id, from_field)

    def render_change_form(self, request, context, *args, **kwargs):
        response = super().render_change_form(request, context, *args, **kwargs)
        if getattr(context["adminform"].form, "differences", None):
            response.status_code = 409
        return response
