"""What the page of one person of a site shows: what the site says, who they are here, whom they may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from app.admin.learning_candidates import Candidate, candidates_of
from app.admin.learning_course_register import GROUP
from app.admin.learning_outcome_register import COURSE, ENROLMENT
from app.admin.learning_words import OUTCOME_STATE, OUTCOME_STATES, PERSON_STATES, here_words, told_words
from app.admin.record_history import history_of
from app.models import LearningOutcome, LearningPerson, LearningSite, StaffMember
from app.models.enumeration_of_training import EnrolmentStatus
from app.models.search_text import folded
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import clock
from app.services import learning_site as sites

MOST_SHOWN = 100
OWN_WORDS = {"create": "Пришёл из СДО", "change": "Изменён"}
# Numbers of rows say nothing to people; what was decided stands in the note.
UNTOLD = frozenset({"staff_member_id", "site_id", "decided_by", "decided_at"})


@dataclass(frozen=True, slots=True)
class PersonPage:
    person: LearningPerson
    site: LearningSite
    staff: StaffMember | None
    state: str
    outcomes: Sequence[Row[Any]]
    candidates: Sequence[Candidate]
    # Of the groups, before the search.
    in_groups: int
    free: int
    query: str
    may_decide: bool
    time_zone: str
    history: Sequence[dict[str, Any]]

    @property
    def state_label(self) -> str:
        return PERSON_STATES[self.state]

    def moment(self, moment: datetime | None) -> str:
        return f"{clock.local(moment, self.time_zone):%d.%m.%Y %H:%M}" if moment is not None else ""

    @staticmethod
    def told(row: Any) -> str:
        return told_words(passed=row.told_passed, day=row.told_on, grade=row.told_grade)

    @staticmethod
    def here(row: Any) -> str:
        status = EnrolmentStatus(row.status) if row.status is not None else None
        return here_words(status, row.completed_on, row.grade)

    @staticmethod
    def outcome_label(row: Any) -> str:
        return OUTCOME_STATES[row.state]


def gather(session: GuardedSession, actor: Actor, person: LearningPerson, query: str) -> PersonPage:
    site = sites.the_one(session, person.site_id)
    staff = session.get(StaffMember, person.staff_member_id) if person.staff_member_id is not None else None
    state = "known" if person.staff_member_id is not None else "ignored" if person.is_ignored else "waiting"
    may_decide = sites.is_keeper(actor, site)
    known = candidates_of(session, [person])[person.id] if may_decide and state == "waiting" else []
    words = folded(query).split()
    found = [one for one in known if all(word in folded(one.name, one.unit) for word in words)]
    return PersonPage(
        person=person,
        site=site,
        staff=staff,
        state=state,
        outcomes=_outcomes(session, person),
        candidates=found[:MOST_SHOWN],
        in_groups=len(known),
        free=sum(not one.is_taken for one in known),
        query=query,
        may_decide=may_decide,
        time_zone=actor.time_zone,
        history=history_of(session, "learning_person", person.id, actor.time_zone, words=OWN_WORDS, untold=UNTOLD),
    )


def _outcomes(session: GuardedSession, person: LearningPerson) -> Sequence[Any]:
    return session.execute(
        select(
            LearningOutcome.id,
            LearningOutcome.course_id,
            LearningOutcome.enrolment_id,
            LearningOutcome.told_passed,
            LearningOutcome.told_on,
            LearningOutcome.told_grade,
            LearningOutcome.obstacle,
            OUTCOME_STATE.label("state"),
            COURSE.c.title.label("course"),
            COURSE.c.group_id,
            GROUP.c.title.label("group"),
            ENROLMENT.c.status,
            ENROLMENT.c.completed_on,
            ENROLMENT.c.grade,
        )
        .select_from(LearningOutcome)
        .join(COURSE, COURSE.c.id == LearningOutcome.course_id)
        .outerjoin(GROUP, GROUP.c.id == COURSE.c.group_id)
        .outerjoin(ENROLMENT, ENROLMENT.c.id == LearningOutcome.enrolment_id)
        .where(LearningOutcome.person_id == person.id)
        .order_by(LearningOutcome.id)
        .limit(MOST_SHOWN)
    ).all()
