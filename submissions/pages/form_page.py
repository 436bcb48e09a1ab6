"""A form of the scheme as its page shows it: what stands in it, field by field."""

import secrets
from collections.abc import Container, Mapping
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from scoring import engine
from submissions import thai
from submissions.documents import filled_forms
from submissions.models import Answers, Entry, Evidence
from submissions.questions import answers
from submissions.questions.slots import EvidenceSlot, page_of
from submissions.thai import language

Faults = Mapping[str, list[str]]


class Input(NamedTuple):
    """One input of the page: what stands in it, what is wrong with it, and what somebody else wrote there meanwhile."""

    name: str
    answer: engine.Answer
    faults: list[str]
    other: str | None
    is_taken: bool  # the answer is somebody else's, because nobody wrote here
    is_typed: bool  # rather than chosen


class Choice(NamedTuple):
    option: engine.Option
    is_chosen: bool
    words: Input | None


class ShownField:
    """One field of the form as the page shows it."""

    def __init__(
        self,
        field: engine.Field,
        data: answers.Data,
        faults: Faults,
        theirs: answers.Data,
        shown: Container[str],
        taken: Container[str],
    ) -> None:
        self.field, self._data, self._faults = field, data, faults
        self._theirs, self._shown, self._taken = theirs, shown, taken
        self.input = self._input(field.code)

    def _input(self, key: str) -> Input:
        is_typed = not self.field.is_chosen or key != self.field.code  # words beside an option are
        other = None
        if key in self._shown:
            other = str(self._theirs.get(key, "")) if is_typed else self._chosen
        faults = list(self._faults.get(key, []))
        return Input(answers.name_of(key), self._data.get(key, ""), faults, other, key in self._taken, is_typed)

    @property
    def _chosen(self) -> str:
        """What the other chose, with the words beside it: nobody sees those under an option that is not chosen here."""
        titles = {option.code: option.title.to(language()) for option in self.field.options}
        choices = []
        for code in engine.chosen(self.field, self._theirs):
            words = self._theirs.get(engine.words_key(self.field.code, code))
            choices.append(": ".join(filter(None, (titles.get(code, code), str(words or "")))))
        return ", ".join(choices)

    @cached_property
    def choices(self) -> list[Choice]:
        chosen = engine.chosen(self.field, self._data)
        return [
            Choice(
                option,
                option.code in chosen,
                self._input(engine.words_key(self.field.code, option.code)) if option.words else None,
            )
            for option in self.field.options
        ]

    @property
    def described_by(self) -> str:
        """The ids of what is said about the field."""
        name = self.input.name
        ids = f"{name}_help" if self.field.help else "", f"{name}_error" if self.input.faults else ""
        return " ".join(filter(None, ids))

    @property
    def inputs(self) -> list[Input]:
        return [self.input, *(choice.words for choice in self.choices if choice.words)]


class Filling:
    """A form of an entry and a period, with what stands in it, for one reader."""

    def __init__(self, entry: Entry, form: engine.Form, slot: EvidenceSlot) -> None:
        self.entry, self.form, self.slot = entry, form, slot
        self.period = slot.period_code
        self.draft: Answers | None = (
            entry.answers.filter(form=form.code, period=self.period).select_related("saved_by").first()
        )
        kept: answers.Data = self.draft.data if self.draft else {}
        self.left_over = engine.left_over(form, kept)
        self.data = self._fitting(kept)
        self.revision = self.draft.revision if self.draft else 0
        self.page = secrets.token_hex(16)  # this one, as it is shown now
        self.faults: Faults = {}
        self.other: Answers | None = None
        self.taken: set[str] = set()  # the answers that are the other's, because nobody wrote there here
        self.own: set[str] = set()  # those that are not, and differ
        self.contested: set[str] = set()  # of these, where the other wrote as well
        self.begun_from = ""
        self.came = ""  # the page and turn of the request whose answers stand here, refused
        self.is_handed_in = False  # the other's answers are evidence
        self.is_unkept = False  # what stands in it is in no draft
        self.untouched: list[str] = []  # but for these, in which nobody wrote
        self.answering: Container[int] = {piece.pk for piece in slot.returned}  # what it takes the place of

    @property
    def returned(self) -> list[tuple[Evidence, bool]]:
        """What came back, and whether the answers are to take its place."""
        return [(piece, piece.pk in self.answering) for piece in self.slot.returned]

    @property
    def has_draft(self) -> bool:
        return bool(self.draft and self.draft.data)

    def begin(self, earlier: str) -> None:
        """Without a draft: start from what was handed in before, another period's answers, or what is known."""
        if self.has_draft:
            return
        if self.last:
            self.data, self.begun_from = self._handed_in(self.last), "last"
        elif earlier and earlier == self.earlier_period:
            self.data, self.begun_from = self._of_period(earlier), "earlier"
        else:
            self.data = self._known

    @cached_property
    def _known(self) -> answers.Data:
        """What the portal can fill in by itself."""
        known = {"office": filled_forms.name_of_office(self.entry.office)}
        return {field.code: known[field.begins] for field in self.form.fields if field.begins}

    @property
    def is_blank(self) -> bool:
        """Nobody has typed anything yet."""
        return not self.has_draft and self.data == self._known

    @cached_property
    def last(self) -> Evidence | None:
        """What was handed in last of this form and period."""
        return self._filled.filter(period=self.period).first()

    @property
    def _filled(self):
        rows = self.entry.evidence.filter(requirement=self.form.requirement, filled_form__form=self.form.code)
        return rows.select_related("filled_form").order_by("-submitted_at", "-pk")

    @cached_property
    def earlier_period(self) -> str:
        """The latest period before this one that has answers; "" where there is none."""
        codes = [period.code for period in self.slot.requirement.periods]
        before = codes[: codes.index(self.period)] if self.period else []
        drafts = self.entry.answers.filter(form=self.form.code, period__in=before).exclude(data={})
        found = {*drafts.values_list("period", flat=True)}
        found |= {*self._filled.filter(period__in=before).values_list("period", flat=True)}
        return max(found, key=codes.index, default="")

    @property
    def earlier_title(self) -> str:
        titles = {period.code: period.title.to(language()) for period in self.slot.requirement.periods}
        return titles.get(self.earlier_period, "")

    def _of_period(self, period: str) -> answers.Data:
        draft = self.entry.answers.filter(form=self.form.code, period=period).exclude(data={}).first()
        if draft:
            return self._fitting(draft.data)
        return self._handed_in(self._filled.filter(period=period)[0])

    def _handed_in(self, evidence: Evidence) -> answers.Data:
        return answers.shown(self.form, self._fitting(evidence.filled_form.data))

    def _fitting(self, data: answers.Data) -> answers.Data:
        """What the form still has fields for."""
        left_over = engine.left_over(self.form, data)
        return {key: answer for key, answer in data.items() if key not in left_over}

    def meet(self, other: Answers | None, untouched: list[str], before: answers.Data | None) -> None:
        """Somebody else's answers stand beside these: another draft, or what became evidence meanwhile.

        `untouched`: inputs in which nobody wrote here; there the other's answers hold. `before`: the answers from which
        both went on, as far as that is known: where the other's are still the same, there is nothing to be decided.
        """
        other = other or Answers(data={})
        self._stand_beside(other)
        theirs = other.data
        self._compare(theirs, untouched, before)
        own = {key: answer for key, answer in self.data.items() if key not in self.taken}
        self.data = own | {key: answer for key, answer in theirs.items() if key in self.taken}

    def _compare(self, theirs: answers.Data, untouched: list[str], before: answers.Data | None) -> None:
        differing = {key for key in {*self.data, *theirs} if self.data.get(key) != theirs.get(key)}
        self.taken = {key for key in differing if answers.name_of(key) in untouched}
        self.own = differing - self.taken
        self.contested = {key for key in self.own if before is None or before.get(key) != theirs.get(key)}
        # Words beside an option that is not chosen here are hidden: they are told with the choice.
        self.contested |= {field.code for field in self.form.fields if self._has_contested_words(field, theirs)}

    def _stand_beside(self, other: Answers) -> None:
        """The other's answers, or what was handed in last where their draft is empty."""
        self.other, self.revision = other, other.revision
        if not other.data and self.last:
            self.is_handed_in = self.last.submitted_at >= (other.saved_at or self.last.submitted_at)
            other.data = self._handed_in(self.last)

    def _has_contested_words(self, field: engine.Field, theirs: answers.Data) -> bool:
        """Whether the choice is one's own, and the other wrote words beside what they chose."""
        chosen = engine.chosen(field, theirs)
        return field.code in self.own and any(engine.words_key(field.code, code) in self.contested for code in chosen)

    @cached_property
    def sections(self) -> list[tuple[engine.Section, list[ShownField]]]:
        return [(section, [self._shown(field) for field in section.fields]) for section in self.form.sections]

    def _shown(self, field: engine.Field) -> ShownField:
        theirs = self.other.data if self.other else {}
        return ShownField(field, self.data, self.faults, theirs, self.contested | self.taken, self.taken)

    @property
    def _shown_fields(self) -> list[ShownField]:
        return [shown for _section, fields in self.sections for shown in fields]

    @property
    def all_faults(self) -> list[tuple[str, str, list[str]]]:
        """(name of the input, title of the field, reasons), in the order of the page."""
        return [
            (field.name, shown.field.title.to(language()), field.faults)
            for shown in self._shown_fields
            for field in shown.inputs
            if field.faults
        ]

    @property
    def touched(self) -> list[str]:
        """The inputs in which somebody wrote before this page, and no draft has it or a colleague's has another."""
        names = [field.name for shown in self._shown_fields for field in shown.inputs]
        if self.other is not None:
            own = {answers.name_of(key) for key in self.own}
            return [name for name in names if name in own]
        is_new = self.is_unkept or self.begun_from == "earlier"
        return [name for name in names if is_new and name not in self.untouched]

    @property
    def general_faults(self) -> list[str]:
        return list(self.faults.get("", []))

    @property
    def progress(self) -> tuple[int, int]:
        return engine.progress(self.form, self.data)

    @property
    def save_state(self) -> str:
        if self.other is not None or self.is_unkept:
            return _("Not saved yet")
        return saved_at(self.draft.saved_at, self.slot.at) if self.draft and self.has_draft else ""

    @property
    def address(self) -> str:
        return self._address("form")

    @property
    def draft_address(self) -> str:
        return self._address("form-draft")

    @property
    def hand_in_address(self) -> str:
        return self._address("form-hand-in")

    def _address(self, name: str) -> str:
        return address_of(self.entry.pk, self.form.code, self.period, name)

    @property
    def preview_address(self) -> str:
        return self._address("form-preview")

    @property
    def back(self) -> str:
        return page_of(self.entry, self.form.requirement, self.period)


def address_of(entry_id: int, form: str, period: str, name: str = "form") -> str:
    return reverse(name, args=[entry_id, form]) + (f"?{urlencode({'period': period})}" if period else "")


def saved_at(when: datetime, now: datetime) -> str:
    """Draft saved 10:32; with the day when it was another one."""
    local = timezone.localtime(when)
    if local.date() == timezone.localtime(now).date():
        return _("Draft saved %(time)s") % {"time": f"{local:%H:%M}"}
    return _("Draft saved %(time)s") % {"time": thai.format_time(when, language())}
