"""Moodle-like sites from which completions are taken: the connection, its courses, its people, what it told."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration_of_platforms import MatchGround
from app.models.scoped import OwnedByUnit, scope_key
from app.models.search_text import folded


def _site_key(table: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["site_id", "org_unit_id"],
        ["learning_site.id", "learning_site.org_unit_id"],
        onupdate="CASCADE",
        name=f"fk_{table}_site",
    )


class LearningSite(Identified, OwnedByUnit, Versioned, Audited, Base):
    """A site that the unit reads by web services; without an address it stands for files that people download there.

    Nightly readings are done in the name of `runs_as_id`, with the rights of that day.
    """

    __tablename__ = "learning_site"
    __unaudited__ = frozenset({"token_sealed", "checked_at", "pulled_at", "problem", "site_name", "release", "search"})
    __table_args__ = (
        *scope_key("learning_site"),
        UniqueConstraint("org_unit_id", "address"),
        UniqueConstraint("id", "org_unit_id", name="uq_learning_site_unit"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("NOT is_nightly OR (runs_as_id IS NOT NULL AND token_sealed <> '')", name="nightly_in_a_name"),
        CheckConstraint("token_sealed = '' OR address <> ''", name="token_of_an_address"),
        CheckConstraint("kept_days BETWEEN 1 AND 366", name="kept_days"),
        CheckConstraint("a_minute BETWEEN 1 AND 600", name="a_minute"),
    )

    title: Mapped[str]
    # Where the site begins, without a closing slash.
    address: Mapped[str] = mapped_column(default="")
    token_sealed: Mapped[str] = mapped_column(default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    is_nightly: Mapped[bool] = mapped_column(default=False)
    runs_as_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    # Days for which raw answers are kept.
    kept_days: Mapped[int] = mapped_column(default=30)
    # Requests a minute, at most.
    a_minute: Mapped[int] = mapped_column(default=120)
    site_name: Mapped[str] = mapped_column(default="")
    release: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None]
    pulled_at: Mapped[datetime | None]
    # What went wrong the last time, as a whole Russian sentence; empty where all went well.
    problem: Mapped[str] = mapped_column(default="")
    search: Mapped[str] = mapped_column(default="")

    @validates("title", "address")
    def _fold(self, key: str, value: str) -> str:
        parts = {"title": self.title, "address": self.address, key: value}
        self.search = folded(*(part or "" for part in parts.values()))
        return value

    @property
    def label(self) -> str:
        return self.title


class LearningCourse(Identified, OwnedByUnit, Versioned, Audited, Base):
    """A course of a site; tied to a training group, it is read into that group."""

    __tablename__ = "learning_course"
    __unaudited__ = frozenset({"pulled_at", "digest", "problem", "seen_at", "search"})
    __table_args__ = (
        *scope_key("learning_course"),
        _site_key("learning_course"),
        ForeignKeyConstraint(
            ["group_id", "org_unit_id"],
            ["training_group.id", "training_group.org_unit_id"],
            onupdate="CASCADE",
            name="fk_learning_course_group",
        ),
        UniqueConstraint("site_id", "remote_id"),
        UniqueConstraint("id", "site_id", "org_unit_id", name="uq_learning_course_site"),
        CheckConstraint("remote_id <> ''", name="identified"),
    )

    site_id: Mapped[int] = mapped_column(BigInteger)
    # The number that the site gives it; of files, the group that they were brought for.
    remote_id: Mapped[str]
    idnumber: Mapped[str] = mapped_column(default="")
    short_name: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    group_id: Mapped[int | None] = mapped_column(BigInteger, index=True)
    seen_at: Mapped[datetime | None]
    pulled_at: Mapped[datetime | None]
    # Of the answers last read: nothing is written anew where they are the same.
    digest: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    search: Mapped[str] = mapped_column(default="")

    @validates("title", "short_name", "idnumber")
    def _fold(self, key: str, value: str) -> str:
        parts = {"title": self.title, "short_name": self.short_name, "idnumber": self.idnumber, key: value}
        self.search = folded(*(part or "" for part in parts.values()))
        return value

    @property
    def label(self) -> str:
        return self.title or self.short_name or self.remote_id


class LearningPerson(Identified, OwnedByUnit, Versioned, Audited, Base):
    """A person of a site: who they are here, or that they are nobody's concern, or neither yet."""

    __tablename__ = "learning_person"
    __unaudited__ = frozenset({"seen_at", "search"})
    __table_args__ = (
        *scope_key("learning_person"),
        _site_key("learning_person"),
        UniqueConstraint("site_id", "remote_id"),
        UniqueConstraint("id", "site_id", "org_unit_id", name="uq_learning_person_site"),
        CheckConstraint("remote_id <> ''", name="identified"),
        CheckConstraint("NOT (is_ignored AND staff_member_id IS NOT NULL)", name="ignored_or_known"),
        CheckConstraint("(staff_member_id IS NULL) = (ground IS NULL)", name="known_by_something"),
        Index("ix_learning_person_staff", "staff_member_id"),
    )

    site_id: Mapped[int] = mapped_column(BigInteger)
    # The number that the site gives the person; of files, what tells people apart there.
    remote_id: Mapped[str]
    full_name: Mapped[str] = mapped_column(default="")
    idnumber: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    # As the person's profile there says: where they work, as what.
    institution: Mapped[str] = mapped_column(default="")
    position: Mapped[str] = mapped_column(default="")
    staff_member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("staff_member.id"))
    ground: Mapped[MatchGround | None] = mapped_column(stored_by_value(MatchGround))
    is_ignored: Mapped[bool] = mapped_column(default=False)
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    search: Mapped[str] = mapped_column(default="")

    @validates("full_name", "email", "idnumber", "institution")
    def _fold(self, key: str, value: str) -> str:
        names = ("full_name", "email", "idnumber", "institution")
        parts = {name: getattr(self, name) for name in names} | {key: value}
        self.search = folded(*(part or "" for part in parts.values()))
        return value

    @property
    def label(self) -> str:
        return self.full_name or self.email or self.remote_id


class LearningOutcome(Identified, OwnedByUnit, Versioned, Audited, Base):
    """What the site says of a person in a course, and what of it was taken over into the enrolment.

    `told_…` is what the site said last, `taken_…` what was last written here from it. Where the enrolment holds
    neither, a person has corrected it here: then nothing is overwritten until somebody decides.
    """

    __tablename__ = "learning_outcome"
    __table_args__ = (
        *scope_key("learning_outcome"),
        ForeignKeyConstraint(
            ["course_id", "site_id", "org_unit_id"],
            ["learning_course.id", "learning_course.site_id", "learning_course.org_unit_id"],
            onupdate="CASCADE",
            name="fk_learning_outcome_course",
        ),
        ForeignKeyConstraint(
            ["person_id", "site_id", "org_unit_id"],
            ["learning_person.id", "learning_person.site_id", "learning_person.org_unit_id"],
            onupdate="CASCADE",
            name="fk_learning_outcome_person",
        ),
        UniqueConstraint("course_id", "person_id"),
        CheckConstraint("NOT told_passed OR told_on IS NOT NULL", name="passed_has_a_day"),
        CheckConstraint("NOT is_in_conflict OR enrolment_id IS NOT NULL", name="conflict_of_an_enrolment"),
        Index("ix_learning_outcome_enrolment", "enrolment_id"),
    )

    # Of both: a person of one site is told of nothing in a course of another.
    site_id: Mapped[int] = mapped_column(BigInteger)
    course_id: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int] = mapped_column(BigInteger)
    enrolment_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("enrolment.id", ondelete="SET NULL"))
    told_passed: Mapped[bool] = mapped_column(default=False)
    told_on: Mapped[date | None]
    told_grade: Mapped[str] = mapped_column(default="")
    told_at: Mapped[datetime]
    taken_passed: Mapped[bool] = mapped_column(default=False)
    taken_on: Mapped[date | None]
    taken_grade: Mapped[str] = mapped_column(default="")
    taken_at: Mapped[datetime | None]
    is_in_conflict: Mapped[bool] = mapped_column(default=False)
    # Why it was not taken over, as a whole Russian sentence.
    obstacle: Mapped[str] = mapped_column(default="")
    decided_by: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]

    @property
    def label(self) -> str:
        return f"итог {self.person_id}"


class LearningAnswer(Identified, OwnedByUnit, Base):
    """An answer of the site as it came, compressed and under the key of the environment; kept for a set time."""

    __tablename__ = "learning_answer"
    __table_args__ = (
        *scope_key("learning_answer"),
        _site_key("learning_answer"),
        Index("ix_learning_answer_kept", "kept_until"),
    )

    site_id: Mapped[int] = mapped_column(BigInteger, index=True)
    # The function that was called, or the name of the file.
    function: Mapped[str]
    # Of what: «курс 2», «курс 2, человек 17».
    subject: Mapped[str] = mapped_column(default="")
    body: Mapped[bytes] = mapped_column(LargeBinary)
    size: Mapped[int]
    came_at: Mapped[datetime]
    kept_until: Mapped[datetime]
