"""Who acts: a person standing in one unit with the duties held there, or the system in one region."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from app.models.enumeration import Duty, UnitKind
from app.policies.permission import Permission, permissions_of
from app.policies.refusal import NotPermitted


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit in which the person may stand, for the unit switch."""

    unit_id: int
    unit_name: str


@dataclass(frozen=True, slots=True)
class ScopeKey:
    """All that the row scope depends on; equal keys share their criteria. Without a kind it finds nothing."""

    kind: UnitKind | None = None
    unit_id: int | None = None
    user_id: int | None = None
    installation_admin: bool = False


@dataclass(frozen=True)
class Actor:
    user_id: int | None
    user_name: str
    unit_id: int | None = None
    unit_kind: UnitKind | None = None
    unit_name: str = ""
    region_id: int | None = None
    municipality_id: int | None = None
    region_name: str = ""
    parent_name: str = ""
    time_zone: str = "Europe/Moscow"
    duties: frozenset[Duty] = frozenset()
    is_installation_admin: bool = False
    is_system: bool = False
    standings: tuple[Standing, ...] = field(default=(), compare=False)

    @cached_property
    def scope(self) -> ScopeKey:
        return ScopeKey(
            kind=self.unit_kind,
            unit_id=self.unit_id,
            user_id=self.user_id,
            installation_admin=self.is_installation_admin and self.unit_id is None,
        )

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        if self.is_system:
            return frozenset(Permission)
        return permissions_of(
            self.unit_kind, self.duties, installation_admin=self.is_installation_admin and self.unit_id is None
        )

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises NotPermitted with a sentence that names what is missing."""
        if not self.may(permission):
            raise NotPermitted("Ваши полномочия не позволяют этого действия.")

    @property
    def signature(self) -> str:
        """How the person is named in histories: name and unit as they were on the day."""
        return f"{self.user_name} ({self.unit_name})" if self.unit_name else self.user_name


def system_actor(*, region_id: int, unit_id: int | None = None, name: str = "Система") -> Actor:
    """The system acting in one region, for commands and jobs; never in all regions at once."""
    return Actor(
        user_id=None,
        user_name=name,
        unit_id=unit_id or region_id,
        unit_kind=UnitKind.REGION,
        region_id=region_id,
        municipality_id=region_id,
        is_system=True,
    )


NOBODY = Actor(user_id=None, user_name="")
