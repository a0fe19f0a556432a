"""What comes once and was measured outside its time counts nowhere: the portfolio's rows are written anew."""

from __future__ import annotations

from alembic import op

revision = "2026_11_30_2235"
down_revision = "2026_11_30_2212"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    # what stands here is made again, day by day, by the worker within the minute
    op.execute("DELETE FROM portfolio_rows")
    op.execute("DELETE FROM portfolio_totals")


def downgrade() -> None:
    op.execute("DELETE FROM portfolio_rows")
    op.execute("DELETE FROM portfolio_totals")
