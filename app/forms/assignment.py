"""What people type about an assignment: a report with its proof, a verdict, a split among schools, a later term."""

from __future__ import annotations

from typing import Any

from wtforms import (
    DateField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm
from app.models.enumeration import EvidenceKind, Labelled, ReportKind, ReportOutcome

LONG_TEXT = 20_000
DAY = "Укажите день в виде дд.мм.гггг."


def choices(*members: Labelled) -> list[tuple[str, str]]:
    return [(member.value, member.label) for member in members]


def row_number(raw: Any) -> int | None:
    """A row's number from a form, or nothing; what is no number is left to be refused as no choice."""
    text = str(raw or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None  # noqa: PLR2004 - as many digits as a number of 64 bits has


class ReportForm(TypedForm):
    version = IntegerField(validators=[InputRequired()])
    kind = RadioField("Какой это отчёт", choices=choices(*ReportKind), default=ReportKind.FINAL.value)
    period_id = SelectField("За какой период", coerce=row_number, choices=[], validate_choice=False)
    outcome = RadioField(
        "Исполнено ли поручение",
        choices=choices(ReportOutcome.DONE, ReportOutcome.PARTIAL, ReportOutcome.NOT_DONE),
        validators=[InputRequired("Выберите, исполнено ли поручение.")],
    )
    text = TextAreaField("Что сделано", validators=[Length(max=LONG_TEXT, message="Текст длиннее 20 000 знаков.")])
    reason = TextAreaField("Причина", validators=[Length(max=LONG_TEXT, message="Текст длиннее 20 000 знаков.")])
    responsible = StringField("Ответственный, телефон", validators=[Length(max=200)])
    evidence_kind = SelectField("Вид документа", choices=choices(*EvidenceKind), default=EvidenceKind.LOCAL_ACT.value)
    evidence_title = StringField("Название документа", validators=[Length(max=300)])
    evidence_number = StringField("Номер", validators=[Length(max=100)])
    evidence_dated_on = DateField("Дата", validators=[Optional()])
    evidence = MultipleFileField("Файлы")
    url = StringField("Ссылка", validators=[Length(max=2000)])
    existing = SelectMultipleField("Приложенное раньше", coerce=row_number, choices=[], validate_choice=False)


class VerdictForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    note = TextAreaField("Замечание", validators=[Length(max=LONG_TEXT)])


class CascadeForm(TypedForm):
    version = IntegerField(validators=[InputRequired()])
    due_on = DateField("Срок для школ", validators=[Optional()])
    school_ids = SelectMultipleField("Школы", coerce=row_number, choices=[], validate_choice=False)
    note = TextAreaField("Пояснение школам", validators=[Length(max=LONG_TEXT)])


class ExtensionForm(TypedForm):
    due_after = DateField("Новый срок", validators=[InputRequired("Укажите новый срок.")])
    reason = TextAreaField("Почему нужен новый срок", validators=[Length(max=LONG_TEXT)])


class DecisionForm(TypedForm):
    note = TextAreaField("Пояснение", validators=[Length(max=LONG_TEXT)])
