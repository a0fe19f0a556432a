"""What a project that is applied for is to cost, line by line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_0240"
down_revision = "2026_11_30_0232"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "budget_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("cost_kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("bearer", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount_ore >= 0", name="ck_budget_lines_amount_ore"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_budget_lines_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_budget_lines"),
    )
    op.create_index("ix_budget_lines_case_id", "budget_lines", ["case_id"])


def downgrade() -> None:
    op.drop_table("budget_lines")
