"""The way of a draft: from a text, a file or by hand, through its heading and grounds, to its issue."""

from __future__ import annotations

from io import BytesIO
from typing import cast

from flask import current_app, flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.datastructures import FileStorage

from app.admin.order_point import Answer, OrderPointPages
from app.admin.order_words import count_words, point_words, reached_words, shown_value, term_words
from app.documents.file_store import FileStore
from app.documents.limits import MAX_ORDER_BYTES
from app.documents.refusal import DocumentRefused
from app.documents.text_in import text_of
from app.forms.order import GroundForm, HeadingForm, TextForm
from app.jobs import order_issue
from app.models import Order
from app.models.enumeration import GroundEffect
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services import clock, job
from app.services import order as orders
from app.services.order_text import draft_from_text
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

LONGEST_COUNT = 9
# Assignments that a page gives while the person waits; more are given by a job.
AT_ONCE = 2_000


class OrderDraftPages(OrderPointPages):
    """Part of `OrderView`."""

    # ── a new draft ──────────────────────────────────────────────────────────────────────────────────

    @expose("/new", methods=("GET", "POST"))
    def create_view(self) -> Answer:
        current_actor().require(Permission.ORDER_WRITE)
        form = TextForm(request.form)
        if request.method == "GET":
            return self._new_page(form)
        upload = request.files.get("file")
        try:
            order = self._from_file(form, upload) if upload and upload.filename else self._from_text(form)
        except DocumentRefused as refused:
            form.show(Invalid(str(refused), field="file"))
            return self._new_page(form), 422
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._new_page(form), 422
        flash(f"Текст разобран: {point_words(len(order.points))}. Проверьте подчёркнутое и выпускайте.", "success")
        return redirect(f"/orders/{order.id}")

    def _new_page(self, form: TextForm) -> str:
        return render_template(
            "order/new.html",
            shell=shell(("Распоряжения", "/orders/"), ("Новое распоряжение", None)),
            form=form,
            max_bytes=MAX_ORDER_BYTES,
        )

    @staticmethod
    def _from_text(form: TextForm) -> Order:
        typed = form.text.data or ""
        if not typed.strip():
            raise Invalid("Вставьте текст документа или выберите файл.", field="text")
        return draft_from_text(guarded(), current_actor(), typed, today=today())

    @staticmethod
    def _from_file(form: TextForm, upload: FileStorage) -> Order:
        # A PDF may take seconds: nobody's writing waits for it.
        guarded().rollback()
        content, name = upload.stream.read(), upload.filename or ""
        text = text_of(content, name)
        store: FileStore = current_app.extensions["file_store"]
        kept = store.put(BytesIO(content), name, max_bytes=MAX_ORDER_BYTES)
        guarded().connection(execution_options={"writes": True})
        # Where nothing is found in it, the person goes on with the text of the file.
        form.text.data = text
        return draft_from_text(
            guarded(), current_actor(), text, file_name=kept.file_name, digest=kept.digest, today=today()
        )

    @expose("/new/by-hand", methods=("GET", "POST"))
    def create_by_hand(self) -> Answer:
        actor = current_actor()
        actor.require(Permission.ORDER_WRITE)
        form = HeadingForm(request.form if request.method == "POST" else None, issuer_name=actor.unit_name)
        if request.method == "POST" and form.validate():
            values = form.values
            order = orders.create_draft(
                guarded(),
                actor,
                kind=values.kind,
                number=values.number,
                dated_on=values.dated_on,
                title=values.title,
                issuer_name=values.issuer_name,
                signed_by=values.signed_by,
                controller=values.controller,
            )
            flash("Черновик создан. Добавьте пункты.", "success")
            return redirect(f"/orders/{order.id}")
        page = render_template(
            "order/by_hand.html",
            shell=shell(("Распоряжения", "/orders/"), ("Новое распоряжение", "/orders/new"), ("Вручную", None)),
            form=form,
        )
        return (page, 422) if request.method == "POST" else page

    # ── heading and grounds ──────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/heading", methods=("GET", "POST"))
    def heading(self, record_id: int) -> Answer:
        order = self._draft_of(record_id)
        if request.method == "GET":
            return self._heading_form(order, HeadingForm(obj=order))
        form = HeadingForm(request.form)
        if not form.validate():
            return self._heading_form(order, form, status=422)
        try:
            orders.save(guarded(), current_actor(), order, version=form.version.data or 0, values=form.values)
        except Conflict as conflict:
            both = [
                (getattr(form, name).label.text, shown_value(saved), shown_value(typed))
                for name, saved, typed in orders.differences(order, form.values)
            ]
            form.version.data = order.version
            form.form_errors.append(conflict.sentence)
            return self._heading_form(order, form, both, status=409)
        flash("Шапка документа сохранена.", "success")
        return redirect(f"/orders/{order.id}")

    def _heading_form(
        self, order: Order, form: HeadingForm, both: list[tuple[str, str, str]] | None = None, *, status: int = 200
    ) -> Answer:
        return self.draft_page(order, status=status, heading=form, heading_both=both or [])

    @expose("/<int:record_id>/grounds", methods=("POST",))
    def ground_add(self, record_id: int) -> Answer:
        order = self._draft_of(record_id)
        form = GroundForm(request.form)
        if not form.validate():
            return self.draft_page(order, status=422, ground=form)
        try:
            orders.add_ground(
                guarded(),
                current_actor(),
                order,
                kind=form.kind.data or "",
                number=form.number.data or "",
                dated_on=form.dated_on.data,
                title=form.title.data or "",
                effect=GroundEffect(form.effect.data),
            )
        except Invalid as refusal:
            form.show(refusal)
            return self.draft_page(order, status=422, ground=form)
        flash("Основание добавлено.", "success")
        return redirect(f"/orders/{order.id}#grounds")

    @expose("/<int:record_id>/grounds/<int:ground_id>/delete", methods=("POST",))
    def ground_delete(self, record_id: int, ground_id: int) -> Answer:
        order = self._draft_of(record_id)
        orders.delete_ground(guarded(), current_actor(), order, ground_id)
        flash("Основание убрано.", "success")
        return redirect(f"/orders/{order.id}#grounds")

    @expose("/<int:record_id>/delete", methods=("POST",))
    def delete_draft(self, record_id: int) -> Answer:
        order = self._draft_of(record_id)
        label = order.label
        orders.delete_draft(guarded(), current_actor(), order)
        flash(f"Черновик удалён: {label}.", "success")
        return redirect("/orders/")

    # ── issue ────────────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/issue", methods=("GET", "POST"))
    def issue(self, record_id: int) -> Answer:
        current_actor().require(Permission.ORDER_ISSUE)
        order = self._draft_of(record_id)
        if request.method == "GET":
            return self._issue_page(order)
        raw = request.form.get("expected", "")[:LONGEST_COUNT]
        expected = int(raw) if raw.isascii() and raw.isdecimal() else None
        if expected is not None and expected > AT_ONCE:
            asked = job.ask(
                guarded(),
                current_actor(),
                order_issue.KIND,
                f"Выпуск: {order.label}",
                {"order_id": order.id, "expected": expected},
                now=clock.now(),
                leads_to=f"/orders/{order.id}",
            )
            return redirect(f"/jobs/{asked.id}")
        try:
            count = orders.issue(guarded(), current_actor(), order, today=today(), now=clock.now(), expected=expected)
        except (Invalid, Conflict) as refusal:
            guarded().rollback()
            again = cast(Order, self.get_one(str(record_id)))
            return self._issue_page(again, refusal.sentence), 409 if isinstance(refusal, Conflict) else 422
        flash(f"Документ выпущен: {count_words(count)}. Адресаты видят их сейчас.", "success")
        return redirect(f"/orders/{order.id}")

    def _issue_page(self, order: Order, problem: str = "") -> str:
        seen = orders.examine(guarded(), current_actor(), order, today=today())
        rows = [(point, reached_words(seen.reached[point.id]), len(seen.reached[point.id])) for point in order.points]
        return render_template(
            "order/issue.html",
            shell=shell(("Распоряжения", "/orders/"), (order.label, f"/orders/{order.id}"), ("Выпуск", None)),
            order=order,
            seen=seen,
            rows=rows,
            total_words=count_words(seen.total),
            problem=problem,
            term_words=term_words,
        )
