"""«Войти один раз и связать»: the account is proved by its password, once, in a window of its own; nobody else's way."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.models import AuditEvent, LtiAccount, LtiDeployment, LtiPlatform, User
from app.models.enumeration_of_platforms import AccountOrigin
from app.policies.unscoped import open_session
from tests.factories.monitoring import hold_round
from tests.launches import FRAME, OWN, Registered
from tests.platform import ADDRESS

pytestmark = pytest.mark.once
PASSWORD = "a long password"


@pytest.fixture
def registered(app, engine, world) -> Registered:
    return Registered(app, engine, world)


def ticket_of(page: str) -> str:
    found = re.search(r'action="/lti/link".*?name="ticket" value="([^"]+)"', page, re.DOTALL)
    assert found is not None, page
    return found[1]


def links(engine) -> list[tuple[str, int]]:
    with open_session(engine, reason="a test looks") as session:
        return [(one.subject, one.user_id) for one in session.scalars(select(LtiAccount).order_by(LtiAccount.id))]


def prove(browser, ticket: str, login: str, password: str = PASSWORD, headers: dict[str, str] = OWN):
    fields = {"ticket": ticket, "login": login, "password": password}
    return browser.post("/lti/link", data=fields, base_url=ADDRESS, headers=headers)


def test_a_person_proves_their_account_once(registered, engine, world):
    held = hold_round(engine, world, units=("school",))
    sheet = held.assessments["school"]
    browser = registered.browser()
    page = registered.launch(browser, headers=FRAME, custom={"target": "assessment", "record": str(sheet)})
    assert page.status_code == 200
    assert "Учётная запись ещё не связана" in page.text
    assert "Учительская-01 Преподавание Пробовна" in page.text
    assert "Мониторинг ВСОКО 2026" not in page.text
    # A password is typed in no frame: the page with its field may not be framed.
    assert 'type="password"' not in page.text
    ticket = ticket_of(page.text)
    form = browser.post("/lti/link", data={"ticket": ticket}, base_url=ADDRESS, headers=OWN)
    assert form.status_code == 200
    assert 'type="password"' in form.text
    assert form.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in form.headers["Content-Security-Policy"]
    assert "Учительская-01 Преподавание Пробовна" in form.text

    wrong = prove(browser, ticket, "school", "not the password")
    assert wrong.status_code == 422
    assert "Имя для входа или пароль не подходят" in wrong.text
    assert links(engine) == []
    entered = prove(browser, ticket, "school")
    assert entered.status_code == 303
    assert entered.headers["Location"] == f"/assessments/{sheet}"
    assert "Учётная запись связана" in registered.get(browser, f"/assessments/{sheet}").text
    assert links(engine) == [("63", world.users["school"])]
    with open_session(engine, reason="a test looks") as session:
        account = session.scalars(select(LtiAccount)).one()
        assert (account.origin, account.org_unit_id) == (AccountOrigin.PROVED, world.units["region"])
        row = session.scalars(select(AuditEvent).where(AuditEvent.record_type == "lti_account")).one()
        assert (row.actor_user_id, row.action) == (world.users["school"], "create")
        assert "63" in str(row.changes)
    # Once: neither the ticket again, nor a password at the next launch.
    again = prove(registered.browser(), ticket, "school2")
    assert again.status_code == 403
    assert len(links(engine)) == 1
    assert registered.launch(registered.browser()).status_code == 303


def test_who_may_not_be_tied_is_told_why_and_nothing_changes(registered, engine, world):
    registered.link("school", subject="63")
    registered.link("school2", subject="70")
    with open_session(engine, reason="a test prepares") as session:
        session.connection(execution_options={"writes": True})
        session.get_one(User, world.users["colleague"]).is_active = False
    before = links(engine)

    def told(login: str, subject: str) -> str:
        browser = registered.browser()
        page = registered.launch(browser, headers=FRAME, sub=subject)
        answer = prove(browser, ticket_of(page.text), login)
        assert answer.status_code == 422, answer.text
        assert "monitoring=" not in str([one for one in answer.headers.getlist("Set-Cookie") if "lti" not in one])
        return answer.text

    # The platform has two people for one account; what was tied stays.
    assert "уже связана с другим человеком" in told("school", "71")
    assert "там нет полномочий" in told("school_b", "71")
    assert "там нет полномочий" in told("foreign_school", "71")
    assert "там нет полномочий" in told("region", "71")
    assert "там нет полномочий" in told("nobody", "71")
    assert "Администратор установки" in told("admin", "71")
    assert "Имя для входа или пароль не подходят" in told("colleague", "71")
    assert links(engine) == before
    # Tied meanwhile to somebody else: the ticket of before ties nobody.
    browser = registered.browser()
    ticket = ticket_of(registered.launch(browser, headers=FRAME, sub="72").text)
    registered.link("municipality", subject="72")
    answer = prove(browser, ticket, "school_c")
    assert answer.status_code == 422
    with open_session(engine, reason="a test prepares") as session:
        session.connection(execution_options={"writes": True})
        deployment, region = session.get_one(LtiDeployment, registered.deployment_id), world.units["region"]
        deployment.org_unit_id, deployment.municipality_id = region, region
    answer = prove(browser, ticket, "school_c")
    assert "уже связана с другой учётной записью" in answer.text
    assert len(links(engine)) == len(before) + 1


def test_a_link_that_somebody_sends_ties_nobody(registered, engine):
    page = registered.launch(registered.browser(), headers=FRAME)
    ticket = ticket_of(page.text)
    victim = registered.browser()
    assert victim.get(f"/lti/link?ticket={ticket}", base_url=ADDRESS).status_code == 403
    strange = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.test"}
    for headers in (strange, {"Origin": "https://evil.test"}, {"Origin": "null"}, {}):
        assert prove(victim, ticket, "school", headers=headers).status_code == 403
    for wrong in ("", "no such ticket", ticket + "x"):
        assert prove(victim, wrong, "school").status_code == 403
    assert links(engine) == []


def test_a_platform_that_the_school_has_left_ties_nobody(registered, engine, world):
    ticket = ticket_of(registered.launch(registered.browser(), headers=FRAME).text)
    with open_session(engine, reason="a test prepares") as session:
        platform, other = session.get_one(LtiPlatform, registered.platform_id), world.units["municipality2"]
        platform.org_unit_id, platform.municipality_id = other, other
    assert "платформа отключена" in prove(registered.browser(), ticket, "school").text
    assert links(engine) == []


def test_a_password_is_not_tried_endlessly(registered, engine):
    browser = registered.browser()
    ticket = ticket_of(registered.launch(browser, headers=FRAME).text)
    told = [prove(browser, ticket, "school", f"wrong {number}").text for number in range(6)]
    assert "Слишком много попыток" in told[-1]
    assert "Слишком много попыток" in prove(browser, ticket, "school").text
    assert links(engine) == []
