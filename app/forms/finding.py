"""What people type about a finding: what is wrong, why it arose, what becomes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wtforms import DateField, DecimalField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import Field
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.forms.base import TypedForm, choices, row_number
from app.models import Finding, FindingCause
from app.models.enumeration_of_measures import FindingSeverity, FindingSource
from app.models.finding import MOST_WHYS
from app.services.finding_details import LONGEST_GROUND, LONGEST_TEXT, LONGEST_WHY, TypedFinding
from app.services.finding_sweep import SeverityRule

TOO_LONG = "Слишком длинно: не больше %(max)d знаков."
LONGEST_NOTE = 20_000
BY_SHARE = "share"
NO_CAUSE = ("", "не указана")


def _why(number: int) -> StringField:
    label = "Почему так вышло?" if number == 1 else f"Почему? ({number})"
    return StringField(label, validators=[Length(max=LONGEST_WHY, message=TOO_LONG)])


class CauseFields(TypedForm):
    """`offer` must be called before the form is shown or validated."""

    cause_id = SelectField("Причина", coerce=row_number, choices=[], validate_choice=False)
    why1, why2, why3, why4, why5 = _why(1), _why(2), _why(3), _why(4), _why(5)

    def offer(self, causes: Iterable[FindingCause]) -> None:
        self.cause_id.choices = [NO_CAUSE, *((one.id, one.title) for one in causes)]

    @property
    def why_fields(self) -> list[Field]:
        return [self[f"why{number}"] for number in range(1, MOST_WHYS + 1)]

    @property
    def whys(self) -> tuple[str, ...]:
        return tuple(one.data or "" for one in self.why_fields)

    def put_whys(self, finding: Finding) -> None:
        for one, said in zip(self.why_fields, finding.whys, strict=False):
            one.data = said


class AnalysisForm(CauseFields):
    version = IntegerField(validators=[Optional()])


class FindingForm(CauseFields):
    text = TextAreaField(
        "Недостаток",
        description="Что именно не так: одним-двумя предложениями.",
        validators=[
            InputRequired("Опишите недостаток: что именно не так."),
            Length(max=LONGEST_TEXT, message=TOO_LONG),
        ],
    )
    severity = SelectField("Тяжесть", choices=choices(*FindingSeverity), default=FindingSeverity.MAJOR.value)
    found_on = DateField("Обнаружен", validators=[Optional()])

    def typed(self) -> TypedFinding:
        """Of a form that has been validated."""
        return TypedFinding(
            text=self.text.data or "",
            severity=FindingSeverity(self.severity.data),
            cause_id=self.cause_id.data,
            whys=self.whys,
            found_on=self.found_on.data,
        )


class HandmadeFields(FindingForm):
    source = SelectField(
        "Откуда известно",
        choices=choices(FindingSource.MANUAL, FindingSource.INSPECTION, FindingSource.CALENDAR),
        default=FindingSource.MANUAL.value,
    )
    ground = StringField(
        "Основание",
        description="Для замечания проверки и нарушения графика: чей акт или график, номер и дата.",
        validators=[Length(max=LONGEST_GROUND, message=TOO_LONG)],
    )

    def typed(self) -> TypedFinding:
        """Of a form that has been validated."""
        return TypedFinding(
            text=self.text.data or "",
            severity=FindingSeverity(self.severity.data),
            source=FindingSource(self.source.data),
            ground=self.ground.data or "",
            cause_id=self.cause_id.data,
            whys=self.whys,
            found_on=self.found_on.data,
        )


class NewFindingForm(HandmadeFields):
    unit_id = SelectField(
        "Организация",
        coerce=row_number,
        choices=[],
        validate_choice=False,
        validators=[InputRequired("Выберите организацию, у которой недостаток.")],
    )

    def offer_units(self, units: Sequence[tuple[int, str]], chosen: int | None = None) -> None:
        """Where there is one, it is chosen."""
        if len(units) == 1:
            self.unit_id.choices, chosen = list(units), units[0][0]
        else:
            self.unit_id.choices = [("", "выберите"), *units]
        self.unit_id.data = self.unit_id.data or chosen


class FindingChangeForm(FindingForm):
    version = HiddenField(validators=[InputRequired()])


class HandmadeChangeForm(HandmadeFields):
    version = HiddenField(validators=[InputRequired()])


class FindingNoteForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    note = TextAreaField("Причина", validators=[Length(max=LONGEST_NOTE, message="Текст длиннее 20 000 знаков.")])


class SweepForm(TypedForm):
    """How severe what is chosen is, and why it arose; the rows themselves are read by the page."""

    severity = SelectField(
        "Тяжесть",
        choices=[(BY_SHARE, "по доле от наивысшего балла"), *choices(*FindingSeverity)],
        default=BY_SHARE,
    )
    critical_to = DecimalField(
        "Критический до, %",
        places=None,
        default=SeverityRule().critical_to,
        validators=[Optional(), NumberRange(0, 100, "Процент — число от 0 до 100.")],
    )
    major_to = DecimalField(
        "Существенный до, %",
        places=None,
        default=SeverityRule().major_to,
        validators=[Optional(), NumberRange(0, 100, "Процент — число от 0 до 100.")],
    )
    cause_id = SelectField("Причина", coerce=row_number, choices=[], validate_choice=False)

    def offer(self, causes: Iterable[FindingCause]) -> None:
        self.cause_id.choices = [NO_CAUSE, *((one.id, one.title) for one in causes)]

    @property
    def rule(self) -> SeverityRule | FindingSeverity:
        """Of a form that has been validated."""
        if self.severity.data != BY_SHARE:
            return FindingSeverity(self.severity.data)
        usual = SeverityRule()
        critical = usual.critical_to if self.critical_to.data is None else self.critical_to.data
        major = usual.major_to if self.major_to.data is None else self.major_to.data
        return SeverityRule(critical, max(critical, major))
