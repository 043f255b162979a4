"""One client of a platform is one organisation's: our signature names nothing else."""

from __future__ import annotations

import pytest

from app.models import LtiPlatform, OrgUnit
from app.policies.refusal import Invalid
from app.policies.unscoped import open_session
from app.services import lti_platform
from app.services.lti_platform import TypedPlatform
from tests.factories.lti import add_platform

pytestmark = pytest.mark.once

CLIENT = "vDviJgF5a9fNVSY"


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
