"""Reminders of reviews that have been sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_0300"
down_revision = "2026_11_24_0200"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "review_reminders",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_review_reminders_review_id"),
        sa.PrimaryKeyConstraint("review_id", "rung", name="pk_review_reminders"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_table("review_reminders")
