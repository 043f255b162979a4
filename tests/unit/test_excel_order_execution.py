from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from app.excel.annexes.order_execution import DetailRow, OrderExecution, PointColumn, SummaryRow, write
from app.excel.sheet import Signature
from app.models.enumeration import AssignmentStatus, OrderKind

TITLE = "О результатах мониторинга внутришкольных систем оценки качества образования"
OFFICIAL = (
    "Информация об исполнении распоряжения министерства образования Сахалинской области от 25.01.2023 № 3.12-118-Р"
)
POINTS = (
    PointColumn("2.1", "проанализировать отрицательные факторы", "без срока"),
    PointColumn("2.2", "организовать методическую поддержку", "30.01.2023"),
    PointColumn("4а", "разработать программу", "24.02.2023"),
)
SUMMARY = (
    SummaryRow("Томаринский", "2.1", 3, 3, 0),
    SummaryRow("Томаринский", "2.2", 3, 1, 2),
    SummaryRow("Анивский", "2.2", 4, 0, 1),
    SummaryRow("Анивский", "2.2", 1, 1, 0),  # a second part of the same cell
    SummaryRow("Организации региона", "4а", 1, 0, 0),
)
DETAILS = (
    DetailRow(
        "Томаринский",
        "МБОУ СОШ с. Ильинское",
        "2.2",
        "разместить документы",
        AssignmentStatus.DONE,
        due_on=date(2023, 1, 30),
        done_on=date(2023, 1, 27),
        evidence="приказ от 28.08.2024 № 390\nhttps://ilinskoe.sakhalinschool.ru/file/card?id=2126",
        responsible="+7 (42446) 2-12-34",
    ),
    DetailRow(
        "Анивский",
        "=1+1",
        "2.1",
        "проанализировать",
        AssignmentStatus.RETURNED,
        overdue=True,
        due_label="ежеквартально до 5 числа",
        reason="Положение на согласовании",
    ),
    DetailRow("Анивский", "ОО-017 (демо)", "2.1", "проанализировать " * 40, AssignmentStatus.ASSIGNED),
)
EXECUTION = OrderExecution(
    kind=OrderKind.DIRECTIVE,
    issuer_genitive="министерства образования Сахалинской области",
    number="3.12-118-Р",
    dated_on=date(2023, 1, 25),
    title=TITLE,
    as_of=datetime(2026, 11, 21, 14, 5, tzinfo=timezone(timedelta(hours=11))),
    made_by="Фамилия-003",
    scope_label="Сахалинская область",
    points=POINTS,
    summary=SUMMARY,
    details=DETAILS,
    signatures=(Signature("Исполнитель", "Фамилия-003"), Signature("Руководитель")),
)


def sheets(execution: OrderExecution) -> tuple[Worksheet, Worksheet]:
    target = io.BytesIO()
    write(target, execution)
    book = openpyxl.load_workbook(target)
    assert book.sheetnames == ["Свод", "Сведения"]
    return book["Свод"], book["Сведения"]


def column(page: Worksheet, number: int = 1) -> list[object]:
    return [page.cell(row, number).value for row in range(1, page.max_row + 1)]


def figures(page: Worksheet, name: str) -> list[object]:
    row = column(page).index(name) + 1
    return [page.cell(row, number).value for number in range(2, page.max_column + 1)]


def test_both_sheets_carry_the_official_heading() -> None:
    for page in sheets(EXECUTION):
        assert column(page)[:4] == [
            f"{OFFICIAL} «{TITLE}»",
            "по состоянию на 21.11.2026 14:05 (UTC+11)",
            "Сформировал: Фамилия-003, в пределах: Сахалинская область",
            None,
        ]
        signed = [value for value in column(page) if isinstance(value, str) and "____" in value]
        assert [value.split(" ")[0] for value in signed] == ["Исполнитель", "Руководитель"]
        assert signed[0].endswith("/ Фамилия-003 /")
        assert page.row_dimensions[column(page).index(signed[0])].height == 14.25  # room above for the hand that signs
        assert page.page_setup.orientation == "landscape"
        assert page.oddFooter.left.text == "Распоряжение от 25.01.2023 № 3.12-118-Р"
        assert page.oddFooter.center.text == "Стр. &P из &N"


@pytest.mark.parametrize(
    ("kind", "genitive"),
    [(OrderKind.DIRECTIVE, "распоряжения"), (OrderKind.ORDER, "приказа"), (OrderKind.LETTER, "письма")],
)
def test_the_kind_of_the_order_stands_in_the_genitive(kind: OrderKind, genitive: str) -> None:
    line = replace(EXECUTION, kind=kind, issuer_genitive="", title="«О мерах»", number="5").official_line
    assert line == f"Информация об исполнении {genitive} от 25.01.2023 № 5 «О мерах»"


def test_the_summary_counts_by_municipality_and_point() -> None:
    page, _ = sheets(EXECUTION)
    none = [0, 0, 0, "–"]
    assert figures(page, "Томаринский") == [
        3,
        3,
        0,
        1,
        3,
        1,
        2,
        pytest.approx(1 / 3),
        *none,
        6,
        4,
        2,
        pytest.approx(2 / 3),
    ]
    assert figures(page, "Анивский") == [*none, 5, 1, 1, 0.2, *none, 5, 1, 1, 0.2]
    assert figures(page, "Организации региона") == [*none, *none, 1, 0, 0, 0, 1, 0, 0, 0]
    assert figures(page, "Итого") == [3, 3, 0, 1, 8, 2, 3, 0.25, 1, 0, 0, 0, 12, 5, 3, pytest.approx(5 / 12)]


def test_the_summary_header_has_two_storeys_merged_over_four_figures_each() -> None:
    page, _ = sheets(EXECUTION)
    head = column(page).index("Муниципалитет") + 1
    assert [page.cell(head - 1, number).value for number in (2, 6, 10, 14)] == [
        "п. 2.1\nбез срока",
        "п. 2.2\n30.01.2023",
        "п. 4а\n24.02.2023",
        "Итого",
    ]
    merged = {str(each) for each in page.merged_cells.ranges}
    assert {f"{area}" for area in ("B5:E5", "F5:I5", "J5:M5", "N5:Q5")} <= merged
    assert [page.cell(head, number).value for number in range(2, 10)] == ["всего", "исполнено", "просрочено", "%"] * 2
    assert page.freeze_panes == f"B{head + 1}"
    assert page.print_title_rows == f"${head - 1}:${head}"
    last = column(page).index("Итого") + 1
    assert page.auto_filter.ref == f"A{head}:Q{last - 1}"


def test_what_is_overdue_is_red_and_a_share_is_a_number_in_percent() -> None:
    page, _ = sheets(EXECUTION)
    row = column(page).index("Томаринский") + 1
    late, in_time, share, absent = (page.cell(row, number) for number in (8, 4, 9, 10))
    assert (late.value, late.font.color.rgb) == (2, "FFB3261E")
    assert (in_time.value, in_time.font.color.rgb) == (0, "FF1B2130")
    assert share.number_format == "0.0%"
    assert (absent.value, absent.number_format) == (0, '0;-0;"–"')


def test_the_points_are_spelled_out_under_the_table() -> None:
    page, _ = sheets(EXECUTION)
    after = column(page)[column(page).index("Пункты") + 1 :]
    assert after[:3] == [
        "2.1. проанализировать отрицательные факторы (без срока)",
        "2.2. организовать методическую поддержку (30.01.2023)",
        "4а. разработать программу (24.02.2023)",
    ]


@pytest.mark.parametrize(("points", "paper"), [(1, 9), (4, 9), (5, 8), (9, 8)])
def test_many_points_are_printed_on_a3(points: int, paper: int) -> None:
    labels = tuple(PointColumn(str(number), "текст", "без срока") for number in range(points))
    page, details = sheets(replace(EXECUTION, points=labels, summary=()))
    assert page.page_setup.paperSize == paper
    assert page.page_setup.fitToHeight == 0
    assert details.page_setup.paperSize == 9


def test_the_details_have_one_numbered_row_for_each_assignment() -> None:
    _, page = sheets(EXECUTION)
    head = column(page).index("№ п/п") + 1
    assert [cell.value for cell in page[head]] == [
        "№ п/п",
        "Муниципалитет",
        "ОО",
        "Пункт",
        "Содержание",
        "Срок",
        "Состояние",
        "Дата исполнения",
        "Подтверждение",
        "Причина неисполнения",
        "Ответственный",
    ]
    first, second, third = ([cell.value for cell in page[head + number]] for number in (1, 2, 3))
    assert first == [
        1,
        "Томаринский",
        "МБОУ СОШ с. Ильинское",
        "2.2",
        "разместить документы",
        datetime.fromisoformat("2023-01-30"),
        "исполнено",
        datetime.fromisoformat("2023-01-27"),
        "приказ от 28.08.2024 № 390\nhttps://ilinskoe.sakhalinschool.ru/file/card?id=2126",
        None,
        "+7 (42446) 2-12-34",
    ]
    assert second[2:8] == [
        "=1+1",
        "2.1",
        "проанализировать",
        "ежеквартально до 5 числа",
        "возвращено, просрочено",
        None,
    ]
    assert third[5] == "без срока"
    assert page.cell(head + 2, 3).data_type == "s"
    assert page.cell(head + 2, 3).quotePrefix
    assert page.cell(head + 1, 9).hyperlink is None
    assert page.freeze_panes == f"A{head + 1}"
    assert page.auto_filter.ref == f"A{head}:K{head + 3}"
    assert page.row_dimensions[head + 3].height > 5 * page.row_dimensions[head + 2].height / 2


def test_every_state_has_a_colour_of_its_own() -> None:
    details = [DetailRow("М", "ОО", "1", "т", state) for state in AssignmentStatus]
    _, page = sheets(replace(EXECUTION, details=details))
    head = column(page).index("№ п/п") + 1
    cells = [page.cell(head + 1 + number, 7) for number in range(len(details))]
    assert [cell.value for cell in cells] == [state.label for state in AssignmentStatus]
    assert len({cell.fill.start_color.rgb for cell in cells}) == len(details)


def test_a_point_that_the_annex_does_not_know_is_refused_and_nothing_is_written() -> None:
    target = io.BytesIO()
    with pytest.raises(ValueError, match=r"point 9\.9 is not among"):
        write(target, replace(EXECUTION, summary=(*SUMMARY, SummaryRow("Анивский", "9.9", 1, 0, 0))))
    assert target.getvalue() == b""


@pytest.mark.parametrize("counts", [(1, 2, 0), (1, 0, 2), (1, -1, 0), (-1, 0, 0)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="out of"):
        SummaryRow("Анивский", "2.1", *counts)


def test_nothing_to_report_still_makes_a_workbook() -> None:
    page, details = sheets(replace(EXECUTION, points=(), summary=(), details=()))
    assert figures(page, "Итого") == [0, 0, 0, "–"]
    assert column(details).count(None) >= 1


@st.composite
def summary_rows(draw: st.DrawFn) -> SummaryRow:
    total = draw(st.integers(0, 2000))
    done, overdue = draw(st.integers(0, total)), draw(st.integers(0, total))
    return SummaryRow(draw(st.sampled_from("АБВ")), draw(st.sampled_from(["2.1", "4а"])), total, done, overdue)


@settings(max_examples=25, deadline=None)
@given(st.lists(summary_rows(), max_size=10))
def test_totals_are_the_sums_of_their_rows_and_columns(summary: list[SummaryRow]) -> None:
    page, _ = sheets(replace(EXECUTION, summary=summary, details=()))
    table = [figures(page, name) for name in dict.fromkeys(each.municipality for each in summary)]
    total = figures(page, "Итого")
    assert total[12:15] == [
        sum(each.total for each in summary),
        sum(each.done for each in summary),
        sum(each.overdue for each in summary),
    ]
    for number, value in enumerate(total):
        if number % 4 < 3:
            assert value == sum(row[number] for row in table)
        else:
            whole, done = total[number - 3], total[number - 2]
            assert value == (pytest.approx(done / whole) if whole else "–")
    for row in table:
        for figure in range(3):
            assert row[12 + figure] == row[figure] + row[4 + figure] + row[8 + figure]
