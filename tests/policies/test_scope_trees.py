"""Criteria in SQL and `contains` in Python agree on random trees."""

from __future__ import annotations

import itertools
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from app.models import Assignment, Base, Order, OrderPoint, OrgUnit
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.scope import contains
from app.policies.unscoped import open_session


@st.composite
def trees(draw):
    """Two regions; each with municipalities, their schools, schools and providers straight under the region."""
    shape = st.lists(st.integers(0, 3), max_size=3)
    return [(draw(shape), draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in range(2)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees())
def test_sql_and_python_are_one_truth(tree):
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    numbers = itertools.count()
    with open_session(engine, reason="a random tree") as session:

        def unit(kind: UnitKind, parent: OrgUnit | None) -> OrgUnit:
            name = f"{kind.value} {next(numbers)}"
            made = OrgUnit(kind=kind, name=name, parent_id=parent.id if parent else None)
            if parent is not None:
                made.region_id, made.municipality_id = parent.region_id, parent.municipality_id
            session.add(made)
            session.flush()
            return made

        for towns, regional, providers in tree:
            region = unit(UnitKind.REGION, None)
            for schools in towns:
                town = unit(UnitKind.MUNICIPALITY, region)
                for _ in range(schools):
                    unit(UnitKind.SCHOOL, town)
            for _ in range(regional):
                unit(UnitKind.SCHOOL, region)
            for _ in range(providers):
                unit(UnitKind.PROVIDER, region)
        units = session.scalars(select(OrgUnit)).all()
        order = Order(org_unit_id=units[0].id, number="1", dated_on=date(2026, 1, 1))
        point = OrderPoint(text="что-то", number="1")
        order.points.append(point)
        session.add(order)
        session.flush()
        for one in units:
            session.add(
                Assignment(org_unit_id=one.id, order_id=order.id, order_point_id=point.id, given_by_id=units[0].id)
            )
        session.flush()
        rows = session.scalars(select(Assignment)).all()
    for one in units:
        actor = Actor(
            1,
            "кто-то",
            unit_id=one.id,
            unit_kind=one.kind,
            region_id=one.region_id,
            municipality_id=one.municipality_id,
        )
        with GuardedSession(engine, info={"actor": actor}) as session:
            by_sql = set(session.scalars(select(Assignment.id)))
        assert by_sql == {row.id for row in rows if contains(actor, row)}
        by_tree = {
            row.id
            for row, of in zip(rows, units, strict=True)
            if one.id in {of.id, of.parent_id, of.region_id} and (one.kind is not UnitKind.SCHOOL or of.id == one.id)
        }
        assert by_sql == by_tree
    engine.dispose()
