"""The way of an order in a browser: text in, corrected, issued, seen by those it addresses and by nobody else."""

import io
import re
from collections import Counter, defaultdict
from datetime import date

import pytest
from sqlalchemy import func, select

from app.models import Assignment, Order, OrderPoint
from app.models.enumeration import OrderStatus
from tests.factories.order import Point, issue_order
from tests.services.order_world import TEXT, add_sakhalin
from tests.services.statements import counted

LETTER = """УПРАВЛЕНИЕ ОБРАЗОВАНИЯ
ПИСЬМО
01.11.2026 № 7

Уважаемые руководители!
Прошу руководителей образовательных организаций разместить план ВСОКО на сайте в срок до 20 декабря 2026 года.
"""
HX = {"HX-Request": "true"}


@pytest.fixture
def sakhalin(engine, world):
    add_sakhalin(engine, world)
    return world


def paste(client, text=TEXT):
    answer = client.post("/orders/new", {"text": text})
    assert answer.status_code == 302, answer.text
    return int(re.search(r"/orders/(\d+)", answer.location)[1])


def issue(client, order_id):
    page = client.get(f"/orders/{order_id}/issue").text
    expected = re.search(r'name="expected" value="(\d+)"', page)[1]
    answer = client.post(f"/orders/{order_id}/issue", {"expected": expected})
    assert answer.status_code == 302, answer.text
    return int(expected)


def points_of(work, order_id, login="region"):
    session = work(login)
    return session.scalars(
        select(OrderPoint).where(OrderPoint.order_id == order_id).order_by(OrderPoint.position)
    ).all()


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


def test_a_draft_is_its_issuers_alone(engine, world, browser):
    draft = issue_order(engine, world, status=OrderStatus.DRAFT, title="КАНАРЕЙКА")
    place, point = f"/orders/{draft.order_id}", draft.points["1"]
    for login in ("municipality", "school", "provider", "foreign_region", "nobody", "admin"):
        client = browser(login)
        refused = {403, 404} if login in {"nobody", "admin"} else {404}
        for path in ("", "/history", "/issue", "/heading", "/source", f"/points/{point}", f"/points/{point}/edit", "/amend"):
            answer = client.get(place + path)
            assert answer.status_code in refused | ({403} if path in {"/issue", "/amend"} else set()), (login, path)
            assert "КАНАРЕЙКА" not in answer.text
        assert "КАНАРЕЙКА" not in client.get("/orders/").text
    observer = browser("observer")
    page = observer.get(place)
    assert page.status_code == 200
    assert "КАНАРЕЙКА" in page.text
    assert "Изменить" not in page.text
    assert "Выпустить" not in page.text


WRITES = (
    "/heading", "/delete", "/grounds", "/grounds/1/delete", "/issue", "/amend", "/close", "/reopen", "/points",
    "/points/{point}/save", "/points/{point}/delete", "/points/{point}/split", "/points/{point}/move",
    "/points/{point}/settle",
)  # fmt: skip


@pytest.mark.parametrize("login", ["observer", "municipality", "foreign_region", "school"])
def test_nobody_else_writes(engine, world, browser, work, login):
    draft = issue_order(engine, world, status=OrderStatus.DRAFT)
    issued = issue_order(engine, world, points=(Point("1", to=("municipality", "school")),), number="2")
    client = browser(login)
    values = {"number": "99", "text": "x", "dated_on": "2026-11-01", "note": "x", "kind": "order", "version": "1"}
    for made in (draft, issued):
        for path in WRITES:
            answer = client.post(f"/orders/{made.order_id}{path.format(point=made.points['1'])}", values)
            assert answer.status_code in {403, 404, 409}, (login, path, answer.status_code)
    session = work("region")
    assert session.get(Order, draft.order_id).number == "3.12-118-Р"
    assert session.get(Order, draft.order_id).status is OrderStatus.DRAFT
    assert len(session.get(Order, draft.order_id).points) == 1
    assert session.get(Order, issued.order_id).status is OrderStatus.ISSUED


def test_the_addressed_see_what_is_theirs_and_no_buttons(engine, world, browser):
    issued = issue_order(
        engine,
        world,
        points=(Point("1", to=("municipality", "municipality2")), Point("2", to=("school", "school_b"))),
        source_text="Текст распоряжения",
    )
    page = browser("school").get(f"/orders/{issued.order_id}").text
    assert page.count(">нам<") == 1
    assert "Текст распоряжения" in page
    for word in ("Изменяющий акт</a>", "Внести акт", "Списать в дело", "/points/"):
        assert word not in page
    assert browser("municipality").get(f"/orders/{issued.order_id}").text.count(">нам<") == 1
    assert "Внести акт" in browser("region").get(f"/orders/{issued.order_id}").text


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
        ("order.png", b"\x89PNG\r\n\x1a\n" + b"0" * 64, "изображение"),
        ("order.txt", "Погода хорошая.".encode(), "ни одного пункта"),
        ("order.txt", b"x" * (21 * 1024 * 1024), "20 МБ"),
    ],
)
def test_a_file_that_gives_nothing_is_refused_in_words(world, browser, work, name, content, sentence):
    region = browser("region")
    answer = region.post(
        "/orders/new",
        {"text": "то, что уже вставлено", "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )
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
    download = region.get(f"/orders/{order_id}/source")
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


@pytest.fixture
def drafted(engine, world):
    return issue_order(engine, world, status=OrderStatus.DRAFT, points=(Point("1"), Point("2")))


def typed(version="1", **values):
    given = {"version": version, "number": "1", "text": "новый текст", "modality": "instruct", "term_kind": "none"}
    return {**given, "recurrence": "", **values}


def test_a_card_is_saved_over_htmx(world, drafted, browser, work):
    region = browser("region")
    place = f"/orders/{drafted.order_id}/points/{drafted.points['1']}"
    form = region.get(f"{place}/edit", headers=HX).text
    assert "<html" not in form
    assert 'name="version" value="1"' in form
    units = {"municipalities": [world.units["municipality"]], "units": "Областной лицей: Сахалинская"}
    saved = region.post(f"{place}/save", typed(**units), headers=HX)
    assert saved.status_code == 200, saved.text
    assert "новый текст" in saved.text
    assert 'id="draft-state"' in saved.text
    assert 'hx-swap-oob="true"' in saved.text
    point = points_of(work, drafted.order_id)[0]
    assert {clause.org_unit_id for clause in point.clauses} == {
        world.units["municipality"],
        world.units["regional_school"],
    }


def test_a_stale_card_shows_both_versions(world, drafted, browser, work):
    region = browser("region")
    save = f"/orders/{drafted.order_id}/points/{drafted.points['1']}/save"
    assert region.post(save, typed(text="сохранено первым")).status_code == 302
    for headers, status in (({}, 409), (HX, 422)):
        answer = region.post(save, typed(text="введено вторым"), headers=headers)
        assert answer.status_code == status
        assert "сохранено первым" in answer.text
        assert "введено вторым" in answer.text
    assert points_of(work, drafted.order_id)[0].text == "сохранено первым"
    again = re.search(r'name="version" value="(\d+)"', answer.text)[1]
    assert region.post(save, typed(version=again, text="введено вторым")).status_code == 302
    assert points_of(work, drafted.order_id)[0].text == "введено вторым"


def test_a_stale_heading_shows_both_versions(world, drafted, browser, work):
    region, place = browser("region"), f"/orders/{drafted.order_id}/heading"
    assert region.get(place).status_code == 200
    values = {"kind": "order", "number": "21", "dated_on": "2026-09-01", "title": "Первый", "version": "1"}
    assert region.post(place, values).status_code == 302
    answer = region.post(place, values | {"title": "Второй"})
    assert answer.status_code == 409
    assert "Первый" in answer.text
    assert "Второй" in answer.text
    assert work("region").get(Order, drafted.order_id).title == "Первый"


@pytest.mark.parametrize(
    "values",
    [
        {"municipalities": "foreign_municipality"},
        {"schools_of": "foreign_municipality"},
        {"municipalities": "region"},
    ],
)
def test_foreign_units_posted_as_addressees_are_refused(world, drafted, browser, work, values):
    region = browser("region")
    place = f"/orders/{drafted.order_id}"
    numbers = {name: world.units[key] for name, key in values.items()}
    answer = region.post(f"{place}/points/{drafted.points['1']}/save", typed(**numbers))
    assert answer.status_code == 422
    assert "нет среди подведомственных" in answer.text
    point = points_of(work, drafted.order_id)[0]
    assert point.clauses == []
    assert point.text != "новый текст"
    assert region.get(f"{place}/addressees", query_string=numbers).status_code == 404


def test_an_unknown_name_is_refused_at_its_place_and_kept(world, drafted, browser, work):
    answer = browser("region").post(
        f"/orders/{drafted.order_id}/points/{drafted.points['1']}/save",
        typed(units="МБОУ СОШ «foreign_school»", groups="all_schools"),
        headers=HX,
    )
    assert answer.status_code == 422
    assert "не найдена среди подведомственных" in answer.text
    assert "foreign_school" in answer.text
    assert "новый текст" in answer.text
    assert points_of(work, drafted.order_id)[0].text != "новый текст"


def test_the_live_line_counts_the_rule(world, drafted, browser):
    answer = browser("region").get(
        f"/orders/{drafted.order_id}/addressees",
        query_string={"groups": ["all_municipalities", "all_providers"]},
        headers=HX,
    )
    assert "3 поручения" in answer.text
    assert "Институт развития: Сахалинская" in answer.text


def test_cards_are_moved_split_settled_and_deleted(world, drafted, browser, work):
    region, place = browser("region"), f"/orders/{drafted.order_id}/points"
    first, second = drafted.points["1"], drafted.points["2"]
    assert region.post(f"{place}/{second}/move", {"step": "up"}).status_code == 302
    assert [point.label for point in points_of(work, drafted.order_id)] == ["2", "1"]
    answer = region.post(f"{place}/{first}/split")
    assert answer.status_code == 302
    assert region.get(answer.location).status_code == 200
    points = points_of(work, drafted.order_id)
    assert [point.label for point in points] == ["2", "1а", "1б"]
    assert points[2].doubts
    assert region.post(f"{place}/{points[2].id}/settle", headers=HX).status_code == 200
    assert points_of(work, drafted.order_id)[2].doubts == []
    assert region.post(f"{place}/{second}/delete").status_code == 302
    assert [point.label for point in points_of(work, drafted.order_id)] == ["1а", "1б"]
    assert region.post(f"/orders/{drafted.order_id}/delete").status_code == 302
    assert work("region").get(Order, drafted.order_id) is None


def test_grounds_are_added_and_removed(world, drafted, browser, work):
    region, place = browser("region"), f"/orders/{drafted.order_id}/grounds"
    assert region.post(place, {"kind": "приказ", "effect": "basis"}).status_code == 422
    assert region.post(place, {"kind": "приказ", "number": "5", "effect": "moves_dates"}).status_code == 302
    ground = work("region").get(Order, drafted.order_id).grounds[0]
    assert "приказ № 5" in region.get(f"/orders/{drafted.order_id}").text
    assert region.post(f"{place}/{ground.id}/delete").status_code == 302
    assert work("region").get(Order, drafted.order_id).grounds == []


def test_an_act_moves_terms_and_keeps_what_was_typed_when_refused(engine, world, browser, work):
    issued = issue_order(engine, world, points=(Point("1", due_on=date(2026, 12, 1)),))
    region, place = browser("region"), f"/orders/{issued.order_id}/amend"
    point = issued.points["1"]
    assert region.get(place).status_code == 200
    values = {"kind": "directive", "number": "77", "dated_on": "2026-11-20", f"due-{point}": "2026-12-24"}
    for wrong in (
        {f"due-{point}": "завтра"},
        {f"due-{point}": "2026-01-01"},
        {f"add-{point}": "МБОУ СОШ «foreign_school»"},
        {f"revoke-{point}": "1"},
        {"dated_on": "2020-01-01"},
    ):
        answer = region.post(place, values | wrong)
        assert answer.status_code == 422, wrong
        assert 'value="77"' in answer.text
    assert region.post(place, values).status_code == 302
    page = region.get(f"/orders/{issued.order_id}").text
    assert "№ 77 от 20.11.2026" in page
    assert "01.12.2026 → 24.12.2026" in page
    days = work("region").scalars(select(Assignment.due_on)).all()
    assert days == [date(2026, 12, 24)] * 2
    assert "№ 77" in browser("municipality").get(f"/orders/{issued.order_id}").text


def test_an_order_is_closed_and_reopened(engine, world, browser, work):
    issued = issue_order(engine, world)
    region, place = browser("region"), f"/orders/{issued.order_id}"
    assert region.post(f"{place}/close").status_code == 302
    assert region.get(f"{place}/amend").status_code == 409
    assert region.post(f"{place}/reopen").status_code == 422
    assert region.post(f"{place}/reopen", {"note": "рано"}).status_code == 302
    assert work("region").get(Order, issued.order_id).status is OrderStatus.ISSUED


def test_the_register_counts_filters_and_exports_within_the_scope(engine, world, browser):
    for number in range(6):
        issue_order(
            engine,
            world,
            number=f"{number}-Р",
            dated_on=date(2021 + number, 3, 1),
            points=(Point("1", due_on=date(2026, 6, 1), to=("municipality", "municipality2", "school", "school_b")),),
        )
    issue_order(engine, world, issuer="foreign_region", number="чужое", points=(Point("1", to=("foreign_school",)),))
    region, school = browser("region"), browser("school")
    region.get("/orders/")
    with counted(engine) as statements:
        page = region.get("/orders/").text
    # One of them reads who the person is.
    assert len(statements) <= 4 + 1, statements
    assert "чужое" not in page
    assert page.count('class="row-link"') == 6
    assert '<td class="number">4</td>' in page
    assert '<td class="number">1</td>' in school.get("/orders/").text
    found = region.get("/orders/", query_string={"year": "2023", "status": "issued", "kind": "directive"}).text
    assert found.count('class="row-link"') == 1
    assert region.get("/orders/", query_string={"q": "5-р"}).text.count('class="row-link"') == 1
    assert region.get("/orders/", query_string={"sort": "number", "desc": "0"}).status_code == 200
    for wrong in ({"year": "12"}, {"status": "x"}, {"kind": "x"}, {"dated_from": "x"}):
        assert region.get("/orders/", query_string=wrong).status_code == 400
    assert region.get("/orders/export").status_code == 200
