"""What is said of a benefit in rows is ended and said anew, never written over; preconditions in one text become a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_1911"
down_revision = "2026_11_30_1904"
branch_labels = None
depends_on = None

REGISTERS = ("benefit_preconditions", "benefit_risks", "benefit_stakeholders")
STANDING = "ck_benefit_preconditions_standing"
# a line named as its benefit, so that the plans that have the text can be held against those that have the row
INTO_ROWS = """
INSERT INTO benefit_preconditions (id, line_id, case_id, benefit_id, text, standing, added_at)
SELECT gen_random_uuid(), b.id, b.case_id, b.id, b.preconditions, 'not_assessed', coalesce(
  (SELECT max(e.at) FROM events e WHERE e.subject_id = b.id AND e.subject = 'benefit' AND e.changes ? 'preconditions'),
  b.created_at)
FROM benefits b WHERE btrim(b.preconditions) <> ''
"""
BACK_INTO_TEXT = """
UPDATE benefits SET preconditions = row.text FROM benefit_preconditions row
WHERE row.line_id = benefits.id AND row.removed_at IS NULL
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for table in REGISTERS:
        op.add_column(table, sa.Column("line_id", sa.Uuid(), nullable=True))
        op.execute(f"UPDATE {table} SET line_id = id")
        op.alter_column(table, "line_id", nullable=False)
    op.drop_constraint(op.f(STANDING), "benefit_preconditions")
    op.create_check_constraint(
        op.f(STANDING), "benefit_preconditions", "standing in ('met', 'at_risk', 'not_met', 'not_assessed')"
    )
    op.execute(INTO_ROWS)
    op.drop_column("benefits", "preconditions")


def downgrade() -> None:
    op.add_column("benefits", sa.Column("preconditions", sa.Text(), server_default="", nullable=False))
    op.alter_column("benefits", "preconditions", server_default=None)
    op.execute(BACK_INTO_TEXT)
    op.execute("DELETE FROM benefit_preconditions WHERE line_id = benefit_id")
    op.execute("UPDATE benefit_preconditions SET standing = 'not_met' WHERE standing = 'not_assessed'")
    op.drop_constraint(op.f(STANDING), "benefit_preconditions")
    op.create_check_constraint(op.f(STANDING), "benefit_preconditions", "standing in ('met', 'at_risk', 'not_met')")
    for table in REGISTERS:
        op.drop_column(table, "line_id")
