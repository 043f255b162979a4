"""The letter that goes with a report: proposed, corrected, downloaded alone or with all that it lists."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.asked import in_range
from app.admin.downloads import attachment, spool
from app.admin.page_view import PageView
from app.admin.uploads import file_store
from app.documents.file_name import display_name
from app.documents.letter import DOCX
from app.forms.answer_letter import LetterForm
from app.models import AnswerLetter, Assignment, AssignmentReport, Order, OrderPoint
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, Refusal
from app.services import answer_letter, audit, clock
from app.services.answer_attachments import attachments, pack
from app.services.answer_letter import TypedLetter
from app.web.session import begin_writing, current_actor, guarded
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
ZIP = "application/zip"


class AnswerLetterView(PageView):
    closed = "Письма открыты тем, кто видит поручения."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "letter"
        super().__init__(name="Письмо", endpoint="answer_letter", url="/assignments")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.ASSIGNMENT_READ)

    @expose("/<int:assignment_id>/reports/<int:report_id>/letter", methods=("GET", "POST"))
    def letter(self, assignment_id: int, report_id: int) -> Answer:
        actor, report = current_actor(), _report(assignment_id, report_id)
        found = answer_letter.of_report(guarded(), report)
        may_write = answer_letter.may_write(actor, report)
        if request.method == "POST":
            return self._save(report, found, may_write=may_write)
        if found is None and not may_write:
            raise NotFound("Письмо к этому отчёту ещё не составлено.")
        told = answer_letter.typed_of(found) if found else answer_letter.draft(guarded(), actor, report)
        form = LetterForm(obj=told, version=found.version if found else 0)
        return _page(report, found, form, may_write=may_write)

    def _save(self, report: AssignmentReport, found: AnswerLetter | None, *, may_write: bool) -> Answer:
        form, address = LetterForm(request.form), f"/assignments/{report.assignment_id}/reports/{report.id}/letter"
        if not form.validate():
            return _page(report, found, form, may_write=may_write), 422
        try:
            answer_letter.save(guarded(), current_actor(), report, _typed(form), version=form.version.data or 0)
        except (Conflict, Invalid) as refusal:
            guarded().rollback()
            form.show(refusal)
            report = _report(report.assignment_id, report.id)
            found = answer_letter.of_report(guarded(), report)
            if isinstance(refusal, Conflict):
                # The person has been told: what they save now, they save over what stands.
                form.version.data = found.version if found else 0
            return _page(report, found, form, may_write=may_write), 409 if isinstance(refusal, Conflict) else 422
        flash("Письмо сохранено. Скачайте его или весь пакет с приложениями.", "success")
        return redirect(address)

    @expose("/<int:assignment_id>/reports/<int:report_id>/letter.<any(docx, zip):form>")
    def annex(self, assignment_id: int, report_id: int, form: str) -> Response:
        """The letter as a Word file, or with its attachments as an archive; the journal keeps who took which."""
        actor, report = current_actor(), _report(assignment_id, report_id)
        found = answer_letter.of_report(guarded(), report)
        if found is None:
            raise NotFound("Письмо к этому отчёту ещё не составлено.")
        content = answer_letter.written(guarded(), actor, found, store=file_store())
        name = _file_name(found)
        if form == "docx":
            answer = attachment(BytesIO(content), f"{name}.docx", DOCX)
        else:
            target, attached = spool(), attachments(guarded(), report)
            moment = clock.local(clock.now(), actor.time_zone)
            try:
                pack(content, f"{name}.docx", attached, target, store=file_store(), moment=moment)
            except Refusal:
                target.close()
                raise
            answer = attachment(target, f"{name} с приложениями.zip", ZIP)
        number = found.id
        # What was read is let go: the row of the journal is a transaction of its own.
        begin_writing()
        note = "письмо" if form == "docx" else "письмо с приложениями"
        audit.record_event(guarded(), guarded().get_one(AnswerLetter, number), "export", note)
        return answer


def _report(assignment_id: int, report_id: int) -> AssignmentReport:
    return answer_letter.report_of(guarded(), in_range(assignment_id), in_range(report_id))


def _typed(form: LetterForm) -> TypedLetter:
    return TypedLetter(
        number=form.number.data or "",
        dated_on=form.dated_on.data,
        addressee=form.addressee.data or "",
        title=form.title.data or "",
        body=form.body.data or "",
        signatory_position=form.signatory_position.data or "",
        signatory_name=form.signatory_name.data or "",
        executor=form.executor.data or "",
    )


def _page(report: AssignmentReport, found: AnswerLetter | None, form: LetterForm, *, may_write: bool) -> str:
    work = guarded()
    assignment = work.get_one(Assignment, report.assignment_id)
    point = work.get_one(OrderPoint, assignment.order_point_id)
    return render_template(
        "answer_letter/form.html",
        shell=shell(
            ("Поручения", "/assignments/"),
            (f"Пункт {point.label}", f"/assignments/{assignment.id}"),
            ("Письмо", None),
        ),
        report=report,
        order=work.get_one(Order, assignment.order_id),
        point=point,
        letter=found,
        form=form,
        attached=attachments(work, report),
        may_write=may_write,
        address=f"/assignments/{assignment.id}/reports/{report.id}/letter",
    )


def _file_name(found: AnswerLetter) -> str:
    numbered = f" № {found.number}" if found.number else ""
    dated = f" от {found.dated_on:%d.%m.%Y}" if found.dated_on else ""
    # No extension yet: a dot of the day is none.
    return display_name(f"Письмо{numbered.replace('/', '-')}{dated}".replace("\\", "-"))
