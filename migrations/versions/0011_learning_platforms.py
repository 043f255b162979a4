"""Learning platforms: LTI registrations, their accounts and courses; sites that completions are taken from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0011'
down_revision = '0010'


def upgrade() -> None:
    op.create_table('lti_key',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kid', sa.String(), nullable=False),
    sa.Column('public_jwk', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('private_sealed', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('signs_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_until', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('signs_from <= published_until', name=op.f('ck_lti_key_published_while_it_signs')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lti_key')),
    sa.UniqueConstraint('kid', name=op.f('uq_lti_key_kid'))
    )
    op.create_table('learning_site',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('token_sealed', sa.String(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('is_nightly', sa.Boolean(), nullable=False),
    sa.Column('runs_as_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('kept_days', sa.Integer(), nullable=False),
    sa.Column('a_minute', sa.Integer(), nullable=False),
    sa.Column('site_name', sa.String(), nullable=False),
    sa.Column('release', sa.String(), nullable=False),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pulled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('problem', sa.String(), nullable=False),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("NOT is_nightly OR (runs_as_id IS NOT NULL AND token_sealed <> '')", name=op.f('ck_learning_site_nightly_in_a_name')),
    sa.CheckConstraint("title <> ''", name=op.f('ck_learning_site_titled')),
    sa.CheckConstraint("token_sealed = '' OR address <> ''", name=op.f('ck_learning_site_token_of_an_address')),
    sa.CheckConstraint('a_minute BETWEEN 1 AND 600', name=op.f('ck_learning_site_a_minute')),
    sa.CheckConstraint('kept_days BETWEEN 1 AND 366', name=op.f('ck_learning_site_kept_days')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_learning_site_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['runs_as_id'], ['user.id'], name=op.f('fk_learning_site_runs_as_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learning_site')),
    sa.UniqueConstraint('id', 'org_unit_id', name='uq_learning_site_unit'),
    sa.UniqueConstraint('org_unit_id', 'address', name=op.f('uq_learning_site_org_unit_id_address'))
    )
    with op.batch_alter_table('learning_site', schema=None) as batch_op:
        batch_op.create_index('ix_learning_site_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_learning_site_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_learning_site_region', ['region_id', 'id'], unique=False)

    op.create_table('lti_platform',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('issuer', sa.String(), nullable=False),
    sa.Column('client_id', sa.String(), nullable=False),
    sa.Column('auth_url', sa.String(), nullable=False),
    sa.Column('token_url', sa.String(), nullable=False),
    sa.Column('jwks_url', sa.String(), nullable=False),
    sa.Column('family', sa.String(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("auth_url <> '' AND token_url <> '' AND jwks_url <> ''", name=op.f('ck_lti_platform_addressed')),
    sa.CheckConstraint("issuer <> '' AND client_id <> ''", name=op.f('ck_lti_platform_identified')),
    sa.CheckConstraint("title <> ''", name=op.f('ck_lti_platform_titled')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_lti_platform_scope', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lti_platform')),
    sa.UniqueConstraint('id', 'region_id', name='uq_lti_platform_region'),
    sa.UniqueConstraint('issuer', 'client_id', name=op.f('uq_lti_platform_issuer_client_id'))
    )
    with op.batch_alter_table('lti_platform', schema=None) as batch_op:
        batch_op.create_index('ix_lti_platform_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_lti_platform_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_lti_platform_region', ['region_id', 'id'], unique=False)

    op.create_table('learning_answer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('site_id', sa.BigInteger(), nullable=False),
    sa.Column('function', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('came_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kept_until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_learning_answer_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['site_id', 'org_unit_id'], ['learning_site.id', 'learning_site.org_unit_id'], name='fk_learning_answer_site', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learning_answer'))
    )
    with op.batch_alter_table('learning_answer', schema=None) as batch_op:
        batch_op.create_index('ix_learning_answer_kept', ['kept_until'], unique=False)
        batch_op.create_index('ix_learning_answer_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_learning_answer_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_learning_answer_region', ['region_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_learning_answer_site_id'), ['site_id'], unique=False)

    op.create_table('learning_person',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('site_id', sa.BigInteger(), nullable=False),
    sa.Column('remote_id', sa.String(), nullable=False),
    sa.Column('full_name', sa.String(), nullable=False),
    sa.Column('idnumber', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('institution', sa.String(), nullable=False),
    sa.Column('position', sa.String(), nullable=False),
    sa.Column('staff_member_id', sa.BigInteger(), nullable=True),
    sa.Column('ground', sa.Enum('snils', 'idnumber', 'email', 'name', 'decision', name='match_ground', native_enum=False, create_constraint=True, length=32), nullable=True),
    sa.Column('is_ignored', sa.Boolean(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("remote_id <> ''", name=op.f('ck_learning_person_identified')),
    sa.CheckConstraint('(staff_member_id IS NULL) = (ground IS NULL)', name=op.f('ck_learning_person_known_by_something')),
    sa.CheckConstraint('NOT (is_ignored AND staff_member_id IS NOT NULL)', name=op.f('ck_learning_person_ignored_or_known')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_learning_person_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['site_id', 'org_unit_id'], ['learning_site.id', 'learning_site.org_unit_id'], name='fk_learning_person_site', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['staff_member_id'], ['staff_member.id'], name=op.f('fk_learning_person_staff_member_id_staff_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learning_person')),
    sa.UniqueConstraint('id', 'site_id', 'org_unit_id', name='uq_learning_person_site'),
    sa.UniqueConstraint('site_id', 'remote_id', name=op.f('uq_learning_person_site_id_remote_id'))
    )
    with op.batch_alter_table('learning_person', schema=None) as batch_op:
        batch_op.create_index('ix_learning_person_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_learning_person_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_learning_person_region', ['region_id', 'id'], unique=False)
        batch_op.create_index('ix_learning_person_staff', ['staff_member_id'], unique=False)

    op.create_table('lti_account',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('platform_id', sa.BigInteger(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('name_told', sa.String(), nullable=False),
    sa.Column('origin', sa.Enum('proved', 'listed', name='account_origin', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('linked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('linked_by', sa.String(), nullable=False),
    sa.Column('last_launch_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("subject <> ''", name=op.f('ck_lti_account_identified')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_lti_account_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['platform_id', 'region_id'], ['lti_platform.id', 'lti_platform.region_id'], name='fk_lti_account_platform', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_lti_account_user_id_user')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lti_account')),
    sa.UniqueConstraint('platform_id', 'subject', name=op.f('uq_lti_account_platform_id_subject')),
    sa.UniqueConstraint('platform_id', 'user_id', name=op.f('uq_lti_account_platform_id_user_id'))
    )
    with op.batch_alter_table('lti_account', schema=None) as batch_op:
        batch_op.create_index('ix_lti_account_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_lti_account_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_lti_account_region', ['region_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_lti_account_user_id'), ['user_id'], unique=False)

    op.create_table('lti_deployment',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('platform_id', sa.BigInteger(), nullable=False),
    sa.Column('deployment_id', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.CheckConstraint("deployment_id <> ''", name=op.f('ck_lti_deployment_identified')),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_lti_deployment_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['platform_id', 'region_id'], ['lti_platform.id', 'lti_platform.region_id'], name='fk_lti_deployment_platform', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lti_deployment')),
    sa.UniqueConstraint('platform_id', 'deployment_id', name=op.f('uq_lti_deployment_platform_id_deployment_id'))
    )
    with op.batch_alter_table('lti_deployment', schema=None) as batch_op:
        batch_op.create_index('ix_lti_deployment_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_lti_deployment_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_lti_deployment_region', ['region_id', 'id'], unique=False)

    op.create_table('lti_keyset',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('platform_id', sa.BigInteger(), nullable=False),
    sa.Column('keys', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['platform_id'], ['lti_platform.id'], name=op.f('fk_lti_keyset_platform_id_lti_platform'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lti_keyset')),
    sa.UniqueConstraint('platform_id', name=op.f('uq_lti_keyset_platform_id'))
    )
    op.create_table('lti_state',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('state_digest', sa.String(), nullable=False),
    sa.Column('browser_digest', sa.String(), nullable=False),
    sa.Column('nonce', sa.String(), nullable=False),
    sa.Column('platform_id', sa.BigInteger(), nullable=False),
    sa.Column('target_link_uri', sa.String(), nullable=False),
    sa.Column('begun_with', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['platform_id'], ['lti_platform.id'], name=op.f('fk_lti_state_platform_id_lti_platform'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lti_state')),
    sa.UniqueConstraint('nonce', name=op.f('uq_lti_state_nonce')),
    sa.UniqueConstraint('state_digest', name=op.f('uq_lti_state_state_digest'))
    )
    with op.batch_alter_table('lti_state', schema=None) as batch_op:
        batch_op.create_index('ix_lti_state_expires', ['expires_at'], unique=False)

    op.create_table('lti_score',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('platform_id', sa.BigInteger(), nullable=False),
    sa.Column('account_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('line_item_url', sa.String(), nullable=False),
    sa.Column('target', sa.Enum('work', 'assessment', 'training_group', 'corrective_measure', name='launch_target', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('next_try_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('problem', sa.String(), nullable=False),
    sa.CheckConstraint("line_item_url <> ''", name=op.f('ck_lti_score_addressed')),
    sa.ForeignKeyConstraint(['account_id'], ['lti_account.id'], name=op.f('fk_lti_score_account_id_lti_account'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_lti_score_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['platform_id', 'region_id'], ['lti_platform.id', 'lti_platform.region_id'], name='fk_lti_score_platform', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lti_score')),
    sa.UniqueConstraint('account_id', 'line_item_url', name=op.f('uq_lti_score_account_id_line_item_url'))
    )
    with op.batch_alter_table('lti_score', schema=None) as batch_op:
        batch_op.create_index('ix_lti_score_due', ['sent_at', 'next_try_at'], unique=False)
        batch_op.create_index('ix_lti_score_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_lti_score_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_lti_score_region', ['region_id', 'id'], unique=False)

    op.create_table('lti_ticket',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('token_digest', sa.String(), nullable=False),
    sa.Column('purpose', sa.Enum('register', 'link', 'enter', 'choose', 'roster', name='ticket_purpose', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('platform_id', sa.BigInteger(), nullable=True),
    sa.Column('deployment_id', sa.BigInteger(), nullable=True),
    sa.Column('user_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('payload', sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), 'postgresql'), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("purpose = 'register' OR platform_id IS NOT NULL", name=op.f('ck_lti_ticket_of_a_platform')),
    sa.ForeignKeyConstraint(['deployment_id'], ['lti_deployment.id'], name=op.f('fk_lti_ticket_deployment_id_lti_deployment'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['platform_id'], ['lti_platform.id'], name=op.f('fk_lti_ticket_platform_id_lti_platform'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['org_unit.id'], name=op.f('fk_lti_ticket_unit_id_org_unit'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_lti_ticket_user_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lti_ticket')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_lti_ticket_token_digest'))
    )
    with op.batch_alter_table('lti_ticket', schema=None) as batch_op:
        batch_op.create_index('ix_lti_ticket_expires', ['expires_at'], unique=False)

    op.create_table('learning_course',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('site_id', sa.BigInteger(), nullable=False),
    sa.Column('remote_id', sa.String(), nullable=False),
    sa.Column('idnumber', sa.String(), nullable=False),
    sa.Column('short_name', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('group_id', sa.BigInteger(), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('pulled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('problem', sa.String(), nullable=False),
    sa.Column('search', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("remote_id <> ''", name=op.f('ck_learning_course_identified')),
    sa.ForeignKeyConstraint(['group_id', 'org_unit_id'], ['training_group.id', 'training_group.org_unit_id'], name='fk_learning_course_group', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_learning_course_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['site_id', 'org_unit_id'], ['learning_site.id', 'learning_site.org_unit_id'], name='fk_learning_course_site', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learning_course')),
    sa.UniqueConstraint('id', 'site_id', 'org_unit_id', name='uq_learning_course_site'),
    sa.UniqueConstraint('site_id', 'remote_id', name=op.f('uq_learning_course_site_id_remote_id'))
    )
    with op.batch_alter_table('learning_course', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_learning_course_group_id'), ['group_id'], unique=False)
        batch_op.create_index('ix_learning_course_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_learning_course_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_learning_course_region', ['region_id', 'id'], unique=False)

    op.create_table('lti_course',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('platform_id', sa.BigInteger(), nullable=False),
    sa.Column('context_id', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('memberships_url', sa.String(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('tied_by', sa.String(), nullable=False),
    sa.Column('tied_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("context_id <> ''", name=op.f('ck_lti_course_identified')),
    sa.ForeignKeyConstraint(['group_id', 'org_unit_id'], ['training_group.id', 'training_group.org_unit_id'], name='fk_lti_course_group', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_lti_course_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['platform_id', 'region_id'], ['lti_platform.id', 'lti_platform.region_id'], name='fk_lti_course_platform', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lti_course')),
    sa.UniqueConstraint('platform_id', 'context_id', 'group_id', name=op.f('uq_lti_course_platform_id_context_id_group_id'))
    )
    with op.batch_alter_table('lti_course', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_lti_course_group_id'), ['group_id'], unique=False)
        batch_op.create_index('ix_lti_course_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_lti_course_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_lti_course_region', ['region_id', 'id'], unique=False)

    op.create_table('learning_outcome',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('org_unit_id', sa.BigInteger(), nullable=False),
    sa.Column('region_id', sa.BigInteger(), nullable=False),
    sa.Column('municipality_id', sa.BigInteger(), nullable=False),
    sa.Column('site_id', sa.BigInteger(), nullable=False),
    sa.Column('course_id', sa.BigInteger(), nullable=False),
    sa.Column('person_id', sa.BigInteger(), nullable=False),
    sa.Column('enrolment_id', sa.BigInteger(), nullable=True),
    sa.Column('told_passed', sa.Boolean(), nullable=False),
    sa.Column('told_on', sa.Date(), nullable=True),
    sa.Column('told_grade', sa.String(), nullable=False),
    sa.Column('told_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_passed', sa.Boolean(), nullable=False),
    sa.Column('taken_on', sa.Date(), nullable=True),
    sa.Column('taken_grade', sa.String(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('is_in_conflict', sa.Boolean(), nullable=False),
    sa.Column('obstacle', sa.String(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('NOT is_in_conflict OR enrolment_id IS NOT NULL', name=op.f('ck_learning_outcome_conflict_of_an_enrolment')),
    sa.CheckConstraint('NOT told_passed OR told_on IS NOT NULL', name=op.f('ck_learning_outcome_passed_has_a_day')),
    sa.ForeignKeyConstraint(['course_id', 'site_id', 'org_unit_id'], ['learning_course.id', 'learning_course.site_id', 'learning_course.org_unit_id'], name='fk_learning_outcome_course', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['enrolment_id'], ['enrolment.id'], name=op.f('fk_learning_outcome_enrolment_id_enrolment'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['org_unit_id', 'region_id', 'municipality_id'], ['org_unit.id', 'org_unit.region_id', 'org_unit.municipality_id'], name='fk_learning_outcome_scope', onupdate='CASCADE'),
    sa.ForeignKeyConstraint(['person_id', 'site_id', 'org_unit_id'], ['learning_person.id', 'learning_person.site_id', 'learning_person.org_unit_id'], name='fk_learning_outcome_person', onupdate='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learning_outcome')),
    sa.UniqueConstraint('course_id', 'person_id', name=op.f('uq_learning_outcome_course_id_person_id'))
    )
    with op.batch_alter_table('learning_outcome', schema=None) as batch_op:
        batch_op.create_index('ix_learning_outcome_enrolment', ['enrolment_id'], unique=False)
        batch_op.create_index('ix_learning_outcome_municipality', ['municipality_id', 'id'], unique=False)
        batch_op.create_index('ix_learning_outcome_org_unit', ['org_unit_id', 'id'], unique=False)
        batch_op.create_index('ix_learning_outcome_region', ['region_id', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('learning_outcome', schema=None) as batch_op:
        batch_op.drop_index('ix_learning_outcome_region')
        batch_op.drop_index('ix_learning_outcome_org_unit')
        batch_op.drop_index('ix_learning_outcome_municipality')
        batch_op.drop_index('ix_learning_outcome_enrolment')

    op.drop_table('learning_outcome')
    with op.batch_alter_table('lti_course', schema=None) as batch_op:
        batch_op.drop_index('ix_lti_course_region')
        batch_op.drop_index('ix_lti_course_org_unit')
        batch_op.drop_index('ix_lti_course_municipality')
        batch_op.drop_index(batch_op.f('ix_lti_course_group_id'))

    op.drop_table('lti_course')
    with op.batch_alter_table('learning_course', schema=None) as batch_op:
        batch_op.drop_index('ix_learning_course_region')
        batch_op.drop_index('ix_learning_course_org_unit')
        batch_op.drop_index('ix_learning_course_municipality')
        batch_op.drop_index(batch_op.f('ix_learning_course_group_id'))

    op.drop_table('learning_course')
    with op.batch_alter_table('lti_ticket', schema=None) as batch_op:
        batch_op.drop_index('ix_lti_ticket_expires')

    op.drop_table('lti_ticket')
    with op.batch_alter_table('lti_score', schema=None) as batch_op:
        batch_op.drop_index('ix_lti_score_region')
        batch_op.drop_index('ix_lti_score_org_unit')
        batch_op.drop_index('ix_lti_score_municipality')
        batch_op.drop_index('ix_lti_score_due')

    op.drop_table('lti_score')
    with op.batch_alter_table('lti_state', schema=None) as batch_op:
        batch_op.drop_index('ix_lti_state_expires')

    op.drop_table('lti_state')
    op.drop_table('lti_keyset')
    with op.batch_alter_table('lti_deployment', schema=None) as batch_op:
        batch_op.drop_index('ix_lti_deployment_region')
        batch_op.drop_index('ix_lti_deployment_org_unit')
        batch_op.drop_index('ix_lti_deployment_municipality')

    op.drop_table('lti_deployment')
    with op.batch_alter_table('lti_account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_lti_account_user_id'))
        batch_op.drop_index('ix_lti_account_region')
        batch_op.drop_index('ix_lti_account_org_unit')
        batch_op.drop_index('ix_lti_account_municipality')

    op.drop_table('lti_account')
    with op.batch_alter_table('learning_person', schema=None) as batch_op:
        batch_op.drop_index('ix_learning_person_staff')
        batch_op.drop_index('ix_learning_person_region')
        batch_op.drop_index('ix_learning_person_org_unit')
        batch_op.drop_index('ix_learning_person_municipality')

    op.drop_table('learning_person')
    with op.batch_alter_table('learning_answer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_learning_answer_site_id'))
        batch_op.drop_index('ix_learning_answer_region')
        batch_op.drop_index('ix_learning_answer_org_unit')
        batch_op.drop_index('ix_learning_answer_municipality')
        batch_op.drop_index('ix_learning_answer_kept')

    op.drop_table('learning_answer')
    with op.batch_alter_table('lti_platform', schema=None) as batch_op:
        batch_op.drop_index('ix_lti_platform_region')
        batch_op.drop_index('ix_lti_platform_org_unit')
        batch_op.drop_index('ix_lti_platform_municipality')

    op.drop_table('lti_platform')
    with op.batch_alter_table('learning_site', schema=None) as batch_op:
        batch_op.drop_index('ix_learning_site_region')
        batch_op.drop_index('ix_learning_site_org_unit')
        batch_op.drop_index('ix_learning_site_municipality')

    op.drop_table('learning_site')
    op.drop_table('lti_key')
