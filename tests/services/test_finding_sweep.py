"""All answers below a threshold become findings in one act: seen within the scope, written down once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.models import Finding
from app.models.enumeration import AssessmentStatus, UnitKind
from app.models.enumeration_of_measures import FindingSeverity as Severity
from app.policies.refusal import Invalid, NotFound, NotPermitted
from app.services import finding as findings
from app.services import finding_sweep
from app.services.finding_sweep import SeverityRule
from tests.factories.measures import add_cause, add_finding
from tests.factories.monitoring import fill_sheet, hold_round
from tests.services.statements import counted

TODAY = date(2026, 11, 22)
ACCEPTED = AssessmentStatus.ACCEPTED


@pytest.fixture
def swept(engine, world):
    held = hold_round(engine, world, units=("school", "school2", "school_b", "municipality", "regional_school"))
    numbers = {
        "school": fill_sheet(engine, world, held, "school", {"Д1": "0", "Д2": "1", "Г1": "0"}, status=ACCEPTED),
        "school2": fill_sheet(
            engine, world, held, "school2", {"Д1": "1", "Д2": "0"}, status=AssessmentStatus.SUBMITTED
        ),
        "school_b": fill_sheet(engine, world, held, "school_b", {"Д1": "2", "Д2": "1", "Г1": None}, status=ACCEPTED),
        "regional_school": fill_sheet(engine, world, held, "regional_school", {"Д1": "1"}, status=ACCEPTED),
        "municipality": fill_sheet(engine, world, held, "municipality", {"М1": "1", "М2": "49.99"}, status=ACCEPTED),
    }
    return held, numbers


def test_what_lies_below_the_threshold_is_found_within_the_scope(engine, world, work, actor, swept):
    held, numbers = swept
    names = {number: (unit, code) for unit, codes in numbers.items() for code, number in codes.items()}

    def weak(login: str = "region", **asked):
        rows = finding_sweep.weak(work(login), actor(login), held.round_id, **asked)
        return [names[row.score_id] for row in rows]

    half = {"below": Decimal(50)}
    assert weak(**half) == [("school", "Д1"), ("school", "Г1"), ("municipality", "М2")]
    assert set(weak(below=Decimal("50.01"))) - set(weak(**half)) == {
        ("school", "Д2"),
        ("school_b", "Д2"),
        ("regional_school", "Д1"),
        ("municipality", "М1"),
    }
    assert set(weak(at_most=Decimal(0), also_submitted=True)) == {
        ("school", "Д1"),
        ("school", "Г1"),
        ("school2", "Д2"),
    }
    one = {"criterion_ids": [held.criteria["Д1"]]}
    assert set(weak(below=Decimal(100), **one)) == {("school", "Д1"), ("regional_school", "Д1")}
    assert weak(below=Decimal(100), municipality_id=world.units["region"]) == [("regional_school", "Д1")]
    assert weak(**half, kind=UnitKind.MUNICIPALITY) == [("municipality", "М2")]
    assert weak("school", **half) == [("school", "Д1"), ("school", "Г1")]
    assert weak("municipality2", **half) == []
    with pytest.raises(NotFound):
        weak("foreign_region", **half)
    # What a sheet kept of a criterion that it has no more is no weakness.
    kept = fill_sheet(engine, world, held, "regional_school", {"М1": "0"}, status=ACCEPTED)
    names[kept["М1"]] = ("regional_school", "М1")
    assert ("regional_school", "М1") not in weak(**half)
    with pytest.raises(Invalid):
        weak()
    session, who = work("region"), actor("region")
    with counted(engine) as said:
        finding_sweep.weak(session, who, held.round_id, below=Decimal(100))
    assert len(said) <= 7


def test_a_sweep_writes_each_weakness_down_once(engine, world, work, actor, swept):
    held, numbers = swept
    cause = add_cause(engine, world)
    standing = add_finding(engine, world, "school", score_id=numbers["school"]["Г1"])
    session, who = work("region"), actor("region")
    chosen = [numbers["school"]["Д1"], numbers["school"]["Д2"], numbers["school"]["Г1"], numbers["school2"]["Д2"]]
    rows = {row.score_id: row for row in finding_sweep.weak(session, who, held.round_id, below=Decimal(100))}
    assert rows[numbers["school"]["Г1"]].finding_id == standing

    def sweep(login: str, scores):
        other = work(login)
        try:
            return finding_sweep.sweep(other, actor(login), held.round_id, scores, severity=SeverityRule(), today=TODAY)
        finally:
            # What it holds would keep the next one waiting.
            other.rollback()

    verdicts = finding_sweep.sweep(
        session, who, held.round_id, chosen, severity=SeverityRule(), cause_id=cause, today=TODAY
    )
    assert {one.score_id: one.ok for one in verdicts} == dict(zip(chosen, [True, True, False, False], strict=True))
    made = {one.score_id: one for one in session.query(Finding).filter(Finding.id != standing)}
    assert {one.score_id for one in made.values()} == set(chosen[:2])
    assert [made[number].severity for number in chosen[:2]] == [Severity.CRITICAL, Severity.MAJOR]
    assert {(one.cause_id, one.found_by_unit_id) for one in made.values()} == {(cause, world.units["region"])}
    assert made[chosen[0]].text == rows[chosen[0]].text
    session.commit()
    again = sweep("region", chosen)
    assert [one.ok for one in again] == [False] * 4
    # Raised to the best since the preview.
    [best] = sweep("region", [numbers["school_b"]["Д1"]])
    assert (best.ok, best.sentence) == (False, "Теперь по критерию наивысший балл.")
    for login, scores in (
        ("school", [numbers["school"]["Д1"], numbers["school_b"]["Д2"]]),
        ("foreign_region", [numbers["school_b"]["Д2"]]),
    ):
        with pytest.raises(NotFound):
            sweep(login, scores)
    # An answer of another round is none of this one.
    other = hold_round(engine, world, units=("school_b",), framework=(held.framework_id, held.criteria), title="Другой")
    elsewhere = fill_sheet(engine, world, other, "school_b", {"Д1": "0"}, status=ACCEPTED)
    with pytest.raises(NotFound):
        sweep("region", [elsewhere["Д1"], numbers["school_b"]["Д2"]])
    with pytest.raises(NotPermitted):
        sweep("observer", chosen)
    with pytest.raises(Invalid):
        sweep("region", [])
    # A dismissed one may be found again.
    findings.dismiss(session, who, made[chosen[0]], note="ошибка", today=TODAY)
    session.commit()
    assert [one.ok for one in sweep("region", chosen)] == [True, False, False, False]


@pytest.mark.once
@pytest.mark.parametrize(
    ("points", "severity"),
    [("0", Severity.CRITICAL), ("0.01", Severity.MAJOR), ("1", Severity.MAJOR), ("1.01", Severity.MINOR)],
)
def test_severity_follows_the_share(points, severity):
    assert SeverityRule().of(Decimal(points), Decimal(2)) is severity
