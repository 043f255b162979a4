"""Rules of the row scope for staff, programmes, training groups, enrolments, certificates and requirements.

A provider looks sideways: it sees the trainees of its own groups, whose units lie beside it in the tree, and of them
what training needs; never what they have at another provider.
"""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, and_, or_, select

from app.models import Enrolment, OrgUnit, StaffMember, StaffPosition, TrainingGroup, TrainingRequirement
from app.models.enrolment import SEATED_STATUSES, SHOWN_TO_PROVIDER
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import GroupStatus, ProgrammeStatus, RequirementStatus
from app.policies.reach import ORG_UNIT, Truth, owned_by_unit, owned_in_municipality, owned_in_region

STAFF = cast(Table, StaffMember.__table__)
POSITION = cast(Table, StaffPosition.__table__)
ENROLMENT = cast(Table, Enrolment.__table__)
GROUP = cast(Table, TrainingGroup.__table__)
REQUIREMENT = cast(Table, TrainingRequirement.__table__)
UNIT = cast(Table, OrgUnit.__table__)

SHOWN = tuple(sorted(status.value for status in SHOWN_TO_PROVIDER))
SEATED = tuple(sorted(status.value for status in SEATED_STATUSES))
# Programmes that are still between the provider and the ministry.
UNDECIDED = (ProgrammeStatus.DRAFT.value, ProgrammeStatus.ON_AGREEMENT.value, ProgrammeStatus.RETURNED.value)


def _works_in_municipality(unit: Any) -> Any:
    return select(POSITION.c.staff_member_id).where(POSITION.c.municipality_id == unit, POSITION.c.ended_on.is_(None))


def _works_in_unit(unit: Any) -> Any:
    return select(POSITION.c.staff_member_id).where(POSITION.c.org_unit_id == unit, POSITION.c.ended_on.is_(None))


def _trained_by(unit: Any) -> Any:
    return select(ENROLMENT.c.staff_member_id).where(
        ENROLMENT.c.provider_unit_id == unit, ENROLMENT.c.status.in_(SHOWN)
    )


def staff_in_municipality(columns: Any, unit: Any) -> Truth:
    """Whose main place is there, and who holds a position there besides."""
    return or_(owned_in_municipality(columns, unit), columns.id.in_(_works_in_municipality(unit)))


def staff_of_unit(columns: Any, unit: Any) -> Truth:
    """As above; for a provider also the trainees of its groups, once they are applied for."""
    return or_(owned_by_unit(columns, unit), columns.id.in_(_works_in_unit(unit)), columns.id.in_(_trained_by(unit)))


def positions_in_municipality(columns: Any, unit: Any) -> Truth:
    """Those held there, and whatever its people were or are elsewhere."""
    people = select(STAFF.c.id).where(staff_in_municipality(STAFF.c, unit))
    return or_(owned_in_municipality(columns, unit), columns.staff_member_id.in_(people))


def positions_of_unit(columns: Any, unit: Any) -> Truth:
    people = select(STAFF.c.id).where(staff_of_unit(STAFF.c, unit))
    return or_(owned_by_unit(columns, unit), columns.staff_member_id.in_(people))


def of_staff_in_municipality(columns: Any, unit: Any) -> Truth:
    return or_(owned_in_municipality(columns, unit), columns.staff_member_id.in_(_works_in_municipality(unit)))


def of_staff_of_unit(columns: Any, unit: Any) -> Truth:
    return or_(owned_by_unit(columns, unit), columns.staff_member_id.in_(_works_in_unit(unit)))


def identities_of_unit(columns: Any, unit: Any) -> Truth:
    """A provider needs them for the documents that it issues: not of those whom it refused, or who left."""
    seated = select(ENROLMENT.c.staff_member_id).where(
        ENROLMENT.c.provider_unit_id == unit, ENROLMENT.c.status.in_(SEATED)
    )
    return or_(of_staff_of_unit(columns, unit), columns.staff_member_id.in_(seated))


def enrolments_of_unit(columns: Any, unit: Any) -> Truth:
    mine = and_(columns.provider_unit_id == unit, columns.status.in_(SHOWN))
    return or_(of_staff_of_unit(columns, unit), mine)


def attendance_of_unit(columns: Any, unit: Any) -> Truth:
    mine = select(ENROLMENT.c.id).where(ENROLMENT.c.provider_unit_id == unit, ENROLMENT.c.status.in_(SHOWN))
    return or_(of_staff_of_unit(columns, unit), columns.enrolment_id.in_(mine))


def certificates_of_unit(columns: Any, unit: Any) -> Truth:
    """Those of its people; for a provider those that it issued."""
    return or_(of_staff_of_unit(columns, unit), columns.issuer_unit_id == unit)


def _region_of(unit: Any) -> Any:
    return select(UNIT.c.region_id).where(UNIT.c.id == unit)


def shared_in_region(columns: Any, unit: Any) -> Truth:
    """The region's own word, for everyone who stands in it."""
    return cast(Truth, columns.region_id.in_(_region_of(unit)))


def _region_of_applicant(unit: Any) -> Any:
    """Providers do not look at one another's programmes."""
    return select(UNIT.c.region_id).where(
        UNIT.c.id == unit, UNIT.c.kind.in_((UnitKind.SCHOOL.value, UnitKind.MUNICIPALITY.value))
    )


def programmes_in_region(columns: Any, unit: Any) -> Truth:
    offered = and_(columns.status != ProgrammeStatus.DRAFT.value, owned_in_region(columns, unit))
    return or_(owned_by_unit(columns, unit), offered)


def programmes_below(columns: Any, unit: Any) -> Truth:
    """One's own; once the ministry has agreed, those of the region."""
    agreed = and_(columns.status.not_in(UNDECIDED), columns.region_id.in_(_region_of_applicant(unit)))
    return or_(owned_by_unit(columns, unit), agreed)


def groups_in_region(columns: Any, unit: Any) -> Truth:
    offered = and_(columns.status != GroupStatus.DRAFT.value, owned_in_region(columns, unit))
    return or_(owned_by_unit(columns, unit), offered)


def groups_below(columns: Any, unit: Any) -> Truth:
    offered = and_(columns.status != GroupStatus.DRAFT.value, columns.region_id.in_(_region_of_applicant(unit)))
    return or_(owned_by_unit(columns, unit), offered)


def of_groups_in_region(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.group_id.in_(select(GROUP.c.id).where(groups_in_region(GROUP.c, unit))))


def of_groups_below(columns: Any, unit: Any) -> Truth:
    return cast(Truth, columns.group_id.in_(select(GROUP.c.id).where(groups_below(GROUP.c, unit))))


def _requirements(columns: Any, unit: Any, reached: Truth) -> Truth:
    return or_(columns.org_unit_id == unit, and_(columns.status != RequirementStatus.DRAFT.value, reached))


def requirements_in_region(columns: Any, unit: Any) -> Truth:
    return _requirements(columns, unit, owned_in_region(columns, unit))


def requirements_for_municipality(columns: Any, unit: Any) -> Truth:
    return _requirements(columns, unit, columns.org_unit_id.in_(_region_of(unit)))


def requirements_for_unit(columns: Any, unit: Any) -> Truth:
    """For a school, those in force above it; a provider is not told who must be trained."""
    school = (ORG_UNIT.c.id == unit, ORG_UNIT.c.kind == UnitKind.SCHOOL.value)
    above = or_(
        columns.org_unit_id.in_(select(ORG_UNIT.c.region_id).where(*school)),
        columns.org_unit_id.in_(select(ORG_UNIT.c.municipality_id).where(*school)),
    )
    return and_(columns.status != RequirementStatus.DRAFT.value, above)


def of_requirements_in_region(columns: Any, unit: Any) -> Truth:
    seen = select(REQUIREMENT.c.id).where(requirements_in_region(REQUIREMENT.c, unit))
    return cast(Truth, columns.requirement_id.in_(seen))


def of_requirements_for_municipality(columns: Any, unit: Any) -> Truth:
    seen = select(REQUIREMENT.c.id).where(requirements_for_municipality(REQUIREMENT.c, unit))
    return cast(Truth, columns.requirement_id.in_(seen))


def of_requirements_for_unit(columns: Any, unit: Any) -> Truth:
    seen = select(REQUIREMENT.c.id).where(requirements_for_unit(REQUIREMENT.c, unit))
    return cast(Truth, columns.requirement_id.in_(seen))
