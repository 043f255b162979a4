"""What is done to a training group: opened, started, finished, taken up again, cancelled; and its days of lessons."""

from __future__ import annotations

from flask import flash, redirect, request
from flask_admin import expose

from app.admin.cells import plural
from app.admin.training_group_page import Answer, TrainingGroupPages
from app.forms.programme import said
from app.forms.training_group import SessionForm
from app.policies.refusal import Invalid, Refusal, WrongState
from app.services import training_group as groups
from app.web.session import current_actor, guarded, today


class TrainingGroupCoursePages(TrainingGroupPages):
    """Part of `TrainingGroupView`."""

    @expose("/<int:record_id>/open", methods=("POST",))
    def open(self, record_id: int) -> Answer:
        try:
            groups.open_group(guarded(), current_actor(), self.group(record_id))
        except WrongState as refusal:
            return self._refused(record_id, refusal)
        flash("Набор открыт: поток видят школы и муниципалитеты и могут подавать заявки.", "success")
        return redirect(f"/training-groups/{record_id}")

    @expose("/<int:record_id>/start", methods=("POST",))
    def start(self, record_id: int) -> Answer:
        try:
            count = groups.start(guarded(), current_actor(), self.group(record_id))
        except WrongState as refusal:
            return self._refused(record_id, refusal)
        flash(f"Обучение началось: {people(count)}.", "success")
        return redirect(f"/training-groups/{record_id}")

    @expose("/<int:record_id>/finish", methods=("POST",))
    def finish(self, record_id: int) -> Answer:
        try:
            left = groups.finish(guarded(), current_actor(), self.group(record_id), today=today())
        except WrongState as refusal:
            return self._refused(record_id, refusal)
        flash("Поток завершён." + (f" Отказано в оставшихся заявках: {left}." if left else ""), "success")
        return redirect(f"/training-groups/{record_id}")

    @expose("/<int:record_id>/resume", methods=("POST",))
    def resume(self, record_id: int) -> Answer:
        note = request.form.get("note", "")
        try:
            groups.resume(guarded(), current_actor(), self.group(record_id), note=note)
        except Invalid as refusal:
            return self._refused(record_id, refusal, "resume", note)
        flash("Поток возвращён в обучение.", "success")
        return redirect(f"/training-groups/{record_id}")

    @expose("/<int:record_id>/cancel", methods=("POST",))
    def cancel(self, record_id: int) -> Answer:
        note = request.form.get("note", "")
        try:
            left = groups.cancel(guarded(), current_actor(), self.group(record_id), note=note, today=today())
        except (Invalid, WrongState) as refusal:
            return self._refused(record_id, refusal, "cancel", note)
        flash("Поток отменён." + (f" Заявителям отказано, слушатели отчислены: {left}." if left else ""), "success")
        return redirect(f"/training-groups/{record_id}")

    # ── days ─────────────────────────────────────────────────────────────────────────────────────────

    @expose("/<int:record_id>/sessions", methods=("POST",))
    def session_add(self, record_id: int) -> Answer:
        group, form = self.group(record_id), SessionForm(request.form)
        if not form.validate():
            return self.page_of(group, status=422, day=form)
        try:
            groups.add_session(
                guarded(),
                current_actor(),
                group,
                held_on=form.day,
                title=said(form.title.data),
                hours=form.hours.data or 0,
            )
        except Invalid as refusal:
            form.show(refusal)
            return self.page_of(self.again(record_id), status=422, day=form)
        flash(f"Занятие {form.day:%d.%m.%Y} добавлено.", "success")
        return redirect(f"/training-groups/{record_id}#sessions")

    @expose("/<int:record_id>/sessions/<int:session_id>/delete", methods=("POST",))
    def session_delete(self, record_id: int, session_id: int) -> Answer:
        try:
            groups.remove_session(guarded(), current_actor(), self.group(record_id), session_id)
        except WrongState as refusal:
            return self._refused(record_id, refusal)
        flash("Занятие убрано.", "success")
        return redirect(f"/training-groups/{record_id}#sessions")

    def _refused(self, record_id: int, refusal: Refusal, action: str = "", note: str = "") -> Answer:
        status = 422 if isinstance(refusal, Invalid) else 409
        problem = refusal.sentence
        return self.page_of(self.again(record_id), status=status, problem=problem, problem_of=action, note=note)


def people(count: int) -> str:
    return f"{count} {plural(count, 'слушатель', 'слушателя', 'слушателей')}"
