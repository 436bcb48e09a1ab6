"""Each role walks the portal's links in Thai: no page has English left over, a year of another era, or a raw value."""

import re
import time
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from django.urls import resolve
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from awards.publishing.publish import publish
from scoring import tasks, trial
from submissions import intake
from tests import factories

# Names and signs that Thai officials write in Latin letters.
NAMES = set(
    """PDF Word Excel PowerPoint JPEG PNG WebP MP4 Video CSV csv ZIP xlsx xls JSON SHA URL UTF MB KB GB A4 API
    Token QR TOTP Facebook LINE YouTube TikTok Instagram Twitter Cisco WebEx Big Data Click PDOC PDOG Digital
    Literacy Roadmap Check list CD Day OTOP SE Sarabun SIL OFL Django Bootstrap YAML htmx Single Sign On LDAP
    English en th esc https Google Microsoft Authenticator Passkey PIN Calendar Outlook iPhone JavaScript
    Python Atom ISO Windows macOS Linux""".split()
)
# English that the handbook's forms print in brackets beside the Thai.
NAMES |= set("services delivery administrative or organizational policy innovation mobile app mail".split())
# What is no sentence: addresses, codes of the scheme, of offices and of digests.
CODES = re.compile(
    r"https?://\S+|\w+@[\w.]+|@/\./|\b\d+(\.\d+)*\.[a-z_]+( 20\d\d-\d\d)?\b|\bT[EH]-\w+|cdd40-256\d"
    r"|\b[0-9a-f]{8,64}\b|YYYY-MM-DD|\.(pdf|png|docx?|xlsx?|pptx?|jwt)\b"
)
LATIN = re.compile(r"[A-Za-z]\w+", re.ASCII)
OTHER_ERA = re.compile(r"\b20\d\d\b")
RAW = re.compile(r"\bNone\b|\bTrue\b|\bFalse\b|%\(|\{\{|<lazy|object at 0x")
VOID = set("area base br col hr img input link meta source wbr".split())
SILENT = {"code", "kbd", "pre", "script", "style", "template", "textarea"}
SHOWN = ("alt", "aria-label", "placeholder", "title")
NOT_PAGES = re.compile(
    r"^/(api|i18n|accounts/logout|admin/jsi18n)|^/log/verify|/(file|word)/$|\.(pdf|pptx|xlsx|csv|zip|xml|json|png)$"
)
OF_FACTORS = ["/accounts/2fa/reauthenticate/", "/accounts/2fa/webauthn/reauthenticate/"]
START = ["/", "/accounts/password/change/", "/accounts/2fa/", "/accounts/email/", "/accounts/reauthenticate/"]
ASIDE = [
    "/admin/scoring/trial/",
    "/admin/awards/publication/",
    "/admin/awards/result/",
    "/admin/scoring/scorechange/",
]  # in no menu


class Page(HTMLParser):
    """The texts a page shows or says, and its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        is_icon = "material-symbols" in (attrs.get("class") or "")
        silent = tag in SILENT or is_icon or attrs.get("lang") == "en" or bool(self.open and self.open[-1][1])
        if not silent:
            self.texts += [attrs[name] for name in SHOWN if attrs.get(name)]
        if tag == "a" and attrs.get("href"):
            self.links.append(attrs["href"])
        if tag not in VOID:
            self.open.append((tag, silent))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not (self.open and self.open[-1][1]):
            self.texts.append(" ".join(data.split()))


def faults(text: str, usernames: set[str]) -> list[str]:
    plain = CODES.sub(" ", text)
    words = [word for word in LATIN.findall(plain) if word not in NAMES and word not in usernames]
    return [*words, *OTHER_ERA.findall(plain), *RAW.findall(text)]


def walk(client, usernames: set[str]) -> tuple[dict[str, list[str]], Counter]:
    """Follow the links, a few of each kind of page; {text: what is wrong with it and where}, and what was visited."""
    found: dict[str, list[str]] = {}
    waiting, seen, visits = START + OF_FACTORS + ASIDE, set(), Counter()
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        if address in seen or NOT_PAGES.search(parts.path):
            continue
        seen.add(address)
        kind = resolve(parts.path).view_name, bool(parts.query)
        visits[kind] += 1
        if visits[kind] > (1 if parts.query else 2) and kind[0] != "criterion":
            continue
        answer = client.get(address, follow=True)
        assert answer.status_code in (200, 403), f"{address}: {answer.status_code}"
        html = answer.content.decode()
        assert re.search(r"<title>\s*[^\s<]", html) or "<html" not in html, f"{address} has no title"
        page = Page(html)
        waiting += [urljoin(address, link).split("#")[0] for link in page.links if not urlsplit(link).netloc]
        for text in page.texts:
            if wrong := faults(text, usernames):
                found.setdefault(text[:200], [*wrong, address])
    return found, visits


def give_factors(person) -> None:
    """An app, a passkey that was not used yet, and recovery codes."""
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    data = AttestedCredentialData.create(bytes(16), b"key", key)
    flags = AuthenticatorData.FLAG.AT | AuthenticatorData.FLAG.UP
    seen = AttestationObject.create("none", AuthenticatorData.create(bytes(32), flags, 0, data), {})
    made = b'{"type": "webauthn.create", "challenge": "", "origin": "https://portal.example.org"}'
    said = {"clientDataJSON": websafe_encode(made), "attestationObject": websafe_encode(seen)}
    credential = {"id": "a2V5", "rawId": "a2V5", "type": "public-key", "response": said, "clientExtensionResults": {}}
    WebAuthn.add(person, "พาสคีย์ 1", credential)


def prove(client, person) -> None:
    """The password was typed again just now: what is changed of an account opens."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()


@pytest.fixture
def people(db):
    """A round in which everything has happened once, and one person of each role."""
    officer, judge, staff = (factories.make_user(role) for role in ("officer", "judge", "staff"))
    round = factories.make_round(judges=[judge])
    entry = factories.make_entry(round, officer.office)
    other = factories.make_entry(round, factories.make_office("TH-50", "large"))
    for status in ("submitted", "accepted", "returned", "withdrawn"):
        factories.make_evidence(entry, "1.1.report", status=status, kind="pdf", submitted_by=officer)
    upload = factories.make_upload("png")
    handed = intake.attach_evidence(entry, intake.HandIn("3.5.report", period="2023-07"), by=officer, upload=upload)
    intake.review_evidence(handed, by=judge, accept=False, reason="เอกสารไม่ครบ")
    intake.enter_values(entry, {("3.4.news", "2023-07"): "12", ("2.1.1.collected", ""): "900"}, by=staff)
    for requirement in ("5.report", "5.checklist"):
        factories.make_evidence(other, requirement, status="accepted", kind="docx")
    factories.make_sheet(other, judge)
    factories.make_extension(entry)
    factories.make_holiday("2023-05-04")
    tried = trial.begin(round, round.edition.text.replace("below: 55", "below: 95"), by=staff)
    tasks.try_text(tried.pk)
    give_factors(staff)
    publish(round, by=staff)
    return {"officer": officer, "judge": judge, "staff": staff}


@pytest.mark.parametrize(("role", "least"), [("officer", 15), ("judge", 30), ("staff", 60)])
def test_every_page_is_thai(client, people, role, least):
    client.force_login(people[role])
    prove(client, people[role])
    found, visits = walk(client, {person.username for person in people.values()})
    assert not found, "\n".join(f"{text}: {wrong}" for text, wrong in found.items())
    assert len(visits) + visits["criterion", False] >= least, visits  # it really walked
