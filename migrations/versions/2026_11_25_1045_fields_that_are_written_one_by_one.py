"""Each field of a draft has a version of its own; what is written in it waits for its event."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_25_1045"
down_revision = "2026_11_25_1037"
branch_labels = None
depends_on = None

COLUMNS = ("field_marks", "unrecorded")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for name in COLUMNS:
        op.add_column("applications", sa.Column(name, JSONB(), nullable=False, server_default="{}"))
        op.alter_column("applications", name, server_default=None)


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("applications", name)
