"""Whether a measure helped: the next round, similar units past the scope as numbers only, what is written down."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from app.jobs import measure_effect as by_the_clock
from app.jobs import task_list
from app.jobs.schedule import Clockwork
from app.models import AuditEvent, CorrectiveMeasure, OrgUnit
from app.models.enumeration import Metric, RoundStatus
from app.models.enumeration_of_measures import EffectVerdict, FigureSource, MeasureStatus
from app.policies.unscoped import open_session
from app.services.effect_figures import effect_rule
from app.services.effect_record import record_due, record_everywhere
from app.services.measure_effect import effect_of, effects_of
from app.services.measure_figure import told as figure_told
from tests.factories.monitoring import hold_round
from tests.services.effect_world import DECOYS, EffectWorld
from tests.services.statements import counted

TODAY = date(2027, 3, 2)
NOUGHT, ONE = Fraction(0), Fraction(1)


@pytest.fixture
def judge(work, actor):
    def effect(login: str, measure_id: int):
        session = work(login)
        return effect_of(session, actor(login), session.get_one(CorrectiveMeasure, measure_id), today=TODAY)

    return effect


def test_verdict_by_the_next_round_and_similar_units_as_numbers(engine, world, judge):
    place = EffectWorld(engine, world)
    measure = place.take()
    place.fill(place.base, "school", "0")
    place.fill(place.later, "school", "2")
    for login in ("school", "municipality", "region"):
        effect = judge(login, measure)
        assert effect.verdict is EffectVerdict.HELPED, login
        assert (effect.figures.treated.n, effect.figures.treated.before, effect.figures.treated.after) == (1, 0, 1)
        # Five peers, the one whose measure was called off, the one that planned after the round; no decoy.
        assert (effect.figures.similar.n, effect.figures.similar.before) == (7, NOUGHT)
        assert effect.figures.similar.after == Fraction(1, 7)
        assert [(row.unit, row.before, row.after) for row in effect.rows] == [("МБОУ СОШ «school»", 0, 2)]
        assert effect.later_round == (place.later.round_id, "Мониторинг ВСОКО 2027")
        assert (effect.is_preliminary, effect.is_final, effect.measured_on) == (True, False, date(2027, 3, 1))
        # Nothing of what leaves the service names another school.
        said = repr(effect)
        assert "Чужая" not in said
        assert not {world.units[key] for key in (*place.alike, *DECOYS)} & {row.unit_id for row in effect.rows}


def test_who_is_not_like_a_unit_of_the_measure(engine, world, judge):
    place = EffectWorld(engine, world)
    # Planned and done in a day, after the second school had sent its sheet.
    measure = place.take("municipality", units=("school", "school2"), made_on=date(2026, 12, 20))
    for unit, day in (("school", None), ("school2", date(2026, 12, 19))):
        place.fill(place.base, unit, "0")
        place.fill(place.later, unit, "2", day=day)
    # What was done before the first round is in its points already.
    place.take("peer1", due_on=date(2026, 1, 20), made_on=date(2025, 12, 1), done_on=date(2026, 1, 15))
    effect = judge("region", measure)
    # The unit whose sheet tells nothing of the measure is no unit without one.
    assert (effect.figures.treated.n, effect.figures.similar.n) == (1, 7)


def test_small_schools_are_compared_with_small_ones(engine, world, judge):
    place = EffectWorld(engine, world)
    with open_session(engine, reason="a test makes a school small") as session:
        session.connection(execution_options={"writes": True})
        session.get_one(OrgUnit, world.units["school"]).is_small = True
    measure = place.take()
    place.fill(place.base, "school", "0")
    place.fill(place.later, "school", "2")
    # The one other small school is too few.
    assert judge("region", measure).verdict is EffectVerdict.TOO_LITTLE


def test_too_few_similar_units_are_not_told_of(engine, world, judge):
    place = EffectWorld(engine, world, peers=effect_rule().min_similar - 1)
    measure = place.take()
    place.fill(place.base, "school", "0")
    place.fill(place.later, "school", "2")
    for login in ("school", "region"):
        effect = judge(login, measure)
        assert effect.verdict is EffectVerdict.TOO_LITTLE
        assert (effect.figures.similar.n, effect.figures.similar.before, effect.figures.similar.after) == (
            0,
            None,
            None,
        )
        assert effect.why.startswith("Похожих организаций")
        assert str(len(place.peers)) not in effect.sentence


def test_means_of_a_common_measure_are_told_to_whoever_sees_its_units(engine, world, work, actor, judge):
    """A mean of two is the other's own figure for each of them."""
    place = EffectWorld(engine, world)
    measure = place.take("municipality", units=("school", "school2"))
    for unit, after in (("school", "2"), ("school2", "1")):
        place.fill(place.base, unit, "0")
        place.fill(place.later, unit, after)
    whole = judge("municipality", measure)
    assert (whole.figures.treated.n, whole.figures.treated.after) == (2, Fraction(3, 4))
    assert [row.after for row in whole.rows] == [2, 1]
    own = judge("school2", measure)
    assert own.verdict is EffectVerdict.HELPED
    assert (own.figures.treated.n, own.figures.treated.before, own.figures.treated.after) == (2, None, None)
    assert [(row.unit_id, row.after) for row in own.rows] == [(world.units["school2"], 1)]
    assert "75" not in own.sentence
    # The control figure of the measure itself is the same mean.
    alone = place.take("school2")
    for login, told in (("municipality", {measure, alone}), ("region", {measure, alone}), ("school2", {alone})):
        session = work(login)
        seen = session.scalars(select(CorrectiveMeasure).where(CorrectiveMeasure.id.in_([measure, alone]))).all()
        assert len(seen) == 2
        assert {one.id for one in seen if figure_told(actor(login), one)} == told, login
    # So is a share that the system counts over the units.
    share = {"figure_source": FigureSource.METRIC, "metric": Metric.DOCUMENTS_PUBLISHED, "criterion_code": ""}
    values = {"base_round_id": None, "figure_before": 0, "figure_target": 40, "figure_after": 50}
    counted_share = place.take("municipality", units=("school", "school2"), **share | values)
    for login, told in (("municipality", "было 0, цель 40, стало 50. "), ("school2", ": цель 40. ")):
        assert f"{told}Цель достигнута" in judge(login, counted_share).sentence


def test_why_nothing_can_be_said(engine, world, judge):
    place = EffectWorld(engine, world)
    no_base, early = place.take(), place.take("school2")
    assert "исходном цикле" in judge("school", no_base).why
    place.fill(place.base, "school", "0")
    assert "отправленных с 20.12.2026" in judge("school", no_base).why
    # Sent before the measure was done: it tells nothing of it.
    place.fill(place.base, "school2", "0")
    place.fill(place.later, "school2", "2", day=date(2026, 12, 19))
    assert "отправленных с 20.12.2026" in judge("school2", early).why
    newest = place.take(base_round_id=place.later.round_id)
    # What is only being prepared is nobody's yet.
    when = {"opens_on": date(2027, 9, 1), "due_on": date(2027, 12, 1), "locks_on": date(2027, 12, 2)}
    hold_round(engine, world, framework=place.framework, status=RoundStatus.DRAFT, title="Проект", **when)
    place.fill(place.later, "school", "2")
    assert "ещё не открыт" in judge("school", newest).why
    undone = place.take(status=MeasureStatus.PLANNED, figure_after=None)
    assert judge("school", undone).verdict is None
    assert "срок прошёл 20.12.2026" in judge("school", undone).sentence
    bare = place.take(
        figure_source=FigureSource.NONE, figure_name="", criterion_code="", base_round_id=None, figure_after=None
    )
    assert judge("school", bare).verdict is EffectVerdict.TOO_LITTLE
    typed = {"figure_source": FigureSource.TYPED, "figure_name": "Ошибок", "criterion_code": "", "base_round_id": None}
    own = judge(
        "school", place.take(**typed, figure_before=Decimal(9), figure_target=Decimal(3), figure_after=Decimal(3))
    )
    assert (own.verdict, own.by_figure) == (EffectVerdict.HELPED, True)
    assert "было 9, цель 3, стало 3" in own.sentence


def test_statements_do_not_grow_with_the_measures(engine, world, work, actor):
    place = EffectWorld(engine, world)
    for unit in ("school", "school2"):
        place.fill(place.base, unit, "0")
        place.fill(place.later, unit, "2")
    numbers = [place.take(unit) for unit in ("school", "school2") for _ in range(3)]
    session, who = work("region"), actor("region")
    found = session.scalars(select(CorrectiveMeasure).where(CorrectiveMeasure.id.in_(numbers))).all()
    sent = []
    for measures in (found[:1], found):
        with counted(engine) as statements:
            effects = effects_of(session, who, measures, today=TODAY)
        sent.append(len(statements))
        assert {one.verdict for one in effects.values()} == {EffectVerdict.HELPED}
    assert sent == [7, 7]


def test_the_night_writes_down_what_will_not_change(engine, world, work, actor, judge):
    place = EffectWorld(engine, world)
    measure, done = place.take(), place.take("school2", status=MeasureStatus.DONE)
    for unit in ("school", "school2"):
        place.fill(place.base, unit, "0")
        place.fill(place.later, unit, "2")
    night = datetime(2027, 6, 10, 21, tzinfo=UTC)
    assert by_the_clock in task_list.MODULES

    def write() -> int:
        with open_session(engine, reason="the night of a test") as session:
            session.connection(execution_options={"writes": True})
            return record_everywhere(session, now=night)

    assert write() == 0
    place.close_later()
    # As the clock does it: of the two that are verified, the school's and the decoy's.
    Clockwork(engine, None, None).do_now("record effects", night)
    assert write() == 0
    with open_session(engine, reason="a test looks") as session:
        kept = session.get_one(CorrectiveMeasure, measure)
        assert (kept.effect, kept.effect_round_id) == (EffectVerdict.HELPED, place.later.round_id)
        # The night of UTC is the next day on Sakhalin.
        assert kept.effect_on == date(2027, 6, 11)
        assert kept.effect_figures["treated"] == {"n": 1, "before": "0.00", "after": "100.00"}
        assert session.get_one(CorrectiveMeasure, done).effect is None
        assert len(session.scalars(select(CorrectiveMeasure).where(CorrectiveMeasure.effect.is_not(None))).all()) == 2
        told = session.scalars(
            select(AuditEvent).where(AuditEvent.record_type == "corrective_measure", AuditEvent.record_id == measure)
        ).all()
        assert [row.changes["effect"] for row in told if "effect" in row.changes] == [[None, "helped"]]
        assert session.get_one(OrgUnit, world.units["region"]).time_zone == "Asia/Sakhalin"
    effect = judge("school", measure)
    assert (effect.is_recorded, effect.is_preliminary, effect.recorded_on) == (True, False, date(2027, 6, 11))
    assert (effect.figures.treated.after, effect.figures.similar.after) == (ONE, Fraction("14.29") / 100)


def test_each_region_writes_its_own_down(engine, world, work):
    place = EffectWorld(engine, world, status=RoundStatus.CLOSED)
    measure = place.take()
    place.fill(place.base, "school", "0")
    place.fill(place.later, "school", "0")
    session = work("municipality")
    assert record_due(session, today=TODAY, region_id=world.units["foreign_region"]) == 0
    assert record_due(session, today=TODAY, region_id=world.units["region"]) == 1
    assert session.get_one(CorrectiveMeasure, measure).effect is EffectVerdict.NOT_SEEN
