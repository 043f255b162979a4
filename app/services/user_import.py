"""Accounts from a workbook: known again by the login; duties as «Организация: полномочие, полномочие; …»."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import select

from app.excel.incoming import IncomingRow
from app.excel.user import SHEET
from app.models import Membership, OrgUnit, User
from app.models.enumeration import Duty
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotPermitted
from app.services import org_unit
from app.services import user as users
from app.services.bulk_import import Importer
from app.services.known_words import Directory, compared, member_of
from app.services.row_verdict import Change, Planned, RowVerdict, VerdictKind
from app.services.user import Account

FIELDS = {"full_name": "name", "email": "email", "phone": "phone"}
COLUMN_OF = {"name": "full_name", "login": "login", "email": "email", "phone": "phone", "duties": "memberships"}
DUTIES = {duty: (duty.label, duty.value) for duty in Duty}
Standing = tuple[int, Duty]


@dataclass(slots=True)
class Known:
    id: int
    version: int
    account: Account
    standings: dict[Standing, int] = field(default_factory=dict)  # → number of the membership


class UserJudge:
    def __init__(self, session: GuardedSession, actor: Actor, today: date) -> None:
        del today
        self._session, self._actor = session, actor
        self._units: Directory[int] = Directory("Организация")
        self._labels: dict[int, str] = {}
        for unit in session.execute(select(OrgUnit.id, OrgUnit.name, OrgUnit.short_name, OrgUnit.code)):
            self._units.add(unit.id, (unit.name, unit.short_name, unit.code))
            self._labels[unit.id] = unit.short_name or unit.name
        self._known = _read(session)
        self._seen: dict[str, int] = {}

    def label(self, row: IncomingRow) -> str:
        return str(row.values.get("full_name") or row.values.get("login") or "")

    def judge(self, row: IncomingRow) -> Planned:
        login = str(row.values.get("login") or "").strip().lower()
        if login in self._seen:
            raise Invalid(f"Повторяет строку {self._seen[login]}: оставьте одну из них.", field="login")
        self._seen[login] = row.number
        there = self._known.get(login)
        return self._made(row, login) if there is None else self._changed(row, there)

    def _made(self, row: IncomingRow, login: str) -> Planned:
        given = {FIELDS[key]: str(value or "") for key, value in row.values.items() if key in FIELDS}
        account = self._checked(Account(login, **{"name": "", **given}), None)
        wanted = self._standings(str(row.values.get("memberships") or ""))
        if not wanted and not self._actor.is_installation_admin:
            raise Invalid("Укажите организацию и хотя бы одно полномочие.", field="memberships")
        told = {"login": login} | {key: getattr(account, its) for key, its in FIELDS.items()}
        changes = [
            Change(column.key, column.title, "", told[column.key]) for column in SHEET.columns if told.get(column.key)
        ]
        if wanted:
            changes.append(self._change_of_duties(frozenset(), wanted))

        def act() -> None:
            by_unit = _by_unit(wanted)
            first = next(iter(by_unit), None)
            made = users.create(
                self._session,
                self._actor,
                login=account.login,
                name=account.name,
                email=account.email,
                phone=account.phone,
                unit=org_unit.the_one(self._session, first) if first is not None else None,
                duties=by_unit[first] if first is not None else (),
            )
            self._grant(made, frozenset(pair for pair in wanted if pair[0] != first))

        return Planned(RowVerdict(row.number, VerdictKind.CREATED, account.name, tuple(changes)), act)

    def _changed(self, row: IncomingRow, there: Known) -> Planned:
        given = {FIELDS[key]: " ".join(str(value or "").split()) for key, value in row.values.items() if key in FIELDS}
        typed = replace(there.account, **given)
        held = frozenset(there.standings)
        wanted = held
        written = str(row.values.get("memberships") or "")
        if "memberships" in row.values and compared(written) != compared(self._told(held)):
            wanted = self._standings(written)
        if typed == there.account and wanted == held:
            return Planned(RowVerdict(row.number, VerdictKind.SAME, there.account.name))
        account = self._checked(typed, there.id)
        self._check_may(there, held, wanted, account)
        changes = [
            Change(column.key, column.title, getattr(there.account, name), getattr(account, name))
            for column in SHEET.columns
            if (name := FIELDS.get(column.key, "")) and getattr(there.account, name) != getattr(account, name)
        ]
        if wanted != held:
            changes.append(self._change_of_duties(held, wanted))

        def act() -> None:
            user = users.the_one(self._session, there.id)
            if user.version != there.version:
                raise Conflict("Карточку успел изменить кто-то другой. Проверьте файл ещё раз.")
            if account != there.account:
                users.change(self._session, self._actor, user, version=there.version, account=account)
            self._grant(user, wanted - held)
            for gone in held - wanted:
                users.revoke(self._session, self._actor, user, there.standings[gone])

        return Planned(RowVerdict(row.number, VerdictKind.CHANGED, there.account.name, tuple(changes)), act)

    def _check_may(
        self, there: Known, held: frozenset[Standing], wanted: frozenset[Standing], account: Account
    ) -> None:
        if wanted != held and there.id == self._actor.user_id:
            raise NotPermitted("Полномочия себе не выдают и с себя не снимают: попросите другого администратора.")
        user = users.the_one(self._session, there.id)
        if account != there.account and there.id != self._actor.user_id:
            users.require_keeping(self._session, self._actor, user)

    def _grant(self, user: User, wanted: frozenset[Standing]) -> None:
        for unit_id, duty in sorted(wanted):
            unit = org_unit.the_one(self._session, unit_id)
            users.grant(self._session, self._actor, user, unit=unit, duty=duty)

    def _checked(self, account: Account, user_id: int | None) -> Account:
        try:
            return users.checked(self._session, account, user_id)
        except Invalid as refusal:
            raise Invalid(refusal.sentence, field=COLUMN_OF.get(refusal.field or "", refusal.field)) from refusal

    def _standings(self, written: str) -> frozenset[Standing]:
        """Raises Invalid at the column."""
        found = set()
        for piece in written.replace("\n", ";").split(";"):
            if not piece.strip():
                continue
            unit, colon, duties = piece.rpartition(":")
            if not colon:
                raise Invalid(
                    f"«{piece.strip()}» не понято: пишите «Организация: полномочие, полномочие».", field="memberships"
                )
            unit_id = self._units.the_one(unit.strip(), column="memberships")
            for word in duties.split(","):
                duty = member_of(DUTIES, word.strip())
                if duty is None:
                    raise Invalid(
                        f"Полномочие «{word.strip()}» не понято. Есть такие: {', '.join(one.label for one in Duty)}.",
                        field="memberships",
                    )
                found.add((unit_id, duty))
        return frozenset(found)

    def _change_of_duties(self, before: frozenset[Standing], after: frozenset[Standing]) -> Change:
        column = SHEET.column("memberships")
        return Change(column.key, column.title, self._told(before), self._told(after))

    def _told(self, standings: frozenset[Standing]) -> str:
        """As the export writes it."""
        told = {
            self._labels[unit]: sorted(duty.label for duty in duties) for unit, duties in _by_unit(standings).items()
        }
        return "; ".join(f"{unit}: {', '.join(duties)}" for unit, duties in sorted(told.items()))


def _by_unit(standings: frozenset[Standing]) -> dict[int, list[Duty]]:
    units: dict[int, list[Duty]] = {}
    for unit_id, duty in sorted(standings):
        units.setdefault(unit_id, []).append(duty)
    return units


def _read(session: GuardedSession) -> dict[str, Known]:
    people = session.execute(select(User.id, User.version, User.login, User.name, User.email, User.phone))
    by_id = {row.id: Known(row.id, row.version, Account(row.login, row.name, row.email, row.phone)) for row in people}
    for row in session.execute(select(Membership.id, Membership.user_id, Membership.org_unit_id, Membership.duty)):
        if row.user_id in by_id:
            by_id[row.user_id].standings[row.org_unit_id, row.duty] = row.id
    return {one.account.login: one for one in by_id.values()}


def directories(session: GuardedSession, actor: Actor) -> Mapping[str, Sequence[str]]:
    del session, actor
    return {}


IMPORTER = Importer("user", SHEET, Permission.USER_WRITE, UserJudge, directories)
