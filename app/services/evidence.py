"""Proof: a file in revisions or a link, of the unit that shows it; one piece may serve many reports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload

from app.models import AssignmentReport, Evidence, EvidenceRevision, ReportEvidence
from app.models.enumeration import EvidenceKind
from app.models.search_text import like_pattern
from app.policies.actor import Actor
from app.policies.refusal import Invalid, NotFound
from app.services.past_search import folded_words

LONGEST_URL = 2000
# More are found by search.
MOST_CHOOSABLE = 30


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
    valid_until: date | None = None
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


def check_term(dated_on: date | None, valid_until: date | None, *, field: str = "valid_until") -> None:
    """Raises Invalid for a document that ends before it begins."""
    if dated_on is not None and valid_until is not None and valid_until < dated_on:
        raise Invalid("Документ не может перестать действовать раньше своей даты. Проверьте годы.", field=field)


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
        # Whoever is removing it is waited for: a piece that is gone is not found, and one that is here stays.
        held = select(Evidence).where(Evidence.id == typed.existing_id).with_for_update(read=True, key_share=True)
        found = session.scalar(held)
        if found is None or found.org_unit_id != unit_id:
            raise NotFound
        return found
    url = checked_url(typed.url)
    if typed.file is None and not url:
        raise Invalid("Приложите файл или вставьте ссылку.", field="url")
    check_term(typed.dated_on, typed.valid_until, field="evidence_valid_until")
    title = typed.title.strip() or (typed.file.file_name if typed.file is not None else url)
    piece = Evidence(
        org_unit_id=unit_id,
        kind=typed.kind,
        title=title[:300],
        number=typed.number.strip()[:100],
        dated_on=typed.dated_on,
        valid_until=typed.valid_until,
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


def choosable(
    session: Session, unit_id: int, query: str = "", ticked: Collection[int] = (), without: Collection[int] = ()
) -> list[Evidence]:
    """What the unit has shown anywhere and may show again: what is ticked already, then the newest found."""
    own = select(Evidence).where(Evidence.org_unit_id == unit_id).options(selectinload(Evidence.revisions))
    own = own.where(Evidence.id.not_in(without)) if without else own
    kept = list(session.scalars(own.where(Evidence.id.in_(ticked)).order_by(Evidence.id.desc()))) if ticked else []
    found = own.where(Evidence.id.not_in(ticked)) if ticked else own
    if query.strip():
        found = found.where(or_(*named_so(like_pattern(query))))
    return [*kept, *session.scalars(found.order_by(Evidence.id.desc()).limit(MOST_CHOOSABLE))]


def named_so(pattern: str) -> list[ColumnElement[bool]]:
    """Conditions of a search, to be OR-ed: the title, the number, the address or a file has the pattern in it."""
    names: list[ColumnElement[str]] = [Evidence.title.expression, Evidence.number.expression, Evidence.url.expression]
    files = select(EvidenceRevision.evidence_id).where(
        folded_words([EvidenceRevision.file_name.expression]).like(pattern, escape="\\")
    )
    return [folded_words(names).like(pattern, escape="\\"), Evidence.id.in_(files)]


def count_of(session: Session, unit_id: int) -> int:
    """How many pieces the unit has."""
    return session.scalar(select(func.count()).select_from(Evidence).where(Evidence.org_unit_id == unit_id)) or 0


def revision_to_read(session: Session, revision_id: int) -> EvidenceRevision:
    """Raises NotFound for a file outside the actor's scope."""
    found = session.get(EvidenceRevision, revision_id)
    if found is None:
        raise NotFound
    return found
