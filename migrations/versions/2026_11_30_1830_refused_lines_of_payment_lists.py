"""A line of a payment list can be marked as refused by the accounting system, once; its payment may then stand in another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_1830"
down_revision = "2026_11_30_1808"
branch_labels = None
depends_on = None

REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION payment_list_lines_are_only_refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.refused_at IS NOT NULL OR NEW.refused_at IS NULL OR
     (NEW.payment_id, NEW.list_id, NEW.number) IS DISTINCT FROM (OLD.payment_id, OLD.list_id, OLD.number) THEN
    RAISE EXCEPTION 'lines of payment lists are append-only but for one refusal: % refused', TG_OP
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
"""
GUARD = """
CREATE TRIGGER payment_list_lines_only_refused BEFORE UPDATE ON payment_list_lines
FOR EACH ROW EXECUTE FUNCTION payment_list_lines_are_only_refused();
"""
APPEND_ONLY = """
CREATE TRIGGER payment_list_lines_append_only BEFORE {acts} ON payment_list_lines
FOR EACH STATEMENT EXECUTE FUNCTION payment_lists_are_append_only();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("payments", sa.Column("correction", sa.Text(), server_default="", nullable=False))
    op.add_column("payment_list_lines", sa.Column("refused_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("payment_list_lines", sa.Column("refused_by", sa.Uuid(), nullable=True))
    op.add_column("payment_list_lines", sa.Column("refusal", sa.Text(), server_default="", nullable=False))
    op.create_foreign_key(
        op.f("fk_payment_list_lines_refused_by"), "payment_list_lines", "people", ["refused_by"], ["id"]
    )
    op.create_check_constraint(
        op.f("ck_payment_list_lines_refused"), "payment_list_lines",
        "(refused_at is null) = (refused_by is null) and (refused_at is null) = (refusal = '')",
    )  # fmt: skip
    op.drop_constraint(op.f("pk_payment_list_lines"), "payment_list_lines", type_="primary")
    op.create_primary_key(op.f("pk_payment_list_lines"), "payment_list_lines", ["payment_id", "list_id"])
    op.create_index(
        "uq_payment_list_lines_not_refused", "payment_list_lines", ["payment_id"], unique=True,
        postgresql_where=sa.text("refused_at is null"),
    )  # fmt: skip
    op.execute("DROP TRIGGER payment_list_lines_append_only ON payment_list_lines")
    op.execute(APPEND_ONLY.format(acts="DELETE OR TRUNCATE"))
    op.execute(REFUSE_CHANGE)
    op.execute(GUARD)


def downgrade() -> None:
    op.execute("DROP TRIGGER payment_list_lines_only_refused ON payment_list_lines")
    op.execute("DROP FUNCTION payment_list_lines_are_only_refused()")
    op.execute("DROP TRIGGER payment_list_lines_append_only ON payment_list_lines")
    op.execute(APPEND_ONLY.format(acts="UPDATE OR DELETE OR TRUNCATE"))
    op.drop_index("uq_payment_list_lines_not_refused", table_name="payment_list_lines")
    op.drop_constraint(op.f("pk_payment_list_lines"), "payment_list_lines", type_="primary")
    op.create_primary_key(op.f("pk_payment_list_lines"), "payment_list_lines", ["payment_id"])
    op.drop_constraint(op.f("ck_payment_list_lines_refused"), "payment_list_lines", type_="check")
    op.drop_constraint(op.f("fk_payment_list_lines_refused_by"), "payment_list_lines", type_="foreignkey")
    for column in ("refusal", "refused_by", "refused_at"):
        op.drop_column("payment_list_lines", column)
    op.drop_column("payments", "correction")
