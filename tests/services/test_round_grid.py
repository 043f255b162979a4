from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models import Assessment, CriterionScore
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import RoundStatus, UnitKind
from app.policies.refusal import NotFound
from app.policies.unscoped import open_session
from app.services import round_grid
from app.services.round_grid import Value
from tests.factories.monitoring import fill_sheet, hold_round
from tests.services.filled_rounds import hold_rounds
from tests.services.statements import counted

TODAY, NOW = date(2026, 11, 22), datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def rounds(engine, world):
    return hold_rounds(engine, world)


@pytest.fixture
def of(work, actor, rounds):
    def read(login: str, **cut):
        return round_grid.build(work(login), actor(login), rounds.now.round_id, **cut)

    return read


def change(engine, held, unit: str, code: str, **values) -> None:
    with open_session(engine, reason="tests change a score") as session:
        session.connection(execution_options={"writes": True})
        score = session.scalars(
            select(CriterionScore).where(
                CriterionScore.assessment_id == held.assessments[unit],
                CriterionScore.criterion_id == held.criteria[code],
            )
        ).one()
        for name, value in values.items():
            setattr(score, name, value)


def names(grid) -> list[str]:
    return [row.sheet.name for row in grid.rows]


def test_a_municipality_sees_its_schools(of, rounds):
    grid = of("municipality")
    assert names(grid) == ["МБОУ СОШ «school»", "МБОУ СОШ «school2»"]
    assert [one.code for one in grid.criteria] == ["Д1", "Д2", "Н1"]
    cells = grid.rows[1].cells
    codes = rounds.now.criteria
    assert [(cells[codes[code]].final, cells[codes[code]].step) for code in ("Д1", "Д2", "Н1")] == [
        (Value(Decimal(0)), 0),
        (Value(None, is_na=True), None),
        (Value(Decimal(1)), 2),
    ]
    assert grid.kinds == (UnitKind.SCHOOL, UnitKind.MUNICIPALITY)
    own = of("municipality", kind=UnitKind.MUNICIPALITY)
    assert [(name, row.acts) for name, row in zip(names(own), own.rows, strict=True)] == [
        ("Томаринский муниципальный округ", ())
    ]


def test_the_region_begins_with_municipal_sheets_and_opens_one_municipality(of, world):
    assert [name.split()[0] for name in names(of("region"))] == ["Анивский", "Томаринский"]
    assert len(of("region", kind=UnitKind.SCHOOL).rows) == 5
    opened = of("region", municipality_id=world.units["municipality2"])
    assert names(opened) == ["МБОУ СОШ «school_b»", "МБОУ СОШ «school_c»"]
    assert names(of("region", municipality_id=world.units["region"])) == ["Областной лицей: Сахалинская"]
    assert names(of("school2")) == ["МБОУ СОШ «school2»"]
    for login, key in (("municipality", "municipality2"), ("school", "municipality"), ("region", "foreign_region")):
        with pytest.raises(NotFound):
            of(login, municipality_id=world.units[key])


def test_a_large_region_is_shown_one_municipality_at_a_time(of, monkeypatch):
    monkeypatch.setattr(round_grid, "MOST_ROWS", 4)
    grid = of("region", kind=UnitKind.SCHOOL)
    assert grid.opened is not None
    assert names(grid) == ["МБОУ СОШ «school_b»", "МБОУ СОШ «school_c»"]


def test_what_may_be_done_to_a_row(of, engine, rounds):
    acts = {row.sheet.name: row.acts for row in of("region", kind=UnitKind.SCHOOL).rows}
    assert acts == {
        "МБОУ СОШ «school»": (),
        "МБОУ СОШ «school2»": ("return", "approve"),
        "МБОУ СОШ «school_b»": ("accept", "return"),
        "МБОУ СОШ «school_c»": (),
        "Областной лицей: Сахалинская": ("return", "approve"),
    }
    assert [row.acts for row in of("municipality2").rows] == [("accept", "return"), ()]
    assert of("municipality").acts() == ("return",)
    assert of("school2").acts() == ()
    assert of("observer", kind=UnitKind.SCHOOL).acts() == ()


def test_a_closed_round_and_a_municipal_one_offer_less(engine, world, work, actor):
    closed = hold_round(engine, world, status=RoundStatus.CLOSED, units=("school",))
    fill_sheet(engine, world, closed, "school", {"Д1": "1"}, status=Status.SUBMITTED)
    own = hold_round(engine, world, holder="municipality", units=("school",), title="Свой")
    fill_sheet(engine, world, own, "school", {"Д1": "1"}, status=Status.ACCEPTED)
    session, me = work("region"), actor("region")
    assert round_grid.build(session, me, closed.round_id).acts() == ()
    assert round_grid.build(session, me, own.round_id).acts() == ("return",)


def test_what_a_checker_must_look_at_is_not_clean(engine, of, rounds):
    change(engine, rounds.now, "school_b", "Д1", value=Decimal(0), points=Decimal(0), final_points=Decimal(0))
    assert names(of("municipality2", only_clean=True)) == ["МБОУ СОШ «school_b»"]
    nothing = {"checked_value": None, "checked_points": None, "agreed_is_na": False, "remark": "", "dispute_reason": ""}
    for values in (
        {"checked_value": Decimal(1), "checked_points": Decimal(1)},
        {"agreed_is_na": True},
        {"remark": "Проверьте дату."},
        {"dispute_reason": "Считает не то."},
    ):
        change(engine, rounds.now, "school_b", "Д2", **(nothing | values))
        row = of("municipality2").rows[0]
        assert not row.cells[rounds.now.criteria["Д2"]].is_clean, values
        assert names(of("municipality2", only_clean=True)) == [], values


def test_clean_rows_are_answered_whole_and_proven(engine, of, rounds):
    # Д1 demands proof; without it a worst answer is clean and a good one is not.
    assert names(of("municipality", only_clean=True)) == ["МБОУ СОШ «school2»"]
    row = of("municipality").rows[0]
    assert (row.cells[rounds.now.criteria["Д1"]].unproven, row.is_clean) == (True, False)
    assert not of("municipality2").rows[1].is_clean
    assert of("municipality", only_clean=True).total == 2


def test_the_agreed_value_counts_before_the_checkers_and_the_own(engine, of, rounds):
    change(engine, rounds.now, "school_b", "Д2", checked_value=Decimal(1), checked_points=Decimal(1))
    number = rounds.now.criteria["Д2"]
    cell = of("municipality2").rows[0].cells[number]
    assert (cell.final, cell.own, cell.differs) == (Value(Decimal(1)), Value(Decimal(2)), True)
    change(engine, rounds.now, "school_b", "Д2", agreed_value=Decimal(2), agreed_points=Decimal(2))
    assert of("municipality2").rows[0].cells[number].final == Value(Decimal(2))


def test_a_checkers_same_value_is_no_difference(engine, of, rounds):
    change(engine, rounds.now, "school_b", "Д2", checked_value=Decimal(2), checked_points=Decimal(2))
    assert not of("municipality2").rows[0].cells[rounds.now.criteria["Д2"]].differs


def test_many_are_accepted_with_a_verdict_for_each(work, actor, rounds):
    session, me = work("municipality2"), actor("municipality2")
    head = round_grid.head(session, me, rounds.now.round_id)
    grid = round_grid.build(session, me, head.id)
    chosen = [(row.sheet.id, row.sheet.version) for row in grid.rows]
    verdicts = round_grid.act_on(session, me, head, "accept", chosen, note="", today=TODAY, now=NOW)
    assert [(one.unit, one.ok) for one in verdicts] == [("МБОУ СОШ «school_b»", True), ("МБОУ СОШ «school_c»", False)]
    assert session.get_one(Assessment, chosen[0][0]).status is Status.ACCEPTED
    stale = round_grid.act_on(session, me, head, "return", chosen[:1], note="Исправьте", today=TODAY, now=NOW)
    assert not stale[0].ok


def test_a_sheet_of_another_round_or_unit_is_absent(work, actor, rounds):
    session, me = work("region"), actor("region")
    head = round_grid.head(session, me, rounds.now.round_id)
    for other in (rounds.before.assessments["school"], rounds.foreign.assessments["foreign_school"]):
        with pytest.raises(NotFound):
            round_grid.act_on(session, me, head, "accept", [(other, 1)], note="", today=TODAY, now=NOW)
    own = round_grid.head(work("municipality"), actor("municipality"), rounds.now.round_id)
    with pytest.raises(NotFound):
        round_grid.act_on(
            work("municipality"),
            actor("municipality"),
            own,
            "accept",
            [(rounds.now.assessments["school_b"], 1)],
            note="",
            today=TODAY,
            now=NOW,
        )


def test_the_number_of_statements_is_fixed(engine, work, actor, rounds):
    session, me = work("region"), actor("region")
    # Published sets are kept by the process once they were read.
    round_grid.build(session, me, rounds.now.round_id)
    sent = []
    for kind in (UnitKind.SCHOOL, UnitKind.MUNICIPALITY):
        with counted(engine) as statements:
            round_grid.build(session, me, rounds.now.round_id, kind=kind)
        sent.append(len(statements))
    assert sent == [6, 6]
