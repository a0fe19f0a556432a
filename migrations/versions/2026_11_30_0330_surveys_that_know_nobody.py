"""Surveys with who is invited, and apart from them the answers, which know nobody (S57, S60, G34)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_0330"
down_revision = "2026_11_30_0320"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    instant = sa.TIMESTAMP(timezone=True)
    op.create_table(
        "surveys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("gathering_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opened_at", instant, nullable=False),
        sa.Column("closes_at", instant, nullable=False),
        sa.Column("reminded_at", instant, nullable=True),
        sa.CheckConstraint("(gathering_id is null) <> (case_id is null)", name=op.f("ck_surveys_occasion")),
        sa.ForeignKeyConstraint(["call_id"], ["cases.id"], name=op.f("fk_surveys_call_id")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_surveys_case_id")),
        sa.ForeignKeyConstraint(["gathering_id"], ["gatherings.id"], name=op.f("fk_surveys_gathering_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surveys")),
        sa.UniqueConstraint("gathering_id", name=op.f("uq_surveys_gathering_id")),
        sa.UniqueConstraint("case_id", "step", name=op.f("uq_surveys_case_id_step")),
    )
    op.create_index("ix_surveys_call_id", "surveys", ["call_id"])
    op.create_index("ix_surveys_closes_at", "surveys", ["closes_at"])
    op.create_table(
        "survey_invitations",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role_group", sa.Text(), nullable=False),
        sa.Column("has_answered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_survey_invitations_person_id")),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_invitations_survey_id")),
        sa.PrimaryKeyConstraint("survey_id", "person_id", name=op.f("pk_survey_invitations")),
    )
    op.create_index("ix_survey_invitations_person_id", "survey_invitations", ["person_id"])
    op.create_table(
        "survey_slips",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("role_group", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["surveys.id"], name=op.f("fk_survey_slips_survey_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_slips")),
    )
    op.create_index("ix_survey_slips_survey_id", "survey_slips", ["survey_id"])


def downgrade() -> None:
    op.drop_table("survey_slips")
    op.drop_table("survey_invitations")
    op.drop_table("surveys")
