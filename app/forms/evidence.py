"""What people type about a piece of proof."""

from __future__ import annotations

from wtforms import DateField, FileField, IntegerField, MultipleFileField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm, choices, row_number
from app.models.enumeration import EvidenceKind
from app.services.evidence import LONGEST_URL
from app.services.evidence_card import LONGEST_NUMBER, LONGEST_TITLE, EvidenceDetails

LAST_DAY = "Если у документа есть срок: лицензия, план на год, положение до даты."


class ProofForm(TypedForm):
    evidence_kind = SelectField("Вид документа", choices=choices(*EvidenceKind), default=EvidenceKind.LOCAL_ACT.value)
    evidence_title = StringField("Название документа", validators=[Length(max=LONGEST_TITLE)])
    evidence_number = StringField("Номер", validators=[Length(max=LONGEST_NUMBER)])
    evidence_dated_on = DateField("Дата", validators=[Optional()])
    evidence_valid_until = DateField("Действует по", validators=[Optional()])
    evidence = MultipleFileField("Файлы")
    url = StringField("Ссылка", validators=[Length(max=LONGEST_URL)])
    existing = SelectMultipleField("Приложенное раньше", coerce=row_number, choices=[], validate_choice=False)
    # How many pieces the unit has: over the number shown there is a search.
    existing_total = 0


class EvidenceCardForm(TypedForm):
    """What is said of a piece that stands already."""

    version = IntegerField(validators=[InputRequired()])
    kind = SelectField("Вид документа", choices=choices(*EvidenceKind))
    title = StringField(
        "Название документа", validators=[InputRequired("Назовите документ."), Length(max=LONGEST_TITLE)]
    )
    number = StringField("Номер", validators=[Length(max=LONGEST_NUMBER)])
    dated_on = DateField("Дата", validators=[Optional()])
    valid_until = DateField("Действует по", description=LAST_DAY, validators=[Optional()])
    url = StringField("Ссылка", validators=[Length(max=LONGEST_URL)])

    def typed(self) -> EvidenceDetails:
        return EvidenceDetails(
            kind=EvidenceKind(self.kind.data),
            title=self.title.data or "",
            number=self.number.data or "",
            dated_on=self.dated_on.data,
            valid_until=self.valid_until.data,
            url=self.url.data or "",
        )


class RevisionForm(TypedForm):
    version = IntegerField(validators=[InputRequired()])
    file = FileField("Новый файл", description="До 25 МБ. Прежние редакции остаются в карточке.")
