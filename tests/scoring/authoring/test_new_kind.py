"""A kind of rule that only the description of the language knows: it has its form, and names, without a line more."""

import json

import pytest

from scoring.authoring import shapes
from submissions import intake
from tests import factories as make
from tests.scoring import small

from .test_forming import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def streak(tmp_path, monkeypatch):
    """Points for so many weeks without a gap."""
    said = json.loads(shapes.DESCRIPTION.read_text(encoding="utf-8"))
    defined = said["$defs"]
    own = json.loads(json.dumps(defined["criterion-judged"]))
    del own["properties"]["items"]
    own["properties"] |= {"weeks": {"$ref": "#/$defs/whole"}, "gap": {"enum": ["none", "one"]}}
    own["required"] = ["weeks"]
    defined["rule"]["enum"].append("streak")
    defined["criterion-streak"] = own
    case = {"properties": {"rule": {"const": "streak"}}, "required": ["rule"]}
    defined["criterion"]["allOf"].append({"if": case, "then": {"$ref": "#/$defs/criterion-streak"}})
    said["x-labels"]["answers"]["streak"] = {"th": "ต่อเนื่อง", "en": "Weeks without a gap"}
    said["x-labels"]["words"]["weeks"] = {"th": "จำนวนสัปดาห์", "en": "How many weeks"}
    file = tmp_path / "scheme.schema.json"
    file.write_text(json.dumps(said), encoding="utf-8")
    monkeypatch.setattr(shapes, "DESCRIPTION", file)
    kept = (shapes._description, shapes._defined, shapes.scheme_shape)
    for one in kept:
        one.cache_clear()
    yield
    for one in kept:
        one.cache_clear()


@pytest.mark.usefixtures("streak")
def test_it_is_chosen_filled_in_and_written(client):
    staff = make.make_user("staff")
    client.force_login(staff)
    client.cookies["django_language"] = "en"
    draft = intake.begin_scheme(small.TEXT, "small", origin="file", by=staff)
    page = Page(client, draft, "dimensions/papers/criteria/+")
    assert ">Weeks without a gap<" in page.html
    page.put("rule", "streak").do("use:rule").type(code="weekly", title__th="ทุกสัปดาห์", title__en="Each week", max="5")
    assert "How many weeks" in page.html
    page.put("weeks", "๑๒").put("gap", "one").save()
    assert "rule: streak" in draft.text
    assert "weeks: 12" in draft.text
    assert "gap: one" in draft.text
