"""The documents at the top: each leads on to what is there, and none names a person or an address."""

import re

import pytest

from tests.servers import ROOT

LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")
NAMES = ["README.md", "CONTRIBUTING.md", "SECURITY.md"]


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_files_that_are_there(name):
    links = LINK.findall((ROOT / name).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", NAMES[1:])
def test_nobody_is_named(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"[\w.]+@[\w-]+\.\w+|mailto:|https?://", text) == []


def test_the_readme_leads_to_the_others():
    assert {"CONTRIBUTING.md", "SECURITY.md"} <= set(LINK.findall((ROOT / "README.md").read_text(encoding="utf-8")))


def test_a_fault_of_security_is_told_to_the_system_owner_in_private():
    text = " ".join((ROOT / "SECURITY.md").read_text(encoding="utf-8").split())
    assert "the Department's system owner, in private" in text
    for heading in ("What is supported", "What is in scope"):
        assert f"## {heading}" in text
