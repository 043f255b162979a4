"""Learning platforms that open the product: registered, changed, switched off.

Who keeps the platform is the unit that registered it; what it may open lies in that unit's part of the tree. A school
may register whatever address it likes: links to accounts hang on the registration, so it opens nobody else's.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, cast

from sqlalchemy import Table, delete, func, select
from sqlalchemy.orm import Session

from app.models import LtiAccount, LtiDeployment, LtiKeyset, LtiPlatform, OrgUnit, User
from app.policies.actor import Actor
from app.policies.permission import Permission
from app.policies.refusal import Conflict, Invalid, NotFound, WrongState
from app.policies.scope import contains
from app.policies.unscoped import UNSCOPED
from app.services import beyond_scope
from app.services.lti_address import checked, inner_hosts, root_of_moodle
from app.services.outside import outside_of
from app.services.user import units_for_duties

KEYSET = cast(Table, LtiKeyset.__table__)
LONGEST_TITLE: Final = 200
LONGEST_WORD: Final = 255
MOODLE: Final = "moodle"
# Where a Moodle has what the standard leaves to each platform.
MOODLE_PATHS: Final = {
    "auth_url": "/mod/lti/auth.php",
    "token_url": "/mod/lti/token.php",
    "jwks_url": "/mod/lti/certs.php",
}
ADDRESSES: Final = {
    "auth_url": "Адрес входа",
    "token_url": "Адрес выдачи ключей доступа",
    "jwks_url": "Адрес открытых ключей",
}
STALE: Final = "Платформу успели изменить: рядом показано, что в ней теперь. Введённое вами не потеряно."
TAKEN: Final = (
    "Платформа с таким адресом и идентификатором клиента уже зарегистрирована. Проверьте идентификатор: для каждого "
    "подключения платформа выдаёт свой."
)
CLIENT_OF_OTHERS: Final = (
    "Этот идентификатор клиента уже указан у платформы другой организации. Для каждого подключения платформа выдаёт "
    "свой: проверьте, не скопирован ли чужой."
)


@dataclass(frozen=True, slots=True)
class TypedPlatform:
    """A registration as a person gives it, or as the platform told it. Of a Moodle the three addresses may be empty."""

    title: str
    issuer: str
    client_id: str
    auth_url: str = ""
    token_url: str = ""
    jwks_url: str = ""
    family: str = ""


def the_one(session: Session, platform_id: int) -> LtiPlatform:
    """Raises NotFound outside the scope."""
    found = session.get(LtiPlatform, platform_id)
    if found is None:
        raise NotFound
    return found


def require_keeper(actor: Actor, platform: LtiPlatform) -> None:
    """Raises NotPermitted without the duty, NotFound outside the actor's part of the tree."""
    actor.require(Permission.PLATFORM_WRITE)
    if not contains(actor, platform):
        raise NotFound


def lies_within(platform: LtiPlatform, placed: LtiDeployment | OrgUnit) -> bool:
    """Whether the unit is the one that keeps the platform, or below it: also after a school has moved away."""
    unit_id = placed.id if isinstance(placed, OrgUnit) else placed.org_unit_id
    return platform.org_unit_id in {unit_id, placed.municipality_id, placed.region_id}


def units_for(session: Session, platform: LtiPlatform | None = None) -> list[OrgUnit]:
    """Acting units where a platform may be kept; of a platform, those where it may be placed."""
    units = units_for_duties(session)
    return units if platform is None else [unit for unit in units if lies_within(platform, unit)]


# ── the registration ─────────────────────────────────────────────────────────────────────────────────────


def create(
    session: Session, actor: Actor, typed: TypedPlatform, *, unit: OrgUnit, as_told: bool = False
) -> LtiPlatform:
    """Kept by `unit`, the actor's own or one below it. Raises NotPermitted, NotFound, Invalid at the field."""
    actor.require(Permission.PLATFORM_WRITE)
    require_unit(actor, unit)
    values = fit(session, typed, as_told=as_told)
    _require_free(session, values, unit.id)
    maker = session.get(User, actor.user_id) if actor.user_id is not None else None
    made = LtiPlatform(
        org_unit_id=unit.id,
        # What a visitor of the demo makes ends with the demo.
        is_demo=maker is not None and maker.is_demo,
        **{one.name: getattr(values, one.name) for one in fields(values)},
    )
    session.add(made)
    session.flush()
    return made


def change(
    session: Session,
    actor: Actor,
    platform: LtiPlatform,
    *,
    version: int,
    typed: TypedPlatform,
    same_people: bool = False,
) -> None:
    """Another address of a platform with linked people is taken only where they are said to be the same people: on
    another platform the same numbers are others. Raises Conflict, Invalid at the field.
    """
    require_keeper(actor, platform)
    if platform.version != version:
        raise Conflict(STALE)
    values = fit(session, typed)
    _require_free(session, values, platform.org_unit_id, platform.id)
    linked = accounts(session, platform)
    if values.issuer != platform.issuer and linked and not same_people:
        raise Invalid(
            f"К платформе привязаны люди (учётных записей: {linked}). Если это другая платформа, подключите её "
            "отдельно. Если переехала прежняя, отметьте, что люди в ней те же.",
            field="issuer",
        )
    if (values.issuer, values.jwks_url) != (platform.issuer, platform.jwks_url):
        _forget_keys(session, platform)
    for one in fields(values):
        setattr(platform, one.name, getattr(values, one.name))
    session.flush()


def switch(session: Session, actor: Actor, platform: LtiPlatform, *, active: bool, reason: str = "") -> None:
    """Off: nobody enters by it, and those who did are signed out with their next request. Raises WrongState."""
    require_keeper(actor, platform)
    if platform.is_active is active:
        raise WrongState("Платформа уже включена." if active else "Платформа уже отключена.")
    platform.is_active = active
    platform.pending_action = ("activate" if active else "deactivate", reason.strip()[:500])
    session.flush()


def accounts(session: Session, platform: LtiPlatform) -> int:
    """How many people of the platform are linked."""
    counted = select(func.count()).select_from(LtiAccount).where(LtiAccount.platform_id == platform.id)
    return int(session.scalar(counted) or 0)


# ── what is typed ────────────────────────────────────────────────────────────────────────────────────────


def fit(session: Session, typed: TypedPlatform, *, as_told: bool = False) -> TypedPlatform:
    """The same with addresses that fit, and of a Moodle filled in; `as_told` by the platform itself, its name of itself
    is not touched. Raises Invalid at the field.
    """
    inner = inner_hosts(outside_of(session))
    family = typed.family.strip().lower()[:LONGEST_WORD]
    issuer = checked(typed.issuer, inner=inner, field="issuer", what="Адрес платформы")
    addresses = {name: getattr(typed, name).strip() for name in ADDRESSES}
    if family == MOODLE and not as_told:
        issuer = root_of_moodle(issuer)
        addresses = {name: address or issuer + MOODLE_PATHS[name] for name, address in addresses.items()}
    return TypedPlatform(
        title=fit_title(typed.title, required=True),
        issuer=issuer,
        client_id=fit_word(
            typed.client_id, "client_id", "Введите идентификатор клиента (Client ID): его показывает платформа."
        ),
        family=family,
        **{
            name: checked(address, inner=inner, field=name, what=ADDRESSES[name]) for name, address in addresses.items()
        },
    )


def require_unit(actor: Actor, unit: OrgUnit) -> None:
    """Raises NotFound for a foreign unit, Invalid for a closed one."""
    if actor.unit_id not in {unit.id, unit.municipality_id, unit.region_id}:
        raise NotFound
    if unit.closed_on is not None:
        raise Invalid("Организация закрыта: выберите действующую.", field="org_unit_id")


def require_within(actor: Actor, platform: LtiPlatform, unit: OrgUnit) -> None:
    require_unit(actor, unit)
    if not lies_within(platform, unit):
        raise Invalid(
            "Организация лежит вне части дерева, для которой подключена платформа. Подключите платформу от имени "
            "вышестоящей организации.",
            field="org_unit_id",
        )


def _require_free(session: Session, values: TypedPlatform, unit_id: int, platform_id: int | None = None) -> None:
    """What we sign for a platform names the client and no more, and Moodle asks for no more: whoever registered the
    client of another unit's platform would have it open its lists of people to them. Raises Invalid.
    """
    if beyond_scope.registration_taken(session, values.issuer, values.client_id, other_than=platform_id):
        raise Invalid(TAKEN, field="client_id")
    if beyond_scope.client_of_others(session, values.client_id, unit_id):
        raise Invalid(CLIENT_OF_OTHERS, field="client_id")


def _forget_keys(session: Session, platform: LtiPlatform) -> None:
    """What was believed of the old address is not believed of the new one."""
    session.execute(delete(KEYSET).where(KEYSET.c.platform_id == platform.id), execution_options=UNSCOPED)


def fit_title(raw: str, *, required: bool) -> str:
    title = " ".join(raw.split())
    if required and not title:
        raise Invalid("Назовите платформу так, как её знают люди.", field="title")
    if len(title) > LONGEST_TITLE or not title.isprintable():
        raise Invalid(f"Название: не больше {LONGEST_TITLE} знаков.", field="title")
    return title


def fit_word(raw: str, field: str, absent: str) -> str:
    """What the platform compares letter by letter."""
    word = raw.strip()
    if not word:
        raise Invalid(absent, field=field)
    if len(word) > LONGEST_WORD or any(letter.isspace() or not letter.isprintable() for letter in word):
        raise Invalid(f"Пробелов внутри быть не должно, знаков – не больше {LONGEST_WORD}.", field=field)
    return word
