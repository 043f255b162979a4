"""What findings and corrective measures put on the home page."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from app.admin.cells import plural
from app.admin.work_part import Line, Part
from app.models.enumeration_of_measures import FindingStatus, MeasureStatus
from app.policies.actor import Actor
from app.services.measure_work import Call

MEASURES = ("мера", "меры", "мер")
FINDINGS = ("недостаток", "недостатка", "недостатков")
PIECES = ("документ", "документа", "документов")
MINE, BELOW = "carrier", "below"
# What to do, of what, why, the register, its filters, and whose rows: those that the unit carries out, or those below.
WORDS: dict[Call, tuple[str, tuple[str, str, str], str, str, dict[str, str], str]] = {
    Call.VERIFY: (
        "Проверить выполненные меры",
        MEASURES,
        "подтвердите или верните с замечанием",
        "corrective-measures",
        {},
        "waits",
    ),
    Call.OVERDUE: (
        "Просрочены корректирующие меры",
        MEASURES,
        "срок прошёл, отметки о выполнении нет",
        "corrective-measures",
        {"term": "overdue"},
        MINE,
    ),
    Call.MEND: (
        "Доработать неподтверждённые меры",
        MEASURES,
        "замечание стоит в карточке меры",
        "corrective-measures",
        {"status": MeasureStatus.NOT_VERIFIED.value},
        MINE,
    ),
    Call.SOON: (
        "Близится срок мер",
        MEASURES,
        "срок в ближайшие две недели",
        "corrective-measures",
        {"term": "soon"},
        MINE,
    ),
    Call.BEGIN: (
        "Взять в работу меры",
        MEASURES,
        "день начала наступил",
        "corrective-measures",
        {"status": MeasureStatus.PLANNED.value, "begins": "now"},
        MINE,
    ),
    Call.ANSWER: (
        "Запланировать меры по недостаткам",
        FINDINGS,
        "мер по ним ещё нет",
        "findings",
        {"status": FindingStatus.OPEN.value, "measures": "none"},
        "unit",
    ),
    Call.OVERDUE_BELOW: (
        "Просрочены меры в организациях",
        MEASURES,
        "у подведомственных организаций",
        "corrective-measures",
        {"term": "overdue"},
        BELOW,
    ),
    Call.EXPIRING: (
        "Истекает срок подтверждений",
        PIECES,
        "в ближайшие три месяца: приложите новую редакцию",
        "evidence",
        {"expiry": "soon"},
        "unit",
    ),
}


def part_of(found: Mapping[Call, int], actor: Actor) -> list[Part]:
    """One part of the queue, a line for each kind of work; none where nothing waits."""
    lines = []
    for call, (what, noun, why, register, filters, whose) in WORDS.items():
        amount = found.get(call)
        if amount:
            asked = filters | {whose: str(actor.unit_id)}
            if call is Call.VERIFY:
                asked["not_of"] = str(actor.user_id)
            tone = "late" if call in {Call.OVERDUE, Call.OVERDUE_BELOW} else ""
            about = f"{amount} {plural(amount, *noun)}: {why}"
            lines.append(Line(f"/{register}/?{urlencode(asked)}", what, about, tone=tone))
    return [Part("Недостатки и меры", len(lines), lines)] if lines else []
