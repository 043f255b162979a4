"""What people type about a training requirement."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.forms.base import TypedForm, choices, row_number
from app.forms.monitoring_round import TOO_LONG, said
from app.forms.order import Day, WholeNumber
from app.models.enumeration_of_training import CoverageCount, PositionKind
from app.services.training_requirement import LONGEST_BASIS, LONGEST_TITLE, MOST_HOURS, RequirementValues


class RequirementForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    title = StringField(
        "Название",
        description="Например, «Обучение руководителей и заместителей по ВСОКО в 2026 году».",
        validators=[InputRequired("Назовите требование."), Length(max=LONGEST_TITLE, message=TOO_LONG)],
    )
    topic_id = SelectField(
        "Тема обучения",
        description="Засчитываются документы по этой теме.",
        coerce=row_number,
        choices=[],
        validate_choice=False,
    )
    positions = SelectMultipleField(
        "Чьё обучение считается",
        choices=choices(*PositionKind),
        validators=[InputRequired("Выберите хотя бы одну должность.")],
    )
    counts = RadioField(
        "Кто должен быть обучен",
        choices=choices(*CoverageCount),
        default=CoverageCount.UNITS.value,
        validators=[InputRequired("Выберите, что считать.")],
    )
    starts_on = Day("С какого дня", validators=[InputRequired("Укажите, с какого дня считать документы.")])
    due_on = Day("До какого дня", validators=[InputRequired("Укажите, до какого дня обучить.")])
    min_hours = WholeNumber(
        "Часов не менее",
        description="Документ меньшего объёма не засчитывается. Пусто – любой объём.",
        validators=[
            Optional(),
            NumberRange(0, MOST_HOURS, message="Укажите часы от %(min)d до %(max)d."),
        ],
    )
    accepts_valid = BooleanField("Засчитывать и прежние документы, если они действуют до конца срока")
    basis = StringField(
        "Основание",
        description="Чем установлено: вид акта, номер, дата, пункт.",
        validators=[Length(max=LONGEST_BASIS, message=TOO_LONG)],
    )

    @property
    def values(self) -> RequirementValues:
        """Of a form that has been validated."""
        return RequirementValues(
            title=said(self.title.data),
            topic_id=self.topic_id.data or 0,
            positions=tuple(PositionKind(value) for value in self.positions.data or ()),
            starts_on=self.starts_on.data,
            due_on=self.due_on.data,
            counts=CoverageCount(self.counts.data),
            min_hours=self.min_hours.data or 0,
            accepts_valid=bool(self.accepts_valid.data),
            basis=said(self.basis.data),
        )
