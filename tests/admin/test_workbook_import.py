"""Workbooks through the door: template, upload, dry run, writing, the file back, and nobody else's import."""

from __future__ import annotations

import io

import openpyxl
import pytest
from sqlalchemy import func, select

from app.models import Job, OrgUnit, WorkbookImport
from app.models.enumeration import ImportStatus
from app.policies.unscoped import open_session
from app.services import workbook_import
from tests.services.workbook_rounds import heading_row, table

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
    answer = client.get(f"{address}/marked")
    marked = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert "Нет муниципалитета «Нигде»" in str(marked.cell(2, 5).value)
    assert marked.cell(3, 5).value is None
    client.post(f"{address}/apply", {"only_right": "1"})
    assert "Вторая школа" in saved()
    assert "Новая школа" not in saved()


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


def test_a_large_file_is_judged_and_written_by_jobs(app, browser, saved, monkeypatch, engine):
    from app.web.background import worker

    monkeypatch.setattr("app.admin.workbook_intake.SMALL_FILE", 10)
    monkeypatch.setattr("app.admin.workbook_intake.FEW_ROWS", 1)
    client = browser("unit_admin")
    content = table(HEAD, *(("школа", f"Новая школа № {number}", TOWN, None) for number in range(1, 6)))
    address = brought(upload(client, content))
    assert "проверяется" in client.get(address).text
    hands = worker(app)

    def newest() -> int:
        with open_session(engine, reason="a test looks for the job") as session:
            return session.scalars(select(func.max(Job.id))).one()

    assert hands.run(newest())
    assert "Записать: 5" in client.get(address).text
    answer = client.post(f"{address}/apply")
    assert answer.location.startswith("/jobs/")
    assert "Новая школа № 1" not in saved()
    assert hands.run(newest())
    assert "Новая школа № 5" in saved()
    assert "создано 5" in client.get(address).text


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


def test_files_go_after_their_time_and_the_page_says_so(app, browser):
    client = browser("unit_admin")
    address = brought(upload(client, table(HEAD, ("школа", "Новая школа", TOWN, None))))
    store = app.extensions["result_store"]
    with app.app_context():
        for path in store._root.rglob("?" * 64):
            path.unlink()
    assert client.get(address).status_code == 404
    assert client.post(f"{address}/apply").status_code == 404
    assert workbook_import.NEWEST


def test_putting_aside_writes_nothing(browser, saved):
    client = browser("unit_admin")
    address = brought(upload(client, table(HEAD, ("школа", "Новая школа", TOWN, None))))
    client.post(f"{address}/put-aside")
    assert client.post(f"{address}/apply").status_code == 409
    assert "Новая школа" not in saved()
