"""Nothing that the portal stands on is past its end, and everything that it stands on is in the table of ends."""

import re
import tomllib
import warnings
from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
import yaml

from tests.servers import ROOT

TABLE = ROOT / "deploy/support.toml"
WARNED = timedelta(days=90)  # a new PostgreSQL, say, is not brought in within a week


class Ending(UserWarning):
    pass


def parts() -> list[dict]:
    return tomllib.loads(TABLE.read_text())["part"]


def images() -> set[tuple[str, str]]:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"].values()
    named = (service["image"].split(":", 1) for service in services)
    return {(name, version) for name, version in named if name != "cdd4-portal"}


def base() -> str:
    return re.search(r"^ARG PYTHON=(\S+)", (ROOT / "Dockerfile").read_text(), flags=re.M).group(1)


def stood_on() -> set[tuple[str, str]]:
    python, debian = re.fullmatch(r"python:([\d.]+)-slim-(\w+)", base()).groups()
    django = re.search(r"^django==(\d+\.\d+)", (ROOT / "requirements-3.13.txt").read_text(), flags=re.M).group(1)
    return {*images(), ("python", python), ("debian", debian), ("django", django)}


def ended(table: list[dict], today: date) -> list[str]:
    """What is past its end, each with what to do; of what ends soon a warning is given."""
    found = []
    for part in table:
        told = f"{part['name']} {part['version']} is mended until {part['until']} ({part['source']})"
        if part["until"] < today:
            found.append(f"{told}: take a newer one, try it, and put its date into deploy/support.toml")
        elif part["until"] < today + WARNED:
            warnings.warn(f"{told}: plan its successor", Ending, stacklevel=1)
    return found


def test_the_table_has_a_row_for_each_part_and_none_besides():
    assert {(part["name"], part["version"]) for part in parts()} == stood_on()


def test_each_row_says_where_its_date_is_from():
    for part in parts():
        assert type(part["until"]) is date, part
        assert urlsplit(part["source"]).scheme == "https", part


def test_nothing_is_past_its_end():
    assert ended(parts(), date.today()) == []  # noqa: DTZ011


def test_what_is_past_its_end_is_named_with_what_to_do_and_what_ends_soon_is_warned_of():
    old = {"name": "nginx", "version": "1.26", "until": date(2025, 4, 23), "source": "https://nginx.org"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ended([old], date(2024, 1, 1)) == []
    with pytest.warns(Ending, match="plan its successor"):
        assert ended([old], date(2025, 4, 23)) == []
    (told,) = ended([old], date(2025, 4, 24))
    assert told.startswith("nginx 1.26 is mended until 2025-04-23")
    assert "deploy/support.toml" in told
