"""A set of criteria as the rows of its workbook, for whoever sees the set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import BinaryIO

from app.excel.framework_workbook import BANDS, CRITERIA, HEAD_SHEET, LEVELS, SECTIONS, write_framework
from app.excel.sheet import Heading
from app.models import Framework
from app.models.enumeration import Labelled
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services.framework_contents import Contents, contents


def write(session: GuardedSession, actor: Actor, framework: Framework, target: BinaryIO, heading: Heading) -> int:
    """Write the workbook; returns how many criteria it has. Raises NotPermitted."""
    actor.require(Permission.EXPORT)
    whole = contents(session, framework.id)
    write_framework(target, framework.label, heading, rows_of(framework, whole))
    return len(whole.criteria)


def rows_of(framework: Framework, whole: Contents) -> Mapping[str, Sequence[Sequence[object]]]:
    """By sheet, in the order of its columns."""
    return {
        HEAD_SHEET.name: [
            (
                framework.title,
                framework.edition,
                framework.status.label,
                framework.caution,
                framework.source,
                framework.note,
            )
        ],
        SECTIONS.name: [(section.title, section.description) for section in whole.sections],
        CRITERIA.name: [
            tuple(_word(getattr(one, column.key)) for column in CRITERIA.columns) for one in whole.criteria
        ],
        LEVELS.name: [
            (one.code, level.threshold, level.points, level.label, level.description)
            for one in whole.criteria
            for level in one.levels
        ],
        BANDS.name: list(whole.bands),
    }


def _word(value: object) -> object:
    return value.label if isinstance(value, Labelled) else value
