"""A certificate: ждёт подтверждения → подтверждён; отклонён, аннулирован. Confirmed above whoever entered it."""

from __future__ import annotations

from app.models import Certificate
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CertificateStatus as Status
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.standing import stands_over
from app.workflows.engine import Workflow, transition


def from_above(certificate: Certificate, actor: Actor) -> str | None:
    """Above a region there is nobody: what it enters it confirms itself."""
    if actor.unit_kind is UnitKind.REGION:
        return None
    if not stands_over(actor, certificate, certificate.entered_by_unit_id):
        return "Это может организация, вышестоящая для той, которая внесла документ, или для места работы."
    if actor.unit_id != certificate.entered_by_unit_id:
        return None
    return "Документ подтверждает вышестоящая организация, а не та, которая его внесла."


def confirms(certificate: Certificate, actor: Actor) -> bool:
    """Whether documents like this one are the actor's to confirm, and so to set right."""
    return actor.may(Permission.CERTIFICATE_CONFIRM) and stands_over(actor, certificate, certificate.entered_by_unit_id)


def from_outside(certificate: Certificate, actor: Actor) -> str | None:
    del actor
    if certificate.issuer_unit_id is None:
        return None
    return "Этот документ выдан в системе: его может только аннулировать выдавшая организация."


def by_enterer(certificate: Certificate, actor: Actor) -> str | None:
    """Whoever moves to another unit takes the document along: the new one mends what the old one sees no more."""
    if actor.unit_id in {certificate.entered_by_unit_id, certificate.org_unit_id}:
        return None
    return "Это может только организация, которая внесла документ, или место работы человека."


def by_issuer_or_above(certificate: Certificate, actor: Actor) -> str | None:
    if certificate.issuer_unit_id is not None:
        if actor.unit_id in {certificate.issuer_unit_id, certificate.region_id}:
            return None
        return "Документ аннулирует организация, которая его выдала."
    entered_here = certificate.status is not Status.CONFIRMED and by_enterer(certificate, actor) is None
    if entered_here or confirms(certificate, actor):
        return None
    return "Подтверждённый документ аннулирует вышестоящая организация."


CONFIRM, WRITE = Permission.CERTIFICATE_CONFIRM, Permission.CERTIFICATE_WRITE
WORKFLOW = Workflow(
    transition(
        "confirm",
        "Подтвердить",
        (Status.ENTERED,),
        Status.CONFIRMED,
        CONFIRM,
        who=from_above,
        needs=(from_outside,),
    ),
    transition(
        "refuse",
        "Отклонить",
        (Status.ENTERED,),
        Status.REFUSED,
        CONFIRM,
        who=from_above,
        note_required=True,
    ),
    transition("resubmit", "Отправить снова", (Status.REFUSED,), Status.ENTERED, WRITE, who=by_enterer),
    transition(
        "unconfirm",
        "Снять подтверждение",
        (Status.CONFIRMED,),
        Status.ENTERED,
        CONFIRM,
        who=from_above,
        needs=(from_outside,),
        note_required=True,
    ),
    transition(
        "annul",
        "Аннулировать",
        (Status.ENTERED, Status.REFUSED, Status.CONFIRMED),
        Status.ANNULLED,
        WRITE,
        who=by_issuer_or_above,
        note_required=True,
    ),
)
