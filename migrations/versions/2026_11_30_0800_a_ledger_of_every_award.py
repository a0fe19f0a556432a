"""A ledger of every award that only grows; what has happened to the awards that there are is booked (G24)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_30_0800"
down_revision = "2026_11_30_0330"
branch_labels = None
depends_on = None

STEPS = """
WITH bound AS (
  SELECT DISTINCT ON (case_id) case_id, kind FROM commitments WHERE kind <> 'reversal' ORDER BY case_id, id DESC
), steps AS (
  SELECT p.id AS case_id, 0 AS rank, NULL::uuid AS payment_id, NULL::int AS version, p.accepted_at AS at,
    NULL::uuid AS by, '' AS why, CASE WHEN b.kind = 'provisional' THEN 'committed_provisionally' ELSE 'committed' END AS kind,
    CASE WHEN b.kind = 'provisional' THEN 'provisional' ELSE 'final' END AS source, 'undivided' AS target, p.amount_ore
  FROM projects p LEFT JOIN bound b ON b.case_id = p.id
  UNION ALL
  SELECT y.case_id, s.rank, y.id, s.rank, coalesce(s.at, p.accepted_at), s.by, s.why, s.kind, s.source, s.target,
    s.amount_ore
  FROM payments y JOIN projects p ON p.id = y.case_id CROSS JOIN LATERAL (VALUES
    (1, 'planned', 'undivided', 'planned', y.amount_ore, p.accepted_at, NULL::uuid, '',
      y.state <> 'cancelled'),
    (2, 'released', 'planned', 'released', y.amount_ore, y.released_at, NULL::uuid, y.kept_why,
      y.state IN ('released', 'certified', 'approved', 'paid', 'recovered')),
    (3, 'certified', 'released', 'certified', y.amount_ore, y.certified_at, y.certified_by, '',
      y.state IN ('certified', 'approved', 'paid', 'recovered')),
    (4, 'approved', 'certified', 'approved', y.amount_ore, y.approved_at, y.approved_by, '',
      y.state IN ('approved', 'paid', 'recovered')),
    (5, 'paid', 'approved', 'paid', y.amount_ore, y.paid_at, y.registered_by, '', y.state IN ('paid', 'recovered')),
    (6, 'recovered', 'paid', 'recovered', y.recovered_ore, y.recovered_at, NULL::uuid, y.recovered_why,
      y.state IN ('paid', 'recovered'))
  ) AS s (rank, kind, source, target, amount_ore, at, by, why, took_place)
  WHERE s.took_place
)
INSERT INTO bookings (id, case_id, number, kind, from_account, to_account, amount_ore, payment_id, payment_version,
  why, booked_by, at)
SELECT gen_random_uuid(), case_id,
  row_number() OVER (PARTITION BY case_id ORDER BY rank > 1, at, rank, payment_id NULLS FIRST),
  kind, source, target, amount_ore, payment_id, -version, why, by, at
FROM steps WHERE amount_ore > 0
"""
"""What a payment was cancelled of has left the award already, so the award that stands is what is booked.

The versions that payments had are not known for each step: numbers below nought never meet those that come.
"""

REFUSE_CHANGE = """
CREATE OR REPLACE FUNCTION bookings_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'bookings are append-only: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""
GUARD = """
CREATE TRIGGER bookings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bookings
FOR EACH STATEMENT EXECUTE FUNCTION bookings_are_append_only();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_account", sa.Text(), nullable=False),
        sa.Column("to_account", sa.Text(), nullable=False),
        sa.Column("amount_ore", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=True),
        sa.Column("payment_version", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("booked_by", sa.Uuid(), nullable=True),
        sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("amount_ore > 0", name="ck_bookings_amount"),
        sa.CheckConstraint("from_account <> to_account", name="ck_bookings_moves"),
        sa.CheckConstraint("(payment_id is null) = (payment_version is null)", name="ck_bookings_payment"),
        sa.CheckConstraint("(kind = 'corrected') = (corrects_id is not null)", name="ck_bookings_corrects"),
        sa.ForeignKeyConstraint(["booked_by"], ["people.id"], name="fk_bookings_booked_by"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name="fk_bookings_case_id"),
        sa.ForeignKeyConstraint(["corrects_id"], ["bookings.id"], name="fk_bookings_corrects_id"),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.id"], name="fk_bookings_payment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
        sa.UniqueConstraint("case_id", "number", name="uq_bookings_case_id_number"),
        sa.UniqueConstraint("corrects_id", name="uq_bookings_corrects_id"),
        sa.UniqueConstraint("payment_id", "payment_version", name="uq_bookings_payment_id_payment_version"),
    )
    op.execute(STEPS)
    op.execute(REFUSE_CHANGE)
    op.execute(GUARD)


def downgrade() -> None:
    op.drop_table("bookings")
    op.execute("DROP FUNCTION bookings_are_append_only")
