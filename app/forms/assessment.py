"""What people type on an assessment sheet: an answer, its proof, a checker's value, a verdict, experts."""

from __future__ import annotations

import re
from decimal import Decimal

from wtforms import (
    BooleanField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from app.forms.assignment import LONG_TEXT
from app.forms.base import TypedForm, row_number
from app.forms.framework import PLAIN_NUMBER
from app.policies.refusal import Invalid

NOT_APPLICABLE = "na"
PLACES = 2
# Far below what the database holds; no share, count or level is as large.
BIGGEST = Decimal(10) ** 9
TOO_LONG = "Текст длиннее 20 000 знаков."
SPACES = re.compile(r"[\s\u00a0\u202f]+")


def number_typed(raw: str) -> Decimal | None:
    """«83,5», «1 200», «40 %» as a number; None for nothing. Raises Invalid at the field `value`."""
    text = SPACES.sub("", raw).removesuffix("%").replace(",", ".")
    if not text:
        return None
    # Decimal takes «1_0», «1e2» and digits of other scripts, too.
    found = Decimal(text) if PLAIN_NUMBER.fullmatch(text) else BIGGEST
    if abs(found) >= BIGGEST:
        raise Invalid("Введите число, например 83,5.", field="value")
    exponent = found.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > PLACES:
        raise Invalid("Не больше двух знаков после запятой.", field="value")
    return found


class ValueForm(TypedForm):
    """A value on a criterion's scale: one of the answers to pick from, «неприменимо» among them, or a number."""

    version = IntegerField(validators=[Optional()])
    value = StringField("Ответ", validators=[Length(max=100, message="Введите число, например 83,5.")])
    # Beside a number, where «неприменимо» is no answer to pick.
    na = BooleanField("Неприменимо")
    comment = TextAreaField("Комментарий", validators=[Length(max=LONG_TEXT, message=TOO_LONG)])

    @property
    def is_na(self) -> bool:
        return bool(self.na.data) or self.value.data == NOT_APPLICABLE

    def number(self) -> Decimal | None:
        """Raises Invalid."""
        return None if self.is_na else number_typed(self.value.data or "")


class AnswerForm(ValueForm):
    na_reason = TextAreaField("Почему неприменимо", validators=[Length(max=LONG_TEXT, message=TOO_LONG)])
    dispute_reason = TextAreaField(
        "Почему не согласны с подсчётом", validators=[Length(max=LONG_TEXT, message=TOO_LONG)]
    )


class CheckForm(ValueForm):
    """An empty value agrees with the unit's own."""

    remark = TextAreaField("Замечание организации", validators=[Length(max=LONG_TEXT, message=TOO_LONG)])


class NoteForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    note = TextAreaField("Пояснение", validators=[Length(max=LONG_TEXT, message=TOO_LONG)])


class ExpertsForm(TypedForm):
    user_ids = SelectMultipleField("Эксперты", coerce=row_number, choices=[], validate_choice=False)
