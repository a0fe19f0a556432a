"""Units, people, cases and the record of events."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_23_1200"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # people are at work while this runs: rather give up than keep them waiting behind a lock
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table('events',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('actor_name', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('verb', sa.Text(), nullable=False),
    sa.Column('from_state', sa.Text(), nullable=True),
    sa.Column('to_state', sa.Text(), nullable=True),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('changes', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('previous_hash', sa.Text(), nullable=False),
    sa.Column('hash', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_events')),
    sa.UniqueConstraint('case_id', 'sequence', name=op.f('uq_events_case_id_sequence'))
    )
    op.create_index(op.f('ix_events_subject_id'), 'events', ['subject_id'], unique=False)
    op.create_table('people',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('password_hash', sa.Text(), nullable=True),
    sa.Column('issuer', sa.Text(), nullable=True),
    sa.Column('subject', sa.Text(), nullable=True),
    sa.Column('is_demo', sa.Boolean(), nullable=False),
    sa.Column('valid_to', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people'))
    )
    op.create_index('uq_people_email_lower', 'people', [sa.literal_column('lower(email)')], unique=True)
    op.create_table('units',
    sa.Column('number', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('county_id', sa.Uuid(), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('mailbox', sa.Text(), nullable=False),
    sa.Column('state_organisation_number', sa.Text(), nullable=True),
    sa.Column('municipal_organisation_number', sa.Text(), nullable=True),
    sa.Column('municipalities', postgresql.ARRAY(sa.TEXT()), nullable=False),
    sa.Column('employees', sa.Integer(), nullable=True),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('invented', sa.Boolean(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("kind in ('directorate', 'county', 'office')", name=op.f('ck_units_kind')),
    sa.CheckConstraint("language in ('nb', 'nn')", name=op.f('ck_units_language')),
    sa.ForeignKeyConstraint(['county_id'], ['units.id'], name=op.f('fk_units_county_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_units')),
    sa.UniqueConstraint('number', name=op.f('uq_units_number'))
    )
    op.create_index(op.f('ix_units_county_id'), 'units', ['county_id'], unique=False)
    op.create_table('cases',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('reference', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('county_id', sa.Uuid(), nullable=True),
    sa.Column('call_id', sa.Uuid(), nullable=True),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('created_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('submitted_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('project_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('event_count', sa.Integer(), nullable=False),
    sa.Column('event_hash', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['cases.id'], name=op.f('fk_cases_call_id')),
    sa.ForeignKeyConstraint(['county_id'], ['units.id'], name=op.f('fk_cases_county_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_cases_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_cases')),
    sa.UniqueConstraint('reference', name=op.f('uq_cases_reference'))
    )
    op.create_index(op.f('ix_cases_call_id'), 'cases', ['call_id'], unique=False)
    op.create_index(op.f('ix_cases_county_id'), 'cases', ['county_id'], unique=False)
    op.create_index(op.f('ix_cases_unit_id'), 'cases', ['unit_id'], unique=False)
    op.create_table('scheme_roles',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('valid_to', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('limit_ore', sa.Integer(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_scheme_roles_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scheme_roles'))
    )
    op.create_index(op.f('ix_scheme_roles_person_id'), 'scheme_roles', ['person_id'], unique=False)
    op.create_table('sessions',
    sa.Column('token_hash', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('started_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('expires_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_sessions_person_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sessions'))
    )
    op.create_index(op.f('ix_sessions_person_id'), 'sessions', ['person_id'], unique=False)
    op.create_table('unit_memberships',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('valid_to', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("role in ('leader', 'coordinator', 'employee', 'county_representative')", name=op.f('ck_unit_memberships_role')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_unit_memberships_person_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_unit_memberships_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_memberships'))
    )
    op.create_index(op.f('ix_unit_memberships_person_id'), 'unit_memberships', ['person_id'], unique=False)
    op.create_index(op.f('ix_unit_memberships_unit_id'), 'unit_memberships', ['unit_id'], unique=False)
    op.create_table('case_roles',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('valid_from', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('valid_to', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_roles_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_case_roles_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_case_roles'))
    )
    op.create_index(op.f('ix_case_roles_case_id'), 'case_roles', ['case_id'], unique=False)
    op.create_index('ix_case_roles_person_case', 'case_roles', ['person_id', 'case_id'], unique=False)
    op.create_table('case_units',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('part', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_case_units_case_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_case_units_unit_id')),
    sa.PrimaryKeyConstraint('case_id', 'unit_id', name=op.f('pk_case_units'))
    )
    op.create_index(op.f('ix_case_units_unit_id'), 'case_units', ['unit_id'], unique=False)
    op.create_table('waivers',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('requirement', sa.Text(), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('given_by', sa.Uuid(), nullable=False),
    sa.Column('given_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_waivers_case_id')),
    sa.ForeignKeyConstraint(['given_by'], ['people.id'], name=op.f('fk_waivers_given_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_waivers')),
    sa.UniqueConstraint('subject', 'subject_id', 'requirement', name=op.f('uq_waivers_subject_subject_id_requirement'))
    )
    op.create_index(op.f('ix_waivers_case_id'), 'waivers', ['case_id'], unique=False)
    op.execute(
        """
    CREATE OR REPLACE FUNCTION events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'events are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END $$;
    """
    )
    op.execute(
        """
    CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_are_append_only();
    """
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_index(op.f('ix_waivers_case_id'), table_name='waivers')
    op.drop_table('waivers')
    op.drop_index(op.f('ix_case_units_unit_id'), table_name='case_units')
    op.drop_table('case_units')
    op.drop_index('ix_case_roles_person_case', table_name='case_roles')
    op.drop_index(op.f('ix_case_roles_case_id'), table_name='case_roles')
    op.drop_table('case_roles')
    op.drop_index(op.f('ix_unit_memberships_unit_id'), table_name='unit_memberships')
    op.drop_index(op.f('ix_unit_memberships_person_id'), table_name='unit_memberships')
    op.drop_table('unit_memberships')
    op.drop_index(op.f('ix_sessions_person_id'), table_name='sessions')
    op.drop_table('sessions')
    op.drop_index(op.f('ix_scheme_roles_person_id'), table_name='scheme_roles')
    op.drop_table('scheme_roles')
    op.drop_index(op.f('ix_cases_unit_id'), table_name='cases')
    op.drop_index(op.f('ix_cases_county_id'), table_name='cases')
    op.drop_index(op.f('ix_cases_call_id'), table_name='cases')
    op.drop_table('cases')
    op.drop_index(op.f('ix_units_county_id'), table_name='units')
    op.drop_table('units')
    op.drop_index('uq_people_email_lower', table_name='people')
    op.drop_table('people')
    op.drop_index(op.f('ix_events_subject_id'), table_name='events')
    op.drop_table('events')
    op.execute("DROP FUNCTION events_are_append_only")
