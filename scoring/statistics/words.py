"""Figures in words: a number with its interval, or plainly why none can be said."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .agreement import FEW_PAIRS, FEW_UNITS
from .figure import Figure
from .severity import FEW_SHEETS

SAME = gettext_lazy("All alike: agreement beyond chance can't be said.")
APART = gettext_lazy("Can't be compared: these judges share no entries, not even through others.")


def kappa_told(figure: Figure) -> str:
    few = _("Too few to say: %(count)s of at least %(needed)s.") % {"count": figure.count, "needed": FEW_PAIRS}
    return _told(figure, few, str(SAME))


def alpha_told(figure: Figure) -> str:
    few = _("Too few to say: %(count)s entries with two judges, of at least %(needed)s.")
    return _told(figure, few % {"count": figure.count, "needed": FEW_UNITS}, str(SAME))


def leniency_told(figure: Figure) -> str:
    few = _("Too few to say: %(count)s entries shared with others, of at least %(needed)s.")
    return _told(figure, few % {"count": figure.count, "needed": FEW_SHEETS}, "", signed=True)


def _told(figure: Figure, few: str, same: str, *, signed: bool = False) -> str:
    if figure.value is None or figure.low is None or figure.high is None:
        return {"few": few, "same": same}.get(figure.lack, str(APART))
    form = "{:+.2f}" if signed else "{:.2f}"
    value, low, high = (form.format(number).replace("-", "–") for number in (figure.value, figure.low, figure.high))
    return _("%(value)s (%(low)s to %(high)s)") % {"value": value, "low": low, "high": high}


def verdict(figure: Figure) -> str:
    """What Krippendorff recommends to make of an alpha; "" where there is none."""
    if figure.value is None or figure.low is None:
        return ""
    if figure.low >= 0.8:
        return _("The judges agree well enough to rely on.")
    if figure.value >= 0.667:
        return _("The judges agree well enough for tentative conclusions only.")
    return _("The judges agree too little to rely on the ranks: look at the items far apart.")
