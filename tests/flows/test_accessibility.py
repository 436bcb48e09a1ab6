"""What axe-core finds on every page of every role: nothing, on a desk by day and on a phone by night. Nor is a word of
the house cut in two, or a page wider than its window, at six widths.

The pages are those of tests/urls.txt, so that none can be forgotten.
"""

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django.urls import reverse

from submissions.models import Round
from tests import factories as make
from tests.test_urls import ROLES, address, expected, make_world

from .conftest import PHONE, WIDE
from .test_whole_words import CUT, LONGEST_FIRST

pytestmark = pytest.mark.browser
VISITORS = ("anonymous", "officer", "head", "judge", "staff")
# CSS pixels; the first is 1280 at 400 %. The admin has many pages, and the same few words.
WIDTHS, WIDTHS_OF_ADMIN = (320, 390, 768, 1024, 1280, 1600), (390, 1280)
OPTIONS = {
    "resultTypes": ["violations"],
    "rules": {"target-size": {"enabled": True}},  # axe leaves that rule out
    "preload": {"assets": ["media"]},  # no rule in use asks for the styles, which are a fifth of the time
}
# Colours go by their role, not by the width. In the admin, once a page was looked at as a whole, only colours by night
# and sizes on a phone are another matter.
COLOURS_AND_SIZES = OPTIONS | {"runOnly": ["color-contrast", "target-size"]}
VIEWS = [("light", WIDE, OPTIONS), ("dark", PHONE, OPTIONS)]
VIEWS_OF_ADMIN = [("light", WIDE, OPTIONS), ("dark", PHONE, COLOURS_AND_SIZES)]
# The admin's own night, and the reader's menu: open on a desk, where it makes room for itself. What it lies over
# otherwise is no target while it does, and where it lies depends on how long the reader's name is.
SET_SCENE = """([night, phone]) => {
    document.documentElement.classList.toggle("dark", night);
    document.querySelectorAll("details.menu, details.who").forEach(one => one.open = !phone);
    document.querySelectorAll(".menu-list").forEach(one => one.style.position = "static");
}"""
# A window of another width is laid out a moment later, and a font that is late makes its words narrower.
IS_LAID_OUT = """async (width) => {
    for (let frames = 0; innerWidth !== width && frames < 600; frames += 1) await new Promise(requestAnimationFrame);
    if (innerWidth !== width) throw new Error(`${innerWidth} pixels instead of ${width}`);
    await document.fonts.ready;
    for (let frames = 0; frames < 2; frames += 1) await new Promise(requestAnimationFrame);
}"""
# axe reads the same few colours of a page thousands of times, each time anew: that was half of its work.
REMEMBER_COLOURS = """{
    const {prototype} = axe.commons.color.Color, parse = prototype.parseString, known = new Map();
    prototype.parseString = function (text) {
        if (known.has(text)) {
            [this.r, this.g, this.b, this.alpha] = known.get(text);
        } else {
            parse.call(this, text);
            known.set(text, [this.r, this.g, this.b, this.alpha]);
        }
        return this;
    };
}
null"""
# The admin's menu is the same to the letter on many of its pages: each of its states is looked at once.
RUN = """async ([options, known]) => {
    const menu = document.querySelector("#nav-sidebar");
    const text = menu ? menu.outerHTML.replace(/ value="[^"]*"/g, "") : "";  // but for the tokens of its forms
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    const state = new Uint8Array(digest).join();
    const {violations} = await axe.run(menu && known.includes(state) ? {exclude: menu} : document, options);
    return [violations, state];
}"""
# What a page says, but for the ids and the tokens of its forms.
CONTENT = """() => (document.querySelector("main") ?? document.body).outerHTML.replace(/ value="[^"]*"|\\d+/g, "")"""
# What answers with a file, with data, or with a part of a page; what is named as a file is one too.
FILES = (".pdf", ".jwt", ".xlsx", ".zip", ".pptx", ".<slug:extension>", ".xml", ".json", ".png", ".txt")
FILES += (".py", ".html", ".p7s", "/best-practices/<int:practice>/")
NO_PAGES = (
    "healthz",
    "readyz",
    "accounts/reader/",
    "api/",
    "admin/jsi18n/",
    "admin/search/",
    "evidence/<int:pk>/file/",
    "evidence/<int:pk>/preview/",
    "evidence/<int:pk>/word/",
    "evidence/<int:pk>/examined/",
    "evidence/<int:pk>/pages/<int:page>/",
    "evidence/<int:pk>/thumbnail/",
    "circulars/attachments/<int:pk>/",
    "parcels/<int:pk>/file/",
    "publications/<int:pk>/documents/",
    "verify/file/",
    "copies/<int:pk>/",
    "rounds/<int:round_id>/letterhead/<slug:kind>/",
    "entries/<int:pk>/progress/",
    "entries/<int:pk>/followed/",
    "rounds/<int:round_id>/standings/followed/",
    "notices/settings/letter/<slug:channel>/",
    "admin/scoring/trial/round/<int:round_pk>/rescoring/",
)


def pages_of(role: str, world) -> list[str]:
    """The addresses at which the table promises this role a page. Those of accounts are the same for all."""
    if role not in ROLES:
        return []
    place = ROLES.index(role)
    seen = NO_PAGES + (("accounts/", "help/", "styles/") if role in ("judge", "staff") else ())
    routes = [route for (route, method), answers in expected().items() if method == "GET" and answers[place] == 200]
    seen += () if role == "anonymous" else ("results/",)  # the same for everybody
    pages = [route for route in routes if not route.startswith(seen) and not route.endswith(FILES)]
    return [address(route, world) for route in pages]


@pytest.fixture
def world(transactional_db, settings):
    """One of everything, public too, and a returned paper, figures that contradict each other, a named channel."""
    settings.PRACTICE_IS_PUBLIC = True
    world = make_world()
    for number, other in enumerate(Round.objects.exclude(pk=world.ids["round"]), 2):
        Round.objects.filter(pk=other.pk).update(name_th=f"รอบที่ {number}")
    Round.objects.filter(pk=world.ids["round"]).update(needs_confirmation=True)
    entry = world.people["officer"].office.entries.get(round=world.ids["round"])
    make.make_evidence(entry, "1.1.report", status="returned")
    make.make_evidence(entry, "4.2.publicity", "2023-07", channels=["facebook"])
    make.make_value(entry, "3.3.total", "40")
    make.make_value(entry, "3.3.protected", "41")
    criteria = [reverse("criterion", args=[entry.pk, code]) for code in ("3.3", "3.4", "4.2")]
    world.people["head"] = make.make_user("officer", office=entry.office, is_head=True)
    of_head = [reverse(name, args=[entry.pk]) for name in ("scorecard", "confirmation")]
    board = reverse("board", args=[entry.round_id])
    asked = ("view=requirements", "view=regions", "office=TH-81", "slot=requirement|3.5.report|2023-06", "state=late")
    boards = [f"{board}?{query}" for query in asked]
    of_head.append(reverse("colleagues"))
    world.more = {"officer": criteria, "head": of_head, "staff": [*criteria, *boards]}
    return world


@pytest.fixture(scope="module")
def seen():
    """Contents of pages that were looked at: many say the same to several roles, whose menus are on others too."""
    return set()


@pytest.mark.parametrize("role", VISITORS)
def test_everybody_can_read_every_page(open_page, world, role, seen):
    page, found, menus = open_page(world.people.get(role)), {}, {"light": set(), "dark": set()}
    page.add_init_script(f"if (window === top) {{ {AXE_SCRIPT} {REMEMBER_COLOURS} }}")
    for where in [*pages_of(role, world), *world.more.get(role, ())]:
        answer = page.goto(where)
        assert answer.headers["content-type"].startswith("text/html"), f"{where} is no page: say so in NO_PAGES"
        if (content := page.evaluate(CONTENT)) in seen:
            continue
        seen.add(content)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        is_admin = where.startswith("/admin/")
        for scheme, screen, options in VIEWS_OF_ADMIN if is_admin else VIEWS:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(SET_SCENE, [scheme == "dark", screen == PHONE])
            page.set_viewport_size(screen)
            page.evaluate(IS_LAID_OUT, screen["width"])
            violations, menu = page.evaluate(RUN, [options, list(menus[scheme])])
            menus[scheme].add(menu)
            if violations:
                found[where, scheme, screen["width"]] = AxeResults({"violations": violations}).generate_report()
        for width in WIDTHS_OF_ADMIN if is_admin else WIDTHS:
            page.set_viewport_size({"width": width, "height": 256})
            page.evaluate(IS_LAID_OUT, width)
            if cut := page.evaluate(CUT, LONGEST_FIRST):
                found[where, width] = f"words are cut in two: {cut}"
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width and not is_admin:
                found[where, width] = f"{wide} pixels wide"
    assert not found, "\n".join(f"{where}\n{report}" for where, report in found.items())
