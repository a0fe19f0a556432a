"""Lists of payments for the accounting system: numbered, never changed, and no payment in two of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_1140"
down_revision = "2026_11_30_1130"
branch_labels = None
depends_on = None

TABLES = ("payment_lists", "payment_list_lines")
REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION payment_lists_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'lists of payments are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""
GUARD = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION payment_lists_are_append_only();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "payment_lists",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("total_ore", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_payment_lists_number")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_payment_lists_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_lists")),
        sa.UniqueConstraint("number", name=op.f("uq_payment_lists_number")),
    )
    op.create_table(
        "payment_list_lines",
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["payment_lists.id"], name=op.f("fk_payment_list_lines_list_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name=op.f("fk_payment_list_lines_payment_id")),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_payment_list_lines")),
        sa.UniqueConstraint("list_id", "number", name=op.f("uq_payment_list_lines_list_id_number")),
    )
    op.execute(REFUSE_CHANGE)
    for table in TABLES:
        op.execute(GUARD.format(table=table))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION payment_lists_are_append_only()")
