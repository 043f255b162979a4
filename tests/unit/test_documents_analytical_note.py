"""The document itself: what is said of which figures, and that nothing is said where there is nothing to say."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from docx import Document

from app.documents.analytical_note import (
    Before,
    ChangeLine,
    CriterionFigure,
    CriterionMove,
    Note,
    Part,
    Participation,
    Place,
    write,
)
from app.models.enumeration import UnitKind

PART = Part(
    UnitKind.SCHOOL,
    3,
    Decimal("66.7"),
    (("высокий", 1), ("низкий", 1), ("", 1)),
    (Place("Анивский", 4, 3, Decimal("66.7"), (1, 1), changed=1),),
    True,
    (("Документы", 8, Decimal("70.1")), ("График", 6, None)),
    (CriterionFigure("Д4", "Актуальность", "Документы", Decimal(28), 3, 1, "  Смотрят ссылки\nна акты "),),
    Before(
        "Прошлый",
        2,
        Decimal("70.0"),
        Decimal("66.7"),
        Decimal("-3.3"),
        (
            CriterionMove("Д1", "Положение", Decimal(50), Decimal("55.5"), Decimal("5.5"), rescaled=True),
            CriterionMove("Д2", "Сайт", Decimal(50), Decimal(50), Decimal("0.0")),
            CriterionMove("Д3", "Подпись", Decimal(50), None, None),
        ),
        ("К1",),
        ("Б2",),
    ),
)
NOTE = Note(
    "Мониторинг",
    "Сахалинская область",
    "Министерство",
    "приказ № 5",
    "Школьный лист, редакция 1",
    " (предложение, не официальная форма)",
    True,
    date(2026, 9, 1),
    date(2026, 11, 1),
    datetime(2026, 11, 22, 14, 5, tzinfo=timezone(timedelta(hours=11))),
    "Фамилия-003",
    (("высокий", Decimal(85)), ("низкий", Decimal("0.5"))),
    Participation(5, 4, 1, 1, 4, 1, 0, 0, 0, 2, 1, 2, 1, 1),
    (PART,),
    1,
    2,
    (ChangeLine("ОО-017\x00", "Д1. Положение", "значение", "", "2"),),
)


def read(note: Note) -> tuple[str, list[list[list[str]]]]:
    document = Document(io.BytesIO(write(note)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    return text, [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def test_numbers_are_russian_and_changes_signed() -> None:
    text, tables = read(NOTE)
    assert "Сдано в срок: 2 из 4 (50,0\u00a0%), с опозданием: 1, не сдано, хотя срок прошёл: 1." in text
    assert "было 70,0\u00a0%, стало 66,7\u00a0% (−3,3\u00a0п.\u00a0п.)" in text
    assert "«низкий» от 0,5\u00a0%" in text
    [moves] = [table for table in tables if table[0][1] == "Было"]
    assert moves[1:] == [
        ["Д1. Положение**", "50,0\u00a0%", "55,5\u00a0%", "+5,5"],
        ["Д2. Сайт", "50,0\u00a0%", "50,0\u00a0%", "0,0"],
        ["Д3. Подпись", "50,0\u00a0%", "–", "–"],
    ]


def test_advice_is_worded_by_the_set_only() -> None:
    text, _ = read(NOTE)
    assert "Д4. Смотрят ссылки на акты." in text
    [weak] = PART.weakest
    silent = replace(NOTE, parts=(replace(PART, weakest=(replace(weak, guidance=""),)),))
    assert "На что обратить внимание" not in read(silent)[0]


def test_a_note_on_an_open_round_says_that_it_is_preliminary() -> None:
    assert "предварительные сведения" not in read(NOTE)[0]
    assert "Цикл не завершён: предварительные сведения на 22.11.2026" in read(replace(NOTE, is_final=False))[0]


def test_without_a_round_before_there_is_no_comparison_and_the_numbers_follow_one_another() -> None:
    text, _ = read(replace(NOTE, parts=(replace(PART, before=None),)))
    assert "Сравнение с прошлым циклом" not in text
    numbers = [line[0] for line in text.splitlines() if line[:1].isdigit() and line[1:3] == ". "]
    assert numbers == ["1", "2", "3", "4", "5"]


def test_nothing_counted_makes_no_tables_of_results() -> None:
    bare = replace(PART, counted=0, mean=None, places=(), weakest=(), before=None)
    text, tables = read(replace(NOTE, parts=(bare,), changed=0, changes=(), basis="", caution=""))
    assert "Принятых и утверждённых листов пока нет" in text
    assert "После утверждения в листы ничего не вносилось." in text
    assert "Основание" not in text.replace("Основание и предмет", "")
    assert len(tables) == 1


def test_a_cut_list_of_changes_says_so_and_unseen_characters_are_left_out() -> None:
    text, tables = read(replace(NOTE, changes_cut=True))
    assert "Показаны не все изменения" in text
    assert tables[-1][1] == ["ОО-017", "Д1. Положение", "значение", "–", "2"]
    assert "Показаны не все" not in read(NOTE)[0]


def test_the_same_figures_make_the_same_bytes_without_a_moment_of_their_making() -> None:
    assert write(NOTE) == write(NOTE)
    with zipfile.ZipFile(io.BytesIO(write(NOTE))) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    facts = Document(io.BytesIO(write(NOTE))).core_properties
    assert (facts.author, facts.title) == ("Министерство", NOTE.title)
    assert facts.created == datetime.fromisoformat("2026-11-22T03:05:00+00:00")


def test_the_head_of_a_long_table_is_repeated() -> None:
    places = tuple(Place(f"ОО-{number:03}", 1, 1, Decimal(50), (1, 0)) for number in range(60))
    document = Document(io.BytesIO(write(replace(NOTE, parts=(replace(PART, places=places),)))))
    assert all(b"w:tblHeader" in table.rows[0]._tr.xml.encode() for table in document.tables)
