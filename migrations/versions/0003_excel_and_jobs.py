"""Background jobs, presets of lists, workbooks brought in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0003'
down_revision = '0002'


def upgrade() -> None:
    op.create_table('schedule_run',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('slot', sa.String(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_schedule_run')),
    sa.UniqueConstraint('name', 'slot', name=op.f('uq_schedule_run_name_slot'))
    )
    op.create_table('job',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('parameters', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('status', sa.Enum('waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted', name='job_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('progress', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('message', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('cancel_asked', sa.Boolean(), nullable=False),
    sa.Column('worker', sa.String(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('held_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('result_digest', sa.String(), nullable=False),
    sa.Column('result_size', sa.BigInteger(), nullable=False),
    sa.Column('result_name', sa.String(), nullable=False),
    sa.Column('result_type', sa.String(), nullable=False),
    sa.Column('result_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('leads_to', sa.String(), nullable=False),
    sa.CheckConstraint("(status IN ('waiting', 'running')) = (finished_at IS NULL)", name=op.f('ck_job_finished_once_it_is_over')),
    sa.CheckConstraint("result_digest = '' OR result_until IS NOT NULL", name=op.f('ck_job_result_is_kept_until')),
    sa.CheckConstraint("result_digest = '' OR status = 'done'", name=op.f('ck_job_result_of_done')),
    sa.CheckConstraint("status <> 'running' OR (held_until IS NOT NULL AND worker <> '')", name=op.f('ck_job_running_is_held')),
    sa.CheckConstraint('progress >= 0 AND (total IS NULL OR total >= 0)', name=op.f('ck_job_progress_counts_up')),
    sa.ForeignKeyConstraint(['org_unit_id'], ['org_unit.id'], name=op.f('fk_job_org_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_job_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_job'))
    )
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.create_index('ix_job_status', ['status', 'held_until'], unique=False)
        batch_op.create_index('ix_job_user_id', ['user_id', 'id'], unique=False)

    op.create_table('list_preset',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('register', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('columns', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('query', sa.String(), nullable=False),
    sa.Column('is_offered', sa.Boolean(), nullable=False),
    sa.Column('offered_by', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("name <> ''", name=op.f('ck_list_preset_named')),
    sa.CheckConstraint('NOT is_offered OR org_unit_id IS NOT NULL', name=op.f('ck_list_preset_offered_by_a_unit')),
    sa.ForeignKeyConstraint(['org_unit_id'], ['org_unit.id'], name=op.f('fk_list_preset_org_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_list_preset_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_list_preset')),
    sa.UniqueConstraint('user_id', 'org_unit_id', 'register', 'name', name=op.f('uq_list_preset_user_id_org_unit_id_register_name'))
    )
    op.create_table('workbook_import',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('register', sa.String(), nullable=False),
    sa.Column('is_personal', sa.Boolean(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('brought_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('status', sa.Enum('brought', 'judged', 'applying', 'applied', 'refused', 'put_aside', name='import_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('verdicts_digest', sa.String(), nullable=False),
    sa.Column('counts', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('choices', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('job_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'applied') = (applied_at IS NOT NULL)", name=op.f('ck_workbook_import_applied_once')),
    sa.CheckConstraint("status <> 'judged' OR verdicts_digest <> ''", name=op.f('ck_workbook_import_judged_has_verdicts')),
    sa.CheckConstraint('length(digest) = 64', name=op.f('ck_workbook_import_digest')),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_workbook_import_job_id_job'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['org_unit_id'], ['org_unit.id'], name=op.f('fk_workbook_import_org_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_workbook_import_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_workbook_import'))
    )


def downgrade() -> None:
    op.drop_table('workbook_import')
    op.drop_table('list_preset')
    with op.batch_alter_table('job', schema=None) as batch_op:
        batch_op.drop_index('ix_job_user_id')
        batch_op.drop_index('ix_job_status')

    op.drop_table('job')
    op.drop_table('schedule_run')
