"""Monitoring: sets of criteria, rounds, assessment sheets, experts, analytical notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'


def upgrade() -> None:
    op.create_table('framework',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('based_on_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('status', sa.Enum('draft', 'published', 'retired', name='framework_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('caution', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_by', sa.String(), nullable=False),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'draft') = (published_at IS NULL)", name=op.f('ck_framework_published_has_moment')),
    sa.CheckConstraint("title <> ''", name=op.f('ck_framework_titled')),
    sa.CheckConstraint('edition >= 1', name=op.f('ck_framework_edition')),
    sa.ForeignKeyConstraint(['based_on_id'], ['framework.id'], name=op.f('fk_framework_based_on_id_framework')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_framework_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_framework')),
    sa.UniqueConstraint('org_unit_id', 'title', 'edition', name=op.f('uq_framework_org_unit_id_title_edition'))
    )
    with op.batch_alter_table('framework', schema=None) as batch_op:
        batch_op.create_index('ix_framework_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_framework_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_framework_region', ['region_id', 'id'], unique=False)

    op.create_table('framework_section',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('framework_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('description', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("title <> ''", name=op.f('ck_framework_section_titled')),
    sa.ForeignKeyConstraint(['framework_id'], ['framework.id'], name=op.f('fk_framework_section_framework_id_framework'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_framework_section')),
    sa.UniqueConstraint('framework_id', 'title', name=op.f('uq_framework_section_framework_id_title')),
    sa.UniqueConstraint('id', 'framework_id', name=op.f('uq_framework_section_id_framework_id'))
    )
    with op.batch_alter_table('framework_section', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_framework_section_framework_id'), ['framework_id'], unique=False)

    op.create_table('level_band',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('framework_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('from_share', sa.BigInteger(), nullable=False),
    sa.CheckConstraint("name <> ''", name=op.f('ck_level_band_named')),
    sa.CheckConstraint('from_share BETWEEN 0 AND 10000', name=op.f('ck_level_band_share')),
    sa.ForeignKeyConstraint(['framework_id'], ['framework.id'], name=op.f('fk_level_band_framework_id_framework'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_level_band')),
    sa.UniqueConstraint('framework_id', 'from_share', name=op.f('uq_level_band_framework_id_from_share')),
    sa.UniqueConstraint('framework_id', 'name', name=op.f('uq_level_band_framework_id_name'))
    )
    with op.batch_alter_table('level_band', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_level_band_framework_id'), ['framework_id'], unique=False)

    op.create_table('monitoring_round',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('framework_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('previous_round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('locks_on', sa.Date(), nullable=False),
    sa.Column('late_until', sa.Date(), nullable=True),
    sa.Column('status', sa.Enum('draft', 'open', 'closed', name='round_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('is_municipal', sa.Boolean(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name=op.f('ck_monitoring_round_closed_has_moment')),
    sa.CheckConstraint("(status = 'draft') = (opened_at IS NULL)", name=op.f('ck_monitoring_round_opened_has_moment')),
    sa.CheckConstraint("title <> ''", name=op.f('ck_monitoring_round_titled')),
    sa.CheckConstraint('late_until IS NULL OR late_until >= locks_on', name=op.f('ck_monitoring_round_late_window')),
    sa.CheckConstraint('opens_on <= due_on AND due_on <= locks_on', name=op.f('ck_monitoring_round_dates')),
    sa.CheckConstraint('previous_round_id IS NULL OR previous_round_id <> id', name=op.f('ck_monitoring_round_not_its_own_previous')),
    sa.ForeignKeyConstraint(['framework_id'], ['framework.id'], name=op.f('fk_monitoring_round_framework_id_framework')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_monitoring_round_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['previous_round_id'], ['monitoring_round.id'], name=op.f('fk_monitoring_round_previous_round_id_monitoring_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_monitoring_round'))
    )
    with op.batch_alter_table('monitoring_round', schema=None) as batch_op:
        batch_op.create_index('ix_monitoring_round_framework', ['framework_id'], unique=False)
        batch_op.create_index('ix_monitoring_round_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_monitoring_round_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_monitoring_round_region', ['region_id', 'id'], unique=False)

    op.create_table('analytical_note',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('about_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint("title <> ''", name=op.f('ck_analytical_note_titled')),
    sa.CheckConstraint('length(digest) = 64', name=op.f('ck_analytical_note_digest')),
    sa.ForeignKeyConstraint(['about_id'], ['org_unit.id'], name=op.f('fk_analytical_note_about_id_org_unit')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_analytical_note_order_id_order'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_analytical_note_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['round_id'], ['monitoring_round.id'], name=op.f('fk_analytical_note_round_id_monitoring_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_analytical_note'))
    )
    with op.batch_alter_table('analytical_note', schema=None) as batch_op:
        batch_op.create_index('ix_analytical_note_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_analytical_note_order', ['order_id'], unique=False)
        batch_op.create_index('ix_analytical_note_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_analytical_note_region', ['region_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_analytical_note_round_id'), ['round_id'], unique=False)

    op.create_table('assessment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('sheet_kind', sa.Enum('region', 'municipality', 'school', 'provider', name='unit_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('status', sa.Enum('draft', 'submitted', 'returned', 'accepted', 'approved', 'excused', name='assessment_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('first_submitted_on', sa.Date(), nullable=True),
    sa.Column('submitted_on', sa.Date(), nullable=True),
    sa.Column('submitted_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('submitted_by', sa.String(), nullable=False),
    sa.Column('accepted_on', sa.Date(), nullable=True),
    sa.Column('accepted_by', sa.String(), nullable=False),
    sa.Column('approved_on', sa.Date(), nullable=True),
    sa.Column('approved_by', sa.String(), nullable=False),
    sa.Column('excused_reason', sa.String(), nullable=False),
    sa.Column('remark', sa.String(), nullable=False),
    sa.Column('stepped_in', sa.Boolean(), nullable=False),
    sa.Column('answered', sa.Integer(), nullable=False),
    sa.Column('to_answer', sa.Integer(), nullable=False),
    sa.Column('share', sa.BigInteger(), nullable=True),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('changed_after_approval', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'approved') = (approved_on IS NOT NULL)", name=op.f('ck_assessment_approved_has_day')),
    sa.CheckConstraint("(status = 'excused') = (excused_reason <> '')", name=op.f('ck_assessment_excused_has_reason')),
    sa.CheckConstraint("sheet_kind IN ('school', 'municipality')", name=op.f('ck_assessment_sheet_kind')),
    sa.CheckConstraint("status NOT IN ('accepted', 'approved') OR accepted_on IS NOT NULL", name=op.f('ck_assessment_accepted_has_day')),
    sa.CheckConstraint("status NOT IN ('submitted', 'accepted', 'approved') OR (submitted_on IS NOT NULL AND first_submitted_on IS NOT NULL)", name=op.f('ck_assessment_submitted_has_day')),
    sa.CheckConstraint('share IS NULL OR share BETWEEN 0 AND 1000000', name=op.f('ck_assessment_share')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_assessment_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['round_id'], ['monitoring_round.id'], name=op.f('fk_assessment_round_id_monitoring_round')),
    sa.ForeignKeyConstraint(['submitted_by_id'], ['user.id'], name=op.f('fk_assessment_submitted_by_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment')),
    sa.UniqueConstraint('round_id', 'org_unit_id', name=op.f('uq_assessment_round_id_org_unit_id'))
    )
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.create_index('ix_assessment_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_assessment_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_assessment_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_assessment_region_status', ['region_id', 'municipality_id', 'status'], unique=False)
        batch_op.create_index('ix_assessment_round', ['round_id', 'municipality_id', 'status'], unique=False)

    op.create_table('criterion',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('framework_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('section_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('guidance', sa.String(), nullable=False),
    sa.Column('scale', sa.Enum('yes_no', 'graded', 'share', 'number', 'choice', name='scale_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('max_points', sa.BigInteger(), nullable=False),
    sa.Column('weight', sa.BigInteger(), nullable=False),
    sa.Column('measure', sa.String(), nullable=False),
    sa.Column('evidence_required', sa.Boolean(), nullable=False),
    sa.Column('may_be_na', sa.Boolean(), nullable=False),
    sa.Column('for_schools', sa.Boolean(), nullable=False),
    sa.Column('for_municipalities', sa.Boolean(), nullable=False),
    sa.Column('small_schools', sa.Enum('any', 'only', 'except', name='small_schools', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('metric', sa.Enum('documents_published', 'calendar_balanced', 'head_trained', name='metric', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('rests_on_code', sa.String(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("code <> '' AND title <> ''", name=op.f('ck_criterion_named')),
    sa.CheckConstraint('for_schools OR for_municipalities', name=op.f('ck_criterion_for_somebody')),
    sa.CheckConstraint('max_points > 0', name=op.f('ck_criterion_max_points')),
    sa.CheckConstraint('weight > 0', name=op.f('ck_criterion_weight')),
    sa.ForeignKeyConstraint(['framework_id'], ['framework.id'], name=op.f('fk_criterion_framework_id_framework'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['section_id', 'framework_id'], ['framework_section.id', 'framework_section.framework_id'], name='fk_criterion_section', ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_criterion')),
    sa.UniqueConstraint('framework_id', 'code', name=op.f('uq_criterion_framework_id_code')),
    sa.UniqueConstraint('id', 'framework_id', name=op.f('uq_criterion_id_framework_id'))
    )
    with op.batch_alter_table('criterion', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_criterion_framework_id'), ['framework_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_criterion_section_id'), ['section_id'], unique=False)

    op.create_table('late_permit',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('until', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('granted_by', sa.String(), nullable=False),
    sa.CheckConstraint("reason <> ''", name=op.f('ck_late_permit_has_reason')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_late_permit_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['round_id'], ['monitoring_round.id'], name=op.f('fk_late_permit_round_id_monitoring_round')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_late_permit')),
    sa.UniqueConstraint('round_id', 'org_unit_id', name=op.f('uq_late_permit_round_id_org_unit_id'))
    )
    with op.batch_alter_table('late_permit', schema=None) as batch_op:
        batch_op.create_index('ix_late_permit_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_late_permit_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_late_permit_region', ['region_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_late_permit_round_id'), ['round_id'], unique=False)

    op.create_table('round_addressee',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('all_municipalities', 'all_schools', 'all_providers', 'schools_of', 'unit', 'except', name='addressee_clause_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("kind <> 'all_providers'", name=op.f('ck_round_addressee_no_providers')),
    sa.CheckConstraint("kind NOT IN ('schools_of', 'unit', 'except') OR org_unit_id IS NOT NULL", name=op.f('ck_round_addressee_names_unit')),
    sa.ForeignKeyConstraint(['org_unit_id'], ['org_unit.id'], name=op.f('fk_round_addressee_org_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['round_id'], ['monitoring_round.id'], name=op.f('fk_round_addressee_round_id_monitoring_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_round_addressee')),
    sa.UniqueConstraint('round_id', 'kind', 'org_unit_id', name=op.f('uq_round_addressee_round_id_kind_org_unit_id'))
    )
    with op.batch_alter_table('round_addressee', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_round_addressee_round_id'), ['round_id'], unique=False)

    op.create_table('round_date_change',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('round_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('what', sa.Enum('due_on', 'locks_on', 'late_until', name='round_date', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('before', sa.Date(), nullable=True),
    sa.Column('after', sa.Date(), nullable=False),
    sa.Column('act', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_by', sa.String(), nullable=False),
    sa.CheckConstraint("act <> ''", name=op.f('ck_round_date_change_has_act')),
    sa.CheckConstraint('before IS NULL OR after <> before', name=op.f('ck_round_date_change_moves')),
    sa.ForeignKeyConstraint(['round_id'], ['monitoring_round.id'], name=op.f('fk_round_date_change_round_id_monitoring_round'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_round_date_change'))
    )
    with op.batch_alter_table('round_date_change', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_round_date_change_round_id'), ['round_id'], unique=False)

    op.create_table('assessment_approval',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('canonical', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('previous_digest', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('approved_by', sa.String(), nullable=False),
    sa.CheckConstraint("(number = 1) = (previous_digest = '')", name=op.f('ck_assessment_approval_chained')),
    sa.CheckConstraint('length(digest) = 64', name=op.f('ck_assessment_approval_digest')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_assessment_approval_assessment_id_assessment')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_assessment_approval_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_assessment_approval')),
    sa.UniqueConstraint('assessment_id', 'number', name=op.f('uq_assessment_approval_assessment_id_number'))
    )
    with op.batch_alter_table('assessment_approval', schema=None) as batch_op:
        batch_op.create_index('ix_assessment_approval_code', ['code'], unique=False)
        batch_op.create_index('ix_assessment_approval_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_assessment_approval_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_assessment_approval_region', ['region_id', 'id'], unique=False)

    op.create_table('criterion_level',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('framework_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('criterion_id', sa.Integer(), nullable=False),
    sa.Column('threshold', sa.BigInteger(), nullable=False),
    sa.Column('points', sa.BigInteger(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('description', sa.String(), nullable=False),
    sa.CheckConstraint('points >= 0', name=op.f('ck_criterion_level_points')),
    sa.ForeignKeyConstraint(['criterion_id', 'framework_id'], ['criterion.id', 'criterion.framework_id'], name='fk_criterion_level_criterion', ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['framework_id'], ['framework.id'], name=op.f('fk_criterion_level_framework_id_framework'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_criterion_level')),
    sa.UniqueConstraint('criterion_id', 'threshold', name=op.f('uq_criterion_level_criterion_id_threshold'))
    )
    with op.batch_alter_table('criterion_level', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_criterion_level_criterion_id'), ['criterion_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_criterion_level_framework_id'), ['framework_id'], unique=False)

    op.create_table('criterion_score',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('criterion_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=True),
    sa.Column('points', sa.BigInteger(), nullable=True),
    sa.Column('is_na', sa.Boolean(), nullable=False),
    sa.Column('na_reason', sa.String(), nullable=False),
    sa.Column('comment', sa.String(), nullable=False),
    sa.Column('source', sa.Enum('typed', 'counted', 'carried', name='score_source', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('carried_from_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('counted_value', sa.BigInteger(), nullable=True),
    sa.Column('counted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('dispute_reason', sa.String(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_by', sa.String(), nullable=False),
    sa.Column('checked_value', sa.BigInteger(), nullable=True),
    sa.Column('checked_points', sa.BigInteger(), nullable=True),
    sa.Column('checked_is_na', sa.Boolean(), nullable=False),
    sa.Column('checked_comment', sa.String(), nullable=False),
    sa.Column('checked_by', sa.String(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('agreed_value', sa.BigInteger(), nullable=True),
    sa.Column('agreed_points', sa.BigInteger(), nullable=True),
    sa.Column('agreed_is_na', sa.Boolean(), nullable=False),
    sa.Column('agreed_comment', sa.String(), nullable=False),
    sa.Column('agreed_by', sa.String(), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('final_points', sa.BigInteger(), nullable=True),
    sa.Column('final_is_na', sa.Boolean(), nullable=False),
    sa.Column('remark', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("source <> 'counted' OR counted_at IS NOT NULL", name=op.f('ck_criterion_score_counted_has_moment')),
    sa.CheckConstraint('(agreed_value IS NULL) = (agreed_points IS NULL)', name=op.f('ck_criterion_score_agreed_value_has_points')),
    sa.CheckConstraint('(checked_value IS NULL) = (checked_points IS NULL)', name=op.f('ck_criterion_score_checked_value_has_points')),
    sa.CheckConstraint('(value IS NULL) = (points IS NULL)', name=op.f('ck_criterion_score_value_has_points')),
    sa.CheckConstraint('NOT agreed_is_na OR agreed_value IS NULL', name=op.f('ck_criterion_score_agreed_na_has_no_value')),
    sa.CheckConstraint('NOT checked_is_na OR checked_value IS NULL', name=op.f('ck_criterion_score_checked_na_has_no_value')),
    sa.CheckConstraint('NOT final_is_na OR final_points IS NULL', name=op.f('ck_criterion_score_final_na_has_no_points')),
    sa.CheckConstraint('NOT is_na OR value IS NULL', name=op.f('ck_criterion_score_na_has_no_value')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_criterion_score_assessment_id_assessment')),
    sa.ForeignKeyConstraint(['carried_from_id'], ['criterion_score.id'], name=op.f('fk_criterion_score_carried_from_id_criterion_score')),
    sa.ForeignKeyConstraint(['criterion_id'], ['criterion.id'], name=op.f('fk_criterion_score_criterion_id_criterion')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_criterion_score_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_criterion_score')),
    sa.UniqueConstraint('assessment_id', 'criterion_id', name=op.f('uq_criterion_score_assessment_id_criterion_id'))
    )
    with op.batch_alter_table('criterion_score', schema=None) as batch_op:
        batch_op.create_index('ix_criterion_score_criterion', ['criterion_id', 'municipality_id'], unique=False)
        batch_op.create_index('ix_criterion_score_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_criterion_score_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_criterion_score_region', ['region_id', 'id'], unique=False)

    op.create_table('expertise',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('assessment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('expert_name', sa.String(), nullable=False),
    sa.Column('status', sa.Enum('assigned', 'handed_in', name='expertise_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('assigned_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('assigned_by', sa.String(), nullable=False),
    sa.Column('handed_in_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('conclusion', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'handed_in') = (handed_in_at IS NOT NULL)", name=op.f('ck_expertise_handed_in_has_moment')),
    sa.ForeignKeyConstraint(['assessment_id'], ['assessment.id'], name=op.f('fk_expertise_assessment_id_assessment')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_expertise_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_expertise_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expertise')),
    sa.UniqueConstraint('assessment_id', 'user_id', name=op.f('uq_expertise_assessment_id_user_id'))
    )
    with op.batch_alter_table('expertise', schema=None) as batch_op:
        batch_op.create_index('ix_expertise_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_expertise_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_expertise_region', ['region_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_expertise_user_id'), ['user_id'], unique=False)

    op.create_table('expert_score',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('expertise_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('criterion_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('value', sa.BigInteger(), nullable=True),
    sa.Column('points', sa.BigInteger(), nullable=True),
    sa.Column('is_na', sa.Boolean(), nullable=False),
    sa.Column('comment', sa.String(), nullable=False),
    sa.CheckConstraint('(value IS NULL) = (points IS NULL)', name=op.f('ck_expert_score_value_has_points')),
    sa.CheckConstraint('NOT is_na OR value IS NULL', name=op.f('ck_expert_score_na_has_no_value')),
    sa.ForeignKeyConstraint(['criterion_id'], ['criterion.id'], name=op.f('fk_expert_score_criterion_id_criterion')),
    sa.ForeignKeyConstraint(['expertise_id'], ['expertise.id'], name=op.f('fk_expert_score_expertise_id_expertise'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_expert_score_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expert_score')),
    sa.UniqueConstraint('expertise_id', 'criterion_id', name=op.f('uq_expert_score_expertise_id_criterion_id'))
    )
    with op.batch_alter_table('expert_score', schema=None) as batch_op:
        batch_op.create_index('ix_expert_score_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_expert_score_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_expert_score_region', ['region_id', 'id'], unique=False)

    op.create_table('score_evidence',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('score_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_score_evidence_evidence_id_evidence')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_score_evidence_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['score_id'], ['criterion_score.id'], name=op.f('fk_score_evidence_score_id_criterion_score')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_score_evidence')),
    sa.UniqueConstraint('score_id', 'evidence_id', name=op.f('uq_score_evidence_score_id_evidence_id'))
    )
    with op.batch_alter_table('score_evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_score_evidence_evidence_id'), ['evidence_id'], unique=False)
        batch_op.create_index('ix_score_evidence_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_score_evidence_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_score_evidence_region', ['region_id', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('score_evidence', schema=None) as batch_op:
        batch_op.drop_index('ix_score_evidence_region')
        batch_op.drop_index('ix_score_evidence_org_unit')
        batch_op.drop_index('ix_score_evidence_municipality')
        batch_op.drop_index(batch_op.f('ix_score_evidence_evidence_id'))

    op.drop_table('score_evidence')
    with op.batch_alter_table('expert_score', schema=None) as batch_op:
        batch_op.drop_index('ix_expert_score_region')
        batch_op.drop_index('ix_expert_score_org_unit')
        batch_op.drop_index('ix_expert_score_municipality')

    op.drop_table('expert_score')
    with op.batch_alter_table('expertise', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_expertise_user_id'))
        batch_op.drop_index('ix_expertise_region')
        batch_op.drop_index('ix_expertise_org_unit')
        batch_op.drop_index('ix_expertise_municipality')

    op.drop_table('expertise')
    with op.batch_alter_table('criterion_score', schema=None) as batch_op:
        batch_op.drop_index('ix_criterion_score_region')
        batch_op.drop_index('ix_criterion_score_org_unit')
        batch_op.drop_index('ix_criterion_score_municipality')
        batch_op.drop_index('ix_criterion_score_criterion')

    op.drop_table('criterion_score')
    with op.batch_alter_table('criterion_level', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_criterion_level_framework_id'))
        batch_op.drop_index(batch_op.f('ix_criterion_level_criterion_id'))

    op.drop_table('criterion_level')
    with op.batch_alter_table('assessment_approval', schema=None) as batch_op:
        batch_op.drop_index('ix_assessment_approval_region')
        batch_op.drop_index('ix_assessment_approval_org_unit')
        batch_op.drop_index('ix_assessment_approval_municipality')
        batch_op.drop_index('ix_assessment_approval_code')

    op.drop_table('assessment_approval')
    with op.batch_alter_table('round_date_change', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_round_date_change_round_id'))

    op.drop_table('round_date_change')
    with op.batch_alter_table('round_addressee', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_round_addressee_round_id'))

    op.drop_table('round_addressee')
    with op.batch_alter_table('late_permit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_late_permit_round_id'))
        batch_op.drop_index('ix_late_permit_region')
        batch_op.drop_index('ix_late_permit_org_unit')
        batch_op.drop_index('ix_late_permit_municipality')

    op.drop_table('late_permit')
    with op.batch_alter_table('criterion', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_criterion_section_id'))
        batch_op.drop_index(batch_op.f('ix_criterion_framework_id'))

    op.drop_table('criterion')
    with op.batch_alter_table('assessment', schema=None) as batch_op:
        batch_op.drop_index('ix_assessment_round')
        batch_op.drop_index('ix_assessment_region_status')
        batch_op.drop_index('ix_assessment_region')
        batch_op.drop_index('ix_assessment_org_unit')
        batch_op.drop_index('ix_assessment_municipality')

    op.drop_table('assessment')
    with op.batch_alter_table('analytical_note', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_analytical_note_round_id'))
        batch_op.drop_index('ix_analytical_note_region')
        batch_op.drop_index('ix_analytical_note_org_unit')
        batch_op.drop_index('ix_analytical_note_order')
        batch_op.drop_index('ix_analytical_note_municipality')

    op.drop_table('analytical_note')
    with op.batch_alter_table('monitoring_round', schema=None) as batch_op:
        batch_op.drop_index('ix_monitoring_round_region')
        batch_op.drop_index('ix_monitoring_round_org_unit')
        batch_op.drop_index('ix_monitoring_round_municipality')
        batch_op.drop_index('ix_monitoring_round_framework')

    op.drop_table('monitoring_round')
    with op.batch_alter_table('level_band', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_level_band_framework_id'))

    op.drop_table('level_band')
    with op.batch_alter_table('framework_section', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_framework_section_framework_id'))

    op.drop_table('framework_section')
    with op.batch_alter_table('framework', schema=None) as batch_op:
        batch_op.drop_index('ix_framework_region')
        batch_op.drop_index('ix_framework_org_unit')
        batch_op.drop_index('ix_framework_municipality')

    op.drop_table('framework')
