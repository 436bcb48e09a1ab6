"""Generates the API's client in Python from the API's description; `make client` packs it as a wheel."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent


def generate(description: Mapping[str, Any], folder: Path) -> None:
    """Put the package `cdd4_client` into a folder, with what packs it.

    :raises subprocess.CalledProcessError: the generator warned of something in the description.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openapi.json").write_text(json.dumps(description))
    subprocess.run(  # noqa: S603  our own words
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--path", "openapi.json"),
            *("--output-path", "cdd4_client", "--meta", "none", "--overwrite", "--fail-on-warning"),
        ],
        cwd=folder,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},  # where ruff is
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (folder / "cdd4_client/version.py").write_text(f'__version__ = "{description["info"]["version"]}"\n')
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(HERE / name, folder)


def main() -> None:
    said = subprocess.run(
        [sys.executable, "manage.py", "spectacular", "--format", "openapi-json"],
        cwd=ROOT,
        env={**os.environ, "CDD4_ENV": "development"},
        check=True,
        stdout=subprocess.PIPE,
    )
    generate(json.loads(said.stdout), Path(sys.argv[1]))


if __name__ == "__main__":
    main()
