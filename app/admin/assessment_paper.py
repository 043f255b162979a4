"""The printed sheet with its code, whether paper equals record, and the rows behind a counted value."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_admin import expose

from app.admin.asked import in_range
from app.admin.assessment_paper_page import Paper, paper_of, verdict_of
from app.admin.page_view import PageView
from app.models import Assessment, CriterionScore
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services import assessment_approval as approvals
from app.services import clock, metric
from app.services.assessment_access import score_of, the_one, whole
from app.web.session import current_actor, guarded, settings, today
from app.web.shell import shell

Answer = str | tuple[str, int]
LONGEST_CODE = 100


class AssessmentPaperView(PageView):
    closed = "Листы оценки не открыты для ваших полномочий."

    def __init__(self) -> None:
        super().__init__(name="Сверка листа", endpoint="assessment_paper", url="/assessment-papers")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.ASSESSMENT_READ)

    @expose("/")
    def index(self) -> Answer:
        """A code from paper against the record; a foreign code looks exactly like an unknown one."""
        code = request.args.get("code", "").strip()[:LONGEST_CODE]
        refused, verdicts = "", []
        if code:
            try:
                found = approvals.verify(guarded(), current_actor(), code)
                verdicts = [verdict_of(one, current_actor().time_zone) for one in found]
            except NotFound as refusal:
                refused = refusal.sentence
        page = render_template(
            "assessment_paper/verify.html",
            shell=shell(("Листы оценки", "/assessments/"), ("Сверка с бумагой", None)),
            code=code,
            refused=refused,
            verdicts=verdicts,
        )
        return (page, 404) if refused else page

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        """The sheet to be printed: as it was approved, or a draft where it was not."""
        paper: Paper = paper_of(guarded(), _found(record_id), current_actor().time_zone)
        return render_template(
            "assessment_paper/sheet.html",
            shell=shell(
                ("Листы оценки", "/assessments/"), (paper.unit_name, f"/assessments/{record_id}"), ("Печать", None)
            ),
            paper=paper,
            printed_on=today(),
            address=settings().public_address.rstrip("/") + self.get_url("assessment_paper.index"),
        )

    @expose("/<int:record_id>/counted/<int:criterion_id>")
    def counted(self, record_id: int, criterion_id: int) -> str:
        """What stands behind a number that the system counted, as it is today."""
        assessment = _found(record_id)
        held = whole(guarded(), assessment)
        criterion = held.criterion(criterion_id)
        found = metric.rows_of(guarded(), current_actor(), assessment, criterion.id, today=today())
        score = score_of(guarded(), assessment, criterion.id)
        return render_template(
            "assessment_paper/counted.html",
            shell=shell(
                ("Листы оценки", "/assessments/"),
                (held.unit.label, f"/assessments/{record_id}"),
                (f"Посчитано: {criterion.code}", None),
            ),
            assessment=assessment,
            unit=held.unit,
            criterion=criterion,
            counted=found,
            shown=criterion.shown(found.value),
            kept=_kept(score, criterion),
        )


def _found(record_id: int) -> Assessment:
    return the_one(guarded(), in_range(record_id))


def _kept(score: CriterionScore | None, criterion: Any) -> dict[str, str] | None:
    """What the sheet holds of the count, in words."""
    if score is None or score.counted_at is None:
        return None
    moment = clock.local(score.counted_at, current_actor().time_zone)
    return {
        "value": criterion.shown(score.counted_value),
        "at": f"{moment:%d.%m.%Y %H:%M}",
        "dispute": score.dispute_reason,
        "own": criterion.shown(score.value),
    }
