"""What is done to an opened round: its dates move, units are added, a unit may be late, it is closed and reopened."""

from __future__ import annotations

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.monitoring_round_draft import SECTION, Answer, MonitoringRoundDraftPages
from app.admin.monitoring_round_words import sheet_words
from app.forms.base import TypedForm, row_number
from app.forms.monitoring_round import DatesForm, PermitForm, UnitsForm, said
from app.forms.order import names_in
from app.models import MonitoringRound
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services import clock, late_permit
from app.services import monitoring_round as rounds
from app.services.order_addressees import register_of
from app.services.round_addressees import ADDRESSED
from app.services.round_change import require_held
from app.services.round_state import sheets_of
from app.web.session import current_actor, guarded, today
from app.web.shell import shell


class MonitoringRoundChangePages(MonitoringRoundDraftPages):
    """Part of `MonitoringRoundView`."""

    def _held(self, record_id: int) -> MonitoringRound:
        """The opened round of the actor's own unit."""
        held = self._round(record_id)
        require_held(current_actor(), held)
        return held

    def _form_page(self, kind: str, held: MonitoringRound, form: TypedForm, **more: object) -> Answer:
        trail = {"dates": "Сроки", "units": "Добавить организации", "permit": "Разрешение сдать позже"}[kind]
        page = render_template(
            f"monitoring_round/{kind}.html",
            shell=shell(SECTION, (held.title, f"/monitoring-rounds/{held.id}"), (trail, None)),
            held=held,
            form=form,
            **more,
        )
        return page if request.method == "GET" else (page, 422)

    @expose("/<int:record_id>/dates", methods=("GET", "POST"))
    def dates(self, record_id: int) -> Answer:
        held = self._held(record_id)
        form = DatesForm(request.form) if request.method == "POST" else DatesForm(obj=held)
        if request.method == "GET" or not form.validate():
            return self._form_page("dates", held, form)
        try:
            moved = rounds.move_dates(
                guarded(),
                current_actor(),
                held,
                form.dates,
                act=said(form.act.data),
                reason=said(form.reason.data),
                now=clock.now(),
            )
        except Invalid as refusal:
            form.show(refusal)
            return self._form_page("dates", held, form)
        told = "; ".join(f"{one.what.label} – {one.after:%d.%m.%Y}" for one in moved)
        flash(f"Сроки перенесены: {told}.", "success")
        return redirect(f"/monitoring-rounds/{record_id}#dates")

    @expose("/<int:record_id>/units", methods=("GET", "POST"))
    def units(self, record_id: int) -> Answer:
        held = self._held(record_id)
        register = register_of(guarded(), current_actor().unit_id or 0, today=today())
        there = {sheet.unit_id for sheet in sheets_of(guarded(), held, today=today())}
        names = [
            register.label(unit.id) for unit in register.below() if unit.kind in ADDRESSED and unit.id not in there
        ]
        form = UnitsForm(request.form)
        if request.method == "GET" or not form.validate():
            return self._form_page("units", held, form, names=names)
        try:
            wanted = [register.named(name, field_name="units").id for name in names_in([form.units.data or ""])]
            count = rounds.add_units(guarded(), current_actor(), held, wanted, act=said(form.act.data), today=today())
        except Invalid as refusal:
            form.show(refusal)
            return self._form_page("units", held, form, names=names)
        flash(f"Добавлено: {sheet_words(count)}.", "success")
        return redirect(f"/monitoring-rounds/{record_id}")

    @expose("/<int:record_id>/permits", methods=("GET", "POST"))
    def permits(self, record_id: int) -> Answer:
        held = self._held(record_id)
        open_sheets = [sheet for sheet in sheets_of(guarded(), held, today=today()) if not sheet.is_settled]
        register = register_of(guarded(), current_actor().unit_id or 0)
        names = [register.label(sheet.unit_id) for sheet in open_sheets]
        suggested = register.label(row_number(request.args.get("unit")) or 0)
        form = PermitForm(request.form, unit=suggested, until=held.late_until)
        if request.method == "GET" or not form.validate():
            return self._form_page("permit", held, form, names=names)
        try:
            unit = register.named(form.unit.data or "", field_name="unit")
            late_permit.grant(
                guarded(),
                current_actor(),
                held,
                unit.id,
                until=form.until.data,
                reason=said(form.reason.data),
                now=clock.now(),
                today=today(),
            )
        except NotFound:
            form.show(Invalid("У этой организации нет листа в этом цикле: выберите имя из списка.", field="unit"))
            return self._form_page("permit", held, form, names=names)
        except WrongState as refusal:
            form.show(Invalid(refusal.sentence, field="unit"))
            return self._form_page("permit", held, form, names=names)
        except Invalid as refusal:
            form.show(refusal)
            return self._form_page("permit", held, form, names=names)
        flash(f"Разрешено сдать лист до {form.until.data:%d.%m.%Y}: {register.label(unit.id)}.", "success")
        return redirect(f"/monitoring-rounds/{record_id}#permits")

    @expose("/<int:record_id>/permits/<int:permit_id>/revoke", methods=("POST",))
    def revoke_permit(self, record_id: int, permit_id: int) -> Answer:
        late_permit.revoke(guarded(), current_actor(), self._held(record_id), permit_id)
        flash("Разрешение отозвано.", "success")
        return redirect(f"/monitoring-rounds/{record_id}#permits")

    @expose("/<int:record_id>/close", methods=("POST",))
    def close(self, record_id: int) -> Answer:
        rounds.close(guarded(), current_actor(), self._round(record_id), now=clock.now())
        flash("Цикл завершён: листы больше не меняются.", "success")
        return redirect(f"/monitoring-rounds/{record_id}")

    @expose("/<int:record_id>/reopen", methods=("POST",))
    def reopen(self, record_id: int) -> Answer:
        rounds.reopen(guarded(), current_actor(), self._round(record_id), note=request.form.get("note", ""))
        flash("Цикл снова идёт. Если сроки прошли, перенесите их актом.", "success")
        return redirect(f"/monitoring-rounds/{record_id}")
