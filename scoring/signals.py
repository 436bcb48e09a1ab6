"""What pages of scores ask of rooms that they do not know."""

from django.dispatch import Signal

# Asked when an entry's scorecard is shown, with entry: who froze its result answers with the line on it, or None.
result_asked = Signal()
