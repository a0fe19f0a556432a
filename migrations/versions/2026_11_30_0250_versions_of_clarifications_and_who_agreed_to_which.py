"""Versions of clarifications with who agreed to which, hours that a leader releases, renewals, and links for outsiders."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_0250"
down_revision = "2026_11_30_0240"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)
TEXTS = ("release_how", "renewal_note", "change_asked")
NUMBERS = ("released_hours", "renews_number")
STOOD_BEFORE = (
    "expects", "commits", "scheme_expects", "scheme_commits", "responsibility", "decision_rights", "equality", "learning",
    "new_ways", "benefits_short", "benefits_long", "release_how", "renewal_note",
)  # fmt: skip


def _versions() -> None:
    op.create_table(
        "clarification_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clarification_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("hours_per_week", sa.Integer(), nullable=False),
        sa.Column("released_hours", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("put_forward_by", sa.Text(), nullable=False),
        sa.Column("put_forward_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["clarification_id"], ["clarifications.id"], name="fk_clarification_versions_clarification_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_clarification_versions_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_clarification_versions"),
        sa.UniqueConstraint("clarification_id", "number", name="uq_clarification_versions_clarification_id_number"),
    )  # fmt: skip
    op.create_index("ix_clarification_versions_case_id", "clarification_versions", ["case_id"])
    op.create_table(
        "clarification_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("clarification_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["clarification_id"], ["clarifications.id"], name="fk_clarification_links_clarification_id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_clarification_links_case_id"),
        sa.ForeignKeyConstraint(["sent_by"], ["people.id"], name="fk_clarification_links_sent_by"),
        sa.PrimaryKeyConstraint("id", name="pk_clarification_links"),
        sa.UniqueConstraint("token_hash", name="uq_clarification_links_token_hash"),
    )  # fmt: skip
    op.create_index("ix_clarification_links_case_id", "clarification_links", ["case_id"])
    op.create_index(
        "uq_clarification_links_open", "clarification_links", ["clarification_id"], unique=True,
        postgresql_where=sa.text("used_at is null and revoked_at is null"),
    )  # fmt: skip


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for name in TEXTS:
        op.add_column("clarifications", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("clarifications", name, server_default=None)
    for name in NUMBERS:
        op.add_column("clarifications", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
        op.alter_column("clarifications", name, server_default=None)
    op.add_column("clarifications", sa.Column("renews_id", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_clarifications_renews_id", "clarifications", "clarifications", ["renews_id"], ["id"])
    _versions()
    for name, kind in (("name", sa.Text()), ("void", sa.Text()), ("number", sa.Integer())):
        default = "0" if name == "number" else ""
        op.add_column("agreements", sa.Column(name, kind, nullable=False, server_default=default))
        op.alter_column("agreements", name, server_default=None)
    op.add_column("agreements", sa.Column("voided_at", MOMENT, nullable=True))
    op.alter_column("agreements", "person_id", nullable=True)
    op.drop_constraint("uq_agreements_clarification_id_side_text_hash", "agreements", type_="unique")
    said = ", ".join(f"'{name}', c.{name}" for name in STOOD_BEFORE)
    # what stands put forward becomes its first version; the words that earlier agreements were about are not known
    op.execute(
        f"""
        INSERT INTO clarification_versions (id, clarification_id, case_id, number, text_hash, texts, hours_per_week,
                                            released_hours, holder, put_forward_by, put_forward_at)
        SELECT gen_random_uuid(), c.id, c.case_id, 1, c.text_hash, jsonb_build_object({said}), c.hours_per_week, 0,
               coalesce(p.name, c.outside_name, ''), '', coalesce(
                   (SELECT min(a.agreed_at) FROM agreements a WHERE a.clarification_id = c.id AND a.text_hash = c.text_hash),
                   now())
        FROM clarifications c LEFT JOIN people p ON p.id = c.person_id WHERE c.state <> 'draft'
        """
    )
    op.execute(
        """
        UPDATE agreements a SET number = 1 FROM clarifications c
        WHERE c.id = a.clarification_id AND c.text_hash = a.text_hash AND c.state <> 'draft'
        """
    )
    op.execute("UPDATE agreements SET voided_at = now(), void = 'text' WHERE number = 0")
    op.create_index(
        "uq_agreements_standing", "agreements", ["clarification_id", "side"], unique=True,
        postgresql_where=sa.text("voided_at is null"),
    )  # fmt: skip
    # cases under way keep their rules: in them no leader was asked to agree to the hours of others
    for table, under_way in (("projects", "true"), ("applications", "true"), ("calls", "state <> 'draft'")):
        op.execute(
            f"""
            UPDATE {table} SET rules = jsonb_set(rules, '{{clarifications}}',
                coalesce(rules -> 'clarifications', '{{}}') || '{{"released": []}}') WHERE {under_way}
            """
        )


def downgrade() -> None:
    for table in ("projects", "applications", "calls"):
        for name in ("released", "at_close_diamond_1", "at_close_diamond_3"):
            op.execute(f"UPDATE {table} SET rules = rules #- '{{clarifications,{name}}}'")
    op.drop_index("uq_agreements_standing", "agreements")
    op.execute("DELETE FROM agreements WHERE person_id IS NULL OR voided_at IS NOT NULL OR side = 'leader'")
    op.create_unique_constraint(
        "uq_agreements_clarification_id_side_text_hash", "agreements", ["clarification_id", "side", "text_hash"]
    )
    op.alter_column("agreements", "person_id", nullable=False)
    for name in ("voided_at", "number", "void", "name"):
        op.drop_column("agreements", name)
    op.drop_table("clarification_links")
    op.drop_table("clarification_versions")
    for name in ("renews_id", *NUMBERS, *TEXTS):
        op.drop_column("clarifications", name)
