"""The workbooks of measures: plan and summary, as cells."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import openpyxl
import pytest

from app.excel.annexes import measure_plan, measure_summary
from app.excel.annexes.measure_plan import BareLine, MeasurePlan, PlanGroup, PlanLine
from app.excel.annexes.measure_summary import MeasureSummary, SummaryLine, SummarySheet
from app.excel.sheet import Signature

pytestmark = pytest.mark.once

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=timezone(timedelta(hours=11)))


def line(**values):
    told = {
        "finding": "Д1. Положение не утверждено\nГ1. Нет графика (2 орг.)",
        "cause": "Не хватает времени",
        "measure": "=1+1",
        "responsible": "Иванова А. П.\nдиректор",
        "due_on": date(2026, 10, 1),
        "figure": "Средний балл",
        "before": Decimal("0.5"),
        "target": Decimal(2),
        "after": None,
        "proof": "Приказ № 5",
        "done_on": None,
        "status": "в работе",
        "effect": "",
    }
    return PlanLine(**told | values)


def plan(*groups, bare=()):
    return MeasurePlan(
        title="План мероприятий",
        lines=("с 01.09.2026 по 31.08.2027",),
        as_of=NOW,
        made_by="Фамилия-003",
        scope_label="Томаринский",
        groups=groups,
        bare=bare,
        filter_label="Причина: нет времени",
        signatures=(Signature("Исполнитель", "Фамилия-003"), Signature("Руководитель")),
    )


def pages(write, content):
    target = io.BytesIO()
    write(target, content)
    return openpyxl.load_workbook(target)


def cells(page):
    return [[cell.value for cell in row] for row in page.iter_rows()]


def test_the_plan_numbers_its_lines_across_units_and_shows_what_is_late():
    book = pages(
        measure_plan.write,
        plan(PlanGroup("Школа 1", [line(is_late=True), line(measure="Вторая")]), PlanGroup("Школа 2", [line()])),
    )
    page = book["План мероприятий"]
    rows = cells(page)
    head = next(number for number, row in enumerate(rows) if row[0] == "№ п/п")
    assert rows[head] == [
        *("№ п/п", "Недостаток", "Причина", "Мера", "Ответственный (должность)", "План-срок", "Показатель", "Было"),
        *("Цель", "Стало", "Подтверждение", "Факт-срок", "Статус", "Вывод об эффективности"),
    ]
    assert [row[0] for row in rows[head + 1 : head + 6]] == ["Школа 1", 1, 2, "Школа 2", 3]
    assert rows[head + 2][7:10] == [0.5, 2, None]
    term = page.cell(head + 3, 6)
    assert term.value.date() == date(2026, 10, 1)
    assert term.font.color.rgb.endswith("B3261E")
    assert not page.cell(head + 4, 6).font.color.rgb.endswith("B3261E")
    words = "\n".join(str(value) for row in rows for value in row if value)
    for said in ("Отбор: Причина: нет времени", "Исполнитель ____", "/ Фамилия-003 /", "Красным: срок прошёл"):
        assert said in words
    assert page.cell(head + 3, 4).data_type == "s"
    assert page.page_setup.orientation == "landscape"
    assert page.freeze_panes is not None


def test_one_unit_has_no_heading_and_an_empty_plan_says_so():
    rows = cells(pages(measure_plan.write, plan(PlanGroup("", [line()])))["План мероприятий"])
    head = next(number for number, row in enumerate(rows) if row[0] == "№ п/п")
    assert rows[head + 1][0] == 1
    book = pages(measure_plan.write, plan(bare=[BareLine("", "", "", "", "", date(2026, 1, 1))]))
    assert any("Мер в плане нет" in str(row[0]) for row in cells(book["План мероприятий"]))
    book = pages(measure_plan.write, plan())
    assert any("меры запланированы" in str(row[0]) for row in cells(book["Недостатки без мер"]))


def test_the_summary_has_a_sheet_for_each_cut_and_its_total_is_the_last_row():
    whole = SummaryLine("Всего", findings=5, open=4, bare=2, resolved=1, measures=3, verified=1, overdue=1, helped=1)
    content = MeasureSummary(
        title="Свод",
        as_of=NOW,
        made_by="Фамилия-003",
        scope_label="Сахалинская область",
        sheets=(
            SummarySheet("Свод", "По муниципалитетам", ("Муниципалитет",), [whole, SummaryLine("Пусто")], whole),
            SummarySheet("По организациям", "x", ("Муниципалитет", "Организация"), [SummaryLine("Ш", "М", open=1)]),
            SummarySheet("По причинам", "x", ("Причина",), []),
        ),
        notes=("Как считается.",),
        signatures=(Signature("Исполнитель"),),
    )
    book = pages(measure_summary.write, content)
    assert book.sheetnames == ["Свод", "По организациям", "По причинам"]
    rows = cells(book["Свод"])
    titles = next(row for row in rows if row[0] == "Муниципалитет")
    assert titles[1:] == [
        *("всего", "открыто", "из них без мер", "устранено"),
        *("всего", "запланировано", "в работе", "ждут подтверждения", "не подтверждено", "подтверждено"),
        *("подтверждено, %", "просрочено", "помогло", "не видно", "мало данных"),
    ]
    at = rows.index(titles)
    total = next(row for row in rows if row[0] == "Всего" and row is not rows[at + 1])
    assert total == ["Всего", 5, 4, 2, 1, 3, 0, 0, 0, 0, 1, pytest.approx(1 / 3), 1, 1, 0, 0]
    assert rows[at + 2][11] == "–"
    assert [row[:2] for row in cells(book["По организациям"]) if row[1] == "Ш"] == [["М", "Ш"]]
    assert any("Недостатков и мер здесь нет" in str(row[0]) for row in cells(book["По причинам"]))
    assert any("Как считается." in str(row[0]) for row in rows)
