"""Whether a round takes a unit's sheet on a day: in time, late, by a permit of its own, or not at all."""

from __future__ import annotations

import enum
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import LatePermit, MonitoringRound
from app.models.enumeration import RoundStatus
from app.policies.refusal import WrongState


class WindowState(enum.Enum):
    IN_TIME = "in_time"
    LATE = "late"
    BY_PERMIT = "by_permit"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Window:
    """`until` is the last day on which the unit may still write and send; `sentence` says it to people."""

    state: WindowState
    until: date | None
    sentence: str

    @property
    def in_time(self) -> bool:
        return self.state is WindowState.IN_TIME

    @property
    def late(self) -> bool:
        return self.state is WindowState.LATE

    @property
    def by_permit(self) -> bool:
        return self.state is WindowState.BY_PERMIT

    @property
    def closed(self) -> bool:
        return self.state is WindowState.CLOSED

    @property
    def is_open(self) -> bool:
        return not self.closed


def window_of(session: Session, monitoring_round: MonitoringRound, unit_id: int, *, today: date) -> Window:
    """`today` is a day of the region. One statement, and that only after the lock."""
    return windows(session, monitoring_round, (unit_id,), today)[unit_id]


def windows(
    session: Session, monitoring_round: MonitoringRound, unit_ids: Collection[int], today: date
) -> dict[int, Window]:
    """The window of each unit, by one statement at most."""
    permits: dict[int, date] = {}
    if _asks_permits(monitoring_round, today):
        permits = {
            row.org_unit_id: row.until
            for row in session.execute(
                select(LatePermit.org_unit_id, LatePermit.until).where(
                    LatePermit.round_id == monitoring_round.id, LatePermit.org_unit_id.in_(unit_ids)
                )
            )
        }
    return {unit_id: window_on(monitoring_round, permits.get(unit_id), today) for unit_id in unit_ids}


def window_on(held: MonitoringRound, permitted_until: date | None, today: date) -> Window:
    """The rule itself; `permitted_until` is the day of the unit's own permit."""
    if held.status is RoundStatus.DRAFT:
        return _closed("Цикл ещё не открыт: лист пока не заполняется.")
    if held.status is RoundStatus.CLOSED:
        return _closed("Цикл завершён: листы больше не меняются. Возобновить его может организация, которая его ведёт.")
    if today < held.opens_on:
        return _closed(f"Цикл начинается {held.opens_on:%d.%m.%Y}: заполнять лист можно с этого дня.")
    if today <= held.due_on:
        return Window(WindowState.IN_TIME, held.due_on, f"Срок сдачи – {held.due_on:%d.%m.%Y}.")
    if today <= held.locks_on:
        told = (
            f"Срок сдачи прошёл {held.due_on:%d.%m.%Y}. Лист ещё принимается до {held.locks_on:%d.%m.%Y} "
            "и будет отмечен как сданный с опозданием."
        )
        return Window(WindowState.LATE, held.locks_on, told)
    return _after_lock(held, permitted_until, today)


def _after_lock(held: MonitoringRound, permitted_until: date | None, today: date) -> Window:
    # A permit holds no longer than the round's own last day, wherever an act has moved it since.
    last = min(permitted_until, held.late_until) if permitted_until and held.late_until else None
    if last is None:
        return _closed(
            f"Приём листов закрыт {held.locks_on:%d.%m.%Y}. Попросите организацию, которая ведёт цикл, "
            "разрешить сдать лист позже."
        )
    if today > last:
        return _closed(f"Разрешение сдать лист позже действовало до {last:%d.%m.%Y}. Приём листов закрыт.")
    told = f"Приём закрыт {held.locks_on:%d.%m.%Y}. По отдельному разрешению лист принимается до {last:%d.%m.%Y}."
    return Window(WindowState.BY_PERMIT, last, told)


def require_open(session: Session, monitoring_round: MonitoringRound, unit_id: int, *, today: date) -> Window:
    """Raises WrongState with the sentence of the closed window."""
    window = window_of(session, monitoring_round, unit_id, today=today)
    if window.closed:
        raise WrongState(window.sentence)
    return window


def _asks_permits(monitoring_round: MonitoringRound, today: date) -> bool:
    return monitoring_round.status is RoundStatus.OPEN and today > monitoring_round.locks_on


def _closed(sentence: str) -> Window:
    return Window(WindowState.CLOSED, None, sentence)
