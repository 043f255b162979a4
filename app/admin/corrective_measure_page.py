"""What the page of one measure shows; everything was read within the actor's scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.admin.corrective_measure_words import term_of
from app.admin.record_history import Changes, history_of
from app.admin.unit_names import UNIT, UNIT_NAME, UNIT_OF_ROW
from app.models import (
    AuditEvent,
    CorrectiveMeasure,
    Evidence,
    Finding,
    MeasureUnit,
    MonitoringRound,
    Order,
    OrderPoint,
    TrainingGroup,
    TrainingRequirement,
)
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration_of_measures import FigureSource, MeasureStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import NotPermitted, WrongState
from app.services import clock, measure_effect, measure_figure, measure_links, measure_proof
from app.services.measure_access import Hold, may_change
from app.services.measure_effect import Effect
from app.services.measure_figure import Figure
from app.services.order_head import as_people_sort, name_of
from app.workflows.corrective_measure import WORKFLOW
from app.workflows.finding import WORKFLOW as FINDING_WORKFLOW

# Of a measure for a whole municipality the page names so many units; the rest are counted.
MOST_NAMED = 30
# Numbers of rows say nothing to people, and the state is the act itself.
UNTOLD = frozenset(
    {
        *("status", "base_round_id", "template_id", "order_point_id", "training_requirement_id", "training_group_id"),
        *("made_by_unit_id", "made_by_id", "made_by", "finished_by_id", "finished_by", "verified_by", "is_demo"),
        *("remark", "closing_reason", "effect_round_id", "effect_figures", "verified_on", "criterion_code"),
    }
)
OWN_WORDS = {
    "create": "Запланирована",
    "change": "Изменена",
    "start": "Взята в работу",
    "withdraw": "Возвращена в работу",
    "verify": "Подтверждена",
    "refuse": "Не подтверждена",
    "resume": "Взята на доработку",
    "unverify": "Подтверждение снято",
    "cancel": "Отменена",
}


@dataclass(frozen=True, slots=True)
class MeasurePage:
    measure: CorrectiveMeasure
    carrier: str
    maker: str
    units: Sequence[str]
    findings: Sequence[Finding]
    finding_units: dict[int, str]
    proof: Sequence[Evidence]
    point: tuple[Order, OrderPoint] | None
    requirement: TrainingRequirement | None
    group: TrainingGroup | None
    round: MonitoringRound | None
    actions: frozenset[str]
    # Why the verdict is another person's, where it is this actor's unit that verifies.
    in_the_way: str
    hold: Hold | None
    figure_told: bool
    may_attach: bool
    resolvable: Sequence[Finding]
    proposed: Figure | None
    effect: Effect | None
    term: tuple[str, str]
    time_zone: str
    history: Sequence[dict[str, Any]]

    shown = staticmethod(measure_figure.shown)

    @property
    def is_live(self) -> bool:
        return self.measure.status in LIVE_STATUSES

    @property
    def is_for_itself(self) -> bool:
        return list(self.units) == [self.carrier]

    @property
    def named_units(self) -> Sequence[str]:
        return self.units[:MOST_NAMED]

    @property
    def has_figure(self) -> bool:
        return self.measure.figure_source is not FigureSource.NONE

    @property
    def sole(self) -> Sequence[int]:
        """The one finding that the verification would close: ticked until the person says otherwise."""
        return [one.id for one in self.resolvable] if len(self.resolvable) == 1 else ()

    @property
    def renewed(self) -> Sequence[Evidence]:
        """Proof that got a new file on a later day than that of the verification: the verifier saw another one."""
        seen_on = self.measure.verified_on
        if seen_on is None:
            return ()
        newest = ((piece, piece.revisions[-1]) for piece in self.proof if piece.revisions)
        return [piece for piece, file in newest if clock.local(file.uploaded_at, self.time_zone).date() > seen_on]

    @property
    def other_actions(self) -> frozenset[str]:
        """Besides the one that stands above the page."""
        return self.actions - {"start", "resume"}


def gather(session: GuardedSession, actor: Actor, measure: CorrectiveMeasure, today: date) -> MeasurePage:
    findings = measure_links.findings_of(session, [measure.id])[measure.id]
    units = _units(session, measure)
    carrier, maker = _who(session, measure)
    actions = frozenset(step.action for step in WORKFLOW.possible(measure, actor))
    return MeasurePage(
        measure=measure,
        carrier=carrier,
        maker=maker,
        units=sorted(units.values(), key=as_people_sort),
        findings=findings,
        finding_units={one.id: units.get(one.org_unit_id, "") for one in findings},
        proof=measure_proof.pieces_of(session, [measure.id])[measure.id],
        point=_point(session, measure.order_point_id),
        requirement=_found(session, TrainingRequirement, measure.training_requirement_id),
        group=_found(session, TrainingGroup, measure.training_group_id),
        round=_found(session, MonitoringRound, measure.base_round_id),
        actions=actions,
        in_the_way=_in_the_way(measure, actor),
        hold=may_change(measure, actor),
        figure_told=measure_figure.told(actor, measure),
        may_attach=measure_proof.may_attach(measure, actor),
        resolvable=[one for one in findings if FINDING_WORKFLOW.allows("resolve", one, actor)]
        if "verify" in actions
        else [],
        proposed=measure_figure.after(session, actor, measure, today=today)
        if "finish" in actions and measure.figure_source is not FigureSource.NONE
        else None,
        effect=measure_effect.effect_of(session, actor, measure, today=today),
        term=term_of(measure, today),
        time_zone=actor.time_zone,
        history=history_of(
            session,
            "corrective_measure",
            measure.id,
            actor.time_zone,
            words=OWN_WORDS,
            look="measure",
            untold=UNTOLD,
            tell=_tell,
        ),
    )


def _who(session: GuardedSession, measure: CorrectiveMeasure) -> tuple[str, str]:
    """Who carries the measure out, and who set it, are labels of the measure, whatever units they are."""
    home, maker = UNIT.alias("home_of_row"), UNIT.alias("maker_of_row")
    row = session.execute(
        select(name_of(home).label("home"), name_of(maker).label("maker"))
        .select_from(CorrectiveMeasure)
        .join(home, home.c.id == CorrectiveMeasure.org_unit_id)
        .join(maker, maker.c.id == CorrectiveMeasure.made_by_unit_id)
        .where(CorrectiveMeasure.id == measure.id)
    ).one()
    return row.home, row.maker


def _units(session: GuardedSession, measure: CorrectiveMeasure) -> dict[int, str]:
    """Of the units that the measure is for, those in scope."""
    rows = session.execute(
        select(MeasureUnit.org_unit_id, UNIT_NAME.label("name"))
        .join(UNIT_OF_ROW, UNIT_OF_ROW.c.id == MeasureUnit.org_unit_id)
        .where(MeasureUnit.measure_id == measure.id)
    )
    return {row.org_unit_id: row.name for row in rows}


def _found(session: GuardedSession, model: Any, number: int | None) -> Any:
    """What the measure is tied to, where the reader sees it."""
    return session.get(model, number) if number is not None else None


def _point(session: GuardedSession, number: int | None) -> tuple[Order, OrderPoint] | None:
    point = session.get(OrderPoint, number) if number is not None else None
    return (session.get_one(Order, point.order_id), point) if point is not None else None


def _in_the_way(measure: CorrectiveMeasure, actor: Actor) -> str:
    if measure.status is not MeasureStatus.DONE or not actor.may(Permission.MEASURE_VERIFY):
        return ""
    try:
        WORKFLOW.require("verify", measure, actor)
    except WrongState as refusal:
        return refusal.sentence
    except NotPermitted:
        return ""
    return ""


def _tell(row: AuditEvent, changes: Changes) -> Changes:
    """The note of a report stands as the note of the act."""
    return {key: pair for key, pair in changes.items() if key != "done_note" or row.action != "finish"}
