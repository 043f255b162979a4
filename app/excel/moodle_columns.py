"""Which report of Moodle a table is, and which of its columns say what: by words, else by where they stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from app.excel.cell_text import cleaned
from app.excel.heading_match import heading_folded
from app.excel.moodle_words import (
    GradeKind,
    grade_heading,
    is_course_completed,
    is_moment_of_export,
    is_of_quiz,
    is_total,
    person_key,
    progress_of,
)
from app.excel.table import CellInput, WorkbookRefused
from app.models.enumeration import Labelled


class ExportKind(Labelled):
    """In the words of Moodle's own menu."""

    COMPLETION = "completion", "Завершение курса"
    ACTIVITIES = "activities", "Выполнение элементов курса"
    GRADES = "grades", "Оценки"
    PARTICIPANTS = "participants", "Участники"


_WANTED: Final = (
    "Подойдут отчёты «Завершение курса», «Выполнение элементов курса», выгрузка «Оценки» и список «Участники» "
    "в .csv, .xlsx или .ods, такими, какими их отдаёт Moodle."
)
_OF_QUIZ: Final = (
    "Это отчёт об одном тесте: завершён ли курс, из него не видно. В Moodle откройте «Отчёты», «Завершение курса» "
    "и скачайте таблицу оттуда."
)
_UNKNOWN: Final = f"Это не отчёт Moodle о курсе: нужных заголовков в файле нет. {_WANTED}"
_HEADING_ROWS: Final = 20
_LOOKED_THROUGH: Final = 200
_STAMP: Final = re.compile(r"1\d{9}")
_NAMES: Final = frozenset({"full_name", "last_name", "first_name"})
_TOLD: Final = frozenset({"email", "idnumber", "groups"})
# Of the cells that say a state, those with words of Moodle's own.
_ENOUGH: Final = 0.5


@dataclass(frozen=True, slots=True)
class ExportColumns:
    """Positions from 0. `person` by key of `moodle_words`; `activities` are a state and its day, where one is told."""

    kind: ExportKind
    titles: tuple[str, ...]
    person: Mapping[str, int]
    activities: tuple[tuple[int, int | None], ...] = ()
    completed: int | None = None
    total: Mapping[str, int] = field(default_factory=dict)

    @property
    def completed_by(self) -> str:
        return "" if self.completed is None else self.titles[self.completed]

    @property
    def graded_by(self) -> str:
        """Per cent where they are told: highest points differ between people."""
        place = self.total.get(GradeKind.PERCENT.value, min(self.total.values(), default=None))
        return "" if place is None else self.titles[place]


def columns_of(rows: Sequence[Sequence[CellInput]]) -> tuple[int, ExportColumns]:
    """The place of the headings from 0, and the columns. Raises WorkbookRefused for another table."""
    is_of_a_quiz = False
    for place, cells in enumerate(rows[:_HEADING_ROWS]):
        titles = tuple(cleaned(cell) if isinstance(cell, str) else "" for cell in cells)
        person = _person(titles)
        if any(map(is_of_quiz, titles)) and _NAMES & set(person):
            is_of_a_quiz = True
            continue
        data = rows[place + 1 : place + 1 + _LOOKED_THROUGH]
        found = (
            _completion(titles, person)
            or _activities(titles, person, data)
            or _grades(titles, person, data)
            or _participants(titles, person)
        )
        if found is not None:
            return place, found
        if is_of_a_quiz:
            break
    raise WorkbookRefused(_OF_QUIZ if is_of_a_quiz else _UNKNOWN)


def _person(titles: Sequence[str]) -> dict[str, int]:
    """The first column of each kind."""
    found: dict[str, int] = {}
    for place, title in enumerate(titles):
        key = person_key(title)
        if key and key != "other":
            found.setdefault(key, place)
    return found


def _completion(titles: tuple[str, ...], person: Mapping[str, int]) -> ExportColumns | None:
    """«ID», a name, and either the words of the last column or pairs of «X» and «X - Дата завершения» before it."""
    pairs = _dated_pairs(titles)
    if not _NAMES & set(person) and person.get("account") == 0 and len(titles) > 1 and not person_key(titles[1]):
        person = {**person, "full_name": 1}
    if not _NAMES & set(person):
        return None
    named = next((place for place in range(len(titles) - 1, -1, -1) if is_course_completed(titles[place])), None)
    if named is None:
        # With the site's own words: after the last pair there is a column more.
        if not pairs or person.get("account") != 0 or pairs[-1][1] >= len(titles) - 1:
            return None
        named = len(titles) - 1
    return ExportColumns(ExportKind.COMPLETION, titles, person, pairs, completed=named)


def _dated_pairs(titles: Sequence[str]) -> tuple[tuple[int, int], ...]:
    return tuple(
        (place, place + 1)
        for place, (title, following) in enumerate(pairwise(titles))
        if title and following.startswith(f"{title} - ")
    )


def _activities(
    titles: tuple[str, ...], person: Mapping[str, int], data: Sequence[Sequence[CellInput]]
) -> ExportColumns | None:
    """Names without a heading (or with one), then pairs of an activity and a column of days without a heading."""
    if not titles or (titles[0] and "full_name" not in person):
        return None
    width = max((len(row) for row in data), default=0)
    padded = (*titles, *("" for _ in range(width - len(titles))))
    places = [
        place
        for place in range(1, len(padded) - 1)
        if padded[place] and not person_key(padded[place]) and not padded[place + 1]
    ]
    if len(padded) > 1 and padded[-1] and not person_key(padded[-1]) and len(padded) - 1 not in places:
        # Nobody has a day in the last one.
        places.append(len(padded) - 1)
    if not places:
        return None
    states = [row[place] for row in data for place in places if place < len(row) and row[place] is not None]
    known = sum(isinstance(state, str) and progress_of(state) is not None for state in states)
    if not states or known < _ENOUGH * len(states):
        return None
    # The names of an export head no column.
    people = dict(person) if "full_name" in person else {**person, "full_name": 0}
    pairs = tuple((place, place + 1 if place + 1 < len(padded) else None) for place in places)
    return ExportColumns(ExportKind.ACTIVITIES, padded, people, pairs)


def _grades(
    titles: tuple[str, ...], person: Mapping[str, int], data: Sequence[Sequence[CellInput]]
) -> ExportColumns | None:
    """Grades named «Тест:… (Значение)»; in the site's own words, before a last column that is one moment throughout."""
    if not _NAMES & set(person):
        return None
    graded = [(place, *grade_heading(title)) for place, title in enumerate(titles) if not person_key(title)]
    by_kind: dict[str, dict[str, int]] = {}
    for place, title, kind in graded:
        if kind is not None or is_total(title):
            by_kind.setdefault(heading_folded(title), {})[(kind or GradeKind.REAL).value] = place
    stamped = bool(titles) and (is_moment_of_export(titles[-1]) or _is_stamped(len(titles) - 1, data))
    if not by_kind and not stamped:
        return None
    total = next((by_kind[title] for title in by_kind if is_total(title)), None)
    if total is None and by_kind:
        # The total stands last.
        total = list(by_kind.values())[-1]
    if total is None:
        last = next((place for place, _, _ in reversed(graded) if place != len(titles) - 1), None)
        total = {} if last is None else {GradeKind.REAL.value: last}
    total.pop(GradeKind.FEEDBACK.value, None)
    return ExportColumns(ExportKind.GRADES, titles, person, total=total)


def _is_stamped(place: int, data: Sequence[Sequence[CellInput]]) -> bool:
    """Whether all rows have the same number of seconds here."""
    found = Counter(str(row[place]) if place < len(row) else "" for row in data if row)
    return len(found) == 1 and _STAMP.fullmatch(next(iter(found))) is not None


def _participants(titles: tuple[str, ...], person: Mapping[str, int]) -> ExportColumns | None:
    """First and last name (or one column of both) with something that tells people apart."""
    keys = set(person)
    if not ({"last_name", "first_name"} <= keys or "full_name" in keys) or not keys & _TOLD:
        return None
    return ExportColumns(ExportKind.PARTICIPANTS, titles, person)
