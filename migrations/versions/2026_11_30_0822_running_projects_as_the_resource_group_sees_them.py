"""What the resource group sees of each running project: how its gate stands, and the signs that it needs help."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "2026_11_30_0822"
down_revision = "2026_11_30_0811"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "overseen_projects",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("planned_to", sa.Date(), nullable=True),
        sa.Column("last_contact_on", sa.Date(), nullable=True),
        sa.Column("facilitator_ids", ARRAY(sa.Uuid()), nullable=False),
        sa.Column("signs", JSONB(), nullable=False),
        sa.Column("lacks", JSONB(), nullable=False),
        sa.Column("as_of", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_overseen_projects_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_overseen_projects")),
    )
    op.create_index("ix_overseen_projects_as_of", "overseen_projects", ["as_of"])


def downgrade() -> None:
    op.drop_table("overseen_projects")
