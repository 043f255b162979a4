"""Units from a workbook. A row is known again by its code, or else by what it stands under and its name.

Names and places have a history: a load does not change them, those are acts of a person with a day and a basis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from app.excel.incoming import IncomingRow
from app.excel.org_unit import SHEET
from app.models import OrgUnit
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotPermitted, WrongState
from app.services import beyond_scope, org_unit
from app.services.bulk_import import Importer
from app.services.known_units import Known, units_of_scope
from app.services.known_words import compared, member_of
from app.services.org_unit_alike import AlikeUnits, suggestion
from app.services.org_unit_details import UnitDetails, checked
from app.services.org_unit_many import NewUnit, create_many
from app.services.row_verdict import Change, Planned, RowVerdict, VerdictKind, shown

KINDS: Mapping[UnitKind, tuple[str, ...]] = {
    UnitKind.REGION: ("регион", "region"),
    UnitKind.MUNICIPALITY: ("муниципалитет", "муниципальное образование", "мо", "моуо", "municipality"),
    UnitKind.SCHOOL: ("школа", "оо", "общеобразовательная организация", "филиал", "школа (ОО)", "school"),
    UnitKind.PROVIDER: ("организация дпо", "институт", "дпо", "provider"),
}
# Column of the sheet → field of the unit.
FIELDS = {"short_name": "short_name", "code": "code", "valid_from": "opened_on", "site": "site", "email": "email"}
COLUMN_OF = {field: column for column, field in FIELDS.items()}


class UnitJudge:
    """Acting units come before closed ones of the same code or name."""

    def __init__(self, session: GuardedSession, actor: Actor, today: date) -> None:
        self._session, self._actor, self._today = session, actor, today
        # Codes are unlike within a region, names under one unit.
        self._by_code: dict[tuple[int, str], Known] = {}
        self._by_name: dict[tuple[int, str], Known] = {}
        self._parents: dict[str, list[Known]] = {}
        self._seen: dict[tuple[object, ...], int] = {}
        self._alike = AlikeUnits()
        self._regions: list[Known] = []
        for unit in units_of_scope(session):
            self._remember(unit)
            if unit.kind is UnitKind.REGION:
                self._regions.append(unit)
        self._taken = beyond_scope.taken_codes(session, actor.region_id or 0)

    def label(self, row: IncomingRow) -> str:
        return str(row.values.get("short_name") or row.values.get("name") or "")

    def judge(self, row: IncomingRow) -> Planned:
        kind = _kind(str(row.values.get("kind") or ""))
        name = " ".join(str(row.values.get("name") or "").split())
        code = str(row.values.get("code") or "").strip()
        parent = self._parent(kind, name, str(row.values.get("municipality") or ""))
        place = _place(parent)
        there = (self._by_code.get((place, code)) if code else None) or self._by_name.get((id(parent), compared(name)))
        identity = ("unit", id(there)) if there is not None else ("name", id(parent), compared(name))
        if identity in self._seen:
            raise Invalid(f"Повторяет строку {self._seen[identity]}: оставьте одну из них.")
        if code and ("code", place, code) in self._seen:
            told = f"Код {code} уже стоит в строке {self._seen['code', place, code]}: у каждой организации он свой."
            raise Invalid(told, field="code")
        self._seen[identity] = row.number
        if code:
            self._seen["code", place, code] = row.number
        if there is None:
            return self._made(row, kind, parent, name)
        self._check_same(there, kind, parent, name, code)
        return self._changed(row, there)

    def _parent(self, kind: UnitKind, name: str, written: str) -> Known | None:
        if kind is UnitKind.REGION:
            return None
        if kind is UnitKind.MUNICIPALITY or not written.strip():
            return self._above(kind, name, written)
        found = self._parents.get(compared(written)) or self._parents.get(written.strip()) or []
        acting = [one for one in found if not one.is_closed] or found
        if not acting:
            near = suggestion(written, self._places)
            told = f"Нет муниципалитета «{written}» среди ваших: проверьте наименование или код.{near}"
            raise Invalid(told, field="municipality")
        if len(acting) > 1:
            raise Invalid(f"Под «{written}» подходит несколько муниципалитетов: укажите код.", field="municipality")
        return acting[0]

    @property
    def _places(self) -> tuple[str, ...]:
        return tuple(one.label for found in self._parents.values() for one in found if not one.is_closed)

    def _above(self, kind: UnitKind, name: str, written: str) -> Known | None:
        """Where a row without a municipality stands: under the region; a municipality's own schools under itself.

        Whoever has several regions names the one; a unit that stands under one of them only is known without it.
        """
        if self._actor.unit_kind is UnitKind.MUNICIPALITY and kind is UnitKind.SCHOOL:
            return next((one for one in self._by_name.values() if one.id == self._actor.unit_id), None)
        if len(self._regions) < 2:  # noqa: PLR2004 - there is nothing to choose from
            return next(iter(self._regions), None)
        named = [one for one in self._parents.get(compared(written), ()) if one.kind is UnitKind.REGION]
        found = named or [one for one in self._regions if (id(one), compared(name)) in self._by_name]
        if len(found) != 1:
            told = "Регионов несколько: впишите сюда регион, под которым стоит организация."
            raise Invalid(told, field="municipality")
        return found[0]

    def _made(self, row: IncomingRow, kind: UnitKind, parent: Known | None, name: str) -> Planned:
        if kind is UnitKind.REGION:
            raise NotPermitted("Регионы заводит администратор установки.")
        if self._actor.unit_kind is UnitKind.MUNICIPALITY and kind is not UnitKind.SCHOOL:
            raise NotPermitted("Муниципалитет заводит только свои школы.")
        if parent is None or parent.is_closed:
            raise Invalid("Вышестоящая организация закрыта или вне вашей части дерева.", field="municipality")
        given = {FIELDS[key]: value for key, value in row.values.items() if key in FIELDS}
        typed = UnitDetails(name=name, **{field: _typed(field, value) for field, value in given.items()})
        details = self._checked(kind, typed)
        if details.code in self._taken:
            raise Invalid("Организация с таким кодом уже есть. Проверьте код.", field="code")
        made = Known(None, kind, parent, details, 0, is_closed=False)
        alike = self._alike.sentence(name, parent.label)
        self._remember(made)
        self._seen["unit", id(made)] = row.number
        told = {"kind": kind.label, "name": name, "municipality": parent.label}
        told |= {key: shown(getattr(details, its)) for key, its in FIELDS.items()}
        changes = tuple(
            Change(column.key, column.title, "", told[column.key]) for column in SHEET.columns if told.get(column.key)
        )
        sentences = {"name": alike} if alike else {}
        verdict = RowVerdict(row.number, VerdictKind.CREATED, made.label, changes, sentences)
        # Municipalities are made alone: what stands under them needs their numbers.
        together = None if kind is UnitKind.MUNICIPALITY else self._make_many
        return Planned(verdict, lambda: self._make(made), together, made)

    def _make_many(self, wanted: Sequence[Known]) -> None:
        numbers = {one.parent.id for one in wanted if one.parent is not None}
        parents = {number: org_unit.the_one(self._session, number) for number in numbers}
        units = [NewUnit(one.kind, parents[one.parent.id if one.parent else None], one.details) for one in wanted]
        for one, unit in zip(wanted, create_many(self._session, self._actor, units), strict=True):
            one.id = unit.id

    def _make(self, made: Known) -> None:
        assert made.parent is not None
        if made.parent.id is None:
            raise Invalid(
                f"«{made.parent.label}», под которой стоит эта организация, не записана.", field="municipality"
            )
        one = made.details
        unit = org_unit.create(
            self._session,
            self._actor,
            kind=made.kind,
            parent=org_unit.the_one(self._session, made.parent.id),
            name=one.name,
            short_name=one.short_name,
            code=one.code,
            site=one.site,
            email=one.email,
            opened_on=one.opened_on,
        )
        made.id = unit.id

    def _check_same(self, there: Known, kind: UnitKind, parent: Known | None, name: str, code: str) -> None:
        if there.kind is not kind:
            raise Invalid(f"Под этим кодом или именем уже есть другой вид: {there.kind.label}.", field="kind")
        if compared(there.details.name) != compared(name):
            raise Invalid(
                f"Под кодом {code} есть «{there.details.name}». Если она переименована, "
                "измените наименование в её карточке: там указывают день и основание.",
                field="name",
            )
        if kind is not UnitKind.REGION and there.parent is not None and there.parent is not parent:
            raise Invalid(
                f"«{there.label}» стоит под другой организацией. Перевод делается в её карточке.", field="municipality"
            )

    def _changed(self, row: IncomingRow, there: Known) -> Planned:
        given = {
            FIELDS[key]: _typed(FIELDS[key], value)
            for key, value in row.values.items()
            if key in FIELDS and _typed(FIELDS[key], value) != getattr(there.details, FIELDS[key])
        }
        if not given:
            return Planned(RowVerdict(row.number, VerdictKind.SAME, there.label))
        if there.is_closed:
            raise WrongState("Организация закрыта, её карточка больше не меняется.")
        if there.kind is UnitKind.REGION:
            self._actor.require(Permission.REGION_WRITE)
        before = there.details
        details = self._checked(there.kind, replace(before, **given))
        if details.code != before.code and details.code in self._taken:
            raise Invalid("Организация с таким кодом уже есть. Проверьте код.", field="code")
        changes = tuple(
            Change(column.key, column.title, shown(getattr(before, field)), shown(getattr(details, field)))
            for column in SHEET.columns
            if (field := FIELDS.get(column.key, "")) in given
        )
        there.details = details
        verdict = RowVerdict(row.number, VerdictKind.CHANGED, there.label, changes)
        return Planned(verdict, self._change(there, details))

    def _change(self, there: Known, details: UnitDetails) -> Callable[[], None]:
        def act() -> None:
            unit = org_unit.the_one(self._session, there.id)
            if unit.version != there.version:
                raise Conflict("Карточку успел изменить кто-то другой. Проверьте файл ещё раз.")
            org_unit.change(
                self._session,
                self._actor,
                unit,
                version=there.version,
                details=details,
                renaming=None,
                today=self._today,
            )

        return act

    @staticmethod
    def _checked(kind: UnitKind, typed: UnitDetails) -> UnitDetails:
        try:
            return checked(kind, typed)
        except Invalid as refusal:
            raise Invalid(refusal.sentence, field=COLUMN_OF.get(refusal.field or "", refusal.field)) from refusal

    def _remember(self, unit: Known) -> None:
        code, name = (_place(unit.parent), unit.details.code), (id(unit.parent), compared(unit.details.name))
        for index, key in ((self._by_code, code), (self._by_name, name)):
            if key[1] and (key not in index or index[key].is_closed):
                index[key] = unit
        if unit.parent is not None and not unit.is_closed:
            self._alike.add(unit.details.name, unit.parent.label)
        if unit.kind in {UnitKind.REGION, UnitKind.MUNICIPALITY}:
            words = {unit.details.code, compared(unit.details.name), compared(unit.details.short_name)}
            for word in words - {""}:
                self._parents.setdefault(word, []).append(unit)


def _place(parent: Known | None) -> int:
    """Within what a unit's code is unlike all others: the highest unit in scope above it."""
    return id(parent.parent or parent) if parent is not None else 0


@lru_cache(maxsize=256)
def _kind_of(written: str) -> UnitKind | None:
    return member_of({kind: (*words, kind.label) for kind, words in KINDS.items()}, written)


def _kind(written: str) -> UnitKind:
    kind = _kind_of(written)
    if kind is None:
        told = f"Вид «{written}» не понят. Напишите: муниципалитет, школа или организация ДПО."
        raise Invalid(told, field="kind")
    return kind


def _typed(field: str, value: Any) -> Any:
    if field == "opened_on":
        return value
    return "" if value is None else " ".join(str(value).split())


def directories(session: GuardedSession, actor: Actor) -> Mapping[str, Sequence[str]]:
    municipalities = select(OrgUnit.name, OrgUnit.short_name).where(
        OrgUnit.kind == UnitKind.MUNICIPALITY, OrgUnit.closed_on.is_(None)
    )
    kinds = [UnitKind.SCHOOL] if actor.unit_kind is UnitKind.MUNICIPALITY else list(UnitKind)[1:]
    return {
        "unit_kinds": [kind.label for kind in kinds],
        "municipalities": sorted(row.short_name or row.name for row in session.execute(municipalities)),
    }


def _precedence(row: IncomingRow) -> int:
    """What may be a parent is made before what stands under it, wherever the file has them."""
    return 1 if _kind_of(str(row.values.get("kind") or "")) in {UnitKind.SCHOOL, UnitKind.PROVIDER} else 0


IMPORTER = Importer("org_unit", SHEET, Permission.ORG_UNIT_WRITE, UnitJudge, directories, _precedence)
