"""Where a platform has placed the product: each placement is tied to a unit, which bounds whoever comes by it."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import LtiDeployment, LtiPlatform, OrgUnit
from app.policies.actor import Actor
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services.lti_platform import MOODLE, fit_title, fit_word, require_keeper, require_within


def placed(session: Session, platform: LtiPlatform) -> list[tuple[LtiDeployment, OrgUnit]]:
    """Where the platform has placed the product, in the order of its own numbers."""
    rows = session.execute(
        select(LtiDeployment, OrgUnit)
        .join(OrgUnit, OrgUnit.id == LtiDeployment.org_unit_id)
        .where(LtiDeployment.platform_id == platform.id)
        .order_by(func.length(LtiDeployment.deployment_id), LtiDeployment.deployment_id)
    )
    return [(row[0], row[1]) for row in rows]


def place(
    session: Session, actor: Actor, platform: LtiPlatform, *, deployment_id: str, unit: OrgUnit, title: str = ""
) -> LtiDeployment:
    """A launch from there stands in `unit` or below it, or nowhere. Raises NotFound, Invalid at the field."""
    require_keeper(actor, platform)
    require_within(actor, platform, unit)
    number = fit_word(
        deployment_id, "deployment_id", "Введите номер размещения (Deployment ID): его показывает платформа."
    )
    if platform.family == MOODLE and not (number.isascii() and number.isdecimal()):
        raise Invalid(
            "В Moodle номер размещения (Deployment ID) – число. Проверьте, не введён ли вместо него Client ID.",
            field="deployment_id",
        )
    if any(one.deployment_id == number for one, _ in placed(session, platform)):
        raise Invalid("Такое размещение у платформы уже есть: смените его организацию.", field="deployment_id")
    made = LtiDeployment(
        org_unit_id=unit.id, platform_id=platform.id, deployment_id=number, title=fit_title(title, required=False)
    )
    session.add(made)
    session.flush()
    return made


def tie(
    session: Session, actor: Actor, platform: LtiPlatform, deployment: LtiDeployment, unit: OrgUnit
) -> LtiDeployment:
    """The placement in another unit: a new row in place of the old one, whose sessions end. Raises NotFound."""
    require_keeper(actor, platform)
    require_within(actor, platform, unit)
    if deployment.org_unit_id == unit.id:
        raise Invalid("Размещение уже связано с этой организацией.", field="org_unit_id")
    made = LtiDeployment(
        org_unit_id=unit.id,
        platform_id=platform.id,
        deployment_id=deployment.deployment_id,
        title=deployment.title,
        is_active=deployment.is_active,
    )
    deployment.pending_action = ("move", f"Теперь: {unit.label}")
    session.delete(deployment)
    session.flush()
    session.add(made)
    session.flush()
    return made


def switch_placement(
    session: Session, actor: Actor, platform: LtiPlatform, deployment: LtiDeployment, *, active: bool
) -> None:
    """Raises WrongState."""
    require_keeper(actor, platform)
    if deployment.is_active is active:
        raise WrongState("Размещение уже включено." if active else "Размещение уже отключено.")
    deployment.is_active = active
    deployment.pending_action = ("activate" if active else "deactivate", "")
    session.flush()


def the_placement(session: Session, platform: LtiPlatform, deployment_id: int) -> LtiDeployment:
    """Raises NotFound for one of another platform too."""
    found = session.get(LtiDeployment, deployment_id)
    if found is None or found.platform_id != platform.id:
        raise NotFound
    return found
