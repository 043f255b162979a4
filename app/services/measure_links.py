"""Which findings a measure answers and which units it is for. A row that the actor does not see is never touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import CorrectiveMeasure, Finding, MeasureFinding, MeasureUnit, OrgUnit
from app.models.enumeration_of_measures import FindingStatus
from app.policies.refusal import Invalid, NotFound

MOST_FINDINGS, MOST_UNITS = 500, 500


def findings_to_answer(session: Session, numbers: Iterable[int], linked: Collection[int] = ()) -> list[Finding]:
    """In their own order, each once; those that are `linked` already may be closed ones.

    Raises NotFound outside the scope, Invalid for a closed one.
    """
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > MOST_FINDINGS:
        raise Invalid(f"Недостатков не больше {MOST_FINDINGS} в одной мере: отметьте меньше.", field="findings")
    found = {one.id: one for one in session.scalars(select(Finding).where(Finding.id.in_(wanted)))}
    if len(found) != len(wanted):
        raise NotFound
    for number in wanted:
        one = found[number]
        if one.status is not FindingStatus.OPEN and number not in linked:
            raise Invalid(
                f"Недостаток «{one.label}» уже {one.status.label}: меру планируют по открытым.", field="findings"
            )
    return [found[number] for number in wanted]


def units_to_mend(session: Session, numbers: Iterable[int]) -> list[int]:
    """Raises NotFound outside the scope, Invalid for a closed unit."""
    wanted = list(dict.fromkeys(numbers))
    if len(wanted) > MOST_UNITS:
        raise Invalid(f"Организаций не больше {MOST_UNITS} в одной мере: отметьте меньше.", field="units")
    found = {one.id: one for one in session.scalars(select(OrgUnit).where(OrgUnit.id.in_(wanted)))}
    if len(found) != len(wanted):
        raise NotFound
    for unit in found.values():
        if unit.closed_on is not None:
            raise Invalid(f"Организация «{unit.name}» закрыта: уберите её из списка.", field="units")
    return wanted


def carrier(session: Session, unit_id: int) -> OrgUnit:
    """Raises NotFound outside the scope, Invalid for a closed unit."""
    unit = session.get(OrgUnit, unit_id)
    if unit is None:
        raise NotFound
    if unit.closed_on is not None:
        raise Invalid(f"Организация закрыта {unit.closed_on:%d.%m.%Y}: выберите действующую.", field="carrier")
    return unit


def require_standing_above(session: Session, carrier_id: int, unit_ids: Collection[int]) -> None:
    """Whoever carries a measure out is told its counted figure, a mean over its units: it is each of them or above it.

    Units out of the actor's sight are not judged. Raises Invalid.
    """
    for unit in session.scalars(select(OrgUnit).where(OrgUnit.id.in_(unit_ids))):
        if carrier_id not in {unit.id, unit.municipality_id, unit.region_id}:
            raise Invalid(
                f"Показатель считается и по организации «{unit.name}», а её баллы исполнителю не видны. "
                "Пусть меру выполняет каждая организация свою или вышестоящая, или введите показатель сами.",
                field="figure",
            )


def findings_of(session: Session, measure_ids: Collection[int]) -> dict[int, list[Finding]]:
    """Those in sight, by measure, by one statement."""
    rows = session.execute(
        select(MeasureFinding.measure_id, Finding)
        .join(Finding, Finding.id == MeasureFinding.finding_id)
        .where(MeasureFinding.measure_id.in_(measure_ids))
        .order_by(Finding.id)
    )
    found: dict[int, list[Finding]] = {number: [] for number in measure_ids}
    for number, finding in rows:
        found[number].append(finding)
    return found


def unit_ids_of(session: Session, measure_id: int) -> list[int]:
    """Those in sight."""
    return list(
        session.scalars(
            select(MeasureUnit.org_unit_id).where(MeasureUnit.measure_id == measure_id).order_by(MeasureUnit.id)
        )
    )


def tie(session: Session, measure: CorrectiveMeasure, findings: Sequence[Finding], unit_ids: Sequence[int]) -> None:
    """The rows of a new measure; the units of the findings are among `unit_ids`."""
    session.add_all(
        MeasureFinding(org_unit_id=one.org_unit_id, measure_id=measure.id, finding_id=one.id) for one in findings
    )
    session.add_all(MeasureUnit(org_unit_id=number, measure_id=measure.id) for number in dict.fromkeys(unit_ids))


def lay(
    session: Session,
    measure: CorrectiveMeasure,
    *,
    findings: Sequence[Finding],
    unit_ids: Sequence[int],
    only_add: bool = False,
) -> None:
    """Makes the rows in sight be these; the units of the findings are among `unit_ids`."""
    units = dict.fromkeys(unit_ids)
    held = {
        row.finding_id: row
        for row in session.scalars(select(MeasureFinding).where(MeasureFinding.measure_id == measure.id))
    }
    mine = {
        row.org_unit_id: row for row in session.scalars(select(MeasureUnit).where(MeasureUnit.measure_id == measure.id))
    }
    asked = {one.id for one in findings}
    gone: list[MeasureFinding | MeasureUnit] = []
    if not only_add:
        gone += [row for number, row in held.items() if number not in asked]
        gone += [link for number, link in mine.items() if number not in units]
    fresh = [
        *(
            MeasureFinding(org_unit_id=one.org_unit_id, measure_id=measure.id, finding_id=one.id)
            for one in findings
            if one.id not in held
        ),
        *(MeasureUnit(org_unit_id=number, measure_id=measure.id) for number in units if number not in mine),
    ]
    for row in gone:
        session.delete(row)
    session.add_all(fresh)
    if gone or fresh:
        # Two who change what it answers meet here, though the measure's own row is the same.
        measure.version += 1
    session.flush()
