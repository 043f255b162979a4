"""Experts of a sheet: given to whom, and the values agreed with them once all have handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from flask_admin import expose

from app.admin.assessment_page import Answer
from app.forms.assessment import ExpertsForm, ValueForm
from app.models import Assessment, Expertise
from app.policies.refusal import NotFound
from app.services import clock, expertise
from app.web.session import current_actor, guarded


class AssessmentExperts:
    """The part of the view of sheets that leads an expertise; the rest is the view's."""

    get_one: Callable[[str], Any]
    _done: Callable[..., Answer]
    _value: Callable[[int, int, ValueForm, str, Callable[[Assessment], None]], Answer]

    @expose("/<int:record_id>/experts", methods=("POST",))
    def assign_experts(self, record_id: int) -> Answer:
        form = ExpertsForm(request.form)

        def act(assessment: Assessment) -> str:
            chosen = [number for number in form.user_ids.data or [] if number]
            made = expertise.assign(guarded(), current_actor(), assessment, chosen, now=clock.now())
            return f"Экспертиза поручена: {', '.join(one.expert_name for one in made)}."

        return self._done(record_id, act, "#experts")

    @expose("/<int:record_id>/experts/<int:expertise_id>/unassign", methods=("POST",))
    def unassign_expert(self, record_id: int, expertise_id: int) -> Answer:
        def act(assessment: Assessment) -> str:
            found = guarded().get(Expertise, expertise_id)
            if found is None or found.assessment_id != assessment.id:
                raise NotFound
            name = found.expert_name
            expertise.unassign(guarded(), current_actor(), found)
            return f"С листа снят эксперт: {name}."

        return self._done(record_id, act, "#experts")

    @expose("/<int:record_id>/criteria/<int:criterion_id>/agree", methods=("POST",))
    def agree(self, record_id: int, criterion_id: int) -> Answer:
        form = ValueForm(request.form)

        def act(assessment: Assessment) -> None:
            expertise.agree(
                guarded(),
                current_actor(),
                assessment,
                criterion_id,
                form.number(),
                form.is_na,
                form.comment.data or "",
                version=form.version.data,
                now=clock.now(),
            )

        return self._value(record_id, criterion_id, form, "agree", act)

    @expose("/<int:record_id>/agree-equal", methods=("POST",))
    def agree_equal(self, record_id: int) -> Answer:
        def act(assessment: Assessment) -> str:
            agreed = expertise.agree_equal(guarded(), current_actor(), assessment, now=clock.now())
            return f"Согласовано критериев: {agreed}."

        return self._done(record_id, act, "#experts")
