"""A signed paper is what a validator of others takes it for, and no byte of it can be altered unseen."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from io import BytesIO

import pikepdf
import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import load_pem_x509_certificate
from django.core.management import CommandError, call_command
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from awards import tasks
from awards.documents import codes, files, keys, pades, pdf
from awards.models import Document
from tests.awards.documents.content import made_up
from tests.extraction import by_poppler

ADDRESS = f"https://cdd.example.go.th/verify/{'A' * 28}"


@pytest.fixture(scope="module")
def drawn() -> bytes:
    return pdf.render("certificates", made_up(), made_up()["results"][0]["office"]["code"])


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> keys.Files:
    return keys.make(tmp_path_factory.mktemp("keys") / "own", "ผู้ลงนาม", b"secret words")


@pytest.fixture
def signed(drawn) -> bytes:
    return pades.hand().sign(drawn, ADDRESS).content


@pytest.fixture
def authority(own, monkeypatch):
    """A timestamping authority that answers at once."""
    certificate = asn1_x509.Certificate.load(_der(own.certificate))
    key = serialization.load_pem_private_key(own.key.read_bytes(), b"secret words")
    plain = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    store = SimpleCertificateStore.from_certs([certificate])
    stamper = DummyTimeStamper(certificate, asn1_keys.PrivateKeyInfo.load(plain), certs_to_embed=store)
    monkeypatch.setattr(pades, "_timestamper", lambda: stamper)


def _der(path) -> bytes:
    return load_pem_x509_certificate(path.read_bytes()).public_bytes(serialization.Encoding.DER)


def checked(content: bytes):
    """What pyHanko's own validator says, which trusts no certificate."""
    (signature,) = PdfFileReader(BytesIO(content)).embedded_signatures
    trusting_none = ValidationContext(trust_roots=[], allow_fetching=False)
    with ThreadPoolExecutor(1) as beside:  # a browser of other tests may have this thread's event loop
        return beside.submit(validate_pdf_signature, signature, trusting_none).result()


def test_a_signature_is_about_the_whole_file_which_begins_as_it_was_drawn(drawn, signed):
    status = checked(signed)
    assert (status.intact, status.valid, status.coverage.name) == (True, True, "ENTIRE_FILE")
    assert status.docmdp_ok
    assert signed.startswith(drawn)
    assert by_poppler(signed) == by_poppler(drawn)


def test_a_signed_paper_is_archived_as_the_drawn_one(signed):
    """What PDF/A-3a asks of the whole file and of what a signature adds; no validator of it runs here."""
    paper = pikepdf.open(BytesIO(signed))
    root, trailer = paper.Root, paper.trailer
    with paper.open_metadata() as about:
        assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "A")
    assert root.MarkInfo.Marked
    assert root.StructTreeRoot.K
    assert root.Lang == "th"
    assert [str(one.S) for one in root.OutputIntents] == ["/GTS_PDFA1"]
    assert "/ID" in trailer
    assert not {"/Encrypt"} & set(trailer.keys())
    assert not {"/AA", "/OpenAction", "/Requirements", "/NeedsRendering"} & set(root.keys())
    assert not {"/NeedAppearances", "/XFA"} & set(root.AcroForm.keys())
    for page in paper.pages:
        for font in page.Resources.get("/Font", {}).values():
            (whole,) = font.get("/DescendantFonts", [font])
            assert {"/FontFile2", "/FontFile3"} & set(whole.FontDescriptor.keys()), "embedded"
            assert "/ToUnicode" in font
        for annotation in page.get("/Annots", []):
            assert annotation.F & 0b100111 == 0b100, "printed, and not hidden"
            is_empty = annotation.Rect[0] == annotation.Rect[2] and annotation.Rect[1] == annotation.Rect[3]
            assert is_empty or annotation.Subtype == "/Link" or "/AP" in annotation


@pytest.mark.parametrize("place", [20, 5000, -500, -30])
def test_an_altered_byte_is_seen(place, signed):
    altered = bytearray(signed)
    altered[place] ^= 1
    try:
        status = checked(bytes(altered))
    except Exception:  # no PDF any more: whatever the reader says of it
        return
    assert not (status.intact and status.valid)


def test_another_program_finds_the_signature_valid(signed, tmp_path):
    (tmp_path / "signed.pdf").write_bytes(signed)
    said = subprocess.run(["pdfsig", "-nocert", tmp_path / "signed.pdf"], capture_output=True, text=True).stdout
    assert "Signature is Valid" in said
    assert "ETSI.CAdES.detached" in said
    assert "Total document signed" in said


def test_an_authority_s_timestamp_makes_it_b_t(drawn, authority):
    made = pades.hand().sign(drawn, ADDRESS)
    assert made.about["level"] == "B-T"
    stamp = checked(made.content).timestamp_validity
    assert (stamp.intact, stamp.valid) == (True, True)
    assert isinstance(stamp.timestamp, datetime)


def test_without_one_it_is_b_b_and_says_so(drawn):
    made = pades.hand().sign(drawn, ADDRESS)
    assert made.about == {"by": "CDD 4.0 (trial)", "level": "B-B", "is_trial": True}
    assert checked(made.content).timestamp_validity is None
    assert made.part == pades.part(made.content)


@pytest.mark.django_db
def test_a_paper_waits_for_an_authority_that_does_not_answer(publication, monkeypatch, settings):
    """Nothing is kept that is signed in another way than was set."""
    settings.TSA_URL = "http://127.0.0.1:9/"
    with pytest.raises(keys.NotSigned):
        files.make(publication, "announcement")
    assert not Document.objects.exists()
    asked = []
    monkeypatch.setattr(tasks.make_document, "retry", lambda **kw: asked.append(kw["countdown"]) or RuntimeError())
    with pytest.raises(RuntimeError):
        tasks.make_document(publication.pk, "announcement", "")
    assert asked == [tasks.AGAIN]


def test_the_key_that_is_set_signs(own, drawn, settings):
    settings.PAPER_KEY, settings.PAPER_CERTIFICATE = own.key, own.certificate
    settings.PAPER_PASSPHRASE = "secret words"
    hand = pades.hand()
    assert (hand.name, hand.is_trial) == ("ผู้ลงนาม", True), "no authority has signed it yet"
    assert checked(hand.sign(drawn, ADDRESS).content).valid


def test_a_pkcs12_file_signs_too(own, drawn, settings, tmp_path):
    key = serialization.load_pem_private_key(own.key.read_bytes(), b"secret words")
    certificate = load_pem_x509_certificate(own.certificate.read_bytes())
    shut = serialization.BestAvailableEncryption(b"other words")
    (tmp_path / "key.p12").write_bytes(pkcs12.serialize_key_and_certificates(b"key", key, certificate, None, shut))
    settings.PAPER_KEY, settings.PAPER_PASSPHRASE = tmp_path / "key.p12", "other words"
    assert checked(pades.hand().sign(drawn, ADDRESS).content).valid


def test_a_key_that_cannot_be_used_is_told(own, settings):
    settings.PAPER_KEY, settings.PAPER_CERTIFICATE, settings.PAPER_PASSPHRASE = own.key, own.certificate, "wrong"
    with pytest.raises(keys.NotSigned, match="CDD4_PAPER_KEY"):
        pades.hand()


def test_without_a_key_papers_of_production_are_not_signed_and_say_nothing_of_it(settings, publication):
    settings.PRODUCTION = True
    made = files.make(publication, "announcement")
    assert (made.signed_sha256, made.signature) == ("", {})
    said = "".join(by_poppler(files.read(publication, "announcement")))
    assert "ลงลายมือชื่ออิเล็กทรอนิกส์" not in said
    assert codes.grouped(publication.papers.get().code) in said


def test_keys_are_made_by_a_command_and_never_overwritten(tmp_path, capsys):
    call_command("make_paper_key", tmp_path / "keys", name="กรมการพัฒนาชุมชน")
    made = keys.files_in(tmp_path / "keys")
    assert all(str(path) in capsys.readouterr().out or path.exists() for path in made)
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    before = made.key.read_bytes()
    with pytest.raises(CommandError, match="there already"):
        call_command("make_paper_key", tmp_path / "keys")
    assert made.key.read_bytes() == before


def test_a_paper_says_its_code_where_it_is_scanned_and_typed(publication):
    for kind, office in (("announcement", ""), ("results", ""), ("scorecard", "TH-A01"), ("certificates", "TH-A01")):
        files.make(publication, kind, office)
        code = publication.papers.get(kind=kind, office=office).code
        said = " ".join("".join(by_poppler(files.read(publication, kind, office))).split())
        assert codes.grouped(code) in said, kind
        assert "ใบรับรองทดลอง" in said, kind
    files.make(publication, "certificates")
    said = "".join(by_poppler(files.read(publication, "certificates")))
    printed = [paper.code for paper in publication.papers.exclude(office="").filter(kind="certificates")]
    assert len(printed) == 13
    assert all(codes.grouped(code) in said for code in printed), "each certificate its own, wherever it is printed"
