"""Public pages: what they say, in both languages, to whom, how often they ask, and what browsers may keep of them."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from awards.public.addresses import translated
from awards.publishing.publish import publish
from submissions import thai
from submissions.models import Round
from tests import factories as make
from tests.awards.conftest import falling, give_points, make_contest
from tests.markup import flat

from .conftest import forget, make_public

pytestmark = pytest.mark.django_db
PAGES = ("", "table/", "offices/TH-A02/", "scheme/", "calendar/")


def queries_of(client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, address
    return len(asked)


def test_announcements_stand_by_their_years_and_lead_to_the_awards(announced, read):
    shown = flat(read("/results/"))
    assert f'href="/results/{announced.pk}/"' in shown
    assert "รอบทดสอบ" in shown
    page = flat(read(f"/results/{announced.pk}/"))
    assert page.index("รางวัลชนะเลิศ") < page.index("จังหวัดจังหวัด TH-A01") < page.index("จังหวัดจังหวัด TH-A02")
    assert "TH-A16" not in page  # without an award
    assert "เผยแพร่" not in page or "ข้อมูลเปิด" in page


def test_what_was_practised_is_dated_by_its_rounds_clock_as_on_paper(staff, read, settings):
    settings.PRACTICE_IS_PUBLIC = True
    round = make_contest(*falling(3), is_public=True)
    assert round.is_practice
    publication = publish(round, by=staff)
    day = thai.format_date(publication.as_of)
    assert day.endswith("2566")
    index = flat(read("/results/"))
    assert re.search(r"<h2[^>]*> *2566 *</h2>", index)
    for page in (index, flat(read(f"/results/{publication.pk}/"))):
        assert day in page


def test_each_language_has_its_address_and_names_the_other(announced, read):
    page = read(f"/results/en/{announced.pk}/table/")
    assert '<html lang="en"' in page
    assert "All results" in page
    assert f'hreflang="th" href="http://localhost/results/{announced.pk}/table/"' in flat(page)
    assert translated("/results/3/", "en") == "/results/en/3/"
    assert translated("/results/en/3/", "th") == "/results/3/"


def test_the_language_stays_on_pages_without_it_in_their_address(announced, read, anybody):
    """Public pages keep no cookie: they hand it on."""
    links = set(re.findall(r'href="(/[^"]*)[?]language=en"', read(f"/results/en/{announced.pk}/")))
    assert links == {"/", "/contact/", "/verify/", "/log/", "/privacy/"}
    assert "language=" not in read(f"/results/{announced.pk}/")
    anybody.get("/verify/?language=xx")
    assert "django_language" not in anybody.cookies
    assert '<html lang="en"' in anybody.get("/verify/?language=en").content.decode()
    assert '<html lang="en"' in anybody.get("/log/").content.decode()
    assert "/results/en/" in anybody.get("/?language=en", follow=True).content.decode(), "the way back too"


def test_the_table_is_searched_sorted_and_chosen_from(announced, read):
    address = f"/results/{announced.pk}/table/"

    def offices(query: str) -> list[str]:
        return re.findall(r"offices/(TH-\w+)/", read(address + query).split("<tbody>")[1].split("</tbody>")[0])

    assert offices("")[:2] == ["TH-A01", "TH-A02"]
    assert offices("?sort=-name")[0] == "TH-A16"
    assert offices("?sort=total")[0] == "TH-A16"
    assert offices("?sort=-d5")[0] == "TH-A01"
    assert offices("?q=a07") == ["TH-A07"]
    assert offices("?size=small") == offices("")
    assert offices("?size=nowhere") == []
    for odd in ("?sort=%00", "?page=-1", "?page=x", "?map=nothing", "?q=" + "x" * 5000, "?region=99", "?lang=en"):
        assert read(address + odd)


def test_provinces_stand_on_a_map(staff, read):
    round = make_contest(now=None)
    for code, points in (("TH-81", "9"), ("TH-50", "5")):
        give_points(make.make_entry(round, code), round.judges.get(), points)
    publication = make_public(publish(round, by=staff))
    page = flat(read(f"/results/{publication.pk}/table/"))
    assert f'href="/results/{publication.pk}/offices/TH-81/"' in page
    assert "เขตตรวจราชการที่ 6" in page
    assert '<svg class="map"' in page
    assert "TH-50" not in read(f"/results/{publication.pk}/table/?region=06").split("<tbody>")[1].split("</tbody>")[0]


def test_an_office_reads_what_it_did_best(announced, read):
    page = flat(read(f"/results/en/{announced.pk}/offices/TH-A01/"))
    assert "What it did best" in page
    assert "half of the 16 offices have" in page
    last = flat(read(f"/results/en/{announced.pk}/offices/TH-A16/"))
    assert "What it did best" not in last


def test_the_scheme_is_that_of_the_publication_with_the_days_as_they_were_set(announced, read):
    Round.objects.filter(pk=announced.round_id).update(settings={})  # whatever becomes of the round
    forget()
    page = flat(read(f"/results/{announced.pk}/scheme/"))
    assert "31 พฤษภาคม 2566" in page
    assert announced.edition.digest in page
    assert "31 พ.ค. 2566" in flat(read(f"/results/{announced.pk}/calendar/"))


def test_what_is_replaced_says_so_and_stays(open_contest, announced, staff, read):
    newer = publish(open_contest, by=staff, reason="แก้ไข")
    assert f'href="/results/{newer.pk}/"' in read(f"/results/{announced.pk}/")
    index = read("/results/")
    assert f"/results/{newer.pk}/" in index
    assert f"/results/{announced.pk}/" not in index
    assert f"/results/{announced.pk}/" in read(f"/results/{newer.pk}/")


def test_the_years_of_an_office_stand_side_by_side(announced, staff, read):
    later = make_public(publish(make_contest(*falling(3), now=None), by=staff))
    page = flat(read("/results/en/offices/TH-A02/"))
    assert page.count('<th scope="col"><a') == 2
    assert f"/results/en/{later.pk}/offices/TH-A02/" in page
    assert "/ 16" in page
    assert "/ 3" in page


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_the_same_for_everybody_and_sets_no_cookie(page, announced, staff, anybody):
    address = f"/results/{announced.pk}/{page}"
    first = anybody.get(address, headers={"accept-language": "en"})
    anybody.force_login(staff)
    anybody.cookies["django_language"] = "en"
    with CaptureQueriesContext(connection) as asked:
        second = anybody.get(address)
    assert first.content == second.content
    assert len(asked) == 1  # no session, no reader
    assert not second.cookies
    assert "Vary" not in second
    assert second["Cache-Control"] == "public, no-cache"
    assert second["ETag"] == first["ETag"]


def test_a_browser_that_has_it_is_told_so_until_it_changes(announced, anybody):
    address = f"/results/{announced.pk}/"
    etag = anybody.get(address)["ETag"]
    assert anybody.get(address, headers={"if-none-match": etag}).status_code == 304
    assert anybody.head(address).status_code == 200
    assert anybody.post(address).status_code in (403, 405)
    Round.objects.filter(pk=announced.round_id).update(is_public=False)
    gone = anybody.get(address, headers={"if-none-match": etag})
    assert gone.status_code == 404
    assert gone["Cache-Control"] == "no-cache"


def test_statements_do_not_grow_with_rows(announced, staff, anybody):
    few = make_public(publish(make_contest(*falling(1), now=None), by=staff))
    for page in (*PAGES, "results.csv", "datapackage.json"):
        counts = []
        for publication in (few, announced):
            anybody.get(f"/results/{publication.pk}/{page.replace('A02', 'A01')}")
            forget()
            counts.append(queries_of(anybody, f"/results/{publication.pk}/{page.replace('A02', 'A01')}"))
        assert counts[0] == counts[1] <= 4, (page, counts)
    for page in ("/results/", "/results/feed.xml", "/sitemap.xml", "/results/offices/TH-A01/"):
        forget()
        assert queries_of(anybody, page) <= 4, page


def test_other_programs_read_what_it_is(announced, read):
    page = read(f"/results/{announced.pk}/")
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    told = json.loads(found[1])
    assert told["@type"] == "Dataset"
    assert told["license"].startswith("https://creativecommons.org/")
    assert told["distribution"][0]["contentUrl"] == f"http://localhost/results/{announced.pk}/results.csv"
    assert f'property="og:image" content="http://localhost/results/{announced.pk}/picture.png"' in page


def test_a_title_can_not_end_the_script(staff, read):
    round = make_contest("9", now=None, name_th="</script><script>alert(1)</script>")
    publication = make_public(publish(round, by=staff))
    assert "<script>alert" not in read(f"/results/{publication.pk}/")


def test_the_picture_is_drawn(announced, anybody):
    answer = anybody.get(f"/results/{announced.pk}/picture.png")
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_whoever_runs_the_round_sees_it_before_everybody(open_contest, staff, client, anybody):
    publication = publish(open_contest, by=staff)
    make_public(publication, is_public=False)
    client.force_login(staff)
    page = client.get(f"/publications/{publication.pk}/").content.decode()
    assert f"/publications/{publication.pk}/public/" in page
    for below in PAGES:
        shown = client.get(f"/publications/{publication.pk}/public/{below}")
        assert shown.status_code == 200, below
        assert f"/results/{publication.pk}/" not in flat(shown.content.decode()).split("<body>")[1]
    assert client.get(f"/publications/{publication.pk}/public/nothing/").status_code == 404
    assert anybody.get(f"/results/{publication.pk}/").status_code == 404
    make_public(publication)
    assert f'href="/results/{publication.pk}/"' in client.get(f"/publications/{publication.pk}/").content.decode()


def test_the_log_in_page_leads_there(anybody):
    assert 'href="/results/"' in anybody.get("/accounts/login/").content.decode()
