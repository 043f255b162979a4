"""What the pages of one order show, gathered once: a draft with its proposals, an issued order with its progress."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from markupsafe import Markup
from sqlalchemy import Date, and_, bindparam, case, func, select

from app.admin.order_words import (
    ClauseWords,
    clause_words,
    count_words,
    heading_spans,
    marked_text,
    point_words,
    quote_id,
    reached_words,
    term_span,
    term_words,
)
from app.forms.order import GroundForm
from app.models import Assignment, Order, OrderPoint, OrgUnit
from app.models.assignment import CLOSED_STATUSES, FULFILLED_STATUSES
from app.models.enumeration import AssignmentStatus, OrderStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services.order_addressees import UnitRegister, register_of
from app.services.order_issue import Examination, examine
from app.services.training_coverage import PointCoverage, coverage_of_points


@dataclass
class Card:
    """One point of a draft: what was understood, what is unsure, whom it reaches now."""

    point: OrderPoint
    term: str
    term_quote: str | None
    quote: str | None
    clauses: list[ClauseWords]
    reached: str
    names: list[str]
    obstacles: list[str]
    warnings: list[str]
    # An introductory phrase is told once, above the first of its points.
    shows_intro: bool = True


@dataclass
class DraftPage:
    order: Order
    editable: bool
    may_issue: bool
    register: UnitRegister
    seen: Examination
    cards: list[Card]
    text: Markup
    quotes: dict[str, str | None] = field(default_factory=dict)

    @property
    def points_words(self) -> str:
        return point_words(len(self.cards))

    @property
    def total_words(self) -> str:
        return count_words(self.seen.total)

    @property
    def doubtful(self) -> int:
        """Points with something unsure."""
        return sum(bool(card.point.doubts or any(clause.doubt for clause in card.clauses)) for card in self.cards)

    @property
    def ground_form(self) -> GroundForm:
        return GroundForm()

    @property
    def own_obstacles(self) -> list[str]:
        return [problem.sentence for problem in self.seen.obstacles if problem.point_id is None]

    @property
    def blocked_points(self) -> int:
        return len({problem.point_id for problem in self.seen.obstacles if problem.point_id is not None})

    def card(self, point_id: int) -> Card:
        return next(card for card in self.cards if card.point.id == point_id)


def may_edit(actor: Actor, order: Order) -> bool:
    return (
        order.status is OrderStatus.DRAFT and order.org_unit_id == actor.unit_id and actor.may(Permission.ORDER_WRITE)
    )


def gather_draft(session: GuardedSession, actor: Actor, order: Order, today: date) -> DraftPage:
    register = register_of(session, order.org_unit_id, today=today)
    seen = examine(session, actor, order, today=today, register=register)
    spans = heading_spans(order)
    cards = [_card(order, point, register, seen) for point in order.points]
    for before, card in pairwise(cards):
        card.shows_intro = card.point.intro != before.point.intro
    return DraftPage(
        order=order,
        editable=may_edit(actor, order),
        may_issue=may_edit(actor, order) and actor.may(Permission.ORDER_ISSUE),
        register=register,
        seen=seen,
        cards=cards,
        text=marked_text(order),
        quotes={name: quote_id(span.start, span.end) for name, span in spans.items()},
    )


def _card(order: Order, point: OrderPoint, register: UnitRegister, seen: Examination) -> Card:
    units = seen.reached[point.id]
    span = term_span(order, point)
    prefix = f"Пункт {point.label}: "
    own = set(point.doubts) | {clause.doubt for clause in point.clauses}
    warnings = [_own(problem.sentence, prefix) for problem in seen.warnings if problem.point_id == point.id]
    return Card(
        point=point,
        term=term_words(point),
        term_quote=quote_id(span.start, span.end) if span else None,
        quote=quote_id(point.quote_start, point.quote_end),
        clauses=[clause_words(clause, register.label(clause.org_unit_id or 0)) for clause in point.clauses],
        reached=reached_words(units),
        names=[register.label(unit.id) for unit in units],
        obstacles=[_own(each.sentence, prefix) for each in seen.obstacles if each.point_id == point.id],
        warnings=[warning for warning in warnings if warning not in own],
    )


def _own(sentence: str, prefix: str) -> str:
    """Said on the card of its point, the sentence needs no name of it."""
    told = sentence.removeprefix(prefix)
    return told[:1].upper() + told[1:]


@dataclass
class PointProgress:
    """One point of an issued order, counted within the reader's scope."""

    point: OrderPoint
    term: str
    clauses: list[ClauseWords]
    given: int = 0
    done: int = 0
    overdue: int = 0
    withdrawn: int = 0
    # The reader's own assignment on this point: «нам».
    ours: int | None = None
    shows_intro: bool = True
    # Of the training requirement that the point is bound to.
    coverage: PointCoverage | None = None


@dataclass
class DetailsPage:
    order: Order
    points: list[PointProgress]
    issuing: bool
    may_amend: bool
    text: Markup

    @property
    def given(self) -> int:
        return sum(row.given for row in self.points)

    @property
    def done(self) -> int:
        return sum(row.done for row in self.points)

    @property
    def overdue(self) -> int:
        return sum(row.overdue for row in self.points)

    @property
    def ours(self) -> int:
        return sum(row.ours is not None for row in self.points)


def gather_details(session: GuardedSession, actor: Actor, order: Order, today: date) -> DetailsPage:
    counts = _counts(session, order, today)
    named = {clause.org_unit_id for point in order.points for clause in point.clauses if clause.org_unit_id}
    # Names of units within the reader's scope; of the others stands what the text of the order says.
    units = session.execute(select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name).where(OrgUnit.id.in_(named)))
    labels = {row.id: row.short_name or row.name for row in units}
    own: dict[int, int] = {}
    if order.org_unit_id != actor.unit_id:
        mine = select(Assignment.order_point_id, Assignment.id).where(
            Assignment.order_id == order.id, Assignment.org_unit_id == actor.unit_id
        )
        own = {row.order_point_id: row.id for row in session.execute(mine)}
    covered = coverage_of_points(session, [point.id for point in order.points], today)
    rows = []
    for point in order.points:
        row = PointProgress(
            point=point,
            term=term_words(point),
            clauses=[clause_words(clause, labels.get(clause.org_unit_id or 0, "")) for clause in point.clauses],
            ours=own.get(point.id),
            coverage=covered.get(point.id),
        )
        row.given, row.done, row.overdue, row.withdrawn = counts[point.id]
        rows.append(row)
    for before, row in pairwise(rows):
        row.shows_intro = row.point.intro != before.point.intro
    issuing = order.org_unit_id == actor.unit_id
    return DetailsPage(
        order=order,
        points=rows,
        issuing=issuing,
        may_amend=issuing and order.status is OrderStatus.ISSUED and actor.may(Permission.ORDER_AMEND),
        text=Markup("{}").format(order.source_text),
    )


def _counts(session: GuardedSession, order: Order, today: date) -> dict[int, tuple[int, int, int, int]]:
    def total(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    late = and_(
        Assignment.due_on < bindparam("today_of_order", today, type_=Date()), Assignment.status.not_in(CLOSED_STATUSES)
    )
    counted = (
        select(
            Assignment.order_point_id,
            total(Assignment.status != AssignmentStatus.WITHDRAWN),
            total(Assignment.status.in_(FULFILLED_STATUSES)),
            total(late),
            total(Assignment.status == AssignmentStatus.WITHDRAWN),
        )
        .where(Assignment.order_id == order.id)
        .group_by(Assignment.order_point_id)
    )
    found: dict[int, tuple[int, int, int, int]] = defaultdict(lambda: (0, 0, 0, 0))
    for point_id, given, done, overdue, withdrawn in session.execute(counted):
        found[point_id] = (int(given), int(done), int(overdue), int(withdrawn))
    return found
