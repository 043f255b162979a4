"""The criteria of a draft set: each is opened, corrected and saved by its own form in its place."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.framework_draft import FrameworkDraftPages, step_asked
from app.admin.framework_page import WORDS, Answer, gather
from app.admin.listing import number
from app.forms.framework import CriterionForm, LevelRows
from app.models import Criterion, Framework
from app.models.enumeration import ScaleKind
from app.policies.refusal import Conflict, Invalid
from app.services import framework_criterion as parts
from app.services.framework_outline import PLAIN_FIELDS, CriterionValues
from app.services.row_verdict import shown
from app.web.session import current_actor, guarded
from app.web.shell import shell


class CriterionEditor:
    """One criterion's form with its small table of levels; `criterion_id` is None for a new one."""

    def __init__(
        self, framework: Framework, form: CriterionForm, levels: LevelRows, criterion: Criterion | None = None
    ) -> None:
        self.framework, self.form, self.levels = framework, form, levels
        self.criterion_id = None if criterion is None else criterion.id
        self.label = "Новый критерий" if criterion is None else f"Критерий {criterion.code}"
        self.level_problem = ""
        self.both: list[tuple[str, str, str]] = []
        form.section.choices = [(one.id, one.title) for one in framework.sections]
        self.codes = [one.code for section in framework.sections for one in section.criteria]

    @property
    def place(self) -> str:
        return "criterion-new" if self.criterion_id is None else f"criterion-{self.criterion_id}"

    @property
    def section_id(self) -> int | None:
        """Where a new one is being written; a section that is not there any more is the last one."""
        if self.criterion_id is not None:
            return None
        known = [number for number, _ in self.form.section.choices]
        return self.form.section.data if self.form.section.data in known else next(reversed(known), None)


class FrameworkCriterionPages(FrameworkDraftPages):
    """Part of `FrameworkView`."""

    @expose("/<int:record_id>/criteria/new", methods=("GET", "POST"))
    def criterion_add(self, record_id: int) -> Answer:
        framework = self.draft_to_write(record_id)
        if request.method == "POST":
            return self._write(framework, None)
        if not framework.sections:
            flash("Сначала добавьте раздел: критерий стоит в разделе.", "info")
            return redirect(f"/frameworks/{record_id}/sections/new")
        try:
            chosen = number(request.args.get("section", ""))
        except ValueError:
            chosen = framework.sections[-1].id
        form = CriterionForm(section=chosen, **_as_its_neighbour(framework, chosen))
        return self._editor(CriterionEditor(framework, form, LevelRows.usual()))

    @expose("/<int:record_id>/criteria/<int:criterion_id>/edit", methods=("GET", "POST"))
    def criterion_edit(self, record_id: int, criterion_id: int) -> Answer:
        framework = self.draft_to_write(record_id)
        criterion = parts.criterion_of(guarded(), framework, criterion_id)
        if request.method == "POST":
            return self._write(framework, criterion)
        return self._editor(
            CriterionEditor(framework, CriterionForm.of(criterion), LevelRows.of(criterion.levels), criterion)
        )

    @expose("/<int:record_id>/criteria/<int:criterion_id>")
    def criterion_row(self, record_id: int, criterion_id: int) -> Answer:
        """The row again, where its form is closed without saving."""
        framework = self.draft_to_write(record_id)
        parts.criterion_of(guarded(), framework, criterion_id)
        if not request.headers.get("HX-Request"):
            return redirect(f"/frameworks/{record_id}#criterion-{criterion_id}")
        page = gather(guarded(), current_actor(), framework)
        one = page.contents.by_id[criterion_id]
        return render_template("framework/row_part.html", shell=shell(), page=page, one=one, words=WORDS)

    @expose("/<int:record_id>/criteria/<int:criterion_id>/delete", methods=("POST",))
    def criterion_delete(self, record_id: int, criterion_id: int) -> Answer:
        framework = self.draft_to_write(record_id)
        criterion = parts.criterion_of(guarded(), framework, criterion_id)
        code, section = criterion.code, criterion.section_id
        parts.remove_criterion(guarded(), current_actor(), framework, criterion)
        flash(f"Критерий {code} удалён.", "success")
        return redirect(f"/frameworks/{record_id}#section-{section}")

    @expose("/<int:record_id>/criteria/<int:criterion_id>/move", methods=("POST",))
    def criterion_move(self, record_id: int, criterion_id: int) -> Answer:
        framework = self.draft_to_write(record_id)
        criterion = parts.criterion_of(guarded(), framework, criterion_id)
        parts.move_criterion(guarded(), current_actor(), framework, criterion, step_asked())
        return redirect(f"/frameworks/{record_id}#criterion-{criterion_id}")

    def _editor(self, editor: CriterionEditor, status: int = 200) -> Answer:
        if request.headers.get("HX-Request"):
            return render_template("framework/editor_part.html", shell=shell(), editor=editor, words=WORDS)
        return self.page_of(editor.framework, status=status, editor=editor)

    def _write(self, framework: Framework, criterion: Criterion | None) -> Answer:
        record_id = framework.id
        form, levels = CriterionForm(request.form), LevelRows.typed(request.form)
        editor = CriterionEditor(framework, form, levels, criterion)
        if not form.validate():
            return self._editor(editor, 422)
        try:
            # «Да / нет» has no levels: those of the scale before go, whatever the small table still says.
            rows = () if form.scale.data == ScaleKind.YES_NO.value else levels.values
            values, section = form.values(rows), parts.section_of(guarded(), framework, form.section.data)
            if criterion is None:
                criterion = parts.add_criterion(guarded(), current_actor(), framework, section, values)
            else:
                parts.change_criterion(
                    guarded(),
                    current_actor(),
                    framework,
                    criterion,
                    version=form.version.data or 0,
                    values=values,
                    section=section,
                )
        except Conflict as conflict:
            assert criterion is not None
            editor.both = _differences(criterion, values, form)
            form.version.data = criterion.version
            form.form_errors.append(conflict.sentence)
            return self._editor(editor, 409)
        except Invalid as refusal:
            if refusal.field == "levels":
                editor.level_problem = refusal.sentence
                form.form_errors.append(refusal.sentence)
            else:
                form.show(refusal)
            editor.framework = self.again(record_id)
            return self._editor(editor, 422)
        flash(f"Критерий {criterion.code} сохранён.", "success")
        if request.form.get("then") == "more":
            return redirect(f"/frameworks/{record_id}/criteria/new?section={criterion.section_id}#criterion-new")
        return redirect(f"/frameworks/{record_id}#criterion-{criterion.id}")


def _as_its_neighbour(framework: Framework, section_id: int) -> dict[str, bool]:
    """A new criterion is for those whose sheet its section stands in."""
    section = next((one for one in framework.sections if one.id == section_id), None)
    last = section.criteria[-1] if section is not None and section.criteria else None
    if last is None:
        return {}
    return {"for_schools": last.for_schools, "for_municipalities": last.for_municipalities}


def _differences(criterion: Criterion, values: CriterionValues, form: CriterionForm) -> list[tuple[str, str, str]]:
    pairs = [(name, getattr(criterion, name), getattr(values, name)) for name in PLAIN_FIELDS if name != "max_points"]
    told = [
        (getattr(form, name).label.text, shown(saved), shown(typed)) for name, saved, typed in pairs if saved != typed
    ]
    saved = "; ".join(f"{shown(one.threshold)} – {one.label}, {shown(one.points)} б." for one in criterion.levels)
    typed = "; ".join(f"{shown(one.threshold)} – {one.label}, {shown(one.points)} б." for one in values.levels)
    return told if saved == typed else [*told, ("Уровни шкалы", saved, typed)]
