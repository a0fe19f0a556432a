"""An application keeps the last day to disagree that its office has been reminded of (G30)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_0231"
down_revision = "2026_11_30_0230"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("applications", sa.Column("reminded_of", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("applications", "reminded_of")
