"""What a person chooses about the federal register: which documents go out, and what a workbook brought in is."""

from __future__ import annotations

from wtforms import BooleanField, DateField, SelectField, StringField
from wtforms.validators import Length, Optional

from app.forms.base import TypedForm, row_number
from app.services.certificate_details import LONGEST_TEXT
from app.services.document_register_export import Selection
from app.services.document_register_judgement import Told

NEW, ALL = "new", "all"


class SelectionForm(TypedForm):
    """In the address of the page: days of issue and whose documents; nothing personal."""

    starts_on = DateField("Выданы с", validators=[Optional()])
    ends_on = DateField("по", validators=[Optional()])
    which = SelectField("Документы", choices=[(NEW, "ещё не выгруженные"), (ALL, "все")], default=NEW)
    provider_id = SelectField(
        "Кто выдал", coerce=row_number, choices=[("", "все организации ДПО")], validate_choice=False
    )

    def selection(self) -> Selection:
        return Selection(
            self.starts_on.data, self.ends_on.data, only_new=self.which.data != ALL, provider_id=self.provider_id.data
        )


class ExportForm(SelectionForm):
    with_incomplete = BooleanField(
        "Выгрузить и неполные строки",
        description="Пустые ячейки придётся заполнить в книге. Такие строки выгруженными не отмечаются.",
    )
    mark = BooleanField(
        "Отметить выгруженными",
        description="Снимите, если это пробная выгрузка. Отметку можно снять и потом.",
        default=True,
    )


class BringForm(TypedForm):
    issuer_name = StringField(
        "Кто выдал документы",
        description="В книге этого нет. Напишите название организации полностью.",
        validators=[Length(max=LONGEST_TEXT, message="Слишком длинно: не больше %(max)d знаков.")],
    )
    topic_id = SelectField(
        "Тема",
        description="По теме документы учитываются в охвате. Если программа есть в системе, тема берётся из неё.",
        coerce=row_number,
        choices=[],
        validate_choice=False,
    )
    reported = BooleanField("Эти документы уже внесены в ФИС ФРДО")

    def told(self) -> Told:
        return Told((self.issuer_name.data or "").strip(), self.topic_id.data, reported=bool(self.reported.data))
