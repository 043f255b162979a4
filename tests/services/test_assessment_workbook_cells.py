"""What cannot be taken from an assessment sheet in a workbook: told at its row, the others written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.models import CriterionScore
from app.models.enumeration import ScoreSource
from app.policies.refusal import Invalid
from app.services import workbook_import
from tests.factories.monitoring import fill_sheet
from tests.services.assessment_books import (
    filled,
    hold,
    issued,
    rows_of,
    scores,
    taken,
    verdicts,
    written,
)
from tests.services.assessment_deeds import change
from tests.services.workbook_rounds import NOW, means

# What it says of the database its services say on PostgreSQL too.
pytestmark = pytest.mark.once


@pytest.fixture
def held(engine, world):
    return hold(engine, world)


@pytest.mark.parametrize(
    ("code", "cells", "field", "said"),
    [
        ("Г1", {"Неприменимо": "да"}, "na_reason", "Напишите, почему"),
        ("Г1", {"Почему неприменимо": "просто так"}, "na", "только вместе с «да»"),
        ("Г1", {"Ответ": "да", "Неприменимо": "да", "Почему неприменимо": "нет"}, "value", "оставьте что-то одно"),
        ("Г1", {"Неприменимо": "возможно"}, "na", "«возможно»"),
        ("Г1", {"Ответ": "н/п"}, "value", "свой столбец"),
        ("Г1", {"Ответ": "скорее да"}, "value", "«скорее да» у критерия нет. Выберите из списка: да; нет."),
        ("Н1", {"Неприменимо": "да", "Почему неприменимо": "нет"}, "na", "применим всегда"),
        ("Ч1", {"Ответ": "почти все"}, "value", "«почти все» – не число"),
        ("Ч1", {"Ответ": "83,555"}, "value", "двух знаков"),
        ("Ч1", {"Ответ": 120}, "value", "от 0 до 100"),
        ("Д1", {"Пояснение": "о" * 4001}, "comment", "не больше 4000 знаков"),
    ],
)
def test_a_wrong_cell_is_told_at_its_row_and_the_others_are_written(held, work, tmp_path, code, cells, field, said):
    session, by = work("school"), means(tmp_path)
    imported = taken(session, filled(issued(session), {code: cells, "К1": {"Ответ": "1"}}), by)
    found = verdicts(by, imported)
    assert set(found[code].sentences) == {field}
    assert said in found[code].told
    # What the person wrote is shown beside.
    assert len(found[code].changes) == len(cells)
    session.commit()
    with pytest.raises(Invalid):
        workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    session.rollback()
    written(session, imported, by, only_right=True)
    assert list(scores(session, held)) == ["К1"]


def test_all_wrong_cells_of_a_row_are_told_at_once(held, work, tmp_path):
    session, by = work("school"), means(tmp_path)
    cells = {"Ответ": "много", "Неприменимо": "возможно", "Пояснение": "о" * 4001}
    told = verdicts(by, taken(session, filled(issued(session), {"Ч1": cells}), by))["Ч1"].told
    assert all(said in told for said in ("«много» – не число", "«возможно»", "4000 знаков"))


def test_what_the_system_counted_is_locked_but_for_its_comment(held, engine, world, work, tmp_path):
    number = fill_sheet(engine, world, held, "school", {"К1": "1", "Д1": "1"})["К1"]
    session, by = work("school"), means(tmp_path)
    early = issued(session)
    change(engine, CriterionScore, number, source=ScoreSource.COUNTED, counted_at=NOW, counted_value=Decimal(1))
    row = rows_of(issued(session))["К1"]
    assert {title for title, cell in row.items() if not cell.protection.locked} == {"Пояснение"}
    for content in (early, issued(session)):
        wrong = verdicts(by, taken(session, filled(content, {"К1": {"Ответ": "2 — ответ 2"}}), by))["К1"]
        assert "Оспорить его можно только на странице" in wrong.sentences["value"]
    written(session, taken(session, filled(early, {"К1": {"Пояснение": "верно"}}), by), by)
    found = scores(session, held)["К1"]
    assert (found.value, found.comment, found.source) == (1, "верно", ScoreSource.COUNTED)
    # One disputed on the page stays so.
    session.rollback()
    change(engine, CriterionScore, number, value=Decimal(2), points=Decimal(2), dispute_reason="нет приказа")
    written(session, taken(session, filled(issued(session), {"К1": {"Пояснение": "спорим"}}), by), by)
    found = scores(session, held)["К1"]
    assert (found.value, found.comment, found.dispute_reason) == (2, "спорим", "нет приказа")
