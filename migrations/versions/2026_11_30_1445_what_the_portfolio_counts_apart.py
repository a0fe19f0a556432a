"""What is counted stands apart from what it comes to over time; the rows are written anew from their sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_1445"
down_revision = "2026_11_30_1440"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    # what stands here is made again, day by day, by the worker within the minute
    op.execute("DELETE FROM portfolio_rows")
    op.execute("DELETE FROM portfolio_totals")
    op.add_column("portfolio_rows", sa.Column("together", postgresql.ARRAY(sa.TEXT()), nullable=False))
    op.add_column("portfolio_rows", sa.Column("counted", sa.Text(), nullable=False))
    op.add_column("portfolio_totals", sa.Column("counted", sa.Text(), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM portfolio_rows")
    op.execute("DELETE FROM portfolio_totals")
    op.drop_column("portfolio_totals", "counted")
    op.drop_column("portfolio_rows", "counted")
    op.drop_column("portfolio_rows", "together")
