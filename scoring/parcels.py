"""Everything that was handed in for an entry as one ZIP file: folders by criterion, an index, and the scorecard.

Files are copied piece by piece as they are; nothing is held in memory or unpacked on the way.
"""

import hashlib
import logging
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import BinaryIO, cast

from django.core.files import File
from django.db import DatabaseError, IntegrityError, InterfaceError, transaction
from django.db.models import Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from scoring import engine
from submissions.documents import filled_forms
from submissions.documents.typesetting import whole_words
from submissions.examination.remarks import tell_office
from submissions.files import room
from submissions.files.recognise import WORD
from submissions.models import Entry, Evidence, User
from submissions.questions import access
from submissions.questions.slots import title_of
from submissions.vault import vault

from .engine.language.display import numbering
from .models import Parcel
from .paper import Place, scorecard
from .parcel_index import IndexedEvidence, index
from .scorecard import ScorecardView

log = logging.getLogger(__name__)
CHUNK = 2**20  # bytes
BESIDE = ("submitted_by", "examination", "filled_form", "replaced_by")
# Characters: the longest path stays below the 260 that Windows takes, and a name below 255 bytes.
CRITERION, FOLDER, NAME, PATH = 44, 60, 60, 190
_FORBIDDEN = re.compile(r'[<>:"/\\|?*]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def begin(entry: Entry, *, by: User) -> Parcel:
    """A new parcel, or the one that is being made already: two at once would be the same twice.

    Raises OSError where the disk has no room for it beside what is kept free for evidence.
    """
    if under_way := entry.parcels.under_way().first():
        return under_way
    _check_room(entry)
    try:
        with transaction.atomic():
            return Parcel.objects.create(entry=entry, made_by=by, facts_version=entry.facts_version)
    except IntegrityError:  # somebody else began one this moment
        return entry.parcels.under_way().get()


def make(parcel: Parcel) -> None:
    """Pack it and keep it. The parcels made before it go. Raises OSError (a full disk)."""
    _check_room(parcel.entry)
    with translation.override("th"):
        kept = vault.keep(_packed(parcel), ".zip", folder="parcels")
    try:
        parcel.note(stage=Parcel.Stage.DONE, file=kept.name, size=kept.size, sha256=kept.sha256, due_at=None)
    except (DatabaseError, InterfaceError):
        raise  # it may be written all the same: the file goes at night if no row has it
    except BaseException:
        vault.delete(kept.name)
        raise
    for earlier in parcel.entry.parcels.filter(pk__lt=parcel.pk):
        remove(earlier)


def _check_room(entry: Entry) -> None:
    handed_in = entry.evidence.exclude(status=Evidence.Status.DRAFT)
    room.check_disk(handed_in.aggregate(bytes=Sum("size", default=0))["bytes"])


def remove(parcel: Parcel) -> None:
    """Remove it with its file. A download that has begun goes on to its end."""
    parcel.delete()
    if parcel.file.name:
        vault.delete(parcel.file.name)


class _Pipe:
    """What a ZipFile writes into, to be taken out again at once."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _packed(parcel: Parcel) -> Iterator[bytes]:
    """The bytes of the ZIP file, as they come to be."""
    entry = Entry.objects.with_round().get(pk=parcel.entry_id)
    lines = lines_of(entry)
    parcel.note(stage=Parcel.Stage.FILES, done=0, total=len(lines), facts_version=entry.facts_version)
    pipe = _Pipe()
    with zipfile.ZipFile(cast("BinaryIO", pipe), "w", zipfile.ZIP_STORED) as folder:
        for number, line in enumerate(lines, 1):
            if line.path:
                yield from _put(folder, pipe, line)
            if line.word:
                paper = line.evidence.filled_form.paper
                folder.writestr(_info(line.word, line.evidence.submitted_at), filled_forms.word(paper))
            parcel.note(done=number)
        parcel.note(stage=Parcel.Stage.LISTS)
        now = entry.round.now()
        if not entry.round.only_selects:
            folder.writestr(_info(_("Scorecard") + ".pdf", now), scorecard(entry, now, _place(parcel, entry)))
        folder.writestr(_info(_("Index") + ".xlsx", now), index(entry, lines))
        yield pipe.take()
    yield pipe.take()


def _place(parcel: Parcel, entry: Entry) -> Place | None:
    """Its rank, where the office that takes it away may see it: staff see more than what they pack for an office."""
    user = parcel.made_by
    return ScorecardView(entry, "th").place(user) if user and user.is_officer else None


def _put(folder: zipfile.ZipFile, pipe: _Pipe, line: IndexedEvidence) -> Iterator[bytes]:
    """One file, and in the index whether it is still what was handed in."""
    evidence, digest = line.evidence, hashlib.sha256()
    try:
        file = evidence.file.open("rb")
    except OSError as fault:
        log.error("evidence %s can't be read: %s", evidence.pk, fault)
        is_gone = isinstance(fault, FileNotFoundError)
        line.path = ""
        line.remark = _("The file is not on the disk any more.") if is_gone else _("The file can't be read.")
        return
    info = _info(line.path, evidence.submitted_at)
    info.file_size = evidence.size  # tells whether it needs the format for large files
    with file, folder.open(info, "w") as entry:
        while chunk := _read(file, evidence):
            digest.update(chunk)
            entry.write(chunk)
            yield pipe.take()
    if digest.hexdigest() != evidence.sha256:
        log.error("evidence %s is not what was handed in", evidence.pk)
        line.remark = _("The file is not the one that was handed in: its SHA-256 differs.")


def _read(file: "File[bytes]", evidence: Evidence) -> bytes:
    """The next piece of the file; b"" where the disk fails, so that the other files can be taken away."""
    try:
        piece: bytes = file.read(CHUNK)
        return piece
    except OSError as fault:
        log.error("evidence %s can't be read: %s", evidence.pk, fault)
        return b""


def _info(path: str, at: datetime) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, date_time=timezone.localtime(at).timetuple()[:6])
    info.external_attr = 0o644 << 16
    return info


# What is in it, and under which names


def lines_of(entry: Entry) -> list[IndexedEvidence]:
    """All that was handed in, also what was returned or withdrawn, in the order of the scheme. Three or four
    statements."""
    scheme = entry.round.scheme
    places = {code: number for number, code in enumerate(scheme.requirements)}
    rows = entry.evidence.exclude(status=Evidence.Status.DRAFT).select_related(*BESIDE)
    taken: set[str] = set()
    in_order = sorted(
        rows.order_by("submitted_at", "pk"),
        key=lambda evidence: (places.get(evidence.requirement, len(places)), evidence.period),
    )
    tell_office(in_order, scheme, Evidence.objects.all())  # whoever takes it away sees all that is the office's
    return [_line(scheme, evidence, taken) for evidence in in_order]


def _line(scheme: engine.Scheme, evidence: Evidence, taken: set[str]) -> IndexedEvidence:
    criterion = next(iter(scheme.criteria_of("requirement", evidence.requirement)), None)
    line = IndexedEvidence(evidence, _titled(criterion) if criterion else "", *_titles_of_slot(scheme, evidence))
    if not evidence.file:
        return line
    if reason := access.why_not_open(evidence):
        line.remark = reason
        return line
    folder = _folder(criterion, line)
    line.path = _free(folder, _file_name(evidence, min(NAME, PATH - len(folder))), taken)
    if hasattr(evidence, "filled_form"):
        line.word = _free(folder, PurePath(line.path).with_suffix(WORD.suffix).name, taken)
        line.remark = _("Beside it lies the same as Word.")
    return line


def _titles_of_slot(scheme: engine.Scheme, evidence: Evidence) -> tuple[str, str]:
    """What its requirement and its period are called; the title it had, where the scheme asks for it no more."""
    requirement = scheme.requirements.get(evidence.requirement)
    if requirement is None:
        return title_of(scheme, evidence.requirement, evidence.period, "th"), ""
    periods = {period.code: period.title.th for period in requirement.periods}
    return requirement.title.th, periods.get(evidence.period, "")


def _folder(criterion: engine.Criterion | None, line: IndexedEvidence) -> str:
    """Where its file lies: criterion, requirement, period; what does not stand any more lies apart."""
    titles = [whole_words(_titled(criterion), CRITERION) if criterion else _("Not asked any more")]
    titles += [whole_words(title, FOLDER) for title in (line.requirement, line.period)]
    if line.evidence.standing in ("withdrawn", "replaced"):
        titles.append(_("Withdrawn or replaced"))
    return "/".join(safe_name(title, FOLDER) for title in titles if title)


def _titled(criterion: engine.Criterion) -> str:
    return numbering(criterion.code, " ") + criterion.title.th


def _file_name(evidence: Evidence, most: int) -> str:
    """Its own name, with the ending of what it is."""
    suffix = PurePath(evidence.file.name or "").suffix
    stem = evidence.original_name
    if stem.lower().endswith(suffix):
        stem = stem[: -len(suffix)]
    return safe_name(whole_words(stem, most - len(suffix)), most - len(suffix)) + suffix


def safe_name(text: str, most: int) -> str:
    """A name that Windows, macOS and Linux take, of at most so many characters and no half syllable."""
    text = "".join(
        " " if unicodedata.category(letter)[0] in "CZ" else letter for letter in unicodedata.normalize("NFC", text)
    )
    text = " ".join(_FORBIDDEN.sub(" ", text).split())
    end = most
    while 0 < end < len(text) and unicodedata.category(text[end]) == "Mn":
        end -= 1  # marks stay with their consonant
    text = text[:end].strip(" .")
    return f"_{text}" if _RESERVED.fullmatch(text) else text or "_"


def _free(folder: str, name: str, taken: set[str]) -> str:
    """A path that nothing else has, where upper and lower case are the same: name.pdf, name (2).pdf."""
    stem, dot, suffix = name.rpartition(".")
    number, path = 1, f"{folder}/{name}"
    while path.casefold() in taken:
        number += 1
        path = f"{folder}/{stem} ({number}){dot}{suffix}"
    taken.add(path.casefold())
    return path
