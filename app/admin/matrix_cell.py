"""One cell of the execution matrix: its mark, its words, and what it opens."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.admin.cells import plural, term_word
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import AssignmentStatus as Status
from app.models.enumeration import UnitKind
from app.services.order_head import PointHead, Tally
from app.services.order_matrix import Cell, Held, Row


def cell_of(row: Row, point: PointHead, address: str, today: date) -> dict[str, Any] | None:
    """None where the point does not address the unit; `label` says aloud what the colours say."""
    cell = row.cells.get(point.id)
    if cell is None:
        return None
    schools = cell.schools if cell.states else None
    label = f"{row.name}, пункт {point.label}"
    if cell.own is not None:
        made: dict[str, Any] = {
            "status": cell.own.status.value,
            "href": f"/assignments/{cell.own.id}",
            "id": f"cell-{cell.own.id}",
            "overdue": cell.own.overdue or bool(schools and schools.overdue),
            "label": f"{label}\n{words_of(cell.own, row, today)}",
        }
    else:
        made = {
            "status": folded_state(cell).value,
            "href": f"{address}?municipality={row.unit_id}&point={point.id}",
            "overdue": bool(schools and schools.overdue),
            "label": label,
        }
    if schools is not None:
        made["text"] = f"{schools.fulfilled}/{schools.total}" if schools.total else ""
        made["label"] += f"\n{_schools_words(schools)}"
    return made


def words_of(held: Held, row: Row, today: date) -> str:
    """«исполнено 27.01.2023», or the state, the term with its word, and who holds it now."""
    parts = [held.status.label]
    if held.done_on is not None:
        parts[0] += f" {held.done_on:%d.%m.%Y}"
    if held.due_on is None:
        parts.append("без срока")
    else:
        word, _ = term_word(held.due_on, today) if held.status not in CLOSED_STATUSES else ("", "")
        parts.append(f"срок {held.due_on:%d.%m.%Y}" + (f", {word}" if word else ""))
    holder = _holder(held, row)
    return "\n".join([", ".join(parts), *([holder] if holder else [])])


def _holder(held: Held, row: Row) -> str:
    """Whose move it is: the unit's until the report is sent, then the checker's."""
    if held.status is Status.SUBMITTED:
        by_municipality = row.kind is UnitKind.SCHOOL and row.municipality_id != row.region_id
        return f"проверяет {'муниципалитет' if by_municipality else 'регион'}"
    if held.responsible:
        return f"отвечает {held.responsible}"
    if held.status is Status.ASSIGNED:
        return "к исполнению ещё не принято"
    return ""


def _schools_words(tally: Tally) -> str:
    if not tally.total:
        return "школы: снято без исполнения"
    late = f", просрочено {tally.overdue}" if tally.overdue else ""
    return f"исполнено в {tally.fulfilled} из {tally.total} {plural(tally.total, 'школы', 'школ', 'школ')}{late}"


def folded_state(cell: Cell) -> Status:
    """One mark for many schools: done where all are, in work where any has begun."""
    states = cell.states - {Status.WITHDRAWN}
    if not states:
        return Status.WITHDRAWN
    for only in (Status.OFF_CONTROL, Status.ASSIGNED, Status.SUBMITTED, Status.RETURNED):
        if states == {only}:
            return only
    if states <= {Status.DONE, Status.OFF_CONTROL}:
        return Status.DONE
    if states <= {Status.DONE, Status.OFF_CONTROL, Status.SUBMITTED}:
        return Status.SUBMITTED
    return Status.ACCEPTED
