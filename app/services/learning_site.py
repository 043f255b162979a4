"""Sites that are read by web services, as their unit keeps them: connected, checked, switched off, read at night.

The key of a site is never shown again and goes nowhere but to the address for which it was typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.integrations.moodle import MoodleError, tidy_address
from app.models import LearningCourse, LearningPerson, LearningSite, OrgUnit
from app.models.enumeration import UnitKind
from app.policies.actor import Actor
from app.policies.guard import GuardedSession
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, NotPermitted, WrongState
from app.services.audit import record_event
from app.services.outside import outside_of

LONGEST_TITLE, LONGEST_ADDRESS, LONGEST_TOKEN = 200, 500, 500
MOST_KEPT_DAYS, MOST_A_MINUTE = 366, 600
STALE = "Настройки СДО успели изменить: откройте страницу заново, ваши изменения не записаны."
NOT_KEEPER = "Настройки этой СДО ведёт организация, которой она принадлежит."
KEYLESS = "Ключ доступа не введён: читать СДО нечем. Введите его в настройках."
SWITCHED_OFF = "СДО отключена: включите её, чтобы читать."
ANOTHER_SITE = (
    "Из этой СДО уже узнаны люди или связаны курсы. Если это другая СДО, подключите её отдельно: в ней те же "
    "номера у других людей. Если переехала прежняя, отметьте, что люди и курсы в ней те же."
)
OF_FILES = "У этой СДО нет адреса: её данные приносят файлами со страницы потока."


@dataclass(frozen=True, slots=True)
class TypedSite:
    """`token` empty: the one that is kept stays."""

    title: str
    address: str
    kept_days: int
    a_minute: int
    token: str = ""


def the_one(session: Session, number: int, *, to_write: bool = False) -> LearningSite:
    """Raises NotFound outside the scope. `to_write` locks it: jobs write the same row."""
    wanted = select(LearningSite).where(LearningSite.id == number)
    if to_write:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(wanted)
    if found is None:
        raise NotFound
    return found


def is_keeper(actor: Actor, site: LearningSite) -> bool:
    """The unit itself, or its region in its stead."""
    return actor.may(Permission.LEARNING_SITE_WRITE) and actor.unit_id in {site.org_unit_id, site.region_id}


def require_keeper(actor: Actor, site: LearningSite) -> None:
    """Raises NotPermitted."""
    actor.require(Permission.LEARNING_SITE_WRITE)
    if not is_keeper(actor, site):
        raise NotPermitted(NOT_KEEPER)


def units_to_choose(session: Session, actor: Actor) -> list[OrgUnit]:
    """For whom the actor may connect a site: their own unit first, and for a region the providers in it."""
    own = session.get(OrgUnit, actor.unit_id) if actor.unit_id is not None else None
    if own is None:
        return []
    if own.kind is not UnitKind.REGION:
        return [own]
    providers = select(OrgUnit).where(OrgUnit.kind == UnitKind.PROVIDER, OrgUnit.region_id == own.id)
    return [own, *session.scalars(providers.order_by(OrgUnit.name, OrgUnit.id).limit(500))]


def create(session: Session, actor: Actor, typed: TypedSite, *, unit_id: int | None = None) -> LearningSite:
    """Of the actor's unit, or of a provider of their region. Raises Invalid at the field, WrongState without a key."""
    actor.require(Permission.LEARNING_SITE_WRITE)
    chosen = unit_id or actor.unit_id
    if chosen not in {unit.id for unit in units_to_choose(session, actor)}:
        raise Invalid("Выберите организацию из списка.", field="unit_id")
    made = LearningSite(org_unit_id=chosen)
    _put(session, made, typed)
    if not made.address:
        raise Invalid("Введите адрес СДО.", field="address")
    _require_single(session, made)
    session.add(made)
    session.flush()
    return made


def is_known(session: Session, site: LearningSite) -> bool:
    """Whether numbers that the site gives to people or courses mean somebody or something here already."""
    people = select(LearningPerson.id).where(LearningPerson.site_id == site.id)
    courses = select(LearningCourse.id).where(LearningCourse.site_id == site.id, LearningCourse.group_id.is_not(None))
    return any(session.scalar(one.limit(1)) is not None for one in (people, courses))


def change(
    session: Session,
    actor: Actor,
    site: LearningSite,
    typed: TypedSite,
    *,
    version: int,
    same_people: bool = False,
) -> None:
    """Another address of a site whose people are known is taken only where they are said to be the same: on another
    site the same numbers are others. Raises NotPermitted, Conflict where somebody saved first, Invalid at the field.
    """
    require_keeper(actor, site)
    if site.version != version:
        raise Conflict(STALE)
    address = address_of(typed.address)
    if site.address and not address:
        raise Invalid("Введите адрес СДО. Чтобы её больше не читать, отключите её.", field="address")
    if address and not site.address:
        raise Invalid("Сюда приносят файлы. Чтобы читать СДО по адресу, подключите её отдельно.", field="address")
    if site.token_sealed and not typed.token.strip() and address != site.address:
        # Whoever may not know the key must not have it sent to an address of their choice.
        raise Invalid("Адрес изменён: введите ключ доступа заново, на новый адрес прежний не уйдёт.", field="token")
    if address != site.address and not same_people and is_known(session, site):
        raise Invalid(ANOTHER_SITE, field="address")
    if address != site.address and site.runs_as_id != actor.user_id:
        # Whoever switched the nights on lent their name to the site that stood there.
        site.is_nightly, site.runs_as_id = False, None
    _put(session, site, typed)
    _require_single(session, site)
    session.flush()
    if typed.token.strip():
        record_event(cast(GuardedSession, session), site, "change", "Ключ доступа введён заново.")


def switch(session: Session, actor: Actor, site: LearningSite, *, on: bool) -> None:
    """Off: nothing asks the site; what was taken stays."""
    require_keeper(actor, site)
    if site.is_active is on:
        raise WrongState("СДО уже включена." if on else "СДО уже отключена.")
    site.is_active = on
    session.flush()


def forget_token(session: Session, actor: Actor, site: LearningSite) -> None:
    """The key goes; without it nothing is read, at night neither."""
    require_keeper(actor, site)
    site.is_nightly, site.runs_as_id, site.token_sealed = False, None, ""
    session.flush()
    record_event(cast(GuardedSession, session), site, "change", "Ключ доступа удалён.")


def read_nightly(session: Session, actor: Actor, site: LearningSite, *, on: bool) -> None:
    """From now on in the name of the one who switches it on, with the rights that they have on the day."""
    require_keeper(actor, site)
    if not on:
        site.is_nightly, site.runs_as_id = False, None
        session.flush()
        return
    actor.require(Permission.ENROLMENT_KEEP)
    require_readable(site)
    if actor.user_id is None:
        raise NotPermitted("Ночное чтение идёт от имени сотрудника организации.")
    site.is_nightly, site.runs_as_id = True, actor.user_id
    session.flush()


def obstacle_to_reading(site: LearningSite) -> str:
    """Why the site cannot be asked now, as a sentence; empty where it can."""
    if not site.address:
        return OF_FILES
    if not site.is_active:
        return SWITCHED_OFF
    return "" if site.token_sealed else KEYLESS


def require_readable(site: LearningSite) -> None:
    """Raises WrongState."""
    sentence = obstacle_to_reading(site)
    if sentence:
        raise WrongState(sentence)


def address_of(typed: str) -> str:
    """Where the site begins, out of what people paste; whether it may be asked at all is the client's to say.

    Raises Invalid at `address`.
    """
    if not typed.strip():
        return ""
    try:
        return tidy_address(typed)
    except MoodleError as error:
        raise Invalid(error.sentence, field="address") from None


def _put(session: Session, site: LearningSite, typed: TypedSite) -> None:
    title = " ".join(typed.title.replace("\x00", "").split())
    if not title:
        raise Invalid("Введите название: так СДО называют сотрудники.", field="title")
    if len(title) > LONGEST_TITLE:
        raise Invalid(f"Название: не больше {LONGEST_TITLE} знаков.", field="title")
    if not 1 <= typed.kept_days <= MOST_KEPT_DAYS:
        raise Invalid(f"Ответы СДО хранятся от 1 до {MOST_KEPT_DAYS} дней.", field="kept_days")
    if not 1 <= typed.a_minute <= MOST_A_MINUTE:
        raise Invalid(f"Запросов в минуту может быть от 1 до {MOST_A_MINUTE}.", field="a_minute")
    token, address = typed.token.strip(), address_of(typed.address)
    if len(token) > LONGEST_TOKEN or not token.isascii() or any(letter.isspace() for letter in token):
        raise Invalid("Это не похоже на ключ: в нём только латинские буквы и цифры, без пробелов.", field="token")
    if token and not address:
        raise Invalid("Введите адрес СДО, которой принадлежит ключ.", field="address")
    site.title, site.address = title, address
    site.kept_days, site.a_minute = typed.kept_days, typed.a_minute
    if token:
        try:
            site.token_sealed = outside_of(session).box.seal(token)
        except WrongState as refusal:
            raise Invalid(refusal.sentence, field="token") from None
        site.problem = ""


def _require_single(session: Session, site: LearningSite) -> None:
    """One site of an address in a unit. Raises Invalid."""
    with session.no_autoflush:
        others = select(LearningSite.title).where(
            LearningSite.org_unit_id == site.org_unit_id, LearningSite.address == site.address
        )
        if site.id is not None:
            others = others.where(LearningSite.id != site.id)
        taken = session.scalar(others.limit(1))
    if taken is not None and site.address:
        raise Invalid(f"Этот адрес уже подключён: «{taken}».", field="address")
