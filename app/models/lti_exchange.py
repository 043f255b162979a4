"""What passes between a platform's browser and this product: states, tickets, keys. No actor's statement finds them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, stored_by_value
from app.models.enumeration_of_platforms import TicketPurpose
from app.models.scoped import ClosedToReading


class LtiState(Identified, ClosedToReading, Base):
    """A login begun in one browser; used once. Only digests of what the browser holds are kept."""

    __tablename__ = "lti_state"
    __table_args__ = (
        UniqueConstraint("state_digest"),
        UniqueConstraint("nonce"),
        Index("ix_lti_state_expires", "expires_at"),
    )

    state_digest: Mapped[str]
    browser_digest: Mapped[str]
    nonce: Mapped[str]
    platform_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("lti_platform.id", ondelete="CASCADE"))
    target_link_uri: Mapped[str]
    # What the platform began the login with, to begin it again in a window of its own.
    begun_with: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LtiTicket(Identified, ClosedToReading, Base):
    """Lets its bearer go on once after a launch (or register a platform): only its digest is kept."""

    __tablename__ = "lti_ticket"
    __table_args__ = (
        UniqueConstraint("token_digest"),
        CheckConstraint("purpose = 'register' OR platform_id IS NOT NULL", name="of_a_platform"),
        Index("ix_lti_ticket_expires", "expires_at"),
    )

    token_digest: Mapped[str]
    purpose: Mapped[TicketPurpose] = mapped_column(stored_by_value(TicketPurpose))
    platform_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("lti_platform.id", ondelete="CASCADE"))
    deployment_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("lti_deployment.id", ondelete="CASCADE"))
    # Whose launch it was, where the person is known; for a registration whoever asked for it.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    unit_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("org_unit.id", ondelete="CASCADE"))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LtiKey(Identified, ClosedToReading, Base):
    """A key of this product: published before it signs, and for some time after it has stopped."""

    __tablename__ = "lti_key"
    __table_args__ = (
        UniqueConstraint("kid"),
        CheckConstraint("signs_from <= published_until", name="published_while_it_signs"),
    )

    kid: Mapped[str]
    public_jwk: Mapped[dict[str, Any]]
    # PEM under the key of the environment.
    private_sealed: Mapped[str]
    made_at: Mapped[datetime]
    signs_from: Mapped[datetime]
    published_until: Mapped[datetime]


class LtiKeyset(Identified, ClosedToReading, Base):
    """The platform's public keys as they were last read."""

    __tablename__ = "lti_keyset"
    __table_args__ = (UniqueConstraint("platform_id"),)

    platform_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("lti_platform.id", ondelete="CASCADE"))
    keys: Mapped[dict[str, Any]] = mapped_column(default=dict)
    read_at: Mapped[datetime | None]
    # An unknown key is looked for once in a while only, however many launches name it.
    tried_at: Mapped[datetime | None]
