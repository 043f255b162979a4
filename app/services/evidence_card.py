"""A piece of proof as its unit keeps it: what is said of it, its files in revisions, its removal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.models import AssessmentApproval, Certificate, Evidence, EvidenceRevision
from app.models.enumeration import EvidenceKind
from app.models.enumeration_of_training import CertificateStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services.evidence import Stored, check_term, checked_url
from app.services.evidence_use import Use, uses_of

__all__ = ["EvidenceDetails", "Use", "add_revision", "change", "may_change", "remove", "uses_of"]

LONGEST_TITLE, LONGEST_NUMBER, MOST_REVISIONS, MOST_NAMED = 300, 100, 100, 3
CHANGED_MEANWHILE = "Подтверждение тем временем изменили. Посмотрите, что изменилось, и повторите, если нужно."
CONFIRMED = "Это скан подтверждённого документа об обучении: изменить его можно, сняв подтверждение документа."


@dataclass(frozen=True, slots=True)
class EvidenceDetails:
    """What a person types about a piece that stands already."""

    kind: EvidenceKind
    title: str
    number: str = ""
    dated_on: date | None = None
    valid_until: date | None = None
    url: str = ""


def may_change(piece: Evidence, actor: Actor) -> bool:
    """Proof is changed by the unit that shows it; whoever checks it does not touch it."""
    return actor.may(Permission.EVIDENCE_WRITE) and piece.org_unit_id == actor.unit_id


def change(session: Session, actor: Actor, piece: Evidence, typed: EvidenceDetails, *, version: int) -> Evidence:
    """Saves what is said of the piece. Raises NotPermitted, Conflict, WrongState, Invalid at the field."""
    found = _to_change(session, actor, piece, version)
    title, url = typed.title.strip(), checked_url(typed.url)
    if not title or len(title) > LONGEST_TITLE:
        raise Invalid(f"Назовите документ, не длиннее {LONGEST_TITLE} знаков.", field="title")
    if len(typed.number.strip()) > LONGEST_NUMBER:
        raise Invalid(f"Номер не длиннее {LONGEST_NUMBER} знаков.", field="number")
    if not url and not found.revisions:
        raise Invalid("Без файла и без ссылки подтверждение ничего не подтверждает. Оставьте ссылку.", field="url")
    check_term(typed.dated_on, typed.valid_until)
    found.kind, found.title, found.number, found.url = typed.kind, title, typed.number.strip(), url
    found.dated_on, found.valid_until = typed.dated_on, typed.valid_until
    session.flush()
    return found


def add_revision(
    session: Session, actor: Actor, piece: Evidence, file: Stored, *, version: int, now: datetime
) -> EvidenceRevision:
    """The newest file counts; the older ones stay. Raises NotPermitted, Conflict, WrongState, Invalid at `file`."""
    found = _to_change(session, actor, piece, version)
    last = found.revisions[-1] if found.revisions else None
    if last is not None and last.digest == file.digest:
        raise Invalid("Этот файл уже стоит последней редакцией: в нём ничего не изменилось.", field="file")
    if len(found.revisions) >= MOST_REVISIONS:
        raise Invalid(f"У подтверждения уже {MOST_REVISIONS} редакций. Заведите новое.", field="file")
    revision = EvidenceRevision(
        org_unit_id=found.org_unit_id,
        evidence_id=found.id,
        number=last.number + 1 if last is not None else 1,
        digest=file.digest,
        size=file.size,
        media_type=file.media_type,
        file_name=file.file_name,
        uploaded_at=now,
        uploaded_by=actor.signature,
    )
    found.revisions.append(revision)
    # Two who add at once meet here, though the row of the piece is the same.
    found.version += 1
    session.flush()
    return revision


def remove(session: Session, actor: Actor, piece: Evidence, *, version: int) -> None:
    """Takes away a piece on which nothing rests; its files are swept from the store later.

    Raises NotPermitted, Conflict, WrongState with a sentence that names what rests on it.
    """
    found = _to_change(session, actor, piece, version)
    uses = uses_of(session, [found.id]).get(found.id, [])
    if uses:
        raise WrongState(_named(uses))
    if _is_frozen(session, found):
        raise WrongState("Файл назван в снимке утверждённого листа: убрать его нельзя, снимок нечем будет проверить.")
    try:
        with session.begin_nested():
            for revision in list(found.revisions):
                session.delete(revision)
            session.flush()
            session.expire(found, ["revisions"])
            session.delete(found)
            session.flush()
    except IntegrityError as error:
        # The scan of a person who has moved to another unit is seen there, and its document no longer here.
        raise WrongState("На этом подтверждении держится запись другой организации: убрать его нельзя.") from error


def _named(uses: Sequence[Use]) -> str:
    shown = "; ".join(f"{use.kind} «{use.label}»" for use in uses[:MOST_NAMED])
    more = f" и ещё {len(uses) - MOST_NAMED}" if len(uses) > MOST_NAMED else ""
    return f"Убрать нельзя, на подтверждении держится: {shown}{more}. Сначала открепите его там."


def _to_change(session: Session, actor: Actor, piece: Evidence, version: int) -> Evidence:
    actor.require(Permission.EVIDENCE_WRITE)
    found = session.scalar(
        select(Evidence).where(Evidence.id == piece.id).with_for_update().execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    if not may_change(found, actor):
        raise NotPermitted("Подтверждение меняет организация, которая его приложила.")
    if found.version != version:
        raise Conflict(CHANGED_MEANWHILE)
    confirmed = select(Certificate.id).where(
        Certificate.evidence_id == found.id, Certificate.status == CertificateStatus.CONFIRMED
    )
    if session.scalar(confirmed.limit(1)) is not None:
        raise WrongState(CONFIRMED)
    return found


def _is_frozen(session: Session, piece: Evidence) -> bool:
    """Whether a snapshot of the unit's sheets speaks of one of the files."""
    digests = [revision.digest for revision in piece.revisions]
    if not digests:
        return False
    speaks = or_(*(AssessmentApproval.canonical.contains(digest) for digest in digests))
    counted = select(func.count()).where(AssessmentApproval.org_unit_id == piece.org_unit_id, speaks)
    return bool(session.scalar(counted))
