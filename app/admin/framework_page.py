"""What the page of one set of criteria shows, gathered once; and the page itself, with whatever form is open in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any, cast

from flask import render_template
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.admin.cells import plural
from app.admin.record_view import RecordView
from app.admin.unit_names import UNIT_NAME, with_unit_names
from app.models import Framework, MonitoringRound
from app.models.enumeration import FrameworkStatus, ScaleKind, SmallSchools, UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.services import clock
from app.services import framework as frameworks
from app.services.framework_contents import Contents, CriterionView, contents, plain
from app.services.framework_examination import Problem, problems_of
from app.services.framework_outline import outline_of
from app.web.session import current_actor, guarded
from app.web.shell import shell
from app.workflows.engine import Transition
from app.workflows.framework import WORKFLOW

Answer = str | Response | tuple[str, int]
SECTION = ("Наборы критериев", "/frameworks/")


@dataclass
class FrameworkPage:
    framework: Framework
    contents: Contents
    editable: bool
    maker: str
    acts: tuple[Transition, ...]
    # Whether the reader may make a draft of their own from it; and the one that is already begun.
    may_take: bool
    begun: Framework | None
    ours: bool
    based_on: Framework | None
    editions: list[Framework]
    rounds: list[MonitoringRound]
    published_at: datetime | None
    problems: tuple[Problem, ...] = ()
    by_code: dict[str, list[Problem]] = field(default_factory=lambda: defaultdict(list))

    @property
    def caution(self) -> str:
        return self.framework.caution

    def may(self, action: str) -> bool:
        return any(step.action == action for step in self.acts)

    @property
    def schools(self) -> int:
        return sum(one.for_schools for one in self.contents.criteria)

    @property
    def municipalities(self) -> int:
        return sum(one.for_municipalities for one in self.contents.criteria)

    def weight_of(self, kind: UnitKind) -> str:
        """The sum of weights of the sheet of schools or of municipalities."""
        weights = [one.weight for one in self.contents.criteria if one.is_for(kind)]
        return plain(sum(weights, Decimal(0)))


def gather(session: GuardedSession, actor: Actor, framework: Framework) -> FrameworkPage:
    found = contents(session, framework.id)
    editable = frameworks.may_edit(actor, framework)
    # A municipality reads its region's set without reading the region's card.
    maker = with_unit_names(select(UNIT_NAME).select_from(Framework), Framework).where(Framework.id == framework.id)
    may_take = framework.status is not FrameworkStatus.DRAFT and actor.may(Permission.FRAMEWORK_WRITE)
    same = select(Framework).where(Framework.org_unit_id == framework.org_unit_id, Framework.title == framework.title)
    rounds = select(MonitoringRound).where(MonitoringRound.framework_id == framework.id)
    page = FrameworkPage(
        framework=framework,
        contents=found,
        editable=editable,
        maker=session.scalar(maker) or "",
        acts=WORKFLOW.possible(framework, actor),
        may_take=may_take,
        begun=frameworks.draft_of(session, actor, framework.title) if may_take else None,
        ours=framework.org_unit_id == actor.unit_id,
        based_on=session.get(Framework, framework.based_on_id) if framework.based_on_id else None,
        editions=list(session.scalars(same.order_by(Framework.edition.desc()))),
        rounds=list(session.scalars(rounds.order_by(MonitoringRound.id.desc()).limit(20))),
        published_at=clock.local(framework.published_at, actor.time_zone) if framework.published_at else None,
        problems=problems_of(outline_of(framework, found)) if editable else (),
    )
    for problem in page.problems:
        if problem.code:
            page.by_code[problem.code].append(problem)
    return page


def scale_words(one: CriterionView) -> str:
    """What the answers are worth, where no levels say it."""
    if one.scale is ScaleKind.YES_NO:
        return f"да – {points_words(one)}, нет – 0"
    if one.scale is ScaleKind.SHARE and not one.levels:
        return "балл равен проценту"
    return "" if one.levels else "уровни не описаны"


def points_words(one: CriterionView) -> str:
    count = one.max_points
    shown = plain(count)
    if count != count.to_integral_value():
        return f"{shown} балла"
    return f"{shown} {plural(int(count), 'балл', 'балла', 'баллов')}"


def level_words(one: CriterionView, place: int) -> str:
    """The answer or the range that a level stands for: «2», «от 91 %», «51–91 %»."""
    level = one.levels[place]
    if one.scale in {ScaleKind.GRADED, ScaleKind.CHOICE}:
        return plain(level.threshold)
    mark = "\u00a0%" if one.scale is ScaleKind.SHARE else ""
    if place + 1 == len(one.levels):
        return f"от {plain(level.threshold)}{mark}"
    return f"от {plain(level.threshold)} до {plain(one.levels[place + 1].threshold)}{mark}"


def audience(one: CriterionView) -> list[str]:
    """Whose sheets the criterion stands in."""
    words = []
    if one.for_schools:
        words.append("школы" if one.small_schools is SmallSchools.ANY else one.small_schools.label)
    if one.for_municipalities:
        words.append("муниципалитеты")
    return words


def criteria_words(count: int) -> str:
    return f"{count} {plural(count, 'критерий', 'критерия', 'критериев')}"


WORDS = {
    "audience": audience,
    "UnitKind": UnitKind,
    "criteria_words": criteria_words,
    "level_words": level_words,
    "plain": plain,
    "points_words": points_words,
    "scale_words": scale_words,
}


class FrameworkPages(RecordView):
    """Part of `FrameworkView`: the page, and how a draft is found for writing."""

    def page_of(self, framework: Framework, *, status: int = 200, **opened: Any) -> Answer:
        """The whole page; `opened` names the form that is open in it, with what was typed."""
        body = render_template(
            "framework/page.html",
            shell=shell(SECTION, (framework.label, None)),
            page=gather(guarded(), current_actor(), framework),
            framework=framework,
            opened=opened,
            words=WORDS,
        )
        return body if status == HTTPStatus.OK else (body, status)

    def draft_to_write(self, record_id: int) -> Framework:
        framework = cast(Framework, self.get_one(str(record_id)))
        frameworks.require_draft(guarded(), current_actor(), framework)
        return framework

    def again(self, record_id: int) -> Framework:
        """The draft after a refused act: nothing of it stays in the session."""
        guarded().rollback()
        return cast(Framework, self.get_one(str(record_id)))
