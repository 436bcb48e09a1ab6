"""docs/api.md is true: its lines are sent as they stand, and its tables say what the code says."""

import re
import shlex
import subprocess
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import resolve

from submissions.api.problems import KINDS
from submissions.api.tokens import TOKEN_LIFE, make_token
from submissions.models import Scope
from tests import factories as make
from tests.servers import ROOT

TEXT = (ROOT / "docs/api.md").read_text(encoding="utf-8")
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_requests_yet", "folder")]


def commands() -> list[str]:
    """Every curl of the blocks, with its lines joined and remarks left out."""
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", TEXT, re.S)).replace("\\\n", " ")
    return [line for line in blocks.splitlines() if line.startswith("curl")]


def parsed(command: str) -> SimpleNamespace:
    command = re.sub(r"\$\(printf (\S+) \| base64\)", lambda found: encoded(found[1]), command)
    words = shlex.split(command, comments=True)[1:]
    found = SimpleNamespace(method="GET", headers={}, data=None, fields=[], url="")
    while words:
        word = words.pop(0)
        if word == "-X":
            found.method = words.pop(0)
        elif word == "-H":
            name, _, said = words.pop(0).partition(": ")
            found.headers[name] = said
        elif word in ("-d", "--data-binary"):
            found.data = words.pop(0)
        elif word == "-F":
            found.fields.append(words.pop(0).partition("=")[::2])
        elif word != "-i":
            found.url = word
    return found


def encoded(text: str) -> str:
    return subprocess.run(["base64"], input=text, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def world(entry):
    return SimpleNamespace(entry=entry, officer=make.make_user("officer", "krabi", office=entry.office))


def test_its_lines_are_answered_as_it_says(world):
    _, token = make_token(world.officer, life=TOKEN_LIFE, scopes=list(Scope.values))
    answered, upload = [], ""
    pdf = make.file_bytes("pdf")
    for command in commands():
        asked = parsed(command.replace("printf 12 ", f"printf {world.entry.pk} "))
        split = urlsplit(asked.url.removeprefix("…"))
        path = re.sub(r"entries/12/", f"entries/{world.entry.pk}/", split.path).replace(
            "/uploads/8c1e…/", upload or "?"
        )
        path = path.replace("/rounds/3/", f"/rounds/{world.entry.round_id}/")
        query = split.query.replace("round=3", f"round={world.entry.round_id}")
        headers = {"Authorization": f"Token {token}"} | asked.headers
        headers = {name: said.replace("4f1c…", token) for name, said in headers.items()}
        if path.endswith("/login/"):
            del headers["Authorization"]
            asked.data = asked.data.replace('"..."', f'"{make.PASSWORD}"')
        if "Upload-Length" in headers:
            headers["Upload-Length"] = str(len(pdf))
        kind = headers.pop("Content-Type", "application/json")
        body = (
            pdf
            if asked.data and asked.data.startswith("@")
            else (asked.data or "").replace("https://…", "https://e.org")
        )
        send = {"data": body, "content_type": kind}
        if asked.fields:
            fields = {name: make.make_upload("pdf") if said.startswith("@") else said for name, said in asked.fields}
            send = {"data": fields}
        address = path + (f"?{query}" if query else "")
        client = Client(headers=headers)
        answer = getattr(client, asked.method.lower())(address, **(send if asked.method != "GET" else {}))
        upload = answer.get("Location", upload)
        answered.append((asked.method, resolve(path).url_name, answer.status_code))
    assert answered == [
        ("POST", "api-login", 200),
        ("GET", "api-me", 200),
        ("GET", "api-evidence-list", 200),
        ("GET", "api-evidence-list", 200),
        ("POST", "api-evidence-attach", 201),
        ("POST", "api-evidence-attach", 201),
        ("POST", "api-nominee", 403),  # this contest has none
        ("PUT", "api-values", 200),
        ("POST", "api-values-review", 403),  # an officer does not
        ("GET", "api-scorecard", 200),
        ("POST", "uploads", 201),
        ("PATCH", "upload", 204),
        ("GET", "upload", 200),
    ]


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under this head."""
    found = re.search(rf"\| {re.escape(heading)} \|.*?\n\|[-| ]+\n((?:\|.*\n)+)", TEXT)
    return [[cell.strip() for cell in line.strip("|\n ").split("|")] for line in found[1].splitlines()]


def words(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def test_its_tables_say_what_the_code_says():
    assert [words(row[0])[0] for row in rows("scope")] == list(Scope.values)
    types = {name for row in rows("status") for name in words(row[1])}
    assert types == set(KINDS)
    for row in rows("status"):
        statuses = [int(text) for text in re.findall(r"\d{3}", row[0])]
        assert sorted({KINDS[name].status for name in words(row[1])}) == sorted(set(statuses)), row
    for row in rows("list"):
        path = "/api/v1/" + words(row[0])[0].replace("{id}", "1")
        view = resolve(path).func
        view = getattr(view, "cls", None) or view.view_class
        if getattr(view, "orders", None):
            since = ["updated_since"] if getattr(view, "changed", None) else []
            assert words(row[1]) == [*view.filters, *since], path
            assert words(row[2]) == list(view.orders), path
