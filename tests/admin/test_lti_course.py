"""The page of a course's list: from a launch to the tie, the comparison, what was ticked, and what a platform refuses."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app.models import Enrolment, LtiCourse, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.services import clock, lti_key
from tests.factories.lti import add_deployment, add_lti_course
from tests.factories.lti_member import member
from tests.factories.training import add_group, add_person, add_programme, enrol, writing
from tests.launches import FRAME, OWN, Registered
from tests.platform import ADDRESS

pytestmark = pytest.mark.once
SAFE = {"Referer": f"{ADDRESS}/"}


def tickets(page: str) -> list[str]:
    return re.findall(r'name="ticket" value="([^"]+)"', page)


@pytest.fixture
def registered(app, engine, world) -> Registered:
    found = Registered(app, engine, world)
    found.played.tool_keys = lambda: lti_key.jwks(engine, clock.now())
    found.played.deployment = "7"
    add_deployment(engine, world, found.platform_id, "region", deployment_id="7")
    return found


def post(browser, path: str, **data):
    page = browser.get("/search/", base_url=ADDRESS).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    return browser.post(path, data={"csrf_token": token[1], **data}, base_url=ADDRESS, headers=SAFE)


def test_from_a_launch_to_the_list_and_back(registered, engine, world):
    programme = add_programme(engine, world)
    group = add_group(
        engine, world, programme, status=GroupStatus.STUDYING, starts_on=date(2026, 9, 1), title="Поток А"
    )
    foreign = add_group(engine, world, add_programme(engine, world, "foreign_provider"), "foreign_provider")
    stays, leaves = (
        enrol(engine, group, add_person(engine, world, "school", last_name=name), status=EnrolmentStatus.STUDYING)
        for name in ("Иванова", "Петрова")
    )
    registered.played.members = [member("1", "Иванова", "Анна Петровна"), member("2", "Новая", "Ольга Ивановна")]
    registered.link("provider")
    registered.link("school", subject="70")
    # Who keeps no groups is offered no lists.
    assert len(tickets(registered.launch(registered.browser(), headers=FRAME, sub="70").text)) == 1
    browser = registered.browser()
    page = registered.launch(browser, headers=FRAME)
    assert "Связать курс с потоком" in page.text
    offered = tickets(page.text)[1]
    entered = browser.post("/lti/enter", data={"ticket": offered}, base_url=ADDRESS, headers=OWN)
    where = entered.headers["Location"]
    assert where.startswith("/training-groups/course?ticket=")
    page = registered.get(browser, where)
    assert "Поток А" in page.text
    (token,) = tickets(page.text)
    # Somebody else's ticket opens nothing, to a person with the same rights.
    other = registered.browser()
    registered.link("region", subject="80")
    registered.launch(other, sub="80")
    assert registered.get(other, where).status_code == 404

    assert "Выберите поток" in post(browser, "/training-groups/course", ticket=token).text
    assert post(browser, "/training-groups/course", ticket=token, group=foreign).status_code == 404
    tied = post(browser, "/training-groups/course", ticket=token, group=group)
    assert tied.status_code == 302, tied.text
    page = registered.get(browser, tied.headers["Location"])
    assert page.status_code == 200
    for part in ("Иванова Анна Петровна", "Новая Ольга Ивановна", "Петрова Анна Петровна", "Moodle института"):
        assert part in page.text
    assert "Заявку на них подаёт их школа" in page.text
    with writing(engine) as session:
        course = session.query(LtiCourse).one()
        assert (course.org_unit_id, course.group_id, course.context_id) == (world.units["provider"], group, "2")
    key = re.search(r'name="gone" value="([^"]+)"', page.text)
    assert key is not None
    assert key[1].startswith(f"{leaves}:")

    path = f"/training-groups/{group}/course/{course.id}"
    refused = post(browser, path, gone=key[1], reason=" ")
    assert refused.status_code == 422
    assert "Напишите, почему они выбыли" in refused.text
    assert f'value="{key[1]}"' in refused.text
    assert "checked" in refused.text
    done = post(browser, path, gone=key[1], reason="Перевелась в другой курс")
    assert done.status_code == 302, done.text
    with writing(engine) as session:
        assert session.get_one(Enrolment, leaves).status is EnrolmentStatus.DROPPED
        assert session.get_one(Enrolment, stays).status is EnrolmentStatus.STUDYING


def test_a_course_that_is_tied_is_gone_straight_to(registered, engine, world):
    group = add_group(engine, world, add_programme(engine, world), title="Поток А")
    enrol(engine, group, add_person(engine, world, "school"), status=EnrolmentStatus.ENROLLED)
    # The tool was placed anew: the list stands elsewhere now.
    course = add_lti_course(engine, registered.platform_id, group, memberships_url="https://moodle.test/old")
    registered.played.members = [member("1", "Иванова", "Анна Петровна")]
    registered.link("provider")
    browser = registered.browser()
    page = registered.launch(browser, headers=FRAME)
    assert "Сверить список курса" in page.text
    assert "сверяются с потоком «Поток А»" in page.text
    entered = browser.post("/lti/enter", data={"ticket": tickets(page.text)[1]}, base_url=ADDRESS, headers=OWN)
    straight = registered.get(browser, entered.headers["Location"])
    assert straight.headers["Location"].startswith(f"/training-groups/{group}/course?course={course}&ticket=")
    page = registered.get(browser, straight.headers["Location"])
    # Next year's group takes the same course.
    other = re.search(r'href="(/training-groups/course\?ticket=[^"]+)"', page.text)
    assert other is not None
    assert "Уже связан" in registered.get(browser, other[1].replace("&amp;", "&")).text
    assert "slushatel" not in page.text
    assert "Иванова Анна Петровна" in page.text
    assert "есть и в курсе, и в потоке" in page.text

    path = f"/training-groups/{group}/course/{course}"
    assert "список просмотрен" in registered.get(browser, post(browser, path).headers["Location"]).text
    registered.played.away = True
    page = registered.get(browser, f"/training-groups/{group}/course")
    assert page.status_code == 200
    assert "Список прочитать не получилось. Платформа не отвечает." in page.text
    assert post(browser, f"{path}/untie").status_code == 302
    assert "Курс не связан" in registered.get(browser, f"/training-groups/{group}/course").text


def test_the_region_applies_for_whom_it_knows(registered, engine, world):
    programme = add_programme(engine, world)
    group = add_group(engine, world, programme, apply_until=date(2027, 1, 1), ends_on=date(2027, 2, 1))
    wanted = add_person(engine, world, "school", last_name="Новая", email="new@example.test")
    twins = [add_person(engine, world, school, last_name="Двойная") for school in ("school", "school2")]
    registered.played.members = [
        member("1", "Прежняя", "Анна Петровна", email="NEW@example.test"),
        member("2", "Двойная", "Анна Петровна"),
    ]
    registered.link("region")
    browser = registered.browser()
    page = registered.launch(browser, headers=FRAME)
    entered = browser.post("/lti/enter", data={"ticket": tickets(page.text)[1]}, base_url=ADDRESS, headers=OWN)
    (token,) = tickets(registered.get(browser, entered.headers["Location"]).text)
    tied = post(browser, "/training-groups/course", ticket=token, group=group)
    page = registered.get(browser, tied.headers["Location"])
    assert f'name="person-1" value="{wanted}"' in page.text
    assert all(f'<option value="{number}"' in page.text for number in twins)
    path = tied.headers["Location"].replace("course?course=", "course/")
    refused = post(browser, path, new=["1", "2"], **{"person-1": wanted, "person-2": ""})
    assert refused.status_code == 422
    assert "не выбрана карточка" in refused.text
    done = post(browser, path, new=["1", "2"], **{"person-1": wanted, "person-2": twins[1]})
    assert done.status_code == 200
    with writing(engine) as session:
        people = {row.staff_member_id for row in session.query(Enrolment).filter_by(group_id=group)}
        assert people == {wanted, twins[1]}
        assert session.get_one(TrainingGroup, group).status is GroupStatus.OPEN
