"""What the portfolio's lists show of an indicator is kept with its rows, as is what was reported in time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_2155"
down_revision = "2026_11_30_2150"
branch_labels = None
depends_on = None

NAME = "ix_portfolio_rows_of_standing_projects"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    # what stands here is made again, day by day, by the worker within the minute
    op.execute("DELETE FROM portfolio_rows")
    op.execute("DELETE FROM portfolio_totals")
    op.add_column("portfolio_rows", sa.Column("known", sa.Text(), nullable=False))
    op.add_column("portfolio_rows", sa.Column("committed_ore", sa.BigInteger(), nullable=False))
    op.create_index(
        NAME, "portfolio_rows", ["case_id"],
        postgresql_include=[
            "step", "unit_id", "county_id", "call_id", "goals", "categories", "together", "marks", "price_years",
            "forecasts", "committed_ore",
        ],
        postgresql_where=sa.text("to_on is null and benefit_id is null"),
    )  # fmt: skip


def downgrade() -> None:
    op.execute("DELETE FROM portfolio_rows")
    op.execute("DELETE FROM portfolio_totals")
    op.drop_index(NAME, table_name="portfolio_rows")
    op.drop_column("portfolio_rows", "committed_ore")
    op.drop_column("portfolio_rows", "known")
