"""Trainees: the register, and the page of one person's way through one group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from flask import flash, redirect, render_template, request
from flask_admin import expose
from sqlalchemy import select

from app.admin.enrolment_of_group import BUTTONS, ONLY_WHILE
from app.admin.enrolment_register import GROUP, LISTING, PROGRAMME, PROVIDER, PROVIDER_NAME
from app.admin.record_view import RecordView
from app.admin.trainee_acts import Answer
from app.admin.training_deeds import deeds_of
from app.excel.enrolment import SHEET
from app.forms.base import row_number
from app.forms.enrolment import ReasonForm
from app.models import Enrolment, StaffMember, TrainingGroup, TrainingRequirement
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound
from app.services import certificate_issue, clock, enrolment, enrolment_attendance
from app.web.session import current_actor, guarded, today
from app.web.shell import shell
from app.workflows.enrolment import WORKFLOW

DEEDS = {
    "create": ("Внесён", "enrolment-applied"),
    "plan": ("Запланирован", "enrolment-planned"),
    "apply": ("Подана заявка", "enrolment-applied"),
    "queue": ("Поставлен в лист ожидания", "enrolment-waiting"),
    "withdraw": ("Заявка отозвана", "enrolment-withdrawn"),
    "put_off": ("Переведён в лист ожидания", "enrolment-waiting"),
    "admit": ("Взят из листа ожидания", "enrolment-applied"),
    "refuse": ("Отказано", "enrolment-refused"),
    "enrol": ("Зачислен", "enrolment-enrolled"),
    "begin": ("Начал обучение", "enrolment-studying"),
    "result": ("Записан результат", "enrolment-studying"),
    "complete": ("Завершил обучение", "enrolment-completed"),
    "certify": ("Выдан документ", "enrolment-certified"),
    "uncertify": ("Документ аннулирован", "enrolment-completed"),
    "reopen": ("Возвращён к обучению", "enrolment-studying"),
    "drop": ("Отчислен", "enrolment-dropped"),
    "miss": ("Не явился", "enrolment-no_show"),
}
_COURSE = (
    select(
        GROUP.c.id,
        GROUP.c.title,
        GROUP.c.status,
        GROUP.c.starts_on,
        GROUP.c.ends_on,
        PROGRAMME.c.id.label("programme_id"),
        PROGRAMME.c.title.label("programme"),
        PROGRAMME.c.hours,
        PROVIDER_NAME.label("provider"),
    )
    .select_from(Enrolment)
    .join(GROUP, GROUP.c.id == Enrolment.group_id)
    .join(PROGRAMME, PROGRAMME.c.id == GROUP.c.programme_id)
    .join(PROVIDER, PROVIDER.c.id == Enrolment.provider_unit_id)
)


class EnrolmentView(RecordView):
    model_class = Enrolment
    read = Permission.ENROLMENT_READ
    listing = LISTING
    sheet = SHEET
    section = "training"
    title = "Слушатели"
    lead = "Кто заявлен, зачислен, учится и завершил: по всем потокам, которые вам видны."
    empty: ClassVar[tuple[str, str]] = (
        "Слушателей нет",
        "Они появятся, когда организации подадут заявки на открытые потоки.",
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        zone = current_actor().time_zone
        return (
            row.municipality,
            row.unit,
            row.person,
            row.position,
            row.group,
            row.programme,
            row.provider,
            row.starts_on,
            row.ends_on,
            row.status.label,
            clock.local(row.applied_at, zone) if row.applied_at else None,
            row.enrolled_on,
            row.enrolment_act,
            row.result.label if row.result else "",
            row.grade,
            row.completed_on,
            row.left_on,
            row.left_reason,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        return self._page(self.get_one(str(record_id)))

    @expose(
        "/<int:record_id>/<any(apply, begin, admit, put_off, reopen, withdraw, refuse, drop, miss):action>",
        methods=("POST",),
    )
    def act(self, record_id: int, action: str) -> Answer:
        """One act on one person; a refusal stands on the page with what was typed."""
        found = self.get_one(str(record_id))
        form = ReasonForm(request.form)
        if WORKFLOW[action].note_required and not form.validate():
            return self._page(found, action, form), 422
        version = row_number(request.form.get("version"))
        try:
            (verdict,) = enrolment.act_many(
                guarded(),
                current_actor(),
                action,
                [(found.id, version)],
                note=form.note.data or "",
                now=clock.now(),
                today=today(),
            )
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._page(self.get_one(str(record_id)), action, form), 422
        if not verdict.ok:
            raise Conflict(verdict.sentence)
        flash(verdict.sentence, "success")
        return redirect(f"/enrolments/{record_id}")

    @staticmethod
    def _page(one: Enrolment, opened: str = "", form: ReasonForm | None = None) -> str:
        actor, session = current_actor(), guarded()
        person = session.get(StaffMember, one.staff_member_id)
        if person is None:
            raise NotFound
        # Labels: a provider is not shown the groups of others, where its own people may study.
        course = session.execute(_COURSE.where(Enrolment.id == one.id)).one()
        acts = [
            {"action": step.action, "label": BUTTONS[step.action][0].rstrip("…"), "danger": BUTTONS[step.action][1]}
            | {"asks": step.note_required}
            for step in WORKFLOW.possible(one, actor)
            if step.action in enrolment.ACTIONS
            and (step.action not in ONLY_WHILE or course.status in ONLY_WHILE[step.action])
        ]
        requirement = session.get(TrainingRequirement, one.requirement_id) if one.requirement_id else None
        return render_template(
            "enrolment/page.html",
            shell=shell(("Слушатели", "/enrolments/"), (person.label, None)),
            one=one,
            person=person,
            course=course,
            opens=session.get(TrainingGroup, one.group_id) is not None,
            requirement=requirement,
            applied=clock.local(one.applied_at, actor.time_zone) if one.applied_at else None,
            presence=enrolment_attendance.presence_of(session, [one.id]).get(one.id),
            document=certificate_issue.documents_of(session, [one.id]).get(one.id),
            acts=acts,
            opened=opened,
            form=form or ReasonForm(),
            history=deeds_of(session, actor, cast(Any, one), DEEDS),
        )
