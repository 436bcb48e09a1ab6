"""Where public pages are: permanent, each language under its own address."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

LANGUAGES = ("th", "en")
CHOSEN = "language"  # by which other pages are told the language: these keep no cookie


@dataclass(frozen=True)
class Addresses:
    """Of one publication, or of none; `root`: below which its pages lie, elsewhere while they are only tried."""

    language: str
    pk: int = 0
    root: str = ""

    @property
    def onward(self) -> str:
        """What is added to the address of a page that lies elsewhere."""
        return "" if self.language == LANGUAGES[0] else f"?{CHOSEN}={self.language}"

    @property
    def index(self) -> str:
        return reverse("public-results", kwargs={"language": self.language})

    @property
    def feed(self) -> str:
        return f"{self.index}feed.xml"

    @property
    def dictionary(self) -> str:
        return f"{self.index}data/"

    @property
    def practices(self) -> str:
        return f"{self.index}best-practices/"

    @property
    def practices_file(self) -> str:
        """The same as data, in both languages."""
        return reverse("public-practices-file")

    @property
    def announcement(self) -> str:
        return self.root or f"{self.index}{self.pk}/"

    @property
    def table(self) -> str:
        return f"{self.announcement}table/"

    @property
    def scheme(self) -> str:
        return f"{self.announcement}scheme/"

    @property
    def calendar(self) -> str:
        return f"{self.announcement}calendar/"

    @property
    def picture(self) -> str:
        return f"{self.announcement}picture.png"

    @property
    def bundle(self) -> str:
        return f"{Addresses(LANGUAGES[0], self.pk).announcement}bundle.zip"

    @property
    def files(self) -> dict[str, str]:
        """The open data by the kind of file: the same in every language."""
        below = Addresses(LANGUAGES[0], self.pk).announcement
        named = {kind: f"{below}results.{kind}" for kind in ("csv", "xlsx", "json")}
        return named | {"datapackage": f"{below}datapackage.json"}

    def practice(self, pk: int) -> str:
        """The file of a best practice."""
        return f"{self.announcement}best-practices/{pk}/"

    def office(self, code: str) -> str:
        return f"{self.announcement}offices/{code}/"

    def years(self, code: str) -> str:
        return f"{self.index}offices/{code}/"


def whole(address: str) -> str:
    """With the portal's name, as others quote it."""
    return f"{settings.PORTAL_URL}{address}"


def translated(path: str, language: str) -> str:
    """The same page in another language."""
    roots = {one: reverse("public-results", kwargs={"language": one}) for one in LANGUAGES}
    below = path.removeprefix(roots["en"] if path.startswith(roots["en"]) else roots["th"])
    return roots[language] + below
