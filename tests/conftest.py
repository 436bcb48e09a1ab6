"""What every test may use. The environment is set here, before Django reads it."""

import os

os.environ.setdefault("CDD4_ENV", "test")
