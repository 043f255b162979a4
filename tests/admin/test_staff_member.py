"""The pages of people on the staff."""

from __future__ import annotations

import re
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from app.models import AuditEvent, StaffMember, StaffPosition
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, PositionKind
from app.policies.unscoped import open_session
from tests.factories.training import add_certificate, add_group, add_person, add_position, add_programme, enrol

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

SNILS = "11223344595"


def rows_of(engine, model, *where):
    with open_session(engine, reason="a test looks at what was saved") as session:
        return session.scalars(select(model).where(*where).order_by(model.id)).all()


@pytest.fixture
def anna(engine, world):
    """Of the school, with a second job, a document and a way through a group; decoys beside."""
    person = add_person(engine, world, "school", title="директор школы", snils=SNILS, born_on=date(1980, 5, 17))
    add_position(engine, world, person, "school2", title="учитель физики")
    add_position(engine, world, person, "school", kind=PositionKind.DEPUTY, title="завуч", ended_on=date(2022, 1, 9))
    add_certificate(engine, world, person, number="777-У")
    group = add_group(engine, world, add_programme(engine, world), title="Осенний поток")
    enrol(engine, group, person, status=EnrolmentStatus.STUDYING)
    other = add_person(engine, world, "school2", last_name="Приманкина", first_name="Яна")
    add_certificate(engine, world, other, number="888-У")
    add_person(engine, world, "foreign_school", last_name="Чужая")
    return person


def test_the_list_is_cut_searched_and_filtered(browser, anna):
    page = browser("school").get("/staff-members/").text
    assert "Иванова Анна Петровна" in page
    assert "директор школы; учитель физики (МБОУ СОШ «school2»)" in page
    assert "Приманкина" not in page
    assert "завуч" not in page
    region = browser("region")
    page = region.get("/staff-members/").text
    assert page.index("Иванова") < page.index("Приманкина")
    assert "Чужая" not in page
    for query, anna_stays in (
        ("position=teacher", True),
        ("position=deputy", False),
        ("position=head&q=ПРИМАНКИНА", False),
        ("q=school2", False),
        ("snils=1", True),
        ("documents=1&works=1&q=ивано", True),
        ("works=0", False),
    ):
        assert ("Иванова" in region.get(f"/staff-members/?{query}").text) == anna_stays, query
    # Nobody was there then.
    assert "Иванова" not in region.get("/staff-members/?on_day=2026-01-01").text
    book = openpyxl.load_workbook(BytesIO(region.get("/staff-members/export?q=ивано").data))
    cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row]
    for wanted in ("Иванова Анна Петровна", "руководитель", "директор школы", "указан"):
        assert wanted in cells


def test_the_card_shows_positions_documents_and_ways(browser, engine, world, anna):
    programme = add_programme(engine, world)
    soon = {"starts_on": date.today() + timedelta(days=9), "ends_on": date.today() + timedelta(days=20)}  # noqa: DTZ011 - any day to come
    opened = add_group(engine, world, programme, title="Зимний", **soon)
    cancelled = add_group(engine, world, programme, title="Отменённый", status=GroupStatus.CANCELLED, **soon)
    page = browser("school").get(f"/staff-members/{anna}").text
    for wanted in ("директор школы", "завуч", "09.01.2022", "учитель физики", "777-У", "Осенний поток", "обучается"):
        assert wanted in page
    assert "888-У" not in page
    # From the card to a document, to an application and to the enrolment; a group that is over takes nobody.
    assert f'href="/certificates/new?staff={anna}"' in page
    assert re.findall(r'href="(/training-groups/\d+/apply\?staff=\d+)"', page) == [
        f"/training-groups/{opened}/apply?staff={anna}"
    ]
    assert re.search(r'href="/enrolments/\d+"', page)
    over = browser("school").get(f"/training-groups/{cancelled}/apply").text
    assert "отменён" in over
    assert 'value="plan"' not in over
    # The provider sees its trainee with the name of the school, and what training needs.
    page = browser("provider").get(f"/staff-members/{anna}").text
    assert "МБОУ СОШ «school»" in page
    assert "777-У" not in page
    assert "Осенний поток" in page
    assert "Изменить" not in page
    assert "/certificates/new?staff=" not in page
    assert "/apply?staff=" not in page
    for login in ("school_b", "foreign_region", "municipality2"):
        assert browser(login).get(f"/staff-members/{anna}").status_code == 404
    observer = browser("observer").get(f"/staff-members/{anna}").text
    assert "Показать" not in observer
    assert "Действия" not in observer


NEW = {
    "org_unit_id": "",
    "last_name": "Новых",
    "first_name": "Ия",
    "patronymic": "Львовна",
    "kind": "deputy",
    "title": "завуч",
    "started_on": "2026-09-01",
    "snils": "123-456-789 64",
}


def test_a_card_is_made_changed_and_its_doubles_are_asked_about(browser, engine, world, anna):
    school = browser("school")
    typed = NEW | {"org_unit_id": world.units["school"]}
    answer = school.post("/staff-members/new/", typed | {"snils": "123-456-789 65"})
    assert answer.status_code == 422
    assert "Контрольное число СНИЛС не сходится" in answer.text
    assert school.post("/staff-members/new/", typed | {"kind": "космонавт"}).status_code == 422
    # No position is chosen for whoever hurries: it decides the coverage.
    assert "Выберите вид должности" in school.post("/staff-members/new/", typed | {"kind": ""}).text
    foreign = school.post("/staff-members/new/", typed | {"org_unit_id": world.units["school2"]})
    assert foreign.status_code == 404
    made = school.post("/staff-members/new/", typed)
    assert made.status_code == 302
    person = rows_of(engine, StaffMember, StaffMember.last_name == "Новых")[0]
    assert person.has_snils
    double = typed | {"first_name": "И.", "snils": ""}
    answer = school.post("/staff-members/new/", double)
    assert answer.status_code == 422
    assert f"/staff-members/{person.id}" in answer.text
    assert school.post("/staff-members/new/", double | {"confirmed": "y"}).status_code == 302
    card = {"last_name": "Старых", "first_name": "Ия", "patronymic": "Львовна", "version": "1"}
    assert school.post(f"/staff-members/{person.id}/edit", card).status_code == 409
    card["version"] = str(person.version)
    assert school.post(f"/staff-members/{person.id}/edit", card).status_code == 302
    for login in ("colleague", "observer"):
        assert browser(login).get("/staff-members/new/").status_code == 403
        assert browser(login).post(f"/staff-members/{anna}/edit", card).status_code == 403


def test_positions_moves_and_merges_by_hand(browser, engine, world, anna):
    school, town = browser("school"), browser("municipality")
    page = f"/staff-members/{anna}"
    new = {"org_unit_id": world.units["school"], "kind": "methodist", "title": "методист", "started_on": "2026-09-01"}
    assert school.post(f"{page}/positions/new", new).status_code == 302
    assert school.post(f"{page}/positions/new", new).status_code == 422
    held = {one.title: one for one in rows_of(engine, StaffPosition, StaffPosition.staff_member_id == anna)}
    position = held["методист"]
    typed = {"kind": "methodist", "title": "старший методист", "version": position.version}
    assert school.post(f"{page}/positions/{position.id}/edit", typed).status_code == 302
    assert school.post(f"{page}/positions/{position.id}/end", {"ended_on": "2099-01-01"}).status_code == 422
    assert school.post(f"{page}/positions/{position.id}/end", {"ended_on": "2026-11-01"}).status_code == 302
    # Another's position, and one of another person.
    guest = held["учитель физики"].id
    assert school.post(f"{page}/positions/{guest}/end", {"ended_on": "2026-11-01"}).status_code == 403
    assert school.get(f"{page}/positions/{10**6}/edit").status_code == 404
    move = {"org_unit_id": world.units["school2"], "kind": "head", "title": "директор", "ended_on": "2026-10-31"}
    assert school.post(f"{page}/move", move).status_code in {404, 422}
    # What the person is now stands there to be changed.
    offered = town.get(f"{page}/move").text
    assert re.search(r'<option selected value="head">', offered)
    assert 'value="директор школы"' in offered
    assert town.post(f"{page}/move", move | {"started_on": "2026-10-01"}).status_code == 422
    assert town.post(f"{page}/move", move | {"started_on": "2026-11-01"}).status_code == 302
    assert rows_of(engine, StaffMember, StaffMember.id == anna)[0].org_unit_id == world.units["school2"]
    double = add_person(engine, world, "school2", kind=None, last_name="ИВАНОВА")
    listed = town.get("/staff-members/duplicates").text
    assert f"/staff-members/{anna}/merge?with={double}" in listed
    merge = f"/staff-members/{anna}/merge"
    shown = town.get(f"{merge}?with={double}").text
    mark = shown.split('name="mark" value="')[1].split('"')[0]
    assert town.get(merge).status_code == 400
    assert town.post(merge, {"with": double, "mark": "0"}).status_code == 409
    assert browser("school_b").get(f"{merge}?with={double}").status_code == 404
    assert browser("colleague").get(f"{merge}?with={double}").status_code == 403
    assert town.post(merge, {"with": double, "mark": mark}).status_code == 302
    assert rows_of(engine, StaffMember, StaffMember.id == double) == []


def test_a_person_is_taken_on_and_misses_are_kept(browser, engine, world, anna):
    far = browser("school_b")
    typed = {"last_name": "Иванова", "first_name": "Анна", "patronymic": "Петровна", "kind": "teacher"}
    missed = far.post("/staff-members/take", typed | {"snils": "123-456-789 64"})
    assert missed.status_code == 200
    assert "Не найдено" in missed.text
    assert len(rows_of(engine, AuditEvent, AuditEvent.action == "seek_staff")) == 1
    assert far.post("/staff-members/take", typed | {"snils": "1"}).status_code == 422
    taken = far.post("/staff-members/take", typed | {"snils": "112-233-445 95"})
    assert taken.headers["Location"].endswith(f"/staff-members/{anna}")
    assert "совместительство" in far.get(f"/staff-members/{anna}").text
