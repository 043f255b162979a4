"""Units of the tree: made, changed with the history of their names, closed, moved to another municipality.

Who may: the administrator of the region everywhere in it, of a municipality in its schools and in its own entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.models import OrgUnit
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services import beyond_scope, measure_closing, org_unit_closing, org_unit_periods
from app.services.org_unit_details import UnitDetails, checked

DAY = timedelta(days=1)
NAMES = ("name", "short_name", "code")
# What may stand under what; a region stands under nothing.
PARENTS = {
    UnitKind.MUNICIPALITY: {UnitKind.REGION},
    UnitKind.PROVIDER: {UnitKind.REGION},
    UnitKind.SCHOOL: {UnitKind.REGION, UnitKind.MUNICIPALITY},
}


@dataclass(frozen=True, slots=True)
class Renaming:
    """Since which day the new name or code holds, and by what act."""

    since: date
    basis: str


def the_one(session: Session, unit_id: int | None) -> OrgUnit:
    """Raises NotFound outside the scope."""
    found = session.get(OrgUnit, unit_id) if unit_id is not None else None
    if found is None:
        raise NotFound
    return found


def create(
    session: Session,
    actor: Actor,
    *,
    kind: UnitKind,
    name: str,
    parent: OrgUnit | None,
    short_name: str = "",
    code: str = "",
    site: str = "",
    email: str = "",
    time_zone: str = "",
    is_small: bool = False,
    opened_on: date | None = None,
    head_school_id: int | None = None,
) -> OrgUnit:
    """A new unit with the first periods of its name and place; `parent` is None for a region only.

    Raises NotPermitted, NotFound, WrongState, Invalid at the field.
    """
    actor.require(Permission.REGION_WRITE if kind is UnitKind.REGION else Permission.ORG_UNIT_WRITE)
    check_place(actor, kind, parent)
    typed = UnitDetails(name, short_name, code, site, email, time_zone, is_small, opened_on, head_school_id)
    details = checked(kind, typed)
    region_id = parent.region_id if parent is not None else 0
    _check_free(session, region_id, parent.id if parent else None, details)
    _check_head_school(session, details, None)
    unit = OrgUnit(kind=kind, parent_id=parent.id if parent else None)
    unit.region_id = region_id
    unit.municipality_id = parent.municipality_id if parent is not None else 0
    put(unit, details)
    session.add(unit)
    session.flush()
    org_unit_periods.begin(session, unit, parent)
    return unit


def change(
    session: Session,
    actor: Actor,
    unit: OrgUnit,
    *,
    version: int,
    details: UnitDetails,
    renaming: Renaming | None,
    today: date,
) -> None:
    """Saves what was typed. A changed name or code opens a new period from `renaming.since`; without a renaming it is
    the correction of a typo, and the period that holds is corrected with it.

    Raises NotPermitted, Conflict where somebody saved since `version`, WrongState, Invalid at the field.
    """
    actor.require(Permission.ORG_UNIT_WRITE)
    _check_reach(actor, unit)
    if unit.version != version:
        raise Conflict("Карточку уже сохранил кто-то другой: рядом показано, что в ней теперь. Ваше не потеряно.")
    if unit.closed_on is not None:
        raise WrongState("Организация закрыта, её карточка больше не меняется.")
    new = checked(unit.kind, details)
    _check_free(session, unit.region_id, unit.parent_id, new, unit.id)
    _check_head_school(session, new, unit.id)
    if new.opened_on is not None and new.opened_on > today + 366 * DAY:
        raise Invalid("День начала работы слишком далеко: проверьте год.", field="opened_on")
    if any(getattr(unit, key) != getattr(new, key) for key in NAMES):
        _rename(session, unit, new, renaming, today)
    put(unit, new)
    session.flush()


def close(
    session: Session,
    actor: Actor,
    unit: OrgUnit,
    *,
    closed_on: date,
    successor: OrgUnit | None,
    pass_on: bool,
    reason: str,
    today: date,
) -> int:
    """Closes a unit: its open assignments, findings and measures pass to the successor or are taken off, its
    unfinished sheets are excused.

    Returns how many assignments there were.

    Raises NotPermitted, WrongState, Invalid at the field.
    """
    actor.require(Permission.ORG_UNIT_WRITE)
    _check_reach(actor, unit)
    _check_closing(session, actor, unit, closed_on, today)
    if not reason.strip():
        raise Invalid("Укажите основание: каким актом организация закрыта.", field="reason")
    if pass_on and successor is None:
        raise Invalid("Выберите правопреемника или снимите открытое.", field="successor_id")
    if successor is not None:
        _check_successor(unit, successor)
    assignments = org_unit_closing.open_assignments(session, unit)
    weak = measure_closing.open_of(session, unit)
    if successor is not None and pass_on:
        org_unit_closing.pass_on(session, unit, successor, assignments)
        measure_closing.pass_on(session, unit, successor, weak)
    told = f"Организация закрыта: {reason.strip()}"
    if successor is not None and pass_on:
        told = f"{told}. Перешло: {successor.label}"
    org_unit_closing.withdraw(session, assignments, reason=told, today=today)
    measure_closing.take_off(session, weak, reason=told)
    org_unit_closing.excuse_sheets(session, unit, reason=f"Организация закрыта: {reason.strip()}")
    org_unit_closing.end_positions(session, unit, closed_on=closed_on)
    unit.closed_on = closed_on
    unit.successor_id = successor.id if successor is not None else None
    unit.pending_action = ("close", reason.strip())
    org_unit_periods.end(session, unit, closed_on)
    return len(assignments)


def move(
    session: Session,
    actor: Actor,
    unit: OrgUnit,
    *,
    new_parent: OrgUnit,
    moved_on: date,
    basis: str,
    today: date,
) -> None:
    """Puts a school under another municipality, or straight under the region, with all its records.

    Only the unit is written: the composite keys carry the scope columns of every record along, in the same statement
    (ON UPDATE CASCADE). Objects read before hold the old columns, so the session forgets them.
    Raises NotPermitted, WrongState, Invalid at the field.
    """
    actor.require(Permission.ORG_UNIT_MOVE)
    if unit.kind is not UnitKind.SCHOOL:
        raise WrongState("Перевести можно только школу: муниципалитеты и институты стоят прямо под регионом.")
    if unit.closed_on is not None:
        raise WrongState("Организация закрыта, перевести её нельзя.")
    if new_parent.kind not in PARENTS[UnitKind.SCHOOL] or new_parent.region_id != unit.region_id:
        raise Invalid("Школа переводится в муниципалитет своего региона или прямо под регион.", field="parent_id")
    if new_parent.id == unit.parent_id:
        raise Invalid("Школа уже стоит здесь. Выберите другой муниципалитет.", field="parent_id")
    if new_parent.closed_on is not None:
        raise Invalid("Этот муниципалитет закрыт. Выберите действующий.", field="parent_id")
    if moved_on > today:
        raise Invalid("День перевода не может быть в будущем: записи переходят сразу.", field="moved_on")
    if not basis.strip():
        raise Invalid("Укажите основание: каким актом школа переведена.", field="basis")
    _check_free(session, 0, new_parent.id, UnitDetails(unit.name), unit.id)
    old_parent = the_one(session, unit.parent_id)
    org_unit_periods.leave(session, unit, old_parent, moved_on)
    unit.parent_id = new_parent.id
    unit.municipality_id = new_parent.municipality_id
    unit.pending_action = ("move", f"{old_parent.label} → {new_parent.label}. {basis.strip()}")
    session.flush()
    session.expire_all()
    org_unit_periods.arrive(session, unit, new_parent, moved_on, basis.strip())


def check_place(actor: Actor, kind: UnitKind, parent: OrgUnit | None) -> None:
    """Whether such a unit may stand there and the actor may make it. Raises NotPermitted, Invalid."""
    if kind is UnitKind.REGION:
        if parent is not None:
            raise Invalid("Регион ни под чем не стоит.", field="parent_id")
        return
    if parent is None or parent.kind not in PARENTS[kind]:
        raise Invalid("Выберите, под чем стоит организация.", field="parent_id")
    if parent.closed_on is not None:
        raise Invalid("Вышестоящая организация закрыта. Выберите действующую.", field="parent_id")
    if actor.unit_kind is UnitKind.MUNICIPALITY and kind is not UnitKind.SCHOOL:
        raise NotPermitted("Муниципалитет заводит только свои школы.")


def _check_reach(actor: Actor, unit: OrgUnit) -> None:
    """The region's own entry is the installation administrator's."""
    if unit.kind is UnitKind.REGION:
        actor.require(Permission.REGION_WRITE)


def _check_free(
    session: Session, region_id: int, parent_id: int | None, details: UnitDetails, unit_id: int | None = None
) -> None:
    if details.code and beyond_scope.code_taken(
        session, 0 if parent_id is None else region_id, details.code, other_than=unit_id
    ):
        raise Invalid("Организация с таким кодом уже есть. Проверьте код.", field="code")
    if beyond_scope.name_taken(session, parent_id, details.name, other_than=unit_id):
        raise Invalid("Здесь уже есть действующая организация с таким наименованием.", field="name")


def _check_head_school(session: Session, details: UnitDetails, unit_id: int | None) -> None:
    if details.head_school_id is None:
        return
    head = session.get(OrgUnit, details.head_school_id)
    if head is None or head.kind is not UnitKind.SCHOOL or head.id == unit_id or head.head_school_id is not None:
        raise Invalid("Головной может быть другая школа, которая сама не филиал.", field="head_school_id")


def _check_closing(session: Session, actor: Actor, unit: OrgUnit, closed_on: date, today: date) -> None:
    if unit.closed_on is not None:
        raise WrongState(f"Организация уже закрыта {unit.closed_on:%d.%m.%Y}.")
    if unit.id == actor.unit_id:
        raise NotPermitted("Организацию, в которой вы стоите, закрывает вышестоящая.")
    if beyond_scope.has_open_children(session, unit.id):
        raise WrongState("Под этой организацией есть действующие: сначала переведите или закройте их.")
    if closed_on > today:
        raise Invalid("День закрытия не может быть в будущем.", field="closed_on")
    if unit.opened_on is not None and closed_on < unit.opened_on:
        raise Invalid(f"Организация открыта {unit.opened_on:%d.%m.%Y}: закрыть её раньше нельзя.", field="closed_on")


def _check_successor(unit: OrgUnit, successor: OrgUnit) -> None:
    if (
        successor.id == unit.id
        or successor.kind is not unit.kind
        or successor.region_id != unit.region_id
        or successor.closed_on is not None
    ):
        raise Invalid(
            "Правопреемник — другая действующая организация того же вида в том же регионе.", field="successor_id"
        )


def _rename(session: Session, unit: OrgUnit, new: UnitDetails, renaming: Renaming | None, today: date) -> None:
    if renaming is None:
        period = org_unit_periods.open_name(session, unit)
    elif not renaming.basis.strip():
        raise Invalid("Укажите основание: каким актом изменено наименование или код.", field="basis")
    else:
        period = org_unit_periods.rename(session, unit, renaming.since, today)
        period.basis = renaming.basis.strip()
        unit.pending_action = ("rename", period.basis)
    if period is not None:
        period.name, period.short_name, period.code = new.name, new.short_name, new.code


def put(unit: OrgUnit, details: UnitDetails) -> None:
    """Fills the unit in; the details have been checked."""
    unit.name = details.name
    unit.short_name = details.short_name
    unit.code = details.code
    unit.site = details.site
    unit.email = details.email
    unit.time_zone = details.time_zone
    unit.is_small = details.is_small
    unit.opened_on = details.opened_on
    unit.head_school_id = details.head_school_id
