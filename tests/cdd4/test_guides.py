"""The guides as pages: each reader's own first, with every link and picture in place."""

import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import resolve
from PIL import Image

from cdd4.guides import GUIDES
from tests import factories as make
from tests.servers import ROOT

pytestmark = pytest.mark.django_db
PICTURE = re.compile(r"!\[[^]]*\]\(([^)]+)\)")
HEADINGS = {"officer": "คู่มือเจ้าหน้าที่จังหวัด", "judge": "คู่มือกรรมการ", "staff": "คู่มือส่วนกลาง"}


@pytest.mark.parametrize(("role", "heading"), HEADINGS.items())
def test_a_reader_is_given_the_guide_of_the_own_work(client, role, heading):
    client.force_login(make.make_user(role))
    page = client.get("/help/").content.decode()
    assert f"<h1>{heading}</h1>" in page
    assert '<a href="/help/">' in page


@pytest.mark.parametrize("name", GUIDES)
def test_links_and_pictures_lead_somewhere(client, name):
    client.force_login(make.make_user())
    page = client.get(f"/help/{name}/").content.decode()
    text = page[page.index("<article") : page.index("</article>")]
    pictures = re.findall(r'<img src="/static/([^"]+)" alt="[^"]+" width="\d+" height="\d+" loading="lazy"', text)
    assert pictures or name == "proof"  # which tells of no page's work
    assert len(pictures) == text.count("<img") == text.count("<details><summary>")
    assert [path for path in pictures if not finders.find(path)] == []
    assert "**" not in text, "what is bold for its readers is bold here"
    chapters = re.findall(r'<a href="#(chapter-\d+)">', page)
    assert len(chapters) == text.count("<h2") > 2
    assert [one for one in chapters if f'id="{one}"' not in text] == []
    assert all(resolve(link) for link in re.findall(r'href="(/[^"#]*)"', text))


def test_an_unknown_guide_is_not_found(client):
    client.force_login(make.make_user())
    assert client.get("/help/nobody/").status_code == 404


def test_pictures_in_the_documents_are_there_and_each_was_taken_by_the_tests():
    texts = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    wanted = {(text.parent / name).resolve() for text in texts for name in PICTURE.findall(text.read_text())}
    assert wanted == set((ROOT / "docs/pictures").iterdir())
    assert [path.name for path in wanted if "words" not in Image.open(path).text] == []
