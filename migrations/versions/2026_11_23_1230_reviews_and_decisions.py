"""Reviews, meetings, decisions, commitments and letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_23_1230"
down_revision = '2026_11_23_1220'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # people are at work while this runs: rather give up than keep them waiting behind a lock
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table('decisions',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=True),
    sa.Column('amount_ore', sa.BigInteger(), nullable=True),
    sa.Column('hours', sa.Integer(), nullable=True),
    sa.Column('reasons', sa.Text(), nullable=False),
    sa.Column('conditions', sa.Text(), nullable=False),
    sa.Column('funding_instrument', sa.Text(), nullable=False),
    sa.Column('recommended_outcome', sa.Text(), nullable=True),
    sa.Column('recommended_amount_ore', sa.BigInteger(), nullable=True),
    sa.Column('recommended_hours', sa.Integer(), nullable=True),
    sa.Column('recommended_by', sa.Uuid(), nullable=True),
    sa.Column('recommended_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('checks', postgresql.ARRAY(sa.TEXT()), nullable=False),
    sa.Column('deviation_why', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('amount_ore >= 0', name=op.f('ck_decisions_amount_ore')),
    sa.CheckConstraint('hours >= 0', name=op.f('ck_decisions_hours')),
    sa.ForeignKeyConstraint(['call_id'], ['cases.id'], name=op.f('fk_decisions_call_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_decisions_case_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['people.id'], name=op.f('fk_decisions_decided_by')),
    sa.ForeignKeyConstraint(['recommended_by'], ['people.id'], name=op.f('fk_decisions_recommended_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_decisions'))
    )
    op.create_index(op.f('ix_decisions_call_id'), 'decisions', ['call_id'], unique=False)
    op.create_index('ix_decisions_case_id_state', 'decisions', ['case_id', 'state'], unique=False)
    op.create_index('uq_decisions_case_id_open', 'decisions', ['case_id'], unique=True, postgresql_where=sa.text("state in ('pending', 'recommended')"))
    op.create_table('impartialities',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('declared_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_impartialities_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_impartialities_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_impartialities')),
    sa.UniqueConstraint('case_id', 'person_id', name=op.f('uq_impartialities_case_id_person_id'))
    )
    op.create_table('meetings',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('held_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('participants', sa.Text(), nullable=False),
    sa.Column('minutes', sa.Text(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('confirmed_by_office', sa.Uuid(), nullable=True),
    sa.Column('confirmed_by_office_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('confirmed_by_scheme', sa.Uuid(), nullable=True),
    sa.Column('confirmed_by_scheme_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_meetings_case_id')),
    sa.ForeignKeyConstraint(['confirmed_by_office'], ['people.id'], name=op.f('fk_meetings_confirmed_by_office')),
    sa.ForeignKeyConstraint(['confirmed_by_scheme'], ['people.id'], name=op.f('fk_meetings_confirmed_by_scheme')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_meetings_written_by')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_meetings'))
    )
    op.create_table('reviews',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('reviewer_id', sa.Uuid(), nullable=False),
    sa.Column('assigned_by', sa.Uuid(), nullable=False),
    sa.Column('assigned_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('declaration', sa.Text(), nullable=False),
    sa.Column('declared_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('declared_by', sa.Uuid(), nullable=True),
    sa.Column('summary', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('submitted_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('ended_why', sa.Text(), nullable=False),
    sa.Column('ended_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assigned_by'], ['people.id'], name=op.f('fk_reviews_assigned_by')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_reviews_case_id')),
    sa.ForeignKeyConstraint(['declared_by'], ['people.id'], name=op.f('fk_reviews_declared_by')),
    sa.ForeignKeyConstraint(['reviewer_id'], ['people.id'], name=op.f('fk_reviews_reviewer_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reviews'))
    )
    op.create_index('ix_reviews_reviewer_id_state', 'reviews', ['reviewer_id', 'state'], unique=False)
    op.create_index('uq_reviews_case_id_reviewer_id', 'reviews', ['case_id', 'reviewer_id'], unique=True, postgresql_where=sa.text("state <> 'voided'"))
    op.create_table('commitments',
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('amount_ore', sa.BigInteger(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(kind = 'reversal') = (amount_ore < 0 or hours < 0) or (amount_ore = 0 and hours = 0)", name=op.f('ck_commitments_sign')),
    sa.CheckConstraint("kind in ('provisional', 'final', 'reversal')", name=op.f('ck_commitments_kind')),
    sa.ForeignKeyConstraint(['call_id'], ['cases.id'], name=op.f('fk_commitments_call_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_commitments_case_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_commitments_decision_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_commitments'))
    )
    op.create_index('ix_commitments_call_id_case_id', 'commitments', ['call_id', 'case_id'], unique=False)
    op.create_table('letters',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('decision_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('fields', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('content_hash', sa.Text(), nullable=False),
    sa.Column('created_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('released_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('released_by', sa.Uuid(), nullable=True),
    sa.Column('pdf', sa.LargeBinary(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("kind in ('award', 'provisional', 'rejection', 'waitlist', 'dismissal')", name=op.f('ck_letters_kind')),
    sa.CheckConstraint("language in ('nb', 'nn', 'en')", name=op.f('ck_letters_language')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_letters_case_id')),
    sa.ForeignKeyConstraint(['decision_id'], ['decisions.id'], name=op.f('fk_letters_decision_id')),
    sa.ForeignKeyConstraint(['released_by'], ['people.id'], name=op.f('fk_letters_released_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letters')),
    sa.UniqueConstraint('decision_id', name=op.f('uq_letters_decision_id'))
    )
    op.create_index(op.f('ix_letters_case_id'), 'letters', ['case_id'], unique=False)
    op.create_table('discussions',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('criterion_id', sa.Uuid(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_discussions_case_id')),
    sa.ForeignKeyConstraint(['criterion_id'], ['criteria.id'], name=op.f('fk_discussions_criterion_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_discussions_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discussions')),
    sa.UniqueConstraint('case_id', 'criterion_id', name=op.f('uq_discussions_case_id_criterion_id'))
    )
    op.create_table('scores',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('review_id', sa.Uuid(), nullable=False),
    sa.Column('criterion_id', sa.Uuid(), nullable=False),
    sa.Column('value', sa.Integer(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('value >= 0', name=op.f('ck_scores_value')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_scores_case_id')),
    sa.ForeignKeyConstraint(['criterion_id'], ['criteria.id'], name=op.f('fk_scores_criterion_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['review_id'], ['reviews.id'], name=op.f('fk_scores_review_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_scores')),
    sa.UniqueConstraint('review_id', 'criterion_id', name=op.f('uq_scores_review_id_criterion_id'))
    )
    op.create_index(op.f('ix_scores_case_id'), 'scores', ['case_id'], unique=False)
    op.execute(
        """
    CREATE OR REPLACE FUNCTION commitments_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'commitments are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
    END $$;
    """
    )
    op.execute(
        """
    CREATE TRIGGER commitments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON commitments
    FOR EACH STATEMENT EXECUTE FUNCTION commitments_are_append_only();
    """
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_index(op.f('ix_scores_case_id'), table_name='scores')
    op.drop_table('scores')
    op.drop_table('discussions')
    op.drop_index(op.f('ix_letters_case_id'), table_name='letters')
    op.drop_table('letters')
    op.drop_index('ix_commitments_call_id_case_id', table_name='commitments')
    op.drop_table('commitments')
    op.drop_index('uq_reviews_case_id_reviewer_id', table_name='reviews', postgresql_where=sa.text("state <> 'voided'"))
    op.drop_index('ix_reviews_reviewer_id_state', table_name='reviews')
    op.drop_table('reviews')
    op.drop_table('meetings')
    op.drop_table('impartialities')
    op.drop_index('uq_decisions_case_id_open', table_name='decisions', postgresql_where=sa.text("state in ('pending', 'recommended')"))
    op.drop_index('ix_decisions_case_id_state', table_name='decisions')
    op.drop_index(op.f('ix_decisions_call_id'), table_name='decisions')
    op.drop_table('decisions')
    op.execute("DROP FUNCTION commitments_are_append_only")
