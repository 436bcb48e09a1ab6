"""What the check of the log found, in words: which row, what the log says of it, and what it says itself."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from submissions import thai
from submissions.models import Entry

from . import terms, words
from .replay import ENTRY, VALUE
from .rows import MODELS

CHAIN, UNREADABLE, CUT, SEALED = "chain", "unreadable", "cut", "sealed"
ALTERED, GONE, UNEXPLAINED, EDITION = "altered", "gone", "unexplained", "edition"
ABSENT = "absent"
# Of the tree over all logs, whose places and heads are kept beside it.
LEAF, LOST, UNSEALED, ANNOUNCED = "leaf", "lost", "unsealed", "announced"
GAP, SHORT, BEYOND, NODE, HEAD, SIGNATURE, KEY = "gap", "short", "beyond", "node", "head", "signature", "key"
STAMP = "stamp"
TERMS, LOG = "terms", "log"  # what is no row of an entry: what many share, and the log itself


@dataclass(frozen=True)
class Finding:
    """One thing that the log does not explain. Its words are in the language in which they are asked for.

    `kind` and `key` name the row, `log` is what the log says of its `field` and `row` what it says itself.
    Of terms, which many entries share, `entry` is one of them and `entries` how many.
    """

    entry: Entry | None
    fault: str
    kind: str = LOG
    key: Any = ""
    name: str = ""
    field: str = ""
    log: Any = None
    row: Any = None
    entries: int = 1

    def as_of_many(self, count: int) -> "Finding":
        return replace(self, entries=count)

    @property
    def owner(self) -> str:
        """Whose log it is: the entry and its round; of terms that many share, the round or what it is about."""
        if self.entry is None:
            return "–"
        if self.kind == TERMS:
            return str(ngettext("%(count)s entry", "%(count)s entries", self.entries) % {"count": self.entries})
        return f"{self.entry} · {self.entry.round}"

    @property
    def where(self) -> str:
        """The row: what kind it is, its number, and its name."""
        if self.kind == TERMS:
            return self._terms()
        if self.kind == LOG:
            return str(_("log"))
        title = str(MODELS[self.kind]._meta.verbose_name)
        if self.kind == ENTRY:
            return title
        number = " ".join(filter(None, self.key)) if self.kind == VALUE else f"#{self.key}" if self.key > 0 else ""
        return " ".join(filter(None, [title, number, f"({self.name})" if self.name else ""]))

    def _terms(self) -> str:
        if self.field == terms.HOLIDAYS:
            return str(_("public holidays"))
        assert self.entry
        if self.field in terms.OF_OFFICE:
            return _("office") + f" {self.entry.office}"
        return _("round") + f" {self.entry.round}"

    @property
    def about(self) -> str:
        """The field that differs, as its form calls it."""
        if self.kind == TERMS:
            return words.title(self.field)
        try:
            return str(MODELS[self.kind]._meta.get_field(self.field).verbose_name)
        except (KeyError, FieldDoesNotExist):
            return self.field

    @property
    def sentence(self) -> str:
        """What is wrong."""
        values = {"log": self._shown(self.log), "row": self._shown(self.row), "about": self.about}
        return str(_SENTENCES[self.fault]) % values

    def _shown(self, value: Any) -> str:
        if value is None or value in ("", [], {}):
            return "–"
        if isinstance(value, datetime):
            return f"{thai.format_time(value, thai.language())} ({value.astimezone().isoformat()})"
        if isinstance(value, date):
            return thai.format_date(value, thai.language())
        if isinstance(value, bool):
            return str(_("Yes") if value else _("No"))
        if isinstance(value, dict | list):
            return words.shown(value)
        return self._chosen(value)

    def _chosen(self, value: Any) -> str:
        if self.kind == TERMS:
            return words.shown(value, self.field)
        model = MODELS.get(self.kind)
        try:
            choices = dict(model._meta.get_field(self.field).flatchoices) if model else {}
        except FieldDoesNotExist:
            choices = {}
        return str(choices.get(value, value))


_SENTENCES = {
    CHAIN: gettext_lazy("The log does not hold at event %(log)s: it was altered, put in, or one before it is gone."),
    UNREADABLE: gettext_lazy(
        "Event %(log)s tells of something that can't have been: one before it is gone or altered."
    ),
    CUT: gettext_lazy("The log ends at event %(row)s, but people were told up to event %(log)s: its end was cut off."),
    SEALED: gettext_lazy("%(row)s sealed event %(log)s, which is not there any more as it was."),
    ALTERED: pgettext_lazy("log and row differ", "%(about)s: the log says “%(log)s”, the row says “%(row)s”."),
    GONE: gettext_lazy("The log tells of it, but the row is gone."),
    UNEXPLAINED: gettext_lazy("The row is there, but nothing in the log tells of it."),
    ABSENT: gettext_lazy("%(row)s sealed the log of entry %(log)s, which is gone with all that hung on it."),
    EDITION: gettext_lazy("The text of edition %(log)s is not the one of this digest."),
    LEAF: gettext_lazy("Event %(log)s is not the one that was sealed at place %(row)s of the whole log."),
    LOST: gettext_lazy("What was sealed at place %(log)s of the whole log is gone."),
    UNSEALED: gettext_lazy("Event %(log)s was never sealed, and should have been long ago: it was put in later."),
    ANNOUNCED: gettext_lazy("%(log)s is not the one that was sealed at place %(row)s of the whole log."),
    GAP: gettext_lazy("Place %(log)s of the whole log is gone: place %(row)s follows."),
    SHORT: gettext_lazy("A head says that the whole log had %(log)s places, and it has %(row)s: its end was cut off."),
    BEYOND: gettext_lazy("Place %(log)s of the whole log stands under no head: it was put in."),
    NODE: gettext_lazy("The hash %(row)s of level %(log)s of the whole log is not the one over its places."),
    HEAD: gettext_lazy("The first %(log)s places of the whole log are not those whose head %(row)s was signed."),
    SIGNATURE: gettext_lazy("Head %(row)s of the whole log, over %(log)s places, was signed by none of its keys."),
    STAMP: gettext_lazy("The timestamp of head %(row)s of the whole log, over %(log)s places, is about another one."),
    KEY: gettext_lazy("The key %(log)s of the whole log was not endorsed by one before it."),
}
