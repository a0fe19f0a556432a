"""What is asked of all benefits that stand is read from an index that holds it, not from their wide rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_2012"
down_revision = "2026_11_30_1911"
branch_labels = None
depends_on = None

NAME = "ix_portfolio_rows_of_standing_benefits"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_index(
        NAME, "portfolio_rows", ["case_id"],
        postgresql_include=[
            "step", "unit_id", "county_id", "call_id", "goals", "categories", "marks", "price_years", "forecasts",
        ],
        postgresql_where=sa.text("to_on is null and benefit_id is not null"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index(NAME, table_name="portfolio_rows")
