"""The proposal that fills the seats of open groups: shown, corrected by the coordinator, accepted or left."""

from __future__ import annotations

from flask import render_template, request
from flask_admin import expose

from app.admin.page_view import PageView
from app.admin.training_coverage import requirement_of
from app.admin.training_coverage_words import crumbs
from app.forms.base import row_number
from app.models import TrainingRequirement
from app.models.enumeration_of_training import CoverageCount
from app.policies.permission import Permission
from app.policies.refusal import Invalid, WrongState
from app.services import clock, training_proposal
from app.web.session import current_actor, guarded, today
from app.web.shell import shell


class TrainingProposalView(PageView):
    """Stands beside the register of requirements, at the same prefix, under an endpoint of its own."""

    closed = "Заявки на обучение подаёт координатор обучения."

    def __init__(self) -> None:
        # Flask-Admin wants an address «/» of each view; here it belongs to the register.
        self._default_view = "proposal"
        super().__init__(name="Распределение по потокам", endpoint="training_proposal", url="/training-requirements")

    def is_visible(self) -> bool:
        return False

    def is_accessible(self) -> bool:
        actor = current_actor()
        return actor.may(Permission.REQUIREMENT_READ) and actor.may(Permission.ENROLMENT_APPLY)

    @expose("/<int:requirement_id>/proposal", methods=("GET", "POST"))
    def proposal(self, requirement_id: int) -> str | tuple[str, int]:
        """A GET writes nothing; a POST applies for those who stayed ticked, each with a verdict."""
        held = requirement_of(requirement_id)
        if request.method == "GET":
            return _page(held)
        try:
            sent = training_proposal.accept(guarded(), current_actor(), held, _chosen(), now=clock.now(), today=today())
        except (Invalid, WrongState) as refusal:
            guarded().rollback()
            page = _page(requirement_of(requirement_id), refusal.sentence)
            return page, 409 if isinstance(refusal, WrongState) else 422
        return render_template(
            "training_coverage/verdicts.html",
            shell=shell(*crumbs(held, "Заявки")),
            held=held,
            sent=[(group_id, title, verdicts) for (group_id, title), verdicts in sent.items()],
            verdicts=[verdict for each in sent.values() for verdict in each],
        )


def _chosen() -> dict[int, list[int]]:
    """«group:person» of the boxes that stayed ticked."""
    found: dict[int, list[int]] = {}
    for raw in request.form.getlist("seat"):
        group_id, person_id = (row_number(part) for part in (*raw.split(":", 1), "")[:2])
        if group_id and person_id:
            found.setdefault(group_id, []).append(person_id)
    return found


def _page(held: TrainingRequirement, problem: str = "") -> str:
    made = training_proposal.propose(guarded(), current_actor(), held, today=today())
    return render_template(
        "training_proposal/page.html",
        shell=shell(*crumbs(held, "Распределение по потокам")),
        held=held,
        made=made,
        each_counts=held.counts is CoverageCount.PEOPLE,
        problem=problem,
        may_propose=True,
    )
