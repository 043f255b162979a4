"""Applications to a training group: planned, sent, sent again; beyond the free seats into the waiting list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.models import Enrolment, TrainingGroup, TrainingRequirement
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services.enrolment_access import Chosen, Held, each, hold, people_of, require_group, row_of
from app.services.enrolment_fit import Fit, closed_for, fits
from app.services.enrolment_verdict import Verdict
from app.workflows.enrolment import WORKFLOW


@dataclass(frozen=True, slots=True)
class Sending:
    """Who sends people to which group, for which requirement, when."""

    session: Session
    actor: Actor
    held: Held
    requirement_id: int | None
    now: datetime

    def apply(self, fit: Fit) -> tuple[Enrolment, str]:
        """A new application, or the same row again after a plan, a withdrawal or a refusal; and what to say of it.

        While others wait, a seat that came free is theirs: the newcomer stands behind them.
        """
        queued = self.held.waiting > 0
        seated = self.held.free > 0 and not queued
        target, action = (EnrolmentStatus.APPLIED, "apply") if seated else (EnrolmentStatus.WAITING, "queue")
        enrolment = fit.existing
        if enrolment is None:
            enrolment = self._made(fit, target, action)
            enrolment.applied_at = self.now
        else:
            WORKFLOW.require(action, enrolment, self.actor)
            enrolment.left_on, enrolment.left_reason = None, ""
            enrolment.sent_by_unit_id, enrolment.position = fit.unit_id, fit.position
            enrolment.requirement_id = self.requirement_id or enrolment.requirement_id
            enrolment.applied_at, enrolment.applied_by = self.now, self.actor.signature
            WORKFLOW.apply(action, enrolment, self.actor)
        enrolment.label = fit.name
        self.session.flush()
        if seated:
            return enrolment, "Заявка подана."
        self.held.waiting += 1
        if self.held.free > 0:
            return enrolment, "Свободные места ждут тех, кто подал раньше: заявка в листе ожидания за ними."
        return enrolment, "Свободных мест нет: заявка в листе ожидания."

    def plan(self, fit: Fit) -> tuple[Enrolment, str]:
        if fit.existing is not None:
            raise WrongState(f"Уже в этом потоке, состояние «{fit.existing.status.label}».")
        made = self._made(fit, EnrolmentStatus.PLANNED, "plan")
        self.session.flush()
        return made, "Обучение запланировано."

    def _made(self, fit: Fit, status: EnrolmentStatus, action: str) -> Enrolment:
        enrolment = Enrolment(
            staff_member_id=fit.person_id,
            group_id=self.held.group.id,
            provider_unit_id=self.held.group.org_unit_id,
            status=status,
            sent_by_unit_id=fit.unit_id,
            position=fit.position,
            requirement_id=self.requirement_id,
            applied_by=self.actor.signature,
        )
        enrolment.label = fit.name
        enrolment.pending_action = (action, "")
        self.session.add(enrolment)
        return enrolment


def apply(
    session: Session,
    actor: Actor,
    group: TrainingGroup,
    person_ids: Sequence[int],
    *,
    requirement_id: int | None = None,
    now: datetime,
    today: date,
) -> list[Verdict]:
    """Applies for each in the order given; beyond the free seats into the waiting list. A verdict for each.

    Raises NotFound for a person or a requirement outside the scope, WrongState where the group takes no applications.
    """
    actor.require(Permission.ENROLMENT_APPLY)
    held = hold(session, group)
    closed = closed_for(held.group, today)
    if closed:
        raise WrongState(closed)
    return _send(Sending(session, actor, held, requirement_id, now), person_ids, today=today)


def plan(
    session: Session,
    actor: Actor,
    group: TrainingGroup,
    person_ids: Sequence[int],
    *,
    requirement_id: int | None = None,
    now: datetime,
    today: date,
) -> list[Verdict]:
    """Notes down who is to be sent. It takes no seat, and the provider does not see it until it is applied for."""
    actor.require(Permission.ENROLMENT_APPLY)
    held = hold(session, group)
    require_group(held.group, GroupStatus.DRAFT, GroupStatus.OPEN)
    return _send(Sending(session, actor, held, requirement_id, now), person_ids, today=today, planned=True)


def _send(sending: Sending, person_ids: Sequence[int], *, today: date, planned: bool = False) -> list[Verdict]:
    session, held = sending.session, sending.held
    wanted = list(dict.fromkeys(person_ids))
    if not wanted:
        raise Invalid("Отметьте хотя бы одного человека.")
    if sending.requirement_id is not None and session.get(TrainingRequirement, sending.requirement_id) is None:
        raise NotFound
    # Held here, so that the session keeps them: the guard asks for whom each new row is.
    people = people_of(session, wanted)
    names = {number: person.label for number, person in people.items()}
    found = fits(session, sending.actor, held.group, held.programme, wanted, today=today)
    verdicts: list[Verdict] = []
    for person_id in wanted:
        fit = found[person_id]
        with row_of(verdicts, names, person_id, fit.existing.id if fit.existing else None) as row:
            if fit.refusal:
                raise WrongState(fit.refusal)
            with session.begin_nested():
                enrolment, told = sending.plan(fit) if planned else sending.apply(fit)
            row.enrolment_id = enrolment.id
            held.count(enrolment, was_seated=False)
            row.said += [told, *fit.warnings]
    return verdicts


def apply_again(
    session: Session, actor: Actor, held: Held, chosen: Chosen, *, now: datetime, today: date
) -> list[Verdict]:
    """Those of the group that were planned, withdrawn or refused."""
    closed = closed_for(held.group, today)
    people = {one.staff_member_id for one in held.enrolments.values()}
    found = fits(session, actor, held.group, held.programme, people, today=today)
    sending = Sending(session, actor, held, None, now)

    def act(enrolment: Enrolment) -> str:
        fit = found[enrolment.staff_member_id]
        refusal = closed or fit.refusal
        if refusal:
            raise WrongState(refusal)
        return " ".join((sending.apply(fit)[1], *fit.warnings))

    return each(session, held, chosen, act)
