"""What is missing or contradictory in a sheet before it is sent: errors, warnings, advice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.analysis.scoring import BY_THRESHOLD
from app.models import Assessment, Criterion, CriterionScore, Evidence, OrgUnit, ScoreEvidence
from app.models.assessment import SETTLED_STATUSES
from app.models.enumeration import ScoreSource, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.assessment_access import Whole, previous_of, scores_of, whole
from app.services.assessment_result import is_answered
from app.services.assessment_value import ratio
from app.services.framework_contents import CriterionView

# Proposals of ours [Р]: no act sets them.
OLD_AFTER_YEARS = 3
GOOD_FROM = Decimal("0.5")
JUMP = Decimal("0.5")
SAME_LINK_FROM = 4
MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Remark:
    """`code` says the kind: unanswered, na, evidence, dispute, schools; contradiction, no_evidence, jump, same_link;
    low, old.
    """

    criterion_id: int | None
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Examination:
    """Errors keep the sheet from being sent; warnings and advice do not."""

    errors: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    advice: list[Remark] = field(default_factory=list)


def examine(session: Session, actor: Actor, assessment: Assessment, *, today: date) -> Examination:
    """By a fixed number of statements, whatever the sheet holds; changes nothing."""
    actor.require(Permission.ASSESSMENT_READ)
    held = whole(session, assessment)
    scores = scores_of(session, assessment)
    proof = evidence_of(session, assessment)
    names = unfinished_schools(session, assessment)
    found = Examination()
    if names:
        found.errors.append(Remark(None, "schools", told_schools(names)))
    last = last_points(session, held)
    for criterion in held.criteria.values():
        score, pieces = scores.get(criterion.id), proof.get(criterion.id, ())
        if score is None or not is_answered(score):
            found.errors.append(Remark(criterion.id, "unanswered", f"{criterion.code}: нет ответа."))
            continue
        found.errors.extend(_errors(criterion, score, pieces))
        found.warnings.extend(_warnings(criterion, score, pieces, last.get(criterion.id)))
        found.advice.extend(_advice(criterion, score, pieces, today))
    found.warnings.extend(_contradictions(held, scores))
    found.warnings.extend(_same_links(held, proof))
    return found


def evidence_of(session: Session, assessment: Assessment) -> dict[int, list[Evidence]]:
    """The pieces under each answer with their files, by criterion, by two statements."""
    rows = session.execute(
        select(CriterionScore.criterion_id, Evidence)
        .join(ScoreEvidence, ScoreEvidence.score_id == CriterionScore.id)
        .join(Evidence, Evidence.id == ScoreEvidence.evidence_id)
        .where(CriterionScore.assessment_id == assessment.id)
        .options(selectinload(Evidence.revisions))
        .order_by(ScoreEvidence.id)
    )
    found: dict[int, list[Evidence]] = {}
    for criterion_id, piece in rows:
        found.setdefault(criterion_id, []).append(piece)
    return found


def unfinished_schools(session: Session, assessment: Assessment) -> list[str]:
    """Names of the schools for which a municipal sheet waits: neither accepted nor excused."""
    if assessment.sheet_kind is not UnitKind.MUNICIPALITY:
        return []
    rows = session.execute(
        select(OrgUnit.name, OrgUnit.short_name)
        .join(Assessment, Assessment.org_unit_id == OrgUnit.id)
        .where(
            Assessment.round_id == assessment.round_id,
            Assessment.municipality_id == assessment.org_unit_id,
            Assessment.sheet_kind == UnitKind.SCHOOL,
            Assessment.status.not_in(SETTLED_STATUSES),
        )
        .order_by(OrgUnit.name, OrgUnit.id)
    )
    return [row.short_name or row.name for row in rows]


def told_schools(names: Sequence[str]) -> str:
    """Up to five by name, and how many more."""
    more = f" и ещё {len(names) - MOST_NAMED}" if len(names) > MOST_NAMED else ""
    return (
        f"Муниципальный лист отправляют, когда листы всех школ приняты или школы освобождены. Ждут: "
        f"{', '.join(names[:MOST_NAMED])}{more}."
    )


def last_points(session: Session, held: Whole) -> dict[int, Decimal]:
    """What counted in the round before, as a part of the best, by criterion of this sheet; editions meet by code."""
    previous = previous_of(session, held.assessment)
    if previous is None:
        return {}
    rows = session.execute(
        select(Criterion.code, Criterion.max_points, CriterionScore.final_points)
        .join(Criterion, Criterion.id == CriterionScore.criterion_id)
        .where(CriterionScore.assessment_id == previous.id, CriterionScore.final_points.is_not(None))
    )
    earlier = {row.code: row.final_points / row.max_points for row in rows}
    return {one.id: earlier[one.code] for one in held.criteria.values() if one.code in earlier}


def _errors(criterion: CriterionView, score: CriterionScore, proof: Sequence[Evidence]) -> Iterator[Remark]:
    code = criterion.code
    if score.is_na and not criterion.may_be_na:
        yield Remark(criterion.id, "na", f"{code}: критерий применим всегда, дайте ответ.")
    elif score.is_na and not score.na_reason:
        yield Remark(criterion.id, "na", f"{code}: напишите, почему критерий неприменим.")
    # Of what the system counted, the rows behind the number are the proof.
    if criterion.evidence_required and score.points and not proof and score.source is not ScoreSource.COUNTED:
        yield Remark(criterion.id, "evidence", f"{code}: приложите подтверждение – файл или ссылку.")
    is_disputed = score.counted_value is not None and (score.is_na or score.value != score.counted_value)
    if is_disputed and not score.dispute_reason:
        yield Remark(
            criterion.id, "dispute", f"{code}: ответ не тот, что посчитала система. Напишите, в чём она ошиблась."
        )


def _warnings(
    criterion: CriterionView, score: CriterionScore, proof: Sequence[Evidence], last: Decimal | None
) -> Iterator[Remark]:
    if score.points is None:
        return
    share = ratio(criterion, score.points)
    if share == 1 and not proof and not criterion.evidence_required and score.source is not ScoreSource.COUNTED:
        yield Remark(criterion.id, "no_evidence", f"{criterion.code}: лучший ответ ничем не подтверждён.")
    if last is not None and not score.comment and abs(share - last) >= JUMP:
        turn = "лучше" if share > last else "хуже"
        yield Remark(
            criterion.id,
            "jump",
            f"{criterion.code}: ответ намного {turn}, чем в прошлом цикле. Напишите в пояснении, что изменилось.",
        )


def _advice(
    criterion: CriterionView, score: CriterionScore, proof: Sequence[Evidence], today: date
) -> Iterator[Remark]:
    if score.points is not None and ratio(criterion, score.points) < GOOD_FROM and not score.comment:
        yield Remark(criterion.id, "low", f"{criterion.code}: к низкому ответу напишите, что мешает и что делается.")
    for piece in proof:
        if piece.dated_on is not None and piece.dated_on < years_before(today, OLD_AFTER_YEARS):
            yield Remark(
                criterion.id,
                "old",
                f"{criterion.code}: документ «{piece.label}» старше {OLD_AFTER_YEARS} лет. Действует ли он?",
            )


def years_before(day: date, years: int) -> date:
    """The same day that many years earlier; of 29 February the last day of February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _contradictions(held: Whole, scores: Mapping[int, CriterionScore]) -> Iterator[Remark]:
    by_code = {criterion.code: criterion for criterion in held.criteria.values()}
    for criterion in held.criteria.values():
        ground = by_code.get(criterion.rests_on_code)
        if ground is None:
            continue
        own, below = _points(scores, criterion), _points(scores, ground)
        if own is None or below is None or ratio(criterion, own) < GOOD_FROM or below != _worst(ground):
            continue
        yield Remark(
            criterion.id,
            "contradiction",
            f"{criterion.code} противоречит ответу на {ground.code}: без него хороший ответ здесь невозможен. "
            "Проверьте оба.",
        )


def _points(scores: Mapping[int, CriterionScore], criterion: CriterionView) -> Decimal | None:
    score = scores.get(criterion.id)
    return score.points if score is not None else None


def _worst(criterion: CriterionView) -> Decimal:
    """The points of the worst answer; below all thresholds a share or a number is worth nothing."""
    if criterion.levels and criterion.scale not in BY_THRESHOLD:
        return min(level.points for level in criterion.levels)
    return Decimal(0)


def _same_links(held: Whole, proof: Mapping[int, Sequence[Evidence]]) -> Iterator[Remark]:
    """One address that stands as proof under more than half of the answers that have any."""
    shown = {number: {piece.url for piece in proof[number] if piece.url} for number in held.criteria if number in proof}
    times = Counter(url for urls in shown.values() for url in urls)
    for url, count in times.items():
        if count >= SAME_LINK_FROM and 2 * count > len(shown):
            yield Remark(
                None,
                "same_link",
                f"Одна и та же ссылка подтверждает {count} критериев: {url}. Дайте ссылки на сами документы.",
            )
