"""Programmes: the register, the page of a programme for every role, what is typed about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.order_words import shown_value
from app.admin.programme_decision import ProgrammeDecisionPages
from app.admin.programme_page import SECTION, Answer
from app.admin.programme_register import LISTING, overdue, position_words
from app.excel.programme import SHEET
from app.forms.programme import ProgrammeForm
from app.models import Programme
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import DocumentKind, PositionKind
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, WrongState
from app.services import programme as programmes
from app.services.training_norm import norm_book
from app.services.training_topic import topics
from app.web.session import current_actor, guarded, today
from app.web.shell import shell


class ProgrammeView(ProgrammeDecisionPages):
    model_class = Programme
    read = Permission.PROGRAMME_READ
    write = Permission.PROGRAMME_WRITE
    listing = LISTING
    sheet = SHEET
    section = "training"
    title = "Программы"
    lead = "Чему и сколько часов учат: от разработки до согласования и федерального реестра, со сроками."
    empty: ClassVar[tuple[str, str]] = (
        "Программ пока нет",
        "Здесь появятся программы организаций ДПО, когда министерство их согласует.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Новая программа",
        "programme.create_view",
        Permission.PROGRAMME_WRITE,
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.title,
            row.provider,
            row.document_kind.label,
            row.topic,
            row.hours,
            row.form.label,
            position_words(row.positions),
            row.status.label,
            row.agree_by,
            row.submitted_on,
            row.agreed_on,
            row.agreement_act,
            row.register_by,
            row.register_number,
            row.registered_on,
            ", ".join(overdue(row.status, row.agree_by, row.register_by, today())),
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> Answer:
        return self.page_of(self.programme(record_id))

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        actor = current_actor()
        actor.require(Permission.PROGRAMME_WRITE)
        form = self._prepared(ProgrammeForm(request.form if request.method == "POST" else None))
        if request.method == "GET":
            return self._editor(form, None)
        if not form.validate():
            return self._editor(form, None), 422
        provider = form.provider_id.data if actor.unit_kind is UnitKind.REGION else None
        try:
            made = programmes.create(guarded(), actor, form.values, provider_id=provider, today=today())
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._editor(form, None), 422
        flash(f"Программа сохранена, состояние: {made.status.label}.", "success")
        return redirect(f"/programmes/{made.id}")

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        programme = self.programme(record_id)
        programmes.require_keeper(current_actor(), programme)
        if programme.status not in programmes.CHANGEABLE:
            raise WrongState(f"Программа сейчас «{programme.status.label}» и не меняется.")
        if request.method == "GET":
            return self._editor(self._prepared(ProgrammeForm.of(programme)), programme)
        form = self._prepared(ProgrammeForm(request.form))
        if not form.validate():
            return self._editor(form, programme), 422
        values = form.values
        try:
            version = form.version.data or 0
            programmes.change(guarded(), current_actor(), programme, version=version, typed=values, today=today())
        except Conflict as conflict:
            # Both versions stand side by side; a second save is made against the version that is shown.
            both = [
                (getattr(form, name).label.text, _shown(name, saved), _shown(name, typed))
                for name, saved, typed in programmes.differences(programme, values)
            ]
            form.version.raw_data, form.version.data = None, programme.version
            form.form_errors.append(conflict.sentence)
            return self._editor(form, programme, both), 409
        except Invalid as refusal:
            form.show(refusal)
            return self._editor(form, self.again(record_id)), 422
        flash("Программа сохранена.", "success")
        return redirect(f"/programmes/{record_id}")

    @expose("/<int:record_id>/delete", methods=("POST",))
    def delete_draft(self, record_id: int) -> Answer:
        programme = self.programme(record_id)
        title = programme.title
        programmes.delete_draft(guarded(), current_actor(), programme)
        flash(f"Черновик программы удалён: {title}.", "success")
        return redirect("/programmes/")

    @staticmethod
    def _prepared(form: ProgrammeForm) -> ProgrammeForm:
        form.topic_id.choices = [("", "не выбрана"), *((topic.id, topic.title) for topic in topics(guarded()))]
        form.provider_id.choices = [
            ("", "наша собственная"),
            *((unit.id, unit.short_name or unit.name) for unit in programmes.providers(guarded(), current_actor())),
        ]
        return form

    @staticmethod
    def _editor(form: ProgrammeForm, programme: Programme | None, both: Sequence[tuple[str, str, str]] = ()) -> str:
        trail: tuple[tuple[str, str | None], ...] = (
            (("Новая программа", None),)
            if programme is None
            else ((programme.title, f"/programmes/{programme.id}"), ("Изменить", None))
        )
        book = norm_book(guarded(), current_actor().region_id)
        norms = [book.on(kind, today()) for kind in DocumentKind]
        return render_template(
            "programme/edit.html", shell=shell(SECTION, *trail), form=form, programme=programme, both=both, norms=norms
        )


def _shown(name: str, value: object) -> str:
    if name == "positions" and isinstance(value, tuple):
        return position_words([kind.value for kind in value if isinstance(kind, PositionKind)])
    if name == "topic_id":
        return next((topic.title for topic in topics(guarded()) if topic.id == value), "не выбрана")
    return shown_value(value)
