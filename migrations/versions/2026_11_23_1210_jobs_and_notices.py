"""Jobs, notices and mails."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_23_1210"
down_revision = '2026_11_23_1200'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # people are at work while this runs: rather give up than keep them waiting behind a lock
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table('outbox',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('key', sa.Text(), nullable=True),
    sa.Column('created_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('due_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('enqueued_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('handovers', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.Column('done_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('dead_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox')),
    sa.UniqueConstraint('key', name=op.f('uq_outbox_key'))
    )
    op.create_index('ix_outbox_dead', 'outbox', ['id'], unique=False, postgresql_where=sa.text('dead_at IS NOT NULL AND done_at IS NULL'))
    op.create_index('ix_outbox_done', 'outbox', ['done_at'], unique=False, postgresql_where=sa.text('done_at IS NOT NULL'))
    op.create_index('ix_outbox_waiting', 'outbox', ['due_at'], unique=False, postgresql_where=sa.text('done_at IS NULL AND dead_at IS NULL'))
    op.create_table('mails',
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('to_address', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('language', sa.Text(), nullable=False),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('created_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('sent_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_mails_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mails')),
    sa.UniqueConstraint('message_id', name=op.f('uq_mails_message_id'))
    )
    op.create_index(op.f('ix_mails_person_id'), 'mails', ['person_id'], unique=False)
    op.create_table('notices',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=True),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('parameters', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('link', sa.Text(), nullable=False),
    sa.Column('created_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('read_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_notices_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_notices_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices'))
    )
    op.create_index(op.f('ix_notices_case_id'), 'notices', ['case_id'], unique=False)
    op.create_index('ix_notices_person_id_id', 'notices', ['person_id', 'id'], unique=False)
    op.create_index('ix_notices_unread', 'notices', ['person_id'], unique=False, postgresql_where=sa.text('read_at IS NULL'))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_index('ix_notices_unread', table_name='notices', postgresql_where=sa.text('read_at IS NULL'))
    op.drop_index('ix_notices_person_id_id', table_name='notices')
    op.drop_index(op.f('ix_notices_case_id'), table_name='notices')
    op.drop_table('notices')
    op.drop_index(op.f('ix_mails_person_id'), table_name='mails')
    op.drop_table('mails')
    op.drop_index('ix_outbox_waiting', table_name='outbox', postgresql_where=sa.text('done_at IS NULL AND dead_at IS NULL'))
    op.drop_index('ix_outbox_done', table_name='outbox', postgresql_where=sa.text('done_at IS NOT NULL'))
    op.drop_index('ix_outbox_dead', table_name='outbox', postgresql_where=sa.text('dead_at IS NOT NULL AND done_at IS NULL'))
    op.drop_table('outbox')
