"""Templates that clarifications begin from, and what the scheme says in a clarification."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_0210"
down_revision = "2026_11_25_1434"
branch_labels = None
depends_on = None

TEXTS = ("scheme_expects", "scheme_commits", "equality", "template_gate")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "clarification_templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("hours_per_week", sa.Integer(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name="fk_clarification_templates_written_by"),
        sa.PrimaryKeyConstraint("id", name="pk_clarification_templates"),
        sa.UniqueConstraint("role", "gate", "number", name="uq_clarification_templates_role_gate_number"),
    )
    for name in TEXTS:
        op.add_column("clarifications", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("clarifications", name, server_default=None)
    op.add_column("clarifications", sa.Column("template_number", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("clarifications", "template_number", server_default=None)
    op.add_column(
        "clarifications", sa.Column("begun_from", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'"))
    )
    op.alter_column("clarifications", "begun_from", server_default=None)
    op.execute("UPDATE clarifications SET gate = 'close_diamond_2' WHERE gate = 'renewal'")


def downgrade() -> None:
    op.execute("UPDATE clarifications SET gate = 'renewal' WHERE gate <> 'start'")
    for name in ("begun_from", "template_number", *reversed(TEXTS)):
        op.drop_column("clarifications", name)
    op.drop_table("clarification_templates")
