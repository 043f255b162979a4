"""The people of a training group, cut to the reader's scope, with all that its page and its workbook tell of them.

Names of the units that sent them come past the scope: a provider trains people of units that lie beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, case, select

from app.models import Certificate, Enrolment, OrgUnit, StaffMember, TrainingGroup
from app.models.enrolment import LEFT_STATUSES
from app.models.enumeration_of_training import EnrolmentStatus
from app.policies.guard import GuardedSession
from app.services.certificate_issue import documents_of
from app.services.enrolment_attendance import Presence, presence_of

SENDER = cast(Table, OrgUnit.__table__).alias("sender_of_row")
TOWN = cast(Table, OrgUnit.__table__).alias("town_of_sender")


def _name(unit: Any) -> Any:
    return case((unit.c.short_name != "", unit.c.short_name), else_=unit.c.name)


# What stands over each part of the list, in this order.
PARTS: tuple[tuple[str, frozenset[EnrolmentStatus]], ...] = (
    (
        "В потоке",
        frozenset(
            {
                EnrolmentStatus.ENROLLED,
                EnrolmentStatus.STUDYING,
                EnrolmentStatus.COMPLETED,
                EnrolmentStatus.CERTIFIED,
            }
        ),
    ),
    ("Заявлены", frozenset({EnrolmentStatus.APPLIED})),
    ("Лист ожидания", frozenset({EnrolmentStatus.WAITING})),
    ("Запланированы: заявка ещё не подана", frozenset({EnrolmentStatus.PLANNED})),
    ("Выбыли", LEFT_STATUSES),
)


@dataclass(frozen=True, slots=True)
class Trainee:
    """`place` in the waiting list is told where all of it is seen."""

    enrolment: Enrolment
    name: str
    unit: str
    municipality: str
    presence: Presence
    document: Certificate | None = None
    place: int | None = None

    @property
    def result(self) -> str:
        """«зачтено · 5»."""
        one = self.enrolment
        return " · ".join(word for word in (one.result.label if one.result else "", one.grade) if word)

    @property
    def part(self) -> int:
        return next(index for index, (_, states) in enumerate(PARTS) if self.enrolment.status in states)


def trainees_of(session: GuardedSession, group: TrainingGroup, *, sees_all: bool) -> list[Trainee]:
    """In the order of PARTS, in each by name, the waiting list by the moment of the application; three statements."""
    rows = session.execute(
        select(
            Enrolment,
            StaffMember,
            _name(SENDER).label("unit"),
            case((TOWN.c.id == TOWN.c.region_id, ""), else_=_name(TOWN)).label("municipality"),
        )
        .join(StaffMember, StaffMember.id == Enrolment.staff_member_id)
        .join(SENDER, SENDER.c.id == Enrolment.sent_by_unit_id)
        .join(TOWN, TOWN.c.id == SENDER.c.municipality_id)
        .where(Enrolment.group_id == group.id)
        .order_by(StaffMember.name_key, Enrolment.id)
        .execution_options(populate_existing=True)
    ).all()
    numbers = [row.Enrolment.id for row in rows]
    presence, documents = presence_of(session, numbers), documents_of(session, numbers)
    queue = sorted(
        (row.Enrolment for row in rows if row.Enrolment.status is EnrolmentStatus.WAITING),
        key=lambda one: (one.applied_at is not None, one.applied_at, one.id),
    )
    places = {one.id: index for index, one in enumerate(queue, start=1)}
    found = [
        Trainee(
            row.Enrolment,
            row.StaffMember.label,
            row.unit,
            row.municipality,
            presence.get(row.Enrolment.id, Presence()),
            documents.get(row.Enrolment.id),
            places.get(row.Enrolment.id) if sees_all else None,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.part, places.get(one.enrolment.id, 0)))
