"""A cut of the portfolio is kept under a name, for oneself or for all who see the portfolio."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_1545"
down_revision = "2026_11_30_1530"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "portfolio_views",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("saved_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_portfolio_views_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio_views")),
    )
    op.create_index(
        "uq_portfolio_views_owner_id_name", "portfolio_views", ["owner_id", sa.text("lower(name)")], unique=True
    )


def downgrade() -> None:
    op.drop_table("portfolio_views")
