"""A link instead of a file: to a site of the world, or it is refused."""

import pytest

from submissions.files import recognise


@pytest.mark.parametrize(
    "link", ["https://www.cdd.go.th/ข่าว", "http://example.org", "https://www.facebook.com/watch?v=1&t=2#x"]
)
def test_a_link_to_a_site_is_taken_as_it_is(link):
    assert recognise.inspect_link(f"  {link} ") == link


@pytest.mark.parametrize("link", ["www.facebook.com/watch?v=1", "WWW.cdd.go.th", "krabi.cdd.go.th", "youtu.be/x-1"])
def test_an_address_without_its_beginning_is_given_it(link):
    assert recognise.inspect_link(f" {link}") == f"https://{link}"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org",
        "//example.org",
        "example.org",
        "report.pdf",
        "mailto:a@example.org/",
        "www.",
        "www.exa mple.org",
        "https://",
        "https://localhost/x",
        "https://./x",
        "http://[bad",
        "https://example.org/a\nb",
        "https://example.org/\0",
        "https://exa mple.org/",
        "https://user:secret@example.org/",
        "https://example.org/" + "x" * 1000,
    ],
)
def test_a_link_that_leads_nowhere_is_refused(link):
    with pytest.raises(recognise.Unfit):
        recognise.inspect_link(link)
