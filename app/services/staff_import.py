"""People on the staff from a workbook: known again by unit and name; the СНИЛС tells namesakes apart.

A row stands for one position: the same person may have several rows. No verdict contains a number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import or_, select

from app.analysis.person_name import split_name
from app.excel.incoming import IncomingRow
from app.excel.staff_member import KNOWN_NUMBER, SHEET
from app.models import OrgUnit, StaffMember, StaffPosition
from app.models.enumeration import UnitKind
from app.models.enumeration_of_training import PositionKind
from app.models.staff_member import name_key
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotPermitted, WrongState
from app.services import staff_identity, staff_member
from app.services.bulk_import import Importer
from app.services.known_staff import Held, Known, staff_of_scope, units_of_guests
from app.services.known_words import Directory, compared
from app.services.row_verdict import Change, Planned, RowVerdict, VerdictKind, shown
from app.services.staff_card import KEPT_ELSEWHERE, TypedCard, parts_of
from app.services.staff_member import TypedPosition
from app.services.staff_row import card_of, day_of, position_of

MOST_CHOICES = 1_000


class StaffJudge:
    def __init__(self, session: GuardedSession, actor: Actor, today: date) -> None:
        self._session, self._actor, self._today = session, actor, today
        self._units: Directory[int] = Directory("Организация")
        self._labels: dict[int, str] = {}
        for unit in session.execute(
            select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name, OrgUnit.code).where(OrgUnit.closed_on.is_(None))
        ):
            self._units.add(unit.id, (unit.name, unit.short_name, unit.code))
            self._labels[unit.id] = unit.short_name or unit.name
        self._own = frozenset(self._labels)
        # Of people who are seen though another unit keeps their cards, the export names that unit.
        for unit_id, name, short_name in units_of_guests(session):
            if unit_id not in self._own:
                self._units.add(unit_id, (name, short_name))
                self._labels[unit_id] = short_name or name
        self._known = staff_of_scope(session)
        self._numbers: staff_identity.Numbers | None = None
        # What earlier rows of the file would write.
        self._new_numbers: dict[str, Known] = {}
        self._seen: dict[tuple[int, PositionKind | None, str], int] = {}

    def label(self, row: IncomingRow) -> str:
        return str(row.values.get("full_name") or "")

    def judge(self, row: IncomingRow) -> Planned:
        unit_id = self._unit(str(row.values.get("unit") or ""))
        name = split_name(str(row.values.get("full_name") or ""))
        card = card_of(row, name)
        typed = position_of(row, self._today)
        digits = self._digits(row)
        there = self._one(unit_id, name_key(*name), digits)
        key = (
            id(there) if there is not None else 0,
            typed.kind if typed else None,
            compared(typed.title) if typed else "",
        )
        if there is not None and key in self._seen:
            raise Invalid(f"Повторяет строку {self._seen[key]}: оставьте одну из них.")
        if there is None:
            planned, there = self._made(row, unit_id, card, typed, digits)
        else:
            planned = self._changed(row, unit_id, there, typed, digits)
        self._seen[id(there), *key[1:]] = row.number
        if digits:
            self._new_numbers[digits] = there
        return planned

    def _unit(self, written: str) -> int:
        if written.strip():
            return self._units.the_one(written, column="unit")
        if self._actor.unit_kind in {UnitKind.SCHOOL, UnitKind.PROVIDER} and self._actor.unit_id in self._own:
            return self._actor.unit_id or 0
        raise Invalid("Укажите организацию: наименование или код.", field="unit")

    def _digits(self, row: IncomingRow) -> str:
        """The number that the row brings; what only says that there is one brings none."""
        written = str(row.values.get("snils") or "")
        if not written.strip() or compared(written) == compared(KNOWN_NUMBER):
            return ""
        digits = staff_identity.checked_number(written)
        if self._numbers is None:
            self._numbers = staff_identity.Numbers(self._session, self._actor)
        return digits

    def _one(self, unit_id: int, key: str, digits: str) -> Known | None:
        """Raises Invalid where the number and the name disagree, or several bear the name."""
        namesakes = self._known.get((unit_id, key), [])
        if digits:
            bearers = self._numbers.bearers(digits) if self._numbers is not None else frozenset()
            mine = [one for one in namesakes if one.id in bearers or self._new_numbers.get(digits) is one]
            if mine:
                return mine[0]
            if bearers or digits in self._new_numbers:
                raise Invalid(
                    "Этот СНИЛС уже записан в другой карточке: проверьте цифры, имя и организацию.", field="snils"
                )
            namesakes = [one for one in namesakes if not one.has_snils]
        if len(namesakes) > 1:
            told = "В организации несколько человек с этим именем: впишите СНИЛС, чтобы различить их."
            raise Invalid(told, field="full_name")
        return namesakes[0] if namesakes else None

    def _made(
        self, row: IncomingRow, unit_id: int, card: TypedCard, typed: TypedPosition | None, digits: str
    ) -> tuple[Planned, Known]:
        if unit_id not in self._own:
            raise Invalid("Человек записан в другой организации: примите его по имени и СНИЛС.", field="unit")
        if typed is None:
            raise Invalid("Человека ещё нет в списке: укажите вид должности.", field="position_kind")
        if row.values.get("ended_on"):
            raise Invalid("Человека нет в списке, а должность уже закончена: уберите строку.", field="ended_on")
        label = f"{card.last_name} {card.first_name} {card.patronymic}".strip()
        made = Known(None, 0, label, card.email, has_snils=bool(digits))
        made.held[unit_id] = [Held(None, 0, typed.kind, typed.title, typed.started_on)]
        self._known.setdefault((unit_id, name_key(card.last_name, card.first_name, card.patronymic)), []).append(made)
        told = {"unit": self._labels[unit_id], "full_name": label, "position_kind": typed.kind.label}
        told |= {"position": typed.title, "started_on": shown(typed.started_on), "email": card.email}
        told["snils"] = KNOWN_NUMBER if digits else ""
        changes = tuple(
            Change(column.key, column.title, "", told[column.key]) for column in SHEET.columns if told.get(column.key)
        )

        def act() -> None:
            person = staff_member.create(
                self._session,
                self._actor,
                unit_id=unit_id,
                last_name=card.last_name,
                first_name=card.first_name,
                patronymic=card.patronymic,
                email=card.email,
                position=typed,
                today=self._today,
            )
            made.id = person.id
            self._write_number(person, digits)
            made.version = person.version

        return Planned(RowVerdict(row.number, VerdictKind.CREATED, label, changes), act), made

    def _changed(
        self, row: IncomingRow, unit_id: int, there: Known, typed: TypedPosition | None, digits: str
    ) -> Planned:
        changes: list[Change] = []
        email = str(row.values.get("email") or "").strip() if "email" in row.values else there.email
        if email != there.email:
            changes.append(_change("email", there.email, email))
        new_number = digits if self._is_new_number(there, digits) else ""
        if new_number:
            changes.append(_change("snils", KNOWN_NUMBER if there.has_snils else "", "будет записан"))
        ended_on = day_of(row, "ended_on")
        held = _same(there.held.get(unit_id, []), typed, ended_on)
        changes += self._position_changes(row, held, typed, ended_on)
        if not changes:
            return Planned(RowVerdict(row.number, VerdictKind.SAME, there.label))
        if unit_id not in self._own:
            raise NotPermitted(KEPT_ELSEWHERE)
        if typed is not None and held is None:
            there.held.setdefault(unit_id, []).append(Held(None, 0, typed.kind, typed.title, typed.started_on))
        new_email = email if email != there.email else None
        there.email = email

        def act() -> None:
            person = self._still_there(there)
            if new_email is not None:
                card = TypedCard(*parts_of(person), email=new_email, note=person.note)
                staff_member.change(self._session, self._actor, person, version=person.version, card=card)
            self._write_number(person, new_number)
            if typed is not None:
                self._act_on_position(person, unit_id, held, typed, ended_on)
            there.version = person.version

        return Planned(RowVerdict(row.number, VerdictKind.CHANGED, there.label, tuple(changes)), act)

    def _is_new_number(self, there: Known, digits: str) -> bool:
        if not digits or self._new_numbers.get(digits) is there:
            return False
        return self._numbers is None or there.id is None or there.id not in self._numbers.bearers(digits)

    def _still_there(self, there: Known) -> StaffMember:
        if there.id is None:
            raise WrongState("Человек из строки выше не записан.")
        person = staff_member.the_one(self._session, there.id)
        if person.version != there.version:
            raise Conflict("Карточку успел изменить кто-то другой. Проверьте файл ещё раз.")
        return person

    def _position_changes(
        self, row: IncomingRow, held: Held | None, typed: TypedPosition | None, ended_on: date | None
    ) -> list[Change]:
        if typed is None:
            return []
        if ended_on is not None and ended_on > self._today:
            raise Invalid("Этот день ещё не наступил: запишите окончание, когда он придёт.", field="ended_on")
        if held is None:
            if ended_on is not None:
                raise Invalid("Такой открытой должности у человека нет: заканчивать нечего.", field="ended_on")
            changes = [_change("position_kind", "", typed.kind.label), _change("position", "", typed.title)]
            changes.append(_change("started_on", "", shown(typed.started_on)))
            return [one for one in changes if one.after]
        changes = []
        if "position" in row.values and typed.title and typed.title != held.title:
            changes.append(_change("position", held.title, typed.title))
        if typed.started_on is not None and typed.started_on != held.started_on:
            changes.append(_change("started_on", shown(held.started_on), shown(typed.started_on)))
        if ended_on is not None and ended_on != held.ended_on:
            changes.append(_change("ended_on", "", shown(ended_on)))
        return changes

    def _act_on_position(
        self, person: StaffMember, unit_id: int, held: Held | None, typed: TypedPosition, ended_on: date | None
    ) -> None:
        if held is None:
            staff_member.add_position(
                self._session, self._actor, person, unit_id, replace(typed, is_main=False), today=self._today
            )
            return
        position = self._session.get(StaffPosition, held.id) if held.id is not None else None
        if position is None or position.version != held.version:
            raise Conflict("Должность успел изменить кто-то другой. Проверьте файл ещё раз.")
        title, started_on = typed.title or position.title, typed.started_on or position.started_on
        if (title, started_on) != (position.title, position.started_on):
            new = TypedPosition(position.kind, title, started_on, basis=position.basis)
            staff_member.change_position(
                self._session, self._actor, position, new, version=position.version, today=self._today
            )
        if ended_on is not None and ended_on != position.ended_on:
            staff_member.end_position(self._session, self._actor, position, ended_on=ended_on, today=self._today)

    def _write_number(self, person: StaffMember, digits: str) -> None:
        if digits:
            staff_identity.write(self._session, self._actor, person, snils=digits, today=self._today)


def _same(held: Sequence[Held], typed: TypedPosition | None, ended_on: date | None) -> Held | None:
    """The position that the row speaks of: open (or ended that very day), of its kind, with its words where there are
    several.
    """
    if typed is None:
        return None
    of_kind = [one for one in held if one.kind is typed.kind and one.ended_on is None]
    of_kind = of_kind or [one for one in held if one.kind is typed.kind and ended_on and one.ended_on == ended_on]
    worded = [one for one in of_kind if compared(one.title) == compared(typed.title)]
    if worded:
        return worded[0]
    return of_kind[0] if len(of_kind) == 1 and (not typed.title or not of_kind[0].title) else None


def _change(key: str, before: str, after: str) -> Change:
    return Change(key, SHEET.column(key).title, before, after)


def directories(session: GuardedSession, actor: Actor) -> Mapping[str, Sequence[str]]:
    own = or_(OrgUnit.kind != UnitKind.PROVIDER, OrgUnit.id == actor.unit_id)
    units = select(OrgUnit.name, OrgUnit.short_name).where(OrgUnit.closed_on.is_(None), own).limit(MOST_CHOICES)
    return {
        "units": sorted(row.short_name or row.name for row in session.execute(units)),
        "position_kinds": [kind.label for kind in PositionKind],
    }


IMPORTER = Importer("staff_member", SHEET, Permission.STAFF_WRITE, StaffJudge, directories)
