"""Analytical notes: made on a round, looked at, sent as a letter, downloaded, and who has read them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from app.admin.listing import number
from app.admin.page_view import PageView
from app.admin.uploads import download, file_store
from app.models import AnalyticalNote, MonitoringRound
from app.models.enumeration import OrderStatus, RoundStatus, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound
from app.services import analytical_note, clock
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

MOST_LISTED = 200
SECTION = ("Мониторинг ВСОКО", "/monitoring-rounds/")
Crumb = tuple[str, str | None]


class AnalyticalNoteView(PageView):
    closed = "Аналитические справки не открыты для ваших полномочий."

    def __init__(self) -> None:
        super().__init__(name="Аналитические справки", endpoint="analytical_note", url="/analytical-notes")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        # A letter may bring a note to anybody whom it addresses.
        return current_actor().may(Permission.ORDER_READ)

    @expose("/")
    def index(self) -> str:
        """Those made by one's own part of the tree, and those sent to it."""
        return render_template(
            "analytical_note/list.html",
            shell=shell(_section(current_actor()), ("Аналитические справки", None)),
            lines=analytical_note.all_seen(guarded(), most=MOST_LISTED),
            local=_local,
        )

    @expose("/round/<int:round_id>", methods=("GET", "POST"))
    def of_round(self, round_id: int) -> str | Response:
        actor, held = current_actor(), _round(round_id)
        actor.require(Permission.ROUND_READ)
        if request.method == "POST":
            note = analytical_note.make(
                guarded(), actor, held, _chosen(), store=file_store(), now=clock.now(), today=today()
            )
            flash("Справка составлена. Скачайте и прочитайте её, прежде чем отправлять.", "success")
            return redirect(f"/analytical-notes/{note.id}")
        may_make = actor.may(Permission.NOTE_WRITE) and held.status is not RoundStatus.DRAFT
        return render_template(
            "analytical_note/of_round.html",
            shell=shell(SECTION, (held.title, f"/monitoring-rounds/{held.id}"), ("Аналитические справки", None)),
            held=held,
            lines=analytical_note.of_round(guarded(), held.id),
            subjects=analytical_note.subjects(guarded(), actor, held) if may_make else [],
            is_final=held.status is RoundStatus.CLOSED,
            is_draft=held.status is RoundStatus.DRAFT,
            local=_local,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        actor, note = current_actor(), analytical_note.the_one(guarded(), record_id)
        line = analytical_note.line_of(guarded(), note)
        held = guarded().get(MonitoringRound, note.round_id)
        return render_template(
            "analytical_note/page.html",
            shell=shell(*_trail(actor, held, note), ("Справка", None)),
            note=note,
            line=line,
            # A provider may be sent a note on a round that it does not see.
            held=held,
            readers=analytical_note.readers(guarded(), note) if line.is_sent else [],
            is_maker=note.org_unit_id == actor.unit_id,
            may_send=note.org_unit_id == actor.unit_id and note.order_id is None and actor.may(Permission.NOTE_WRITE),
            reaches=_reaches(actor, note),
            is_letter_draft=line.order is not None and line.order.status is OrderStatus.DRAFT,
            local=_local,
        )

    @expose("/<int:record_id>/download")
    def download(self, record_id: int) -> Response:
        note = analytical_note.the_one(guarded(), record_id)
        return download(note)

    @expose("/<int:record_id>/send", methods=("POST",))
    def send(self, record_id: int) -> Response:
        note = analytical_note.the_one(guarded(), record_id)
        order = analytical_note.send(guarded(), current_actor(), note, today=today())
        flash("Письмо подготовлено: проверьте адресатов, укажите номер и выпустите его.", "success")
        return redirect(f"/orders/{order.id}")


def _round(round_id: int) -> MonitoringRound:
    held = guarded().get(MonitoringRound, round_id)
    if held is None:
        raise NotFound
    return held


def _chosen() -> int:
    try:
        return number(request.form.get("about", ""))
    except ValueError as error:
        raise BadRequest from error


def _section(actor: Actor) -> Crumb:
    return SECTION if actor.may(Permission.ROUND_READ) else (SECTION[0], None)


def _trail(actor: Actor, held: MonitoringRound | None, note: AnalyticalNote) -> tuple[Crumb, ...]:
    if held is None:
        return (_section(actor), ("Аналитические справки", "/analytical-notes/"))
    of_round = f"/analytical-notes/round/{note.round_id}"
    return (SECTION, (held.title, f"/monitoring-rounds/{held.id}"), ("Аналитические справки", of_round))


def _reaches(actor: Actor, note: AnalyticalNote) -> str:
    """Who will read it, and whose figures: said before it is sent."""
    if actor.unit_kind is not UnitKind.REGION:
        return (
            "Письмо будет адресовано всем вашим школам. В справке названы результаты каждой школы: их увидят все, кому"
            " она придёт."
        )
    if note.about_id == actor.unit_id:
        return (
            "Письмо будет адресовано всем муниципалитетам. В справке названы результаты каждого муниципалитета: их"
            " увидят все, кому она придёт."
        )
    return "Письмо будет адресовано муниципалитету, о котором справка. В ней названы результаты каждой его школы."


def _local(moment: Any) -> str:
    return f"{clock.local(moment, current_actor().time_zone):%d.%m.%Y %H:%M}"
