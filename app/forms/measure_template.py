"""What the region types into its lists of causes and of templates of measures."""

from __future__ import annotations

from wtforms import BooleanField, DecimalField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.forms.base import TypedForm
from app.services import finding_cause
from app.services.measure_template import (
    LONGEST_CODE,
    LONGEST_POSITION,
    LONGEST_RESULT,
    LONGEST_TITLE,
    MOST_DAYS,
    TypedTemplate,
)

TOO_LONG = "Слишком длинно: не больше %(max)d знаков."
HIGHEST_PLACE = 10_000


class CauseForm(TypedForm):
    title = StringField(
        "Причина",
        validators=[
            InputRequired("Назовите причину, например «Нет ответственного»."),
            Length(max=finding_cause.LONGEST_TITLE, message=TOO_LONG),
        ],
    )


class CauseChangeForm(CauseForm):
    position = IntegerField(
        "Место в списке",
        validators=[
            InputRequired("Введите номер места числом."),
            NumberRange(0, HIGHEST_PLACE, "Место — число от %(min)d до %(max)d."),
        ],
    )
    is_active = BooleanField("Предлагается при выборе")
    version = HiddenField(validators=[InputRequired()])


class TemplateForm(TypedForm):
    criterion_code = StringField(
        "Код критерия",
        description="Как в наборе критериев, например «Д1»: шаблон действует во всех его редакциях.",
        validators=[InputRequired("Укажите код критерия."), Length(max=LONGEST_CODE, message=TOO_LONG)],
    )
    title = StringField(
        "Что сделать",
        validators=[InputRequired("Напишите, что делается."), Length(max=LONGEST_TITLE, message=TOO_LONG)],
    )
    expected_result = TextAreaField("Ожидаемый результат", validators=[Length(max=LONGEST_RESULT, message=TOO_LONG)])
    days = IntegerField(
        "Дней до срока",
        default=90,
        validators=[
            InputRequired("Введите число дней."),
            NumberRange(1, MOST_DAYS, "Дней может быть от %(min)d до %(max)d."),
        ],
    )
    responsible_position = StringField(
        "Должность ответственного", validators=[Length(max=LONGEST_POSITION, message=TOO_LONG)]
    )
    target = DecimalField(
        "Цель, баллов по критерию",
        places=None,
        validators=[Optional(), NumberRange(0, 1_000_000, "Цель — число не меньше нуля.")],
    )
    is_active = BooleanField("Предлагается при планировании", default=True)

    def typed(self) -> TypedTemplate:
        """Of a form that has been validated."""
        return TypedTemplate(
            criterion_code=self.criterion_code.data or "",
            title=self.title.data or "",
            expected_result=self.expected_result.data or "",
            days=self.days.data or 0,
            responsible_position=self.responsible_position.data or "",
            target=self.target.data,
            is_active=bool(self.is_active.data),
        )


class TemplateChangeForm(TemplateForm):
    is_active = BooleanField("Предлагается при планировании")
    version = HiddenField(validators=[InputRequired()])
