"""The cards of a draft's points: each is opened, corrected and saved by its own small form."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from flask import flash, redirect, render_template, request
from flask_admin import expose
from markupsafe import escape
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.admin.order_page import gather_draft
from app.admin.order_words import count_words, reached_words, shown_value
from app.admin.record_view import RecordView
from app.forms.order import GROUPS, AddresseeChoice, PointForm
from app.models import Order, OrderPoint
from app.models.enumeration import AddresseeClauseKind, UnitKind
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, Refusal
from app.services import analytical_note
from app.services import order as orders
from app.services.order_addressees import NAMES_A_UNIT, UnitRegister, register_of
from app.services.order_point import differences
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]


class PointEditor:
    """One point's form with its addressee part, ready for the template; `point` is None for a new one."""

    def __init__(
        self,
        order: Order,
        point: OrderPoint | None,
        register: UnitRegister,
        form: PointForm,
        choice: AddresseeChoice,
    ) -> None:
        self.order, self.point, self.form, self.choice = order, point, form, choice
        self.problems: dict[str, str] = {}
        self.register = register
        self.both: list[tuple[str, str, str]] = []
        municipal = current_actor().unit_kind is UnitKind.MUNICIPALITY
        self.groups = [AddresseeClauseKind.ALL_SCHOOLS] if municipal else list(GROUPS)
        self.municipalities = [(unit.id, register.label(unit.id)) for unit in register.of_kind(UnitKind.MUNICIPALITY)]
        self.unknown = [
            clause
            for clause in (point.clauses if point else ())
            if clause.kind in NAMES_A_UNIT and clause.org_unit_id is None
        ]

    @property
    def reached(self) -> str:
        try:
            clauses = self.choice.clauses(self.register, {})
        except Invalid:
            return ""
        return addressed_words(self.register, clauses)


def addressed_words(register: UnitRegister, clauses: list[orders.ClauseValues]) -> str:
    """«18 муниципалитетов и институт · 19 поручений»"""
    units = register.addressees(orders.as_clauses(clauses))
    return f"{reached_words(units)} · {count_words(len(units))}"


class OrderPointPages(RecordView):
    """Part of `OrderView`."""

    def draft_page(self, order: Order, *, status: int = 200, **opened: Any) -> Answer:
        page = gather_draft(guarded(), current_actor(), order, today())
        body = render_template(
            "order/draft.html",
            shell=shell(("Распоряжения", "/orders/"), (order.label, None)),
            page=page,
            order=order,
            opened=opened,
            notes=analytical_note.of_order(guarded(), order.id),
        )
        return body if status == HTTPStatus.OK else (body, status)

    def _draft_of(self, record_id: int) -> Order:
        order = cast(Order, self.get_one(str(record_id)))
        orders.require_draft(guarded(), current_actor(), order)
        orders.read_points(guarded(), order)
        return order

    # ── one card ─────────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/points/<int:point_id>")
    def point_card(self, record_id: int, point_id: int) -> Answer:
        order = self._draft_of(record_id)
        orders.point_of(order, point_id)
        if not request.headers.get("HX-Request"):
            return redirect(f"/orders/{order.id}#point-{point_id}")
        return self._card(order, point_id)

    def _card(self, order: Order, point_id: int, *, saved: bool = False) -> str:
        page = gather_draft(guarded(), current_actor(), order, today())
        return render_template(
            "order/card_part.html", shell=shell(), page=page, order=order, card=page.card(point_id), saved=saved
        )

    @expose("/<int:record_id>/points/<int:point_id>/edit")
    def point_edit(self, record_id: int, point_id: int) -> Answer:
        order = self._draft_of(record_id)
        point = orders.point_of(order, point_id)
        register = register_of(guarded(), order.org_unit_id, today=today())
        return self._editor(PointEditor(order, point, register, PointForm(obj=point), _choice_of(point, register)))

    @expose("/<int:record_id>/points/new")
    def point_new(self, record_id: int) -> Answer:
        order = self._draft_of(record_id)
        register = register_of(guarded(), order.org_unit_id, today=today())
        return self._editor(PointEditor(order, None, register, PointForm(), AddresseeChoice(MultiDict())))

    def _editor(self, editor: PointEditor, status: int = 200) -> Answer:
        if not request.headers.get("HX-Request"):
            return self.draft_page(editor.order, status=status, editor=editor)
        body = render_template("order/point_part.html", shell=shell(), editor=editor)
        # htmx puts a part with 422 in its place; another refusal it would leave unseen.
        return body if status == HTTPStatus.OK else (body, 422)

    @expose("/<int:record_id>/points", methods=("POST",))
    def point_add(self, record_id: int) -> Answer:
        return self._write_point(record_id, None)

    @expose("/<int:record_id>/points/<int:point_id>/save", methods=("POST",))
    def point_save(self, record_id: int, point_id: int) -> Answer:
        return self._write_point(record_id, point_id)

    def _write_point(self, record_id: int, point_id: int | None) -> Answer:
        order = self._draft_of(record_id)
        point = orders.point_of(order, point_id) if point_id is not None else None
        form, choice = PointForm(request.form), AddresseeChoice(request.form)
        register = register_of(guarded(), order.org_unit_id, today=today())
        editor = PointEditor(order, point, register, form, choice)
        if not form.validate():
            return self._editor(editor, 422)
        try:
            kinds = {clause.id: clause.kind for clause in editor.unknown}
            wanted = choice.clauses(register, kinds)
            if point is None:
                point = orders.add_point(guarded(), current_actor(), order, form.values)
            else:
                orders.change_point(
                    guarded(), current_actor(), order, point, version=form.version.data or 0, values=form.values
                )
            elsewhere = orders.set_addressees(guarded(), current_actor(), order, point, wanted)
        except Conflict as conflict:
            # Both versions stand side by side; a second save is made against the version that is shown.
            editor.both = [
                (getattr(form, name).label.text, shown_value(saved), shown_value(typed))
                for name, saved, typed in differences(cast(OrderPoint, point), form.values)
            ]
            form.version.data = cast(OrderPoint, point).version
            form.form_errors.append(conflict.sentence)
            return self._editor(editor, 409)
        except Invalid as refusal:
            self._undo(editor, refusal)
            return self._editor(editor, 422)
        if elsewhere:
            flash(f"Тот же адресат определён и в других пунктах: {elsewhere}.", "success")
            if request.headers.get("HX-Request"):
                return Response("", 200, headers={"HX-Refresh": "true"})
        elif request.headers.get("HX-Request") and point_id is not None:
            return self._card(order, point.id, saved=True)
        flash(f"Пункт {point.label} сохранён.", "success")
        return redirect(f"/orders/{order.id}#point-{point.id}")

    def _undo(self, editor: PointEditor, refusal: Refusal) -> None:
        """Nothing of the refused act stays in the session; what was typed stays in the form."""
        order_id, point_id = editor.order.id, editor.point.id if editor.point else None
        guarded().rollback()
        editor.order = cast(Order, self.get_one(str(order_id)))
        editor.point = orders.point_of(editor.order, point_id) if point_id is not None else None
        if refusal.field in {"units", "excepts"} or (refusal.field or "").startswith("unknown-"):
            editor.problems[refusal.field or ""] = refusal.sentence
            editor.form.form_errors.append(refusal.sentence)
        else:
            editor.form.show(refusal)

    # ── acts on a card ───────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/points/<int:point_id>/settle", methods=("POST",))
    def point_settle(self, record_id: int, point_id: int) -> Answer:
        order = self._draft_of(record_id)
        orders.settle(guarded(), current_actor(), order, orders.point_of(order, point_id))
        guarded().flush()
        if request.headers.get("HX-Request"):
            return self._card(order, point_id, saved=True)
        return redirect(f"/orders/{order.id}#point-{point_id}")

    @expose("/<int:record_id>/points/<int:point_id>/delete", methods=("POST",))
    def point_delete(self, record_id: int, point_id: int) -> Answer:
        order = self._draft_of(record_id)
        point = orders.point_of(order, point_id)
        label = point.label
        orders.delete_point(guarded(), current_actor(), order, point)
        flash(f"Пункт {label} удалён.", "success")
        return redirect(f"/orders/{order.id}#points")

    @expose("/<int:record_id>/points/<int:point_id>/split", methods=("POST",))
    def point_split(self, record_id: int, point_id: int) -> Answer:
        order = self._draft_of(record_id)
        made = orders.split_stage(guarded(), current_actor(), order, orders.point_of(order, point_id))
        flash(f"Добавлен этап {made.label}: оставьте в нём его часть текста и укажите срок.", "success")
        return redirect(f"/orders/{order.id}/points/{made.id}/edit#point-{made.id}")

    @expose("/<int:record_id>/points/<int:point_id>/move", methods=("POST",))
    def point_move(self, record_id: int, point_id: int) -> Answer:
        order = self._draft_of(record_id)
        step = -1 if request.form.get("step") == "up" else 1
        orders.move_point(guarded(), current_actor(), order, orders.point_of(order, point_id), step)
        return redirect(f"/orders/{order.id}#point-{point_id}")

    @expose("/<int:record_id>/addressees")
    def addressees(self, record_id: int) -> str:
        """Whom the rule in the form reaches now, before it is saved: a line of the form, over htmx."""
        current_actor().require(Permission.ORDER_WRITE)
        order = cast(Order, self.get_one(str(record_id)))
        register = register_of(guarded(), order.org_unit_id, today=today())
        choice = AddresseeChoice(request.args)
        known = {unit.id for unit in register.below()}
        if any(unit_id not in known for unit_id in (*choice.municipalities, *choice.schools_of)):
            raise NotFound
        kinds = {clause.id: clause.kind for point in order.points for clause in point.clauses}
        asked = {clause_id: kinds[clause_id] for clause_id in choice.unknown if clause_id in kinds}
        try:
            wanted = choice.clauses(register, asked)
        except Invalid as refusal:
            return str(escape(refusal.sentence))
        return str(escape(f"Сейчас получат: {addressed_words(register, wanted)}"))


def _choice_of(point: OrderPoint, register: UnitRegister) -> AddresseeChoice:
    """The saved rule as the form shows it."""
    choice = AddresseeChoice(MultiDict())
    towns = {unit.id for unit in register.of_kind(UnitKind.MUNICIPALITY)}
    for clause in point.clauses:
        unit_id = clause.org_unit_id
        if clause.kind in GROUPS:
            choice.groups.append(clause.kind.value)
        elif unit_id is None:
            continue
        elif clause.kind is AddresseeClauseKind.SCHOOLS_OF:
            choice.schools_of.append(unit_id)
        elif clause.kind is AddresseeClauseKind.EXCEPT:
            choice.excepts.append(register.label(unit_id))
        elif unit_id in towns:
            choice.municipalities.append(unit_id)
        else:
            choice.units.append(register.label(unit_id))
    return choice
