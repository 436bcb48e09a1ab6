"""What people are told: made from facts that were committed, read in the portal, sent out as each person chose.

`from_events` makes notices of what was recorded, `reminders` of last days that are near; `words` says them to their
readers. `letters` gathers them for each person and has `mail` and `line` deliver.
"""

from .making import tell

__all__ = ["tell"]
