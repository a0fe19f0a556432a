"""A case knows who has stepped aside from it (G14)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_0230"
down_revision = "2026_11_30_0210"
branch_labels = None
depends_on = None

THOSE_WHO_DID = """
UPDATE cases SET stepped_aside = aside.people
FROM (SELECT case_id, array_agg(DISTINCT reviewer_id) AS people FROM reviews WHERE state = 'recused' GROUP BY case_id) aside
WHERE cases.id = aside.case_id
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    people = postgresql.ARRAY(sa.Uuid())
    op.add_column("cases", sa.Column("stepped_aside", people, server_default="{}", nullable=False))
    op.execute(THOSE_WHO_DID)


def downgrade() -> None:
    op.drop_column("cases", "stepped_aside")
