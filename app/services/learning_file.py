"""Results of a group out of files that people download from a learning platform: shown first, then taken.

Files stand for a site without an address and a course of their own, made on first use: what was decided about their
people is known to the next file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import (
    Enrolment,
    LearningCourse,
    LearningOutcome,
    LearningPerson,
    LearningSite,
    StaffMember,
    TrainingGroup,
)
from app.models.enrolment import SEATED_STATUSES
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted, WrongState
from app.services import learning_decision, learning_take
from app.services.enrolment_access import require_group
from app.services.learning_file_people import FilePerson
from app.services.learning_file_told import persons_of, remote_id_of, taking, told_of
from app.services.learning_take import Taken, TakenRow, TakenState

SITE_TITLE: Final = "Файлы из СДО"
NOT_KEEPER: Final = "Результаты потока вносит организация, которая проводит обучение, или регион."
NOT_HERE: Final = "Человека, которого вы выбрали, в потоке уже нет. Выберите другого и запишите ещё раз."
IGNORE: Final = "ignore"
RUNNING: Final = (GroupStatus.STUDYING, GroupStatus.FINISHED)
THEIRS, OURS = "theirs", "ours"
WAITS: Final = frozenset({TakenState.WAITING, TakenState.CONFLICT, TakenState.OBSTACLE})
# Who is expected in the files.
_ON_COURSE: Final = (EnrolmentStatus.ENROLLED, EnrolmentStatus.STUDYING, EnrolmentStatus.COMPLETED)


@dataclass(frozen=True, slots=True)
class Preview:
    """`rows` by the state that they would get; `listed`: only on the list of participants, teachers as a rule;
    `nameless`: namesakes whom nothing in the files tells apart; `absent`: of the group, and in no file.

    `digest` changes with anything of it.
    """

    rows: tuple[TakenRow, ...]
    listed: tuple[FilePerson, ...]
    nameless: tuple[FilePerson, ...]
    absent: tuple[tuple[int, str], ...]
    places: tuple[tuple[int, str], ...]
    told: Mapping[str, FilePerson]

    @property
    def digest(self) -> str:
        shown = [{key: value for key, value in asdict(row).items() if key != "candidates"} for row in self.rows]
        return hashlib.sha256(json.dumps(shown, default=str, sort_keys=True).encode()).hexdigest()


@dataclass(slots=True)
class Applied:
    """`settled`: of whom a choice was carried out, by `remote_id`; `problems`: why one was not, with the name."""

    taken: Taken
    settled: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    @property
    def left(self) -> list[TakenRow]:
        """Those that still wait for somebody to decide or to mend something."""
        return [row for row in self.taken.rows if row.state in WAITS and row.remote_id not in self.settled]


def require_keeper(actor: Actor, group: TrainingGroup) -> None:
    """Raises NotPermitted."""
    actor.require(Permission.ENROLMENT_KEEP)
    if actor.unit_id not in {group.org_unit_id, group.region_id}:
        raise NotPermitted(NOT_KEEPER)


def preview(
    session: GuardedSession,
    actor: Actor,
    group: TrainingGroup,
    people: Sequence[FilePerson],
    *,
    today: date,
) -> Preview:
    """What `apply` would do now; only reads. Raises NotPermitted."""
    require_keeper(actor, group)
    course, site = _course(session, group), _site(session, group)
    telling = taking(people)
    told = told_of(session, group, course, telling)
    remotes = [one.person.remote_id for one in told.outcomes]
    # Before the first file of a group: what was decided about its people in files of other groups.
    decided = persons_of(session, site.id, remotes) if site is not None and course is None else {}
    known = {remote: one.staff_member_id for remote, one in decided.items() if one.staff_member_id is not None}
    written = course or _unwritten(group, site)
    rows = [
        replace(row, state=TakenState.IGNORED, candidates=()) if _is_ignored(decided.get(row.remote_id)) else row
        for row in learning_take.preview(session, actor, written, told, today=today, chosen=known)
    ]
    by_remote = {one.person.remote_id: person for one, person in zip(told.outcomes, telling, strict=True)}
    seated = _seated(session, group)
    met = {row.enrolment_id for row in rows}
    return Preview(
        tuple(rows),
        listed=tuple(one for one in people if one.key and one not in telling),
        nameless=tuple(one for one in people if not one.key),
        absent=tuple((one, name) for one, status, _, name in seated if one not in met and status in _ON_COURSE),
        places=tuple((person, name) for _, _, person, name in seated),
        told=by_remote,
    )


def apply(
    session: GuardedSession,
    actor: Actor,
    group: TrainingGroup,
    people: Sequence[FilePerson],
    choices: Mapping[str, str],
    *,
    now: datetime,
    today: date,
) -> Applied:
    """Takes what the files tell, in the caller's transaction.

    `choices`, by `remote_id`: the number of a staff member or «ignore» for somebody unmatched, «theirs» or «ours» for a
    difference; whatever is not chosen waits. Raises NotPermitted, WrongState before the group studies, Invalid for a
    chosen person who is not in the group.
    """
    require_keeper(actor, group)
    require_group(group, *RUNNING)
    chosen = _chosen(session, group, choices)
    course = _course(session, group) or _written(session, group)
    told = told_of(session, group, course, taking(people))
    taken = learning_take.take(session, actor, course, told, now=now, today=today, chosen=chosen)
    course.pulled_at = course.seen_at = now
    done = Applied(taken)
    deciding = {row.remote_id: row for row in taken.rows if row.remote_id in choices}
    persons = persons_of(session, course.site_id, list(deciding))
    for remote, row in deciding.items():
        person = persons.get(remote)
        if person is None or not _fits(row, choices[remote]):
            continue
        try:
            with session.begin_nested():
                _settle(session, actor, course, person, choices[remote], now=now, today=today)
        except WrongState as refusal:
            done.problems.append(f"{row.here or row.name}: {refusal.sentence}")
        else:
            done.settled.add(remote)
    session.flush()
    return done


def _chosen(session: Session, group: TrainingGroup, choices: Mapping[str, str]) -> dict[str, int]:
    """Raises Invalid."""
    numbers = {remote: one for remote, one in choices.items() if one.isascii() and one.isdecimal()}
    seats = {
        str(one) for one in session.scalars(select(Enrolment.staff_member_id).where(Enrolment.group_id == group.id))
    }
    if not seats.issuperset(numbers.values()):
        raise Invalid(NOT_HERE)
    return {remote: int(one) for remote, one in numbers.items()}


def _fits(row: TakenRow, choice: str) -> bool:
    wanted = TakenState.WAITING if choice == IGNORE else TakenState.CONFLICT
    return row.state is wanted and choice in {IGNORE, THEIRS, OURS}


def _settle(
    session: GuardedSession,
    actor: Actor,
    course: LearningCourse,
    person: LearningPerson,
    choice: str,
    *,
    now: datetime,
    today: date,
) -> None:
    """Raises WrongState."""
    if choice == IGNORE:
        learning_decision.ignore(session, actor, person, version=person.version, now=now)
        return
    found = session.scalars(
        select(LearningOutcome).where(LearningOutcome.course_id == course.id, LearningOutcome.person_id == person.id)
    ).one()
    if choice == THEIRS:
        learning_decision.take_theirs(session, actor, found, mark=None, now=now, today=today)
    else:
        learning_decision.keep_ours(session, actor, found, mark=None, now=now)


def _is_ignored(person: LearningPerson | None) -> bool:
    return person is not None and person.is_ignored


def _seated(session: Session, group: TrainingGroup) -> list[tuple[int, EnrolmentStatus, int, str]]:
    """Enrolment, its state, the person and their name: whoever holds a seat of the group, by name."""
    rows = session.execute(
        select(Enrolment.id, Enrolment.status, StaffMember)
        .join(StaffMember, StaffMember.id == Enrolment.staff_member_id)
        .where(Enrolment.group_id == group.id, or_(*(Enrolment.status == one for one in sorted(SEATED_STATUSES))))
        .order_by(StaffMember.search, Enrolment.id)
    )
    return [(number, status, person.id, person.label) for number, status, person in rows]


def _site(session: Session, group: TrainingGroup) -> LearningSite | None:
    return session.scalar(
        select(LearningSite).where(LearningSite.org_unit_id == group.org_unit_id, LearningSite.address == "")
    )


def _course(session: Session, group: TrainingGroup) -> LearningCourse | None:
    return session.scalar(
        select(LearningCourse)
        .join(LearningSite, LearningSite.id == LearningCourse.site_id)
        .where(
            LearningSite.org_unit_id == group.org_unit_id,
            LearningSite.address == "",
            LearningCourse.remote_id == remote_id_of(group),
        )
    )


def _unwritten(group: TrainingGroup, site: LearningSite | None) -> LearningCourse:
    return LearningCourse(
        org_unit_id=group.org_unit_id,
        site_id=site.id if site is not None else None,
        remote_id=remote_id_of(group),
        title=group.title,
        group_id=group.id,
    )


def _written(session: Session, group: TrainingGroup) -> LearningCourse:
    site = _site(session, group)
    if site is None:
        site = LearningSite(org_unit_id=group.org_unit_id, title=SITE_TITLE)
        session.add(site)
        session.flush()
    course = _unwritten(group, site)
    session.add(course)
    session.flush()
    return course
