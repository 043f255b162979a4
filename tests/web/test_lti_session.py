"""A session that came by a launch: bounded by the deployment's unit, ended with its platform, deployment or link."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, event, select, update

from app.models import AuditEvent, LtiAccount, LtiDeployment, LtiPlatform, Membership, OrgUnit, User
from app.models.enumeration import Duty
from tests.factories.training import writing
from tests.factories.world import add_user
from tests.launches import FRAME, Registered


@pytest.fixture
def registered(app, engine, world) -> Registered:
    return Registered(app, engine, world)


def entered(registered: Registered, subject: str = "63"):
    browser = registered.browser()
    answer = registered.launch(browser, sub=subject)
    assert answer.status_code == 303, answer.text
    return browser


def test_only_standings_within_the_deployment_are_there(registered, browser):
    """In two schools of the municipality, in another municipality, and in the region: a launch knows the schools."""
    world = registered.world
    with writing(registered.engine) as session:
        person = add_user(session, world, "many", world.units["region"], Duty.APPROVER, Duty.UNIT_ADMIN)
        for unit in ("school", "school2", "municipality2", "school_b"):
            session.add(Membership(user_id=person.id, org_unit_id=world.units[unit], duty=Duty.OPERATOR))
    registered.link("many")
    client = entered(registered)
    page = registered.get(client).text
    assert "МБОУ СОШ «school»" in page
    assert "МБОУ СОШ «school2»" in page
    assert "МБОУ СОШ «school_b»" not in page
    assert "Анивский" not in page
    assert registered.get(client, "/lti-platforms/").status_code == 403
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    for unit, status in (("school2", 302), ("region", 404), ("school_b", 404), ("municipality2", 404)):
        told = {"unit_id": world.units[unit], "csrf_token": token}
        answer = client.post(
            "/switch", data=told, base_url="https://monitoring.test", headers={"Referer": "https://monitoring.test/"}
        )
        assert answer.status_code == status, unit
        if status == 302:
            page = registered.get(client).text
            token = page.split('name="csrf_token" value="')[1].split('"')[0]
    # With a password all five are there.
    own = browser("many").get("/").text
    assert "Сахалинская область" in own
    assert "МБОУ СОШ «school_b»" in own


def test_a_session_ends_with_what_it_rests_on(registered):
    """At the next request; the sessions of others, and those begun with a password, go on."""
    world, engine = registered.world, registered.engine
    number = registered.link("school")
    registered.link("school2", "64")
    ends = {
        "platform": (update(LtiPlatform), {"is_active": False}, {"is_active": True}),
        "demonstration": (update(LtiPlatform), {"is_demo": True}, {"is_demo": False}),
        "deployment": (update(LtiDeployment), {"is_active": False}, {"is_active": True}),
        "place": (
            update(LtiDeployment),
            {"org_unit_id": world.units["municipality2"], "municipality_id": world.units["municipality2"]},
            {"org_unit_id": world.units["municipality"], "municipality_id": world.units["municipality"]},
        ),
        "account": (update(User).where(User.id == world.users["school"]), {"is_active": False}, {"is_active": True}),
        "password": (update(User).where(User.id == world.users["school"]), {"auth_epoch": 2}, {"auth_epoch": 1}),
        "whose": (
            update(LtiAccount).where(LtiAccount.id == number),
            {"user_id": world.users["region"]},
            {"user_id": world.users["school"]},
        ),
        "administrator": (
            update(User).where(User.id == world.users["school"]),
            {"is_installation_admin": True},
            {"is_installation_admin": False},
        ),
    }
    others = entered(registered, "64")
    for name, (change, bad, good) in ends.items():
        client = entered(registered)
        assert registered.get(client, "/search/").status_code == 200
        with writing(engine) as session:
            session.execute(change.values(bad))
        assert registered.get(client, "/search/").status_code == 302, name
        with writing(engine) as session:
            session.execute(change.values(good))
    assert registered.get(others, "/search/").status_code == 200
    client = entered(registered)
    with writing(engine) as session:
        session.execute(delete(LtiAccount).where(LtiAccount.id == number))
    assert registered.get(client, "/search/").status_code == 302
    assert registered.get(others, "/search/").status_code == 200
    with client.session_transaction(base_url="https://monitoring.test") as kept:
        kept["lti"] = "anything"
    assert registered.get(client, "/search/").status_code == 302


def test_who_may_not_enter_is_told_why(registered):
    world = registered.world
    with writing(registered.engine) as session:
        session.execute(update(User).where(User.id == world.users["school2"]).values(is_active=False))
    for subject, login, sentence in (
        ("63", "school_b", "открывает только свою организацию"),
        ("64", "admin", "Администратор установки"),
        ("65", "school2", "закрыта"),
        ("66", "nobody", "открывает только свою организацию"),
        ("67", "region", "открывает только свою организацию"),
    ):
        registered.link(login, subject)
        for headers in ({}, FRAME):
            browser = registered.browser()
            answer = registered.launch(browser, sub=subject, **({"headers": headers} if headers else {}))
            assert sentence in answer.text, login
            assert registered.get(browser).status_code == 302


def test_an_entry_is_written_down_and_costs_one_statement_more(registered, browser):
    registered.link("school")
    client = entered(registered)
    with writing(registered.engine) as session:
        account = session.scalars(select(LtiAccount)).one()
        user = session.get_one(User, account.user_id)
        assert account.last_launch_at is not None
        assert account.last_launch_at == user.last_sign_in_at
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "sign_in")).one()
        assert (told.record_type, told.record_id) == ("user", user.id)
        assert "Moodle института" in told.note
    counted: list[str] = []

    def note(connection, cursor, statement, *rest) -> None:
        counted.append(statement)

    event.listen(registered.engine, "before_cursor_execute", note)
    own = browser("school")
    own.get("/search/")
    costs = {}
    for name, ask in (("password", own.get), ("launch", lambda path: registered.get(client, path))):
        ask("/search/")
        counted.clear()
        ask("/search/")
        costs[name] = len(counted)
    event.remove(registered.engine, "before_cursor_execute", note)
    assert costs["launch"] == costs["password"] + 1


def test_a_school_that_moves_leaves_the_platform_of_its_old_municipality(app, engine, world):
    """The municipality's administrator trusts that platform's keys: not for a school that is no longer theirs."""
    registered = Registered(app, engine, world)
    with writing(engine) as session:
        session.execute(
            update(LtiPlatform).values(
                org_unit_id=world.units["municipality"], municipality_id=world.units["municipality"]
            )
        )
        school = session.get_one(OrgUnit, world.units["school"])
        session.execute(update(LtiDeployment).values(org_unit_id=school.id, municipality_id=school.municipality_id))
    registered.link("school")
    client = entered(registered)
    assert registered.get(client).status_code == 200
    with writing(engine) as session:
        school = session.get_one(OrgUnit, world.units["school"])
        school.parent_id = school.municipality_id = world.units["municipality2"]
    assert registered.get(client).status_code == 302
    assert "отключён" in registered.launch(registered.browser()).text
