"""Planning a measure, changing it, reporting it done, its proof."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.admin.corrective_measure_editor import MeasureEditor, finding_ids_of
from app.admin.typed_evidence import typed_evidence
from app.forms.base import row_number
from app.forms.corrective_measure import EACH, DoneForm, MeasureForm
from app.forms.evidence import ProofForm
from app.models import CorrectiveMeasure
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services import clock, measure_access
from app.services import corrective_measure as measures
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
SECTION = ("Корректирующие меры", "/corrective-measures/")


class MeasureEntry:
    """The part of the view of measures that writes what they say; the rest is the view's."""

    get_one: Callable[[str], Any]
    _page: Callable[..., str]

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        """`?finding=…` for each finding that the measure is to answer, `&template=…` for the words."""
        actor = current_actor()
        actor.require(Permission.MEASURE_WRITE)
        if request.method == "GET":
            numbers = finding_ids_of([row_number(raw) for raw in request.args.getlist("finding")])
            template = row_number(request.args.get("template"))
            return _editor_page(MeasureEditor(guarded(), actor, today(), finding_ids=numbers, template_id=template))
        editor = _sent_anew()
        if not editor.form.validate():
            return _editor_page(editor), 422
        try:
            made = _planned(editor)
        except Invalid as refusal:
            guarded().rollback()
            editor = _sent_anew()
            editor.form.validate()
            editor.show(refusal)
            return _editor_page(editor), 422
        if len(made) == 1:
            flash("Мера запланирована.", "success")
            return redirect(f"/corrective-measures/{made[0].id}")
        flash(f"Мер запланировано: {len(made)}, каждой организации своя.", "success")
        return redirect("/corrective-measures/?status=planned")

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        measure, actor = self.get_one(str(record_id)), current_actor()
        actor.require(Permission.MEASURE_WRITE)
        hold = measure_access.require_change(measure, actor)
        if request.method == "GET":
            return _editor_page(MeasureEditor(guarded(), actor, today(), measure=measure, hold=hold))
        editor = MeasureEditor(guarded(), actor, today(), measure=measure, hold=hold, sent=request.form)
        if not editor.form.validate():
            return _editor_page(editor), 422
        try:
            measures.change(
                guarded(),
                actor,
                measure,
                editor.typed(),
                version=editor.form.version.data or 0,
                finding_ids=editor.form.finding_ids,
                unit_ids=editor.named_units(),
                today=today(),
            )
        except (Conflict, Invalid) as refusal:
            guarded().rollback()
            return self._again(record_id, refusal)
        flash("Мера сохранена.", "success")
        return redirect(f"/corrective-measures/{record_id}")

    def _again(self, record_id: int, refusal: Conflict | Invalid) -> Answer:
        """The form with what was typed, and with what stands there now."""
        measure, actor = self.get_one(str(record_id)), current_actor()
        hold = measure_access.require_change(measure, actor)
        editor = MeasureEditor(guarded(), actor, today(), measure=measure, hold=hold, sent=request.form)
        editor.form.validate()
        if isinstance(refusal, Conflict):
            editor.show_both(refusal, measure)
            return _editor_page(editor), 409
        editor.show(refusal)
        return _editor_page(editor), 422

    # ── done, with proof ─────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/finish", methods=("POST",))
    def finish(self, record_id: int) -> Answer:
        form = DoneForm(_sent())

        def act(measure: CorrectiveMeasure) -> None:
            measures.finish(
                guarded(),
                current_actor(),
                measure,
                version=form.version.data,
                done_on=form.done_on.data,
                done_note=form.done_note.data or "",
                figure_after=form.figure_after.data,
                evidence=typed_evidence(form),
                now=clock.now(),
                today=today(),
            )

        return self._acted(record_id, "finish", form, act, "Мера отмечена выполненной и ждёт подтверждения.")

    @expose("/<int:record_id>/proof", methods=("POST",))
    def attach(self, record_id: int) -> Answer:
        form = ProofForm(_sent())

        def act(measure: CorrectiveMeasure) -> None:
            measures.attach(guarded(), current_actor(), measure, typed_evidence(form), now=clock.now())

        return self._acted(record_id, "proof", form, act, "Подтверждение приложено.")

    @expose("/<int:record_id>/proof/<int:evidence_id>/detach", methods=("POST",))
    def detach(self, record_id: int, evidence_id: int) -> Answer:
        measures.detach(guarded(), current_actor(), self.get_one(str(record_id)), evidence_id)
        flash("Подтверждение убрано из меры; в реестре подтверждений оно осталось.", "success")
        return redirect(f"/corrective-measures/{record_id}#proof")

    def _acted(
        self, record_id: int, name: str, form: ProofForm, act: Callable[[CorrectiveMeasure], None], told: str
    ) -> Answer:
        """What is refused leaves the page with the form open and what was typed in it."""
        typed = {"open_form": name, "done_form" if name == "finish" else "proof_form": form}
        measure = self.get_one(str(record_id))
        if not form.validate():
            return self._page(measure, **typed), 422
        try:
            act(measure)
        except (Conflict, Invalid) as refusal:
            guarded().rollback()
            form.show(refusal)
            _renew(form, measure := self.get_one(str(record_id)))
            return self._page(measure, **typed), 422 if isinstance(refusal, Invalid) else 409
        flash(told, "success")
        return redirect(f"/corrective-measures/{record_id}")


def _renew(form: ProofForm, measure: CorrectiveMeasure) -> None:
    """The next send is made knowing what stands there now."""
    if isinstance(form, DoneForm):
        form.version.raw_data = None
        form.version.data = measure.version


def _sent() -> MultiDict[str, Any]:
    return MultiDict([*request.form.items(multi=True), *request.files.items(multi=True)])


def _sent_anew() -> MeasureEditor:
    """The choice of findings begins with those that the form was opened for."""
    asked = request.form.getlist("asked") or request.form.getlist("findings")
    numbers = finding_ids_of([row_number(raw) for raw in asked])
    return MeasureEditor(
        guarded(),
        current_actor(),
        today(),
        finding_ids=numbers,
        template_id=row_number(request.form.get("template_id")),
        sent=request.form,
    )


def _planned(editor: MeasureEditor) -> list[CorrectiveMeasure]:
    form, actor = editor.form, current_actor()
    assert isinstance(form, MeasureForm)
    if form.mode.data == EACH and form.finding_ids:
        return measures.plan_each(guarded(), actor, finding_ids=form.finding_ids, typed=editor.typed(), today=today())
    made = measures.plan(
        guarded(),
        actor,
        unit_id=editor.carrier(),
        finding_ids=form.finding_ids,
        unit_ids=editor.named_units(),
        typed=editor.typed(),
        today=today(),
    )
    return [made]


def _editor_page(editor: MeasureEditor) -> str:
    measure = editor.measure
    trail = (
        (SECTION, ("Запланировать меру", None))
        if measure is None
        else (SECTION, (measure.label, f"/corrective-measures/{measure.id}"), ("Изменить", None))
    )
    return render_template("corrective_measure/edit.html", shell=shell(*trail), editor=editor, measure=measure)
