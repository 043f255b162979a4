"""Accounts and duties: made, changed, switched off and on, given and taken.

«Nobody grants more than they hold», decided (2026-11-21): what a unit administrator holds is the keeping of accounts in
a part of the tree, so any duty may be given there, and nothing outside it. Three locks keep that from becoming a way
up. Nobody gives or takes duties of their own. An account is administered (name, login, link, switch) only by one whose
part of the tree holds all of the person's duties: a link to an account gives all that the account may. The mark of an
installation administrator is given by another one only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Membership, OrgUnit, User
from app.models.enumeration import Duty, LinkPurpose, UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services import audit, beyond_scope, one_time_link
from app.services.org_unit_details import check_email

_LOGIN = re.compile(r"[a-zа-яё0-9][a-zа-яё0-9._@-]{2,63}")
_PHONE = re.compile(r"[+0-9() ,.доб-]{5,60}")
_GAPS = re.compile(r"\s+")
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Account:
    login: str
    name: str
    email: str = ""
    phone: str = ""


def the_one(session: Session, user_id: int) -> User:
    """Raises NotFound outside the scope."""
    found = session.get(User, user_id)
    if found is None:
        raise NotFound
    return found


def create(
    session: Session,
    actor: Actor,
    *,
    login: str,
    name: str,
    email: str = "",
    phone: str = "",
    unit: OrgUnit | None = None,
    duties: Sequence[Duty] = (),
    is_installation_admin: bool = False,
    is_demo: bool = False,
) -> User:
    """A new account without a password: its holder sets one by a one-time link.

    Whoever stands in a unit gives the first duties at once, otherwise the account would lie outside their scope.
    Raises NotPermitted, Invalid at the field.
    """
    actor.require(Permission.USER_WRITE)
    account = checked(session, Account(login, name, email, phone), None)
    if (is_installation_admin or is_demo) and not _keeps_installation(actor):
        raise NotPermitted("Это делает администратор установки.")
    if not _keeps_installation(actor) and (unit is None or not duties):
        raise Invalid("Выберите организацию и хотя бы одно полномочие.", field="org_unit_id" if not unit else "duties")
    if unit is not None:
        _check_unit(actor, unit)
    maker = session.get(User, actor.user_id) if actor.user_id is not None else None
    # What a visitor of the demo makes ends with the demo.
    is_demo = is_demo or (maker is not None and maker.is_demo)
    user = User(
        login=account.login,
        name=account.name,
        email=account.email,
        phone=account.phone,
        is_installation_admin=is_installation_admin,
        is_demo=is_demo,
    )
    session.add(user)
    session.flush()
    if unit is not None:
        for duty in dict.fromkeys(duties):
            _give(session, user, unit, duty)
    return user


def change(session: Session, actor: Actor, user: User, *, version: int, account: Account) -> None:
    """Name, login and how to reach the person. Raises NotPermitted, Conflict, Invalid at the field."""
    actor.require(Permission.USER_WRITE)
    if user.id != actor.user_id:
        require_keeping(session, actor, user)
    if user.version != version:
        raise Conflict("Карточку уже сохранил кто-то другой: рядом показано, что в ней теперь. Ваше не потеряно.")
    new = checked(session, account, user.id)
    if user.login != new.login:
        user.auth_epoch += 1
    user.login, user.name, user.email, user.phone = new.login, new.name, new.email, new.phone
    session.flush()


def grant(session: Session, actor: Actor, user: User, *, unit: OrgUnit, duty: Duty) -> Membership:
    """Gives a duty in a unit of the actor's part of the tree. Raises NotPermitted, WrongState, Invalid."""
    actor.require(Permission.USER_WRITE)
    _check_not_oneself(actor, user, "Полномочия себе не выдают: попросите другого администратора.")
    _check_unit(actor, unit)
    if user.is_installation_admin and not _keeps_installation(actor):
        raise NotPermitted("Полномочия администратора установки меняет другой администратор установки.")
    held = select(Membership.id).where(
        Membership.user_id == user.id, Membership.org_unit_id == unit.id, Membership.duty == duty
    )
    if session.scalars(held).first() is not None:
        raise Invalid("Это полномочие у человека уже есть.", field="duty")
    _end_links_of_narrower_keepers(session, user, unit)
    return _give(session, user, unit, duty)


def revoke(session: Session, actor: Actor, user: User, membership_id: int) -> Duty:
    """Takes a duty; it is lost with the person's next request. Raises NotPermitted, NotFound."""
    actor.require(Permission.USER_WRITE)
    _check_not_oneself(actor, user, "Полномочия с себя не снимают: попросите другого администратора.")
    membership = session.get(Membership, membership_id)
    if membership is None or membership.user_id != user.id:
        raise NotFound
    duty = membership.duty
    membership.pending_action = ("revoke", f"{user.name}: {duty.label}")
    session.delete(membership)
    session.flush()
    return duty


def deactivate(session: Session, actor: Actor, user: User, *, reason: str) -> None:
    """Ends every session of the account; nothing that the person did is lost. Raises NotPermitted, WrongState."""
    actor.require(Permission.USER_WRITE)
    _check_not_oneself(actor, user, "Себя не отключают: попросите другого администратора.")
    require_keeping(session, actor, user)
    if not user.is_active:
        raise WrongState("Учётная запись уже отключена.")
    user.is_active = False
    user.auth_epoch += 1
    user.pending_action = ("deactivate", reason.strip())
    session.flush()


def activate(session: Session, actor: Actor, user: User) -> None:
    actor.require(Permission.USER_WRITE)
    require_keeping(session, actor, user)
    if user.is_active:
        raise WrongState("Учётная запись уже действует.")
    user.is_active = True
    user.pending_action = ("activate", "")
    session.flush()


def issue_link(session: GuardedSession, actor: Actor, user: User, now: datetime) -> str:
    """The token of a link by which the person sets a password; to be shown once. Raises NotPermitted, WrongState."""
    actor.require(Permission.USER_WRITE)
    require_keeping(session, actor, user)
    if not user.is_active:
        raise WrongState("Учётная запись отключена: сначала включите её.")
    if user.is_demo:
        raise WrongState("У демонстрационной учётной записи пароль общий, он не меняется.")
    purpose = LinkPurpose.RESET_PASSWORD if user.password_hash else LinkPurpose.FIRST_PASSWORD
    token = one_time_link.issue(session, user, purpose, now)
    audit.record_event(session, user, "issue_link", purpose.label)
    return token


def keeps(session: Session, actor: Actor, user: User) -> bool:
    """Whether the actor may administer the account itself, for the page's buttons."""
    if not actor.may(Permission.USER_WRITE):
        return False
    return _keeps_installation(actor) or not (
        user.is_installation_admin or beyond_scope.stands_outside(session, actor, user.id)
    )


def units_for_duties(session: Session) -> list[OrgUnit]:
    """Acting units of the actor's part of the tree: its own first, the region, municipalities, schools."""
    order = {kind: place for place, kind in enumerate(UnitKind)}
    units = session.scalars(select(OrgUnit).where(OrgUnit.closed_on.is_(None)).order_by(OrgUnit.name))
    return sorted(units, key=lambda unit: (order[unit.kind], unit.name))


def _give(session: Session, user: User, unit: OrgUnit, duty: Duty) -> Membership:
    """The journal of the unit names the person: it outlives the account and the membership."""
    membership = Membership(user_id=user.id, org_unit_id=unit.id, duty=duty)
    membership.pending_action = ("grant", f"{user.name}: {duty.label}")
    session.add(membership)
    session.flush()
    return membership


def _end_links_of_narrower_keepers(session: Session, user: User, unit: OrgUnit) -> None:
    """A link issued while the person stood in a smaller part of the tree must not open the account as it now becomes.

    Whoever keeps a unit keeps what lies below it: nobody loses the account where the person stands here or above.
    """
    above = {unit.id, unit.municipality_id, unit.region_id}
    held = select(Membership.id).where(Membership.user_id == user.id, Membership.org_unit_id.in_(above))
    if session.scalars(held).first() is None:
        user.auth_epoch += 1


def _keeps_installation(actor: Actor) -> bool:
    return actor.is_system or (actor.is_installation_admin and actor.unit_id is None)


def require_keeping(session: Session, actor: Actor, user: User) -> None:
    """Raises NotPermitted where the account is kept by somebody above."""
    if not keeps(session, actor, user):
        raise NotPermitted(
            "У человека есть полномочия вне вашей части дерева: его учётную запись ведёт вышестоящий администратор."
        )


def _check_not_oneself(actor: Actor, user: User, sentence: str) -> None:
    if actor.user_id is not None and user.id == actor.user_id:
        raise NotPermitted(sentence)


def _check_unit(actor: Actor, unit: OrgUnit) -> None:
    """The guard refuses a foreign unit too; this says so before anything is written."""
    if actor.unit_kind is UnitKind.REGION:
        inside = unit.region_id == actor.unit_id
    elif actor.unit_kind is UnitKind.MUNICIPALITY:
        inside = unit.municipality_id == actor.unit_id
    else:
        inside = unit.id == actor.unit_id
    if not (inside or _keeps_installation(actor)):
        raise NotFound
    if unit.closed_on is not None:
        raise Invalid("Организация закрыта: полномочия в ней не выдаются.", field="org_unit_id")


def checked(session: Session, account: Account, user_id: int | None) -> Account:
    """The same without stray blanks; raises Invalid at the field that does not fit or is taken."""
    login, name = account.login.strip().lower(), _GAPS.sub(" ", account.name).strip()
    email, phone = account.email.strip(), _GAPS.sub(" ", account.phone).strip()
    if not _LOGIN.fullmatch(login):
        raise Invalid("Имя для входа: от 3 до 64 знаков — буквы, цифры, точка, дефис, подчёркивание.", field="login")
    if beyond_scope.login_taken(session, login, other_than=user_id):
        raise Invalid("Такое имя для входа занято. Выберите другое.", field="login")
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid(f"Введите фамилию, имя и отчество: не больше {LONGEST_NAME} знаков.", field="name")
    check_email(email)
    if phone and not _PHONE.fullmatch(phone):
        raise Invalid("Телефон: цифры, например +7 42446 2-15-01.", field="phone")
    return Account(login, name, email, phone)
