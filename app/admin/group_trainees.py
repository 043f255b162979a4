"""What is done with the people of a training group: applications, decisions, the order that enrols them."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_admin import expose

from app.admin.asked import asked_number, in_range
from app.admin.enrolment_of_group import BUTTONS
from app.admin.group_annex import GroupAnnex
from app.admin.group_course import GroupCourse
from app.admin.page_view import PageView
from app.admin.trainee_acts import Answer, chosen, group_crumbs, the_group, told
from app.admin.unit_names import municipality_options
from app.forms.base import row_number
from app.forms.enrolment import EnrolForm, ReasonForm
from app.models import Programme, TrainingGroup
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import GroupStatus
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import clock, enrolment, enrolment_order, group_seats
from app.services.enrolment_candidates import candidates
from app.services.enrolment_fit import closed_for
from app.web.session import current_actor, guarded, today
from app.web.shell import shell
from app.workflows.enrolment import WORKFLOW

LONGEST_QUERY = 200
MOST_PEOPLE = 1000
TITLES = {
    "apply": "Подача заявок",
    "begin": "Начало обучения",
    "admit": "Лист ожидания",
    "put_off": "Перевод в лист ожидания",
    "reopen": "Возвращение к обучению",
    "withdraw": "Отзыв заявок",
    "refuse": "Отказ в зачислении",
    "drop": "Отчисление",
    "miss": "Неявка на обучение",
}


class GroupTraineesView(GroupCourse, GroupAnnex, PageView):
    """Stands beside the register of groups, at the same prefix, under an endpoint of its own."""

    closed = "Слушатели потоков не открыты для ваших полномочий."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "apply"
        super().__init__(name="Слушатели потока", endpoint="group_trainees", url="/training-groups")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.ENROLMENT_READ)

    @expose("/<int:group_id>/apply", methods=("GET", "POST"))
    def apply(self, group_id: int) -> Answer:
        """Own people who fit and are not in the group yet; the ticked ones are applied for, or planned."""
        actor = current_actor()
        actor.require(Permission.ENROLMENT_APPLY)
        group = the_group(in_range(group_id))
        if request.method == "GET":
            return self._candidates(group)
        people = [found for raw in request.form.getlist("person")[:MOST_PEOPLE] if (found := row_number(raw))]
        send = enrolment.plan if request.form.get("act") == "plan" else enrolment.apply
        try:
            verdicts = send(
                guarded(),
                actor,
                group,
                people,
                requirement_id=row_number(request.form.get("requirement")),
                now=clock.now(),
                today=today(),
            )
        except Invalid as refusal:
            guarded().rollback()
            return self._candidates(the_group(in_range(group_id)), refusal.sentence), 422
        return told(group, "Подача заявок", verdicts)

    def _candidates(self, group: TrainingGroup, problem: str = "") -> str:
        actor, day = current_actor(), today()
        query = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
        town = asked_number("municipality")
        found = candidates(
            guarded(),
            actor,
            group,
            today=day,
            query=query,
            municipality_id=town,
            also=[number for raw in request.args.getlist("staff")[:MOST_PEOPLE] if (number := row_number(raw))],
        )
        return render_template(
            "enrolment/apply.html",
            shell=shell(*group_crumbs(group), ("Подать заявку", None)),
            group=group,
            programme=guarded().get(Programme, group.programme_id),
            seats=group_seats.seats(guarded(), [group.id])[group.id],
            closed=closed_for(group, day),
            may_plan=group.status in {GroupStatus.DRAFT, GroupStatus.OPEN},
            found=found,
            query=query,
            town=town,
            towns=municipality_options() if actor.unit_kind is UnitKind.REGION else (),
            ticked={row_number(raw) for raw in (request.form.getlist("person") or request.args.getlist("staff"))},
            requirement=row_number(request.values.get("requirement")) or "",
            problem=problem,
            back=f"/training-groups/{group.id}",
        )

    @expose(
        "/<int:group_id>/trainees/<any(apply, begin, admit, put_off, reopen, withdraw, refuse, drop, miss):action>",
        methods=("POST",),
    )
    def act(self, group_id: int, action: str) -> Answer:
        """Where a reason is needed it is asked first. Each row's refusal is its verdict; the others go on."""
        group = the_group(in_range(group_id))
        current_actor().require(WORKFLOW[action].permission)
        ticked = chosen()
        form = ReasonForm(request.form if "note" in request.form else None)
        if WORKFLOW[action].note_required and ("note" not in request.form or not form.validate()):
            page = self._asked(group, action, form, ticked)
            return (page, 422) if "note" in request.form else page
        verdicts = enrolment.act_many(
            guarded(), current_actor(), action, ticked, note=form.note.data or "", now=clock.now(), today=today()
        )
        return told(group, TITLES[action], verdicts)

    @expose("/<int:group_id>/trainees/admit-next", methods=("POST",))
    def admit_next(self, group_id: int) -> Answer:
        """The free seats go to the first of the waiting list."""
        group = the_group(in_range(group_id))
        verdicts = enrolment.admit_next(guarded(), current_actor(), group, today=today())
        return told(group, TITLES["admit"], verdicts)

    @expose("/<int:group_id>/enrol", methods=("POST",))
    def enrol(self, group_id: int) -> Answer:
        """Asks for the order first, then enrols each by it."""
        group = the_group(in_range(group_id))
        current_actor().require(Permission.ENROLMENT_KEEP)
        ticked = chosen()
        form = EnrolForm(request.form if "act" in request.form else None, day=group.starts_on)
        if "act" not in request.form:
            return self._asked(group, "enrol", form, ticked)
        if not form.validate():
            return self._asked(group, "enrol", form, ticked), 422
        try:
            verdicts = enrolment_order.enrol_many(
                guarded(), current_actor(), group, ticked, act=form.act.data or "", day=form.day.data
            )
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._asked(the_group(in_range(group_id)), "enrol", form, ticked), 422
        return told(group, "Зачисление приказом", verdicts)

    @staticmethod
    def _asked(group: TrainingGroup, action: str, form: Any, ticked: list[tuple[int, int | None]]) -> str:
        """What is to be said before it is done: a reason, or the order."""
        step = "enrol" if action == "enrol" else f"trainees/{action}"
        label = BUTTONS[action][0].rstrip("…")
        return render_template(
            "enrolment/ask.html",
            shell=shell(*group_crumbs(group), (TITLES.get(action, "Зачисление приказом"), None)),
            title=TITLES.get(action, "Зачисление приказом"),
            group=group,
            form=form,
            keys=[f"{number}:{version}" if version else str(number) for number, version in ticked],
            action=f"/training-groups/{group.id}/{step}",
            label=label,
            danger=BUTTONS[action][1],
            back=f"/training-groups/{group.id}",
        )
