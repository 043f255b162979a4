"""What is said of sites, courses, people and outcomes: their states as SQL, as words and as badges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, case, func, or_, select

from app.admin.listing import Cell, Option
from app.models import LearningCourse, LearningOutcome, LearningPerson, LearningSite
from app.models.enumeration_of_training import EnrolmentStatus
from app.models.search_text import folded

# The number of each state is its turn in the list: what waits for a person stands first.
SITE_STATES = {
    "problem": "не читается",
    "keyless": "нет ключа",
    "new": "ещё не читался",
    "ok": "читается",
    "files": "из файлов",
    "off": "отключён",
}
PERSON_STATES = {"waiting": "не узнан", "known": "узнан", "ignored": "не слушатель"}
OUTCOME_STATES = {
    "conflict": "расходится",
    "unknown": "не узнан",
    "obstacle": "не взято",
    "kept": "оставлено здешнее",
    "taken": "записано",
    "studying": "ещё учится",
    "ignored": "не слушатель",
}

SITE_STATE: ColumnElement[str] = case(
    (LearningSite.is_active.is_(False), "off"),
    (LearningSite.address == "", "files"),
    (LearningSite.problem != "", "problem"),
    (LearningSite.token_sealed == "", "keyless"),
    (LearningSite.pulled_at.is_(None), "new"),
    else_="ok",
)
PERSON_STATE: ColumnElement[str] = case(
    (LearningPerson.staff_member_id.is_not(None), "known"),
    (LearningPerson.is_ignored, "ignored"),
    else_="waiting",
)
# Past the scope by their tables, as the names of units are: numbers and labels of a row in scope.
COURSES = cast(Table, LearningCourse.__table__).alias("courses_counted")
PEOPLE = cast(Table, LearningPerson.__table__).alias("people_counted")
OUTCOMES = cast(Table, LearningOutcome.__table__).alias("outcomes_counted")


def _outcome_of(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Of a person of whom this holds."""
    return LearningOutcome.person_id.in_(select(PEOPLE.c.id).where(*conditions))


IS_WAITING = (PEOPLE.c.staff_member_id.is_(None), PEOPLE.c.is_ignored.is_(False))
OUTCOME_STATE: ColumnElement[str] = case(
    (LearningOutcome.is_in_conflict, "conflict"),
    (and_(LearningOutcome.enrolment_id.is_(None), _outcome_of(*IS_WAITING)), "unknown"),
    (and_(LearningOutcome.enrolment_id.is_(None), _outcome_of(PEOPLE.c.is_ignored)), "ignored"),
    (LearningOutcome.obstacle != "", "obstacle"),
    (LearningOutcome.told_passed.is_(False), "studying"),
    (
        and_(
            LearningOutcome.decided_at.is_not(None),
            or_(LearningOutcome.taken_at.is_(None), LearningOutcome.decided_at > LearningOutcome.taken_at),
        ),
        "kept",
    ),
    # By a reading, or by hand and the same.
    else_="taken",
)
# What waits for a person first.
OUTCOME_TURN = case({word: turn for turn, word in enumerate(OUTCOME_STATES, 1)}, value=OUTCOME_STATE, else_=9)


def waiting_of_site() -> Any:
    counted: Select[Any] = select(func.count(PEOPLE.c.id)).where(PEOPLE.c.site_id == LearningSite.id, *IS_WAITING)
    return counted.correlate(LearningSite).scalar_subquery()


def courses_of_site(*, tied: bool) -> Any:
    """Those that are read into a group, or all."""
    counted: Select[Any] = select(func.count(COURSES.c.id)).where(COURSES.c.site_id == LearningSite.id)
    if tied:
        counted = counted.where(COURSES.c.group_id.is_not(None))
    return counted.correlate(LearningSite).scalar_subquery()


def conflicts_of_site() -> Any:
    counted: Select[Any] = (
        select(func.count(OUTCOMES.c.id))
        .join(COURSES, COURSES.c.id == OUTCOMES.c.course_id)
        .where(COURSES.c.site_id == LearningSite.id, OUTCOMES.c.is_in_conflict)
    )
    return counted.correlate(LearningSite).scalar_subquery()


def waiting_of_course() -> Any:
    counted: Select[Any] = (
        select(func.count(OUTCOMES.c.id))
        .join(PEOPLE, PEOPLE.c.id == OUTCOMES.c.person_id)
        .where(OUTCOMES.c.course_id == LearningCourse.id, *IS_WAITING)
    )
    return counted.correlate(LearningCourse).scalar_subquery()


def outcomes_of_course(*conditions: ColumnElement[bool]) -> Any:
    counted: Select[Any] = select(func.count(OUTCOMES.c.id)).where(
        OUTCOMES.c.course_id == LearningCourse.id, *conditions
    )
    return counted.correlate(LearningCourse).scalar_subquery()


def state_badge(word: str, label: str) -> str:
    return f'<span class="badge s-learning-{word}">{label}</span>'


def state_cell(states: Mapping[str, str]) -> Cell:
    ready = {word: f"<td>{state_badge(word, label)}</td>" for word, label in states.items()}
    return lambda value, _row: ready[value]


def word_of(states: Mapping[str, str]) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in states:
            raise ValueError(raw)
        return raw

    return parse


def options_of(states: Mapping[str, str]) -> list[Option]:
    return [Option(word, label) for word, label in states.items()]


def count_link_cell(address: str, tone: str = "soon") -> Cell:
    """How many, as a link to them; `{id}` in the address is the row's number. Nothing to do is quiet."""

    def cell(value: int, row: Any) -> str:
        if not value:
            return '<td class="number quiet">0</td>'
        return f'<td class="number"><a class="term {tone}" href="{address.format(id=row.id)}">{value:d}</a></td>'

    return cell


def told_words(*, passed: bool, day: date | None, grade: str) -> str:
    """«завершил 18.11.2026, оценка 82», «учится, оценка 40», «учится»."""
    head = f"завершил {day:%d.%m.%Y}" if passed and day is not None else "завершил" if passed else "учится"
    return f"{head}, оценка {grade}" if grade else head


def here_words(status: EnrolmentStatus | None, day: date | None, grade: str | None) -> str:
    """The same of an enrolment."""
    if status is None:
        return ""
    head = f"{status.label} {day:%d.%m.%Y}" if day is not None else status.label
    return f"{head}, оценка {grade}" if grade else head


def same_words(one: str, other: str) -> bool:
    """«Анна Петровна Иванова» and «Иванова Анна Петровна»: nothing is told by saying both."""
    return sorted(folded(one).split()) == sorted(folded(other).split())
