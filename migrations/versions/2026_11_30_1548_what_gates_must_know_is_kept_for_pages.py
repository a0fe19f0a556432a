"""What the gates of a project must know, kept for its pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_1548"
down_revision = "2026_11_30_1545"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("overseen_projects", sa.Column("gathered", postgresql.JSONB(), nullable=True))
    op.create_index(
        "ix_events_of_gatherings", "events", ["case_id", "at"], postgresql_where=sa.text("subject = 'gathering'")
    )


def downgrade() -> None:
    op.drop_index("ix_events_of_gatherings", "events")
    op.drop_column("overseen_projects", "gathered")
