"""Each letter about a decision keeps the fingerprint of the list of decisions that it was signed in (G20)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_1434"
down_revision = "2026_11_25_1416"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("letters", sa.Column("list_hash", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("letters", "list_hash")
