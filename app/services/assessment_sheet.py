"""Everything that the page of a sheet shows, by a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from app.models import Assessment, CriterionScore, Evidence, MonitoringRound, OrgUnit
from app.models.assessment import FILLED_STATUSES
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services import assessment as assessments
from app.services import assessment_approval, expertise
from app.services.assessment_access import Whole, previous_of, scores_of, the_one, whole
from app.services.assessment_approval import Change
from app.services.assessment_carrying import may_carry
from app.services.assessment_examination import evidence_of
from app.services.assessment_result import is_agreed, is_answered, is_checked
from app.services.assessment_value import words
from app.services.check_time import is_being_checked
from app.services.expertise import ExpertValue
from app.services.framework_contents import Contents, CriterionView, SectionView
from app.services.round_window import Window, window_of
from app.workflows.assessment import by_another_person, by_checker, by_its_unit
from app.workflows.engine import Transition


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the values that stand side by side; `words` says it: «2 — есть», «неприменимо: занятий нет»."""

    value: Decimal | None
    points: Decimal | None
    is_na: bool
    words: str
    comment: str = ""
    by: str = ""
    at: datetime | None = None

    @property
    def key(self) -> tuple[Decimal | None, bool]:
        return self.value, self.is_na


@dataclass(frozen=True, slots=True)
class Last:
    """The same criterion in the round before: what the unit answered, what counted in the end."""

    own: Shown | None
    final: Shown | None
    comment: str
    # It may be carried into this round: the scale is the same.
    may_carry: bool


@dataclass(frozen=True, slots=True)
class Line:
    """`version` goes back with an answer; `differs`: the values that stand side by side are not all one."""

    criterion: CriterionView
    score: CriterionScore | None
    own: Shown | None
    checked: Shown | None
    agreed: Shown | None
    final: Shown | None
    last: Last | None
    evidence: Sequence[Evidence]
    experts: Sequence[ExpertValue]
    differs: bool
    changes: Sequence[Change]
    # The unit has answered anew since the checker's value was set.
    is_newer_than_check: bool

    @property
    def version(self) -> int | None:
        return self.score.version if self.score is not None else None

    @property
    def remark(self) -> str:
        return self.score.remark if self.score is not None else ""

    @property
    def is_counted(self) -> bool:
        return self.score is not None and self.score.counted_value is not None

    @property
    def is_disputed(self) -> bool:
        return self.score is not None and self.score.dispute_reason != ""


@dataclass(frozen=True, slots=True)
class Part:
    section: SectionView
    lines: Sequence[Line]


@dataclass(frozen=True)
class Sheet:
    assessment: Assessment
    round: MonitoringRound
    unit: OrgUnit
    contents: Contents
    window: Window
    parts: Sequence[Part]
    previous: Assessment | None
    actions: tuple[Transition, ...]
    may_fill: bool
    may_check: bool
    # Against the first approval; those of single criteria stand on their lines too.
    changes: Sequence[Change]

    @property
    def lines(self) -> list[Line]:
        return [line for part in self.parts for line in part.lines]

    def line(self, criterion_id: int) -> Line:
        """Raises StopIteration for a criterion that the sheet does not have."""
        return next(line for line in self.lines if line.criterion.id == criterion_id)


def sheet(session: Session, actor: Actor, assessment_id: int, *, today: date) -> Sheet:
    """The number of statements does not grow with the criteria. Raises NotFound outside the scope."""
    actor.require(Permission.ASSESSMENT_READ)
    assessment = the_one(session, assessment_id)
    held = whole(session, assessment)
    window = window_of(session, held.round, held.unit.id, today=today)
    previous = previous_of(session, assessment)
    changes = assessment_approval.changes_since(session, assessment)
    return Sheet(
        assessment=assessment,
        round=held.round,
        unit=held.unit,
        contents=held.contents,
        window=window,
        parts=_parts(session, held, previous, changes),
        previous=previous,
        actions=assessments.actions(assessment, held.round, actor),
        may_fill=_may_fill(assessment, actor, window),
        may_check=_may_check(assessment, actor, held.round),
        changes=changes,
    )


def _parts(session: Session, held: Whole, previous: Assessment | None, changes: Sequence[Change]) -> tuple[Part, ...]:
    scores = scores_of(session, held.assessment)
    proof = evidence_of(session, held.assessment)
    experts = expertise.values(session, held.assessment)
    last = _last(session, held, previous) if previous is not None else {}
    changed: dict[int | None, list[Change]] = {}
    for change in changes:
        changed.setdefault(change.criterion_id, []).append(change)
    return tuple(
        Part(
            section,
            tuple(
                _line(
                    criterion,
                    scores.get(criterion.id),
                    last=last.get(criterion.id),
                    proof=proof.get(criterion.id, ()),
                    experts=experts.get(criterion.id, ()),
                    changes=changed.get(criterion.id, ()),
                )
                for criterion in section.criteria
            ),
        )
        for section in held.sections
    )


def _line(
    criterion: CriterionView,
    score: CriterionScore | None,
    *,
    last: Last | None,
    proof: Sequence[Evidence],
    experts: Sequence[ExpertValue],
    changes: Sequence[Change],
) -> Line:
    own, checked, agreed = own_of(criterion, score), checked_of(criterion, score), agreed_of(criterion, score)
    said = {one.key for one in (own, checked, agreed) if one is not None}
    said |= {(one.value, one.is_na) for one in experts if one.value is not None or one.is_na}
    return Line(
        criterion=criterion,
        score=score,
        own=own,
        checked=checked,
        agreed=agreed,
        final=agreed or checked or own,
        last=last,
        evidence=proof,
        experts=experts,
        differs=len(said) > 1,
        changes=changes,
        is_newer_than_check=_is_newer(own, checked),
    )


def own_of(criterion: CriterionView, score: CriterionScore | None) -> Shown | None:
    if score is None or not is_answered(score):
        return None
    return Shown(
        score.value,
        score.points,
        score.is_na,
        words(criterion, score.value, is_na=score.is_na, reason=score.na_reason),
        score.comment,
        score.answered_by,
        score.answered_at,
    )


def checked_of(criterion: CriterionView, score: CriterionScore | None) -> Shown | None:
    if score is None or not is_checked(score):
        return None
    return Shown(
        score.checked_value,
        score.checked_points,
        score.checked_is_na,
        words(criterion, score.checked_value, is_na=score.checked_is_na),
        score.checked_comment,
        score.checked_by,
        score.checked_at,
    )


def agreed_of(criterion: CriterionView, score: CriterionScore | None) -> Shown | None:
    if score is None or not is_agreed(score):
        return None
    return Shown(
        score.agreed_value,
        score.agreed_points,
        score.agreed_is_na,
        words(criterion, score.agreed_value, is_na=score.agreed_is_na),
        score.agreed_comment,
        score.agreed_by,
        score.agreed_at,
    )


def _is_newer(own: Shown | None, checked: Shown | None) -> bool:
    return own is not None and checked is not None and bool(own.at and checked.at and own.at > checked.at)


def _last(session: Session, held: Whole, previous: Assessment) -> dict[int, Last]:
    """By criterion of this sheet; editions meet by code."""
    same = session.get_one(MonitoringRound, previous.round_id).framework_id == held.round.framework_id
    there = whole(session, previous, held.contents if same else None)
    scores = scores_of(session, previous)
    found = {}
    for criterion in held.criteria.values():
        before = there.contents.by_code.get(criterion.code)
        score = scores.get(before.id) if before is not None else None
        if before is None or score is None:
            continue
        own = own_of(before, score)
        final = agreed_of(before, score) or checked_of(before, score) or own
        if final is not None:
            found[criterion.id] = Last(own, final, score.comment, may_carry(criterion, before, score))
    return found


def _may_fill(assessment: Assessment, actor: Actor, window: Window) -> bool:
    return (
        actor.may(Permission.ASSESSMENT_FILL)
        and by_its_unit(assessment, actor) is None
        and assessment.status in FILLED_STATUSES
        and window.is_open
    )


def _may_check(assessment: Assessment, actor: Actor, monitoring_round: MonitoringRound) -> bool:
    return (
        actor.may(Permission.ASSESSMENT_CHECK)
        and by_checker(assessment, actor) is None
        and by_another_person(assessment, actor) is None
        and is_being_checked(assessment.status, monitoring_round.status, is_municipal=monitoring_round.is_municipal)
    )
