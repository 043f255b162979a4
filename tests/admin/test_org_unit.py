from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from app.models import OrgUnit, OrgUnitName
from app.models.enumeration import UnitKind
from app.policies.unscoped import open_session
from tests.factories.world import add_unit

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once


@pytest.fixture
def found(engine):
    """Reads a unit afresh, past every scope."""

    def read(unit_id: int) -> OrgUnit:
        with open_session(engine, reason="a test looks at what was saved") as session:
            return session.get_one(OrgUnit, unit_id)

    return read


def test_a_municipality_sees_itself_and_its_schools_only(browser):
    page = browser("municipality").get("/org-units/").text
    assert "Томаринский" in page
    assert "МБОУ СОШ «school»" in page
    assert "МБОУ СОШ «school2»" in page
    for decoy in ("Анивский", "school_b", "foreign_", "Областной лицей", "Институт развития"):
        assert decoy not in page, decoy


@pytest.mark.parametrize("typed", ["ТОМАРИНСКИЙ", "томаринский", "Томаринский  муниципальный"])
def test_search_knows_no_case(browser, typed):
    page = browser("region").get("/org-units/", query_string={"q": typed}).text
    assert "Томаринский муниципальный округ" in page
    assert "Анивский" not in page


@pytest.mark.parametrize("typed", ["ЗЕЛЁНАЯ", "зеленая"])
def test_search_takes_yo_for_ye(browser, engine, world, typed):
    with open_session(engine, reason="tests add a school") as session:
        parent = session.get_one(OrgUnit, world.units["municipality"])
        add_unit(session, world, "green", UnitKind.SCHOOL, "Школа «Зелёная»", parent)
    page = browser("region").get("/org-units/", query_string={"q": typed}).text
    assert "Школа «Зелёная»" in page
    assert "Анивский" not in page


def test_filters_cut_the_list(browser, world):
    page = browser("region").get("/org-units/", query_string={"municipality": world.units["municipality2"]}).text
    assert "school_b" in page
    assert "«school»" not in page
    only = browser("region").get("/org-units/?kind=provider&state=open").text
    assert "Институт развития: Сахалинская" in only
    assert "МБОУ" not in only
    assert browser("region").get("/org-units/?state=whatever").status_code == 400
    assert browser("region").get("/org-units/?kind=nothing").status_code == 400


def test_the_page_shows_what_is_below_and_who_stands_there(browser, world):
    page = browser("region").get(f"/org-units/{world.units['municipality']}").text
    assert "МБОУ СОШ «school2»" in page
    assert "Сотрудник colleague" in page
    assert "Сотрудник municipality2" not in page
    assert "Изменить" in page


def test_an_observer_sees_no_people_and_no_buttons(browser, world):
    page = browser("observer").get(f"/org-units/{world.units['municipality']}").text
    assert "Томаринский" in page
    assert "Сотрудник colleague" not in page
    assert "Изменить" not in page
    assert "Закрыть организацию" not in page


@pytest.mark.parametrize("decoy", ["municipality2", "school_b", "region", "foreign_school"])
@pytest.mark.parametrize("act", ["", "/edit", "/close", "/move"])
def test_a_foreign_unit_is_an_absent_one(browser, world, decoy, act):
    status = browser("municipality").get(f"/org-units/{world.units[decoy]}{act}").status_code
    assert status == (403 if act == "/move" else 404)
    if act:
        posted = browser("municipality").post(f"/org-units/{world.units[decoy]}{act}", {"name": "Моё"})
        assert posted.status_code == (403 if act == "/move" else 404)


def test_the_region_adds_a_school_under_a_municipality(browser, found, world, engine):
    data = {
        "kind": "school",
        "parent_id": world.units["municipality"],
        "name": "  МБОУ СОШ   с. Пензенское ",
        "short_name": "СОШ с. Пензенское",
        "code": "650123",
        "site": "школа-пензенское.рф",
        "opened_on": "2015-09-01",
    }
    answer = browser("region").post("/org-units/new/", data)
    assert answer.status_code == 302, answer.text
    unit = found(int(answer.headers["Location"].rsplit("/", 1)[1]))
    assert unit.name == "МБОУ СОШ с. Пензенское"
    assert (unit.region_id, unit.municipality_id) == (world.units["region"], world.units["municipality"])
    with open_session(engine, reason="a test looks at the history") as session:
        period = session.scalars(select(OrgUnitName).where(OrgUnitName.org_unit_id == unit.id)).one()
        assert (period.name, period.municipality_id) == (unit.name, world.units["municipality"])
    again = browser("region").post("/org-units/new/", data)
    assert again.status_code == 422
    assert "с таким кодом уже есть" in again.text
    assert 'value="школа-пензенское.рф"' in again.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Введите наименование."),
        ({"site": "javascript:alert(1)"}, "Сайт: имя вида school.ru"),
        ({"site": "http://"}, "Сайт: имя вида school.ru"),
        ({"site": "не сайт"}, "Сайт: имя вида school.ru"),
        ({"email": "nobody"}, "Почта: адрес вида"),
        ({"kind": "municipality", "code": "1234567"}, "ОКТМО: 8 или 11 цифр"),
        ({"kind": "municipality"}, "Выберите, под чем стоит"),
        ({"opened_on": "2015-13-01"}, "Неверное значение даты"),
        ({"kind": "region"}, "error-summary"),
        ({"parent_id": ""}, "Выберите, под чем стоит"),
    ],
)
def test_what_does_not_fit_is_told_at_its_field(browser, world, typed, sentence):
    data = {"kind": "school", "parent_id": world.units["municipality"], "name": "Школа", **typed}
    answer = browser("region").post("/org-units/new/", data)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_municipality_adds_only_its_own_schools(browser, world):
    chief = browser("municipality")
    mine = {"kind": "school", "parent_id": world.units["municipality"], "name": "Новая школа"}
    assert chief.post("/org-units/new/", mine).status_code == 302
    foreign = {**mine, "parent_id": world.units["municipality2"], "name": "Чужая школа"}
    assert chief.post("/org-units/new/", foreign).status_code == 404
    institute = {**mine, "kind": "provider", "name": "Институт"}
    assert chief.post("/org-units/new/", institute).status_code == 422


@pytest.mark.parametrize("login", ["school", "provider", "colleague", "observer"])
def test_who_keeps_no_units_changes_none(browser, world, login):
    own = world.units.get(login, world.units["municipality"])
    person = browser(login)
    assert person.get(f"/org-units/{own}/edit").status_code == 403
    for act in ("edit", "close", "move"):
        assert person.post(f"/org-units/{own}/{act}", {"name": "x"}).status_code == 403
    assert person.post("/org-units/new/", {"kind": "school"}).status_code == 403


def _edit(unit: OrgUnit, **typed: object) -> dict[str, object]:
    return {"version": unit.version, "name": unit.name, "short_name": unit.short_name, "code": unit.code, **typed}


def test_a_new_name_keeps_the_old_one_in_the_history(browser, found, world, engine):
    place = world.units["municipality"]
    chief = browser("region")
    unit = found(place)
    asked = chief.post(f"/org-units/{place}/edit", _edit(unit, name="Томаринский городской округ"))
    assert asked.status_code == 422
    assert "переименование это или опечатка" in asked.text
    saved = _edit(unit, name="Томаринский городской округ", history="renamed", since="2024-01-01", basis="Закон № 1-ЗО")
    assert chief.post(f"/org-units/{place}/edit", saved).status_code == 302
    page = chief.get(f"/org-units/{place}").text
    assert "по 31.12.2023" in page
    assert "с 01.01.2024" in page
    assert "Закон № 1-ЗО" in page
    assert "Томаринский муниципальный округ" in page
    stale = chief.post(f"/org-units/{place}/edit", _edit(unit, site="school.ru"))
    assert stale.status_code == 409
    assert "school.ru" in stale.text
    assert "Томаринский городской округ" in stale.text


def test_a_typo_leaves_no_history(browser, found, world, engine):
    place = world.units["school"]
    unit = found(place)
    typed = _edit(unit, name="МБОУ СОШ «Исправленная»", history="typo")
    assert browser("municipality").post(f"/org-units/{place}/edit", typed).status_code == 302
    with open_session(engine, reason="a test looks at the history") as session:
        assert session.scalars(select(OrgUnitName).where(OrgUnitName.org_unit_id == place)).all() == []
    assert found(place).name == "МБОУ СОШ «Исправленная»"


def test_a_municipality_with_open_schools_is_not_closed(browser, world):
    data = {"closed_on": "2024-01-01", "reason": "Закон", "fate": "withdraw"}
    answer = browser("region").post(f"/org-units/{world.units['municipality']}/close", data)
    assert answer.status_code == 409
    assert "сначала переведите или закройте" in answer.text


def test_a_unit_is_closed_with_its_successor(browser, found, world):
    place, heir = world.units["school"], world.units["school2"]
    chief = browser("municipality")
    assert "Открытых поручений нет" in chief.get(f"/org-units/{place}/close").text
    data = {"closed_on": "2024-01-01", "reason": "Постановление № 5", "fate": "pass_on", "successor_id": heir}
    foreign = chief.post(f"/org-units/{place}/close", {**data, "successor_id": world.units["school_b"]})
    assert foreign.status_code == 404
    assert chief.post(f"/org-units/{place}/close", data).status_code == 302
    unit = found(place)
    assert (str(unit.closed_on), unit.successor_id) == ("2024-01-01", heir)
    page = chief.get(f"/org-units/{place}").text
    assert "Закрыта 01.01.2024" in page
    assert "«school2»" in page
    assert "/edit" not in page
    assert chief.post(f"/org-units/{place}/close", data).status_code == 409


def test_a_school_moves_by_the_region_s_hand(browser, found, world):
    place = world.units["school"]
    data = {"parent_id": world.units["municipality2"], "moved_on": "2024-09-01", "basis": "Распоряжение № 7"}
    assert browser("municipality").post(f"/org-units/{place}/move", data).status_code == 403
    chief = browser("region")
    assert chief.post(f"/org-units/{place}/move", {**data, "moved_on": "2999-01-01"}).status_code == 422
    foreign = {**data, "parent_id": world.units["foreign_municipality"]}
    assert chief.post(f"/org-units/{place}/move", foreign).status_code == 404
    assert chief.post(f"/org-units/{place}/move", data).status_code == 302
    assert found(place).municipality_id == world.units["municipality2"]
    page = chief.get(f"/org-units/{place}").text
    assert "по 31.08.2024" in page
    assert "Томаринский муниципальный округ" in page
    assert "с 01.09.2024" in page
    assert browser("municipality").get(f"/org-units/{place}").status_code == 404
    assert browser("municipality2").get(f"/org-units/{place}").status_code == 200


def test_the_installation_administrator_sees_all_units_and_makes_regions(browser, world):
    admin = browser("admin")
    page = admin.get("/org-units/").text
    assert "Сахалинская область" in page
    assert "Тульская область" in page
    region = {"kind": "region", "name": "Курская область", "time_zone": "Europe/Moscow", "code": "46"}
    assert admin.post("/org-units/new/", {**region, "time_zone": "Kursk"}).status_code == 422
    assert admin.post("/org-units/new/", region).status_code == 302
    assert admin.get("/assignments/").status_code == 403
    assert admin.get("/orders/").status_code == 403


def test_the_export_is_cut_to_the_scope(browser):
    answer = browser("municipality").get("/org-units/export?q=СОШ")
    assert answer.status_code == 200
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    told = "\n".join(str(cell.value) for row in sheet for cell in row if cell.value)
    assert "МБОУ СОШ «school2»" in told
    assert "school_b" not in told
    assert "общеобразовательная организация" in told


@pytest.mark.parametrize(
    "address", ["/org-units/0", "/org-units/99999999999999999999999999", "/org-units/new/?parent=x"]
)
def test_odd_numbers_are_no_failures(browser, address):
    assert browser("region").get(address).status_code in {200, 404}


@pytest.mark.parametrize("act", ["rename", "move"])
def test_the_first_day_of_the_calendar_is_refused_at_its_field(world, browser, act):
    """It has no day before it, on which the period that held could end."""
    school = world.units["school"]
    given = {"parent_id": str(world.units["municipality2"]), "moved_on": "0001-01-01", "basis": "приказ"}
    if act == "rename":
        given = {"version": "1", "name": "Новое", "history": "renamed", "since": "0001-01-01", "basis": "приказ"}
    answer = browser("region").post(f"/org-units/{school}/{'edit' if act == 'rename' else 'move'}", given)
    assert answer.status_code == 422
    assert "Проверьте год" in answer.text
