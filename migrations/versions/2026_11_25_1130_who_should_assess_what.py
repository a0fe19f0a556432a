"""What reviewers know, and proposals of who should assess what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_25_1130"
down_revision = "2026_11_25_1125"
branch_labels = None
depends_on = None

INSTANT = sa.TIMESTAMP(timezone=True)
TEXTS = postgresql.ARRAY(sa.TEXT())
LIST = postgresql.JSONB()


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "reviewer_profiles",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("competences", TEXTS, nullable=False),
        sa.Column("languages", TEXTS, nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.CheckConstraint("most >= 0", name=op.f("ck_reviewer_profiles_most")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reviewer_profiles_person_id")),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_reviewer_profiles_written_by")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_reviewer_profiles")),
    )
    op.create_table(
        "assignment_proposals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("is_optimal", sa.Boolean(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("lacks", LIST, nullable=False),
        sa.Column("unmet", LIST, nullable=False),
        sa.Column("released", LIST, nullable=False),
        sa.ForeignKeyConstraint(["after_id"], ["assignment_proposals.id"],
                                name=op.f("fk_assignment_proposals_after_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_assignment_proposals_asked_by")),
        sa.ForeignKeyConstraint(["call_id"], ["cases.id"], name=op.f("fk_assignment_proposals_call_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_proposals")),
    )
    op.create_index("ix_assignment_proposals_call_id", "assignment_proposals", ["call_id", "id"], unique=False)
    op.create_table(
        "proposed_pairs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("parts", LIST, nullable=False),
        sa.Column("is_locked", sa.Boolean(), nullable=False),
        sa.Column("is_by_hand", sa.Boolean(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.Column("refused", LIST, nullable=False),
        sa.ForeignKeyConstraint(["accepted_by"], ["people.id"], name=op.f("fk_proposed_pairs_accepted_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_proposed_pairs_case_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["assignment_proposals.id"],
                                name=op.f("fk_proposed_pairs_proposal_id")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_proposed_pairs_review_id")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["people.id"], name=op.f("fk_proposed_pairs_reviewer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_pairs")),
        sa.UniqueConstraint("proposal_id", "case_id", "reviewer_id",
                            name=op.f("uq_proposed_pairs_proposal_id_case_id_reviewer_id")),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_table("proposed_pairs")
    op.drop_index("ix_assignment_proposals_call_id", table_name="assignment_proposals")
    op.drop_table("assignment_proposals")
    op.drop_table("reviewer_profiles")
