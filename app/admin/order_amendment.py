"""The page of an amending act: its heading, and what it changes point by point."""

from __future__ import annotations

from datetime import date, datetime
from typing import cast

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.datastructures import MultiDict

from app.admin.order_draft import OrderDraftPages
from app.admin.order_point import Answer
from app.admin.order_words import count_words, term_words
from app.forms.order import DAY, AmendmentForm, names_in
from app.models import Order
from app.models.enumeration import OrderKind, OrderStatus
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted, WrongState
from app.services import clock, order_amendment
from app.services.order_addressees import UnitRegister, register_of
from app.services.order_amendment import AddAddressees, Change, MoveTerm, RevokePoint, WithdrawAssignments
from app.web.session import current_actor, guarded, today
from app.web.shell import shell


class OrderAmendmentPages(OrderDraftPages):
    """Part of `OrderView`."""

    @expose("/<int:record_id>/amend", methods=("GET", "POST"))
    def amend(self, record_id: int) -> Answer:
        actor = current_actor()
        actor.require(Permission.ORDER_AMEND)
        order = cast(Order, self.get_one(str(record_id)))
        if order.org_unit_id != actor.unit_id:
            raise NotPermitted("Изменяющий акт вносит только организация, которая выпустила документ.")
        if order.status is not OrderStatus.ISSUED:
            raise WrongState("Изменяющий акт возможен только для выпущенного документа, который стоит на контроле.")
        if request.method == "GET":
            return self._amend_page(order, AmendmentForm(kind=order.kind.value), MultiDict())
        form = AmendmentForm(request.form)
        register = register_of(guarded(), order.org_unit_id, today=today())
        problems: dict[str, str] = {}
        changes = _changes(order, request.form, register, problems)
        if not form.validate() or problems:
            return self._amend_page(order, form, request.form, problems), 422
        try:
            outcome = order_amendment.apply(
                guarded(),
                actor,
                order,
                kind=OrderKind(form.kind.data),
                number=form.number.data or "",
                dated_on=form.dated_on.data,
                title=form.title.data or "",
                changes=changes,
                today=today(),
                now=clock.now(),
            )
        except Invalid as refusal:
            guarded().rollback()
            order = cast(Order, self.get_one(str(record_id)))
            if refusal.field in {"number", "dated_on", None}:
                form.show(refusal)
            else:
                problems[refusal.field or ""] = refusal.sentence
            return self._amend_page(order, form, request.form, problems), 422
        flash(f"Изменяющий акт внесён: затронуто {count_words(outcome.touched)}.", "success")
        for warning in outcome.warnings:
            flash(warning, "warning")
        return redirect(f"/orders/{order.id}#amendments")

    def _amend_page(
        self, order: Order, form: AmendmentForm, typed: MultiDict[str, str], problems: dict[str, str] | None = None
    ) -> str:
        register = register_of(guarded(), order.org_unit_id, today=today())
        return render_template(
            "order/amend.html",
            shell=shell(("Распоряжения", "/orders/"), (order.label, f"/orders/{order.id}"), ("Изменяющий акт", None)),
            order=order,
            form=form,
            typed=typed,
            problems=problems or {},
            register=register,
            names_in=names_in,
            term_words=term_words,
        )


def _changes(
    order: Order, typed: MultiDict[str, str], register: UnitRegister, problems: dict[str, str]
) -> list[Change]:
    """What the form asks for; what cannot be meant is written into `problems` under the name of its control."""
    found: list[Change] = []
    for point in order.points:
        reason = typed.get(f"reason-{point.id}", "").strip()
        raw_day = typed.get(f"due-{point.id}", "").strip()
        if raw_day:
            day = _day(raw_day)
            if day is None:
                problems[f"due-{point.id}"] = DAY
            else:
                found.append(MoveTerm(point.id, day))
        added = _named(typed, f"add-{point.id}", register, problems)
        if added:
            found.append(AddAddressees(point.id, added))
        withdrawn = _named(typed, f"withdraw-{point.id}", register, problems)
        if withdrawn:
            found.append(WithdrawAssignments(point.id, withdrawn, reason))
        if typed.get(f"revoke-{point.id}"):
            found.append(RevokePoint(point.id, reason))
    return found


def _named(
    typed: MultiDict[str, str], control: str, register: UnitRegister, problems: dict[str, str]
) -> tuple[int, ...]:
    ids = []
    for name in names_in(typed.getlist(control)):
        try:
            ids.append(register.named(name).id)
        except Invalid as refusal:
            problems[control] = refusal.sentence
    return tuple(dict.fromkeys(ids))


def _day(raw: str) -> date | None:
    for shape in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            # Only the day is read: a term has no zone.
            return datetime.strptime(raw, shape).date()  # noqa: DTZ007 - a plain day
        except ValueError:
            continue
    return None
