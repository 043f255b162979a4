"""What the annex «Информация о повышении квалификации …» says of a requirement, in the asker's scope.

A fixed number of statements, whatever the number of units and people.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.documents.file_name import workbook_name
from app.excel.annexes.training_coverage import TOTAL, MissingLine, PersonLine, PlaceLine, TrainingCoverage
from app.excel.sheet import Signature
from app.models import TrainingRequirement, TrainingTopic
from app.models.enumeration_of_training import CoverageCount, PositionKind, RequirementStatus
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import NotFound, WrongState
from app.services.training_coverage import CoverageState, Figures, UnitRow, coverage
from app.services.training_coverage_people import Lacking, Person, lacking, people_behind

_GENITIVE = {
    PositionKind.HEAD: "руководителей",
    PositionKind.DEPUTY: "заместителей руководителей",
    PositionKind.MUNICIPAL_SPECIALIST: "муниципальных специалистов",
    PositionKind.METHODIST: "методистов",
    PositionKind.TEACHER: "педагогических работников",
    PositionKind.OTHER: "иных работников",
}
_COUNTED = {CoverageCount.UNITS: "организаций", CoverageCount.PEOPLE: "работников"}
NOBODY = "данных о работниках нет"


@dataclass(frozen=True, slots=True)
class CoverageAnnex:
    """The workbook's content; the journal keeps how many rows were taken."""

    requirement: TrainingRequirement
    content: TrainingCoverage
    rows_taken: int

    @property
    def file_name(self) -> str:
        """«Обучение … на ДАТА.xlsx», without what a file system refuses."""
        return workbook_name(f"{self.requirement.title} на {self.content.as_of:%d.%m.%Y}")


def build(session: Session, actor: Actor, requirement_id: int, *, as_of: datetime) -> CoverageAnnex:
    """`as_of` is a moment in the region's own zone. Raises NotFound outside the scope, WrongState for a draft."""
    actor.require(Permission.EXPORT)
    actor.require(Permission.REQUIREMENT_READ)
    held = session.get(TrainingRequirement, requirement_id)
    if held is None:
        raise NotFound
    if held.status is RequirementStatus.DRAFT:
        raise WrongState("Требование ещё не действует: охвата пока нет. Приложение появится, когда его введут.")
    today = as_of.date()
    found = coverage(session, actor, held, today=today)
    known = people_behind(session, actor, held, today=today)
    topic = session.get_one(TrainingTopic, held.topic_id)
    people = tuple(_people(found.units, known))
    missing = tuple(_missing(lacking(found.units, known, found.counts)))
    content = TrainingCoverage(
        title=_title(held, topic),
        lines=tuple(filter(None, (f"Основание: {held.basis}" if held.basis else "", f"Требование: {held.title}"))),
        counted=_COUNTED[held.counts],
        as_of=as_of,
        made_by=actor.user_name,
        scope_label=actor.unit_name,
        places=(*(_place(place.name, place.figures) for place in found.by_municipality), _place(TOTAL, found.figures)),
        people=people,
        missing=missing,
        notes=_notes(held),
        signatures=(Signature("Исполнитель", actor.user_name), Signature("Руководитель")),
    )
    return CoverageAnnex(held, content, len(people) + len(missing))


def _title(held: TrainingRequirement, topic: TrainingTopic) -> str:
    whose = ", ".join(_GENITIVE[PositionKind(value)] for value in held.positions)
    period = f"с {held.starts_on:%d.%m.%Y} по {held.due_on:%d.%m.%Y}"
    return f"Информация о повышении квалификации {whose} по теме «{topic.title}» {period}"


def _place(name: str, figures: Figures) -> PlaceLine:
    return PlaceLine(
        name,
        figures.total,
        figures.covered,
        figures.waiting,
        figures.enrolled,
        figures.missing,
        figures.unknown,
        None if figures.share is None else figures.share / 100,
    )


def _people(units: Iterable[UnitRow], known: dict[int, list[Person]]) -> Iterator[PersonLine]:
    for unit in units:
        if unit.state is CoverageState.UNKNOWN:
            yield PersonLine(unit.municipality, unit.name, unit.state.label)
        for person in known.get(unit.unit_id, ()):
            document, seat = person.document, person.seat
            yield PersonLine(
                municipality=unit.municipality,
                unit=unit.name,
                state_label=person.state.label,
                person=person.name,
                position=person.position,
                document=f"№ {document.number}" if document else "",
                issued_on=document.issued_on if document else None,
                hours=document.hours if document else None,
                issuer=document.issuer if document else "",
                group=f"{seat.title}, с {seat.starts_on:%d.%m.%Y}" if seat and document is None else "",
            )


def _missing(left: Iterable[Lacking]) -> Iterator[MissingLine]:
    for one in left:
        if not one.people:
            yield MissingLine(one.unit.municipality, one.unit.name, NOBODY, "")
        for person in one.people:
            yield MissingLine(one.unit.municipality, one.unit.name, person.name, person.position)


def _notes(held: TrainingRequirement) -> tuple[str, ...]:
    counted = (
        "Организация считается один раз, если обучен хотя бы один её работник на нужной должности."
        if held.counts is CoverageCount.UNITS
        else "Считается каждый работник на нужной должности, в каждой организации один раз."
    )
    hours = f" не менее {held.min_hours} ч," if held.min_hours else ""
    earlier = " Прежние документы засчитываются, если действуют до конца срока." if held.accepts_valid else ""
    period = f"с {held.starts_on:%d.%m.%Y} по {held.due_on:%d.%m.%Y}"
    return (counted, f"Засчитываются подтверждённые документы по теме,{hours} выданные {period}.{earlier}")
