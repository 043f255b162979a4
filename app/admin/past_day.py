"""«Состояние на дату»: the past day that an address asks for, and how a sheet tells of it."""

from __future__ import annotations

from datetime import date, datetime

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from app.excel.sheet import PAST_STATE
from app.policies.refusal import Invalid
from app.services import clock
from app.services.state_on_day import PastDay, read_day
from app.web.session import current_actor


def day_asked(raw: str, today: date | None) -> date | None:
    """None where the present is asked for; raises BadRequest for what is no day, Invalid for one that has not come."""
    if not raw:
        return None
    try:
        day = read_day(raw)
    except ValueError as error:
        raise BadRequest from error
    if today is not None and day > today:
        raise Invalid("Этот день ещё не наступил. Выберите сегодняшний или прошедший.", field="on_day")
    return day


def past_asked(arguments: MultiDict[str, str]) -> PastDay | None:
    """The day with the reader's zone and unit; raises as `day_asked`."""
    actor = current_actor()
    day = day_asked(arguments.get("on_day", ""), clock.today(actor.time_zone))
    return PastDay.of(day, actor.time_zone, actor.unit_id) if day is not None else None


def told_past(past: PastDay | None, now: datetime) -> tuple[str, ...]:
    """A line above the rows; `now` is in the reader's zone."""
    if past is None:
        return ()
    return (f"{PAST_STATE}{past.day:%d.%m.%Y} по истории изменений, выгружено {now:%d.%m.%Y %H:%M}",)
