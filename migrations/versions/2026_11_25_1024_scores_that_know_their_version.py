"""Scores and summaries that know which version they were typed on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_1024"
down_revision = "2026_11_25_1020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("scores", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("reviews", sa.Column("summary_version", sa.Integer(), server_default="0", nullable=False))
    op.alter_column("scores", "version", server_default=None)
    op.alter_column("reviews", "summary_version", server_default=None)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_column("reviews", "summary_version")
    op.drop_column("scores", "version")
