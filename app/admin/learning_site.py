"""Sites that are read: the register, the page of one, connecting, checking, reading now, raw answers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.downloads import attachment
from app.admin.learning_site_entry import SECTION, Answer, LearningSiteEntry
from app.admin.learning_site_page import gather
from app.admin.learning_site_register import LISTING
from app.admin.learning_words import SITE_STATES
from app.admin.record_view import RecordView
from app.excel.learning_site import SHEET
from app.models import LearningCourse, LearningSite
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services import clock, learning_pull, learning_site_check
from app.services import learning_site as sites
from app.services.learning_site_check import Checked
from app.web.session import begin_reading, begin_writing, current_actor, guarded
from app.web.shell import shell


class LearningSiteView(LearningSiteEntry, RecordView):
    model_class = LearningSite
    read = Permission.LEARNING_SITE_READ
    write = Permission.LEARNING_SITE_WRITE
    listing = LISTING
    sheet = SHEET
    title = "Данные из СДО"
    lead = "Системы дистанционного обучения (СДО), из которых берутся дни завершения и оценки слушателей."
    empty: ClassVar[tuple[str, str]] = (
        "СДО пока нет",
        "Подключите Moodle по адресу и ключу доступа. Без ключа итоги можно загрузить файлом со страницы потока.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Подключить СДО",
        ".create_view",
        Permission.LEARNING_SITE_WRITE,
    )
    section = "learning"

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.title,
            row.unit,
            SITE_STATES[row.state],
            row.address,
            row.courses,
            row.waiting,
            row.conflicts,
            row.pulled_at,
            row.is_nightly,
            row.release,
            row.problem,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        return self._page(self.get_one(str(record_id)))

    def _page(self, site: LearningSite, checked: Checked | None = None) -> str:
        return render_template(
            "learning_site/page.html",
            shell=shell(SECTION, (site.title, None)),
            page=gather(guarded(), current_actor(), site),
            checked=checked,
        )

    @expose("/<int:record_id>/check", methods=("POST",))
    def check(self, record_id: int) -> Answer:
        """Asks the site while nothing is locked, then writes down what came of it."""
        begin_reading()
        asked = learning_site_check.prepare(guarded(), current_actor(), self.get_one(str(record_id)))
        begin_reading()
        checked = asked if isinstance(asked, Checked) else learning_site_check.ask(asked)
        begin_writing()
        site = sites.the_one(guarded(), record_id, to_write=True)
        learning_site_check.note(guarded(), site, checked, now=clock.now())
        return self._page(site, checked)

    @expose("/<int:record_id>/pull", methods=("POST",))
    def pull(self, record_id: int) -> Answer:
        """All courses that are tied to a group; or the one that the form names."""
        work, actor = guarded(), current_actor()
        site = sites.the_one(work, record_id)
        course = None
        if request.form.get("course"):
            course = _course(site, request.form["course"])
        try:
            job = learning_pull.ask(work, actor, site, course=course, now=clock.now())
        except (Invalid, WrongState) as refusal:
            flash(refusal.sentence, "error")
            return redirect(f"/learning-sites/{record_id}")
        return redirect(f"/jobs/{job.id}")

    @expose("/<int:record_id>/answers/<int:answer_id>/see", methods=("POST",))
    def see_answer(self, record_id: int, answer_id: int) -> Answer:
        """By POST: that somebody looked is written down."""
        site = sites.the_one(guarded(), record_id)
        sites.require_keeper(current_actor(), site)
        try:
            name, body = learning_pull.answer_body(guarded(), current_actor(), answer_id, site_id=site.id)
        except WrongState as refusal:
            flash(refusal.sentence, "error")
            return redirect(f"/learning-sites/{record_id}#answers")
        return attachment(io.BytesIO(body), name, "application/json")


def _course(site: LearningSite, raw: str) -> LearningCourse:
    """Raises NotFound for one of another site."""
    number = int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 19 else 0  # noqa: PLR2004 - as many digits as the database holds
    course = guarded().get(LearningCourse, number)
    if course is None or course.site_id != site.id:
        raise NotFound
    return course
