"""Training requirements: the register, the draft on its way into force, the page of a requirement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, redirect, render_template, request
from flask_admin import expose

from app.admin.training_coverage_words import (
    clause_words,
    counts_words,
    crumbs,
    forecast_words,
    is_alarming,
    maker_name,
    parts_of,
    positions_words,
    unit_words,
)
from app.admin.training_requirement_draft import Answer, TrainingRequirementDraftPages
from app.admin.training_requirement_register import LISTING
from app.excel.training_requirement import SHEET
from app.forms.base import row_number
from app.models import Order, OrderPoint, TrainingRequirement, TrainingTopic
from app.models.enumeration_of_training import CoverageCount, PositionKind, RequirementStatus
from app.policies.permission import Permission
from app.policies.refusal import Invalid
from app.services import training_requirement as requirements
from app.services.training_coverage import coverage
from app.web.session import current_actor, guarded, today
from app.web.shell import shell
from app.workflows.training_requirement import WORKFLOW, by_maker


class TrainingRequirementView(TrainingRequirementDraftPages):
    model_class = TrainingRequirement
    read = Permission.REQUIREMENT_READ
    write = Permission.REQUIREMENT_WRITE
    listing = LISTING
    sheet = SHEET
    section = "training"
    title = "Охват обучением"
    lead = "Кого и к какому дню нужно обучить, сколько уже обучено и кто остался."
    empty: ClassVar[tuple[str, str]] = (
        "Требований пока нет",
        "Здесь появится требование, когда его поставит регион или муниципалитет: кого и к какому дню обучить.",
    )
    primary: ClassVar[tuple[str, str, Permission] | None] = (
        "Новое требование",
        "training_requirement.create_view",
        Permission.REQUIREMENT_WRITE,
    )

    def sheet_row(self, row: Any) -> Sequence[object]:
        return (
            row.title,
            row.status.label,
            row.holder,
            row.topic,
            ", ".join(PositionKind(value).label for value in row.positions),
            CoverageCount(row.counts).label,
            row.starts_on,
            row.due_on,
            row.min_hours,
            "засчитываются" if row.accepts_valid else "нет",
            row.basis,
        )

    @staticmethod
    def rule_of(held: TrainingRequirement) -> list[str]:
        return clause_words(guarded(), current_actor(), held)

    @expose("/<int:record_id>")
    def one(self, record_id: int) -> Answer:
        """A draft opens for work, a requirement in force with its figures."""
        held = self._requirement(record_id)
        return self.draft_page(held) if held.status is RequirementStatus.DRAFT else self._page(held)

    def _page(self, held: TrainingRequirement, problem: str = "") -> str:
        session, actor = guarded(), current_actor()
        found = coverage(session, actor, held, today=today())
        bound = self._bound(held)
        is_maker = by_maker(held, actor) is None and actor.may(Permission.REQUIREMENT_WRITE)
        return render_template(
            "training_requirement/page.html",
            shell=shell(*crumbs(held)),
            held=held,
            topic=session.get_one(TrainingTopic, held.topic_id),
            maker=maker_name(session, actor, held),
            positions=positions_words(held),
            counts=counts_words(held.counts),
            rule=self.rule_of(held),
            figures=found.figures,
            parts=parts_of(found.figures),
            whole=unit_words(found.counts, found.total),
            forecast=forecast_words(found.forecast, held),
            alarming=is_alarming(found.forecast),
            bound=bound,
            is_maker=is_maker,
            points=requirements.points_to_bind(session, actor, held) if is_maker else (),
            acts=WORKFLOW.possible(held, actor),
            may_apply=actor.may(Permission.ENROLMENT_APPLY) and held.status is RequirementStatus.ACTIVE,
            may_export=actor.may(Permission.EXPORT),
            problem=problem,
        )

    @staticmethod
    def _bound(held: TrainingRequirement) -> tuple[Order, OrderPoint] | None:
        """The order's point, where the reader sees the order."""
        point = guarded().get(OrderPoint, held.order_point_id) if held.order_point_id is not None else None
        return None if point is None else (guarded().get_one(Order, point.order_id), point)

    @expose("/<int:record_id>/close", methods=("POST",))
    def close(self, record_id: int) -> Answer:
        return self._acted(record_id, "close")

    @expose("/<int:record_id>/reopen", methods=("POST",))
    def reopen(self, record_id: int) -> Answer:
        return self._acted(record_id, "reopen")

    def _acted(self, record_id: int, action: str) -> Answer:
        held = self._requirement(record_id)
        note = request.form.get("note", "")
        try:
            if action == "close":
                requirements.close(guarded(), current_actor(), held, note=note)
            else:
                requirements.reopen(guarded(), current_actor(), held, note=note)
        except Invalid as refusal:
            guarded().rollback()
            return self._page(self._requirement(record_id), refusal.sentence), 422
        flash("Требование закрыто." if action == "close" else "Требование снова действует.", "success")
        return redirect(f"/training-requirements/{record_id}")

    @expose("/<int:record_id>/bind", methods=("POST",))
    def bind(self, record_id: int) -> Answer:
        """An empty choice takes the binding off."""
        held = self._requirement(record_id)
        try:
            point = requirements.bind_point(
                guarded(), current_actor(), held, row_number(request.form.get("order_point_id"))
            )
        except Invalid as refusal:
            guarded().rollback()
            return self._page(self._requirement(record_id), refusal.sentence), 422
        flash(
            "Связь с распоряжением снята." if point is None else f"Пункт {point.label} показывает этот охват.",
            "success",
        )
        return redirect(f"/training-requirements/{record_id}#point")
