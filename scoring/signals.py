"""What pages of scores ask of rooms that they do not know."""

from django.dispatch import Signal

# Asked when an entry's scorecard is shown, with entry: who froze its result answers with the line on it, or None.
result_asked = Signal()

# Asked when a round is set beside a later one, with round: who froze its results answers with them, or None.
# {"number", "path", "results": [(office's id, entry's id, rank as shown, total, {dimension: points earned})]}
results_asked = Signal()
