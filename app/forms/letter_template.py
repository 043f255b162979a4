"""A template of letters from outside."""

from __future__ import annotations

from wtforms import FileField, IntegerField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from app.forms.base import TypedForm


class TemplateForm(TypedForm):
    file = FileField("Файл шаблона")
    # 0 while the built-in one stands.
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
