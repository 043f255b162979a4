"""The round of the last school year: approved, corrected once, and closed."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from sqlalchemy import select

from app.demo.monitoring_deeds import HOME, MARK, check, fill, published, send, sheets_of
from app.demo.play import Play
from app.demo.school_year import MARK as ORDER_MARK
from app.demo.school_year import SIX
from app.demo.timeline import Moment, dice, workday
from app.models import Assessment, MonitoringRound
from app.models.enumeration import AddresseeClauseKind as Kind
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import analytical_note, assessment_check, monitoring_round
from app.services import assessment as sheets
from app.services import order as orders
from app.services.assessment_access import scores_of, whole
from app.services.monitoring_round import RoundValues


def open_last(play: Play, last: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """A pilot in the six municipalities of the founding order."""
    held = monitoring_round.create(
        session,
        actor,
        RoundValues(
            f"Мониторинг ВСОКО {last}/{last + 1}: шесть муниципалитетов {MARK}",
            published(session),
            opens_on=moment.today,
            due_on=date(last, 12, 12),
            locks_on=date(last, 12, 19),
            late_until=date(last, 12, 29),
            basis=f"распоряжение № ДЕМО-{last}/2",
        ),
    )
    held.is_demo = True
    clauses = []
    for name in SIX:
        unit = play.tree.municipalities[name]
        clauses += [(Kind.UNIT, unit), (Kind.SCHOOLS_OF, unit)]
    monitoring_round.set_addressees(session, actor, held, clauses)
    monitoring_round.open_round(session, actor, held, today=moment.today, now=moment.now, expected=None)
    session.flush()
    done = date(last, 12, 19)
    for sheet in sheets_of(session, held.id):
        is_school = sheet.kind is UnitKind.SCHOOL
        begins = workday(date(last, 10, 20) + timedelta(days=dice("last", sheet.name).randrange(48)))
        day = begins if is_school else workday(date(last, 12, 15))
        fill(play, sheet, day, later=False)
        send(play, sheet, day)
        check(play, sheet, workday(min(day + timedelta(days=4), done)))
    approving = workday(date(last + 1, 1, 20))
    play.timeline.plan(play.timeline.at(approving, 12), actor, partial(_approve_all, held.id))
    after = workday(date(last + 1, 1, 26))
    play.timeline.plan(play.timeline.at(after, 12), actor, partial(_correct_one, play, held.id))
    play.timeline.plan(play.timeline.at(workday(date(last + 1, 2, 2)), 12), actor, partial(_close, held.id))
    told = workday(date(last + 1, 2, 9))
    play.timeline.plan(play.timeline.at(told, 12), actor, partial(_send_note, play, held.id))


def _approve_all(round_id: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    rows = session.scalars(select(Assessment).where(Assessment.round_id == round_id).order_by(Assessment.id)).all()
    sheets.act_many(
        session,
        actor,
        "approve",
        [(row.id, row.version) for row in rows],
        note="",
        today=moment.today,
        now=moment.now,
    )


def _correct_one(play: Play, round_id: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """A school brings an order that was not seen: the approval is taken off, two values change, it is given again."""
    town = play.tree.municipalities[HOME]
    found = select(Assessment).where(
        Assessment.round_id == round_id, Assessment.municipality_id == town, Assessment.sheet_kind == UnitKind.SCHOOL
    )
    sheet = session.scalars(found.order_by(Assessment.id).limit(1)).one()
    reason = "Школа представила приказ, который не был учтён при проверке."
    sheets.unapprove(session, actor, sheet, version=sheet.version, note=reason, today=moment.today, now=moment.now)
    held = whole(session, sheet)
    scores = scores_of(session, sheet)
    low = [one for one in held.criteria.values() if (score := scores.get(one.id)) and score.final_points == 0][:2]
    for criterion in low or list(held.criteria.values())[:1]:
        best = max(level.threshold for level in criterion.levels)
        checked = assessment_check.Checked(value=best, is_na=False, comment="Приказ представлен 22 января.")
        version = scores[criterion.id].version
        assessment_check.check(session, actor, sheet, criterion.id, checked, version=version, now=moment.now)
    session.refresh(sheet)
    sheets.approve(session, actor, sheet, version=sheet.version, today=moment.today, now=moment.now)


def _send_note(play: Play, round_id: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    """The region's analytical note goes out as a letter; most municipalities say that they have read it."""
    held = session.get_one(MonitoringRound, round_id)
    note = analytical_note.make(
        session, actor, held, play.tree.region, store=play.store, now=moment.now, today=moment.today
    )
    letter = analytical_note.send(session, actor, note, today=moment.today)
    letter.number, letter.is_demo = f"ДЕМО-{moment.today.year}/3", True
    letter.signed_by = actor.user_name
    letter.title = f"Об аналитической справке по итогам мониторинга ВСОКО {ORDER_MARK}"
    session.flush()
    orders.issue(session, actor, letter, today=moment.today, now=moment.now)
    for task in play.tasks(session, letter.id):
        throw = dice("read the note", task.unit_name)
        if throw.random() < 0.75:  # noqa: PLR2004 - three of four
            play.acknowledge(task, workday(moment.today + timedelta(days=1 + throw.randrange(12))))


def _close(round_id: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    monitoring_round.close(session, actor, session.get_one(MonitoringRound, round_id), now=moment.now)
