"""The region's own templates of letters: checked by writing letters by them before they are taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.documents import letter
from app.documents.file_store import FileStore, StoredContent
from app.documents.letter_fields import FIELDS
from app.documents.limits import MAX_LETTER_TEMPLATE_BYTES
from app.documents.refusal import DocumentRefused
from app.models import LetterTemplate
from app.models.enumeration_of_measures import LetterKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, WrongState


@dataclass(frozen=True, slots=True)
class Examined:
    """A stored file by which letters of the kind were written without complaint: `examine` alone makes it."""

    kind: LetterKind
    stored: StoredContent


def current(session: Session, kind: LetterKind) -> LetterTemplate | None:
    """The region's own template; None while the built-in one stands."""
    return session.scalar(select(LetterTemplate).where(LetterTemplate.kind == kind))


def content_of(session: Session, kind: LetterKind, *, store: FileStore) -> bytes | None:
    """The bytes of the region's own template, None for the built-in one. Raises NotFound for a lost file."""
    own = current(session, kind)
    return None if own is None else read(own.digest, store=store)


def read(digest: str, *, store: FileStore) -> bytes:
    try:
        with store.open(digest) as stream:
            return stream.read(MAX_LETTER_TEMPLATE_BYTES + 1)
    except FileNotFoundError as error:
        raise NotFound("Файла шаблона нет в хранилище. Сообщите администратору.") from error


def sample(session: Session, actor: Actor, kind: LetterKind, *, store: FileStore) -> bytes:
    """A letter with invented contents by what stands now. Raises WrongState where the template does not bear it."""
    actor.require(Permission.LETTER_TEMPLATE)
    own = content_of(session, kind, store=store)
    try:
        return letter.write(kind, [FIELDS[kind].sample()], own)[0]
    except DocumentRefused as refusal:
        raise WrongState(f"По этому шаблону письмо не составить. {refusal}") from refusal


def examine(actor: Actor, kind: LetterKind, stored: StoredContent, *, store: FileStore) -> Examined:
    """Takes up to half a minute for a hostile file: hold no lock meanwhile. Raises Invalid at `file`."""
    actor.require(Permission.LETTER_TEMPLATE)
    try:
        letter.check(kind, read(stored.digest, store=store))
    except DocumentRefused as refusal:
        raise Invalid(str(refusal), field="file") from refusal
    return Examined(kind, stored)


def replace(session: Session, actor: Actor, examined: Examined, *, version: int, now: datetime) -> LetterTemplate:
    """The region writes by this file from now on; `version` is 0 for the built-in one.

    Raises Conflict where somebody replaced it since `version`.
    """
    actor.require(Permission.LETTER_TEMPLATE)
    own = current(session, examined.kind)
    if version != (own.version if own is not None else 0):
        raise Conflict("Шаблон успели заменить: откройте страницу заново и посмотрите, нужен ли ещё ваш.")
    if own is None:
        own = LetterTemplate(org_unit_id=actor.unit_id, kind=examined.kind)
        session.add(own)
    stored = examined.stored
    own.digest, own.size, own.file_name = stored.digest, stored.size, stored.file_name
    own.uploaded_at, own.uploaded_by = now, actor.signature
    session.flush()
    return own


def remove(session: Session, actor: Actor, kind: LetterKind, *, version: int) -> None:
    """The built-in template stands again. Raises NotFound where there is none of one's own, Conflict as `replace`."""
    actor.require(Permission.LETTER_TEMPLATE)
    own = current(session, kind)
    if own is None:
        raise NotFound
    if own.version != version:
        raise Conflict("Шаблон тем временем заменили другим: посмотрите на него, прежде чем убирать.")
    session.delete(own)
    session.flush()
