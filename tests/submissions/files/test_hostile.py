"""Whatever is in a file, and whatever its name: it is taken or refused with a reason, never an error of ours."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from submissions.files import recognise
from tests import factories as make
from tests.submissions.hostile import corpus
from tests.submissions.sending import begin, begun, send

CORPUS = list(corpus())
SAMPLE = CORPUS[:: len(CORPUS) // 40]


def inspect(one: tuple[str, str, bytes]) -> str:
    what, name, content = one
    with translation.override("en"):
        try:
            recognise.inspect(SimpleUploadedFile(name, content))
        except recognise.Unfit as unfit:
            return str(unfit)
        except Exception as error:
            return f"FAULT in {what}: {error!r}"
    return ""


def test_there_are_enough_and_no_two_are_the_same():
    assert len(CORPUS) >= 300
    assert len({(name, content) for _what, name, content in CORPUS}) > 300


def test_each_is_taken_or_refused_with_a_reason(monkeypatch):
    monkeypatch.setattr(recognise, "WAIT", 60)  # each is looked at
    with ThreadPoolExecutor(2) as two:
        told = list(two.map(inspect, CORPUS))
    assert [text for text in told if text.startswith("FAULT")] == []
    refused = [text for text in told if text]
    assert len(refused) > len(CORPUS) / 2
    assert len(set(refused)) > 5, "they are told apart"


@pytest.mark.django_db
def test_at_every_door_the_answer_is_never_an_error_of_ours(client, entry, officer, folder):
    client.force_login(officer)
    client.raise_request_exception = False
    client.defaults["HTTP_TUS_RESUMABLE"] = "1.0.0"
    for number, (what, name, content) in enumerate(SAMPLE):
        form = {"requirement": "1.1.report", "upload": SimpleUploadedFile(name, content)}
        with transaction.atomic():
            if number % 3 == 0:
                status = client.post(reverse("evidence-add", args=[entry.pk]), form).status_code
            elif number % 3 == 1:
                path = f"/api/v1/entries/{entry.pk}/evidence/"
                status = client.post(path, form, format="multipart").status_code
            else:
                begun = begin(client, entry, size=len(content), filename=name)
                status = begun.status_code if begun.status_code != 201 else 0
                status = status or send(client, begun["Location"], content).status_code
        assert status < 500, what
        if number % 10 == 9:  # and who sends what is in order is served
            well = {"requirement": "3.1.plan", "upload": make.make_upload(content=make.file_bytes() + b"\n" * number)}
            assert client.post(reverse("evidence-add", args=[entry.pk]), well).status_code == 302


@pytest.mark.parametrize("fault", [KeyError("MPO"), RecursionError(), AttributeError("x"), OSError("cut short")])
def test_a_library_may_raise_what_it_will(monkeypatch, fault):
    def broken(*args, **kwargs):
        raise fault

    for place in ("zipfile.ZipFile", "filetype.guess"):
        with monkeypatch.context() as patched, translation.override("en"):
            patched.setattr(place, broken)
            with pytest.raises(recognise.Unfit, match="damaged"):
                recognise.inspect(make.make_upload("docx"))
    monkeypatch.setattr("filetype.guess", broken)
    with pytest.raises(recognise.Unfit):
        recognise.glance(make.file_bytes(), 5000)


OURS = [OSError(number, os.strerror(number)) for number in (errno.EIO, errno.EMFILE, errno.ESTALE)]


@pytest.mark.parametrize("fault", [*OURS, MemoryError()])
def test_what_the_machine_did_is_not_the_file_s_fault(monkeypatch, fault):
    monkeypatch.setattr("zipfile.ZipFile", Mock(side_effect=fault))
    with pytest.raises(type(fault)):
        recognise.inspect(make.make_upload("docx"))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_an_upload_that_a_failing_disk_could_not_give_is_kept_and_goes_on(sender, entry, folder, monkeypatch, kind):
    content, fault = make.file_bytes(kind), OURS[0]
    address = begun(sender, entry, size=len(content), filename=f"a.{kind}")
    with monkeypatch.context() as patched:
        patched.setattr(
            "zipfile.ZipFile" if kind == "docx" else "submissions.files.confined.read", Mock(side_effect=fault)
        )
        refused = send(sender, address, content)
    assert refused.json()["state"] == "waiting"
    assert not entry.evidence.exists()
    sender.head(address)
    assert Path(entry.evidence.get().file.path).read_bytes() == content


@pytest.mark.django_db
def test_it_is_told_by_a_form_too(sender, entry, folder, monkeypatch):
    monkeypatch.setattr("zipfile.ZipFile", Mock(side_effect=OURS[0]))
    form = {"requirement": "1.1.report", "note": "ฉบับลงนาม", "upload": make.make_upload("docx")}
    answer = sender.post(reverse("evidence-add", args=[entry.pk]), form)
    assert answer.status_code == 422
    assert "ฉบับลงนาม" in answer.content.decode()
    assert "could not be stored; nothing was saved. Try again" in answer.content.decode()


class Gigabyte(SimpleUploadedFile):
    """Of which all but the beginning is not here: whoever reads on finds out."""

    def __init__(self) -> None:
        super().__init__("a.docx", make.file_bytes("docx"))
        self.size = 2**30


def test_a_file_that_is_too_large_is_refused_before_it_is_opened(monkeypatch):
    monkeypatch.setattr("zipfile.ZipFile", Mock(side_effect=ZeroDivisionError))
    with translation.override("en"), pytest.raises(recognise.Unfit, match="Word, Excel, PowerPoint file may have"):
        recognise.inspect(Gigabyte())
