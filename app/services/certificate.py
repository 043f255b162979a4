"""Documents on training from outside the tree: entered below, confirmed above; one by one or many at once.

What a provider of the tree issues itself is made and annulled in services/certificate_issue.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Certificate, StaffMember, StaffPosition
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CertificateStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, Refusal, WrongState
from app.services.act_on_many import Chosen, Verdict, act_on_each, held
from app.services.certificate_details import TypedCertificate, put, tidied
from app.services.certificate_examination import Remark, errors_of, examine, examine_many
from app.workflows.certificate import WORKFLOW, by_enterer, confirms, from_outside

__all__ = ["TypedCertificate"]

CHANGED_MEANWHILE = "Документ тем временем изменили: сейчас он «{}». Откройте его заново: ваши изменения не записаны."
EDITABLE = frozenset({CertificateStatus.ENTERED, CertificateStatus.REFUSED})


def the_one(session: Session, certificate_id: int, version: int | None = None) -> Certificate:
    """The document as the database holds it now; whoever else would change it waits. Raises NotFound, Conflict."""
    session.flush()
    found = session.scalar(
        select(Certificate)
        .where(Certificate.id == certificate_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    _require_version(found, version)
    return found


def _require_version(found: Certificate, version: int | None) -> None:
    if version is not None and found.version != version:
        raise Conflict(CHANGED_MEANWHILE.format(found.status.label))


def require_entering(session: Session, actor: Actor, person: StaffMember) -> None:
    """Raises NotPermitted: a provider sees the trainees of others, and enters documents of its own people only."""
    actor.require(Permission.CERTIFICATE_WRITE)
    if actor.unit_kind is not UnitKind.PROVIDER or person.org_unit_id == actor.unit_id:
        return
    works_here = select(StaffPosition.id).where(
        StaffPosition.staff_member_id == person.id,
        StaffPosition.org_unit_id == actor.unit_id,
        StaffPosition.ended_on.is_(None),
    )
    if session.scalar(works_here.limit(1)) is None:
        raise NotPermitted("Документы слушателей других организаций выдают в потоке, а не вносят в реестр.")


def enter(
    session: Session, actor: Actor, person: StaffMember, typed: TypedCertificate, *, today: date, now: datetime
) -> Certificate:
    """Waits for confirmation. Raises NotPermitted, NotFound, Invalid at the field."""
    del now
    require_entering(session, actor, person)
    tidy = tidied(session, typed)
    _refuse_errors(examine(session, tidy, person, today=today))
    made = Certificate(
        staff_member_id=person.id,
        status=CertificateStatus.ENTERED,
        entered_by_unit_id=actor.unit_id,
        entered_by=actor.signature,
    )
    put(session, made, tidy, person.region_id)
    session.add(made)
    session.flush()
    return made


def may_change(certificate: Certificate, actor: Actor) -> bool:
    return _obstacle(certificate, actor) is None


def require_change(certificate: Certificate, actor: Actor) -> None:
    """Until it is confirmed; by the unit that entered it, or by those above, who confirm. Raises NotPermitted,
    WrongState.
    """
    refusal = _obstacle(certificate, actor)
    if refusal is not None:
        raise refusal


def _obstacle(certificate: Certificate, actor: Actor) -> Refusal | None:
    if not actor.may(Permission.CERTIFICATE_WRITE):
        return NotPermitted("Ваши полномочия не позволяют этого действия.")
    sentence = from_outside(certificate, actor)
    if sentence is not None:
        return WrongState(sentence)
    if not confirms(certificate, actor) and (told := by_enterer(certificate, actor)) is not None:
        return NotPermitted(told)
    if certificate.status not in EDITABLE:
        return WrongState(
            f"Документ «{certificate.status.label}»: изменить его можно, пока он не подтверждён. "
            "Подтверждение снимает вышестоящая организация."
        )
    return None


def change(
    session: Session,
    actor: Actor,
    certificate: Certificate,
    typed: TypedCertificate,
    *,
    version: int | None,
    today: date,
) -> Certificate:
    """Raises NotPermitted, WrongState, Conflict, Invalid at the field."""
    found = the_one(session, certificate.id, version)
    require_change(found, actor)
    tidy = tidied(session, typed)
    person = person_of(session, found)
    _refuse_errors(examine(session, tidy, person, today=today, own_id=found.id))
    put(session, found, tidy, person.region_id)
    session.flush()
    return found


def confirm(
    session: Session,
    actor: Actor,
    certificate: Certificate,
    *,
    version: int | None = None,
    today: date,
    now: datetime,
    note: str = "",
) -> None:
    """Counts in coverage from now on. Raises WrongState where the examination finds an error."""
    found = the_one(session, certificate.id, version)
    remarks = examine(session, found, person_of(session, found), today=today, own_id=found.id)
    _confirm(session, actor, found, remarks, now=now, note=note)


def _confirm(
    session: Session, actor: Actor, found: Certificate, remarks: Sequence[Remark], *, now: datetime, note: str
) -> None:
    WORKFLOW.require("confirm", found, actor)
    errors = errors_of(remarks)
    if errors:
        raise WrongState(" ".join(error.sentence for error in errors))
    found.confirmed_at, found.confirmed_by, found.remark = now, actor.signature, ""
    WORKFLOW.apply("confirm", found, actor, note=note)
    session.flush()


def refuse(
    session: Session, actor: Actor, certificate: Certificate, *, version: int | None = None, note: str = ""
) -> None:
    """Back to whoever entered it, who mends it and sends it again. Raises Invalid without a reason."""
    _refuse(session, actor, the_one(session, certificate.id, version), note=note)


def _refuse(session: Session, actor: Actor, found: Certificate, *, note: str) -> None:
    WORKFLOW.apply("refuse", found, actor, note=note)
    found.remark = note.strip()
    session.flush()


def resubmit(session: Session, actor: Actor, certificate: Certificate, *, version: int | None = None) -> None:
    found = the_one(session, certificate.id, version)
    WORKFLOW.apply("resubmit", found, actor)
    found.remark = ""
    session.flush()


def unconfirm(
    session: Session, actor: Actor, certificate: Certificate, *, version: int | None = None, note: str
) -> None:
    """Waits for confirmation again, and is counted no more."""
    found = the_one(session, certificate.id, version)
    WORKFLOW.apply("unconfirm", found, actor, note=note)
    found.confirmed_at, found.confirmed_by = None, ""
    session.flush()


def annul(session: Session, actor: Actor, certificate: Certificate, *, version: int | None = None, note: str) -> None:
    """For good; the document stays in the register. Raises WrongState for one that the tree itself has issued."""
    found = the_one(session, certificate.id, version)
    sentence = from_outside(found, actor)
    if sentence is not None:
        raise WrongState(sentence)
    WORKFLOW.apply("annul", found, actor, note=note)
    found.confirmed_at, found.confirmed_by, found.remark = None, "", note.strip()
    session.flush()


DONE = {"confirm": "Подтверждён", "refuse": "Отклонён"}


def act_many(
    session: Session,
    actor: Actor,
    action: str,
    chosen: Chosen,
    *,
    note: str = "",
    now: datetime,
    today: date,
) -> list[Verdict]:
    """Confirms or refuses each, with a verdict per row; a refused row leaves the others done. What is read is read
    once for all of them.

    `chosen` are (number, the version that the person saw). Raises NotFound for a document outside the scope.
    """
    actor.require(WORKFLOW[action].permission)
    found = held(session, Certificate, chosen)
    people = {one.staff_member_id for one in found.values()}
    names = {one.id: one for one in session.scalars(select(StaffMember).where(StaffMember.id.in_(people)))}
    labels = {number: f"{names[one.staff_member_id].label}: {one.label}" for number, one in found.items()}
    remarks = examine_many(session, list(found.values()), today=today) if action == "confirm" else {}

    def act(one: Certificate, version: int | None) -> None:
        _require_version(one, version)
        if action == "confirm":
            _confirm(session, actor, one, remarks[one.id], now=now, note=note)
        else:
            _refuse(session, actor, one, note=note)

    return act_on_each(session, found, chosen, act, done=DONE[action], labels=labels)


def person_of(session: Session, certificate: Certificate) -> StaffMember:
    """Whoever sees the document sees its person; raises NotFound where that is no more so."""
    found = session.get(StaffMember, certificate.staff_member_id)
    if found is None:
        raise NotFound
    return found


def _refuse_errors(remarks: Sequence[Remark]) -> None:
    errors = errors_of(remarks)
    if errors:
        raise Invalid(" ".join(error.sentence for error in errors), field=errors[0].field)
