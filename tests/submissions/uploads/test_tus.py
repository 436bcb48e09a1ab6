"""Uploads by the tus protocol: every status, and whose they are."""

import hashlib
import json
from base64 import b64encode
from pathlib import Path

import pytest
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from django.urls import reverse

from submissions.api.tokens import TOKEN_LIFE, make_token
from submissions.files.gate import BODY
from submissions.files.reception import PIECE
from submissions.models import Evidence, Upload
from tests import factories as make
from tests.submissions.sending import PDF, ask, begin, begun, files, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]


def test_what_the_server_can_do_is_told(sender):
    told = sender.options("/uploads/")
    assert told.status_code == 204
    assert told["Tus-Version"] == told["Tus-Resumable"] == "1.0.0"
    assert told["Tus-Extension"] == "creation,expiration,termination"
    assert told["Tus-Max-Size"] == str(2**30)


def test_a_file_comes_in_pieces_and_is_evidence_at_the_end(sender, entry, officer, folder):
    address = begun(sender, entry, note="ฉบับลงนาม", modified="1700000000000")
    assert (sender.head(address)["Upload-Offset"], sender.head(address)["Upload-Length"]) == ("0", str(len(PDF)))
    first = send(sender, address, PDF[:100])
    assert (first.status_code, first["Upload-Offset"], first["Cache-Control"]) == (204, "100", "no-store")
    assert "GMT" in first["Upload-Expires"]
    assert not entry.evidence.exists()
    assert json.loads(sender.get(address).content) == {"state": "unfinished", "reasons": []}
    last = send(sender, address, PDF[100:], 100)
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(PDF)))

    evidence = entry.evidence.get()
    assert (evidence.original_name, evidence.note, evidence.submitted_by) == ("รายงาน.pdf", "ฉบับลงนาม", officer)
    assert evidence.sha256 == hashlib.sha256(PDF).hexdigest()
    assert evidence.file.open("rb").read() == PDF
    assert files(folder) == [Path(evidence.file.path)]
    assert Path(evidence.file.path).stat().st_mode & 0o777 == 0o640
    told = json.loads(sender.get(address).content)
    assert (told["state"], told["evidence"], told["is_repeated"], told["elsewhere"]) == ("done", evidence.pk, False, [])
    assert told["receipt"] == {"number": f"2566/{evidence.pk:06}", "url": f"/evidence/{evidence.pk}/receipt/"}


def test_a_lost_answer_is_made_good_by_asking_again(sender, entry):
    address = begun(sender, entry)
    send(sender, address, PDF)
    for _again in range(2):
        asked = sender.head(address)
        assert (asked.status_code, asked["Upload-Offset"]) == (200, str(len(PDF)))
    assert send(sender, address, b"", len(PDF)).status_code == 204
    assert entry.evidence.count() == entry.events.count() == 1


def test_the_same_file_for_the_same_slot_is_one_row_and_for_another_is_said(sender, entry, folder):
    send(sender, begun(sender, entry), PDF)
    again = begun(sender, entry)
    assert send(sender, again, PDF).status_code == 204
    assert json.loads(sender.get(again).content)["is_repeated"]
    assert (entry.evidence.count(), len(files(folder))) == (1, 1)
    other = begun(sender, entry, requirement="3.1.plan")
    send(sender, other, PDF)
    (said,) = json.loads(sender.get(other).content)["elsewhere"]
    assert "handed in for" in said
    assert entry.evidence.count() == 2


def test_it_replaces_what_was_returned(sender, entry):
    returned = make.make_evidence(entry, status="returned")
    address = begun(sender, entry, replaces=str(returned.pk), revision="1")
    send(sender, address, PDF)
    assert entry.evidence.get(replaces=returned).size == len(PDF)


def test_who_was_overtaken_is_told_and_may_go_on_without_sending_again(sender, entry):
    replaced = make.make_evidence(entry)
    address = begun(sender, entry, replaces=str(replaced.pk), revision="1")
    Evidence.objects.filter(pk=replaced.pk).update(revision=2)
    refused = send(sender, address, PDF)
    assert refused.status_code == 422
    assert json.loads(refused.content)["state"] == "waiting"
    assert "Somebody else" in json.loads(refused.content)["reasons"][0]
    assert sender.head(address).status_code == 200
    assert json.loads(sender.get(address).content)["state"] == "done"


# What is refused


def test_a_file_that_is_none_of_ours_is_refused_by_its_first_bytes(sender, entry, folder):
    address = begun(sender, entry, size=40 * 2**20)
    refused = send(sender, address, b"MZ" * PIECE)
    assert refused.status_code == 422
    assert "Allowed: PDF" in json.loads(refused.content)["reasons"][0]
    assert files(folder) == []
    assert sender.head(address)["Upload-Offset"] == str(40 * 2**20), "nothing more is wanted"
    assert json.loads(sender.get(address).content)["state"] == "refused"
    assert not entry.evidence.exists()


def test_a_damaged_file_is_refused_at_its_end(sender, entry, folder):
    address = begun(sender, entry, size=5000)
    assert send(sender, address, b"%PDF-1.7" + b"x" * 4992).status_code == 422
    assert files(folder) == []
    assert send(sender, address, b"", 5000).status_code == 422, "sent again, it is told again"


@pytest.mark.parametrize(
    ("told", "status", "word"),
    [
        ({"size": 0}, 422, "empty"),
        ({"size": 51 * 2**20}, 422, "50\xa0MB at most"),
        ({"size": 2**30 + 1, "filename": "a.mp4"}, 413, "larger than"),
        ({"size": "x"}, 400, "Upload-Length"),
        ({"requirement": "9.9"}, 422, "9.9"),
        ({"requirement": "4.2.publicity", "period": "2023-07"}, 422, "channels"),
        ({"period": "2023-01"}, 422, "no periods"),
        ({"note": "x" * 2001}, 422, "2,000"),
    ],
)
def test_what_is_known_to_be_wrong_is_refused_before_a_byte_comes(sender, entry, told, status, word):
    refused = begin(sender, entry, **told)
    assert refused.status_code == status
    assert word in json.loads(refused.content)["reasons"][0]
    assert not Upload.objects.exists()


def test_a_video_may_be_larger_than_other_files(sender, entry):
    assert begin(sender, entry, size=51 * 2**20, filename="วีดิทัศน์.MP4").status_code == 201


@pytest.mark.parametrize(
    "header", ["filename %%%", *(f"note {b64encode(text).decode()}" for text in (b"\xff", b"a\0"))]
)
def test_metadata_that_can_t_be_read_are_refused(sender, header):
    refused = ask(sender, "/uploads/", **{"Upload-Length": "5", "Upload-Metadata": header})
    assert refused.status_code == 400


def test_what_is_replaced_must_have_been_seen(sender, entry):
    returned = make.make_evidence(entry, status="returned")
    assert begin(sender, entry, replaces=str(returned.pk)).status_code == 400
    assert begin(sender, entry, replaces="x", revision="1").status_code == 404
    assert not Upload.objects.exists()


def test_a_proxy_that_lets_no_patch_through_is_gone_round_by_post_alone(sender, entry):
    address, gone = begun(sender, entry), begun(sender, entry)
    asked = {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert sender.post(address, PDF, content_type=BODY, headers=asked).status_code == 204
    assert entry.evidence.count() == 1
    assert sender.get(gone, headers={"X-HTTP-Method-Override": "DELETE"}).status_code == 200, "it needs no token"
    assert ask(sender, gone, **{"X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert sender.get(gone).status_code == 404


def test_requests_that_break_the_protocol_are_told_so(sender, entry):
    address = begun(sender, entry)
    assert ask(sender, "/uploads/", **{"Tus-Resumable": "0.2.0"}).status_code == 412
    assert ask(sender, "/uploads/").status_code == 400
    assert send(sender, address, PDF, type="text/plain").status_code == 415
    assert send(sender, address, PDF, at="x").status_code == 400
    moved = send(sender, address, PDF, at=7)
    assert (moved.status_code, moved["Upload-Offset"]) == (409, "0")
    assert send(sender, address, PDF + b"x").status_code == 413
    assert sender.get("/uploads/").status_code == 405
    assert sender.put(address).status_code == 405
    assert not entry.evidence.exists()


# Whose it is


def test_a_stranger_learns_nothing(sender, entry):
    address = begun(sender, entry)
    stranger = Client(headers={"Tus-Resumable": "1.0.0"})
    assert stranger.head(address).status_code == 401
    colleague = make.make_user("officer", office=entry.office)
    neighbour = make.make_user("officer", office=make.make_office("TH-82"))
    for person in (colleague, neighbour, make.make_user("staff")):
        stranger.force_login(person)
        asked = [stranger.head(address), stranger.get(address), stranger.delete(address), send(stranger, address, PDF)]
        assert {answer.status_code for answer in asked} == {404}
        assert all(list(answer.json()) == ["reasons"] for answer in asked[1:])
    stranger.force_login(neighbour)
    assert begin(stranger, entry).status_code == 404
    assert begin(stranger, entry)["Content-Type"] == "application/json"
    assert Upload.objects.count() == 1


def test_another_site_can_t_write_in_a_sender_s_name(officer, entry):
    foreign = Client(enforce_csrf_checks=True, headers={"Tus-Resumable": "1.0.0"})
    foreign.force_login(officer)
    assert begin(foreign, entry).status_code == 403
    own = reverse("criterion", args=[entry.pk, "1.1"])
    token = foreign.get(own).context["csrf_token"]
    foreign.defaults["HTTP_X_CSRFTOKEN"] = str(token)
    assert send(foreign, begun(foreign, entry), PDF).status_code == 204


# By a program


@pytest.fixture
def program(officer):
    """A program of the officer's, with a token that hands in; what it sends passes the same doors as a browser's."""
    _, text = make_token(officer, life=TOKEN_LIFE, scopes=["hand_in"])
    headers = {"Tus-Resumable": "1.0.0", "Authorization": f"Token {text}", "Accept-Language": "en"}
    return Client(enforce_csrf_checks=True, headers=headers)


def test_a_program_sends_a_file_in_pieces_with_its_token(program, entry, officer):
    address = begun(program, entry)
    assert send(program, address, PDF[:100]).status_code == 204
    assert program.head(address)["Upload-Offset"] == "100"
    assert send(program, address, PDF[100:], 100).status_code == 204
    told = program.get(address).json()
    assert (told["state"], told["evidence"]) == ("done", entry.evidence.get().pk)
    assert entry.evidence.get().submitted_by == officer


def test_a_large_piece_is_taken_from_a_program_as_from_a_browser(program, entry):
    address = begun(program, entry, size=3 * 2**20)
    assert send(program, address, PDF + b"\0" * (2**20 + 1)).status_code == 204


def test_a_token_that_is_for_something_else_hands_nothing_in(entry, officer):
    _, text = make_token(officer, life=TOKEN_LIFE, scopes=["read", "review", "export"])
    headers = {"Tus-Resumable": "1.0.0", "Authorization": f"Token {text}", "Accept-Language": "en"}
    refused = begin(Client(headers=headers), entry)
    assert refused.status_code == 403
    assert refused.json()["reasons"][0].startswith("This token is not for that.")
    assert not Upload.objects.exists()


@pytest.mark.parametrize("header", ["Token x", "Token", "Basic eDp5", "Token \xff"])
def test_a_token_that_is_none_is_told_so_whoever_is_logged_in(sender, entry, header):
    headers = {"Authorization": header, "Upload-Length": "10"}
    refused = sender.post("/uploads/", content_type=BODY, headers=headers)
    assert refused.status_code == 401
    assert refused.json()["reasons"]


def test_another_site_sends_nothing_in_the_name_of_whoever_is_logged_in(officer, entry):
    browser = Client(enforce_csrf_checks=True, headers={"Tus-Resumable": "1.0.0"})
    browser.force_login(officer)
    assert begin(browser, entry).status_code == 403
    assert not Upload.objects.exists()
    csrf = browser.cookies["csrftoken"] = _get_new_csrf_string()
    browser.defaults["HTTP_X_CSRFTOKEN"] = csrf
    assert begin(browser, entry).status_code == 201
