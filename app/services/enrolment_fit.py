"""Whether a person fits a training group: what forbids an application, and what is to be minded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import Certificate, Enrolment, Programme, StaffMember, StaffPosition, TrainingGroup
from app.models.enumeration_of_training import CertificateStatus, EnrolmentStatus, GroupStatus, PositionKind
from app.policies.actor import Actor

# On the way to a document elsewhere: a second place would be taken for nothing.
UNDER_WAY = frozenset(
    {
        EnrolmentStatus.APPLIED,
        EnrolmentStatus.WAITING,
        EnrolmentStatus.ENROLLED,
        EnrolmentStatus.STUDYING,
        EnrolmentStatus.COMPLETED,
    }
)
# From these a person is applied for again.
AGAIN = frozenset({EnrolmentStatus.PLANNED, EnrolmentStatus.WITHDRAWN, EnrolmentStatus.REFUSED})


@dataclass(frozen=True, slots=True)
class Fit:
    """`unit_id` and `position`: where and as what the person would be sent; `refusal` says why it is not possible."""

    person_id: int
    name: str
    unit_id: int
    position: str
    existing: Enrolment | None = None
    refusal: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    title: str
    status: EnrolmentStatus
    same: bool


def closed_for(group: TrainingGroup, today: date) -> str:
    """Why no application is taken now; nothing where it is. Without a day of its own it ends when the group starts."""
    if group.status is not GroupStatus.OPEN:
        return f"Заявки не принимаются: поток «{group.title}» {_STATES[group.status]}."
    if group.apply_until is not None and group.apply_until < today:
        return (
            f"Приём заявок закончился {group.apply_until:%d.%m.%Y}. "
            "Попросите организацию, которая проводит обучение, продлить его."
        )
    if group.apply_until is None and group.starts_on < today:
        return f"Обучение началось {group.starts_on:%d.%m.%Y}: заявки больше не принимаются."
    return ""


_STATES = {
    GroupStatus.DRAFT: "ещё не открыт для набора",
    GroupStatus.OPEN: "открыт",
    GroupStatus.STUDYING: "уже учится",
    GroupStatus.FINISHED: "завершён",
    GroupStatus.CANCELLED: "отменён",
}


def fits(
    session: Session,
    actor: Actor,
    group: TrainingGroup,
    programme: Programme,
    person_ids: Collection[int],
    *,
    today: date,
) -> dict[int, Fit]:
    """By person, of those in scope, in five statements whatever their number."""
    people = session.scalars(select(StaffMember).where(StaffMember.id.in_(person_ids))).all()
    positions = _positions(session, person_ids, today)
    own = {
        one.staff_member_id: one
        for one in session.scalars(
            select(Enrolment)
            .where(Enrolment.group_id == group.id, Enrolment.staff_member_id.in_(person_ids))
            .execution_options(populate_existing=True)
        )
    }
    elsewhere = _elsewhere(session, group, programme, person_ids)
    documents = _documents(session, programme, person_ids, today)
    wanted = set(programme.positions)
    found = {}
    for person in people:
        held = positions.get(person.id, [])
        place = _place(actor, [one for one in held if not wanted or one.kind.value in wanted])
        existing = own.get(person.id)
        others = elsewhere.get(person.id, [])
        found[person.id] = Fit(
            person.id,
            person.label,
            place.org_unit_id if place else person.org_unit_id,
            place.label if place else "",
            existing,
            _refusal(existing, held, place, wanted, others),
            (
                *(f"В те же дни учится в потоке «{one.title}»." for one in others if not one.same),
                *documents.get(person.id, ()),
            ),
        )
    return found


def _positions(session: Session, person_ids: Collection[int], today: date) -> dict[int, list[StaffPosition]]:
    rows = session.scalars(
        select(StaffPosition)
        .where(
            StaffPosition.staff_member_id.in_(person_ids),
            or_(StaffPosition.ended_on.is_(None), StaffPosition.ended_on >= today),
        )
        .order_by(StaffPosition.id)
    )
    found: dict[int, list[StaffPosition]] = defaultdict(list)
    for row in rows:
        found[row.staff_member_id].append(row)
    return found


def _place(actor: Actor, held: Iterable[StaffPosition]) -> StaffPosition | None:
    """Of several, the one in the actor's own part of the tree, then the main one, then the highest."""
    ranks = list(PositionKind)

    def key(position: StaffPosition) -> tuple[bool, bool, int, int]:
        own = actor.unit_id in {position.org_unit_id, position.municipality_id, position.region_id}
        return not own, not position.is_main, ranks.index(position.kind), position.id

    return min(held, key=key, default=None)


def _refusal(
    existing: Enrolment | None,
    held: list[StaffPosition],
    place: StaffPosition | None,
    wanted: Collection[str],
    others: list[_Elsewhere],
) -> str:
    if existing is not None and existing.status not in AGAIN:
        return f"Уже в этом потоке, состояние «{existing.status.label}»."
    if not held:
        return "Сейчас не работает ни в одной организации: сначала укажите должность."
    if place is None:
        kinds = ", ".join(PositionKind(value).label for value in PositionKind if value.value in wanted)
        return f"Программа не для этой должности. Она для должностей: {kinds}."
    same = next((one for one in others if one.same), None)
    return f"Уже в потоке «{same.title}» по этой теме: {same.status.label}." if same is not None else ""


def _elsewhere(
    session: Session, group: TrainingGroup, programme: Programme, person_ids: Collection[int]
) -> dict[int, list[_Elsewhere]]:
    """Groups that a person is in: on the same topic at any time, on another in the same days."""
    rows = session.execute(
        select(
            Enrolment.staff_member_id,
            Enrolment.status,
            TrainingGroup.title,
            TrainingGroup.starts_on,
            TrainingGroup.ends_on,
            Programme.id.label("programme_id"),
            Programme.topic_id,
        )
        .join(TrainingGroup, TrainingGroup.id == Enrolment.group_id)
        .join(Programme, Programme.id == TrainingGroup.programme_id)
        .where(
            Enrolment.staff_member_id.in_(person_ids),
            Enrolment.group_id != group.id,
            Enrolment.status.in_(UNDER_WAY),
            TrainingGroup.status != GroupStatus.CANCELLED,
        )
        .order_by(TrainingGroup.starts_on, TrainingGroup.id)
    )
    found: dict[int, list[_Elsewhere]] = defaultdict(list)
    for row in rows:
        by_topic = row.topic_id is not None and row.topic_id == programme.topic_id
        same = by_topic or row.programme_id == programme.id
        if same or (row.starts_on <= group.ends_on and group.starts_on <= row.ends_on):
            found[row.staff_member_id].append(_Elsewhere(row.title, row.status, same))
    return found


def _documents(
    session: Session, programme: Programme, person_ids: Collection[int], today: date
) -> dict[int, tuple[str, ...]]:
    """Documents on the topic that still count, or would once they are confirmed."""
    if programme.topic_id is None:
        return {}
    rows = session.execute(
        select(Certificate.staff_member_id, Certificate.status, Certificate.valid_until)
        .where(
            Certificate.staff_member_id.in_(person_ids),
            Certificate.topic_id == programme.topic_id,
            Certificate.status.in_((CertificateStatus.CONFIRMED, CertificateStatus.ENTERED)),
            or_(Certificate.valid_until.is_(None), Certificate.valid_until >= today),
        )
        .order_by(Certificate.issued_on, Certificate.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        term = f" до {row.valid_until:%d.%m.%Y}" if row.valid_until else " без срока"
        waits = "" if row.status is CertificateStatus.CONFIRMED else ", ждёт подтверждения"
        found[row.staff_member_id] = (f"Уже есть документ по этой теме: действует{term}{waits}.",)
    return found
