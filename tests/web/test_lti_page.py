"""What a launch shows in a platform's frame: who one is here, what the link opens, what waits; never more."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.models import LtiScore, Membership, User
from app.models.enumeration import Duty
from app.models.enumeration_of_platforms import LaunchTarget
from app.services import lti_target
from app.services.lti_target import Target
from tests.factories.measures import add_measure
from tests.factories.monitoring import hold_round
from tests.factories.training import writing
from tests.launches import FRAME, OWN, Registered

pytestmark = pytest.mark.once


@pytest.fixture
def registered(app, engine, world) -> Registered:
    return Registered(app, engine, world)


def hidden(page: str, action: str, name: str) -> str:
    form = page[page.index(f'action="{action}"') :]
    return form[form.index(f'name="{name}" value="') :].split('"')[3]


def test_a_linked_person_reads_who_they_are_and_what_the_link_opens(registered, engine, world):
    held = hold_round(engine, world, units=("school", "school2"))
    sheet, foreign = held.assessments["school"], held.assessments["school2"]
    registered.link("school")
    browser = registered.browser()
    answer = registered.launch(browser, headers=FRAME, custom={"target": "assessment", "record": str(sheet)})
    assert answer.status_code == 200
    assert "Лист оценки: Мониторинг ВСОКО 2026" in answer.text
    assert "Сотрудник school" in answer.text
    assert "МБОУ СОШ «school»" in answer.text
    assert 'target="_blank"' in answer.text
    assert "X-Frame-Options" not in answer.headers
    # Nothing in a frame begins a session.
    assert "monitoring=" not in str(answer.headers.getlist("Set-Cookie"))

    ticket = hidden(answer.text, "/lti/enter", "ticket")
    entered = browser.post("/lti/enter", data={"ticket": ticket}, base_url="https://monitoring.test", headers=OWN)
    assert entered.status_code == 303
    assert entered.headers["Location"] == f"/assessments/{sheet}"
    assert registered.get(browser, f"/assessments/{sheet}").status_code == 200

    # Of another school's sheet not a word is told, and the way leads to one's own work.
    answer = registered.launch(browser, headers=FRAME, custom={"target": "assessment", "record": str(foreign)})
    assert "вам не открыто" in answer.text
    assert "Мониторинг ВСОКО 2026" not in answer.text
    assert "school2" not in answer.text


def test_the_link_opens_in_the_unit_that_sees_it(registered, engine, world):
    """A deputy of two schools: the sheet of the second is opened there, not in the first of their units."""
    held = hold_round(engine, world, units=("school", "school2", "school_b"))
    with writing(engine) as session:
        for unit in ("school2", "school_b"):
            made = Membership(user_id=world.users["school"], org_unit_id=world.units[unit], duty=Duty.OPERATOR)
            session.add(made)
    registered.link("school")
    browser = registered.browser()
    for unit in ("school", "school2"):
        custom = {"target": "assessment", "record": str(held.assessments[unit])}
        page = registered.launch(browser, headers=FRAME, custom=custom)
        assert f"<dd>МБОУ СОШ «{unit}»" in page.text
        window = registered.browser()
        entered = registered.launch(window, custom=custom)
        assert entered.headers["Location"] == f"/assessments/{held.assessments[unit]}"
        assert registered.get(window, entered.headers["Location"]).status_code == 200
    # The third school lies outside what the platform may open, though the person stands there.
    custom = {"target": "assessment", "record": str(held.assessments["school_b"])}
    assert "вам не открыто" in registered.launch(browser, headers=FRAME, custom=custom).text
    window = registered.browser()
    entered = registered.launch(window, custom=custom)
    assert registered.get(window, entered.headers["Location"]).status_code == 404


def test_what_waits_is_told_and_what_is_nothing_is_not(registered, engine, world):
    registered.link("school")
    browser = registered.browser()
    page = registered.launch(browser, headers=FRAME)
    assert "Моя работа" in page.text
    assert "Сейчас ничего не просрочено" in page.text
    add_measure(engine, world, "school", due_on=date(2026, 1, 1))
    add_measure(engine, world, "school2", due_on=date(2026, 1, 1))
    page = registered.launch(browser, headers=FRAME)
    assert "<b>1</b>" in page.text
    assert "ждёт вас сейчас" in page.text
    assert "возвращено" not in page.text
    # What a link names wrongly opens one's own work, in a word.
    for custom in ({"target": "users"}, {"target": "assessment"}, {"target": "assessment", "record": "1; DROP"}):
        assert "вам не открыто" in registered.launch(browser, headers=FRAME, custom=custom).text


def test_a_mark_is_noted_where_the_link_has_a_line(registered, engine, world):
    held = hold_round(engine, world, units=("school", "school2"))
    registered.link("school")
    browser = registered.browser()
    registered.launch(browser, headers=FRAME)
    foreign = {"target": "assessment", "record": str(held.assessments["school2"])}
    registered.launch(browser, headers=FRAME, custom=foreign)
    with writing(engine) as session:
        assert session.scalars(select(LtiScore)).all() == []
    for headers in (FRAME, None):
        more = {"headers": headers} if headers else {}
        registered.launch(registered.browser(), custom={"target": "assessment", "round": str(held.round_id)}, **more)
    with writing(engine) as session:
        score = session.scalars(select(LtiScore)).one()
        assert (score.target, score.record_id) == (LaunchTarget.ASSESSMENT, held.assessments["school"])
        assert score.line_item_url.startswith("https://moodle.test/mod/lti/services.php/2/lineitems/13/lineitem")


def test_nobody_else_reads_anything(registered, engine, world):
    """In a window a person who is not linked is asked to prove it there; one whose account is closed is told so."""
    page = registered.launch(registered.browser())
    assert page.status_code == 200
    assert "Войти один раз и связать" in page.text
    assert 'target="_blank"' not in page.text
    assert "prepod01@example.test" in page.text
    bare = registered.launch(registered.browser(), of="launch_teacher_names_not_shared", headers=FRAME)
    assert "сообщила, кто вы. Но" in bare.text
    registered.link("school")
    with writing(engine) as session:
        session.get_one(User, world.users["school"]).is_active = False
    closed = registered.launch(registered.browser(), headers=FRAME)
    assert closed.status_code == 403
    assert "закрыта" in closed.text
    assert "Сотрудник" not in closed.text


def test_parameters_name_what_they_open():
    """A link says what it opens; what it says otherwise is nothing."""
    assert lti_target.named_by({}) == lti_target.named_by({"target": "work", "record": "5"}) == Target()
    sheet = Target(LaunchTarget.ASSESSMENT, 12)
    assert lti_target.named_by(sheet.custom) == sheet
    assert sheet.path == "/assessments/12"
    whole = Target(LaunchTarget.ASSESSMENT, round_id=3)
    assert lti_target.named_by(whole.custom) == whole
    assert whole.path == Target().path == "/"
    assert Target(LaunchTarget.TRAINING_GROUP, 4).path == "/training-groups/4"
    assert Target(LaunchTarget.CORRECTIVE_MEASURE, 4).path == "/corrective-measures/4"
    wrong = ("", "0", "-1", "1.5", "١٢", "1/../users", "9" * 19, None, [1])
    for record in wrong:
        assert lti_target.named_by({"target": "assessment", "record": record}) is None
    assert lti_target.named_by({"target": "corrective_measure", "round": "3"}) is None
    assert lti_target.named_by({"target": "//evil.test", "record": "3"}) is None
