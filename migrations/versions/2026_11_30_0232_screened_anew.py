"""An application keeps when it was treated anew: what was judged before counts no more (G30)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_0232"
down_revision = "2026_11_30_0231"
branch_labels = None
depends_on = None

THOSE_TREATED_ANEW = """
UPDATE applications SET treated_anew_at = anew.at
FROM (SELECT case_id, max(at) AS at FROM events WHERE subject = 'application' AND verb = 'treat_anew' GROUP BY case_id) anew
WHERE applications.id = anew.case_id
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("applications", sa.Column("treated_anew_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(THOSE_TREATED_ANEW)


def downgrade() -> None:
    op.drop_column("applications", "treated_anew_at")
