"""Texts and releases of letters, letters that correct others, and requests to have an outcome tried again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_25_1115"
down_revision = "2026_11_25_1100"
branch_labels = None
depends_on = None

MOMENT = sa.TIMESTAMP(timezone=True)
TEXTS = postgresql.ARRAY(sa.Text())
KINDS = "kind in ('award', 'provisional', 'rejection', 'waitlist', 'dismissal', 'declined'"
MORE_KINDS = f"{KINDS}, 'upheld', 'sent_on', 'changed', 'too_late', 'upheld_above', 'changed_above')"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column(
        "applications", sa.Column("first_round", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}")
    )
    op.alter_column("applications", "first_round", server_default=None)
    _create_texts_and_releases()
    _create_requests()
    _widen_letters()


def _create_texts_and_releases() -> None:
    op.create_table(
        "letter_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.CheckConstraint("language in ('nb', 'nn', 'en')", name=op.f("ck_letter_texts_language")),
        sa.CheckConstraint("(subject = '') = (body = '')", name=op.f("ck_letter_texts_whole")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_letter_texts_call_id"),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name="fk_letter_texts_written_by"),
        sa.PrimaryKeyConstraint("id", name="pk_letter_texts"),
        sa.UniqueConstraint(
            "call_id", "kind", "language", "number", name="uq_letter_texts_call_id_kind_language_number"
        ),
    )
    op.create_table(
        "letter_releases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("released_by", sa.Uuid(), nullable=False),
        sa.Column("released_at", MOMENT, nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("results", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["released_by"], ["people.id"], name="fk_letter_releases_released_by"),
        sa.PrimaryKeyConstraint("id", name="pk_letter_releases"),
    )


def _create_requests() -> None:
    op.create_table(
        "reconsiderations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_until", MOMENT, nullable=False),
        sa.Column("parts", TEXTS, nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("first_round", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("handled_by", sa.Uuid(), nullable=True),
        sa.Column("taken_up_at", MOMENT, nullable=True),
        sa.Column("accepted_late_why", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("above_by", sa.Text(), nullable=False),
        sa.Column("above_on", sa.Date(), nullable=True),
        sa.Column("above_reasons", sa.Text(), nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.Column("rungs", TEXTS, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_reconsiderations_case_id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_reconsiderations_letter_id"),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name="fk_reconsiderations_asked_by"),
        sa.ForeignKeyConstraint(["handled_by"], ["people.id"], name="fk_reconsiderations_handled_by"),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name="fk_reconsiderations_answered_by"),
        sa.PrimaryKeyConstraint("id", name="pk_reconsiderations"),
    )
    op.create_index("ix_reconsiderations_letter_id", "reconsiderations", ["letter_id"])
    op.create_index("ix_reconsiderations_case_id_state", "reconsiderations", ["case_id", "state"])
    op.create_index(
        "uq_reconsiderations_case_id_open", "reconsiderations", ["case_id"], unique=True,
        postgresql_where=sa.text("state in ('asked', 'considering', 'sent_on')"),
    )  # fmt: skip


def _widen_letters() -> None:
    op.add_column("letters", sa.Column("reconsideration_id", sa.Uuid(), nullable=True))
    op.add_column("letters", sa.Column("text_id", sa.Uuid(), nullable=True))
    op.add_column("letters", sa.Column("replaces_id", sa.Uuid(), nullable=True))
    op.add_column("letters", sa.Column("correction", sa.Text(), nullable=False, server_default=""))
    op.add_column("letters", sa.Column("reasons", sa.Text(), nullable=False, server_default="–"))
    op.add_column("letters", sa.Column("signed_by", sa.Uuid(), nullable=True))
    op.add_column("letters", sa.Column("remade_at", MOMENT, nullable=True))
    op.add_column("letters", sa.Column("release_id", sa.Uuid(), nullable=True))
    op.execute(
        "UPDATE letters SET reasons = decisions.reasons, signed_by = decisions.decided_by FROM decisions "
        "WHERE decisions.id = letters.decision_id AND btrim(decisions.reasons) <> ''"
    )
    op.execute(
        "UPDATE letters SET reasons = applications.dismissed_for FROM applications WHERE applications.id = letters.case_id "
        "AND letters.kind = 'dismissal' AND btrim(applications.dismissed_for) <> ''"
    )
    op.alter_column("letters", "correction", server_default=None)
    op.alter_column("letters", "reasons", server_default=None)
    for column, table in (
        ("reconsideration_id", "reconsiderations"), ("text_id", "letter_texts"), ("replaces_id", "letters"),
        ("signed_by", "people"), ("release_id", "letter_releases"),
    ):  # fmt: skip
        op.create_foreign_key(f"fk_letters_{column}", "letters", table, [column], ["id"])
    op.drop_constraint("uq_letters_decision_id", "letters")
    for column in ("decision_id", "reconsideration_id", "release_id"):
        op.create_index(f"ix_letters_{column}", "letters", [column])
    op.create_index("ix_letters_waiting", "letters", ["id"], postgresql_where=sa.text("released_at is null"))
    op.create_unique_constraint("uq_letters_replaces_id", "letters", ["replaces_id"])
    op.drop_constraint(op.f("ck_letters_kind"), "letters")
    op.create_check_constraint(op.f("ck_letters_kind"), "letters", MORE_KINDS)
    op.create_check_constraint(op.f("ck_letters_reasons"), "letters", "btrim(reasons) <> ''")
    op.create_check_constraint(
        op.f("ck_letters_about"), "letters", "decision_id is null or reconsideration_id is null"
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for name in ("about", "reasons", "kind"):
        op.drop_constraint(op.f(f"ck_letters_{name}"), "letters")
    op.drop_constraint("uq_letters_replaces_id", "letters")
    for name in ("waiting", "release_id", "reconsideration_id", "decision_id"):
        op.drop_index(f"ix_letters_{name}", table_name="letters")
    op.drop_constraint("fk_reconsiderations_letter_id", "reconsiderations")
    op.execute("DELETE FROM letters WHERE replaces_id IS NOT NULL OR reconsideration_id IS NOT NULL")
    op.create_unique_constraint("uq_letters_decision_id", "letters", ["decision_id"])
    op.create_check_constraint(op.f("ck_letters_kind"), "letters", f"{KINDS})")
    for column in (
        "release_id", "remade_at", "signed_by", "reasons", "correction", "replaces_id", "text_id", "reconsideration_id",
    ):  # fmt: skip
        op.drop_column("letters", column)
    op.drop_table("reconsiderations")
    op.drop_table("letter_releases")
    op.drop_table("letter_texts")
    op.drop_column("applications", "first_round")
