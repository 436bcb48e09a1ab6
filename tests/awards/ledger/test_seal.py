"""The log is sealed: every deed has its place in the order of commit, and every head is signed and stays true."""

import hmac
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from awards.ledger import key_files, keys, proofs, tree
from awards.ledger.leaves import canonical, commitment, disclosed, salts_of
from awards.ledger.seal import IDLE, Rewritten, seal
from awards.models import Head, HeadKey, Leaf, Node
from submissions.models import Event
from tests import factories as make
from tests.submissions.log.sql import run, undone

pytestmark = pytest.mark.django_db


@pytest.fixture
def signer(tmp_path) -> keys.Signer:
    key_files.make(tmp_path / "head-key")
    return keys.read([tmp_path / "head-key"])[0]


def record(count: int, entry=None):
    entry = entry or make.make_entry()
    return Event.objects.record_all(entry, "test.done", [{"number": number} for number in range(count)], by=None)


def test_every_deed_has_a_place_and_the_head_is_signed(signer):
    record(3)
    head = seal([signer])
    assert head.size == Leaf.objects.count() == Event.objects.count() == 3
    assert list(Leaf.objects.values_list("position", flat=True)) == list(range(head.size))
    assert list(Leaf.objects.values_list("event", flat=True)) == sorted(Event.objects.values_list("pk", flat=True))
    assert head.root == tree.root_of(bytes(leaf.hash) for leaf in Leaf.objects.all()).hex()
    assert HeadKey.objects.get().content()["key"] == head.signatures[0]["key"] == signer.name
    assert keys.is_head_signed(head, {signer.name: signer.public.hex()})
    head.root = "0" * 64
    assert not keys.is_head_signed(head, {signer.name: signer.public.hex()})


def test_where_nothing_happened_no_head_is_made_but_one_an_hour(signer):
    record(1)
    first = seal([signer])
    assert seal([signer]) is None
    with undone():
        run("UPDATE awards_head SET at = %s", timezone.now() - IDLE)
        assert seal([signer]).size == first.size


def test_a_deed_committed_after_younger_ones_takes_the_next_place(signer):
    entry = make.make_entry()
    events = record(3, entry)
    late = events[1]
    with undone():
        run("UPDATE submissions_event SET id = %s WHERE id = %s", events[-1].pk + 10, events[-1].pk)
        seal([signer])
        run("UPDATE submissions_event SET id = %s WHERE id = %s", events[-1].pk + 10, events[-1].pk + 10)
        other = make.make_entry(office=make.make_office("TH-82"))
        event = Event(entry=other, sequence=99, at=timezone.now(), verb="test.late", pk=events[-1].pk + 5)
        event.digest = event.compute_digest()
        event.save()
        assert seal([signer]).size - 1 == event.leaf.position > late.leaf.position


def test_what_committed_late_is_found_though_nobody_sealed_for_days(signer):
    """A deed was on its way with a lower number when the last head was signed, and then the sealer stood still."""
    events = record(3)
    with undone():
        run("UPDATE submissions_event SET id = %s WHERE id = %s", events[-1].pk + 10, events[-1].pk)
        size = seal([signer]).size
        run("UPDATE awards_head SET at = %s", timezone.now() - timedelta(days=3))
        late = Event(
            entry=make.make_entry(office=make.make_office("TH-82")), sequence=1, at=timezone.now(), verb="late"
        )
        late.pk, late.digest = events[-1].pk + 5, late.compute_digest()
        late.save()
        assert seal([signer]).size == size + 1


@pytest.mark.parametrize("count", [1, 255, 256, 257, 700])
def test_hashes_that_are_kept_are_those_of_the_tree_however_it_grew(signer, count):
    entry = make.make_entry()
    for part in (count // 3, count - count // 3):
        record(part, entry)
        head = seal([signer])
    hashes = [bytes(one) for one in Leaf.objects.values_list("hash", flat=True)]
    assert Node.objects.count() == len(hashes) // 256
    for position in {0, len(hashes) // 3, len(hashes) - 1}:
        path = proofs.inclusion(position, head.size)
        assert tree.is_included(hashes[position], position, head.size, path, bytes.fromhex(head.root))
    for first in {1, len(hashes) // 3 or 1, len(hashes)}:
        path = proofs.consistency(first, head.size)
        before = tree.root_of(hashes[:first])
        assert tree.is_consistent(first, head.size, path, before, bytes.fromhex(head.root))


def test_a_proof_takes_as_many_statements_in_a_larger_tree(signer, django_assert_max_num_queries):
    entry = make.make_entry()
    for count in (3, 600):
        record(count, entry)
        head = seal([signer])
        with django_assert_max_num_queries(4):
            proofs.inclusion(1, head.size)


def test_a_field_is_shown_alone_and_the_rest_cannot_be_guessed(signer):
    event = record(1)[0]
    seal([signer])
    leaf = Leaf.objects.select_related("event").get(event=event)
    shown = disclosed(leaf, {"verb"})
    salt, text = shown["fields"]["verb"]
    assert json.loads(text) == "test.done"
    hidden = {name: one if isinstance(one, str) else commitment(bytes.fromhex(one[0]), one[1])
              for name, one in shown["fields"].items()}  # fmt: skip
    content = canonical({"fields": hidden, "log": "cdd4/1"}).encode()
    assert tree.leaf_hash(content) == bytes(leaf.hash)
    (own,) = salts_of(bytes(leaf.salt), ["actor"])
    assert own == hmac.digest(bytes(leaf.salt), b"actor", "sha256")[:16]
    assert commitment(own, "null") == shown["fields"]["actor"]
    assert commitment(bytes.fromhex(salt), "null") != shown["fields"]["actor"]


def test_a_proof_holds_everything_to_check_it_elsewhere(signer):
    event = record(2)[0]
    assert proofs.of_event(event) is None
    seal([signer])
    told = json.loads(json.dumps(proofs.of_event(event, ["verb"])))
    hidden = {name: one if isinstance(one, str) else commitment(bytes.fromhex(one[0]), one[1])
              for name, one in told["leaf"]["fields"].items()}  # fmt: skip
    leaf = tree.leaf_hash(canonical({"fields": hidden, "log": "cdd4/1"}).encode())
    head, path = told["head"], [bytes.fromhex(one) for one in told["path"]]
    assert tree.is_included(leaf, told["leaf"]["position"], head["size"], path, bytes.fromhex(head["root"]))
    assert told["keys"][0]["public"] == signer.public.hex()


def test_a_new_key_is_endorsed_and_both_sign_meanwhile(signer, tmp_path):
    record(1)
    seal([signer])
    key_files.make(tmp_path / "next")
    new = keys.read([tmp_path / "next"])[0]
    record(1, make.make_entry(office=make.make_office("TH-82")))
    head = seal([new, signer])
    assert [one["key"] for one in head.signatures] == [new.name, signer.name]
    key = HeadKey.objects.get(pk=new.name)
    assert key.endorsed_by == signer.name
    assert keys.is_signed(signer.public.hex(), keys.text_of_key(key), key.endorsement)


def test_what_was_written_anew_is_not_signed_even_where_the_database_fits(signer, tmp_path):
    """The sealer remembers what it signed: heads and leaves that were all made anew don't fool it."""
    record(5)
    remembered = tmp_path / "last"
    seal([signer], remembered)
    record(1, make.make_entry(office=make.make_office("TH-82")))
    with undone():
        for table in ("awards_head", "awards_leaf"):
            run(f"DELETE FROM {table}")
        run("DELETE FROM submissions_event WHERE sequence = 3")
        with pytest.raises(Rewritten):
            seal([signer], remembered)
        assert not Head.objects.exists()
    seal([signer], remembered)


def test_a_key_that_cannot_be_used_is_told_in_a_sentence(tmp_path, settings):
    with pytest.raises(keys.Unusable, match="CDD4_HEAD_KEY"):
        seal()
    (tmp_path / "key").write_text("none")
    for file, words in ((tmp_path / "key", "no private key"), (tmp_path / "absent", "can't be read")):
        settings.HEAD_KEYS = [str(file)]
        with pytest.raises(keys.Unusable, match=words):
            seal()


def test_a_key_is_never_written_over(tmp_path):
    key_files.make(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        key_files.make(tmp_path / "key")
