"""A call's own questions, the versions of them, and the version that an application is bound to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_25_1030"
down_revision = "2026_11_25_1025"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB()


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("calls", sa.Column("questions", JSON, nullable=False, server_default="[]"))
    op.alter_column("calls", "questions", server_default=None)
    op.add_column("applications", sa.Column("call_form_version", sa.Integer(), nullable=False, server_default="0"))
    op.alter_column("applications", "call_form_version", server_default=None)
    op.create_table(
        "call_forms",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questions", JSON, nullable=False),
        sa.Column("made_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_forms_call_id"),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name="fk_call_forms_made_by"),
        sa.PrimaryKeyConstraint("call_id", "number", name="pk_call_forms"),
    )
    # what is published already asks nothing of its own, and that is its first version
    op.execute(
        "INSERT INTO call_forms (call_id, number, questions, made_at) "
        "SELECT id, 1, '[]', published_at FROM calls WHERE published_at IS NOT NULL"
    )
    op.execute(
        "UPDATE applications SET call_form_version = 1 FROM calls "
        "WHERE calls.id = applications.call_id AND calls.published_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("call_forms")
    op.drop_column("applications", "call_form_version")
    op.drop_column("calls", "questions")
