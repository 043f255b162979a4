"""A sheet found in scope, held for a change, and what belongs to it: its round, its unit, its criteria, its scores."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assessment, CriterionScore, MonitoringRound, OrgUnit
from app.models.assessment import FILLED_STATUSES
from app.models.enumeration import RoundStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, NotFound, NotPermitted, WrongState
from app.services import round_window
from app.services.framework_contents import Contents, CriterionView, SectionView, contents
from app.workflows.assessment import by_its_unit


def the_one(session: Session, assessment_id: int, version: int | None = None) -> Assessment:
    """Raises NotFound outside the scope, Conflict where somebody saved since the page was opened."""
    found = session.get(Assessment, assessment_id)
    if found is None:
        raise NotFound
    require_version(found, version)
    return found


def locked(session: Session, assessment: Assessment, version: int | None = None) -> Assessment:
    """The same sheet as the database holds it now; others who would change it wait until this transaction ends.

    Raises NotFound, Conflict.
    """
    session.flush()
    # Not `Session.get`: it refuses a row whose version moved on while this one waited for it.
    found = session.scalar(
        select(Assessment)
        .where(Assessment.id == assessment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound
    # A round that is being closed waits for this change, or this change sees it closed. Changes do not wait for each
    # other here.
    session.scalar(
        select(MonitoringRound)
        .where(MonitoringRound.id == found.round_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    require_version(found, version)
    return found


def require_version(assessment: Assessment, version: int | None) -> None:
    if version is not None and assessment.version != version:
        raise Conflict(
            f"Лист тем временем изменили: сейчас он «{assessment.status.label}». "
            "Посмотрите, что изменилось, и повторите, если нужно."
        )


@dataclass(frozen=True)
class Whole:
    """A sheet with its round, its unit and the criteria that it has."""

    assessment: Assessment
    round: MonitoringRound
    unit: OrgUnit
    contents: Contents

    @cached_property
    def sections(self) -> tuple[SectionView, ...]:
        was_small = self.assessment.was_small
        return self.contents.of(
            self.assessment.sheet_kind, is_small=self.unit.is_small if was_small is None else was_small
        )

    @cached_property
    def criteria(self) -> dict[int, CriterionView]:
        """Those that apply, by number, in the order of the set."""
        return {one.id: one for section in self.sections for one in section.criteria}

    def criterion(self, criterion_id: int) -> CriterionView:
        """Raises NotFound for one of another set, or one that this sheet does not have."""
        found = self.criteria.get(criterion_id)
        if found is None:
            raise NotFound
        return found


def whole(session: Session, assessment: Assessment, held: Contents | None = None) -> Whole:
    """`held`: the criteria of the round's set, where the caller has them already."""
    monitoring_round = session.get(MonitoringRound, assessment.round_id)
    unit = session.get(OrgUnit, assessment.org_unit_id)
    if monitoring_round is None or unit is None:
        raise NotFound
    return Whole(assessment, monitoring_round, unit, held or contents(session, monitoring_round.framework_id))


def require_round_open(monitoring_round: MonitoringRound) -> None:
    """Raises WrongState: in a closed round nothing moves, whoever asks."""
    if monitoring_round.status is not RoundStatus.OPEN:
        raise WrongState(
            f"Цикл «{monitoring_round.title}» {monitoring_round.status.label}: листы в нём не меняются. "
            "Возобновить цикл может тот, кто его проводит."
        )


def to_fill(session: Session, actor: Actor, assessment: Assessment, *, today: date) -> Whole:
    """The sheet held for the unit's own change. Raises NotPermitted, NotFound, WrongState (state, window)."""
    actor.require(Permission.ASSESSMENT_FILL)
    refused = by_its_unit(assessment, actor)
    if refused is not None:
        raise NotPermitted(refused)
    held = whole(session, locked(session, assessment))
    if held.assessment.status not in FILLED_STATUSES:
        raise WrongState(
            f"Лист «{held.assessment.status.label}»: ответы в нём сейчас не меняются. "
            "Отзовите его, пока проверка не началась, или попросите вернуть."
        )
    round_window.require_open(session, held.round, held.unit.id, today=today)
    return held


def scores_of(session: Session, assessment: Assessment) -> dict[int, CriterionScore]:
    """By criterion, fresh from the database."""
    rows = session.scalars(
        select(CriterionScore)
        .where(CriterionScore.assessment_id == assessment.id)
        .order_by(CriterionScore.id)
        .execution_options(populate_existing=True)
    )
    return {row.criterion_id: row for row in rows}


def score_of(session: Session, assessment: Assessment, criterion_id: int) -> CriterionScore | None:
    return session.scalar(
        select(CriterionScore)
        .where(CriterionScore.assessment_id == assessment.id, CriterionScore.criterion_id == criterion_id)
        .execution_options(populate_existing=True)
    )


def new_score(session: Session, assessment: Assessment, criterion_id: int) -> CriterionScore:
    """An empty row, not flushed yet: scores are made at the first answer, proof or remark."""
    made = CriterionScore(org_unit_id=assessment.org_unit_id, assessment_id=assessment.id, criterion_id=criterion_id)
    session.add(made)
    return made


def previous_of(session: Session, assessment: Assessment) -> Assessment | None:
    """The same unit's sheet of the round before this one, where the actor may see it."""
    before = select(MonitoringRound.previous_round_id).where(MonitoringRound.id == assessment.round_id)
    return session.scalar(
        select(Assessment).where(
            Assessment.round_id == before.scalar_subquery(), Assessment.org_unit_id == assessment.org_unit_id
        )
    )


def names_of(session: Session, assessment_ids: Collection[int]) -> dict[int, str]:
    """The units of these sheets by the number of the sheet, by one statement."""
    rows = session.execute(
        select(Assessment.id, OrgUnit.name, OrgUnit.short_name)
        .join(OrgUnit, OrgUnit.id == Assessment.org_unit_id)
        .where(Assessment.id.in_(assessment_ids))
    )
    return {row.id: row.short_name or row.name for row in rows}
