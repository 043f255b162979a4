"""Into which group a course of a site is read."""

from __future__ import annotations

from wtforms import HiddenField, SelectField
from wtforms.validators import InputRequired

from app.forms.base import TypedForm, row_number


class TieForm(TypedForm):
    group_id = SelectField(
        "Поток",
        coerce=row_number,
        choices=[],
        validate_choice=False,
        validators=[InputRequired("Выберите поток.")],
    )
    version = HiddenField()

    @property
    def seen_version(self) -> int | None:
        return row_number(self.version.data)
