"""Monitoring rounds: the register, the draft on its way to the opening, the round's page for every role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import redirect, render_template
from flask_admin import expose

from app.admin.monitoring_round_change import MonitoringRoundChangePages
from app.admin.monitoring_round_draft import SECTION, Answer
from app.admin.monitoring_round_page import gather
from app.admin.monitoring_round_register import LISTING
from app.excel.monitoring_round import SHEET
from app.models import MonitoringRound
from app.models.enumeration import RoundStatus
from app.policies.permission import Permission
from app.services.round_state import BUCKETS
from app.web.session import current_actor, guarded, today
from app.web.shell import shell


class MonitoringRoundView(MonitoringRoundChangePages):
    model_class = MonitoringRound
    read = Permission.ROUND_READ
    write = Permission.ROUND_WRITE
    listing = LISTING
    sheet = SHEET
    title = "Мониторинг ВСОКО"
    lead = "Циклы мониторинга: кто и до какого дня оценивает свою систему оценки качества, и что уже сдано."
    empty: ClassVar[tuple[str, str]] = (
        "Циклов пока нет",
        "Здесь появится цикл, когда его откроет регион или муниципалитет и адресует вашей организации.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Новый цикл",
        "monitoring_round.create_view",
        Permission.ROUND_WRITE,
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.title,
            row.status.label,
            row.holder,
            f"{row.framework}, редакция {row.edition}",
            row.basis,
            row.opens_on,
            row.due_on,
            row.locks_on,
            row.late_until,
            row.sheets,
            row.not_started,
            row.waiting,
            row.done,
            row.late,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> Answer:
        """A draft opens for work, an opened round is the hub of everything done in it."""
        held = self._round(record_id)
        if held.status is RoundStatus.DRAFT:
            return self.draft_page(held)
        return render_template(
            "monitoring_round/page.html",
            shell=shell(SECTION, (held.title, None)),
            page=gather(guarded(), current_actor(), held, today()),
            held=held,
            buckets=BUCKETS,
        )

    @expose("/<int:record_id>/notes")
    def notes(self, record_id: int) -> Answer:
        self._round(record_id)
        return redirect(f"/analytical-notes/round/{record_id}")
