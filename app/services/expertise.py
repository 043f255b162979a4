"""Experts on a sheet: assigned by its checker, each with independent values, handed in and taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import Assessment, CriterionScore, Expertise, ExpertScore, Membership, User
from app.models.enumeration import Duty, ExpertiseStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Invalid, NotFound, WrongState
from app.services import assessment_value
from app.services.assessment_access import Whole, locked, the_one, whole
from app.services.expert_agreement import ExpertValue, agree, agree_equal, values
from app.services.expert_waiting import require_leading, require_waiting
from app.services.expertise_sheet import my_expertises
from app.workflows.expertise import WORKFLOW

__all__ = [
    "ExpertValue",
    "TypedScore",
    "agree",
    "agree_equal",
    "assign",
    "experts_of",
    "hand_in",
    "missing",
    "my_expertises",
    "of_assessment",
    "owes",
    "score",
    "score_many",
    "take_back",
    "the_expertise",
    "unassign",
    "values",
]


@dataclass(frozen=True, slots=True)
class TypedScore:
    """What an expert gave for one criterion; nothing at all takes the value back."""

    value: Decimal | None = None
    is_na: bool = False
    comment: str = ""


def the_expertise(session: Session, expertise_id: int) -> Expertise:
    """Raises NotFound outside the scope."""
    found = session.get(Expertise, expertise_id)
    if found is None:
        raise NotFound
    return found


def of_assessment(session: Session, assessment: Assessment) -> list[Expertise]:
    """Who judges the sheet, in the order of assigning."""
    return list(
        session.scalars(select(Expertise).where(Expertise.assessment_id == assessment.id).order_by(Expertise.id))
    )


def owes(session: Session, actor: Actor, assessment_id: int) -> bool:
    """The actor is to judge this sheet and has not handed in: until then nobody else's judgement is theirs to read."""
    mine = select(Expertise.id).where(
        Expertise.assessment_id == assessment_id,
        Expertise.user_id == (actor.user_id or 0),
        Expertise.status == ExpertiseStatus.ASSIGNED,
    )
    return session.scalar(mine) is not None


def experts_of(session: Session, actor: Actor, assessment: Assessment) -> list[User]:
    """Who may be assigned: working accounts with the duty of an expert in the units above the sheet's, as far as the
    actor sees them. Not those of the assessed unit itself, not who sent the sheet, not who judges it already.
    """
    actor.require(Permission.EXPERTISE_ASSIGN)
    above = {assessment.region_id, assessment.municipality_id} - {assessment.org_unit_id}
    taken = select(Expertise.user_id).where(Expertise.assessment_id == assessment.id)
    own = select(Membership.user_id).where(Membership.org_unit_id == assessment.org_unit_id)
    members = select(Membership.user_id).where(Membership.duty == Duty.EXPERT, Membership.org_unit_id.in_(above))
    return list(
        session.scalars(
            select(User)
            .where(
                User.id.in_(members),
                User.id.not_in(taken),
                User.id.not_in(own),
                User.id != (assessment.submitted_by_id or 0),
                User.is_active,
            )
            .order_by(User.name, User.id)
        )
    )


def assign(
    session: Session, actor: Actor, assessment: Assessment, user_ids: Sequence[int], *, now: datetime
) -> list[Expertise]:
    """Gives the sheet to these people. Raises NotFound for whoever may not be chosen, Invalid, WrongState."""
    require_leading(session, actor, assessment)
    assessment = locked(session, assessment)
    require_waiting(session, assessment)
    candidates = {user.id: user for user in experts_of(session, actor, assessment)}
    chosen = list(dict.fromkeys(user_ids))
    if not chosen:
        raise Invalid("Выберите хотя бы одного эксперта.", field="user_ids")
    if set(chosen) - set(candidates):
        raise NotFound
    made = [
        Expertise(
            org_unit_id=assessment.org_unit_id,
            assessment_id=assessment.id,
            user_id=number,
            expert_name=candidates[number].name,
            assigned_at=now,
            assigned_by=actor.signature,
        )
        for number in chosen
    ]
    session.add_all(made)
    session.flush()
    return made


def unassign(session: Session, actor: Actor, expertise: Expertise) -> None:
    """Takes the sheet away from an expert who has handed nothing in; unfinished values go with it (by the database:
    nobody but the expert sees them).
    """
    assessment = the_one(session, expertise.assessment_id)
    require_leading(session, actor, assessment)
    expertise = _held(session, expertise)
    if expertise.status is ExpertiseStatus.HANDED_IN:
        raise WrongState("Эксперт уже сдал значения: снять его нельзя. Он может сам забрать экспертизу.")
    session.delete(expertise)
    session.flush()


def score(
    session: Session, actor: Actor, expertise: Expertise, criterion_id: int, typed: TypedScore
) -> ExpertScore | None:
    """One value of the expert; None where everything was taken back."""
    return score_many(session, actor, expertise, {criterion_id: typed}).get(criterion_id)


def score_many(
    session: Session, actor: Actor, expertise: Expertise, typed: Mapping[int, TypedScore]
) -> dict[int, ExpertScore]:
    """Writes these values, all or none. Raises Invalid at the field `c<criterion>`, NotFound, WrongState."""
    held = _open_to_expert(session, actor, expertise)
    known = {row.criterion_id: row for row in own_scores(session, expertise)}
    kept = {}
    for number, one in typed.items():
        points, comment = _worth(held, number, one)
        row = known.get(number)
        if one.value is None and not one.is_na and not comment:
            if row is not None:
                session.delete(row)
            continue
        if row is None:
            row = ExpertScore(org_unit_id=expertise.org_unit_id, expertise_id=expertise.id, criterion_id=number)
            session.add(row)
        row.value, row.points = (None, None) if one.is_na else (one.value, points)
        row.is_na, row.comment = one.is_na, comment
        kept[number] = row
    session.flush()
    return kept


def own_scores(session: Session, expertise: Expertise) -> list[ExpertScore]:
    return list(session.scalars(select(ExpertScore).where(ExpertScore.expertise_id == expertise.id)))


def missing(session: Session, expertise: Expertise) -> list[str]:
    """Codes of the criteria without a value, in the order of the sheet."""
    held = whole(session, the_one(session, expertise.assessment_id))
    given = {row.criterion_id for row in own_scores(session, expertise) if row.value is not None or row.is_na}
    return [one.code for number, one in held.criteria.items() if number not in given]


def hand_in(
    session: Session, actor: Actor, expertise: Expertise, conclusion: str, *, now: datetime, partial: bool = False
) -> None:
    """Ends the expert's work. Raises Invalid at `partial` where values are missing and that was not confirmed."""
    _open_to_expert(session, actor, expertise)
    conclusion = assessment_value.bounded(
        conclusion, assessment_value.LONGEST_COMMENT, "conclusion", "Заключение эксперта"
    )
    without = missing(session, expertise)
    if without and not partial:
        named = ", ".join(without[:10]) + (f" и ещё {len(without) - 10}" if len(without) > 10 else "")  # noqa: PLR2004 - as many as a line holds
        raise Invalid(
            f"Нет значений по критериям: {named}. Поставьте их или подтвердите, что сдаёте неполную экспертизу.",
            field="partial",
        )
    if len(without) == len(whole(session, the_one(session, expertise.assessment_id)).criteria):
        raise Invalid("Нет ни одного значения: сдавать нечего.", field="partial")
    WORKFLOW.apply("hand_in", expertise, actor, note=f"без значений: {', '.join(without)}" if without else "")
    expertise.conclusion, expertise.handed_in_at = conclusion, now
    session.flush()


def take_back(session: Session, actor: Actor, expertise: Expertise, note: str) -> None:
    """Opens the expert's values again, while nothing was agreed and no other expert's values are open to this one."""
    expertise = _held(session, expertise)
    WORKFLOW.require("take_back", expertise, actor)
    assessment = locked(session, the_one(session, expertise.assessment_id))
    require_waiting(session, assessment)
    agreed = select(CriterionScore.id).where(
        CriterionScore.assessment_id == assessment.id,
        or_(CriterionScore.agreed_value.is_not(None), CriterionScore.agreed_is_na),
    )
    if session.scalars(agreed.limit(1)).first() is not None:
        raise WrongState("Значения уже согласованы: забрать экспертизу нельзя. Обратитесь к тому, кто проверяет лист.")
    others = select(Expertise.id).where(
        Expertise.assessment_id == assessment.id,
        Expertise.id != expertise.id,
        Expertise.status == ExpertiseStatus.HANDED_IN,
    )
    if session.scalars(others.limit(1)).first() is not None:
        raise WrongState(
            "Другой эксперт уже сдал свою экспертизу, и его значения вам видны: забрать свою, чтобы изменить, нельзя. "
            "Напишите о поправке тому, кто проверяет лист."
        )
    WORKFLOW.apply("take_back", expertise, actor, note=note)
    expertise.handed_in_at = None
    session.flush()


def _held(session: Session, expertise: Expertise) -> Expertise:
    """As the database holds it now; others who would change it wait."""
    session.flush()
    found = session.get(Expertise, expertise.id, populate_existing=True, with_for_update=True)
    if found is None:
        raise NotFound
    return found


def _open_to_expert(session: Session, actor: Actor, expertise: Expertise) -> Whole:
    actor.require(Permission.EXPERTISE_WRITE)
    expertise = _held(session, expertise)
    if expertise.status is ExpertiseStatus.HANDED_IN:
        raise WrongState("Экспертиза сдана. Чтобы изменить значения, заберите её.")
    WORKFLOW.require("hand_in", expertise, actor)
    return require_waiting(session, the_one(session, expertise.assessment_id))


def _worth(held: Whole, number: int, typed: TypedScore) -> tuple[Decimal | None, str]:
    criterion = held.criterion(number)
    try:
        points = assessment_value.worth_or_na(criterion, typed.value, is_na=typed.is_na)
        comment = assessment_value.bounded(
            typed.comment, assessment_value.LONGEST_COMMENT, "comment", "Комментарий эксперта"
        )
    except Invalid as refusal:
        raise Invalid(f"{criterion.code}: {refusal.sentence}", field=f"c{number}") from refusal
    return points, comment
