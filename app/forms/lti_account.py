"""What people give to link the people of a platform by a list."""

from __future__ import annotations

from wtforms import MultipleFileField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from app.forms.base import TypedForm, row_number

LONGEST_LIST = 1_000_000


class AccountListForm(TypedForm):
    """The file itself is read where the form is."""

    platform_id = SelectField(
        "Платформа",
        coerce=row_number,
        choices=[],
        validate_choice=False,
        validators=[InputRequired("Выберите платформу.")],
    )
    file = MultipleFileField("Файл")
    rows = TextAreaField(
        "Или вставьте строки из таблицы",
        description="Вместе со строкой заголовков.",
        validators=[Length(max=LONGEST_LIST, message="Список слишком длинный: загрузите его файлом.")],
    )
