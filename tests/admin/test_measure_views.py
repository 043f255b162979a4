"""The pages of the plan, the board and the summary: every number is the list behind it; the workbooks of each."""

from __future__ import annotations

import html
import io
import re
from urllib.parse import unquote

import openpyxl
import pytest
from sqlalchemy import select

from app.models import AuditEvent
from app.policies.unscoped import open_session
from tests.factories.measures import add_cause, add_finding, add_measure
from tests.services.measure_world import furnish
from tests.services.statements import counted

pytestmark = pytest.mark.once

BOARD, TIMELINE, SUMMARY = (f"/corrective-measures/{page}/" for page in ("board", "timeline", "summary"))
NUMBER = re.compile(r'<a class="figure-link" href="([^"]+)" aria-label="([^"]*): (\d+)[^"]*">\d+</a>')
ROW = re.compile(r'<th class="held(?: worded)?" scope="row"><a class="row-link"')


@pytest.mark.parametrize("login", ["region", "municipality", "school"])
def test_every_number_is_as_many_as_its_list_has(browser, engine, world, login):
    furnish(engine, world, seed=8, measures=20)
    client = browser(login)
    pages = [client.get(address).text for address in (SUMMARY, BOARD)]
    if login == "region":
        pages.append(client.get(f"{SUMMARY}?municipality={world.units['municipality']}").text)
    numbers = {html.unescape(href): (word, int(told)) for page in pages for href, word, told in NUMBER.findall(page)}
    assert len(numbers) > 15
    # Every third address: each kind of link is among them, whichever the login.
    for href, (word, told) in list(numbers.items())[:: 3 if login == "region" else 2]:
        answer = client.get(href)
        assert answer.status_code == 200, href
        assert len(ROW.findall(answer.text)) == told, (href, word)


def test_the_pages_of_each_reader_tell_no_word_of_others(browser, engine, world):
    finding = add_finding(engine, world, "school_b", text="чужой недостаток")
    add_measure(engine, world, "school_b", title="kanarejka", findings=[finding])
    add_measure(engine, world, "municipality", title="Общая мера", units=("school", "school2"))
    add_measure(engine, world, "school", title="<b>Своя</b> мера")
    for login in ("school", "municipality", "region"):
        client = browser(login)
        for address in (BOARD, TIMELINE, f"{TIMELINE}?by=cause"):
            page = client.get(address).text
            assert all(said in page for said in ("Общая мера", "&lt;b&gt;Своя&lt;/b&gt; мера")), (login, address)
            assert ("kanarejka" in page) == (login == "region"), (login, address)
        words = _words(client.get(f"{TIMELINE}annex"))
        assert ("kanarejka" in words) == (login == "region")
    school = browser("school")
    for address in (BOARD, TIMELINE, SUMMARY, f"{TIMELINE}annex", f"{SUMMARY}annex"):
        where = "municipality" if address.startswith(SUMMARY) else "unit"
        for unit in ("school_b", "municipality2", "foreign_school"):
            assert school.get(f"{address}?{where}={world.units[unit]}").status_code == 404, address
        assert school.get(f"{address}?{where}=x").status_code == 400
        assert browser("admin").get(address).status_code == 403
    for wrong in ("by=x", "year=12", "state=x", "priority=x", "cause=-1"):
        assert school.get(f"{TIMELINE}?{wrong}").status_code == 400, wrong


def test_empty_pages_say_what_will_be_here(browser):
    client = browser("school")
    for address in (BOARD, TIMELINE, SUMMARY):
        assert 'class="empty"' in client.get(address).text, address
    assert "Под эти условия не подходит ни одна мера" in client.get(f"{BOARD}?state=overdue").text
    assert "Мер в плане нет" in _words(client.get(f"{TIMELINE}annex"))


def test_the_workbooks_say_whose_they_are_and_stand_in_the_journal_and_among_reports(browser, engine, world):
    cause = add_cause(engine, world, title="Нет людей")
    finding = add_finding(engine, world, "school", cause_id=cause)
    add_measure(engine, world, "school", findings=[finding])
    client = browser("municipality")
    before = client.get("/reports/").text
    for address in (f"{TIMELINE}annex", f"{SUMMARY}annex"):
        assert f'href="{address}"' in before
    plan = client.get(f"{TIMELINE}annex?unit={world.units['school']}&cause={cause}")
    words = _words(plan)
    for said in (
        "План мероприятий по устранению недостатков",
        "с 01.09.20",
        "Сформировал: Сотрудник municipality, в пределах: Томаринский муниципальный округ",
        "Отбор: Организация: МБОУ СОШ «school»; Причина: Нет людей",
        "Разработать и утвердить положение",
    ):
        assert said in words, said
    assert "План мероприятий по устранению недостатков на " in unquote(plan.headers["Content-Disposition"])
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{SUMMARY}annex").data))
    assert book.sheetnames == ["По организациям", "По причинам", "По критериям"]
    region = openpyxl.load_workbook(io.BytesIO(browser("region").get(f"{SUMMARY}annex").data))
    assert region.sheetnames[0] == "Свод по муниципалитетам"
    with open_session(engine, reason="tests read the journal") as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "export").order_by(AuditEvent.id)).all()
        assert [(event.record_type, event.record_id, event.actor_user_id) for event in events] == [
            ("measure_plan", 0, world.users["municipality"]),
            ("measure_summary", 0, world.users["municipality"]),
            ("measure_summary", 0, world.users["region"]),
        ]
        assert events[0].note == "Организация: МБОУ СОШ «school»; Причина: Нет людей"
    after = client.get("/reports/").text
    assert after.count("Последний раз") == before.count("Последний раз") + 2
    assert "план мероприятий" in browser("region").get("/journal/").text


def test_the_number_of_statements_does_not_grow_with_rows(browser, engine, world):
    client = browser("region")
    addresses = (BOARD, TIMELINE, f"{TIMELINE}?by=cause", SUMMARY)
    amounts = []
    for times in range(2):
        for number in range(1 + 5 * times):
            unit = ("school", "school_b", "regional_school")[number % 3]
            cause = add_cause(engine, world, title=f"Причина {times}.{number}")
            add_measure(engine, world, unit, findings=[add_finding(engine, world, unit, cause_id=cause)])
        each = []
        for address in addresses:
            client.get(address)
            with counted(engine) as sent:
                assert client.get(address).status_code == 200
            each.append(len(sent))
        amounts.append(each)
    assert amounts[0] == amounts[1]


def _words(answer) -> str:
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return "\n".join(str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value)
