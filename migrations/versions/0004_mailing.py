"""Mailings: what is sent by the clock, to whom, the letters, and those who want none."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
revision = '0004'
down_revision = '0003'


def upgrade() -> None:
    op.create_table('mailing',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('order_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('parameters', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('timing', sa.Enum('weekly', 'before_term', name='mail_timing', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('weekday', sa.Integer(), nullable=True),
    sa.Column('hour', sa.Integer(), nullable=False),
    sa.Column('days_before', sa.Integer(), nullable=True),
    sa.Column('status', sa.Enum('active', 'paused', name='mailing_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('pause_note', sa.String(), nullable=False),
    sa.Column('made_by_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('made_by', sa.String(), nullable=False),
    sa.Column('armed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_slot', sa.String(), nullable=False),
    sa.Column('job_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('send_job_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('seal', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(timing = 'before_term') = (days_before IS NOT NULL)", name=op.f('ck_mailing_before_term_has_its_days')),
    sa.CheckConstraint("(timing = 'weekly') = (weekday IS NOT NULL)", name=op.f('ck_mailing_weekly_has_its_day')),
    sa.CheckConstraint("status <> 'paused' OR pause_note <> ''", name=op.f('ck_mailing_paused_says_why')),
    sa.CheckConstraint("timing <> 'before_term' OR order_id IS NOT NULL", name=op.f('ck_mailing_terms_are_an_orders')),
    sa.CheckConstraint("title <> ''", name=op.f('ck_mailing_titled')),
    sa.CheckConstraint('days_before BETWEEN 1 AND 60', name=op.f('ck_mailing_days_before_in_reach')),
    sa.CheckConstraint('hour BETWEEN 0 AND 23', name=op.f('ck_mailing_hour_of_a_day')),
    sa.CheckConstraint('weekday BETWEEN 0 AND 6', name=op.f('ck_mailing_weekday_of_a_week')),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_mailing_job_id_job'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['made_by_id'], ['user.id'], name=op.f('fk_mailing_made_by_id_user')),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], name=op.f('fk_mailing_order_id_order')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_mailing_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['send_job_id'], ['job.id'], name=op.f('fk_mailing_send_job_id_job'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mailing'))
    )
    with op.batch_alter_table('mailing', schema=None) as batch_op:
        batch_op.create_index('ix_mailing_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_mailing_order_id'), ['order_id'], unique=False)
        batch_op.create_index('ix_mailing_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_mailing_region', ['region_id', 'id'], unique=False)

    op.create_table('mail_message',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('mailing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('slot', sa.String(), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('unit_name', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('waiting', 'sent', 'skipped', 'failed', name='message_status', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('told', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_mail_message_sent_at_a_moment')),
    sa.CheckConstraint("(status = 'waiting') = (next_try_at IS NOT NULL)", name=op.f('ck_mail_message_waiting_has_its_next_try')),
    sa.CheckConstraint("status NOT IN ('skipped', 'failed') OR told <> ''", name=op.f('ck_mail_message_unsent_says_why')),
    sa.ForeignKeyConstraint(['mailing_id'], ['mailing.id'], name=op.f('fk_mail_message_mailing_id_mailing'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_mail_message_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_mail_message_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_mail_message_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_message')),
    sa.UniqueConstraint('mailing_id', 'slot', 'user_id', 'unit_id', name=op.f('uq_mail_message_mailing_id_slot_user_id_unit_id')),
    sa.UniqueConstraint('message_id', name=op.f('uq_mail_message_message_id'))
    )
    with op.batch_alter_table('mail_message', schema=None) as batch_op:
        batch_op.create_index('ix_mail_message_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_mail_message_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_mail_message_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_mail_message_status', ['status', 'next_try_at'], unique=False)

    op.create_table('mail_refusal',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('mailing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['mailing_id'], ['mailing.id'], name=op.f('fk_mail_refusal_mailing_id_mailing'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['org_unit_id'], ['org_unit.id'], name=op.f('fk_mail_refusal_org_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_mail_refusal_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mail_refusal')),
    sa.UniqueConstraint('mailing_id', 'user_id', name=op.f('uq_mail_refusal_mailing_id_user_id'))
    )
    with op.batch_alter_table('mail_refusal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_mail_refusal_mailing_id'), ['mailing_id'], unique=False)

    op.create_table('mailing_recipient',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('mailing_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('unit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('unit_name', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['mailing_id'], ['mailing.id'], name=op.f('fk_mailing_recipient_mailing_id_mailing'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_mailing_recipient_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_mailing_recipient_unit_id_org_unit')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_mailing_recipient_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mailing_recipient')),
    sa.UniqueConstraint('mailing_id', 'user_id', 'unit_id', name=op.f('uq_mailing_recipient_mailing_id_user_id_unit_id'))
    )
    with op.batch_alter_table('mailing_recipient', schema=None) as batch_op:
        batch_op.create_index('ix_mailing_recipient_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_mailing_recipient_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_mailing_recipient_region', ['region_id', 'id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('mailing_recipient', schema=None) as batch_op:
        batch_op.drop_index('ix_mailing_recipient_region')
        batch_op.drop_index('ix_mailing_recipient_org_unit')
        batch_op.drop_index('ix_mailing_recipient_municipality')

    op.drop_table('mailing_recipient')
    with op.batch_alter_table('mail_refusal', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_mail_refusal_mailing_id'))

    op.drop_table('mail_refusal')
    with op.batch_alter_table('mail_message', schema=None) as batch_op:
        batch_op.drop_index('ix_mail_message_status')
        batch_op.drop_index('ix_mail_message_region')
        batch_op.drop_index('ix_mail_message_org_unit')
        batch_op.drop_index('ix_mail_message_municipality')

    op.drop_table('mail_message')
    with op.batch_alter_table('mailing', schema=None) as batch_op:
        batch_op.drop_index('ix_mailing_region')
        batch_op.drop_index('ix_mailing_org_unit')
        batch_op.drop_index(batch_op.f('ix_mailing_order_id'))
        batch_op.drop_index('ix_mailing_municipality')

    op.drop_table('mailing')
