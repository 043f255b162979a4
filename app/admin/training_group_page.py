"""What the page of a training group shows, gathered once; and the page itself, with whatever form is open in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import cast

from flask import render_template
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.admin import learning_of_group
from app.admin.cells import term_word
from app.admin.enrolment_of_group import block
from app.admin.record_view import RecordView
from app.admin.training_deeds import Deed, deeds_of
from app.admin.unit_names import UNIT_NAME, with_unit_names
from app.forms.training_group import SessionForm
from app.models import Programme, TrainingGroup, TrainingSession
from app.models.enumeration_of_training import GroupStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import training_group as groups
from app.services.group_seats import Seats, seats
from app.services.programme import USABLE, programme_of
from app.web.session import current_actor, guarded, today
from app.web.shell import shell
from app.workflows.engine import Transition
from app.workflows.training_group import WORKFLOW

Answer = str | Response | tuple[str, int]
SECTION = ("Потоки", "/training-groups/")
WORDS = {
    "create": ("Поток заведён", "group-draft"),
    "open": ("Набор открыт", "group-open"),
    "start": ("Обучение началось", "group-studying"),
    "finish": ("Обучение завершено", "group-finished"),
    "resume": ("Возвращён в обучение", "group-studying"),
    "cancel": ("Поток отменён", "group-cancelled"),
}


@dataclass
class GroupPage:
    group: TrainingGroup
    programme: Programme
    provider: str
    seats: Seats
    sessions: list[TrainingSession]
    deeds: list[Deed]
    acts: tuple[Transition, ...]
    keeps: bool
    # Why applications are not taken now, or until when they are; with the tone of the mark.
    applications: tuple[str, str]

    def may(self, action: str) -> bool:
        return any(step.action == action for step in self.acts)

    @property
    def may_change(self) -> bool:
        return self.keeps and self.group.status not in groups.ENDED

    @property
    def may_delete(self) -> bool:
        return self.keeps and self.group.status is GroupStatus.DRAFT

    @property
    def hours(self) -> int:
        """Of all its days."""
        return sum(one.hours for one in self.sessions)

    @property
    def is_agreed(self) -> bool:
        return self.programme.status in USABLE


def gather(session: GuardedSession, actor: Actor, group: TrainingGroup, day: date) -> GroupPage:
    named = select(UNIT_NAME).select_from(TrainingGroup)
    provider = with_unit_names(named, TrainingGroup).where(TrainingGroup.id == group.id)
    return GroupPage(
        group=group,
        programme=programme_of(session, group.programme_id),
        provider=session.scalar(provider) or "",
        seats=seats(session, (group.id,))[group.id],
        sessions=groups.sessions_of(session, group),
        deeds=deeds_of(session, actor, group, WORDS),
        acts=WORKFLOW.possible(group, actor),
        keeps=groups.may_keep(actor, group),
        applications=_applications(group, day),
    )


def _applications(group: TrainingGroup, day: date) -> tuple[str, str]:
    until = group.apply_until
    if group.status is not GroupStatus.OPEN:
        return ("откроются вместе с набором" if group.status is GroupStatus.DRAFT else "не принимаются"), ""
    if until is None:
        return "принимаются, пока не началось обучение", ""
    if until < day:
        return f"приём закончен {until:%d.%m.%Y}", "late"
    word, tone = term_word(until, day)
    return f"до {until:%d.%m.%Y}" + (f" · {word}" if word else ""), tone


class TrainingGroupPages(RecordView):
    """Part of `TrainingGroupView`: the page, and how a group is found."""

    def group(self, record_id: int) -> TrainingGroup:
        return cast(TrainingGroup, self.get_one(str(record_id)))

    def page_of(
        self,
        group: TrainingGroup,
        *,
        status: int = HTTPStatus.OK,
        day: SessionForm | None = None,
        problem: str = "",
        problem_of: str = "",
        note: str = "",
    ) -> Answer:
        """The whole page; a form that was refused stands in it as it was typed."""
        page = gather(guarded(), current_actor(), group, today())
        body = render_template(
            "training_group/page.html",
            shell=shell(SECTION, (group.title, None)),
            page=page,
            group=group,
            day=day or SessionForm(),
            problem=problem,
            problem_of=problem_of,
            note=note,
            trainees=block(group),
            learning=learning_of_group.block(guarded(), current_actor(), group),
        )
        return body if status == HTTPStatus.OK else (body, int(status))

    def again(self, record_id: int) -> TrainingGroup:
        """The record after a refused act: nothing of it stays in the session."""
        guarded().rollback()
        return self.group(record_id)
