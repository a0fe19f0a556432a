"""What is made clearer about a published call."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_25_1100"
down_revision = "2026_11_25_1050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "call_explanations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("given_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_explanations_call_id"),
        sa.ForeignKeyConstraint(["given_by"], ["people.id"], name="fk_call_explanations_given_by"),
        sa.PrimaryKeyConstraint("id", name="pk_call_explanations"),
    )
    op.create_index("ix_call_explanations_call_id", "call_explanations", ["call_id"])


def downgrade() -> None:
    op.drop_table("call_explanations")
