"""Coverage: what SQL counts is what a person counts by hand, on random staff and in every cut."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.models import (
    Certificate,
    Enrolment,
    RequirementAddressee,
    StaffMember,
    StaffPosition,
    TrainingRequirement,
)
from app.models.enumeration import AddresseeClauseKind as Clause
from app.models.enumeration_of_training import CertificateStatus as Paper
from app.models.enumeration_of_training import CoverageCount, DocumentKind, PositionKind, RequirementStatus
from app.models.enumeration_of_training import EnrolmentStatus as Seat
from app.policies.refusal import NotFound
from app.policies.unscoped import open_session
from app.services import training_coverage as coverages
from app.services.training_coverage import CoverageState, Figures
from app.services.training_coverage_people import missing, people_behind
from tests.factories.order import Point, issue_order
from tests.factories.training import (
    BEGUN,
    DONE,
    LEFT,
    THEN,
    add_certificate,
    add_group,
    add_person,
    add_position,
    add_programme,
    add_requirement,
    add_topic,
)
from tests.services.statements import counted

TODAY = date(2026, 11, 22)
STARTS, DUE = date(2026, 1, 1), date(2026, 12, 31)
# name of the world: (kind, its municipality)
UNITS = {
    "municipality": ("municipality", "municipality"),
    "municipality2": ("municipality", "municipality2"),
    "school": ("school", "municipality"),
    "school2": ("school", "municipality"),
    "school_b": ("school", "municipality2"),
    "school_c": ("school", "municipality2"),
    "regional_school": ("school", "region"),
}
KINDS = (PositionKind.HEAD, PositionKind.DEPUTY, PositionKind.TEACHER)

unit_names = st.sampled_from(sorted(UNITS))
kinds = st.sampled_from(KINDS)
positions = st.tuples(
    unit_names, kinds, st.sampled_from((None, date(2020, 9, 1), TODAY, TODAY + timedelta(1))), st.booleans()
)
papers = st.tuples(
    st.sampled_from((True, True, False)),
    st.sampled_from((Paper.CONFIRMED, Paper.CONFIRMED, Paper.ENTERED, Paper.REFUSED, Paper.ANNULLED)),
    st.sampled_from((15, 16, 36)),
    st.sampled_from((date(2025, 12, 31), STARTS, date(2026, 10, 5), DUE, DUE + timedelta(1))),
    st.sampled_from((None, DUE - timedelta(1), DUE, DUE + timedelta(400))),
)
seats = st.tuples(st.sampled_from((True, True, False)), st.sampled_from(list(Seat)))
staff = st.lists(
    st.tuples(unit_names, st.lists(positions, max_size=3), st.lists(papers, max_size=2), st.lists(seats, max_size=1)),
    min_size=3,
    max_size=10,
)
named = ("municipality", "school", "school_b")
clauses = st.lists(
    st.one_of(
        st.just((Clause.ALL_SCHOOLS, None)),
        st.just((Clause.ALL_MUNICIPALITIES, None)),
        st.tuples(st.just(Clause.SCHOOLS_OF), st.sampled_from(("municipality", "municipality2"))),
        st.tuples(st.just(Clause.UNIT), st.sampled_from(named)),
        st.tuples(st.just(Clause.EXCEPT), st.sampled_from(named)),
    ),
    min_size=1,
    max_size=3,
    unique=True,
)
rules = st.builds(
    SimpleNamespace,
    positions=st.lists(kinds, min_size=1, max_size=3, unique=True),
    counts=st.sampled_from(CoverageCount),
    min_hours=st.sampled_from((0, 16)),
    accepts_valid=st.booleans(),
    clauses=clauses,
)


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────


def asked_units(rule):
    chosen, removed = set(), set()
    for kind, name in rule.clauses:
        for unit, (of_kind, town) in UNITS.items():
            given = {
                Clause.ALL_SCHOOLS: of_kind == "school",
                Clause.ALL_MUNICIPALITIES: of_kind == "municipality",
                Clause.SCHOOLS_OF: of_kind == "school" and town == name,
                Clause.UNIT: unit == name,
                Clause.EXCEPT: name in {unit, town},
            }
            if given[kind]:
                (removed if kind is Clause.EXCEPT else chosen).add(unit)
    return chosen - removed


def paper_answers(rule, paper):
    on_topic, status, hours, issued_on, valid_until = paper
    if not on_topic or status not in {Paper.CONFIRMED, Paper.ENTERED} or hours < rule.min_hours:
        return False
    if STARTS <= issued_on <= DUE:
        return True
    lasts = valid_until is None or valid_until >= DUE
    return rule.accepts_valid and issued_on < STARTS and lasts


def state_of(rule, papers_, seats_):
    answering = [paper for paper in papers_ if paper_answers(rule, paper)]
    if any(paper[1] is Paper.CONFIRMED for paper in answering):
        return CoverageState.COVERED, min(paper[3] for paper in answering if paper[1] is Paper.CONFIRMED)
    if answering:
        return CoverageState.WAITING, None
    held = {Seat.APPLIED, Seat.ENROLLED, Seat.STUDYING, Seat.COMPLETED}
    if any(on_topic and status in held for on_topic, status in seats_):
        return CoverageState.ENROLLED, None
    return CoverageState.MISSING, None


FARTHEST = (CoverageState.COVERED, CoverageState.WAITING, CoverageState.ENROLLED, CoverageState.MISSING)


def by_hand(rule, people, within):
    """Figures, states of units, people of units, days, of the units of `within`."""
    states, known, days = {}, {}, {}
    whole = Figures()
    for unit in asked_units(rule) & within:
        here = {}
        for number, (_home, held, papers_, seats_) in enumerate(people):
            if any(
                where == unit and kind in rule.positions and not ended and (begun is None or begun <= TODAY)
                for where, kind, begun, ended in held
            ):
                here[number] = state_of(rule, papers_, seats_)
        known[unit] = {number: state for number, (state, _) in here.items()}
        found = [state for state, _ in here.values()]
        best = next((state for state in FARTHEST if state in found), CoverageState.UNKNOWN)
        states[unit] = best
        if rule.counts is CoverageCount.UNITS:
            whole.total += 1
            setattr(whole, best.value, getattr(whole, best.value) + 1)
            first = [day for _, day in here.values() if day]
            if first:
                days[min(first)] = days.get(min(first), 0) + 1
        else:
            whole.total += len(found)
            whole.unknown += best is CoverageState.UNKNOWN
            for state, day in here.values():
                setattr(whole, state.value, getattr(whole, state.value) + 1)
                if day:
                    days[day] = days.get(day, 0) + 1
    return whole, states, known, days


# ── written ──────────────────────────────────────────────────────────────────────────────────────────────────


def write(session, world, topics, groups, rule, people):
    requirement = TrainingRequirement(
        org_unit_id=world.units["region"],
        title="Требование",
        topic_id=topics[True],
        positions=[kind.value for kind in rule.positions],
        counts=rule.counts,
        starts_on=STARTS,
        due_on=DUE,
        min_hours=rule.min_hours,
        accepts_valid=rule.accepts_valid,
        status=RequirementStatus.ACTIVE,
        activated_on=STARTS,
    )
    requirement.addressees = [
        RequirementAddressee(kind=kind, org_unit_id=world.units[name] if name else None) for kind, name in rule.clauses
    ]
    members = [
        StaffMember(
            org_unit_id=world.units[home],
            last_name=f"Фамилия{number}",
            first_name="Имя",
            is_working=any(not ended for *_, ended in held),
        )
        for number, (home, held, _, _) in enumerate(people)
    ]
    session.add_all([requirement, *members])
    session.flush()
    for member, (_home, held, papers_, seats_) in zip(members, people, strict=True):
        for number, (where, kind, begun, ended) in enumerate(held):
            session.add(
                StaffPosition(
                    org_unit_id=world.units[where],
                    staff_member_id=member.id,
                    kind=kind,
                    title=f"должность {number}",
                    started_on=begun,
                    ended_on=max(TODAY, begun or TODAY) if ended else None,
                )
            )
        for number, (on_topic, status, hours, issued_on, valid_until) in enumerate(papers_):
            session.add(
                Certificate(
                    staff_member_id=member.id,
                    document_kind=DocumentKind.ADVANCED,
                    number=str(number),
                    issued_on=issued_on,
                    hours=hours,
                    topic_id=topics[on_topic],
                    programme_title="Программа",
                    issuer_name="Академия",
                    valid_until=valid_until if valid_until is None else max(valid_until, issued_on),
                    status=status,
                    entered_by_unit_id=member.org_unit_id,
                    confirmed_at=THEN if status is Paper.CONFIRMED else None,
                    remark="не читается" if status is Paper.REFUSED else "",
                )
            )
        for on_topic, status in seats_:
            session.add(
                Enrolment(
                    group_id=groups[on_topic],
                    provider_unit_id=world.units["provider"],
                    staff_member_id=member.id,
                    sent_by_unit_id=member.org_unit_id,
                    status=status,
                    enrolled_on=STARTS if status in BEGUN else None,
                    result="passed" if status in DONE else None,
                    completed_on=STARTS if status in DONE else None,
                    left_reason="причина" if status in LEFT else "",
                )
            )
    session.flush()
    return requirement, [member.id for member in members]


@pytest.fixture
def subject(engine, world):
    topics = {True: add_topic(engine, world), False: add_topic(engine, world, title="Иное")}
    groups = {
        on_topic: add_group(engine, world, add_programme(engine, world, topic_id=number))
        for on_topic, number in topics.items()
    }
    return topics, groups


@settings(
    max_examples=12,
    # Its people are few enough to be read as they are; making them fewer costs minutes of a database.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rule=rules, people=staff)
def test_sql_counts_as_a_person_does(subject, world, work, rule, people):
    session = work("region")
    number_of = {name: world.units[name] for name in UNITS}
    cuts = (
        ("region", set(UNITS), None),
        ("region", {unit for unit in UNITS if UNITS[unit][1] == "municipality"}, world.units["municipality"]),
        ("municipality2", {"municipality2", "school_b", "school_c"}, None),
        ("school", {"school"}, None),
    )
    own = session.info["actor"]
    try:
        requirement, members = write(session, world, *subject, rule, people)
        for login, within, municipality_id in cuts:
            # The same transaction, read with other eyes.
            session.expire_all()
            reader = session.info["actor"] = SCOPES.get(login, own)
            whole, states, known, days = by_hand(rule, people, within)
            found = coverages.coverage(session, reader, requirement, today=TODAY, municipality_id=municipality_id)
            assert found.figures == whole, login
            assert {row.unit_id: row.state for row in found.units} == {
                number_of[unit]: state for unit, state in states.items()
            }
            assert sum(place.figures.covered for place in found.by_municipality) == whole.covered
            behind = people_behind(session, reader, requirement, today=TODAY, municipality_id=municipality_id)
            assert {
                unit: {person.staff_member_id: person.state for person in each} for unit, each in behind.items()
            } == {
                number_of[unit]: {members[number]: state for number, state in each.items()}
                for unit, each in known.items()
                if each
            }
            if municipality_id is None:
                assert coverages.figures_of(session, [requirement], today=TODAY)[requirement.id] == whole
            if days and sum(days.values()) == whole.total:
                assert found.forecast.day == max(days)
            gained = sum(count for day, count in days.items() if date(2026, 8, 25) <= day <= TODAY)
            assert found.forecast.gained in {gained, 0}
    finally:
        session.rollback()
        session.info["actor"] = own


SCOPES: dict = {}


@pytest.fixture(autouse=True)
def scopes(actor):
    SCOPES.update({login: actor(login) for login in ("municipality2", "school")})


# ── by example ───────────────────────────────────────────────────────────────────────────────────────────────


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
    order = issue_order(engine, world, points=(Point("1", to=("municipality",)), Point("2", to=("municipality",))))
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
    points = list(order.points.values())
    with counted(engine) as sent:
        found = coverages.coverage_of_points(session, points, TODAY)
    assert len(sent) == 3
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
