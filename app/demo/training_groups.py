"""Groups of the demo: two that finished, one that studies, two that fill up, one cancelled, one being prepared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import select

from app.demo.play import Play
from app.demo.region import HOME_SCHOOL
from app.demo.school_year import Days
from app.demo.timeline import DAY, Moment, workday
from app.demo.training_people import Staff
from app.models import Enrolment, TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, StudyForm, TrainingResult
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import (
    certificate_issue,
    enrolment,
    enrolment_application,
    enrolment_attendance,
    enrolment_order,
    training_group,
    training_group_course,
)
from app.services.enrolment_order import TypedResult
from app.services.training_group import TypedGroup

if TYPE_CHECKING:
    from app.demo.training import Studies

# Every how many-th school sends somebody to which group; what is left is «кто не обучен».
FIRST, SECOND, PRESENT, NEXT, SMALL = 0, 1, 2, 3, 4
SHARES = (FIRST, SECOND, FIRST, PRESENT, SECOND, NEXT, FIRST, SMALL, SECOND, PRESENT, FIRST)
ORDER_OF = "приказ ИРОСО № {}-уч (демонстрационный)"


@dataclass(frozen=True, slots=True)
class Course:
    """A group with its days; `before` and `after` are working days around it."""

    word: str
    title: str
    begins: date
    ends: date
    seats: int
    share: int


def plan(play: Play, days: Days, staff: Staff, studies: Studies) -> None:
    later = workday(days.ahead(14))
    courses = (
        Course("first", "Поток 1", days.ago(120), days.ago(111), 60, FIRST),
        Course("second", "Поток 2", days.ago(60), days.ago(51), 50, SECOND),
        Course("present", "Поток 3", days.ago(4), workday(days.ahead(8)), 35, PRESENT),
        Course("next", "Поток 4", later, later + 9 * DAY, 40, NEXT),
        Course("small", "Поток 5, выездной", later + 14 * DAY, later + 21 * DAY, 10, SMALL),
    )
    institute = play.someone(play.tree.providers[0])

    def at(ago: int, hour: int, actor: Actor, act: Callable[[GuardedSession, Actor, Moment], None]) -> None:
        play.timeline.plan(play.timeline.at(days.ago(ago), hour), actor, act)

    for course, opened in zip(courses, (150, 85, 28, 18, 16), strict=True):
        at(opened, 9, institute, partial(_open, studies, course))
        for place, town in enumerate(play.tree.schools):
            people = _people(play, staff, town, course.share)
            sender = play.someone(town)
            at(opened - 3 - place % 4, 10 + place % 6, sender, partial(_apply, studies, course, people))
    for course, begun, ended in ((courses[0], 120, 110), (courses[1], 60, 50)):
        at(begun + 3, 15, institute, partial(_enrol, studies, course))
        at(begun, 9, institute, partial(_start, studies, course))
        at(ended, 16, institute, partial(_finish, studies, course))
        at(ended - 2, 15, institute, partial(_issue, studies, course))
    at(6, 15, institute, partial(_enrol, studies, courses[2]))
    at(4, 9, institute, partial(_start, studies, courses[2]))
    at(2, 17, institute, partial(_attend, studies, courses[2]))
    at(3, 16, institute, partial(_refuse, studies))
    at(2, 16, play.someone(play.tree.municipalities["Корсаковский"]), partial(_withdraw, studies))
    at(1, 10, play.someone(play.tree.municipalities["Томаринский"]), partial(_plan, play, staff, studies))
    at(1, 15, institute, partial(_enrol_early, studies))
    at(25, 9, institute, partial(_cancelled, studies, days))
    at(1, 12, institute, partial(_draft, studies, days))


def _people(play: Play, staff: Staff, town: int, share: int) -> Callable[[], list[int]]:
    """One of each school whose turn it is: asked on the day, when the staff stands. The home school waits its turn."""

    def chosen() -> list[int]:
        found = []
        for place, unit in enumerate(play.tree.schools[town]):
            people = staff.of.get(unit, [])
            if people and unit != play.tree.named[HOME_SCHOOL] and SHARES[(unit + place) % len(SHARES)] == share:
                found.append(people[-1 if place % 3 == 0 else 0])
        return found

    return chosen


def _open(studies: Studies, course: Course, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    del moment
    typed = TypedGroup(
        next(iter(studies.programmes.values())),
        course.title,
        course.begins,
        course.ends,
        course.seats,
        form=StudyForm.MIXED,
        place="ИРОСО, аудитория 12",
        coordinator="методист кафедры управления",
    )
    group = training_group.create(session, actor, typed)
    for number, day in enumerate(_weekdays(course.begins, course.ends)[:4], start=1):
        training_group.add_session(session, actor, group, held_on=day, title=f"Занятие {number}", hours=9)
    training_group.open_group(session, actor, group)
    studies.groups[course.word] = group.id


def _weekdays(begins: date, ends: date) -> list[date]:
    days = [begins + number * DAY for number in range((ends - begins).days + 1)]
    return [day for day in days if workday(day) == day]


def _apply(  # noqa: PLR0917 - the first three are bound where the act is planned
    studies: Studies,
    course: Course,
    people: Callable[[], list[int]],
    session: GuardedSession,
    actor: Actor,
    moment: Moment,
) -> None:
    chosen = people()
    if chosen:
        group = session.get_one(TrainingGroup, studies.groups[course.word])
        enrolment_application.apply(session, actor, group, chosen, now=moment.now, today=moment.today)


def _of(session: GuardedSession, group: TrainingGroup, *statuses: EnrolmentStatus) -> Sequence[Enrolment]:
    rows = select(Enrolment).where(Enrolment.group_id == group.id, Enrolment.status.in_(statuses))
    return session.scalars(rows.order_by(Enrolment.id)).all()


def _enrol(studies: Studies, course: Course, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    group = session.get_one(TrainingGroup, studies.groups[course.word])
    applied = [(row.id, row.version) for row in _of(session, group, EnrolmentStatus.APPLIED)]
    act = ORDER_OF.format(40 + group.id)
    enrolment_order.enrol_many(session, actor, group, applied, act=act, day=moment.today)


def _enrol_early(studies: Studies, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """The first applicants of a group that still fills up."""
    group = session.get_one(TrainingGroup, studies.groups["next"])
    first = [(row.id, row.version) for row in _of(session, group, EnrolmentStatus.APPLIED)[:4]]
    enrolment_order.enrol_many(session, actor, group, first, act=ORDER_OF.format(60), day=moment.today)


def _start(studies: Studies, course: Course, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    del moment
    training_group_course.start(session, actor, session.get_one(TrainingGroup, studies.groups[course.word]))


def _attend(studies: Studies, course: Course, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    group = session.get_one(TrainingGroup, studies.groups[course.word])
    held = [day.id for day in training_group.sessions_of(session, group) if day.held_on <= moment.today]
    rows = _of(session, group, EnrolmentStatus.STUDYING)
    marks: dict[tuple[int, int], bool | None] = {
        (row.id, day): (place + number) % 9 != 0 for number, day in enumerate(held) for place, row in enumerate(rows)
    }
    if marks:
        enrolment_attendance.mark(session, actor, group, marks, today=moment.today)


def _finish(studies: Studies, course: Course, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """All but three pass: one left, one never came, one failed."""
    group = session.get_one(TrainingGroup, studies.groups[course.word])
    _attend(studies, course, session, actor, moment)
    gone, absent, failed, *others = _of(session, group, EnrolmentStatus.STUDYING)
    deeds = (("drop", gone, "По семейным обстоятельствам."), ("miss", absent, "Не приступил к занятиям."))
    for action, row, reason in deeds:
        chosen = [(row.id, row.version)]
        enrolment.act_many(session, actor, action, chosen, note=reason, now=moment.now, today=moment.today)
    results = {row.id: TypedResult(TrainingResult.PASSED, "", moment.today, row.version) for row in others}
    results[failed.id] = TypedResult(TrainingResult.FAILED, "итоговая работа не сдана", moment.today, failed.version)
    enrolment_order.set_results(session, actor, group, results, today=moment.today)
    enrolment.act_many(
        session,
        actor,
        "drop",
        [(failed.id, None)],
        note="Итоговая работа не сдана.",
        now=moment.now,
        today=moment.today,
    )


def _issue(studies: Studies, course: Course, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    group = session.get_one(TrainingGroup, studies.groups[course.word])
    done = [(row.id, row.version) for row in _of(session, group, EnrolmentStatus.COMPLETED)]
    if course.word == "second":
        # Two documents are still to be signed.
        done = done[:-2]
    numbers = certificate_issue.proposed_number(session, actor, group, today=moment.today)
    certificate_issue.issue(
        session, actor, group, done, numbers=numbers, issued_on=moment.today, now=moment.now, today=moment.today
    )
    if course.word == "first":
        training_group_course.finish(session, actor, group, today=moment.today)


def _refuse(studies: Studies, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    group = session.get_one(TrainingGroup, studies.groups["next"])
    chosen = [(row.id, row.version) for row in _of(session, group, EnrolmentStatus.APPLIED)[:1]]
    reason = "Обучен по этой программе в прошлом году."
    enrolment.act_many(session, actor, "refuse", chosen, note=reason, now=moment.now, today=moment.today)


def _withdraw(studies: Studies, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    group = session.get_one(TrainingGroup, studies.groups["next"])
    rows = _of(session, group, EnrolmentStatus.APPLIED, EnrolmentStatus.WAITING)[:1]
    if rows:
        chosen = [(row.id, row.version) for row in rows]
        reason = "Работник на больничном."
        enrolment.act_many(session, actor, "withdraw", chosen, note=reason, now=moment.now, today=moment.today)


def _plan(play: Play, staff: Staff, studies: Studies, session: GuardedSession, actor: Actor, moment: Moment) -> None:  # noqa: PLR0917 - the first three are bound
    """The municipality notes whom the home school should send."""
    group = session.get_one(TrainingGroup, studies.groups["next"])
    people = staff.of[play.tree.named[HOME_SCHOOL]][:1]
    enrolment_application.plan(session, actor, group, people, now=moment.now, today=moment.today)


def _cancelled(studies: Studies, days: Days, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    begins = workday(days.ahead(5))
    typed = TypedGroup(studies.programmes["agreed"], "Поток переподготовки", begins, begins + 90 * DAY, 15)
    group = training_group.create(session, actor, typed)
    training_group.open_group(session, actor, group)
    training_group_course.cancel(session, actor, group, note="Набралось меньше пяти заявок.", today=moment.today)


def _draft(studies: Studies, days: Days, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    del moment
    begins = workday(days.ahead(75))
    main = next(iter(studies.programmes.values()))
    training_group.create(session, actor, TypedGroup(main, "Поток 6 (готовится)", begins, begins + 9 * DAY, 25))
