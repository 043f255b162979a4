"""People on the staff: the register, the card with positions, trainings and documents, what is hidden of a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.record_view import RecordView
from app.admin.staff_member_page import acting_units, gather, names_of
from app.admin.staff_member_register import LISTING, held
from app.excel.staff_member import KNOWN_NUMBER, SHEET
from app.forms.base import row_number
from app.forms.staff_member import CardChangeForm, IdentityForm, NewCardForm, with_units
from app.models import StaffMember
from app.models.enumeration_of_training import PositionKind, Sex
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services import staff_identity, staff_member
from app.services.staff_card import TypedCard, alike_cards, require_keeping
from app.services.staff_member import TypedPosition
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
CARD = ("last_name", "first_name", "patronymic", "email", "note")


class StaffMemberView(RecordView):
    model_class = StaffMember
    read = Permission.STAFF_READ
    listing = LISTING
    sheet = SHEET
    title = "Работники"
    lead = "Кто где работает, кем и чему обучен. СНИЛС и даты рождения в списках не показываются."
    empty: ClassVar[tuple[str, str]] = (
        "Работников нет",
        "Добавьте первого или загрузите список из Excel: по нему подают заявки на обучение и считают охват.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Добавить работника",
        ".create_view",
        Permission.STAFF_WRITE,
    )
    list_template = "staff_member/list.html"

    def sheet_row(self, row: Any) -> Sequence[object]:
        main = next(iter(held(row.positions)), None)
        return (
            row.unit,
            row.municipality,
            row.name,
            main.kind.label if main else "",
            main.title if main else "",
            main.started_on if main else None,
            None,
            row.email,
            KNOWN_NUMBER if row.has_snils else "",
            row.documents,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        return _card(self.get_one(str(record_id)))

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        actor, work = current_actor(), guarded()
        actor.require(Permission.STAFF_WRITE)
        form = with_units(NewCardForm(request.form), acting_units(work), chosen=row_number(request.args.get("unit")))
        if request.method == "GET":
            return _new(form)
        if not form.validate():
            return _new(form), 422
        unit_id = form.org_unit_id.data or 0
        card = TypedCard(*(getattr(form, name).data or "" for name in CARD))
        alike = alike_cards(work, unit_id, card) if not form.confirmed.data else []
        if alike:
            form.form_errors.append("Похожая карточка уже есть: откройте её или отметьте, что это другой человек.")
            return _new(form, alike), 422
        try:
            # A number that does not fit makes no card.
            staff_identity.checked_number(form.snils.data or "")
            person = staff_member.create(
                work,
                actor,
                unit_id=unit_id,
                **{name: getattr(card, name) for name in CARD},
                position=typed_position(form),
                today=today(),
            )
            if form.snils.data:
                staff_identity.write(work, actor, person, snils=form.snils.data, today=today())
        except Invalid as refusal:
            form.show(refusal)
            return _new(form), 422
        flash(f"Карточка заведена: {person.label}.", "success")
        return redirect(f"/staff-members/{person.id}")

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def change(self, record_id: int) -> Answer:
        actor, work = current_actor(), guarded()
        actor.require(Permission.STAFF_WRITE)
        person: StaffMember = self.get_one(str(record_id))
        require_keeping(actor, person)
        form = CardChangeForm(request.form, obj=person)
        if request.method == "GET":
            return _edit(form, person)
        if not form.validate():
            return _edit(form, person), 422
        typed = TypedCard(*(getattr(form, name).data or "" for name in CARD))
        try:
            staff_member.change(work, actor, person, version=row_number(form.version.data) or 0, card=typed)
        except Conflict as refusal:
            # The next save is made knowing what stands there now.
            form.version.data = str(person.version)
            form.show(refusal)
            return _edit(form, person, {name: getattr(person, name) for name in CARD}), 409
        except Invalid as refusal:
            form.show(refusal)
            return _edit(form, person), 422
        flash("Карточка сохранена.", "success")
        return redirect(f"/staff-members/{record_id}")

    @expose("/<int:record_id>/identity", methods=("GET", "POST"))
    def identity(self, record_id: int) -> Answer:
        """What stands there is not shown in the form: an empty field leaves it."""
        actor, work = current_actor(), guarded()
        actor.require(Permission.STAFF_IDENTITY)
        person: StaffMember = self.get_one(str(record_id))
        form = IdentityForm(request.form)
        if request.method == "GET":
            return _identity(form, person)
        if not form.validate():
            return _identity(form, person), 422
        snils: str | None = "" if form.forget_snils.data else (form.snils.data or "").strip() or None
        try:
            written = staff_identity.write(
                work,
                actor,
                person,
                snils=snils,
                born_on=form.born_on.data,
                sex=Sex(form.sex.data) if form.sex.data else None,
                citizenship=form.citizenship.data or None,
                today=today(),
            )
        except Invalid as refusal:
            form.show(refusal)
            return _identity(form, person), 422
        flash("Записано." if written else "Ничего не изменилось: всё пусто или стоит так же.", "success")
        return redirect(f"/staff-members/{record_id}")

    @expose("/<int:record_id>/reveal", methods=("POST",))
    def reveal(self, record_id: int) -> str:
        """Shown in this answer only; the journal keeps who looked."""
        person: StaffMember = self.get_one(str(record_id))
        return _card(person, staff_identity.reveal(guarded(), current_actor(), person))


def typed_position(form: Any) -> TypedPosition:
    is_main = form.is_main.data if "is_main" in form else True
    return TypedPosition(
        PositionKind(form.kind.data),
        form.title.data or "",
        form.started_on.data,
        is_main=bool(is_main),
        basis=form.basis.data or "",
    )


def _card(person: StaffMember, identity: staff_identity.Identity | None = None) -> str:
    trail = shell(("Работники", "/staff-members/"), (person.label, None))
    return render_template("staff_member/page.html", shell=trail, page=gather(person, identity))


def _new(form: NewCardForm, alike: Sequence[StaffMember] = ()) -> str:
    trail = shell(("Работники", "/staff-members/"), ("Новый работник", None))
    near = [(one, names_of(guarded(), one)[0]) for one in alike]
    return render_template("staff_member/new.html", shell=trail, form=form, alike=near)


def _edit(form: CardChangeForm, person: StaffMember, current: dict[str, str] | None = None) -> str:
    trail = shell(("Работники", "/staff-members/"), (person.label, f"/staff-members/{person.id}"))
    return render_template("staff_member/edit.html", shell=trail, form=form, person=person, current=current)


def _identity(form: IdentityForm, person: StaffMember) -> str:
    trail = shell(("Работники", "/staff-members/"), (person.label, f"/staff-members/{person.id}"))
    return render_template("staff_member/identity.html", shell=trail, form=form, person=person)
