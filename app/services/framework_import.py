"""A set of criteria out of its workbook: said what is wrong row by row and what differs, then made as a draft."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.excel.framework_workbook import HEAD_SHEET, read_framework
from app.excel.table import WorkbookRefused
from app.models import Framework
from app.models.enumeration import FrameworkStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services.framework import LONGEST_TITLE, create_from, draft_of, next_edition
from app.services.framework_contents import contents
from app.services.framework_criterion import MOST_CRITERIA
from app.services.framework_difference import Difference, differences
from app.services.framework_examination import Problem, problems_of
from app.services.framework_outline import (
    Outline,
    OutlineSection,
    outline_of,
    packed,
    unpacked,
)
from app.services.framework_reading import Reading, RowProblem
from app.services.framework_values import check_bands, check_values, text

# Of the packed set that the dry run hands to the page and the page hands back.
LONGEST_PACKED = 2_000_000


@dataclass(frozen=True)
class DryRun:
    """What the book would make. Without an outline there are only `wrong` rows, and nothing can be made."""

    outline: Outline | None
    wrong: tuple[RowProblem, ...]
    # The edition that it is the next one of; None for a new set.
    based_on: Framework | None = None
    edition: int = 1
    differences: tuple[Difference, ...] = ()
    # What will have to be mended before it is published: a draft may have it.
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def judge(session: Session, actor: Actor, content: bytes) -> DryRun:
    """Reads only. Raises Invalid at `file` for a file that is no book of a set, NotPermitted."""
    actor.require(Permission.FRAMEWORK_WRITE)
    try:
        brought = read_framework(content)
    except WorkbookRefused as refusal:
        raise Invalid(str(refusal), field="file") from refusal
    reading = Reading(brought)
    outline = reading.outline()
    if reading.wrong or outline is None:
        return DryRun(None, tuple(reading.wrong), notes=tuple(reading.notes))
    begun = draft_of(session, actor, outline.title)
    if begun is not None:
        sentence = f"Черновик «{begun.label}» уже есть: удалите его или назовите набор в книге иначе."
        return DryRun(None, (RowProblem(HEAD_SHEET.name, 0, sentence),), notes=tuple(reading.notes))
    base = _last_of(session, actor, outline.title)
    return DryRun(
        outline,
        (),
        base,
        next_edition(session, actor, outline.title),
        () if base is None else differences(outline_of(base, contents(session, base.id)), outline),
        problems_of(outline),
        tuple(reading.notes),
    )


def apply(session: Session, actor: Actor, outline: Outline) -> Framework:
    """The draft, whole or not at all: the next edition of one's own set of that title, otherwise a new set.

    Everything is checked anew: the outline has been in the person's hands. Raises Invalid, NotPermitted.
    """
    actor.require(Permission.FRAMEWORK_WRITE)
    checked = _checked(outline)
    if draft_of(session, actor, checked.title) is not None:
        raise Invalid("Черновик с таким названием уже есть: удалите его или назовите набор в книге иначе.")
    return create_from(session, actor, checked, based_on=_last_of(session, actor, checked.title))


def carried(outline: Outline) -> str:
    """The outline as a short text that a form can carry."""
    told = json.dumps(packed(outline), ensure_ascii=False, separators=(",", ":")).encode()
    return base64.b64encode(zlib.compress(told, 9)).decode("ascii")


def brought_back(text: str) -> Outline:
    """The other way. Raises Invalid for anything else than what `carried` makes."""
    try:
        unpacking = zlib.decompressobj()
        told = unpacking.decompress(base64.b64decode(text.encode("ascii"), validate=True), LONGEST_PACKED)
        if unpacking.unconsumed_tail or not unpacking.eof:
            raise ValueError(len(told))  # noqa: TRY301 - one answer for everything that cannot be read
        return unpacked(json.loads(told))
    except (ValueError, zlib.error, binascii.Error, RecursionError) as error:
        raise Invalid("Проверенный файл потерялся по дороге: загрузите книгу ещё раз.", field="file") from error


def _last_of(session: Session, actor: Actor, title: str) -> Framework | None:
    return session.scalars(
        select(Framework)
        .where(
            Framework.org_unit_id == actor.unit_id,
            Framework.title == title,
            Framework.status != FrameworkStatus.DRAFT,
        )
        .order_by(Framework.edition.desc())
        .limit(1)
    ).first()


def _checked(outline: Outline) -> Outline:
    title = " ".join(outline.title.split())
    if not title or len(title) > LONGEST_TITLE or len(outline.criteria) > MOST_CRITERIA:
        raise Invalid("Набор из книги не подходит: загрузите книгу ещё раз.", field="file")
    sections = tuple(
        OutlineSection(
            " ".join(text(one.title, "file").split()),
            text(one.description, "file"),
            tuple(check_values(each) for each in one.criteria),
        )
        for one in outline.sections
    )
    codes = [one.code for section in sections for one in section.criteria]
    titles = [one.title for one in sections]
    if len(set(codes)) < len(codes) or len(set(titles)) < len(titles) or not all(titles):
        raise Invalid("Коды критериев и названия разделов должны различаться.", field="file")
    bands = tuple(check_bands(outline.bands))
    caution, source, note = (text(one, "file") for one in (outline.caution, outline.source, outline.note))
    return Outline(title, caution, source, note, sections, bands)
