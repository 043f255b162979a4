"""Work done in the background, and the moments at which a schedule has already run."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Identified, stored_by_value
from app.models.enumeration import JobStatus
from app.models.scoped import ClosedToReading, OfPerson


class Job(Identified, OfPerson, Base):
    """Written in the transaction of what asked for it; the queue only carries its number.

    `kind` names the task, `parameters` are all that it needs besides its owner. A worker holds a running job for as
    long as it renews `held_until`; a job whose worker has died is run again or ends as interrupted.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_user_id", "user_id", "id"),
        Index("ix_job_status", "status", "held_until"),
        CheckConstraint("status <> 'running' OR (held_until IS NOT NULL AND worker <> '')", name="running_is_held"),
        CheckConstraint("(status IN ('waiting', 'running')) = (finished_at IS NULL)", name="finished_once_it_is_over"),
        CheckConstraint("result_digest = '' OR status = 'done'", name="result_of_done"),
        CheckConstraint("result_digest = '' OR result_until IS NOT NULL", name="result_is_kept_until"),
        CheckConstraint("progress >= 0 AND (total IS NULL OR total >= 0)", name="progress_counts_up"),
    )

    kind: Mapped[str]
    title: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[JobStatus] = mapped_column(stored_by_value(JobStatus), default=JobStatus.WAITING)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    # A whole Russian sentence: what came out, or why nothing did.
    message: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    result_digest: Mapped[str] = mapped_column(default="")
    result_size: Mapped[int] = mapped_column(BigInteger, default=0)
    result_name: Mapped[str] = mapped_column(default="")
    result_type: Mapped[str] = mapped_column(default="")
    result_until: Mapped[datetime | None]
    # Where the page of what was done stands: an address within this site, or nothing.
    leads_to: Mapped[str] = mapped_column(default="")

    @property
    def label(self) -> str:
        return self.title


class ScheduleRun(Identified, ClosedToReading, Base):
    """A schedule's slot is taken once, however many processes stand: the key is what decides."""

    __tablename__ = "schedule_run"
    __table_args__ = (UniqueConstraint("name", "slot"),)

    name: Mapped[str]
    slot: Mapped[str]
    taken_at: Mapped[datetime]
