"""What an expert types: a value and a comment for each criterion, the conclusion, the reason of taking back."""

from __future__ import annotations

from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from app.forms.assessment import TOO_LONG, ValueForm
from app.forms.assignment import LONG_TEXT
from app.forms.base import TypedForm


class ExpertValueForm(ValueForm):
    """One criterion of the page; a prefix keeps it apart from the others."""


class HandInForm(TypedForm):
    conclusion = TextAreaField("Заключение", validators=[Length(max=LONG_TEXT, message=TOO_LONG)])
    partial = BooleanField("Сдаю неполную экспертизу: оценил не все критерии")


class TakeBackForm(TypedForm):
    note = TextAreaField("Почему забираете", validators=[Length(max=LONG_TEXT, message=TOO_LONG)])
