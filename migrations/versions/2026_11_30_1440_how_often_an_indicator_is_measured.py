"""How often an indicator is measured, what that costs and why it is worth it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_1440"
down_revision = "2026_11_30_1231"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("indicators", sa.Column("interval_months", sa.Integer(), nullable=True))
    op.add_column("indicators", sa.Column("measuring_cost_ore", sa.BigInteger(), nullable=True))
    op.add_column("indicators", sa.Column("measuring_worth", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_indicators_interval_months"), "indicators", "interval_months in (1, 2, 3, 4, 6, 12, 24)"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_indicators_interval_months"), "indicators")
    for name in ("measuring_worth", "measuring_cost_ore", "interval_months"):
        op.drop_column("indicators", name)
