"""Findings and corrective measures of the demo: what the last round showed, what was done about it, whether it helped,
and what the round that goes on has brought up.

The findings of the last round are written down in its second half, when it is closed; days of this year are told in
working days before the day of loading.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from app.demo import measures_course
from app.demo.play import Play
from app.demo.region import HOME_SCHOOL
from app.demo.school_year import Days
from app.demo.timeline import Moment, workday
from app.models import Assignment, Finding, FindingPoint, MonitoringRound, OrderPoint
from app.models.enumeration import AssignmentStatus, RoundStatus
from app.models.enumeration_of_measures import FindingSeverity, FindingSource
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import finding as findings
from app.services import finding_cause, finding_proposal, finding_sweep, measure_template_starter
from app.services.finding import TypedFinding
from app.services.finding_sweep import SeverityRule

# What the ministry takes up after a round: the criteria in which most schools are weak.
SWEPT = ("Д3", "А2", "У3", "Д7", "Г5")
# Below it, in percent of the best points; so many schools of one criterion are taken up.
WEAK, MOST_OF_ONE = Decimal(51), 25
INSPECTION = "Акт проверки министерства № ДЕМО-7 (демонстрационный)"
BREACH = "График оценочных процедур, 7А, две контрольные работы в один день (демонстрационный)"


@dataclass
class Causes:
    """Numbers of the region's causes by their place in the list."""

    ids: list[int] = field(default_factory=list)


def plan(play: Play, today: date) -> None:
    days, causes = Days(today), Causes()
    region = play.someone(play.tree.region)
    year = days.school_year
    home = play.tree.named[HOME_SCHOOL]
    tomari = play.tree.municipalities["Томаринский"]

    def on(day: date, hour: int, unit: int, act: measures_course.Act) -> None:
        play.timeline.plan(play.timeline.at(day, hour), play.someone(unit), act)

    swept = workday(date(year, 2, 16))
    play.timeline.plan(play.timeline.at(swept, 10), region, partial(_catalogue, causes))
    play.timeline.plan(play.timeline.at(swept, 12), region, partial(_sweep, causes, SWEPT))
    measures_course.plan_last_year(play, workday(swept + timedelta(days=7)))
    on(days.ago(18), 11, tomari, partial(_by_hand, causes, home))
    on(days.ago(17), 15, play.tree.region, partial(_of_overdue, causes))
    on(days.ago(3), 12, tomari, partial(_of_present, home))
    measures_course.plan_present(play, days)
    on(days.ago(2), 15, play.tree.region, _link_to_order)
    on(days.ago(1), 15, tomari, _close_some)


def _catalogue(causes: Causes, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    del moment
    finding_cause.put_starter(session, actor)
    measure_template_starter.put(session, actor)
    causes.ids = [one.id for one in finding_cause.causes(session)]


def closed_round(session: GuardedSession) -> int:
    statement = select(MonitoringRound.id).where(MonitoringRound.status == RoundStatus.CLOSED)
    return session.scalars(statement.order_by(MonitoringRound.id.desc())).first() or 0


def _sweep(causes: Causes, codes: tuple[str, ...], session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """One act for each criterion: the weakest schools."""
    held = closed_round(session)
    weak = finding_sweep.weak(session, actor, held, below=WEAK)
    for place, code in enumerate(codes):
        worst_first = sorted((row for row in weak if row.criterion.code == code), key=lambda row: row.points)
        chosen = [row.score_id for row in worst_first[:MOST_OF_ONE]]
        if chosen:
            finding_sweep.sweep(
                session,
                actor,
                held,
                chosen,
                severity=SeverityRule(),
                cause_id=causes.ids[place],
                today=moment.today,
            )


def _by_hand(causes: Causes, school: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """An inspector's remark, a breach of a calendar, and what a specialist saw."""
    made = (
        TypedFinding(
            "Приказ о ВСОКО ссылается на утративший силу порядок.",
            FindingSeverity.MAJOR,
            FindingSource.INSPECTION,
            INSPECTION,
            cause_id=causes.ids[1],
            whys=("Приказ не пересматривали с 2021 года.", "Срок пересмотра нигде не записан."),
        ),
        TypedFinding(
            "Две контрольные работы в 7А назначены на один день.",
            FindingSeverity.CRITICAL,
            FindingSource.CALENDAR,
            BREACH,
            cause_id=causes.ids[10],
        ),
        TypedFinding("На странице «Документы» нет даты обновления.", FindingSeverity.MINOR),
        TypedFinding("Не указан ответственный за сайт.", FindingSeverity.MINOR),
    )
    for typed in made:
        findings.create(session, actor, unit_id=school, typed=typed, today=moment.today)


def _of_overdue(causes: Causes, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """Of the oldest assignments that are overdue."""
    open_ones = (AssignmentStatus.ASSIGNED, AssignmentStatus.ACCEPTED)
    late = session.scalars(
        select(Assignment)
        .where(Assignment.due_on < moment.today, Assignment.status.in_(open_ones))
        .order_by(Assignment.due_on, Assignment.id)
        .limit(3)
    ).all()
    for assignment in late:
        text = finding_proposal.assignment_text(session, assignment, today=moment.today)
        typed = TypedFinding(text, FindingSeverity.MAJOR, cause_id=causes.ids[9])
        findings.from_assignment(session, actor, assignment.id, typed, today=moment.today)


def _of_present(school: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """The municipality takes up what the round that goes on shows of its accepted sheets."""
    held = session.scalars(select(MonitoringRound.id).where(MonitoringRound.status == RoundStatus.OPEN)).first()
    if held is None:
        return
    weak = finding_sweep.weak(session, actor, held, at_most=Decimal(0))
    chosen = [row.score_id for row in weak if row.org_unit_id != actor.unit_id and not row.finding_id][:6]
    if chosen:
        finding_sweep.sweep(session, actor, held, chosen, severity=SeverityRule(), today=moment.today)
    del school


def _close_some(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """What was mended at once, and what turned out to be none."""
    minor = session.scalars(
        select(Finding).where(Finding.severity == FindingSeverity.MINOR, Finding.found_by_unit_id == actor.unit_id)
    ).all()
    for place, one in enumerate(sorted(minor, key=lambda row: row.id)[:2]):
        if place:
            findings.dismiss(
                session, actor, one, note="Ответственный назначен приказом, запись не увидели.", today=moment.today
            )
        else:
            findings.resolve(session, actor, one, today=moment.today)


def _link_to_order(session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """The findings of one criterion are answered by the point of this year's order about them."""
    del actor, moment
    point = session.scalars(
        select(OrderPoint)
        .where(OrderPoint.text.like("%документ%"), OrderPoint.revoked_on.is_(None))
        .order_by(OrderPoint.id.desc())
    ).first()
    found = session.scalars(select(Finding).where(Finding.criterion_code == "Д3").order_by(Finding.id)).all()
    if point is None:
        return
    for one in found:
        session.add(FindingPoint(org_unit_id=one.org_unit_id, finding_id=one.id, order_point_id=point.id))
    session.flush()
