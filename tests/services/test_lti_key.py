"""The product's own keys: known before they sign, sealed at rest, changed by the clock; and one-time tickets."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import select

from app.jobs.lti_keys import rotate_keys, sweep_launches
from app.jobs.schedule import Turn
from app.models import LtiKey, LtiState, LtiTicket
from app.models.enumeration_of_platforms import TicketPurpose
from app.policies.refusal import WrongState
from app.policies.unscoped import open_session
from app.services import clock, lti_key, lti_login, lti_ticket, outside
from app.services.lti_ticket import TicketGone
from app.services.outside import Outside
from app.services.secret_box import NO_KEY, SecretBox, new_key
from tests.factories.lti import add_deployment, add_platform
from tests.platform import ADDRESS, PlayedPlatform

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def turn(engine, act, now: datetime) -> None:
    with open_session(engine, reason="tests play the clock") as session:
        session.connection(execution_options={"writes": True})
        act(Turn(session, now, None, None))


def kid_of(token: str) -> str:
    return jwt.get_unverified_header(token)["kid"]


def published(engine, now: datetime) -> dict[str, dict]:
    return {one["kid"]: one for one in lti_key.jwks(engine, now)["keys"]}


@pytest.mark.once
def test_a_key_is_known_before_it_signs_and_after(engine):
    box = SecretBox([new_key()])
    outside.open_for(engine, Outside(box=box))
    assert published(engine, NOW) == {}
    signed = lti_key.sign(engine, {"iss": "мы"}, NOW)
    first = kid_of(signed)
    key = published(engine, NOW)[first]
    assert set(key) == {"kty", "n", "e", "alg", "use", "kid"}
    assert jwt.decode(signed, RSAAlgorithm.from_jwk(key), algorithms=["RS256"], options={"verify_iss": False}) == {
        "iss": "мы"
    }
    # Nights of half a year: a new key is published for a day and more before anything bears its signature.
    seen_since, signed_since, seen_until = {first: NOW}, {first: NOW}, {}
    for night in (1, 60, 87, 88, 89, 90, 91, 92, 100, 119, 120, 121, 122, 150, 178):
        now = NOW + timedelta(days=night)
        turn(engine, rotate_keys, now)
        for kid in published(engine, now):
            seen_since.setdefault(kid, now)
            seen_until[kid] = night
        kid = kid_of(lti_key.sign(engine, {}, now))
        assert kid in published(engine, now)
        signed_since.setdefault(kid, now)
    assert len(signed_since) == 2
    second = next(kid for kid in signed_since if kid != first)
    assert signed_since[second] - NOW == timedelta(days=90)
    assert signed_since[second] - seen_since[second] >= timedelta(days=1)
    # What the first has signed may be checked for thirty days more, and then it is gone, private half and all.
    assert seen_until == {first: 119, second: 178}
    with open_session(engine, reason="a test looks") as session:
        rows = session.scalars(select(LtiKey)).all()
        assert [row.kid for row in rows] == [second]
        assert all("PRIVATE" not in f"{row.private_sealed}{row.public_jwk}" for row in rows)
        assert all("BEGIN PRIVATE KEY" in box.unseal(row.private_sealed) for row in rows)


@pytest.mark.once
def test_a_rotation_that_was_missed_is_made_up_for(engine):
    outside.open_for(engine, Outside(box=SecretBox([new_key()])))
    old = kid_of(lti_key.sign(engine, {}, NOW))
    late = NOW + timedelta(days=115)
    assert kid_of(lti_key.sign(engine, {}, late)) == old
    assert lti_key.rotate(engine, late)
    assert not lti_key.rotate(engine, late)
    assert kid_of(lti_key.sign(engine, {}, late)) == old
    new = kid_of(lti_key.sign(engine, {}, late + timedelta(days=1)))
    assert new != old
    assert set(published(engine, late + timedelta(days=30))) == {old, new}
    # Nothing ran for a year: whoever signs next makes the key.
    after = NOW + timedelta(days=500)
    assert published(engine, after) == {}
    assert kid_of(lti_key.sign(engine, {}, after)) in published(engine, after)


@pytest.mark.once
def test_the_command_changes_a_key_when_it_is_due_and_all_where_they_were_stolen(app, engine):
    runner = app.test_cli_runner()
    outside.open_for(engine, Outside())
    refused = runner.invoke(args=["rotate-lti-keys", "--stolen"])
    assert refused.exit_code == 1
    assert "SECRETS_KEY" in refused.output
    outside.open_for(engine, Outside(box=SecretBox([new_key()])))
    now = clock.now()
    assert "Сделан новый ключ" in runner.invoke(args=["rotate-lti-keys"]).output
    assert "ещё рано" in runner.invoke(args=["rotate-lti-keys"]).output
    old = kid_of(lti_key.sign(engine, {}, clock.now()))
    assert set(published(engine, now)) == {old}
    assert "Сделан новый ключ" in runner.invoke(args=["rotate-lti-keys", "--stolen"]).output
    assert old not in published(engine, now)
    assert kid_of(lti_key.sign(engine, {}, clock.now())) in published(engine, now)


@pytest.mark.once
def test_without_the_key_of_the_environment_nothing_is_signed(engine):
    outside.open_for(engine, Outside())
    assert not lti_key.rotate(engine, NOW)
    with pytest.raises(WrongState) as refused:
        lti_key.sign(engine, {}, NOW)
    assert refused.value.sentence == NO_KEY
    assert published(engine, NOW) == {}
    outside.open_for(engine, Outside(box=SecretBox([new_key()])))
    lost = kid_of(lti_key.sign(engine, {}, NOW))
    # Another key in the environment: the private half is lost, a new one signs at once.
    outside.open_for(engine, Outside(box=SecretBox([new_key()])))
    found = kid_of(lti_key.sign(engine, {}, NOW + timedelta(hours=1)))
    assert found != lost
    assert set(published(engine, NOW + timedelta(hours=1))) == {lost, found}


def test_a_ticket_is_taken_once_by_one_and_for_its_purpose(engine, world):
    platform = add_platform(engine, world)
    deployment = add_deployment(engine, world, platform, "school")
    told = {"platform_id": platform, "deployment_id": deployment, "user_id": world.users["school"]}
    decoy = lti_ticket.issue(engine, TicketPurpose.ENTER, **told, payload={"path": "/decoy"}, now=NOW)
    token = lti_ticket.issue(engine, TicketPurpose.ENTER, **told, payload={"path": "/x"}, now=NOW)
    with open_session(engine, reason="a test looks") as session:
        assert token not in repr([row.token_digest for row in session.scalars(select(LtiTicket))])
    seen = lti_ticket.peek(engine, TicketPurpose.ENTER, token, NOW)
    assert (seen.platform_id, seen.deployment_id, seen.payload) == (platform, deployment, {"path": "/x"})
    for purpose, known, now in (
        (TicketPurpose.LINK, token, NOW),
        (TicketPurpose.ENTER, token, NOW + timedelta(minutes=10)),
        (TicketPurpose.ENTER, token[:-1], NOW),
        (TicketPurpose.ENTER, "\0\ud800", NOW),
        (TicketPurpose.ENTER, "", NOW),
    ):
        for ask in (lti_ticket.take, lti_ticket.peek):
            with pytest.raises(TicketGone):
                ask(engine, purpose, known, now)

    def take(number: int) -> bool:
        del number
        try:
            return lti_ticket.take(engine, TicketPurpose.ENTER, token, NOW).user_id == world.users["school"]
        except TicketGone:
            return False

    with ThreadPoolExecutor(4) as together:
        assert sorted(together.map(take, range(4))) == [False, False, False, True]
    with pytest.raises(TicketGone):
        lti_ticket.peek(engine, TicketPurpose.ENTER, token, NOW)
    assert lti_ticket.take(engine, TicketPurpose.ENTER, decoy, NOW).payload == {"path": "/decoy"}


@pytest.mark.once
def test_what_nobody_can_use_is_swept(engine, world):
    played = PlayedPlatform()
    outside.open_for(engine, Outside(http=played, address=ADDRESS))
    add_deployment(engine, world, add_platform(engine, world))
    for hours in (0, 30):
        lti_login.begin(engine, played.login(), NOW + timedelta(hours=hours))
        lti_ticket.issue(engine, TicketPurpose.REGISTER, now=NOW + timedelta(hours=hours))
    turn(engine, sweep_launches, NOW + timedelta(hours=31))
    with open_session(engine, reason="a test looks") as session:
        for model in (LtiState, LtiTicket):
            assert [row.expires_at > NOW + timedelta(hours=30) for row in session.scalars(select(model))] == [True]
