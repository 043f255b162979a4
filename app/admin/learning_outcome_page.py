"""What the page of one outcome shows: what the site says, what was taken of it, what stands here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.admin.learning_words import OUTCOME_STATE, OUTCOME_STATES
from app.admin.record_history import history_of
from app.models import (
    Enrolment,
    LearningCourse,
    LearningOutcome,
    LearningPerson,
    StaffMember,
    TrainingGroup,
)
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import clock
from app.services.learning_decision import mark_of

OWN_WORDS = {"create": "Впервые пришло из СДО", "change": "Изменено"}
# Numbers of rows say nothing to people; the rest stands above.
UNTOLD = frozenset({"course_id", "person_id", "enrolment_id", "obstacle", "decided_by", "decided_at", "told_at"})


@dataclass(frozen=True, slots=True)
class OutcomePage:
    outcome: LearningOutcome
    person: LearningPerson
    course: LearningCourse
    group: TrainingGroup | None
    enrolment: Enrolment | None
    staff: StaffMember | None
    state: str
    may_decide: bool
    mark: str
    time_zone: str
    history: Sequence[dict[str, Any]]

    @property
    def state_label(self) -> str:
        return OUTCOME_STATES[self.state]

    @property
    def lines(self) -> list[tuple[str, str, str, str, bool]]:
        """What is compared: in the site, here, taken last, and whether the first two differ."""
        one, here = self.outcome, self.enrolment
        passed = here is not None and here.completed_on is not None
        rows = [
            (
                "Завершил",
                _yes(one.told_passed),
                "" if here is None else here.status.label,
                "" if one.taken_at is None else _yes(one.taken_passed),
                one.told_passed != passed,
            ),
            (
                "День завершения",
                _day(one.told_on),
                "" if here is None else _day(here.completed_on),
                _day(one.taken_on),
                here is not None and one.told_on is not None and one.told_on != here.completed_on,
            ),
            (
                "Оценка",
                one.told_grade,
                "" if here is None else here.grade,
                one.taken_grade,
                here is not None and bool(one.told_grade) and one.told_grade != here.grade,
            ),
        ]
        return [(*row[:4], row[4] and self.state == "conflict") for row in rows]

    def moment(self, moment: datetime | None) -> str:
        return f"{clock.local(moment, self.time_zone):%d.%m.%Y %H:%M}" if moment is not None else ""


def gather(session: GuardedSession, actor: Actor, outcome: LearningOutcome) -> OutcomePage:
    person, course = (
        session.get_one(LearningPerson, outcome.person_id),
        session.get_one(LearningCourse, outcome.course_id),
    )
    enrolment = session.get(Enrolment, outcome.enrolment_id) if outcome.enrolment_id is not None else None
    staff_id = enrolment.staff_member_id if enrolment is not None else person.staff_member_id
    keeps = actor.may(Permission.ENROLMENT_KEEP) and actor.unit_id in {outcome.org_unit_id, outcome.region_id}
    return OutcomePage(
        outcome=outcome,
        person=person,
        course=course,
        group=session.get(TrainingGroup, course.group_id) if course.group_id is not None else None,
        enrolment=enrolment,
        staff=session.get(StaffMember, staff_id) if staff_id is not None else None,
        state=session.scalars(select(OUTCOME_STATE).where(LearningOutcome.id == outcome.id)).one(),
        may_decide=keeps and outcome.is_in_conflict,
        mark=mark_of(outcome, enrolment.version if enrolment is not None else None),
        time_zone=actor.time_zone,
        history=history_of(session, "learning_outcome", outcome.id, actor.time_zone, words=OWN_WORDS, untold=UNTOLD),
    )


def _yes(value: bool) -> str:
    return "да" if value else "нет"


def _day(day: Any) -> str:
    return f"{day:%d.%m.%Y}" if day is not None else ""
