"""Findings: the register, the page of one, writing down, closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from flask import g, render_template, request
from flask_admin import expose

from app.admin.finding_annex import FindingAnnex
from app.admin.finding_entry import FindingEntry
from app.admin.finding_page import gather
from app.admin.finding_register import LISTING
from app.admin.finding_verdict import FindingVerdicts
from app.admin.record_view import RecordView
from app.excel.finding import SHEET
from app.forms.finding import AnalysisForm, FindingNoteForm
from app.models import Finding
from app.policies.permission import Permission
from app.services import finding_cause
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

SECTION = ("Недостатки", "/findings/")


class FindingView(FindingEntry, FindingVerdicts, FindingAnnex, RecordView):
    model_class = Finding
    read = Permission.FINDING_READ
    listing = LISTING
    sheet = SHEET
    list_template = "finding/list.html"
    title = "Недостатки"
    lead = "Что не так, где это видно, почему так вышло и какие меры приняты."
    empty: ClassVar[tuple[str, str]] = (
        "Недостатков нет",
        "Запишите первый вручную или откройте свод цикла: там видны слабые критерии всех организаций.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Записать недостаток",
        ".create_view",
        Permission.FINDING_WRITE,
    )
    bulk: ClassVar[tuple[tuple[str, str, Permission], ...]] = (
        ("Запланировать меру…", "plan", Permission.MEASURE_WRITE),
        ("В проект распоряжения…", "to-order", Permission.ORDER_WRITE),
        ("Указать причину…", "cause-many", Permission.FINDING_WRITE),
        ("Отметить устранёнными…", "resolve-many", Permission.FINDING_CLOSE),
        ("Снять недостатки…", "dismiss-many", Permission.FINDING_CLOSE),
    )
    section = "measures"

    @property
    def sweeps(self) -> bool:
        """Whether the page of weak criteria is open to the reader too."""
        return current_actor().may(Permission.ASSESSMENT_READ)

    @expose("/")
    def index_view(self) -> str:
        # The annex beside the list is narrowed as the list is, by what it can be narrowed by.
        kept = {key: request.args[key] for key in ("round", "municipality") if request.args.get(key)}
        g.annex_query = urlencode(kept)
        return str(super().index_view())

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.municipality,
            row.unit,
            row.criterion_code,
            row.text,
            row.severity.label,
            row.source.label,
            row.round,
            row.ground,
            row.cause,
            row.found_on,
            row.found_by,
            row.measures,
            row.status.label,
            row.resolved_on,
            row.closed_by,
            row.closing_reason,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        return self._page(self.get_one(str(record_id)))

    def _page(self, finding: Finding, **forms: Any) -> str:
        work, actor = guarded(), current_actor()
        page = gather(work, actor, finding)
        analysis = forms.get("analysis")
        if analysis is None:
            analysis = AnalysisForm(obj=finding)
            analysis.put_whys(finding)
        if page.may_analyse:
            analysis.offer(finding_cause.in_use(work, kept=finding.cause_id))
        return render_template(
            "finding/page.html",
            shell=shell(SECTION, (page.unit_name, None)),
            page=page,
            today=today(),
            open_form=forms.get("open_form"),
            analysis=analysis,
            note_form=forms.get("note_form") or FindingNoteForm(),
        )
