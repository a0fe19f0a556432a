"""Benefits, places and connections that are made for practice and count in no total."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_1015"
down_revision = "2026_11_30_0905"
branch_labels = None
depends_on = None

TABLES = ("benefits", "benefit_nodes", "benefit_edges")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for table in TABLES:
        op.add_column(table, sa.Column("is_practice", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    # what was made for practice would count without the column: it is given up instead of being summed
    op.execute("UPDATE benefits SET state = 'dropped', dropped_at = now() WHERE is_practice AND dropped_at IS NULL")
    op.execute("UPDATE benefit_edges SET removed_at = now() WHERE is_practice AND removed_at IS NULL")
    op.execute("UPDATE benefit_nodes SET removed_at = now() WHERE is_practice AND removed_at IS NULL")
    for table in TABLES:
        op.drop_column(table, "is_practice")
