"""Proposals to join forces, and whose leader an endorsement is of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_1145"
down_revision = "2026_11_25_1140"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("endorsements", sa.Column("unit_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_endorsements_unit_id", "endorsements", "units", ["unit_id"], ["id"])
    op.create_table(
        "join_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("to_case_id", sa.Uuid(), nullable=False),
        sa.Column("keep", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", MOMENT, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.CheckConstraint("keep in ('ours', 'theirs')", name="ck_join_proposals_keep"),
        sa.CheckConstraint("case_id <> to_case_id", name="ck_join_proposals_two"),
        sa.ForeignKeyConstraint(["case_id"], ["applications.id"], name="fk_join_proposals_case_id"),
        sa.ForeignKeyConstraint(["to_case_id"], ["applications.id"], name="fk_join_proposals_to_case_id"),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name="fk_join_proposals_proposed_by"),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name="fk_join_proposals_answered_by"),
        sa.PrimaryKeyConstraint("id", name="pk_join_proposals"),
    )
    op.create_index("ix_join_proposals_case_id", "join_proposals", ["case_id"])
    op.create_index("ix_join_proposals_to_case_id", "join_proposals", ["to_case_id"])
    op.create_index(
        "uq_join_proposals_open",
        "join_proposals",
        [sa.text("least(case_id, to_case_id)"), sa.text("greatest(case_id, to_case_id)")],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    op.drop_table("join_proposals")
    op.drop_column("endorsements", "unit_id")
