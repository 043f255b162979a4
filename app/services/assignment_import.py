"""Assignments from a workbook: who answers for them. Terms and states move by acts only, never by a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from sqlalchemy import Table, select

from app.excel.assignment import SHEET
from app.excel.incoming import IncomingRow
from app.models import Assignment, Order, OrderPoint, OrgUnit
from app.models.assignment import CLOSED_STATUSES
from app.models.enumeration import AssignmentStatus, UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotPermitted, WrongState
from app.services import assignment as assignments
from app.services.bulk_import import Importer
from app.services.known_words import compared
from app.services.org_unit_alike import suggestion
from app.services.row_verdict import Change, Planned, RowVerdict, VerdictKind

UNIT = cast(Table, OrgUnit.__table__)
MOST_CHOICES = 1_000


@dataclass(slots=True)
class Known:
    id: int
    version: int
    org_unit_id: int
    status: AssignmentStatus
    responsible: str
    label: str


Mark = tuple[str, str, str]


class AssignmentJudge:
    def __init__(self, session: GuardedSession, actor: Actor, today: date) -> None:
        del today
        self._session, self._actor = session, actor
        self._known: dict[Mark, list[tuple[str, Known]]] = {}
        self._seen: dict[int, int] = {}
        # The order's full label under every way in which people write it; several where a number is not enough.
        self._orders: dict[str, set[str]] = {}
        self._units: dict[str, str] = {}
        for row in session.execute(_STATEMENT):
            point = f"{row.point}{row.stage}"
            unit, place = row.short_name or row.name, row.place_short or row.place
            label = order_label(row.number, row.dated_on)
            known = Known(
                row.id, row.version, row.org_unit_id, row.status, row.responsible, f"{label}, п. {point}, {unit}"
            )
            for written in (label, row.number, f"№ {row.number}"):
                self._orders.setdefault(compared(written), set()).add(compared(label))
            place = "" if row.place_kind == UnitKind.REGION.value else place
            for name in {compared(row.name), compared(row.short_name)} - {""}:
                mark = (compared(label), compared(point), name)
                self._known.setdefault(mark, []).append((compared(place), known))
                self._units[name] = unit

    def label(self, row: IncomingRow) -> str:
        words = (row.values.get(key) for key in ("order", "point", "unit"))
        return ", ".join(str(word) for word in words if word)

    def judge(self, row: IncomingRow) -> Planned:
        order, point, unit = (str(row.values.get(key) or "").strip() for key in ("order", "point", "unit"))
        found = self._known.get((self._order(order), compared(point.rstrip(".")), self._unit(unit)), [])
        if not found:
            told = f"По документу «{order}» у организации «{unit}» нет пункта «{point}»: проверьте эти три столбца."
            raise Invalid(told, field="point")
        if len(found) > 1 or (found and "municipality" in row.values and row.values["municipality"]):
            place = compared(str(row.values.get("municipality") or ""))
            found = [pair for pair in found if pair[0] == place]
        if not found:
            told = f"Организации «{unit}» в этом муниципалитете нет: проверьте столбец «Муниципалитет»."
            raise Invalid(told, field="municipality")
        if len(found) > 1:
            raise Invalid("Под эту строку подходит несколько поручений: укажите муниципалитет.", field="municipality")
        there = found[0][1]
        if there.id in self._seen:
            raise Invalid(f"Повторяет строку {self._seen[there.id]}: оставьте одну из них.")
        self._seen[there.id] = row.number
        responsible = " ".join(str(row.values.get("responsible") or "").split())
        if "responsible" not in row.values or responsible == " ".join(there.responsible.split()):
            return Planned(RowVerdict(row.number, VerdictKind.SAME, there.label))
        if there.org_unit_id != self._actor.unit_id:
            raise NotPermitted("Ответственного указывает сама организация в своих поручениях.")
        if there.status in CLOSED_STATUSES:
            raise WrongState(f"Поручение закрыто: «{there.status.label}». Ответственный в нём уже не меняется.")
        assignments.check_responsible(responsible)
        change = Change("responsible", SHEET.column("responsible").title, there.responsible, responsible)
        return Planned(
            RowVerdict(row.number, VerdictKind.CHANGED, there.label, (change,)), self._change(there, responsible)
        )

    def _order(self, written: str) -> str:
        labels = self._orders.get(compared(written), set())
        if len(labels) > 1:
            raise Invalid(f"Документов с номером «{written}» несколько: допишите дату.", field="order")
        if not labels:
            told = (
                f"Документа «{written}» среди ваших поручений нет. Напишите номер и дату: № 3.12-118-р от 01.09.2026."
            )
            raise Invalid(told, field="order")
        return next(iter(labels))

    def _unit(self, written: str) -> str:
        if compared(written) not in self._units:
            near = suggestion(written, tuple(self._units.values()))
            told = f"Организации «{written}» среди ваших поручений нет: проверьте наименование.{near}"
            raise Invalid(told, field="unit")
        return compared(written)

    def _change(self, there: Known, responsible: str) -> Callable[[], None]:
        def act() -> None:
            found = assignments.the_one(self._session, there.id)
            if found.version != there.version:
                raise Conflict("Поручение успел изменить кто-то другой. Проверьте файл ещё раз.")
            assignments.name_responsible(self._session, self._actor, found, responsible)

        return act


PLACE = UNIT.alias("place_of_row")
# The unit of a row in scope, its municipality, the order and the point it is about are labels of it.
OF_ROW = UNIT.alias("unit_of_row")
ORDER = cast(Table, Order.__table__).alias("order_of_row")
POINT = cast(Table, OrderPoint.__table__).alias("point_of_row")
_STATEMENT = (
    select(
        Assignment.id,
        Assignment.version,
        Assignment.org_unit_id,
        Assignment.status,
        Assignment.responsible,
        OF_ROW.c.name,
        OF_ROW.c.short_name,
        PLACE.c.name.label("place"),
        PLACE.c.short_name.label("place_short"),
        PLACE.c.kind.label("place_kind"),
        ORDER.c.number,
        ORDER.c.dated_on,
        POINT.c.number.label("point"),
        POINT.c.stage,
    )
    .select_from(Assignment)
    .join(OF_ROW, OF_ROW.c.id == Assignment.org_unit_id)
    .join(PLACE, PLACE.c.id == Assignment.municipality_id)
    .join(ORDER, ORDER.c.id == Assignment.order_id)
    .join(POINT, POINT.c.id == Assignment.order_point_id)
)


def order_label(number: str, dated_on: date | None) -> str:
    """As the register of assignments names an order: «№ 3.12-118-р от 01.09.2026»."""
    return f"№ {number}" + (f" от {dated_on:%d.%m.%Y}" if dated_on else "")


def directories(session: GuardedSession, actor: Actor) -> Mapping[str, Sequence[str]]:
    del actor
    units = session.execute(
        select(OrgUnit.kind, OrgUnit.name, OrgUnit.short_name).where(OrgUnit.closed_on.is_(None)).order_by(OrgUnit.id)
    ).all()
    issued = session.execute(select(Order.number, Order.dated_on).order_by(Order.id.desc()).limit(MOST_CHOICES))
    return {
        "municipalities": sorted(row.short_name or row.name for row in units if row.kind is UnitKind.MUNICIPALITY),
        "units": sorted(row.short_name or row.name for row in units if row.kind is not UnitKind.REGION),
        "orders": [order_label(row.number, row.dated_on) for row in issued],
    }


IMPORTER = Importer("assignment", SHEET, Permission.ASSIGNMENT_REPORT, AssignmentJudge, directories)
