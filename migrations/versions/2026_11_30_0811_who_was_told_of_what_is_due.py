"""Each step of an escalation that was taken, once for one thing and one day (G26)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_0811"
down_revision = "2026_11_30_0801"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "obligation_reminders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_obligation_reminders_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation_reminders")),
        sa.UniqueConstraint(
            "row_id", "kind", "due_on", "rung", name=op.f("uq_obligation_reminders_row_id_kind_due_on_rung")
        ),
    )
    op.create_index(op.f("ix_obligation_reminders_case_id"), "obligation_reminders", ["case_id"])
    op.drop_column("milestones", "reminded_at")
    op.drop_column("measurements", "reminded_at")


def downgrade() -> None:
    for table in ("milestones", "measurements"):
        op.add_column(table, sa.Column("reminded_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.drop_table("obligation_reminders")
