"""Money that is not paid: cancelled and kept payments, and awards that are declined."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_23_1505"
down_revision = "2026_11_23_1440"
branch_labels = None
depends_on = None

KINDS = "'award', 'provisional', 'rejection', 'waitlist', 'dismissal'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("payments", sa.Column("kept_why", sa.Text(), nullable=False, server_default=""))
    op.add_column("payments", sa.Column("cancelled_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("payments", sa.Column("cancelled_why", sa.Text(), nullable=False, server_default=""))
    op.add_column("applications", sa.Column("declined_for", sa.Text(), nullable=False, server_default=""))
    op.execute("ALTER TABLE letters DROP CONSTRAINT ck_letters_kind")
    op.execute(f"ALTER TABLE letters ADD CONSTRAINT ck_letters_kind CHECK (kind in ({KINDS}, 'declined'))")


def downgrade() -> None:
    op.execute("ALTER TABLE letters DROP CONSTRAINT ck_letters_kind")
    op.execute(f"ALTER TABLE letters ADD CONSTRAINT ck_letters_kind CHECK (kind in ({KINDS})) NOT VALID")
    op.drop_column("applications", "declined_for")
    op.drop_column("payments", "cancelled_why")
    op.drop_column("payments", "cancelled_at")
    op.drop_column("payments", "kept_why")
