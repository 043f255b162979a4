"""What people type on the way from weaknesses to an order or to letters."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.forms.base import TypedForm, choices
from app.forms.order import Day
from app.models.enumeration import OrderKind
from app.services.finding_order import Addressing

ADDRESSING = [
    (Addressing.MUNICIPALITIES.value, "Муниципалитетам: они передадут школам, у которых есть недостаток"),
    (Addressing.UNITS.value, "Прямо организациям, у которых есть недостаток"),
    (Addressing.BOTH.value, "И муниципалитетам, и организациям"),
]


class DraftForm(TypedForm):
    kind = SelectField("Вид документа", choices=choices(*OrderKind))
    title = StringField("О чём документ", validators=[Length(max=500)])
    addressing = RadioField("Кому", choices=ADDRESSING, default=Addressing.MUNICIPALITIES.value)


class NoticeForm(TypedForm):
    number = StringField("Исходящий номер", validators=[Length(max=50)])
    dated_on = Day("Дата письма", validators=[Optional()])
    title = StringField("Заголовок", validators=[Length(max=500)])
    body = TextAreaField("Текст перед таблицей", validators=[Length(max=20_000)], description="Каждая строка — абзац.")
    signatory_position = StringField("Должность подписывающего", validators=[Length(max=300)])
    signatory_name = StringField("Кто подписывает", validators=[Length(max=200)])
    executor = StringField("Исполнитель", validators=[Length(max=300)])
