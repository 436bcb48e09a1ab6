"""Staff write a circular, look at whom it goes to, send it, see who opened it, withdraw it; nothing typed is lost."""

import pytest
from django.urls import reverse

from submissions import intake
from submissions.models import Circular
from tests import factories as make
from tests.markup import flat
from tests.submissions.intake.test_circulars import NOW, sent, written

pytestmark = pytest.mark.django_db
ADD = reverse("admin:submissions_circular_add")
WORDS = {"subject_th": "กำหนดส่ง", "text_th": "โปรดส่งภายในวันที่ 31 กรกฎาคม 2566"}


def page(name: str, circular) -> str:
    return reverse(f"admin:submissions_circular_{name}", args=[circular.pk])


@pytest.fixture
def staff(committee, browser):
    return browser(committee.staff)


def test_from_a_draft_to_who_has_opened_it(committee, staff, settings):
    make.make_user("officer", office=committee.entry.office, email="a@cdd.example.org")
    typed = {**WORDS, "audience": "offices", "round": committee.round.pk, "preview": "1"}
    answer = staff.post(ADD, {**typed, "uploads": [make.make_upload("png"), make.make_upload("pdf")]})
    circular = Circular.objects.get()
    assert (answer.status_code, answer.url) == (302, page("preview", circular))
    silent = flat(staff.get(answer.url).content.decode())
    assert "Neither mail nor LINE is set up" in silent
    assert "by e-mail too" not in silent
    settings.EMAIL_HOST, settings.LINE_TOKEN = "mail.example.org", "token"
    shown = flat(staff.get(answer.url).content.decode())
    for figure in (
        "Offices</dt><dd>2<",
        "read it here</dt><dd>1<",
        "by e-mail too</dt><dd>1<",
        "by LINE too</dt><dd>0<",
    ):
        assert figure in shown
    assert "1 office has no account yet" in shown
    assert circular.attachments.count() == 2

    answer = staff.post(answer.url, {"revision": circular.revision})
    assert (answer.status_code, answer.url) == (302, page("change", circular))
    assert "Opened by 0 of 2 offices" in flat(staff.get(answer.url).content.decode())
    answer = staff.post(page("withdraw", circular), {"reason": ""})
    assert (answer.status_code, "Give the reason." in answer.content.decode()) == (422, True)
    assert staff.post(page("withdraw", circular), {"reason": "ผิด"}).status_code == 302
    assert Circular.objects.get().state == "withdrawn"


def test_every_fault_is_shown_with_what_was_typed(committee, staff):
    typed = {"audience": "places", "text_th": "ข้อความ", "subject_en": "In English", "preview": "1"}
    answer = staff.post(ADD, {**typed, "uploads": [make.make_upload("pdf", "bad.pdf", b"%PDF-1.4 nothing")]})
    shown = answer.content.decode()
    assert answer.status_code == 422
    faults = ("Write the subject.", "Choose the round.", "Choose regions, provinces or sizes.", "bad.pdf: ")
    for said in (
        *faults,
        "Write both the subject and the text in English",
        "choose the file again",
        "ข้อความ</textarea>",
    ):
        assert said in shown, said
    assert not Circular.objects.exists()


@pytest.mark.parametrize(
    "typed", [{}, {"audience": "moon"}, {"round": "x" * 40}, {"regions": "9" * 30}, {"without": "1"}]
)
def test_nonsense_is_a_fault_of_the_form(committee, staff, typed):
    assert (
        staff.post(ADD, {"audience": "offices", "round": committee.round.pk, "preview": "1"} | typed).status_code == 422
    )


def test_a_draft_may_lack_words_and_its_places_come_back(committee, staff):
    region = make.make_office("R06", kind="region", size="", name_en="Region 6")
    typed = {"audience": "places", "round": committee.round.pk, "regions": [region.pk], "sizes": ["small", "large"]}
    assert staff.post(ADD, typed).status_code == 302
    circular = Circular.objects.get()
    assert set(circular.places.values_list("office__code", "size")) == {("R06", "small"), ("R06", "large")}
    form = staff.get(page("change", circular)).context["form"]
    assert (form["regions"].value(), form["sizes"].value()) == ([region.pk], ["large", "small"])
    assert "<p>Region 6 · large · small</p>" in flat(staff.get(page("preview", circular)).content.decode())


def test_an_organiser_chooses_of_what_is_theirs(committee, staff, browser):
    """The offices below the own one, and circulars of rounds of the own office."""
    region = make.make_office("R06", kind="region", size="")
    province = make.make_office("TH-71", parent=region)
    organiser = make.make_user("officer", office=region, is_organiser=True)
    own = make.make_round(organiser=region)
    make.make_entry(own, province)
    make.make_entry(committee.round, province)
    sent(committee.round, committee.staff)
    sent(None, committee.staff, "everybody")
    mine = sent(own, organiser)
    form = browser(organiser).get(ADD).context["form"]
    assert "regions" not in form.fields
    assert list(form.fields["provinces"].queryset) == [province]
    assert list(form.fields["corrects"].queryset) == [mine]
    typed = {"audience": "places", "round": own.pk, "provinces": [province.pk], "preview": "1"}
    answer = browser(organiser).post(ADD, {**WORDS, **typed})
    assert answer.status_code == 302
    assert browser(organiser).get(page("change", Circular.objects.latest("pk"))).context["form"][
        "provinces"
    ].value() == [province.pk]


def test_whoever_is_slower_keeps_what_was_typed(committee, staff):
    circular = written(committee.round, committee.staff)
    theirs = intake.Writing(committee.round, "offices", "ของผู้อื่น", "ข้อความของผู้อื่น")
    intake.save_circular(circular, theirs, by=committee.staff, at=NOW, revision=1)
    typed = {**WORDS, "audience": "offices", "round": committee.round.pk}
    answer = staff.post(page("change", circular), {**typed, "revision": 1})
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "ข้อความของผู้อื่น" in shown
    assert WORDS["text_th"] in shown
    assert 'name="revision" value="2"' in shown
    assert staff.post(page("preview", circular), {"revision": 1}).status_code == 409
    assert staff.post(page("change", circular), {**typed, "revision": 2}).status_code == 302
    assert Circular.objects.get().subject_th == "กำหนดส่ง"


def test_a_draft_is_deleted_and_what_was_sent_is_not(committee, staff):
    draft, circular = written(committee.round, committee.staff), sent(committee.round, committee.staff)
    assert staff.post(page("delete", circular)).status_code == 403
    assert staff.post(page("delete", draft)).status_code == 302
    assert list(Circular.objects.all()) == [circular]
    assert draft.history.filter(history_type="-", history_user=committee.staff).exists()


def test_a_board_s_offices_are_a_circular_s(committee, staff):
    """Those that the address leaves, and only those; whoever is judge writes none."""
    address = reverse("board-circular", args=[committee.round.pk])
    answer = staff.post(f"{address}?q=TH-20&state=owed")
    circular = Circular.objects.get()
    assert (answer.status_code, answer.url) == (302, page("change", circular))
    assert [place.office.code for place in circular.places.all()] == ["TH-20"]
    assert circular.filters == "state=owed&q=TH-20"
    assert "the 1 office that a board showed" in staff.get(answer.url).content.decode()
    typed = {**WORDS, "audience": "chosen", "round": committee.round.pk, "revision": 1, "preview": "1"}
    assert staff.post(answer.url, typed).url == page("preview", circular)
    assert circular.places.count() == 1

    answer = staff.post(f"{address}?q=nowhere")
    assert (answer.status_code, Circular.objects.count()) == (302, 1)


def test_what_everybody_reads_belongs_to_no_round(committee, staff):
    assert staff.post(ADD, {**WORDS, "audience": "everybody", "round": committee.round.pk}).status_code == 302
    assert Circular.objects.get().round is None
    assert staff.get(ADD).content.decode().count("everybody in the portal") == 1  # nowhere but as whom it goes to
