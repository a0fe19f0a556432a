"""Spreadsheets that measurements were read in from, and which measurement came out of which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_1230"
down_revision = "2026_11_30_1222"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "measurement_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("measurements", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_measurement_imports_case_id")),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_measurement_imports_file_id")),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_measurement_imports_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement_imports")),
        sa.UniqueConstraint("case_id", "sha256", name=op.f("uq_measurement_imports_case_id_sha256")),
    )
    op.add_column("measurements", sa.Column("import_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_measurements_import_id"), "measurements", "measurement_imports", ["import_id"], ["id"]
    )
    op.create_index(op.f("ix_measurements_import_id"), "measurements", ["import_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_measurements_import_id"), table_name="measurements")
    op.drop_constraint(op.f("fk_measurements_import_id"), "measurements")
    op.drop_column("measurements", "import_id")
    op.drop_table("measurement_imports")
