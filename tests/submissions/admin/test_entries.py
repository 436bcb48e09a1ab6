"""The list of entries, the log of deeds, and what of both a judge is not offered before the own sheet is final."""

from django.urls import reverse

from scoring.recompute import rescore
from submissions import intake
from submissions.intake import enter_values
from submissions.models import Event
from tests import factories as make

WHY = "You see these points once your own scoring sheet is final."


def test_a_judge_is_offered_the_sheet_until_it_is_final_and_the_scorecard_then(committee, browser):
    judge, staff = browser(committee.judge), browser(committee.staff)
    rescore([committee.entry.pk])
    places = [reverse("admin:submissions_entry_changelist")]
    places += [reverse("admin:submissions_entry_change", args=[committee.entry.pk])]
    card = reverse("scorecard", args=[committee.entry.pk])
    sheet = reverse("admin:submissions_sheet_of_entry", args=[committee.entry.pk])
    for place in places:
        page = judge.get(place).content.decode()
        assert (card in page, sheet in page, "Shown once your scoring sheet is final" in page) == (False, True, True)
        assert card in staff.get(place).content.decode()
    make.make_sheet(committee.entry, committee.judge)
    for place in places:
        assert card in judge.get(place).content.decode()
    assert judge.get(card).status_code == 200


def test_whoever_goes_there_all_the_same_is_told_calmly_and_led_to_the_sheet(committee, browser):
    rescore([committee.entry.pk])
    sheet = reverse("admin:submissions_sheet_of_entry", args=[committee.entry.pk])
    for language in ("th", "en"):
        answer = browser(committee.judge, language).get(reverse("scorecard", args=[committee.entry.pk]))
        page = answer.content.decode()
        assert (answer.status_code, page.count(WHY), f'href="{sheet}"' in page) == (403, 1, True)
        assert "ท่านจะเห็นคะแนนส่วนนี้เมื่อส่งใบให้คะแนนของท่านแล้ว" in page
        assert "ไม่มีการเปลี่ยนแปลงข้อมูล" not in page


def test_an_event_is_told_in_words_and_as_it_is_recorded(committee, browser):
    client = browser(committee.staff)
    enter_values(committee.entry, {("2.1.1.collected", ""): "14024"}, by=committee.staff)
    intake.write_remark(committee.entry, by=committee.judge, requirement="5.report", text="ขอดูหน้า 3")
    listed = client.get(reverse("admin:submissions_event_changelist")).content.decode()
    report = committee.round.scheme.requirements["5.report"].title.en
    assert f"wrote {report}" in listed
    assert "2.1.1.collected" not in listed
    event = Event.objects.get(verb="value.entered")
    page = client.get(reverse("admin:submissions_event_change", args=[event.pk])).content.decode()
    told, _summary, recorded = page.partition("As it is recorded")
    assert "<b>after</b>: 14,024" in told
    assert "Households collected" in told
    assert "2023-07-10T" not in told, "a time is told by the calendar"
    assert "2.1.1.collected" in recorded
