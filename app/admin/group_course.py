"""The course itself: attendance by days, results, documents."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.asked import in_range
from app.admin.trainee_acts import Answer, chosen, group_crumbs, the_group, told
from app.admin.trainee_rows import Trainee, trainees_of
from app.forms.enrolment import IssueForm, ResultRows
from app.models import TrainingGroup
from app.models.enumeration_of_training import EnrolmentStatus, GroupStatus, TrainingResult
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import certificate_issue, clock, enrolment_attendance, enrolment_order
from app.services.certificate_issue import Numbers
from app.services.enrolment_access import require_group
from app.services.enrolment_attendance import Grid
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

RUNNING = (GroupStatus.STUDYING, GroupStatus.FINISHED)
JUDGED = frozenset({EnrolmentStatus.STUDYING, EnrolmentStatus.COMPLETED})
WORDS = {"": None, "1": True, "0": False}


class GroupCourse:
    """The part of the view of a group's people that goes from the first lesson to the document."""

    @expose("/<int:group_id>/attendance", methods=("GET", "POST"))
    def attendance(self, group_id: int) -> Answer:
        """A grid of people and days. `all` marks as present everyone who is not marked on that day yet."""
        group = the_group(in_range(group_id))
        found = enrolment_attendance.grid(guarded(), current_actor(), group)
        if request.method == "GET":
            return self._grid(group, found)
        whole_day = request.form.get("all", "")
        marks = {}
        for row in found.rows:
            for day in found.days:
                word = request.form.get(f"mark-{row.enrolment.id}-{day.id}")
                if word not in WORDS or not row.may_mark:
                    continue
                mark = WORDS[word]
                marks[row.enrolment.id, day.id] = True if mark is None and whole_day == str(day.id) else mark
        try:
            count = enrolment_attendance.mark(guarded(), current_actor(), group, marks, today=today())
        except Invalid as refusal:
            guarded().rollback()
            group = the_group(in_range(group_id))
            found = enrolment_attendance.grid(guarded(), current_actor(), group)
            return self._grid(group, found, refusal.sentence), 422
        flash(f"Отметок записано: {count}." if count else "Изменений нет.", "success")
        return redirect(f"/training-groups/{group_id}/attendance")

    @staticmethod
    def _grid(group: TrainingGroup, found: Grid, problem: str = "") -> str:
        day, actor = today(), current_actor()
        keeps = actor.may(Permission.ENROLMENT_KEEP) and actor.unit_id in {group.org_unit_id, group.region_id}
        return render_template(
            "enrolment/attendance.html",
            shell=shell(*group_crumbs(group), ("Посещаемость", None)),
            group=group,
            grid=found,
            may_mark=keeps and group.status in RUNNING,
            held={one.id for one in found.days if one.held_on <= day},
            typed=request.form,
            problem=problem,
        )

    @expose("/<int:group_id>/results", methods=("GET", "POST"))
    def results(self, group_id: int) -> Answer:
        """«Зачтено» completes the course; what is left as it was is not touched."""
        group, actor = the_group(in_range(group_id)), current_actor()
        actor.require(Permission.ENROLMENT_KEEP)
        rows = self._judged(group)
        if request.method == "GET":
            return self._results(group, rows, {})
        typed = ResultRows(request.form, [row.enrolment.id for row in rows])
        if typed.errors:
            return self._results(group, rows, typed.errors), 422
        if not typed.rows:
            raise Invalid("Отметьте результат хотя бы одного человека.")
        verdicts = enrolment_order.set_results(guarded(), actor, group, typed.rows, today=today())
        if not verdicts:
            flash("Изменений нет.", "success")
            return redirect(f"/training-groups/{group_id}/results")
        return told(group, "Результаты обучения", verdicts)

    @staticmethod
    def _judged(group: TrainingGroup) -> list[Trainee]:
        require_group(group, *RUNNING)
        return [row for row in trainees_of(guarded(), group, sees_all=False) if row.enrolment.status in JUDGED]

    @staticmethod
    def _results(group: TrainingGroup, rows: list[Trainee], errors: dict[int, str]) -> str:
        return render_template(
            "enrolment/results.html",
            shell=shell(*group_crumbs(group), ("Результаты", None)),
            group=group,
            rows=rows,
            results=list(TrainingResult),
            day=min(group.ends_on, today()).isoformat(),
            latest=today().isoformat(),
            typed=request.form,
            errors=errors,
            back=f"/training-groups/{group.id}",
        )

    @expose("/<int:group_id>/issue", methods=("GET", "POST"))
    def issue(self, group_id: int) -> Answer:
        """Documents for those who have completed, numbered one after the other in the order of the list."""
        group, actor = the_group(in_range(group_id)), current_actor()
        actor.require(Permission.ENROLMENT_KEEP)
        require_group(group, *RUNNING)
        if request.method == "GET":
            return self._issue(group, self._blank(group, today()))
        form = IssueForm(request.form)
        if not form.validate():
            return self._issue(group, form), 422
        try:
            verdicts = certificate_issue.issue(
                guarded(),
                actor,
                group,
                chosen(),
                numbers=form.numbers,
                issued_on=form.issued_on.data,
                now=clock.now(),
                today=today(),
            )
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._issue(the_group(in_range(group_id)), form), 422
        return told(group, "Выдача документов", verdicts)

    @staticmethod
    def _blank(group: TrainingGroup, day: date) -> IssueForm:
        proposed: Numbers = certificate_issue.proposed_number(guarded(), current_actor(), group, today=day)
        return IssueForm(
            series=proposed.series, number=proposed.number, registration=proposed.registration, issued_on=day
        )

    @staticmethod
    def _issue(group: TrainingGroup, form: IssueForm) -> str:
        rows = [
            row
            for row in trainees_of(guarded(), group, sees_all=False)
            if row.enrolment.status is EnrolmentStatus.COMPLETED
        ]
        ticked: set[Any] = set(request.form.getlist("id"))
        keys = [(row, f"{row.enrolment.id}:{row.enrolment.version}") for row in rows]
        return render_template(
            "enrolment/issue.html",
            shell=shell(*group_crumbs(group), ("Выдать документы", None)),
            group=group,
            form=form,
            rows=[(row, key, not request.form or key in ticked) for row, key in keys],
            back=f"/training-groups/{group.id}",
        )
