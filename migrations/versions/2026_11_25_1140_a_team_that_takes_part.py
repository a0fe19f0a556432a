"""Members of a team say that they take part, and are invited by a link; a leader releases hours per person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_25_1140"
down_revision = "2026_11_25_1130"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)
TEXTS = ("answer", "answered_for", "answer_why")


def _text(table: str, name: str) -> None:
    op.add_column(table, sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.alter_column(table, name, server_default=None)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for name in TEXTS:
        _text("team_members", name)
    op.add_column("team_members", sa.Column("answered_at", MOMENT, nullable=True))
    op.add_column("team_members", sa.Column("answer_recorded_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_team_members_answer_recorded_by", "team_members", "people", ["answer_recorded_by"], ["id"]
    )
    op.add_column("endorsements", sa.Column("released", JSONB(), nullable=False, server_default="[]"))
    op.alter_column("endorsements", "released", server_default=None)
    _text("mails", "secret_path")
    op.create_table(
        "team_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_team_invitations_case_id"),
        sa.ForeignKeyConstraint(
            ["member_id"], ["team_members.id"], name="fk_team_invitations_member_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["sent_by"], ["people.id"], name="fk_team_invitations_sent_by"),
        sa.PrimaryKeyConstraint("id", name="pk_team_invitations"),
        sa.UniqueConstraint("token_hash", name="uq_team_invitations_token_hash"),
    )
    op.create_index("ix_team_invitations_case_id", "team_invitations", ["case_id"])
    op.create_index("ix_team_invitations_member_id", "team_invitations", ["member_id"])
    # what has been published keeps its rules: its teams were not asked
    unasked = "rules = jsonb_set(rules, '{team}', coalesce(rules->'team', '{}') || '{\"members_confirm\": false}')"
    op.execute(f"UPDATE applications SET {unasked}")
    op.execute(f"UPDATE calls SET {unasked} WHERE state <> 'draft'")


def downgrade() -> None:
    for table in ("applications", "calls"):
        op.execute(f"UPDATE {table} SET rules = rules #- '{{team,members_confirm}}'")
    op.drop_table("team_invitations")
    op.drop_column("mails", "secret_path")
    op.drop_column("endorsements", "released")
    for name in ("answer_recorded_by", "answered_at", *TEXTS):
        op.drop_column("team_members", name)
