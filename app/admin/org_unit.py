"""Units: the register, the page of one, and the forms by which they are made, changed, closed and moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.org_unit_page import gather
from app.admin.org_unit_register import LISTING
from app.admin.record_view import RecordView
from app.excel.org_unit import SHEET
from app.forms.base import TypedForm, row_number
from app.forms.org_unit import PASS_ON, RENAMED, TYPO, UnitChangeForm, UnitCloseForm, UnitForm, UnitMoveForm
from app.models import OrgUnit
from app.models.enumeration import UnitKind
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services import clock, measure_closing, org_unit, org_unit_choice, org_unit_closing
from app.services.org_unit import NAMES, Renaming
from app.services.org_unit_details import UnitDetails
from app.web.session import current_actor, guarded
from app.web.shell import shell

Answer = str | Response | tuple[str, int]


class OrgUnitView(RecordView):
    model_class = OrgUnit
    read = Permission.ORG_UNIT_READ
    listing = LISTING
    sheet = SHEET
    title = "Организации"
    lead = "Регион, муниципалитеты, школы и организации дополнительного профессионального образования."
    empty: ClassVar[tuple[str, str]] = ("Организаций нет", "Их загружает команда flask import-units или заводят здесь.")
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Добавить организацию",
        ".create_view",
        Permission.ORG_UNIT_WRITE,
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.kind.label,
            row.full_name,
            row.short_name,
            row.code,
            row.municipality,
            row.opened_on,
            row.closed_on,
            row.site,
            row.email,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        unit: OrgUnit = self.get_one(str(record_id))
        page = gather(unit)
        return render_template(
            "org_unit/page.html", shell=shell(("Организации", "/org-units/"), (unit.label, None)), page=page
        )

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        actor, work = current_actor(), guarded()
        actor.require(Permission.ORG_UNIT_WRITE)
        form = UnitForm(request.form, parent_id=row_number(request.args.get("parent")))
        parents = org_unit_choice.possible_parents(work, UnitKind.SCHOOL)
        kinds = _kinds_for(actor.unit_kind, may_make_regions=actor.may(Permission.REGION_WRITE))
        form.kind.choices = [(kind.value, kind.label) for kind in kinds]
        form.parent_id.choices = [(parent.id, parent.label) for parent in parents]
        if UnitKind.REGION in kinds:
            form.parent_id.choices.insert(0, ("", "ни под чем: это регион"))
        else:
            form.parent_id.flags.required = True  # type: ignore[attr-defined] # WTForms keeps flags as free attributes
        if not form.kind.data:
            form.kind.data = UnitKind.SCHOOL.value
        if request.method == "GET" or not form.validate():
            return self._form("org_unit/new.html", form, request.method)
        try:
            above = form.parent_id.data if form.kind.data != UnitKind.REGION else None
            made = org_unit.create(
                work,
                actor,
                kind=UnitKind(form.kind.data),
                parent=org_unit.the_one(work, above) if above else None,
                name=form.name.data or "",
                short_name=form.short_name.data or "",
                code=form.code.data or "",
                site=form.site.data or "",
                email=form.email.data or "",
                time_zone=form.time_zone.data or "",
                is_small=bool(form.is_small.data),
                opened_on=form.opened_on.data,
            )
        except Invalid as refusal:
            form.show(refusal)
            return self._form("org_unit/new.html", form, request.method)
        flash(f"Организация «{made.label}» добавлена.", "success")
        return redirect(f"/org-units/{made.id}")

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        actor, work = current_actor(), guarded()
        actor.require(Permission.ORG_UNIT_WRITE)
        unit: OrgUnit = self.get_one(str(record_id))
        form = UnitChangeForm(request.form, obj=unit)
        if unit.kind is UnitKind.SCHOOL:
            schools = [one for one in org_unit_choice.possible_successors(work, unit) if one.head_school_id is None]
            form.head_school_id.choices = [("", "нет"), *((one.id, one.label) for one in schools)]
        if request.method == "GET" or not form.validate():
            return self._form("org_unit/edit.html", form, request.method, unit=unit)
        try:
            org_unit.change(
                work,
                actor,
                unit,
                version=row_number(form.version.data) or 0,
                details=_details(form, unit),
                renaming=_renaming(form, unit),
                today=clock.today(actor.time_zone),
            )
        except Conflict as refusal:
            # The next save is made knowing what stands there now.
            current = {key: getattr(unit, key) for key in ("name", "short_name", "code", "site", "email")}
            form.version.raw_data = None
            form.version.data = str(unit.version)
            form.show(refusal)
            return self._form_page("org_unit/edit.html", form, unit=unit, current=current), 409
        except Invalid as refusal:
            form.show(refusal)
            return self._form("org_unit/edit.html", form, request.method, unit=unit)
        flash("Карточка сохранена.", "success")
        return redirect(f"/org-units/{record_id}")

    @expose("/<int:record_id>/close", methods=("GET", "POST"))
    def close_one(self, record_id: int) -> Answer:
        actor, work = current_actor(), guarded()
        actor.require(Permission.ORG_UNIT_WRITE)
        unit: OrgUnit = self.get_one(str(record_id))
        today = clock.today(actor.time_zone)
        form = UnitCloseForm(request.form, closed_on=today)
        successors = org_unit_choice.possible_successors(work, unit)
        form.successor_id.choices = [("", "без правопреемника"), *((one.id, one.label) for one in successors)]
        told = {
            "count": len(org_unit_closing.open_assignments(work, unit)),
            "weak": measure_closing.open_of(work, unit),
        }
        if request.method == "GET" or not form.validate():
            return self._form("org_unit/close.html", form, request.method, unit=unit, **told)
        try:
            chosen = form.successor_id.data
            org_unit.close(
                work,
                actor,
                unit,
                closed_on=form.closed_on.data,
                successor=org_unit.the_one(work, chosen) if chosen else None,
                pass_on=form.fate.data == PASS_ON,
                reason=form.reason.data or "",
                today=today,
            )
        except Invalid as refusal:
            form.show(refusal)
            return self._form("org_unit/close.html", form, request.method, unit=unit, **told)
        flash(f"Организация «{unit.label}» закрыта.", "success")
        return redirect(f"/org-units/{record_id}")

    @expose("/<int:record_id>/move", methods=("GET", "POST"))
    def move_one(self, record_id: int) -> Answer:
        actor, work = current_actor(), guarded()
        actor.require(Permission.ORG_UNIT_MOVE)
        unit: OrgUnit = self.get_one(str(record_id))
        today = clock.today(actor.time_zone)
        form = UnitMoveForm(request.form, moved_on=today)
        parents = [one for one in org_unit_choice.possible_parents(work, UnitKind.SCHOOL) if one.id != unit.parent_id]
        form.parent_id.choices = [("", "выберите"), *((one.id, one.label) for one in parents)]
        if request.method == "GET" or not form.validate():
            return self._form("org_unit/move.html", form, request.method, unit=unit)
        try:
            org_unit.move(
                work,
                actor,
                unit,
                new_parent=org_unit.the_one(work, form.parent_id.data),
                moved_on=form.moved_on.data,
                basis=form.basis.data or "",
                today=today,
            )
        except Invalid as refusal:
            form.show(refusal)
            return self._form("org_unit/move.html", form, request.method, unit=unit)
        flash(f"«{unit.label}» переведена вместе со своими поручениями, отчётами и людьми.", "success")
        return redirect(f"/org-units/{record_id}")

    def _form(self, template: str, form: TypedForm, method: str, **more: Any) -> Answer:
        """What was refused is shown with everything typed, as 422."""
        page = self._form_page(template, form, **more)
        return page if method == "GET" else (page, 422)

    @staticmethod
    def _form_page(template: str, form: TypedForm, **more: Any) -> str:
        unit: OrgUnit | None = more.get("unit")
        trail: tuple[str, str | None] = ("Новая организация", None)
        if unit is not None:
            trail = (unit.label, f"/org-units/{unit.id}")
        return render_template(template, shell=shell(("Организации", "/org-units/"), trail), form=form, **more)


def _kinds_for(kind: UnitKind | None, *, may_make_regions: bool) -> list[UnitKind]:
    """Which units may be made here: a municipality makes schools, a region everything below it."""
    if kind is UnitKind.MUNICIPALITY:
        return [UnitKind.SCHOOL]
    below = [UnitKind.MUNICIPALITY, UnitKind.SCHOOL, UnitKind.PROVIDER]
    return [UnitKind.REGION, *below] if may_make_regions else below


def _details(form: UnitChangeForm, unit: OrgUnit) -> UnitDetails:
    return UnitDetails(
        name=form.name.data or "",
        short_name=form.short_name.data or "",
        code=form.code.data or "",
        site=form.site.data or "",
        email=form.email.data or "",
        time_zone=(form.time_zone.data or "") if unit.kind is UnitKind.REGION else "",
        is_small=bool(form.is_small.data) and unit.kind is UnitKind.SCHOOL,
        opened_on=form.opened_on.data,
        head_school_id=form.head_school_id.data if unit.kind is UnitKind.SCHOOL else None,
    )


def _renaming(form: UnitChangeForm, unit: OrgUnit) -> Renaming | None:
    """Which of the two it is must be said by the person; a day is needed for a new name only."""
    if row_number(form.version.data) != unit.version:
        # Against a card that somebody else has saved the question makes no sense: the service refuses it whole.
        return None
    if all((getattr(form, key).data or "").strip() == getattr(unit, key) for key in NAMES):
        return None
    if form.history.data == TYPO:
        return None
    if form.history.data != RENAMED:
        raise Invalid("Наименование или код изменены: отметьте, переименование это или опечатка.", field="history")
    if form.since.data is None:
        raise Invalid("Укажите, с какого дня действует новое.", field="since")
    return Renaming(form.since.data, form.basis.data or "")
