"""What staff training asks of a person now: who decides, who issues, who must apply, and how far coverage has come."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.models import (
    Certificate,
    Enrolment,
    LearningOutcome,
    LearningPerson,
    LearningSite,
    Programme,
    TrainingGroup,
    TrainingRequirement,
)
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import (
    CertificateStatus,
    EnrolmentStatus,
    GroupStatus,
    ProgrammeStatus,
    RequirementStatus,
)
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.certificate_expiry import runs_out, waits_for
from app.services.training_coverage import Figures, figures_of
from app.services.work_counts import Asked, counted

MOST_RUNNING = 5
AGREED = (ProgrammeStatus.AGREED, ProgrammeStatus.IN_REGISTER)


class Call(enum.StrEnum):
    """What waits; the page has a sentence and an address for each."""

    AGREE_PROGRAMMES = "agree_programmes"
    MEND_PROGRAMMES = "mend_programmes"
    AGREE_OVERDUE = "agree_overdue"
    REGISTER_OVERDUE = "register_overdue"
    DECIDE_APPLICATIONS = "decide_applications"
    START_GROUPS = "start_groups"
    FINISH_GROUPS = "finish_groups"
    ISSUE_DOCUMENTS = "issue_documents"
    CONFIRM_DOCUMENTS = "confirm_documents"
    MEND_DOCUMENTS = "mend_documents"
    APPLY_PLANNED = "apply_planned"
    EXPIRING = "expiring"
    KNOW_PEOPLE = "know_people"
    SETTLE_OUTCOMES = "settle_outcomes"
    MEND_SITES = "mend_sites"


# What the bell counts: somebody waits for this person's act.
RINGS = frozenset(
    {
        Call.AGREE_PROGRAMMES,
        Call.MEND_PROGRAMMES,
        Call.DECIDE_APPLICATIONS,
        Call.ISSUE_DOCUMENTS,
        Call.CONFIRM_DOCUMENTS,
        Call.MEND_DOCUMENTS,
        Call.KNOW_PEOPLE,
        Call.SETTLE_OUTCOMES,
    }
)


@dataclass(frozen=True, slots=True)
class Running:
    """A requirement in force, counted within the scope."""

    requirement_id: int
    title: str
    due_on: date
    figures: Figures


@dataclass(slots=True)
class TrainingWork:
    calls: dict[Call, int] = field(default_factory=dict)
    running: list[Running] = field(default_factory=list)


def build(session: Session, actor: Actor, *, today: date, counts: Mapping[StrEnum, int] | None = None) -> TrainingWork:
    """`counts` of what `asked_of` asks, where they were counted together with others'. Four statements at most."""
    found = counted(session, asked_of(actor, today)) if counts is None else counts
    calls = {call: amount for call, amount in found.items() if isinstance(call, Call)}
    return TrainingWork(calls, _running(session, actor, today))


def _running(session: Session, actor: Actor, today: date) -> list[Running]:
    """The requirements whose term comes first, as far as they concern anyone in the scope."""
    if not actor.may(Permission.REQUIREMENT_READ):
        return []
    in_force = session.scalars(
        select(TrainingRequirement)
        .where(TrainingRequirement.status == RequirementStatus.ACTIVE)
        .order_by(TrainingRequirement.due_on, TrainingRequirement.id)
        .limit(MOST_RUNNING)
    ).all()
    figures = figures_of(session, in_force, today=today)
    return [
        Running(one.id, one.title, one.due_on, figures[one.id])
        for one in in_force
        if one.id in figures and figures[one.id].total
    ]


def waiting(actor: Actor, *, today: date) -> list[Select[Any]]:
    """Counts for the bell."""
    return [
        select(func.count(model.id).label("amount")).where(*conditions)
        for call, model, conditions in asked_of(actor, today)
        if call in RINGS
    ]


def asked_of(actor: Actor, today: date) -> list[Asked]:
    asked: list[Asked] = []
    if actor.may(Permission.PROGRAMME_AGREE):
        asked.append((Call.AGREE_PROGRAMMES, Programme, (Programme.status == ProgrammeStatus.ON_AGREEMENT,)))
    if actor.may(Permission.ENROLMENT_KEEP) and actor.unit_kind is UnitKind.PROVIDER:
        asked += _of_provider(actor, today)
    if actor.may(Permission.ENROLMENT_KEEP):
        asked += _of_sites(actor)
    if actor.may(Permission.CERTIFICATE_CONFIRM):
        asked.append((Call.CONFIRM_DOCUMENTS, Certificate, (waits_for(actor),)))
    if actor.may(Permission.CERTIFICATE_WRITE):
        mends = or_(Certificate.entered_by_unit_id == actor.unit_id, Certificate.org_unit_id == actor.unit_id)
        refused = (Certificate.status == CertificateStatus.REFUSED, mends)
        asked.append((Call.MEND_DOCUMENTS, Certificate, refused))
    if actor.may(Permission.ENROLMENT_APPLY) and actor.unit_kind is UnitKind.SCHOOL:
        asked.append((Call.APPLY_PLANNED, Enrolment, (Enrolment.status == EnrolmentStatus.PLANNED,)))
        asked.append((Call.EXPIRING, Certificate, (runs_out(today),)))
    return asked


def _of_provider(actor: Actor, today: date) -> list[Asked]:
    mine = Enrolment.provider_unit_id == actor.unit_id
    held = TrainingGroup.org_unit_id == actor.unit_id
    own = Programme.org_unit_id == actor.unit_id
    unagreed = Programme.status.not_in((*AGREED, ProgrammeStatus.EXCLUDED))
    return [
        (Call.MEND_PROGRAMMES, Programme, (own, Programme.status == ProgrammeStatus.RETURNED)),
        (Call.AGREE_OVERDUE, Programme, (own, unagreed, Programme.agree_by < today)),
        (
            Call.REGISTER_OVERDUE,
            Programme,
            (own, Programme.status == ProgrammeStatus.AGREED, Programme.register_by < today),
        ),
        (Call.DECIDE_APPLICATIONS, Enrolment, (mine, Enrolment.status == EnrolmentStatus.APPLIED)),
        (
            Call.START_GROUPS,
            TrainingGroup,
            (held, TrainingGroup.status == GroupStatus.OPEN, TrainingGroup.starts_on <= today),
        ),
        (
            Call.FINISH_GROUPS,
            TrainingGroup,
            (held, TrainingGroup.status == GroupStatus.STUDYING, TrainingGroup.ends_on < today),
        ),
        (Call.ISSUE_DOCUMENTS, Enrolment, (mine, Enrolment.status == EnrolmentStatus.COMPLETED)),
    ]


def _of_sites(actor: Actor) -> list[Asked]:
    """What sites of the unit itself have told and nobody but a person can settle."""
    unknown = (LearningPerson.staff_member_id.is_(None), LearningPerson.is_ignored.is_(False))
    return [
        (Call.KNOW_PEOPLE, LearningPerson, (LearningPerson.org_unit_id == actor.unit_id, *unknown)),
        (
            Call.SETTLE_OUTCOMES,
            LearningOutcome,
            (LearningOutcome.org_unit_id == actor.unit_id, LearningOutcome.is_in_conflict.is_(True)),
        ),
        (
            Call.MEND_SITES,
            LearningSite,
            (LearningSite.org_unit_id == actor.unit_id, LearningSite.is_active.is_(True), LearningSite.problem != ""),
        ),
    ]
