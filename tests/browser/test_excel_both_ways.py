"""Lists out as workbooks and back, the unit's own workbook, and a list too long for a page, each by the person it is for."""

import re
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from app.admin import register_export
from app.models.enumeration import AssignmentStatus
from tests.browser.site import HOME_SCHOOL
from tests.factories.order import Point, issue_order
from tests.services.workbook_rounds import edited, heading_row

pytestmark = pytest.mark.browser
WORKS = True
MISSPELT = "МБОУ СОШ с. Красногорск"
DECOY = "МБОУ СОШ № 1 г. Анива"


def FILL(engine, world):  # noqa: N802 - the fixture asks for this name
    """Two points for the school, one also for a neighbour."""
    accepted = {"status": AssignmentStatus.ACCEPTED}
    points = (
        Point("11", date(2023, 2, 24), {"school": accepted, "school2": {}}, text="разместить положение о ВСОКО"),
        Point("12", date(2023, 3, 1), {"school": accepted}, text="назначить ответственного"),
    )
    issued = issue_order(
        engine, world, points=points, dated_on=date(2023, 1, 25), issued_at=datetime(2023, 1, 25, 20, tzinfo=UTC)
    )
    return {number: f"/assignments/{issued.assignments[number, 'school']}" for number in ("11", "12")}


def downloaded(one, press, folder: Path) -> Path:
    """The file under the name that the site gave it."""
    with one.page.expect_download() as download:
        press()
    target = folder / download.value.suggested_filename
    download.value.save_as(target)
    return target


def bring(one, file: Path, button: str) -> None:
    one.page.locator("#file").set_input_files(file)
    one.press(button)


def row_of(one, text: str):
    return one.page.locator("#import-state tbody tr").filter(has_text=text)


def titles(file: Path) -> list[object]:
    page = openpyxl.load_workbook(file).worksheets[0]
    return [cell.value for cell in page[heading_row(page)]]


# ── a register out and back ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_list_out_with_chosen_columns_and_back_with_one_change(person, tmp_path):
    admin = person("unit_admin")
    admin.go("/org-units/?filters=1")
    admin.page.get_by_label("Вид", exact=True).select_option(label="общеобразовательная организация")
    admin.page.get_by_label("Муниципалитет").select_option(label="Томаринский муниципальный округ")
    admin.press("Отобрать")
    expect(admin.page.locator(".chips")).to_contain_text("Томаринский")
    _choose_columns(admin)
    saved = _from_the_preset(admin, tmp_path)
    assert titles(saved) == ["Сайт", "Вид", "Наименование", "Муниципалитет", "Почта"]
    names = str([list(row) for row in openpyxl.load_workbook(saved).worksheets[0].values])
    assert HOME_SCHOOL in names
    assert DECOY not in names
    changed = edited(saved.read_bytes(), HOME_SCHOOL, "Сайт", "https://new.example")
    mistaken = tmp_path / "школы.xlsx"
    mistaken.write_bytes(edited(changed, MISSPELT, "Почта", "не знаю"))
    _load(admin, mistaken, tmp_path)
    admin.go(f"/org-units/?q={HOME_SCHOOL}")
    admin.follow(HOME_SCHOOL, admin.page.locator("tbody"))
    expect(admin.page.locator("main")).to_contain_text("new.example")


def _choose_columns(admin) -> None:
    admin.open("Excel")
    admin.follow("Столбцы и наборы…")
    panel = admin.panel
    expect(panel).to_contain_text("Муниципалитет «Томаринский муниципальный округ»")
    for title in ("Краткое наименование", "Код", "Действует с", "Действует по"):
        panel.get_by_role("checkbox", name=title, exact=True).uncheck()
    for _ in range(7):
        admin.press("Выше: Сайт", panel)
    expect(panel.locator("[data-ordered] li").first).to_contain_text("Сайт")
    expect(admin.focused).to_have_attribute("aria-label", "Выше: Сайт")
    panel.get_by_label("Название набора").fill("Сайты школ")
    admin.press("Сохранить набор", panel)
    expect(admin.message).to_contain_text("Набор «Сайты школ» сохранён")


def _from_the_preset(admin, folder: Path) -> Path:
    """Asked for from the whole list: the preset brings its conditions along."""
    admin.go("/org-units/")
    admin.open("Excel")
    admin.follow("Столбцы и наборы…")
    preset = admin.panel.locator("li").filter(has_text="Сайты школ")
    expect(preset).to_contain_text("столбцов: 5")
    return downloaded(admin, lambda: admin.follow("Скачать", preset), folder)


def _load(admin, file: Path, folder: Path) -> None:
    admin.go("/org-units/")
    admin.open("Excel")
    admin.follow("Загрузить из Excel…")
    bring(admin, file, "Проверить файл")
    expect(row_of(admin, MISSPELT)).to_contain_text("Почта")
    expect(row_of(admin, MISSPELT)).to_contain_text("ошибка")
    expect(admin.page.locator("#import-state tbody tr")).to_have_count(1)
    number = int(row_of(admin, MISSPELT).locator("td").first.inner_text())
    admin.follow(re.compile("^изменится"), admin.page.locator(".tabs[aria-label='Строки файла']"))
    expect(admin.page.locator("#import-state tbody tr")).to_have_count(1)
    change = row_of(admin, HOME_SCHOOL).locator(".diff > div")
    expect(change).to_have_count(1)
    expect(change).to_have_text(re.compile(r"Сайт\s*пусто → https://new\.example"))
    marked = downloaded(admin, lambda: admin.follow("Мой файл с пометками"), folder)
    assert marked.name == "школы (что исправить).xlsx"
    page = openpyxl.load_workbook(marked).worksheets[0]
    told = {row[0].row: row[-1].value for row in page.iter_rows() if row[-1].value}
    assert told.pop(heading_row(page)) == "Что исправить"
    assert list(told) == [number]
    assert "Почта" in told[number]
    admin.press("Записать только верные: 1")
    expect(admin.message).to_contain_text("изменено 1")
    expect(admin.page.get_by_role("link", name="Загрузить исправленный")).to_be_visible()


# ── the unit's own workbook ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_workbook_of_a_school_there_and_back(person, site, tmp_path):
    school = person("school")
    school.go("/assignments/")
    school.open("Excel")
    school.follow("Рабочая книга…")
    book = downloaded(school, lambda: school.follow("Скачать рабочую книгу"), tmp_path)
    # Meanwhile somebody names another person in the system.
    school.go("/assignments/")
    school.open("Excel")
    listed = downloaded(school, lambda: school.follow("Скачать этот список"), tmp_path)
    other = tmp_path / "список.xlsx"
    other.write_bytes(edited(listed.read_bytes(), "12", "Ответственный", "Иванова И. И."))
    school.go("/imports/new?register=assignment")
    bring(school, other, "Проверить файл")
    school.press("Записать: 1")
    expect(school.message).to_contain_text("изменено 1")
    content = book.read_bytes()
    for point, title, value in (
        ("11", "Результат", "Исполнено"),
        ("11", "Что сделано", "Положение размещено."),
        ("11", "Ссылка на подтверждение", "school.example/vsoko"),
        ("12", "Ответственный", "Петрова П. П."),
    ):
        content = edited(content, point, title, value)
    book.write_bytes(content)
    school.go("/workbook/")
    bring(school, book, "Проверить книгу")
    conflict = row_of(school, "п. 12")
    expect(conflict).to_contain_text("Было в книге: пусто")
    expect(conflict).to_contain_text("Как сейчас в системе: Иванова И. И.")
    expect(school.page.get_by_role("button", name=re.compile("^Записать"))).to_have_count(0)
    conflict.get_by_label("Моё: Петрова П. П.").check()
    school.press("Учесть выбор")
    expect(school.page.locator("#import-state")).to_contain_text("отправятся на проверку")
    school.press("Записать: 2")
    expect(school.message).to_contain_text("изменено 2")
    school.go(site.records["11"])
    expect(school.page.locator("main")).to_contain_text("отчёт на проверке")
    expect(school.page.locator("main")).to_contain_text("Положение размещено.")
    expect(school.page.get_by_role("link", name="https://school.example/vsoko")).to_be_visible()
    school.go(site.records["12"])
    expect(school.page.locator("main")).to_contain_text("Петрова П. П.")
    # The same book once more has nothing to say.
    school.go("/workbook/")
    bring(school, book, "Проверить книгу")
    expect(school.page.locator("#import-state")).to_contain_text("Файл ничего не меняет")


# ── a long list ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_long_list_becomes_a_job_whose_file_is_downloaded(person, site, tmp_path, monkeypatch):
    monkeypatch.setitem(site.app.config, "STREAMED_ROWS", 2)
    go_on = _held_half_way(monkeypatch)
    region = person("region")
    region.go("/org-units/?kind=school")
    region.open("Excel")
    region.follow("Скачать этот список")
    expect(region.heading).to_have_text("Организации: выгрузка в Excel")
    expect(region.page).to_have_url(re.compile(r"/jobs/\d+$"))
    # The page follows the job by itself.
    expect(region.page.locator("#job-state .meter")).to_contain_text(re.compile(r"\d+ из 14"))
    expect(region.page.get_by_role("link", name=re.compile("^Скачать файл"))).to_have_count(0)
    go_on.set()
    file = downloaded(region, lambda: region.follow(re.compile("^Скачать файл")), tmp_path)
    expect(region.page.locator("#job-state")).to_contain_text("готово")
    page = openpyxl.load_workbook(file).worksheets[0]
    kinds = {row[0] for row in page.iter_rows(min_row=heading_row(page) + 1, values_only=True)}
    assert kinds == {"общеобразовательная организация"}
    expect(region.page.locator("#job-state")).to_contain_text(f"Строк в файле: {page.max_row - heading_row(page)}.")
    region.go("/jobs/")
    expect(region.page.get_by_role("link", name=file.name)).to_be_visible()


def _held_half_way(monkeypatch) -> threading.Event:
    """The job tells of every row, and waits for us after some of them."""
    real, go_on = register_export._told, threading.Event()

    def told(run, rows, total):
        for number, row in enumerate(real(run, rows, total)):
            if number == 7:
                go_on.wait(20)
            yield row

    monkeypatch.setattr(register_export, "FETCHED", 1)
    monkeypatch.setattr(register_export, "_told", told)
    return go_on
