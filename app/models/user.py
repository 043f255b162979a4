"""People, where they stand (memberships), their one-time links, and the attempts to sign in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration import Duty, LinkPurpose
from app.models.scoped import ClosedToReading, StructureOfUnit, scope_key
from app.models.search_text import folded


class User(Identified, Versioned, Audited, Base):
    __tablename__ = "user"
    __unaudited__ = frozenset({"password_hash", "search", "last_sign_in_at", "auth_epoch"})
    __table_args__ = (
        UniqueConstraint("login"),
        CheckConstraint("login <> '' AND login = lower(login)", name="login_folded"),
        CheckConstraint("name <> ''", name="named"),
    )

    login: Mapped[str]
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    is_installation_admin: Mapped[bool] = mapped_column(default=False)
    # A demo account is refused outside demo mode: its password is printed on the sign-in page.
    is_demo: Mapped[bool] = mapped_column(default=False)
    # A changed password or a closed account ends the sessions that began under an older number.
    auth_epoch: Mapped[int] = mapped_column(default=1)
    last_sign_in_at: Mapped[datetime | None]
    search: Mapped[str] = mapped_column(default="")

    @validates("login", "name", "email")
    def _fold(self, key: str, value: str) -> str:
        value = value.strip().lower() if key == "login" else value
        parts = {"login": self.login, "name": self.name, "email": self.email, key: value}
        self.search = folded(*parts.values())
        return value


class Membership(Identified, StructureOfUnit, Audited, Base):
    """Where a person stands gives what they see; the duty gives what they may do."""

    __tablename__ = "membership"
    __table_args__ = (
        *scope_key("membership"),
        UniqueConstraint("user_id", "org_unit_id", "duty"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    duty: Mapped[Duty] = mapped_column(stored_by_value(Duty))


class OneTimeLink(Identified, ClosedToReading, Base):
    """Only the digest of the link's token is kept: a copy of the database opens no account."""

    __tablename__ = "one_time_link"
    __table_args__ = (UniqueConstraint("token_digest"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    purpose: Mapped[LinkPurpose] = mapped_column(stored_by_value(LinkPurpose))
    token_digest: Mapped[str]
    # A link ends with the sessions of its day: a changed password or a closed account ends both.
    auth_epoch: Mapped[int]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInAttempt(Identified, ClosedToReading, Base):
    """Shared by all processes: what the throttle counts."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_login", "login_digest", "at"),
        Index("ix_sign_in_attempt_address", "address", "at"),
    )

    login_digest: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]
    succeeded: Mapped[bool]
