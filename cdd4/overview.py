"""The page with which the admin opens: what waits for its reader, and for central staff what is not well."""

from cdd4 import watch
from scoring.admin import overview as of_rounds


def overview(request, context: dict) -> dict:
    context = of_rounds(request, context)
    parts = watch.look() if request.user.is_central else []
    # How full the disk is stands beside, with its figures.
    context["troubles"] = [part for part in parts if not part.is_well and part.name != "disk"]
    return context
