"""An assessment sheet: one round × one unit, its answers, and the snapshots frozen by approvals."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Audited, Base, Exact, Identified, Versioned, stored_by_value
from app.models.enumeration import AssessmentStatus, ScoreSource, UnitKind
from app.models.scoped import OwnedByUnit, scope_key

# Nothing more is awaited of the unit.
SETTLED_STATUSES = frozenset({AssessmentStatus.ACCEPTED, AssessmentStatus.APPROVED, AssessmentStatus.EXCUSED})
# The unit itself may write its answers.
FILLED_STATUSES = frozenset({AssessmentStatus.DRAFT, AssessmentStatus.RETURNED})


class Assessment(Identified, OwnedByUnit, Versioned, Audited, Base):
    """`answered`, `to_answer`, `share` and `level` are derived from the scores by services/assessment_result.py."""

    __tablename__ = "assessment"
    __unaudited__ = frozenset({"answered", "to_answer", "was_small"})
    __table_args__ = (
        *scope_key("assessment"),
        UniqueConstraint("round_id", "org_unit_id"),
        CheckConstraint("sheet_kind IN ('school', 'municipality')", name="sheet_kind"),
        CheckConstraint(
            "status NOT IN ('submitted', 'accepted', 'approved') OR "
            "(submitted_on IS NOT NULL AND first_submitted_on IS NOT NULL)",
            name="submitted_has_day",
        ),
        CheckConstraint("status NOT IN ('accepted', 'approved') OR accepted_on IS NOT NULL", name="accepted_has_day"),
        CheckConstraint("(status = 'approved') = (approved_on IS NOT NULL)", name="approved_has_day"),
        CheckConstraint("(status = 'excused') = (excused_reason <> '')", name="excused_has_reason"),
        CheckConstraint("share IS NULL OR share BETWEEN 0 AND 1000000", name="share"),
        Index("ix_assessment_round", "round_id", "municipality_id", "status"),
        Index("ix_assessment_region_status", "region_id", "municipality_id", "status"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("monitoring_round.id"))
    sheet_kind: Mapped[UnitKind] = mapped_column(stored_by_value(UnitKind))
    # Whether the unit was a small school when it sent the sheet: which criteria it has is settled then. NULL while the
    # unit fills it in: the sheet goes with the unit.
    was_small: Mapped[bool | None]
    status: Mapped[AssessmentStatus] = mapped_column(stored_by_value(AssessmentStatus), default=AssessmentStatus.DRAFT)
    # The first answer; without one the unit has not begun.
    started_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    first_submitted_on: Mapped[date | None]
    submitted_on: Mapped[date | None]
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    submitted_by: Mapped[str] = mapped_column(default="")
    accepted_on: Mapped[date | None]
    accepted_by: Mapped[str] = mapped_column(default="")
    approved_on: Mapped[date | None]
    approved_by: Mapped[str] = mapped_column(default="")
    excused_reason: Mapped[str] = mapped_column(default="")
    remark: Mapped[str] = mapped_column(default="")
    # Checked by the region over the municipality's head: shown as such.
    stepped_in: Mapped[bool] = mapped_column(default=False)
    answered: Mapped[int] = mapped_column(default=0)
    to_answer: Mapped[int] = mapped_column(default=0)
    # Percent of the weighted best, rounded half up to four places; NULL while nothing applies or nothing is answered.
    share: Mapped[Decimal | None] = mapped_column(Exact(4))
    level: Mapped[str] = mapped_column(default="")
    # Criteria whose final answer, proof or comment is not what the first approval froze.
    changed_after_approval: Mapped[int] = mapped_column(default=0)


class CriterionScore(Identified, OwnedByUnit, Versioned, Audited, Base):
    """A criterion's answer on a sheet: the unit's, the checker's and the one agreed with experts side by side.

    What counts is the agreed one, else the checker's, else the unit's own: `final_points` and `final_is_na`.
    """

    __tablename__ = "criterion_score"
    __table_args__ = (
        *scope_key("criterion_score"),
        UniqueConstraint("assessment_id", "criterion_id"),
        Index("ix_criterion_score_criterion", "criterion_id", "municipality_id"),
        CheckConstraint("NOT is_na OR value IS NULL", name="na_has_no_value"),
        CheckConstraint("(value IS NULL) = (points IS NULL)", name="value_has_points"),
        CheckConstraint("NOT checked_is_na OR checked_value IS NULL", name="checked_na_has_no_value"),
        CheckConstraint("(checked_value IS NULL) = (checked_points IS NULL)", name="checked_value_has_points"),
        CheckConstraint("NOT agreed_is_na OR agreed_value IS NULL", name="agreed_na_has_no_value"),
        CheckConstraint("(agreed_value IS NULL) = (agreed_points IS NULL)", name="agreed_value_has_points"),
        CheckConstraint("NOT final_is_na OR final_points IS NULL", name="final_na_has_no_points"),
        CheckConstraint("source <> 'counted' OR counted_at IS NOT NULL", name="counted_has_moment"),
    )

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"))

    value: Mapped[Decimal | None] = mapped_column(Exact(2))
    points: Mapped[Decimal | None] = mapped_column(Exact(2))
    is_na: Mapped[bool] = mapped_column(default=False)
    na_reason: Mapped[str] = mapped_column(default="")
    comment: Mapped[str] = mapped_column(default="")
    source: Mapped[ScoreSource] = mapped_column(stored_by_value(ScoreSource), default=ScoreSource.TYPED)
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("criterion_score.id"))
    # What the system counted; the unit may dispute it with a reason and give its own value.
    counted_value: Mapped[Decimal | None] = mapped_column(Exact(2))
    counted_at: Mapped[datetime | None]
    dispute_reason: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(default="")

    checked_value: Mapped[Decimal | None] = mapped_column(Exact(2))
    checked_points: Mapped[Decimal | None] = mapped_column(Exact(2))
    checked_is_na: Mapped[bool] = mapped_column(default=False)
    checked_comment: Mapped[str] = mapped_column(default="")
    checked_by: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None]

    agreed_value: Mapped[Decimal | None] = mapped_column(Exact(2))
    agreed_points: Mapped[Decimal | None] = mapped_column(Exact(2))
    agreed_is_na: Mapped[bool] = mapped_column(default=False)
    agreed_comment: Mapped[str] = mapped_column(default="")
    agreed_by: Mapped[str] = mapped_column(default="")
    agreed_at: Mapped[datetime | None]

    final_points: Mapped[Decimal | None] = mapped_column(Exact(2))
    final_is_na: Mapped[bool] = mapped_column(default=False)
    # Of the last return; the unit sees it until the sheet is accepted.
    remark: Mapped[str] = mapped_column(default="")

    # How the journal calls it: the code of its criterion, told by whoever writes it. No column, hence no annotation.
    if TYPE_CHECKING:
        label: str
    else:
        label = ""


class ScoreEvidence(Identified, OwnedByUnit, Audited, Base):
    """Which proof an answer rests on."""

    __tablename__ = "score_evidence"
    __table_args__ = (*scope_key("score_evidence"), UniqueConstraint("score_id", "evidence_id"))

    score_id: Mapped[int] = mapped_column(ForeignKey("criterion_score.id"))
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)


class AssessmentApproval(Identified, OwnedByUnit, Base):
    """A canonical snapshot of the sheet as it was approved. Triggers refuse to change or delete what it says."""

    __tablename__ = "assessment_approval"
    __table_args__ = (
        *scope_key("assessment_approval"),
        UniqueConstraint("assessment_id", "number"),
        CheckConstraint("length(digest) = 64", name="digest"),
        CheckConstraint("(number = 1) = (previous_digest = '')", name="chained"),
        Index("ix_assessment_approval_code", "code"),
    )

    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"))
    number: Mapped[int] = mapped_column(default=1)
    # UTF-8 JSON with sorted keys and no spaces: these bytes are what `digest` (SHA-256, hexadecimal) is of.
    canonical: Mapped[str]
    digest: Mapped[str]
    previous_digest: Mapped[str] = mapped_column(default="")
    # The short code on the printed sheet, from the digest.
    code: Mapped[str]
    approved_at: Mapped[datetime]
    approved_by: Mapped[str]
