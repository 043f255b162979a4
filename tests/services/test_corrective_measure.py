"""Measures: planned for findings of one or many units, changed by whoever may, done with proof, verified from above."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.models import AuditEvent, CorrectiveMeasure, Finding, MeasureUnit, OrgUnit
from app.models.enumeration import AssessmentStatus, Metric
from app.models.enumeration_of_measures import FigureSource, FindingStatus
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted
from app.services import corrective_measure as measures
from app.services import measure_figure, measure_links, measure_people, measure_proposal
from app.services.measure_details import typed_of
from tests.factories.measures import add_finding, add_measure, add_template
from tests.factories.monitoring import fill_sheet, hold_round
from tests.factories.training import add_person
from tests.services.weak_schools import TODAY, TYPED, of_criterion, weak_schools


@pytest.fixture
def weak(engine, world):
    return weak_schools(engine, world)


def test_one_measure_for_many_units_and_each_its_own(engine, world, work, actor, weak):
    held, found = weak
    add_person(engine, world, "school", kind="deputy", title="заместитель директора по УВР")
    session, who = work("municipality"), actor("municipality")
    one = measures.plan(
        session,
        who,
        unit_id=world.units["municipality"],
        finding_ids=found.values(),
        typed=of_criterion(held),
        today=TODAY,
    )
    assert (one.figure_before, one.figure_target) == (Decimal("0.5"), 2)
    assert one.figure_name.startswith("Средний балл по критерию Д1")
    links = session.execute(select(MeasureUnit.org_unit_id).where(MeasureUnit.measure_id == one.id)).scalars().all()
    assert set(links) == {world.units["school"], world.units["school2"]}
    assert set(measure_links.findings_of(session, [one.id])[one.id]) == set(
        session.scalars(select(Finding).where(Finding.id.in_(found.values())))
    )
    each = measures.plan_each(
        session,
        who,
        finding_ids=list(found.values()),
        typed=of_criterion(held, responsible_position="Заместитель директора по УВР"),
        today=TODAY,
    )
    told = {(row.org_unit_id, row.figure_before, row.responsible) for row in each}
    assert told == {
        (world.units["school"], Decimal(0), "Иванова Анна Петровна"),
        (world.units["school2"], Decimal(1), ""),
    }
    school_id = world.units["school"]
    both = of_criterion(held, responsible="Кто-то другой", responsible_position="Заместитель директора по УВР")
    assert measure_people.completed(both, measure_people.people(session, [school_id])[school_id]) is both
    session.commit()
    # The school sees the municipality's measure, writes only its own, and never the other school's rows.
    school = work("school")
    seen = {row.id for row in school.scalars(select(CorrectiveMeasure))}
    assert seen == {one.id, each[0].id}
    assert school.scalar(select(func.count()).select_from(MeasureUnit)) == 2
    with pytest.raises(NotPermitted):
        measures.start(school, actor("school"), school.get_one(CorrectiveMeasure, one.id), today=TODAY)
    for unit in ("school2", "foreign_school"):
        with pytest.raises(NotFound):
            measures.plan(school, actor("school"), unit_id=world.units[unit], typed=TYPED, today=TODAY)
    with pytest.raises(NotFound):
        measures.plan(
            school,
            actor("school"),
            unit_id=world.units["school"],
            finding_ids=[found["school2"]],
            typed=TYPED,
            today=TODAY,
        )


def test_what_is_typed_wrong_is_told_at_its_field(engine, world, work, actor, weak):
    held, _ = weak
    closed = add_finding(engine, world, "school", status=FindingStatus.RESOLVED)
    foreign = add_template(engine, world, "foreign_region")
    session, who = work("school"), actor("school")
    for typed, field in (
        (replace(TYPED, title="  "), "title"),
        (replace(TYPED, title="х" * 501), "title"),
        (replace(TYPED, due_on=date(2026, 11, 21)), "due_on"),
        (replace(TYPED, due_on=date(2066, 11, 21)), "due_on"),
        (replace(TYPED, starts_on=date(2026, 12, 21)), "starts_on"),
        (replace(TYPED, figure_source=FigureSource.TYPED), "figure_name"),
        (replace(TYPED, figure_source=FigureSource.METRIC, metric=Metric.CALENDAR_BALANCED), "metric"),
        (of_criterion(held, criterion_code="Ж9"), "criterion_code"),
        (of_criterion(held, figure_target=Decimal(3)), "figure_target"),
        (of_criterion(held, figure_before=Decimal(-1)), "figure_before"),
        (of_criterion(held, figure_target=Decimal("0.125")), "figure_target"),
    ):
        with pytest.raises(Invalid) as refused:
            measures.plan(session, who, unit_id=who.unit_id, typed=typed, today=TODAY)
        assert refused.value.field == field, refused.value.sentence
    with pytest.raises(Invalid, match="устранён"):
        measures.plan(session, who, unit_id=who.unit_id, finding_ids=[closed], typed=TYPED, today=TODAY)
    # What another region keeps is as absent as what was never there.
    for name in ("template_id", "order_point_id", "training_requirement_id", "training_group_id"):
        number = foreign if name == "template_id" else 1_000_000
        with pytest.raises(NotFound):
            measures.plan(session, who, unit_id=who.unit_id, typed=replace(TYPED, **{name: number}), today=TODAY)
    # Without a figure nothing of one is kept.
    plain = measures.plan(
        session, who, unit_id=who.unit_id, typed=replace(TYPED, figure_target=Decimal(5)), today=TODAY
    )
    assert (plain.figure_source, plain.figure_target, plain.criterion_code) == (FigureSource.NONE, None, "")
    assert session.scalar(select(MeasureUnit.org_unit_id).where(MeasureUnit.measure_id == plain.id)) == who.unit_id
    counted = measures.plan(
        session,
        who,
        unit_id=who.unit_id,
        typed=replace(TYPED, figure_source=FigureSource.METRIC, metric=Metric.HEAD_TRAINED),
        today=TODAY,
    )
    assert (counted.figure_before, counted.figure_name[:4]) == (0, "Доля")
    session.commit()
    above, region = work("municipality"), work("region")
    region.get_one(OrgUnit, world.units["school2"]).closed_on = TODAY
    region.commit()
    for units, field in (({"unit_ids": [world.units["school2"]]}, "units"), ({}, "carrier")):
        carried = world.units["municipality" if units else "school2"]
        with pytest.raises(Invalid, match="закрыта") as refused:
            measures.plan(above, actor("municipality"), unit_id=carried, typed=TYPED, today=TODAY, **units)
        assert refused.value.field == field


def test_the_unit_changes_its_own_part_of_what_was_set_from_above(engine, world, work, actor, weak):
    held, found = weak
    number = add_measure(
        engine,
        world,
        "school",
        findings=[found["school"]],
        made_by="municipality",
        figure_source=FigureSource.CRITERION,
        figure_name="Балл",
        criterion_code="Д1",
        base_round_id=held.round_id,
    )
    extra = add_finding(engine, world, "school", text="Ещё одна")
    session, who = work("school"), actor("school")
    one = session.get_one(CorrectiveMeasure, number)
    links = {"finding_ids": [extra], "unit_ids": [], "today": TODAY}
    typed = typed_of(one)
    for name, value in (("title", "Другое"), ("due_on", date(2027, 1, 1)), ("figure_target", Decimal(1))):
        with pytest.raises(NotPermitted, match="вышестоящая"):
            measures.change(session, who, one, replace(typed, **{name: value}), version=1, **links)
    measures.change(session, who, one, replace(typed, responsible="Петров Пётр"), version=1, **links)
    assert (one.responsible, one.figure_before) == ("Петров Пётр", None)
    # It adds a finding and takes none away.
    assert {row.id for row in measure_links.findings_of(session, [one.id])[one.id]} == {found["school"], extra}
    with pytest.raises(Conflict):
        measures.change(session, who, one, typed, version=1, **links)
    session.commit()
    # Its planner changes all of it, and the finding goes.
    above, boss = work("municipality"), actor("municipality")
    one = above.get_one(CorrectiveMeasure, number)
    measures.change(
        above,
        boss,
        one,
        replace(typed_of(one), title="Другое"),
        version=one.version,
        finding_ids=[found["school"]],
        unit_ids=[world.units["school"]],
        today=TODAY,
    )
    assert one.title == "Другое"
    # Another window took nothing but a finding away: what this one saw stands no more.
    seen = one.version
    other = {"finding_ids": [extra], "unit_ids": [world.units["school"]], "today": TODAY}
    with above.begin_nested() as tried:
        measures.change(above, boss, one, typed_of(one), version=seen, **other)
        with pytest.raises(Conflict):
            measures.change(above, boss, one, typed_of(one), version=seen, **other)
        [*_, told] = above.scalars(
            select(AuditEvent)
            .where(AuditEvent.record_type == "corrective_measure", AuditEvent.record_id == number)
            .order_by(AuditEvent.id)
        )
        # The journal tells of the links, and nothing untrue of the measure.
        assert told.changes["title"] == ["Разработать и утвердить положение", "Другое"]
        tried.rollback()
    assert [row.id for row in measure_links.findings_of(above, [one.id])[one.id]] == [found["school"]]
    above.commit()
    # What the region sets is not changed by the municipality, nor anything by another school.
    regional = add_measure(engine, world, "school", made_by="region")
    one = above.get_one(CorrectiveMeasure, regional)
    with pytest.raises(NotPermitted):
        measures.change(above, boss, one, typed_of(one), version=1, finding_ids=[], unit_ids=[], today=TODAY)
    # Of what the region sets for its schools the municipality takes no school away.
    above.commit()
    shared = add_measure(engine, world, "municipality", made_by="region", units=("school", "school2"))
    one = above.get_one(CorrectiveMeasure, shared)
    measures.change(above, boss, one, typed_of(one), version=1, finding_ids=[extra], unit_ids=[], today=TODAY)
    assert set(measure_links.unit_ids_of(above, shared)) == {world.units["school"], world.units["school2"]}


def test_the_form_is_proposed_from_the_criterion_the_template_and_the_order(engine, world, work, actor, weak):
    held, found = weak
    template = add_template(
        engine, world, title="Утвердить положение", days=30, target=Decimal("1.5"), responsible_position="директор"
    )
    add_template(engine, world, criterion_code="Д2", title="Чужой критерий")
    # Sent and not yet checked: it does not count.
    later = hold_round(
        engine,
        world,
        units=("school",),
        framework=(held.framework_id, held.criteria),
        title="Следующий",
        opens_on=date(2026, 11, 1),
    )
    fill_sheet(engine, world, later, "school", {"Д1": "2"}, status=AssessmentStatus.SUBMITTED)
    session, who = work("municipality"), actor("municipality")
    told = measure_proposal.proposal(session, who, finding_ids=list(found.values()), template_id=None, today=TODAY)
    assert (told.typed.title, told.typed.template_id) == ("Утвердить положение", template)
    assert (told.typed.due_on, told.typed.figure_target) == (date(2026, 12, 22), Decimal("1.5"))
    assert told.now is not None
    assert told.now.value == Decimal("0.5")
    assert measure_proposal.figure_value(told.typed) == f"criterion:{held.round_id}:Д1"
    assert told.unit_ids == [world.units["school"], world.units["school2"]]
    # Whose sheets are not checked, or who is not seen, is not counted.
    assert measure_figure.before(work("school"), actor("school"), "Д1", held.round_id, told.unit_ids).value == 0
    assert measure_figure.now(session, who, "Д1", held.round_id, told.unit_ids).value is None
    assert measure_proposal.answering_point(session, list(told.findings)) is None


@pytest.mark.once
def test_a_mean_over_units_is_not_planned_for_whom_it_would_tell_of_the_others(world, work, actor, weak):
    """A school that carries a measure out knows its own points: the mean of two would tell it the other's."""
    held, found = weak
    session, who = work("municipality"), actor("municipality")
    both = {"finding_ids": list(found.values()), "today": TODAY}
    with pytest.raises(Invalid, match="баллы исполнителю не видны") as refusal:
        measures.plan(session, who, unit_id=world.units["school"], typed=of_criterion(held), **both)
    assert refusal.value.field == "figure"
    # A figure that is typed tells of nobody, and a school's own points it may be told.
    measures.plan(session, who, unit_id=world.units["school"], typed=TYPED, **both)
    own = measures.plan(
        session,
        who,
        unit_id=world.units["school"],
        finding_ids=[found["school"]],
        typed=of_criterion(held),
        today=TODAY,
    )
    with pytest.raises(Invalid, match="баллы исполнителю не видны"):
        measures.change(
            session,
            who,
            own,
            typed_of(own),
            version=None,
            finding_ids=[found["school"]],
            unit_ids=[world.units["school"], world.units["school2"]],
            today=TODAY,
        )
