"""The training of the demo: something of every state, and people who are plainly made up."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.models import (
    Certificate,
    Enrolment,
    OrderPoint,
    OrgUnit,
    Programme,
    StaffIdentity,
    StaffMember,
    StaffPosition,
    TrainingGroup,
    TrainingRequirement,
)
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import (
    CertificateStatus,
    EnrolmentStatus,
    GroupStatus,
    PositionKind,
    ProgrammeStatus,
    RequirementStatus,
)

pytestmark = pytest.mark.once


def count(rows, *conditions) -> int:
    return rows.scalar(select(func.count()).where(*conditions))


def test_training_has_something_of_every_state(rows):
    for column, members in (
        (Programme.status, ProgrammeStatus),
        (TrainingGroup.status, GroupStatus),
        (Enrolment.status, EnrolmentStatus),
        (Certificate.status, CertificateStatus),
        (TrainingRequirement.status, RequirementStatus),
    ):
        assert set(rows.scalars(select(column).distinct())) == set(members), column
    region = rows.scalar(select(OrgUnit.id).where(OrgUnit.code == "65"))
    schools = (OrgUnit.kind == UnitKind.SCHOOL, OrgUnit.region_id == region)
    with_head = select(StaffPosition.org_unit_id).where(StaffPosition.kind == PositionKind.HEAD)
    # One school has told nothing about its people.
    assert count(rows, *schools, OrgUnit.id.not_in(with_head)) == 1
    assert count(rows, StaffMember.is_working.is_(False)) == 1
    assert rows.scalar(select(func.count(func.distinct(StaffIdentity.snils)))) > 200
    # Below 001-001-999 no check number is kept: nobody's real number by chance.
    assert count(rows, StaffIdentity.snils != "", StaffIdentity.snils > "00100199900") == 0
    bound = select(TrainingRequirement).where(TrainingRequirement.order_point_id.is_not(None))
    requirement = rows.scalars(bound).one()
    point = rows.get_one(OrderPoint, requirement.order_point_id)
    assert "квалификации" in point.text
    covered = select(StaffPosition.org_unit_id).join(
        Certificate, Certificate.staff_member_id == StaffPosition.staff_member_id
    )
    trained = count(rows, *schools, OrgUnit.id.in_(covered.where(Certificate.status == CertificateStatus.CONFIRMED)))
    assert 80 < trained < 140
