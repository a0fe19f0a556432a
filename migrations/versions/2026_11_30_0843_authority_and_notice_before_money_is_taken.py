"""Budget authority for a cost centre, checks before money is paid, and notice before it is withheld or claimed back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_30_0843"
down_revision = "2026_11_30_0834"
branch_labels = None
depends_on = None

WORDS = ("notice_why", "reply")
INSTANTS = ("noticed_at", "replied_at")
PEOPLE = ("noticed_by", "replied_by")


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("scheme_roles", sa.Column("cost_centre", sa.Text(), server_default="", nullable=False))
    op.add_column("payments", sa.Column("checks", postgresql.ARRAY(sa.TEXT()), server_default="{}", nullable=False))
    op.add_column("payments", sa.Column("returned_ore", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("payments", sa.Column("noticed_ore", sa.BigInteger(), nullable=True))
    op.add_column("payments", sa.Column("reply_by", sa.Date(), nullable=True))
    for name in WORDS:
        op.add_column("payments", sa.Column(name, sa.Text(), server_default="", nullable=False))
    for name in INSTANTS:
        op.add_column("payments", sa.Column(name, sa.TIMESTAMP(timezone=True), nullable=True))
    for name in PEOPLE:
        op.add_column("payments", sa.Column(name, sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_payments_{name}"), "payments", "people", [name], ["id"])
    # what was claimed back in part can now be so again for the rest
    op.execute("UPDATE payments SET state = 'paid' WHERE state = 'recovered' AND recovered_ore < amount_ore")
    op.drop_constraint(op.f("ck_payments_recovered"), "payments")
    op.create_check_constraint(
        op.f("ck_payments_recovered"), "payments",
        "recovered_ore >= 0 and returned_ore >= 0 and recovered_ore + returned_ore <= amount_ore",
    )  # fmt: skip


def downgrade() -> None:
    op.drop_constraint(op.f("ck_payments_recovered"), "payments")
    op.create_check_constraint(
        op.f("ck_payments_recovered"), "payments", "recovered_ore >= 0 and recovered_ore <= amount_ore"
    )
    for name in PEOPLE:
        op.drop_constraint(op.f(f"fk_payments_{name}"), "payments")
    for name in (*PEOPLE, *INSTANTS, *WORDS, "reply_by", "noticed_ore", "returned_ore", "checks"):
        op.drop_column("payments", name)
    op.drop_column("scheme_roles", "cost_centre")
