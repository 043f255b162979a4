"""Cells of the checker's grid, made in Python: thousands stand on one page. Colour, text and marks say the same."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from app.admin.cells import plural
from app.admin.round_figures import percent_words
from app.models.enumeration import ScaleKind, UnitKind
from app.services.framework_contents import CriterionView, plain
from app.services.round_grid import Cell, Row, Value

DIFFERS, REMARK, DISPUTED, UNPROVEN, COUNTED, PROOFS = "≠", "✎", "?", "!", "∑", "▤"
LEGEND = (
    (DIFFERS, "проверяющий или эксперт оценил иначе"),
    (REMARK, "есть замечание"),
    (DISPUTED, "посчитанное системой оспорено"),
    (UNPROVEN, "нет обязательного подтверждения"),
    (COUNTED, "посчитано системой"),
    (f"{PROOFS}2", "сколько подтверждений"),
)
NOT_ADDRESSED = '<td class="not-addressed{new}"><span class="sr-only">не применяется</span></td>'


def row_cells(row: Row, criteria: tuple[CriterionView, ...], starts: frozenset[int]) -> Markup:
    """A `<td>` for each criterion; what the sheet does not have is hatched."""
    sheet = row.sheet
    made = []
    for criterion in criteria:
        new = criterion.id in starts
        cell = row.cells.get(criterion.id)
        if cell is None and not criterion.applies_to(UnitKind(sheet.kind), is_small=sheet.is_small):
            made.append(NOT_ADDRESSED.format(new=" new-section" if new else ""))
            continue
        made.append(_cell(sheet.id, criterion, cell, new=new))
    return Markup("").join(Markup(one) for one in made)  # noqa: S704 - every part is escaped or our own word


def _cell(sheet_id: int, criterion: CriterionView, cell: Cell | None, *, new: bool) -> str:
    place = ' class="new-section"' if new else ""
    href = f"/assessments/{sheet_id:d}#criterion-{criterion.id:d}"
    if cell is None or not cell.final.given:
        words = escape(f"{criterion.code}: нет ответа")
        marks = f"<small>{REMARK}</small>" if cell is not None and cell.remark else ""
        return f'<td{place}><a class="cell is-empty" href="{href}" aria-label="{words}">·{marks}</a></td>'
    marks = marks_of(cell)
    look = f"step-{'none' if cell.step is None else cell.step}" + ("" if cell.is_clean else " is-marked")
    words = escape(words_of(criterion, cell))
    small = f"<small>{marks}</small>" if marks else ""
    text = escape(short(criterion, cell))
    return f'<td{place}><a class="cell {look}" href="{href}" aria-label="{words}">{text}{small}</a></td>'


def short(criterion: CriterionView, cell: Cell) -> str:
    """The value that counts, as short as it can be said: «2», «да», «83,5%», «н/п»; of a choice its points."""
    final = cell.final
    if final.is_na or final.value is None:
        return "н/п"
    if criterion.scale is ScaleKind.CHOICE:
        return plain(cell.points) if cell.points is not None else plain(final.value)
    if criterion.scale in {ScaleKind.GRADED, ScaleKind.NUMBER}:
        return plain(final.value)
    return criterion.shown(final.value).replace("\u00a0", "")


def marks_of(cell: Cell) -> str:
    marks = (
        (DIFFERS, cell.differs),
        (REMARK, cell.remark),
        (DISPUTED, cell.disputed),
        (UNPROVEN, cell.unproven),
        (COUNTED, cell.counted),
    )
    found = "".join(mark for mark, is_there in marks if is_there)
    return found + (f" {PROOFS}{cell.evidence}" if cell.evidence else "") if found or cell.evidence else ""


def words_of(criterion: CriterionView, cell: Cell) -> str:
    """What the tip and a screen reader say of a cell."""
    said = [f"{criterion.code}: {_value(criterion, cell.final)}"]
    if cell.differs:
        said.append(f"сама организация: {_value(criterion, cell.own)}")
        said += [
            f"{who}: {_value(criterion, value)}"
            for who, value in (("проверяющий", cell.checked), ("согласовано", cell.agreed))
            if value.given
        ]
    if cell.expert_differs:
        said.append("эксперт оценил иначе")
    if cell.remark:
        said.append("есть замечание")
    if cell.disputed:
        said.append("посчитанное системой оспорено")
    elif cell.counted:
        said.append("посчитано системой")
    if cell.unproven:
        said.append("нет обязательного подтверждения")
    if cell.evidence:
        word = plural(cell.evidence, "подтверждение", "подтверждения", "подтверждений")
        said.append(f"{cell.evidence} {word}")
    return "; ".join(said)


def _value(criterion: CriterionView, value: Value) -> str:
    return "неприменимо" if value.is_na else criterion.shown(value.value) or "нет ответа"


def row_for_page(row: Row, criteria: tuple[CriterionView, ...], starts: frozenset[int]) -> dict[str, Any]:
    sheet = row.sheet
    not_begun = sheet.status.value == "draft" and not sheet.answered
    return {
        "id": sheet.id,
        "key": f"{sheet.id}:{sheet.version}",
        "name": sheet.name,
        "href": f"/assessments/{sheet.id}",
        "look": "not_started" if not_begun else sheet.status.value,
        "state": "не начат" if not_begun else sheet.status.label,
        "answered": f"{sheet.answered} из {sheet.to_answer}" if sheet.answered < sheet.to_answer else "",
        "changed": sheet.changed,
        "stepped_in": sheet.stepped_in,
        "may": bool(row.acts),
        "clean": row.is_clean,
        "cells": row_cells(row, criteria, starts),
        "share": percent_words(sheet.share),
        "level": sheet.level,
    }
