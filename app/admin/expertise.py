"""An expert's work: the sheets given to them, and the page of one with a value and a comment for each criterion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request
from flask_admin import expose
from werkzeug.wrappers import Response

from app.admin.asked import in_range
from app.admin.expertise_page import ExpertisePage, typed_scores
from app.admin.page_view import PageView
from app.forms.expertise import HandInForm, TakeBackForm
from app.models import Expertise
from app.models.enumeration import ExpertiseStatus
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotPermitted
from app.services import clock, expertise
from app.services.expertise import TypedScore
from app.services.expertise_sheet import expert_sheet
from app.web.session import current_actor, guarded, today
from app.web.shell import shell

Answer = str | Response | tuple[str, int]


class ExpertiseView(PageView):
    closed = "Экспертиза открыта экспертам и тем, кто проверяет листы."

    def __init__(self) -> None:
        super().__init__(name="Экспертиза", endpoint="expertise", url="/expertises")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        return current_actor().may(Permission.EXPERTISE_WRITE) or current_actor().may(Permission.EXPERTISE_ASSIGN)

    @expose("/")
    def index(self) -> str:
        """Mine; who only leads experts finds theirs on the sheets."""
        actor = current_actor()
        mine = expertise.my_expertises(guarded(), actor) if actor.may(Permission.EXPERTISE_WRITE) else []
        return render_template(
            "expertise/list.html",
            shell=shell(("Экспертиза", None)),
            mine=mine,
            waiting=sum(one.is_waiting for one in mine),
            is_expert=actor.may(Permission.EXPERTISE_WRITE),
            local=_local,
        )

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> str:
        return self._page(_found(record_id))

    @expose("/<int:record_id>/scores", methods=("POST",))
    def save(self, record_id: int) -> Answer:
        return self._write(record_id, hands_in=False)

    @expose("/<int:record_id>/hand-in", methods=("POST",))
    def hand_in(self, record_id: int) -> Answer:
        """Saves what stands in the page and ends the expertise with it."""
        return self._write(record_id, hands_in=True)

    @expose("/<int:record_id>/take-back", methods=("POST",))
    def take_back(self, record_id: int) -> Answer:
        found = _found(record_id)
        form = TakeBackForm(request.form)
        try:
            expertise.take_back(guarded(), current_actor(), found, form.note.data or "")
        except Invalid as refusal:
            guarded().rollback()
            form.show(refusal)
            return self._page(_found(record_id), take_back_form=form), 422
        flash("Экспертиза снова открыта: исправьте значения и сдайте её.", "success")
        return redirect(f"/expertises/{record_id}")

    def _write(self, record_id: int, *, hands_in: bool) -> Answer:
        found = _found(record_id)
        form, problems = HandInForm(request.form), dict[int, str]()
        typed = typed_scores(expert_sheet(guarded(), found), request.form, problems)
        refused = not form.validate() or bool(problems)
        try:
            if not refused:
                self._keep(found, typed, form if hands_in else None)
        except Invalid as refusal:
            guarded().rollback()
            refused = True
            number = (refusal.field or "").removeprefix("c")
            if number.isdecimal():
                problems[int(number)] = refusal.sentence
            else:
                form.show(refusal)
        if refused:
            return self._page(_found(record_id), hand_in_form=form, problems=problems, typed=request.form), 422
        flash("Экспертиза сдана." if hands_in else "Значения сохранены.", "success")
        return redirect(f"/expertises/{record_id}")

    @staticmethod
    def _keep(found: Expertise, typed: Mapping[int, TypedScore], handed_in: HandInForm | None) -> None:
        session, actor = guarded(), current_actor()
        expertise.score_many(session, actor, found, typed)
        if handed_in is not None:
            conclusion, partial = handed_in.conclusion.data or "", bool(handed_in.partial.data)
            expertise.hand_in(session, actor, found, conclusion, now=clock.now(), partial=partial)

    def _page(self, found: Expertise, **given: Any) -> str:
        actor = current_actor()
        sheet = expert_sheet(guarded(), found)
        page = ExpertisePage(sheet, actor, typed=given.get("typed"), problems=given.get("problems") or {})
        label = sheet.held.unit.label
        return render_template(
            "expertise/page.html",
            shell=shell(("Экспертиза", "/expertises/"), (label, None)),
            page=page,
            sheet=sheet,
            one=found,
            hand_in_form=given.get("hand_in_form") or HandInForm(conclusion=found.conclusion),
            take_back_form=given.get("take_back_form") or TakeBackForm(),
            local=_local,
            today=today(),
        )


def _found(record_id: int) -> Expertise:
    """Until it is handed in it is its expert's; then whoever leads experts reads it too. That it exists is no secret
    to those who see the sheet.
    """
    found = expertise.the_expertise(guarded(), in_range(record_id))
    actor = current_actor()
    if found.user_id == actor.user_id:
        return found
    if found.status is not ExpertiseStatus.HANDED_IN:
        raise NotPermitted("Экспертиза ещё не сдана: до этого её видит только сам эксперт.")
    if expertise.owes(guarded(), actor, found.assessment_id):
        raise NotPermitted("Сначала сдайте свою экспертизу этого листа: эксперты судят независимо друг от друга.")
    if not actor.may(Permission.EXPERTISE_ASSIGN):
        raise NotPermitted("Это экспертиза другого эксперта.")
    return found


def _local(moment: Any) -> str:
    return f"{clock.local(moment, current_actor().time_zone):%d.%m.%Y %H:%M}" if moment else ""
