"""A workbook that a person brought: kept as it came, judged, and then taken in or put aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Audited, Base, Identified, Versioned, stored_by_value
from app.models.enumeration import ImportStatus
from app.models.scoped import OfPerson


class WorkbookImport(Identified, OfPerson, Versioned, Audited, Base):
    """`digest` is the file as it came, `verdicts_digest` what each row would do; both in the store of results."""

    __tablename__ = "workbook_import"
    __unaudited__ = frozenset({"digest", "verdicts_digest", "counts", "choices"})
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("status <> 'judged' OR verdicts_digest <> ''", name="judged_has_verdicts"),
        CheckConstraint("(status = 'applied') = (applied_at IS NOT NULL)", name="applied_once"),
    )

    register: Mapped[str]
    # A sealed workbook of one unit comes back to be merged; any other is a list.
    is_personal: Mapped[bool] = mapped_column(default=False)
    file_name: Mapped[str]
    digest: Mapped[str]
    size: Mapped[int]
    brought_at: Mapped[datetime]
    status: Mapped[ImportStatus] = mapped_column(stored_by_value(ImportStatus), default=ImportStatus.BROUGHT)
    verdicts_digest: Mapped[str] = mapped_column(default="")
    # How many rows would be created, changed, left as they are, or are wrong; unknown headings.
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Which value a person chose where the file and the record differ from what was given out.
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    applied_at: Mapped[datetime | None]
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))

    @property
    def label(self) -> str:
        return self.file_name
