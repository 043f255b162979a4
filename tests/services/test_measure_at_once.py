"""Two people at one weakness, one measure, one piece of proof: the second waits for the first and is told."""

from __future__ import annotations

import threading

from sqlalchemy import func, select

from app.models import CorrectiveMeasure, CriterionScore, Evidence, Finding, FindingPoint, MeasureEvidence
from app.models.enumeration import OrderKind
from app.models.enumeration_of_measures import FindingSeverity, FindingStatus, MeasureStatus
from app.policies.guard import GuardedSession
from app.policies.refusal import Conflict, NotFound, Refusal, WrongState
from app.policies.unscoped import open_session
from app.services import corrective_measure as measures
from app.services import evidence_card, finding, finding_order, finding_sweep
from app.services.evidence import TypedEvidence
from app.services.finding_details import TypedFinding
from tests.factories.measures import add_evidence, add_measure, rest_on
from tests.services.weak_schools import NOW, TODAY, weak_schools

WEAK = TypedFinding("Положения нет", FindingSeverity.MAJOR)


def at_once(engine, first, second):
    """Each is (actor, what they do); the second begins while the first has not ended. What it met."""
    met = []

    def beside():
        try:
            act(*second)
        except Exception as refused:  # noqa: BLE001 - whatever it met is what the test asks
            met.append(type(refused))

    def act(who, deed, meanwhile=None):
        with GuardedSession(engine, info={"actor": who}) as session:
            session.connection(execution_options={"writes": True})
            told = deed(session, who)
            if meanwhile is not None:
                meanwhile()
            session.commit()
            if meanwhile is None:
                met.append(told)

    other = threading.Thread(target=beside)

    def begin():
        other.start()
        other.join(0.3)
        assert other.is_alive()

    act(*first, begin)
    other.join(30)
    return met[0]


def test_one_weakness_is_written_down_once(engine, world, actor):
    held, found = weak_schools(engine, world)
    town, region = actor("municipality"), actor("region")
    with open_session(engine, reason="a test looks for the answers") as session:
        score = session.get_one(Finding, found["school"]).score_id
        other = session.get_one(Finding, found["school2"]).score_id
        for one in session.scalars(select(Finding)):
            one.status, one.closing_reason = FindingStatus.DISMISSED, "не подтвердился"

    def write(session, who):
        finding.from_score(session, who, score, WEAK, today=TODAY)

    def sweep(session, who):
        severity = FindingSeverity.MAJOR
        rows = finding_sweep.sweep(session, who, held.round_id, [score, other], severity=severity, today=TODAY)
        return [row.ok for row in rows]

    def reopen(session, who):
        finding.reopen(session, who, session.get_one(Finding, found["school2"]), note="Снова", today=TODAY)

    assert at_once(engine, (town, write), (region, write)) is WrongState
    assert at_once(engine, (region, sweep), (town, reopen)) is WrongState
    with open_session(engine, reason="a test counts") as session:
        assert session.scalar(select(func.count(CriterionScore.id)).where(CriterionScore.id == score)) == 1
        standing = select(Finding.score_id).where(Finding.status == FindingStatus.OPEN)
        assert sorted(session.scalars(standing)) == sorted([score, other])


def test_a_measure_takes_one_step_at_a_time(engine, world, actor):
    school, town = actor("school"), actor("municipality")
    number = add_measure(engine, world, "school", status=MeasureStatus.IN_PROGRESS)

    def finish(session, who):
        held = session.get_one(CorrectiveMeasure, number)
        proof = [TypedEvidence(url="https://school.example/doc")]
        measures.finish(session, who, held, done_on=TODAY, evidence=proof, now=NOW, today=TODAY)

    def cancel(session, who):
        measures.cancel(session, who, session.get_one(CorrectiveMeasure, number), note="Не нужна")

    def verify(session, who):
        measures.verify(session, who, session.get_one(CorrectiveMeasure, number), today=TODAY)

    assert at_once(engine, (school, finish), (town, cancel)) is WrongState
    assert at_once(engine, (town, verify), (actor("colleague"), verify)) is WrongState


def test_proof_is_not_removed_from_under_a_measure(engine, world, actor):
    school = actor("school")
    number = add_measure(engine, world, "school", status=MeasureStatus.IN_PROGRESS)
    rest_on(engine, number, add_evidence(engine, world, "school"))
    pieces = [add_evidence(engine, world, "school") for _ in range(2)]

    def remove(piece):
        def act(session, who):
            evidence_card.remove(session, who, session.get_one(Evidence, piece), version=1)

        return school, act

    def attach(piece):
        def act(session, who):
            held = session.get_one(CorrectiveMeasure, number)
            measures.attach(session, who, held, [TypedEvidence(existing_id=piece)], now=NOW)

        return school, act

    assert at_once(engine, remove(pieces[0]), attach(pieces[0])) is NotFound
    assert issubclass(at_once(engine, attach(pieces[1]), remove(pieces[1])), Refusal)
    with open_session(engine, reason="a test looks") as session:
        resting = session.scalars(select(MeasureEvidence.evidence_id).where(MeasureEvidence.measure_id == number))
        assert pieces[1] in set(resting)


def test_two_drafts_do_not_answer_one_finding(engine, world, actor):
    """Both have read the page before either has made a draft."""
    _, found = weak_schools(engine, world)
    chosen, region = finding_order.Chosen(tuple(found.values())), actor("region")
    with GuardedSession(engine, info={"actor": region}) as session:
        offered = finding_order.proposal(session, region, chosen, today=TODAY).points
        typed = [finding_order.TypedPoint(one.key, "Устранить", one.due_on, len(one.findings)) for one in offered]
    told = {"kind": OrderKind.DIRECTIVE, "title": "О недостатках", "addressing": finding_order.Addressing.UNITS}

    def draft(session, who):
        finding_order.create(session, who, chosen, typed, today=TODAY, **told)

    assert at_once(engine, (region, draft), (region, draft)) is Conflict
    with open_session(engine, reason="a test counts links") as session:
        assert session.scalar(select(func.count(FindingPoint.id))) == len(found)
