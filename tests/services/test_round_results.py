from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from app.analysis.round_figures import Movement
from app.models.enumeration import AssessmentStatus as Status
from app.models.enumeration import UnitKind
from app.policies.refusal import Invalid, NotFound, NotPermitted
from app.services import round_results
from tests.factories.monitoring import build_framework, fill_sheet, hold_round
from tests.factories.world import add_unit
from tests.services.filled_rounds import hold_rounds
from tests.services.statements import counted

SIXTH = Decimal("16.6667")


@pytest.fixture
def rounds(engine, world):
    return hold_rounds(engine, world)


@pytest.fixture
def of(work, actor, rounds):
    def read(login: str, held=None, **cut):
        return round_results.results(work(login), actor(login), (held or rounds.now).round_id, **cut)

    return read


def test_the_region_sees_municipalities_with_their_schools_folded(of, world):
    found = of("region")
    assert found.folded
    assert [(row.name, row.sheets, row.counted, row.changed) for row in found.by_municipality] == [
        ("Анивский муниципальный округ", 2, 0, 0),
        ("Томаринский муниципальный округ", 2, 2, 1),
        ("Школы региона", 1, 1, 0),
    ]
    aniva, tomari, regional = found.rows
    assert (aniva.mean, tomari.mean, regional.mean) == (None, (Fraction("87.5") + Fraction(SIXTH)) / 2, 100)
    assert (tomari.accepted, tomari.approved, tomari.unit_id) == (2, 1, world.units["municipality"])
    assert tomari.levels == (("высокий", 1), ("средний", 0), ("низкий", 1))
    assert (found.whole.sheets, found.whole.counted, found.whole.changed) == (5, 3, 1)
    assert found.whole.mean == (Fraction("187.5") + Fraction(SIXTH)) / 3


def test_criteria_sections_and_levels(of):
    found = of("region")
    assert [(one.code, one.mean, one.n, one.na) for one in found.criteria] == [
        ("Д1", Fraction(200, 3), 3, 0),
        ("Д2", Fraction(75), 2, 1),
        ("Н1", Fraction(500, 6), 3, 0),
    ]
    # Д1 weighs 2 and was answered three times, Д2 weighs 1 and was answered twice.
    assert [(one.title, one.mean) for one in found.sections] == [
        ("Документы", 100 * (2 * Fraction(4, 2) + Fraction(3, 2)) / (2 * 3 + 2)),
        ("График", Fraction(500, 6)),
    ]
    assert found.levels == (("высокий", 2), ("средний", 0), ("низкий", 1))
    assert found.distribution == (0, 1, 0, 0, 0, 0, 0, 0, 1, 1)
    assert [one.code for one in found.weakest(2)] == ["Д1", "Д2"]


def test_all_sent_sheets_count_when_asked_and_drafts_never(of):
    found = of("region", everything=True)
    assert [row.counted for row in found.rows] == [1, 2, 1]
    assert found.criteria[0].mean == 100 * Fraction(5, 8)


def test_the_municipal_sheets_stand_apart(of, rounds):
    found = of("region", kind=UnitKind.MUNICIPALITY)
    assert found.kinds == (UnitKind.SCHOOL, UnitKind.MUNICIPALITY)
    assert [(row.name.split()[0], row.assessment_id, row.mean) for row in found.by_unit] == [
        ("Анивский", rounds.now.assessments["municipality2"], None),
        ("Томаринский", rounds.now.assessments["municipality"], 75),
    ]
    assert [(one.code, one.mean) for one in found.criteria] == [("М1", 100), ("М2", 50)]


def test_the_region_opens_one_municipality_and_its_own_schools(of, world):
    found = of("region", municipality_id=world.units["municipality"])
    assert not found.folded
    assert [row.name for row in found.by_unit] == ["МБОУ СОШ «school»", "МБОУ СОШ «school2»"]
    assert [[row.cell(one.criterion) for one in found.criteria] for row in found.rows] == [
        [100, 50, 100],
        [0, None, 50],
    ]
    regional = of("region", municipality_id=world.units["region"])
    assert [row.name for row in regional.by_unit] == ["Областной лицей: Сахалинская"]
    assert regional.opened == (world.units["region"], "Школы региона")


def test_a_municipality_sees_its_schools_and_a_school_itself(of, world):
    mine = of("municipality")
    assert [row.name for row in mine.rows] == ["МБОУ СОШ «school»", "МБОУ СОШ «school2»"]
    assert mine.criteria[0].n == 2
    assert mine.municipalities == ((world.units["municipality"], "Томаринский муниципальный округ"),)
    own = of("school2", everything=True)
    assert [(row.name, row.mean) for row in own.rows] == [("МБОУ СОШ «school2»", Fraction(SIXTH))]
    assert (own.whole.sheets, [one.n for one in own.criteria], own.distribution[1]) == (1, [1, 0, 1], 1)
    assert own.kinds == (UnitKind.SCHOOL,)


def test_no_other_municipality_can_be_asked_for(of, world):
    for login, municipality in (
        ("municipality", "municipality2"),
        ("municipality", "region"),
        ("school", "municipality"),
        ("school", "school"),
        ("region", "foreign_municipality"),
        ("region", "school"),
    ):
        with pytest.raises(NotFound):
            of(login, municipality_id=world.units[municipality])


def test_a_foreign_round_is_absent(of, rounds, work, actor):
    for login in ("region", "school", "municipality2"):
        with pytest.raises(NotFound):
            of(login, rounds.foreign)
    for login in ("region", "school"):
        with pytest.raises(NotFound):
            round_results.compare(work(login), actor(login), rounds.now.round_id, rounds.foreign.round_id)
    with pytest.raises(NotPermitted):
        of("provider")


def test_round_against_round_by_code(work, actor, rounds):
    found = round_results.compare(work("region"), actor("region"), rounds.now.round_id, rounds.before.round_id)
    assert [(one.now.code, one.before.mean, one.now.mean, one.change, one.rescaled) for one in found.criteria] == [
        ("Д1", 75, Fraction(200, 3), Fraction(-25, 3), False),
        ("Д2", 75, 75, 0, True),
    ]
    assert ([one.code for one in found.only_now], [one.code for one in found.only_before]) == (["Н1"], ["Г1"])
    assert [(one.title, one.criteria, one.before, one.now) for one in found.sections] == [
        ("Документы", 2, 75, Fraction(550, 8))
    ]
    assert [(one.name, one.before, one.now, one.movement, one.changed) for one in found.units] == [
        ("МБОУ СОШ «school»", Decimal(40), Decimal("87.5"), Movement.ROSE, 2),
        ("МБОУ СОШ «school2»", Decimal(100), SIXTH, Movement.FELL, 0),
    ]
    assert [one.name for one in found.moved(Movement.FELL)] == ["МБОУ СОШ «school2»"]
    # The regional school has no earlier sheet: it counts in its round's mean, not in the common one.
    assert (found.mean_before, found.mean_now) == (70, (Fraction("87.5") + Fraction(SIXTH)) / 2)
    assert found.change == found.mean_now - 70
    back = round_results.compare(work("region"), actor("region"), rounds.before.round_id, rounds.now.round_id)
    assert (back.mean_before, back.mean_now) == (found.mean_now, found.mean_before)
    # Nor does a school that had no share then.
    sent = round_results.compare(
        work("region"), actor("region"), rounds.now.round_id, rounds.before.round_id, everything=True
    )
    assert [(one.name, one.before, one.now) for one in sent.units][2] == ("МБОУ СОШ «school_b»", None, 50)
    assert (sent.mean_before, sent.mean_now) == (70, found.mean_now)


def test_a_school_compares_only_itself(work, actor, rounds):
    found = round_results.compare(work("school"), actor("school"), rounds.now.round_id, rounds.before.round_id)
    assert [one.name for one in found.units] == ["МБОУ СОШ «school»"]
    assert [one.before.n for one in found.criteria] == [1, 1]
    nowhere = round_results.compare(work("region"), actor("region"), rounds.now.round_id, rounds.before.round_id)
    assert len(nowhere.units) == 2


def test_a_municipality_without_earlier_sheets_is_compared_with_nothing(work, actor, rounds, world):
    found = round_results.compare(
        work("region"),
        actor("region"),
        rounds.now.round_id,
        rounds.before.round_id,
        municipality_id=world.units["region"],
    )
    assert (found.now.whole.counted, found.before.whole.counted, found.units) == (1, 0, ())


def test_rounds_by_sets_of_different_makers_are_not_compared(engine, world, work, actor, rounds):
    own = build_framework(engine, world, maker="municipality", title="Свой набор")
    held = hold_round(engine, world, holder="municipality", units=("school",), framework=own, title="Свой цикл")
    session, me = work("municipality"), actor("municipality")
    head, others = round_results.others(session, me, rounds.now.round_id)
    assert head.title == "Мониторинг ВСОКО 2026"
    assert others == [(rounds.before.round_id, "Мониторинг 2025")]
    for other in (held.round_id, rounds.now.round_id):
        with pytest.raises(Invalid):
            round_results.compare(session, me, rounds.now.round_id, other)


def test_the_number_of_statements_does_not_grow(engine, world, work, actor):
    from app.models import OrgUnit
    from app.policies.unscoped import open_session

    keys = []
    with open_session(engine, reason="tests build many schools") as session:
        session.connection(execution_options={"writes": True})
        town = session.get_one(OrgUnit, world.units["municipality2"])
        for number in range(30):
            keys.append(f"many{number}")
            add_unit(session, world, keys[-1], UnitKind.SCHOOL, f"Школа № {number}", town)
    framework = build_framework(engine, world)
    small = hold_round(engine, world, framework=framework, title="Малый")
    big = hold_round(engine, world, framework=framework, units=(*keys, "school"), title="Большой")
    for key in (*keys[:10], "school"):
        world.users[key] = world.users["school"]
        fill_sheet(engine, world, big, key, {"Д1": "1", "Д2": "1", "Г1": "1"}, status=Status.ACCEPTED)
    session, me = work("region"), actor("region")
    sent = []
    session.connection()
    # Published sets are kept by the process once they were read.
    round_results.results(session, me, small.round_id)
    for held in (small, big):
        with counted(engine) as results:
            round_results.results(session, me, held.round_id)
        with counted(engine) as compared:
            round_results.compare(session, me, held.round_id, (big if held is small else small).round_id)
        sent.append((len(results), len(compared)))
    assert sent == [(4, 8), (4, 8)]
