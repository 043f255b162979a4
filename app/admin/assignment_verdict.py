"""Verdicts on reports: one by one from the page of an assignment, or many at once from the list."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.ticked_rows import carried_on, ticked_rows
from app.forms.assignment import VerdictForm
from app.models import Assignment, AssignmentReport
from app.policies.refusal import NotFound
from app.services import assignment as assignments
from app.services import assignment_report as reports
from app.services import clock
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

NOTHING_TICKED = "Отметьте в списке хотя бы одно поручение."
Answer = str | Response | tuple[str, int]


class AssignmentVerdicts:
    """The part of the view of assignments that checks; `_act` is the view's own."""

    _act: Callable[..., Answer]

    @expose("/<int:record_id>/<any(accept, return, take_off_control, reopen, withdraw):verdict>", methods=("POST",))
    def verdict(self, record_id: int, verdict: str) -> Answer:
        form = VerdictForm(request.form)

        def act(assignment: Assignment) -> str:
            found = assignments.the_one(guarded(), assignment.id, form.version.data)
            return _verdict(verdict, found, form.note.data or "")

        return self._act(record_id, form, verdict, act, verdict_form=form)

    @expose("/<int:record_id>/reports/<int:report_id>/note", methods=("POST",))
    def note(self, record_id: int, report_id: int) -> Answer:
        def act(assignment: Assignment) -> str:
            report = guarded().get(AssignmentReport, report_id)
            if report is None or report.assignment_id != assignment.id:
                raise NotFound
            reports.note_interim(guarded(), current_actor(), report, now=clock.now(), note=request.form.get("note", ""))
            return "Промежуточный отчёт принят к сведению."

        return self._act(record_id, None, "note", act)

    # ── many at once ─────────────────────────────────────────────────────────────────────────────────

    @expose("/accept-many", methods=("POST",))
    def accept_many(self) -> Answer:
        return self._many("Приём отчётов", "accept")

    @expose("/take-off-many", methods=("POST",))
    def take_off_many(self) -> Answer:
        return self._many("Снятие с контроля", "take_off_control")

    @expose("/return-many", methods=("POST",))
    def return_many(self) -> Answer:
        """Asks for the remark first, then returns each with it."""
        if "note" not in request.form:
            return render_template(
                "assignment/return_many.html",
                shell=shell(("Поручения", "/assignments/"), ("Вернуть с замечанием", None)),
                ids=carried_on(ticked_rows(NOTHING_TICKED)),
                form=VerdictForm(),
            )
        return self._many("Возврат с замечанием", "return")

    def _many(self, title: str, action: str) -> Answer:
        note = request.form.get("note", "")
        verdicts = reports.act_on_many(
            guarded(), dict(ticked_rows(NOTHING_TICKED)), lambda found: _told(_verdict(action, found, note))
        )
        names = assignments.labels(guarded(), [verdict.assignment_id for verdict in verdicts])
        return render_template(
            "assignment/verdicts.html",
            shell=shell(("Поручения", "/assignments/"), (title, None)),
            title=title,
            verdicts=verdicts,
            names=names,
        )


def _told(sentence: str) -> None:
    del sentence


def _verdict(verdict: str, found: Assignment, note: str) -> str:
    work, actor = guarded(), current_actor()
    if verdict == "accept":
        reports.accept(work, actor, found, now=clock.now(), note=note)
        return "Отчёт принят."
    if verdict == "return":
        reports.send_back(work, actor, found, now=clock.now(), remark=note)
        return "Отчёт возвращён с замечанием."
    if verdict == "take_off_control":
        assignments.take_off_control(work, actor, found, today=today(), note=note)
        return "Поручение снято с контроля."
    if verdict == "reopen":
        assignments.reopen(work, actor, found, note=note)
        return "Поручение возвращено на исполнение."
    assignments.withdraw(work, actor, found, today=today(), note=note)
    return "Поручение снято без исполнения."
