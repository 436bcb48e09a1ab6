#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cdd4.settings")
    if sys.argv[1:2] in (["score"], ["check_scheme"]):
        # They compute from a file alone: no secrets, no database, so they run wherever the code lies.
        os.environ.setdefault("CDD4_ENV", "development")
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import Error

    from cdd4 import database
    from submissions.away import is_away

    try:
        # Django's own commands go on without settings, and end in a stack trace further on.
        assert settings.configured or settings.INSTALLED_APPS
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as fault:
        # Settings that cannot be used are the operator's to mend: a sentence, not a stack trace.
        sys.exit(f"{fault}")
    except Error as fault:
        if not is_away(fault):
            raise
        sys.exit(f"The database cannot be used: {database.reason(fault)}")


if __name__ == "__main__":
    main()
