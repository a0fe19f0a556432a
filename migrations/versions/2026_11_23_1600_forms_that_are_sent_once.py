"""A form is taken once, however often it is sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_1600"
down_revision = "2026_11_23_1530"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "sent_forms",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("made", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("mark", name="pk_sent_forms"),
    )
    op.create_index("ix_sent_forms_sent_at", "sent_forms", ["sent_at"])


def downgrade() -> None:
    op.drop_table("sent_forms")
