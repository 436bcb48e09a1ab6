"""The fields of a form as its page shows them, one after the other."""

from collections.abc import Container, Mapping
from functools import cached_property
from typing import NamedTuple

from scoring import engine

from . import answers
from .thai import language

Said = Mapping[str, list[str]]


class Input(NamedTuple):
    """One input of the page: what stands in it, what is wrong with it, and what somebody else wrote there meanwhile."""

    name: str
    answer: engine.Answer
    faults: list[str]
    other: str | None
    is_taken: bool  # the answer is somebody else's, because nobody wrote here


class Choice(NamedTuple):
    option: engine.Option
    is_chosen: bool
    words: Input | None


class Line:
    """One field of the form as the page shows it."""

    def __init__(
        self,
        field: engine.Field,
        data: answers.Data,
        faults: Said,
        other: answers.Data | None,
        taken: Container[str],
    ) -> None:
        self.field, self._data, self._faults, self._other, self._taken = field, data, faults, other, taken
        self.input = self._input(field.code)

    def _input(self, key: str) -> Input:
        answer, other = self._data.get(key, ""), None
        if self._other is not None and self._other.get(key, "") != answer:
            other = self._told(self._other.get(key, ""))
        return Input(answers.name_of(key), answer, list(self._faults.get(key, [])), other, key in self._taken)

    def _told(self, answer: engine.Answer) -> str:
        """Another's answer in words."""
        if not self.field.is_chosen or ":" in answer:
            return str(answer)
        titles = {option.code: option.title.to(language()) for option in self.field.options}
        return ", ".join(titles.get(code, code) for code in ([answer] if isinstance(answer, str) else answer) if code)

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
        return " ".join(filter(None, (self.field.help and f"{name}_help", self.input.faults and f"{name}_error")))

    @property
    def inputs(self) -> list[Input]:
        return [self.input, *(choice.words for choice in self.choices if choice.words)]
