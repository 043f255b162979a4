"""Analytical notes: whose figures they tell, who may make, send and read them, what becomes of the letter."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from docx import Document

from app.documents.file_store import FileStore
from app.models import AnalyticalNote, Assessment, MonitoringRound, Order
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import Modality, OrderKind, OrderStatus, RoundStatus
from app.policies.refusal import NotFound, NotPermitted, WrongState
from app.services import analytical_note, assignment, clock, order, order_issue, round_results
from tests.factories.monitoring import CRITERIA, build_framework, fill_sheet, hold_round

pytestmark = pytest.mark.once
TODAY = date(2026, 11, 22)
TOMARI, ANIVA = "Томаринский муниципальный округ", "Анивский муниципальный округ"
SCHOOLS = ("school", "school2", "school_b", "school_c", "regional_school")
GUIDANCE = "Смотрят подраздел «Документы» сайта"


@pytest.fixture
def held(engine, world):
    """A round and the one before it; the schools of Tomari and of Aniva answered differently."""
    criteria = (replace(CRITERIA[0], more={"guidance": GUIDANCE}), *CRITERIA[1:])
    framework = build_framework(engine, world, criteria=criteria, caution="Предложение, не официальная форма.")
    before = hold_round(
        engine, world, units=SCHOOLS, framework=framework, status=RoundStatus.CLOSED, title="Мониторинг 2025"
    )
    for unit in SCHOOLS[:3]:
        fill_sheet(engine, world, before, unit, {"Д1": "1", "Д2": "1", "Г1": "0"}, status=Status.APPROVED)
    made = hold_round(
        engine,
        world,
        units=("municipality", "municipality2", *SCHOOLS),
        framework=framework,
        previous_round_id=before.round_id,
        title="Мониторинг ВСОКО 2026/27",
        basis="приказ № 5 от 01.09.2026",
        due_on=date(2026, 10, 10),
    )
    fill_sheet(engine, world, made, "school", {"Д1": "2", "Д2": "2", "Г1": "1"}, status=Status.APPROVED)
    fill_sheet(engine, world, made, "school2", {"Д1": "1", "Д2": "0", "Г1": "1"}, status=Status.ACCEPTED)
    fill_sheet(engine, world, made, "school_b", {"Д1": "0", "Д2": None, "Г1": "0"}, status=Status.ACCEPTED)
    fill_sheet(engine, world, made, "school_c", {"Д1": "2"}, status=Status.SUBMITTED, day=date(2026, 10, 11))
    fill_sheet(engine, world, made, "municipality", {"М1": "1", "М2": "83.5"}, status=Status.ACCEPTED)
    return made


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "notes")


@pytest.fixture
def made(work, actor, held, store, world):
    def make(login: str, about: str) -> AnalyticalNote:
        with work(login) as session:
            session.connection(execution_options={"writes": True})
            found = analytical_note.make(
                session,
                actor(login),
                session.get(MonitoringRound, held.round_id),
                world.units[about],
                store=store,
                now=clock.now(),
                today=TODAY,
            )
            session.commit()
            session.refresh(found)
        return found

    return make


@pytest.fixture
def sent(work, actor, made):
    """The number of a note that stands on a draft letter, and of the letter."""

    def send(login: str, about: str) -> tuple[int, int]:
        number = made(login, about).id
        with work(login) as session:
            session.connection(execution_options={"writes": True})
            letter = analytical_note.send(session, actor(login), analytical_note.the_one(session, number), today=TODAY)
            session.commit()
            return number, letter.id

    return send


@pytest.fixture
def issue(work, actor):
    def act(login: str, order_id: int) -> int:
        with work(login) as session:
            session.connection(execution_options={"writes": True})
            letter = session.get(Order, order_id)
            letter.number = "12"
            count = order_issue.issue(session, actor(login), letter, today=TODAY, now=clock.now())
            session.commit()
        return count

    return act


def words_of(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def content_of(store: FileStore, note: AnalyticalNote) -> bytes:
    with store.open(note.digest) as file:
        return file.read()


def table_of(content: bytes, head: str) -> list[list[str]]:
    """The rows of the table whose first heading this is."""
    found = [table for table in Document(BytesIO(content)).tables if table.rows[0].cells[0].text == head]
    return [[cell.text for cell in row.cells] for row in found[0].rows[1:]]


def test_the_region_s_note_tells_the_figures_of_the_pages(work, actor, held, made, store):
    note = made("region", "region")
    assert note.file_name.startswith("Аналитическая справка – Мониторинг ВСОКО 2026-27. Сахалинская область")
    content = content_of(store, note)
    words = words_of(content)
    session = work("region")
    results = round_results.results(session, actor("region"), held.round_id)
    for said in (
        "Аналитическая справка",
        "по итогам цикла мониторинга «Мониторинг ВСОКО 2026/27»",
        "Сахалинская область",
        "Цикл не завершён",
        "Основание: приказ № 5 от 01.09.2026.",
        "редакция 1» (предложение, не официальная форма).",
        "Листов оценки в цикле: 7, из них школьных 5, муниципальных 2.",
        "Сдано в срок: 4 из 7 (57,1\u00a0%), с опозданием: 1, не сдано, хотя срок прошёл: 2.",
        "Учтено листов: 3. Средний результат: 46,7\u00a0%. Уровни: высокий: 1, средний: 0, низкий: 2.",
    ):
        assert said in words, said
    assert round(float(results.whole.mean), 1) == 46.7
    assert table_of(content, "Муниципалитет") == [
        [ANIVA, "2", "1", "0,0\u00a0%", "0", "0", "1"],
        [TOMARI, "2", "2", "70,0\u00a0%", "1", "0", "1"],
        ["Школы региона", "1", "0", "–", "0", "0", "0"],
    ]
    weakest = table_of(content, "Критерий")
    assert [row[0][:2] for row in weakest] == [one.code for one in results.weakest()]
    # Advice is the set's own words, for the criteria that have them.
    assert f"Д1. {GUIDANCE}." in words
    assert "Д2. " not in words.replace("Д2. Критерий Д2", "")
    assert "МБОУ СОШ" not in words
    assert not re.search(r"\d\.\d+\s?%", words)


def test_the_comparison_is_with_the_round_before(made, store):
    words = words_of(content_of(store, made("region", "region")))
    assert "Прошлый цикл: «Мониторинг 2025». Организаций, листы которых учтены в обоих циклах: 3." in words
    assert "было 40,0\u00a0%, стало 46,7\u00a0% (+6,7\u00a0п.\u00a0п.)" in words


def test_a_municipality_s_note_names_its_schools_and_nobody_else(made, store):
    for login in ("municipality", "region"):
        content = content_of(store, made(login, "municipality"))
        words = words_of(content)
        rows = table_of(content, "Организация")
        assert [row[0] for row in rows] == ["МБОУ СОШ «school»", "МБОУ СОШ «school2»"]
        assert rows[0][1:] == ["утверждён", "100,0\u00a0%", "высокий"]
        assert "Листов оценки в цикле: 3, из них школьных 2, муниципальных 1." in words
        for foreign in (ANIVA, "school_b", "school_c", "Областной лицей"):
            assert foreign not in words, foreign


def test_who_may_write_about_whom(engine, world, work, actor, held, made, store):
    for login, about in (("municipality", "municipality2"), ("municipality", "region"), ("region", "foreign_region")):
        with pytest.raises(NotFound):
            made(login, about)
    with pytest.raises(NotPermitted):
        made("school", "school")
    with pytest.raises(NotPermitted):
        made("observer", "region")
    session = work("region")
    draft = hold_round(
        engine,
        world,
        status=RoundStatus.DRAFT,
        title="Будущий",
        framework=(held.framework_id, held.criteria),
    )
    with pytest.raises(WrongState, match="не открыт"):
        analytical_note.make(
            session,
            actor("region"),
            session.get(MonitoringRound, draft.round_id),
            world.units["region"],
            store=store,
            now=clock.now(),
            today=TODAY,
        )


def test_a_letter_of_one_point_is_made_and_the_note_stands_on_it(work, sent, world):
    for login, about, reached in (
        ("region", "region", {"municipality", "municipality2"}),
        ("region", "municipality2", {"municipality2"}),
        ("municipality", "municipality", {"school", "school2"}),
    ):
        number, order_id = sent(login, about)
        session = work(login)
        letter = session.get(Order, order_id)
        assert (letter.kind, letter.status, letter.dated_on) == (OrderKind.LETTER, OrderStatus.DRAFT, TODAY)
        [point] = letter.points
        assert point.modality is Modality.INFORM
        register = order.register_of(session, letter.org_unit_id, today=TODAY)
        assert {unit.id for unit in register.addressees(point.clauses)} == {world.units[key] for key in reached}
        assert [note.id for note in analytical_note.of_order(session, order_id)] == [number]


def test_it_is_sent_once_and_only_by_its_maker(work, actor, made, sent):
    number, _ = sent("municipality", "municipality")
    session = work("municipality")
    with pytest.raises(WrongState, match="уже приложена"):
        analytical_note.send(session, actor("municipality"), analytical_note.the_one(session, number), today=TODAY)
    above = work("region")
    with pytest.raises(NotPermitted):
        analytical_note.send(above, actor("region"), analytical_note.the_one(above, number), today=TODAY)


EVERYBODY = ("region", "municipality", "municipality2", "school", "school_b", "provider", "foreign_region")


def seen_by(work, number: int) -> set[str]:
    seen = set()
    for login in EVERYBODY:
        with work(login) as session:
            if session.get(AnalyticalNote, number) is not None:
                seen.add(login)
    return seen


def test_it_is_seen_by_whom_the_issued_letter_addresses(work, made, sent, issue):
    alone = made("region", "region").id
    number, order_id = sent("region", "municipality")
    assert seen_by(work, number) == seen_by(work, alone) == {"region"}
    assert issue("region", order_id) == 1
    assert seen_by(work, number) == {"region", "municipality"}
    assert seen_by(work, alone) == {"region"}
    own, letter = sent("municipality", "municipality")
    assert seen_by(work, own) == {"region", "municipality"}
    issue("municipality", letter)
    assert seen_by(work, own) == {"region", "municipality", "school"}


def test_who_has_read_it_is_known_from_the_letter(work, actor, sent, issue, world):
    number, order_id = sent("region", "region")
    issue("region", order_id)
    session = work("municipality")
    session.connection(execution_options={"writes": True})
    [reader] = analytical_note.readers(session, analytical_note.the_one(session, number))
    assert (reader.unit, reader.acknowledged_on) == (TOMARI, None)
    given = assignment.the_one(session, reader.assignment_id)
    assignment.acknowledge(session, actor("municipality"), given, today=TODAY + timedelta(days=1))
    session.commit()
    above = work("region")
    note = analytical_note.the_one(above, number)
    assert [(one.unit, one.acknowledged_on) for one in analytical_note.readers(above, note)] == [
        (ANIVA, None),
        (TOMARI, TODAY + timedelta(days=1)),
    ]
    line = analytical_note.line_of(above, note)
    assert (line.is_sent, line.addressed, line.acknowledged) == (True, 2, 1)


def test_a_deleted_draft_lets_the_note_go(work, actor, sent):
    number, order_id = sent("region", "region")
    session = work("region")
    session.connection(execution_options={"writes": True})
    order.delete_draft(session, actor("region"), session.get(Order, order_id))
    session.commit()
    again = work("region")
    again.connection(execution_options={"writes": True})
    note = analytical_note.the_one(again, number)
    assert note.order_id is None
    assert analytical_note.send(again, actor("region"), note, today=TODAY).id is not None


def test_a_change_after_approval_is_told(engine, work, actor, held, world, made, store):
    session = work("region")
    session.connection(execution_options={"writes": True})
    sheet = session.get(Assessment, held.assessments["school"])
    sheet.changed_after_approval = 2
    session.commit()
    words = words_of(content_of(store, made("region", "region")))
    assert "Листов: 1, изменено критериев: 2." in words
