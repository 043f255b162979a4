"""What people type about a piece of proof."""

from __future__ import annotations

from wtforms import DateField, MultipleFileField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length, Optional

from app.forms.base import TypedForm, choices, row_number
from app.models.enumeration import EvidenceKind


class ProofForm(TypedForm):
    evidence_kind = SelectField("Вид документа", choices=choices(*EvidenceKind), default=EvidenceKind.LOCAL_ACT.value)
    evidence_title = StringField("Название документа", validators=[Length(max=300)])
    evidence_number = StringField("Номер", validators=[Length(max=100)])
    evidence_dated_on = DateField("Дата", validators=[Optional()])
    evidence = MultipleFileField("Файлы")
    url = StringField("Ссылка", validators=[Length(max=2000)])
    existing = SelectMultipleField("Приложенное раньше", coerce=row_number, choices=[], validate_choice=False)
