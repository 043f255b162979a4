"""«Отчёты»: the catalogue, the summary workbook in each one's own scope, and when it was last made."""

from __future__ import annotations

import io

import openpyxl
import pytest

from tests.factories.order import Point, issue_order
from tests.factories.training import add_requirement
from tests.services.workbook_rounds import heading_row

pytestmark = pytest.mark.once


@pytest.fixture
def order(engine, world):
    return issue_order(engine, world, points=(Point("1", to=("municipality", "school", "school_b")),))


def sheets(answer) -> dict[str, int]:
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return {page.title: page.max_row - heading_row(page) for page in book}


def test_the_summary_has_a_sheet_for_each_register_cut_to_the_scope(browser, order):
    region = sheets(browser("region").get("/reports/summary/export"))
    assert list(region)[:2] == ["Распоряжения", "Поручения"]
    assert "Организации" in region
    assert (region["Поручения"], region["Распоряжения"]) == (3, 1)
    school = sheets(browser("school").get("/reports/summary/export"))
    assert (school["Поручения"], school["Организации"]) == (1, 1)
    observer = sheets(browser("observer").get("/reports/summary/export"))
    assert "Пользователи" not in observer
    foreign = browser("foreign_region").get("/reports/summary/export")
    assert sheets(foreign)["Поручения"] == 0
    assert "Томаринский муниципальный округ" not in str(
        [
            cell
            for page in openpyxl.load_workbook(io.BytesIO(foreign.data))
            for row in page.values
            for cell in row
            if cell
        ]
    ).replace("Томаринский муниципальный округ (Тула)", "")


def test_a_long_summary_is_made_by_a_job(app, browser, order, monkeypatch):
    from app.web.background import worker

    monkeypatch.setattr("app.admin.report.AT_ONCE", 2)
    client = browser("region")
    answer = client.get("/reports/summary/export")
    number = int(answer.location.rpartition("/")[2])
    assert worker(app).run(number)
    assert sheets(client.get(f"/jobs/{number}/result"))["Поручения"] == 3


def test_the_catalogue_says_when_a_report_was_last_made_by_oneself(browser, order):
    client = browser("school")
    assert "Последний раз" not in client.get("/reports/").text
    client.get("/assignments/export")
    assert client.get("/reports/").text.count("Последний раз") == 1
    client.get("/reports/summary/export")
    client.get("/reports/order-execution?order=1", follow_redirects=True)
    assert client.get("/reports/").text.count("Последний раз") == 3
    assert "Последний раз" not in browser("municipality").get("/reports/").text


def test_the_annex_of_an_order_is_reached_from_the_catalogue(browser, order):
    client = browser("school")
    assert client.get("/reports/order-execution?order=1").location == "/orders/1/annex"
    assert client.get("/reports/order-execution?order=x").status_code == 400
    assert client.get("/reports/summary/export?on_day=tomorrow").status_code == 400
    assert browser("foreign_school").get("/reports/order-execution?order=1", follow_redirects=True).status_code == 404


def test_the_annex_of_a_requirement_is_reached_from_the_catalogue(engine, world, browser):
    requirement = add_requirement(engine, world, title="Обучение по ВСОКО")
    client = browser("municipality")
    assert "Обучение по ВСОКО" in client.get("/reports/").text
    asked = f"/reports/training-coverage?requirement={requirement}"
    assert client.get(asked).location == f"/training-requirements/{requirement}/annex"
    assert client.get(asked, follow_redirects=True).status_code == 200
    assert client.get("/reports/").text.count("Последний раз") == 1
    assert client.get("/reports/training-coverage?requirement=x").status_code == 400
    # A provider is not told who must be trained.
    assert "Обучение по ВСОКО" not in browser("provider").get("/reports/").text
    assert browser("foreign_school").get(asked, follow_redirects=True).status_code == 404
