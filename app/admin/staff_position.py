"""Where a person works: positions begun, set right and ended, moves to another unit, people taken on."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.asked import in_range
from app.admin.page_view import PageView
from app.admin.staff_member import typed_position
from app.admin.staff_member_page import acting_units, names_of
from app.forms.staff_member import EndForm, MoveForm, PositionChangeForm, PositionForm, TakeForm, with_units
from app.models import StaffMember, StaffPosition
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services import clock, staff_member, staff_transfer
from app.services.staff_card import require_keeping
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]


class StaffPositionView(PageView):
    """Stands beside the register of people, at the same prefix, under an endpoint of its own."""

    closed = "Карточки работников меняет координатор обучения."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "take"
        super().__init__(name="Должности", endpoint="staff_member_position", url="/staff-members")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.STAFF_WRITE)

    @expose("/<int:record_id>/positions/new", methods=("GET", "POST"))
    def begin(self, record_id: int) -> Answer:
        actor, work = current_actor(), guarded()
        person = _person(record_id)
        form = PositionForm(request.form)
        units = acting_units(work)
        own = [unit for unit in units if unit[0] == person.org_unit_id]
        with_units(form, own + [unit for unit in units if unit not in own], chosen=own[0][0] if own else None)
        if request.method == "GET":
            return _page("staff_member/position.html", person, form=form, position=None)
        if not form.validate():
            return _page("staff_member/position.html", person, form=form, position=None), 422
        try:
            made = staff_member.add_position(
                work, actor, person, form.org_unit_id.data or 0, typed_position(form), today=today()
            )
        except Invalid as refusal:
            form.show(refusal)
            return _page("staff_member/position.html", person, form=form, position=None), 422
        flash(f"Должность записана: {made.label}.", "success")
        return redirect(f"/staff-members/{record_id}")

    @expose("/<int:record_id>/positions/<int:position_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int, position_id: int) -> Answer:
        person, position = _person(record_id), _position(record_id, position_id)
        form = PositionChangeForm(request.form, obj=position)
        if request.method == "GET":
            form.kind.data = position.kind.value
            return _page("staff_member/position.html", person, form=form, position=position)
        if not form.validate():
            return _page("staff_member/position.html", person, form=form, position=position), 422
        try:
            staff_member.change_position(
                guarded(),
                current_actor(),
                position,
                typed_position(form),
                version=form.version.data or 0,
                today=today(),
            )
        except Invalid as refusal:
            form.show(refusal)
            return _page("staff_member/position.html", person, form=form, position=position), 422
        flash("Должность исправлена.", "success")
        return redirect(f"/staff-members/{record_id}")

    @expose("/<int:record_id>/positions/<int:position_id>/end", methods=("GET", "POST"))
    def end(self, record_id: int, position_id: int) -> Answer:
        person, position = _person(record_id), _position(record_id, position_id)
        form = EndForm(request.form)
        if request.method == "GET":
            form.ended_on.data = today()
            return _page("staff_member/end.html", person, form=form, position=position)
        if not form.validate():
            return _page("staff_member/end.html", person, form=form, position=position), 422
        try:
            staff_member.end_position(
                guarded(), current_actor(), position, ended_on=form.ended_on.data or today(), today=today()
            )
        except Invalid as refusal:
            form.show(refusal)
            return _page("staff_member/end.html", person, form=form, position=position), 422
        flash(f"Должность закончена: {position.label}.", "success")
        # Whose second job has ended here is no longer seen from here.
        guarded().expire_all()
        seen = guarded().get(StaffMember, record_id) is not None
        return redirect(f"/staff-members/{record_id}" if seen else "/staff-members/")

    @expose("/<int:record_id>/move", methods=("GET", "POST"))
    def move(self, record_id: int) -> Answer:
        actor, work = current_actor(), guarded()
        person = _person(record_id)
        require_keeping(actor, person)
        form = MoveForm(request.form)
        with_units(form, [unit for unit in acting_units(work) if unit[0] != person.org_unit_id])
        if request.method == "GET":
            form.ended_on.data = today()
            _as_now(form, person)
            return _page("staff_member/move.html", person, form=form)
        if not form.validate():
            return _page("staff_member/move.html", person, form=form), 422
        try:
            staff_transfer.move(
                work,
                actor,
                person,
                form.org_unit_id.data or 0,
                typed_position(form),
                ended_on=form.ended_on.data or today(),
                today=today(),
            )
        except Invalid as refusal:
            form.show(refusal)
            return _page("staff_member/move.html", person, form=form), 422
        flash(f"{person.label}: новое основное место работы — {names_of(work, person)[0]}.", "success")
        return redirect(f"/staff-members/{record_id}")

    @expose("/take", methods=("GET", "POST"))
    def take(self) -> Answer:
        """A miss is answered with a page that is kept: the attempt is written down."""
        actor, work = current_actor(), guarded()
        actor.require(Permission.STAFF_IDENTITY)
        form = TakeForm(request.form)
        if request.method == "GET":
            return _take(form)
        if not form.validate():
            return _take(form), 422
        try:
            person = staff_transfer.take(
                work,
                actor,
                last_name=form.last_name.data or "",
                first_name=form.first_name.data or "",
                patronymic=form.patronymic.data or "",
                snils=form.snils.data or "",
                typed=typed_position(form),
                now=clock.now(),
                today=today(),
            )
        except (Invalid, WrongState) as refusal:
            form.show(refusal)
            return _take(form), 422
        if person is None:
            return _take(form, missed=True)
        where = "ваша организация" if person.org_unit_id == actor.unit_id else "прежнее, у вас совместительство"
        flash(f"Принят работник: {person.label}. Основное место работы: {where}.", "success")
        return redirect(f"/staff-members/{person.id}")


def _person(record_id: int) -> StaffMember:
    return staff_member.the_one(guarded(), in_range(record_id))


def _position(record_id: int, position_id: int) -> StaffPosition:
    found = guarded().get(StaffPosition, in_range(position_id))
    if found is None or found.staff_member_id != record_id:
        raise NotFound
    return found


def _as_now(form: MoveForm, person: StaffMember) -> None:
    """Whoever moves mostly goes on in the same position: it stands there to be changed."""
    held = [one for one in staff_member.positions_of(guarded(), person) if one.ended_on is None]
    # The main position of the home unit before all others.
    held.sort(key=lambda one: (one.org_unit_id != person.org_unit_id, not one.is_main))
    if held:
        form.kind.data, form.title.data = held[0].kind.value, held[0].title


def _page(template: str, person: StaffMember, **more: Any) -> str:
    trail = shell(("Работники", "/staff-members/"), (person.label, f"/staff-members/{person.id}"))
    return render_template(template, shell=trail, person=person, unit_name=names_of(guarded(), person)[0], **more)


def _take(form: TakeForm, *, missed: bool = False) -> str:
    trail = shell(("Работники", "/staff-members/"), ("Принять работника", None))
    left = staff_transfer.misses_left(guarded(), current_actor(), clock.now())
    return render_template("staff_member/take.html", shell=trail, form=form, missed=missed, left=left)
