"""Calls and applications."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_23_1220"
down_revision = '2026_11_23_1210'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # people are at work while this runs: rather give up than keep them waiting behind a lock
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("CREATE SEQUENCE application_number")
    op.execute("CREATE SEQUENCE call_number")
    op.create_table('calls',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('owner_unit_id', sa.Uuid(), nullable=False),
    sa.Column('owner_person_id', sa.Uuid(), nullable=False),
    sa.Column('opens_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('deadline', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('frame_ore', sa.BigInteger(), nullable=True),
    sa.Column('facilitation_hours', sa.Integer(), nullable=True),
    sa.Column('cost_kinds', postgresql.ARRAY(sa.TEXT()), nullable=False),
    sa.Column('rules', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('rules_version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('published_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('announced_to', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('facilitation_hours >= 0', name=op.f('ck_calls_facilitation_hours')),
    sa.CheckConstraint('frame_ore >= 0', name=op.f('ck_calls_frame_ore')),
    sa.ForeignKeyConstraint(['id'], ['cases.id'], name=op.f('fk_calls_id')),
    sa.ForeignKeyConstraint(['owner_person_id'], ['people.id'], name=op.f('fk_calls_owner_person_id')),
    sa.ForeignKeyConstraint(['owner_unit_id'], ['units.id'], name=op.f('fk_calls_owner_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calls'))
    )
    op.create_index(op.f('ix_calls_state'), 'calls', ['state'], unique=False)
    op.create_table('endorsements',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('weekly_hours', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_endorsements_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_endorsements_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_endorsements'))
    )
    op.create_index(op.f('ix_endorsements_case_id'), 'endorsements', ['case_id'], unique=False)
    op.create_table('expected_benefits',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('beneficiaries', postgresql.ARRAY(sa.TEXT()), nullable=False),
    sa.Column('goal', sa.Text(), nullable=False),
    sa.Column('how_noticed', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_expected_benefits_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_expected_benefits'))
    )
    op.create_index(op.f('ix_expected_benefits_case_id'), 'expected_benefits', ['case_id'], unique=False)
    op.create_table('positive_deviances',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_positive_deviances_case_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_positive_deviances_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_positive_deviances'))
    )
    op.create_index(op.f('ix_positive_deviances_case_id'), 'positive_deviances', ['case_id'], unique=False)
    op.create_index(op.f('ix_positive_deviances_unit_id'), 'positive_deviances', ['unit_id'], unique=False)
    op.create_table('problem_statements',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('basis', postgresql.ARRAY(sa.TEXT()), nullable=False),
    sa.Column('basis_text', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('author_id', sa.Uuid(), nullable=True),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('frozen', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['people.id'], name=op.f('fk_problem_statements_author_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_problem_statements_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_problem_statements')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_problem_statements_case_id_number'))
    )
    op.create_table('receipts',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('received_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('received_from', sa.Uuid(), nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('content', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_receipts_case_id')),
    sa.ForeignKeyConstraint(['received_from'], ['people.id'], name=op.f('fk_receipts_received_from')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_receipts')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_receipts_case_id_number'))
    )
    op.create_table('team_members',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=True),
    sa.Column('weekly_hours', sa.Integer(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_team_members_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_team_members_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_team_members'))
    )
    op.create_index(op.f('ix_team_members_case_id'), 'team_members', ['case_id'], unique=False)
    op.create_index(op.f('ix_team_members_person_id'), 'team_members', ['person_id'], unique=False)
    op.create_table('applications',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('form_version', sa.Integer(), nullable=False),
    sa.Column('rules', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('rules_version', sa.Integer(), nullable=False),
    sa.Column('amount_ore', sa.BigInteger(), nullable=True),
    sa.Column('hours', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('created_by', sa.Uuid(), nullable=False),
    sa.Column('submitted_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('submitted_by', sa.Uuid(), nullable=True),
    sa.Column('submitted_version', sa.Integer(), nullable=True),
    sa.Column('content_hash', sa.Text(), nullable=True),
    sa.Column('returned_for', sa.Text(), nullable=False),
    sa.Column('completion_until', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('dismissed_for', sa.Text(), nullable=False),
    sa.Column('awarded_ore', sa.BigInteger(), nullable=True),
    sa.Column('awarded_hours', sa.Integer(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint('amount_ore >= 0', name=op.f('ck_applications_amount_ore')),
    sa.CheckConstraint('hours >= 0', name=op.f('ck_applications_hours')),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_applications_call_id')),
    sa.ForeignKeyConstraint(['created_by'], ['people.id'], name=op.f('fk_applications_created_by')),
    sa.ForeignKeyConstraint(['id'], ['cases.id'], name=op.f('fk_applications_id')),
    sa.ForeignKeyConstraint(['submitted_by'], ['people.id'], name=op.f('fk_applications_submitted_by')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_applications_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_applications')),
    sa.UniqueConstraint('reference', name=op.f('uq_applications_reference'))
    )
    op.create_index('ix_applications_call_id_state', 'applications', ['call_id', 'state', 'id'], unique=False)
    op.create_index(op.f('ix_applications_unit_id'), 'applications', ['unit_id'], unique=False)
    op.create_table('call_texts',
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('target_group', sa.Text(), nullable=False),
    sa.Column('attainment', sa.Text(), nullable=False),
    sa.Column('award', sa.Text(), nullable=False),
    sa.Column('follow_up', sa.Text(), nullable=False),
    sa.Column('evaluation', sa.Text(), nullable=False),
    sa.CheckConstraint("language in ('nb', 'nn', 'en')", name=op.f('ck_call_texts_language')),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_call_texts_call_id')),
    sa.PrimaryKeyConstraint('call_id', 'language', name=op.f('pk_call_texts'))
    )
    op.create_table('criteria',
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('weight', sa.Integer(), nullable=False),
    sa.Column('texts', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['calls.id'], name=op.f('fk_criteria_call_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_criteria')),
    sa.UniqueConstraint('call_id', 'key', name=op.f('uq_criteria_call_id_key'))
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_table('criteria')
    op.drop_table('call_texts')
    op.drop_index(op.f('ix_applications_unit_id'), table_name='applications')
    op.drop_index('ix_applications_call_id_state', table_name='applications')
    op.drop_table('applications')
    op.drop_index(op.f('ix_team_members_person_id'), table_name='team_members')
    op.drop_index(op.f('ix_team_members_case_id'), table_name='team_members')
    op.drop_table('team_members')
    op.drop_table('receipts')
    op.drop_table('problem_statements')
    op.drop_index(op.f('ix_positive_deviances_unit_id'), table_name='positive_deviances')
    op.drop_index(op.f('ix_positive_deviances_case_id'), table_name='positive_deviances')
    op.drop_table('positive_deviances')
    op.drop_index(op.f('ix_expected_benefits_case_id'), table_name='expected_benefits')
    op.drop_table('expected_benefits')
    op.drop_index(op.f('ix_endorsements_case_id'), table_name='endorsements')
    op.drop_table('endorsements')
    op.drop_index(op.f('ix_calls_state'), table_name='calls')
    op.drop_table('calls')
    op.execute("DROP SEQUENCE call_number")
    op.execute("DROP SEQUENCE application_number")
