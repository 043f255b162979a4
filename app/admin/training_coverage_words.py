"""How a requirement and its coverage are told: the rule, the figures, the forecast."""

from __future__ import annotations

from collections.abc import Sequence

from app.admin.cells import plural
from app.admin.monitoring_round_words import rule_words
from app.analysis.order_proposal import RegisterUnit
from app.analysis.training_forecast import Forecast, Pace
from app.models import OrgUnit, TrainingRequirement
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import CoverageCount, PositionKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services.order_addressees import register_of
from app.services.requirement_addressees import clauses_of
from app.services.training_coverage import CoverageState, Figures

SECTION = ("Охват обучением", "/training-requirements/")
Trail = tuple[tuple[str, str | None], ...]


def crumbs(requirement: TrainingRequirement, *more: str) -> Trail:
    trail: list[tuple[str, str | None]] = [SECTION]
    trail.append((requirement.title, f"/training-requirements/{requirement.id}" if more else None))
    trail += [(label, None) for label in more]
    return tuple(trail)


def positions_words(requirement: TrainingRequirement) -> str:
    return " или ".join(PositionKind(value).label for value in requirement.positions)


def counts_words(counts: CoverageCount) -> str:
    return {
        CoverageCount.UNITS: "организация засчитана, когда обучен хотя бы один её работник",
        CoverageCount.PEOPLE: "засчитан каждый обученный работник",
    }[counts]


def unit_words(counts: CoverageCount, total: int) -> str:
    """What the total is a number of, as it stands after «из»."""
    if counts is CoverageCount.UNITS:
        return plural(total, "организации", "организаций", "организаций")
    return plural(total, "работника", "работников", "работников")


def reached_words(units: Sequence[RegisterUnit]) -> str:
    """«2 муниципалитета и 164 школы»."""
    kinds = [unit.kind for unit in units]
    towns, schools = kinds.count(UnitKind.MUNICIPALITY), kinds.count(UnitKind.SCHOOL)
    parts = []
    if towns:
        parts.append(f"{towns} {plural(towns, 'муниципалитет', 'муниципалитета', 'муниципалитетов')}")
    if schools:
        parts.append(f"{schools} {plural(schools, 'школа', 'школы', 'школ')}")
    return " и ".join(parts) or "никого"


def clause_words(session: GuardedSession, actor: Actor, requirement: TrainingRequirement) -> list[str]:
    """Whose people, each clause in words; units outside the reader's part of the tree are not named."""
    clauses = clauses_of(requirement)
    register = register_of(session, actor.unit_id or 0)
    return rule_words(clauses, {unit_id: register.label(unit_id) for _, unit_id in clauses if unit_id})


def maker_name(session: GuardedSession, actor: Actor, requirement: TrainingRequirement) -> str:
    """Those above are told by name to everyone."""
    if requirement.org_unit_id == actor.unit_id:
        return actor.unit_name
    if requirement.org_unit_id == actor.region_id:
        return actor.region_name
    if requirement.org_unit_id == actor.municipality_id:
        return actor.parent_name
    unit = session.get(OrgUnit, requirement.org_unit_id)
    return unit.label if unit is not None else "муниципалитет"


def forecast_words(told: Forecast, requirement: TrainingRequirement) -> str:
    """One sentence; the pace stands in it."""
    match told.pace:
        case Pace.REACHED:
            return f"Полный охват достигнут {told.day:%d.%m.%Y}."
        case Pace.TERM_PASSED:
            return f"Срок прошёл {requirement.due_on:%d.%m.%Y}: охват неполный, новые документы не засчитываются."
        case Pace.NO_PACE if told.days:
            return f"За последние {_days(told.days)} никто не обучен: день полного охвата не назвать."
        case Pace.NO_PACE:
            return f"Документы засчитываются с {requirement.starts_on:%d.%m.%Y}: о темпе говорить рано."
    return f"При нынешнем темпе ({told.gained} за {_days(told.days)}) {_expected(told, requirement)}."


def _expected(told: Forecast, requirement: TrainingRequirement) -> str:
    if told.day is None:
        return "полного охвата не будет"
    if told.pace is Pace.IN_TERM:
        return f"полный охват будет {told.day:%d.%m.%Y}, в срок"
    late = (told.day - requirement.due_on).days
    return f"полный охват будет только {told.day:%d.%m.%Y}: на {_days(late)} позже срока"


def _days(count: int) -> str:
    return f"{count} {plural(count, 'день', 'дня', 'дней')}"


def is_alarming(told: Forecast) -> bool:
    return told.pace in {Pace.AFTER_TERM, Pace.NO_PACE, Pace.TERM_PASSED}


def parts_of(figures: Figures) -> list[tuple[str, int, str]]:
    """For one bar of all states: state, count, word. In the mode «каждый» the unknown are no part of the whole."""
    return [
        (f"coverage-{state.value}", getattr(figures, state.value), state.label)
        for state in CoverageState
        if state is not CoverageState.UNKNOWN
        or sum(getattr(figures, one.value) for one in CoverageState) == figures.total
    ]
