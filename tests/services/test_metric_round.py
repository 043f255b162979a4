"""Measured criteria fill themselves: at the opening by a job, every day by the clock; units keep what is theirs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import Assessment, AuditEvent, CriterionScore, Job
from app.models.enumeration import AssessmentStatus, Metric, RoundStatus, ScaleKind, ScoreSource
from app.policies.refusal import NotFound, NotPermitted
from app.policies.unscoped import open_session
from app.services import metric_round
from tests.factories.monitoring import C, build_framework, fill_sheet, hold_round
from tests.factories.training import add_certificate, add_person, add_topic
from tests.jobs.tasks import worker_for
from tests.services.statements import counted

NOW, TODAY = datetime(2026, 11, 22, 3, tzinfo=UTC), date(2026, 11, 22)
CRITERIA = (
    C("К1", more={"metric": Metric.HEAD_TRAINED}),
    C("Д1"),
    C("Г4", more={"metric": Metric.CALENDAR_BALANCED}),
    C(
        "М4",
        "Муниципальный лист",
        scale=ScaleKind.SHARE,
        max_points="100",
        levels=(),
        more={"metric": Metric.HEAD_TRAINED, "for_schools": False, "for_municipalities": True},
    ),
)
UNITS = ("municipality", "school", "school2")


@pytest.fixture
def trained(engine, world):
    """The school's head has a document of this year; the other one's is over."""
    topic = add_topic(engine, world)
    for unit, day in (("school", date(2026, 3, 1)), ("school2", date(2022, 3, 1))):
        person = add_person(engine, world, unit)
        over = date(day.year + 3, 2, 28)
        add_certificate(engine, world, person, topic=topic, number=unit, issued_on=day, valid_until=over)
    return build_framework(engine, world, criteria=CRITERIA)


def scores(engine, held, unit: str) -> dict[int, CriterionScore]:
    with open_session(engine, reason="tests look") as session:
        rows = session.scalars(select(CriterionScore).where(CriterionScore.assessment_id == held.assessments[unit]))
        return {row.criterion_id: row for row in rows}


def test_every_sheet_that_may_still_change_is_counted(engine, world, trained, work, actor):
    held = hold_round(engine, world, units=UNITS, framework=trained)
    over = hold_round(engine, world, units=UNITS, framework=trained, status=RoundStatus.CLOSED, title="Прошлый")
    fill_sheet(engine, world, held, "school2", {"К1": "1"})
    session = work("region")
    assert metric_round.count_round(session, actor("region"), held.round_id, now=NOW, today=TODAY) == 2
    session.commit()
    school = scores(engine, held, "school")
    assert set(school) == {trained[1]["К1"]}
    assert (school[trained[1]["К1"]].value, school[trained[1]["К1"]].source) == (Decimal(2), ScoreSource.COUNTED)
    assert scores(engine, held, "municipality")[trained[1]["М4"]].value == Decimal(50)
    # The school's own answer stays; what was counted stands beside it.
    own = scores(engine, held, "school2")[trained[1]["К1"]]
    assert (own.value, own.counted_value, own.source) == (Decimal(1), Decimal(0), ScoreSource.TYPED)
    assert scores(engine, over, "school") == {}
    with open_session(engine, reason="tests look") as session:
        sheet = session.get_one(Assessment, held.assessments["school"])
        assert (sheet.answered, sheet.started_at, sheet.status) == (1, None, AssessmentStatus.DRAFT)
        told = session.scalars(select(AuditEvent).where(AuditEvent.record_type == "criterion_score")).all()
        # One of them stood before: typed by the second school, as its creation says.
        assert sorted(row.action for row in told) == ["count", "count", "count", "create"]
    # Nothing has changed since.
    session = work("region")
    assert metric_round.count_round(session, actor("region"), held.round_id, now=NOW, today=TODAY) == 0


def test_only_who_holds_the_round_asks(engine, world, trained, work, actor):
    held = hold_round(engine, world, units=UNITS, framework=trained)
    for login, refusal in (("municipality", NotFound), ("school", NotPermitted), ("observer", NotPermitted)):
        with pytest.raises(refusal):
            metric_round.count_round(work(login), actor(login), held.round_id, now=NOW, today=TODAY)


def test_the_clock_counts_what_goes_on_and_is_open(engine, world, trained):
    held = hold_round(engine, world, units=("school",), framework=trained)
    locked = hold_round(
        engine, world, units=("school",), framework=trained, due_on=date(2026, 11, 1), locks_on=date(2026, 11, 2), title="Закрыт"
    )  # fmt: skip
    sent = hold_round(engine, world, units=("school",), framework=trained, title="Отправлен")
    fill_sheet(engine, world, sent, "school", {"Д1": "2"}, status=AssessmentStatus.SUBMITTED)
    with open_session(engine, reason="tests play the clock") as session:
        session.connection(execution_options={"writes": True})
        assert metric_round.count_open_rounds(session, now=NOW) == 1
    assert scores(engine, locked, "school") == {}
    assert set(scores(engine, sent, "school")) == {trained[1]["Д1"]}
    assert set(scores(engine, held, "school")) == {trained[1]["К1"]}


def test_the_opening_asks_for_it(app, engine, world, trained, browser, tmp_path):
    held = hold_round(engine, world, units=("school",), framework=trained, status=RoundStatus.DRAFT)
    assert browser("region").post(f"/monitoring-rounds/{held.round_id}/open", {"expected": "1"}).status_code == 302
    with open_session(engine, reason="tests look") as session:
        job = session.scalars(select(Job)).one()
        assert job.parameters == {"round_id": held.round_id}
    assert worker_for(engine, tmp_path).run(job.id)
    with open_session(engine, reason="tests look") as session:
        assert session.scalars(select(CriterionScore.source)).all() == [ScoreSource.COUNTED]
        assert session.get_one(Job, job.id).message == "Посчитано ответов: 1."


def test_a_day_on_which_nothing_changed_costs_no_more_for_more_sheets(engine, world, trained, work, actor):
    def again(units: tuple[str, ...]) -> int:
        held = hold_round(engine, world, units=units, framework=trained, title=f"Для {len(units)}")
        session, me = work("region"), actor("region")
        assert metric_round.count_round(session, me, held.round_id, now=NOW, today=TODAY) == len(units)
        session.commit()
        with counted(engine) as sent:
            assert metric_round.count_round(session, me, held.round_id, now=NOW, today=TODAY) == 0
        session.close()
        return len(sent)

    assert again(("municipality", "school")) == again(
        ("municipality", "municipality2", "school", "school2", "school_b")
    )
