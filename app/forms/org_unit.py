"""What people type about a unit: a new one, changes with their day and basis, a closing, a move."""

from __future__ import annotations

from wtforms import BooleanField, DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.forms.assignment import DAY
from app.forms.base import TypedForm, choices, row_number
from app.models.enumeration import UnitKind

TOO_LONG = "Слишком длинно: не больше %(max)d знаков."
PASS_ON, WITHDRAW = "pass_on", "withdraw"
RENAMED, TYPO = "renamed", "typo"


class _UnitFields(TypedForm):
    name = StringField(
        "Наименование",
        description="Как в уставе или в реестре.",
        validators=[InputRequired("Введите наименование."), Length(max=500, message=TOO_LONG)],
    )
    short_name = StringField(
        "Краткое наименование",
        description="Стоит в списках и в матрице.",
        validators=[Length(max=120, message=TOO_LONG)],
    )
    code = StringField(
        "Код",
        description="У муниципалитета ОКТМО: 8 или 11 цифр. У школы код ОО.",
        validators=[Length(max=40, message=TOO_LONG)],
    )
    opened_on = DateField("Действует с", validators=[Optional()])
    site = StringField("Сайт", description="school.ru или https://…", validators=[Length(max=500, message=TOO_LONG)])
    email = StringField("Почта", validators=[Length(max=320, message=TOO_LONG)])
    time_zone = StringField("Часовой пояс", description="Например, Asia/Sakhalin: по нему считаются сроки.")
    is_small = BooleanField("Малокомплектная школа")


class UnitForm(_UnitFields):
    kind = RadioField(
        "Вид организации", choices=choices(*UnitKind), validators=[InputRequired("Выберите вид организации.")]
    )
    parent_id = SelectField("Под чем стоит", coerce=row_number, choices=[], validate_choice=False)


class UnitChangeForm(_UnitFields):
    version = HiddenField(validators=[InputRequired()])
    head_school_id = SelectField(
        "Головная организация",
        description="Только для филиала.",
        coerce=row_number,
        choices=[],
        validate_choice=False,
    )
    history = RadioField(
        "Если изменены наименование или код, что это",
        choices=[
            (RENAMED, "Организация переименована или сменила код: прежнее остаётся в истории"),
            (TYPO, "Исправлена опечатка: истории не будет"),
        ],
        validators=[Optional()],
    )
    since = DateField("С какого дня действует новое", validators=[Optional()])
    basis = StringField(
        "Основание", description="Акт: вид, номер, дата.", validators=[Length(max=500, message=TOO_LONG)]
    )


class UnitCloseForm(TypedForm):
    closed_on = DateField("День закрытия", validators=[InputRequired(DAY)])
    reason = TextAreaField(
        "Основание",
        description="Каким актом закрыта.",
        validators=[InputRequired("Укажите основание."), Length(max=1000, message=TOO_LONG)],
    )
    successor_id = SelectField("Правопреемник", coerce=row_number, choices=[], validate_choice=False)
    fate = RadioField(
        "Что делать с открытым",
        choices=[
            (PASS_ON, "Передать правопреемнику с теми же сроками"),
            (WITHDRAW, "Снять без исполнения"),
        ],
        validators=[InputRequired("Выберите, что делать с открытыми поручениями, недостатками и мерами.")],
    )


class UnitMoveForm(TypedForm):
    parent_id = SelectField(
        "Куда",
        coerce=row_number,
        choices=[],
        validate_choice=False,
        validators=[InputRequired("Выберите муниципалитет.")],
    )
    moved_on = DateField("С какого дня", validators=[InputRequired(DAY)])
    basis = StringField(
        "Основание",
        description="Акт: вид, номер, дата.",
        validators=[InputRequired("Укажите основание."), Length(max=500, message=TOO_LONG)],
    )
