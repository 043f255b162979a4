"""Coverage by example: who leaves and who moves, what it costs, how a share is rounded."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.analysis.training_forecast import Pace
from app.models import OrgUnit, StaffPosition, TrainingRequirement
from app.models.enumeration import AddresseeClauseKind as Clause
from app.models.enumeration_of_training import CertificateStatus, CoverageCount, PositionKind, RequirementStatus
from app.policies.refusal import Invalid, NotFound
from app.policies.unscoped import open_session
from app.services import training_coverage as coverages
from app.services.training_coverage import CoverageState, Figures
from app.services.training_coverage_people import missing, people_behind
from app.services.training_proposal import group_on_topic, open_groups
from tests.factories.order import Point, issue_order
from tests.factories.training import (
    add_certificate,
    add_group,
    add_person,
    add_position,
    add_programme,
    add_requirement,
    add_topic,
    enrol,
)
from tests.services.statements import counted

TODAY = date(2026, 11, 22)


def test_who_leaves_takes_the_coverage_along_and_who_moves_brings_it(engine, world, work, actor):
    topic = add_topic(engine, world)
    person = add_person(engine, world, "school")
    add_certificate(engine, world, person, topic=topic)
    number = add_requirement(engine, world)

    def states():
        session = work("region")
        found = coverages.coverage(session, actor("region"), session.get(TrainingRequirement, number), today=TODAY)
        return {row.unit_id: row.state for row in found.units}

    def units_of(*names):
        return {world.units[name] for name in names}

    assert {unit for unit, state in states().items() if state is CoverageState.COVERED} == units_of("school")
    # A second job covers the second school too; the certificate stays with the person.
    add_position(engine, world, person, "school_b", kind=PositionKind.DEPUTY)
    assert {unit for unit, state in states().items() if state is CoverageState.COVERED} == units_of(
        "school", "school_b"
    )
    with open_session(engine, reason="tests end a position") as session:
        session.connection(execution_options={"writes": True})
        first = session.scalar(select(StaffPosition).where(StaffPosition.org_unit_id == world.units["school"]))
        first.ended_on = TODAY
    found = states()
    assert {unit for unit, state in found.items() if state is CoverageState.COVERED} == units_of("school_b")
    assert found[world.units["school"]] is CoverageState.UNKNOWN


def test_figures_cost_the_same_for_few_and_many_and_are_cut_to_the_unit(engine, world, work, actor):
    topic = add_topic(engine, world)
    order = issue_order(
        engine, world, points=(Point("1", to=("municipality",)), Point("2", to=("municipality",)), Point("3"))
    )
    # A draft that is bound already shows nothing.
    add_requirement(engine, world, title="Черновик", order_point_id=order.points["3"], status=RequirementStatus.DRAFT)
    numbers = [
        add_requirement(engine, world, title=title, order_point_id=order.points[point], **more)
        for title, point, more in (
            ("Одно", "1", {}),
            ("Два", "2", {"counts": CoverageCount.PEOPLE, "positions": (PositionKind.HEAD,)}),
        )
    ]
    add_requirement(engine, world, "foreign_region", clauses=((Clause.ALL_SCHOOLS, None),))
    for unit in ("school", "school2", "school_b", "foreign_school"):
        person = add_person(engine, world, unit)
        if not unit.startswith("foreign"):
            add_certificate(engine, world, person, topic=topic)
    session, reader = work("region"), actor("region")
    points = [order.points[label] for label in ("1", "2")]
    with counted(engine) as sent:
        found = coverages.coverage_of_points(session, points, TODAY)
    assert len(sent) == 3
    assert coverages.coverage_of_points(session, [order.points["3"]], TODAY) == {}
    assert [found[point].figures.text for point in points] == ["3 из 5 (60,0 %)", "3 из 3 (100,0 %)"]
    cut = coverages.coverage_of_points(session, points, TODAY, unit_id=world.units["municipality2"])
    assert [cut[point].figures.text for point in points] == ["1 из 2 (50,0 %)", "1 из 1 (100,0 %)"]
    one = coverages.coverage_of_points(session, points, TODAY, unit_id=world.units["school_c"])
    assert [one[point].figures.text for point in points] == ["0 из 1 (0,0 %)", "некого считать"]
    assert coverages.coverage_of_points(work("provider"), points, TODAY) == {}
    assert coverages.coverage_of_points(work("foreign_region"), points, TODAY) == {}
    requirement = session.get(TrainingRequirement, numbers[0])
    costs = []
    for _ in range(2):
        session.refresh(requirement)
        with counted(engine) as sent:
            coverages.coverage(session, reader, requirement, today=TODAY)
            missing(session, reader, requirement, today=TODAY)
        costs.append(len(sent))
        for name in ("Новая", "Иная"):
            add_person(engine, world, "school_c", last_name=name)
        session.commit()
    assert costs[0] == costs[1]
    assert [len(one.people) for one in missing(session, reader, requirement, today=TODAY)] == [4, 0]
    with pytest.raises(NotFound):
        coverages.coverage(
            session, reader, requirement, today=TODAY, municipality_id=world.units["foreign_municipality"]
        )


@pytest.mark.parametrize(("covered", "total", "text"), [(1, 8, "12,5 %"), (1, 16, "6,3 %"), (5, 5, "100,0 %")])
@pytest.mark.once
def test_a_share_is_rounded_half_up(covered, total, text):
    assert Figures(total=total, covered=covered).share_text == text


def test_units_count_while_they_act_and_seats_while_they_can_count(engine, world, work, actor):
    """A school closed today is gone, one closed tomorrow or opened today is there; a short course covers nobody."""
    with open_session(engine, reason="tests open and close schools") as session:
        session.connection(execution_options={"writes": True})
        for name, column, day in (
            ("school", "closed_on", TODAY),
            ("school2", "closed_on", TODAY + timedelta(1)),
            ("school_b", "opened_on", TODAY + timedelta(1)),
            ("school_c", "opened_on", TODAY),
        ):
            setattr(session.get_one(OrgUnit, world.units[name]), column, day)
    short, enough = (
        add_group(engine, world, add_programme(engine, world, title=str(hours), hours=hours)) for hours in (16, 36)
    )
    for unit, group in (("school2", short), ("school_c", enough)):
        enrol(engine, group, add_person(engine, world, unit))
    whole = add_requirement(engine, world, min_hours=36)
    everyone = ((Clause.ALL_SCHOOLS, None), (Clause.ALL_MUNICIPALITIES, None))
    of_town = add_requirement(engine, world, "municipality2", min_hours=36, clauses=everyone)
    session, reader = work("region"), actor("region")
    asked = {number: session.get(TrainingRequirement, number) for number in (whole, of_town)}
    found = coverages.coverage(session, reader, asked[whole], today=TODAY)
    assert {row.unit_id: row.state for row in found.units} == {
        world.units["school2"]: CoverageState.MISSING,
        world.units["school_c"]: CoverageState.ENROLLED,
        world.units["regional_school"]: CoverageState.UNKNOWN,
    }
    assert [group.id for group in open_groups(session, asked[whole], today=TODAY)] == [enough]
    with pytest.raises(Invalid, match=r"16 ч.* от 36 ч"):
        group_on_topic(session, asked[whole], short)
    # A municipality asks its own schools, not itself and nobody else's.
    town = coverages.coverage(session, reader, asked[of_town], today=TODAY)
    assert [row.unit_id for row in town.units] == [world.units["school_c"]]


def test_behind_a_person_stands_the_document_that_counts_and_the_nearest_group(engine, world, work, actor):
    topic = add_topic(engine, world)
    trained, sits = add_person(engine, world, "school"), add_person(engine, world, "school2")
    add_certificate(
        engine, world, trained, topic=topic, number="1", issued_on=date(2026, 2, 1), status=CertificateStatus.ENTERED
    )
    for number, day in (("3", date(2026, 6, 1)), ("2", date(2026, 4, 1))):
        add_certificate(engine, world, trained, topic=topic, number=number, issued_on=day)
    programme = add_programme(engine, world)
    for title, begins in (("Дальний", date(2026, 12, 9)), ("Ближний", date(2026, 12, 2))):
        group = add_group(engine, world, programme, title=title, starts_on=begins)
        enrol(engine, group, sits)
    number = add_requirement(engine, world)
    session, reader = work("region"), actor("region")
    known = people_behind(session, reader, session.get(TrainingRequirement, number), today=TODAY)
    [one], [other] = known[world.units["school"]], known[world.units["school2"]]
    assert (one.document.number, one.seat) == ("2", None)
    assert (other.seat.title, other.document) == ("Ближний", None)


@pytest.mark.once
def test_full_coverage_is_not_told_while_a_unit_is_silent_about_its_people(engine, world, work, actor):
    """«Каждый работник»: a school without anyone on record has at least one to train."""
    clauses = ((Clause.SCHOOLS_OF, "municipality"),)
    number = add_requirement(engine, world, counts=CoverageCount.PEOPLE, clauses=clauses)
    head = add_person(engine, world, "school")
    add_certificate(engine, world, head, topic=add_topic(engine, world))

    def told():
        session = work("region")
        requirement = session.get_one(TrainingRequirement, number)
        return coverages.coverage(session, actor("region"), requirement, today=TODAY)

    assert (told().figures.covered, told().figures.total, told().figures.unknown) == (1, 1, 1)
    assert told().forecast.pace is not Pace.REACHED
    second = add_person(engine, world, "school2", last_name="Вторая")
    add_certificate(engine, world, second, topic=add_topic(engine, world), number="2")
    assert told().forecast.pace is Pace.REACHED
