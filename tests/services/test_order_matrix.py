from __future__ import annotations

from datetime import date

import pytest

from app.models import OrgUnit
from app.models.enumeration import AssignmentStatus as Status
from app.models.enumeration import Duty, OrderStatus, UnitKind
from app.policies.refusal import NotFound
from app.policies.unscoped import open_session
from app.services import order_matrix
from tests.factories.order import Point, issue_order
from tests.factories.world import World, add_unit
from tests.services.statements import counted

TODAY = date(2026, 11, 21)
PAST, FUTURE = date(2026, 11, 20), date(2026, 12, 20)

POINTS = (
    Point("1", to={"municipality": {"status": Status.DONE}, "municipality2": {}, "provider": {}}),
    Point(
        "2",
        due_on=PAST,
        to={
            "municipality": {"status": Status.ACCEPTED, "due_on": TODAY},
            "school": {"parent": "municipality", "status": Status.DONE},
            "school2": {"parent": "municipality"},
            "school_b": {"status": Status.OFF_CONTROL},
            "school_c": {"status": Status.WITHDRAWN},
            "regional_school": {"status": Status.SUBMITTED},
        },
    ),
    Point("3", due_on=FUTURE, to=("school", "school_b")),
)


@pytest.fixture
def issued(engine, world):
    # The decoys: another order on the same units, and one of another region.
    issue_order(engine, world, points=(Point("1", due_on=PAST, to=("municipality", "school", "school_b")),), number="2")
    issue_order(engine, world, issuer="foreign_region", points=(Point("1", to=("foreign_municipality",)),))
    return issue_order(engine, world, points=POINTS)


@pytest.fixture
def build(work, actor, issued):
    def of(login: str, **kwargs):
        return order_matrix.build(work(login), actor(login), issued.order_id, today=TODAY, **kwargs)

    return of


def names(matrix) -> list[str]:
    return [row.name for row in matrix.rows]


def figures(tally) -> tuple[int, int, int]:
    return tally.total, tally.fulfilled, tally.overdue


def test_the_region_sees_municipalities_with_their_schools_folded(build, issued, world):
    matrix = build("region")
    assert names(matrix) == [
        "Анивский муниципальный округ",
        "Томаринский муниципальный округ",
        "Институт развития: Сахалинская",
        "Областной лицей: Сахалинская",
    ]
    aniva, tomari, provider, lyceum = matrix.rows
    first, second, third = (issued.points[label] for label in "123")
    assert tomari.cells[second].own.status is Status.ACCEPTED
    assert figures(tomari.cells[second].schools) == (2, 1, 1)
    assert tomari.cells[second].states == {Status.DONE, Status.ASSIGNED}
    assert figures(tomari.cells[third].schools) == (1, 0, 0)
    assert (tomari.opens, provider.opens, lyceum.opens) == (True, False, False)
    assert lyceum.cells[second].own.overdue
    assert first not in lyceum.cells
    # The withdrawn one stays visible and counts nowhere.
    assert figures(aniva.cells[second].schools) == (1, 1, 0)
    assert aniva.cells[second].states == {Status.OFF_CONTROL, Status.WITHDRAWN}
    assert figures(aniva.tally) == (3, 1, 0)
    assert figures(tomari.tally) == (5, 2, 1)


def test_totals_by_column_and_over_all(build, issued):
    matrix = build("region")
    assert [figures(matrix.column(issued.points[label])) for label in "123"] == [(3, 1, 0), (5, 2, 2), (2, 0, 0)]
    assert figures(matrix.total) == (10, 3, 2)


def test_the_region_unfolds_one_municipality(build, world, issued):
    matrix = build("region", municipality_id=world.units["municipality"])
    assert names(matrix) == ["Томаринский муниципальный округ", "МБОУ СОШ «school»", "МБОУ СОШ «school2»"]
    assert matrix.opened == (world.units["municipality"], "Томаринский муниципальный округ")
    cell = matrix.rows[1].cells[issued.points["2"]]
    assert (cell.own.id, cell.own.cascaded) == (issued.assignments["2", "school"], True)
    assert figures(matrix.total) == (5, 2, 1)


def test_a_municipality_sees_itself_and_its_schools(build, world):
    matrix = build("municipality2")
    assert names(matrix) == ["Анивский муниципальный округ", "МБОУ СОШ «school_b»", "МБОУ СОШ «school_c»"]
    assert [one[0] for one in matrix.municipalities] == [world.units["municipality2"]]
    assert build("municipality2", municipality_id=world.units["municipality2"]).total == matrix.total


@pytest.mark.parametrize("login", ["school", "provider", "regional_school"])
def test_a_unit_sees_its_row(build, world, login):
    assert [row.unit_id for row in build(login).rows] == [world.units[login]]


@pytest.mark.parametrize(
    ("login", "municipality"),
    [
        ("region", "foreign_municipality"),
        ("region", "school"),
        ("municipality", "municipality2"),
        ("school", "municipality"),
        ("school", "school"),
    ],
)
def test_what_is_no_municipality_in_scope_is_not_found(build, world, login, municipality):
    with pytest.raises(NotFound):
        build(login, municipality_id=world.units[municipality])


def test_a_foreign_order_is_not_found(work, actor, issued, engine, world):
    draft = issue_order(engine, world, points=(Point("1", to=()),), status=OrderStatus.DRAFT, number="9")
    for login, order_id in (
        ("foreign_region", issued.order_id),
        ("foreign_municipality", issued.order_id),
        ("municipality", draft.order_id),
        ("region", 10**9),
    ):
        with pytest.raises(NotFound):
            order_matrix.build(work(login), actor(login), order_id, today=TODAY)


def test_only_rows_with_something_overdue(build):
    assert names(build("region", only_overdue=True)) == [
        "Томаринский муниципальный округ",
        "Областной лицей: Сахалинская",
    ]


def test_the_schools_behind_a_cell(work, actor, issued, world):
    def of(login: str, municipality: str):
        return order_matrix.schools_of_cell(
            work(login),
            actor(login),
            issued.order_id,
            world.units[municipality],
            issued.points["2"],
            today=TODAY,
        )

    head, point, name, schools = of("region", "municipality")
    assert (head.number, point.label, name) == ("3.12-118-Р", "2", "Томаринский муниципальный округ")
    assert [(row.name, held.status) for row, held in schools] == [
        ("МБОУ СОШ «school»", Status.DONE),
        ("МБОУ СОШ «school2»", Status.ASSIGNED),
    ]
    with pytest.raises(NotFound):
        of("municipality", "municipality2")


def test_four_statements_whatever_the_size(engine, world, work, actor):
    """160 schools × 9 points."""
    big = World(dict(world.units), dict(world.users))
    with open_session(engine, reason="tests build a large region") as session:
        session.connection(execution_options={"writes": True})
        for number in range(160):
            key = ("municipality", "municipality2")[number % 2]
            add_unit(
                session,
                big,
                f"many{number}",
                UnitKind.SCHOOL,
                f"ОО-{number:03}",
                session.get(OrgUnit, world.units[key]),
            )
    schools = [key for key in big.units if key.startswith("many")]
    points = [Point(str(number), due_on=PAST, to=("municipality", *schools)) for number in range(1, 10)]
    issued = issue_order(engine, big, points=points)
    session, me = work("region"), actor("region")
    session.connection()
    with counted(engine) as folded:
        matrix = order_matrix.build(session, me, issued.order_id, today=TODAY)
    assert figures(matrix.total) == (9 * 161, 0, 9 * 161)
    with counted(engine) as unfolded:
        matrix = order_matrix.build(
            session, me, issued.order_id, municipality_id=world.units["municipality2"], today=TODAY
        )
    assert len(matrix.rows) == 80
    assert (len(folded), len(unfolded)) == (4, 4), folded + unfolded


def test_an_observer_may_look(engine, world, work, actor, issued):
    assert Duty.OBSERVER in actor("observer").duties
    assert order_matrix.build(work("observer"), actor("observer"), issued.order_id, today=TODAY).rows
