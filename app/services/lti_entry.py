"""Whether a linked person may enter from a platform, where they stand then, and that they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Boolean, Engine, Table, bindparam, or_, select, update
from sqlalchemy.orm import Session

from app.models import LtiAccount, LtiDeployment, LtiPlatform, Membership, User
from app.policies.unscoped import UNSCOPED, open_session
from app.services import audit
from app.services.lti_login import SWITCHED_OFF
from app.services.lti_message import LaunchRefused
from app.services.lti_origin import origins_of
from app.services.lti_platform import lies_within
from app.services.outside import outside_of
from app.services.sign_in import SignedIn

ACCOUNT = cast(Table, LtiAccount.__table__)
PLATFORM = cast(Table, LtiPlatform.__table__)
DEPLOYMENT = cast(Table, LtiDeployment.__table__)

NOT_LINKED = "Учётная запись больше не связана с этой платформой. Откройте задание ещё раз и войдите один раз."
CLOSED = "Ваша учётная запись закрыта. Обратитесь к администратору своей организации."
INSTALLATION_ADMIN = "Администратор установки из учебной платформы не входит. Войдите по имени и паролю."
ELSEWHERE = (
    "Эта платформа открывает только свою организацию и то, что ниже, а у вас там нет полномочий. Войдите по имени и "
    "паролю или обратитесь к администратору организации."
)

# What a session that came by a launch rests on; read at each of its requests.
_HOLDS = (
    select(DEPLOYMENT.c.org_unit_id)
    .select_from(ACCOUNT)
    .join(PLATFORM, PLATFORM.c.id == ACCOUNT.c.platform_id)
    .join(DEPLOYMENT, DEPLOYMENT.c.platform_id == PLATFORM.c.id)
    .where(
        ACCOUNT.c.id == bindparam("account_id"),
        ACCOUNT.c.user_id == bindparam("user_id"),
        DEPLOYMENT.c.id == bindparam("deployment_id"),
        PLATFORM.c.is_active,
        DEPLOYMENT.c.is_active,
        # `lies_within` as SQL: a school that has moved to another municipality has left the platform of the first one.
        or_(
            PLATFORM.c.org_unit_id == DEPLOYMENT.c.org_unit_id,
            PLATFORM.c.org_unit_id == DEPLOYMENT.c.municipality_id,
            PLATFORM.c.org_unit_id == DEPLOYMENT.c.region_id,
        ),
        or_(PLATFORM.c.is_demo.is_(False), bindparam("demo", type_=Boolean)),
    )
)


@dataclass(frozen=True, slots=True)
class Admitted:
    """`account_id` and `deployment_id` are what the session rests on."""

    signed_in: SignedIn
    account_id: int
    deployment_id: int
    user_name: str
    platform_title: str


def lies_open(platform: LtiPlatform, placed: LtiDeployment) -> bool:
    """Whether the placement is switched on, and still in the part of the tree of whoever keeps the platform."""
    return placed.is_active and lies_within(platform, placed)


def unit_held(session: Session, *, account_id: int, deployment_id: int, user_id: int, demo: bool) -> int | None:
    """The unit within which a session that came by this link still stands; None where it no longer holds."""
    values = {"account_id": account_id, "deployment_id": deployment_id, "user_id": user_id, "demo": demo}
    return session.execute(_HOLDS, values, execution_options=UNSCOPED).scalar_one_or_none()


def obstacle(session: Session, user: User, unit_id: int, *, demo: bool) -> str:
    """Why this person may not enter within that unit: a whole sentence, or nothing."""
    if not user.is_active or (user.is_demo and not demo):
        return CLOSED
    if user.is_installation_admin:
        return INSTALLATION_ADMIN
    within = or_(
        Membership.org_unit_id == unit_id, Membership.municipality_id == unit_id, Membership.region_id == unit_id
    )
    stands = session.scalar(select(Membership.id).where(Membership.user_id == user.id, within).limit(1))
    return "" if stands is not None else ELSEWHERE


def admit(engine: Engine, *, platform_id: int, deployment_id: int, user_id: int, now: datetime) -> Admitted:
    """Asks everything anew and writes the entry down. Raises LaunchRefused."""
    demo = outside_of(engine).demo
    with open_session(engine, reason="who enters from a platform has no session yet") as session:
        session.connection(execution_options={"writes": True})
        platform, placed = session.get(LtiPlatform, platform_id), session.get(LtiDeployment, deployment_id)
        if platform is None or placed is None or placed.platform_id != platform_id:
            raise LaunchRefused(SWITCHED_OFF)
        origins = origins_of(platform)
        if not platform.is_active or not lies_open(platform, placed) or (platform.is_demo and not demo):
            raise LaunchRefused(SWITCHED_OFF, platform_origins=origins)
        account = session.scalars(
            select(LtiAccount).where(LtiAccount.platform_id == platform_id, LtiAccount.user_id == user_id)
        ).one_or_none()
        user = session.get(User, user_id)
        if account is None or user is None:
            raise LaunchRefused(NOT_LINKED, platform_origins=origins)
        sentence = obstacle(session, user, placed.org_unit_id, demo=demo)
        if sentence:
            raise LaunchRefused(sentence, platform_origins=origins)
        # Moments alone: of two entries at once none is refused for the version of the other.
        for model, number, moment in ((User, user.id, "last_sign_in_at"), (LtiAccount, account.id, "last_launch_at")):
            written = update(model).where(model.id == number).values({moment: now})
            session.execute(written.execution_options(synchronize_session=False))
        audit.record_event(session, user, "sign_in", f"из учебной платформы «{platform.title}»")
        return Admitted(SignedIn(user.id, user.auth_epoch), account.id, placed.id, user.name, platform.title)


def row_of(values: Any) -> tuple[int, int] | None:
    """Two numbers as they stand in a session; None for anything else."""
    if isinstance(values, list | tuple) and len(values) == 2 and all(type(one) is int for one in values):  # noqa: PLR2004 - an account and a deployment
        return values[0], values[1]
    return None
