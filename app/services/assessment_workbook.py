"""The unit's own assessment sheets in its workbook: the answers that it may give now, one row for each criterion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select

from app.excel.assessment_workbook import LEAD, SHEET
from app.models import Assessment, MonitoringRound
from app.models.assessment import FILLED_STATUSES
from app.models.enumeration import RoundStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import assessment_answer, round_window
from app.services.assessment_answer import Typed
from app.services.assessment_cells import YES, cell_takes, cell_text, judged, last_answer, na_read, value_read
from app.services.assessment_sheet import Line, Sheet, sheet
from app.services.assessment_value import LONGEST_COMMENT, LONGEST_REASON, bounded, worth
from app.services.framework_contents import CriterionView
from app.services.unit_workbook import UnitPart, UnitRow

Read = TypeVar("Read")
ANSWERED = ("value", "na", "na_reason")
BOTH = (
    "Вместе с «неприменимо» ответа не бывает: оставьте что-то одно. Если в книге и так одно, другое записали "
    "на странице листа позже: скачайте книгу заново."
)


@dataclass(frozen=True, slots=True)
class _Present:
    sheet: Sheet
    line: Line


def rows(session: GuardedSession, actor: Actor, today: date) -> list[UnitRow]:
    """Every criterion of the sheets that the unit may fill in today, in the order of the set."""
    return [_row(one) for one in _present(session, actor, today).values()]


def _present(session: GuardedSession, actor: Actor, today: date) -> dict[str, _Present]:
    own = session.scalars(
        select(Assessment.id)
        .join(MonitoringRound, MonitoringRound.id == Assessment.round_id)
        .where(
            Assessment.org_unit_id == actor.unit_id,
            Assessment.status.in_(FILLED_STATUSES),
            MonitoringRound.status == RoundStatus.OPEN,
        )
        .order_by(MonitoringRound.due_on, Assessment.id)
    ).all()
    sheets = [sheet(session, actor, number, today=today) for number in own]
    return {
        f"{one.assessment.id}:{line.criterion.id}": _Present(one, line)
        for one in sheets
        if one.may_fill
        for line in one.lines
    }


def _row(there: _Present) -> UnitRow:
    line, criterion = there.line, there.line.criterion
    held = there.sheet.round
    shown = (
        criterion.code,
        criterion.title,
        f"{held.title}. {there.sheet.window.sentence}",
        judged(line),
        last_answer(line),
        line.remark,
    )
    locked = ANSWERED if line.is_counted else () if criterion.may_be_na else ANSWERED[1:]
    return UnitRow(
        f"{there.sheet.assessment.id}:{criterion.id}",
        line.version or 0,
        f"{criterion.code}. {criterion.title}",
        shown,
        _fields(line),
        {"value": cell_takes(criterion)},
        frozenset(locked),
    )


def _fields(line: Line) -> dict[str, str]:
    score = line.score
    if score is None:
        return dict.fromkeys(("value", "na", "na_reason", "comment"), "")
    return {
        "value": cell_text(line.criterion, score.value),
        "na": YES if score.is_na else "",
        "na_reason": score.na_reason,
        "comment": score.comment,
    }


class AssessmentMerge:
    """What the merged cells of one criterion would do."""

    def __init__(self, session: GuardedSession, actor: Actor, *, today: date, now: datetime) -> None:
        self._session, self._actor, self._today, self._now = session, actor, today, now
        self._present = _present(session, actor, today)

    def present(self, key: str) -> UnitRow | None:
        found = self._present.get(key)
        return _row(found) if found is not None else None

    def written(self, key: str, field: str, value: str) -> str:
        there = self._present.get(key)
        try:
            if field == "value" and value and there is not None:
                return cell_text(there.line.criterion, value_read(there.line.criterion, value))
            if field == "na" and value:
                return YES if na_read(value) else ""
        except Invalid:
            return value
        return value

    def gone(self, key: str) -> str:
        # The key is one that was given out: the seal has proved it.
        found = self._session.get(Assessment, int(key.partition(":")[0]))
        if found is None or found.org_unit_id != self._actor.unit_id:
            return "Этого листа оценки у вас больше нет."
        if found.status not in FILLED_STATUSES:
            return (
                f"Лист оценки уже «{found.status.label}»: ответы в нём сейчас не меняются. "
                "Отзовите его, пока проверка не началась, или попросите вернуть."
            )
        held = self._session.get_one(MonitoringRound, found.round_id)
        window = round_window.window_of(self._session, held, found.org_unit_id, today=self._today)
        return window.sentence if window.closed else "Этого критерия в вашем листе оценки больше нет."

    def act(self, key: str, values: Mapping[str, str], own: frozenset[str]) -> Callable[[], None]:
        """Raises Refusal now for what could not be done later."""
        there = self._present[key]
        typed = _typed(there.line, values, own)
        assessment, criterion, version = there.sheet.assessment, there.line.criterion, there.line.version

        def act() -> None:
            assessment_answer.answer(
                self._session,
                self._actor,
                assessment,
                criterion.id,
                typed,
                version=version,
                now=self._now,
                today=self._today,
            )

        return act


def _typed(line: Line, values: Mapping[str, str], own: frozenset[str]) -> Typed:
    """The answer that is to stand: what the file changes over what stands. Raises Invalid with all that is wrong."""
    criterion, score, cells = line.criterion, line.score, _Cells()
    comment = values["comment"] if "comment" in own or score is None else score.comment
    comment = cells.read("", lambda: bounded(comment, LONGEST_COMMENT, "comment", "Пояснение"))
    if not own & set(ANSWERED):
        cells.check()
        if score is None:
            return Typed(comment=comment)
        return Typed(score.value, score.is_na, score.na_reason, comment, score.dispute_reason)
    if line.is_counted:
        cells.wrong(
            next(name for name in ANSWERED if name in own),
            "Этот ответ посчитала система по вашим записям. Оспорить его можно только на странице листа.",
        )
        cells.check()
    reason = cells.read("", lambda: bounded(values["na_reason"], LONGEST_REASON, "na_reason", "Причина"))
    is_na = cells.read(None, lambda: na_read(values["na"]))
    value = cells.read(None, lambda: _worth(criterion, values["value"]))
    if is_na and not criterion.may_be_na:
        cells.wrong("na", f"Критерий «{criterion.code}» применим всегда: уберите «да» из «Неприменимо».")
    elif is_na and values["value"]:
        cells.wrong("value" if "value" in own else "na", BOTH)
    elif is_na and not reason:
        cells.wrong("na_reason", "Напишите, почему критерий неприменим: без причины лист не отправить.")
    elif is_na is False and reason and "na_reason" in own:
        cells.wrong("na", "Причина нужна только вместе с «да» в «Неприменимо»: поставьте его или уберите причину.")
    cells.check()
    return Typed(value, bool(is_na), reason if is_na else "", comment)


def _worth(criterion: CriterionView, text: str) -> Decimal | None:
    if not text:
        return None
    value = value_read(criterion, text)
    worth(criterion, value)
    return value


@dataclass(slots=True)
class _Cells:
    """What is wrong with the cells of a row: a person mends all of them at once."""

    told: dict[str, str] = field(default_factory=dict)

    def wrong(self, name: str, sentence: str) -> None:
        self.told.setdefault(name, sentence)

    def read(self, otherwise: Read, reading: Callable[[], Read]) -> Read:
        try:
            return reading()
        except Invalid as refusal:
            self.wrong(refusal.field or "", refusal.sentence)
            return otherwise

    def check(self) -> None:
        """Raises Invalid at the first wrong cell."""
        if self.told:
            raise Invalid(" ".join(self.told.values()), field=next(iter(self.told)))


def _merge(session: GuardedSession, actor: Actor, **when: Any) -> AssessmentMerge:
    return AssessmentMerge(session, actor, **when)


PART = UnitPart(
    "assessment",
    SHEET,
    Permission.ASSESSMENT_FILL,
    rows,
    _merge,
    {"na": [YES]},
    LEAD,
)
