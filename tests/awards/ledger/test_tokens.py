"""A key that stays in its token signs heads like one in a file. Tried with SoftHSM, as Debian has it."""

import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from awards.ledger import keys, tokens
from awards.ledger.seal import seal
from awards.models import Head, HeadKey

from .test_seal import record

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
TOOL = "softhsm2-util"


@pytest.fixture
def uri(tmp_path, monkeypatch) -> str:
    """An empty token, which the labels of its test name."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm.conf").write_text(f"directories.tokendir = {tmp_path}/tokens\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm.conf"))
    made = [TOOL, "--module", MODULE, "--init-token", "--free", "--label", "cdd4", "--pin", "1234", "--so-pin", "1234"]
    subprocess.run(made, check=True, capture_output=True)
    (tmp_path / "pin").write_text("1234\n")
    return f"pkcs11:token=cdd4;object=head?module-path={MODULE}&pin-source=file:{tmp_path}/pin"


@pytest.mark.django_db
def test_a_token_signs_and_takes_the_place_of_a_file(uri, tmp_path, settings, capsys):
    with pytest.raises(keys.Unusable, match="can't be used"):
        keys.read([uri])  # there is no key yet
    call_command("make_head_key", uri)
    signer = keys.read([uri])[0]
    assert f"key {signer.name}\tpublic {signer.public.hex()}" in capsys.readouterr().out
    with pytest.raises(CommandError, match="not written over"):
        call_command("make_head_key", uri)
    call_command("make_head_key", str(tmp_path / "file"))
    record(2)
    settings.HEAD_KEYS = [str(tmp_path / "file")]
    seal()
    record(1)
    settings.HEAD_KEYS = [uri, str(tmp_path / "file")]
    seal()
    head, public = Head.objects.last(), dict(HeadKey.objects.values_list("key", "public"))
    assert head.signatures[0]["key"] == signer.name
    assert keys.is_head_signed(head, {signer.name: public[signer.name]})
    assert HeadKey.objects.get(key=signer.name).endorsed_by
    assert (tmp_path / "pin.last").exists()
    (tmp_path / "pin").write_text("4321")
    with pytest.raises(keys.Unusable, match="can't be used: PinIncorrect"):
        seal()


def test_a_place_says_what_it_lacks(tmp_path):
    whole = f"pkcs11:token=my%20token;object=head?module-path=/lib/x.so&pin-source={tmp_path}/pin"
    place = tokens.place_of(whole)
    assert (place.token, place.label, place.module, place.pin) == ("my token", "head", "/lib/x.so", tmp_path / "pin")
    assert keys.remembers_at(whole) == tmp_path / "pin.last"
    assert keys.remembers_at("/srv/key") == Path("/srv/key.last")
    for lacking in ("token", "object", "module-path", "pin-source"):
        with pytest.raises(keys.Unusable, match=lacking):
            tokens.place_of(whole.replace(f"{lacking}=", "other="))
