"""What is asked of a kind of document on a day: hours and validity, each with its source.

The region's own rows come first; where it has none for the day, the product's data hold (training_norms.json).
"""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, date, timedelta
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import TrainingNorm
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import DocumentKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted

DATA = Path(__file__).with_name("training_norms.json")
MONTHS = 12
LONGEST_VALIDITY = 50 * MONTHS
MOST_HOURS = 10_000
LONGEST_SOURCE = 1_000


@dataclass(frozen=True, slots=True)
class Norm:
    """`valid_months` None: without end. `number` is the region's own row, None for the product's data."""

    kind: DocumentKind
    min_hours: int
    valid_months: int | None
    source: str
    valid_from: date
    number: int | None = None
    # Of the validity, where it stands elsewhere than the hours.
    validity_source: str = ""

    @property
    def is_own(self) -> bool:
        return self.number is not None


@dataclass(frozen=True, slots=True)
class NormBook:
    """All norms of one region, read once: for lists, where a question for each row would cost a statement."""

    own: tuple[Norm, ...]

    def on(self, kind: DocumentKind, day: date) -> Norm:
        """The norm in force on the day; before the first known one, the first."""
        for norms in (self.own, product_norms()):
            begun = [norm for norm in norms if norm.kind is kind and norm.valid_from <= day]
            if begun:
                return max(begun, key=lambda norm: norm.valid_from)
        return min((norm for norm in product_norms() if norm.kind is kind), key=lambda norm: norm.valid_from)


@dataclass(frozen=True, slots=True)
class TypedNorm:
    """A norm as a person gives it."""

    document_kind: DocumentKind
    min_hours: int
    valid_months: int | None
    valid_from: date
    source: str


@lru_cache(maxsize=1)
def product_norms() -> tuple[Norm, ...]:
    """Source: the domain facts §3; the region overrides them by rows of its own."""
    return tuple(
        Norm(
            DocumentKind(one["document_kind"]),
            one["min_hours"],
            one["valid_months"],
            one["source"],
            date.fromisoformat(one["valid_from"]),
            validity_source=one.get("validity_source", ""),
        )
        for one in json.loads(DATA.read_text(encoding="utf-8"))["norms"]
    )


@lru_cache(maxsize=1)
def checked_on() -> date:
    """The day on which the product's norms were gathered from what is public."""
    return date.fromisoformat(json.loads(DATA.read_text(encoding="utf-8"))["checked_on"])


def norm_book(session: Session, region_id: int | None) -> NormBook:
    rows = session.scalars(
        select(TrainingNorm).where(TrainingNorm.region_id == (region_id or 0)).order_by(TrainingNorm.valid_from)
    )
    return NormBook(
        tuple(
            Norm(row.document_kind, row.min_hours, row.valid_months, row.source, row.valid_from, row.id) for row in rows
        )
    )


def norm_on(session: Session, region_id: int | None, kind: DocumentKind, day: date) -> Norm:
    """What is asked of a document of this kind issued on this day in this region."""
    return norm_book(session, region_id).on(kind, day)


def valid_until(norm: Norm, issued_on: date) -> date | None:
    """The last day on which the document counts, None without end: 10.10.2026 and 36 months give 09.10.2029.

    A term of months ends on the same date of its last month; where the month has no such date, with the month. What
    would end after the last day that can be written ends with it (a mistyped year).
    """
    if norm.valid_months is None:
        return None
    month = issued_on.year * MONTHS + issued_on.month - 1 + norm.valid_months
    year, month = month // MONTHS, month % MONTHS + 1
    if year > MAXYEAR:
        return date.max
    last = monthrange(year, month)[1]
    return date(year, month, last) if issued_on.day > last else date(year, month, issued_on.day) - timedelta(days=1)


def norms_of_region(session: Session, region_id: int | None) -> Sequence[TrainingNorm]:
    """The region's own rows, the newest first."""
    mine = select(TrainingNorm).where(TrainingNorm.region_id == (region_id or 0))
    return list(session.scalars(mine.order_by(TrainingNorm.document_kind, TrainingNorm.valid_from.desc())))


def add(session: Session, actor: Actor, typed: TypedNorm) -> TrainingNorm:
    """Documents entered before keep the validity that they were given. Raises Invalid at the field."""
    require_keeper(actor)
    made = TrainingNorm(org_unit_id=actor.region_id)
    _put(session, made, typed, actor)
    session.add(made)
    session.flush()
    return made


def change(session: Session, actor: Actor, norm: TrainingNorm, *, version: int, typed: TypedNorm) -> None:
    """Raises Conflict where somebody saved since `version`, Invalid at the field."""
    require_keeper(actor)
    if norm.version != version:
        raise Conflict("Норму успели изменить: откройте её заново.")
    _put(session, norm, typed, actor)
    session.flush()


def remove(session: Session, actor: Actor, norm: TrainingNorm) -> None:
    """What stood before it holds again; the journal keeps what was removed."""
    require_keeper(actor)
    session.delete(norm)
    session.flush()


def norm_of(session: Session, norm_id: int) -> TrainingNorm:
    """The region's row, or NotFound."""
    norm = session.get(TrainingNorm, norm_id)
    if norm is None:
        raise NotFound
    return norm


def require_keeper(actor: Actor) -> None:
    """Norms and topics are one for the region, and the region's to keep."""
    actor.require(Permission.REQUIREMENT_WRITE)
    if actor.unit_kind is not UnitKind.REGION:
        raise NotPermitted("Нормы и темы обучения ведёт регион: они едины для всех.")


def hours_refusal(norm: Norm, hours: int) -> str | None:
    """The sentence for too few hours, with the source of the norm; None where they are enough."""
    if hours >= norm.min_hours:
        return None
    return f"Меньше нормы: {norm.kind.label} – от {norm.min_hours} ч. {norm.source}"


def _put(session: Session, norm: TrainingNorm, typed: TypedNorm, actor: Actor) -> None:
    source = typed.source.strip()
    if not 0 <= typed.min_hours <= MOST_HOURS:
        raise Invalid("Часы – целое число от 0 до 10 000.", field="min_hours")
    if typed.valid_months is not None and not 0 < typed.valid_months <= LONGEST_VALIDITY:
        raise Invalid("Срок действия – от 1 до 600 месяцев; пусто – бессрочно.", field="valid_months")
    if not source:
        raise Invalid("Укажите источник: каким актом и пунктом установлена норма.", field="source")
    if len(source) > LONGEST_SOURCE:
        raise Invalid("Источник не длиннее 1000 знаков.", field="source")
    same = select(TrainingNorm.id).where(
        TrainingNorm.region_id == actor.region_id,
        TrainingNorm.document_kind == typed.document_kind,
        TrainingNorm.valid_from == typed.valid_from,
    )
    with session.no_autoflush:
        found = session.scalar(same)
    if found is not None and found != norm.id:
        raise Invalid("Норма этого вида с этого дня уже есть: измените её.", field="valid_from")
    norm.document_kind, norm.min_hours, norm.valid_months = typed.document_kind, typed.min_hours, typed.valid_months
    norm.valid_from, norm.source = typed.valid_from, source
