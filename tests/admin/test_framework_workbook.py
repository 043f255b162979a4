"""The workbook of a set on its pages: out, the dry run, the draft; wrong rows, hostile files, forged forms."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import openpyxl
import pytest
from sqlalchemy import select

from app.models import AuditEvent, Framework
from app.models.enumeration import FrameworkStatus
from app.services.framework_import import carried
from app.services.framework_proposal import proposal
from tests.admin.framework_pages import load_proposed, set_of

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once


@pytest.fixture
def loaded(browser):
    return load_proposed(browser)


def book_of(who, address: str):
    answer = who.get(f"{address}/workbook")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def brought(who, book) -> object:
    target = io.BytesIO()
    book.save(target)
    target.seek(0)
    return who.post("/frameworks/import", {"file": (target, "набор.xlsx")}, content_type="multipart/form-data")


def cell(page, heading: str, first: str):
    """The cell under a heading in the row whose first or second column says `first`."""
    for row in page.iter_rows():
        titles = [str(each.value or "").removesuffix(" *") for each in row]
        if heading in titles:
            place = titles.index(heading)
        elif first in {str(each.value) for each in row[:2]}:
            return row[place]
    raise AssertionError(heading, first)


def applied(who, answer):
    outline = re.search(r'name="outline" value="([^"]+)"', answer.text)[1]
    return who.post("/frameworks/import/apply", {"outline": outline})


def test_the_workbook_goes_out_and_comes_back_as_the_next_edition(loaded, browser, work):
    region, address = loaded
    assert region.post(f"{address}/publish").status_code == 302
    book = book_of(region, address)
    assert [name for name in book.sheetnames if name != "Справочники"] == [
        "Набор",
        "Разделы",
        "Критерии",
        "Уровни шкал",
        "Границы уровней",
    ]
    same = brought(region, book)
    assert same.status_code == 200
    assert "Отличий нет" in same.text
    assert "редакция 2 на основе редакции 1" in same.text
    cell(book["Критерии"], "Вес", "К1").value = 2
    # Latin letters that look the same are the same code.
    cell(book["Уровни шкал"], "Код критерия", "К1").value = "K1"
    answer = brought(region, book)
    assert "Отличия от редакции 1: 1" in answer.text
    assert work("region").scalars(select(Framework)).all()[-1].edition == 1
    made = applied(region, answer)
    assert made.status_code == 302
    framework, after = set_of(work, made.headers["Location"])
    before = set_of(work, address)[1]
    assert (framework.edition, framework.status) == (2, FrameworkStatus.DRAFT)
    assert (str(after.by_code["К1"].weight), len(after.by_code["К1"].levels)) == ("2.00", 3)
    assert after.by_code["М2"].levels == before.by_code["М2"].levels
    assert list(after.by_code) == list(before.by_code)
    assert after.bands == before.bands
    taken = work("region").scalars(select(AuditEvent).where(AuditEvent.action == "export")).all()
    assert [event.record_type for event in taken] == ["framework"]
    # Another unit's copy of the same book is a set of its own.
    other = brought(browser("municipality"), book)
    assert "новый набор" in other.text


def test_wrong_rows_are_told_and_nothing_is_made(loaded, work):
    region, address = loaded
    region.post(f"{address}/publish")
    book = book_of(region, address)
    cell(book["Критерии"], "Код", "Д2").value = "Д1"
    cell(book["Критерии"], "Шкала", "Д3").value = "на глаз"
    cell(book["Критерии"], "Вес", "Д4").value = "тяжёлый"
    cell(book["Критерии"], "Вес", "Д5").value = 1e300
    cell(book["Уровни шкал"], "Код критерия", "М14").value = "Х1"
    cell(book["Границы уровней"], "От, %", "средний").value = 85
    answer = brought(region, book)
    assert answer.status_code == 200
    for words, times in (
        ("Код Д1 уже стоит", 1),
        ("«на глаз» – такого значения нет", 1),
        ("«тяжёлый»: это не число", 1),
        ("Число – от нуля", 1),
        # Х1, and Д2, which is no code any more; levels of criteria whose rows are wrong are not blamed for it.
        ("Критерия с таким кодом нет", 2),
        ("границы уровней должны различаться", 1),
    ):
        assert answer.text.count(words) == times, words
    assert 'name="outline"' not in answer.text
    assert len(work("region").scalars(select(Framework)).all()) == 1


def test_a_file_that_is_no_book_of_a_set_is_refused_in_words(loaded):
    region, _ = loaded

    def sent(content: bytes, name: str = "файл.xlsx"):
        data = {"file": (io.BytesIO(content), name)}
        return region.post("/frameworks/import", data, content_type="multipart/form-data")

    other = openpyxl.Workbook()
    other.active.append(["Критерий", "Вес"])
    target = io.BytesIO()
    other.save(target)
    for content in (b"PK\x03\x04 broken", b"a;b\n1;2\n", b"", target.getvalue()):
        answer = sent(content)
        assert answer.status_code == 422
        assert 'id="file-problem"' in answer.text
    assert region.post("/frameworks/import", {}).status_code == 422
    for forged in ("", "не то", "eJwDAAAAAAE=", "AAAA"):
        answer = region.post("/frameworks/import/apply", {"outline": forged})
        assert answer.status_code == 422
        assert "загрузите книгу ещё раз" in answer.text


def test_what_the_page_carries_is_checked_anew(loaded, work):
    region, _ = loaded
    whole = replace(proposal(), title="Подделка")
    section = whole.sections[0]
    bad = replace(section, criteria=(replace(section.criteria[0], weight=-section.criteria[0].weight),))
    for forged in (
        replace(whole, sections=(bad,)),
        replace(whole, sections=(section, section)),
        replace(whole, note="д" * 5001),
    ):
        answer = region.post("/frameworks/import/apply", {"outline": carried(forged)})
        assert answer.status_code == 422
    assert work("region").scalar(select(Framework.id).where(Framework.title == "Подделка")) is None
