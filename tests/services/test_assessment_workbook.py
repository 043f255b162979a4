"""The unit's own assessment sheet in its workbook: answers given without a line, merged with those of the page."""

from __future__ import annotations

import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select

from app.excel.personal_workbook import SEAL_SHEET
from app.excel.table import CHOICES_SHEET
from app.models import Assessment, Assignment, CriterionLevel, Framework, MonitoringRound
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import FrameworkStatus, RoundStatus
from app.policies.permission import POLICY, Permission
from app.policies.refusal import Invalid
from app.policies.unscoped import open_session
from app.services import assignment as assignments
from app.services import personal_workbook, workbook_import, workbook_verdicts
from tests.factories.monitoring import build_framework, fill_sheet, hold_round
from tests.factories.order import Point, issue_order
from tests.services.assessment_books import (
    CODES,
    CRITERIA,
    filled,
    hold,
    issued,
    kinds,
    order_label,
    rows_of,
    scores,
    taken,
    verdicts,
    written,
)
from tests.services.assessment_deeds import change, opener
from tests.services.workbook_rounds import NOW, TODAY, means

# What it says of the database its services say on PostgreSQL too.
pytestmark = pytest.mark.once

FILLED = {"Ответ", "Неприменимо", "Почему неприменимо", "Пояснение"}


@pytest.fixture
def held(engine, world):
    return hold(engine, world)


def test_the_sheet_says_all_that_an_answer_needs_and_locks_the_rest(held, work):
    book = issued(work("school"))
    opened = openpyxl.load_workbook(io.BytesIO(book))
    # No assignments: no empty sheet of them either.
    assert [page.title for page in opened.worksheets] == ["Лист оценки", SEAL_SHEET]
    page = opened["Лист оценки"]
    assert page.protection.sheet
    assert page.column_dimensions["A"].hidden
    assert "прикладывают только в системе" in str(page["A5"].value)
    rows = rows_of(book)
    assert list(rows) == CODES
    unlocked = {
        code: {title for title, cell in row.items() if not cell.protection.locked} for code, row in rows.items()
    }
    assert unlocked == {code: FILLED if code != "Н1" else {"Ответ", "Пояснение"} for code in CODES}
    told = {title: cell.value for title, cell in rows["Д1"].items()}
    assert told["Как оценивается"].splitlines()[:2] == ["Есть положение, и оно на сайте.", "2 — ответ 2 (2 б.)"]
    assert "Нужно подтверждение" in told["Как оценивается"]
    assert (told["Прошлый ответ"], told["Ответ"]) == ("1 — ответ 1\nкак было", None)
    assert rows["Ч1"]["Прошлый ответ"].value == "83,5\u00a0%\nкак было"
    # Each cell has a check of its own: words, a share, a number.
    checks = {str(check.sqref): check for check in page.data_validations.dataValidation}
    column = rows["Д1"]["Ответ"].column_letter
    at = {code: checks[f"{column}{row['Ответ'].row}"] for code, row in rows.items()}
    assert at["Г1"].formula1 == '"да,нет"'
    assert at["Д1"].formula1 == '"2 — ответ 2,1 — ответ 1,0 — ответ 0"'
    assert (at["Ч1"].type, at["Ч1"].formula1, at["Ч1"].formula2) == ("decimal", "0", "100")
    assert at["Н1"].type == "decimal"


def test_words_with_commas_are_picked_from_a_sheet_of_their_own(engine, world, work, tmp_path):
    number, codes = build_framework(engine, world, status=FrameworkStatus.DRAFT, criteria=CRITERIA)
    with open_session(engine, reason="tests name the levels") as session:
        session.connection(execution_options={"writes": True})
        for level in session.scalars(select(CriterionLevel).where(CriterionLevel.criterion_id == codes["В1"])):
            level.label = f"есть, актуально на {level.threshold}"
    change(engine, Framework, number, published_at=NOW, published_by="Кто-то", status=FrameworkStatus.PUBLISHED)
    held = hold_round(engine, world, framework=(number, codes))
    session, by = work("school"), means(tmp_path)
    book = issued(session)
    lists = openpyxl.load_workbook(io.BytesIO(book))[CHOICES_SHEET]
    assert lists.sheet_state == "hidden"
    words = [row[0].value for row in lists.iter_rows()]
    assert words == ["есть, актуально на 1.00", "есть, актуально на 0.50", "есть, актуально на 0.00"]
    written(session, taken(session, filled(book, {"В1": {"Ответ": words[1]}}), by), by)
    assert scores(session, held)["В1"].value == Decimal("0.5")


def test_answers_of_every_kind_go_there_and_back(held, work, tmp_path):
    session, by = work("school"), means(tmp_path)
    book = issued(session)
    assert set(kinds(by, taken(session, book, by))) == {"same"}
    told = {
        "Д1": {"Ответ": "2 — ответ 2", "Пояснение": "Приказ № 5.\nНа сайте."},
        "Г1": {"Неприменимо": "да", "Почему неприменимо": "нет старших классов"},
        "В1": {"Ответ": 0.5},
        "Ч1": {"Ответ": "83,5 %"},
        "Н1": {"Ответ": 2},
        "К1": {"Пояснение": "только слова"},
    }
    imported = taken(session, filled(book, told), by)
    assert set(kinds(by, imported)) == {"changed"}, verdicts(by, imported)
    assert {one.sheet for one in verdicts(by, imported).values()} == {"Лист оценки"}
    written(session, imported, by)
    found = scores(session, held)
    assert {code: (one.value, one.is_na) for code, one in found.items()} == {
        "Д1": (2, False),
        "Г1": (None, True),
        "В1": (Decimal("0.5"), False),
        "Ч1": (Decimal("83.5"), False),
        "Н1": (2, False),
        "К1": (None, False),
    }
    assert (found["Д1"].comment, found["Г1"].na_reason) == ("Приказ № 5.\nНа сайте.", "нет старших классов")
    sheet = session.get_one(Assessment, held.assessments["school"])
    assert (sheet.answered, sheet.to_answer, sheet.status, sheet.started_at) == (5, 6, Status.DRAFT, NOW)
    # The same once more, or in other words: it stands already. A book given out now says it, and changes nothing.
    other = told | {"Д1": told["Д1"] | {"Ответ": 2}, "Ч1": {"Ответ": 83.5}, "В1": {"Ответ": "ОТВЕТ 0.5"}}
    for content in (filled(book, told), filled(book, other), issued(session)):
        assert set(kinds(by, taken(session, content, by))) == {"same"}
    rows = rows_of(issued(session))
    assert [rows[code]["Ответ"].value for code in ("Д1", "Г1", "Ч1", "Н1")] == ["2 — ответ 2", None, 83.5, 2]
    assert rows["Ч1"]["Ответ"].number_format == 'General" %"'


def test_one_edited_cell_changes_one_answer_and_keeps_the_rest_of_it(held, engine, world, work, tmp_path):
    fill_sheet(engine, world, held, "school", {"Д1": "1", "Г1": "1", "В1": None}, comment="с\u00a0неразрывным")
    session, by = work("school"), means(tmp_path)
    imported = taken(session, filled(issued(session), {"Д1": {"Ответ": "0 — ответ 0"}}), by)
    changes = {code: [(one.before, one.after) for one in row.changes] for code, row in verdicts(by, imported).items()}
    assert changes == {code: [("1 — ответ 1", "0 — ответ 0")] if code == "Д1" else [] for code in CODES}
    before = scores(session, held)["Г1"].version
    written(session, imported, by)
    found = scores(session, held)
    assert (found["Д1"].value, found["Д1"].comment) == (0, "с\u00a0неразрывным")
    assert (found["Г1"].value, found["Г1"].version) == (1, before)
    # An emptied cell takes the answer away; another word beside «неприменимо» leaves its reason.
    told = {"Г1": {"Ответ": None}, "В1": {"Пояснение": "слово"}}
    written(session, taken(session, filled(issued(session), told), by), by)
    found = scores(session, held)
    assert found["Г1"].value is None
    assert (found["В1"].is_na, found["В1"].na_reason, found["В1"].comment) == (True, "не проводится", "слово")


def test_what_the_page_got_meanwhile_is_merged_cell_by_cell(held, work, actor, tmp_path):
    session, by = work("school"), means(tmp_path)
    book = issued(session)
    page = opener(work, actor)("school", held)
    page.answer("school", "Д1", "1", comment="со страницы")
    page.answer("school", "Г1", "1")
    page.answer("school", "Ч1", "50")
    told = {"Д1": {"Ответ": "2 — ответ 2"}, "Г1": {"Пояснение": "из книги"}, "Ч1": {"Ответ": "50,0"}}
    imported = taken(session, filled(book, told), by)
    assert kinds(by, imported)[:4] == ["conflict", "changed", "same", "same"]
    row = verdicts(by, imported)["Д1"]
    assert [(one.key, one.base, one.before, one.after) for one in row.changes] == [
        ("value", "", "1 — ответ 1", "2 — ответ 2")
    ]
    session.commit()
    workbook_import.choose(session, session.actor, imported, {str(row.row): {"value": "file"}}, means=by)
    assert kinds(by, imported)[:2] == ["changed", "changed"]
    written(session, imported, by)
    found = scores(session, held)
    assert (found["Д1"].value, found["Д1"].comment) == (2, "со страницы")
    assert (found["Г1"].value, found["Г1"].comment) == (1, "из книги")
    # «Неприменимо» from one side and an answer from the other are no answer together.
    session.rollback()
    page.answer("school", "К1", "1")
    na = {"К1": {"Неприменимо": "да", "Почему неприменимо": "нет"}}
    told = verdicts(by, taken(session, filled(book, na), by))["К1"].told
    assert told.startswith("Вместе с «неприменимо» ответа не бывает")


def test_conflicts_of_both_sheets_are_all_to_be_chosen(engine, world, held, work, actor, tmp_path):
    """Rows of two sheets have the same numbers: no choice is lost, none is taken for the other's."""
    order = issue_order(engine, world, points=tuple(Point(one, to=("school",)) for one in "123"))
    session, by = work("school"), means(tmp_path)
    book = issued(session)
    page = opener(work, actor)("school", held)
    numbers = [order.assignments[point, "school"] for point in "123"]
    with page.committed():
        for number in numbers[:2]:
            found = page.session.get_one(Assignment, number)
            assignments.name_responsible(page.session, page.actor, found, "Петров П. П.")
    for code in ("Д1", "Г1"):
        page.answer("school", code, "1")
    told = {"Д1": {"Ответ": "2 — ответ 2"}, "Г1": {"Ответ": "нет"}}
    content = filled(filled(book, told), {order_label(book): {"Ответственный": "Иванова М. П."}}, "Поручения")
    imported = taken(session, content, by)
    rows = list(workbook_verdicts.verdicts(by.store, imported))
    assert [one.sheet for one in rows] == [*["Поручения"] * 3, *["Лист оценки"] * len(CODES)]
    assert [one.kind.value for one in rows[:6]] == [
        *("conflict", "conflict", "changed"),
        *("conflict", "conflict", "same"),
    ]
    assert rows[1].row == rows[3].row
    waiting = workbook_verdicts.waiting(by.store, imported)
    assert list(waiting.values()) == [{"responsible"}, {"responsible", "value"}, {"value"}]
    session.commit()
    chosen = {row: dict.fromkeys(keys, "file") for row, keys in waiting.items()}
    chosen[str(rows[3].row)]["responsible"] = "present"
    workbook_import.choose(session, session.actor, imported, chosen, means=by)
    written(session, imported, by)
    assert {code: scores(session, held)[code].value for code in ("Д1", "Г1")} == {"Д1": 2, "Г1": 0}
    named = [session.get_one(Assignment, number, populate_existing=True).responsible for number in numbers]
    assert named == ["Иванова М. П.", "Петров П. П.", "Иванова М. П."]


def test_the_page_shows_what_is_wrong_on_both_sheets_and_marks_it_in_the_file(engine, world, browser):
    framework = build_framework(engine, world, criteria=CRITERIA)
    # The page goes by the clock.
    hold_round(engine, world, framework=framework, due_on=date(2099, 1, 1), locks_on=date(2099, 1, 2))
    issue_order(engine, world, points=(Point("1", to=("school",)), Point("2", to=("school",))))
    client = browser("school")
    assert "«Поручения», «Лист оценки»" in client.get("/workbook/").text
    book = client.get("/workbook/export").data
    content = filled(book, {"Д1": {"Ответ": "отлично"}, "Г1": {"Ответ": "да"}})
    content = filled(content, {order_label(book): {"Результат": "исполнено"}}, "Поручения")
    answer = client.post(
        "/workbook/", {"file": (io.BytesIO(content), "Книга.xlsx")}, content_type="multipart/form-data"
    )
    page = client.get(f"{answer.location}?show=wrong").text
    assert "«отлично» у критерия нет" in page
    assert page.count(">Поручения</div>") == 2
    marked = openpyxl.load_workbook(io.BytesIO(client.get(f"{answer.location}/marked").data))
    told = {
        name: [row[-1].value for row in marked[name].iter_rows() if row[-1].value] for name in marked.sheetnames[:2]
    }
    assert len(told["Поручения"]) == 3
    assert "«отлично» у критерия нет" in told["Лист оценки"][1]
    assert len(told["Лист оценки"]) == 2
    # The marked file comes back mended.
    target = io.BytesIO()
    marked.save(target)
    mended = filled(target.getvalue(), {"Д1": {"Ответ": "1 — ответ 1"}})
    again = client.post("/workbook/", {"file": (io.BytesIO(mended), "Книга.xlsx")}, content_type="multipart/form-data")
    assert client.post(f"{again.location}/apply", {"only_right": "1"}).status_code == 302
    assert "изменено 2, без изменений 4, пропущено с ошибками 2" in client.get(again.location).text


@pytest.mark.parametrize("when", ["submitted", "late", "closed"])
def test_a_sheet_that_takes_nothing_any_more_says_so(held, engine, world, work, tmp_path, when):
    session, by = work("school"), means(tmp_path)
    book = issued(session)
    match when:
        case "submitted":
            fill_sheet(engine, world, held, "school", {"Г1": "1"}, status=Status.SUBMITTED)
        case "late":
            change(engine, MonitoringRound, held.round_id, due_on=TODAY - timedelta(2), locks_on=TODAY - timedelta(1))
        case "closed":
            change(engine, MonitoringRound, held.round_id, status=RoundStatus.CLOSED, closed_at=NOW)
    imported = taken(session, filled(book, {"Д1": {"Ответ": "2 — ответ 2"}}), by)
    rows = list(workbook_verdicts.verdicts(by.store, imported))
    assert [one.kind.value for one in rows] == ["wrong", *["same"] * 5]
    said = {"submitted": "уже «отправлен»", "late": "Приём листов закрыт", "closed": "Цикл завершён"}
    assert said[when] in rows[0].told
    # Nothing may be filled in: there is no such sheet in a book given out now.
    session.rollback()
    assert openpyxl.load_workbook(io.BytesIO(issued(session))).sheetnames == ["Поручения", SEAL_SHEET]


def test_a_municipality_gets_its_own_sheet_and_nobody_anothers(held, work, tmp_path):
    session, by = work("municipality"), means(tmp_path)
    book = issued(session)
    assert list(rows_of(book)) == ["М1"]
    with pytest.raises(Invalid, match="выдана другой организации"):
        taken(work("school2"), book, by)


def test_whoever_fills_in_a_sheet_gets_the_workbook():
    """The page and its tab ask for the one permission: nobody has the other without it."""
    reported = {
        (kind, duty) for grant in POLICY[Permission.ASSIGNMENT_REPORT] for kind in grant.kinds for duty in grant.duties
    }
    filling = {
        (kind, duty) for grant in POLICY[Permission.ASSESSMENT_FILL] for kind in grant.kinds for duty in grant.duties
    }
    assert filling <= reported


def test_fields_of_the_sheets_differ():
    """A choice names a row's number and a field: the same number stands on both sheets."""
    names = [name for part in personal_workbook.PARTS for name in part.fields]
    assert len(names) == len(set(names))
