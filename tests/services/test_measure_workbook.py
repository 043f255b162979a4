"""Measures in a unit's workbook: whoever answers is named, what is done is handed in, what cannot be is refused now."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import CorrectiveMeasure, Evidence
from app.models.enumeration_of_measures import FigureSource, MeasureStatus
from app.services import corrective_measure, workbook_import
from app.services.row_verdict import VerdictKind
from tests.factories.measures import add_evidence, add_finding, add_measure, rest_on
from tests.services.test_personal_workbook import filled, taken, verdicts
from tests.services.workbook_rounds import means

# What it says of the database its services say on PostgreSQL too.
pytestmark = pytest.mark.once
TYPED = {"figure_source": FigureSource.TYPED, "figure_name": "Охват", "figure_before": Decimal(1)}


@pytest.fixture
def numbers(engine, world):
    """In the order of the book, by their terms; then what is in no book of the school's."""
    own = [
        add_measure(engine, world, title=title, due_on=date(2026, 12, day), responsible="Иванова", **values)
        for day, title, values in (
            (1, "Положение", {"findings": [add_finding(engine, world)]}),
            (2, "Охват", TYPED),
            (3, "Переделать", {"status": MeasureStatus.NOT_VERIFIED}),
            (4, "С файлом", {"made_by": "municipality"}),
            (5, "Не тронута", {}),
        )
    ]
    rest_on(engine, own[3], add_evidence(engine, world))
    add_measure(engine, world, title="Сделана", status=MeasureStatus.DONE)
    add_measure(engine, world, "municipality", title="Города", units=("school",))
    add_measure(engine, world, "school2", title="Соседа")
    return own


def test_a_book_goes_there_and_back(app, numbers, browser, work, tmp_path):
    content = browser("school").get("/workbook/export").data
    session, by = work("school"), means(tmp_path)
    assert [one.kind for one in verdicts(by, taken(session, content, by))] == [VerdictKind.SAME] * 5
    link = "https://school.example/act"
    sent = filled(
        content,
        {
            0: {"Выполнена": "20.11.2026", "Как выполнена": "Утверждено", "Ссылка, где видно": link},
            1: {"Выполнена": date(2026, 11, 1), "Стало": "2,5", "Ссылка, где видно": link, "Должность": "зам"},
            2: {"Выполнена": "20.11.2026", "Ссылка, где видно": link},
            3: {"Выполнена": "20.11.2026", "Кто отвечает": "Петрова  Анна"},
        },
    )
    imported = taken(session, sent, by)
    assert [one.kind for one in verdicts(by, imported)] == [VerdictKind.CHANGED] * 4 + [VerdictKind.SAME]
    session.commit()
    assert workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    session.commit()
    found = [session.get_one(CorrectiveMeasure, number) for number in numbers]
    assert [one.status for one in found] == [MeasureStatus.DONE] * 4 + [MeasureStatus.PLANNED]
    assert [one.done_on for one in found[:2]] == [date(2026, 11, 20), date(2026, 11, 1)]
    assert (found[0].done_note, found[1].figure_after, found[1].responsible_position) == (
        "Утверждено",
        Decimal("2.5"),
        "зам",
    )
    assert (found[3].responsible, found[3].due_on, found[0].responsible) == (
        "Петрова Анна",
        date(2026, 12, 4),
        "Иванова",
    )
    assert len(session.scalars(select(Evidence).where(Evidence.url == link)).all()) == 3


@pytest.mark.parametrize(
    ("row", "cells", "sentence"),
    [
        (0, {"Как выполнена": "Сделали"}, "Впишите день"),
        (0, {"Выполнена": "вчера", "Ссылка, где видно": "https://a.example"}, "не день"),
        (0, {"Выполнена": "22.11.2026", "Ссылка, где видно": "https://a.example"}, "ещё не наступил"),
        (0, {"Выполнена": "20.11.2026"}, "без подтверждения"),
        (0, {"Выполнена": "20.11.2026", "Ссылка, где видно": "javascript:1"}, "не адрес"),
        (1, {"Выполнена": "20.11.2026", "Ссылка, где видно": "https://a.example"}, "каким стал показатель"),
        (1, {"Выполнена": "20.11.2026", "Стало": "много", "Ссылка, где видно": "https://a.example"}, "не число"),
    ],
)
def test_what_could_not_be_handed_in_is_told_before(app, numbers, browser, work, tmp_path, row, cells, sentence):
    content = browser("school").get("/workbook/export").data
    session, by = work("school"), means(tmp_path)
    told = verdicts(by, taken(session, filled(content, {row: cells}), by))
    assert [one.kind for one in told].count(VerdictKind.WRONG) == 1
    assert told[row].kind is VerdictKind.WRONG
    assert sentence in " ".join(told[row].sentences.values())


def test_a_measure_done_meanwhile_is_not_written_over(app, engine, numbers, browser, work, tmp_path):
    content = browser("school").get("/workbook/export").data
    session, by = work("school"), means(tmp_path)
    measure = session.get_one(CorrectiveMeasure, numbers[4])
    corrective_measure.cancel(session, session.actor, measure, note="не нужна")
    session.commit()
    told = verdicts(by, taken(session, filled(content, {4: {"Кто отвечает": "Кто-то"}}), by))
    assert told[4].kind is VerdictKind.WRONG
    assert "отменена" in told[4].sentences[""]
