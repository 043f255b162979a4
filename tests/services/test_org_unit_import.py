"""Lists of units brought by an installation administrator, who has several regions before them."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.models import OrgUnit
from app.models.enumeration import UnitKind
from app.policies.unscoped import open_session
from app.services import clock, workbook_import
from tests.services.workbook_rounds import brought, judged, means, table

HEAD = ("Вид", "Наименование", "Код", "Муниципалитет", "Сайт")
TULA, SAKHALIN = "Тульская область", "Сахалинская область"
ASKS = "Регионов несколько: впишите сюда регион, под которым стоит организация."


@pytest.fixture
def codes(work, world):
    """One code in each of two regions."""
    session = work("admin")
    for key in ("municipality", "foreign_municipality"):
        session.get_one(OrgUnit, world.units[key]).code = "64700000"
    session.commit()


def test_a_new_unit_stands_under_the_region_that_its_row_names(work, world, tmp_path):
    session, by = work("admin"), means(tmp_path)
    content = table(
        HEAD,
        ("муниципалитет", "Новый округ", None, SAKHALIN, None),
        ("муниципалитет", "Новый округ", None, TULA, None),
        ("организация ДПО", "Новый институт", None, SAKHALIN, None),
        ("муниципалитет", "Ничей округ", None, None, None),
        ("школа", "Ничья школа", None, None, None),
    )
    imported = brought(session, "org_unit", content, by)
    session.commit()
    told = [one.sentences.get("municipality", "") for one in judged(session, "org_unit", content, by).verdicts]
    assert told == ["", "", "", ASKS, ASKS]
    assert workbook_import.apply(session, session.actor, imported, means=by, only_right=True)
    made = session.execute(select(OrgUnit.name, OrgUnit.parent_id).where(OrgUnit.name.like("Н%"))).all()
    assert sorted(made) == sorted(
        [
            ("Новый институт", world.units["region"]),
            ("Новый округ", world.units["region"]),
            ("Новый округ", world.units["foreign_region"]),
        ]
    )


def test_one_code_in_two_regions_is_two_units(work, world, codes, tmp_path):
    session, by = work("admin"), means(tmp_path)
    content = table(
        HEAD,
        ("муниципалитет", "Томаринский муниципальный округ", "64700000", None, "one.ru"),
        ("муниципалитет", "Томаринский муниципальный округ (Тула)", "64700000", None, "two.ru"),
    )
    imported = brought(session, "org_unit", content, by)
    session.commit()
    assert workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    sites = {key: session.get_one(OrgUnit, world.units[key]).site for key in ("municipality", "foreign_municipality")}
    assert sites == {"municipality": "one.ru", "foreign_municipality": "two.ru"}


def test_the_database_itself_refuses_a_second_acting_unit(engine, world):
    """Two files, or two people, at one moment: whoever comes second is refused, whatever was judged before."""
    for values in ({"name": "МБОУ СОШ «school»"}, {"name": "Другая", "code": "650001"}):
        with pytest.raises(IntegrityError), open_session(engine, reason="the test goes past the services") as session:
            town = session.get_one(OrgUnit, world.units["municipality"])
            session.get_one(OrgUnit, world.units["school2"]).code = "650001"
            one = OrgUnit(kind=UnitKind.SCHOOL, parent_id=town.id, **values)
            one.region_id, one.municipality_id = town.region_id, town.municipality_id
            session.add(one)
            session.flush()


def test_an_export_of_a_past_day_says_so_when_it_is_loaded(browser, work, world, tmp_path):
    client, by = browser("unit_admin"), means(tmp_path)
    past = judged(
        work("unit_admin"), "org_unit", client.get(f"/org-units/export?on_day={clock.today('Asia/Sakhalin')}").data, by
    )
    present = judged(work("unit_admin"), "org_unit", client.get("/org-units/export").data, by)
    assert past.notes[0].startswith("Это выгрузка на прошедший день")
    assert not any("прошедший день" in note for note in present.notes)
