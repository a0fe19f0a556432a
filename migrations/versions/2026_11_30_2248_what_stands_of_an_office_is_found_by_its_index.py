"""What stands in the portfolio of an office is found by its index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_2248"
down_revision = "2026_11_30_2235"
branch_labels = None
depends_on = None

NAME = "ix_portfolio_rows_unit_id_standing"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_index(
        NAME, "portfolio_rows", ["unit_id", "case_id", "benefit_id"], postgresql_where=sa.text("to_on is null")
    )


def downgrade() -> None:
    op.drop_index(NAME, table_name="portfolio_rows")
