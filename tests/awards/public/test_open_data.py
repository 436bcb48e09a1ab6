"""Open data: the same table in each form, told column by column, and findable by programs."""

import csv
import hashlib
import io
import json
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest

from awards.public.open_data import LICENCES

pytestmark = pytest.mark.django_db
FIRST = (
    "line rank award office office_kind office_name_th office_name_en province inspection_region size"
    " subdistrict points"
).split()
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def files(announced, anybody):
    def get(name: str) -> bytes:
        answer = anybody.get(f"/results/{announced.pk}/{name}")
        assert answer.status_code == 200
        return answer.content

    return get


def test_the_table_is_the_same_as_csv_xlsx_and_json(files, announced):
    content = files("results.csv")
    assert content.startswith("\ufeff".encode())  # by which Excel knows Thai
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    told = json.loads(files("results.json"), parse_float=Decimal, parse_int=Decimal)
    sheet = list(openpyxl.load_workbook(io.BytesIO(files("results.xlsx"))).active.values)
    names = list(rows[0])
    assert names[:12] == FIRST
    assert names == list(sheet[0])
    assert set(names) == set(told["results"][0])
    assert len(rows) == len(sheet) - 1 == len(told["results"]) == 16
    assert (rows[0]["office"], rows[0]["points"], rows[0]["rank"]) == ("TH-A01", "10.00", "1")
    for row, cells, spoken in zip(rows, sheet[1:], told["results"], strict=True):
        assert Decimal(row["points"]) == Decimal(str(cells[names.index("points")])) == spoken["points"]
    first = announced.results.first()
    assert Decimal(rows[0]["dimension_5"]) == Decimal(first.dimensions["5"]["earned"])
    code = announced.frame["criteria"][-1]["code"]
    assert Decimal(rows[0][f"criterion_{code}"]) == Decimal(first.criteria[code]["earned"])


def test_the_package_describes_the_file_that_it_names(files, announced, settings):
    package = json.loads(files("datapackage.json"))
    (resource,) = package["resources"]
    content = files(resource["path"])
    assert resource["bytes"] == len(content)
    assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    (header, *rows) = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    fields = resource["schema"]["fields"]
    assert [field["name"] for field in fields] == header
    for row in rows:
        for field, cell in zip(fields, row, strict=True):
            if cell and field["type"] in ("integer", "number"):
                assert {"integer": int, "number": Decimal}[field["type"]](cell) is not None
    assert resource["schema"]["primaryKey"] == ["line"]
    assert package["licenses"][0]["name"] == settings.DATA_LICENCE
    assert set(LICENCES) == {"CC-BY-4.0", "CC0-1.0", "ODC-BY-1.0"}


def test_the_dictionary_tells_every_column(files, announced, read):
    told = read("/results/data/") + read("/results/en/data/")
    for field in json.loads(files("datapackage.json"))["resources"][0]["schema"]["fields"]:
        kind = field["name"].partition("_")[0] + "_…"
        assert field["name"] in told or kind in told, field["name"]


def test_a_feed_and_a_map_of_the_site_lead_to_it(announced, read, anybody):
    feed = ElementTree.fromstring(read("/results/feed.xml"))
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}link").get("href") == f"http://localhost/results/{announced.pk}/"
    listed = read("/sitemap.xml")
    assert ElementTree.fromstring(listed) is not None
    for page in ("results/", f"results/en/{announced.pk}/table/", f"results/{announced.pk}/offices/TH-A16/"):
        assert f"<loc>http://localhost/{page}</loc>" in listed
    robots = read("/robots.txt").splitlines()
    assert robots[:2] == ["User-agent: *", "Allow: /results/"]
    assert "Disallow: /" in robots
    assert "Sitemap: http://localhost/sitemap.xml" in robots
