"""A small world: two regions, each with two municipalities, their schools, a regional school and a provider.

Logins: region, municipality, municipality2, school, school2, school_b (of the second municipality), regional_school,
provider, observer, unit_admin (of the region), foreign_region, foreign_municipality, foreign_school, admin, nobody.
The password of all is «a long password».
"""

from __future__ import annotations

from dataclasses import dataclass, field

from argon2 import PasswordHasher
from sqlalchemy import Engine

from app.models import Membership, OrgUnit, User
from app.models.enumeration import Duty, UnitKind
from app.policies.unscoped import open_session

PASSWORD = "a long password"
# As light as argon2 goes: what a sign-in costs is no test's business.
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
EVERYTHING = (Duty.OPERATOR, Duty.APPROVER, Duty.UNIT_ADMIN, Duty.TRAINING_COORDINATOR)


@dataclass
class World:
    units: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)


def build_world(engine: Engine) -> World:
    world = World()
    with open_session(engine, reason="tests build their world") as session:
        session.connection(execution_options={"writes": True})
        for prefix, zone, word in (("", "Asia/Sakhalin", "Сахалинская"), ("foreign_", "Europe/Moscow", "Тульская")):
            region = add_unit(session, world, f"{prefix}region", UnitKind.REGION, f"{word} область", None)
            region.time_zone = zone
            add_unit(session, world, f"{prefix}provider", UnitKind.PROVIDER, f"Институт развития: {word}", region)
            add_unit(session, world, f"{prefix}regional_school", UnitKind.SCHOOL, f"Областной лицей: {word}", region)
            for number, name in ((1, "Томаринский"), (2, "Анивский")):
                title = f"{name} муниципальный округ{'' if not prefix else ' (Тула)'}"
                suffix = "" if number == 1 else "2"
                town = add_unit(session, world, f"{prefix}municipality{suffix}", UnitKind.MUNICIPALITY, title, region)
                schools = ("school", "school2") if number == 1 else ("school_b", "school_c")
                for school in schools:
                    add_unit(session, world, f"{prefix}{school}", UnitKind.SCHOOL, f"МБОУ СОШ «{prefix}{school}»", town)
        for login in list(world.units):
            add_user(session, world, login, world.units[login], *EVERYTHING)
        add_user(session, world, "observer", world.units["region"], Duty.OBSERVER)
        add_user(session, world, "unit_admin", world.units["region"], Duty.UNIT_ADMIN)
        add_user(session, world, "colleague", world.units["municipality"], Duty.OPERATOR, Duty.APPROVER)
        add_user(session, world, "nobody", None)
        add_user(session, world, "admin", None).is_installation_admin = True
    return world


def add_unit(session, world: World, key: str, kind: UnitKind, name: str, parent: OrgUnit | None) -> OrgUnit:
    unit = OrgUnit(kind=kind, name=name, parent_id=parent.id if parent else None)
    if parent is not None:
        unit.region_id = parent.region_id
        unit.municipality_id = parent.municipality_id
    session.add(unit)
    session.flush()
    world.units[key] = unit.id
    return unit


def add_user(session, world: World, login: str, unit_id: int | None, *duties: Duty) -> User:
    user = User(login=login, name=f"Сотрудник {login}", password_hash=_HASH)
    session.add(user)
    session.flush()
    world.users[login] = user.id
    for duty in duties:
        session.add(Membership(user_id=user.id, org_unit_id=unit_id, duty=duty))
    session.flush()
    return user
