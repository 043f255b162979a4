"""What people choose about a mailing: what, when, under what name."""

from __future__ import annotations

from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.forms.base import TypedForm, row_number
from app.models.mailing import MailTiming
from app.services.mailing import LONGEST_TITLE, Plan

WEEKDAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
MORNING = "8"


class MailingForm(TypedForm):
    title = StringField(
        "Название",
        description="Стоит в теме письма. Пустое составит система.",
        validators=[Length(max=LONGEST_TITLE, message="Слишком длинно: не больше %(max)d знаков.")],
    )
    timing = RadioField(
        "Когда присылать",
        choices=[
            (MailTiming.WEEKLY.value, "Каждую неделю"),
            (MailTiming.BEFORE_TERM.value, "Перед каждым сроком распоряжения, один раз на срок"),
        ],
        default=MailTiming.WEEKLY.value,
    )
    weekday = SelectField(
        "День недели",
        description="Только для еженедельной рассылки.",
        choices=[(str(n), day) for n, day in enumerate(WEEKDAYS)],
        default="0",
    )
    hour = SelectField(
        "Час",
        description="По часам региона.",
        choices=[(str(n), f"{n:02d}:00") for n in range(24)],
        default=MORNING,
    )
    days_before = IntegerField(
        "За сколько дней до срока", description="Только для рассылки перед сроком.", validators=[Optional()], default=3
    )

    def plan(self, usual_title: str) -> Plan:
        return Plan(
            title=(self.title.data or "").strip() or usual_title,
            timing=MailTiming(self.timing.data),
            hour=int(self.hour.data),
            weekday=int(self.weekday.data),
            days_before=self.days_before.data,
        )


class NewMailingForm(MailingForm):
    what = SelectField("Что присылать", choices=[], validators=[InputRequired("Выберите, что присылать.")])
    # The conditions of the list from which the person came, as its address writes them.
    query = HiddenField(validators=[Length(max=2000)])


class MailingChangeForm(MailingForm):
    version = HiddenField(validators=[InputRequired()])

    @property
    def seen_version(self) -> int:
        return row_number(self.version.data) or 0
