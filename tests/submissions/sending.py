"""Requests of the tus protocol, as a browser sends them."""

from base64 import b64encode
from pathlib import Path

from submissions.files.gate import BODY
from tests import factories as make

PDF = make.file_bytes("pdf")
SIZE = len(PDF)


def begin(client, entry, size=SIZE, **told):
    told = {"entry": str(entry.pk), "requirement": "1.1.report", "filename": "รายงาน.pdf"} | told
    pairs = ",".join(f"{name} {b64encode(text.encode()).decode()}".strip() for name, text in told.items())
    return ask(client, "/uploads/", **{"Upload-Length": str(size), "Upload-Metadata": pairs})


def ask(client, address, **headers):
    """A POST without a body."""
    return client.post(address, b"", content_type=BODY, headers=headers)


def begun(client, entry, **told) -> str:
    response = begin(client, entry, **told)
    assert response.status_code == 201, response.content
    return response["Location"]


def send(client, address, data, at=0, **headers):
    headers = {"Upload-Offset": str(at), **headers}
    return client.patch(address, data, CONTENT_TYPE=headers.pop("type", BODY), headers=headers)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
