"""What axe-core finds on the pages of each role: nothing, by day and by night, on a desk and on a phone."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from awards.publish import publish
from tests import factories as make

from .conftest import PHONE, WIDE

pytestmark = pytest.mark.browser
EVERYTHING = {"resultTypes": ["violations"]}
COLOURS = {**EVERYTHING, "runOnly": ["color-contrast"]}  # all that differs by night
SCHEMES = {"light": EVERYTHING, "dark": COLOURS}


@pytest.fixture
def pages(contest, krabi, officer):
    """The addresses that each role works at, with something to see on each."""
    judge = make.make_user("judge")
    contest.judges.add(judge)
    returned = make.make_evidence(krabi, "1.1.report", status="returned")
    waiting = make.make_evidence(krabi, "1.1.report", kind="png", replaces=returned)
    make.make_evidence(krabi, "4.2.publicity", "2023-07", channels=["facebook"])
    make.make_value(krabi, "3.3.total", "40")
    make.make_value(krabi, "3.3.protected", "41")
    staff = make.make_user("staff")
    publication = publish(contest, by=staff)
    criteria = [reverse("criterion", args=[krabi.pk, code]) for code in ("1.1", "3.3", "3.4", "4.2")]
    standings = reverse("standings", args=[contest.pk])
    listed = [reverse(f"admin:submissions_{name}_changelist") for name in ("evidence", "entry", "sheet")]
    review = reverse("admin:submissions_evidence_change", args=[waiting.pk])
    announced = [reverse("publications", args=[contest.pk]), reverse("publication", args=[publication.pk])]
    return {
        None: ["/accounts/login/", "/accounts/password/reset/"],
        officer: [reverse("scorecard", args=[krabi.pk]), *criteria, standings, *announced],
        judge: ["/", *listed, review, reverse("admin:submissions_sheet_of_entry", args=[krabi.pk])],
        staff: ["/admin/", criteria[1], announced[1], reverse("publish", args=[contest.pk])],
    }


def test_axe_finds_nothing(open_page, pages):
    found = {}
    for user, addresses in pages.items():
        page = open_page(user)
        for address, (scheme, options) in product(addresses, SCHEMES.items()):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.goto(address)
            page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            for screen in (WIDE, PHONE):
                page.set_viewport_size(screen)
                result = Axe().run(page, options=options)
                if result.violations_count:
                    found[address, scheme, screen["width"]] = result.generate_report()
    assert not found, "\n".join(f"{where}\n{report}" for where, report in found.items())
