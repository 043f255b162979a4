"""What people type about an order: its text, its heading, its points, the acts that it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, FileField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm
from app.models.enumeration import (
    AddresseeClauseKind,
    GroundEffect,
    Labelled,
    Modality,
    OrderKind,
    Recurrence,
    TermKind,
)
from app.services.order import ClauseValues, HeadingValues, PointValues
from app.services.order_addressees import UnitRegister

DAY = "Укажите день в виде дд.мм.гггг."
WHOLE_NUMBER = "Введите целое число."
LONG = 20_000


def choices(members: Iterable[Labelled], empty: str | None = None) -> list[tuple[str, str]]:
    listed = [(member.value, member.label) for member in members]
    return listed if empty is None else [("", empty), *listed]


def _length(most: int) -> Length:
    return Length(max=most, message=f"Не длиннее {most} знаков.")


class Day(DateField):
    """A day as a date input sends it, or as a person writes it."""

    def __init__(self, label: str = "", validators: Sequence[Any] = (), **settings: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d.%m.%Y"], **settings)  # type: ignore[no-untyped-call] # WTForms is untyped

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)  # type: ignore[no-untyped-call] # WTForms is untyped
        except ValueError as error:
            raise ValueError(DAY) from error
        if self.data is not None and not date(1990, 1, 1) <= self.data <= date(2100, 1, 1):
            raise ValueError(DAY)


class WholeNumber(IntegerField):
    def __init__(self, label: str = "", validators: Sequence[Any] = (), **settings: Any) -> None:
        super().__init__(label, validators, **settings)  # type: ignore[no-untyped-call] # WTForms is untyped

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)  # type: ignore[no-untyped-call] # WTForms is untyped
        except ValueError as error:
            raise ValueError(WHOLE_NUMBER) from error


class TextForm(TypedForm):
    text = TextAreaField("Текст документа")
    file = FileField("Файл .txt, .docx или .pdf с текстовым слоем")


class HeadingForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    kind = SelectField("Вид документа", choices=choices(OrderKind), validators=[InputRequired()])
    number = StringField("Номер", validators=[_length(60)])
    dated_on = Day("Дата", validators=[Optional()])
    title = TextAreaField("Заголовок", validators=[_length(1000)])
    issuer_name = StringField("Кем выпущен", validators=[_length(300)])
    signed_by = StringField("Кто подписал", validators=[_length(300)])
    controller = StringField("На кого возложен контроль", validators=[_length(300)])

    @property
    def values(self) -> HeadingValues:
        return HeadingValues(
            OrderKind(self.kind.data),
            _said(self.number),
            self.dated_on.data,
            _said(self.title),
            _said(self.issuer_name),
            _said(self.signed_by),
            _said(self.controller),
        )


class GroundForm(TypedForm):
    kind = StringField("Вид акта", validators=[_length(60)], default="распоряжение")
    number = StringField("Номер", validators=[_length(60)])
    dated_on = Day("Дата", validators=[Optional()])
    title = StringField("Название", validators=[_length(1000)])
    effect = SelectField("Что он делает", choices=choices(GroundEffect), validators=[InputRequired()])


class PointForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    number = StringField("Номер", validators=[InputRequired("Укажите номер пункта, например 2.1."), _length(20)])
    stage = StringField("Этап", validators=[_length(2)])
    intro = TextAreaField("Вводная фраза", validators=[_length(LONG)])
    text = TextAreaField("Что поручено", validators=[InputRequired("Напишите, что поручено."), _length(LONG)])
    modality = SelectField("Требование", choices=choices(Modality), validators=[InputRequired()])
    term_kind = SelectField("Срок", choices=choices(TermKind), validators=[InputRequired()])
    due_on = Day("До какого дня", validators=[Optional()])
    term_written = StringField("Срок, как написано", validators=[_length(300)])
    recurrence = SelectField("Как часто", choices=choices(Recurrence, "не повторяется"), default="")
    recurrence_day = WholeNumber("До какого числа месяца", validators=[Optional()])
    recurrence_month = WholeNumber("Месяц ежегодного срока", validators=[Optional()])
    recurs_until = Day("Последний день отчётов", validators=[Optional()])
    evidence_required = BooleanField("Требовать подтверждение")
    evidence_note = StringField("Что приложить", validators=[_length(500)])

    @property
    def values(self) -> PointValues:
        return PointValues(
            number=_said(self.number),
            text=_said(self.text),
            stage=_said(self.stage),
            intro=_said(self.intro),
            modality=Modality(self.modality.data),
            term_kind=TermKind(self.term_kind.data),
            due_on=self.due_on.data,
            term_written=_said(self.term_written),
            recurrence=Recurrence(self.recurrence.data) if self.recurrence.data else None,
            recurrence_day=self.recurrence_day.data,
            recurrence_month=self.recurrence_month.data,
            recurs_until=self.recurs_until.data,
            evidence_required=bool(self.evidence_required.data),
            evidence_note=_said(self.evidence_note),
        )


class AmendmentForm(TypedForm):
    kind = SelectField("Вид акта", choices=choices(OrderKind), validators=[InputRequired()])
    number = StringField("Номер", validators=[InputRequired("Укажите номер изменяющего акта."), _length(60)])
    dated_on = Day("Дата", validators=[InputRequired("Укажите дату изменяющего акта.")])
    title = StringField("Название", validators=[_length(1000)])


GROUPS = (AddresseeClauseKind.ALL_MUNICIPALITIES, AddresseeClauseKind.ALL_SCHOOLS, AddresseeClauseKind.ALL_PROVIDERS)


class AddresseeChoice:
    """The addressee part of a point's form: groups, municipalities, single units by name, exceptions.

    Typed names stay as typed until the register knows them; numbers from outside are left to the service to refuse.
    """

    def __init__(self, typed: MultiDict[str, str]) -> None:
        self.groups = [raw for raw in typed.getlist("groups") if raw in set(GROUPS)]
        self.municipalities = _numbers(typed.getlist("municipalities"))
        self.schools_of = _numbers(typed.getlist("schools_of"))
        self.units = names_in(typed.getlist("units"))
        self.excepts = names_in(typed.getlist("excepts"))
        # «unknown-7» answers for the clause that the parser could not resolve; «drop» removes it.
        self.unknown = {
            number: value.strip()
            for name, value in typed.items()
            if name.startswith("unknown-")
            for number in _numbers([name[8:]])
        }
        self.dropped = set(_numbers(typed.getlist("drop")))

    def clauses(self, register: UnitRegister, unresolved: dict[int, AddresseeClauseKind]) -> list[ClauseValues]:
        """Raises Invalid (fields «units», «excepts», «unknown-…») for a name that is not one unit's."""
        wanted = [ClauseValues(AddresseeClauseKind(group)) for group in self.groups]
        wanted += [ClauseValues(AddresseeClauseKind.UNIT, unit_id) for unit_id in self.municipalities]
        wanted += [ClauseValues(AddresseeClauseKind.SCHOOLS_OF, unit_id) for unit_id in self.schools_of]
        for name in self.units:
            wanted.append(ClauseValues(AddresseeClauseKind.UNIT, register.named(name, field_name="units").id))
        for clause_id, kind in unresolved.items():
            if clause_id in self.dropped:
                continue
            name = self.unknown.get(clause_id, "")
            unit_id = register.named(name, field_name=f"unknown-{clause_id}").id if name else None
            wanted.append(ClauseValues(kind, unit_id, clause_id))
        for name in self.excepts:
            wanted.append(ClauseValues(AddresseeClauseKind.EXCEPT, register.named(name, field_name="excepts").id))
        return wanted


def _said(field: Any) -> str:
    return (field.data or "").replace("\r\n", "\n").replace("\x00", "").strip()


def _numbers(raw: list[str]) -> list[int]:
    return [int(each) for each in raw if each.isascii() and each.isdecimal() and len(each) < 19]  # noqa: PLR2004 - as many digits as the database holds


def names_in(raw: list[str]) -> list[str]:
    """One name per control or per line, each once, in the order typed."""
    return list(
        dict.fromkeys(line.strip() for each in raw for line in each.replace("\x00", "").splitlines() if line.strip())
    )
