"""Learning platforms that open this product by LTI 1.3: registrations, deployments, accounts and courses."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration_of_platforms import AccountOrigin, LaunchTarget
from app.models.scoped import OwnedByUnit, scope_key


def _platform_key(table: str) -> ForeignKeyConstraint:
    """What hangs on a platform stays in its region."""
    return ForeignKeyConstraint(
        ["platform_id", "region_id"],
        ["lti_platform.id", "lti_platform.region_id"],
        onupdate="CASCADE",
        name=f"fk_{table}_platform",
    )


class LtiPlatform(Identified, OwnedByUnit, Versioned, Audited, Base):
    """A registration of this product in a platform: whose signatures are believed, and by whose decision.

    What it may open is bounded by its deployments, which lie in the part of the tree of the unit that keeps it.
    """

    __tablename__ = "lti_platform"
    __table_args__ = (
        *scope_key("lti_platform"),
        UniqueConstraint("issuer", "client_id"),
        UniqueConstraint("id", "region_id", name="uq_lti_platform_region"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("issuer <> '' AND client_id <> ''", name="identified"),
        CheckConstraint("auth_url <> '' AND token_url <> '' AND jwks_url <> ''", name="addressed"),
    )

    title: Mapped[str]
    issuer: Mapped[str]
    client_id: Mapped[str]
    auth_url: Mapped[str]
    token_url: Mapped[str]
    jwks_url: Mapped[str]
    # As the platform names itself: «moodle».
    family: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)

    @property
    def label(self) -> str:
        return self.title


class LtiDeployment(Identified, OwnedByUnit, Audited, Base):
    """Where the platform has placed the tool. Its unit bounds it: a launch stands in that unit or below, or nowhere."""

    __tablename__ = "lti_deployment"
    __table_args__ = (
        *scope_key("lti_deployment"),
        _platform_key("lti_deployment"),
        UniqueConstraint("platform_id", "deployment_id"),
        CheckConstraint("deployment_id <> ''", name="identified"),
    )

    platform_id: Mapped[int] = mapped_column(BigInteger)
    deployment_id: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)

    @property
    def label(self) -> str:
        return self.title or self.deployment_id


class LtiAccount(Identified, OwnedByUnit, Audited, Base):
    """A person of the platform (issuer and subject) is this account. Its unit is the platform's."""

    __tablename__ = "lti_account"
    __unaudited__ = frozenset({"last_launch_at"})
    __table_args__ = (
        *scope_key("lti_account"),
        _platform_key("lti_account"),
        UniqueConstraint("platform_id", "subject"),
        UniqueConstraint("platform_id", "user_id"),
        CheckConstraint("subject <> ''", name="identified"),
    )

    platform_id: Mapped[int] = mapped_column(BigInteger)
    subject: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    # As the platform named the person when they were tied.
    name_told: Mapped[str] = mapped_column(default="")
    origin: Mapped[AccountOrigin] = mapped_column(stored_by_value(AccountOrigin))
    linked_at: Mapped[datetime]
    linked_by: Mapped[str]
    last_launch_at: Mapped[datetime | None]

    @property
    def label(self) -> str:
        return self.name_told or self.subject


class LtiCourse(Identified, OwnedByUnit, Audited, Base):
    """A course of the platform from which a training group takes its roster. Its unit is the group's provider."""

    __tablename__ = "lti_course"
    __unaudited__ = frozenset({"memberships_url"})
    __table_args__ = (
        *scope_key("lti_course"),
        _platform_key("lti_course"),
        ForeignKeyConstraint(
            ["group_id", "org_unit_id"],
            ["training_group.id", "training_group.org_unit_id"],
            onupdate="CASCADE",
            name="fk_lti_course_group",
        ),
        UniqueConstraint("platform_id", "context_id", "group_id"),
        CheckConstraint("context_id <> ''", name="identified"),
    )

    platform_id: Mapped[int] = mapped_column(BigInteger)
    context_id: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    memberships_url: Mapped[str] = mapped_column(default="")
    group_id: Mapped[int] = mapped_column(index=True)
    tied_by: Mapped[str]
    tied_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    @property
    def label(self) -> str:
        return self.title or self.context_id


class LtiScore(Identified, OwnedByUnit, Base):
    """What a platform is to be told once it is so: this person's sheet was sent, this measure was verified.

    Its unit is the platform's. `sent_at` stands when the platform has taken it.
    """

    __tablename__ = "lti_score"
    __table_args__ = (
        *scope_key("lti_score"),
        _platform_key("lti_score"),
        UniqueConstraint("account_id", "line_item_url"),
        CheckConstraint("line_item_url <> ''", name="addressed"),
        Index("ix_lti_score_due", "sent_at", "next_try_at"),
    )

    platform_id: Mapped[int] = mapped_column(BigInteger)
    account_id: Mapped[int] = mapped_column(ForeignKey("lti_account.id", ondelete="CASCADE"))
    line_item_url: Mapped[str]
    target: Mapped[LaunchTarget] = mapped_column(stored_by_value(LaunchTarget))
    record_id: Mapped[int]
    asked_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    # A whole Russian sentence: why it has not been taken yet.
    problem: Mapped[str] = mapped_column(default="")
