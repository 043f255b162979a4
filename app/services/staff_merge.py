"""Two cards of one person made one: what moves is told first, what cannot stand twice is told with what stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from app.models import Attendance, Certificate, Enrolment, StaffIdentity, StaffMember, StaffPosition, TrainingGroup
from app.models.enrolment import LEFT_STATUSES
from app.models.enumeration_of_training import CertificateStatus, EnrolmentStatus
from app.models.scoped import OfStaffMember
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotPermitted, WrongState
from app.policies.scope import contains
from app.services import audit, learning_merge

SCOPE = ("org_unit_id", "region_id", "municipality_id")
# Of two enrolments in one group the one that went further stays; one that was left goes first.
WAY = [
    *(status for status in EnrolmentStatus if status in LEFT_STATUSES),
    EnrolmentStatus.PLANNED,
    EnrolmentStatus.WAITING,
]
WAY += [status for status in EnrolmentStatus if status not in WAY]


@dataclass(frozen=True, slots=True)
class Doubled:
    """Both cards are in one group: which enrolment stays, which goes."""

    group: str
    stays: Enrolment
    goes: Enrolment


@dataclass(frozen=True, slots=True)
class Preview:
    """What the merging of `other` into `keep` would do; with a sentence in `obstacles` it is not done."""

    keep: StaffMember
    other: StaffMember
    positions: Sequence[StaffPosition] = ()
    doubled_positions: Sequence[tuple[StaffPosition, StaffPosition]] = ()
    enrolments: Sequence[Enrolment] = ()
    groups: dict[int, str] = field(default_factory=dict)
    doubled: Sequence[Doubled] = ()
    certificates: Sequence[Certificate] = ()
    # Documents of one kind, series and number on both cards: both stay, one of them is then annulled.
    same_certificates: Sequence[Certificate] = ()
    # What the kept card takes from the other's hidden part, in words.
    identity: Sequence[str] = ()
    obstacles: Sequence[str] = ()

    @property
    def mark(self) -> str:
        """Changes whenever something of either card does: what is merged is what was shown."""
        parts: list[StaffMember | StaffPosition | Enrolment | Certificate]
        parts = [self.keep, self.other, *self.positions, *self.enrolments, *self.certificates]
        parts += [one for pair in self.doubled_positions for one in pair]
        parts += [one for pair in self.doubled for one in (pair.stays, pair.goes)]
        return "-".join(f"{one.id}.{one.version}" for one in parts)


def preview(session: GuardedSession, actor: Actor, keep: StaffMember, other: StaffMember) -> Preview:
    """Reads only. Raises NotPermitted, Invalid for a card and itself."""
    actor.require(Permission.STAFF_WRITE)
    if keep.id == other.id:
        raise Invalid("Это одна и та же карточка: выберите две разные.")
    mine, theirs = _positions(session, keep), _positions(session, other)
    open_here = {(one.org_unit_id, one.kind, one.title): one for one in mine if one.ended_on is None}
    doubled_positions = [
        (open_here[key], one)
        for one in theirs
        if one.ended_on is None and (key := (one.org_unit_id, one.kind, one.title)) in open_here
    ]
    dropped = {one.id for _, one in doubled_positions}
    enrolments, doubled, groups = _enrolments(session, keep, other)
    certificates, same = _certificates(session, keep, other)
    keeps_both = contains(actor, keep) and contains(actor, other)
    # Whose card another unit keeps is not compared: it would tell, without a trace, whether a guess is right.
    taken, refusal = _identity(session, keep, other) if keeps_both else ([], "")
    obstacles = [refusal] if refusal else []
    if not keeps_both:
        obstacles.append("Одну из карточек ведёт другая организация: объединить их может тот, кто стоит над обеими.")
    elif any(not contains(actor, one) for one in theirs):
        obstacles.append("У человека есть должность вне вашей части дерева: объединить карточки может регион.")
    obstacles += _two_documents(session, doubled)
    return Preview(
        keep,
        other,
        positions=[one for one in theirs if one.id not in dropped],
        doubled_positions=doubled_positions,
        enrolments=enrolments,
        groups=groups,
        doubled=doubled,
        certificates=certificates,
        same_certificates=same,
        identity=taken,
        obstacles=obstacles,
    )


def merge(
    session: GuardedSession, actor: Actor, keep: StaffMember, other: StaffMember, *, mark: str, today: date
) -> StaffMember:
    """Moves everything of `other` to `keep` and deletes the emptied card; `mark` is that of the preview that was shown.

    Raises NotPermitted, WrongState with what is in the way, Conflict where something has changed since.
    """
    del today
    seen = preview(session, actor, keep, other)
    if not contains(actor, keep) or not contains(actor, other):
        raise NotPermitted(seen.obstacles[-1])
    if seen.obstacles:
        raise WrongState(" ".join(seen.obstacles))
    if seen.mark != mark:
        raise Conflict("Карточки успели измениться: посмотрите ещё раз, что будет перенесено.")
    _move_positions(session, seen)
    _move_enrolments(session, seen)
    for certificate in seen.certificates:
        _give(certificate, keep)
    session.flush()
    _merge_identity(session, keep, other)
    learning_merge.carry_people(session, keep_id=keep.id, other_id=other.id)
    for name in ("patronymic", "email", "note"):
        if not getattr(keep, name) and getattr(other, name):
            setattr(keep, name, getattr(other, name))
    told = f"Объединена с карточкой «{other.label}» (№ {other.id})"
    working = any(one.ended_on is None and one.org_unit_id == keep.org_unit_id for one in _positions(session, keep))
    keep.is_working = keep.is_working or working
    other.pending_action = ("delete", f"Объединена: всё перешло в карточку «{keep.label}» (№ {keep.id})")
    session.delete(other)
    session.flush()
    keep_id = keep.id
    session.expire_all()
    kept = session.get(StaffMember, keep_id)
    if kept is None:
        raise Conflict("Карточки успели измениться: посмотрите ещё раз, что будет перенесено.")
    audit.record_event(session, kept, "merge", told)
    return kept


def _positions(session: GuardedSession, person: StaffMember) -> Sequence[StaffPosition]:
    return session.scalars(
        select(StaffPosition).where(StaffPosition.staff_member_id == person.id).order_by(StaffPosition.id)
    ).all()


def _enrolments(
    session: GuardedSession, keep: StaffMember, other: StaffMember
) -> tuple[list[Enrolment], list[Doubled], dict[int, str]]:
    found = session.scalars(
        select(Enrolment).where(Enrolment.staff_member_id.in_((keep.id, other.id))).order_by(Enrolment.id)
    ).all()
    groups = {
        row.id: row.title
        for row in session.execute(
            select(TrainingGroup.id, TrainingGroup.title).where(TrainingGroup.id.in_({one.group_id for one in found}))
        )
    }
    mine = {one.group_id: one for one in found if one.staff_member_id == keep.id}
    moved, doubled = [], []
    for one in found:
        if one.staff_member_id != other.id:
            continue
        if one.group_id not in mine:
            moved.append(one)
            continue
        goes, stays = sorted((one, mine[one.group_id]), key=lambda each: (WAY.index(each.status), -each.id))
        doubled.append(Doubled(groups.get(one.group_id, "группа"), stays=stays, goes=goes))
    return moved, doubled, groups


def _certificates(
    session: GuardedSession, keep: StaffMember, other: StaffMember
) -> tuple[list[Certificate], list[Certificate]]:
    found = session.scalars(
        select(Certificate).where(Certificate.staff_member_id.in_((keep.id, other.id))).order_by(Certificate.id)
    ).all()
    mine = {
        (one.document_kind, one.series, one.number)
        for one in found
        if one.staff_member_id == keep.id and one.status is not CertificateStatus.ANNULLED
    }
    theirs = [one for one in found if one.staff_member_id == other.id]
    same = [
        one
        for one in theirs
        if one.status is not CertificateStatus.ANNULLED and (one.document_kind, one.series, one.number) in mine
    ]
    return theirs, same


def _two_documents(session: GuardedSession, doubled: Sequence[Doubled]) -> list[str]:
    """A group gives one person one document."""
    told = []
    for one in doubled:
        held = session.scalars(
            select(Certificate.id).where(
                Certificate.enrolment_id.in_((one.stays.id, one.goes.id)),
                Certificate.status != CertificateStatus.ANNULLED,
            )
        ).all()
        if len(held) > 1:
            told.append(f"В группе «{one.group}» выдано два документа: сначала аннулируйте один из них.")
    return told


def _identity(session: GuardedSession, keep: StaffMember, other: StaffMember) -> tuple[list[str], str]:
    """What passes over, in words; and what is in the way. Values are compared and told to nobody."""
    mine, theirs = _identity_of(session, keep), _identity_of(session, other)
    if theirs is None:
        return [], ""
    if mine is not None and mine.snils and theirs.snils and mine.snils != theirs.snils:
        return [], "СНИЛС в карточках разные: это два человека, или в одном номере ошибка. Проверьте по документам."
    if mine is not None and mine.born_on and theirs.born_on and mine.born_on != theirs.born_on:
        return [], "Даты рождения в карточках разные: проверьте их по документам и исправьте."
    told = [
        title
        for name, title in (("snils", "СНИЛС"), ("born_on", "дата рождения"), ("sex", "пол"))
        if getattr(theirs, name) and (mine is None or not getattr(mine, name))
    ]
    return told, ""


def _identity_of(session: GuardedSession, person: StaffMember) -> StaffIdentity | None:
    return session.scalars(select(StaffIdentity).where(StaffIdentity.staff_member_id == person.id)).first()


def _move_positions(session: GuardedSession, seen: Preview) -> None:
    """The main place is the kept card's; what the other had elsewhere becomes a second job."""
    main = any(one.is_main and one.ended_on is None for one in _positions(session, seen.keep))
    for position in seen.positions:
        elsewhere = position.org_unit_id != seen.keep.org_unit_id
        if position.is_main and position.ended_on is None and (main or elsewhere):
            position.is_main = False
        position.staff_member_id = seen.keep.id
    for stays, goes in seen.doubled_positions:
        if goes.started_on is not None and stays.started_on is not None:
            stays.started_on = min(stays.started_on, goes.started_on)
        session.delete(goes)
    session.flush()


def _move_enrolments(session: GuardedSession, seen: Preview) -> None:
    learning_merge.carry_outcomes(session, {one.goes.id: one.stays.id for one in seen.doubled})
    for one in seen.doubled:
        # Documents that were annulled stay with the way on which they were given.
        for certificate in session.scalars(select(Certificate).where(Certificate.enrolment_id == one.goes.id)).all():
            certificate.enrolment_id = one.stays.id
        for mark in session.scalars(select(Attendance).where(Attendance.enrolment_id == one.goes.id)).all():
            session.delete(mark)
        session.flush()
        one.goes.label = seen.other.label if one.goes.staff_member_id == seen.other.id else seen.keep.label
        session.delete(one.goes)
        session.flush()
    moved = [*seen.enrolments, *(one.stays for one in seen.doubled if one.stays.staff_member_id == seen.other.id)]
    for enrolment in moved:
        for mark in session.scalars(select(Attendance).where(Attendance.enrolment_id == enrolment.id)).all():
            _give(mark, seen.keep)
        _give(enrolment, seen.keep)
        enrolment.label = seen.keep.label
    session.flush()


def _merge_identity(session: GuardedSession, keep: StaffMember, other: StaffMember) -> None:
    mine, theirs = _identity_of(session, keep), _identity_of(session, other)
    if theirs is None:
        return
    if mine is None:
        _give(theirs, keep)
    else:
        mine.snils = mine.snils or theirs.snils
        mine.born_on = mine.born_on or theirs.born_on
        mine.sex = mine.sex or theirs.sex
        session.delete(theirs)
    keep.has_snils = keep.has_snils or other.has_snils
    session.flush()


def _give(record: OfStaffMember, keep: StaffMember) -> None:
    record.staff_member_id = keep.id
    for name in SCOPE:
        setattr(record, name, getattr(keep, name))
