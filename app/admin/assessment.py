"""Assessment sheets: the register, and the page of one for everyone who has it in scope."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.assessment_expert import AssessmentExperts
from app.admin.assessment_filling import AssessmentFilling
from app.admin.assessment_page import AssessmentPage
from app.admin.assessment_page_reading import gather
from app.admin.assessment_register import LISTING, sheet_row
from app.admin.assessment_verdict import AssessmentVerdicts
from app.admin.record_view import RecordView
from app.excel.assessment import SHEET
from app.models import Assessment
from app.policies.permission import Permission
from app.web.session import current_actor, guarded
from app.web.shell import Shell, shell

Answer = str | Response | tuple[str, int]


class AssessmentView(AssessmentFilling, AssessmentVerdicts, AssessmentExperts, RecordView):
    model_class = Assessment
    read = Permission.ASSESSMENT_READ
    listing = LISTING
    sheet = SHEET
    title = "Листы оценки"
    lead = "Кто и как оценил свою систему ВСОКО: состояние листа, результат, уровень."
    empty: ClassVar[tuple[str, str]] = ("Листов нет", "Они появятся, когда откроют цикл мониторинга с вашим адресом.")
    bulk: ClassVar[tuple[tuple[str, str, Permission], ...]] = (
        ("Принять отмеченные", "accept-many", Permission.ASSESSMENT_ACCEPT),
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return sheet_row(row)

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        self.get_one(str(record_id))
        return self._page(self._gathered(record_id))

    def _gathered(self, record_id: int, *, whole: bool = True) -> AssessmentPage:
        return gather(guarded(), current_actor(), record_id, whole=whole)

    def _shell(self, page: AssessmentPage, *more: tuple[str, str | None]) -> Shell:
        here = (page.unit.short_name or page.unit.name, f"/assessments/{page.id}" if more else None)
        return shell(("Листы оценки", f"/assessments/?round={page.round.id}"), here, *more)

    def _page(self, page: AssessmentPage) -> str:
        return render_template("assessment/page.html", shell=self._shell(page), page=page)

    def _done(self, record_id: int, act: Callable[[Assessment], str], anchor: str = "") -> Answer:
        """One act on one sheet: done, told, and back to its place."""
        flash(act(self.get_one(str(record_id))), "success")
        return redirect(f"/assessments/{record_id}{anchor}")
