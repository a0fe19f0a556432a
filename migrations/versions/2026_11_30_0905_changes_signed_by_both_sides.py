"""Changes of an award with what stood when they were proposed, signed for the office and for the scheme."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_0905"
down_revision = "2026_11_30_0855"
branch_labels = None
depends_on = None

KINDS = "kind in ('amount', 'dates', 'team', 'scope'{more})"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("change_requests", sa.Column("before", postgresql.JSONB(), nullable=True))
    op.add_column("change_requests", sa.Column("after_text", sa.Text(), server_default="", nullable=False))
    op.add_column("change_requests", sa.Column("signed_by", sa.Uuid(), nullable=True))
    op.add_column("change_requests", sa.Column("signed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_change_requests_signed_by"), "change_requests", "people", ["signed_by"], ["id"])
    op.drop_constraint(op.f("ck_change_requests_kind"), "change_requests")
    op.create_check_constraint(op.f("ck_change_requests_kind"), "change_requests", KINDS.format(more=", 'annex'"))


def downgrade() -> None:
    op.execute("DELETE FROM change_requests WHERE kind = 'annex'")
    op.drop_constraint(op.f("ck_change_requests_kind"), "change_requests")
    op.create_check_constraint(op.f("ck_change_requests_kind"), "change_requests", KINDS.format(more=""))
    op.drop_constraint(op.f("fk_change_requests_signed_by"), "change_requests")
    for name in ("signed_at", "signed_by", "after_text", "before"):
        op.drop_column("change_requests", name)
