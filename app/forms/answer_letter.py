"""What people type in a letter."""

from __future__ import annotations

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from app.forms.base import TypedForm
from app.forms.order import Day


class LetterForm(TypedForm):
    """Lengths and what must be said are the service's to judge; `version` is 0 for a letter that does not stand yet."""

    version = IntegerField(widget=HiddenInput(), default=0)
    number = StringField("Исходящий номер", description="Пустой впишут от руки.")
    dated_on = Day("Дата письма", validators=[Optional()])
    addressee = TextAreaField(
        "Кому", description="Должность и имя в дательном падеже, по строкам: проверьте склонение."
    )
    title = StringField("Заголовок")
    body = TextAreaField(
        "Текст", description="Каждая строка — абзац. Обращение «Уважаемая Елена Николаевна!» поставьте первой строкой."
    )
    signatory_position = StringField("Должность подписывающего")
    signatory_name = StringField("Кто подписывает")
    executor = StringField("Исполнитель", description="Имя и телефон: «Иванова И. И., 8 (4242) 00-00-00».")
