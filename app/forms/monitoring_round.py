"""What people type about a monitoring round: the draft, the act that moves its dates or adds units, a late permit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm, row_number
from app.forms.order import GROUPS, AddresseeChoice, Day
from app.models.enumeration import AddresseeClauseKind, RoundDate, UnitKind
from app.services.monitoring_round import RoundValues
from app.services.order_addressees import UnitRegister
from app.services.round_addressees import Clause

TOO_LONG = "Слишком длинно: не больше %(max)d знаков."


class RoundForm(TypedForm):
    version = IntegerField(validators=[Optional()])
    title = StringField(
        "Название",
        description="Например, «Мониторинг ВСОКО 2026/2027».",
        validators=[InputRequired("Назовите цикл."), Length(max=300, message=TOO_LONG)],
    )
    framework_id = SelectField("Набор критериев", coerce=row_number, choices=[], validate_choice=False)
    previous_round_id = SelectField(
        "Предыдущий цикл",
        description="Его ответы встанут рядом с каждым критерием.",
        coerce=row_number,
        choices=[],
        validate_choice=False,
    )
    opens_on = Day("Начало", validators=[InputRequired("Укажите, с какого дня заполнять листы.")])
    due_on = Day("Срок сдачи", validators=[InputRequired("Укажите, до какого дня сдать листы.")])
    locks_on = Day(
        "Приём закрывается",
        description="После срока листы принимаются с отметкой об опоздании. Пусто – в день срока.",
        validators=[Optional()],
    )
    late_until = Day(
        "Последний день по разрешениям",
        description="До него можно разрешить сдать лист отдельным организациям. Пусто – разрешений не будет.",
        validators=[Optional()],
    )
    basis = StringField(
        "Основание",
        description="Акт, которым назначен мониторинг: вид, номер, дата.",
        validators=[Length(max=500, message=TOO_LONG)],
    )
    note = TextAreaField("Пояснение для тех, кто заполняет", validators=[Length(max=5000, message=TOO_LONG)])

    @property
    def values(self) -> RoundValues:
        """Of a form that has been validated."""
        due_on: date = self.due_on.data
        return RoundValues(
            title=said(self.title.data),
            framework_id=self.framework_id.data or 0,
            opens_on=self.opens_on.data,
            due_on=due_on,
            locks_on=self.locks_on.data or due_on,
            late_until=self.late_until.data,
            basis=said(self.basis.data),
            note=said(self.note.data),
            previous_round_id=self.previous_round_id.data or None,
        )


class DatesForm(TypedForm):
    due_on = Day("Срок сдачи", validators=[InputRequired("Укажите срок сдачи.")])
    locks_on = Day("Приём закрывается", validators=[InputRequired("Укажите, когда закрывается приём.")])
    late_until = Day("Последний день по разрешениям", validators=[Optional()])
    act = StringField(
        "Акт, который переносит",
        description="Вид, номер и дата: «приказ № 15 от 01.12.2026».",
        validators=[InputRequired("Укажите акт: без него даты не переносятся."), Length(max=500, message=TOO_LONG)],
    )
    reason = TextAreaField("Причина", validators=[Length(max=2000, message=TOO_LONG)])

    @property
    def dates(self) -> dict[RoundDate, date]:
        typed = {what: getattr(self, what.value).data for what in RoundDate}
        return {what: day for what, day in typed.items() if day is not None}


class UnitsForm(TypedForm):
    act = StringField(
        "Акт, который добавляет",
        description="Вид, номер и дата: «приказ № 15 от 01.12.2026».",
        validators=[InputRequired("Укажите акт: без него адресаты не добавляются."), Length(max=500, message=TOO_LONG)],
    )
    units = TextAreaField(
        "Организации",
        description="По одной в строке; можно вставить столбец из Excel.",
        validators=[InputRequired("Назовите, какие организации добавить."), Length(max=60_000, message=TOO_LONG)],
    )


class PermitForm(TypedForm):
    unit = StringField(
        "Организация",
        description="Начните вводить имя и выберите из списка.",
        validators=[InputRequired("Выберите организацию."), Length(max=500)],
    )
    until = Day("Сдать до", validators=[InputRequired("Укажите, до какого дня разрешено.")])
    reason = TextAreaField(
        "Почему", validators=[InputRequired("Напишите причину."), Length(max=2000, message=TOO_LONG)]
    )


def said(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\x00", "").strip()


def rule_of(choice: AddresseeChoice, register: UnitRegister) -> list[Clause]:
    """The clauses that were ticked and typed. Raises Invalid for a name that is not one unit's."""
    return [(clause.kind, clause.unit_id) for clause in choice.clauses(register, {})]


def choice_of(clauses: Iterable[Clause], register: UnitRegister) -> AddresseeChoice:
    """A saved rule as the form shows it."""
    choice = AddresseeChoice(MultiDict())
    towns = {unit.id for unit in register.of_kind(UnitKind.MUNICIPALITY)}
    for kind, unit_id in clauses:
        if kind in GROUPS:
            choice.groups.append(kind.value)
        elif unit_id is None or not register.label(unit_id):
            continue
        elif kind is AddresseeClauseKind.SCHOOLS_OF:
            choice.schools_of.append(unit_id)
        elif kind is AddresseeClauseKind.EXCEPT:
            choice.excepts.append(register.label(unit_id))
        elif unit_id in towns:
            choice.municipalities.append(unit_id)
        else:
            choice.units.append(register.label(unit_id))
    return choice
