"""When a measurement was given up; and the portfolio's rows hold what was awarded: they are written anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_2212"
down_revision = "2026_11_30_2155"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("measurements", sa.Column("written_off_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.execute(
        "UPDATE measurements SET written_off_at = coalesce((SELECT max(at) FROM events"
        " WHERE subject = 'measurement' AND subject_id = measurements.id AND verb = 'write_off'), planned_at)"
        " WHERE state = 'written_off'"
    )
    # what stands here is made again, day by day, by the worker within the minute
    op.execute("DELETE FROM portfolio_rows")
    op.execute("DELETE FROM portfolio_totals")


def downgrade() -> None:
    op.drop_column("measurements", "written_off_at")
    op.execute("DELETE FROM portfolio_rows")
    op.execute("DELETE FROM portfolio_totals")
