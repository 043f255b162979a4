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

from app.excel.moodle_columns import ExportKind
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
from app.services.learning_file_people import FilePerson, name_key
from app.services.learning_take import Taken, TakenRow, TakenState
from app.services.learning_told import CourseTold, OutcomeTold, PersonTold

SITE_TITLE: Final = "Файлы из СДО"
NOT_KEEPER: Final = "Результаты потока вносит организация, которая проводит обучение, или регион."
NOT_HERE: Final = "Человека, которого вы выбрали, в потоке уже нет. Выберите другого и запишите ещё раз."
IGNORE: Final = "ignore"
RUNNING: Final = (GroupStatus.STUDYING, GroupStatus.FINISHED)
THEIRS, OURS = "theirs", "ours"
_AT_ONCE: Final = 500
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


def remote_id_of(group: TrainingGroup) -> str:
    return f"group:{group.id}"


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
    taking = _taking(people)
    told = _told(session, group, course, taking)
    remotes = [one.person.remote_id for one in told.outcomes]
    # Before the first file of a group: what was decided about its people in files of other groups.
    decided = _persons(session, site.id, remotes) if site is not None and course is None else {}
    known = {remote: one.staff_member_id for remote, one in decided.items() if one.staff_member_id is not None}
    written = course or _unwritten(group, site)
    rows = [
        replace(row, state=TakenState.IGNORED, candidates=()) if _is_ignored(decided.get(row.remote_id)) else row
        for row in learning_take.preview(session, actor, written, told, today=today, chosen=known)
    ]
    by_remote = {one.person.remote_id: person for one, person in zip(told.outcomes, taking, strict=True)}
    seated = _seated(session, group)
    met = {row.enrolment_id for row in rows}
    return Preview(
        tuple(rows),
        listed=tuple(one for one in people if one.key and one not in taking),
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
    told = _told(session, group, course, _taking(people))
    taken = learning_take.take(session, actor, course, told, now=now, today=today, chosen=chosen)
    course.pulled_at = course.seen_at = now
    done = Applied(taken)
    deciding = {row.remote_id: row for row in taken.rows if row.remote_id in choices}
    persons = _persons(session, course.site_id, list(deciding))
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


def _taking(people: Sequence[FilePerson]) -> list[FilePerson]:
    """Those whose results are told; of lists of participants alone, everybody."""
    known = [one for one in people if one.key]
    told = [one for one in known if one.stands_in(ExportKind.COMPLETION, ExportKind.ACTIVITIES, ExportKind.GRADES)]
    return told or known


def _told(
    session: GuardedSession, group: TrainingGroup, course: LearningCourse | None, people: Sequence[FilePerson]
) -> CourseTold:
    """In the order of `people`. What these files do not speak of stays as it was told last."""
    earlier, persons = _earlier(session, course, people)
    outcomes = []
    for one in people:
        person = earlier.get(one.key)
        last = persons.get(person.id) if person is not None else None
        completed_on, grade = one.completed_on, one.grade
        if last is not None and not one.stands_in(ExportKind.COMPLETION):
            completed_on = last.told_on if last.told_passed else None
        if last is not None and not one.stands_in(ExportKind.GRADES):
            grade = last.told_grade
        who = PersonTold(
            person.remote_id if person is not None else _remote_id(group, one),
            one.name,
            one.last_name,
            one.first_name,
            one.idnumber,
            one.email,
            one.institution,
            one.position,
            one.snils,
        )
        outcomes.append(OutcomeTold(who, completed_on is not None, completed_on, grade))
    # A teacher downloads what they see: whoever is not in the file has not left the course.
    return CourseTold(remote_id_of(group), group.title, tuple(outcomes), is_whole=False)


def _remote_id(group: TrainingGroup, person: FilePerson) -> str:
    """Numbers and bare names mean somebody within one course only: the unit may have several sites."""
    return person.key if person.key.startswith("email:") else f"{remote_id_of(group)}:{person.key}"


def _earlier(
    session: GuardedSession, course: LearningCourse | None, people: Sequence[FilePerson]
) -> tuple[dict[str, LearningPerson], dict[int, LearningOutcome]]:
    """People of earlier files by the key that they have in these, and what was told of them in this course."""
    if course is None:
        return {}, {}
    outcomes = {
        one.person_id: one
        for one in session.scalars(select(LearningOutcome).where(LearningOutcome.course_id == course.id))
    }
    emails = [f"email:{one.email}" for one in people if one.email]
    known: dict[int, LearningPerson] = {}
    for start in range(0, len(emails), _AT_ONCE):
        wanted = select(LearningPerson).where(
            LearningPerson.site_id == course.site_id, LearningPerson.remote_id.in_(emails[start : start + _AT_ONCE])
        )
        known |= {one.id: one for one in session.scalars(wanted)}
    of_course = select(LearningPerson).where(
        LearningPerson.id.in_(select(LearningOutcome.person_id).where(LearningOutcome.course_id == course.id))
    )
    known |= {one.id: one for one in session.scalars(of_course)}
    return _same_people(people, list(known.values()), course), outcomes


def _same_people(
    people: Sequence[FilePerson], known: Sequence[LearningPerson], course: LearningCourse
) -> dict[str, LearningPerson]:
    by_remote = {one.remote_id: one for one in known}
    by_email = {one.email: one for one in known if one.email}
    by_number = {one.idnumber: one for one in known if one.idnumber}
    by_name: dict[str, list[LearningPerson]] = {}
    for one in known:
        by_name.setdefault(name_key(FilePerson(full_name=one.full_name)), []).append(one)
    found: dict[str, LearningPerson] = {}
    used: set[int] = set()
    for person in people:
        named = by_name.get(name_key(person), [])
        only = named[0] if len(named) == 1 and _agrees(named[0], person) else None
        keys = (by_remote.get(person.key), by_remote.get(f"{course.remote_id}:{person.key}"))
        numbers = (by_email.get(person.email), by_number.get(person.idnumber))
        same = next((one for one in (*keys, *numbers, only) if one is not None and one.id not in used), None)
        if same is not None:
            found[person.key] = same
            used.add(same.id)
    return found


def _agrees(known: LearningPerson, person: FilePerson) -> bool:
    pairs = ((known.email, person.email), (known.idnumber, person.idnumber))
    return not any(mine and theirs and mine != theirs for mine, theirs in pairs)


def _is_ignored(person: LearningPerson | None) -> bool:
    return person is not None and person.is_ignored


def _persons(session: GuardedSession, site_id: int, remotes: Sequence[str]) -> dict[str, LearningPerson]:
    found: dict[str, LearningPerson] = {}
    for start in range(0, len(remotes), _AT_ONCE):
        wanted = select(LearningPerson).where(
            LearningPerson.site_id == site_id, LearningPerson.remote_id.in_(remotes[start : start + _AT_ONCE])
        )
        found |= {one.remote_id: one for one in session.scalars(wanted)}
    return found


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
