"""What the portfolio's questions look up is kept with its rows, which are written anew from their sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_1847"
down_revision = "2026_11_30_1830"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    # what stands here is made again, day by day, by the worker within the minute
    op.execute("DELETE FROM portfolio_rows")
    op.execute("DELETE FROM portfolio_totals")
    op.add_column("portfolio_rows", sa.Column("marks", postgresql.ARRAY(sa.TEXT()), nullable=False))
    op.add_column("portfolio_rows", sa.Column("price_years", postgresql.ARRAY(sa.INTEGER()), nullable=False))
    op.add_column("portfolio_rows", sa.Column("forecasts", postgresql.ARRAY(sa.NUMERIC()), nullable=False))


def downgrade() -> None:
    op.execute("DELETE FROM portfolio_rows")
    op.execute("DELETE FROM portfolio_totals")
    op.drop_column("portfolio_rows", "forecasts")
    op.drop_column("portfolio_rows", "price_years")
    op.drop_column("portfolio_rows", "marks")
