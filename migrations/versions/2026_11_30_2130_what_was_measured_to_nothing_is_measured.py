"""What was measured to come to nothing counts among what was measured: the portfolio's rows are written anew."""

from __future__ import annotations

from alembic import op

revision = "2026_11_30_2130"
down_revision = "2026_11_30_2012"
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
