"""Letters for people whom no mail reaches, a page for each office: user names, and codes to set a password with."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from io import BytesIO
from itertools import groupby
from typing import Any, NamedTuple

import qrcode
import qrcode.image.svg
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from submissions import thai
from submissions.models import Office, User

from .typesetting import make_pdf


class Line(NamedTuple):
    """One person, the code as it is typed, and the same as a picture that a telephone reads."""

    person: User
    code: str
    picture: SafeString


class OfficeLetter(NamedTuple):
    office: Office | None
    lines: list[Line]


def write(
    people: Iterable[User], codes: Mapping[int, str], links: Mapping[int, str], facts: Mapping[str, Any]
) -> bytes:
    """The letters of these people, who come in the order of their offices. `facts`: `at`, `until`, `address`."""
    letters = [
        OfficeLetter(office, [Line(user, codes[user.pk], picture_of(links[user.pk])) for user in group])
        for office, group in groupby(people, key=lambda user: user.office)
    ]
    with translation.override("th"):
        context = {"letters": letters, "contact": settings.CONTACT, **facts}
        return make_pdf(render_to_string("submissions/pdf/invitations.html", context))


def picture_of(link: str) -> SafeString:
    """A QR code, drawn as one path."""
    code = qrcode.QRCode(border=0, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(link)
    drawn = BytesIO()
    code.make_image(image_factory=qrcode.image.svg.SvgPathImage).save(drawn)
    return mark_safe(drawn.getvalue().decode().partition("?>")[2])  # noqa: S308  made here, of a link of ours


def name_of(at: datetime) -> str:
    return f"หนังสือเชิญเข้าใช้ระบบ-{thai.day_of_file(at)}.pdf"
