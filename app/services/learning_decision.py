"""Decisions that a person makes: who somebody of the platform is, and whose result stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import or_, select

from app.models import Enrolment, LearningCourse, LearningOutcome, LearningPerson, StaffMember, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, TrainingResult
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, NotFound, WrongState
from app.services import enrolment, learning_record
from app.services.enrolment_access import Held, fresh, hold, names_of
from app.services.enrolment_order import TypedResult, write_result
from app.services.learning_judgement import TakenState, present_of, told_of
from app.services.learning_take import note_of, take_stored

MEANWHILE = "Запись тем временем изменили: посмотрите, что изменилось, и повторите, если нужно."
NO_ENROLMENT = "Человека нет в потоке: решать нечего."
NO_CONFLICT = "Расхождения уже нет."
WITH_DOCUMENT = "Документ уже выдан: чтобы записать другой результат, сначала аннулируйте документ."


def the_person(session: GuardedSession, person_id: int) -> LearningPerson:
    """Raises NotFound outside the scope."""
    found = session.get(LearningPerson, person_id)
    if found is None:
        raise NotFound
    return found


def the_outcome(session: GuardedSession, outcome_id: int) -> LearningOutcome:
    """Raises NotFound outside the scope."""
    found = session.get(LearningOutcome, outcome_id)
    if found is None:
        raise NotFound
    return found


def hold_groups(session: GuardedSession, *, people: Collection[int] = (), outcomes: Collection[int] = ()) -> None:
    """The groups of which these were told, before the rows themselves: a reading holds the group first, and whoever
    came the other way round would wait for it while it waits for them.
    """
    session.flush()
    groups = (
        select(LearningCourse.group_id)
        .join(LearningOutcome, LearningOutcome.course_id == LearningCourse.id)
        .where(or_(LearningOutcome.person_id.in_(people), LearningOutcome.id.in_(outcomes)))
    )
    wanted = select(TrainingGroup.id).where(TrainingGroup.id.in_(groups)).order_by(TrainingGroup.id)
    session.scalars(wanted.with_for_update()).all()


def known_as(
    session: GuardedSession,
    actor: Actor,
    person: LearningPerson,
    staff_member_id: int,
    *,
    version: int | None,
    now: datetime,
    today: date,
) -> str:
    """From now on this is that person; what was told of them already is taken at once. What was done, as a sentence.

    Raises NotPermitted, NotFound, WrongState where another person of the site is already that one, Conflict.
    """
    actor.require(Permission.LEARNING_SITE_WRITE)
    hold_groups(session, people={person.id})
    session.refresh(person)
    _require_version(person, version)
    card = session.get(StaffMember, staff_member_id)
    if card is None:
        raise NotFound
    same = select(LearningPerson).where(
        LearningPerson.site_id == person.site_id,
        LearningPerson.staff_member_id == card.id,
        LearningPerson.id != person.id,
    )
    other = session.scalars(same.limit(1)).first()
    if other is not None:
        raise WrongState(f"{card.label} — это уже «{other.label}» в той же СДО: сначала верните то решение.")
    learning_record.decide(person, actor, now, card.id)
    person.pending_action = ("change", f"Решено: {card.label}")
    session.flush()
    told = [f"{person.label} — это {card.label}."]
    if actor.may(Permission.ENROLMENT_KEEP):
        told += _take(session, actor, person, now, today)
    return " ".join(told)


def ignore(session: GuardedSession, actor: Actor, person: LearningPerson, *, version: int | None, now: datetime) -> str:
    """Nobody's concern here: asked about no more. Raises NotPermitted, Conflict."""
    actor.require(Permission.LEARNING_SITE_WRITE)
    _require_version(person, version)
    learning_record.decide(person, actor, now, None)
    person.is_ignored = True
    person.pending_action = ("change", "Решено: не учитывать")
    _forget(session, person)
    session.flush()
    return f"{person.label}: больше не учитывается."


def open_again(
    session: GuardedSession, actor: Actor, person: LearningPerson, *, version: int | None, now: datetime
) -> str:
    """Undecided again: the next reading seeks the person anew. Raises NotPermitted, Conflict."""
    actor.require(Permission.LEARNING_SITE_WRITE)
    _require_version(person, version)
    learning_record.decide(person, actor, now, None)
    person.pending_action = ("change", "Решение снято")
    _forget(session, person)
    session.flush()
    return f"{person.label}: решение снято. То, что уже записано в поток, осталось."


def mark_of(outcome: LearningOutcome, enrolment_version: int | None) -> str:
    """What was shown when somebody decided: changes with what the platform tells and with the enrolment."""
    return f"{outcome.told_at.timestamp():.0f}-{enrolment_version or 0}"


def take_theirs(
    session: GuardedSession, actor: Actor, outcome: LearningOutcome, *, mark: str | None, now: datetime, today: date
) -> str:
    """The enrolment gets what the platform says. Raises NotPermitted, WrongState with what is in the way, Conflict."""
    held, record = _held(session, actor, outcome, mark)
    told = told_of(outcome)
    if record.status is EnrolmentStatus.CERTIFIED:
        raise WrongState(WITH_DOCUMENT)
    course = session.get(LearningCourse, outcome.course_id)
    note = note_of(session, course) if course is not None else ""
    if told.passed:
        typed = TypedResult(TrainingResult.PASSED, told.grade or record.grade, told.on)
        write_result(actor, held, record, typed, today, note=note)
    else:
        reason = f"{note}: завершение отменено"
        [verdict] = enrolment.act_many(session, actor, "reopen", [(record.id, None)], note=reason, now=now, today=today)
        if not verdict.ok:
            raise WrongState(verdict.sentence)
    learning_record.took(outcome, told, now)
    outcome.is_in_conflict, outcome.obstacle = False, ""
    outcome.decided_by, outcome.decided_at = actor.user_name, now
    outcome.pending_action = ("change", "Решено: взять из СДО")
    session.flush()
    return f"{record.label}: взято из СДО — {told.words}."


def keep_ours(
    session: GuardedSession, actor: Actor, outcome: LearningOutcome, *, mark: str | None, now: datetime
) -> str:
    """What stands here stays until the platform says something else. Raises NotPermitted, WrongState, Conflict."""
    _, record = _held(session, actor, outcome, mark)
    outcome.is_in_conflict, outcome.obstacle = False, ""
    outcome.decided_by, outcome.decided_at = actor.user_name, now
    outcome.pending_action = ("change", "Решено: оставить здешнее")
    session.flush()
    return f"{record.label}: оставлено здешнее — {present_of(record).words}."


def _held(session: GuardedSession, actor: Actor, outcome: LearningOutcome, mark: str | None) -> tuple[Held, Enrolment]:
    actor.require(Permission.ENROLMENT_KEEP)
    found = session.get(Enrolment, outcome.enrolment_id) if outcome.enrolment_id is not None else None
    if found is None:
        raise WrongState(NO_ENROLMENT)
    group = session.get(TrainingGroup, found.group_id)
    if group is None:
        raise NotFound
    held = hold(session, group)
    held.enrolments = fresh(session, held.group, {found.id})
    session.refresh(outcome)
    if mark is not None and mark != mark_of(outcome, found.version):
        raise Conflict(MEANWHILE)
    if not outcome.is_in_conflict:
        raise WrongState(NO_CONFLICT)
    found.label = names_of(session, {found.staff_member_id})[found.staff_member_id]
    return held, found


def _take(session: GuardedSession, actor: Actor, person: LearningPerson, now: datetime, today: date) -> list[str]:
    """From every course that is read into a group and told of the person."""
    courses = session.scalars(
        select(LearningCourse)
        .join(LearningOutcome, LearningOutcome.course_id == LearningCourse.id)
        .where(LearningOutcome.person_id == person.id, LearningCourse.group_id.is_not(None))
        .order_by(LearningCourse.group_id, LearningCourse.id)
    ).all()
    said = []
    for course in courses:
        for row in take_stored(session, actor, course, now=now, today=today, person_ids={person.id}).rows:
            word = "" if row.state is TakenState.NOT_YET else row.sentence
            said.append(f"«{course.label}»: {row.state.label}. {word}".strip())
    return said


def _forget(session: GuardedSession, person: LearningPerson) -> None:
    for one in session.scalars(select(LearningOutcome).where(LearningOutcome.person_id == person.id)):
        one.enrolment_id, one.is_in_conflict, one.obstacle = None, False, ""
        learning_record.forget_taken(one)


def _require_version(person: LearningPerson, version: int | None) -> None:
    if version is not None and person.version != version:
        raise Conflict(MEANWHILE)
