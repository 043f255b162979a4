"""Proof: a file in revisions or a link, of the unit that shows it; one piece may serve many reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.models import AssignmentReport, Evidence, EvidenceRevision, ReportEvidence
from app.models.enumeration import EvidenceKind
from app.policies.actor import Actor
from app.policies.refusal import Invalid, NotFound

LONGEST_URL = 2000
MOST_CHOOSABLE = 100


class Stored(Protocol):
    """What the file store says of a file it has taken in."""

    @property
    def digest(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def media_type(self) -> str: ...
    @property
    def file_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class TypedEvidence:
    """What a person gave: an existing piece, or a new one with a file or a link."""

    kind: EvidenceKind = EvidenceKind.OTHER
    title: str = ""
    number: str = ""
    dated_on: date | None = None
    url: str = ""
    file: Stored | None = None
    existing_id: int | None = None


def checked_url(raw: str) -> str:
    """A web address that a browser may open; raises Invalid. Script and file addresses are refused."""
    address = raw.strip()
    if not address:
        return ""
    if "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        sound = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and not parts.username
    except ValueError:
        sound = False
    if not sound or len(address) > LONGEST_URL or any(sign.isspace() or ord(sign) < ord(" ") for sign in address):
        raise Invalid("Это не адрес страницы. Вставьте ссылку целиком, она начинается с https://", field="url")
    return address


def attach(
    session: Session, actor: Actor, report: AssignmentReport, typed: Sequence[TypedEvidence], *, now: datetime
) -> list[Evidence]:
    """Adds the pieces to the report. Raises Invalid, NotFound (an existing piece outside the scope)."""
    pieces = gathered(session, actor, report.org_unit_id, typed, now=now)
    for piece in {piece.id: piece for piece in pieces}.values():
        session.add(ReportEvidence(org_unit_id=report.org_unit_id, report_id=report.id, evidence_id=piece.id))
    session.flush()
    return pieces


def gathered(
    session: Session, actor: Actor, unit_id: int, typed: Sequence[TypedEvidence], *, now: datetime
) -> list[Evidence]:
    """The unit's pieces, new ones made. Raises Invalid, NotFound (an existing piece that is not this unit's)."""
    pieces = [_piece(session, actor, unit_id, one, now) for one in typed]
    session.flush()
    return pieces


def _piece(session: Session, actor: Actor, unit_id: int, typed: TypedEvidence, now: datetime) -> Evidence:
    if typed.existing_id is not None:
        found = session.get(Evidence, typed.existing_id)
        if found is None or found.org_unit_id != unit_id:
            raise NotFound
        return found
    url = checked_url(typed.url)
    if typed.file is None and not url:
        raise Invalid("Приложите файл или вставьте ссылку.", field="url")
    title = typed.title.strip() or (typed.file.file_name if typed.file is not None else url)
    piece = Evidence(
        org_unit_id=unit_id,
        kind=typed.kind,
        title=title[:300],
        number=typed.number.strip()[:100],
        dated_on=typed.dated_on,
        url=url,
    )
    session.add(piece)
    if typed.file is not None:
        piece.revisions.append(
            EvidenceRevision(
                org_unit_id=unit_id,
                number=1,
                digest=typed.file.digest,
                size=typed.file.size,
                media_type=typed.file.media_type,
                file_name=typed.file.file_name,
                uploaded_at=now,
                uploaded_by=actor.signature,
            )
        )
    return piece


def of_reports(session: Session, report_ids: Sequence[int]) -> dict[int, list[Evidence]]:
    """The pieces under each report, with their files, by two statements."""
    if not report_ids:
        return {}
    rows = session.execute(
        select(ReportEvidence.report_id, Evidence)
        .join(Evidence, Evidence.id == ReportEvidence.evidence_id)
        .where(ReportEvidence.report_id.in_(report_ids))
        .options(selectinload(Evidence.revisions))
        .order_by(Evidence.id)
    )
    found: dict[int, list[Evidence]] = {}
    for report_id, piece in rows:
        found.setdefault(report_id, []).append(piece)
    return found


def choosable(session: Session, unit_id: int) -> list[Evidence]:
    """What the unit has shown before and may show again; the newest first."""
    statement = select(Evidence).where(Evidence.org_unit_id == unit_id).options(selectinload(Evidence.revisions))
    statement = statement.order_by(Evidence.id.desc()).limit(MOST_CHOOSABLE)
    return list(session.scalars(statement))


def revision_to_read(session: Session, revision_id: int) -> EvidenceRevision:
    """Raises NotFound for a file outside the actor's scope."""
    found = session.get(EvidenceRevision, revision_id)
    if found is None:
        raise NotFound
    return found
