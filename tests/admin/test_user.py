from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Membership
from app.models.enumeration import Duty
from app.policies.unscoped import open_session
from tests.factories.world import add_user

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once


@pytest.fixture
def duties(engine):
    """The duties of a person, past every scope."""

    def read(user_id: int) -> set[tuple[int, str]]:
        with open_session(engine, reason="a test looks at what was saved") as session:
            rows = session.scalars(select(Membership).where(Membership.user_id == user_id))
            return {(row.org_unit_id, row.duty.value) for row in rows}

    return read


@pytest.fixture
def two_places(engine, world):
    """A person of the municipality's school who also stands in the second municipality."""
    with open_session(engine, reason="tests add a person") as session:
        user = add_user(session, world, "two_places", world.units["school"], Duty.OPERATOR)
        session.add(Membership(user_id=user.id, org_unit_id=world.units["school_b"], duty=Duty.APPROVER))
    return world.users["two_places"]


def test_a_municipality_sees_its_own_people_and_their_duties_here_only(browser, two_places):
    page = browser("municipality").get("/users/").text
    for wanted in ("Сотрудник municipality", "Сотрудник colleague", "Сотрудник school2", "Сотрудник two_places"):
        assert wanted in page
    for decoy in ("municipality2", "school_b", "foreign_", "Сотрудник region", "Сотрудник admin", "nobody", "observer"):
        assert decoy not in page, decoy
    own = browser("municipality").get(f"/users/{two_places}").text
    assert "«school»" in own
    assert "school_b" not in own


@pytest.mark.parametrize("login", ["observer", "colleague"])
def test_without_the_duty_there_is_no_user_list(browser, login, world):
    person = browser(login)
    assert person.get("/users/").status_code == 403
    assert person.get(f"/users/{world.users[login]}").status_code == 403
    assert person.post("/users/new/", {}).status_code == 403
    assert "Пользователи" not in person.get("/org-units/").text


def test_a_school_keeps_its_own_people_only(browser, world):
    page = browser("school").get("/users/").text
    assert "Сотрудник school<" in page
    assert "school2" not in page
    assert "municipality" not in page
    assert browser("school").get(f"/users/{world.users['school2']}").status_code == 404


@pytest.mark.parametrize(
    "decoy", ["municipality2", "school_b", "region", "unit_admin", "admin", "nobody", "foreign_school"]
)
def test_a_foreign_person_is_an_absent_one(browser, world, decoy, duties):
    number, chief = world.users[decoy], browser("municipality")
    before = duties(number)
    assert chief.get(f"/users/{number}").status_code == 404
    assert chief.get(f"/users/{number}/edit").status_code == 404
    grant = {"org_unit_id": world.units["school"], "duty": "operator"}
    for act in ("edit", "grant", "link", "deactivate", "activate", "revoke/1"):
        assert chief.post(f"/users/{number}/{act}", grant).status_code == 404, act
    assert duties(number) == before


def test_search_and_filters(browser, world, engine):
    with open_session(engine, reason="tests add a person") as session:
        add_user(session, world, "semenova", world.units["school_b"], Duty.OBSERVER).name = "Семёнова Алёна"
    chief = browser("region")
    for typed in ("СЕМЕНОВА", "семёнова алена", "semenova"):
        page = chief.get("/users/", query_string={"q": typed}).text
        assert "Семёнова Алёна" in page, typed
        assert "Сотрудник" not in page.split("<tbody>")[1].split("</tbody>")[0]
    only = chief.get("/users/?duty=observer").text
    assert "Семёнова" in only
    assert "Сотрудник school2" not in only
    place = chief.get(f"/users/?municipality={world.units['municipality2']}").text
    assert "Семёнова" in place
    assert "Сотрудник school2" not in place
    assert chief.get("/users/?duty=king").status_code == 400


def _new(world, **typed):
    return {
        "name": "Иванова Мария",
        "login": "Ivanova.M",
        "org_unit_id": world.units["school"],
        "duties": ["operator", "approver"],
        **typed,
    }


def test_an_account_is_made_with_its_first_duties_and_a_link_shown_once(browser, world, duties, app):
    chief = browser("municipality")
    answer = chief.post("/users/new/", _new(world))
    assert answer.status_code == 302, answer.text
    number = int(answer.headers["Location"].rsplit("/", 1)[1])
    assert duties(number) == {(world.units["school"], "operator"), (world.units["school"], "approver")}
    shown = chief.post(f"/users/{number}/link").text
    link = re.search(r'value="http://127\.0\.0\.1:8000(/password/[\w-]+)"', shown)
    assert link is not None
    assert link[1] not in chief.get(f"/users/{number}").text
    stranger = browser("")
    stranger.post(link[1], {"password": "длинная фраза из слов", "password_again": "длинная фраза из слов"})
    newcomer = browser("").sign_in("ivanova.m", "длинная фраза из слов")
    assert "МБОУ СОШ «school»" in newcomer.get("/").text


@pytest.mark.parametrize(
    ("typed", "status", "sentence"),
    [
        ({"login": "SCHOOL_C"}, 422, "занято"),
        ({"login": "foreign_school"}, 422, "занято"),
        ({"login": "a"}, 422, "от 3 до 64"),
        ({"login": "two words"}, 422, "от 3 до 64"),
        ({"name": " "}, 422, "Введите"),
        ({"duties": []}, 422, "Выберите организацию и хотя бы одно"),
        ({"org_unit_id": ""}, 422, "Выберите организацию и хотя бы одно"),
        ({"duties": ["king"]}, 422, "error-summary"),
        ({"email": "a@b"}, 422, "Почта: адрес вида"),
        ({"is_installation_admin": "y"}, 403, "администратор установки"),
        ({"org_unit_id": "REGION"}, 404, "Такой записи нет"),
        ({"org_unit_id": "MUNICIPALITY2"}, 404, "Такой записи нет"),
        ({"org_unit_id": "FOREIGN_SCHOOL"}, 404, "Такой записи нет"),
    ],
)
def test_an_account_that_may_not_be_made(browser, world, typed, status, sentence):
    chief = browser("municipality")
    if "org_unit_id" in typed:
        typed = {"org_unit_id": world.units.get(typed["org_unit_id"].lower(), "")}
    answer = chief.post("/users/new/", _new(world, **typed))
    assert answer.status_code == status
    assert sentence in answer.text
    assert "ivanova.m" not in browser("region").get("/users/").text


def test_a_duty_is_given_and_taken_in_one_s_own_part_of_the_tree(browser, world, duties):
    chief, number = browser("municipality"), world.users["school"]
    before = duties(number)
    school2 = world.units["school2"]
    given = {"org_unit_id": school2, "duty": "observer"}
    assert chief.post(f"/users/{number}/grant", given).status_code == 302
    assert duties(number) == before | {(school2, "observer")}
    assert chief.post(f"/users/{number}/grant", given).status_code == 422
    for decoy in ("region", "municipality2", "school_b", "foreign_school"):
        answer = chief.post(f"/users/{number}/grant", {**given, "org_unit_id": world.units[decoy]})
        assert answer.status_code == 404, decoy
    assert duties(number) == before | {(school2, "observer")}
    page = chief.get(f"/users/{number}").text
    taken = re.findall(rf"/users/{number}/revoke/(\d+)", page)
    assert len(taken) == 5
    for membership in taken:
        last = chief.post(f"/users/{number}/revoke/{membership}")
        assert last.status_code == 302
    assert duties(number) == set()
    journal = chief.get("/journal/?record_type=membership").text
    assert "Сотрудник school: наблюдатель" in journal
    assert journal.index("снято полномочие") < journal.index("выдано полномочие")
    assert last.headers["Location"] == "/users/"


def test_nobody_gives_or_takes_their_own_duties_nor_switches_themselves_off(browser, world, duties):
    chief, me = browser("municipality"), world.users["municipality"]
    before = duties(me)
    assert chief.post(f"/users/{me}/grant", {"org_unit_id": world.units["school"], "duty": "expert"}).status_code == 403
    assert chief.post(f"/users/{me}/deactivate").status_code == 403
    page = chief.get(f"/users/{me}").text
    assert "revoke" not in page
    assert "Выдать полномочие" not in page
    assert duties(me) == before


def test_an_account_that_reaches_outside_is_administered_from_above(browser, world, two_places):
    chief = browser("municipality")
    for act in ("link", "deactivate"):
        answer = chief.post(f"/users/{two_places}/{act}")
        assert answer.status_code == 403, act
        assert "вышестоящий администратор" in answer.text
        assert "school_b" not in answer.text
    edit = {"version": 1, "name": "Другой", "login": "taken_over"}
    assert chief.post(f"/users/{two_places}/edit", edit).status_code == 403
    assert browser("region").post(f"/users/{two_places}/link").status_code == 200


def test_a_switched_off_person_is_out_at_once(browser, world):
    person, chief = browser("school"), browser("municipality")
    assert person.get("/org-units/").status_code == 200
    number = world.users["school"]
    assert chief.post(f"/users/{number}/deactivate", {"reason": "уволен"}).status_code == 302
    assert person.get("/org-units/").status_code == 302
    assert chief.post(f"/users/{number}/link").status_code == 409
    assert chief.post(f"/users/{number}/activate").status_code == 302
    assert person.get("/org-units/").status_code == 302
    assert browser("school").get("/org-units/").status_code == 200


def test_a_stale_form_loses_nothing(browser, world):
    chief, number = browser("municipality"), world.users["school"]
    typed = {"version": 1, "name": "Петрова Анна", "login": "petrova"}
    assert chief.post(f"/users/{number}/edit", typed).status_code == 302
    stale = chief.post(f"/users/{number}/edit", {**typed, "name": "Сидорова Анна"})
    assert stale.status_code == 409
    assert "Петрова Анна" in stale.text
    assert 'value="Сидорова Анна"' in stale.text


def test_the_installation_administrator_keeps_all_accounts_and_sees_no_records(browser, world, duties):
    admin = browser("admin")
    page = admin.get("/users/").text
    for wanted in ("Сотрудник region", "Сотрудник foreign_region", "nobody"):
        assert wanted in page
    number = world.users["nobody"]
    given = {"org_unit_id": world.units["region"], "duty": "unit_admin"}
    assert admin.post(f"/users/{number}/grant", given).status_code == 302
    assert duties(number) == {(world.units["region"], "unit_admin")}
    second = {"name": "Второй администратор", "login": "admin2", "is_installation_admin": "y"}
    assert admin.post("/users/new/", second).status_code == 302
    assert admin.get("/assignments/").status_code == 403


def test_the_export_is_cut_to_the_scope(browser, two_places):
    answer = browser("municipality").get("/users/export")
    told = "\n".join(str(cell.value) for row in openpyxl.load_workbook(BytesIO(answer.data)).active for cell in row)
    assert "Сотрудник two_places" in told
    assert "МБОУ СОШ «school»: исполнитель" in told
    assert "school_b" not in told
