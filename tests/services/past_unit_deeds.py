"""What is done to units and accounts, at random; False where there is nothing to do it to."""

from __future__ import annotations

from app.models import Membership, OrgUnit, User
from app.models.enumeration import Duty, UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.services import org_unit
from app.services import user as users
from app.services.org_unit import Renaming
from app.services.org_unit_details import UnitDetails
from app.services.user import Account
from tests.services.past_days import People


def rename(people: People, session: GuardedSession, actor: Actor) -> bool:
    unit = people.one(session, OrgUnit, OrgUnit.kind != UnitKind.REGION)
    if unit is None:
        return False
    details = UnitDetails(
        name=f"{people.word()} {unit.id}", short_name=people.chance.choice(["", people.word()]),
        site=people.chance.choice(["", "school.ru"]), opened_on=unit.opened_on,
    )  # fmt: skip
    renaming = Renaming(people.days.today, "приказ")
    org_unit.change(
        session, actor, unit, version=unit.version, details=details, renaming=renaming, today=people.days.today
    )
    return True


def new_unit(people: People, session: GuardedSession, actor: Actor) -> bool:
    parent = people.one(session, OrgUnit, OrgUnit.kind == UnitKind.MUNICIPALITY)
    org_unit.create(session, actor, kind=UnitKind.SCHOOL, name=people.word(), parent=parent)
    return True


def new_user(people: People, session: GuardedSession, actor: Actor) -> bool:
    unit = people.one(session, OrgUnit)
    login = f"login{people.chance.randrange(10**9)}"
    duty = people.chance.choice(list(Duty))
    users.create(session, actor, login=login, name=people.word(), unit=unit, duties=[duty])
    return True


def change_user(people: People, session: GuardedSession, actor: Actor) -> bool:
    user = people.one(session, User, User.id != actor.user_id)
    if user is None:
        return False
    account = Account(user.login, people.word(), people.chance.choice(["", "a@b.ru"]), "")
    users.change(session, actor, user, version=user.version, account=account)
    return True


def grant(people: People, session: GuardedSession, actor: Actor) -> bool:
    user = people.one(session, User, User.id.not_in(list(people.world.users.values())))
    unit = people.one(session, OrgUnit)
    if user is None or unit is None:
        return False
    users.grant(session, actor, user, unit=unit, duty=people.chance.choice(list(Duty)))
    return True


def revoke(people: People, session: GuardedSession, actor: Actor) -> bool:
    held = people.one(session, Membership, Membership.user_id.not_in(list(people.world.users.values())))
    if held is None:
        return False
    users.revoke(session, actor, session.get_one(User, held.user_id), held.id)
    return True


def switch(people: People, session: GuardedSession, actor: Actor) -> bool:
    user = people.one(session, User, User.id.not_in(list(people.world.users.values())))
    if user is None:
        return False
    if user.is_active:
        users.deactivate(session, actor, user, reason="уволен")
    else:
        users.activate(session, actor, user)
    return True


UNIT_DEEDS = (
    rename, new_unit, new_user, new_user, change_user, grant, grant, revoke, revoke, switch,
)  # fmt: skip
