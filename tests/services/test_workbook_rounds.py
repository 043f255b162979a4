"""Every register goes out as it is seen and comes back: unchanged it changes nothing, one cell is one change."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import event, func, select

from app.admin import VIEWS
from app.admin.record_view import RecordView
from app.excel.sheet import ColumnRole
from app.models import Membership, OrgUnit, User
from app.models.enumeration import ImportStatus, OrderKind
from app.models.enumeration_of_training import CertificateStatus
from app.policies.refusal import Invalid, NotPermitted
from app.services import bulk_import, org_unit, workbook_import, workbook_verdicts
from app.services import order as orders
from app.services.importers import IMPORTERS
from app.services.row_verdict import VerdictKind
from tests.factories.order import Point, issue_order
from tests.factories.training import add_certificate, add_person, add_topic
from tests.services.workbook_rounds import ONE_CELL, ROUNDS, SCHOOL, brought, edited, judged, means, table

# What it says of the database its services say on PostgreSQL too.
pytestmark = pytest.mark.once


@pytest.fixture
def order(engine, world):
    return issue_order(
        engine, world, points=(Point("1", to=("municipality", "school", "school_b")), Point("2", to=("school",)))
    )


@pytest.fixture
def draft(work):
    session = work("region")
    made = orders.create_draft(
        session, session.actor, kind=OrderKind.LETTER, number="77-п", dated_on=date(2026, 10, 1), title="О сборе данных"
    )
    session.commit()
    return made.id


@pytest.fixture
def staff(engine, world):
    """Two people of the school, each with a document that waits for confirmation."""
    topic = add_topic(engine, world)
    for last_name, number in (("Ким", "0042"), ("Ли", "0043")):
        person = add_person(engine, world, "school", last_name=last_name)
        add_certificate(engine, world, person, topic=topic, number=number, status=CertificateStatus.ENTERED)


def exported(browser, register: str) -> bytes:
    path, login = ROUNDS[register]
    answer = browser(login).get(path)
    assert answer.status_code == 200, answer.text
    return answer.data


def test_every_register_has_a_way_back_or_says_why_not():
    for view in VIEWS:
        if issubclass(view, RecordView):
            word = view.endpoint_name()
            assert (word in IMPORTERS) == view.sheet.is_loaded, word
            assert view.sheet.is_loaded or view.sheet.not_loaded.endswith("."), word
            assert word not in IMPORTERS or IMPORTERS[word].sheet is view.sheet
            assert word not in IMPORTERS or word in ROUNDS, f"{word}: say in ROUNDS how it goes round"


@pytest.mark.parametrize("register", sorted(IMPORTERS))
def test_an_export_comes_back_as_no_change(order, draft, staff, browser, work, tmp_path, register):
    session = work(ROUNDS[register][1])
    judgement = judged(session, register, exported(browser, register), means(tmp_path))
    assert len(judgement.verdicts) >= 2
    assert {one.kind for one in judgement.verdicts} == {VerdictKind.SAME}


@pytest.mark.parametrize(("register", "find", "column", "value"), ONE_CELL)
def test_one_edited_cell_is_exactly_one_change(
    order, draft, staff, browser, work, world, tmp_path, register, find, column, value
):
    content = exported(browser, register)
    session, by = work(ROUNDS[register][1]), means(tmp_path)
    changed = edited(content, find, column, value)
    imported = brought(session, register, changed, by)
    counts = {
        key: count for key, count in imported.counts.items() if key in {"created", "changed", "same", "wrong"} and count
    }
    rows = list(workbook_verdicts.verdicts(by.store, imported))
    assert counts == {"changed": 1, "same": len(rows) - 1}, [row for row in rows if row.sentences]
    change = next(row for row in rows if row.kind is VerdictKind.CHANGED).changes
    assert [one.title for one in change] == [column]
    session.commit()
    assert workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    session.commit()
    # A second time it changes nothing, and the register says what was typed.
    again = judged(work(ROUNDS[register][1]), register, changed, by)
    assert {one.kind for one in again.verdicts} == {VerdictKind.SAME}
    back = judged(work(ROUNDS[register][1]), register, exported(browser, register), by)
    assert {one.kind for one in back.verdicts} == {VerdictKind.SAME}


def test_every_field_of_every_register_is_among_the_edited_cells():
    fields = {
        (word, column.title)
        for word, one in IMPORTERS.items()
        for column in one.sheet.columns
        if column.role is ColumnRole.FIELD
    }
    # Duties have a test of their own below; another kind of position is another position (test_staff_import.py).
    assert {(register, column) for register, _, column, _ in ONE_CELL} == fields - {
        ("user", "Организации и полномочия"),
        ("staff_member", "Вид должности"),
    }


def test_duties_are_given_and_taken_by_one_cell(browser, work, world, tmp_path):
    session, by = work("unit_admin"), means(tmp_path)
    content = edited(exported(browser, "user"), "school", "Организации и полномочия", f"{SCHOOL}: эксперт, Наблюдатель")
    imported = brought(session, "user", content, by)
    change = next(row for row in workbook_verdicts.verdicts(by.store, imported) if row.changes).changes[0]
    assert change.after.endswith(": наблюдатель, эксперт")
    session.commit()
    workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    held = session.scalars(select(Membership.duty).where(Membership.user_id == world.users["school"])).all()
    assert sorted(duty.value for duty in held) == ["expert", "observer"]


def test_empty_cells_leave_what_stands_unless_they_are_to_clear(browser, work, world, tmp_path):
    session, by = work("unit_admin"), means(tmp_path)
    session.get_one(User, world.users["school"]).phone = "+7 42446 2-15-01"
    session.commit()
    book = exported(browser, "user")
    content = edited(book, "school", "Телефон", None)
    kept = judged(session, "user", content, by, clear_empty=False)
    assert {one.kind for one in kept.verdicts} == {VerdictKind.SAME}
    cleared = brought(session, "user", content, by, clear_empty=True)
    (change,) = next(one for one in workbook_verdicts.verdicts(by.store, cleared) if one.changes).changes
    assert (change.key, change.before, change.after) == ("phone", "+7 42446 2-15-01", "")
    session.commit()
    # The writing keeps to what was chosen when the file was judged.
    assert workbook_import.apply(session, session.actor, cleared, means=by, only_right=False)
    assert session.get_one(User, world.users["school"]).phone == ""
    # What must not be empty is never cleared.
    judgement = judged(session, "user", edited(book, "school", "ФИО", None), by, clear_empty=True)
    assert [one.kind for one in judgement.verdicts].count(VerdictKind.WRONG) == 1


def test_all_or_nothing_and_only_the_right_ones(work, world, tmp_path):
    session, by = work("unit_admin"), means(tmp_path)
    content = table(
        ("Вид", "Наименование", "Муниципалитет", "Код"),
        ("школа", "Новая школа № 101", "Томаринский муниципальный округ", "650101"),
        ("школа", "Новая школа № 102", "Нет такого округа", "650102"),
        ("муниципалитет", "Новый округ", None, "64799000"),
        ("школа", "Новая школа № 103", "Новый округ", "650103"),
        ("школа", "Новая школа № 104", "Новый округ", "650103"),
    )
    imported = brought(session, "org_unit", content, by)
    assert {key: imported.counts[key] for key in ("created", "wrong")} == {"created": 3, "wrong": 2}
    session.commit()
    before = session.scalar(select(func.count(OrgUnit.id)))
    with pytest.raises(Invalid, match="строки с ошибками"):
        workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    assert session.scalar(select(func.count(OrgUnit.id))) == before
    assert workbook_import.apply(session, session.actor, imported, means=by, only_right=True)
    session.commit()
    assert session.scalar(select(func.count(OrgUnit.id))) == before + 3
    made = session.scalars(select(OrgUnit).where(OrgUnit.name == "Новая школа № 103")).one()
    assert session.get_one(OrgUnit, made.parent_id).name == "Новый округ"


def test_rows_refused_at_the_writing_are_left_out_or_undo_all(work, engine, tmp_path, monkeypatch):
    """What the plan could not foresee: the verb itself refuses, and with it the row that stands under the refused one."""
    real = org_unit.create

    def refuses(*args, **values):
        made = real(*args, **values)
        if values["name"] == "Новый округ":
            raise Invalid("Округ не записать.")
        return made

    session, by = work("unit_admin"), means(tmp_path)
    content = table(
        ("Вид", "Наименование", "Муниципалитет"),
        ("школа", "Новая школа № 201", "Новый округ"),
        ("муниципалитет", "Новый округ", None),
        ("школа", "Новая школа № 202", "Томаринский муниципальный округ"),
    )
    imported = brought(session, "org_unit", content, by)
    session.commit()
    monkeypatch.setattr(org_unit, "create", refuses)
    with pytest.raises(Invalid, match=r"Строка 3: Округ не записать\. Ничего не записано\."):
        workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    session.rollback()
    assert workbook_import.apply(session, session.actor, imported, means=by, only_right=True)
    session.commit()
    assert imported.status is ImportStatus.APPLIED
    assert (imported.counts["created"], imported.counts["wrong"]) == (1, 2)
    rows = [(one.row, one.kind.value, one.told) for one in workbook_verdicts.verdicts(by.store, imported)]
    assert rows == [
        (2, "wrong", "«Новый округ», под которой стоит эта организация, не записана."),
        (3, "wrong", "Округ не записать."),
        (4, "created", ""),
    ]
    made = session.scalars(select(OrgUnit.name).where(OrgUnit.name.like("Нов%"))).all()
    assert made == ["Новая школа № 202"]


def test_what_changed_since_it_was_shown_is_shown_again(browser, work, world, tmp_path):
    by = means(tmp_path)
    session = work("unit_admin")
    content = edited(exported(browser, "user"), "school", "Почта", "new@school.ru")
    imported = brought(session, "user", content, by)
    session.commit()
    other = work("unit_admin")
    other.get_one(User, world.users["school"]).email = "other@school.ru"
    other.commit()
    session.rollback()
    assert not workbook_import.apply(session, session.actor, imported, means=by, only_right=False)
    session.commit()
    assert session.get_one(User, world.users["school"]).email == "other@school.ru"
    rows = list(workbook_verdicts.verdicts(by.store, imported))
    assert next(row for row in rows if row.changes).changes[0].before == "other@school.ru"


def test_a_dry_run_writes_nothing(browser, work, engine, world, tmp_path):
    written = []

    def watch(connection, cursor, statement, parameters, context, many):
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "WITH", "PRAGMA")):
            written.append(statement)

    session = work("unit_admin")
    content = table(("Вид", "Наименование"), ("муниципалитет", "Новый округ"), ("школа", "Новая школа"))
    event.listen(engine, "before_cursor_execute", watch)
    try:
        judgement = judged(session, "org_unit", content, means(tmp_path))
    finally:
        event.remove(engine, "before_cursor_execute", watch)
    assert judgement.counts()["created"] == 2
    assert written == []


def test_references_are_found_in_scope_only(work, world, tmp_path):
    session, by = work("municipality"), means(tmp_path)
    content = table(
        ("Вид", "Наименование", "Муниципалитет"),
        ("школа", "Школа соседей", "Анивский муниципальный округ"),
        ("школа", "Своя школа", "Томаринский муниципальный округ"),
        ("муниципалитет", "Ещё один", None),
    )
    judgement = judged(session, "org_unit", content, by)
    assert [one.kind.value for one in judgement.verdicts] == ["wrong", "created", "wrong"]
    assert "Нет муниципалитета" in judgement.verdicts[0].told
    assert judgement.verdicts[2].told == "Муниципалитет заводит только свои школы."
    observer = work("observer")
    with pytest.raises(NotPermitted):
        judged(observer, "org_unit", content, by)
    # Whoever may load some list may not therefore load each.
    operator = work("school")
    with pytest.raises(NotPermitted):
        judged(operator, "org_unit", content, by)
    with pytest.raises(NotPermitted):
        workbook_import.bring(
            operator, operator.actor, "org_unit", content, "book.xlsx", means=by, choices={}, judgement=None
        )


def test_a_list_too_long_is_refused(work, monkeypatch, tmp_path):
    monkeypatch.setattr(bulk_import, "MAX_ROWS", 1)
    content = table(("Вид", "Наименование"), ("муниципалитет", "А"), ("муниципалитет", "Б"))
    with pytest.raises(Invalid, match="больше 1 строк"):
        judged(work("unit_admin"), "org_unit", content, means(tmp_path))


def test_a_draft_without_number_or_date_comes_back_as_no_change(browser, work, order, draft, tmp_path):
    session = work("region")
    for title in ("Первый набросок", "Второй набросок", ""):
        orders.create_draft(session, session.actor, kind=OrderKind.LETTER, title=title)
    session.commit()
    by = means(tmp_path)
    judgement = judged(work("region"), "order", exported(browser, "order"), by)
    assert {one.kind for one in judgement.verdicts} == {VerdictKind.SAME}
    assert len(judgement.verdicts) == 5
    new = judged(work("region"), "order", table(("Вид", "Номер", "Дата"), ("приказ", None, date(2026, 11, 1))), by)
    assert "Укажите номер и дату" in new.verdicts[0].told


def test_the_summary_workbook_is_loaded_by_the_sheet_of_its_register(browser, work, order, draft, tmp_path):
    book = browser("region").get("/reports/summary/export").data
    for register in ("org_unit", "user", "order"):
        judgement = judged(work("region"), register, book, means(tmp_path))
        assert {one.kind for one in judgement.verdicts} == {VerdictKind.SAME}, register
