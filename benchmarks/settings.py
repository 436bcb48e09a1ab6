"""The portal's settings, with the bare page beside the portal's own under one server."""

from cdd4.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.bare"
PRACTICE_IS_PUBLIC = True  # the demo's results, as where it is shown
