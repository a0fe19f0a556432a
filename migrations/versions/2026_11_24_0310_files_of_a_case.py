"""Files of a case: what is known of them; their content lies in the store."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_0310"
down_revision = "2026_11_24_0300"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", MOMENT, nullable=False),
        sa.Column("scanned_at", MOMENT, nullable=True),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.CheckConstraint("size > 0", name="ck_files_size"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_files_case_id"),
        sa.ForeignKeyConstraint(["uploaded_by"], ["people.id"], name="fk_files_uploaded_by"),
        sa.PrimaryKeyConstraint("id", name="pk_files"),
        sa.UniqueConstraint("object_key", name="uq_files_object_key"),
    )
    op.create_index("ix_files_case_id_subject", "files", ["case_id", "subject", "id"])
    op.create_index("ix_files_state", "files", ["state", "id"])


def downgrade() -> None:
    op.drop_table("files")
