"""Whether a number of a document stands already, past the row scope: yes or no, never whose document that is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from app.models import Certificate
from app.models.enumeration_of_training import CertificateStatus, DocumentKind
from app.policies.unscoped import UNSCOPED

CERTIFICATE = cast(Table, Certificate.__table__)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A document as its paper names it; `own_id` where it stands on record itself."""

    staff_member_id: int
    document_kind: DocumentKind
    series: str
    number: str
    issuer_name: str
    own_id: int | None = None


@dataclass(frozen=True, slots=True)
class Clash:
    """`same_person`: entered for the person already; `another`: the issuer's number stands on another person's."""

    same_person: bool = False
    another: bool = False


def clashes(session: Session, region_id: int, asked: Collection[Numbered]) -> dict[Numbered, Clash]:
    """What stands beside each in the region, annulled documents left out, by one statement.

    Issuers are compared by letters and figures: two of them may give one number.
    """
    if not asked:
        return {}
    columns = ("id", "staff_member_id", "document_kind", "series", "number", "issuer_name")
    statement = select(*(CERTIFICATE.c[name] for name in columns)).where(
        CERTIFICATE.c.region_id == region_id,
        CERTIFICATE.c.number.in_({one.number for one in asked}),
        CERTIFICATE.c.status != CertificateStatus.ANNULLED.value,
    )
    known: dict[tuple[DocumentKind, str, str], list[tuple[int, int, str]]] = {}
    for row in session.execute(statement, execution_options=UNSCOPED):
        key = (DocumentKind(row.document_kind), row.series, row.number)
        known.setdefault(key, []).append((row.id, row.staff_member_id, _letters(row.issuer_name)))
    return {one: _clash(one, known.get((one.document_kind, one.series, one.number), ())) for one in asked}


def _clash(one: Numbered, beside: Collection[tuple[int, int, str]]) -> Clash:
    others = [row for row in beside if row[0] != one.own_id]
    issuer = _letters(one.issuer_name)
    return Clash(
        same_person=any(person == one.staff_member_id for _, person, _ in others),
        another=any(person != one.staff_member_id and name == issuer for _, person, name in others),
    )


def _letters(name: str) -> str:
    return "".join(sign for sign in name.casefold().replace("ё", "е") if sign.isalnum())
