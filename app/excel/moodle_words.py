"""Words by which the exports of Moodle are known, in Russian and English; a site may put its own in their place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from app.excel.heading_match import heading_folded, homoglyph_folded
from app.models.enumeration import Labelled

# Columns that tell who somebody is, by what they are called in 3.x to 4.x.
_PERSON: Final[Mapping[str, Sequence[str]]] = {
    "account": ("ID", "Идентификатор", "User ID", "ID пользователя"),
    "full_name": (
        *("Название", "Name", "Полное имя", "Full name", "ФИО", "Имя и фамилия", "Имя / Фамилия", "Имя/Фамилия"),
        *("Фамилия / Имя", "First name / Last name", "First name / Surname", "Last name / First name", "Пользователь"),
        *("User", "User full name", "Имя пользователя / Полное имя", "Фамилия Имя Отчество", "Фамилия, имя, отчество"),
    ),
    "first_name": ("Имя", "First name", "Firstname"),
    "last_name": ("Фамилия", "Last name", "Lastname", "Surname"),
    "middle_name": ("Отчество", "Отчество или второе имя", "Второе имя", "Middle name"),
    "email": (
        *("Адрес электронной почты", "Электронная почта", "Эл. почта", "Email address", "Email", "E-mail", "Почта"),
    ),
    "idnumber": (
        *("Индивидуальный номер", "Идентификационный номер", "ID-номер", "Номер ID", "ID number", "Idnumber"),
    ),
    "institution": ("Учреждение (организация)", "Учреждение", "Организация", "Institution"),
    "position": ("Должность", "Position", "Job title"),
    "snils": ("СНИЛС", "Номер СНИЛС", "SNILS"),
    "groups": ("Группы", "Группа", "Groups", "Group"),
    "other": (
        *("Отдел", "Department", "Логин", "Username", "Телефон", "Phone", "Phone number", "Мобильный телефон", "Роли"),
        *("Mobile phone", "Город", "City/town", "Страна", "Country", "Последний доступ к курсу", "Роль", "Roles"),
        *("Last access to course", "Состояние записи", "Status", "Адрес", "Address", "Имя пользователя"),
    ),
}
_KEYS: Final = {heading_folded(word): key for key, words in _PERSON.items() for word in words}

_COMPLETED: Final = frozenset(
    map(
        heading_folded,
        (
            "Курс завершен",
            "Курс пройден",
            "Завершение курса",
            "Course complete",
            "Course completed",
            "Course completion",
        ),
    )
)
_TOTALS: Final = ("Итоговая оценка за курс", "Итог за курс", "Итого за курс", "Course total")
_TOTAL: Final = frozenset(map(heading_folded, _TOTALS))
_DOWNLOADED: Final = frozenset(
    map(
        heading_folded,
        (
            "Последние загруженные из этого курса",
            "Последняя загрузка из этого курса",
            "Last downloaded from this course",
        ),
    )
)
_QUIZ: Final = re.compile(
    "|".join(
        map(heading_folded, ("тест начат", "затраченное время", "started on", "time taken", "duration")),
    )
    + r"|(?:"
    + "|".join(map(heading_folded, ("оценка", "grade")))
    + r")/\d.*"
)
_BRACKET: Final = re.compile(r"(.*\S)\s*\(([^()]+)\)\s*", re.DOTALL)

_FAILED: Final = tuple(map(homoglyph_folded, ("ниже проходного", "did not achieve", "не достигнут", "failed", "fail)")))
_UNDONE: Final = tuple(
    map(homoglyph_folded, ("не ", "not ", "incomplete", "в процессе", "in progress", "-", "–", "нет"))
)
_DONE: Final = tuple(map(homoglyph_folded, ("выполнен", "завершен", "completed", "complete", "пройден", "да", "yes")))


class GradeKind(Labelled):
    """In what a column of the grade export tells a grade."""

    REAL = "real", "баллы"
    PERCENT = "percent", "проценты"
    LETTER = "letter", "буква"
    FEEDBACK = "feedback", "отзыв"


_GRADES: Final = {
    heading_folded(word): kind
    for kind, words in {
        GradeKind.REAL: ("Значение", "Реальные", "Реальная", "Баллы", "Real"),
        GradeKind.PERCENT: ("Проценты", "Процент", "Percentage"),
        GradeKind.LETTER: ("Буква", "Буквы", "Letter"),
        GradeKind.FEEDBACK: ("Отзыв", "Комментарий", "Feedback"),
    }.items()
    for word in words
}


class Progress(Labelled):
    """What an activity's state says."""

    DONE = "done", "выполнено"
    FAILED = "failed", "ниже проходного балла"
    NOT_YET = "not_yet", "не выполнено"


def person_key(heading: str) -> str:
    """Which column about a person this heads; empty for every other."""
    return _KEYS.get(heading_folded(heading), "") if heading else ""


def is_course_completed(heading: str) -> bool:
    return heading_folded(heading) in _COMPLETED


def is_total(title: str) -> bool:
    return heading_folded(title) in _TOTAL


def is_moment_of_export(heading: str) -> bool:
    return heading_folded(heading) in _DOWNLOADED


def is_of_quiz(heading: str) -> bool:
    return _QUIZ.fullmatch(heading_folded(heading)) is not None


def grade_heading(heading: str) -> tuple[str, GradeKind | None]:
    """What is graded, and in what; None for a heading that says neither."""
    found = _BRACKET.fullmatch(heading)
    kind = _GRADES.get(heading_folded(found[2])) if found is not None else None
    return (found[1], kind) if found is not None and kind is not None else (heading, None)


def progress_of(status: str) -> Progress | None:
    """None for words of the site's own. «Выполнено (оценка ниже проходного балла)» is failed for all its beginning."""
    folded = homoglyph_folded(status)
    if any(word in folded for word in _FAILED):
        return Progress.FAILED
    if folded.startswith(_UNDONE):
        return Progress.NOT_YET
    return Progress.DONE if folded.startswith(_DONE) else None
