"""Attempts at a job are counted before they are made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_1440"
down_revision = "2026_11_23_1250"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # people are at work while this runs: rather give up than keep them waiting behind a lock
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("outbox", sa.Column("begun_at", sa.TIMESTAMP(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "begun_at")
