"""Whoever has all rights on the database is caught: whatever is altered, put in, taken out or chained anew is named.

ALTERATIONS=500 make test ARGS=tests/awards/ledger/test_rewritten.py tries as many as were promised.
"""

import json
import os
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from awards.ledger import key_files, keys
from awards.ledger.seal import seal
from awards.models import Head, Leaf, Node
from submissions.log import findings as found
from submissions.log.check import check
from submissions.models import Event
from tests.submissions.log.sql import chain_anew, run, undone
from tests.submissions.log.world import World

ALTERATIONS = int(os.environ.get("ALTERATIONS", "60"))


@pytest.fixture(scope="module")
def sealed(django_db_setup, django_db_blocker, tmp_path_factory):
    """A world in which everything was done, sealed in three heads, and the newest of them kept outside."""
    from django.db import transaction

    folder = tmp_path_factory.mktemp("sealer")
    key_files.make(folder / "key")
    signers = keys.read([folder / "key"])
    with django_db_blocker.unblock(), transaction.atomic():
        world = World(7)
        world.do_each()
        seal(signers)
        world.announce()
        seal(signers)
        Event.objects.record_all(world.entries[0], "test.done", [{"number": n} for n in range(300)], by=None)
        head = seal(signers)
        kept = folder / "kept.json"
        kept.write_text(json.dumps(head.content()))
        yield kept
        transaction.set_rollback(True)


def findings(kept) -> list:
    content = json.loads(kept.read_text())
    return check(earlier=[(content["size"], content["root"])]).findings


TREE = {
    found.LEAF, found.LOST, found.UNSEALED, found.ANNOUNCED, found.GAP, found.SHORT, found.BEYOND, found.NODE,
    found.HEAD, found.SIGNATURE, found.KEY,
}  # fmt: skip


class Superuser:
    """Alters the log by SQL, each time otherwise."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.deeds = [getattr(self, name) for name in sorted(dir(self)) if name.startswith("alter_")]

    def event(self) -> Event:
        return self.chance.choice(list(Event.objects.order_by("pk")))

    def alter_what_an_event_says(self) -> None:
        event = self.event()
        data = json.dumps({**event.data, "number": self.chance.randint(10**6, 10**7)})
        run("UPDATE submissions_event SET data = %s WHERE id = %s", data, event.pk)

    def alter_who_did_it_and_when_and_chain_anew(self) -> None:
        event = self.event()
        column = self.chance.choice(["at", "verb"])
        value = timezone.now() if column == "at" else "evidence.accepted"
        run(f"UPDATE submissions_event SET {column} = %s WHERE id = %s", value, event.pk)
        chain_anew(event.entry_id)

    def alter_by_taking_out(self) -> None:
        event = self.event()
        run("DELETE FROM submissions_event WHERE id = %s", event.pk)
        if self.chance.random() < 0.5:
            chain_anew(event.entry_id)

    def alter_by_taking_out_with_its_place(self) -> None:
        event = self.event()
        run("DELETE FROM awards_leaf WHERE event_id = %s", event.pk)
        run("DELETE FROM submissions_event WHERE id = %s", event.pk)
        chain_anew(event.entry_id)

    def alter_by_putting_in_among_the_old(self) -> None:
        event = self.event()
        run("UPDATE submissions_event SET sequence = sequence + 1000 WHERE entry_id = %s", event.entry_id)
        late = Event.objects.get(pk=event.pk)
        forged = Event(entry_id=event.entry_id, sequence=late.sequence + 5000, at=event.at, verb="test.forged")
        forged.at = Head.objects.first().at.replace(year=2020)
        forged.digest = forged.compute_digest()
        forged.save()
        chain_anew(event.entry_id)

    def alter_by_exchanging_two(self) -> None:
        one, other = self.chance.sample(list(Event.objects.exclude(verb="test.done").order_by("pk")), 2)
        for event, its in ((one, other), (other, one)):
            row = (its.verb, json.dumps(its.data), its.at, event.pk)
            run("UPDATE submissions_event SET verb = %s, data = %s, at = %s WHERE id = %s", *row)
        for entry in {one.entry_id, other.entry_id}:
            chain_anew(entry)

    def alter_a_place(self) -> None:
        leaf = self.chance.choice(list(Leaf.objects.all()))
        column = self.chance.choice(["salt", "hash"])
        run(f"UPDATE awards_leaf SET {column} = %s WHERE position = %s", self.chance.randbytes(32), leaf.position)

    def alter_by_exchanging_places(self) -> None:
        one, other = self.chance.sample(list(Leaf.objects.exclude(event=None)), 2)
        for leaf, place in ((one, 10**9), (other, one.position), (one, other.position)):
            run("UPDATE awards_leaf SET position = %s WHERE event_id = %s", place, leaf.event_id)

    def alter_by_cutting_the_end_off(self) -> None:
        size = Leaf.objects.count() - self.chance.randint(1, 50)
        gone = list(Leaf.objects.filter(position__gte=size).exclude(event=None).values_list("event", flat=True))
        run("DELETE FROM awards_leaf WHERE position >= %s", size)
        run("DELETE FROM submissions_event WHERE id = ANY(%s)", gone)
        run("DELETE FROM awards_head WHERE size > %s", size)

    def alter_everything_anew_under_another_key(self) -> None:
        run("DELETE FROM submissions_event WHERE id = %s", self.event().pk)
        for table in ("awards_leaf", "awards_head", "awards_headkey"):
            run(f"DELETE FROM {table}")
        Node.objects.exists() and run("DELETE FROM awards_node")
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        seal([keys.Signer(Ed25519PrivateKey.generate())])

    def alter_a_head(self) -> None:
        head = self.chance.choice(list(Head.objects.all()))
        column, value = self.chance.choice([("root", "ab" * 32), ("at", timezone.now()), ("signatures", "[]")])
        run(f"UPDATE awards_head SET {column} = %s WHERE id = %s", value, head.pk)

    def alter_a_kept_hash(self) -> None:
        run("UPDATE awards_node SET hash = %s", self.chance.randbytes(32))

    def alter_the_key(self) -> None:
        run("UPDATE awards_headkey SET public = %s", self.chance.randbytes(32).hex())

    def alter_an_announcement(self) -> None:
        run("UPDATE awards_publication SET digest = %s", self.chance.randbytes(32).hex())


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(10))
def test_whatever_is_altered_is_found_and_named(sealed, seed):
    chance = Random(seed)
    superuser = Superuser(chance)
    for number in range(ALTERATIONS // 10):
        deed = superuser.deeds[(seed * (ALTERATIONS // 10) + number) % len(superuser.deeds)]
        with undone():
            deed()
            wrong = [one for one in findings(sealed) if one.fault in TREE]
            assert wrong, deed.__name__
            assert all(one.sentence for one in wrong)


@pytest.mark.django_db
def test_untouched_it_holds_and_the_command_says_where_it_does_not(sealed):
    assert [one for one in findings(sealed) if one.fault in TREE] == []
    event = Event.objects.order_by("pk").first()
    with undone():
        run("UPDATE submissions_event SET verb = 'evidence.accepted' WHERE id = %s", event.pk)
        out = StringIO()
        with pytest.raises(CommandError, match="does not explain"):
            call_command("check_log", head=[sealed], stdout=out)
        assert f"Event {event.sequence} is not the one that was sealed at place 0 of the whole log" in out.getvalue()
    none = sealed.with_name("other.json")
    none.write_text("{}")
    with pytest.raises(CommandError, match="no head of the log"):
        call_command("check_log", head=[none], stdout=StringIO())


def test_a_head_of_before_is_held_against_the_log(sealed, db):
    kept = json.loads(sealed.read_text())
    assert [one.fault for one in check(earlier=[(kept["size"], "0" * 64)]).findings] == [found.HEAD]
    assert [one.fault for one in check(earlier=[(kept["size"] + 1, kept["root"])]).findings] == [found.SHORT]
