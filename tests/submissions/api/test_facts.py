"""Facts by the API: seen, handed in, reviewed and judged by the rules of the pages."""

import io
import re
from datetime import datetime

import pytest
import yaml
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from submissions.models import Evidence, Sheet
from tests import factories as make
from tests.api import API, by

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_requests_yet")]


def hand_in(person, entry, **body):
    fields = {"requirement": "1.1.report", "upload": make.make_upload("pdf")} | body
    fields = {name: content for name, content in fields.items() if content is not None}
    return by(person).post(f"{API}/entries/{entry.pk}/evidence/", fields, format="multipart")


# What is seen


def test_everybody_sees_their_rounds_and_entries_and_no_others(entry, officer, judge, staff):
    elsewhere = make.make_entry(make.make_round(), "TH-82")
    seen = {officer: [entry], judge: [entry], staff: [elsewhere, entry]}
    for person, entries in seen.items():
        client = by(person)
        assert [e["id"] for e in client.get(f"{API}/entries/").data["results"]] == [e.pk for e in entries]
        assert [r["id"] for r in client.get(f"{API}/rounds/").data["results"]] == [e.round_id for e in entries]
        assert client.get(f"{API}/entries/{entry.pk}/").data["office"]["code"] == "TH-81"
        assert client.get(f"{API}/rounds/{entry.round_id}/").status_code == 200
        foreign = 200 if elsewhere in entries else 404
        assert client.get(f"{API}/entries/{elsewhere.pk}/").status_code == foreign
        assert client.get(f"{API}/rounds/{elsewhere.round_id}/").status_code == foreign


def test_entries_are_chosen_by_round_and_office(entry, staff):
    make.make_entry(entry.round, "TH-82")
    make.make_entry(make.make_round(), entry.office)
    chosen = by(staff).get(f"{API}/entries/", {"round": entry.round_id, "office": "TH-81"}).data
    assert (chosen["count"], chosen["results"][0]["id"]) == (1, entry.pk)


def test_the_scheme_says_all_that_a_client_must_know(entry, officer):
    scheme = by(officer).get(f"{API}/rounds/{entry.round_id}/scheme/").json()
    known = entry.round.scheme
    assert (scheme["code"], scheme["edition"]) == ("cdd40-2566", entry.round.edition.digest)
    assert (scheme["close"], scheme["max"]) == ("2023-07-31", "100.00")
    for name in ("criteria", "requirements", "values", "items", "settings", "forms"):
        assert [one["code"] for one in scheme[name]] == list(getattr(known, name))
    publicity = next(one for one in scheme["requirements"] if one["code"] == "4.2.publicity")
    assert publicity["channels"] == 2
    assert "facebook" in publicity["allowed_channels"]
    assert publicity["periods"][0] == {
        "code": "2023-03", "due": "2023-03-15",
        "title": {"th": publicity["periods"][0]["title"]["th"], "en": publicity["periods"][0]["title"]["en"]},
    }  # fmt: skip
    assert {one["code"]: one["day"] for one in scheme["settings"]} == make.DUE
    form = scheme["forms"][0]
    assert (form["requirement"], form["sections"][0]["fields"][0]["kind"]) == ("5.report", "line")
    assert {"kind": "requirement", "code": "1.1.report"} in scheme["criteria"][0]["inputs"]
    assert sum(float(one["max"]) for one in scheme["dimensions"]) == 100


# Evidence


def test_a_file_is_handed_in_read_and_withdrawn(entry, officer):
    sent = hand_in(officer, entry, note="ฉบับเต็ม")
    assert sent.status_code == 201
    assert (sent.data["status"], sent.data["name"], sent.data["period"]) == ("submitted", "รายงาน.pdf", None)
    assert (sent.data["criteria"], sent.data["revision"], sent["ETag"]) == (["1.1"], 1, '"1"')
    assert datetime.fromisoformat(sent.json()["submitted_at"]).utcoffset().total_seconds() == 7 * 3600
    client = by(officer)
    file = client.get(sent.data["file"], headers={"accept": "application/pdf"})
    assert b"".join(file.streaming_content) == make.file_bytes("pdf")
    assert file["Content-Disposition"].startswith("attachment")
    taken_back = client.post(f"{API}/evidence/{sent.data['id']}/withdraw/", {"revision": 1})
    assert (taken_back.status_code, taken_back.data["status"], taken_back.data["revision"]) == (200, "withdrawn", 2)


def test_a_link_with_its_channels_is_handed_in_as_json(entry, officer):
    body = {"requirement": "4.2.publicity", "period": "2023-07", "url": "https://www.example.org/ข่าว"}
    body["channels"] = ["facebook", "website"]
    sent = by(officer).post(f"{API}/entries/{entry.pk}/evidence/", body)
    assert sent.status_code == 201
    assert (sent.data["channels"], sent.data["file"]) == (["facebook", "website"], None)
    assert by(officer).get(f"{API}/evidence/{sent.data['id']}/file/").status_code == 404


def test_the_same_file_again_is_the_first(entry, officer):
    assert hand_in(officer, entry).data["id"] == hand_in(officer, entry).data["id"]
    assert entry.evidence.count() == 1


def test_all_reasons_come_at_once_by_field_in_the_reader_s_language(entry, officer):
    body = {"requirement": "4.2.publicity", "period": "2023-13", "url": "javascript:alert(1)", "channels": ["pigeon"]}
    refused = by(officer).post(f"{API}/entries/{entry.pk}/evidence/", body)
    assert refused.status_code == 400
    assert set(refused.data["errors"]) == {"period", "url", "channels"}
    wrong = hand_in(officer, entry, upload=make.make_upload("pdf", content=b"MZ program"))
    assert (wrong.status_code, list(wrong.data["errors"])) == (400, ["upload"])
    assert not entry.evidence.exists()


def test_evidence_is_listed_by_where_it_belongs_and_how_it_stands(entry, officer, judge):
    make.make_evidence(entry, "1.1.report", status="submitted")
    make.make_evidence(entry, "1.2.report", "r1", status="accepted")
    make.make_evidence(make.make_entry(), "1.1.report")
    for person in (officer, judge):
        listed = by(person).get(f"{API}/evidence/", {"entry": entry.pk, "status": "submitted"}).data["results"]
        assert [one["requirement"] for one in listed] == ["1.1.report"]
        assert by(person).get(f"{API}/evidence/", {"round": entry.round_id, "period": "r1"}).data["count"] == 1
        assert by(person).get(f"{API}/evidence/").data["count"] == 2


def test_what_was_returned_is_replaced(entry, officer):
    old = make.make_evidence(entry, status="returned")
    new = by(officer).post(
        f"{API}/evidence/{old.pk}/replace/", {"upload": make.make_upload("pdf"), "revision": 1}, format="multipart"
    )
    assert (new.status_code, new.data["replaces"], new.data["requirement"]) == (201, old.pk, "1.1.report")
    again = by(officer).post(f"{API}/evidence/{old.pk}/replace/", {"url": "https://example.org/2", "revision": 1})
    assert (again.status_code, str(again.data["detail"])) == (403, "It was replaced already.")


def test_review_is_for_the_committee_and_central_staff(entry, officer, judge, staff):
    evidence = make.make_evidence(entry)
    address = f"{API}/evidence/{evidence.pk}/review/"
    stranger = make.make_user("judge")
    assert by(officer).post(address, {"decision": "accept", "revision": 1}).status_code == 403
    assert by(stranger).post(address, {"decision": "accept", "revision": 1}).status_code == 404
    returned = by(judge).post(address, {"decision": "return", "reason": "ไม่มีลายเซ็น", "revision": 1})
    assert (returned.status_code, returned.data["return_reason"]) == (200, "ไม่มีลายเซ็น")
    accepted = by(staff).post(address, {"decision": "accept"}, headers={"if-match": '"2"'})
    assert (accepted.status_code, accepted.data["status"]) == (200, "accepted")
    nameless = by(judge).post(address, {"decision": "return", "revision": 3})
    assert (nameless.status_code, list(nameless.data["errors"])) == (400, ["reason"])


def test_a_checklist_is_told_with_the_requirement_and_ticked_with_the_decision(entry, judge):
    plan = make.make_evidence(entry, "3.1.plan")
    asked = by(judge).get(f"{API}/rounds/{entry.round_id}/scheme/").data["requirements"]
    texts = [text["th"] for one in asked if one["code"] == "3.1.plan" for text in one["checklist"]]
    address = f"{API}/evidence/{plan.pk}/review/"
    wrong = by(judge).post(address, {"decision": "accept", "revision": 1, "ticked": ["อื่น"]})
    assert (wrong.status_code, list(wrong.data["errors"])) == (400, ["ticked"])
    done = by(judge).post(address, {"decision": "accept", "revision": 1, "ticked": texts[:1]})
    assert [line["ticked"] for line in done.data["checklist"]] == [True, False, False]
    assert by(judge).post(address, {"decision": "accept", "revision": 2}).data["checklist"] == []


def test_whoever_comes_second_is_told_and_shown_what_is_there(entry, judge, staff):
    evidence = make.make_evidence(entry)
    address = f"{API}/evidence/{evidence.pk}/review/"
    assert by(judge).post(address, {"decision": "accept", "revision": 1}).status_code == 200
    late = by(staff).post(address, {"decision": "return", "reason": "x", "revision": 1})
    assert late.status_code == 409
    assert (late.data["current"]["status"], late.data["current"]["revision"]) == ("accepted", 2)
    assert Evidence.objects.get(pk=evidence.pk).status == "accepted"


@pytest.mark.parametrize("marks", [{}, {"if-match": "*"}, {"if-match": '"x"'}, {"if-match": "9" * 99}])
def test_without_a_revision_nothing_is_changed(entry, judge, marks):
    evidence = make.make_evidence(entry)
    refused = by(judge).post(f"{API}/evidence/{evidence.pk}/review/", {"decision": "accept"}, headers=marks)
    assert (refused.status_code, list(refused.data["errors"])) == (400, ["revision"])


def test_nobody_touches_what_another_office_handed_in(entry):
    other = make.make_user("officer", office=make.make_office("TH-82"))
    evidence = make.make_evidence(entry, kind="pdf")
    client = by(other)
    for verb in ("withdraw", "replace", "review"):
        assert client.post(f"{API}/evidence/{evidence.pk}/{verb}/", {"revision": 1}).status_code == 404
    for address in (f"evidence/{evidence.pk}", f"evidence/{evidence.pk}/file", f"entries/{entry.pk}/values"):
        assert client.get(f"{API}/{address}/").status_code == 404
    assert hand_in(other, entry).status_code == 404
    assert client.get(f"{API}/evidence/").data["count"] == 0


def test_a_closed_round_takes_nothing_more_and_says_so(entry, officer):
    entry.round.is_closed = True
    entry.round.save()
    refused = hand_in(officer, entry)
    assert refused.status_code == 403
    assert "closed" in refused.data["detail"]


# Sheets


def test_a_judge_drafts_and_submits_a_sheet(entry, judge):
    client, address = by(judge), f"{API}/entries/{entry.pk}/sheet/"
    empty = client.get(address)
    assert (empty.status_code, empty.data["revision"], empty.data["points"]) == (200, 0, {})
    draft = client.put(address, {"points": {"5.1.1": "2.5"}, "revision": 0})
    assert (draft.status_code, draft.data["status"], draft.data["points"]) == (200, "draft", {"5.1.1": "2.50"})
    early = client.post(f"{address}submit/", {"points": {"5.1.1": "2.5"}, "revision": 1})
    assert early.status_code == 400
    assert "5.1.2" in early.data["errors"]
    points = {code: str(item.max) for code, item in entry.round.scheme.items.items()}
    final = client.post(f"{address}submit/", {"points": points, "remark": "ดี"}, headers={"if-match": '"1"'})
    assert (final.status_code, final.data["status"]) == (200, "final")
    assert client.put(address, {"points": {}, "revision": 2}).status_code == 400


def test_a_sheet_is_its_judge_s_alone(entry, judge, officer, staff):
    make.make_sheet(entry, judge)
    address = f"{API}/entries/{entry.pk}/sheet/"
    assert by(officer).get(address).status_code == 403
    assert by(staff).get(address).status_code == 403
    assert by(make.make_user("judge")).get(address).status_code == 404
    second = make.make_user("judge")
    entry.round.judges.add(second)
    assert by(second).get(address).data["points"] == {}


def test_points_beyond_an_item_s_maximum_are_refused(entry, judge):
    refused = by(judge).put(f"{API}/entries/{entry.pk}/sheet/", {"points": {"5.1.1": "3.01"}, "revision": 0})
    assert (refused.status_code, list(refused.data["errors"])) == (400, ["5.1.1"])
    assert not Sheet.objects.exists()


# The whole


def test_no_list_asks_more_the_longer_it_is(entry, staff):
    def count(address):
        with CaptureQueriesContext(connection) as queries:
            assert by(staff).get(f"{API}/{address}/").status_code == 200
        return len(queries)

    addresses = ["rounds", "entries", "evidence", f"entries/{entry.pk}/values"]
    make.make_evidence(entry)
    make.make_value(entry, "2.1.1.collected", "1")
    few = [count(address) for address in addresses]
    for number in range(3):
        other = make.make_entry(make.make_round(), f"TH-9{number}")
        make.make_evidence(other)
        make.make_evidence(entry, "3.5.report", f"2023-0{number + 2}")
        make.make_value(entry, "3.4.news", "1", f"2023-0{number + 2}")
    assert [count(address) for address in addresses] == few
    assert max(few) <= 8


def test_long_lists_come_in_pages(entry, staff):
    for number in range(101):
        make.make_evidence(entry, url=f"https://example.org/{number}")
    first = by(staff).get(f"{API}/evidence/").data
    assert (first["count"], len(first["results"])) == (101, 100)
    assert len(by(staff).get(first["next"]).data["results"]) == 1


def test_the_description_of_the_api_is_valid_and_complete():
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    described = yaml.safe_load(out.getvalue())
    assert described["openapi"].startswith("3.1")
    assert f"{API}/entries/{{id}}/scorecard/" in described["paths"]
    upload = described["paths"][f"{API}/entries/{{id}}/evidence/"]["post"]["requestBody"]["content"]
    assert set(upload) == {"multipart/form-data", "application/json"}


@pytest.mark.parametrize(("language", "said"), [("th", "ไม่พบข้อมูล"), ("en", "Not found.")])
def test_what_is_not_there_is_said_in_the_readers_language_and_names_no_table(officer, language, said):
    answer = by(officer, language).get(f"{API}/entries/999999/")
    assert (answer.status_code, answer.json()["detail"]) == (404, said)


def test_the_page_that_describes_the_api_needs_nothing_from_elsewhere(client, staff):
    client.force_login(staff)
    page = client.get("/api/docs/")
    html = page.content.decode()
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []  # none that the policy would stop
    loaded = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(loaded) >= 4
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert "unsafe-eval" not in page["Content-Security-Policy"]


@pytest.mark.parametrize("language", ["th", "en"])
def test_what_the_framework_says_is_said_in_the_reader_s_language(entry, officer, language):
    answer = by(officer, language).post(f"{API}/entries/{entry.pk}/evidence/", {})
    (said,) = answer.json()["errors"]["requirement"]
    assert any("ก" <= letter <= "๙" for letter in said) == (language == "th")
