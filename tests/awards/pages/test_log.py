"""The sealed log as everybody may check it, and receipts that prove themselves."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from awards.ledger import key_files, keys, tree
from awards.ledger.leaves import canonical, commitment
from awards.ledger.seal import seal
from submissions import intake
from submissions.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(tmp_path):
    """One piece of evidence among a hundred other deeds, sealed twice; who handed it in is logged in."""
    key_files.make(tmp_path / "key")
    signers = keys.read([tmp_path / "key"])
    entry = make.make_entry(office=make.make_office())
    officer = make.make_user(office=entry.office)
    Event.objects.record_all(entry, "test.done", [{"number": n} for n in range(100)], by=None)
    first = seal(signers)
    evidence = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload())
    second = seal(signers)
    client = Client()
    client.force_login(officer)
    return client, evidence, first, second


def leaf_of(told: dict) -> bytes:
    fields = {
        name: one if isinstance(one, str) else commitment(bytes.fromhex(one[0]), one[1])
        for name, one in told["fields"].items()
    }
    return tree.leaf_hash(canonical({"fields": fields, "log": "cdd4/1"}).encode())


def test_a_stranger_reads_heads_and_keys_and_checks_one_that_was_kept(sealed, client):
    _officer, _evidence, first, second = sealed
    client.cookies["django_language"] = "en"
    told = client.get(reverse("log-head")).json()
    assert (told["size"], told["root"]) == (second.size, second.root)
    key = told["keys"][0]
    text = keys.text_of_head(second.size, second.root, second.at)
    assert keys.is_signed(key["public"], text, told["signatures"][0]["signature"])
    page = client.get(reverse("log"), {"size": f"{first.size:,}", "root": first.root.upper()})
    assert "It holds" in page.content.decode()
    for size, root, words in (
        (first.size, "0" * 64, "It does not hold"),
        (second.size + 1, second.root, "fewer deeds"),
        ("x", "zz", "64 signs"),
    ):
        page = client.get(reverse("log"), {"size": size, "root": root})
        assert words in page.content.decode()


def test_proofs_for_programs_hold(sealed, client):
    _officer, _evidence, first, second = sealed
    told = client.get(reverse("log-consistency"), {"first": first.size, "second": second.size}).json()
    path = [bytes.fromhex(one) for one in told["path"]]
    assert tree.is_consistent(first.size, second.size, path, bytes.fromhex(first.root), bytes.fromhex(second.root))
    told = client.get(reverse("log-inclusion"), {"position": 7, "size": first.size}).json()
    path = [bytes.fromhex(one) for one in told["path"]]
    assert tree.is_included(bytes.fromhex(told["leaf"]), 7, first.size, path, bytes.fromhex(first.root))


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("log-consistency", {"first": 0, "second": 5}),
        ("log-consistency", {"first": 6, "second": 5}),
        ("log-consistency", {"first": "๑", "second": 5}),
        ("log-consistency", {"first": 1, "second": 10**14}),
        ("log-inclusion", {"position": 5, "size": 5}),
        ("log-inclusion", {"position": -1, "size": 5}),
        ("log-inclusion", {"position": 1, "size": 10**20}),
    ],
)
def test_what_is_not_in_the_log_is_refused_in_words(sealed, client, name, asked):
    answer = client.get(reverse(name), asked)
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_a_receipt_proves_itself_against_any_later_head(sealed):
    officer, evidence, _first, _second = sealed
    page = officer.get(reverse("receipt", args=[evidence.pk])).content.decode()
    assert reverse("receipt-proof", args=[evidence.pk]) in page
    told = json.loads(officer.get(reverse("receipt-proof", args=[evidence.pk])).content)
    head, path = told["head"], [bytes.fromhex(one) for one in told["path"]]
    leaf = leaf_of(told["leaf"])
    assert tree.is_included(leaf, told["leaf"]["position"], head["size"], path, bytes.fromhex(head["root"]))
    assert json.loads(told["leaf"]["fields"]["data.sha256"][1]) == evidence.sha256
    assert officer.get(reverse("receipt-pdf", args=[evidence.pk])).status_code == 200


def test_before_it_is_sealed_the_receipt_says_when(client):
    entry = make.make_entry(office=make.make_office())
    officer = make.make_user(office=entry.office)
    evidence = intake.attach_evidence(entry, intake.HandIn("1.1.report"), by=officer, upload=make.make_upload())
    client.force_login(officer)
    client.cookies["django_language"] = "en"
    assert "within a minute" in client.get(reverse("receipt", args=[evidence.pk])).content.decode()
    assert client.get(reverse("receipt-proof", args=[evidence.pk])).status_code == 404


def test_a_judge_does_not_learn_whose_account_it_was_and_a_neighbour_nothing(sealed, client):
    _officer, evidence, *_heads = sealed
    judge = make.make_user("judge")
    evidence.entry.round.judges.add(judge)
    client.force_login(judge)
    told = client.get(reverse("receipt-proof", args=[evidence.pk])).json()
    assert isinstance(told["leaf"]["fields"]["actor"], str)
    assert leaf_of(told["leaf"])
    client.force_login(make.make_user(office=make.make_office("TH-82")))
    assert client.get(reverse("receipt-proof", args=[evidence.pk])).status_code == 404
