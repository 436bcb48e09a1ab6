"""What scripts decide without a page: each file of tests here is run by node's own test runner."""

import shutil
import subprocess

import pytest

from tests.servers import ROOT

FILES = sorted((ROOT / "tests/static").glob("*_test.js"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_script_passes_its_tests(path):
    node = shutil.which("node")
    assert node, "The tests of scripts need Debian's package nodejs; `make test` installs it."
    done = subprocess.run([node, "--test", path], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_decides_without_a_page_has_tests():
    """Such a script puts its name where node finds it too; others are tried in a browser (tests/flows/)."""
    scripts = [path.stem for path in (ROOT / "static").glob("*.js") if "globalThis." in path.read_text()]
    assert scripts
    assert {f"{name}_test" for name in scripts} == {path.stem for path in FILES}
