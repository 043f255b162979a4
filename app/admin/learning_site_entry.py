"""Connecting a site and changing how it is read: its address, its key, its nights; switching it off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.forms.learning_site import LearningSiteForm, NewLearningSiteForm
from app.models import LearningSite
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, WrongState
from app.services import learning_site as sites
from app.services.outside import outside_of
from app.services.secret_box import NO_KEY
from app.web.session import current_actor, guarded
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
SECTION = ("Данные из СДО", "/learning-sites/")


class LearningSiteEntry:
    """The part of the view of sites that writes; the rest is the view's."""

    get_one: Callable[[str], Any]

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        actor = current_actor()
        actor.require(Permission.LEARNING_SITE_WRITE)
        if request.method == "GET":
            return _editor(NewLearningSiteForm(), None)
        form = NewLearningSiteForm(request.form)
        if not form.validate():
            return _editor(form, None), 422
        try:
            made = sites.create(guarded(), actor, form.typed, unit_id=form.unit_id.data)
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return _editor(form, None), 422
        flash("СДО подключена. Теперь проверьте связь.", "success")
        return redirect(f"/learning-sites/{made.id}")

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        site: LearningSite = self.get_one(str(record_id))
        sites.require_keeper(current_actor(), site)
        if request.method == "GET":
            return _editor(LearningSiteForm(obj=site), site)
        form = LearningSiteForm(request.form)
        if not form.validate():
            return _editor(form, site), 422
        try:
            same, was_nightly = bool(form.same_people.data), site.is_nightly
            sites.change(guarded(), current_actor(), site, form.typed, version=form.seen_version, same_people=same)
        except (Invalid, Conflict) as refusal:
            guarded().rollback()
            form.show(refusal)
            return _editor(form, self.get_one(str(record_id))), 422 if isinstance(refusal, Invalid) else 409
        flash("Сохранено.", "success")
        if was_nightly and not site.is_nightly:
            flash("Чтение по ночам выключено: его включал другой сотрудник, для прежнего адреса.", "warning")
        return redirect(f"/learning-sites/{record_id}")

    @expose("/<int:record_id>/switch", methods=("POST",))
    def switch(self, record_id: int) -> Response:
        on = request.form.get("on") == "1"
        sites.switch(guarded(), current_actor(), sites.the_one(guarded(), record_id, to_write=True), on=on)
        flash("СДО включена." if on else "СДО отключена и больше не читается; взятое остаётся.", "success")
        return redirect(f"/learning-sites/{record_id}")

    @expose("/<int:record_id>/nightly", methods=("POST",))
    def nightly(self, record_id: int) -> Response:
        on = request.form.get("on") == "1"
        try:
            sites.read_nightly(guarded(), current_actor(), sites.the_one(guarded(), record_id, to_write=True), on=on)
        except WrongState as refusal:
            flash(refusal.sentence, "error")
            return redirect(f"/learning-sites/{record_id}")
        told = "Теперь СДО читается каждую ночь от вашего имени." if on else "Ночью СДО больше не читается."
        flash(told, "success")
        return redirect(f"/learning-sites/{record_id}")

    @expose("/<int:record_id>/forget-token", methods=("POST",))
    def forget_token(self, record_id: int) -> Response:
        sites.forget_token(guarded(), current_actor(), sites.the_one(guarded(), record_id, to_write=True))
        flash("Ключ доступа удалён: СДО не читается, пока не введут новый.", "success")
        return redirect(f"/learning-sites/{record_id}")


def _editor(form: LearningSiteForm, site: LearningSite | None) -> str:
    """What was typed stands again after a refusal, but for the key: that is typed anew."""
    units = sites.units_to_choose(guarded(), current_actor()) if site is None else []
    if isinstance(form, NewLearningSiteForm):
        form.unit_id.choices = [(unit.id, unit.short_name or unit.name) for unit in units]
    trail: tuple[tuple[str, str | None], ...] = (
        (("Подключить СДО", None),)
        if site is None
        else ((site.title, f"/learning-sites/{site.id}"), ("Изменить", None))
    )
    return render_template(
        "learning_site/edit.html",
        shell=shell(SECTION, *trail),
        form=form,
        site=site,
        several=len(units) > 1,
        known=site is not None and sites.is_known(guarded(), site),
        keyless="" if outside_of(guarded()).box.is_open else NO_KEY,
    )
