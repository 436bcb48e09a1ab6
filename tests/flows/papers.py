"""Documents made where no worker is: the browser's event loop, in this thread, leaves no room for that of signing."""

from unittest.mock import patch

from awards.documents import files
from awards.models import Publication


def make_unsigned(publication: Publication, kind: str, office: str = "") -> None:
    with patch("awards.documents.pades.hand", return_value=None):
        files.make(publication, kind, office)
