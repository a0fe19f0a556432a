"""Benefits, milestones and payments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_23_1250"
down_revision = '2026_11_23_1240'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # people are at work while this runs: rather give up than keep them waiting behind a lock
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table('outcome_pools',
    sa.Column('indicator_key', sa.Text(), nullable=False),
    sa.Column('unit_id', sa.Uuid(), nullable=False),
    sa.Column('period', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['unit_id'], ['units.id'], name=op.f('fk_outcome_pools_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outcome_pools')),
    sa.UniqueConstraint('indicator_key', 'unit_id', 'period', name=op.f('uq_outcome_pools_indicator_key_unit_id_period'))
    )
    op.create_table('benefit_plans',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('submitted_by', sa.Uuid(), nullable=True),
    sa.Column('submitted_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('approved_by', sa.Uuid(), nullable=True),
    sa.Column('approved_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('snapshot', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('snapshot_hash', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['approved_by'], ['people.id'], name=op.f('fk_benefit_plans_approved_by')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_benefit_plans_case_id')),
    sa.ForeignKeyConstraint(['submitted_by'], ['people.id'], name=op.f('fk_benefit_plans_submitted_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_benefit_plans')),
    sa.UniqueConstraint('case_id', 'number', name=op.f('uq_benefit_plans_case_id_number'))
    )
    op.create_table('milestones',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('approved_by_role', sa.Text(), nullable=False),
    sa.Column('share_basis_points', sa.Integer(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=True),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('evidence_link', sa.Text(), nullable=False),
    sa.Column('reported_by', sa.Uuid(), nullable=True),
    sa.Column('reported_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('approved_by', sa.Uuid(), nullable=True),
    sa.Column('approved_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('returned_why', sa.Text(), nullable=False),
    sa.Column('waived_why', sa.Text(), nullable=False),
    sa.Column('reminded_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('share_basis_points between 0 and 10000', name=op.f('ck_milestones_share')),
    sa.ForeignKeyConstraint(['approved_by'], ['people.id'], name=op.f('fk_milestones_approved_by')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_milestones_case_id')),
    sa.ForeignKeyConstraint(['reported_by'], ['people.id'], name=op.f('fk_milestones_reported_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_milestones')),
    sa.UniqueConstraint('case_id', 'key', name=op.f('uq_milestones_case_id_key'))
    )
    op.create_index('ix_milestones_state_due', 'milestones', ['state', 'due_on'], unique=False)
    op.create_table('change_requests',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('amount_change_ore', sa.BigInteger(), nullable=False),
    sa.Column('milestone_id', sa.Uuid(), nullable=True),
    sa.Column('new_due_on', sa.Date(), nullable=True),
    sa.Column('proposed_by', sa.Uuid(), nullable=False),
    sa.Column('proposed_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('decided_by', sa.Uuid(), nullable=True),
    sa.Column('decided_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('decision_why', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("kind in ('amount', 'dates', 'team', 'scope')", name=op.f('ck_change_requests_kind')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_change_requests_case_id')),
    sa.ForeignKeyConstraint(['decided_by'], ['people.id'], name=op.f('fk_change_requests_decided_by')),
    sa.ForeignKeyConstraint(['milestone_id'], ['milestones.id'], name=op.f('fk_change_requests_milestone_id')),
    sa.ForeignKeyConstraint(['proposed_by'], ['people.id'], name=op.f('fk_change_requests_proposed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change_requests'))
    )
    op.create_index(op.f('ix_change_requests_case_id'), 'change_requests', ['case_id'], unique=False)
    op.create_table('payments',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('milestone_id', sa.Uuid(), nullable=False),
    sa.Column('amount_ore', sa.BigInteger(), nullable=False),
    sa.Column('released_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('certified_by', sa.Uuid(), nullable=True),
    sa.Column('certified_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('approved_by', sa.Uuid(), nullable=True),
    sa.Column('approved_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('registered_by', sa.Uuid(), nullable=True),
    sa.Column('paid_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('reference', sa.Text(), nullable=True),
    sa.Column('recovered_ore', sa.BigInteger(), nullable=False),
    sa.Column('recovered_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('recovered_why', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('amount_ore >= 0', name=op.f('ck_payments_amount')),
    sa.CheckConstraint('recovered_ore >= 0 and recovered_ore <= amount_ore', name=op.f('ck_payments_recovered')),
    sa.ForeignKeyConstraint(['approved_by'], ['people.id'], name=op.f('fk_payments_approved_by')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_payments_case_id')),
    sa.ForeignKeyConstraint(['certified_by'], ['people.id'], name=op.f('fk_payments_certified_by')),
    sa.ForeignKeyConstraint(['milestone_id'], ['milestones.id'], name=op.f('fk_payments_milestone_id')),
    sa.ForeignKeyConstraint(['registered_by'], ['people.id'], name=op.f('fk_payments_registered_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payments')),
    sa.UniqueConstraint('milestone_id', name=op.f('uq_payments_milestone_id')),
    sa.UniqueConstraint('reference', name=op.f('uq_payments_reference'))
    )
    op.create_index(op.f('ix_payments_case_id'), 'payments', ['case_id'], unique=False)
    op.create_index('ix_payments_state', 'payments', ['state', 'id'], unique=False)
    op.create_table('benefits',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('sign', sa.Integer(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('beneficiaries', postgresql.ARRAY(sa.TEXT()), nullable=False),
    sa.Column('is_end_benefit', sa.Boolean(), nullable=False),
    sa.Column('release_mode', sa.Text(), nullable=False),
    sa.Column('change_id', sa.Uuid(), nullable=True),
    sa.Column('preconditions', sa.Text(), nullable=False),
    sa.Column('mitigation', sa.Text(), nullable=False),
    sa.Column('spread_potential', sa.Text(), nullable=False),
    sa.Column('without_baseline_why', sa.Text(), nullable=False),
    sa.Column('unit_value_ore', sa.BigInteger(), nullable=True),
    sa.Column('price_year', sa.Integer(), nullable=True),
    sa.Column('periods_per_year', sa.Integer(), nullable=False),
    sa.Column('profile', sa.Text(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('owner_proposed_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('owner_accepted_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('measurer_id', sa.Uuid(), nullable=True),
    sa.Column('handed_over_to', sa.Uuid(), nullable=True),
    sa.Column('handed_over_unit_id', sa.Uuid(), nullable=True),
    sa.Column('handed_over_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('dropped_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('expected_key', sa.Text(), nullable=True),
    sa.Column('is_invented', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("category in ('efficiency', 'quality', 'other_actors')", name=op.f('ck_benefits_category')),
    sa.CheckConstraint("profile in ('one_off', 'yearly', 'ramp')", name=op.f('ck_benefits_profile')),
    sa.CheckConstraint("release_mode in ('kroner', 'redeployed_time', 'quality')", name=op.f('ck_benefits_release_mode')),
    sa.CheckConstraint('(unit_value_ore is null) = (price_year is null)', name=op.f('ck_benefits_price_year')),
    sa.CheckConstraint('sign in (-1, 1)', name=op.f('ck_benefits_sign')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_benefits_case_id')),
    sa.ForeignKeyConstraint(['change_id'], ['changes.id'], name=op.f('fk_benefits_change_id')),
    sa.ForeignKeyConstraint(['handed_over_to'], ['people.id'], name=op.f('fk_benefits_handed_over_to')),
    sa.ForeignKeyConstraint(['handed_over_unit_id'], ['units.id'], name=op.f('fk_benefits_handed_over_unit_id')),
    sa.ForeignKeyConstraint(['measurer_id'], ['people.id'], name=op.f('fk_benefits_measurer_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_benefits_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_benefits'))
    )
    op.create_index(op.f('ix_benefits_case_id'), 'benefits', ['case_id'], unique=False)
    op.create_index(op.f('ix_benefits_owner_id'), 'benefits', ['owner_id'], unique=False)
    op.create_index('uq_benefits_case_expected', 'benefits', ['case_id', 'expected_key'], unique=True, postgresql_where=sa.text('expected_key IS NOT NULL'))
    op.create_table('attribution_shares',
    sa.Column('pool_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('benefit_id', sa.Uuid(), nullable=False),
    sa.Column('share', sa.Numeric(precision=20, scale=6), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('given_by', sa.Uuid(), nullable=False),
    sa.Column('given_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('ended_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('share >= 0 and share <= 1', name=op.f('ck_attribution_shares_share')),
    sa.ForeignKeyConstraint(['benefit_id'], ['benefits.id'], name=op.f('fk_attribution_shares_benefit_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_attribution_shares_case_id')),
    sa.ForeignKeyConstraint(['given_by'], ['people.id'], name=op.f('fk_attribution_shares_given_by')),
    sa.ForeignKeyConstraint(['pool_id'], ['outcome_pools.id'], name=op.f('fk_attribution_shares_pool_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attribution_shares'))
    )
    op.create_index(op.f('ix_attribution_shares_benefit_id'), 'attribution_shares', ['benefit_id'], unique=False)
    op.create_index('uq_attribution_shares_open', 'attribution_shares', ['pool_id', 'benefit_id'], unique=True, postgresql_where=sa.text('ended_at is null'))
    op.create_table('benefit_nodes',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('benefit_id', sa.Uuid(), nullable=True),
    sa.Column('goal', sa.Text(), nullable=True),
    sa.Column('added_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('removed_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("(kind = 'overall_goal') = (goal is not null)", name=op.f('ck_benefit_nodes_goal')),
    sa.CheckConstraint("kind in ('measure', 'changed_practice', 'local_benefit', 'wider_benefit', 'overall_goal')", name=op.f('ck_benefit_nodes_kind')),
    sa.ForeignKeyConstraint(['benefit_id'], ['benefits.id'], name=op.f('fk_benefit_nodes_benefit_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_benefit_nodes_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_benefit_nodes'))
    )
    op.create_index(op.f('ix_benefit_nodes_benefit_id'), 'benefit_nodes', ['benefit_id'], unique=False)
    op.create_index(op.f('ix_benefit_nodes_case_id'), 'benefit_nodes', ['case_id'], unique=False)
    op.create_table('indicators',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('benefit_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('unit', sa.Text(), nullable=False),
    sa.Column('direction', sa.Text(), nullable=False),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('frequency', sa.Text(), nullable=False),
    sa.Column('added_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('removed_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("direction in ('up', 'down')", name=op.f('ck_indicators_direction')),
    sa.ForeignKeyConstraint(['benefit_id'], ['benefits.id'], name=op.f('fk_indicators_benefit_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_indicators_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_indicators'))
    )
    op.create_index(op.f('ix_indicators_benefit_id'), 'indicators', ['benefit_id'], unique=False)
    op.create_index(op.f('ix_indicators_case_id'), 'indicators', ['case_id'], unique=False)
    op.create_table('baselines',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('indicator_id', sa.Uuid(), nullable=False),
    sa.Column('value', sa.Numeric(precision=20, scale=6), nullable=False),
    sa.Column('measured_on', sa.Date(), nullable=False),
    sa.Column('observations', sa.Integer(), nullable=True),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('confidence', sa.Text(), nullable=False),
    sa.Column('recorded_by', sa.Uuid(), nullable=False),
    sa.Column('recorded_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("confidence in ('A', 'B', 'C', 'D')", name=op.f('ck_baselines_confidence')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_baselines_case_id')),
    sa.ForeignKeyConstraint(['indicator_id'], ['indicators.id'], name=op.f('fk_baselines_indicator_id')),
    sa.ForeignKeyConstraint(['recorded_by'], ['people.id'], name=op.f('fk_baselines_recorded_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_baselines'))
    )
    op.create_index(op.f('ix_baselines_indicator_id'), 'baselines', ['indicator_id'], unique=False)
    op.create_table('benefit_edges',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('from_id', sa.Uuid(), nullable=False),
    sa.Column('to_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('assumption', sa.Text(), nullable=False),
    sa.Column('confidence', sa.Text(), nullable=False),
    sa.Column('added_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('removed_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("confidence in ('low', 'medium', 'high')", name=op.f('ck_benefit_edges_confidence')),
    sa.CheckConstraint("kind in ('contributes', 'requires', 'counteracts')", name=op.f('ck_benefit_edges_kind')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_benefit_edges_case_id')),
    sa.ForeignKeyConstraint(['from_id'], ['benefit_nodes.id'], name=op.f('fk_benefit_edges_from_id')),
    sa.ForeignKeyConstraint(['to_id'], ['benefit_nodes.id'], name=op.f('fk_benefit_edges_to_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_benefit_edges'))
    )
    op.create_index(op.f('ix_benefit_edges_case_id'), 'benefit_edges', ['case_id'], unique=False)
    op.create_table('forecasts',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('indicator_id', sa.Uuid(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('low', sa.Numeric(precision=20, scale=6), nullable=False),
    sa.Column('likely', sa.Numeric(precision=20, scale=6), nullable=False),
    sa.Column('high', sa.Numeric(precision=20, scale=6), nullable=False),
    sa.Column('why', sa.Text(), nullable=False),
    sa.Column('made_by', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('low <= likely and likely <= high', name=op.f('ck_forecasts_order')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_forecasts_case_id')),
    sa.ForeignKeyConstraint(['indicator_id'], ['indicators.id'], name=op.f('fk_forecasts_indicator_id')),
    sa.ForeignKeyConstraint(['made_by'], ['people.id'], name=op.f('fk_forecasts_made_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_forecasts'))
    )
    op.create_index(op.f('ix_forecasts_indicator_id'), 'forecasts', ['indicator_id'], unique=False)
    op.create_table('measurements',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('benefit_id', sa.Uuid(), nullable=False),
    sa.Column('indicator_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('months', sa.Integer(), nullable=True),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('value', sa.Numeric(precision=20, scale=6), nullable=True),
    sa.Column('measured_on', sa.Date(), nullable=True),
    sa.Column('observations', sa.Integer(), nullable=True),
    sa.Column('counterfactual', sa.Numeric(precision=20, scale=6), nullable=True),
    sa.Column('counterfactual_basis', sa.Text(), nullable=False),
    sa.Column('confidence', sa.Text(), nullable=True),
    sa.Column('evidence', sa.Text(), nullable=False),
    sa.Column('evidence_link', sa.Text(), nullable=False),
    sa.Column('deviation', sa.Text(), nullable=False),
    sa.Column('reported_by', sa.Uuid(), nullable=True),
    sa.Column('reported_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('confirmed_by', sa.Uuid(), nullable=True),
    sa.Column('confirmed_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('returned_why', sa.Text(), nullable=False),
    sa.Column('written_off_why', sa.Text(), nullable=False),
    sa.Column('corrects_id', sa.Uuid(), nullable=True),
    sa.Column('planned_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('reminded_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("confidence in ('A', 'B', 'C', 'D')", name=op.f('ck_measurements_confidence')),
    sa.CheckConstraint("kind in ('first', 'follow_up')", name=op.f('ck_measurements_kind')),
    sa.ForeignKeyConstraint(['benefit_id'], ['benefits.id'], name=op.f('fk_measurements_benefit_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_measurements_case_id')),
    sa.ForeignKeyConstraint(['confirmed_by'], ['people.id'], name=op.f('fk_measurements_confirmed_by')),
    sa.ForeignKeyConstraint(['corrects_id'], ['measurements.id'], name=op.f('fk_measurements_corrects_id')),
    sa.ForeignKeyConstraint(['indicator_id'], ['indicators.id'], name=op.f('fk_measurements_indicator_id')),
    sa.ForeignKeyConstraint(['reported_by'], ['people.id'], name=op.f('fk_measurements_reported_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_measurements'))
    )
    op.create_index(op.f('ix_measurements_benefit_id'), 'measurements', ['benefit_id'], unique=False)
    op.create_index(op.f('ix_measurements_case_id'), 'measurements', ['case_id'], unique=False)
    op.create_index(op.f('ix_measurements_indicator_id'), 'measurements', ['indicator_id'], unique=False)
    op.create_index('ix_measurements_state_due', 'measurements', ['state', 'due_on'], unique=False)
    op.create_table('targets',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('plan_id', sa.Uuid(), nullable=False),
    sa.Column('indicator_id', sa.Uuid(), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('value', sa.Numeric(precision=20, scale=6), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_targets_case_id')),
    sa.ForeignKeyConstraint(['indicator_id'], ['indicators.id'], name=op.f('fk_targets_indicator_id')),
    sa.ForeignKeyConstraint(['plan_id'], ['benefit_plans.id'], name=op.f('fk_targets_plan_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_targets')),
    sa.UniqueConstraint('plan_id', 'indicator_id', 'due_on', name=op.f('uq_targets_plan_id_indicator_id_due_on'))
    )
    op.create_index(op.f('ix_targets_indicator_id'), 'targets', ['indicator_id'], unique=False)
    op.execute(
        """
    CREATE OR REPLACE FUNCTION confirmed_measurements_stand() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.state = 'confirmed' THEN
        RAISE EXCEPTION 'a confirmed measurement stands: % refused', TG_OP USING ERRCODE = 'restrict_violation';
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      RETURN NEW;
    END $$;
    """
    )
    op.execute(
        """
    CREATE TRIGGER measurements_confirmed_stand BEFORE UPDATE OR DELETE ON measurements
    FOR EACH ROW EXECUTE FUNCTION confirmed_measurements_stand();
    """
    )
    op.execute(
        """
    CREATE OR REPLACE FUNCTION approved_targets_stand() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE frozen boolean;
    BEGIN
      SELECT approved_at IS NOT NULL INTO frozen FROM benefit_plans
      WHERE id = CASE WHEN TG_OP = 'INSERT' THEN NEW.plan_id ELSE OLD.plan_id END;
      IF frozen THEN
        RAISE EXCEPTION 'the targets of an approved plan stand: % refused', TG_OP USING ERRCODE = 'restrict_violation';
      END IF;
      IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
      RETURN NEW;
    END $$;
    """
    )
    op.execute(
        """
    CREATE TRIGGER targets_approved_stand BEFORE INSERT OR UPDATE OR DELETE ON targets
    FOR EACH ROW EXECUTE FUNCTION approved_targets_stand();
    """
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_index(op.f('ix_targets_indicator_id'), table_name='targets')
    op.drop_table('targets')
    op.drop_index('ix_measurements_state_due', table_name='measurements')
    op.drop_index(op.f('ix_measurements_indicator_id'), table_name='measurements')
    op.drop_index(op.f('ix_measurements_case_id'), table_name='measurements')
    op.drop_index(op.f('ix_measurements_benefit_id'), table_name='measurements')
    op.drop_table('measurements')
    op.drop_index(op.f('ix_forecasts_indicator_id'), table_name='forecasts')
    op.drop_table('forecasts')
    op.drop_index(op.f('ix_benefit_edges_case_id'), table_name='benefit_edges')
    op.drop_table('benefit_edges')
    op.drop_index(op.f('ix_baselines_indicator_id'), table_name='baselines')
    op.drop_table('baselines')
    op.drop_index(op.f('ix_indicators_case_id'), table_name='indicators')
    op.drop_index(op.f('ix_indicators_benefit_id'), table_name='indicators')
    op.drop_table('indicators')
    op.drop_index(op.f('ix_benefit_nodes_case_id'), table_name='benefit_nodes')
    op.drop_index(op.f('ix_benefit_nodes_benefit_id'), table_name='benefit_nodes')
    op.drop_table('benefit_nodes')
    op.drop_index('uq_attribution_shares_open', table_name='attribution_shares', postgresql_where=sa.text('ended_at is null'))
    op.drop_index(op.f('ix_attribution_shares_benefit_id'), table_name='attribution_shares')
    op.drop_table('attribution_shares')
    op.drop_index('uq_benefits_case_expected', table_name='benefits', postgresql_where=sa.text('expected_key IS NOT NULL'))
    op.drop_index(op.f('ix_benefits_owner_id'), table_name='benefits')
    op.drop_index(op.f('ix_benefits_case_id'), table_name='benefits')
    op.drop_table('benefits')
    op.drop_index('ix_payments_state', table_name='payments')
    op.drop_index(op.f('ix_payments_case_id'), table_name='payments')
    op.drop_table('payments')
    op.drop_index(op.f('ix_change_requests_case_id'), table_name='change_requests')
    op.drop_table('change_requests')
    op.drop_index('ix_milestones_state_due', table_name='milestones')
    op.drop_table('milestones')
    op.drop_table('benefit_plans')
    op.drop_table('outcome_pools')
    op.execute("DROP FUNCTION confirmed_measurements_stand")
    op.execute("DROP FUNCTION approved_targets_stand")
