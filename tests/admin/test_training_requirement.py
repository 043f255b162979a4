"""A requirement from its form to the order's point; coverage, who is missing, the proposal, the workbook."""

from __future__ import annotations

import io
import re
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from app.models import Enrolment, TrainingRequirement
from app.models.enumeration import AddresseeClauseKind
from app.models.enumeration_of_training import CertificateStatus, EnrolmentStatus, PositionKind, RequirementStatus
from app.policies.unscoped import open_session
from tests.factories.order import Point, issue_order
from tests.factories.training import (
    add_certificate,
    add_group,
    add_person,
    add_programme,
    add_requirement,
    add_topic,
    enrol,
)
from tests.services.statements import counted

# On PostgreSQL every page is asked by the scope matrix.
pytestmark = pytest.mark.once

TITLE = "Обучение руководителей по ВСОКО"


def rows(engine, statement):
    with open_session(engine, reason="tests look at what was written") as session:
        return session.scalars(statement).all()


def typed(topic, **more):
    return {
        "title": TITLE,
        "topic_id": str(topic),
        "positions": ["head", "deputy"],
        "counts": "units",
        "starts_on": "2026-01-01",
        "due_on": "2026-12-31",
        "min_hours": "16",
        "basis": "распоряжение № 1, п. 2.3",
        "groups": ["all_schools"],
    } | more


@pytest.fixture
def subject(engine, world):
    """Of the region's five schools: covered, waiting, in a group, missing, and one without people."""
    topic = add_topic(engine, world)
    people = {
        unit: add_person(engine, world, unit, last_name=name)
        for unit, name in (
            ("school", "Первая"),
            ("school2", "Вторая"),
            ("school_b", "Третья"),
            ("school_c", "Четвёртая"),
        )
    }
    deputy = add_person(engine, world, "school_c", last_name="Пятая", kind=PositionKind.DEPUTY)
    add_certificate(engine, world, people["school"], topic=topic)
    add_certificate(engine, world, people["school2"], topic=topic, status=CertificateStatus.ENTERED)
    group = add_group(engine, world, add_programme(engine, world), title="Декабрьский поток", seats=2)
    enrol(engine, group, people["school_b"])
    return {"topic": topic, "people": people, "deputy": deputy, "group": group}


def test_from_the_form_into_force_and_onto_the_point_of_an_order(engine, world, browser, subject):
    order = issue_order(engine, world, points=(Point("2.3", to=("municipality", "school")), Point("9", to=("school",))))
    region = browser("region")
    page = region.get("/training-requirements/new/").text
    assert 'value="2026-12-31"' in page
    assert re.search(r'name="min_hours"[^>]*value="16"', page)
    wrong = region.post("/training-requirements/new/", data=typed(subject["topic"], positions=[], due_on="2025-01-01"))
    assert wrong.status_code == 422
    assert "Выберите хотя бы одну должность." in wrong.text
    wrong = region.post("/training-requirements/new/", data=typed(subject["topic"], units="Нет такой школы"))
    assert wrong.status_code == 422
    assert "Нет такой школы" in wrong.text
    made = region.post("/training-requirements/new/", data=typed(subject["topic"], groups=[]))
    address = made.headers["Location"]
    assert "сейчас требование никого не охватывает" in region.get(address).text
    refused = region.post(f"{address}/activate")
    assert refused.status_code == 409
    assert "никого не охватывает" in refused.text
    assert region.post(f"{address}/edit", data=typed(subject["topic"], version="99")).status_code == 409
    version = re.search(r'name="version" value="(\d+)"', region.get(f"{address}/edit").text)[1]
    assert region.post(f"{address}/edit", data=typed(subject["topic"], version=version)).status_code == 302
    draft = region.get(address).text
    assert "Охватит: 5 школ" in draft
    # A draft is nobody's but its maker's.
    assert browser("municipality").get(address).status_code == 404
    assert region.post(f"{address}/activate").status_code == 302
    page = region.get(address).text
    assert "20,0 %" in page
    assert "1 из 5 организаций" in page
    assert region.get(f"{address}/edit").status_code == 409
    # The point of the order shows this coverage, each reader their own cut.
    assert "охват" not in region.get(f"/orders/{order.order_id}").text
    bound = region.post(f"{address}/bind", data={"order_point_id": str(order.points["2.3"])})
    assert bound.status_code == 302
    assert "охват 1 из 5 (20,0 %)" in region.get(f"/orders/{order.order_id}").text
    matrix = region.get(f"/orders/{order.order_id}/matrix").text
    assert "охват обучением 1 из 5 (20,0 %)" in matrix
    mine = browser("municipality").get(f"/orders/{order.order_id}").text
    assert "охват 1 из 2 (50,0 %)" in mine
    assert browser("colleague").post(f"{address}/bind", data={"order_point_id": ""}).status_code == 403
    other = add_requirement(engine, world, title="Второе")
    taken = region.post(f"/training-requirements/{other}/bind", data={"order_point_id": str(order.points["2.3"])})
    assert taken.status_code == 422
    assert f"требованию «{TITLE}»" in taken.text
    assert region.post(f"{address}/close", data={"note": ""}).status_code == 422
    assert region.post(f"{address}/close", data={"note": "срок прошёл"}).status_code == 302
    assert region.post(f"{address}/reopen", data={"note": "рано"}).status_code == 302
    found = rows(engine, select(TrainingRequirement).where(TrainingRequirement.title == TITLE))
    assert [one.status for one in found] == [RequirementStatus.ACTIVE]


def test_coverage_goes_from_the_municipality_to_the_people(engine, world, browser, subject):
    number = add_requirement(engine, world, title=TITLE)
    address = f"/training-requirements/{number}/coverage"
    region = browser("region")
    page = region.get(address).text
    aniva, own = world.units["municipality2"], world.units["municipality"]
    assert f'href="{address}?municipality={aniva}&amp;state=missing"' in page
    assert "Организации региона" in page
    assert "Первая" not in page
    opened = region.get(f"{address}?municipality={own}").text
    assert re.search(r"Первая Анна Петровна.*?coverage-covered.*?№ 000123", opened, re.DOTALL)
    assert "Третья" not in opened
    seat = region.get(f"{address}?state=enrolled").text
    assert re.search(r"Третья.*?coverage-enrolled.*?Декабрьский поток", seat, re.DOTALL)
    assert "Четвёртая" not in seat
    assert "Областной лицей" in region.get(f"{address}?state=unknown").text
    assert region.get(f"{address}?municipality={world.units['foreign_municipality']}").status_code == 404
    assert region.get(f"{address}?state=x").status_code == 400
    assert "Считать некого; срок" in region.get(f"{address}?municipality={world.units['provider']}").text
    # Each reader counts their own.
    mine = browser("municipality").get(address).text
    assert "Обучено 1 из 2 (50,0 %)" in mine
    assert "Вторая" in mine
    assert "Четвёртая" not in mine
    school = browser("school").get(address).text
    assert "Обучено 1 из 1 (100,0 %)" in school
    assert "Вторая" not in school
    assert browser("provider").get(address).status_code == 403
    assert browser("foreign_region").get(address).status_code == 404
    # The list and the hub show the same, by a fixed number of statements.
    listed = region.get("/training-requirements/").text
    assert "1 из 5 (20,0 %)" in listed
    add_requirement(engine, world, title="Ещё одно", clauses=((AddresseeClauseKind.UNIT, "school"),))
    costs = []
    for _ in range(2):
        with counted(engine) as sent:
            assert region.get("/training-requirements/").status_code == 200
        costs.append(len(sent))
        add_requirement(engine, world, title="И ещё")
    assert costs[0] == costs[1]
    past = region.get("/training-requirements/?on_day=2026-11-01")
    assert past.status_code == 200
    with region.get("/training-requirements/export") as export:
        book = openpyxl.load_workbook(io.BytesIO(export.data))
    assert {row[0].value for row in book.active.iter_rows()} >= {TITLE, "Ещё одно"}


def test_the_ticked_of_the_missing_go_to_a_group(engine, world, browser, subject):
    number = add_requirement(engine, world, title=TITLE)
    address = f"/training-requirements/{number}/missing"
    page = browser("region").get(address).text
    assert all(name in page for name in ("Четвёртая", "Пятая", "Декабрьский поток", "Областной лицей"))
    assert not any(name in page for name in ("Первая", "Вторая", "Третья"))
    coordinator = browser("municipality2")
    nobody = coordinator.post(address, data={"group": str(subject["group"])})
    assert nobody.status_code == 422
    assert "Отметьте, кого заявить" in nobody.text
    ticked = {"group": str(subject["group"]), "person": [str(subject["people"]["school_c"])]}
    assert browser("colleague").post(address, data=ticked).status_code == 403
    sent = coordinator.post(address, data=ticked)
    assert sent.status_code == 200
    assert "Подано: 1 из 1" in sent.text
    made = rows(engine, select(Enrolment).where(Enrolment.staff_member_id == subject["people"]["school_c"]))
    assert [(one.status, one.requirement_id) for one in made] == [(EnrolmentStatus.APPLIED, number)]
    left = coordinator.get(address).text
    assert "Четвёртая" not in left
    assert "Пятая" not in left
    other = add_group(
        engine, world, add_programme(engine, world, topic_id=add_topic(engine, world, title="Иное")), title="О другом"
    )
    wrong = coordinator.post(address, data=ticked | {"group": str(other)})
    assert wrong.status_code == 422
    assert "учит другому" in wrong.text


def test_a_proposal_writes_nothing_until_it_is_accepted(engine, world, browser, subject):
    number = add_requirement(engine, world, title=TITLE)
    address = f"/training-requirements/{number}/proposal"
    region = browser("region")
    before = len(rows(engine, select(Enrolment)))
    page = region.get(address).text
    head, deputy = subject["people"]["school_c"], subject["deputy"]
    # One seat is left; of the school the head goes, not the deputy.
    assert f'value="{subject["group"]}:{head}" checked' in page
    assert f":{deputy}" not in page
    assert "предложено 1 из 1 свободного места" in page
    assert len(rows(engine, select(Enrolment))) == before
    for garbage in ({}, {"seat": "x"}, {"seat": ":5"}):
        assert region.post(address, data=garbage).status_code == 422
    assert region.post(address, data={"seat": f"{2**40}:{head}"}).status_code == 404
    accepted = region.post(address, data={"seat": f"{subject['group']}:{head}"})
    assert accepted.status_code == 200
    assert len(rows(engine, select(Enrolment))) == before + 1
    assert "Предложить некого" in region.get(address).text
    assert browser("colleague").get(address).status_code == 403
    with open_session(engine, reason="tests close a requirement") as session:
        session.connection(execution_options={"writes": True})
        session.get_one(TrainingRequirement, number).status = RequirementStatus.CLOSED
    assert region.get(address).status_code == 409


def test_the_workbook_says_what_the_pages_say_in_the_asker_s_scope(engine, world, browser, subject):
    number = add_requirement(engine, world, title=TITLE, basis="распоряжение № 1")
    address = f"/training-requirements/{number}/annex"
    with browser("region").get(address) as answer:
        book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames == ["Свод", "Организации", "Не обучены"]
    cells = [[cell.value for cell in row] for row in book["Свод"].iter_rows()]
    assert cells[0][0].startswith("Информация о повышении квалификации руководителей, заместителей руководителей")
    assert ["Всего", 5, 1, 0.2, 1, 1, 1, 1] in cells
    people = [[cell.value for cell in row] for row in book["Организации"].iter_rows()]
    first = next(row for row in people if row[4] == "Первая Анна Петровна")
    assert first[6:9] == ["№ 000123", date(2026, 10, 1), 36] or first[7].date() == date(2026, 10, 1)
    missing = {row[3].value for row in book["Не обучены"].iter_rows()}
    assert {"Четвёртая Анна Петровна", "Пятая Анна Петровна", "данных о работниках нет"} <= missing
    with browser("school").get(address) as answer:
        mine = openpyxl.load_workbook(io.BytesIO(answer.data))
    told = {cell.value for sheet in mine for row in sheet.iter_rows() for cell in row}
    assert "Первая Анна Петровна" in told
    assert not told & {"Вторая Анна Петровна", "Четвёртая Анна Петровна"}
    draft = add_requirement(engine, world, status=RequirementStatus.DRAFT, title="Черновик")
    assert browser("region").get(f"/training-requirements/{draft}/annex").status_code == 409
    assert browser("provider").get(address).status_code == 403
