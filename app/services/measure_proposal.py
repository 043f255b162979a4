"""What is proposed to whoever plans a measure: words and term of a template, the figure of the criterion, the links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Criterion,
    Finding,
    FindingPoint,
    MeasureTemplate,
    MonitoringRound,
    Order,
    OrderPoint,
    TrainingGroup,
    TrainingRequirement,
)
from app.models.enumeration import Metric, OrderStatus, RoundStatus
from app.models.enumeration_of_measures import FigureSource, FindingSeverity, FindingStatus, MeasurePriority
from app.models.enumeration_of_training import GroupStatus, RequirementStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services import measure_figure, measure_links, measure_template
from app.services.measure_details import TypedMeasure
from app.services.measure_figure import Figure
from app.services.metric import can_count
from app.services.order_head import as_people_sort

USUAL_DAYS = 90
MOST_OFFERED = 200
NO_FIGURE, TYPED_FIGURE = "none", "typed"


@dataclass(frozen=True, slots=True)
class FigureChoice:
    """One line of the choice of a figure; `value` is what the form sends."""

    value: str
    label: str
    best: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """`now` is the first value of the proposed figure, counted over all the units together."""

    typed: TypedMeasure
    findings: Sequence[Finding]
    unit_ids: Sequence[int]
    templates: Sequence[MeasureTemplate]
    template: MeasureTemplate | None
    figures: Sequence[FigureChoice]
    now: Figure | None


def proposal(
    session: Session, actor: Actor, *, finding_ids: Sequence[int], template_id: int | None, today: date
) -> Proposal:
    """For the form of a new measure. Raises NotFound outside the scope, Invalid for a closed finding."""
    actor.require(Permission.MEASURE_WRITE)
    findings = measure_links.findings_to_answer(session, finding_ids)
    unit_ids = list(dict.fromkeys(one.org_unit_id for one in findings))
    codes = list(dict.fromkeys(one.criterion_code for one in findings if one.criterion_code))
    templates = [one for code in codes for one in measure_template.of_criterion(session, code)]
    template = measure_template.template_of(session, template_id) if template_id is not None else None
    if template is None and len(templates) == 1:
        template = templates[0]
    figures = figure_choices(session, findings)
    typed = _worded(findings, template, today)
    usual = figures[1] if len(codes) == 1 and len(figures) > 1 and figures[1].best is not None else None
    if usual is None:
        return Proposal(typed, findings, unit_ids, templates, template, figures, None)
    typed = with_figure(typed, usual.value)
    target = template.target if template is not None and template.target is not None else usual.best
    typed = replace(typed, figure_target=target)
    first = measure_figure.before(session, actor, typed.criterion_code, typed.base_round_id or 0, unit_ids)
    return Proposal(typed, findings, unit_ids, templates, template, figures, first)


def _worded(findings: Sequence[Finding], template: MeasureTemplate | None, today: date) -> TypedMeasure:
    grave = any(one.severity is FindingSeverity.CRITICAL for one in findings)
    days = template.days if template is not None else USUAL_DAYS
    return TypedMeasure(
        title=template.title if template is not None else "",
        expected_result=template.expected_result if template is not None else "",
        priority=MeasurePriority.HIGH if grave else MeasurePriority.NORMAL,
        responsible_position=template.responsible_position if template is not None else "",
        due_on=today + timedelta(days=days),
        template_id=template.id if template is not None else None,
    )


# ── the figure as one choice ─────────────────────────────────────────────────────────────────────────


def figure_choices(
    session: Session, findings: Sequence[Finding], kept: TypedMeasure | None = None
) -> list[FigureChoice]:
    """None, the criteria of the findings (without any, those of the newest round), what the system counts, one's own.

    `kept` is the figure of a measure that stands already, which stays in the choice.
    """
    seen = [(one.round_id, one.criterion_code) for one in findings if one.round_id is not None]
    stands = kept is not None and kept.figure_source is FigureSource.CRITERION
    if kept is not None and stands and kept.base_round_id is not None:
        seen.insert(0, (kept.base_round_id, kept.criterion_code))
    pairs = list(dict.fromkeys(seen))
    if not pairs:
        pairs = _newest(session)
    offered = _of_criteria(session, pairs)
    if kept is not None and stands and (value := figure_value(kept)) not in {one.value for one in offered}:
        # Set from above by a round that the unit does not see.
        offered.insert(0, FigureChoice(value, f"балл по критерию {kept.criterion_code}"))
    return [
        FigureChoice(NO_FIGURE, "без показателя"),
        *offered,
        *(FigureChoice(f"metric:{one.value}", measure_figure.name_of_metric(one)) for one in Metric if can_count(one)),
        FigureChoice(TYPED_FIGURE, "свой показатель: назову и внесу сам"),
    ]


def _newest(session: Session) -> list[tuple[int, str]]:
    held = session.scalar(
        select(MonitoringRound)
        .where(MonitoringRound.status != RoundStatus.DRAFT)
        .order_by(MonitoringRound.opens_on.desc(), MonitoringRound.id.desc())
        .limit(1)
    )
    if held is None:
        return []
    codes = session.scalars(select(Criterion.code).where(Criterion.framework_id == held.framework_id))
    return [(held.id, code) for code in sorted(codes, key=as_people_sort)]


def _of_criteria(session: Session, pairs: Sequence[tuple[int, str]]) -> list[FigureChoice]:
    rows = session.execute(
        select(MonitoringRound.id, MonitoringRound.title, Criterion.code, Criterion.title, Criterion.max_points)
        .join(Criterion, Criterion.framework_id == MonitoringRound.framework_id)
        .where(
            MonitoringRound.id.in_({number for number, _ in pairs}),
            Criterion.code.in_({code for _, code in pairs}),
        )
    ).all()
    known = {(number, code): (told, title, best) for number, told, code, title, best in rows}
    found = []
    for number, code in pairs:
        if (number, code) in known:
            told, title, best = known[number, code]
            found.append(FigureChoice(f"criterion:{number}:{code}", f"балл по критерию {code}. {title} ({told})", best))
    return found


def figure_value(typed: TypedMeasure) -> str:
    """The figure as the form sends it."""
    if typed.figure_source is FigureSource.CRITERION:
        return f"criterion:{typed.base_round_id}:{typed.criterion_code}"
    if typed.figure_source is FigureSource.METRIC and typed.metric is not None:
        return f"metric:{typed.metric.value}"
    return TYPED_FIGURE if typed.figure_source is FigureSource.TYPED else NO_FIGURE


def with_figure(typed: TypedMeasure, value: str) -> TypedMeasure:
    """The measure with the figure that the form has sent; `value` is one of `figure_choices`."""
    plain = replace(typed, criterion_code="", base_round_id=None, metric=None)
    kind, _, rest = value.partition(":")
    if kind == "criterion":
        number, _, code = rest.partition(":")
        named = code == typed.criterion_code and int(number) == typed.base_round_id
        return replace(
            plain,
            figure_source=FigureSource.CRITERION,
            criterion_code=code,
            base_round_id=int(number),
            figure_name=typed.figure_name if named else "",
        )
    if kind == "metric":
        return replace(plain, figure_source=FigureSource.METRIC, metric=Metric(rest), figure_name="")
    if kind == TYPED_FIGURE:
        return replace(plain, figure_source=FigureSource.TYPED)
    return replace(plain, figure_source=FigureSource.NONE)


# ── what a measure may be tied to ────────────────────────────────────────────────────────────────────


def open_findings(session: Session, unit_ids: Sequence[int]) -> list[Finding]:
    """Of these units, the newest first: what a measure may answer besides."""
    return list(
        session.scalars(
            select(Finding)
            .where(Finding.org_unit_id.in_(unit_ids), Finding.status == FindingStatus.OPEN)
            .order_by(Finding.found_on.desc(), Finding.id.desc())
            .limit(MOST_OFFERED)
        )
    )


def answering_point(session: Session, findings: Sequence[Finding]) -> int | None:
    """The point of an order that answers all the findings at once, where there is one."""
    rows = session.execute(
        select(FindingPoint.order_point_id, FindingPoint.finding_id).where(
            FindingPoint.finding_id.in_([one.id for one in findings])
        )
    ).all()
    whole = {one.id for one in findings}
    points = {row.order_point_id for row in rows}
    shared = [point for point in points if {row.finding_id for row in rows if row.order_point_id == point} == whole]
    return shared[0] if len(shared) == 1 and session.get(OrderPoint, shared[0]) is not None else None


def points(session: Session) -> list[tuple[int, str]]:
    """Points of orders in force that the reader sees, the newest orders first."""
    rows = session.execute(
        select(Order, OrderPoint)
        .join(OrderPoint, OrderPoint.order_id == Order.id)
        .where(Order.status == OrderStatus.ISSUED, OrderPoint.revoked_on.is_(None))
        .order_by(Order.dated_on.desc(), Order.id.desc(), OrderPoint.position, OrderPoint.id)
        .limit(MOST_OFFERED)
    )
    return [(point.id, f"{order.label}, п. {point.label}: {_clipped(point.text)}") for order, point in rows]


def requirements(session: Session) -> list[tuple[int, str]]:
    rows = session.execute(
        select(TrainingRequirement.id, TrainingRequirement.title)
        .where(TrainingRequirement.status == RequirementStatus.ACTIVE)
        .order_by(TrainingRequirement.due_on.desc(), TrainingRequirement.id.desc())
        .limit(MOST_OFFERED)
    )
    return [(row.id, row.title) for row in rows]


def groups(session: Session) -> list[tuple[int, str]]:
    rows = session.execute(
        select(TrainingGroup.id, TrainingGroup.title)
        .where(TrainingGroup.status.in_((GroupStatus.OPEN, GroupStatus.STUDYING)))
        .order_by(TrainingGroup.id.desc())
        .limit(MOST_OFFERED)
    )
    return [(row.id, row.title) for row in rows]


LONGEST_SHOWN = 90


def _clipped(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_SHOWN else line[: LONGEST_SHOWN - 1].rstrip() + "…"
