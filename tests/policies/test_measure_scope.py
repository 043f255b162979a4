"""Who sees and who writes what of findings and measures: every record, by plain guarded statements, in every corner."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

import pytest
from sqlalchemy import select

from app.models import (
    AnswerLetter,
    CorrectiveMeasure,
    Finding,
    FindingCause,
    FindingPoint,
    LetterTemplate,
    MeasureEvidence,
    MeasureFinding,
    MeasureTemplate,
    MeasureUnit,
    OrderPoint,
)
from app.policies.refusal import ScopeBreach
from tests.factories.measure_corners import FOREIGN, REPORTING, SHARED, UNITS, build_measures
from tests.factories.training_corners import Corners

OURS = ("region", *REPORTING)
HERE, THERE = (*OURS, "observer"), ("foreign_region", *FOREIGN)
ALL = (*HERE, *THERE, "admin", "nobody")
# Whose rows each login sees as an owner.
BELOW = {
    **{unit: {unit} for unit in UNITS},
    "region": set(OURS),
    "observer": set(OURS),
    "municipality": {"municipality", "school", "school2"},
    "municipality2": {"municipality2", "school_b"},
    "foreign_region": set(THERE),
    "foreign_municipality": {"foreign_municipality", "foreign_school"},
    "admin": set(),
    "nobody": set(),
}


@pytest.fixture
def corners(engine, world) -> Corners:
    return build_measures(engine, world)


def owned(units: Iterable[str]) -> Callable[[str], set[str]]:
    return lambda login: BELOW[login] & set(units)


def points(login: str) -> set[str]:
    return BELOW[login] | {f"{unit} draft" for unit in BELOW[login]}


def measures(login: str) -> set[str]:
    """One's own, those below, and whatever is for a unit of one's own: never the rest of the same carrier's."""
    sideways = {name for name, (carrier, units) in SHARED.items() if {carrier, *units} & BELOW[login]}
    return BELOW[login] | sideways


def rows_of_measures(login: str) -> set[str]:
    """Of a measure for many, the rows of one's own units only."""
    shared = {f"{name} for {unit}" for name, (_, units) in SHARED.items() for unit in units if unit in BELOW[login]}
    return {f"{unit} for {unit}" for unit in BELOW[login]} | shared


def of_region(login: str) -> set[str]:
    return {"region"} if login in HERE else {"foreign_region"} if login in THERE else set()


EXPECTED: dict[type, Callable[[str], set[str]]] = {
    Finding: owned(UNITS),
    FindingPoint: points,
    CorrectiveMeasure: measures,
    MeasureUnit: rows_of_measures,
    MeasureFinding: rows_of_measures,
    MeasureEvidence: owned(UNITS),
    AnswerLetter: owned((*REPORTING, *FOREIGN)),
    FindingCause: of_region,
    MeasureTemplate: of_region,
    LetterTemplate: of_region,
}


def test_each_sees_its_own_corner_and_nothing_beside_it(work, corners):
    for login in ALL:
        session = work(login)
        for model, expected in EXPECTED.items():
            names = corners.names[model]
            found = {names[number] for number in session.scalars(select(model.id))}
            assert found == expected(login), (login, model.__name__)
            by_key = {name for number, name in names.items() if session.get(model, number) is not None}
            assert by_key == found, (login, model.__name__)
        # The link to a draft's point is the finding's; the point is its issuer's alone.
        linked = select(FindingPoint.id).join(OrderPoint, OrderPoint.id == FindingPoint.order_point_id)
        told = {corners.names[FindingPoint][number] for number in session.scalars(linked)}
        issuer = login in {"region", "observer", "foreign_region"}
        assert {name for name in told if name.endswith("draft")} == (points(login) - BELOW[login] if issuer else set())
        session.close()
    # Every row is somebody's: nothing above passes because nothing was made.
    for model, expected in EXPECTED.items():
        assert set(corners.names[model].values()) == set().union(*map(expected, ALL)), model.__name__


DAY = date(2026, 11, 1)


def tries(world, corners: Corners) -> Iterator[tuple[str, bool, object]]:
    """Who writes which new row, and whether it stands."""
    units = world.units

    def finding(unit: str) -> Finding:
        return Finding(
            org_unit_id=units[unit], text="Новый", found_on=DAY, found_by_unit_id=units[unit], found_by="Кто"
        )

    def measure(unit: str) -> CorrectiveMeasure:
        told = {"title": "Новая", "due_on": DAY, "made_on": DAY, "made_by": "Кто"}
        return CorrectiveMeasure(org_unit_id=units[unit], made_by_unit_id=units[unit], **told)

    def joined(measure: str, unit: str) -> MeasureUnit:
        return MeasureUnit(org_unit_id=units[unit], measure_id=corners.number(CorrectiveMeasure, measure))

    def answered(measure: str, unit: str) -> MeasureFinding:
        number = corners.number(CorrectiveMeasure, measure)
        return MeasureFinding(org_unit_id=units[unit], measure_id=number, finding_id=corners.number(Finding, unit))

    for make in (finding, measure):
        yield "school", True, make("school")
        yield "municipality", True, make("school2")
        yield "region", True, make("school_b")
        yield "provider", True, make("provider")
        yield "school", False, make("school2")
        yield "school", False, make("municipality")
        yield "municipality2", False, make("school")
        yield "municipality", False, make("region")
        yield "provider", False, make("school")
        yield "foreign_region", False, make("school")
        yield "admin", False, make("school")
        yield "nobody", False, make("school")
    yield "municipality", True, joined("town", "municipality")
    yield "region", True, joined("town", "school_b")
    yield "municipality", False, joined("town", "school_b")
    yield "school", False, joined("school", "school2")
    # A row of one's own unit opens the measure to it: only a measure that is in sight already.
    yield "school_b", False, joined("town", "school_b")
    yield "municipality2", False, joined("municipality", "municipality2")
    yield "foreign_school", False, joined("whole", "foreign_school")
    yield "provider", False, joined("region", "provider")
    yield "municipality", True, answered("town", "municipality")
    yield "school", False, answered("town", "school2")
    yield "school_b", False, answered("town", "school_b")
    for model in (FindingCause, MeasureTemplate):
        for login, may in (("region", True), ("municipality", False), ("school", False), ("foreign_region", False)):
            more = {"criterion_code": "Д1"} if model is MeasureTemplate else {}
            yield login, may, model(org_unit_id=units["region"], title="Новая", **more)


def test_each_writes_into_its_own_corner_only(world, work, corners):
    for login, may, record in tries(world, corners):
        session = work(login)
        session.connection(execution_options={"writes": True})
        session.add(record)
        told = (login, type(record).__name__, record.org_unit_id)
        if may:
            session.flush()
            assert record.region_id, told
        else:
            with pytest.raises(ScopeBreach):
                session.flush()
                pytest.fail(str(told))
        session.rollback()
        session.close()


def test_what_is_seen_sideways_is_not_changed(work, corners):
    """A unit that a measure is for reads it; its carrier and those above change it, and nobody moves it."""
    changes = (
        ("school", "town", False),
        ("municipality", "town", True),
        ("region", "town", True),
        ("municipality", "whole", False),
        ("municipality2", "whole", False),
        ("school", "peer", False),
        ("school_b", "peer", False),
        ("school2", "peer", True),
        ("municipality", "peer", True),
        ("municipality2", "peer", False),
        ("regional_school", "course", False),
        ("municipality", "course", False),
        ("provider", "course", True),
        ("region", "course", True),
    )
    for login, name, may in changes:
        session = work(login)
        session.connection(execution_options={"writes": True})
        held = session.get_one(CorrectiveMeasure, corners.number(CorrectiveMeasure, name))
        held.done_note = "чужое слово"
        if may:
            session.flush()
        else:
            with pytest.raises(ScopeBreach):
                session.flush()
                pytest.fail(f"{login}: {name}")
        session.rollback()
        session.close()
