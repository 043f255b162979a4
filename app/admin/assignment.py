"""Assignments: the register and the page of one, with everything that is done on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.admin.assignment_page import gather
from app.admin.assignment_register import LISTING
from app.admin.assignment_verdict import AssignmentVerdicts
from app.admin.record_view import RecordView
from app.admin.typed_evidence import offer_existing, typed_evidence
from app.excel.assignment import SHEET
from app.forms.assignment import CascadeForm, DecisionForm, ExtensionForm, ReportForm, VerdictForm
from app.forms.base import TypedForm
from app.models import Assignment, TermExtension
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import PeriodStatus, ReportKind, ReportOutcome
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, Refusal
from app.services import assignment as assignments
from app.services import assignment_report as reports
from app.services import clock
from app.services import term_extension as extensions
from app.services.assignment_import import order_label
from app.services.assignment_report import TypedReport
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]


class AssignmentView(AssignmentVerdicts, RecordView):
    model_class = Assignment
    read = Permission.ASSIGNMENT_READ
    listing = LISTING
    sheet = SHEET
    title = "Поручения"
    lead = "Пункты распоряжений, данные организациям: срок, состояние, кто исполняет."
    empty: ClassVar[tuple[str, str]] = ("Поручений нет", "Они появятся, когда выпустят распоряжение с вашим адресом.")
    bulk: ClassVar[tuple[tuple[str, str, Permission], ...]] = (
        ("Принять отчёты", "accept-many", Permission.ASSIGNMENT_CHECK),
        ("Снять с контроля", "take-off-many", Permission.ASSIGNMENT_CONTROL),
        ("Вернуть с замечанием…", "return-many", Permission.ASSIGNMENT_CHECK),
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        overdue = row.due_on is not None and row.due_on < today() and row.status not in CLOSED_STATUSES
        return (
            row.municipality,
            row.unit,
            order_label(row.number, row.dated_on),
            row.point,
            row.content,
            row.modality.label,
            row.due_on,
            row.status.label,
            overdue,
            row.done_on,
            row.responsible,
        )

    # ── one assignment ───────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        """A part for the panel beside a list or a matrix, a page otherwise."""
        return self._page(self.get_one(str(record_id)))

    def _page(self, assignment: Assignment, **forms: Any) -> str:
        page = gather(guarded(), current_actor(), assignment)
        part = request.headers.get("HX-Request") and not forms
        return render_template(
            "assignment/part.html" if part else "assignment/page.html",
            shell=shell(("Поручения", "/assignments/"), (f"Пункт {page.point.label}: {page.unit.label}", None)),
            page=page,
            open_form=forms.get("open_form"),
            report_form=forms.get("report_form") or self._report_form(assignment),
            verdict_form=forms.get("verdict_form") or VerdictForm(),
            extension_form=forms.get("extension_form") or ExtensionForm(),
        )

    def _report_form(self, assignment: Assignment, typed: MultiDict[str, Any] | None = None) -> ReportForm:
        form = ReportForm(typed, version=assignment.version, responsible=assignment.responsible)
        form.period_id.choices = [
            (period.id, f"{period.starts_on:%d.%m.%Y} – {period.ends_on:%d.%m.%Y}, срок {period.due_on:%d.%m.%Y}")
            for period in assignments.periods_of(guarded(), assignment)
            if period.status is PeriodStatus.OPEN
        ]
        if assignment.org_unit_id == current_actor().unit_id:
            offer_existing(form, assignment.org_unit_id)
        return form

    def _act(
        self, record_id: int, form: TypedForm | None, name: str, act: Callable[[Assignment], str], **again: Any
    ) -> Answer:
        """One act on one assignment: done and told, or refused at its place with everything typed kept."""
        assignment = self.get_one(str(record_id))
        if form is not None and not form.validate():
            return self._page(assignment, open_form=name, **again), 422
        try:
            sentence = act(assignment)
        except Refusal as refusal:
            if form is None or not isinstance(refusal, Invalid):
                raise
            guarded().rollback()
            form.show(refusal)
            return self._page(self.get_one(str(record_id)), open_form=name, **again), 422
        flash(sentence, "success")
        return redirect(f"/assignments/{record_id}")

    @expose("/<int:record_id>/take", methods=("POST",))
    def take(self, record_id: int) -> Answer:
        def act(assignment: Assignment) -> str:
            assignments.take(guarded(), current_actor(), assignment, today=today())
            return "Поручение принято к исполнению."

        return self._act(record_id, None, "take", act)

    @expose("/<int:record_id>/acknowledge", methods=("POST",))
    def acknowledge(self, record_id: int) -> Answer:
        def act(assignment: Assignment) -> str:
            assignments.acknowledge(guarded(), current_actor(), assignment, today=today())
            return "Ознакомление подтверждено, пункт исполнен."

        return self._act(record_id, None, "acknowledge", act)

    @expose("/<int:record_id>/report", methods=("POST",))
    def report(self, record_id: int) -> Answer:
        assignment = self.get_one(str(record_id))
        form = self._report_form(
            assignment, MultiDict([*request.form.items(multi=True), *request.files.items(multi=True)])
        )

        def act(found: Assignment) -> str:
            assignments.the_one(guarded(), found.id, form.version.data)
            kind = ReportKind(form.kind.data)
            typed = TypedReport(
                kind=kind,
                outcome=ReportOutcome(form.outcome.data),
                text=form.text.data or "",
                reason=form.reason.data or "",
                responsible=form.responsible.data or "",
                period_id=form.period_id.data,
                evidence=typed_evidence(form),
            )
            reports.submit(guarded(), current_actor(), found, typed, today=today(), now=clock.now())
            return "Отчёт отправлен на проверку." if kind is ReportKind.FINAL else "Промежуточный отчёт отправлен."

        return self._act(record_id, form, "report", act, report_form=form)

    @expose("/<int:record_id>/recall", methods=("POST",))
    def recall(self, record_id: int) -> Answer:
        def act(assignment: Assignment) -> str:
            reports.recall(guarded(), current_actor(), assignment)
            return "Отчёт отозван: поправьте его и отправьте снова."

        return self._act(record_id, None, "recall", act)

    # ── a later term ─────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/extension", methods=("POST",))
    def ask_extension(self, record_id: int) -> Answer:
        form = ExtensionForm(request.form)

        def act(assignment: Assignment) -> str:
            extensions.ask(
                guarded(),
                current_actor(),
                assignment,
                due_after=form.due_after.data,
                reason=form.reason.data or "",
                now=clock.now(),
            )
            return "Запрос на продление отправлен."

        return self._act(record_id, form, "extension", act, extension_form=form)

    @expose("/<int:record_id>/extension/<int:extension_id>/<any(grant, refuse, cancel):decision>", methods=("POST",))
    def decide_extension(self, record_id: int, extension_id: int, decision: str) -> Answer:
        form = DecisionForm(request.form)

        def act(assignment: Assignment) -> str:
            extension = guarded().get(TermExtension, extension_id)
            if extension is None or extension.assignment_id != assignment.id:
                raise NotFound
            note, actor = form.note.data or "", current_actor()
            if decision == "grant":
                extensions.grant(guarded(), actor, extension, now=clock.now(), note=note)
                return "Срок продлён."
            if decision == "refuse":
                extensions.refuse(guarded(), actor, extension, now=clock.now(), note=note)
                return "В продлении отказано."
            extensions.cancel(guarded(), actor, extension)
            return "Запрос отозван."

        return self._act(record_id, form, "decision", act, verdict_form=form)

    # ── down to the schools ──────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/cascade", methods=("GET", "POST"))
    def cascade(self, record_id: int) -> Answer:
        assignment, actor = self.get_one(str(record_id)), current_actor()
        actor.require(Permission.ASSIGNMENT_CASCADE)
        form = CascadeForm(request.form if request.method == "POST" else None, version=assignment.version)
        status = 200
        if request.method == "POST" and form.validate():
            try:
                assignments.the_one(guarded(), assignment.id, form.version.data)
                made = assignments.cascade(
                    guarded(),
                    actor,
                    assignment,
                    school_ids=[number for number in form.school_ids.data or [] if number],
                    due_on=form.due_on.data,
                    note=form.note.data or "",
                    today=today(),
                )
            except Invalid as refusal:
                guarded().rollback()
                assignment, status = self.get_one(str(record_id)), 422
                form.show(refusal)
            else:
                flash(f"Передано школам: {made}.", "success")
                return redirect(f"/assignments/{record_id}")
        elif request.method == "POST":
            status = 422
        schools = assignments.schools_for_cascade(guarded(), actor, assignment, today())
        page = gather(guarded(), actor, assignment)
        crumbs = (("Поручения", "/assignments/"), (f"Пункт {page.point.label}", f"/assignments/{record_id}"))
        return (
            render_template(
                "assignment/cascade.html",
                shell=shell(*crumbs, ("Передать школам", None)),
                page=page,
                form=form,
                schools=schools,
                chosen=set(form.school_ids.data or [school.id for school in schools]),
            ),
            status,
        )
