"""Courses of sites: the register, the page of one with its people, the group into which it is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.asked import asked_number, in_range
from app.admin.learning_course_page import courses_for, gather
from app.admin.learning_course_register import LISTING
from app.admin.record_view import RecordView
from app.excel.learning_course import SHEET
from app.forms.learning_course import TieForm
from app.models import LearningCourse
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, Refusal
from app.services import clock, learning_course, learning_pull
from app.services import learning_site as sites
from app.services.training_group import group_of
from app.web.session import current_actor, guarded
from app.web.shell import shell

Answer = str | Response | tuple[str, int]
SECTION = ("Курсы СДО", "/learning-courses/")


class LearningCourseView(RecordView):
    model_class = LearningCourse
    read = Permission.LEARNING_SITE_READ
    write = Permission.LEARNING_SITE_WRITE
    listing = LISTING
    sheet = SHEET
    title = "Курсы СДО"
    lead = "Курсы СДО и потоки, в которые из них берутся итоги. Читаются только курсы, привязанные к потоку."
    empty: ClassVar[tuple[str, str]] = (
        "Курсов пока нет",
        "Они появятся, когда вы подключите СДО и получите список курсов или загрузите файлы потока.",
    )
    section = "learning"

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.title,
            row.short_name,
            row.idnumber,
            row.remote_id,
            row.site,
            row.unit,
            row.group,
            row.waiting,
            row.conflicts,
            row.taken,
            row.pulled_at,
            row.problem,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        course = self.get_one(str(record_id))
        return self._page(course, TieForm(group_id=asked_number("group") or course.group_id))

    def _page(self, course: LearningCourse, form: TieForm) -> str:
        page = gather(guarded(), current_actor(), course)
        form.group_id.choices = [("", "выберите поток"), *page.groups]
        return render_template(
            "learning_course/page.html",
            shell=shell(("Данные из СДО", "/learning-sites/"), SECTION, (course.label, None)),
            page=page,
            form=form,
        )

    @expose("/for-group/<int:group_id>")
    def for_group(self, group_id: int) -> str:
        """Courses of the unit that keeps the group: those without a group first, the likest by name first of these."""
        group = group_of(guarded(), in_range(group_id))
        current_actor().require(Permission.LEARNING_SITE_WRITE)
        query = request.args.get("q", "")[:200]
        return render_template(
            "learning_course/for_group.html",
            shell=shell(("Потоки", "/training-groups/"), (group.title, f"/training-groups/{group.id}"), ("СДО", None)),
            group=group,
            query=query,
            courses=courses_for(guarded(), group, query),
        )

    @expose("/<int:record_id>/tie", methods=("POST",))
    def tie(self, record_id: int) -> Answer:
        """And, where the form says so, the results are read at once."""
        work, actor = guarded(), current_actor()
        course, form = learning_course.the_one(work, record_id), TieForm(request.form)
        if not form.validate():
            return self._page(course, form), 422
        site = sites.the_one(work, course.site_id)
        sites.require_keeper(actor, site)
        try:
            learning_course.tie(work, actor, course, form.group_id.data, version=form.seen_version)
        except (Invalid, Conflict) as refusal:
            work.rollback()
            form.show(refusal)
            return self._page(self.get_one(str(record_id)), form), 422 if isinstance(refusal, Invalid) else 409
        if request.form.get("pull") != "1":
            flash("Курс привязан к потоку.", "success")
            return redirect(f"/learning-courses/{record_id}")
        try:
            job = learning_pull.ask(work, actor, site, course=course, now=clock.now())
        except Refusal as refusal:
            flash(f"Курс привязан к потоку, но чтение не началось. {refusal.sentence}", "warning")
            return redirect(f"/learning-courses/{record_id}")
        return redirect(f"/jobs/{job.id}")

    @expose("/<int:record_id>/untie", methods=("POST",))
    def untie(self, record_id: int) -> Answer:
        work, actor = guarded(), current_actor()
        course, form = learning_course.the_one(work, record_id), TieForm(request.form)
        sites.require_keeper(actor, sites.the_one(work, course.site_id))
        learning_course.untie(work, actor, course, version=form.seen_version)
        flash("Курс отвязан от потока. То, что взято раньше, в потоке осталось.", "success")
        return redirect(f"/learning-courses/{record_id}")
