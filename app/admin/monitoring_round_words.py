"""How a round is told: whom it addresses, its dates with what they mean today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.admin.cells import plural, term_word
from app.analysis.order_proposal import RegisterUnit
from app.models import MonitoringRound
from app.models.enumeration import AddresseeClauseKind, RoundStatus, UnitKind
from app.services.round_addressees import Clause


@dataclass(frozen=True, slots=True)
class DayWords:
    """One date of the round: `word` says how far it is, `tone` is "", "past", "now" or "late"."""

    label: str
    day: date | None
    word: str
    tone: str = ""


def sheet_words(count: int) -> str:
    return f"{count} {plural(count, 'лист', 'листа', 'листов')}"


def reached_words(units: Iterable[RegisterUnit]) -> str:
    """«18 муниципалитетов и 164 школы · 182 листа»."""
    kinds = [unit.kind for unit in units]
    towns, schools = kinds.count(UnitKind.MUNICIPALITY), kinds.count(UnitKind.SCHOOL)
    parts = []
    if towns:
        parts.append(f"{towns} {plural(towns, 'муниципалитет', 'муниципалитета', 'муниципалитетов')}")
    if schools:
        parts.append(f"{schools} {plural(schools, 'школа', 'школы', 'школ')}")
    return f"{' и '.join(parts)} · {sheet_words(len(kinds))}" if parts else "никого"


def rule_words(clauses: Sequence[Clause], labels: dict[int, str]) -> list[str]:
    """Each clause in words; units outside the reader's part of the tree are not named."""
    words: list[str] = []
    outside = 0
    for kind, unit_id in clauses:
        name = labels.get(unit_id or 0, "")
        if unit_id is not None and not name:
            outside += 1
            continue
        match kind:
            case AddresseeClauseKind.SCHOOLS_OF:
                words.append(f"все ОО: {name}")
            case AddresseeClauseKind.EXCEPT:
                words.append(f"кроме: {name}")
            case AddresseeClauseKind.UNIT:
                words.append(name)
            case _:
                words.append(kind.label)
    if outside:
        words.append("и другие вне вашей части дерева")
    return words


def dates_of(held: MonitoringRound, today: date) -> list[DayWords]:
    """The dates of a round in their order. Of a round that does not run, only the days themselves."""
    runs = held.status is RoundStatus.OPEN
    given = (
        ("Начало", held.opens_on),
        ("Срок сдачи", held.due_on),
        ("Приём закрывается", held.locks_on),
        ("По разрешениям до", held.late_until),
    )
    # The next day to come is the one that people look for.
    coming = next((day for _, day in given[1:] if day is not None and day >= today), None)
    words = []
    for label, day in given:
        if day is None:
            words.append(DayWords(label, None, "не назначен"))
        elif not runs:
            words.append(DayWords(label, day, ""))
        elif day < today:
            words.append(DayWords(label, day, "" if label == "Начало" else "прошёл", "past"))
        else:
            told, _ = term_word(day, today)
            words.append(DayWords(label, day, told, "now" if day == coming else ""))
    return words
