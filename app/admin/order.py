"""Orders: the register, the draft on its way to issue, the issued order with its progress and its changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast
from urllib.parse import quote

from flask import Response, current_app, flash, redirect, render_template, request, send_file
from flask_admin import expose

from app.admin.order_amendment import OrderAmendmentPages
from app.admin.order_history import history_of
from app.admin.order_page import gather_details
from app.admin.order_point import Answer
from app.admin.order_register import LISTING
from app.documents.file_store import FileStore
from app.excel.order import SHEET
from app.models import Order
from app.models.enumeration import OrderStatus
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services import analytical_note, clock, measure_chain
from app.services import order as orders
from app.services.order_amendment import amendments_of
from app.web.session import current_actor, guarded, today
from app.web.shell import shell
from app.workflows.order import WORKFLOW


class OrderView(OrderAmendmentPages):
    model_class = Order
    read = Permission.ORDER_READ
    write = Permission.ORDER_WRITE
    listing = LISTING
    sheet = SHEET
    title = "Распоряжения"
    lead = "Распоряжения, приказы и письма: что поручено, кому, что исполнено."
    empty: ClassVar[tuple[str, str]] = (
        "Распоряжений пока нет",
        "Здесь появятся документы, которые выпустит ваша организация или адресует ей вышестоящая.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Новое распоряжение",
        "order.create_view",
        Permission.ORDER_WRITE,
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.kind.label,
            row.number,
            row.dated_on,
            row.title,
            row.issuer,
            row.status.label,
            row.points,
            row.assignments,
            row.done,
            row.overdue,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> Answer:
        """A draft opens for work, an issued order for reading."""
        order = cast(Order, self.get_one(str(record_id)))
        orders.read_points(guarded(), order)
        if order.status is OrderStatus.DRAFT:
            return self.draft_page(order)
        actor = current_actor()
        return render_template(
            "order/details.html",
            shell=shell(("Распоряжения", "/orders/"), (order.label, None)),
            page=gather_details(guarded(), actor, order, today()),
            order=order,
            amendments=amendments_of(guarded(), order),
            acts=[step for step in WORKFLOW.possible(order, actor) if step.action in {"close", "reopen"}],
            issued_at=clock.local(order.issued_at, actor.time_zone) if order.issued_at else None,
            today=today(),
            notes=analytical_note.of_order(guarded(), order.id),
            roots=measure_chain.roots_of_points(guarded(), [point.id for point in order.points]),
        )

    @expose("/<int:record_id>/history")
    def history(self, record_id: int) -> str:
        order = cast(Order, self.get_one(str(record_id)))
        return render_template(
            "order/history.html",
            shell=shell(("Распоряжения", "/orders/"), (order.label, f"/orders/{order.id}"), ("История", None)),
            order=order,
            events=history_of(guarded(), order, current_actor().time_zone),
        )

    @expose("/<int:record_id>/source")
    def source(self, record_id: int) -> Response:
        """The file that the order was made from: always a download."""
        order = cast(Order, self.get_one(str(record_id)))
        store: FileStore = current_app.extensions["file_store"]
        try:
            content = store.open(order.source_digest)
        except (ValueError, FileNotFoundError) as absent:
            raise NotFound("Файла у этого документа нет: он введён текстом или вручную.") from absent
        answer = send_file(content, mimetype="application/octet-stream")
        name = quote(order.source_file_name or "document")
        answer.headers["Content-Disposition"] = f"attachment; filename=\"document\"; filename*=UTF-8''{name}"
        return answer

    @expose("/<int:record_id>/close", methods=("POST",))
    def close(self, record_id: int) -> Answer:
        order = cast(Order, self.get_one(str(record_id)))
        orders.close(guarded(), current_actor(), order)
        flash("Документ списан в дело.", "success")
        return redirect(f"/orders/{order.id}")

    @expose("/<int:record_id>/reopen", methods=("POST",))
    def reopen(self, record_id: int) -> Answer:
        order = cast(Order, self.get_one(str(record_id)))
        orders.reopen(guarded(), current_actor(), order, note=request.form.get("note", ""))
        flash("Документ снова на контроле.", "success")
        return redirect(f"/orders/{order.id}")
