"""From weakness to order: open findings gathered into points of a draft, one point for each criterion.

Nothing here is issued: the draft is its issuer's alone until a person has looked at it and issues it.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Criterion, Finding, FindingPoint, MeasureTemplate, MonitoringRound, Order, OrderPoint
from app.models.enumeration import AddresseeClauseKind, OrderKind, TermKind, UnitKind
from app.models.enumeration_of_measures import FindingStatus
from app.models.search_text import folded
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services import measure_template
from app.services import order as orders
from app.services.order import ClauseValues, PointValues
from app.services.order_addressees import UnitRegister, register_of
from app.services.order_head import as_people_sort

# More in one draft is no order any more; the sweep of a round over a whole region is below it.
MOST_FINDINGS = 5_000
MOST_POINTS = 60
LONGEST_TEXT = 5_000
USUAL_DAYS = 90
GONE = "Недостатки тем временем изменились: пунктов или организаций стало другое число. Проверьте и создайте ещё раз."


class Addressing(enum.StrEnum):
    """Whom the points go to."""

    UNITS = "units"
    MUNICIPALITIES = "municipalities"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the person ticked: findings, or all of a round by the codes of criteria (none: by all of them)."""

    finding_ids: tuple[int, ...] = ()
    round_id: int | None = None
    criterion_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Weakness:
    """One point to be: the findings of one criterion, or of one wording. `units` as the register sorts them."""

    key: str
    title: str
    findings: tuple[Finding, ...]
    units: tuple[tuple[int, str], ...]
    texts: tuple[str, ...]
    due_on: date


@dataclass(frozen=True, slots=True)
class Proposal:
    title: str
    points: tuple[Weakness, ...]
    # Findings that stand on an order already, and those of units that are closed: left out, and said so.
    answered: int = 0
    closed: int = 0


@dataclass(frozen=True, slots=True)
class TypedPoint:
    """`count` is how many findings the person saw under the point."""

    key: str
    text: str
    due_on: date | None
    count: int


def gathered(session: Session, actor: Actor, chosen: Chosen, *, again: bool = False) -> list[Finding]:
    """Open findings of the choice within the actor's scope; with `again` those too that an order answers already."""
    actor.require(Permission.FINDING_READ)
    wanted = select(Finding).where(Finding.status == FindingStatus.OPEN)
    if chosen.finding_ids:
        wanted = wanted.where(Finding.id.in_(chosen.finding_ids))
    elif chosen.round_id is not None:
        wanted = wanted.where(Finding.round_id == chosen.round_id)
        if chosen.criterion_codes:
            wanted = wanted.where(Finding.criterion_code.in_(chosen.criterion_codes))
    else:
        return []
    if not again:
        # A point of another unit's draft is nothing that the actor knows of.
        answered = select(FindingPoint.finding_id).join(OrderPoint, OrderPoint.id == FindingPoint.order_point_id)
        wanted = wanted.where(Finding.id.not_in(answered))
    found = list(session.scalars(wanted.order_by(Finding.id).limit(MOST_FINDINGS + 1)))
    if len(found) > MOST_FINDINGS:
        raise Invalid(f"Недостатков больше {MOST_FINDINGS}: выберите критерий или муниципалитет.")
    return found


def proposal(session: Session, actor: Actor, chosen: Chosen, *, today: date, again: bool = False) -> Proposal:
    """What the draft would say. A fixed number of statements."""
    actor.require(Permission.ORDER_WRITE)
    register = register_of(session, actor.unit_id or 0, today=today)
    whole = gathered(session, actor, chosen, again=True)
    left = whole if again else gathered(session, actor, chosen)
    standing = [one for one in left if one.org_unit_id in register.by_id and one.org_unit_id != actor.unit_id]
    groups: dict[str, list[Finding]] = {}
    for finding in standing:
        groups.setdefault(_key(finding), []).append(finding)
    titles = _titles(session, standing)
    templates = _templates(session, {one.criterion_code for one in standing})
    points = [_weakness(of_it, register, titles, templates, today) for of_it in groups.values()]
    points.sort(key=lambda one: (not one.findings[0].criterion_code, as_people_sort(one.title)))
    return Proposal(_heading(session, chosen), tuple(points), len(whole) - len(left), len(left) - len(standing))


def create(
    session: Session,
    actor: Actor,
    chosen: Chosen,
    typed: Sequence[TypedPoint],
    *,
    kind: OrderKind,
    title: str,
    addressing: Addressing,
    today: date,
    again: bool = False,
) -> Order:
    """A draft with a point for each of `typed`, its addressees, and links from the findings to their points.

    Raises Invalid at the field, Conflict where the findings are not those that the person saw.
    """
    actor.require(Permission.ORDER_WRITE)
    # Whoever else makes a draft of the same findings waits here, and finds them answered.
    numbers = [one.id for one in gathered(session, actor, chosen, again=again)]
    session.execute(select(Finding.id).where(Finding.id.in_(numbers)).order_by(Finding.id).with_for_update()).all()
    known = {one.key: one for one in proposal(session, actor, chosen, today=today, again=again).points}
    if not typed:
        raise Invalid("Отметьте хотя бы один пункт.", field="points")
    if len(typed) > MOST_POINTS:
        raise Invalid(f"В одном документе не больше {MOST_POINTS} таких пунктов.", field="points")
    if any(one.key not in known or len(known[one.key].findings) != one.count for one in typed):
        raise Conflict(GONE)
    if not title.strip():
        raise Invalid("Напишите заголовок: о чём документ.", field="title")
    draft = orders.create_draft(session, actor, kind=kind, title=title)
    register = register_of(session, actor.unit_id or 0, today=today)
    for number, one in enumerate(typed, start=1):
        point = _point(session, actor, draft, one, number=str(number), named=known[one.key].title, today=today)
        units = addressees(actor, register, [unit_id for unit_id, _ in known[one.key].units], addressing)
        clauses = [ClauseValues(AddresseeClauseKind.UNIT, unit_id) for unit_id in units]
        orders.set_addressees(session, actor, draft, point, clauses)
        for finding in known[one.key].findings:
            session.add(FindingPoint(org_unit_id=finding.org_unit_id, finding_id=finding.id, order_point_id=point.id))
    session.flush()
    return draft


def _point(
    session: Session, actor: Actor, draft: Order, typed: TypedPoint, *, number: str, named: str, today: date
) -> OrderPoint:
    if not typed.text.strip():
        raise Invalid(f"Напишите, что нужно сделать по пункту «{named}».", field=f"text-{typed.key}")
    if len(typed.text) > LONGEST_TEXT:
        raise Invalid(f"Пункт не длиннее {LONGEST_TEXT} знаков.", field=f"text-{typed.key}")
    if typed.due_on is None or typed.due_on <= today:
        raise Invalid(f"Укажите срок пункта «{named}»: день после сегодняшнего.", field=f"due-{typed.key}")
    values = PointValues(
        number=number, text=typed.text.strip(), term_kind=TermKind.DATE, due_on=typed.due_on, evidence_required=True
    )
    return orders.add_point(session, actor, draft, values)


def addressees(actor: Actor, register: UnitRegister, units: Iterable[int], addressing: Addressing) -> list[int]:
    """Each once. A unit straight under the region is addressed itself: there is nobody between."""
    found: dict[int, None] = {}
    for unit_id in units:
        above = register.by_id[unit_id].municipality_id
        between = above if above not in {None, actor.region_id, actor.unit_id} else None
        if between is not None and addressing is not Addressing.UNITS and between in register.by_id:
            found[between] = None
        if between is None or addressing is not Addressing.MUNICIPALITIES:
            found[unit_id] = None
    return list(found)


def may_choose_addressing(actor: Actor) -> bool:
    return actor.unit_kind is UnitKind.REGION


def _key(finding: Finding) -> str:
    """The criterion in every edition of its set; else the wording."""
    return f"c:{finding.criterion_code}" if finding.criterion_code else f"t:{folded(finding.text)}"


def _weakness(
    findings: Sequence[Finding],
    register: UnitRegister,
    titles: dict[str, str],
    templates: dict[str, list[MeasureTemplate]],
    today: date,
) -> Weakness:
    first, code = findings[0], findings[0].criterion_code
    named = f"{code}. {titles.get(code, '')}".strip(". ") if code else first.text
    offered = templates.get(code, [])
    mend = f"Устранить недостатки по критерию {code} «{titles[code]}»." if code in titles else ""
    texts = [_sentence(one.title) for one in offered] + [mend or f"Устранить недостаток: {_sentence(first.text)}"]
    units = sorted({one.org_unit_id for one in findings}, key=lambda number: as_people_sort(register.label(number)))
    days = offered[0].days if offered else USUAL_DAYS
    return Weakness(
        # As short as a form's names should be: the first finding stands for its group.
        key=str(first.id),
        title=named,
        findings=tuple(findings),
        units=tuple((number, register.label(number)) for number in units),
        texts=tuple(texts),
        due_on=today + timedelta(days=days),
    )


def _sentence(text: str) -> str:
    stripped = text.strip()
    return stripped if stripped.endswith((".", "!", "?", "…")) else f"{stripped}."


def _titles(session: Session, findings: Iterable[Finding]) -> dict[str, str]:
    """The words of each criterion as the latest of its editions among these findings has them."""
    wanted = {one.criterion_id for one in findings if one.criterion_id is not None}
    rows = session.execute(
        select(Criterion.code, Criterion.title).where(Criterion.id.in_(wanted)).order_by(Criterion.id)
    )
    return {row.code: row.title for row in rows}


def _templates(session: Session, codes: Collection[str]) -> dict[str, list[MeasureTemplate]]:
    found: dict[str, list[MeasureTemplate]] = {}
    for one in measure_template.templates(session):
        if one.is_active and one.criterion_code in codes:
            found.setdefault(one.criterion_code, []).append(one)
    return found


def _heading(session: Session, chosen: Chosen) -> str:
    held = session.get(MonitoringRound, chosen.round_id) if chosen.round_id is not None else None
    if held is None:
        return "Об устранении выявленных недостатков"
    return f"Об устранении недостатков, выявленных по итогам цикла «{held.title}»"
