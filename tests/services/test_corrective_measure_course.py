"""The course of a measure: done with proof, verified from above or not, one by one and many at once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.models import AuditEvent, CorrectiveMeasure, Finding, MeasureEvidence
from app.models.enumeration_of_measures import EffectVerdict, FindingStatus, MeasureStatus
from app.policies.refusal import Invalid, NotFound, NotPermitted, WrongState
from app.services import corrective_measure as measures
from app.services.evidence import TypedEvidence
from tests.factories.measures import add_evidence, add_finding, add_measure, rest_on
from tests.factories.monitoring import fill_sheet, hold_round
from tests.services.weak_schools import NOW, PROOF, SETTLED, TODAY, of_criterion, weak_schools


@pytest.fixture
def weak(engine, world):
    return weak_schools(engine, world)


def test_done_with_proof_and_the_figure_of_the_next_round(engine, world, work, actor, weak):
    held, found = weak
    foreign, own = add_evidence(engine, world, "school2"), add_evidence(engine, world, "school")
    session, who = work("school"), actor("school")
    one = measures.plan(
        session, who, unit_id=who.unit_id, finding_ids=[found["school"]], typed=of_criterion(held), today=TODAY
    )
    with pytest.raises(WrongState):
        measures.finish(session, who, one, done_on=TODAY, evidence=PROOF, now=NOW, today=TODAY)
    measures.start(session, who, one, version=one.version, today=TODAY)
    assert one.starts_on == TODAY
    for given, field in (
        ({"done_on": None, "evidence": PROOF, "figure_after": Decimal(2)}, "done_on"),
        ({"done_on": date(2026, 11, 23), "evidence": PROOF, "figure_after": Decimal(2)}, "done_on"),
        ({"done_on": TODAY, "evidence": PROOF}, "figure_after"),
        ({"done_on": TODAY, "figure_after": Decimal(2)}, "evidence"),
    ):
        with pytest.raises(Invalid) as refused:
            measures.finish(session, who, one, now=NOW, today=TODAY, **given)
        assert refused.value.field == field
    with pytest.raises(NotFound):
        measures.attach(session, who, one, [TypedEvidence(existing_id=foreign)], now=NOW)
    measures.attach(session, who, one, [TypedEvidence(existing_id=own)], now=NOW)
    session.commit()
    # Once the next round is checked the figure fills itself in.
    later = hold_round(
        engine,
        world,
        units=("school",),
        framework=(held.framework_id, held.criteria),
        title="Следующий",
        opens_on=date(2026, 11, 1),
    )
    fill_sheet(engine, world, later, "school", {"Д1": "1"}, status=SETTLED)
    measures.finish(session, who, one, done_on=TODAY, done_note="Утверждено", evidence=PROOF, now=NOW, today=TODAY)
    assert (one.status, one.figure_after, one.finished_by_id) == (MeasureStatus.DONE, 1, world.users["school"])
    assert session.scalar(select(func.count()).select_from(MeasureEvidence)) == 2
    with pytest.raises(WrongState, match="Верните"):
        measures.detach(session, who, one, own)
    measures.withdraw(session, who, one)
    assert (one.done_on, one.figure_after, one.done_note) == (None, None, "Утверждено")
    measures.detach(session, who, one, own)
    assert session.scalar(select(func.count()).select_from(MeasureEvidence)) == 1


def test_verified_from_above_with_the_finding_and_back(engine, world, work, actor, weak):
    _, found = weak
    number = add_measure(engine, world, "school", status=MeasureStatus.DONE, findings=[found["school"]])
    rest_on(engine, number, add_evidence(engine, world, "school"))
    other = add_finding(engine, world, "school", text="Не этой меры")
    above, boss = work("municipality"), actor("municipality")
    one = above.get_one(CorrectiveMeasure, number)
    with pytest.raises(Invalid):
        measures.refuse(above, boss, one, note=" ")
    above.rollback()
    measures.refuse(above, boss, one, note="Нет подписи")
    assert (one.status, one.remark, one.done_on) == (MeasureStatus.NOT_VERIFIED, "Нет подписи", None)
    above.commit()

    session, who = work("school"), actor("school")
    mine = session.get_one(CorrectiveMeasure, number)
    measures.resume(session, who, mine)
    assert mine.remark == "Нет подписи"
    measures.finish(session, who, mine, done_on=TODAY, now=NOW, today=TODAY)
    assert mine.remark == ""
    session.commit()

    above.expire_all()
    with pytest.raises(NotFound):
        measures.verify(above, boss, one, resolves=[other], today=TODAY)
    above.rollback()
    measures.verify(above, boss, one, resolves=[found["school"]], today=TODAY)
    finding = above.get_one(Finding, found["school"])
    assert (finding.status, finding.resolved_on) == (FindingStatus.RESOLVED, TODAY)
    assert (one.status, one.verified_on) == (MeasureStatus.VERIFIED, TODAY)
    # A verdict on the effect is a verified measure's: it goes with the verification.
    one.effect, one.effect_on = EffectVerdict.HELPED, TODAY
    above.flush()
    measures.unverify(above, boss, one, note="Ошибка")
    # Verified once more, it leaves what is resolved as it was resolved.
    with above.begin_nested() as tried:
        measures.verify(above, boss, one, resolves=[found["school"]], today=date(2026, 11, 23))
        assert finding.resolved_on == TODAY
        tried.rollback()
    assert (one.effect, one.verified_on, one.status) == (None, None, MeasureStatus.DONE)
    above.commit()
    acts = {row.action for row in above.scalars(select(AuditEvent).where(AuditEvent.record_id == number))}
    assert acts >= {"finish", "refuse", "resume", "verify", "unverify"}


def test_many_at_once_each_with_its_verdict(engine, world, work, actor):
    ready = add_measure(engine, world, "school", status=MeasureStatus.DONE)
    mine = add_measure(engine, world, "school", status=MeasureStatus.DONE, made_by="municipality")
    early = add_measure(engine, world, "school2")
    late = add_measure(engine, world, "school2", status=MeasureStatus.DONE)
    foreign = add_measure(engine, world, "foreign_school", status=MeasureStatus.DONE)
    session, who = work("municipality"), actor("municipality")
    chosen = [(ready, 1), (mine, 1), (early, 1), (late, 7)]
    verdicts = measures.act_many(session, who, "verify", chosen, today=TODAY)
    assert [one.ok for one in verdicts] == [True, False, False, False]
    assert "не тот" in verdicts[1].sentence
    assert "Меру тем временем изменили" in verdicts[3].sentence
    session.commit()
    assert session.get_one(CorrectiveMeasure, ready).status is MeasureStatus.VERIFIED
    assert session.get_one(CorrectiveMeasure, late).status is MeasureStatus.DONE
    with pytest.raises(NotFound):
        measures.act_many(session, who, "verify", [(foreign, None)], today=TODAY)
    with pytest.raises(NotPermitted):
        measures.act_many(work("school"), actor("school"), "verify", [(late, None)], today=TODAY)
    refused = measures.act_many(session, who, "refuse", [(late, None), (ready, None)], note="Нет", today=TODAY)
    assert [one.ok for one in refused] == [True, False]
