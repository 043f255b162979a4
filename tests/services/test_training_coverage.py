"""Coverage: what SQL counts is what a person counts by hand, on random staff and in every cut."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

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
from app.services import training_coverage as coverages
from app.services.training_coverage_people import people_behind
from tests.factories.training import (
    BEGUN,
    DONE,
    LEFT,
    THEN,
    add_group,
    add_programme,
    add_topic,
)
from tests.services.coverage_by_hand import DUE, STARTS, TODAY, UNITS, by_hand

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


# Each edge of the rule once: the last day of validity, as many hours as are asked, the first day in the position and of
# the period, two positions of one person, a position not begun and one that has ended, a seat that ended in a document.
BEFORE, HEAD, DEPUTY = date(2025, 12, 31), PositionKind.HEAD, PositionKind.DEPUTY
EDGES = [
    ("school", [("school", HEAD, None, False)], [(True, Paper.CONFIRMED, 16, BEFORE, DUE)], []),
    ("school2", [("school2", DEPUTY, TODAY, False)], [(True, Paper.CONFIRMED, 16, STARTS, None)], []),
    ("school_b", [("school_b", HEAD, None, False), ("school_b", DEPUTY, None, False)], [], [(True, Seat.CERTIFIED)]),
    ("school_c", [("school_c", HEAD, TODAY + timedelta(1), False)], [], []),
    ("regional_school", [("regional_school", HEAD, None, True)], [(True, Paper.CONFIRMED, 36, DUE, None)], []),
    ("school_b", [("regional_school", HEAD, None, False)], [(True, Paper.ENTERED, 36, DUE, None)], []),
]
EDGE_RULE = SimpleNamespace(
    positions=[HEAD, DEPUTY],
    counts=CoverageCount.PEOPLE,
    min_hours=16,
    accepts_valid=True,
    clauses=[(Clause.ALL_SCHOOLS, None)],
)
EXCEPTED = [(Clause.ALL_SCHOOLS, None), (Clause.EXCEPT, "municipality")]


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
@example(rule=EDGE_RULE, people=EDGES)
@example(rule=SimpleNamespace(**vars(EDGE_RULE) | {"clauses": EXCEPTED}), people=EDGES)
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
            assert sum(place.units for place in found.by_municipality) == len(states)
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
            # «Каждый работник»: a unit that is silent about its people has somebody to train.
            silent = whole.unknown if found.counts is CoverageCount.PEOPLE else 0
            if days and sum(days.values()) == whole.total + silent:
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
