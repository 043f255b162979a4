"""What people type about a set of criteria: its heading, sections, criteria with their levels, bands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm
from app.forms.order import choices
from app.models import Criterion
from app.models.enumeration import Metric, ScaleKind, SmallSchools
from app.policies.refusal import Invalid
from app.services.framework import HeadValues
from app.services.framework_contents import LevelView, plain
from app.services.framework_outline import GRADED_LEVELS, CriterionValues

NUMBER = "Введите число, например 2 или 0,5."
PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?|[+-]?\.[0-9]+")
LONG = 5_000
# Free rows under the filled ones, and the least that a table shows.
FREE_ROWS, FEWEST_ROWS = 2, 3
MOST_ROWS = 40


def _length(most: int) -> Length:
    return Length(max=most, message=f"Не длиннее {most} знаков.")


def decimal_of(raw: str) -> Decimal:
    """A number as people type it: «0,5», «1 000». Raises ValueError."""
    text = "".join(raw.split()).replace(",", ".").replace("−", "-").removesuffix("%")
    # Decimal takes «1_0» and digits of other scripts, too.
    if not PLAIN_NUMBER.fullmatch(text) or len(text) > 20:  # noqa: PLR2004 - digits of any number that fits
        raise ValueError(NUMBER)
    return Decimal(text)


class ExactNumber(StringField):
    """A decimal with a comma; what cannot be understood stays as typed."""

    def __init__(self, label: str = "", validators: Sequence[Any] = (), **settings: Any) -> None:
        super().__init__(label, validators, **settings)  # type: ignore[no-untyped-call] # WTForms is untyped

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = decimal_of(valuelist[0])

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return plain(self.data) if isinstance(self.data, Decimal) else ""


class HeadForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    title = StringField("Название", validators=[InputRequired("Назовите набор критериев."), _length(300)])
    caution = TextAreaField(
        "Предупреждение",
        validators=[_length(1000)],
        description="Видно всем, кто открывает набор и листы по нему: «предложение, не официальная форма».",
    )
    source = TextAreaField("Источник", validators=[_length(LONG)], description="Откуда взяты критерии.")
    note = TextAreaField("Примечание", validators=[_length(LONG)])

    @property
    def values(self) -> HeadValues:
        return HeadValues(said(self.title), said(self.caution), said(self.source), said(self.note))


class SectionForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    title = StringField("Название раздела", validators=[InputRequired("Назовите раздел."), _length(300)])
    description = TextAreaField("Пояснение", validators=[_length(LONG)])


class CriterionForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    section = SelectField("Раздел", coerce=int, validators=[InputRequired()])
    code = StringField("Код", validators=[InputRequired("Дайте критерию код, например Д1."), _length(20)])
    title = TextAreaField("Что оценивается", validators=[InputRequired("Напишите, что оценивается."), _length(1000)])
    weight = ExactNumber("Вес", validators=[InputRequired("Укажите вес: обычно 1.")], default=Decimal(1))
    guidance = TextAreaField("Как оценивать и чем подтвердить", validators=[_length(LONG)])
    scale = SelectField("Шкала", choices=choices(ScaleKind), default=ScaleKind.GRADED.value)
    max_points = ExactNumber("Высший балл", validators=[Optional()])
    measure = StringField("В чём измеряется", validators=[_length(60)])
    evidence_required = BooleanField("Нужно подтверждение")
    may_be_na = BooleanField("Может быть неприменим (н/п с причиной)", default=True)
    for_schools = BooleanField("В листах школ", default=True)
    for_municipalities = BooleanField("В листах муниципалитетов")
    small_schools = SelectField("Малокомплектные школы", choices=choices(SmallSchools), default=SmallSchools.ANY.value)
    metric = SelectField("Считает система", choices=choices(Metric, "нет, отвечает организация"), default="")
    rests_on_code = StringField("Опирается на критерий", validators=[_length(20)])
    basis = TextAreaField("Основание", validators=[_length(LONG)])
    source = TextAreaField("Источник", validators=[_length(LONG)])

    @classmethod
    def of(cls, criterion: Criterion) -> CriterionForm:
        # A vocabulary's word stands in the form by its value.
        metric = "" if criterion.metric is None else criterion.metric.value
        return cls(obj=criterion, section=criterion.section_id, metric=metric)

    def values(self, levels: tuple[LevelView, ...]) -> CriterionValues:
        scale = ScaleKind(self.scale.data)
        usual = Decimal(100) if scale is ScaleKind.SHARE else Decimal(1)
        return CriterionValues(
            code=said(self.code),
            title=said(self.title),
            guidance=said(self.guidance),
            scale=scale,
            max_points=usual if self.max_points.data is None else self.max_points.data,
            weight=self.weight.data,
            measure=said(self.measure),
            evidence_required=bool(self.evidence_required.data),
            may_be_na=bool(self.may_be_na.data),
            for_schools=bool(self.for_schools.data),
            for_municipalities=bool(self.for_municipalities.data),
            small_schools=SmallSchools(self.small_schools.data),
            metric=Metric(self.metric.data) if self.metric.data else None,
            rests_on_code=said(self.rests_on_code),
            basis=said(self.basis),
            source=said(self.source),
            levels=levels,
        )


@dataclass(frozen=True, slots=True)
class TypedLevel:
    """One row of the small table, as typed."""

    threshold: str = ""
    points: str = ""
    label: str = ""
    description: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.threshold or self.points or self.label or self.description)


class LevelRows:
    """The small table of levels: what was typed stays, filled rows first, free rows below."""

    def __init__(self, rows: Sequence[TypedLevel]) -> None:
        self.filled = tuple(one for one in rows if not one.is_empty)[:MOST_ROWS]

    @classmethod
    def typed(cls, form: MultiDict[str, str]) -> LevelRows:
        columns = [form.getlist(f"level-{name}") for name in ("threshold", "points", "label", "description")]
        return cls([TypedLevel(*(_clean(each) for each in row)) for row in zip(*columns, strict=False)])

    @classmethod
    def of(cls, levels: Sequence[Any]) -> LevelRows:
        return cls([TypedLevel(plain(one.threshold), plain(one.points), one.label, one.description) for one in levels])

    @classmethod
    def usual(cls) -> LevelRows:
        """What a new criterion begins with: 0–1–2."""
        return cls.of(GRADED_LEVELS)

    def __iter__(self) -> Iterator[TypedLevel]:
        yield from self.filled
        for _ in range(max(FREE_ROWS, FEWEST_ROWS - len(self.filled))):
            yield TypedLevel()

    @property
    def values(self) -> tuple[LevelView, ...]:
        """Raises Invalid at `levels`; points left out are the threshold's own."""
        found = []
        for one in self.filled:
            try:
                threshold = decimal_of(one.threshold)
                points = decimal_of(one.points) if one.points else threshold
            except ValueError as error:
                named = one.label or one.threshold or one.points
                raise Invalid(
                    f"Уровень «{named}»: значение и баллы пишутся числом, например 2 или 0,5.", field="levels"
                ) from error
            found.append(LevelView(threshold, points, one.label, one.description))
        return tuple(found)


class BandRows:
    """The levels of the whole result: (name, from what percent), as typed."""

    def __init__(self, rows: Sequence[tuple[str, str]]) -> None:
        self.filled = tuple(row for row in rows if any(row))[:MOST_ROWS]

    @classmethod
    def typed(cls, form: MultiDict[str, str]) -> BandRows:
        rows = zip(form.getlist("band-name"), form.getlist("band-from"), strict=False)
        return cls([(_clean(name), _clean(share)) for name, share in rows])

    @classmethod
    def of(cls, bands: Sequence[tuple[str, Decimal]]) -> BandRows:
        return cls([(name, plain(share)) for name, share in bands])

    def __iter__(self) -> Iterator[tuple[str, str]]:
        yield from self.filled
        for _ in range(max(FREE_ROWS, FEWEST_ROWS - len(self.filled))):
            yield "", ""

    @property
    def values(self) -> list[tuple[str, Decimal]]:
        """Raises Invalid at `bands`."""
        try:
            return [(name, decimal_of(share)) for name, share in self.filled]
        except ValueError as error:
            raise Invalid("Граница уровня – число от 0 до 100 процентов.", field="bands") from error


def said(field: Any) -> str:
    return _clean(field.data or "")


def _clean(raw: str) -> str:
    return raw.replace("\r\n", "\n").replace("\x00", "").strip()
