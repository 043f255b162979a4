"""Columns and presets of a register: chosen, ordered, named, offered to those below and to nobody else."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Job, ListPreset, User
from app.models.enumeration import JobStatus
from app.policies.unscoped import open_session
from tests.factories.order import Point, issue_order
from tests.jobs.tasks import ask
from tests.services.workbook_rounds import heading_row

pytestmark = pytest.mark.once


@pytest.fixture
def order(engine, world):
    return issue_order(engine, world, points=(Point("1", to=("municipality", "school", "school_b")),))


def titles(answer) -> list[str]:
    page = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    return [cell.value for cell in page[heading_row(page)]]


def rows(answer) -> int:
    page = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    return page.max_row - heading_row(page)


def test_chosen_columns_come_in_the_chosen_order(browser, order):
    client = browser("region")
    assert len(titles(client.get("/assignments/export"))) == 11
    answer = client.get("/assignments/export?column=due_on&column=unit&column=point")
    assert titles(answer) == ["Срок", "Организация", "Пункт"]
    assert rows(answer) == 3
    assert client.get("/assignments/export?column=password_hash").status_code == 400


def test_the_panel_downloads_what_is_ticked(browser, order):
    client = browser("region")
    assert "Распоряжение" in client.get("/assignments/export-columns").text
    answer = client.post(
        "/assignments/export-columns?overdue=0", {"column": ["unit", "status", "point"], "act": "download"}
    )
    assert answer.location == "/assignments/export?overdue=0&column=unit&column=status&column=point"
    assert titles(client.get(answer.location)) == ["Организация", "Состояние", "Пункт"]


def save(client, name: str, path: str = "/assignments/export-columns?overdue=0", **more):
    return client.post(path, {"column": ["unit", "due_on", "status"], "act": "save", "name": name, **more})


def test_a_preset_keeps_columns_and_conditions(browser, order):
    client = browser("region")
    assert save(client, "Для совещания").location == "/assignments/?overdue=0"
    page = client.get("/assignments/export-columns").text
    link = re.search(r'href="(/assignments/export\?[^"]+)"', page)
    assert link is not None
    address = link[1].replace("&amp;", "&")
    assert "overdue=0" in address
    assert titles(client.get(address)) == ["Организация", "Срок", "Состояние"]
    # The same name replaces, another person of the unit sees nothing of it.
    save(client, "Для  совещания ")
    assert client.get("/assignments/export-columns").text.count("Для совещания") <= 3
    assert "Для совещания" not in browser("observer").get("/assignments/export-columns").text
    assert "Для совещания" not in client.get("/orders/export-columns").text


def test_a_preset_of_an_older_release_brings_the_columns_that_are_still_there(browser, order, engine):
    client = browser("region")
    save(client, "Для совещания")
    for kept, shown in ((["unit", "of_old", "due_on", "point"], ["Организация", "Срок", "Пункт"]), (["of_old"], None)):
        with open_session(engine, reason="a test makes a preset of an older release") as session:
            session.connection(execution_options={"writes": True})
            session.scalars(select(ListPreset)).one().columns = kept
        page = client.get("/assignments/export-columns").text
        address = re.search(r'href="(/assignments/export\?[^"]+)"', page)[1].replace("&amp;", "&")
        there = titles(client.get(address))
        # With none of them left it is the whole register.
        assert there == shown if shown else len(there) == 11


def test_an_offered_preset_is_seen_below_in_each_ones_own_scope(browser, order):
    save(browser("region"), "Срочное", is_offered="1")
    for login, seen in (
        ("municipality", True),
        ("school", True),
        ("provider", True),
        ("observer", True),
        ("foreign_region", False),
        ("foreign_school", False),
    ):
        page = browser(login).get("/assignments/export-columns").text
        assert ("Срочное" in page) is seen, login
        assert "Удалить" not in page, login
    school = browser("school")
    assert rows(school.get("/assignments/export?overdue=0&column=unit&column=due_on&column=status")) == 1


def test_offering_goes_down_only_and_wants_a_duty(browser, order):
    save(browser("municipality"), "Муниципальное", is_offered="1")
    assert "Муниципальное" in browser("school").get("/assignments/export-columns").text
    assert "Муниципальное" not in browser("school_b").get("/assignments/export-columns").text
    assert "Муниципальное" not in browser("region").get("/assignments/export-columns").text
    assert save(browser("school"), "Школьное", is_offered="1").status_code == 403
    assert save(browser("observer"), "Наблюдателя", is_offered="1").status_code == 403


def test_only_its_owner_deletes_a_preset(browser, order):
    owner = browser("region")
    save(owner, "Срочное", is_offered="1")
    path = re.search(r'action="(/assignments/presets/\d+/delete)"', owner.get("/assignments/export-columns").text)[1]
    assert browser("school").post(path).status_code == 403
    assert browser("foreign_region").post(path).status_code == 404
    assert owner.post(path).status_code == 302
    assert "Срочное" not in browser("school").get("/assignments/export-columns").text


def test_a_bad_name_loses_nothing_that_was_chosen(browser, order):
    answer = save(browser("region"), " ")
    assert answer.status_code == 422
    assert "Назовите набор" in answer.text
    ticked = re.findall(r'name="column" value="([a-z_]+)" checked', answer.text)
    assert ticked == ["unit", "due_on", "status"]


def test_a_list_too_long_for_a_page_is_made_by_a_job(app, browser, order, engine):
    from app.web.background import worker

    app.config["STREAMED_ROWS"] = 2
    client = browser("region")
    answer = client.get("/assignments/export?column=unit&column=due_on&column=status&sort=due_on&desc=0")
    assert re.fullmatch(r"/jobs/\d+", answer.location)
    number = int(answer.location.rpartition("/")[2])
    assert worker(app).run(number)
    made = client.get(f"/jobs/{number}/result")
    assert titles(made) == ["Организация", "Срок", "Состояние"]
    assert rows(made) == 3
    assert browser("observer").get(f"/jobs/{number}/result").status_code == 404
    # As many as the limit are sent at once, and so is a narrower scope.
    app.config["STREAMED_ROWS"] = 3
    assert rows(client.get("/assignments/export")) == 3
    assert rows(browser("school").get("/assignments/export")) == 1


def test_a_register_closed_while_the_job_waited_is_not_made(app, engine, world):
    from app.web.background import worker

    numbers = [
        ask(
            engine,
            world.users["observer"],
            world.units["region"],
            "export_register",
            {"register": word, "arguments": []},
        )
        for word in ("user", "assignment")
    ]
    for number in numbers:
        assert worker(app).run(number)
    with open_session(engine, reason="a test looks at the jobs") as session:
        ends = [(job.status, bool(job.result_digest)) for job in session.scalars(select(Job).order_by(Job.id))]
    assert ends == [(JobStatus.FAILED, False), (JobStatus.DONE, True)]


def test_an_offer_ends_with_its_makers_standing(browser, order, engine, world):
    save(browser("unit_admin"), "Осиротевшее", is_offered="1")
    assert "Осиротевшее" in browser("school").get("/assignments/export-columns").text
    with open_session(engine, reason="the test switches an account off") as session:
        session.get_one(User, world.users["unit_admin"]).is_active = False
    assert "Осиротевшее" not in browser("school").get("/assignments/export-columns").text
