"""What people type about a programme: the programme, its terms, the agreement, the place in the register."""

from __future__ import annotations

from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm, row_number
from app.forms.order import Day, WholeNumber, choices
from app.models import Programme
from app.models.enumeration_of_training import DocumentKind, PositionKind, StudyForm
from app.services.programme import TypedProgramme

TOO_LONG = "Слишком длинно: не больше %(max)d знаков."


class ProgrammeForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    provider_id = SelectField("Чья программа", coerce=row_number, choices=[], validate_choice=False)
    title = TextAreaField(
        "Название", validators=[InputRequired("Назовите программу."), Length(max=500, message=TOO_LONG)]
    )
    document_kind = SelectField("Итоговый документ", choices=choices(DocumentKind), default=DocumentKind.ADVANCED.value)
    hours = WholeNumber("Часов", validators=[InputRequired("Укажите, сколько в программе часов.")])
    form = SelectField("Форма обучения", choices=choices(StudyForm), default=StudyForm.FULL_TIME.value)
    topic_id = SelectField(
        "Тема",
        description="По теме документ засчитывается в охват обучением.",
        coerce=row_number,
        choices=[],
        validate_choice=False,
    )
    positions = SelectMultipleField(
        "Для кого",
        description="Ничего не отмечено – для всех должностей.",
        choices=choices(PositionKind),
        validators=[Optional()],
    )
    annotation = TextAreaField("Аннотация", validators=[Length(max=10_000, message=TOO_LONG)])
    agree_by = Day("Согласовать в министерстве до", validators=[Optional()])
    register_by = Day("Внести в федеральный реестр до", validators=[Optional()])

    @classmethod
    def of(cls, programme: Programme) -> ProgrammeForm:
        # A vocabulary's word stands in the form by its value.
        kind, form = programme.document_kind.value, programme.form.value
        data = {name: getattr(programme, name) for name in ("version", "title", "hours", "topic_id", "annotation")}
        terms = {name: getattr(programme, name) for name in ("agree_by", "register_by")}
        return cls(document_kind=kind, form=form, positions=list(programme.positions), **data, **terms)

    @property
    def values(self) -> TypedProgramme:
        """Of a form that has been validated."""
        return TypedProgramme(
            title=said(self.title.data),
            hours=self.hours.data or 0,
            document_kind=DocumentKind(self.document_kind.data),
            topic_id=self.topic_id.data or None,
            form=StudyForm(self.form.data),
            annotation=said(self.annotation.data),
            positions=tuple(PositionKind(value) for value in self.positions.data or ()),
            agree_by=self.agree_by.data,
            register_by=self.register_by.data,
        )


class TermsForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    agree_by = Day("Согласовать в министерстве до", validators=[Optional()])
    register_by = Day("Внести в федеральный реестр до", validators=[Optional()])


class AgreementForm(TypedForm):
    act = StringField(
        "Чем согласована",
        description="Вид, номер и дата: «письмо министерства № 15 от 01.12.2026».",
        validators=[
            InputRequired("Укажите, чем согласована программа: вид акта или письма, номер, дата."),
            Length(max=500, message=TOO_LONG),
        ],
    )
    agreed_on = Day("День согласования", validators=[InputRequired("Укажите день согласования.")])


class RegisterForm(TypedForm):
    register_number = StringField(
        "Номер в федеральном реестре",
        validators=[
            InputRequired("Укажите номер программы в федеральном реестре."),
            Length(max=100, message=TOO_LONG),
        ],
    )
    registered_on = Day("Включена", validators=[InputRequired("Укажите день включения в реестр.")])


def said(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\x00", "").strip()
