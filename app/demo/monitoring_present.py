"""The round that goes on on the day of loading: every state of a sheet, a moved term, a permit, experts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from sqlalchemy import select

from app.demo.monitoring_deeds import HOME, MARK, Sheet, approve, check, fill, published, send, send_back, sheets_of
from app.demo.monitoring_sheets import Persona, answers
from app.demo.play import Play
from app.demo.school_year import Days
from app.demo.timeline import Act, Moment, dice
from app.models import Assessment, MonitoringRound
from app.models.enumeration import AddresseeClauseKind as Kind
from app.models.enumeration import RoundDate, UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import assessment as sheets
from app.services import (
    expertise,
    late_permit,
    monitoring_round,
)
from app.services.assessment_access import whole
from app.services.monitoring_round import RoundValues

EXPERT_WORDS = ("Документ есть, но устарел.", "Открывается не с той страницы.", "Нет даты и номера приказа.")


@dataclass(frozen=True, slots=True)
class Life:
    """What becomes of a sheet of the round that goes on. `part` of the criteria is answered."""

    part: float
    sent: bool = False
    returned: bool = False
    accepted: bool = False
    approved: bool = False


def open_present(play: Play, days: Days, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    previous = session.scalars(select(MonitoringRound.id).order_by(MonitoringRound.id.desc()).limit(1)).one()
    year = days.school_year
    held = monitoring_round.create(
        session,
        actor,
        RoundValues(
            f"Мониторинг ВСОКО {year}/{year + 1} {MARK}",
            published(session),
            opens_on=moment.today,
            due_on=days.ahead(5),
            locks_on=days.ahead(19),
            late_until=days.ahead(33),
            basis=f"распоряжение № ДЕМО-{year}/1",
            previous_round_id=previous,
        ),
    )
    held.is_demo = True
    monitoring_round.set_addressees(session, actor, held, [(Kind.ALL_MUNICIPALITIES, None), (Kind.ALL_SCHOOLS, None)])
    monitoring_round.open_round(session, actor, held, today=moment.today, now=moment.now, expected=None)
    session.flush()
    for sheet in sheets_of(session, held.id):
        _live(play, days, sheet)
    at = play.timeline.at
    play.timeline.plan(at(days.ago(5), 12), actor, partial(_move_term, days, held.id))
    _permit_and_excuse(play, days, held.id)
    play.timeline.plan(at(days.ago(4), 15), actor, _experts(play, days, held.id))


def _live(play: Play, days: Days, sheet: Sheet) -> None:
    life = _life(play, sheet)
    if not life.part:
        return
    throw = dice("present", sheet.name)
    begins = days.ago(12 + throw.randrange(8)) if sheet.kind is UnitKind.SCHOOL else days.ago(4)
    fill(play, sheet, begins, later=True, part=life.part)
    if not life.sent:
        return
    sent = begins if sheet.kind is not UnitKind.SCHOOL else days.ago(9 + throw.randrange(3))
    send(play, sheet, sent)
    if life.returned:
        send_back(play, sheet, days.ago(6))
    elif life.accepted:
        check(play, sheet, days.ago(5 if sheet.kind is UnitKind.SCHOOL else 3))
        if life.approved:
            approve(play, sheet, days.ago(2))


def _life(play: Play, sheet: Sheet) -> Life:
    """Some municipalities are done, some have hardly begun; the home municipality has one of each."""
    names = {unit: name for name, unit in play.tree.municipalities.items()}
    name = names.get(sheet.municipality_id, "")
    throw = dice("life", sheet.name).random()
    done = Life(1, sent=True, accepted=True, approved=True)
    if name in {"Анивский", "Долинский"}:
        return done
    if sheet.kind is UnitKind.MUNICIPALITY:
        return Life(0.5 if throw < 0.5 else 0)  # noqa: PLR2004 - half of them have begun
    if name == HOME:
        return _life_at_home(play, sheet)
    steps = (
        (0.1, Life(0)),
        (0.3, Life(0.2 + throw)),
        (0.36, Life(1, sent=True, returned=True)),
        (0.62, Life(1, sent=True)),
        (1.0, Life(1, sent=True, accepted=True)),
    )
    return next(life for most, life in steps if throw < most)


def _life_at_home(play: Play, sheet: Sheet) -> Life:
    schools = play.tree.schools_of(HOME)
    lives = (
        Life(1, sent=True, returned=True),
        Life(1, sent=True),
        Life(1, sent=True),
        Life(0.6),
        Life(1, sent=True, accepted=True),
        Life(0),
    )
    mine = next((unit for unit, login in play.accounts_of.items() if login == "school"), 0)
    others = [unit for unit in schools if unit != mine]
    # The school of the demo account has its sheet back with remarks.
    return lives[0] if sheet.unit_id == mine else lives[1 + others.index(sheet.unit_id) % (len(lives) - 1)]


def _move_term(days: Days, round_id: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    held = session.get_one(MonitoringRound, round_id)
    act, reason = f"распоряжение № ДЕМО-{days.school_year}/7", "По просьбам муниципалитетов: каникулы и карантин."
    monitoring_round.move_date(
        session, actor, held, RoundDate.DUE, days.ahead(12), act=act, reason=reason, now=moment.now
    )


def _permit_and_excuse(play: Play, days: Days, round_id: int) -> None:
    def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
        held = session.get_one(MonitoringRound, round_id)
        unfinished = [
            sheet
            for sheet in sheets_of(session, round_id)
            if sheet.kind is UnitKind.SCHOOL and not _life(play, sheet).part
        ]
        if not unfinished:
            return
        late_permit.grant(
            session,
            actor,
            held,
            unfinished[0].unit_id,
            until=days.ahead(30),
            reason="Школа на капитальном ремонте, документы в архиве.",
            now=moment.now,
            today=moment.today,
        )
        if len(unfinished) > 1:
            sheet = session.get_one(Assessment, unfinished[1].id)
            note = "Школа реорганизуется, приём учеников прекращён."
            sheets.excuse(session, actor, sheet, version=sheet.version, note=note, today=moment.today, now=moment.now)

    region = play.someone(play.tree.region)
    play.timeline.plan(play.timeline.at(days.ago(3), 12), region, act)


def _experts(play: Play, days: Days, round_id: int) -> Act:
    """Two experts, each for themselves: one has handed in, the account of the demo has not."""

    def act(session: GuardedSession, actor: Actor, moment: Moment) -> None:
        names = {unit: name for name, unit in play.tree.municipalities.items()}
        sent = [
            sheet
            for sheet in sheets_of(session, round_id)
            if names.get(sheet.municipality_id) == HOME and _life(play, sheet) == Life(1, sent=True)
        ]
        mine, other = play.people.accounts["expert"], play.people.staff[play.tree.region]
        for sheet in sent[:1]:
            row = session.get_one(Assessment, sheet.id)
            given = expertise.assign(session, actor, row, [mine, other], now=moment.now)
            theirs = next(one.id for one in given if one.user_id == other)
            judge = partial(_judge, sheet, theirs)
            play.timeline.plan(play.timeline.at(days.ago(2), 15), play.people.of_unit(session, play.tree.region), judge)

    return act


def _judge(sheet: Sheet, expertise_id: int, session: GuardedSession, actor: Actor, moment: Moment) -> None:
    given = expertise.the_expertise(session, expertise_id)
    held = whole(session, session.get_one(Assessment, sheet.id))
    persona = Persona.of(f"{sheet.name}, взгляд эксперта", "", later=True)
    typed = {
        number: expertise.TypedScore(
            one.value, is_na=one.is_na, comment=EXPERT_WORDS[number % len(EXPERT_WORDS)] if one.comment else ""
        )
        for number, one in answers(held, persona).items()
    }
    expertise.score_many(session, actor, given, typed)
    conclusion = "Документы в основном есть, но анализ эффективности мер формальный."
    expertise.hand_in(session, actor, given, conclusion, now=moment.now)
