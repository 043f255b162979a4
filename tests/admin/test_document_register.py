"""The pages of ФИС ФРДО: for whom they are, the book out by a button, the dry run, the ticks; nobody's number in them."""

from __future__ import annotations

import io
import logging
import re
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from app.models import AuditEvent, Certificate, StaffIdentity
from app.models.enumeration_of_training import EnrolmentStatus, Sex
from tests.factories.training import add_certificate, add_group, add_person, add_programme, enrol, writing
from tests.unit.document_register_books import NUMBER, PRINTED, ROW, dirty, written
from tests.unit.workbook_bytes import book

pytestmark = pytest.mark.once
HIDDEN = (NUMBER, PRINTED, "05.03.1980", "1980-03-05", "445 95")
PAGE = "/document-register/"


@pytest.fixture
def issued(engine, world) -> dict[str, int]:
    group = add_group(engine, world, add_programme(engine, world))
    made = {}
    for name, values in (("Полная", {"snils": NUMBER, "born_on": date(1980, 3, 5)}), ("Пустая", {})):
        person = made[name] = add_person(engine, world, last_name=name, **values)
        enrol(engine, group, person, status=EnrolmentStatus.CERTIFIED)
        add_certificate(engine, world, person, issuer="provider", number=f"000{person}")
    with writing(engine) as session:
        session.scalar(select(StaffIdentity)).sex = Sex.FEMALE
    return made


def brought(who, content: bytes, path: str = "import", **values: object):
    data = {"file": (io.BytesIO(content), "книга.xlsx"), **values}
    return who.post(f"{PAGE}{path}", data, content_type="multipart/form-data")


def assert_nothing_hidden(*answers) -> None:
    for answer in answers:
        assert not [one for one in HIDDEN if one in answer.text]


def test_who_may_not_finds_the_doors_closed(browser, issued):
    for login, status in (("school", 403), ("municipality", 403), ("observer", 403), ("", 302)):
        who = browser(login)
        for answer in (
            who.get(PAGE),
            who.get(f"{PAGE}import"),
            who.post(f"{PAGE}export", {"which": "new"}),
            who.post(f"{PAGE}unmark", {"day": "2026-10-05"}),
            who.post(f"{PAGE}import/apply", {"carried": "x"}),
            brought(who, written(ROW)),
            brought(who, written(ROW), "clean"),
        ):
            assert answer.status_code == status
            assert_nothing_hidden(answer)
    assert "ФИС ФРДО" not in browser("school").get("/training-groups/").text


def test_documents_go_out_by_a_button_and_the_marks_come_off(browser, issued, engine):
    who = browser("provider")
    page = who.get(PAGE)
    assert page.status_code == 200
    assert "Пустая Анна Петровна" in page.text
    assert "Дата рождения получателя; Пол получателя; СНИЛС" in page.text
    # A page that only says what is missing marks nothing, and a period without documents says so.
    assert "Отмечены выгруженными" not in page.text
    assert "Выгружать нечего" in who.get(f"{PAGE}?starts_on=2020-01-01&ends_on=2020-02-01").text
    assert "Выданы с" in who.get(f"{PAGE}?starts_on=31.31.2020&provider_id=абв").text
    refused = who.post(f"{PAGE}export", {"which": "new", "starts_on": "2020-01-01", "ends_on": "2020-02-01"})
    assert (refused.status_code, "Выгружать нечего" in refused.text) == (422, True)
    answer = who.post(f"{PAGE}export", {"which": "new", "mark": "y"})
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(min_row=2, values_only=True))
    assert [(row[21], row[26]) for row in rows] == [("Полная", PRINTED)]
    page = who.get(PAGE)
    assert "Отмечены выгруженными" in page.text
    day = re.search(r'name="day" value="([\d-]+)"', page.text)[1]
    assert who.post(f"{PAGE}unmark", {"day": "вчера"}).status_code == 422
    assert who.post(f"{PAGE}unmark", {"day": day}).status_code == 302
    again = who.get(PAGE)
    assert "снята" in again.text
    assert_nothing_hidden(page, again, refused, who.get(f"/staff-members/{issued['Полная']}"))
    with writing(engine) as session:
        assert not session.scalars(select(Certificate.reported_on).where(Certificate.reported_on.is_not(None))).all()


def test_a_book_is_judged_ticked_and_written(browser, issued, engine, caplog):
    who = browser("provider")
    clean = {"last_name": "Полная", "number": "Н-1"}
    content = written(
        ROW | clean,
        ROW | clean | {"number": "Н-2", "last_name": "Пустая", "snils": "", "born_on": None},
        ROW | clean | {"number": "Н-3", "last_name": "Никто", "snils": ""},
    )
    with caplog.at_level(logging.DEBUG):
        page = brought(who, content)
    assert page.status_code == 200
    # A comparison tells which of the typed numbers and days are right: it leaves its trace.
    with writing(engine) as session:
        notes = select(AuditEvent.note).where(AuditEvent.action == "see_identity", AuditEvent.note.like("Сверка%"))
        assert session.scalars(notes).all() == ["Сверка с книгой ФИС ФРДО, строк: 3."]
    ticks = dict(re.findall(r'name="row" value="(\d+)" (checked)?', page.text))
    assert ticks == {"2": "checked", "3": ""}
    assert "Совпало только ФИО" in page.text
    assert "Такого работника среди видимых вам нет" in page.text
    assert "слово «нет» понято как пустая ячейка" in page.text
    carried = re.search(r'name="carried" value="([^"]+)"', page.text)[1]
    nothing = who.post(f"{PAGE}import/apply", {"carried": carried})
    assert (nothing.status_code, "Не отмечено ни одной строки" in nothing.text) == (422, True)
    forged = who.post(f"{PAGE}import/apply", {"carried": carried[:-8], "row": "2"})
    assert (forged.status_code, "загрузите книгу ещё раз" in forged.text) == (422, True)
    done = who.post(f"{PAGE}import/apply", {"carried": carried, "row": ["2", "x", "99"]})
    assert (done.status_code, done.location) == (302, "/certificates/")
    twice = who.post(f"{PAGE}import/apply", {"carried": carried, "row": ["2", "3"]})
    assert twice.status_code == 200
    assert "Внесено документов: 1 из 2" in twice.text
    with writing(engine) as session:
        assert sorted(session.scalars(select(Certificate.number).where(Certificate.number.like("Н-%")))) == [
            "Н-1",
            "Н-2",
        ]
    assert "уже есть" in brought(who, content).text
    assert_nothing_hidden(page, nothing, forged, twice)
    assert not [one for one in HIDDEN if one in caplog.text]


def test_the_region_names_the_issuer_and_a_book_may_only_be_cleaned(browser, issued):
    who = browser("region")
    content = dirty(snils="11223344595", number="\u200bН-7", last_name="ПОЛНАЯ", sex="ж", born_on="1980-03-05")
    unnamed = brought(who, content)
    assert (unnamed.status_code, "какая организация выдала" in unnamed.text) == (422, True)
    page = brought(who, content, issuer_name="Академия вне системы", topic_id="")
    assert page.status_code == 200
    assert "номер приведён к виду 000-000-000 00" in page.text
    answer = brought(who, content, "clean")
    (row,) = openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(min_row=2, values_only=True)
    assert (row[6], row[21], row[25], row[26]) == ("Н-7", "Полная", "Жен", PRINTED)
    refusals = [
        brought(who, b"PK", issuer_name="Академия"),
        brought(who, book(("Фамилия",), ("Полная",)), issuer_name="Академия"),
        brought(who, b"PK", "clean"),
        who.post(f"{PAGE}import", {"issuer_name": "Академия"}),
        brought(who, content, issuer_name="Академия", topic_id="999"),
        brought(who, dirty(snils="112-233-445 96"), issuer_name="А" * 900),
    ]
    assert [answer.status_code for answer in refusals] == [422] * len(refusals)
    wrong = brought(who, dirty(snils="112-233-445 96", born_on="31.02.1980"), issuer_name="Академия")
    assert "Контрольное число СНИЛС не сходится" in wrong.text
    assert not [one for one in ("112-233", "445 96", "31.02.1980") if one in wrong.text]
    assert_nothing_hidden(unnamed, page, *refusals, wrong)
