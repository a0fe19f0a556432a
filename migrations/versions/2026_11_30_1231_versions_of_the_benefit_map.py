"""The order of a layer of the benefit map, and the map as it stood at gates and under names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_1231"
down_revision = "2026_11_30_1230"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("benefit_nodes", sa.Column("place", sa.Integer(), nullable=True))
    op.create_table(
        "benefit_map_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("is_practice", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=False),
        sa.Column("said", postgresql.JSONB(), nullable=False),
        sa.Column("said_hash", sa.Text(), nullable=False),
        sa.Column("kept_by", sa.Uuid(), nullable=True),
        sa.Column("kept_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_benefit_map_versions_case_id")),
        sa.ForeignKeyConstraint(["kept_by"], ["people.id"], name=op.f("fk_benefit_map_versions_kept_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_map_versions")),
        sa.UniqueConstraint("case_id", "is_practice", "number", name=op.f("uq_benefit_map_versions_case_id_is_practice_number")),
    )


def downgrade() -> None:
    op.drop_table("benefit_map_versions")
    op.drop_column("benefit_nodes", "place")
