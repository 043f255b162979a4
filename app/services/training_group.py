"""Training groups (потоки): made as drafts by the provider, opened for applications, and their days of lessons.

What happens to an opened group (start, finish, resume, cancel) stands in training_group_course.py.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.models import Attendance, LearningCourse, LtiCourse, Programme, TrainingGroup, TrainingSession
from app.models.enumeration_of_training import GroupStatus, ProgrammeStatus, StudyForm
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services.group_seats import Seats, seats, seats_held
from app.services.programme import USABLE
from app.services.training_group_course import cancel, finish, resume, start
from app.workflows.training_group import WORKFLOW, by_provider

__all__ = [
    "ENDED",
    "USABLE",
    "Seats",
    "TypedGroup",
    "add_session",
    "cancel",
    "change",
    "create",
    "delete_draft",
    "differences",
    "finish",
    "group_of",
    "may_keep",
    "open_group",
    "programmes_to_choose",
    "remove_session",
    "require_keeper",
    "resume",
    "seats",
    "sessions_of",
    "start",
]

STALE = "Поток успели изменить: ниже то, что сохранено сейчас, и то, что ввели вы."
LONGEST_TITLE, LONGEST_WORDS, LONGEST_NOTE, MOST_SEATS = 300, 500, 10_000, 10_000
MOST_HOURS_A_DAY = 24
ENDED = frozenset({GroupStatus.FINISHED, GroupStatus.CANCELLED})


@dataclass(frozen=True, slots=True)
class TypedGroup:
    """A group as a person gives it."""

    programme_id: int
    title: str
    starts_on: date
    ends_on: date
    seats: int
    apply_until: date | None = None
    form: StudyForm = StudyForm.FULL_TIME
    place: str = ""
    coordinator: str = ""
    note: str = ""


def create(session: Session, actor: Actor, typed: TypedGroup) -> TrainingGroup:
    """A draft of the programme's provider. One that the region makes for a provider is open from the start: a
    provider's draft is seen by the provider alone. Raises Invalid at the field.
    """
    actor.require(Permission.GROUP_WRITE)
    programme = _programme(session, actor, typed.programme_id)
    for_other = programme.org_unit_id != actor.unit_id
    if for_other:
        require_usable(programme)
    made = TrainingGroup(org_unit_id=programme.org_unit_id, status=GroupStatus.OPEN if for_other else GroupStatus.DRAFT)
    _put(made, typed)
    session.add(made)
    session.flush()
    return made


def change(session: Session, actor: Actor, group: TrainingGroup, *, version: int, typed: TypedGroup) -> None:
    """Raises Conflict where somebody saved since `version`, WrongState after the end, Invalid at the field."""
    require_keeper(actor, group)
    _require_going(group)
    if group.version != version:
        raise Conflict(STALE)
    if typed.programme_id != group.programme_id:
        if group.status is not GroupStatus.DRAFT:
            raise Invalid("Набор открыт: программу потока уже не сменить.", field="programme_id")
        if _programme(session, actor, typed.programme_id).org_unit_id != group.org_unit_id:
            raise Invalid("Эта программа другой организации.", field="programme_id")
    taken = seats_held(session, group.id).taken
    if typed.seats < taken:
        raise Invalid(f"Занято мест: {taken}. Меньше сделать нельзя, пока не освободятся.", field="seats")
    _check_days_fit(session, group, typed)
    _put(group, typed)
    session.flush()


def open_group(session: Session, actor: Actor, group: TrainingGroup) -> None:
    """For applications. Raises WrongState while the programme is not agreed."""
    WORKFLOW.require("open", group, actor)
    require_usable(session.get_one(Programme, group.programme_id))
    WORKFLOW.apply("open", group, actor)
    session.flush()


def delete_draft(session: Session, actor: Actor, group: TrainingGroup) -> None:
    """With its days; nobody else has seen it. The journal keeps what was deleted."""
    require_keeper(actor, group)
    if group.status is not GroupStatus.DRAFT:
        raise WrongState("Удалить можно только черновик; открытый поток отменяют с указанием причины.")
    for one in sessions_of(session, group):
        session.delete(one)
    for course in session.scalars(select(LearningCourse).where(LearningCourse.group_id == group.id)):
        course.group_id = None
    for roster in session.scalars(select(LtiCourse).where(LtiCourse.group_id == group.id)):
        session.delete(roster)
    session.flush()
    session.delete(group)
    session.flush()


# ── days ─────────────────────────────────────────────────────────────────────────────────────────────────


def sessions_of(session: Session, group: TrainingGroup) -> list[TrainingSession]:
    """The days of lessons in their order."""
    days = select(TrainingSession).where(TrainingSession.group_id == group.id)
    return list(session.scalars(days.order_by(TrainingSession.held_on, TrainingSession.id)))


def add_session(
    session: Session, actor: Actor, group: TrainingGroup, *, held_on: date, title: str = "", hours: int = 0
) -> TrainingSession:
    """A day of lessons within the dates of the group. Raises Invalid at `held_on`, `title`, `hours`."""
    require_keeper(actor, group)
    _require_going(group)
    if not group.starts_on <= held_on <= group.ends_on:
        raise Invalid(
            f"Поток идёт с {group.starts_on:%d.%m.%Y} по {group.ends_on:%d.%m.%Y}: укажите день между ними.",
            field="held_on",
        )
    if not 0 <= hours <= MOST_HOURS_A_DAY:
        raise Invalid("Часы за день – от 0 до 24.", field="hours")
    words = _words(title, "title")
    if any(one.held_on == held_on and one.title == words for one in sessions_of(session, group)):
        raise Invalid("Такое занятие в этот день уже есть.", field="held_on")
    made = TrainingSession(group_id=group.id, held_on=held_on, title=words, hours=hours)
    session.add(made)
    session.flush()
    return made


def remove_session(session: Session, actor: Actor, group: TrainingGroup, session_id: int) -> None:
    """Raises WrongState where attendance is marked against the day."""
    require_keeper(actor, group)
    _require_going(group)
    day = session.get(TrainingSession, session_id)
    if day is None or day.group_id != group.id:
        raise NotFound
    marks = session.scalar(select(func.count(Attendance.id)).where(Attendance.session_id == day.id))
    if marks:
        raise WrongState(f"За этот день отмечена посещаемость (отметок: {marks}). Сначала снимите отметки.")
    session.delete(day)
    session.flush()


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────


def require_keeper(actor: Actor, group: TrainingGroup) -> None:
    actor.require(Permission.GROUP_WRITE)
    refused = by_provider(group, actor)
    if refused is not None:
        raise NotPermitted(refused)


def may_keep(actor: Actor, group: TrainingGroup) -> bool:
    return actor.may(Permission.GROUP_WRITE) and by_provider(group, actor) is None


def require_usable(programme: Programme) -> None:
    """People are trained by what the ministry has agreed."""
    if programme.status not in USABLE:
        raise WrongState(
            f"Программа «{programme.title}» сейчас «{programme.status.label}»: набор открывают по согласованной."
        )


def group_of(session: Session, group_id: int) -> TrainingGroup:
    """The group, or NotFound."""
    group = session.get(TrainingGroup, group_id)
    if group is None:
        raise NotFound
    return group


def programmes_to_choose(session: Session, actor: Actor, group: TrainingGroup | None = None) -> list[Programme]:
    """By which the actor may make a group: a provider by its own, the region by those agreed for its providers too."""
    found = session.scalars(
        select(Programme)
        .where(Programme.status != ProgrammeStatus.EXCLUDED)
        .where(or_(Programme.org_unit_id == actor.unit_id, Programme.status.in_(USABLE)))
        .order_by(Programme.title, Programme.id)
    )
    return [one for one in found if group is None or one.org_unit_id == group.org_unit_id]


def differences(group: TrainingGroup, typed: TypedGroup) -> list[tuple[str, object, object]]:
    """Fields whose saved value differs from what was typed: name, saved, typed."""
    pairs = [(one.name, getattr(group, one.name), getattr(typed, one.name)) for one in fields(TypedGroup)]
    return [(name, saved, given) for name, saved, given in pairs if saved != given]


def _programme(session: Session, actor: Actor, programme_id: int) -> Programme:
    if programme_id not in {one.id for one in programmes_to_choose(session, actor)}:
        raise Invalid("Выберите программу из списка.", field="programme_id")
    return session.get_one(Programme, programme_id)


def _require_going(group: TrainingGroup) -> None:
    if group.status in ENDED:
        raise WrongState(f"Поток {group.status.label}: в нём ничего не меняется.")


def _check_days_fit(session: Session, group: TrainingGroup, typed: TypedGroup) -> None:
    outside = [one for one in sessions_of(session, group) if not typed.starts_on <= one.held_on <= typed.ends_on]
    if outside:
        first = outside[0].held_on
        raise Invalid(f"Занятие {first:%d.%m.%Y} оказалось бы вне потока: сначала уберите его.", field="starts_on")


def _put(group: TrainingGroup, typed: TypedGroup) -> None:
    title = _words(typed.title, "title", LONGEST_TITLE)
    if not title:
        raise Invalid("Назовите поток, например «Поток 1, март 2027».", field="title")
    if typed.ends_on < typed.starts_on:
        raise Invalid("Окончание раньше начала: исправьте одну из дат.", field="ends_on")
    if typed.apply_until is not None and typed.apply_until > typed.ends_on:
        raise Invalid("Заявки принимают не позже окончания потока.", field="apply_until")
    if not 0 < typed.seats <= MOST_SEATS:
        raise Invalid("Мест – от 1 до 10 000.", field="seats")
    group.programme_id, group.title, group.seats, group.form = typed.programme_id, title, typed.seats, typed.form
    group.starts_on, group.ends_on, group.apply_until = typed.starts_on, typed.ends_on, typed.apply_until
    group.place, group.coordinator = _words(typed.place, "place"), _words(typed.coordinator, "coordinator")
    if len(typed.note) > LONGEST_NOTE:
        raise Invalid("Примечание не длиннее 10 000 знаков.", field="note")
    group.note = typed.note.replace("\x00", "").strip()


def _words(typed: str, field: str, longest: int = LONGEST_WORDS) -> str:
    words = " ".join(typed.replace("\x00", "").split())
    if len(words) > longest:
        raise Invalid(f"Не длиннее {longest} знаков.", field=field)
    return words
