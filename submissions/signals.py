"""What rooms say to rooms that they do not know."""

from django.dispatch import Signal

# Sent inside the transaction that changed the facts, with entry_ids: list[int].
facts_changed = Signal()
# Sent inside the transaction that recorded them, with entry_ids: list[int] and verb: str.
events_recorded = Signal()
# Sent inside the transaction that sent or withdrew a circular.
circular_changed = Signal()
# Asked when the log is checked, with round_ids: list[int]: who keeps heads of its chains outside it answers with
# [(entry id, sequence, digest, where it is kept)].
heads_asked = Signal()
# Asked when all logs are checked, with earlier: [(size, root)] of heads kept outside: who keeps the tree over them
# answers with what is wrong with it.
tree_asked = Signal()
# Asked where a receipt is shown, with evidence: who keeps that tree answers where its deed stands in it; None: not yet.
proof_asked = Signal()
# Asked before a round takes another edition, with round: who knows why it must keep its own answers with the reason.
adoption_asked = Signal()
# Asked before entries are taken out of a round, or the round is discarded, with round: likewise.
discard_asked = Signal()
# Asked before a scheme is deleted, with edition: who uses it answers with the reason why it stays.
deletion_asked = Signal()
# Asked where rounds are listed, with round_ids: list[int]: who published answers with the newest publication of each,
# {round id: {"number": int, "path": str}}.
publications_asked = Signal()
# Sent when a try to log in came too soon, with user (None: no such account), name: str and address: str.
login_refused = Signal()
