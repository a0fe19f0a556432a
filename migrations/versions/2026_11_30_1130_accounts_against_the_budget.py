"""Accounts per kind of cost against the budget, and shifts between its kinds as changes of an award."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_1130"
down_revision = "2026_11_30_1015"
branch_labels = None
depends_on = None

KINDS = "kind in ('amount', 'dates', 'team', 'scope', 'annex'{more})"
WRITTEN = """
UPDATE reports SET form_version = {to} WHERE state IN ('planned', 'due', 'returned') AND form_version = {was}
AND NOT answers ? 'spent_ore'
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("reports", sa.Column("budget", postgresql.JSONB(), server_default="[]", nullable=False))
    op.execute(WRITTEN.format(was=2, to=3))
    op.add_column("change_requests", sa.Column("from_kind", sa.Text(), nullable=True))
    op.add_column("change_requests", sa.Column("to_kind", sa.Text(), nullable=True))
    op.add_column("change_requests", sa.Column("shift_ore", sa.BigInteger(), nullable=True))
    op.drop_constraint(op.f("ck_change_requests_kind"), "change_requests")
    op.create_check_constraint(op.f("ck_change_requests_kind"), "change_requests", KINDS.format(more=", 'budget'"))
    op.create_check_constraint(
        op.f("ck_change_requests_shift"), "change_requests",
        "(kind = 'budget') = (num_nonnulls(from_kind, to_kind, shift_ore) = 3)",
    )  # fmt: skip
    op.create_check_constraint(op.f("ck_change_requests_shift_ore"), "change_requests", "shift_ore > 0")


def downgrade() -> None:
    op.execute("DELETE FROM change_requests WHERE kind = 'budget'")
    for name in ("shift_ore", "shift", "kind"):
        op.drop_constraint(op.f(f"ck_change_requests_{name}"), "change_requests")
    op.create_check_constraint(op.f("ck_change_requests_kind"), "change_requests", KINDS.format(more=""))
    for name in ("shift_ore", "to_kind", "from_kind"):
        op.drop_column("change_requests", name)
    op.execute(WRITTEN.format(was=3, to=2))
    op.drop_column("reports", "budget")
