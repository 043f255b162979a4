"""The row scope: one truth in SQL and in Python, and no way around it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select, text, union_all, update
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.models import Assignment, AuditEvent, Base, Order, OrderPoint, OrgUnit, User
from app.models.enumeration import OrderStatus
from app.policies.actor import NOBODY
from app.policies.guard import GuardedSession, MissingActorError, UnguardedStatementError
from app.policies.refusal import ScopeBreach
from app.policies.scope import rule_of
from app.policies.unscoped import open_session
from tests.factories.order import Point, issue_order

NOW = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def issued(engine, world):
    everyone = ("municipality", "municipality2", "school", "school_b", "provider", "regional_school")
    return issue_order(engine, world, points=(Point("1", to=everyone),))


EXPECTED = {
    "region": {"municipality", "municipality2", "school", "school_b", "provider", "regional_school"},
    "observer": {"municipality", "municipality2", "school", "school_b", "provider", "regional_school"},
    "municipality": {"municipality", "school"},
    "municipality2": {"municipality2", "school_b"},
    "school": {"school"},
    "school2": set(),
    "provider": {"provider"},
    "regional_school": {"regional_school"},
    "foreign_region": set(),
    "foreign_school": set(),
    "admin": set(),
    "nobody": set(),
}


def ways_to_read(session: GuardedSession):
    """Every way in which ORM statements reach rows; each answers with the numbers of assignments."""
    other = aliased(Assignment)
    sub = select(Assignment.id).subquery()
    cte = select(Assignment.id).cte("those")
    yield "entities", [row.id for row in session.scalars(select(Assignment))]
    yield "columns", session.scalars(select(Assignment.id)).all()
    yield "alias", session.scalars(select(other.id)).all()
    joined = select(other.id).select_from(Assignment).join(other, other.order_id == Assignment.order_id)
    yield "alias in a join", sorted(set(session.scalars(joined)))
    yield (
        "join from the order",
        session.scalars(
            select(Assignment.id).select_from(Order).join(Assignment, Assignment.order_id == Order.id)
        ).all(),
    )
    yield "subquery", session.scalars(select(sub.c.id)).all()
    yield "cte", session.scalars(select(cte.c.id)).all()
    yield "union", sorted(set(session.scalars(union_all(select(Assignment.id), select(other.id)))))
    in_query = select(Assignment.id).where(Assignment.id.in_(select(other.id)))
    yield "scalar subquery", session.scalars(in_query).all()
    yield "streamed", [row.id for row in session.scalars(select(Assignment), execution_options={"yield_per": 2})]
    yield "query", [row.id for row in session.query(Assignment)]


@pytest.mark.parametrize("login", EXPECTED)
def test_every_way_of_reading_finds_the_same_rows(work, issued, world, login):
    wanted = sorted(issued.assignments["1", unit] for unit in EXPECTED[login])
    session = work(login)
    for way, found in ways_to_read(session):
        assert sorted(found) == wanted, way
    assert session.scalar(select(func.count()).select_from(Assignment)) == len(wanted)
    assert session.scalar(select(func.count("*")).select_from(aliased(Assignment))) == len(wanted)


@pytest.mark.parametrize("login", EXPECTED)
def test_get_finds_own_rows_only(engine, actor, issued, login):
    for unit in EXPECTED["region"]:
        with GuardedSession(engine, info={"actor": actor(login)}) as session:
            found = session.get(Assignment, issued.assignments["1", unit])
        assert (found is not None) == (unit in EXPECTED[login]), unit


def test_relationships_do_not_load_foreign_rows(engine, actor, issued, work):
    session = work("foreign_region")
    assert session.scalars(select(Order).options(selectinload(Order.points))).all() == []
    own = work("school").scalars(select(Order).options(joinedload(Order.points))).unique().one()
    assert [point.number for point in own.points] == ["1"]
    assert own.points[0].clauses == []


def test_a_draft_is_its_issuers_alone(engine, world, work):
    issue_order(engine, world, points=(Point("1", to=()),), status=OrderStatus.DRAFT)
    for login, seen in (("region", 1), ("observer", 1), ("municipality", 0), ("school", 0), ("foreign_region", 0)):
        assert work(login).scalar(select(func.count()).select_from(Order)) == seen, login
        assert work(login).scalar(select(func.count()).select_from(OrderPoint)) == seen, login


def test_a_letter_of_a_municipality_is_seen_by_its_school_and_by_the_region(engine, world, work):
    issue_order(engine, world, issuer="municipality", points=(Point("1", to=("school",)),))
    seen = {"municipality", "school", "region", "observer"}
    for login in EXPECTED:
        assert work(login).scalar(select(func.count()).select_from(Order)) == (login in seen), login


UNITS_SEEN = {"region": 9, "municipality": 3, "school": 1, "provider": 1, "admin": 18, "nobody": 0}


@pytest.mark.parametrize(("login", "count"), UNITS_SEEN.items())
def test_units_above_are_labels_and_no_rows(work, login, count):
    assert work(login).scalar(select(func.count()).select_from(OrgUnit)) == count


def test_people_are_seen_where_they_stand(work, world):
    def seen(login: str) -> set[int]:
        return set(work(login).scalars(select(User.id)))

    assert seen("school") == {world.users["school"]}
    assert seen("nobody") == set()
    assert world.users["school"] in seen("municipality")
    assert world.users["school_b"] not in seen("municipality")
    assert world.users["region"] not in seen("municipality")
    assert world.users["foreign_region"] not in seen("region")
    assert world.users["admin"] not in seen("region")
    assert len(seen("admin")) == len(world.users)


ESCAPES = {
    "text": lambda: text("SELECT 1"),
    "core select": lambda: select(Assignment.__table__.c.id),
    "core update": lambda: update(Assignment.__table__).values(note="x"),
    "orm update": lambda: update(Assignment).values(note="x"),
    "orm insert": lambda: insert(Assignment),
    "from text": lambda: select(Assignment).from_statement(text("SELECT * FROM assignment")),
}


@pytest.mark.parametrize("name", ESCAPES)
def test_statements_that_would_escape_are_refused(work, issued, name):
    with pytest.raises(UnguardedStatementError):
        work("school").execute(ESCAPES[name]())


def test_a_session_without_an_actor_raises(engine, issued):
    with GuardedSession(engine) as session, pytest.raises(MissingActorError):
        session.scalars(select(Assignment)).all()


def test_nobody_finds_nothing(engine, issued):
    with GuardedSession(engine, info={"actor": NOBODY}) as session:
        for mapper in Base.registry.mappers:
            assert session.scalar(select(func.count()).select_from(mapper.class_)) == 0, mapper.class_


def test_a_foreign_row_cannot_be_written(work, world, issued):
    session = work("municipality")
    foreign = Assignment(
        org_unit_id=world.units["school_b"],
        order_id=issued.order_id,
        order_point_id=issued.points["1"],
        given_by_id=world.units["municipality"],
    )
    session.add(foreign)
    with pytest.raises(ScopeBreach):
        session.flush()


def test_an_own_row_cannot_be_moved_to_another_unit(work, world, issued):
    session = work("municipality")
    own = session.get_one(Assignment, issued.assignments["1", "school"])
    own.org_unit_id = world.units["municipality"]
    with pytest.raises(ScopeBreach):
        session.flush()


def test_a_detached_foreign_row_cannot_be_deleted(engine, work, issued):
    with open_session(engine, reason="tests take a foreign row") as opened:
        foreign = opened.get_one(Assignment, issued.assignments["1", "school_b"])
    session = work("municipality")
    session.delete(foreign)
    with pytest.raises(ScopeBreach):
        session.flush()


def test_scope_columns_are_stamped_whatever_was_given(work, world, issued):
    """The database refuses a row stamped with another municipality than its unit's."""
    from sqlalchemy.exc import IntegrityError

    session = work("region")
    row = Assignment(
        org_unit_id=world.units["school2"],
        order_id=issued.order_id,
        order_point_id=issued.points["1"],
        given_by_id=world.units["region"],
    )
    session.add(row)
    session.flush()
    assert (row.region_id, row.municipality_id) == (world.units["region"], world.units["municipality"])
    with pytest.raises(IntegrityError):
        session.connection().execute(
            update(Assignment.__table__)
            .where(Assignment.__table__.c.id == row.id)
            .values(municipality_id=world.units["municipality2"])
        )


def test_the_issuer_alone_writes_its_order(work, issued):
    session = work("municipality")
    order = session.scalars(select(Order)).one()
    order.title = "Переписано"
    with pytest.raises(ScopeBreach):
        session.flush()
    second = work("school")
    point = second.scalars(select(OrderPoint)).one()
    point.text = "Переписано"
    with pytest.raises(ScopeBreach):
        second.flush()


def test_every_model_has_a_rule():
    for mapper in Base.registry.mappers:
        assert rule_of(mapper.class_) is not None


def test_a_model_without_a_rule_stops_the_program():
    with pytest.raises(LookupError, match="has no row scope"):
        rule_of(int)


def test_the_journal_belongs_to_the_unit_of_its_record(engine, world, work, issued):
    session = work("municipality")
    session.get_one(Assignment, issued.assignments["1", "school"]).note = "канарейка"
    session.commit()
    for login, seen in (("municipality", True), ("school", True), ("region", True), ("municipality2", False)):
        changes = [event.changes for event in work(login).scalars(select(AuditEvent))]
        assert any("канарейка" in str(change) for change in changes) is seen, login
    assert not any("канарейка" in str(event.changes) for event in work("admin").scalars(select(AuditEvent)))
