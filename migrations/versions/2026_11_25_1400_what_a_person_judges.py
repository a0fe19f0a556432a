"""What a case handler judges of an application at the screening."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_25_1400"
down_revision = "2026_11_25_1145"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "judgements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("judged_by", sa.Uuid(), nullable=False),
        sa.Column("judged_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["applications.id"], name="fk_judgements_case_id"),
        sa.ForeignKeyConstraint(["judged_by"], ["people.id"], name="fk_judgements_judged_by"),
        sa.PrimaryKeyConstraint("id", name="pk_judgements"),
        sa.UniqueConstraint("case_id", "key", "number", name="uq_judgements_case_id_key_number"),
    )


def downgrade() -> None:
    op.drop_table("judgements")
