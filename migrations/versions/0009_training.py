"""Staff, programmes, training groups, enrolments, certificates, requirements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'


def upgrade() -> None:
    op.create_table('staff_member',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('last_name', sa.String(), nullable=False),
    sa.Column('first_name', sa.String(), nullable=False),
    sa.Column('patronymic', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('is_working', sa.Boolean(), nullable=False),
    sa.Column('has_snils', sa.Boolean(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('name_key', sa.String(), nullable=False),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("last_name <> '' AND first_name <> ''", name=op.f('ck_staff_member_named')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_staff_member_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_member')),
    sa.UniqueConstraint('id', 'org_unit_id', 'region_id', 'municipality_id', name='uq_staff_member_scope')
    )
    with op.batch_alter_table('staff_member', schema=None) as batch_op:
        batch_op.create_index('ix_staff_member_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_staff_member_name_key', ['region_id', 'name_key'], unique=False)
        batch_op.create_index('ix_staff_member_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_staff_member_region', ['region_id', 'id'], unique=False)

    op.create_table('training_norm',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('document_kind', sa.Enum('advanced', 'retraining', 'other', name='document_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('min_hours', sa.Integer(), nullable=False),
    sa.Column('valid_months', sa.Integer(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("source <> ''", name=op.f('ck_training_norm_has_source')),
    sa.CheckConstraint('min_hours >= 0', name=op.f('ck_training_norm_hours')),
    sa.CheckConstraint('org_unit_id = region_id', name=op.f('ck_training_norm_of_region')),
    sa.CheckConstraint('valid_months IS NULL OR valid_months > 0', name=op.f('ck_training_norm_validity')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_training_norm_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_norm')),
    sa.UniqueConstraint('region_id', 'document_kind', 'valid_from', name=op.f('uq_training_norm_region_id_document_kind_valid_from'))
    )
    with op.batch_alter_table('training_norm', schema=None) as batch_op:
        batch_op.create_index('ix_training_norm_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_training_norm_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_training_norm_region', ['region_id', 'id'], unique=False)

    op.create_table('training_topic',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('counts_in_monitoring', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("title <> ''", name=op.f('ck_training_topic_titled')),
    sa.CheckConstraint('org_unit_id = region_id', name=op.f('ck_training_topic_of_region')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_training_topic_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_topic')),
    sa.UniqueConstraint('region_id', 'title', name=op.f('uq_training_topic_region_id_title'))
    )
    with op.batch_alter_table('training_topic', schema=None) as batch_op:
        batch_op.create_index('ix_training_topic_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_training_topic_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_training_topic_region', ['region_id', 'id'], unique=False)

    op.create_table('programme',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('document_kind', sa.Enum('advanced', 'retraining', 'other', name='document_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('form', sa.Enum('full_time', 'mixed', 'part_time', 'remote', name='study_form', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('annotation', sa.String(), nullable=False),
    sa.Column('positions', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('status', sa.Enum('draft', 'on_agreement', 'returned', 'agreed', 'in_register', 'excluded', name='programme_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('agree_by', sa.Date(), nullable=True),
    sa.Column('register_by', sa.Date(), nullable=True),
    sa.Column('submitted_on', sa.Date(), nullable=True),
    sa.Column('agreed_on', sa.Date(), nullable=True),
    sa.Column('agreed_by', sa.String(), nullable=False),
    sa.Column('agreement_act', sa.String(), nullable=False),
    sa.Column('register_number', sa.String(), nullable=False),
    sa.Column('registered_on', sa.Date(), nullable=True),
    sa.Column('remark', sa.String(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("status <> 'in_register' OR (register_number <> '' AND registered_on IS NOT NULL)", name=op.f('ck_programme_registered_has_number')),
    sa.CheckConstraint("status NOT IN ('agreed', 'in_register') OR agreed_on IS NOT NULL", name=op.f('ck_programme_agreed_has_day')),
    sa.CheckConstraint("title <> ''", name=op.f('ck_programme_titled')),
    sa.CheckConstraint('hours > 0', name=op.f('ck_programme_hours')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_programme_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['training_topic.id'], name=op.f('fk_programme_topic_id_training_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme'))
    )
    with op.batch_alter_table('programme', schema=None) as batch_op:
        batch_op.create_index('ix_programme_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_programme_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_programme_region', ['region_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_programme_topic_id'), ['topic_id'], unique=False)

    op.create_table('staff_identity',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('staff_member_id', sa.BigInteger(), nullable=False),
    sa.Column('snils', sa.String(), nullable=False),
    sa.Column('born_on', sa.Date(), nullable=True),
    sa.Column('sex', sa.Enum('male', 'female', name='sex', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('citizenship', sa.String(), nullable=False),
    sa.CheckConstraint("snils = '' OR length(snils) = 11", name=op.f('ck_staff_identity_snils_length')),
    sa.ForeignKeyConstraint(['staff_member_id', 'org_unit_id', 'region_id', 'municipality_id'], ['staff_member.id', 'staff_member.org_unit_id', 'staff_member.region_id', 'staff_member.municipality_id'], name='fk_staff_identity_staff', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_identity')),
    sa.UniqueConstraint('staff_member_id', name=op.f('uq_staff_identity_staff_member_id'))
    )
    with op.batch_alter_table('staff_identity', schema=None) as batch_op:
        batch_op.create_index('ix_staff_identity_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_staff_identity_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_staff_identity_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_staff_identity_snils', ['region_id', 'snils'], unique=False)
        batch_op.create_index('ix_staff_identity_staff', ['staff_member_id'], unique=False)

    op.create_table('staff_position',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('staff_member_id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Enum('head', 'deputy', 'municipal_specialist', 'methodist', 'teacher', 'other', name='position_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('is_main', sa.Boolean(), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('ended_on IS NULL OR started_on IS NULL OR ended_on >= started_on', name=op.f('ck_staff_position_period')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_staff_position_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['staff_member_id'], ['staff_member.id'], name=op.f('fk_staff_position_staff_member_id_staff_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_staff_position'))
    )
    with op.batch_alter_table('staff_position', schema=None) as batch_op:
        batch_op.create_index('ix_staff_position_kind', ['region_id', 'kind', 'org_unit_id'], unique=False)
        batch_op.create_index('ix_staff_position_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_staff_position_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_staff_position_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_staff_position_staff', ['staff_member_id'], unique=False)
        batch_op.create_index('uq_staff_position_open', ['staff_member_id', 'org_unit_id', 'kind', 'title'], unique=True, sqlite_where=sa.text('ended_on IS NULL'), postgresql_where=sa.text('ended_on IS NULL'))

    op.create_table('training_group',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('programme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('apply_until', sa.Date(), nullable=True),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('form', sa.Enum('full_time', 'mixed', 'part_time', 'remote', name='study_form', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('place', sa.String(), nullable=False),
    sa.Column('coordinator', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'open', 'studying', 'finished', 'cancelled', name='group_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("title <> ''", name=op.f('ck_training_group_titled')),
    sa.CheckConstraint('apply_until IS NULL OR apply_until <= ends_on', name=op.f('ck_training_group_applied_before_end')),
    sa.CheckConstraint('seats > 0', name=op.f('ck_training_group_seats')),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_training_group_dates')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_training_group_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_training_group_programme_id_programme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_group')),
    sa.UniqueConstraint('id', 'org_unit_id', name='uq_training_group_provider')
    )
    with op.batch_alter_table('training_group', schema=None) as batch_op:
        batch_op.create_index('ix_training_group_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_training_group_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_training_group_programme', ['programme_id'], unique=False)
        batch_op.create_index('ix_training_group_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_training_group_starts', ['region_id', 'starts_on', 'id'], unique=False)

    op.create_table('training_requirement',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('basis', sa.String(), nullable=False),
    sa.Column('topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('positions', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('counts', sa.Enum('units', 'people', name='coverage_count', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('min_hours', sa.Integer(), nullable=False),
    sa.Column('accepts_valid', sa.Boolean(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'active', 'closed', name='requirement_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('activated_on', sa.Date(), nullable=True),
    sa.Column('order_point_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("status = 'draft' OR activated_on IS NOT NULL", name=op.f('ck_training_requirement_active_has_day')),
    sa.CheckConstraint("title <> ''", name=op.f('ck_training_requirement_titled')),
    sa.CheckConstraint('min_hours >= 0', name=op.f('ck_training_requirement_hours')),
    sa.CheckConstraint('starts_on <= due_on', name=op.f('ck_training_requirement_period')),
    sa.ForeignKeyConstraint(['order_point_id'], ['order_point.id'], name=op.f('fk_training_requirement_order_point_id_order_point'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_training_requirement_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['training_topic.id'], name=op.f('fk_training_requirement_topic_id_training_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_requirement'))
    )
    with op.batch_alter_table('training_requirement', schema=None) as batch_op:
        batch_op.create_index('ix_training_requirement_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_training_requirement_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_training_requirement_region', ['region_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_training_requirement_topic_id'), ['topic_id'], unique=False)
        batch_op.create_index('uq_training_requirement_point', ['order_point_id'], unique=True)

    op.create_table('enrolment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('staff_member_id', sa.BigInteger(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('provider_unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('status', sa.Enum('planned', 'applied', 'waiting', 'enrolled', 'studying', 'completed', 'certified', 'dropped', 'no_show', 'refused', 'withdrawn', name='enrolment_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('sent_by_unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('position', sa.String(), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('applied_by', sa.String(), nullable=False),
    sa.Column('requirement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('enrolled_on', sa.Date(), nullable=True),
    sa.Column('enrolment_act', sa.String(), nullable=False),
    sa.Column('result', sa.Enum('passed', 'failed', name='training_result', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('grade', sa.String(), nullable=False),
    sa.Column('completed_on', sa.Date(), nullable=True),
    sa.Column('left_on', sa.Date(), nullable=True),
    sa.Column('left_reason', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status IN ('dropped', 'no_show', 'refused', 'withdrawn')) = (left_reason <> '')", name=op.f('ck_enrolment_left_has_reason')),
    sa.CheckConstraint("status NOT IN ('completed', 'certified') OR (completed_on IS NOT NULL AND result = 'passed')", name=op.f('ck_enrolment_completed_has_result')),
    sa.CheckConstraint("status NOT IN ('enrolled', 'studying', 'completed', 'certified') OR enrolled_on IS NOT NULL", name=op.f('ck_enrolment_enrolled_has_day')),
    sa.ForeignKeyConstraint(['group_id', 'provider_unit_id'], ['training_group.id', 'training_group.org_unit_id'], name='fk_enrolment_group', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['provider_unit_id'], ['org_unit.id'], name=op.f('fk_enrolment_provider_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['requirement_id'], ['training_requirement.id'], name=op.f('fk_enrolment_requirement_id_training_requirement')),
    sa.ForeignKeyConstraint(['sent_by_unit_id'], ['org_unit.id'], name=op.f('fk_enrolment_sent_by_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['staff_member_id', 'org_unit_id', 'region_id', 'municipality_id'], ['staff_member.id', 'staff_member.org_unit_id', 'staff_member.region_id', 'staff_member.municipality_id'], name='fk_enrolment_staff', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_enrolment')),
    sa.UniqueConstraint('group_id', 'staff_member_id', name=op.f('uq_enrolment_group_id_staff_member_id'))
    )
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.create_index('ix_enrolment_group_status', ['group_id', 'status'], unique=False)
        batch_op.create_index('ix_enrolment_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_enrolment_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_enrolment_provider', ['provider_unit_id', 'status'], unique=False)
        batch_op.create_index('ix_enrolment_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_enrolment_staff', ['staff_member_id'], unique=False)

    op.create_table('requirement_addressee',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('requirement_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.Enum('all_municipalities', 'all_schools', 'all_providers', 'schools_of', 'unit', 'except', name='addressee_clause_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("kind NOT IN ('schools_of', 'unit', 'except') OR org_unit_id IS NOT NULL", name=op.f('ck_requirement_addressee_names_unit')),
    sa.ForeignKeyConstraint(['org_unit_id'], ['org_unit.id'], name=op.f('fk_requirement_addressee_org_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['requirement_id'], ['training_requirement.id'], name=op.f('fk_requirement_addressee_requirement_id_training_requirement'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_requirement_addressee')),
    sa.UniqueConstraint('requirement_id', 'kind', 'org_unit_id', name=op.f('uq_requirement_addressee_requirement_id_kind_org_unit_id'))
    )
    with op.batch_alter_table('requirement_addressee', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_requirement_addressee_requirement_id'), ['requirement_id'], unique=False)

    op.create_table('training_session',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('group_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.CheckConstraint('hours >= 0', name=op.f('ck_training_session_hours')),
    sa.ForeignKeyConstraint(['group_id'], ['training_group.id'], name=op.f('fk_training_session_group_id_training_group'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_session')),
    sa.UniqueConstraint('group_id', 'held_on', 'title', name=op.f('uq_training_session_group_id_held_on_title'))
    )
    with op.batch_alter_table('training_session', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_training_session_group_id'), ['group_id'], unique=False)

    op.create_table('attendance',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('staff_member_id', sa.BigInteger(), nullable=False),
    sa.Column('enrolment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('session_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('present', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_attendance_enrolment_id_enrolment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['training_session.id'], name=op.f('fk_attendance_session_id_training_session'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['staff_member_id', 'org_unit_id', 'region_id', 'municipality_id'], ['staff_member.id', 'staff_member.org_unit_id', 'staff_member.region_id', 'staff_member.municipality_id'], name='fk_attendance_staff', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance')),
    sa.UniqueConstraint('session_id', 'enrolment_id', name=op.f('uq_attendance_session_id_enrolment_id'))
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attendance_enrolment_id'), ['enrolment_id'], unique=False)
        batch_op.create_index('ix_attendance_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_attendance_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_attendance_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_attendance_staff', ['staff_member_id'], unique=False)

    op.create_table('certificate',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('staff_member_id', sa.BigInteger(), nullable=False),
    sa.Column('document_kind', sa.Enum('advanced', 'retraining', 'other', name='document_kind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('series', sa.String(), nullable=False),
    sa.Column('number', sa.String(), nullable=False),
    sa.Column('registration_number', sa.String(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('programme_title', sa.String(), nullable=False),
    sa.Column('topic_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('issuer_unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('issuer_name', sa.String(), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('valid_until', sa.Date(), nullable=True),
    sa.Column('holder_name', sa.String(), nullable=False),
    sa.Column('enrolment_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('evidence_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('status', sa.Enum('entered', 'confirmed', 'refused', 'annulled', name='certificate_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('entered_by_unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('entered_by', sa.String(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_by', sa.String(), nullable=False),
    sa.Column('remark', sa.String(), nullable=False),
    sa.Column('reported_on', sa.Date(), nullable=True),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'confirmed') = (confirmed_at IS NOT NULL)", name=op.f('ck_certificate_confirmed_has_moment')),
    sa.CheckConstraint("issuer_name <> ''", name=op.f('ck_certificate_names_issuer')),
    sa.CheckConstraint("number <> ''", name=op.f('ck_certificate_numbered')),
    sa.CheckConstraint("programme_title <> ''", name=op.f('ck_certificate_names_programme')),
    sa.CheckConstraint("status <> 'refused' OR remark <> ''", name=op.f('ck_certificate_refused_has_reason')),
    sa.CheckConstraint('enrolment_id IS NULL OR issuer_unit_id IS NOT NULL', name=op.f('ck_certificate_own_issue')),
    sa.CheckConstraint('hours >= 0', name=op.f('ck_certificate_hours')),
    sa.CheckConstraint('started_on IS NULL OR ended_on IS NULL OR started_on <= ended_on', name=op.f('ck_certificate_course')),
    sa.CheckConstraint('valid_until IS NULL OR valid_until >= issued_on', name=op.f('ck_certificate_validity')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_certificate_enrolment_id_enrolment')),
    sa.ForeignKeyConstraint(['entered_by_unit_id'], ['org_unit.id'], name=op.f('fk_certificate_entered_by_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence.id'], name=op.f('fk_certificate_evidence_id_evidence')),
    sa.ForeignKeyConstraint(['issuer_unit_id'], ['org_unit.id'], name=op.f('fk_certificate_issuer_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['programme_id'], ['programme.id'], name=op.f('fk_certificate_programme_id_programme')),
    sa.ForeignKeyConstraint(['staff_member_id', 'org_unit_id', 'region_id', 'municipality_id'], ['staff_member.id', 'staff_member.org_unit_id', 'staff_member.region_id', 'staff_member.municipality_id'], name='fk_certificate_staff', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['topic_id'], ['training_topic.id'], name=op.f('fk_certificate_topic_id_training_topic')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate'))
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_evidence_id'), ['evidence_id'], unique=False)
        batch_op.create_index('ix_certificate_issuer_unit', ['issuer_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_certificate_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_certificate_number', ['region_id', 'number'], unique=False)
        batch_op.create_index('ix_certificate_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_certificate_programme_id'), ['programme_id'], unique=False)
        batch_op.create_index('ix_certificate_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_certificate_staff', ['staff_member_id'], unique=False)
        batch_op.create_index('ix_certificate_topic', ['region_id', 'topic_id', 'issued_on'], unique=False)
        batch_op.create_index('ix_certificate_valid', ['region_id', 'valid_until'], unique=False)
        batch_op.create_index('uq_certificate_enrolment', ['enrolment_id'], unique=True, sqlite_where=sa.text("enrolment_id IS NOT NULL AND status <> 'annulled'"), postgresql_where=sa.text("enrolment_id IS NOT NULL AND status <> 'annulled'"))
        batch_op.create_index('uq_certificate_own_number', ['issuer_unit_id', 'document_kind', 'series', 'number'], unique=True, sqlite_where=sa.text("issuer_unit_id IS NOT NULL AND status <> 'annulled'"), postgresql_where=sa.text("issuer_unit_id IS NOT NULL AND status <> 'annulled'"))



def downgrade() -> None:
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_index('uq_certificate_own_number', sqlite_where=sa.text("issuer_unit_id IS NOT NULL AND status <> 'annulled'"), postgresql_where=sa.text("issuer_unit_id IS NOT NULL AND status <> 'annulled'"))
        batch_op.drop_index('uq_certificate_enrolment', sqlite_where=sa.text("enrolment_id IS NOT NULL AND status <> 'annulled'"), postgresql_where=sa.text("enrolment_id IS NOT NULL AND status <> 'annulled'"))
        batch_op.drop_index('ix_certificate_valid')
        batch_op.drop_index('ix_certificate_topic')
        batch_op.drop_index('ix_certificate_staff')
        batch_op.drop_index('ix_certificate_region')
        batch_op.drop_index(batch_op.f('ix_certificate_programme_id'))
        batch_op.drop_index('ix_certificate_org_unit')
        batch_op.drop_index('ix_certificate_number')
        batch_op.drop_index('ix_certificate_municipality')
        batch_op.drop_index('ix_certificate_issuer_unit')
        batch_op.drop_index(batch_op.f('ix_certificate_evidence_id'))

    op.drop_table('certificate')
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.drop_index('ix_attendance_staff')
        batch_op.drop_index('ix_attendance_region')
        batch_op.drop_index('ix_attendance_org_unit')
        batch_op.drop_index('ix_attendance_municipality')
        batch_op.drop_index(batch_op.f('ix_attendance_enrolment_id'))

    op.drop_table('attendance')
    with op.batch_alter_table('training_session', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_training_session_group_id'))

    op.drop_table('training_session')
    with op.batch_alter_table('requirement_addressee', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_requirement_addressee_requirement_id'))

    op.drop_table('requirement_addressee')
    with op.batch_alter_table('enrolment', schema=None) as batch_op:
        batch_op.drop_index('ix_enrolment_staff')
        batch_op.drop_index('ix_enrolment_region')
        batch_op.drop_index('ix_enrolment_provider')
        batch_op.drop_index('ix_enrolment_org_unit')
        batch_op.drop_index('ix_enrolment_municipality')
        batch_op.drop_index('ix_enrolment_group_status')

    op.drop_table('enrolment')
    with op.batch_alter_table('training_requirement', schema=None) as batch_op:
        batch_op.drop_index('uq_training_requirement_point')
        batch_op.drop_index(batch_op.f('ix_training_requirement_topic_id'))
        batch_op.drop_index('ix_training_requirement_region')
        batch_op.drop_index('ix_training_requirement_org_unit')
        batch_op.drop_index('ix_training_requirement_municipality')

    op.drop_table('training_requirement')
    with op.batch_alter_table('training_group', schema=None) as batch_op:
        batch_op.drop_index('ix_training_group_starts')
        batch_op.drop_index('ix_training_group_region')
        batch_op.drop_index('ix_training_group_programme')
        batch_op.drop_index('ix_training_group_org_unit')
        batch_op.drop_index('ix_training_group_municipality')

    op.drop_table('training_group')
    with op.batch_alter_table('staff_position', schema=None) as batch_op:
        batch_op.drop_index('uq_staff_position_open', sqlite_where=sa.text('ended_on IS NULL'), postgresql_where=sa.text('ended_on IS NULL'))
        batch_op.drop_index('ix_staff_position_staff')
        batch_op.drop_index('ix_staff_position_region')
        batch_op.drop_index('ix_staff_position_org_unit')
        batch_op.drop_index('ix_staff_position_municipality')
        batch_op.drop_index('ix_staff_position_kind')

    op.drop_table('staff_position')
    with op.batch_alter_table('staff_identity', schema=None) as batch_op:
        batch_op.drop_index('ix_staff_identity_staff')
        batch_op.drop_index('ix_staff_identity_snils')
        batch_op.drop_index('ix_staff_identity_region')
        batch_op.drop_index('ix_staff_identity_org_unit')
        batch_op.drop_index('ix_staff_identity_municipality')

    op.drop_table('staff_identity')
    with op.batch_alter_table('programme', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_programme_topic_id'))
        batch_op.drop_index('ix_programme_region')
        batch_op.drop_index('ix_programme_org_unit')
        batch_op.drop_index('ix_programme_municipality')

    op.drop_table('programme')
    with op.batch_alter_table('training_topic', schema=None) as batch_op:
        batch_op.drop_index('ix_training_topic_region')
        batch_op.drop_index('ix_training_topic_org_unit')
        batch_op.drop_index('ix_training_topic_municipality')

    op.drop_table('training_topic')
    with op.batch_alter_table('training_norm', schema=None) as batch_op:
        batch_op.drop_index('ix_training_norm_region')
        batch_op.drop_index('ix_training_norm_org_unit')
        batch_op.drop_index('ix_training_norm_municipality')

    op.drop_table('training_norm')
    with op.batch_alter_table('staff_member', schema=None) as batch_op:
        batch_op.drop_index('ix_staff_member_region')
        batch_op.drop_index('ix_staff_member_org_unit')
        batch_op.drop_index('ix_staff_member_name_key')
        batch_op.drop_index('ix_staff_member_municipality')

    op.drop_table('staff_member')
