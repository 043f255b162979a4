"""What the annex «Свод по муниципалитетам» says of findings and measures, in the asker's scope."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.documents.file_name import workbook_name
from app.excel.annexes.measure_summary import MeasureSummary, SummaryLine, SummarySheet
from app.excel.sheet import Signature
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.services.measure_summary import Summary, summary
from app.services.measure_tally import Figures

TITLE = "Свод недостатков и корректирующих мер"
NOTES = (
    "Недостаток считается в своей организации, мера в той, которая её выполняет.",
    "Снятые недостатки и отменённые меры не считаются.",
    "Без мер: открытые недостатки, по которым нет ни одной неотменённой меры.",
    "Просрочено: срок прошёл, а мера не выполнена. Эффект: вывод по подтверждённым мерам после следующего измерения.",
    "По причинам и критериям мера стоит в каждой строке недостатков, на которые отвечает: сумма больше числа мер.",
)


@dataclass(frozen=True, slots=True)
class SummaryAnnex:
    """The workbook's content; the journal keeps how many rows were taken."""

    content: MeasureSummary
    rows_taken: int

    @property
    def narrowed(self) -> str:
        return self.content.filter_label

    @property
    def file_name(self) -> str:
        """«Свод … на ДАТА.xlsx», without what a file system refuses."""
        return workbook_name(f"{self.content.title} на {self.content.as_of:%d.%m.%Y}")


def build(session: Session, actor: Actor, *, as_of: datetime, municipality_id: int | None = None) -> SummaryAnnex:
    """`as_of` is a moment in the region's own zone. Raises NotFound for a municipality outside the scope."""
    actor.require(Permission.EXPORT)
    found = summary(session, actor, today=as_of.date(), municipality_id=municipality_id)
    whole_region = actor.unit_kind is UnitKind.REGION and municipality_id is None
    place = next((one.name for one in found.places if one.municipality_id == municipality_id), "")
    sheets = _sheets(found, whole_region=whole_region)
    content = MeasureSummary(
        title=f"{TITLE} по муниципалитетам" if whole_region else TITLE,
        as_of=as_of,
        made_by=actor.user_name,
        scope_label=actor.unit_name,
        sheets=sheets,
        notes=NOTES,
        filter_label=f"муниципалитет: {place}" if place else "",
        signatures=(Signature("Исполнитель", actor.user_name), Signature("Руководитель")),
    )
    return SummaryAnnex(content, sum(len(sheet.lines) for sheet in sheets))


def _sheets(found: Summary, *, whole_region: bool) -> tuple[SummarySheet, ...]:
    total = _line("Всего", found.figures)
    places = SummarySheet(
        "Свод по муниципалитетам",
        "По муниципалитетам",
        ("Муниципалитет",),
        [_line(place.name, place.figures) for place in found.places],
        total,
    )
    units = SummarySheet(
        "По организациям",
        "По организациям",
        ("Муниципалитет", "Организация"),
        [_line(row.name, row.figures, row.municipality) for row in found.units],
        total,
    )
    causes = SummarySheet(
        "По причинам",
        "По причинам недостатков",
        ("Причина",),
        [_line(row.title, row.figures) for row in found.causes],
    )
    criteria = SummarySheet(
        "По критериям",
        "По критериям",
        ("Код", "Критерий"),
        [_line(row.title, row.figures, row.code) for row in found.criteria],
        side_width=8,
    )
    return (*((places,) if whole_region else ()), units, causes, criteria)


def _line(name: str, figures: Figures, side: str = "") -> SummaryLine:
    return SummaryLine(
        name=name,
        side=side,
        findings=figures.findings,
        open=figures.open,
        bare=figures.bare,
        resolved=figures.resolved,
        measures=figures.measures,
        planned=figures.planned,
        in_progress=figures.in_progress,
        done=figures.done,
        not_verified=figures.not_verified,
        verified=figures.verified,
        overdue=figures.overdue,
        helped=figures.helped,
        not_seen=figures.not_seen,
        too_little=figures.too_little,
    )
