from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.models import Membership, OneTimeLink, OrgUnit, User
from app.models.enumeration import Duty, LinkPurpose
from app.policies.refusal import Invalid, NotFound, NotPermitted, ScopeBreach, WrongState
from app.policies.unscoped import open_session
from app.services import one_time_link
from app.services import user as users
from tests.factories.world import add_user

NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


@pytest.fixture
def all_rows(engine):
    with open_session(engine, reason="a test stands above every scope") as session:
        yield session


@pytest.mark.parametrize("place", ["region", "municipality2", "school_b", "foreign_municipality"])
def test_the_guard_stands_under_the_service(work, actor, world, place, monkeypatch):
    """Where the service forgot to look, the flush would still refuse."""
    session = work("municipality")
    person = session.get_one(User, world.users["school"])
    session.add(Membership(user_id=person.id, org_unit_id=world.units[place], duty=Duty.OPERATOR))
    with pytest.raises(ScopeBreach):
        session.flush()


@pytest.mark.parametrize("place", ["region", "municipality2", "school_b", "foreign_municipality"])
def test_duties_are_given_within_one_s_own_part_of_the_tree(all_rows, actor, world, place):
    person = all_rows.get_one(User, world.users["school"])
    with pytest.raises(NotFound):
        users.grant(
            all_rows,
            actor("municipality"),
            person,
            unit=all_rows.get_one(OrgUnit, world.units[place]),
            duty=Duty.OPERATOR,
        )


def test_an_installation_administrator_is_out_of_a_region_s_reach(all_rows, actor, world):
    admin = all_rows.get_one(User, world.users["admin"])
    chief, unit = actor("region"), all_rows.get_one(OrgUnit, world.units["region"])
    with pytest.raises(NotPermitted):
        users.grant(all_rows, chief, admin, unit=unit, duty=Duty.OPERATOR)
    with pytest.raises(NotPermitted):
        users.issue_link(all_rows, chief, admin, NOW)
    with pytest.raises(NotPermitted):
        users.deactivate(all_rows, chief, admin, reason="")


def test_without_the_permission_nothing_is_done(all_rows, actor, world):
    person = all_rows.get_one(User, world.users["school"])
    unit = all_rows.get_one(OrgUnit, world.units["school"])
    for login in ("colleague", "observer", "nobody"):
        who = actor(login)
        with pytest.raises(NotPermitted):
            users.grant(all_rows, who, person, unit=unit, duty=Duty.EXPERT)
        with pytest.raises(NotPermitted):
            users.create(all_rows, who, login="newcomer", name="Новый", unit=unit, duties=[Duty.EXPERT])
        with pytest.raises(NotPermitted):
            users.issue_link(all_rows, who, person, NOW)
        assert not users.keeps(all_rows, who, person)


def test_a_closed_unit_gives_no_duties(all_rows, actor, world):
    unit = all_rows.get_one(OrgUnit, world.units["school2"])
    unit.closed_on = NOW.date()
    all_rows.flush()
    person = all_rows.get_one(User, world.users["school"])
    with pytest.raises(Invalid, match="Организация закрыта"):
        users.grant(all_rows, actor("region"), person, unit=unit, duty=Duty.EXPERT)


def test_a_link_says_what_it_is_for_and_a_demo_account_gets_none(all_rows, actor, world):
    person = all_rows.get_one(User, world.users["school"])
    fresh = users.create(
        all_rows,
        actor("region"),
        login="fresh",
        name="Новый Человек",
        unit=all_rows.get_one(OrgUnit, world.units["school"]),
        duties=[Duty.OPERATOR, Duty.OPERATOR],
    )
    tokens = {users.issue_link(all_rows, actor("region"), one, NOW) for one in (person, fresh)}
    assert len(tokens) == 2
    purposes = {row.user_id: row.purpose for row in all_rows.scalars(select(OneTimeLink))}
    assert purposes == {person.id: LinkPurpose.RESET_PASSWORD, fresh.id: LinkPurpose.FIRST_PASSWORD}
    demo = add_user(all_rows, world, "demo_person", world.units["school"], Duty.OPERATOR)
    demo.is_demo = True
    with pytest.raises(WrongState, match="пароль общий"):
        users.issue_link(all_rows, actor("region"), demo, NOW)


def test_a_new_login_ends_the_sessions_of_the_old_one(all_rows, actor, world):
    person = all_rows.get_one(User, world.users["school"])
    chief = actor("municipality")
    users.change(all_rows, chief, person, version=person.version, account=users.Account("school", "Другое Имя"))
    assert person.auth_epoch == 1
    users.change(all_rows, chief, person, version=person.version, account=users.Account("school_new", "Другое Имя"))
    assert person.auth_epoch == 2


def test_a_link_of_a_narrower_administrator_ends_with_a_wider_duty(engine, work, actor, world):
    """A school's administrator must not open, by a link kept aside, an account that stands in the municipality now."""
    with open_session(engine, reason="tests hire a person") as session:
        session.connection(execution_options={"writes": True})
        person = add_user(session, world, "petrova", world.units["school"], Duty.OPERATOR).id
    with work("school") as session:
        token = users.issue_link(session, actor("school"), session.get_one(User, person), NOW)
        session.commit()
    for place, duty, acts in (("school", Duty.EXPERT, True), ("municipality", Duty.APPROVER, False)):
        with work("municipality") as session:
            unit = session.get_one(OrgUnit, world.units[place])
            users.grant(session, actor("municipality"), session.get_one(User, person), unit=unit, duty=duty)
            session.commit()
        if acts:
            assert one_time_link.login_of(engine, token, NOW) == "petrova"
        else:
            with pytest.raises(NotFound):
                one_time_link.login_of(engine, token, NOW)
