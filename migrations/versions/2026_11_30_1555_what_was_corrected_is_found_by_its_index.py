"""Which measurement stands instead of another is found by an index, however many measurements there are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_1555"
down_revision = "2026_11_30_1548"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_index(
        "ix_measurements_corrects_id", "measurements", ["corrects_id"],
        postgresql_where=sa.text("corrects_id is not null"),
    )  # fmt: skip
    op.create_index(
        "ix_portfolio_rows_of_projects", "portfolio_rows", ["case_id"], postgresql_where=sa.text("benefit_id is null")
    )


def downgrade() -> None:
    op.drop_index("ix_portfolio_rows_of_projects", table_name="portfolio_rows")
    op.drop_index("ix_measurements_corrects_id", table_name="measurements")
