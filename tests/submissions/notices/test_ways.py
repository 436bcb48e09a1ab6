"""Whatever a notice tells of: it leads its reader to a page that they may see."""

import pytest
from django.urls import reverse

from awards.publishing.publish import publish
from scoring.recompute import rescore
from submissions.models import Notice
from submissions.notices import tell
from submissions.notices.words import OF_ACCOUNTS, OF_CIRCULARS, say
from tests import factories as make

pytestmark = pytest.mark.django_db
CODES = [code for code in Notice.Code if code not in (*OF_ACCOUNTS, *OF_CIRCULARS)]  # which are about an entry
REPORT = {"requirement": "5.report", "period": "", "text": "ขอดูหน้า 3"}
ITEMS = [
    [REPORT],
    [REPORT, REPORT],
    [REPORT, {**REPORT, "requirement": "1.1.report"}],
    [{**REPORT, "requirement": "9.9"}],  # which the edition asks for no more
    [{**REPORT, "kind": "value", "requirement": "1.1.recorded"}],
    [{**REPORT, "kind": "confirmation", "requirement": ""}],
    [{**REPORT, "kind": "scheme", "requirement": ""}],
]


def pages_behind(reader, entry) -> set[str]:
    """Where a notice of each kind about each thing leads, and each thing in it. Hundreds lead to a few pages."""
    for code in CODES:
        for number, items in enumerate(ITEMS):
            items = [{**item, "entry": entry.pk, "awaits": True} for item in items]
            of_result = {"path": published_of(entry), "items": []}
            more = of_result if code == Notice.Code.PUBLISHED else {"path": "/", "items": items}
            of_committee = {"kind": "unseat", "until": "2023-08-01", "text": "x", "state": "declined"}
            tell([reader], code, key=f"{code}-{number}", entry=entry, **more, **of_committee)
    notices = Notice.objects.filter(user=reader).select_related("round__edition")
    assert len(notices) == len(CODES) * len(ITEMS)
    said = say(notices, reader)
    return {one.path for one in said} | {line.path for one in said for line in one.lines}


def published_of(entry) -> str:
    return reverse("publication", args=[entry.round.publications.get().pk])


def where_it_leads(client, address: str) -> tuple[int, str]:
    answer = client.get(address, follow=True)
    return answer.status_code, answer.redirect_chain[-1][0]


@pytest.mark.parametrize("who", ["officer", "judge", "judge who is done", "staff"])
def test_no_notice_leads_to_a_page_that_its_reader_may_not_see(client, staff, who):
    judge = make.make_user("judge")
    entry = make.make_entry(make.make_round(judges=[judge], needs_confirmation=True), "TH-81")
    make.make_evidence(entry, "5.report")
    if who == "judge who is done":
        make.make_sheet(entry, judge)
    rescore([entry.pk])
    publish(entry.round, by=staff, reason="เสมอกัน")
    readers = {"officer": make.make_user("officer", office=entry.office), "staff": staff}
    client.force_login(reader := readers.get(who, judge))
    pages = pages_behind(reader, entry)
    assert len(pages) > 1
    assert {path for path in pages if client.get(path, follow=True).status_code != 200} == set()


@pytest.mark.parametrize("who", ["officer", "judge"])
def test_nor_in_a_stage_that_only_selects(client, who):
    judge = make.make_user("judge")
    round = make.make_round(edition=make.make_edition(scheme="tambon-2565"), settings={}, judges=[judge])
    round.take_stage(round.scheme.stages[0])
    round.save()
    entry = make.make_entry(round, "TH-81")
    assert round.only_selects
    reader = judge if who == "judge" else make.make_user("officer", office=entry.office)
    code = next(iter(round.scheme.requirements), "9.9")
    items = [{"entry": entry.pk, "requirement": code, "period": "", "text": ""}]
    for kind in (Notice.Code.RETURNED, Notice.Code.REMARK, Notice.Code.REMINDER):
        tell([reader], kind, key=kind, entry=entry, items=items)
    client.force_login(reader)
    for notice in Notice.objects.filter(user=reader):
        assert where_it_leads(client, reverse("notice", args=[notice.pk]))[0] == 200, notice.code


def test_messages_of_one_thread_lead_to_it(client):
    judge = make.make_user("judge")
    entry = make.make_entry(make.make_round(judges=[judge]), "TH-81")
    items = [{**REPORT, "entry": entry.pk}] * 2
    tell([judge], Notice.Code.REMARK, key="two", entry=entry, items=items)
    client.force_login(judge)
    thread = reverse("thread", args=[entry.pk, "5.report"])
    assert where_it_leads(client, reverse("notice", args=[Notice.objects.get().pk])) == (200, f"{thread}#newest")
    page = client.get(thread).content.decode()
    for closed in (reverse("scorecard", args=[entry.pk]), reverse("criterion", args=[entry.pk, "5.1"])):
        assert f'href="{closed}' not in page
    assert reverse("admin:submissions_entry_change", args=[entry.pk]) in page
