"""The way of a programme to the register: sent, returned, agreed, placed, excluded; and its two terms."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_admin import expose

from app.admin.programme_page import Answer, ProgrammePages
from app.forms.programme import AgreementForm, RegisterForm, TermsForm, said
from app.policies.refusal import Conflict, Invalid, WrongState
from app.services import programme as programmes
from app.web.session import current_actor, guarded, today


class ProgrammeDecisionPages(ProgrammePages):
    """Part of `ProgrammeView`."""

    @expose("/<int:record_id>/submit", methods=("POST",))
    def submit(self, record_id: int) -> Answer:
        try:
            programmes.submit(guarded(), current_actor(), self.programme(record_id), today=today())
        except WrongState as refusal:
            return self.page_of(self.again(record_id), status=409, problem=refusal.sentence)
        flash("Программа отправлена на согласование в министерство.", "success")
        return redirect(f"/programmes/{record_id}")

    @expose("/<int:record_id>/return", methods=("POST",))
    def return_(self, record_id: int) -> Answer:
        note = request.form.get("note", "")
        try:
            programmes.return_(guarded(), current_actor(), self.programme(record_id), remark=note)
        except Invalid as refusal:
            return self._refused(record_id, "return", refusal, note)
        flash("Программа возвращена на доработку с замечаниями.", "success")
        return redirect(f"/programmes/{record_id}")

    @expose("/<int:record_id>/agree", methods=("POST",))
    def agree(self, record_id: int) -> Answer:
        programme, form = self.programme(record_id), AgreementForm(request.form)
        if not form.validate():
            return self.page_of(programme, status=422, agreement=form)
        try:
            programmes.agree(
                guarded(),
                current_actor(),
                programme,
                act=said(form.act.data),
                agreed_on=form.agreed_on.data,
                today=today(),
            )
        except Invalid as refusal:
            form.show(refusal)
            return self.page_of(self.again(record_id), status=422, agreement=form)
        flash("Программа согласована: по ней можно открывать набор.", "success")
        return redirect(f"/programmes/{record_id}")

    @expose("/<int:record_id>/register", methods=("POST",))
    def register(self, record_id: int) -> Answer:
        programme, form = self.programme(record_id), RegisterForm(request.form)
        if not form.validate():
            return self.page_of(programme, status=422, registration=form)
        try:
            programmes.register(
                guarded(),
                current_actor(),
                programme,
                number=said(form.register_number.data),
                on=form.registered_on.data,
                today=today(),
            )
        except Invalid as refusal:
            form.show(refusal)
            return self.page_of(self.again(record_id), status=422, registration=form)
        flash("Включение в федеральный реестр отмечено.", "success")
        return redirect(f"/programmes/{record_id}")

    @expose("/<int:record_id>/exclude", methods=("POST",))
    def exclude(self, record_id: int) -> Answer:
        note = request.form.get("note", "")
        try:
            programmes.exclude(guarded(), current_actor(), self.programme(record_id), note=note)
        except Invalid as refusal:
            return self._refused(record_id, "exclude", refusal, note)
        flash("Программа исключена: новых потоков по ней не открыть.", "success")
        return redirect(f"/programmes/{record_id}")

    @expose("/<int:record_id>/terms", methods=("GET", "POST"))
    def terms(self, record_id: int) -> Answer:
        programme = self.programme(record_id)
        programmes.require_keeper(current_actor(), programme)
        form = TermsForm(request.form) if request.method == "POST" else TermsForm(obj=programme)
        if request.method == "GET":
            return self.page_of(programme, terms=form)
        if not form.validate():
            return self.page_of(programme, status=422, terms=form)
        try:
            programmes.set_terms(
                guarded(),
                current_actor(),
                programme,
                version=form.version.data or 0,
                agree_by=form.agree_by.data,
                register_by=form.register_by.data,
            )
        except (Conflict, Invalid) as refusal:
            form.show(refusal)
            status = 409 if isinstance(refusal, Conflict) else 422
            programme = self.again(record_id)
            form.version.raw_data, form.version.data = None, programme.version
            return self.page_of(programme, status=status, terms=form)
        flash("Сроки программы сохранены.", "success")
        return redirect(f"/programmes/{record_id}")

    def _refused(self, record_id: int, action: str, refusal: Invalid, note: str) -> Answer:
        return self.page_of(self.again(record_id), status=422, problem=refusal.sentence, problem_of=action, note=note)
