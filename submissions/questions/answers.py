"""Answers to a form of the scheme: as they are typed, and made clean to be handed in."""

from collections.abc import Callable, Mapping

from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

from scoring import engine
from submissions import thai
from submissions.documents.printable import printable
from submissions.fields import BuddhistDateField, NumberField

Data = dict[str, engine.Answer]

_DASHES = str.maketrans("–—‐‑", "----")


def typed(form: engine.Form, post: MultiValueDict[str, str]) -> Data:
    """What came from the page (`post`, by the names of `name_of`), as it was typed; what is empty is left out."""
    data: Data = {}
    for field in form.fields:
        if field.kind == "choices":
            sent = post.getlist(name_of(field.code))
            _keep(data, field.code, [option.code for option in field.options if option.code in sent])
        else:
            _keep(data, field.code, printable(post.get(name_of(field.code), "")))
        for option in field.options:
            if option.words:
                key = engine.words_key(field.code, option.code)
                _keep(data, key, printable(post.get(name_of(key), "")))
    return data


def name_of(key: str) -> str:
    """The name of an answer's input."""
    return f"answer.{key}"


def _keep(data: Data, key: str, answer: engine.Answer) -> None:
    if answer and (not isinstance(answer, str) or answer.strip()):
        data[key] = answer


def tidy(form: engine.Form, data: Mapping[str, engine.Answer]) -> Data:
    """The same answers as they are handed in: days in ISO, numbers plain, no words beside options not chosen."""
    final: Data = {}
    for field in form.fields:
        answer = data.get(field.code, "")
        _keep(final, field.code, _TIDIERS[field.kind](answer) if isinstance(answer, str) else answer)
        for option in field.options:
            key = engine.words_key(field.code, option.code)
            if option.code in engine.chosen(field, final):
                _keep(final, key, _line(str(data.get(key, ""))))
    return final


def _line(text: str) -> str:
    return " ".join(text.split())


def _text(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _number(text: str) -> str:
    return NumberField(required=False).clean(text).strip()


def _day(text: str) -> str:
    try:
        return BuddhistDateField(required=False).clean(text)
    except ValidationError:
        return text


def _phone(text: str) -> str:
    return _line(text.translate(thai.ARABIC).translate(_DASHES))


_TIDIERS: dict[str, Callable[[str], str]] = {
    "line": _line,
    "text": _text,
    "number": _number,
    "date": _day,
    "phone": _phone,
    "email": str.strip,
    "choice": str.strip,
    "choices": str.strip,
}


def shown(form: engine.Form, data: Mapping[str, engine.Answer]) -> Data:
    """Answers that were handed in, as they are typed: days with their Buddhist year."""
    days = [field.code for field in form.fields if field.kind == "date" and field.code in data]
    return {**data, **{code: BuddhistDateField().prepare_value(data[code]) for code in days}}
