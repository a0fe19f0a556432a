"""The days from which signs show, and a gate lacks something, stand in numbers that many rows are counted by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_2150"
down_revision = "2026_11_30_2130"
branch_labels = None
depends_on = None

SIGNS = (
    "no_leaders", "no_facilitator", "clarification_missing", "milestone_late", "step_late", "measurement_late",
    "gate_near", "no_contact", "feedback_unanswered", "clarification_old", "no_plan", "paused_long",
)  # fmt: skip
LACKS_FROM = """
UPDATE overseen_projects SET lacks_from = (
  SELECT min(coalesce(replace(lack->>'from_on', '-', '')::integer, 0)) FROM jsonb_array_elements(lacks) lack
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("overseen_projects", sa.Column("lacks_from", sa.Integer(), nullable=True))
    op.execute(LACKS_FROM)
    for sign in SIGNS:
        day = sa.Computed(f"replace(signs #>> '{{{sign},from_on}}', '-', '')::integer", persisted=True)
        op.add_column("overseen_projects", sa.Column(f"{sign}_from", sa.Integer(), day, nullable=True))


def downgrade() -> None:
    for sign in SIGNS:
        op.drop_column("overseen_projects", f"{sign}_from")
    op.drop_column("overseen_projects", "lacks_from")
