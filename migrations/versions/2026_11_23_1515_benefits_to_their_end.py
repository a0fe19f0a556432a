"""Benefits to their end: whoever takes one over is asked first, and a version of the plan says why it was begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_1515"
down_revision = "2026_11_23_1505"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("benefits", sa.Column("hand_over_asked_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("benefit_plans", sa.Column("why", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("benefit_plans", "why")
    op.drop_column("benefits", "hand_over_asked_at")
