"""A worker writes the public bundle, once; strangers take it away while its round is public, and nothing before."""

import hashlib

import pytest

from awards import tasks
from awards.bundle import files, keep
from awards.ledger import key_files, keys
from awards.ledger.seal import seal
from awards.models import Bundle, Publication
from submissions.models import Round
from submissions.vault import vault
from tests.awards.public.conftest import announced, anybody, make_public, open_contest  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def seal_it(tmp_path):
    key_files.make(tmp_path / "key")
    return lambda: seal(keys.read([tmp_path / "key"]))


def test_a_stranger_takes_it_once_it_is_written_and_while_the_round_is_public(announced, anybody):  # noqa: F811
    page, address = f"/results/{announced.pk}/", f"/results/{announced.pk}/bundle.zip"
    assert anybody.get(address).status_code == 404
    assert address not in anybody.get(page).content.decode()
    tasks.make_bundle(announced.pk)
    assert address in anybody.get(page).content.decode()
    answer = anybody.get(address)
    assert answer.streaming  # piece by piece
    assert answer.getvalue() == files.write(Publication.objects.get(pk=announced.pk)).read()
    Round.objects.filter(pk=announced.round_id).update(is_public=False)
    assert anybody.get(address).status_code == 404


def test_the_proxy_sends_it_where_there_is_one(announced, anybody, settings):  # noqa: F811
    tasks.make_bundle(announced.pk)
    settings.X_ACCEL = True
    answer = anybody.get(f"/results/{announced.pk}/bundle.zip")
    assert "bundles/" in answer["X-Accel-Redirect"]
    assert answer.content == b""


def test_it_is_written_anew_with_its_proof_or_where_it_was_lost_and_else_once(announced, seal_it):  # noqa: F811
    first = keep.make(announced)
    assert keep.make(announced) == first
    assert keep.unkept() == []
    seal_it()
    assert keep.unkept() == [announced.pk]
    proven = keep.make(announced)
    assert (proven.copy, proven.head is None) == (2, False)
    assert keep.unkept() == []
    vault.delete(proven.file.name)
    again = keep.make(announced)
    assert (again.copy, again.sha256) == (3, proven.sha256)
    assert hashlib.sha256(files.write(announced).read()).hexdigest() == again.sha256


def test_one_is_asked_for_once_its_round_is_public_though_no_message_came(announced, monkeypatch):  # noqa: F811
    sent = []
    monkeypatch.setattr(tasks, "send", lambda task, *args: sent.append((task, *args)))
    Round.objects.filter(pk=announced.round_id).update(is_public=False)
    assert tasks.tend_bundles() == 0
    make_public(announced)
    assert tasks.tend_bundles() == 1
    assert sent == [(tasks.make_bundle, announced.pk)]
    tasks.make_bundle(announced.pk)
    assert tasks.tend_bundles() == 0


@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_lost_file_is_asked_for_again(announced, seal_it, is_sealed):  # noqa: F811
    if is_sealed:
        seal_it()
    vault.delete(keep.make(announced).file.name)
    assert keep.unkept() == [announced.pk]
    keep.make(announced)
    assert keep.unkept() == []


def test_what_is_kept_is_not_loaded_again_each_minute(announced, monkeypatch):  # noqa: F811
    keep.make(announced)
    monkeypatch.setattr(files, "names_nobody", lambda publication: pytest.fail("loaded"))
    assert keep.unkept() == []


def test_a_bundle_of_before_that_names_persons_is_handed_to_nobody(announced, anybody, monkeypatch):  # noqa: F811
    keep.make(announced)
    monkeypatch.setattr(files, "names_nobody", lambda publication: False)
    assert anybody.get(f"/results/{announced.pk}/bundle.zip").status_code == 404


def test_what_holds_resolutions_in_the_clear_is_kept_for_nobody(announced, monkeypatch):  # noqa: F811
    monkeypatch.setattr(files, "names_nobody", lambda publication: False)
    assert keep.unkept() == []
    with pytest.raises(LookupError):
        keep.make(announced)
    assert not Bundle.objects.exists()
