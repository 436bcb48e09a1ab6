"""The portal, in which laying out a document keeps a processor busy for two seconds."""

import time

import cdd4.wsgi
from scoring.pages import booklet


def make_slowly(html: str) -> bytes:
    end = time.monotonic() + 2
    while time.monotonic() < end:
        pass
    return b"%PDF"


booklet.make_pdf = make_slowly
application = cdd4.wsgi.application
