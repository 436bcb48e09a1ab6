"""A publication as one file with all that is needed to check it without the portal."""

import io
import zipfile

from . import canonical
from .models import Publication

README = """\
Publication {number}: {title}

  publication.json   everything that was announced (its SHA-256 is the publication's digest)
  facts.jsonl        the facts of every entry, one a line, as they were scored
  {scheme}.yaml   the scheme's text as adopted (its SHA-256 is the edition's digest)
  SHA256SUMS         the digests of the three

To check that nothing was altered:     sha256sum -c SHA256SUMS
To score the facts once more:          manage.py score facts.jsonl
Every line's total is the total that publication.json announces for the same office.
"""


def write(publication: Publication) -> bytes:
    """The bundle as a ZIP file; the same publication gives the same bytes."""
    scheme = publication.edition.scheme_code
    texts = {
        "publication.json": canonical.write(publication.content()),
        "facts.jsonl": publication.facts(),
        f"{scheme}.yaml": publication.edition.text,
    }
    sums = "".join(f"{canonical.digest_of(text)}  {name}\n" for name, text in texts.items())
    readme = README.format(number=publication.number, title=publication.frame["round"]["name_th"], scheme=scheme)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, text in {"README.txt": readme, "SHA256SUMS": sums, **texts}.items():
            entry = zipfile.ZipInfo(name, date_time=publication.published_at.timetuple()[:6])
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            folder.writestr(entry, text)
    return file.getvalue()
