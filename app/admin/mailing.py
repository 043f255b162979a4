"""Mailings: what goes out by the clock, to whom, and what came of it."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose
from sqlalchemy import select
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.admin.cells import plural
from app.admin.mail_register import KIND, USUAL, pairs_of, parameters_of
from app.admin.mailing_words import State, message_words, state_of, when_words
from app.admin.page_view import PageView
from app.forms.mailing import MailingChangeForm, MailingForm, NewMailingForm
from app.models import Mailing, Order
from app.models.enumeration import OrderStatus, UnitKind
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound
from app.services import clock, mail_message, mail_recipient, mailing
from app.services.mail_content import ANNEX, content_of
from app.services.mail_due import next_moment
from app.web.session import current_actor, guarded, settings
from app.web.shell import shell
from app.workflows.mailing import WORKFLOW

Answer = str | Response | tuple[str, int]
SECTION = ("Рассылки", "/mailings/")
ORDER = "order:"
REGISTER = "list:"
SHOWN_CANDIDATES = 100


class MailingView(PageView):
    closed = "Рассылки не открыты для ваших полномочий."
    read: ClassVar[Permission] = Permission.MAILING_WRITE

    def __init__(self) -> None:
        super().__init__(name="Рассылки", endpoint="mailing", url="/mailings")

    def is_accessible(self) -> bool:
        return current_actor().may(self.read)

    @expose("/")
    def index(self) -> str:
        actor, work = current_actor(), guarded()
        amounts, last = mail_recipient.amounts(work), mail_message.last_sent(work)
        return render_template(
            "mailing/list.html",
            shell=shell((SECTION[0], None)),
            rows=[
                (one, state_of(one), when_words(one), amounts.get(one.id, 0), _local(last.get(one.id)))
                for one in mailing.of_scope(work)
            ],
            own=actor.unit_id,
            is_set_up=bool(settings().mail_url),
        )

    @expose("/new", methods=("GET", "POST"))
    def create(self) -> Answer:
        form = NewMailingForm(request.form if request.method == "POST" else None)
        if request.method == "GET":
            form.query.data = request.args.get("query", "")
            order, register = request.args.get("order", ""), request.args.get("register", "")
            form.what.data = f"{ORDER}{order}" if order else f"{REGISTER}{register}" if register else None
        form.what.choices = _offered(form)
        if request.method == "GET" or not form.validate():
            return _new(form)
        try:
            made = _create(form)
        except Invalid as refusal:
            form.show(refusal)
            return _new(form)
        flash("Рассылка создана: добавьте получателей.", "success")
        return redirect(f"/mailings/{made.id}")

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        work, actor = guarded(), current_actor()
        found = mailing.the_one(work, record_id)
        is_own = found.org_unit_id == actor.unit_id
        query, kind = request.args.get("q", "")[:200], _asked_kind()
        people = mail_recipient.of_mailing(work, found)
        offered = mail_recipient.candidates(work, query, kind, but=found, limit=SHOWN_CANDIDATES + 1) if is_own else ()
        moment = next_moment(found, clock.now(), actor.time_zone)
        return render_template(
            "mailing/page.html",
            shell=shell(SECTION, (found.title, None)),
            mailing=found,
            state=state_of(found),
            when=when_words(found),
            next_moment=moment if state_of(found) is State.ACTIVE else None,
            page=content_of(found.content).page(found.order_id, found.parameters),
            what=_what(found),
            people=people,
            people_word=plural(len(people), "получатель", "получателя", "получателей"),
            offered=offered[:SHOWN_CANDIDATES],
            more=len(offered) > SHOWN_CANDIDATES,
            kinds=[(one.value, one.label) for one in UnitKind],
            query=query,
            kind=kind.value if kind is not None else "",
            history=[message_words(one, actor.time_zone) for one in mail_message.history(work, found)],
            acts={step.action for step in WORKFLOW.possible(found, actor)},
            is_own=is_own,
            is_set_up=bool(settings().mail_url),
        )

    @expose("/<int:record_id>/edit", methods=("GET", "POST"))
    def edit(self, record_id: int) -> Answer:
        found, actor = mailing.the_one(guarded(), record_id), current_actor()
        mailing.require_own(actor, found)
        if request.method == "GET":
            form = MailingChangeForm(
                obj=found,
                timing=found.timing.value,
                weekday=str(found.weekday or 0),
                hour=str(found.hour),
                days_before=found.days_before or 3,
            )
            return _edit(found, form)
        form = MailingChangeForm(request.form)
        if not form.validate():
            return _edit(found, form)
        try:
            plan = form.plan(_usual_title(found))
            mailing.change(guarded(), actor, found, plan, version=form.seen_version, now=clock.now())
        except (Invalid, Conflict) as refusal:
            form.show(refusal)
            return _edit(found, form)
        flash("Рассылка изменена.", "success")
        return redirect(f"/mailings/{record_id}")

    @expose("/<int:record_id>/pause", methods=("POST",))
    def pause(self, record_id: int) -> Response:
        mailing.pause(guarded(), current_actor(), mailing.the_one(guarded(), record_id, to_write=True))
        flash("Рассылка приостановлена: письма не уходят, пока её не возобновят.", "info")
        return redirect(f"/mailings/{record_id}")

    @expose("/<int:record_id>/resume", methods=("POST",))
    def resume(self, record_id: int) -> Response:
        try:
            found = mailing.the_one(guarded(), record_id, to_write=True)
            mailing.resume(guarded(), current_actor(), found, now=clock.now())
        except Invalid as refusal:
            flash(refusal.sentence, "error")
        else:
            flash("Рассылка возобновлена и идёт от вашего имени. Пропущенное не досылается.", "success")
        return redirect(f"/mailings/{record_id}")

    @expose("/<int:record_id>/delete", methods=("POST",))
    def delete(self, record_id: int) -> Response:
        found = mailing.the_one(guarded(), record_id, to_write=True)
        mailing.delete(guarded(), current_actor(), found)
        flash(f"Рассылка «{found.title}» удалена.", "info")
        return redirect(SECTION[1])

    @expose("/<int:record_id>/send-to-me", methods=("POST",))
    def send_to_me(self, record_id: int) -> Response:
        found = mailing.the_one(guarded(), record_id)
        try:
            asked = mailing.try_out(guarded(), current_actor(), found, now=clock.now())
        except Invalid as refusal:
            flash(refusal.sentence, "error")
            return redirect(f"/mailings/{record_id}")
        return redirect(f"/jobs/{asked.id}")

    @expose("/<int:record_id>/recipients", methods=("POST",))
    def add(self, record_id: int) -> Response:
        """The people ticked, or all that the search has found."""
        work, found = guarded(), mailing.the_one(guarded(), record_id, to_write=True)
        pairs = [_pair(raw) for raw in request.form.getlist("person")]
        if request.form.get("all") == "1":
            pairs = [
                (one.user_id, one.unit_id)
                for one in mail_recipient.candidates(
                    work, request.form.get("q", "")[:200], _asked_kind(), but=found, limit=mail_recipient.MOST + 1
                )
            ]
        try:
            added = mail_recipient.add(work, current_actor(), found, pairs)
        except Invalid as refusal:
            flash(refusal.sentence, "error")
            return redirect(f"/mailings/{record_id}")
        flash(
            f"Добавлено получателей: {added}." if added else "Отметьте, кому присылать.", "success" if added else "info"
        )
        return redirect(f"/mailings/{record_id}")

    @expose("/<int:record_id>/recipients/<int:recipient_id>/remove", methods=("POST",))
    def remove(self, record_id: int, recipient_id: int) -> Response:
        found = mailing.the_one(guarded(), record_id, to_write=True)
        mail_recipient.remove(guarded(), current_actor(), found, recipient_id)
        flash("Получатель убран.", "info")
        return redirect(f"/mailings/{record_id}")


def _create(form: NewMailingForm) -> Mailing:
    kind, _, word = str(form.what.data).partition(":")
    work, actor, now = guarded(), current_actor(), clock.now()
    if f"{kind}:" == ORDER:
        order = work.get(Order, int(word)) if word.isascii() and word.isdecimal() and len(word) < 19 else None  # noqa: PLR2004 - as many digits as the database holds
        if order is None:
            raise NotFound
        plan = form.plan(f"Исполнение: {order.label}")
        return mailing.create(work, actor, ANNEX.kind, plan, order_id=order.id, now=now)
    name, register, pairs = USUAL.get(word, ("", word, tuple(pairs_of(form.query.data or ""))))
    parameters = parameters_of(register, list(pairs), name)
    return mailing.create(work, actor, KIND, form.plan(parameters["title"]), parameters=parameters, now=now)


def _offered(form: NewMailingForm) -> list[tuple[str, str]]:
    """Registers first, then documents that are on control; what the person came with, whatever it is."""
    orders = guarded().scalars(
        select(Order).where(Order.status == OrderStatus.ISSUED).order_by(Order.id.desc()).limit(200)
    )
    offered = [("", "Выберите…"), *((f"{REGISTER}{word}", name) for word, (name, _, _) in USUAL.items())]
    offered += [(f"{ORDER}{one.id}", f"Исполнение: {one.label}") for one in orders]
    wanted = str(form.what.data or "")
    if wanted.startswith(REGISTER) and wanted not in dict(offered):
        told = parameters_of(wanted.removeprefix(REGISTER), pairs_of(form.query.data or ""))
        offered.insert(1, (wanted, f"Список: {told['title']}"))
    return offered


def _what(found: Mailing) -> str:
    if found.content == ANNEX.kind:
        order = guarded().get(Order, found.order_id or 0)
        return f"Исполнение: {order.label}" if order is not None else "Исполнение документа, который вам не открыт"
    return str(found.parameters.get("title", content_of(found.content).label))


def _usual_title(found: Mailing) -> str:
    return _what(found)


def _new(form: NewMailingForm) -> Answer:
    page = render_template("mailing/new.html", shell=shell(SECTION, ("Новая рассылка", None)), form=form)
    return (page, 422) if form.errors or form.form_errors else page


def _edit(found: Mailing, form: MailingForm) -> Answer:
    page = render_template(
        "mailing/edit.html",
        shell=shell(SECTION, (found.title, f"/mailings/{found.id}"), ("Изменить", None)),
        form=form,
        mailing=found,
    )
    return (page, 422) if form.errors or form.form_errors else page


def _asked_kind() -> UnitKind | None:
    raw = request.values.get("kind", "")
    try:
        return UnitKind(raw) if raw else None
    except ValueError as error:
        raise BadRequest from error


def _pair(raw: str) -> tuple[int, int]:
    person, _, unit = raw.partition(":")
    if not (person + unit).isascii() or not person.isdecimal() or not unit.isdecimal() or len(raw) > 38:  # noqa: PLR2004 - two numbers as long as the database holds
        raise BadRequest
    return int(person), int(unit)


def _local(moment: Any) -> Any:
    return clock.local(moment, current_actor().time_zone) if moment is not None else None
