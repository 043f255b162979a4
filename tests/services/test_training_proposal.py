"""Who is proposed for which seat, and what stays with the coordinator."""

from __future__ import annotations

from datetime import date

import pytest

from app.models import TrainingRequirement
from app.models.enumeration_of_training import (
    CertificateStatus,
    CoverageCount,
    EnrolmentStatus,
    GroupStatus,
    PositionKind,
    RequirementStatus,
)
from app.policies.refusal import Invalid, NotFound, NotPermitted, WrongState
from app.services import training_proposal
from app.services import training_requirement as requirements
from tests.factories.order import Point, issue_order
from tests.factories.training import (
    THEN,
    add_certificate,
    add_group,
    add_person,
    add_position,
    add_programme,
    add_requirement,
    add_topic,
    enrol,
)

TODAY = date(2026, 11, 22)


@pytest.fixture
def propose(work, actor):
    def made(number, login="region"):
        session = work(login)
        found = session.get(TrainingRequirement, number)
        return training_proposal.propose(session, actor(login), found, today=TODAY)

    return made


def seated(proposal):
    return {
        group.title: [place.person.staff_member_id for place in proposal.places[group.id]] for group in proposal.groups
    }


def test_heads_of_units_without_anyone_take_the_nearest_seats(engine, world, propose):
    topic = add_topic(engine, world)
    deputies_only = add_programme(engine, world, title="Для заместителей", positions=["deputy"])
    for_all = add_programme(engine, world)
    first = add_group(engine, world, for_all, title="Ближний", seats=2)
    add_group(
        engine, world, for_all, title="Дальний", seats=1, starts_on=date(2026, 12, 20), ends_on=date(2026, 12, 25)
    )
    add_group(engine, world, deputies_only, title="Заместители", seats=5, starts_on=date(2026, 12, 10))
    for title, more in (
        ("Черновик", {"status": GroupStatus.DRAFT}),
        ("Закрыт приём", {"apply_until": date(2026, 11, 21)}),
        ("Начался", {"starts_on": date(2026, 11, 21)}),
    ):
        add_group(engine, world, for_all, title=title, **more)
    off_topic = add_programme(engine, world, topic_id=add_topic(engine, world, title="Иное"))
    add_group(engine, world, off_topic, title="О другом")
    # Of the municipality 2: a head and a deputy; the head was refused in the near group.
    refused = add_person(engine, world, "school_b", last_name="Отказная")
    enrol(engine, first, refused, status=EnrolmentStatus.REFUSED)
    deputy = add_person(engine, world, "school_b", last_name="Аникина", kind=PositionKind.DEPUTY)
    # One person heads two schools: one seat covers both.
    double = add_person(engine, world, "school")
    add_position(engine, world, double, "school2", kind=PositionKind.HEAD)
    spare = add_person(engine, world, "school2", last_name="Янова", kind=PositionKind.DEPUTY)
    covered = add_person(engine, world, "school_c")
    add_certificate(engine, world, covered, topic=topic)
    number = add_requirement(engine, world)
    found = propose(number)
    # Anivsky stands before Tomarinsky; the withdrawn seats of the refused one go by.
    assert seated(found) == {"Ближний": [double], "Заместители": [], "Дальний": [refused]}
    assert [unit.unit_id for unit in found.unknown] == [world.units["regional_school"]]
    assert found.left == []
    assert not {deputy, spare, covered} & {one for people in seated(found).values() for one in people}
    # The school sees and proposes its own only.
    assert seated(propose(number, "school_b"))["Дальний"] == [refused]


def test_each_person_counts_where_the_requirement_says_so(engine, world, propose, work, actor):
    topic = add_topic(engine, world)
    add_group(engine, world, add_programme(engine, world), title="Поток", seats=2)
    covered = add_person(engine, world, "school", last_name="Обученная")
    add_certificate(engine, world, covered, topic=topic)
    beside = add_person(engine, world, "school", last_name="Рядом", kind=PositionKind.DEPUTY)
    alone = add_person(engine, world, "school_c", last_name="Одна", kind=PositionKind.DEPUTY)
    head = add_person(engine, world, "school_c", last_name="Яркая")
    waits = add_person(engine, world, "school2")
    add_certificate(engine, world, waits, topic=topic, status=CertificateStatus.ENTERED)
    number = add_requirement(engine, world, counts=CoverageCount.PEOPLE)
    found = propose(number)
    # Units where nobody is trained come first, the head before the deputy; for the rest no seat is left.
    assert seated(found) == {"Поток": [head, alone]}
    assert [[person.staff_member_id for person in one.people] for one in found.left] == [[beside]]
    session = work("region")
    requirement = session.get(TrainingRequirement, number)
    for login in ("colleague", "provider"):
        with pytest.raises(NotPermitted):
            training_proposal.propose(work(login), actor(login), requirement, today=TODAY)
    with pytest.raises(Invalid):
        training_proposal.accept(session, actor("region"), requirement, {1: []}, now=THEN, today=TODAY)


def test_a_point_is_bound_by_the_maker_of_both(engine, world, work, actor):
    own = issue_order(engine, world, points=(Point("2.3", to=("municipality",)), Point("4", to=("municipality",))))
    below = issue_order(engine, world, issuer="municipality", number="1", points=(Point("1", to=("school",)),))
    foreign = issue_order(engine, world, issuer="foreign_region", number="7", points=(Point("1"),))
    number = add_requirement(engine, world)
    session, region = work("region"), actor("region")
    requirement = session.get(TrainingRequirement, number)
    with pytest.raises(NotFound):
        requirements.bind_point(session, region, requirement, foreign.points["1"])
    with pytest.raises(Invalid, match="своего распоряжения"):
        requirements.bind_point(session, region, requirement, below.points["1"])
    offered = [point.id for _, point in requirements.points_to_bind(session, region, requirement)]
    assert sorted(offered) == sorted(own.points.values())
    requirements.bind_point(session, region, requirement, own.points["4"])
    requirements.bind_point(session, region, requirement, None)
    assert requirement.order_point_id is None
    with pytest.raises(NotPermitted):
        requirements.bind_point(work("municipality"), actor("municipality"), requirement, own.points["4"])
    with pytest.raises(WrongState):
        requirements.delete_draft(session, region, requirement)


def test_one_seat_for_two_jobs_and_none_for_a_requirement_that_is_closed(engine, world, propose, work, actor):
    group = add_group(engine, world, add_programme(engine, world), title="Поток", seats=2)
    double = add_person(engine, world, "school")
    add_position(engine, world, double, "school_b", kind=PositionKind.HEAD)
    each = add_requirement(engine, world, counts=CoverageCount.PEOPLE)
    found = propose(each)
    assert (seated(found), found.left) == ({"Поток": [double]}, [])
    closed = add_requirement(engine, world, title="Прошлогоднее", status=RequirementStatus.CLOSED)
    with pytest.raises(WrongState):
        propose(closed)
    session = work("region")
    held = session.get(TrainingRequirement, closed)
    with pytest.raises(WrongState):
        training_proposal.accept(session, actor("region"), held, {group: [double]}, now=THEN, today=TODAY)
