"""A round is made like an earlier one: its offices, its committee and its ways, in one transaction."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from submissions.models import Edition, Round, User
from submissions.questions.copying import TAKEN_OVER, proposal, why_not_copy
from submissions.questions.proofread import Refused, check_settings

from .hold import Conflict
from .letterheads import copy_letterhead
from .once import hold_person, made_just_now
from .rounds import enter_offices
from .schemes import hold_edition


def copy_round(
    source: Round,
    edition: Edition,
    *,
    by: User,
    name_th: str,
    name_en: str = "",
    settings: Mapping[str, str],
    ahead: timedelta = timedelta(0),
    shown: str,
) -> Round:
    """Make a round of this edition like `source`. It is prepared, and nobody but those who run it sees it.

    Asked for twice at once, or again a moment later, it is made once. `settings`: its days, looked at by whoever
    copies; `ahead`: of a round for practice, its clock. `shown` is the digest of the proposal that was looked at:
    Conflict with the present one when somebody changed the source since.
    """
    refused = Refused()
    refused.add("", why_not_copy(by, source))
    refused.add("name_th", None if name_th.strip() else _("Give the round a name."))
    set_now = check_settings(edition.scheme, settings, refused)
    refused.raise_if_any()
    with transaction.atomic():
        hold_person(by)
        like: dict[str, Any] = {"name_th": name_th, "name_en": name_en, "is_practice": bool(ahead), "settings": set_now}
        if twin := made_just_now(by, edition, source.organiser, **like):
            return twin
        if not hold_edition(edition):
            raise Refused({"edition": [_("This scheme was deleted. Choose another.")]})
        proposed = proposal(source, edition)
        if proposed.digest != shown:
            raise Conflict(proposed)
        made = Round(
            edition=edition,
            name_th=name_th.strip(),
            name_en=name_en.strip(),
            settings=set_now,
            clock_offset=ahead,
            opens_at=None,
            named_by=proposed.named_by,
            stage=edition.scheme.stages[0].code if edition.scheme.stages else "",
            **{name: getattr(source, name) for name in TAKEN_OVER},
        )
        made.is_copy = True
        made._history_user, made._change_reason = by, _("made like “%(round)s”") % {"round": source}
        made.save()
        made.judges.set(proposed.judges)
        copy_letterhead(source, made, by=by)
        # Last: the first event of each entry tells the terms as they stand.
        enter_offices(made, proposed.offices, by=by)
    return made
