"""People of the demo: one account per role with a printed password, and plainly synthetic staff who cannot sign in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.demo.region import HOME_SCHOOL, Tree
from app.models import Membership, User
from app.models.enumeration import Duty
from app.policies.actor import Actor
from app.services import identity, password

PASSWORD = "demo"  # noqa: S105 - printed on the sign-in page; such accounts are refused outside demo mode
WORKING = (Duty.OPERATOR, Duty.APPROVER, Duty.UNIT_ADMIN, Duty.TRAINING_COORDINATOR)
ACCOUNTS = (
    ("region", "министерство: выпускает распоряжения, проверяет, снимает с контроля"),
    ("municipality", "муниципалитет: Томаринский муниципальный округ"),
    ("school", f"школа: {HOME_SCHOOL}"),
    ("institute", "институт развития образования (ИРОСО)"),
    ("observer", "министерство: только смотрит"),
    ("zaoksky", "муниципалитет второго региона: Заокский район Тульской области"),
    ("expert", "эксперт региона: независимо оценивает порученные листы"),
    ("admin", "администратор установки: регионы и учётные записи, записей не видит"),
)


@dataclass
class People:
    """Who acts for a unit; actors are read from the database as sign-in reads them."""

    accounts: dict[str, int] = field(default_factory=dict)
    staff: dict[int, int] = field(default_factory=dict)
    _actors: dict[int, Actor] = field(default_factory=dict)

    def account(self, session: Session, login: str) -> Actor:
        return self._actor(session, self.accounts[login])

    def of_unit(self, session: Session, unit_id: int) -> Actor:
        return self._actor(session, self.staff[unit_id])

    def forget(self) -> None:
        """Actors are read again: their units have other names now."""
        self._actors.clear()

    def _actor(self, session: Session, user_id: int) -> Actor:
        if user_id not in self._actors:
            found = identity.actor_of(session, user_id=user_id, auth_epoch=1, unit_id=None, demo=True)
            if found is None:
                raise LookupError(f"user {user_id} holds no session")
            self._actors[user_id] = found
        return self._actors[user_id]


def hire(session: Session, sakhalin: Tree, tula: Tree) -> People:
    """The accounts, and one person with the working duties for every unit of both regions."""
    people = People()
    places: dict[str, tuple[int | None, Iterable[Duty]]] = {
        "region": (sakhalin.region, WORKING),
        "municipality": (sakhalin.municipalities["Томаринский"], WORKING),
        "school": (sakhalin.named[HOME_SCHOOL], WORKING),
        "institute": (sakhalin.providers[0], (Duty.OPERATOR, Duty.APPROVER, Duty.TRAINING_COORDINATOR)),
        "observer": (sakhalin.region, (Duty.OBSERVER,)),
        "expert": (sakhalin.region, (Duty.EXPERT,)),
        "zaoksky": (tula.municipalities["Заокский"], WORKING),
        "admin": (None, ()),
    }
    shared_hash = password.hashed(PASSWORD)
    hired = [(_user(login, number, shared_hash), *places[login]) for number, (login, _) in enumerate(ACCOUNTS, start=1)]
    units = [*sakhalin.units(), *tula.units()]
    for number, unit_id in enumerate(units, start=len(ACCOUNTS) + 1):
        # The ministry's own specialist judges sheets as an expert, too.
        also = (Duty.EXPERT,) if unit_id == sakhalin.region else ()
        hired.append((_user(f"staff-{number:03d}", number, ""), unit_id, (*WORKING, *also)))
    session.add_all(user for user, _, _ in hired)
    session.flush()
    for user, place, duties in hired:
        session.add_all(Membership(user_id=user.id, org_unit_id=place, duty=duty) for duty in duties)
        if user.login in places:
            people.accounts[user.login] = user.id
        elif place is not None:
            people.staff[place] = user.id
    session.flush()
    return people


def _user(login: str, number: int, password_hash: str) -> User:
    return User(
        login=login,
        name=f"Фамилия-{number:03d} Имя",
        password_hash=password_hash,
        is_demo=True,
        is_installation_admin=login == "admin",
    )
