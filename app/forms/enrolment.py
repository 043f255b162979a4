"""What people type about trainees: a reason, the order that enrols, results by the row, the numbers of documents."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from werkzeug.datastructures import MultiDict
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from app.forms.base import TypedForm
from app.forms.order import Day
from app.models.enumeration_of_training import TrainingResult
from app.services.certificate_details import LONGEST_NUMBER
from app.services.certificate_issue import Numbers
from app.services.enrolment_access import LONGEST_REASON
from app.services.enrolment_order import LONGEST_ACT, TypedResult

TOO_LONG = "Слишком длинно: не больше %(max)d знаков."


class ReasonForm(TypedForm):
    note = TextAreaField(
        "Причина",
        validators=[
            DataRequired("Напишите причину: её увидит организация."),
            Length(max=LONGEST_REASON, message=TOO_LONG),
        ],
    )


class EnrolForm(TypedForm):
    act = StringField(
        "Приказ о зачислении",
        description="Номер и дата: «приказ № 45-сл от 30.11.2026».",
        validators=[
            DataRequired("Укажите приказ о зачислении: номер и дату."),
            Length(max=LONGEST_ACT, message=TOO_LONG),
        ],
    )
    day = Day("Зачислить с", validators=[InputRequired("Укажите день зачисления.")])


class IssueForm(TypedForm):
    issued_on = Day("Дата выдачи", validators=[InputRequired("Укажите дату выдачи.")])
    series = StringField("Серия", validators=[Length(max=LONGEST_NUMBER, message=TOO_LONG)])
    number = StringField(
        "Первый номер",
        description="Следующие считаются от него подряд.",
        validators=[InputRequired("Укажите номер первого документа."), Length(max=LONGEST_NUMBER, message=TOO_LONG)],
    )
    registration = StringField(
        "Регистрационный номер",
        description="Первый по книге выдачи, следующие подряд.",
        validators=[Length(max=LONGEST_NUMBER, message=TOO_LONG)],
    )

    @property
    def numbers(self) -> Numbers:
        """Of a form that has been validated."""
        return Numbers(self.series.data or "", self.number.data or "", self.registration.data or "")


class ResultRows:
    """Results typed in a table: `result-7`, `grade-7`, `done-7` and `version-7` for the enrolment 7.

    With `all` those left without a result take that one.
    """

    def __init__(self, typed: MultiDict[str, str], numbers: Collection[int]) -> None:
        self.rows: dict[int, TypedResult] = {}
        # What cannot be read, by the number of the enrolment.
        self.errors: dict[int, str] = {}
        for number in numbers:
            if f"result-{number}" not in typed:
                continue
            try:
                self.rows[number] = _result(typed, number)
            except ValueError:
                self.errors[number] = "Проверьте результат и дату: дата – в виде ДД.ММ.ГГГГ."


def _result(typed: MultiDict[str, str], number: int) -> TypedResult:
    result, day = typed.get(f"result-{number}") or typed.get("all", ""), typed.get(f"done-{number}", "").strip()
    version = typed.get(f"version-{number}", "")
    return TypedResult(
        TrainingResult(result) if result else None,
        typed.get(f"grade-{number}", ""),
        _day(day) if day else None,
        int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else None,  # noqa: PLR2004 - versions are small
    )


def _day(raw: str) -> date:
    """As a date input sends it, or as a person writes it."""
    return date.fromisoformat(raw) if "-" in raw else datetime.strptime(raw, "%d.%m.%Y").date()  # noqa: DTZ007 - a day has no zone
