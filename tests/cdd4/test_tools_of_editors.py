"""What editors and pre-commit are told fits what `make check` asks for, and fetches nothing."""

import configparser
import subprocess
import tomllib

import pytest
import yaml

from tests.servers import ROOT

HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]


def editors() -> configparser.ConfigParser:
    said = configparser.ConfigParser()
    said.read_string("[top]\n" + (ROOT / ".editorconfig").read_text())
    return said


def test_lines_are_as_long_as_the_lint_allows():
    allowed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["line-length"]
    assert int(editors()["*"]["max_line_length"]) == allowed
    assert editors()["top"]["root"] == "true"


def test_files_are_laid_out_as_editors_are_told():
    """Python has four spaces, the Makefile tabs; no file has the line ends of another system."""
    assert (editors()["*.py"]["indent_size"], editors()["Makefile"]["indent_style"]) == ("4", "tab")
    command = ["git", "grep", "-lI", "\r$", "--", "*.py", "*.md", "*.html", "*.yaml", "*.yml", "*.css", "*.js"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr  # 1: there is none
    assert [name for name in done.stdout.split() if not name.startswith("static/vendor/")] == []


def test_no_hook_comes_from_elsewhere():
    assert {one["repo"] for one in HOOKS} == {"local"}
    assert {hook["language"] for one in HOOKS for hook in one["hooks"]} == {"system"}


# {type of a hook's files: their suffix, a good file, a bad one}
SAMPLES = {
    "python": (".py", '"""Nothing."""\n', "import os,sys\n"),
    "html": (".html", "<p>Nothing.</p>\n", "<p  >Nothing.</p>\n"),
    "js": (".js", "// Nothing.\n", "let  x = 1\n"),
}


@pytest.mark.parametrize("hook", [hook for one in HOOKS for hook in one["hooks"]], ids=lambda hook: hook["id"])
def test_a_hook_passes_good_files_and_stops_bad(hook, tmp_path):
    [kind] = hook.get("types", ["js"])
    suffix, good_text, bad_text = SAMPLES[kind]
    good, bad = tmp_path / f"good{suffix}", tmp_path / f"bad{suffix}"
    good.write_text(good_text)
    bad.write_text(bad_text)
    command = hook["entry"].split()
    assert command[0].startswith(".venv/bin/")
    codes = [subprocess.run([*command, path], cwd=ROOT, capture_output=True).returncode for path in (good, bad)]
    assert codes == [0, 1]
