"""A unit's workbook there and back: sealed, its own rows only, merged cell by cell with what stands by then."""

from __future__ import annotations

import io

import openpyxl
import pytest
from sqlalchemy import select

from app.excel.personal_workbook import SEAL_SHEET
from app.models import Assignment, AssignmentReport, Evidence
from app.models.enumeration import AssignmentStatus, ReportStatus
from app.policies.refusal import Invalid, NotPermitted
from app.policies.unscoped import open_session
from app.services import assignment as assignments
from app.services import personal_workbook, workbook_import, workbook_judgement, workbook_verdicts
from app.services.evidence import of_reports
from app.services.row_verdict import VerdictKind
from tests.factories.order import Point, add_report, issue_order
from tests.services.workbook_rounds import NOW, TODAY, brought, heading_row, means

# What it says of the database its services say on PostgreSQL too.
pytestmark = pytest.mark.once


@pytest.fixture
def order(engine, world):
    everyone = ("municipality", "school", "school2", "school_b")
    return issue_order(engine, world, points=(Point("1", to=everyone), Point("2", to=everyone)))


@pytest.fixture
def book(app, order, browser):
    return browser("school").get("/workbook/export").data


def filled(content: bytes, rows: dict[int, dict[str, object]]) -> bytes:
    """The book with cells of its data rows (from 0) filled in by heading."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    page = book.worksheets[0]
    head = heading_row(page)
    places = {cell.value: cell.column for cell in page[head]}
    for number, cells in rows.items():
        for title, value in cells.items():
            page.cell(head + 1 + number, places[title]).value = value
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def taken(session, content, by):
    return brought(session, personal_workbook.REGISTER, content, by, choices={})


def verdicts(by, imported):
    return list(workbook_verdicts.verdicts(by.store, imported))


def test_the_book_holds_the_units_own_rows_locked_but_for_the_fields(book, world):
    opened = openpyxl.load_workbook(io.BytesIO(book))
    page, seal = opened.worksheets[0], opened[SEAL_SHEET]
    assert seal.sheet_state == "veryHidden"
    assert page.protection.sheet
    head = heading_row(page)
    titles = [cell.value for cell in page[head]]
    rows = list(page.iter_rows(min_row=head + 1))
    assert [row[titles.index("Пункт")].value for row in rows] == ["1", "2"]
    unlocked = {title for title, cell in zip(titles, rows[0], strict=True) if not cell.protection.locked}
    assert unlocked == {"Ответственный", "Результат", "Что сделано", "Причина", "Ссылка на подтверждение"}
    assert page.column_dimensions["A"].hidden
    assert all(cell.protection.locked for cell in page[head])


def test_untouched_it_changes_nothing(book, work, tmp_path):
    session, by = work("school"), means(tmp_path)
    for content in (book, filled(book, {})):
        imported = taken(session, content, by)
        assert {one.kind for one in verdicts(by, imported)} == {VerdictKind.SAME}


def test_own_changes_are_applied_and_a_report_is_sent(book, work, tmp_path):
    session, by = work("school"), means(tmp_path)
    told = {"Ответственный": "Иванова М. П.", "Результат": "исполнено", "Что сделано": "Приказ издан.\nСайт обновлён."}
    imported = taken(session, filled(book, {0: told}), by)
    rows = verdicts(by, imported)
    assert [one.kind.value for one in rows] == ["changed", "same"], [one.sentences for one in rows]
    assert {change.key for change in rows[0].changes} == {"responsible", "outcome", "report_text"}
    session.commit()
    assert workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    session.commit()
    report = session.scalars(select(AssignmentReport)).one()
    assert (report.text, report.status) == ("Приказ издан.\nСайт обновлён.", ReportStatus.SUBMITTED)
    found = session.get_one(Assignment, report.assignment_id)
    assert (found.status, found.responsible) == (AssignmentStatus.SUBMITTED, "Иванова М. П.")
    # The same file once more, or the same in other words: what it asks for stands already.
    for words in (told, told | {"Результат": "Выполнено", "Ответственный": "Иванова  М. П."}):
        again = taken(session, filled(book, {0: words}), by)
        assert {one.kind for one in verdicts(by, again)} == {VerdictKind.SAME}


def test_a_cell_that_both_sides_changed_is_chosen_by_a_person(book, work, order, tmp_path):
    other, by = work("school"), means(tmp_path)
    number = order.assignments["1", "school"]
    assignments.name_responsible(other, other.actor, other.get_one(Assignment, number), "Петров П. П.")
    other.commit()
    session = work("school")
    content = filled(book, {0: {"Ответственный": "Иванова М. П."}, 1: {"Ответственный": "Сидорова С. С."}})
    imported = taken(session, content, by)
    rows = verdicts(by, imported)
    assert [one.kind.value for one in rows] == ["conflict", "changed"]
    assert (rows[0].changes[0].base, rows[0].changes[0].before, rows[0].changes[0].after) == (
        "",
        "Петров П. П.",
        "Иванова М. П.",
    )
    session.commit()
    with pytest.raises(Invalid):
        workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    row = str(rows[0].row)
    workbook_import.choose(session, session.actor, imported, {row: {"responsible": "file"}}, means=by)
    assert [one.kind.value for one in verdicts(by, imported)] == ["changed", "changed"]
    workbook_import.choose(session, session.actor, imported, {row: {"responsible": "present"}}, means=by)
    assert [one.kind.value for one in verdicts(by, imported)] == ["same", "changed"]
    session.commit()
    assert workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    session.commit()
    named = dict(session.execute(select(Assignment.id, Assignment.responsible)).all())
    assert named[number] == "Петров П. П."
    assert named[order.assignments["2", "school"]] == "Сидорова С. С."


def test_choices_made_one_after_another_all_hold(book, work, order, tmp_path):
    other, by = work("school"), means(tmp_path)
    for point in ("1", "2"):
        found = other.get_one(Assignment, order.assignments[point, "school"])
        assignments.name_responsible(other, other.actor, found, "Петров П. П.")
    other.commit()
    session = work("school")
    content = filled(book, {0: {"Ответственный": "Иванова М. П."}, 1: {"Ответственный": "Сидорова С. С."}})
    imported = taken(session, content, by)
    first, second = (str(one.row) for one in verdicts(by, imported))
    assert imported.counts["conflict"] == 2
    workbook_import.choose(session, session.actor, imported, {first: {"responsible": "file"}}, means=by)
    assert [one.kind.value for one in verdicts(by, imported)] == ["changed", "conflict"]
    workbook_import.choose(session, session.actor, imported, {second: {"responsible": "present"}}, means=by)
    assert [one.kind.value for one in verdicts(by, imported)] == ["changed", "same"]
    with pytest.raises(ValueError, match="both"):
        workbook_import.choose(session, session.actor, imported, {second: {"responsible": "both"}}, means=by)


@pytest.mark.parametrize("login", ["school2", "school_b", "municipality", "foreign_school"])
def test_a_book_of_another_unit_is_refused(book, work, tmp_path, login):
    session = work(login)
    with pytest.raises(Invalid, match="выдана другой организации"):
        taken(session, book, means(tmp_path))


def broken(book: bytes, row: int, change) -> bytes:
    opened = openpyxl.load_workbook(io.BytesIO(book))
    cell = opened[SEAL_SHEET].cell(row, 1)
    cell.value = change(cell.value)
    target = io.BytesIO()
    opened.save(target)
    return target.getvalue()


def test_a_touched_seal_or_another_installations_is_refused(book, work, tmp_path):
    session, by = work("school"), means(tmp_path)
    flipped = broken(book, 1, lambda seal: ("0" if seal[0] != "0" else "1") + seal[1:])
    swapped = broken(book, 2, lambda text: text[:-8] + ("A" if text[-8] != "A" else "B") + text[-7:])
    for content in (flipped, swapped, broken(book, 1, lambda seal: "")):
        with pytest.raises(Invalid, match="повреждён или изменён"):
            taken(session, content, by)
    elsewhere = workbook_judgement.Means(by.store, by.today, by.now, personal_workbook.key_of("another installation"))
    with pytest.raises(Invalid, match="повреждён или изменён"):
        taken(session, book, elsewhere)
    opened = openpyxl.load_workbook(io.BytesIO(book))
    del opened[SEAL_SHEET]
    target = io.BytesIO()
    opened.save(target)
    with pytest.raises(Invalid, match="не рабочая книга"):
        taken(session, target.getvalue(), by)


def test_a_book_of_another_form_is_refused(book, work, tmp_path, monkeypatch):
    monkeypatch.setattr(personal_workbook, "FORMAT", personal_workbook.FORMAT + 1)
    with pytest.raises(Invalid, match="прежней версией"):
        taken(work("school"), book, means(tmp_path))


def test_more_than_was_ever_given_out_is_not_read(book, work, tmp_path, monkeypatch):
    monkeypatch.setattr(workbook_judgement, "LONGEST_PERSONAL", len(book) - 1)
    with pytest.raises(Invalid, match="больше любой выданной"):
        taken(work("school"), book, means(tmp_path))


def test_rows_of_others_cannot_be_smuggled_in(book, work, order, tmp_path):
    """Keys are typed over: another unit's assignment was never given out, one's own stands twice."""
    session, by = work("school"), means(tmp_path)
    foreign = str(order.assignments["1", "school2"])
    imported = taken(session, filled(book, {0: {"Ключ строки": foreign, "Ответственный": "Чужой"}}), by)
    assert verdicts(by, imported)[0].told.startswith("Такой строки в книге не было")
    own = str(order.assignments["2", "school"])
    imported = taken(session, filled(book, {0: {"Ключ строки": own, "Ответственный": "Дважды"}}), by)
    assert [one.kind.value for one in verdicts(by, imported)][1] == "wrong"


def test_sorted_rows_find_their_records(book, work, order, tmp_path):
    session, by = work("school"), means(tmp_path)
    first, second = (str(order.assignments[point, "school"]) for point in ("1", "2"))
    content = filled(
        book,
        {0: {"Ключ строки": second, "Ответственный": "Второй"}, 1: {"Ключ строки": first, "Ответственный": "Первый"}},
    )
    imported = taken(session, content, by)
    session.commit()
    workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    named = dict(session.execute(select(Assignment.id, Assignment.responsible)).all())
    assert (named[int(first)], named[int(second)]) == ("Первый", "Второй")


def test_what_was_closed_meanwhile_says_so(book, work, order, engine, tmp_path):
    with open_session(engine, reason="the test closes an assignment") as closing:
        found = closing.get_one(Assignment, order.assignments["1", "school"])
        found.withdrawn_on, found.closing_reason = means(tmp_path).today, "Отменено"
        found.pending_action = ("withdraw", "")
        setattr(found, "status", AssignmentStatus.WITHDRAWN)  # noqa: B010 - a shortcut that the habit of states forbids
    session, by = work("school"), means(tmp_path)
    rows = verdicts(by, taken(session, filled(book, {0: {"Ответственный": "Поздно"}}), by))
    assert "уже закрыто" in rows[0].told
    assert rows[1].kind is VerdictKind.SAME
    # Nothing was written into it: there is nothing to say.
    assert {one.kind for one in verdicts(by, taken(session, book, by))} == {VerdictKind.SAME}


def test_a_report_without_its_words_is_wrong_at_the_cell(book, work, tmp_path):
    session, by = work("school"), means(tmp_path)
    imported = taken(session, filled(book, {0: {"Результат": "исполнено"}, 1: {"Что сделано": "Сделали"}}), by)
    rows = verdicts(by, imported)
    assert [set(one.sentences) for one in rows] == [{"report_text"}, {"outcome"}]


def test_what_is_written_otherwise_is_the_same(book, work, tmp_path):
    """«Частично» is «исполнено частично», an address may lack its https: and the same book again changes nothing."""
    session, by = work("school"), means(tmp_path)
    told = {"Результат": "Частично", "Что сделано": "Начали.", "Причина": "Болели", "Ссылка на подтверждение": "a.ru/b"}
    for kind in ("changed", "same"):
        imported = taken(session, filled(book, {0: told}), by)
        assert [one.kind.value for one in verdicts(by, imported)] == [kind, "same"], verdicts(by, imported)
        session.commit()
        if kind == "changed":
            assert workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
            session.commit()
    piece = session.scalars(select(Evidence)).one()
    assert (piece.url, session.scalars(select(AssignmentReport)).one().outcome) == ("https://a.ru/b", "partial")
    wrong = taken(session, filled(book, {1: {"Результат": "ну так"}}), by)
    assert verdicts(by, wrong)[1].told.startswith("Результат «ну так» не понят. Выберите из списка: исполнено,")


def test_what_was_attached_goes_along_with_a_report_told_anew(app, browser, work, engine, world, tmp_path):
    waiting = Point("1", to={"school": {"status": AssignmentStatus.SUBMITTED}})
    number = issue_order(engine, world, points=(waiting,)).assignments["1", "school"]
    pieces = ({"title": "Приказ"}, {"title": "Ссылка из рабочей книги", "url": "https://old.ru/a"})
    add_report(engine, world, "school", number, evidence=pieces)
    session, by = work("school"), means(tmp_path)
    content = browser("school").get("/workbook/export").data
    told = {"Что сделано": "Сделано и размещено", "Ссылка на подтверждение": "https://new.ru/a"}
    imported = taken(session, filled(content, {0: told}), by)
    assert {change.key for change in verdicts(by, imported)[0].changes} == {"report_text", "link"}
    session.commit()
    assert workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    session.commit()
    report = session.scalars(select(AssignmentReport).where(AssignmentReport.status == ReportStatus.SUBMITTED)).one()
    found = of_reports(session, [report.id])[report.id]
    assert [(piece.title, piece.url) for piece in found] == [
        ("Приказ", ""),
        ("Ссылка из рабочей книги", "https://new.ru/a"),
    ]


def test_without_the_duty_there_is_no_book(work, browser, order):
    assert browser("observer").get("/workbook/export").status_code == 403
    assert browser("admin").get("/workbook/").status_code == 403
    session = work("observer")
    with pytest.raises(NotPermitted):
        personal_workbook.judge(session, session.actor, b"", key=b"", today=TODAY, now=NOW, choices={})
