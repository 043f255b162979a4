"""Who answers for assignments, from a list: a row that fits none says where to look."""

from __future__ import annotations

import pytest

from tests.factories.order import Point, issue_order
from tests.services.workbook_rounds import judged, means, table

HEADS = ("Распоряжение", "Пункт", "Организация", "Ответственный")


@pytest.fixture
def number(engine, world):
    issue_order(engine, world, points=(Point("1", to=("school", "school2")),), number="15-Р")
    return "15-Р"


def test_the_number_of_an_order_is_enough(number, work, tmp_path):
    content = table(HEADS, ("15-р", "1.", "МБОУ СОШ «school»", "Иванова И. И."))
    (verdict,) = judged(work("school"), "assignment", content, means(tmp_path)).verdicts
    assert [(change.title, change.after) for change in verdict.changes] == [("Ответственный", "Иванова И. И.")]


@pytest.mark.parametrize(
    ("row", "column", "told"),
    [
        (("7-Р", "1", "МБОУ СОШ «school»"), "order", "Документа «7-Р» среди ваших поручений нет."),
        (("15-Р", "1", "МБОУ СОШ «schoool»"), "unit", "Возможно, это «МБОУ СОШ «school»»."),
        (("15-Р", "99", "МБОУ СОШ «school»"), "point", "нет пункта «99»"),
        # Another's assignment is as if it were not there.
        (("15-Р", "1", "МБОУ СОШ «school2»"), "unit", "среди ваших поручений нет"),
    ],
)
def test_a_row_of_no_assignment_says_which_column_is_wrong(number, work, tmp_path, row, column, told):
    content = table(HEADS, (*row, "Иванова И. И."))
    (verdict,) = judged(work("school"), "assignment", content, means(tmp_path)).verdicts
    assert list(verdict.sentences) == [column]
    assert told in verdict.told
