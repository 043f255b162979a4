"""The unit's own live measures in its workbook: who answers for them, and that they are done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select

from app.excel.measure_workbook import LEAD, SHEET
from app.models import CorrectiveMeasure, Evidence, Finding
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration_of_measures import FigureSource, MeasureStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services import corrective_measure as measures
from app.services import measure_figure, measure_links
from app.services.evidence import TypedEvidence, checked_url
from app.services.measure_access import require_change, the_one
from app.services.measure_details import LONGEST_NAME, require_value, typed_of
from app.services.measure_proof import pieces_of
from app.services.unit_workbook import UnitPart, UnitRow
from app.workflows.corrective_measure import WORKFLOW

PERSON = ("measure_responsible", "measure_position")
DONE = ("done_on", "done_note", "figure_after", "measure_link")
LINK_TITLE = "Ссылка из рабочей книги"
# What a live measure needs first: it is under way before it is done.
FIRST = {MeasureStatus.PLANNED: "start", MeasureStatus.NOT_VERIFIED: "resume"}
DAY = "%d.%m.%Y"


@dataclass(frozen=True, slots=True)
class _Present:
    measure: CorrectiveMeasure
    findings: list[Finding]
    pieces: list[Evidence]


@dataclass(frozen=True, slots=True)
class _Done:
    done_on: date
    note: str
    figure: Decimal | None
    link: str


def rows(session: GuardedSession, actor: Actor, today: date) -> list[UnitRow]:
    """The measures that the unit carries out and has not done, the nearest term first."""
    del today
    return [_row(one) for one in _present(session, actor)]


def _present(session: GuardedSession, actor: Actor) -> list[_Present]:
    own = session.scalars(
        select(CorrectiveMeasure)
        .where(CorrectiveMeasure.org_unit_id == actor.unit_id, CorrectiveMeasure.status.in_(LIVE_STATUSES))
        .order_by(CorrectiveMeasure.due_on, CorrectiveMeasure.id)
    ).all()
    numbers = [one.id for one in own]
    findings, pieces = measure_links.findings_of(session, numbers), pieces_of(session, numbers)
    return [_Present(one, findings[one.id], pieces[one.id]) for one in own]


def _row(present: _Present) -> UnitRow:
    one = present.measure
    shown = (
        one.title,
        "; ".join(finding.label for finding in present.findings),
        one.expected_result,
        one.due_on,
        one.status.label,
        one.remark,
        _figure(one),
    )
    fields = {
        "measure_responsible": one.responsible,
        "measure_position": one.responsible_position,
        "done_on": "",
        "done_note": one.done_note,
        "figure_after": "",
        "measure_link": "",
    }
    locked = frozenset({"figure_after"}) if one.figure_source is FigureSource.NONE else frozenset[str]()
    return UnitRow(str(one.id), one.version, one.title, shown, fields, locked=locked)


def _figure(one: CorrectiveMeasure) -> str:
    if one.figure_source is FigureSource.NONE:
        return ""
    sides = (
        measure_figure.shown(value) if value is not None else "…" for value in (one.figure_before, one.figure_target)
    )
    return f"{one.figure_name}: {' → '.join(sides)}"


class MeasureMerge:
    """What the merged cells of one row would do."""

    def __init__(self, session: GuardedSession, actor: Actor, *, today: date, now: datetime) -> None:
        self._session, self._actor, self._today, self._now = session, actor, today, now
        self._present = {str(one.measure.id): one for one in _present(session, actor)}

    def present(self, key: str) -> UnitRow | None:
        found = self._present.get(key)
        return _row(found) if found is not None else None

    def written(self, key: str, field: str, value: str) -> str:
        del key
        return " ".join(value.split()) if field in PERSON else value

    def gone(self, key: str) -> str:
        found = self._session.get(CorrectiveMeasure, int(key))
        if found is None or found.org_unit_id != self._actor.unit_id:
            return "Этой меры у вас больше нет."
        return f"Мера уже «{found.status.label}»: записать в неё ничего нельзя."

    def act(self, key: str, values: Mapping[str, str], own: frozenset[str]) -> Callable[[], None]:
        """Raises Refusal now for what could not be done later."""
        there = self._present[key]
        person = self._person(there.measure, values) if own & set(PERSON) else None
        done = self._done(there, values) if own & set(DONE) else None
        number, version = there.measure.id, there.measure.version

        def act() -> None:
            found = the_one(self._session, number)
            if found.version != version:
                raise Conflict("Меру успел изменить кто-то другой. Проверьте файл ещё раз.")
            if person is not None:
                self._name(found, *person)
            if done is not None:
                self._finish(found, done)

        return act

    def _person(self, measure: CorrectiveMeasure, values: Mapping[str, str]) -> tuple[str, str]:
        require_change(measure, self._actor)
        for name in PERSON:
            if len(values[name]) > LONGEST_NAME:
                raise Invalid(f"Слишком длинно: не больше {LONGEST_NAME} знаков.", field=name)
        return values["measure_responsible"], values["measure_position"]

    def _name(self, found: CorrectiveMeasure, name: str, position: str) -> None:
        measures.change(
            self._session,
            self._actor,
            found,
            replace(typed_of(found), responsible=name, responsible_position=position),
            version=None,
            finding_ids=[one.id for one in measure_links.findings_of(self._session, [found.id])[found.id]],
            unit_ids=measure_links.unit_ids_of(self._session, found.id),
            today=self._today,
        )

    def _done(self, there: _Present, values: Mapping[str, str]) -> _Done:
        one = there.measure
        WORKFLOW.require(FIRST.get(one.status, "finish"), one, self._actor)
        done_on = _day(values["done_on"], self._today)
        link = self._link(there, values["measure_link"])
        figure = _number(values["figure_after"])
        if one.figure_source is not FigureSource.NONE and figure is None:
            figure = measure_figure.after(self._session, self._actor, one, today=self._today).value
            if figure is None:
                raise Invalid("Впишите, каким стал показатель: система его ещё не посчитала.", field="figure_after")
        return _Done(done_on, values["done_note"], figure, link)

    @staticmethod
    def _link(there: _Present, raw: str) -> str:
        try:
            link = checked_url(raw)
        except Invalid as refusal:
            raise Invalid(refusal.sentence, field="measure_link") from refusal
        if not link and not there.pieces:
            raise Invalid(
                "Вставьте ссылку или сначала приложите файл на странице меры: без подтверждения её не сдать.",
                field="measure_link",
            )
        return link

    def _finish(self, found: CorrectiveMeasure, done: _Done) -> None:
        if found.status is MeasureStatus.PLANNED:
            measures.start(self._session, self._actor, found, today=self._today)
        elif found.status is MeasureStatus.NOT_VERIFIED:
            measures.resume(self._session, self._actor, found)
        measures.finish(
            self._session,
            self._actor,
            found,
            done_on=done.done_on,
            done_note=done.note,
            figure_after=done.figure,
            evidence=[TypedEvidence(title=LINK_TITLE, url=done.link)] if done.link else [],
            now=self._now,
            today=self._today,
        )


def _day(raw: str, today: date) -> date:
    if not raw:
        raise Invalid("Впишите день, когда мера выполнена: без него остальное не принять.", field="done_on")
    try:
        found = datetime.strptime(raw, DAY).date()  # noqa: DTZ007 - a cell has no zone
    except ValueError:
        raise Invalid(f"«{raw}» не день. Впишите его в виде дд.мм.гггг.", field="done_on") from None
    if found > today:
        raise Invalid("Этот день ещё не наступил: впишите, когда мера выполнена на самом деле.", field="done_on")
    return found


def _number(raw: str) -> Decimal | None:
    if not raw:
        return None
    try:
        value = Decimal(raw.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise Invalid(f"«{raw}» не число.", field="figure_after") from None
    require_value(value, "figure_after")
    return value


def _merge(session: GuardedSession, actor: Actor, **when: Any) -> MeasureMerge:
    return MeasureMerge(session, actor, **when)


PART = UnitPart("measure", SHEET, Permission.MEASURE_WRITE, rows, _merge, {}, LEAD)
