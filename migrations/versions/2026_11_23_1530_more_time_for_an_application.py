"""More time for an application: asked for by the office, given by a case handler, each with a reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_1530"
down_revision = "2026_11_23_1515"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("applications", sa.Column("extension_asked_at", MOMENT, nullable=True))
    op.add_column("applications", sa.Column("extension_asked_why", sa.Text(), nullable=False, server_default=""))
    op.add_column("applications", sa.Column("extended_until", MOMENT, nullable=True))
    op.add_column("applications", sa.Column("extended_why", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    for name in ("extended_why", "extended_until", "extension_asked_why", "extension_asked_at"):
        op.drop_column("applications", name)
