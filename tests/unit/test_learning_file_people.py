"""People of several reports of one course: each person once, and what a form carries of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from app.excel.moodle_columns import ExportKind
from app.excel.moodle_export import ExportRow, MoodleExport, read_export
from app.policies.refusal import Invalid
from app.services.learning_file_carry import box_of, packed, unpacked
from app.services.learning_file_people import by_activities, people_of

pytestmark = pytest.mark.once

FILES = Path(__file__).parents[1] / "files" / "moodle" / "exports"
SNILS = "112-233-445 95"


def read(*names: str) -> list[MoodleExport]:
    return [read_export((FILES / name).read_bytes(), name) for name in names]


def export(kind: ExportKind, *rows: ExportRow) -> MoodleExport:
    return MoodleExport(kind, f"{kind}.csv", rows)


def test_the_recorded_course() -> None:
    """In whatever order the files are chosen."""
    names = ["completion_course2.csv", "grades_course2_all.csv", "participants_course2.xlsx", "activity_progress_course2.csv"]  # fmt: skip
    people = people_of(read(*names))
    assert {one.email: one for one in people} == {one.email: one for one in people_of(read(*reversed(names)))}
    assert len(people) == 32
    by_email = {one.email: one for one in people}
    one = by_email["slushatel17@example.test"]
    assert (one.name, one.completed_on, one.grade) == ("Ёлкина-Тестова-17 Испытания Пробовна", date(2026, 9, 28), "82")
    # The report that counts more activities tells how far somebody has come.
    assert (one.done, one.activities, len(one.kinds)) == (3, 4, 4)
    assert one.key == "email:slushatel17@example.test"
    # The surname that the .xlsx has lost comes from another file.
    assert by_email["slushatel19@example.test"].last_name == "=1+1 Тестова-19"
    namesakes = [by_email[f"slushatel{number}@example.test"] for number in (15, 16)]
    assert [one.completed_on for one in namesakes] == [None, date(2026, 9, 27)]
    listed = [one for one in people if not one.stands_in(ExportKind.COMPLETION)]
    assert sorted(one.last_name for one in listed) == ["Тестова-14", "Тьюторов-01", "Учительская-01"]


def test_names_alone() -> None:
    """A site that shows nothing else: known by a name in any order that is borne once, never by one borne twice."""
    told = export(
        ExportKind.COMPLETION,
        ExportRow(2, full_name="Анна Петровна Иванова", account="7", completed_on=date(2026, 9, 2)),
        ExportRow(3, full_name="Ольга Ким", account="8"),
        ExportRow(4, full_name="Ольга Ким", account="9", completed_on=date(2026, 9, 3)),
    )
    grades = export(
        ExportKind.GRADES,
        ExportRow(2, last_name="Иванова", first_name="Анна Петровна", grade="5"),
        ExportRow(3, last_name="Ким", first_name="Ольга", grade="4"),
    )
    people = people_of([told, grades])
    anna = next(one for one in people if one.last_name == "Иванова")
    assert (anna.completed_on, anna.grade, anna.key) == (date(2026, 9, 2), "5", "account:7")
    assert sorted((one.key, one.grade) for one in people if "Ким" in one.name) == [
        ("account:8", ""), ("account:9", ""), ("name:ким ольга", "4"),
    ]  # fmt: skip
    twins = people_of([export(ExportKind.GRADES, *(ExportRow(n, last_name="Ким", first_name="Ольга") for n in (2, 3)))])
    assert [one.key for one in twins] == ["", ""]


def test_what_speaks_against_a_name() -> None:
    """Namesakes with different numbers stay two; a mailbox of two people tells nobody apart."""
    one = export(ExportKind.PARTICIPANTS, ExportRow(2, last_name="Ким", first_name="Ольга", idnumber="1"))
    other = export(ExportKind.GRADES, ExportRow(2, last_name="Ким", first_name="Ольга", idnumber="2", grade="4"))
    assert len(people_of([one, other])) == 2
    school = [ExportRow(n, full_name=name, email="school@b.test") for n, name in ((2, "Анна Ким"), (3, "Пётр Цой"))]
    assert [one.key for one in people_of([export(ExportKind.COMPLETION, *school)])] == [
        "name:анна ким",
        "name:петр цой",
    ]


def test_snils_stays_hidden() -> None:
    """Kept in the idnumber, as some sites do, or in a column of its own: no key, nothing that is printed."""
    rows = (ExportRow(2, full_name="Анна Ким", idnumber=SNILS), ExportRow(3, full_name="Пётр Цой", snils=SNILS))
    first, second = (people_of([export(ExportKind.COMPLETION, row)])[0] for row in rows)
    for one in (first, second):
        assert one.snils == "11223344595"
        assert one.idnumber == ""
        assert one.key.startswith("name:")
        assert "112" not in repr(one)


def test_all_activities_done() -> None:
    told = export(
        ExportKind.ACTIVITIES,
        ExportRow(2, full_name="Анна Ким", done=2, last_done_on=date(2026, 9, 5)),
        ExportRow(3, full_name="Пётр Цой", done=1, failed=1, last_done_on=date(2026, 9, 6)),
        ExportRow(4, full_name="Иван Пак", done=2),
    )
    counted = MoodleExport(told.kind, told.file_name, told.rows, activities=2)
    assert [one.completed_on for one in people_of([counted])] == [None] * 3
    assert [one.completed_on for one in by_activities(people_of([counted]))] == [date(2026, 9, 5), None, None]
    said = export(ExportKind.COMPLETION, ExportRow(2, full_name="Анна Ким"))
    # The report on the course says that she has not completed it.
    assert by_activities(people_of([counted, said]))[0].completed_on is None


def test_carried_through_the_form() -> None:
    exports = read("completion_course2.csv", "grades_course2_all.xlsx", "participants_course2.xlsx")
    exports.append(export(ExportKind.COMPLETION, ExportRow(2, full_name="Анна Ким", snils=SNILS)))
    box = box_of("key", user_id=1, group_id=2)
    text = packed(box, exports)
    assert unpacked(box, text) == exports
    assert unpacked(box, "") == []
    assert packed(box, []) == ""
    for broken in (text[:-4], f"{text}x", "слово", "AAAA", text.swapcase()):
        with pytest.raises(Invalid) as refused:
            unpacked(box, broken)
        assert refused.value.field == "files"
    others = (("another", 1, 2), ("key", 2, 2), ("key", None, 2), ("key", 1, 3))
    for secret, user, group in others:
        with pytest.raises(Invalid):
            unpacked(box_of(secret, user_id=user, group_id=group), text)


def test_a_number_of_insurance_names_nobody() -> None:
    """Wherever the site keeps it: what tells people apart is stored, and shown."""
    rows = (ExportRow(1, full_name="Анна Ли", account=SNILS), ExportRow(2, full_name="Олег Ли", idnumber=SNILS))
    for person in (people_of([export(ExportKind.GRADES, row)])[0] for row in rows):
        assert person.snils == "11223344595"
        assert "11223344595" not in "".join(letter for letter in person.key if letter.isalnum())
