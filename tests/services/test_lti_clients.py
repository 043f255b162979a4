"""What the platform of one organisation is to the others: its name for us, and the lists of its courses, are its own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.excel.lti_account_list import ListedPerson
from app.models import LtiDeployment, LtiPlatform, OrgUnit, TrainingGroup, User
from app.models.enumeration_of_platforms import TicketPurpose
from app.policies.refusal import Invalid, NotPermitted, WrongState
from app.policies.unscoped import open_session
from app.services import lti_account_list, lti_course, lti_platform
from app.services.lti_account_list import Fit
from app.services.lti_platform import TypedPlatform
from app.services.lti_ticket import Ticket
from tests.factories.lti import add_deployment, add_platform
from tests.factories.training import add_group, add_programme, writing

pytestmark = pytest.mark.once

CLIENT = "vDviJgF5a9fNVSY"
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
LIST = "https://moodle.test/mod/lti/services.php/CourseSection/2/bindings/2/memberships"


def typed(client_id: str = CLIENT, **changed: str) -> TypedPlatform:
    told = {"issuer": "https://evil.test", "auth_url": "https://evil.test/auth", "jwks_url": "https://evil.test/keys"}
    token_url = "https://moodle.test/mod/lti/token.php"
    return TypedPlatform(**{"title": "Своя", "client_id": client_id, "token_url": token_url, **told, **changed})


def test_nobody_registers_the_client_of_another_organisation(engine, world, actor):
    """With it the lists of people and the marks of somebody else's platform would open to whoever signs launches of
    their own: the platform knows us by the client and the signature, and Moodle asks for nothing more.
    """
    add_platform(engine, world, "region", client_id=CLIENT)
    with open_session(engine, reason="a test registers platforms") as session:
        for unit, login in (("provider", "region"), ("school", "municipality"), ("foreign_region", "foreign_region")):
            keeper, place = actor(login), session.get_one(OrgUnit, world.units[unit])
            # Wherever tokens are asked for: what we sign for one address serves at another.
            for changed in ({}, {"token_url": "https://evil.test/token"}, {"client_id": f" {CLIENT} "}):
                with pytest.raises(Invalid, match="другой организаци") as refused:
                    lti_platform.create(session, keeper, typed(**changed), unit=place)
                assert refused.value.field == "client_id"
        # Nor by a change of what was registered honestly; a unit's own two platforms may have one name for us.
        school = session.get_one(OrgUnit, world.units["school"])
        made = lti_platform.create(session, actor("region"), typed("own"), unit=school)
        with pytest.raises(Invalid, match="другой организаци"):
            lti_platform.change(session, actor("region"), made, version=made.version, typed=typed())
        lti_platform.change(session, actor("region"), made, version=made.version, typed=typed("own", title="Иначе"))
        lti_platform.create(session, actor("region"), typed("own", issuer="https://second.test"), unit=school)
        assert session.query(LtiPlatform).filter_by(client_id=CLIENT).count() == 1


def test_a_course_is_read_within_what_the_platform_was_placed_for(engine, world, actor):
    """Whoever holds duties in two organisations carries no list from one into the other."""
    platform, group = add_platform(engine, world), add_group(engine, world, add_programme(engine, world))
    told = {"context_id": "2", "memberships_url": LIST}

    def ticket(unit: str) -> Ticket:
        payload = {**told, "within": world.units[unit]}
        return Ticket(1, TicketPurpose.ROSTER, platform, None, world.users["provider"], None, payload)

    with writing(engine) as session:
        found = session.get_one(TrainingGroup, group)
        for unit in ("municipality", "school"):
            with pytest.raises(NotPermitted, match="подключена для другой"):
                lti_course.tie(session, actor("provider"), found, ticket(unit), now=NOW)
        course = lti_course.tie(session, actor("provider"), found, ticket("region"), now=NOW)
    with pytest.raises(WrongState, match="отключена"):
        lti_course.platform_of(engine, course)
    add_deployment(engine, world, platform, "school")
    closed = add_deployment(engine, world, platform, "provider", deployment_id="3", is_active=False)
    with pytest.raises(WrongState, match="отключена"):
        lti_course.platform_of(engine, course)
    with writing(engine) as session:
        session.get_one(LtiDeployment, closed).is_active = True
    assert lti_course.platform_of(engine, course).platform_id == platform


def test_an_installation_administrator_is_linked_by_no_list(engine, world, actor):
    """Standing in a school they are in its sight, and kept by nobody there."""
    platform = add_platform(engine, world)
    person = ListedPerson(2, "70", login="school", name="Сотрудник school")
    for is_admin, fit in ((False, Fit.FOUND), (True, Fit.NOT_KEPT)):
        with open_session(engine, reason="a test asks") as session:
            session.get_one(User, world.users["school"]).is_installation_admin = is_admin
            session.flush()
            found = session.get_one(LtiPlatform, platform)
            [link] = lti_account_list.plan(session, actor("region"), found, [person])
            assert link.fit is fit, link.sentence
