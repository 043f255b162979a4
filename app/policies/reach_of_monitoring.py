"""Rules of the row scope for sets of criteria, monitoring rounds, experts' values and analytical notes."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, and_, or_, select

from app.models import Assessment, Expertise, Framework, MonitoringRound
from app.models.enumeration import ExpertiseStatus, FrameworkStatus, RoundStatus, UnitKind
from app.policies.reach import (
    ORDER,
    ORG_UNIT,
    Truth,
    orders_for_municipality,
    orders_for_unit,
    orders_in_region,
    owned_by_unit,
    owned_in_municipality,
    owned_in_region,
)

FRAMEWORK = cast(Table, Framework.__table__)
ROUND = cast(Table, MonitoringRound.__table__)
ASSESSMENT = cast(Table, Assessment.__table__)
EXPERTISE = cast(Table, Expertise.__table__)


def _frameworks(columns: Any, unit: Any, reached: Truth) -> Truth:
    return or_(columns.org_unit_id == unit, and_(columns.status != FrameworkStatus.DRAFT.value, reached))


def frameworks_in_region(columns: Any, unit: Any) -> Truth:
    """Its own; once published, those of its municipalities."""
    return _frameworks(columns, unit, owned_in_region(columns, unit))


def frameworks_for_municipality(columns: Any, unit: Any) -> Truth:
    """Its own; once published, those of its region, and those by which a school has a sheet that came along with it."""
    region = select(ORG_UNIT.c.region_id).where(ORG_UNIT.c.id == unit)
    used = select(ROUND.c.framework_id).where(rounds_for_municipality(ROUND.c, unit))
    return _frameworks(columns, unit, or_(columns.org_unit_id.in_(region), columns.id.in_(used)))


def frameworks_for_unit(columns: Any, unit: Any) -> Truth:
    """For a school, those published above it and those by which it has a sheet; a provider is not assessed."""
    school = (ORG_UNIT.c.id == unit, ORG_UNIT.c.kind == UnitKind.SCHOOL.value)
    above = or_(
        columns.org_unit_id.in_(select(ORG_UNIT.c.region_id).where(*school)),
        columns.org_unit_id.in_(select(ORG_UNIT.c.municipality_id).where(*school)),
        columns.id.in_(select(ROUND.c.framework_id).where(rounds_for_unit(ROUND.c, unit))),
    )
    return and_(columns.status != FrameworkStatus.DRAFT.value, above)


def criteria_in_region(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.framework_id.in_(select(FRAMEWORK.c.id).where(frameworks_in_region(FRAMEWORK.c, unit))))


def criteria_for_municipality(columns: Any, unit: Any) -> Truth:
    seen = select(FRAMEWORK.c.id).where(frameworks_for_municipality(FRAMEWORK.c, unit))
    return cast(Truth, columns.framework_id.in_(seen))


def criteria_for_unit(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.framework_id.in_(select(FRAMEWORK.c.id).where(frameworks_for_unit(FRAMEWORK.c, unit))))


def _rounds(columns: Any, unit: Any, reached: Truth) -> Truth:
    return or_(columns.org_unit_id == unit, and_(columns.status != RoundStatus.DRAFT.value, reached))


def rounds_in_region(columns: Any, unit: Any) -> Truth:
    """Its own; once opened, those of its municipalities."""
    return _rounds(columns, unit, owned_in_region(columns, unit))


def rounds_for_municipality(columns: Any, unit: Any) -> Truth:
    """Its own; once opened, those in which it or a school below it has a sheet."""
    addressed = select(ASSESSMENT.c.round_id).where(ASSESSMENT.c.municipality_id == unit)
    return _rounds(columns, unit, columns.id.in_(addressed))


def rounds_for_unit(columns: Any, unit: Any) -> Truth:
    addressed = select(ASSESSMENT.c.round_id).where(ASSESSMENT.c.org_unit_id == unit)
    return _rounds(columns, unit, columns.id.in_(addressed))


def of_rounds_in_region(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.round_id.in_(select(ROUND.c.id).where(rounds_in_region(ROUND.c, unit))))


def of_rounds_for_municipality(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.round_id.in_(select(ROUND.c.id).where(rounds_for_municipality(ROUND.c, unit))))


def of_rounds_for_unit(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.round_id.in_(select(ROUND.c.id).where(rounds_for_unit(ROUND.c, unit))))


def _independent(columns: Any, me: Any, owned: Truth) -> Truth:
    """One's own values; another expert's once handed in, to whoever owes none of their own on that sheet."""
    owing = select(EXPERTISE.c.assessment_id).where(
        EXPERTISE.c.user_id == me, EXPERTISE.c.status == ExpertiseStatus.ASSIGNED.value
    )
    mine = select(EXPERTISE.c.id).where(EXPERTISE.c.user_id == me)
    handed_in = select(EXPERTISE.c.id).where(
        EXPERTISE.c.status == ExpertiseStatus.HANDED_IN.value, EXPERTISE.c.assessment_id.not_in(owing)
    )
    return and_(owned, or_(columns.expertise_id.in_(mine), columns.expertise_id.in_(handed_in)))


def expert_scores_in_region(columns: Any, unit: Any, me: Any) -> Truth:
    return _independent(columns, me, owned_in_region(columns, unit))


def expert_scores_in_municipality(columns: Any, unit: Any, me: Any) -> Truth:
    return _independent(columns, me, owned_in_municipality(columns, unit))


def expert_scores_of_unit(columns: Any, unit: Any, me: Any) -> Truth:
    return _independent(columns, me, owned_by_unit(columns, unit))


def notes_in_region(columns: Any, unit: Any) -> Truth:
    """Those made in the subtree, and those that stand on an order one sees."""
    sent = columns.order_id.in_(select(ORDER.c.id).where(orders_in_region(ORDER.c, unit)))
    return or_(owned_in_region(columns, unit), sent)


def notes_for_municipality(columns: Any, unit: Any) -> Truth:
    sent = columns.order_id.in_(select(ORDER.c.id).where(orders_for_municipality(ORDER.c, unit)))
    return or_(owned_in_municipality(columns, unit), sent)


def notes_for_unit(columns: Any, unit: Any) -> Truth:
    sent = columns.order_id.in_(select(ORDER.c.id).where(orders_for_unit(ORDER.c, unit)))
    return or_(owned_by_unit(columns, unit), sent)
