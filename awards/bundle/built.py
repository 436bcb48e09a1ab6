"""What was built beside this release and is handed out beside bundles: the engine's wheel, where there is one."""

from pathlib import Path

from django.conf import settings


def engine() -> Path | None:
    return max(settings.ENGINE_DIR.glob("cdd4_engine-*.whl"), default=None)
