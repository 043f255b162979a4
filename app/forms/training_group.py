"""What people type about a training group and its days of lessons."""

from __future__ import annotations

from datetime import date

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm, row_number
from app.forms.order import Day, WholeNumber, choices
from app.forms.programme import TOO_LONG, said
from app.models import TrainingGroup
from app.models.enumeration_of_training import StudyForm
from app.services.training_group import TypedGroup

FIELDS = (
    *("version", "programme_id", "title", "starts_on", "ends_on"),
    *("apply_until", "seats", "place", "coordinator", "note"),
)


class GroupForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    programme_id = SelectField("Программа", coerce=row_number, choices=[], validate_choice=False)
    title = StringField(
        "Название потока",
        description="Например, «Поток 1, март 2027».",
        validators=[InputRequired("Назовите поток."), Length(max=300, message=TOO_LONG)],
    )
    starts_on = Day("Начало обучения", validators=[InputRequired("Укажите, когда начинается обучение.")])
    ends_on = Day("Окончание", validators=[InputRequired("Укажите, когда обучение заканчивается.")])
    apply_until = Day(
        "Заявки принимаются до",
        description="Включительно. Пусто – пока не началось обучение.",
        validators=[Optional()],
    )
    seats = WholeNumber("Мест", default=25, validators=[InputRequired("Укажите, сколько в потоке мест.")])
    form = SelectField("Форма обучения", choices=choices(StudyForm), default=StudyForm.FULL_TIME.value)
    place = StringField("Место или ссылка", validators=[Length(max=500, message=TOO_LONG)])
    coordinator = StringField(
        "Куратор", description="Имя, телефон или почта: увидят все, кто подаёт заявки.", validators=[Length(max=500)]
    )
    note = TextAreaField("Примечание", validators=[Length(max=10_000, message=TOO_LONG)])

    @classmethod
    def of(cls, group: TrainingGroup) -> GroupForm:
        # A vocabulary's word stands in the form by its value.
        return cls(form=group.form.value, **{name: getattr(group, name) for name in FIELDS})

    @property
    def values(self) -> TypedGroup:
        """Of a form that has been validated."""
        return TypedGroup(
            programme_id=self.programme_id.data or 0,
            title=said(self.title.data),
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            seats=self.seats.data or 0,
            apply_until=self.apply_until.data,
            form=StudyForm(self.form.data),
            place=said(self.place.data),
            coordinator=said(self.coordinator.data),
            note=said(self.note.data),
        )


class SessionForm(TypedForm):
    held_on = Day("День", validators=[InputRequired("Укажите день занятия.")])
    title = StringField("Тема занятия", validators=[Length(max=500, message=TOO_LONG)])
    hours = WholeNumber("Часов", validators=[Optional()])

    @property
    def day(self) -> date:
        """Of a form that has been validated."""
        held_on: date = self.held_on.data
        return held_on
