"""Workbooks through the door: template, upload, dry run, writing, the file back, and nobody else's import."""

from __future__ import annotations

import io

import openpyxl
import pytest
from sqlalchemy import select

from app.models import OrgUnit, WorkbookImport
from app.models.enumeration import ImportStatus
from app.policies.refusal import Invalid
from app.policies.unscoped import open_session
from app.services import org_unit
from tests.services.workbook_rounds import heading_row, table

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

TOWN = "Томаринский муниципальный округ"
HEAD = ("Вид", "Наименование", "Муниципалитет", "Сайт")


def upload(client, content: bytes, register: str = "org_unit", name: str = "Список.xlsx", **more):
    data = {"file": (io.BytesIO(content), name), **more}
    return client.post(f"/imports/new?register={register}", data, content_type="multipart/form-data")


def brought(answer) -> str:
    assert answer.status_code == 302, answer.text
    return answer.location


@pytest.fixture
def saved(engine):
    def read() -> dict[str, str]:
        with open_session(engine, reason="a test looks at what was saved") as session:
            return {unit.name: unit.site for unit in session.scalars(select(OrgUnit))}

    return read


def test_a_list_is_shown_then_written(browser, saved):
    client = browser("unit_admin")
    page = client.get("/org-units/").text
    assert "/imports/new?register=org_unit" in page
    content = table(HEAD, ("школа", "Новая школа", TOWN, "new.ru"), ("школа", "МБОУ СОШ «school»", TOWN, "old.ru"))
    address = brought(upload(client, content))
    assert "Новая школа" not in saved()
    page = client.get(address).text
    assert "Записать: 2" in page
    assert "new.ru" in client.get(f"{address}?show=created").text
    assert client.post(f"{address}/apply").status_code == 302
    assert (saved()["Новая школа"], saved()["МБОУ СОШ «school»"]) == ("new.ru", "old.ru")
    page = client.get(address, follow_redirects=True).text
    assert "создано 1, изменено 1" in page
    # It is written once: a second press finds it written.
    assert client.post(f"{address}/apply").status_code == 409


def test_wrong_rows_are_marked_in_the_persons_own_file(browser, saved):
    client = browser("unit_admin")
    content = table(HEAD, ("школа", "Новая школа", "Нигде", None), ("школа", "Вторая школа", TOWN, None))
    address = brought(upload(client, content, name="Мои школы.xlsx"))
    page = client.get(address).text
    assert "Записать только верные: 1" in page
    assert "Нет муниципалитета «Нигде»" in page
    created = client.get(f"{address}?show=created").text
    assert "Вторая школа" in created
    assert "Нет муниципалитета" not in created
    assert client.get(f"{address}?show=nothing").status_code == 400
    answer = client.get(f"{address}/marked")
    marked = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert "Нет муниципалитета «Нигде»" in str(marked.cell(2, 5).value)
    assert marked.cell(3, 5).value is None
    client.post(f"{address}/apply", {"only_right": "1"})
    assert "Вторая школа" in saved()
    assert "Новая школа" not in saved()


def test_a_refusal_in_the_middle_of_the_writing_leaves_nothing(browser, saved, monkeypatch):
    real = org_unit.create

    def refuses(*args, **values):
        made = real(*args, **values)
        if values["name"] == "Второй округ":
            raise Invalid("Округ не записать.")
        return made

    client = browser("unit_admin")
    content = table(HEAD, ("муниципалитет", "Первый округ", None, None), ("муниципалитет", "Второй округ", None, None))
    address = brought(upload(client, content))
    monkeypatch.setattr(org_unit, "create", refuses)
    page = client.post(f"{address}/apply", follow_redirects=True).text
    assert "Строка 3: Округ не записать. Ничего не записано." in page
    assert "Записать: 2" in page
    assert not {"Первый округ", "Второй округ"} & set(saved())


def test_what_changes_nothing_is_not_written(browser, engine):
    client = browser("unit_admin")
    address = brought(upload(client, table(HEAD, ("школа", "МБОУ СОШ «school»", TOWN, None))))
    page = client.get(address).text
    assert "Файл ничего не меняет" in page
    assert f'action="{address}/apply"' not in page
    assert "Записывать нечего" in client.post(f"{address}/apply", follow_redirects=True).text
    with open_session(engine, reason="a test looks at what was saved") as session:
        assert session.scalars(select(WorkbookImport.status)).all() == [ImportStatus.JUDGED]


def test_empty_cells_clear_only_where_that_was_ticked(browser, saved):
    client, school = browser("unit_admin"), "МБОУ СОШ «school»"
    address = brought(upload(client, table(HEAD, ("школа", school, TOWN, "old.ru"))))
    client.post(f"{address}/apply")
    empty = table(HEAD, ("школа", school, TOWN, None))
    assert "Файл ничего не меняет" in client.get(brought(upload(client, empty))).text
    address = brought(upload(client, empty, clear_empty="1"))
    client.post(f"{address}/apply")
    assert saved()[school] == ""


def test_in_a_list_there_is_nothing_to_choose(browser):
    client = browser("unit_admin")
    address = brought(upload(client, table(HEAD, ("школа", "Новая школа", TOWN, None))))
    assert client.post(f"{address}/choose", {"2:name": "file"}).status_code == 409
    assert "Записать: 1" in client.get(address).text


def test_what_is_no_table_is_refused_at_the_field(browser):
    client = browser("unit_admin")
    for content, told in ((b"", "пуст"), (b"%PDF-1.7 ...", "PDF"), (table(("Имя", "Цвет"), ("а", "б")), "заголовк")):
        answer = upload(client, content)
        assert answer.status_code == 422
        assert told in answer.text
    assert client.post("/imports/new?register=org_unit").status_code == 422
    assert client.get("/imports/new?register=nothing").status_code == 404
    assert client.get("/imports/new?register=audit_event").status_code == 404


def test_the_template_has_the_askers_own_words(browser):
    answer = browser("region").get("/imports/template?register=org_unit")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    page = book.worksheets[0]
    titles = [str(cell.value) for cell in page[heading_row(page)]]
    assert [title.rstrip(" *") for title in titles][1:6] == [
        "Вид",
        "Наименование",
        "Краткое наименование",
        "Код",
        "Муниципалитет",
    ]
    words = " ".join(str(rule.formula1) for rule in page.data_validations.dataValidation)
    assert "Анивский муниципальный округ" in words
    assert "Тула" not in words
    # An untouched template brings nothing: its example is no row.
    client = browser("region")
    answer = upload(client, answer.data)
    assert answer.status_code == 422
    assert "ни одной строки" in answer.text


def test_nobody_else_sees_an_import(browser, engine):
    address = brought(upload(browser("unit_admin"), table(HEAD, ("школа", "Новая школа", TOWN, None))))
    for login in ("region", "municipality", "school", "foreign_region", "admin"):
        other = browser(login)
        for path in (address, f"{address}/marked"):
            assert other.get(path).status_code == 404, login
        for act in ("apply", "choose", "put-aside"):
            assert other.post(f"{address}/{act}").status_code == 404, login
        assert "Список.xlsx" not in other.get("/imports/").text
    with open_session(engine, reason="a test looks at what was saved") as session:
        assert session.scalars(select(WorkbookImport.status)).all() == [ImportStatus.JUDGED]


def test_files_go_after_their_time_and_the_page_says_so(app, browser, saved):
    client = browser("unit_admin")
    content = table(HEAD, ("школа", "Новая школа", TOWN, None), ("школа", "Вторая школа", "Нигде", None))
    address = brought(upload(client, content))
    store = app.extensions["result_store"]
    with app.app_context():
        for path in store._root.rglob("?" * 64):
            path.unlink()
    page = client.get(address)
    assert page.status_code == 200
    assert "удалены по истечении срока, итоги остались" in page.text
    assert "Загрузить файл заново" in page.text
    for act in ("/apply", "/marked"):
        assert f"{address}{act}" not in page.text
    assert client.post(f"{address}/apply", {"only_right": "1"}).status_code == 404
    assert client.get(f"{address}/marked").status_code == 404
    assert "Новая школа" not in saved()


def test_putting_aside_writes_nothing(browser, saved):
    client = browser("unit_admin")
    address = brought(upload(client, table(HEAD, ("школа", "Новая школа", TOWN, None))))
    client.post(f"{address}/put-aside")
    assert client.post(f"{address}/apply").status_code == 409
    assert "Новая школа" not in saved()
