"""Reports with their days; the final reports that are there become the last ones of their projects (G26)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_0850"
down_revision = "2026_11_30_0843"
branch_labels = None
depends_on = None

FINAL = """
INSERT INTO reports (id, case_id, kind, number, due_on, state, version, answers, form_version, benefits, returned_parts,
                     returned_why, submitted_by, submitted_at, approved_by, approved_at)
SELECT gen_random_uuid(), project.id, 'final', 1, (project.accepted_at + interval '429 days')::date,
       CASE WHEN final.approved_at IS NOT NULL THEN 'approved'
            WHEN final.submitted_at IS NOT NULL THEN 'submitted' ELSE 'planned' END,
       1,
       final.answers || jsonb_strip_nulls(jsonb_build_object(
           'spent_ore', final.spent_ore, 'returned_ore', final.returned_ore,
           'as_planned', CASE WHEN final.submitted_at IS NOT NULL THEN false END)),
       1, '[]', '{}', '', final.submitted_by, final.submitted_at, final.approved_by, final.approved_at
FROM projects project JOIN final_reports final ON final.case_id = project.id
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    moment = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answers", postgresql.JSONB(), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("benefits", postgresql.JSONB(), nullable=False),
        sa.Column("returned_parts", postgresql.JSONB(), nullable=False),
        sa.Column("returned_why", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", moment, nullable=True),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", moment, nullable=True),
        sa.CheckConstraint("kind in ('interim', 'yearly', 'final')", name=op.f("ck_reports_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_reports_case_id")),
        sa.ForeignKeyConstraint(["submitted_by"], ["people.id"], name=op.f("fk_reports_submitted_by")),
        sa.ForeignKeyConstraint(["approved_by"], ["people.id"], name=op.f("fk_reports_approved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("case_id", "kind", "number", name=op.f("uq_reports_case_id_kind_number")),
    )
    op.create_index("ix_reports_state_due", "reports", ["state", "due_on"])
    op.execute(FINAL)


def downgrade() -> None:
    op.drop_table("reports")
