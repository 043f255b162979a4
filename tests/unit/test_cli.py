from __future__ import annotations

import json
import os
from datetime import date
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from app.models import Membership, OrgUnit, OrgUnitName, User
from app.models.enumeration import UnitKind
from app.policies.permission import Permission
from app.policies.unscoped import open_session

TEXTS = Path(__file__).parent.parent / "texts"
HEAD = "вид;наименование;краткое;код;муниципалитет/родитель;сайт;почта;действует с\n"
LIST = (
    HEAD + "школа;МБОУ СОШ с. Красногорск;СОШ Красногорск;650017;64748000;sosh.ru;a@sosh.ru;01.09.2015\n"
    "муниципалитет;Томаринский городской округ;Томаринский;64748000;;;;\n"
    "организация ДПО;Институт развития образования;ИРОСО;;;;;\n"
    "школа;Областной лицей;;;;;;\n"
)


@pytest.fixture
def run(app):
    return lambda *words: app.test_cli_runner().invoke(args=words)


@pytest.fixture
def region(run):
    done = run("create-region", "Сахалинская область", "--code", "65", "--time-zone", "Asia/Sakhalin")
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def units(engine):
    def read() -> dict[str, OrgUnit]:
        with open_session(engine, reason="a test looks at what was saved") as session:
            return {unit.name: unit for unit in session.scalars(select(OrgUnit))}

    return read


def listed(tmp_path: Path, text: str, coding: str = "utf-8") -> str:
    place = tmp_path / "units.csv"
    place.write_bytes(text.encode(coding))
    return str(place)


def test_a_region_is_made_once(run, region, units):
    assert "Заведён регион «Сахалинская область»" in region
    unit = units()["Сахалинская область"]
    assert (unit.kind, unit.region_id, unit.municipality_id) == (UnitKind.REGION, unit.id, unit.id)
    for words in (("Сахалинская область",), ("Другая область", "--code", "65")):
        again = run("create-region", *words, "--time-zone", "Asia/Sakhalin")
        assert again.exit_code == 1
        assert "уже есть" in again.output
    assert run("create-region", "Курская область", "--time-zone", "Kursk").exit_code == 1
    assert len(units()) == 1


def test_the_first_administrator_gets_a_link_that_works(run, region, engine, units, app):
    place = str(units()["Сахалинская область"].id)
    done = run("create-admin", "Boss", "--name", "Первый Администратор", "--unit", place)
    assert done.exit_code == 0, done.output
    link = done.output.strip().splitlines()[-1]
    assert link.startswith("http://127.0.0.1:8000/password/")
    page = app.test_client().get(link.removeprefix("http://127.0.0.1:8000"))
    assert page.status_code == 200
    assert "boss" in page.text
    with open_session(engine, reason="a test looks at what was saved") as session:
        user = session.scalars(select(User)).one()
        assert (user.login, user.is_installation_admin, user.password_hash) == ("boss", False, "")
        assert [row.duty.value for row in session.scalars(select(Membership))] == ["unit_admin"]
    again = run("create-admin", "boss", "--name", "Второй", "--installation")
    assert again.exit_code == 1
    assert "занято" in again.output


def test_an_installation_administrator_stands_nowhere(run, engine):
    assert run("create-admin", "chief", "--name", "Главный").exit_code == 2
    assert run("create-admin", "chief", "--name", "Главный", "--installation", "--unit", "1").exit_code == 2
    assert run("create-admin", "chief", "--name", "Главный", "--unit", "77").exit_code == 1
    assert run("create-admin", "chief", "--name", "Главный", "--installation").exit_code == 0
    with open_session(engine, reason="a test looks at what was saved") as session:
        assert session.scalars(select(User)).one().is_installation_admin
        assert session.scalars(select(Membership)).all() == []


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1251"])
def test_a_list_of_units_is_loaded_and_loaded_again(run, region, units, tmp_path, coding):
    place = listed(tmp_path, LIST, coding)
    dry = run("import-units", place, "--region", "65", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "Было бы заведено: 4" in dry.output
    assert len(units()) == 1
    done = run("import-units", place, "--region", "65")
    assert "Заведено: 4; дополнено: 0; уже есть: 0." in done.output
    found = units()
    school, town = found["МБОУ СОШ с. Красногорск"], found["Томаринский городской округ"]
    assert (school.parent_id, school.municipality_id, school.opened_on) == (town.id, town.id, date(2015, 9, 1))
    assert found["Областной лицей"].municipality_id == found["Сахалинская область"].id
    again = run("import-units", place, "--region", "65")
    assert "Заведено: 0; дополнено: 0; уже есть: 4." in again.output
    assert len(units()) == 5


def test_a_workbook_is_read_as_well(run, region, units, tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ("Вид", "Наименование", "Код", "Муниципалитет", "Действует с"),
        ("муниципалитет", "Томаринский городской округ", 64748000, None, None),
        ("школа", "Школа № 1", None, "ТОМАРИНСКИЙ городской округ", date(2015, 9, 1)),
    ):
        book.active.append(row)
    book.save(tmp_path / "units.xlsx")
    done = run("import-units", str(tmp_path / "units.xlsx"), "--region", "65")
    assert done.exit_code == 0, done.output
    assert units()["Томаринский городской округ"].code == "64748000"
    assert units()["Школа № 1"].opened_on == date(2015, 9, 1)


def test_with_one_wrong_row_nothing_is_loaded(run, region, units, tmp_path, engine):
    wrong = (
        LIST + "школа;Школа № 7;;;Нет такого округа;;;\n"
        "детский сад;Ромашка;;;;;;\n"
        "школа;Школа № 8;;;64748000;не сайт;;\n"
        "школа;Школа № 9;;;64748000;;;31.02.2015\n"
        "муниципалитет;Анивский;;123;;;;\n"
        "школа;МБОУ СОШ с. Красногорск;;650017;64748000;;;\n"
    )
    done = run("import-units", listed(tmp_path, wrong), "--region", "65")
    assert done.exit_code == 1
    for told in (
        "Строка 6: Нет муниципалитета «Нет такого округа»",
        "Строка 7: Вид «детский сад» не понят",
        "Строка 8: Сайт",
        "Строка 9: В столбце «Действует с» стоит «31.02.2015»",
        "Строка 10: Код муниципалитета — ОКТМО",
        "Строка 11: Повторяет строку 2: оставьте одну из них.",
        "Ничего не загружено: строк с ошибками 6.",
    ):
        assert told in done.output, told
    assert len(units()) == 1
    with open_session(engine, reason="a test looks at what was saved") as session:
        assert session.scalar(select(func.count(OrgUnitName.id))) == 1


def test_a_second_load_fills_in_and_never_renames(run, region, units, tmp_path):
    assert run("import-units", listed(tmp_path, LIST), "--region", "65").exit_code == 0
    fuller = HEAD + "организация ДПО;Институт развития образования;;;;iroso.ru;;\n"
    assert "дополнено: 1" in run("import-units", listed(tmp_path, fuller), "--region", "65").output
    assert units()["Институт развития образования"].site == "iroso.ru"
    renamed = HEAD + "муниципалитет;Томаринский муниципальный округ;;64748000;;;;\n"
    done = run("import-units", listed(tmp_path, renamed), "--region", "65")
    assert done.exit_code == 1
    assert "измените наименование в её карточке" in done.output


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Файл пуст"),
        ("наименование;код\nШкола;1\n".encode(), "нет столбца «Вид»"),
        ("вид;наименование;вид\n".encode(), "дважды"),
        (b"PK\x03\x04 broken", "повреждён"),
    ],
)
def test_what_is_no_list_is_refused(run, region, tmp_path, content, sentence):
    (tmp_path / "units.csv").write_bytes(content)
    done = run("import-units", str(tmp_path / "units.csv"), "--region", "65")
    assert done.exit_code == 1
    assert sentence in done.output


def test_the_region_must_be_named_where_there_are_several(run, region, tmp_path):
    place = listed(tmp_path, LIST)
    missing = run("import-units", place, "--region", "66")
    assert missing.exit_code == 1
    assert "Сахалинская область" in missing.output
    run("create-region", "Тульская область", "--time-zone", "Europe/Moscow")
    order = run("parse-order", str(TEXTS / "sakhalin-order-3.12-118-r.txt"), "--json")
    assert order.exit_code == 1
    assert "--region" in order.output


def test_an_order_is_proposed_over_the_tree_of_the_database(run, region, units, tmp_path):
    assert run("import-units", listed(tmp_path, LIST), "--region", "65").exit_code == 0
    done = run("parse-order", str(TEXTS / "sakhalin-order-3.12-118-r.txt"), "--json")
    assert done.exit_code == 0, done.output
    proposal = json.loads(done.output)
    terms = {point["label"]: point["term"]["due_on"] for point in proposal["points"]}
    assert len(terms) == 9
    assert terms["2.2"] == "2023-01-30"
    addressed = [clause["unit_id"] for point in proposal["points"] for clause in point["addressees"]]
    assert units()["Томаринский городской округ"].id in addressed
    place = str(units()["Сахалинская область"].id)
    same = run("parse-order", str(TEXTS / "sakhalin-order-3.12-118-r.txt"), "--json", "--issuer", place)
    assert json.loads(same.output)["issuer_unit_id"] == int(place)
    assert run("parse-order", str(TEXTS / "sakhalin-order-3.12-118-r.txt"), "--issuer", "999").exit_code == 1


def test_where_nothing_is_to_propose_the_status_is_2(run, region, tmp_path):
    (tmp_path / "empty.txt").write_text("Добрый день.\n", encoding="utf-8")
    (tmp_path / "scan.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    for name in ("empty.txt", "scan.png"):
        done = run("parse-order", str(tmp_path / name), "--json")
        assert done.exit_code == 2, done.output
        assert done.stdout == ""
        assert len(done.stderr) > 20


def test_files_that_nothing_names_are_swept(run, app):
    store = app.extensions["file_store"]
    old, new = (store.put(BytesIO(f"%PDF-1.4\n{n}\n%%EOF".encode()), "a.pdf").digest for n in (1, 2))
    os.utime(store.path_of(old), (1, 1))
    assert "Убрано файлов: 1" in run("sweep-files").output
    assert not store.path_of(old).exists()
    assert store.path_of(new).exists()


def test_the_policy_is_printed_whole(run):
    done = run("policy")
    assert done.exit_code == 0
    assert all(f"`{permission.value}`" in done.output for permission in Permission)
