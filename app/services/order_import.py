"""Drafts of orders from a workbook; an issued order is changed by an act only, another unit's by nobody here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.excel.incoming import IncomingRow
from app.excel.order import SHEET
from app.models import Order, OrgUnit
from app.models.enumeration import OrderKind, OrderStatus
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services import order as orders
from app.services.bulk_import import Importer
from app.services.known_words import compared, member_of
from app.services.row_verdict import Change, Planned, RowVerdict, VerdictKind

KINDS = {kind: (kind.label, kind.value) for kind in OrderKind}
LONGEST_NUMBER = 100
LONGEST_TITLE = 2_000


@dataclass(slots=True)
class Known:
    id: int
    version: int
    is_own: bool
    status: OrderStatus
    title: str


Mark = tuple[OrderKind, str, date | None, str]


class OrderJudge:
    def __init__(self, session: GuardedSession, actor: Actor, today: date) -> None:
        del today
        self._session, self._actor = session, actor
        self._known: dict[Mark, list[Known]] = {}
        self._seen: dict[Mark | int, int] = {}
        own = session.execute(select(OrgUnit.name, OrgUnit.short_name).where(OrgUnit.id == actor.unit_id)).first()
        self._own_names = {compared(word) for word in own or ()} - {""}
        for row in session.execute(
            select(
                Order.id,
                Order.version,
                Order.org_unit_id,
                Order.status,
                Order.kind,
                Order.number,
                Order.dated_on,
                Order.title,
                Order.issuer_name,
            )
        ):  # fmt: skip - one column a line would hide the statement
            one = Known(row.id, row.version, row.org_unit_id == actor.unit_id, row.status, row.title)
            mark = (row.kind, compared(row.number), row.dated_on)
            self._known.setdefault((*mark, compared(row.issuer_name)), []).append(one)
            if one.is_own:
                self._known.setdefault((*mark, ""), []).append(one)

    def label(self, row: IncomingRow) -> str:
        number = str(row.values.get("number") or "")
        return f"№ {number}" if number else str(row.values.get("title") or "")

    def judge(self, row: IncomingRow) -> Planned:
        kind = member_of(KINDS, str(row.values.get("kind") or ""))
        if kind is None:
            raise Invalid("Вид не понят. Напишите: распоряжение, приказ или письмо.", field="kind")
        number = " ".join(str(row.values.get("number") or "").split())
        dated_on = row.values.get("dated_on")
        if len(number) > LONGEST_NUMBER:
            raise Invalid(f"Номер: не больше {LONGEST_NUMBER} знаков.", field="number")
        day = dated_on if isinstance(dated_on, date) else None
        mark = self._mark(kind, number, day, compared(str(row.values.get("issuer") or "")))
        found = self._known.get(mark, [])
        if not number or day is None:
            return self._unfinished(row, found, "dated_on" if number else "number")
        identity = found[0].id if found else mark
        if identity in self._seen:
            raise Invalid(f"Повторяет строку {self._seen[identity]}: оставьте одну из них.", field="number")
        self._seen[identity] = row.number
        if len(found) > 1:
            raise Invalid("Таких документов несколько: измените нужный в его карточке.", field="number")
        title = " ".join(str(row.values.get("title") or "").split())
        if len(title) > LONGEST_TITLE:
            raise Invalid(f"Заголовок длиннее {LONGEST_TITLE} знаков.", field="title")
        if not found:
            return self._made(row, kind, number, day, title)
        return self._changed(row, found[0], title if "title" in row.values else None)

    def _unfinished(self, row: IncomingRow, found: Sequence[Known], missing: str) -> Planned:
        """A draft that has no number or no date yet is known by its title, and is changed in its card."""
        title = " ".join(str(row.values.get("title") or "").split())
        if any(title == " ".join(one.title.split()) for one in found):
            return Planned(RowVerdict(row.number, VerdictKind.SAME, self.label(row)))
        told = "Укажите номер и дату документа. Черновик, в котором их ещё нет, меняют в его карточке."
        raise Invalid(told, field=missing)

    def _mark(self, kind: OrderKind, number: str, day: date | None, issuer: str) -> Mark:
        """One's own name where no document bears it is as good as none: both mean one's own documents."""
        mark = (kind, compared(number), day, issuer)
        return (*mark[:3], "") if mark not in self._known and issuer in self._own_names else mark

    def _made(self, row: IncomingRow, kind: OrderKind, number: str, day: date | None, title: str) -> Planned:
        issuer = str(row.values.get("issuer") or "").strip()
        if issuer and compared(issuer) not in self._own_names:
            raise NotPermitted("Документа другой организации загрузка не заводит: оставьте «Кем выпущено» пустым.")

        def act() -> None:
            orders.create_draft(self._session, self._actor, kind=kind, number=number, dated_on=day, title=title)

        changes = (Change("title", "Заголовок", "", title),) if title else ()
        label = f"{kind.label} № {number}, черновик без пунктов"
        return Planned(RowVerdict(row.number, VerdictKind.CREATED, label, changes), act)

    def _changed(self, row: IncomingRow, there: Known, title: str | None) -> Planned:
        if title is None or title == " ".join(there.title.split()):
            return Planned(RowVerdict(row.number, VerdictKind.SAME, self.label(row)))
        if not there.is_own:
            raise NotPermitted("Документ выпустила другая организация: его меняет она.")
        if there.status is not OrderStatus.DRAFT:
            raise WrongState("Документ уже выпущен: его меняет только изменяющий акт.")

        def act() -> None:
            order = self._session.get(Order, there.id)
            if order is None:
                raise NotFound
            if order.version != there.version:
                raise Conflict("Черновик успел изменить кто-то другой. Проверьте файл ещё раз.")
            orders.rename_draft(self._session, self._actor, order, title)

        change = Change("title", "Заголовок", there.title, title)
        return Planned(RowVerdict(row.number, VerdictKind.CHANGED, self.label(row), (change,)), act)


def directories(session: GuardedSession, actor: Actor) -> Mapping[str, Sequence[str]]:
    del session, actor
    return {"order_kinds": [kind.label for kind in OrderKind]}


IMPORTER = Importer("order", SHEET, Permission.ORDER_WRITE, OrderJudge, directories)
