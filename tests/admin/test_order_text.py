"""An order from its text, a file or by hand, through to its assignments; what gives nothing is kept and explained."""

import io
import re
from collections import Counter, defaultdict
from datetime import date

import pytest
from sqlalchemy import func, select

from app.models import Assignment, Order, OrderPoint
from tests.admin.order_pages import LETTER, issue, paste, points_of
from tests.services.order_world import TEXT, add_sakhalin

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once


@pytest.fixture
def sakhalin(engine, world):
    add_sakhalin(engine, world)
    return world


def test_the_real_order_from_text_to_assignments(sakhalin, browser, work):
    region = browser("region")
    order_id = paste(region)
    assert [point.label for point in points_of(work, order_id)] == [
        "1", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "4а", "4б",
    ]  # fmt: skip
    page = region.get(f"/orders/{order_id}").text
    assert page.count('class="card proposal"') == 9
    text, proposals = page.split('aria-label="Шапка документа"')
    marks = set(re.findall(r'<mark data-quote-id="(q\d+-\d+)"', text))
    assert len(marks) > 15
    cards = set(re.findall(r'<article[^>]*data-quote-id="(q\d+-\d+)"', proposals))
    assert len(cards) == 9
    assert cards <= marks
    made = issue(region, order_id)
    session = work("region")
    assert made == session.scalar(select(func.count(Assignment.id))) == 54
    rows = session.execute(
        select(OrderPoint.number, Assignment.org_unit_id).join(Assignment, Assignment.order_point_id == OrderPoint.id)
    )
    by_number = defaultdict(Counter)
    for number, unit in rows:
        by_number[number][unit] += 1
    units = sakhalin.units
    towns = {units[key] for key in ("municipality", "municipality2")}
    towns |= {units[key] for key in ("Долинский", "Курильский", "Макаровский", "Невельский")}
    schools = {units[key] for key in units if key.startswith("school") or key == "regional_school"}
    assert set(by_number["1"]) == towns | {units["provider"]}
    assert set(by_number["2.2"]) == towns
    assert set(by_number["3.3"]) == schools
    assert by_number["4"] == Counter({units["provider"]: 2})
    details = region.get(f"/orders/{order_id}").text
    assert "54" in details
    assert "Изменяющий акт" in details
    assert "Документ выпущен" in region.get(f"/orders/{order_id}/history").text


def test_a_municipality_writes_to_its_own_schools(world, browser, work):
    order_id = paste(browser("municipality"), LETTER)
    assert issue(browser("municipality"), order_id) == 2
    for login, status in (
        ("school", 200),
        ("school2", 200),
        ("region", 200),
        ("school_b", 404),
        ("municipality2", 404),
        ("provider", 404),
        ("foreign_region", 404),
        ("foreign_municipality", 404),
    ):
        assert browser(login).get(f"/orders/{order_id}").status_code == status, login
    assert work("foreign_school").scalar(select(func.count(Assignment.id))) == 0
    assert work("school_b").scalar(select(func.count(Assignment.id))) == 0


def test_text_that_gives_nothing_is_kept(world, browser, work):
    region = browser("region")
    words = "Погода сегодня хорошая, и завтра будет не хуже."
    answer = region.post("/orders/new", {"text": words})
    assert answer.status_code == 422
    assert words in answer.text
    assert "не найдено ни одного пункта" in answer.text
    assert region.post("/orders/new", {"text": "  "}).status_code == 422
    assert work("region").scalar(select(func.count(Order.id))) == 0


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("order.docx", b"PK\x03\x04 broken", "повреждён"),
        ("order.pdf", b"%PDF-1.4\nnothing", "повреждён"),
        ("order.txt", "Погода хорошая.".encode(), "ни одного пункта"),
        ("order.txt", b"x" * (21 * 1024 * 1024), "20 МБ"),
    ],
)
def test_a_file_that_gives_nothing_is_refused_in_words(world, browser, work, *, name, content, sentence):
    region = browser("region")
    answer = region.post(
        "/orders/new",
        {"text": "то, что уже вставлено", "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )
    # The client keeps a large body in a file of its own.
    answer.request.environ["wsgi.input"].close()
    assert answer.status_code == 422
    assert sentence in answer.text
    if name != "order.txt" or len(content) > 1000:
        assert "то, что уже вставлено" in answer.text
    assert work("region").scalar(select(func.count(Order.id))) == 0


def test_a_file_becomes_a_draft_and_stays_with_it(sakhalin, browser, work):
    region = browser("region")
    answer = region.post(
        "/orders/new",
        {"text": "", "file": (io.BytesIO(TEXT.encode("cp1251", "ignore")), "распоряжение.txt")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 302, answer.text
    order_id = int(answer.location.rsplit("/", 1)[1])
    order = work("region").get(Order, order_id)
    assert order.source_file_name == "распоряжение.txt"
    with region.get(f"/orders/{order_id}/source") as download:
        assert download.status_code == 200
        assert download.headers["Content-Disposition"].startswith("attachment")
        assert download.data.decode("cp1251").strip().startswith("**МИНИСТЕРСТВО")
    assert browser("municipality").get(f"/orders/{order_id}/source").status_code == 404


def test_by_hand_from_nothing_to_issue(world, browser, work):
    region = browser("region")
    answer = region.post("/orders/new/by-hand", {"kind": "order", "number": "15", "dated_on": "41.41.2026"})
    assert answer.status_code == 422
    assert "дд.мм.гггг" in answer.text
    answer = region.post("/orders/new/by-hand", {"kind": "order", "number": "15", "dated_on": "2026-11-02"})
    order_id = int(answer.location.rsplit("/", 1)[1])
    assert region.get(f"/orders/{order_id}").status_code == 200
    assert "ни одного пункта" in region.get(f"/orders/{order_id}/issue").text
    answer = region.post(f"/orders/{order_id}/issue", {"expected": "0"})
    assert answer.status_code == 422
    values = {"number": "1", "text": "проверить сайты", "modality": "instruct", "term_kind": "date", "recurrence": ""}
    answer = region.post(f"/orders/{order_id}/points", values)
    assert answer.status_code == 422
    assert "Укажите день" in answer.text
    assert "проверить сайты" in answer.text
    values |= {"due_on": "20.12.2026", "groups": "all_municipalities", "excepts": "Анивский муниципальный округ"}
    answer = region.post(f"/orders/{order_id}/points", values)
    assert answer.status_code == 302, answer.text
    assert issue(region, order_id) == 1
    given = work("region").scalars(select(Assignment)).one()
    assert (given.org_unit_id, given.due_on) == (world.units["municipality"], date(2026, 12, 20))
