"""How often an indicator is measured is kept from the moment it came into force, as the record and the plans tell it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_1808"
down_revision = "2026_11_30_1555"
branch_labels = None
depends_on = None

KEPT_TILL_NOW = """
INSERT INTO indicator_intervals (id, case_id, indicator_id, months, since)
WITH written AS (
  SELECT i.case_id, i.id, e.at, e.sequence, e.changes->'interval_months'->>0 AS before, e.changes->'interval_months'->>1 AS after
  FROM indicators i
  JOIN events e ON e.case_id = i.case_id AND e.subject = 'benefit' AND e.verb = 'describe_indicator'
    AND e.changes->>'indicator_id' = i.id::text AND e.changes ? 'interval_months'
), planned AS (
  SELECT i.case_id, i.id, plan.approved_at AS at, said->>'interval_months' AS after
  FROM indicators i
  JOIN benefit_plans plan ON plan.case_id = i.case_id AND plan.approved_at IS NOT NULL
  JOIN LATERAL jsonb_array_elements(plan.snapshot->'indicators') said ON said->>'id' = i.id::text
), known AS (
  SELECT i.case_id, i.id, i.added_at AS at, CASE WHEN first.id IS NULL THEN i.interval_months::text ELSE first.before END AS after
  FROM indicators i
  LEFT JOIN LATERAL (SELECT * FROM written WHERE written.id = i.id ORDER BY at, sequence LIMIT 1) first ON true
  UNION ALL
  SELECT case_id, id, at, after FROM written
  WHERE NOT EXISTS (SELECT 1 FROM planned WHERE planned.id = written.id AND planned.at <= written.at)
  UNION ALL
  SELECT case_id, id, at, after FROM planned
), following AS (
  SELECT *, row_number() OVER own AS number, lag(after) OVER own AS before FROM known WINDOW own AS (PARTITION BY id ORDER BY at)
)
SELECT gen_random_uuid(), case_id, id, after::int, at FROM following WHERE number = 1 OR after IS DISTINCT FROM before
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "indicator_intervals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("since", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("months in (1, 2, 3, 4, 6, 12, 24)", name=op.f("ck_indicator_intervals_months")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_indicator_intervals_case_id")),
        sa.ForeignKeyConstraint(["indicator_id"], ["indicators.id"], name=op.f("fk_indicator_intervals_indicator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_intervals")),
    )
    op.create_index(op.f("ix_indicator_intervals_indicator_id"), "indicator_intervals", ["indicator_id"])
    op.execute(KEPT_TILL_NOW)


def downgrade() -> None:
    op.drop_table("indicator_intervals")
