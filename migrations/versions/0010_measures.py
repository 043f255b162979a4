"""Findings, causes, corrective measures, templates, letters; the last day of a proof."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0010'
down_revision = '0009'


def upgrade() -> None:
    op.create_table('finding_cause',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("title <> ''", name=op.f('ck_finding_cause_titled')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_finding_cause_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding_cause')),
    sa.UniqueConstraint('org_unit_id', 'title', name=op.f('uq_finding_cause_org_unit_id_title'))
    )
    with op.batch_alter_table('finding_cause', schema=None) as batch_op:
        batch_op.create_index('ix_finding_cause_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_finding_cause_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_finding_cause_region', ['region_id', 'id'], unique=False)

    op.create_table('letter_template',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Enum('answer', 'weaknesses', name='letter_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('uploaded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uploaded_by', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('length(digest) = 64', name=op.f('ck_letter_template_digest')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_letter_template_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_template')),
    sa.UniqueConstraint('org_unit_id', 'kind', name=op.f('uq_letter_template_org_unit_id_kind'))
    )
    with op.batch_alter_table('letter_template', schema=None) as batch_op:
        batch_op.create_index('ix_letter_template_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_letter_template_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_letter_template_region', ['region_id', 'id'], unique=False)

    op.create_table('measure_template',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('criterion_code', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('expected_result', sa.String(), nullable=False),
    sa.Column('days', sa.Integer(), nullable=False),
    sa.Column('responsible_position', sa.String(), nullable=False),
    sa.Column('target', sa.BigInteger(), nullable=True),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("title <> '' AND criterion_code <> ''", name=op.f('ck_measure_template_named')),
    sa.CheckConstraint('days BETWEEN 1 AND 1095', name=op.f('ck_measure_template_days')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_measure_template_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measure_template')),
    sa.UniqueConstraint('org_unit_id', 'criterion_code', 'title', name=op.f('uq_measure_template_org_unit_id_criterion_code_title'))
    )
    with op.batch_alter_table('measure_template', schema=None) as batch_op:
        batch_op.create_index('ix_measure_template_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_measure_template_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_measure_template_region', ['region_id', 'id'], unique=False)

    op.create_table('corrective_measure',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('expected_result', sa.String(), nullable=False),
    sa.Column('priority', sa.Enum('high', 'normal', 'low', name='measure_priority', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('responsible', sa.String(), nullable=False),
    sa.Column('responsible_position', sa.String(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('status', sa.Enum('planned', 'in_progress', 'done', 'verified', 'not_verified', 'cancelled', name='measure_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('figure_source', sa.Enum('none', 'criterion', 'metric', 'typed', name='figure_source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('figure_name', sa.String(), nullable=False),
    sa.Column('criterion_code', sa.String(), nullable=False),
    sa.Column('base_round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('metric', sa.Enum('documents_published', 'calendar_balanced', 'head_trained', name='metric', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('figure_before', sa.BigInteger(), nullable=True),
    sa.Column('figure_target', sa.BigInteger(), nullable=True),
    sa.Column('figure_after', sa.BigInteger(), nullable=True),
    sa.Column('template_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('order_point_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('training_requirement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('training_group_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('made_by_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('made_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('finished_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('finished_by', sa.String(), nullable=False),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('done_note', sa.String(), nullable=False),
    sa.Column('verified_on', sa.Date(), nullable=True),
    sa.Column('verified_by', sa.String(), nullable=False),
    sa.Column('remark', sa.String(), nullable=False),
    sa.Column('closing_reason', sa.String(), nullable=False),
    sa.Column('effect', sa.Enum('helped', 'not_seen', 'too_little', name='effect_verdict', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('effect_on', sa.Date(), nullable=True),
    sa.Column('effect_round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('effect_figures', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(criterion_code = '') = (base_round_id IS NULL)", name=op.f('ck_corrective_measure_criterion_of_round')),
    sa.CheckConstraint("(effect IS NULL) = (effect_on IS NULL) AND (effect IS NULL OR status = 'verified')", name=op.f('ck_corrective_measure_effect_has_day')),
    sa.CheckConstraint("(figure_source = 'criterion') = (criterion_code <> '')", name=op.f('ck_corrective_measure_figure_of_criterion')),
    sa.CheckConstraint("(figure_source = 'metric') = (metric IS NOT NULL)", name=op.f('ck_corrective_measure_figure_of_metric')),
    sa.CheckConstraint("(figure_source = 'none') = (figure_name = '')", name=op.f('ck_corrective_measure_figure_is_named')),
    sa.CheckConstraint("(status = 'verified') = (verified_on IS NOT NULL)", name=op.f('ck_corrective_measure_verified_has_day')),
    sa.CheckConstraint("(status IN ('done', 'verified')) = (done_on IS NOT NULL)", name=op.f('ck_corrective_measure_done_has_day')),
    sa.CheckConstraint("done_on IS NULL OR figure_source = 'none' OR figure_after IS NOT NULL", name=op.f('ck_corrective_measure_done_has_figure')),
    sa.CheckConstraint("figure_source <> 'none' OR (figure_before IS NULL AND figure_target IS NULL AND figure_after IS NULL)", name=op.f('ck_corrective_measure_no_figure_no_values')),
    sa.CheckConstraint("status <> 'cancelled' OR closing_reason <> ''", name=op.f('ck_corrective_measure_cancelled_has_reason')),
    sa.CheckConstraint("status <> 'not_verified' OR remark <> ''", name=op.f('ck_corrective_measure_refused_has_remark')),
    sa.CheckConstraint("title <> ''", name=op.f('ck_corrective_measure_titled')),
    sa.CheckConstraint('done_on IS NULL OR finished_by_id IS NOT NULL', name=op.f('ck_corrective_measure_done_by_somebody')),
    sa.CheckConstraint('starts_on IS NULL OR starts_on <= due_on', name=op.f('ck_corrective_measure_dates')),
    sa.ForeignKeyConstraint(['base_round_id'], ['monitoring_round.id'], name=op.f('fk_corrective_measure_base_round_id_monitoring_round')),
    sa.ForeignKeyConstraint(['effect_round_id'], ['monitoring_round.id'], name=op.f('fk_corrective_measure_effect_round_id_monitoring_round')),
    sa.ForeignKeyConstraint(['finished_by_id'], ['user.id'], name=op.f('fk_corrective_measure_finished_by_id_user')),
    sa.ForeignKeyConstraint(['made_by_id'], ['user.id'], name=op.f('fk_corrective_measure_made_by_id_user')),
    sa.ForeignKeyConstraint(['made_by_unit_id'], ['org_unit.id'], name=op.f('fk_corrective_measure_made_by_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['order_point_id'], ['order_point.id'], name=op.f('fk_corrective_measure_order_point_id_order_point'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_corrective_measure_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['template_id'], ['measure_template.id'], name=op.f('fk_corrective_measure_template_id_measure_template')),
    sa.ForeignKeyConstraint(['training_group_id'], ['training_group.id'], name=op.f('fk_corrective_measure_training_group_id_training_group'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['training_requirement_id'], ['training_requirement.id'], name=op.f('fk_corrective_measure_training_requirement_id_training_requirement'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_corrective_measure')),
    sa.UniqueConstraint('id', 'org_unit_id', 'region_id', 'municipality_id', name='uq_corrective_measure_scope')
    )
    with op.batch_alter_table('corrective_measure', schema=None) as batch_op:
        batch_op.create_index('ix_corrective_measure_criterion', ['region_id', 'criterion_code'], unique=False)
        batch_op.create_index('ix_corrective_measure_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_corrective_measure_municipality_due', ['municipality_id', 'due_on', 'id'], unique=False)
        batch_op.create_index('ix_corrective_measure_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_corrective_measure_point', ['order_point_id'], unique=False)
        batch_op.create_index('ix_corrective_measure_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_corrective_measure_region_due', ['region_id', 'due_on', 'id'], unique=False)
        batch_op.create_index('ix_corrective_measure_region_status', ['region_id', 'municipality_id', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_corrective_measure_training_group_id'), ['training_group_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_corrective_measure_training_requirement_id'), ['training_requirement_id'], unique=False)
        batch_op.create_index('ix_corrective_measure_unit_due', ['org_unit_id', 'due_on', 'id'], unique=False)

    op.create_table('finding',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.Enum('criterion', 'calendar', 'assignment', 'inspection', 'manual', name='finding_source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('score_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('criterion_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('criterion_code', sa.String(), nullable=False),
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('assignment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('ground', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('severity', sa.Enum('minor', 'major', 'critical', name='finding_severity', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('cause_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('whys', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('found_on', sa.Date(), nullable=False),
    sa.Column('found_by_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('found_by', sa.String(), nullable=False),
    sa.Column('status', sa.Enum('open', 'resolved', 'dismissed', name='finding_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('resolved_on', sa.Date(), nullable=True),
    sa.Column('closed_by', sa.String(), nullable=False),
    sa.Column('closing_reason', sa.String(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(score_id IS NULL) = (criterion_id IS NULL) AND (score_id IS NULL) = (round_id IS NULL) AND (score_id IS NULL) = (criterion_code = '')", name=op.f('ck_finding_score_is_told_whole')),
    sa.CheckConstraint("(source = 'assignment') = (assignment_id IS NOT NULL)", name=op.f('ck_finding_assignment_is_named')),
    sa.CheckConstraint("(source = 'criterion') = (score_id IS NOT NULL)", name=op.f('ck_finding_criterion_has_score')),
    sa.CheckConstraint("(status = 'resolved') = (resolved_on IS NOT NULL)", name=op.f('ck_finding_resolved_has_day')),
    sa.CheckConstraint("source NOT IN ('inspection', 'calendar') OR ground <> ''", name=op.f('ck_finding_outside_has_ground')),
    sa.CheckConstraint("status <> 'dismissed' OR closing_reason <> ''", name=op.f('ck_finding_dismissed_has_reason')),
    sa.CheckConstraint("text <> ''", name=op.f('ck_finding_worded')),
    sa.ForeignKeyConstraint(['assignment_id'], ['assignment.id'], name=op.f('fk_finding_assignment_id_assignment')),
    sa.ForeignKeyConstraint(['cause_id'], ['finding_cause.id'], name=op.f('fk_finding_cause_id_finding_cause')),
    sa.ForeignKeyConstraint(['criterion_id'], ['criterion.id'], name=op.f('fk_finding_criterion_id_criterion')),
    sa.ForeignKeyConstraint(['found_by_unit_id'], ['org_unit.id'], name=op.f('fk_finding_found_by_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_finding_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['round_id'], ['monitoring_round.id'], name=op.f('fk_finding_round_id_monitoring_round')),
    sa.ForeignKeyConstraint(['score_id'], ['criterion_score.id'], name=op.f('fk_finding_score_id_criterion_score')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
    sa.UniqueConstraint('id', 'org_unit_id', 'region_id', 'municipality_id', name='uq_finding_scope')
    )
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.create_index('ix_finding_cause', ['cause_id'], unique=False)
        batch_op.create_index('ix_finding_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_finding_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_finding_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_finding_region_status', ['region_id', 'municipality_id', 'status'], unique=False)
        batch_op.create_index('ix_finding_round_criterion', ['round_id', 'criterion_id', 'municipality_id'], unique=False)
        batch_op.create_index('uq_finding_assignment', ['assignment_id'], unique=True, sqlite_where=sa.text("status <> 'dismissed'"), postgresql_where=sa.text("status <> 'dismissed'"))
        batch_op.create_index('uq_finding_score', ['score_id'], unique=True, sqlite_where=sa.text("status <> 'dismissed'"), postgresql_where=sa.text("status <> 'dismissed'"))

    op.create_table('measure_evidence',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('measure_id', sa.BigInteger(), nullable=False),
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_measure_evidence_evidence_id_evidence')),
    sa.ForeignKeyConstraint(['measure_id', 'org_unit_id', 'region_id', 'municipality_id'], ['corrective_measure.id', 'corrective_measure.org_unit_id', 'corrective_measure.region_id', 'corrective_measure.municipality_id'], name='fk_measure_evidence_measure', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_measure_evidence_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measure_evidence')),
    sa.UniqueConstraint('measure_id', 'evidence_id', name=op.f('uq_measure_evidence_measure_id_evidence_id'))
    )
    with op.batch_alter_table('measure_evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_measure_evidence_evidence_id'), ['evidence_id'], unique=False)
        batch_op.create_index('ix_measure_evidence_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_measure_evidence_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_measure_evidence_region', ['region_id', 'id'], unique=False)

    op.create_table('measure_unit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('measure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['measure_id'], ['corrective_measure.id'], name=op.f('fk_measure_unit_measure_id_corrective_measure'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_measure_unit_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measure_unit')),
    sa.UniqueConstraint('measure_id', 'org_unit_id', name=op.f('uq_measure_unit_measure_id_org_unit_id'))
    )
    with op.batch_alter_table('measure_unit', schema=None) as batch_op:
        batch_op.create_index('ix_measure_unit_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_measure_unit_municipality_measure', ['municipality_id', 'measure_id'], unique=False)
        batch_op.create_index('ix_measure_unit_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_measure_unit_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_measure_unit_unit_measure', ['org_unit_id', 'measure_id'], unique=False)

    op.create_table('answer_letter',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('report_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('dated_on', sa.Date(), nullable=True),
    sa.Column('addressee', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.Column('signatory_position', sa.String(), nullable=False),
    sa.Column('signatory_name', sa.String(), nullable=False),
    sa.Column('executor', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_answer_letter_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['report_id'], ['assignment_report.id'], name=op.f('fk_answer_letter_report_id_assignment_report')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_answer_letter')),
    sa.UniqueConstraint('report_id', name=op.f('uq_answer_letter_report_id'))
    )
    with op.batch_alter_table('answer_letter', schema=None) as batch_op:
        batch_op.create_index('ix_answer_letter_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_answer_letter_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_answer_letter_region', ['region_id', 'id'], unique=False)

    op.create_table('finding_point',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('finding_id', sa.BigInteger(), nullable=False),
    sa.Column('order_point_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['finding_id', 'org_unit_id', 'region_id', 'municipality_id'], ['finding.id', 'finding.org_unit_id', 'finding.region_id', 'finding.municipality_id'], name='fk_finding_point_finding', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['order_point_id'], ['order_point.id'], name=op.f('fk_finding_point_order_point_id_order_point'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_finding_point_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding_point')),
    sa.UniqueConstraint('finding_id', 'order_point_id', name=op.f('uq_finding_point_finding_id_order_point_id'))
    )
    with op.batch_alter_table('finding_point', schema=None) as batch_op:
        batch_op.create_index('ix_finding_point_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_finding_point_order_point_id'), ['order_point_id'], unique=False)
        batch_op.create_index('ix_finding_point_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_finding_point_region', ['region_id', 'id'], unique=False)

    op.create_table('measure_finding',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('measure_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('finding_id', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['finding_id', 'org_unit_id', 'region_id', 'municipality_id'], ['finding.id', 'finding.org_unit_id', 'finding.region_id', 'finding.municipality_id'], name='fk_measure_finding_finding', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['measure_id'], ['corrective_measure.id'], name=op.f('fk_measure_finding_measure_id_corrective_measure'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_measure_finding_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measure_finding')),
    sa.UniqueConstraint('measure_id', 'finding_id', name=op.f('uq_measure_finding_measure_id_finding_id'))
    )
    with op.batch_alter_table('measure_finding', schema=None) as batch_op:
        batch_op.create_index('ix_measure_finding_finding', ['finding_id'], unique=False)
        batch_op.create_index('ix_measure_finding_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_measure_finding_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_measure_finding_region', ['region_id', 'id'], unique=False)

    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.add_column(sa.Column('valid_until', sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('evidence', schema=None) as batch_op:
        batch_op.drop_column('valid_until')

    with op.batch_alter_table('measure_finding', schema=None) as batch_op:
        batch_op.drop_index('ix_measure_finding_region')
        batch_op.drop_index('ix_measure_finding_org_unit')
        batch_op.drop_index('ix_measure_finding_municipality')
        batch_op.drop_index('ix_measure_finding_finding')

    op.drop_table('measure_finding')
    with op.batch_alter_table('finding_point', schema=None) as batch_op:
        batch_op.drop_index('ix_finding_point_region')
        batch_op.drop_index('ix_finding_point_org_unit')
        batch_op.drop_index(batch_op.f('ix_finding_point_order_point_id'))
        batch_op.drop_index('ix_finding_point_municipality')

    op.drop_table('finding_point')
    with op.batch_alter_table('answer_letter', schema=None) as batch_op:
        batch_op.drop_index('ix_answer_letter_region')
        batch_op.drop_index('ix_answer_letter_org_unit')
        batch_op.drop_index('ix_answer_letter_municipality')

    op.drop_table('answer_letter')
    with op.batch_alter_table('measure_unit', schema=None) as batch_op:
        batch_op.drop_index('ix_measure_unit_unit_measure')
        batch_op.drop_index('ix_measure_unit_region')
        batch_op.drop_index('ix_measure_unit_org_unit')
        batch_op.drop_index('ix_measure_unit_municipality_measure')
        batch_op.drop_index('ix_measure_unit_municipality')

    op.drop_table('measure_unit')
    with op.batch_alter_table('measure_evidence', schema=None) as batch_op:
        batch_op.drop_index('ix_measure_evidence_region')
        batch_op.drop_index('ix_measure_evidence_org_unit')
        batch_op.drop_index('ix_measure_evidence_municipality')
        batch_op.drop_index(batch_op.f('ix_measure_evidence_evidence_id'))

    op.drop_table('measure_evidence')
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.drop_index('uq_finding_score', sqlite_where=sa.text("status <> 'dismissed'"), postgresql_where=sa.text("status <> 'dismissed'"))
        batch_op.drop_index('uq_finding_assignment', sqlite_where=sa.text("status <> 'dismissed'"), postgresql_where=sa.text("status <> 'dismissed'"))
        batch_op.drop_index('ix_finding_round_criterion')
        batch_op.drop_index('ix_finding_region_status')
        batch_op.drop_index('ix_finding_region')
        batch_op.drop_index('ix_finding_org_unit')
        batch_op.drop_index('ix_finding_municipality')
        batch_op.drop_index('ix_finding_cause')

    op.drop_table('finding')
    with op.batch_alter_table('corrective_measure', schema=None) as batch_op:
        batch_op.drop_index('ix_corrective_measure_unit_due')
        batch_op.drop_index(batch_op.f('ix_corrective_measure_training_requirement_id'))
        batch_op.drop_index(batch_op.f('ix_corrective_measure_training_group_id'))
        batch_op.drop_index('ix_corrective_measure_region_status')
        batch_op.drop_index('ix_corrective_measure_region_due')
        batch_op.drop_index('ix_corrective_measure_region')
        batch_op.drop_index('ix_corrective_measure_point')
        batch_op.drop_index('ix_corrective_measure_org_unit')
        batch_op.drop_index('ix_corrective_measure_municipality_due')
        batch_op.drop_index('ix_corrective_measure_municipality')
        batch_op.drop_index('ix_corrective_measure_criterion')

    op.drop_table('corrective_measure')
    with op.batch_alter_table('measure_template', schema=None) as batch_op:
        batch_op.drop_index('ix_measure_template_region')
        batch_op.drop_index('ix_measure_template_org_unit')
        batch_op.drop_index('ix_measure_template_municipality')

    op.drop_table('measure_template')
    with op.batch_alter_table('letter_template', schema=None) as batch_op:
        batch_op.drop_index('ix_letter_template_region')
        batch_op.drop_index('ix_letter_template_org_unit')
        batch_op.drop_index('ix_letter_template_municipality')

    op.drop_table('letter_template')
    with op.batch_alter_table('finding_cause', schema=None) as batch_op:
        batch_op.drop_index('ix_finding_cause_region')
        batch_op.drop_index('ix_finding_cause_org_unit')
        batch_op.drop_index('ix_finding_cause_municipality')

    op.drop_table('finding_cause')
