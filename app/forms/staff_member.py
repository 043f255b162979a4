"""What people type about a person on the staff: the card, a position, a move, what is hidden."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm, choices, row_number
from app.models.enumeration_of_training import PositionKind, Sex

TOO_LONG = "Слишком длинно: не больше %(max)d знаков."
DAY = "Укажите день в виде дд.мм.гггг."
SNILS_HINT = "11 цифр, как в документе. Номер увидят только те, кому это разрешено, каждый просмотр записывается."


class NameFields(TypedForm):
    last_name = StringField(
        "Фамилия", validators=[InputRequired("Введите фамилию."), Length(max=100, message=TOO_LONG)]
    )
    first_name = StringField("Имя", validators=[InputRequired("Введите имя."), Length(max=100, message=TOO_LONG)])
    patronymic = StringField("Отчество", validators=[Length(max=100, message=TOO_LONG)])


class PositionFields(TypedForm):
    # Nothing is chosen beforehand: a teacher saved in haste as a head would change the coverage.
    kind = SelectField(
        "Вид должности",
        choices=[("", "выберите"), *choices(*PositionKind)],
        validators=[InputRequired("Выберите вид должности: по нему считается охват обучением.")],
    )
    title = StringField(
        "Должность",
        description="Как в штатном расписании: «заместитель директора по учебно-воспитательной работе».",
        validators=[Length(max=200, message=TOO_LONG)],
    )
    started_on = DateField("В должности с", validators=[Optional()])
    basis = StringField("Основание", description="Приказ о назначении.", validators=[Length(max=200, message=TOO_LONG)])


class CardForm(NameFields):
    email = EmailField("Почта", validators=[Length(max=320, message=TOO_LONG)])
    note = TextAreaField("Примечание", validators=[Length(max=2000, message=TOO_LONG)])


class CardChangeForm(CardForm):
    version = HiddenField(validators=[InputRequired()])


class NewCardForm(CardForm, PositionFields):
    org_unit_id = SelectField(
        "Организация",
        coerce=row_number,
        choices=[],
        validate_choice=False,
        validators=[InputRequired("Выберите организацию.")],
    )
    snils = StringField("СНИЛС", description=SNILS_HINT, validators=[Length(max=40, message=TOO_LONG)])
    confirmed = BooleanField("Это другой человек: завести новую карточку")


class PositionForm(PositionFields):
    org_unit_id = SelectField("Организация", coerce=row_number, choices=[], validate_choice=False)
    is_main = BooleanField("Основная должность")


class PositionChangeForm(PositionFields):
    version = IntegerField(validators=[InputRequired()])


class EndForm(TypedForm):
    ended_on = DateField("Последний день в должности", validators=[InputRequired(DAY)])


class MoveForm(PositionFields):
    org_unit_id = SelectField(
        "Новое основное место работы",
        coerce=row_number,
        choices=[],
        validate_choice=False,
        validators=[InputRequired("Выберите организацию.")],
    )
    ended_on = DateField("Последний день на прежнем месте", validators=[InputRequired(DAY)])


class TakeForm(NameFields, PositionFields):
    snils = StringField(
        "СНИЛС",
        description="11 цифр, как в документе, который человек принёс.",
        validators=[InputRequired("Введите СНИЛС: по нему и по имени находят человека."), Length(max=40)],
    )


class IdentityForm(TypedForm):
    """Nothing of what stands there is filled in: an empty field leaves it."""

    snils = StringField("СНИЛС", description=SNILS_HINT, validators=[Length(max=40, message=TOO_LONG)])
    forget_snils = BooleanField("Убрать записанный СНИЛС")
    born_on = DateField("Дата рождения", validators=[Optional()])
    sex = SelectField("Пол", choices=[("", "не указан"), *choices(*Sex)])
    citizenship = StringField(
        "Гражданство",
        description="Код страны по ОКСМ, три цифры: Россия — 643.",
        validators=[Length(max=3, message=TOO_LONG)],
    )


def with_units(form: Any, units: list[tuple[int, str]], *, chosen: int | None = None) -> Any:
    """The units to choose from; where there is one, it is chosen."""
    if len(units) == 1:
        form.org_unit_id.choices = list(units)
        form.org_unit_id.data = form.org_unit_id.data or units[0][0]
    else:
        form.org_unit_id.choices = [("", "выберите"), *units]
        form.org_unit_id.data = form.org_unit_id.data or chosen
    return form
