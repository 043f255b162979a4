"""What people type about an account and its duties."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from app.forms.base import TypedForm, choices, row_number
from app.models.enumeration import Duty

TOO_LONG = "Слишком длинно: не больше %(max)d знаков."


class _AccountFields(TypedForm):
    name = StringField(
        "Фамилия, имя, отчество", validators=[InputRequired("Введите имя."), Length(max=200, message=TOO_LONG)]
    )
    login = StringField(
        "Имя для входа",
        description="Буквы, цифры, точка, дефис; регистр не важен.",
        validators=[InputRequired("Введите имя для входа."), Length(max=64, message=TOO_LONG)],
    )
    email = StringField("Почта", validators=[Length(max=320, message=TOO_LONG)])
    phone = StringField("Телефон", validators=[Length(max=60, message=TOO_LONG)])


class UserForm(_AccountFields):
    org_unit_id = SelectField("Организация", coerce=row_number, choices=[], validate_choice=False)
    duties = SelectMultipleField("Полномочия", coerce=Duty, choices=choices(*Duty))
    is_installation_admin = BooleanField("Администратор установки: ведёт регионы и учётные записи, записей не видит")


class UserChangeForm(_AccountFields):
    version = HiddenField(validators=[InputRequired()])


class GrantForm(TypedForm):
    org_unit_id = SelectField(
        "Организация",
        coerce=row_number,
        choices=[],
        validate_choice=False,
        validators=[InputRequired("Выберите организацию.")],
    )
    duty = SelectField("Полномочие", choices=choices(*Duty), validators=[InputRequired("Выберите полномочие.")])
