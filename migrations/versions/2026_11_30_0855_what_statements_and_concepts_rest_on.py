"""What a problem statement and a concept rest on, which units an activity was held with, and disbenefits of consequences."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "2026_11_30_0855"
down_revision = "2026_11_30_0850"
branch_labels = None
depends_on = None

LISTS = (("problem_statements", "insight_ids"), ("concepts", "idea_ids"))


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for table, column in LISTS:
        op.add_column(table, sa.Column(column, ARRAY(sa.Uuid()), nullable=False, server_default="{}"))
        op.alter_column(table, column, server_default=None)
    op.add_column("insight_activities", sa.Column("units", sa.Text(), nullable=False, server_default=""))
    op.alter_column("insight_activities", "units", server_default=None)
    op.add_column("placements", sa.Column("benefit_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_placements_benefit_id"), "placements", "benefits", ["benefit_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f("fk_placements_benefit_id"), "placements")
    op.drop_column("placements", "benefit_id")
    op.drop_column("insight_activities", "units")
    for table, column in reversed(LISTS):
        op.drop_column(table, column)
