"""Lines of the portfolio's own: what overlap and optimism take away from its sums."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_1515"
down_revision = "2026_11_30_1445"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "portfolio_adjustments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=True),
        sa.Column("county_id", sa.Uuid(), nullable=True),
        sa.Column("price_year", sa.Integer(), nullable=False),
        sa.Column("planned_ore", sa.BigInteger(), nullable=False),
        sa.Column("forecast_ore", sa.BigInteger(), nullable=False),
        sa.Column("realised_ore", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.CheckConstraint("kind in ('overlap', 'optimism')", name=op.f("ck_portfolio_adjustments_kind")),
        sa.CheckConstraint(
            "planned_ore >= 0 and forecast_ore >= 0 and realised_ore >= 0", name=op.f("ck_portfolio_adjustments_amounts")
        ),
        sa.CheckConstraint("goal is null or county_id is null", name=op.f("ck_portfolio_adjustments_scope")),
        sa.CheckConstraint("(ended_at is null) = (ended_by is null)", name=op.f("ck_portfolio_adjustments_ended")),
        sa.ForeignKeyConstraint(["county_id"], ["units.id"], name=op.f("fk_portfolio_adjustments_county_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["people.id"], name=op.f("fk_portfolio_adjustments_recorded_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_portfolio_adjustments_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portfolio_adjustments")),
    )


def downgrade() -> None:
    op.drop_table("portfolio_adjustments")
