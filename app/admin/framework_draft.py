"""The heading, the sections and the bands of a draft set: small forms in the page itself."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_admin import expose

from app.admin.framework_page import Answer, FrameworkPages, criteria_words
from app.forms.base import row_number
from app.forms.framework import BandRows, HeadForm, SectionForm, said
from app.models import Framework
from app.policies.refusal import Conflict, Invalid
from app.services import framework as frameworks
from app.services import framework_criterion as parts
from app.web.session import current_actor, guarded


class FrameworkDraftPages(FrameworkPages):
    """Part of `FrameworkView`."""

    @expose("/<int:record_id>/head", methods=("GET", "POST"))
    def head(self, record_id: int) -> Answer:
        framework = self.draft_to_write(record_id)
        if request.method == "GET":
            return self.page_of(framework, head=HeadForm(obj=framework), both=[])
        form = HeadForm(request.form)
        if not form.validate():
            return self.page_of(framework, status=422, head=form, both=[])
        try:
            frameworks.change(guarded(), current_actor(), framework, version=form.version.data or 0, values=form.values)
        except Conflict as conflict:
            both = [
                (getattr(form, name).label.text, saved, typed)
                for name, saved, typed in frameworks.differences(framework, form.values)
            ]
            form.version.data = framework.version
            form.form_errors.append(conflict.sentence)
            return self.page_of(framework, status=409, head=form, both=both)
        except Invalid as refusal:
            form.show(refusal)
            return self.page_of(self.again(record_id), status=422, head=form, both=[])
        flash("Сведения о наборе сохранены.", "success")
        return redirect(f"/frameworks/{record_id}")

    # ── sections ─────────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/sections/new", methods=("GET", "POST"))
    def section_add(self, record_id: int) -> Answer:
        framework = self.draft_to_write(record_id)
        form = SectionForm(request.form if request.method == "POST" else None)
        if request.method == "GET":
            return self.page_of(framework, section=form, section_id=0)
        if not form.validate():
            return self.page_of(framework, status=422, section=form, section_id=0)
        try:
            made = parts.add_section(
                guarded(), current_actor(), framework, title=said(form.title), description=said(form.description)
            )
        except Invalid as refusal:
            form.show(refusal)
            return self.page_of(self.again(record_id), status=422, section=form, section_id=0)
        flash(f"Раздел «{made.title}» добавлен.", "success")
        return redirect(f"/frameworks/{record_id}#section-{made.id}")

    @expose("/<int:record_id>/sections/<int:section_id>/edit", methods=("GET", "POST"))
    def section_edit(self, record_id: int, section_id: int) -> Answer:
        framework = self.draft_to_write(record_id)
        section = parts.section_of(guarded(), framework, section_id)
        if request.method == "GET":
            return self.page_of(framework, section=SectionForm(obj=section), section_id=section_id)
        form = SectionForm(request.form)
        if not form.validate():
            return self.page_of(framework, status=422, section=form, section_id=section_id)
        try:
            parts.change_section(
                guarded(),
                current_actor(),
                framework,
                section,
                version=form.version.data or 0,
                title=said(form.title),
                description=said(form.description),
            )
        except Conflict as conflict:
            form.version.data = section.version
            form.form_errors.append(f"{conflict.sentence} Сейчас сохранено: «{section.title}».")
            return self.page_of(framework, status=409, section=form, section_id=section_id)
        except Invalid as refusal:
            form.show(refusal)
            return self.page_of(self.again(record_id), status=422, section=form, section_id=section_id)
        flash(f"Раздел «{section.title}» сохранён.", "success")
        return redirect(f"/frameworks/{record_id}#section-{section_id}")

    @expose("/<int:record_id>/sections/<int:section_id>/delete", methods=("POST",))
    def section_delete(self, record_id: int, section_id: int) -> Answer:
        framework = self.draft_to_write(record_id)
        section = parts.section_of(guarded(), framework, section_id)
        title = section.title
        gone = parts.remove_section(guarded(), current_actor(), framework, section)
        flash(f"Раздел «{title}» удалён" + (f", с ним {criteria_words(gone)}." if gone else "."), "success")
        return redirect(f"/frameworks/{record_id}")

    @expose("/<int:record_id>/sections/<int:section_id>/move", methods=("POST",))
    def section_move(self, record_id: int, section_id: int) -> Answer:
        framework = self.draft_to_write(record_id)
        section = parts.section_of(guarded(), framework, section_id)
        parts.move_section(guarded(), current_actor(), framework, section, step_asked())
        return redirect(f"/frameworks/{record_id}#section-{section_id}")

    # ── bands ────────────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/bands", methods=("GET", "POST"))
    def bands(self, record_id: int) -> Answer:
        framework = self.draft_to_write(record_id)
        if request.method == "GET":
            rows = BandRows.of([(one.name, one.from_share) for one in framework.bands])
            return self._bands_page(framework, rows)
        rows, version = BandRows.typed(request.form), version_asked()
        try:
            parts.set_bands(guarded(), current_actor(), framework, version=version, bands=rows.values)
        except Conflict as conflict:
            # What is saved stands beside what was typed: in the card behind the form.
            return self._bands_page(self.again(record_id), rows, conflict.sentence, 409)
        except Invalid as refusal:
            return self._bands_page(self.again(record_id), rows, refusal.sentence, 422)
        flash("Границы уровней сохранены.", "success")
        return redirect(f"/frameworks/{record_id}#bands")

    def _bands_page(self, framework: Framework, rows: BandRows, problem: str = "", status: int = 200) -> Answer:
        return self.page_of(framework, status=status, bands=rows, bands_problem=problem)

    @expose("/<int:record_id>/delete", methods=("POST",))
    def delete_draft(self, record_id: int) -> Answer:
        framework = self.draft_to_write(record_id)
        label = framework.label
        frameworks.delete_draft(guarded(), current_actor(), framework)
        flash(f"Черновик удалён: {label}.", "success")
        return redirect("/frameworks/")


def step_asked() -> int:
    return -1 if request.form.get("step") == "up" else 1


def version_asked() -> int:
    """The version that the form was opened with; 0, which no record has, for none."""
    return row_number(request.form.get("version")) or 0
