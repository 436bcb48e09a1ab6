"""Who waits while a spreadsheet is read: nobody while it is only tried, the round's entries while it is taken."""

import threading

import pytest
from django.db import connection

from submissions.intake import enter_values
from submissions.models import Entry, User, Value
from submissions.spreadsheets.figures import FiguresResource
from submissions.spreadsheets.people import UserResource
from tests import factories as make

from .making import bring, xlsx

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def meanwhile(monkeypatch, resource, write) -> list:
    """Does something on a connection of its own while the second row is judged; what it said, if it came through."""
    said, judged = [], resource.import_row

    def work() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            said.append(write())
        except Exception as error:
            said.append(error)
        finally:
            connection.close()

    def import_row(self, row, loader, **kwargs):
        if kwargs["row_number"] == 2:
            thread = threading.Thread(target=work)
            thread.start()
            thread.join(timeout=30)
        return judged(self, row, loader, **kwargs)

    monkeypatch.setattr(resource, "import_row", import_row)
    return said


@pytest.mark.parametrize(("is_trial", "goes_through"), [(True, True), (False, False)])
def test_offices_go_on_working_while_figures_are_only_tried(monkeypatch, is_trial, goes_through):
    round, staff = make.make_round(), make.make_user("staff")
    entries = [make.make_entry(round, make.make_office(f"TH-8{n}")) for n in (1, 2)]
    officer = make.make_user("officer", office=entries[0].office)
    slot = {("3.4.news", "2023-02"): "12"}

    def write():
        entry = Entry.objects.get(pk=entries[0].pk)
        at = make.at("2023-02-20")
        return enter_values(entry, slot, by=User.objects.get(pk=officer.pk), at=at)

    said = meanwhile(monkeypatch, FiguresResource, write)
    sheet = xlsx(["code", "2.2.1.updated"], ["TH-81", 11], ["TH-82", 12])
    assert not bring(FiguresResource(round=round, user=staff), sheet, is_trial).is_wrong
    assert [isinstance(one, list) for one in said] == [goes_through], said
    assert Value.objects.filter(code="3.4.news").exists() is goes_through


@pytest.mark.parametrize(("is_trial", "goes_through"), [(True, True), (False, False)])
def test_people_log_in_while_a_list_of_them_is_only_tried(monkeypatch, is_trial, goes_through):
    admin, person = make.make_user("admin"), make.make_user("judge", "j1")
    make.make_user("judge", "j2")

    def write():
        return [User.objects.filter(pk=person.pk).update(email="new@example.org")]

    said = meanwhile(monkeypatch, UserResource, write)
    sheet = xlsx(["username", "full_name", "role", "is_active"], *[[f"j{n}", "ก", "judge", "yes"] for n in (1, 2)])
    assert not bring(UserResource(user=admin), sheet, is_trial).is_wrong
    assert [isinstance(one, list) for one in said] == [goes_through], said
