"""Cards of points, the heading and the grounds of a draft: saved one by one, refused in their place."""

import re

import pytest

from app.models import Order
from app.models.enumeration import OrderStatus
from tests.admin.order_pages import HX, paste, points_of, typed
from tests.factories.order import Point, issue_order

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once


@pytest.fixture
def drafted(engine, world):
    return issue_order(engine, world, status=OrderStatus.DRAFT, points=(Point("1"), Point("2")))


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


def test_a_name_is_resolved_once_for_all_points_of_its_phrase(world, browser, work):
    region = browser("region")
    order_id = paste(region)
    second = next(point for point in points_of(work, order_id) if point.number == "2.1")
    unknown = [clause for clause in second.clauses if clause.org_unit_id is None]
    # The test world has two of the six municipalities.
    assert len(unknown) > 1
    page = region.get(f"/orders/{order_id}").text
    assert "не определён" in page
    values = typed(
        version=str(second.version),
        number="2.1",
        municipalities=[world.units["municipality"]],
        drop=[str(clause.id) for clause in unknown[1:]],
        **{f"unknown-{unknown[0].id}": "Институт развития: Сахалинская"},
    )
    answer = region.post(f"/orders/{order_id}/points/{second.id}/save", values, headers=HX)
    assert answer.status_code == 200, answer.text
    assert answer.headers["HX-Refresh"] == "true"
    points = {point.label: point for point in points_of(work, order_id)}
    assert {clause.org_unit_id for clause in points["2.1"].clauses} == {
        world.units["municipality"],
        world.units["provider"],
    }
    for label in ("2.2", "2.3"):
        names = [clause.org_unit_id for clause in points[label].clauses]
        assert world.units["provider"] in names
        assert names.count(None) == len(unknown) - 1


def test_a_stale_card_does_not_undo_another_s_addressees(world, drafted, browser, work):
    """Only the addressees were changed: the words of the point are the same, the card is stale all the same."""
    first, second = browser("region"), browser("region")
    save = f"/orders/{drafted.order_id}/points/{drafted.points['1']}/save"
    words = typed(text=points_of(work, drafted.order_id)[0].text)
    assert first.post(save, words | {"municipalities": [world.units["municipality"]]}).status_code == 302
    assert second.post(save, words | {"groups": ["all_providers"]}).status_code == 409
    clauses = points_of(work, drafted.order_id)[0].clauses
    assert [clause.org_unit_id for clause in clauses] == [world.units["municipality"]]


def test_a_number_too_long_for_any_database_answers_nothing(drafted, browser):
    """SQLite's driver and Python itself refuse such numbers with errors of their own."""
    region = browser("region")
    answer = region.post(f"/orders/{drafted.order_id}/points", typed(number="3") | {f"unknown-{'9' * 5000}": "школа"})
    assert answer.status_code == 302
    assert region.get(f"/orders/{drafted.order_id}/addressees?drop={'9' * 5000}").status_code == 200
