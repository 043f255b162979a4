"""Corrective measures: the register, the page of one, planning, changing, the report that it is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import render_template
from flask_admin import expose

from app.admin.corrective_measure_entry import SECTION, MeasureEntry
from app.admin.corrective_measure_page import MeasurePage, gather
from app.admin.corrective_measure_register import LISTING
from app.admin.corrective_measure_verdict import MeasureVerdicts
from app.admin.record_view import RecordView
from app.admin.typed_evidence import offer_existing
from app.excel.corrective_measure import SHEET
from app.forms.corrective_measure import DoneForm, MeasureNoteForm
from app.forms.evidence import ProofForm
from app.models import CorrectiveMeasure
from app.policies.permission import Permission
from app.services import measure_figure
from app.web.session import current_actor, guarded, today
from app.web.shell import shell


class CorrectiveMeasureView(MeasureEntry, MeasureVerdicts, RecordView):
    model_class = CorrectiveMeasure
    read = Permission.MEASURE_READ
    write = Permission.MEASURE_WRITE
    listing = LISTING
    sheet = SHEET
    title = "Корректирующие меры"
    lead = "Что делается с недостатками: кто, до какого дня, чем подтверждено и помогло ли."
    empty: ClassVar[tuple[str, str]] = (
        "Мер пока нет",
        "Меру планируют по недостатку: откройте его и нажмите «Запланировать меру», или начните с новой меры.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Запланировать меру",
        ".create_view",
        Permission.MEASURE_WRITE,
    )
    bulk: ClassVar[tuple[tuple[str, str, Permission], ...]] = (
        ("Подтвердить…", "verify-many", Permission.MEASURE_VERIFY),
        ("Не подтвердить…", "refuse-many", Permission.MEASURE_VERIFY),
    )
    section = "measures"

    def sheet_row(self, row: Any) -> Sequence[object]:
        told = measure_figure.told(current_actor(), row)
        return (
            row.municipality,
            row.unit,
            row.title,
            row.status.label,
            row.priority.label,
            row.responsible,
            row.responsible_position,
            row.starts_on,
            row.due_on,
            row.figure_name,
            row.figure_before if told else None,
            row.figure_target,
            row.figure_after if told else None,
            row.expected_result,
            row.done_on,
            row.done_note,
            row.verified_on,
            row.remark,
            row.effect.label if row.effect is not None else "",
            row.made_by,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        return self._page(self.get_one(str(record_id)))

    def _page(self, measure: CorrectiveMeasure, **forms: Any) -> str:
        page = gather(guarded(), current_actor(), measure, today())
        done, proof = forms.get("done_form") or _done_form(page), forms.get("proof_form") or ProofForm()
        if page.may_attach:
            lying = [piece.id for piece in page.proof]
            for form in (done, proof):
                offer_existing(form, measure.org_unit_id, lying)
        return render_template(
            "corrective_measure/page.html",
            shell=shell(SECTION, (measure.label, None)),
            page=page,
            effect=page.effect,
            today=today(),
            open_form=forms.get("open_form"),
            note_form=forms.get("note_form") or MeasureNoteForm(),
            done_form=done,
            proof_form=proof,
        )


def _done_form(page: MeasurePage) -> DoneForm:
    """Today, what was written before it came back, and the figure where it can be counted."""
    proposed = page.proposed.value if page.proposed is not None else None
    return DoneForm(done_on=today(), done_note=page.measure.done_note, figure_after=proposed)
