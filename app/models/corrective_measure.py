"""What is done about findings: by whom, until when, with what proof, and whether it helped."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.models.base import Audited, Base, Exact, Identified, Versioned, stored_by_value
from app.models.enumeration import Metric
from app.models.enumeration_of_measures import EffectVerdict, FigureSource, MeasurePriority, MeasureStatus
from app.models.scoped import OwnedByUnit, ScopeColumns, SharedInRegion, scope_key
from app.models.search_text import folded

# Something is still to be done.
LIVE_STATUSES = frozenset({MeasureStatus.PLANNED, MeasureStatus.IN_PROGRESS, MeasureStatus.NOT_VERIFIED})
# The unit that carries it out, or those above, may still change what it says.
EDITABLE_STATUSES = LIVE_STATUSES


class MeasureTemplate(Identified, SharedInRegion, Versioned, Audited, Base):
    """A measure ready to be taken against a weakness by one criterion, in every edition of its set."""

    __tablename__ = "measure_template"
    __table_args__ = (
        *scope_key("measure_template"),
        UniqueConstraint("org_unit_id", "criterion_code", "title"),
        CheckConstraint("title <> '' AND criterion_code <> ''", name="named"),
        CheckConstraint("days BETWEEN 1 AND 1095", name="days"),
    )

    criterion_code: Mapped[str]
    title: Mapped[str]
    expected_result: Mapped[str] = mapped_column(default="")
    # From the day of planning to the term.
    days: Mapped[int] = mapped_column(default=90)
    responsible_position: Mapped[str] = mapped_column(default="")
    target: Mapped[Decimal | None] = mapped_column(Exact(2))
    is_active: Mapped[bool] = mapped_column(default=True)

    @property
    def label(self) -> str:
        return self.title


class CorrectiveMeasure(Identified, ScopeColumns, Versioned, Audited, Base):
    """Its unit carries it out; it is also seen by the units that it is for (`MeasureUnit`).

    The control figure runs «было → цель → стало»; where it is the points of a criterion or a metric, the system fills
    it in: the mean over the units that the measure is for.
    """

    __tablename__ = "corrective_measure"
    __unaudited__ = frozenset({"search"})
    __table_args__ = (
        *scope_key("corrective_measure"),
        UniqueConstraint("id", "org_unit_id", "region_id", "municipality_id", name="uq_corrective_measure_scope"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("starts_on IS NULL OR starts_on <= due_on", name="dates"),
        CheckConstraint(
            "(status IN ('done', 'verified')) = (done_on IS NOT NULL)",
            name="done_has_day",
        ),
        CheckConstraint("done_on IS NULL OR finished_by_id IS NOT NULL", name="done_by_somebody"),
        CheckConstraint("(status = 'verified') = (verified_on IS NOT NULL)", name="verified_has_day"),
        CheckConstraint("status <> 'cancelled' OR closing_reason <> ''", name="cancelled_has_reason"),
        CheckConstraint("status <> 'not_verified' OR remark <> ''", name="refused_has_remark"),
        CheckConstraint("(figure_source = 'none') = (figure_name = '')", name="figure_is_named"),
        CheckConstraint("(figure_source = 'criterion') = (criterion_code <> '')", name="figure_of_criterion"),
        CheckConstraint("(criterion_code = '') = (base_round_id IS NULL)", name="criterion_of_round"),
        CheckConstraint("(figure_source = 'metric') = (metric IS NOT NULL)", name="figure_of_metric"),
        CheckConstraint(
            "figure_source <> 'none' OR (figure_before IS NULL AND figure_target IS NULL AND figure_after IS NULL)",
            name="no_figure_no_values",
        ),
        CheckConstraint(
            "done_on IS NULL OR figure_source = 'none' OR figure_after IS NOT NULL", name="done_has_figure"
        ),
        CheckConstraint(
            "(effect IS NULL) = (effect_on IS NULL) AND (effect IS NULL OR status = 'verified')", name="effect_has_day"
        ),
        Index("ix_corrective_measure_region_due", "region_id", "due_on", "id"),
        Index("ix_corrective_measure_municipality_due", "municipality_id", "due_on", "id"),
        Index("ix_corrective_measure_unit_due", "org_unit_id", "due_on", "id"),
        Index("ix_corrective_measure_region_status", "region_id", "municipality_id", "status"),
        Index("ix_corrective_measure_criterion", "region_id", "criterion_code"),
        Index("ix_corrective_measure_point", "order_point_id"),
    )

    title: Mapped[str]
    expected_result: Mapped[str] = mapped_column(default="")
    priority: Mapped[MeasurePriority] = mapped_column(stored_by_value(MeasurePriority), default=MeasurePriority.NORMAL)
    # A person and their position, as they stand in the plan on paper.
    responsible: Mapped[str] = mapped_column(default="")
    responsible_position: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date | None]
    due_on: Mapped[date]
    status: Mapped[MeasureStatus] = mapped_column(stored_by_value(MeasureStatus), default=MeasureStatus.PLANNED)

    figure_source: Mapped[FigureSource] = mapped_column(stored_by_value(FigureSource), default=FigureSource.NONE)
    figure_name: Mapped[str] = mapped_column(default="")
    criterion_code: Mapped[str] = mapped_column(default="")
    # The round in which the weakness was seen: «было» is of it, the effect is looked for in the rounds after it.
    base_round_id: Mapped[int | None] = mapped_column(ForeignKey("monitoring_round.id"))
    metric: Mapped[Metric | None] = mapped_column(stored_by_value(Metric))
    figure_before: Mapped[Decimal | None] = mapped_column(Exact(2))
    figure_target: Mapped[Decimal | None] = mapped_column(Exact(2))
    figure_after: Mapped[Decimal | None] = mapped_column(Exact(2))

    template_id: Mapped[int | None] = mapped_column(ForeignKey("measure_template.id"))
    order_point_id: Mapped[int | None] = mapped_column(ForeignKey("order_point.id", ondelete="SET NULL"))
    training_requirement_id: Mapped[int | None] = mapped_column(
        ForeignKey("training_requirement.id", ondelete="SET NULL"), index=True
    )
    training_group_id: Mapped[int | None] = mapped_column(
        ForeignKey("training_group.id", ondelete="SET NULL"), index=True
    )

    made_by_unit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("org_unit.id"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    made_by: Mapped[str]
    made_on: Mapped[date]
    finished_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    finished_by: Mapped[str] = mapped_column(default="")
    # The day on which it was really done, and what was done.
    done_on: Mapped[date | None]
    done_note: Mapped[str] = mapped_column(default="")
    verified_on: Mapped[date | None]
    verified_by: Mapped[str] = mapped_column(default="")
    # Of the last refusal; the unit sees it until the measure is done again.
    remark: Mapped[str] = mapped_column(default="")
    closing_reason: Mapped[str] = mapped_column(default="")

    effect: Mapped[EffectVerdict | None] = mapped_column(stored_by_value(EffectVerdict))
    effect_on: Mapped[date | None]
    effect_round_id: Mapped[int | None] = mapped_column(ForeignKey("monitoring_round.id"))
    # The figures behind the verdict, as services/measure_effect.py writes them.
    effect_figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_demo: Mapped[bool] = mapped_column(default=False)
    search: Mapped[str] = mapped_column(default="")

    @validates("title", "responsible", "criterion_code")
    def _fold(self, key: str, value: str) -> str:
        parts = {"title": self.title, "responsible": self.responsible, "code": self.criterion_code}
        parts["code" if key == "criterion_code" else key] = value
        self.search = folded(*(part or "" for part in parts.values()))
        return value

    @property
    def label(self) -> str:
        return self.title

    def is_overdue(self, today: date) -> bool:
        return self.due_on < today and self.status in LIVE_STATUSES

    @property
    def was_late(self) -> bool:
        return self.done_on is not None and self.done_on > self.due_on


class MeasureUnit(Identified, OwnedByUnit, Audited, Base):
    """A unit whose weakness the measure is to mend; of a unit's own measure, the unit itself."""

    __tablename__ = "measure_unit"
    __table_args__ = (
        *scope_key("measure_unit"),
        UniqueConstraint("measure_id", "org_unit_id"),
        Index("ix_measure_unit_unit_measure", "org_unit_id", "measure_id"),
        Index("ix_measure_unit_municipality_measure", "municipality_id", "measure_id"),
    )

    measure_id: Mapped[int] = mapped_column(ForeignKey("corrective_measure.id", ondelete="CASCADE"))


class MeasureFinding(Identified, OwnedByUnit, Audited, Base):
    """Which finding the measure answers: the row is of the finding's unit."""

    __tablename__ = "measure_finding"
    __table_args__ = (
        *scope_key("measure_finding"),
        UniqueConstraint("measure_id", "finding_id"),
        ForeignKeyConstraint(
            ["finding_id", "org_unit_id", "region_id", "municipality_id"],
            ["finding.id", "finding.org_unit_id", "finding.region_id", "finding.municipality_id"],
            onupdate="CASCADE",
            name="fk_measure_finding_finding",
        ),
        Index("ix_measure_finding_finding", "finding_id"),
    )

    measure_id: Mapped[int] = mapped_column(ForeignKey("corrective_measure.id", ondelete="CASCADE"))
    finding_id: Mapped[int] = mapped_column(BigInteger)


class MeasureEvidence(Identified, OwnedByUnit, Audited, Base):
    """Which proof a measure rests on: a piece of the unit that carries the measure out."""

    __tablename__ = "measure_evidence"
    __table_args__ = (
        *scope_key("measure_evidence"),
        UniqueConstraint("measure_id", "evidence_id"),
        ForeignKeyConstraint(
            ["measure_id", "org_unit_id", "region_id", "municipality_id"],
            [
                "corrective_measure.id",
                "corrective_measure.org_unit_id",
                "corrective_measure.region_id",
                "corrective_measure.municipality_id",
            ],
            onupdate="CASCADE",
            name="fk_measure_evidence_measure",
        ),
    )

    measure_id: Mapped[int] = mapped_column(BigInteger)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), index=True)
