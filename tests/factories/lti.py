"""Platforms that open the product, their deployments and people, written straight into the small world."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from app.models import LtiAccount, LtiCourse, LtiDeployment, LtiPlatform, LtiScore, TrainingGroup
from app.models.enumeration_of_platforms import AccountOrigin, LaunchTarget
from tests.factories.training import writing
from tests.factories.world import World

THEN = datetime(2026, 11, 20, 3, tzinfo=UTC)


def add_platform(
    engine: Engine,
    world: World,
    unit: str = "region",
    *,
    issuer: str = "https://moodle.test",
    client_id: str = "vDviJgF5a9fNVSY",
    title: str = "Moodle института",
    **values: Any,
) -> int:
    """Its addresses are those that Moodle gives under its issuer."""
    with writing(engine) as session:
        platform = LtiPlatform(
            org_unit_id=world.units[unit],
            title=title,
            issuer=issuer,
            client_id=client_id,
            auth_url=values.pop("auth_url", f"{issuer}/mod/lti/auth.php"),
            token_url=values.pop("token_url", f"{issuer}/mod/lti/token.php"),
            jwks_url=values.pop("jwks_url", f"{issuer}/mod/lti/certs.php"),
            family=values.pop("family", "moodle"),
            **values,
        )
        session.add(platform)
        session.flush()
        return platform.id


def add_deployment(
    engine: Engine, world: World, platform: int, unit: str = "region", *, deployment_id: str = "2", **values: Any
) -> int:
    """`unit` bounds what a launch through it may open."""
    with writing(engine) as session:
        deployment = LtiDeployment(
            org_unit_id=world.units[unit], platform_id=platform, deployment_id=deployment_id, **values
        )
        session.add(deployment)
        session.flush()
        return deployment.id


def add_account(engine: Engine, world: World, platform: int, login: str, *, subject: str = "63", **values: Any) -> int:
    """The person of the platform is this login."""
    with writing(engine) as session:
        holder = session.get_one(LtiPlatform, platform)
        account = LtiAccount(
            org_unit_id=holder.org_unit_id,
            platform_id=platform,
            subject=subject,
            user_id=world.users[login],
            origin=values.pop("origin", AccountOrigin.PROVED),
            linked_at=THEN,
            linked_by=values.pop("linked_by", "кто-то"),
            **values,
        )
        session.add(account)
        session.flush()
        return account.id


def add_lti_course(engine: Engine, platform: int, group: int, *, context_id: str = "2", **values: Any) -> int:
    """A course of the platform, tied to the group; it is the group's unit's."""
    with writing(engine) as session:
        course = LtiCourse(
            org_unit_id=session.get_one(TrainingGroup, group).org_unit_id,
            platform_id=platform,
            context_id=context_id,
            group_id=group,
            tied_by=values.pop("tied_by", "кто-то"),
            tied_at=THEN,
            **values,
        )
        session.add(course)
        session.flush()
        return course.id


def add_score(
    engine: Engine, account: int, *, line: str = "https://moodle.test/mod/lti/line?type_id=2", **values: Any
) -> int:
    """A mark that the platform is to be told of; sent where `sent_at` is given."""
    with writing(engine) as session:
        holder = session.get_one(LtiAccount, account)
        score = LtiScore(
            org_unit_id=holder.org_unit_id,
            platform_id=holder.platform_id,
            account_id=account,
            line_item_url=line,
            target=values.pop("target", LaunchTarget.ASSESSMENT),
            record_id=values.pop("record_id", 1),
            asked_at=THEN,
            **values,
        )
        session.add(score)
        session.flush()
        return score.id
