"""The opening of a round: whom it reaches is seen first, and the number that a person confirmed is the number made."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.analysis.order_proposal import RegisterUnit
from app.models import Assessment, Criterion, Framework, MonitoringRound, OrgUnit
from app.models.enumeration import FrameworkStatus, RoundStatus, UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid
from app.services.order_addressees import UnitRegister, register_of
from app.services.round_addressees import clauses_of, units_of
from app.services.round_sheets import REGIONAL_SCHOOLS
from app.workflows.monitoring_round import WORKFLOW


@dataclass(frozen=True, slots=True)
class Place:
    """What of one municipality the round reaches; `unit_id` is the region's for schools straight under it."""

    unit_id: int
    name: str
    schools: int
    # The municipality fills in a sheet of its own.
    has_own_sheet: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """Whom an opening would reach today; with an obstacle nothing can be opened."""

    units: tuple[RegisterUnit, ...]
    places: tuple[Place, ...]
    obstacles: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def total(self) -> int:
        return len(self.units)

    @property
    def by_kind(self) -> dict[UnitKind, int]:
        return Counter(unit.kind for unit in self.units)


class Applicability:
    """How many criteria of a set each unit answers; asked of the database once for all units."""

    def __init__(self, session: Session, framework_id: int) -> None:
        self._criteria = session.scalars(select(Criterion).where(Criterion.framework_id == framework_id)).all()
        self._small = set(session.scalars(select(OrgUnit.id).where(OrgUnit.is_small)))
        self._counted: dict[tuple[UnitKind, bool], int] = {}

    def to_answer(self, unit: RegisterUnit) -> int:
        key = (unit.kind, unit.id in self._small)
        if key not in self._counted:
            self._counted[key] = sum(one.applies_to(key[0], is_small=key[1]) for one in self._criteria)
        return self._counted[key]

    def without_criteria(self, units: Iterable[RegisterUnit]) -> list[str]:
        """A sentence for each kind of unit that would get an empty sheet."""
        empty = {(unit.kind, unit.id in self._small) for unit in units if not self.to_answer(unit)}
        kinds = {kind for kind, _ in empty}
        sentences = []
        if UnitKind.MUNICIPALITY in kinds:
            sentences.append(
                "В наборе нет критериев муниципального листа: уберите муниципалитеты из адресатов или выберите "
                "другой набор."
            )
        small = {is_small for kind, is_small in empty if kind is UnitKind.SCHOOL}
        if small == {True}:
            sentences.append("В наборе нет критериев для малокомплектных школ: уберите их или выберите другой набор.")
        elif small == {False}:
            sentences.append("В наборе есть критерии только для малокомплектных школ: проверьте адресатов или набор.")
        elif small:
            sentences.append("В наборе нет критериев для школ: уберите школы из адресатов или выберите другой набор.")
        return sentences


def preview(session: Session, actor: Actor, held: MonitoringRound, *, today: date) -> Preview:
    """Raises nothing: what is in the way stands among the obstacles."""
    return _seen(session, actor, held, today)[0]


def open_round(
    session: Session, actor: Actor, held: MonitoringRound, *, today: date, now: datetime, expected: int | None
) -> int:
    """Opens the round and returns the number of sheets made.

    `expected` is the number that the person confirmed: another one raises Conflict and makes nothing. Raises
    WrongState, NotPermitted; Invalid with the sentence of the first obstacle.
    """
    actor.require(Permission.ROUND_OPEN)
    WORKFLOW.require("open", held, actor)
    status_held(session, held)
    seen, applicable = _seen(session, actor, held, today)
    if seen.obstacles:
        raise Invalid(seen.obstacles[0])
    if expected is not None and expected != seen.total:
        raise Conflict(
            f"Список адресатов изменился: листов будет {seen.total}, а не {expected}. Проверьте сводку ещё раз."
        )
    held.opened_at = now
    WORKFLOW.apply("open", held, actor)
    give_sheets(session, held, seen.units, applicable)
    return seen.total


def status_held(session: Session, held: MonitoringRound) -> RoundStatus | None:
    """The state of the round as it stands, which stays until the transaction ends; None where it was deleted.

    The lock makes an opening and a change of the draft wait for each other on PostgreSQL; SQLite has one writer.
    """
    return session.scalar(select(MonitoringRound.status).where(MonitoringRound.id == held.id).with_for_update())


def give_sheets(
    session: Session,
    held: MonitoringRound,
    units: Sequence[RegisterUnit],
    applicable: Applicability,
    *,
    action: tuple[str, str] | None = None,
) -> list[Assessment]:
    """An empty sheet for each unit, all in one flush; the guard judges each row."""
    made = [
        Assessment(
            org_unit_id=unit.id,
            round_id=held.id,
            sheet_kind=unit.kind,
            to_answer=applicable.to_answer(unit),
        )
        for unit in units
    ]
    for sheet in made:
        sheet.pending_action = action
    session.add_all(made)
    session.flush()
    return made


def _seen(session: Session, actor: Actor, held: MonitoringRound, today: date) -> tuple[Preview, Applicability]:
    register = register_of(session, actor.unit_id or 0, today=today)
    units = units_of(clauses_of(held), register)
    applicable = Applicability(session, held.framework_id)
    obstacles = [*_of_framework(session, actor, held), *_of_dates(held, today)]
    if not units:
        obstacles.append("Адресатов нет: отметьте, кто заполняет листы.")
    obstacles += applicable.without_criteria(units)
    places = _places(units, register, actor)
    warnings = _warnings(held, places, today)
    return Preview(tuple(units), places, tuple(obstacles), tuple(warnings)), applicable


def _of_framework(session: Session, actor: Actor, held: MonitoringRound) -> list[str]:
    framework = session.get(Framework, held.framework_id)
    if framework is None or framework.org_unit_id not in {actor.unit_id, actor.region_id}:
        return ["Набора критериев этого цикла больше нет: выберите другой."]
    if framework.status is FrameworkStatus.DRAFT:
        return [f"Набор критериев «{framework.label}» не опубликован: сначала опубликуйте его."]
    if framework.status is FrameworkStatus.RETIRED:
        return [f"Набор критериев «{framework.label}» выведен из применения: выберите действующую редакцию."]
    return []


def _of_dates(held: MonitoringRound, today: date) -> list[str]:
    if held.due_on < today:
        return [f"Срок сдачи {held.due_on:%d.%m.%Y} уже прошёл: укажите новый."]
    return []


def _places(units: Sequence[RegisterUnit], register: UnitRegister, actor: Actor) -> tuple[Place, ...]:
    schools: Counter[int] = Counter()
    own: dict[int, bool] = defaultdict(bool)
    for unit in units:
        if unit.kind is UnitKind.MUNICIPALITY:
            own[unit.id] = True
        else:
            schools[unit.municipality_id or 0] += 1
    found = [unit for unit in register.units if unit.id in schools or unit.id in own]
    region = [
        Place(unit_id, REGIONAL_SCHOOLS, count, has_own_sheet=False)
        for unit_id, count in schools.items()
        if unit_id == actor.region_id
    ]
    return (
        *(
            Place(unit.id, register.label(unit.id), schools[unit.id], own[unit.id])
            for unit in found
            if unit.id != actor.region_id
        ),
        *region,
    )


def _warnings(held: MonitoringRound, places: Iterable[Place], today: date) -> list[str]:
    found = []
    if held.opens_on > today:
        found.append(f"Заполнять листы можно будет с {held.opens_on:%d.%m.%Y}; адресаты увидят цикл сразу.")
    if held.is_municipal:
        return found
    places = list(places)
    idle = [place.name for place in places if place.has_own_sheet and not place.schools]
    if idle:
        found.append(f"Муниципальный лист без листов школ: {_listed(idle)}.")
    return found


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} и ещё {len(names) - 5}" if len(names) > 5 else shown  # noqa: PLR2004 - as many names as one reads
