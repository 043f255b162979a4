"""What people type about a corrective measure: the plan, the report that it is done, a reason."""

from __future__ import annotations

from datetime import date

from wtforms import (
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm, choices, row_number
from app.forms.evidence import ProofForm
from app.forms.framework import ExactNumber
from app.forms.monitoring_round import TOO_LONG, said
from app.forms.order import Day
from app.models.enumeration_of_measures import MeasurePriority
from app.services.measure_details import LONGEST_NAME, LONGEST_TEXT, LONGEST_TITLE, TypedMeasure
from app.services.measure_proposal import NO_FIGURE, with_figure

LONG = Length(max=LONGEST_TEXT, message="Текст длиннее 20 000 знаков: сократите его.")
ONE, EACH = "one", "each"


class OwnPartForm(TypedForm):
    """What the unit changes of a measure that was set from above; a whole one has these fields, too."""

    version = IntegerField(validators=[Optional()])
    responsible = StringField("Ответственный", validators=[Length(max=LONGEST_NAME, message=TOO_LONG)])
    responsible_position = StringField("Должность", validators=[Length(max=LONGEST_NAME, message=TOO_LONG)])
    starts_on = Day("Начало", description="Пусто – день, когда меру возьмут в работу.", validators=[Optional()])
    training_requirement_id = SelectField("Требование к обучению", coerce=row_number, choices=[], validate_choice=False)
    training_group_id = SelectField("Поток обучения", coerce=row_number, choices=[], validate_choice=False)
    findings = SelectMultipleField("Какие недостатки устраняет", coerce=row_number, choices=[], validate_choice=False)

    @property
    def finding_ids(self) -> list[int]:
        return [number for number in self.findings.data or () if number is not None]

    def own_part(self) -> dict[str, object]:
        """Of a form that has been validated."""
        return {
            "responsible": said(self.responsible.data),
            "responsible_position": said(self.responsible_position.data),
            "starts_on": self.starts_on.data,
            "training_requirement_id": self.training_requirement_id.data,
            "training_group_id": self.training_group_id.data,
        }


class MeasureForm(OwnPartForm):
    template_id = HiddenField()
    title = TextAreaField(
        "Что будет сделано",
        validators=[InputRequired("Напишите, что будет сделано."), Length(max=LONGEST_TITLE, message=TOO_LONG)],
    )
    expected_result = TextAreaField("Ожидаемый результат", validators=[LONG])
    priority = SelectField("Приоритет", choices=choices(*MeasurePriority), default=MeasurePriority.NORMAL.value)
    due_on = Day("Срок", validators=[InputRequired("Укажите, до какого дня.")])
    figure = SelectField("Контрольный показатель", choices=[], default=NO_FIGURE)
    figure_name = StringField("Название своего показателя", validators=[Length(max=LONGEST_TITLE, message=TOO_LONG)])
    figure_before = ExactNumber("Было", validators=[Optional()])
    figure_target = ExactNumber("Цель", validators=[Optional()])
    mode = RadioField("Кто выполняет", choices=[(ONE, ""), (EACH, "")], default=ONE, validate_choice=False)
    carrier = StringField("Организация, которая выполняет", validators=[Length(max=500, message=TOO_LONG)])
    units = SelectMultipleField("Для каких организаций", coerce=row_number, choices=[], validate_choice=False)
    more_units = TextAreaField(
        "Добавить организации",
        description="По одной в строке; можно вставить столбец из Excel.",
        validators=[Length(max=60_000, message=TOO_LONG)],
    )
    order_point_id = SelectField("Пункт распоряжения", coerce=row_number, choices=[], validate_choice=False)

    @property
    def unit_ids(self) -> list[int]:
        return [number for number in self.units.data or () if number is not None]

    def typed(self, kept: TypedMeasure | None = None) -> TypedMeasure:
        """Of a form that has been validated; `kept` is what stood before."""
        name = said(self.figure_name.data)
        plain = TypedMeasure(
            title=said(self.title.data),
            due_on=self.due_on.data or date.min,
            expected_result=said(self.expected_result.data),
            priority=MeasurePriority(self.priority.data),
            figure_name=name or (kept.figure_name if kept is not None else ""),
            figure_before=self.figure_before.data,
            figure_target=self.figure_target.data,
            criterion_code=kept.criterion_code if kept is not None else "",
            base_round_id=kept.base_round_id if kept is not None else None,
            template_id=row_number(self.template_id.data),
            order_point_id=self.order_point_id.data,
            **self.own_part(),  # type: ignore[arg-type] # names and types are TypedMeasure's own
        )
        return with_figure(plain, self.figure.data or NO_FIGURE)


class DoneForm(ProofForm):
    """The report that a measure is done, with its proof."""

    version = IntegerField(validators=[Optional()])
    done_on = Day("Когда выполнена", validators=[InputRequired("Укажите день, когда мера выполнена.")])
    done_note = TextAreaField("Что сделано", validators=[LONG])
    figure_after = ExactNumber("Стало", validators=[Optional()])


class MeasureNoteForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    note = TextAreaField("Причина", validators=[LONG])
    resolves = SelectMultipleField("Недостатки", coerce=row_number, choices=[], validate_choice=False)

    @property
    def resolved(self) -> list[int]:
        return [number for number in self.resolves.data or () if number is not None]
