"""People of sites: the register, the queue of those not known, the page of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.learning_person_page import gather
from app.admin.learning_person_queue import SECTION, Answer, LearningPersonQueue
from app.admin.learning_person_register import LISTING
from app.admin.learning_words import PERSON_STATES
from app.admin.record_view import RecordView
from app.excel.learning_person import SHEET
from app.forms.base import row_number
from app.models import LearningPerson
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, Refusal, WrongState
from app.services import clock, learning_decision
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

# What is told on the page itself; what is foreign or forbidden is an error of its own.
REFUSED = (Conflict, Invalid, WrongState)
WHO = "Выберите, кто это, или отметьте, что это не слушатель."


class LearningPersonView(LearningPersonQueue, RecordView):
    model_class = LearningPerson
    read = Permission.LEARNING_SITE_READ
    write = Permission.LEARNING_SITE_WRITE
    listing = LISTING
    sheet = SHEET
    title = "Кто есть кто"
    lead = "Люди из СДО и работники, за которых они приняты. Не узнанных система ни с кем не путает."
    empty: ClassVar[tuple[str, str]] = (
        "Людей пока нет",
        "Они появятся, когда будет прочитан курс, привязанный к потоку, или загружен его файл.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Решить, кто есть кто",
        ".decide",
        Permission.LEARNING_SITE_WRITE,
    )
    bulk: ClassVar[tuple[tuple[str, str, Permission], ...]] = (
        ("Не слушатели", "ignore-many", Permission.LEARNING_SITE_WRITE),
        ("Решить заново", "open-many", Permission.LEARNING_SITE_WRITE),
    )
    section = "learning"

    @classmethod
    def address(cls) -> str:
        return "/learning-people"

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.full_name,
            row.institution,
            row.position,
            row.email,
            row.idnumber,
            PERSON_STATES[row.state],
            row.person,
            row.ground.label if row.ground is not None else "",
            row.decided_by,
            row.decided_at,
            row.site,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        return self._page(self.get_one(str(record_id)))

    def _page(self, person: LearningPerson, problem: str = "", chosen: str = "") -> str:
        query = request.args.get("q", "")[:200]
        return render_template(
            "learning_person/page.html",
            shell=shell(("Данные из СДО", "/learning-sites/"), SECTION, (person.label, None)),
            page=gather(guarded(), current_actor(), person, query),
            problem=problem,
            chosen=chosen,
        )

    @expose("/<int:record_id>/known", methods=("POST",))
    def known(self, record_id: int) -> Answer:
        chosen = request.form.get("staff", "")
        staff = row_number(chosen)
        person = self.get_one(str(record_id))
        if staff is None:
            return self._page(person, WHO), 422
        version = row_number(request.form.get("version"))
        try:
            told = learning_decision.known_as(
                guarded(), current_actor(), person, staff, version=version, now=clock.now(), today=today()
            )
        except REFUSED as refusal:
            return self._refused(record_id, refusal, chosen)
        flash(told, "success")
        return redirect(f"/learning-people/{record_id}")

    @expose("/<int:record_id>/ignore", methods=("POST",))
    def ignore(self, record_id: int) -> Answer:
        person, version = self.get_one(str(record_id)), row_number(request.form.get("version"))
        try:
            told = learning_decision.ignore(guarded(), current_actor(), person, version=version, now=clock.now())
        except REFUSED as refusal:
            return self._refused(record_id, refusal)
        flash(told, "success")
        return redirect(f"/learning-people/{record_id}")

    @expose("/<int:record_id>/open", methods=("POST",))
    def open_again(self, record_id: int) -> Answer:
        person, version = self.get_one(str(record_id)), row_number(request.form.get("version"))
        try:
            told = learning_decision.open_again(guarded(), current_actor(), person, version=version, now=clock.now())
        except REFUSED as refusal:
            return self._refused(record_id, refusal)
        flash(told, "success")
        return redirect(f"/learning-people/{record_id}")

    def _refused(self, record_id: int, refusal: Refusal, chosen: str = "") -> Answer:
        guarded().rollback()
        status = 422 if isinstance(refusal, Invalid) else 409
        return self._page(self.get_one(str(record_id)), refusal.sentence, chosen), status
