"""Two people at one draft of a round: who opens it waits for who changes whom it reaches, and is told."""

from __future__ import annotations

import threading
from decimal import Decimal

from sqlalchemy import func, select

from app.models import Assessment, CriterionScore, MonitoringRound
from app.models.enumeration import AddresseeClauseKind as Kind
from app.models.enumeration import RoundStatus
from app.policies.guard import GuardedSession
from app.policies.refusal import Conflict, WrongState
from app.services import assessment_answer
from app.services import monitoring_round as rounds
from app.services.assessment_answer import Typed
from tests.factories.monitoring import build_framework, hold_round
from tests.services.round_world import ALL, NOW, TODAY, draft


def at_once(engine, region, number, first, second):
    """The second begins while the first has not ended; what it met."""
    met = []

    def beside():
        try:
            act(second)
        except (Conflict, WrongState) as refused:
            met.append(type(refused))
        else:
            met.append(None)

    def act(deed, meanwhile=None):
        with GuardedSession(engine, info={"actor": region}) as session:
            session.connection(execution_options={"writes": True})
            deed(session, session.get_one(MonitoringRound, number))
            if meanwhile is not None:
                meanwhile()
            session.commit()

    other = threading.Thread(target=beside)

    def begin():
        other.start()
        other.join(0.5)
        assert other.is_alive()

    act(first, begin)
    other.join(30)
    return met


def test_an_opening_and_a_change_of_the_addressees(work, actor, engine, world):
    region = actor("region")
    session, held = draft(work, actor, build_framework(engine, world)[0], clauses=ALL)
    expected = rounds.preview(session, region, held, today=TODAY).total
    session.commit()
    number = held.id
    session.close()
    fewer = [*ALL, (Kind.EXCEPT, world.units["school2"])]

    def narrow(session, held):
        rounds.set_addressees(session, region, held, fewer)

    def widen(session, held):
        rounds.set_addressees(session, region, held, ALL)

    def opening(session, held):
        rounds.open_round(session, region, held, today=TODAY, now=NOW, expected=expected)

    assert at_once(engine, region, number, narrow, opening) == [Conflict]
    expected -= 1
    assert at_once(engine, region, number, opening, widen) == [WrongState]
    with GuardedSession(engine, info={"actor": region}) as session:
        assert session.scalar(select(func.count()).select_from(Assessment)) == expected


def test_a_closing_and_an_answer_that_is_being_written(work, actor, engine, world):
    held = hold_round(engine, world, units=("school",))
    school, region = actor("school"), actor("region")

    def answering(session, found):
        del found
        session.info["actor"] = school
        sheet = session.get_one(Assessment, held.assessments["school"])
        typed = Typed(Decimal(2))
        assessment_answer.answer(session, school, sheet, held.criteria["Д1"], typed, version=None, now=NOW, today=TODAY)

    def closing(session, found):
        rounds.close(session, region, found, now=NOW)

    # The closing waits for the answer, and an answer for the closing: then it finds the round closed.
    assert at_once(engine, region, held.round_id, answering, closing) == [None]
    session = work("region")
    found = session.get_one(MonitoringRound, held.round_id)
    assert found.status is RoundStatus.CLOSED
    assert session.scalar(select(func.count(CriterionScore.id))) == 1
    rounds.reopen(session, region, found, note="ещё один ответ")
    session.commit()
    session.close()
    assert at_once(engine, region, held.round_id, closing, answering) == [WrongState]
