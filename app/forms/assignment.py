"""What people type about an assignment: a report with its proof, a verdict, a split among schools, a later term."""

from __future__ import annotations

from wtforms import (
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm, choices, row_number
from app.forms.evidence import ProofForm
from app.models.enumeration import ReportKind, ReportOutcome

LONG_TEXT = 20_000
DAY = "Укажите день в виде дд.мм.гггг."


class ReportForm(ProofForm):
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
