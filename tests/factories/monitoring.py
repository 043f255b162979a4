"""Sets of criteria, rounds and filled sheets, written straight into the database of the small world."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Engine, select

from app.analysis.scoring import Answer, Scale, level_of, points_of, rounded, share_of
from app.models import (
    Assessment,
    Criterion,
    CriterionLevel,
    CriterionScore,
    Framework,
    FrameworkSection,
    LevelBand,
    MonitoringRound,
    OrgUnit,
    RoundAddressee,
)
from app.models.enumeration import AddresseeClauseKind, AssessmentStatus, RoundStatus, ScaleKind, UnitKind
from app.models.enumeration import FrameworkStatus as Standing
from app.policies.unscoped import open_session
from tests.factories.world import World

OPENED = datetime(2026, 9, 1, 3, tzinfo=UTC)
GRADES = ((Decimal(0), Decimal(0)), (Decimal(1), Decimal(1)), (Decimal(2), Decimal(2)))


@dataclass(frozen=True)
class C:
    """A criterion; by default 0–1–2 of weight 1, for schools."""

    code: str
    section: str = "Документы"
    title: str = ""
    scale: ScaleKind = ScaleKind.GRADED
    weight: str = "1"
    max_points: str = "2"
    levels: tuple[tuple[Decimal, Decimal], ...] = GRADES
    more: dict[str, Any] = field(default_factory=dict)


# Two sections of school criteria and one of the municipal sheet.
CRITERIA = (
    C("Д1", weight="2", more={"evidence_required": True}),
    C("Д2", weight="2", more={"rests_on_code": "Д1"}),
    C("Г1", "График", scale=ScaleKind.YES_NO, max_points="1", levels=()),
    C("М1", "Муниципальный лист", more={"for_schools": False, "for_municipalities": True}),
    C(
        "М2",
        "Муниципальный лист",
        scale=ScaleKind.SHARE,
        max_points="100",
        levels=(),
        more={"for_schools": False, "for_municipalities": True},
    ),
)
BANDS = (("высокий", "85"), ("средний", "60"), ("низкий", "0"))


@dataclass
class Held:
    """Numbers of a round and what belongs to it."""

    framework_id: int
    round_id: int
    criteria: dict[str, int]
    assessments: dict[str, int]


def build_framework(
    engine: Engine,
    world: World,
    *,
    maker: str = "region",
    title: str = "Школьный лист ВСОКО",
    criteria: tuple[C, ...] = CRITERIA,
    status: Standing = Standing.PUBLISHED,
    edition: int = 1,
    **values: Any,
) -> tuple[int, dict[str, int]]:
    """The number of the set and those of its criteria by code."""
    with open_session(engine, reason="tests build a framework") as session:
        session.connection(execution_options={"writes": True})
        made = Framework(org_unit_id=world.units[maker], title=title, edition=edition, **values)
        session.add(made)
        session.flush()
        for position, title_ in enumerate(dict.fromkeys(each.section for each in criteria)):
            section = FrameworkSection(framework_id=made.id, position=position, title=title_)
            session.add(section)
            session.flush()
            for place, each in enumerate(one for one in criteria if one.section == title_):
                criterion = Criterion(
                    framework_id=made.id,
                    section_id=section.id,
                    position=place,
                    code=each.code,
                    title=each.title or f"Критерий {each.code}",
                    scale=each.scale,
                    weight=Decimal(each.weight),
                    max_points=Decimal(each.max_points),
                    **each.more,
                )
                session.add(criterion)
                session.flush()
                session.add_all(
                    CriterionLevel(
                        framework_id=made.id,
                        criterion_id=criterion.id,
                        threshold=threshold,
                        points=points,
                        label=f"ответ {threshold}",
                    )
                    for threshold, points in each.levels
                )
        session.add_all(LevelBand(framework_id=made.id, name=name, from_share=Decimal(share)) for name, share in BANDS)
        session.flush()
        if status is not Standing.DRAFT:
            made.published_at, made.published_by = OPENED, "Кто-то"
            made.status = status
            session.flush()
        codes = {
            row.code: row.id for row in session.scalars(select(Criterion).where(Criterion.framework_id == made.id))
        }
        return made.id, codes


def hold_round(
    engine: Engine,
    world: World,
    *,
    holder: str = "region",
    units: tuple[str, ...] = ("municipality", "school", "school2"),
    framework: tuple[int, dict[str, int]] | None = None,
    status: RoundStatus = RoundStatus.OPEN,
    title: str = "Мониторинг ВСОКО 2026",
    **values: Any,
) -> Held:
    """A round with empty sheets of these units; days around 2026-11 unless given."""
    number, codes = framework or build_framework(engine, world, maker=holder)
    with open_session(engine, reason="tests hold a round") as session:
        session.connection(execution_options={"writes": True})
        days = {"opens_on": date(2026, 9, 1), "due_on": date(2027, 5, 1), "locks_on": date(2027, 5, 15)}
        made = MonitoringRound(
            org_unit_id=world.units[holder],
            title=title,
            framework_id=number,
            is_municipal=not holder.removeprefix("foreign_").startswith("region"),
            status=status,
            opened_at=None if status is RoundStatus.DRAFT else OPENED,
            closed_at=OPENED if status is RoundStatus.CLOSED else None,
            **(days | values),
        )
        session.add(made)
        session.flush()
        session.add_all(
            RoundAddressee(round_id=made.id, kind=AddresseeClauseKind.UNIT, org_unit_id=world.units[unit])
            for unit in units
        )
        sheets = {}
        criteria = session.scalars(select(Criterion).where(Criterion.framework_id == number)).all()
        for unit in units if status is not RoundStatus.DRAFT else ():
            row = session.get_one(OrgUnit, world.units[unit])
            sheet = Assessment(
                org_unit_id=row.id,
                round_id=made.id,
                sheet_kind=row.kind,
                to_answer=sum(one.applies_to(row.kind, is_small=row.is_small) for one in criteria),
            )
            session.add(sheet)
            session.flush()
            sheets[unit] = sheet.id
        return Held(number, made.id, codes, sheets)


def fill_sheet(
    engine: Engine,
    world: World,
    held: Held,
    unit: str,
    values: dict[str, str | None],
    *,
    status: AssessmentStatus = AssessmentStatus.DRAFT,
    submitter: str | None = None,
    day: date = date(2026, 10, 1),
    comment: str = "",
) -> dict[str, int]:
    """Writes answers by code (None: неприменимо) and puts the sheet into a state; the numbers of the scores by code."""
    with open_session(engine, reason="tests fill a sheet") as session:
        session.connection(execution_options={"writes": True})
        sheet = session.get_one(Assessment, held.assessments[unit])
        scores = {}
        for code, value in values.items():
            criterion = session.get_one(Criterion, held.criteria[code])
            scale = Scale(
                criterion.scale, criterion.max_points, tuple((one.threshold, one.points) for one in criterion.levels)
            )
            points = None if value is None else points_of(scale, Decimal(value))
            score = CriterionScore(
                org_unit_id=sheet.org_unit_id,
                assessment_id=sheet.id,
                criterion_id=criterion.id,
                value=None if value is None else Decimal(value),
                points=points,
                is_na=value is None,
                na_reason="не проводится" if value is None else "",
                comment=comment,
                final_points=points,
                final_is_na=value is None,
                answered_at=OPENED,
                answered_by=f"Сотрудник {unit}",
            )
            session.add(score)
            session.flush()
            scores[code] = score.id
        _derive(session, sheet)
        sheet.started_at = OPENED if values else None
        if status in {AssessmentStatus.SUBMITTED, AssessmentStatus.ACCEPTED, AssessmentStatus.APPROVED}:
            sheet.submitted_at = OPENED
            sheet.submitted_on = sheet.first_submitted_on = day
            sheet.submitted_by_id, sheet.submitted_by = world.users[submitter or unit], f"Сотрудник {unit}"
        if status in {AssessmentStatus.ACCEPTED, AssessmentStatus.APPROVED}:
            sheet.accepted_on, sheet.accepted_by = day, "Кто-то"
        if status is AssessmentStatus.APPROVED:
            sheet.approved_on, sheet.approved_by = day, "Кто-то"
        if status is AssessmentStatus.EXCUSED:
            sheet.excused_reason = "закрыта на ремонт"
        if status is AssessmentStatus.RETURNED:
            sheet.first_submitted_on = day
            sheet.remark = "Исправьте."
        sheet.status = status
        return scores


def _derive(session, sheet: Assessment) -> None:
    """Independent of the service that does it in the product."""
    held = session.get_one(MonitoringRound, sheet.round_id)
    unit = session.get_one(OrgUnit, sheet.org_unit_id)
    criteria = [
        one
        for one in session.scalars(select(Criterion).where(Criterion.framework_id == held.framework_id))
        if one.applies_to(UnitKind(unit.kind), is_small=unit.is_small)
    ]
    scores = {
        one.criterion_id: one
        for one in session.scalars(select(CriterionScore).where(CriterionScore.assessment_id == sheet.id))
    }
    answers = [
        Answer(one.weight, one.max_points, scores[one.id].final_points, scores[one.id].final_is_na)
        if one.id in scores
        else Answer(one.weight, one.max_points, None)
        for one in criteria
    ]
    share: Fraction | None = share_of(answers) if scores else None
    bands = session.scalars(select(LevelBand).where(LevelBand.framework_id == held.framework_id)).all()
    sheet.share, sheet.level = rounded(share), level_of(share, [(band.name, band.from_share) for band in bands])
    sheet.answered, sheet.to_answer = len(scores), len(criteria)
