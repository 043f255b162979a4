"""Reports of a course as Moodle gives them out: the recorded files, and what people and other sites make of them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from app.excel.moodle_columns import ExportKind
from app.excel.moodle_export import MoodleExport, read_export
from app.excel.table import WorkbookRefused

pytestmark = pytest.mark.once

FILES = Path(__file__).parents[1] / "files" / "moodle" / "exports"
DONE_OF_17 = date(2026, 9, 28)
RUSSIAN_SENTENCE = re.compile(r"[А-ЯЁ].*[\w».]\.", re.DOTALL)


def read(name: str) -> MoodleExport:
    return read_export((FILES / name).read_bytes(), name)


def by_email(export: MoodleExport, number: int):
    return next(row for row in export.rows if row.email == f"slushatel{number:02}@example.test")


def table(rows: list[list[object]], *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=separator).writerows(rows)
    return target.getvalue().encode(encoding)


@pytest.mark.parametrize(
    "name",
    ["completion_course2.csv", "completion_course2.excel.csv", "completion_course2_en.csv", "completion_course2_en.excel.csv"],
)  # fmt: skip
def test_completion(name: str) -> None:
    found = read(name)
    assert (found.kind, len(found.rows), found.activities) == (ExportKind.COMPLETION, 29, 3)
    assert found.completed_by in {"Курс завершен", "Course complete"}
    assert sum(row.completed_on is not None for row in found.rows) == 14
    one = by_email(found, 17)
    assert (one.full_name, one.idnumber) == ("Испытания Пробовна Ёлкина-Тестова-17", "SL-2026-0017")
    assert (one.completed_on, one.done, one.failed, one.account) == (DONE_OF_17, 3, 0, "19")
    failed = by_email(found, 18)
    assert (failed.completed_on, failed.done, failed.failed) == (None, 1, 1)
    assert by_email(found, 19).full_name == "Испытания Пробовна =1+1 Тестова-19"
    assert by_email(found, 20).full_name == "Испытания Пробовна Тестова-20, «кавычки»; и точка"
    assert by_email(found, 5).idnumber == ""
    assert by_email(found, 6).institution == ""
    assert not any(row.problems for row in found.rows)


@pytest.mark.parametrize(
    "name", ["activity_progress_course2.csv", "activity_progress_course2.excel.csv", "activity_progress_course2_en.csv"]
)
def test_activities(name: str) -> None:
    found = read(name)
    assert (found.kind, len(found.rows), found.activities) == (ExportKind.ACTIVITIES, 29, 4)
    one = by_email(found, 17)
    assert (one.full_name, one.done, one.failed) == ("Испытания Пробовна Ёлкина-Тестова-17", 3, 0)
    assert (one.completed_on, one.last_done_on) == (None, date(2026, 9, 26))
    assert (by_email(found, 18).done, by_email(found, 18).failed) == (1, 1)
    assert by_email(found, 25).done == 4
    assert by_email(found, 3).done == 0


@pytest.mark.parametrize(
    ("name", "percent"),
    [
        ("grades_course2.csv", ""),
        ("grades_course2.xlsx", ""),
        ("grades_course2.ods", ""),
        ("grades_course2_all.csv", "82"),
        ("grades_course2_all.xlsx", "82"),
    ],
)
def test_grades(name: str, percent: str) -> None:
    found = read(name)
    assert (found.kind, len(found.rows), found.in_points) == (ExportKind.GRADES, 29, not percent)
    assert found.graded_by == f"Итоговая оценка за курс ({'Проценты' if percent else 'Значение'})"
    one = by_email(found, 17)
    assert (one.last_name, one.first_name) == ("Ёлкина-Тестова-17", "Испытания Пробовна")
    assert (one.grade, one.percent) == ("164", percent)
    assert (by_email(found, 3).grade, by_email(found, 3).percent) == ("", "")
    assert by_email(found, 18).last_name == "О'Тестова-18"


def test_participants() -> None:
    found = read("participants_course2.csv")
    assert (found.kind, len(found.rows)) == (ExportKind.PARTICIPANTS, 32)
    assert (by_email(found, 17).last_name, by_email(found, 17).groups) == ("Ёлкина-Тестова-17", "Поток 2")
    book = read("participants_course2.xlsx")
    assert (book.kind, len(book.rows)) == (ExportKind.PARTICIPANTS, 32)
    # The surname that begins with «=» became a formula: the person is known by the e-mail, and the row says what is lost.
    broken = by_email(book, 19)
    assert (broken.last_name, broken.first_name) == ("", "Испытания Пробовна")
    assert broken.problems
    assert broken.problems[0].startswith("В столбце «Фамилия» формула")
    assert [row.number for row in book.rows if row.problems] == [broken.number]


def test_participants_ods() -> None:
    """Moodle's own file is broken by the surname that begins with «=»; without that one it is read."""
    with pytest.raises(WorkbookRefused, match="начинаются со знака «=»"):
        read("participants_course2.ods")
    target = io.BytesIO()
    with zipfile.ZipFile(FILES / "participants_course2.ods") as source, zipfile.ZipFile(target, "w") as mended:
        for name in source.namelist():
            content = source.read(name)
            broken = b'<table:table-cell table:style-name="ce1"<table:table-cell'
            mended.writestr(name, content.replace(broken, b"<table:table-cell/><table:table-cell"))
    found = read_export(target.getvalue(), "participants.ods")
    assert (found.kind, len(found.rows)) == (ExportKind.PARTICIPANTS, 32)
    assert by_email(found, 17).groups == "Поток 2"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("quiz_overview_course2.csv", "отчёт об одном тесте"),
        ("quiz_overview_course2.xlsx", "отчёт об одном тесте"),
        ("quiz_responses_course2.csv", "отчёт об одном тесте"),
        ("participants_course2.json", "портит в нём русские заголовки"),
        ("participants_course2.html", "веб-страница"),
        ("participants_course2.pdf", "документ PDF"),
        ("grades_course2.xml", "ни имён, ни итоговой оценки"),
    ],
)
def test_other_downloads(name: str, words: str) -> None:
    with pytest.raises(WorkbookRefused, match=words) as refused:
        read(name)
    assert RUSSIAN_SENTENCE.fullmatch(str(refused.value))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 50,
        b"PK\x03\x04 and nothing",
        b"[[{",
        b'a,b\n"c,d\n',
        "Название;Сумма\nБумага;100\n".encode("cp1251"),
        table([["Фамилия", "Имя", "Оклад"], ["Иванова", "Анна", "1"]]),
        table([["ID", "Название", "Курс завершен"]]),
        table([["Имя", "Фамилия", "Адрес электронной почты"]]),
        table([[""] * 3, ["", "Лекция", ""], ["", "", ""]]),
        table([["", "Товар", "", "Цена", ""], ["1", "Стол", "", "500", ""]]),
        table([["Имя", "Фамилия", *(f"Столбец {n}" for n in range(2100))]]),
    ],
)
def test_hostile_and_foreign(content: bytes) -> None:
    with pytest.raises(WorkbookRefused) as refused:
        read_export(content, "файл.csv")
    assert RUSSIAN_SENTENCE.fullmatch(str(refused.value))


@pytest.mark.parametrize("separator", [",", ";", "\t", ":"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_separators_of_the_grade_export(separator: str, encoding: str) -> None:
    """The teacher chooses the separator, the colon among them; Excel saves in its own encoding."""
    with (FILES / "grades_course2.csv").open(encoding="utf-8", newline="") as file:
        rows: list[list[object]] = list(csv.reader(file))
    found = read_export(table(rows, separator=separator, encoding=encoding), "Оценки.csv")
    assert (found.kind, len(found.rows)) == (ExportKind.GRADES, 29)
    assert by_email(found, 17).grade == "164"
    assert by_email(found, 20).last_name == "Тестова-20, «кавычки»; и точка"


def test_a_colon_is_a_separator_only_in_need() -> None:
    rows: list[list[object]] = [["Имя", "Фамилия", "Адрес электронной почты"], ["Анна 10:00:15", "Иванова", "a@b.test"]]
    assert read_export(table(rows, separator=";"), "x.csv").rows[0].first_name == "Анна 10:00:15"


def test_words_of_the_site() -> None:
    """Headings that a site has renamed are known by where they stand."""
    completion = table(
        [
            ["ID", "Слушатель", "Адрес электронной почты", "Лекция", "Лекция - когда", "Освоил программу"],
            [7, "Анна Иванова", "A@b.test", "сдано", "2026-09-01 10:00:00", "2026-09-02 23:59:59"],
            [8, "Пётр Петров", "p@b.test", "нет", "", ""],
        ]
    )
    found = read_export(completion, "x.csv")
    assert (found.kind, found.completed_by) == (ExportKind.COMPLETION, "Освоил программу")
    assert [row.name for row in found.rows] == ["Анна Иванова", "Пётр Петров"]
    assert [(row.email, row.completed_on) for row in found.rows] == [("a@b.test", date(2026, 9, 2)), ("p@b.test", None)]
    grades = table(
        [["Имя", "Фамилия", "Муниципалитет", "Зачёт", "Всего", "Скачано"], ["Анна", "Иванова", "Анива", "5", "87,50", "1795283356"]]
    )  # fmt: skip
    found = read_export(grades, "x.csv")
    assert (found.kind, found.graded_by, found.rows[0].grade) == (ExportKind.GRADES, "Всего", "87,5")


def test_saved_again_by_a_person() -> None:
    """A title above, days as cells of days, a row of nobody, a word where a day should be."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Отчёт куратора"])
    sheet.append([])
    sheet.append(["ID", "Название", "Электронная почта", "СНИЛС", "Курс завершён"])
    sheet.append([7, "Анна Иванова", "a@b.test", "112-233-445 95", datetime(2026, 9, 28, 9, 21)])  # noqa: DTZ001 - cells of a sheet have no zone
    sheet.append([8, "Пётр Петров", "p@b.test", None, "да"])
    sheet.append([9, None, None, None, None])
    sheet.append([10, "Ольга Ким", "-", None, "05.10.2026 10:00"])
    target = io.BytesIO()
    book.save(target)
    found = read_export(target.getvalue(), "завершение.xlsx")
    assert (found.kind, found.skipped) == (ExportKind.COMPLETION, (6,))
    anna, peter, olga = found.rows
    assert (anna.completed_on, anna.snils) == (date(2026, 9, 28), "112-233-445 95")
    assert "112" not in repr(found)
    assert (peter.completed_on, peter.number) == (None, 5)
    assert peter.problems == ("В столбце «Курс завершён» стоит «да»: это не дата. Напишите её как 01.09.2026.",)
    assert (olga.completed_on, olga.email) == (date(2026, 10, 5), "")


@pytest.mark.parametrize("name", ["completion_course2.csv", "activity_progress_course2.csv", "grades_course2.csv"])
def test_opened_and_saved_in_excel(name: str) -> None:
    """The Russian Excel awaits semicolons: of a file with commas it makes one column, of one without a mark garbage."""
    text = (FILES / name).read_text(encoding="utf-8")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in text.splitlines():
        sheet.append([line])
    target = io.BytesIO()
    book.save(target)
    folded = read_export(target.getvalue(), name)
    assert folded.rows == read(name).rows
    again = "".join(
        f'"{line.replace(chr(34), chr(34) * 2)}"\r\n' if '"' in line else f"{line}\r\n" for line in text.splitlines()
    )
    assert len(read_export(again.encode("cp1251", "replace"), name).rows) == 29
    garbled = text.encode().decode("cp1251", "replace").replace("\ufffd", "?")
    for encoding in ("cp1251", "utf-8", "utf-16"):
        with pytest.raises(WorkbookRefused, match="Русские буквы в файле испорчены"):
            read_export(garbled.encode(encoding, "replace"), name)


def test_a_large_course() -> None:
    """Two columns for each of 300 activities; nobody has a day in the last one."""
    head = ["", "Адрес электронной почты", *(text for n in range(300) for text in (f"Тема {n}", ""))]
    row = ["Анна Иванова", "a@b.test", *(text for n in range(299) for text in ("Выполнено", "2026-09-01 10:00:00"))]
    found = read_export(table([head, [*row, "Не выполнено", ""]]), "progress.csv")
    assert (found.kind, found.activities, found.rows[0].done) == (ExportKind.ACTIVITIES, 300, 299)
