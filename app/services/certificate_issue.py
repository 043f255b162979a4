"""Documents that a provider of the tree issues to those who have completed its group; their numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.analysis.running_number import following, prefix_of, run
from app.models import Certificate, Enrolment, OrgUnit, Programme, TrainingGroup
from app.models.enumeration_of_training import CertificateStatus, EnrolmentStatus, GroupStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, WrongState
from app.services.certificate_details import LONGEST_NUMBER
from app.services.enrolment_access import (
    MEANWHILE,
    Chosen,
    Held,
    each,
    hold,
    hold_chosen,
    names_of,
    reason_of,
    require_group,
    tidy,
)
from app.services.enrolment_verdict import Verdict
from app.services.training_norm import hours_refusal, norm_on, valid_until
from app.workflows.certificate import WORKFLOW as LIFE_OF_CERTIFICATE
from app.workflows.enrolment import WORKFLOW as LIFE_OF_ENROLMENT

# How many of the longest numbers are looked at for the last one in a row.
LOOKED_AT = 200
UNCOUNTED = "Номер должен заканчиваться цифрами: следующие считаются от него."


@dataclass(frozen=True, slots=True)
class Numbers:
    """The first numbers of an issue; the next ones count on from them. An empty registration number: without."""

    series: str = ""
    number: str = "0001"
    registration: str = "0001"


def proposed_number(session: Session, actor: Actor, group: TrainingGroup, *, today: date) -> Numbers:
    """What follows the provider's last document of the kind; where the prefix has its year, a new year begins at one.

    Numbers of annulled documents are counted too: their forms are spoilt.
    """
    actor.require(Permission.ENROLMENT_KEEP)
    kind = _programme(session, group).document_kind
    mine = select(Certificate).where(Certificate.issuer_unit_id == group.org_unit_id, Certificate.document_kind == kind)
    last = session.scalar(mine.order_by(Certificate.id.desc()).limit(1))
    if last is None:
        return Numbers()
    years = last.issued_on.year, today.year
    number = _last_of(session, last, Certificate.number, last.number)
    registration = _last_of(session, last, Certificate.registration_number, last.registration_number)
    return Numbers(last.series, following(number, *years), following(registration, *years))


def _last_of(session: Session, last: Certificate, column: InstrumentedAttribute[str], number: str) -> str:
    """The highest number with the same words before its figures: documents are not always issued in order."""
    prefix = prefix_of(number)
    if prefix is None:
        return number
    rows = session.scalars(
        select(column)
        .where(
            Certificate.issuer_unit_id == last.issuer_unit_id,
            Certificate.document_kind == last.document_kind,
            Certificate.series == last.series,
            column.startswith(prefix, autoescape=True),
        )
        .order_by(func.length(column).desc(), column.desc())
        .limit(LOOKED_AT)
    )
    return next((found for found in rows if prefix_of(found) == prefix), number)


def issue(
    session: Session,
    actor: Actor,
    group: TrainingGroup,
    chosen: Chosen,
    *,
    numbers: Numbers,
    issued_on: date,
    now: datetime,
    today: date,
) -> list[Verdict]:
    """A confirmed document for each who has completed, in the order given; numbers go to those who get one.

    Raises Invalid at `number` where one of them is given already, at `issued_on` for a day that has not come,
    WrongState for a programme below the norm of that day or a group of another state.
    """
    actor.require(Permission.ENROLMENT_KEEP)
    held = hold_chosen(session, group, chosen)
    require_group(held.group, GroupStatus.STUDYING, GroupStatus.FINISHED)
    if issued_on > today:
        raise Invalid(f"День выдачи {issued_on:%d.%m.%Y} ещё не наступил.", field="issued_on")
    row_of_numbers = _row(numbers, len(chosen))
    _require_free(session, held, row_of_numbers)
    norm = norm_on(session, held.group.region_id, held.programme.document_kind, issued_on)
    refused = hours_refusal(norm, held.programme.hours)
    if refused is not None:
        raise WrongState(refused)
    issuer = session.get_one(OrgUnit, held.group.org_unit_id)
    until = valid_until(norm, issued_on)
    waiting = iter(row_of_numbers)
    names = names_of(session, {one.staff_member_id for one in held.enrolments.values()})

    def give(enrolment: Enrolment) -> str:
        LIFE_OF_ENROLMENT.require("certify", enrolment, actor)
        ended_on = enrolment.completed_on
        if ended_on is not None and issued_on < ended_on:
            raise WrongState(f"Обучение завершено {ended_on:%d.%m.%Y}: раньше документ не выдают.")
        certificate = _made(actor, held, enrolment, next(waiting), issuer, now=now)
        certificate.issued_on, certificate.valid_until = issued_on, until
        # The card's name may change; what was printed stays.
        certificate.holder_name = names[enrolment.staff_member_id]
        session.add(certificate)
        LIFE_OF_ENROLMENT.apply("certify", enrolment, actor)
        session.flush()
        return f"Выдан документ № {certificate.number}."

    return each(session, held, chosen, give)


def annul(
    session: Session,
    actor: Actor,
    certificate: Certificate,
    *,
    note: str,
    version: int | None = None,
) -> None:
    """A document issued here is annulled, and its trainee is back at «завершил»: another one may be issued.

    Raises NotPermitted, WrongState, Conflict, Invalid without a reason.
    """
    actor.require(Permission.CERTIFICATE_WRITE)
    reason = reason_of(note)
    enrolment = session.get(Enrolment, certificate.enrolment_id) if certificate.enrolment_id is not None else None
    if enrolment is not None:
        _hold_group_of(session, enrolment)
        session.refresh(certificate)
    if version is not None and certificate.version != version:
        raise Conflict(MEANWHILE)
    LIFE_OF_CERTIFICATE.require("annul", certificate, actor)
    certificate.confirmed_at, certificate.confirmed_by = None, ""
    LIFE_OF_CERTIFICATE.apply("annul", certificate, actor, note=reason)
    if enrolment is not None and enrolment.status is EnrolmentStatus.CERTIFIED:
        enrolment.label = names_of(session, [enrolment.staff_member_id])[enrolment.staff_member_id]
        LIFE_OF_ENROLMENT.apply("uncertify", enrolment, actor, note=reason)
    session.flush()


def _hold_group_of(session: Session, enrolment: Enrolment) -> None:
    group = session.get(TrainingGroup, enrolment.group_id)
    if group is None:
        raise NotFound
    hold(session, group)
    session.refresh(enrolment)


def documents_of(session: Session, enrolment_ids: Collection[int]) -> dict[int, Certificate]:
    """The documents in force that were issued for these enrolments, by the number of the enrolment."""
    rows = session.scalars(
        select(Certificate).where(
            Certificate.enrolment_id.in_(enrolment_ids), Certificate.status != CertificateStatus.ANNULLED
        )
    )
    return {row.enrolment_id: row for row in rows if row.enrolment_id is not None}


def _programme(session: Session, group: TrainingGroup) -> Programme:
    found = session.get(Programme, group.programme_id)
    if found is None:
        raise NotFound
    return found


def _row(numbers: Numbers, count: int) -> list[Numbers]:
    """As many numbers as people. Raises Invalid at the field."""
    series = tidy(numbers.series, LONGEST_NUMBER, "Серия", "series")
    first = tidy(numbers.number, LONGEST_NUMBER, "Номер", "number")
    registration = tidy(numbers.registration, LONGEST_NUMBER, "Регистрационный номер", "registration")
    if prefix_of(first) is None:
        raise Invalid(UNCOUNTED, field="number")
    if registration and prefix_of(registration) is None:
        raise Invalid(UNCOUNTED, field="registration")
    registered = run(registration, count) if registration else [""] * count
    return [Numbers(series, *each_one) for each_one in zip(run(first, count), registered, strict=True)]


def _require_free(session: Session, held: Held, row: list[Numbers]) -> None:
    """All documents of a provider are in its scope, and in its region's: nothing is asked past it."""
    given = session.scalars(
        select(Certificate.number)
        .where(
            Certificate.issuer_unit_id == held.group.org_unit_id,
            Certificate.document_kind == held.programme.document_kind,
            Certificate.series == row[0].series,
            Certificate.number.in_([one.number for one in row]),
            Certificate.status != CertificateStatus.ANNULLED,
        )
        .order_by(Certificate.id)
    ).all()
    if given:
        raise Invalid(f"Номер {given[0]} уже выдан. Начните с другого номера.", field="number")


def _made(
    actor: Actor, held: Held, enrolment: Enrolment, numbers: Numbers, issuer: OrgUnit, *, now: datetime
) -> Certificate:
    programme, group = held.programme, held.group
    ended_on = enrolment.completed_on or group.ends_on
    certificate = Certificate(
        staff_member_id=enrolment.staff_member_id,
        document_kind=programme.document_kind,
        series=numbers.series,
        number=numbers.number,
        registration_number=numbers.registration,
        hours=programme.hours,
        programme_id=programme.id,
        programme_title=programme.title,
        topic_id=programme.topic_id,
        issuer_unit_id=group.org_unit_id,
        issuer_name=issuer.name,
        started_on=min(group.starts_on, ended_on),
        ended_on=ended_on,
        enrolment_id=enrolment.id,
        status=CertificateStatus.CONFIRMED,
        entered_by_unit_id=actor.unit_id,
        entered_by=actor.signature,
        confirmed_at=now,
        confirmed_by=actor.signature,
    )
    certificate.pending_action = ("issue", group.title)
    return certificate
