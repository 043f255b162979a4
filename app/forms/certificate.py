"""What people type about a document on training, and about what becomes of it."""

from __future__ import annotations

from datetime import date

from wtforms import (
    DateField,
    FileField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.forms.base import TypedForm, choices, row_number
from app.models.enumeration_of_training import DocumentKind
from app.services.certificate_details import (
    LONGEST_NAME,
    LONGEST_NUMBER,
    LONGEST_TEXT,
    MOST_HOURS,
    TypedCertificate,
)

TOO_LONG = "Слишком длинно: не больше %(max)d знаков."
LONGEST_NOTE = 20_000


class CertificateForm(TypedForm):
    document_kind = SelectField("Вид документа", choices=choices(*DocumentKind), default=DocumentKind.ADVANCED.value)
    series = StringField("Серия", validators=[Length(max=LONGEST_NUMBER, message=TOO_LONG)])
    number = StringField(
        "Номер", validators=[InputRequired("Введите номер документа."), Length(max=LONGEST_NUMBER, message=TOO_LONG)]
    )
    registration_number = StringField(
        "Регистрационный номер", validators=[Length(max=LONGEST_NUMBER, message=TOO_LONG)]
    )
    issued_on = DateField("Дата выдачи", validators=[InputRequired("Укажите дату выдачи в виде дд.мм.гггг.")])
    hours = IntegerField(
        "Часов",
        validators=[
            InputRequired("Введите объём программы в часах, числом."),
            NumberRange(0, MOST_HOURS, "Часов может быть от %(min)d до %(max)d."),
        ],
    )
    programme_title = StringField(
        "Программа",
        description="Как в документе.",
        validators=[
            InputRequired("Введите название программы, как оно стоит в документе."),
            Length(max=LONGEST_TEXT, message=TOO_LONG),
        ],
    )
    topic_id = SelectField(
        "Тема",
        description="По теме документ учитывается в охвате и в мониторинге.",
        coerce=row_number,
        choices=[],
        validate_choice=False,
    )
    issuer_name = StringField(
        "Кем выдан",
        description="Организация, которая обучала.",
        validators=[
            InputRequired("Введите, какая организация выдала документ."),
            Length(max=LONGEST_TEXT, message=TOO_LONG),
        ],
    )
    started_on = DateField("Обучение с", validators=[Optional()])
    ended_on = DateField("Обучение по", validators=[Optional()])
    holder_name = StringField(
        "Имя в документе",
        description="Заполните, если оно отличается от нынешнего: например, прежняя фамилия.",
        validators=[Length(max=LONGEST_NAME, message=TOO_LONG)],
    )

    def typed(self, programme_id: int | None = None) -> TypedCertificate:
        """Of a form that has been validated."""
        return TypedCertificate(
            document_kind=DocumentKind(self.document_kind.data),
            series=self.series.data or "",
            number=self.number.data or "",
            registration_number=self.registration_number.data or "",
            issued_on=self.issued_on.data or date.min,
            hours=self.hours.data or 0,
            programme_title=self.programme_title.data or "",
            topic_id=self.topic_id.data,
            issuer_name=self.issuer_name.data or "",
            started_on=self.started_on.data,
            ended_on=self.ended_on.data,
            holder_name=self.holder_name.data or "",
            programme_id=programme_id,
        )


class NewCertificateForm(CertificateForm):
    scan = FileField("Скан", description="Документ PDF или снимок, до 25 МБ.")


class CertificateChangeForm(CertificateForm):
    version = HiddenField(validators=[InputRequired()])


class ScanForm(TypedForm):
    scan = FileField("Файл скана", description="Документ PDF или снимок, до 25 МБ.")
    url = StringField("или ссылка", validators=[Length(max=2000, message=TOO_LONG)])


class CertificateNoteForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    note = TextAreaField("Причина", validators=[Length(max=LONGEST_NOTE, message="Текст длиннее 20 000 знаков.")])
