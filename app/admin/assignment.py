"""Assignments: the register."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from app.admin.assignment_register import LISTING, today
from app.admin.record_view import RecordView
from app.excel.assignment import SHEET
from app.models import Assignment
from app.models.assignment import CLOSED_STATUSES
from app.policies.permission import Permission


class AssignmentView(RecordView):
    model_class = Assignment
    read = Permission.ASSIGNMENT_READ
    listing = LISTING
    sheet = SHEET
    title = "Поручения"
    lead = "Пункты распоряжений, данные организациям: срок, состояние, кто исполняет."
    empty: ClassVar[tuple[str, str]] = ("Поручений нет", "Они появятся, когда будет выпущено распоряжение с вашим адресом.")

    def sheet_row(self, row: Any) -> Sequence[object]:
        overdue = row.due_on is not None and row.due_on < today() and row.status not in CLOSED_STATUSES
        dated = f" от {row.dated_on:%d.%m.%Y}" if row.dated_on else ""
        return (
            row.municipality,
            row.unit,
            f"№ {row.number}{dated}",
            row.point,
            row.content,
            row.modality.label,
            row.due_on,
            row.status.label,
            overdue,
            row.done_on,
            row.responsible,
        )
