from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from app.excel.annexes.round_results import (
    Answer,
    ChangeRow,
    CriterionColumn,
    LevelBand,
    MatrixRow,
    MunicipalityRow,
    RoundResults,
    SheetRow,
    write,
)
from app.excel.annexes.round_results_matrix import worth_fill
from app.models.enumeration import AssessmentStatus, UnitKind

CRITERIA = (
    CriterionColumn("Д1", "Положение утверждено", "Документы", "2"),
    CriterionColumn("Д2", "Положение размещено", "Документы"),
    CriterionColumn("Г1", "График утверждён", "График"),
)
TOWN = (CriterionColumn("М1", "Доля школ", "Муниципальный лист"),)
SHEETS = (
    SheetRow("Анивский", "Анивский", UnitKind.MUNICIPALITY, AssessmentStatus.DRAFT, False, 0, 1),
    SheetRow(
        "Анивский",
        "=1+1",
        UnitKind.SCHOOL,
        AssessmentStatus.APPROVED,
        True,
        3,
        3,
        date(2026, 10, 1),
        date(2026, 10, 2),
        date(2026, 10, 3),
        "в срок",
        Decimal("83.5"),
        "средний",
        2,
    ),
)
ROWS = (
    MatrixRow(
        "Анивский",
        "=1+1",
        "утверждён",
        Decimal("83.5"),
        "средний",
        {"Д1": Answer("2", Decimal(1)), "Д2": Answer("н/п", None, differs=True)},
        frozenset({"Г1"}),
    ),
    MatrixRow("Томаринский", "ОО-017", "черновик", None, "", {"Д1": Answer("1", Decimal("0.5"))}),
)
RESULTS = RoundResults(
    title="Мониторинг ВСОКО 2026/27",
    basis_lines=("Основание: приказ № 5",),
    as_of=datetime(2026, 11, 22, 14, 5, tzinfo=timezone(timedelta(hours=11))),
    made_by="Фамилия-003",
    scope_label="Сахалинская область",
    sheets=SHEETS,
    school_criteria=CRITERIA,
    school_rows=ROWS,
    municipal_criteria=TOWN,
    municipal_rows=(MatrixRow("", "Анивский", "не начат", None, ""),),
    bands=(LevelBand("высокий", "85"), LevelBand("низкий", "0")),
    summary=(
        MunicipalityRow("Анивский", 1, approved=1, in_time=1, counted=1, mean=Decimal("83.5"), levels=(0, 1)),
        MunicipalityRow("Итого", 1, approved=1, in_time=1, counted=1, mean=Decimal("83.5"), levels=(0, 1)),
    ),
    changes=(
        ChangeRow("Анивский", "=1+1", "Д1. Положение", "значение", "-1", "2", datetime(2026, 11, 20, 3, 4, tzinfo=UTC)),
    ),
)


def pages(results: RoundResults) -> dict[str, Worksheet]:
    target = io.BytesIO()
    write(target, results)
    return {page.title: page for page in openpyxl.load_workbook(target)}


def row_of(page: Worksheet, text: object, column: int = 1) -> int:
    return next(row for row in range(1, page.max_row + 1) if page.cell(row, column).value == text)


def test_every_sheet_says_whose_it_is_and_prints_in_landscape() -> None:
    for name, page in pages(RESULTS).items():
        lines = [page.cell(row, 1).value for row in range(1, 5)]
        assert lines[0].startswith("Мониторинг ВСОКО 2026/27. "), name
        assert lines[1:] == [
            "Основание: приказ № 5",
            "по состоянию на 22.11.2026 14:05 (UTC+11)",
            "Сформировал: Фамилия-003, в пределах: Сахалинская область",
        ]
        assert page.page_setup.orientation == "landscape"
        assert page.freeze_panes is not None


def test_text_is_never_a_formula() -> None:
    for page in pages(RESULTS).values():
        assert not [cell for row in page.iter_rows() for cell in row if cell.data_type == "f"]
    found = pages(RESULTS)
    assert found["Реестр листов"].cell(row_of(found["Реестр листов"], 2), 3).quotePrefix
    assert found["Изменено после утверждения"].cell(row_of(found["Изменено после утверждения"], 1), 6).quotePrefix


def test_the_register_tells_a_sheet_not_begun_from_a_draft() -> None:
    page = pages(RESULTS)["Реестр листов"]
    untouched, approved = row_of(page, 1), row_of(page, 2)
    assert page.cell(untouched, 5).value == "не начат"
    values = [page.cell(approved, column).value for column in range(4, 14)]
    assert values == [
        "школьный",
        "утверждён",
        "3 из 3",
        datetime.fromisoformat("2026-10-01"),
        datetime.fromisoformat("2026-10-02"),
        datetime.fromisoformat("2026-10-03"),
        "в срок",
        pytest.approx(0.835),
        "средний",
        2,
    ]
    fills = {page.cell(row, 5).fill.start_color.rgb for row in (untouched, approved)}
    assert len(fills) == 2


def test_the_matrix_colours_by_the_share_of_points_and_says_it_in_words() -> None:
    page = pages(RESULTS)["Матрица"]
    head = row_of(page, "Организация")
    assert [page.cell(head - 1, column).value for column in (5, 7)] == ["Документы", "График"]
    assert [page.cell(head, column).value for column in (5, 6, 7)] == [
        "Д1. Положение утверждено",
        "Д2. Положение размещено",
        "Г1. График утверждён",
    ]
    first, second = row_of(page, "=1+1"), row_of(page, "ОО-017")
    # The municipality stands above its units.
    assert (page.cell(first - 1, 1).value, page.cell(second - 1, 1).value) == ("Анивский", "Томаринский")
    assert [page.cell(first, column).value for column in (3, 5, 6, 7)] == [pytest.approx(0.835), "2", "н/п*", None]
    assert [page.cell(second, column).value for column in (3, 5, 6, 7)] == [None, "1", "–", "–"]
    fills = [page.cell(first, column).fill.start_color.rgb for column in (5, 6, 7)]
    assert len({*fills, page.cell(second, 5).fill.start_color.rgb}) == 4
    assert page.freeze_panes == f"B{head + 1}"
    legend = [page.cell(row, 1).value for row in range(second, page.max_row + 1)]
    assert "Обозначения" in legend
    assert "Д1. Положение утверждено (вес 2)" in legend


@pytest.mark.parametrize(("low", "high"), [("0", "0.01"), ("0.49", "0.5"), ("0.99", "1")])
def test_a_colour_changes_where_the_legend_says(low: str, high: str) -> None:
    assert worth_fill(Decimal(low)) != worth_fill(Decimal(high))
    assert worth_fill(Decimal("0.2")) == worth_fill(Decimal("0.49"))


def test_the_summary_counts_states_terms_and_levels() -> None:
    page = pages(RESULTS)["Свод по муниципалитетам"]
    row = row_of(page, "Анивский")
    head = [page.cell(row - 1, column).value for column in range(2, page.max_column + 1)]
    assert head[:8] == [
        *("всего", "не начато", "заполняется", "отправлено", "возвращено", "принято", "утверждено", "освобождено")
    ]
    assert head[8:] == [
        *("в срок", "с опозданием", "не сдано, срок прошёл", "в срок, %", "учтено листов", "средний"),
        *("высокий", "низкий", "без уровня"),
    ]
    values = [page.cell(row, column).value for column in range(2, page.max_column + 1)]
    assert values == [2, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0.5, 1, pytest.approx(0.835), 0, 1, 0]
    nobody = replace(RESULTS, summary=(MunicipalityRow("Итого", excused=3, levels=(0, 0)),))
    page = pages(nobody)["Свод по муниципалитетам"]
    row = row_of(page, "Итого")
    assert (page.cell(row, 13).value, page.cell(row, 15).value) == ("–", "–")


def test_what_changed_after_approval_has_its_moment_in_the_region_s_zone() -> None:
    page = pages(RESULTS)["Изменено после утверждения"]
    row = row_of(page, 1)
    assert [page.cell(row, column).value for column in range(4, 9)] == [
        "Д1. Положение",
        "значение",
        "-1",
        "2",
        datetime.fromisoformat("2026-11-20T14:04"),
    ]
    page = pages(replace(RESULTS, changes=()))["Изменено после утверждения"]
    assert "После утверждения ничего не менялось." in [page.cell(row, 1).value for row in range(1, page.max_row + 1)]


def test_a_round_of_one_kind_has_one_matrix() -> None:
    schools = pages(replace(RESULTS, municipal_rows=()))
    assert "Матрица (муниципалитеты)" not in schools
    towns = pages(replace(RESULTS, school_criteria=(), school_rows=()))
    assert "Матрица (муниципалитеты)" not in towns
    assert row_of(towns["Матрица"], "Анивский")
    empty = replace(
        RESULTS, sheets=(), school_rows=(), municipal_rows=(), summary=(MunicipalityRow("Итого"),), changes=(), bands=()
    )
    assert "Матрица" in pages(empty)
