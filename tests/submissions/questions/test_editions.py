"""What editions are called where somebody chooses among them, and which comes first."""

import pytest
from django.utils import translation

from scoring.authoring.scalars import with_code
from submissions.models import Edition
from submissions.questions.editions import names_of, round_like
from tests import factories as make
from tests.factories import at
from tests.scoring import small

pytestmark = pytest.mark.django_db


def adopted(code="small-2566", *, by=None, reason="", extra="", when="2023-01-02") -> Edition:
    text = with_code(small.TEXT + extra, code)
    return Edition.objects.create(
        scheme_code=code,
        text=text,
        digest=Edition.digest_of(text),
        adopted_by=by,
        reason=reason,
        adopted_at=at(when),
    )


def names(*editions) -> list[str]:
    with translation.override("th"):
        named = names_of(editions)
    return [named[edition.pk] for edition in editions]


def test_one_of_a_scheme_is_called_by_its_title_and_year():
    assert names(adopted()) == ["โครงการเล็ก 2566"]


def test_several_of_a_scheme_have_numbers_and_reasons_and_neither_a_time_nor_a_digest():
    first, second = adopted(), adopted(extra="# x\n", reason="เลื่อนวัน", when="2023-02-03")
    with translation.override("en"):
        named = names_of([second, first])
    assert named[first.pk] == "A small scheme 2566 · edition 1"
    assert named[second.pk] == "A small scheme 2566 · edition 2 · เลื่อนวัน"


def test_two_schemes_of_one_title_are_told_apart_by_their_codes():
    assert names(adopted("a-2566"), adopted("b-2566")) == ["โครงการเล็ก 2566 · a-2566", "โครงการเล็ก 2566 · b-2566"]


def test_staff_are_offered_the_centre_s_newest_before_what_an_organiser_adopted_later():
    organiser = make.make_user("officer", office=make.make_office("TH-20"), is_organiser=True)
    staff = make.make_user("staff")
    old, new = adopted(when="2022-01-01"), adopted(extra="# new\n", when="2022-06-01")
    own = adopted(extra="# own\n", by=organiser, when="2023-05-05")
    assert list(Edition.objects.in_order_for(staff)) == [new, old, own]
    assert list(Edition.objects.in_order_for(organiser)) == [own, new, old]


def test_a_round_of_a_new_edition_is_like_the_newest_of_its_contest():
    staff, edition = make.make_user("staff"), adopted("small-2567")
    assert round_like(staff, edition) is None
    make.make_round(edition=adopted("other-2566"))
    like = make.make_round(edition=adopted("small-2566"))
    make.make_round(edition=adopted("small-2565"), organiser=make.make_office("TH-20"))
    assert round_like(staff, edition) == like
    assert round_like(make.make_user("officer", office=make.make_office("TH-21")), edition) is None
