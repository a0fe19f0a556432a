"""The parts of an application that came back, and the case handler who has taken it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_25_1025"
down_revision = "2026_11_25_1024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    parts = sa.Column("returned_parts", postgresql.JSONB(), nullable=False, server_default="{}")
    op.add_column("applications", parts)
    op.alter_column("applications", "returned_parts", server_default=None)
    op.add_column("applications", sa.Column("handler_id", sa.Uuid(), nullable=True))
    op.add_column("applications", sa.Column("handled_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.create_foreign_key("fk_applications_handler_id", "applications", "people", ["handler_id"], ["id"])


def downgrade() -> None:
    op.drop_column("applications", "handled_at")
    op.drop_column("applications", "handler_id")
    op.drop_column("applications", "returned_parts")
