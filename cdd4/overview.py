"""The page with which the admin opens: what waits for its reader, and for central staff what is not well."""

from cdd4 import watch
from scoring.admin import overview as of_rounds


def overview(request, context: dict) -> dict:
    context = of_rounds(request, context)
    context["troubles"] = [part for part in watch.look() if not part.is_well] if request.user.is_central else []
    return context
