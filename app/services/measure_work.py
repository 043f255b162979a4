"""What findings and corrective measures ask of a person now, by one statement."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.models import CorrectiveMeasure, Evidence, Finding
from app.models.corrective_measure import LIVE_STATUSES
from app.models.enumeration import UnitKind
from app.models.enumeration_of_measures import FindingStatus, MeasureStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.evidence_expiry import runs_out
from app.services.measure_summary import answered_findings
from app.services.work_counts import Asked, counted

# «Скоро»: for the home page and the register of measures.
SOON = timedelta(days=14)


class Call(enum.StrEnum):
    """What waits; the page has a sentence and an address for each."""

    VERIFY = "verify"
    OVERDUE = "overdue"
    MEND = "mend"
    SOON = "soon"
    BEGIN = "begin"
    ANSWER = "answer"
    OVERDUE_BELOW = "overdue_below"
    EXPIRING = "proof_expiring"


# What the bell counts: somebody waits for this person's act.
RINGS = frozenset({Call.VERIFY, Call.OVERDUE, Call.MEND})


def calls(session: Session, actor: Actor, *, today: date) -> dict[Call, int]:
    """What waits and how much of it, by one statement at most; what is nought is left out."""
    return of_calls(counted(session, asked_of(actor, today)))


def of_calls(found: Mapping[StrEnum, int]) -> dict[Call, int]:
    return {call: amount for call, amount in found.items() if isinstance(call, Call)}


def waiting(actor: Actor, *, today: date) -> list[Select[Any]]:
    """Counts for the bell."""
    return [
        select(func.count(model.id).label("amount")).where(*conditions)
        for call, model, conditions in asked_of(actor, today)
        if call in RINGS
    ]


def waits_for(unit_id: int) -> ColumnElement[bool]:
    """Measures that are done and wait for the word of this unit: workflows/corrective_measure.py, as a condition."""
    measure = CorrectiveMeasure
    of_schools = and_(
        measure.municipality_id == unit_id, measure.org_unit_id != unit_id, measure.region_id != measure.municipality_id
    )
    straight = or_(measure.municipality_id == measure.region_id, measure.org_unit_id == measure.municipality_id)
    return and_(measure.status == MeasureStatus.DONE, or_(of_schools, and_(measure.region_id == unit_id, straight)))


def not_of(user_id: int) -> ColumnElement[bool]:
    """Measures that the person has neither planned nor reported done."""
    columns = (CorrectiveMeasure.made_by_id, CorrectiveMeasure.finished_by_id)
    return and_(*(or_(column.is_(None), column != user_id) for column in columns))


def asked_of(actor: Actor, today: date) -> list[Asked]:
    measure = CorrectiveMeasure
    asked: list[Asked] = []
    if actor.may(Permission.MEASURE_VERIFY):
        asked.append((Call.VERIFY, measure, (waits_for(actor.unit_id or 0), not_of(actor.user_id or 0))))
    live = measure.status.in_(LIVE_STATUSES)
    if actor.may(Permission.MEASURE_WRITE):
        mine = measure.org_unit_id == actor.unit_id
        asked += [
            (Call.OVERDUE, measure, (mine, live, measure.due_on < today)),
            (Call.SOON, measure, (mine, live, measure.due_on >= today, measure.due_on <= today + SOON)),
            (Call.MEND, measure, (mine, measure.status == MeasureStatus.NOT_VERIFIED)),
            (Call.BEGIN, measure, (mine, measure.status == MeasureStatus.PLANNED, measure.starts_on <= today)),
            (Call.ANSWER, Finding, (Finding.org_unit_id == actor.unit_id, *unanswered())),
        ]
    if actor.may(Permission.MEASURE_READ) and actor.unit_kind in {UnitKind.REGION, UnitKind.MUNICIPALITY}:
        below = measure.org_unit_id != actor.unit_id
        asked.append((Call.OVERDUE_BELOW, measure, (below, live, measure.due_on < today)))
    if actor.may(Permission.EVIDENCE_WRITE):
        asked.append((Call.EXPIRING, Evidence, (Evidence.org_unit_id == actor.unit_id, runs_out(today))))
    return asked


def unanswered() -> tuple[ColumnElement[bool], ...]:
    """Open findings that no standing measure answers."""
    return Finding.status == FindingStatus.OPEN, Finding.id.not_in(answered_findings())
