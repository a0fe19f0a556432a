"""Projects and what is done in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_23_1240"
down_revision = '2026_11_23_1230'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # people are at work while this runs: rather give up than keep them waiting behind a lock
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table('facilitators',
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('capacity_hours', sa.Integer(), nullable=False),
    sa.Column('methods', postgresql.ARRAY(sa.TEXT()), nullable=False),
    sa.Column('valid_from', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('valid_to', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_facilitators_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_facilitators')),
    sa.UniqueConstraint('person_id', name=op.f('uq_facilitators_person_id'))
    )
    op.create_table('method_owners',
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_method_owners_person_id')),
    sa.PrimaryKeyConstraint('method', name=op.f('pk_method_owners'))
    )
    op.create_table('clarifications',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('gate', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=True),
    sa.Column('outside_name', sa.Text(), nullable=True),
    sa.Column('expects', sa.Text(), nullable=False),
    sa.Column('commits', sa.Text(), nullable=False),
    sa.Column('hours_per_week', sa.Integer(), nullable=False),
    sa.Column('responsibility', sa.Text(), nullable=False),
    sa.Column('decision_rights', sa.Text(), nullable=False),
    sa.Column('learning', sa.Text(), nullable=False),
    sa.Column('new_ways', sa.Text(), nullable=False),
    sa.Column('benefits_short', sa.Text(), nullable=False),
    sa.Column('benefits_long', sa.Text(), nullable=False),
    sa.Column('text_hash', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(person_id is null) or (outside_name is null)', name=op.f('ck_clarifications_one_holder')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_clarifications_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_clarifications_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_clarifications'))
    )
    op.create_index('ix_clarifications_case_gate', 'clarifications', ['case_id', 'gate'], unique=False)
    op.create_index(op.f('ix_clarifications_person_id'), 'clarifications', ['person_id'], unique=False)
    op.create_table('concepts',
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('kinds', postgresql.ARRAY(sa.TEXT()), nullable=False),
    sa.Column('finding_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('chosen', sa.Boolean(), nullable=False),
    sa.Column('why_chosen', sa.Text(), nullable=False),
    sa.Column('no_consequence_why', sa.Text(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_concepts_case_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_concepts_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_concepts'))
    )
    op.create_index(op.f('ix_concepts_case_id'), 'concepts', ['case_id'], unique=False)
    op.create_table('facilitator_assignments',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('assigned_by', sa.Uuid(), nullable=False),
    sa.Column('assigned_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('answered_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('ended_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['assigned_by'], ['people.id'], name=op.f('fk_facilitator_assignments_assigned_by')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_facilitator_assignments_case_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_facilitator_assignments_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_facilitator_assignments')),
    sa.UniqueConstraint('case_id', 'person_id', name=op.f('uq_facilitator_assignments_case_id_person_id'))
    )
    op.create_index(op.f('ix_facilitator_assignments_case_id'), 'facilitator_assignments', ['case_id'], unique=False)
    op.create_index(op.f('ix_facilitator_assignments_person_id'), 'facilitator_assignments', ['person_id'], unique=False)
    op.create_table('final_reports',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('answers', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('spent_ore', sa.BigInteger(), nullable=True),
    sa.Column('returned_ore', sa.BigInteger(), nullable=True),
    sa.Column('submitted_by', sa.Uuid(), nullable=True),
    sa.Column('submitted_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('approved_by', sa.Uuid(), nullable=True),
    sa.Column('approved_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('accounts_approved_by', sa.Uuid(), nullable=True),
    sa.Column('accounts_approved_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['accounts_approved_by'], ['people.id'], name=op.f('fk_final_reports_accounts_approved_by')),
    sa.ForeignKeyConstraint(['approved_by'], ['people.id'], name=op.f('fk_final_reports_approved_by')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_final_reports_case_id')),
    sa.ForeignKeyConstraint(['submitted_by'], ['people.id'], name=op.f('fk_final_reports_submitted_by')),
    sa.PrimaryKeyConstraint('case_id', name=op.f('pk_final_reports'))
    )
    op.create_table('gatherings',
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('place', sa.Text(), nullable=False),
    sa.Column('audience', postgresql.ARRAY(sa.TEXT()), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['call_id'], ['cases.id'], name=op.f('fk_gatherings_call_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gatherings')),
    sa.UniqueConstraint('call_id', 'key', name=op.f('uq_gatherings_call_id_key'))
    )
    op.create_table('ideas',
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_ideas_case_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_ideas_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ideas'))
    )
    op.create_index(op.f('ix_ideas_case_id'), 'ideas', ['case_id'], unique=False)
    op.create_table('insight_activities',
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('party', sa.Text(), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('participants', sa.Integer(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint("party in ('employee', 'user', 'partner')", name=op.f('ck_insight_activities_party')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_insight_activities_case_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_insight_activities_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_insight_activities'))
    )
    op.create_index(op.f('ix_insight_activities_case_id'), 'insight_activities', ['case_id'], unique=False)
    op.create_table('learning_points',
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('for_whom', sa.Text(), nullable=False),
    sa.Column('conditions', sa.Text(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_learning_points_case_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_learning_points_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_learning_points'))
    )
    op.create_index(op.f('ix_learning_points_case_id'), 'learning_points', ['case_id'], unique=False)
    op.create_table('project_steps',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('planned_from', sa.Date(), nullable=True),
    sa.Column('planned_to', sa.Date(), nullable=True),
    sa.Column('actual_from', sa.Date(), nullable=True),
    sa.Column('actual_to', sa.Date(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_project_steps_case_id')),
    sa.PrimaryKeyConstraint('case_id', 'step', name=op.f('pk_project_steps'))
    )
    op.create_table('project_texts',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_project_texts_case_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_project_texts_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_project_texts')),
    sa.UniqueConstraint('case_id', 'kind', name=op.f('uq_project_texts_case_id_kind'))
    )
    op.create_table('projects',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('paused_from', sa.Text(), nullable=True),
    sa.Column('rules', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('rules_version', sa.Integer(), nullable=False),
    sa.Column('amount_ore', sa.BigInteger(), nullable=False),
    sa.Column('hours', sa.Integer(), nullable=False),
    sa.Column('accepted_by', sa.Uuid(), nullable=False),
    sa.Column('accepted_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('started_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('closed_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('ended_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('invented_figures', sa.Boolean(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['accepted_by'], ['people.id'], name=op.f('fk_projects_accepted_by')),
    sa.ForeignKeyConstraint(['call_id'], ['cases.id'], name=op.f('fk_projects_call_id')),
    sa.ForeignKeyConstraint(['id'], ['cases.id'], name=op.f('fk_projects_id')),
    sa.ForeignKeyConstraint(['owner_id'], ['people.id'], name=op.f('fk_projects_owner_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_projects'))
    )
    op.create_index(op.f('ix_projects_call_id'), 'projects', ['call_id'], unique=False)
    op.create_table('sign_offs',
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('side', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('signed_by', sa.Uuid(), nullable=False),
    sa.Column('signed_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_sign_offs_case_id')),
    sa.ForeignKeyConstraint(['signed_by'], ['people.id'], name=op.f('fk_sign_offs_signed_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_offs')),
    sa.UniqueConstraint('case_id', 'step', 'side', name=op.f('uq_sign_offs_case_id_step_side'))
    )
    op.create_table('success_statements',
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_success_statements_case_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_success_statements_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_success_statements')),
    sa.UniqueConstraint('case_id', 'rank', deferrable=True, initially='DEFERRED', name=op.f('uq_success_statements_case_id_rank'))
    )
    op.create_index(op.f('ix_success_statements_case_id'), 'success_statements', ['case_id'], unique=False)
    op.create_table('system_nodes',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('party', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('from_case_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['from_case_id'], ['cases.id'], name=op.f('fk_system_nodes_from_case_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_system_nodes'))
    )
    op.create_table('agreements',
    sa.Column('clarification_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('side', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('text_hash', sa.Text(), nullable=False),
    sa.Column('agreed_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('how', sa.Text(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_agreements_case_id')),
    sa.ForeignKeyConstraint(['clarification_id'], ['clarifications.id'], name=op.f('fk_agreements_clarification_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_agreements_person_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreements')),
    sa.UniqueConstraint('clarification_id', 'side', 'text_hash', name=op.f('uq_agreements_clarification_id_side_text_hash'))
    )
    op.create_index(op.f('ix_agreements_case_id'), 'agreements', ['case_id'], unique=False)
    op.create_index(op.f('ix_agreements_clarification_id'), 'agreements', ['clarification_id'], unique=False)
    op.create_table('attendances',
    sa.Column('gathering_id', sa.Uuid(), nullable=False),
    sa.Column('person_id', sa.Uuid(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('registered_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('attended_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_attendances_case_id')),
    sa.ForeignKeyConstraint(['gathering_id'], ['gatherings.id'], name=op.f('fk_attendances_gathering_id')),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_attendances_person_id')),
    sa.PrimaryKeyConstraint('gathering_id', 'person_id', name=op.f('pk_attendances'))
    )
    op.create_index('ix_attendances_case', 'attendances', ['case_id'], unique=False)
    op.create_table('changes',
    sa.Column('concept_id', sa.Uuid(), nullable=True),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('planned_live_on', sa.Date(), nullable=True),
    sa.Column('live_on', sa.Date(), nullable=True),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_changes_case_id')),
    sa.ForeignKeyConstraint(['concept_id'], ['concepts.id'], name=op.f('fk_changes_concept_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_changes_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_changes'))
    )
    op.create_index(op.f('ix_changes_case_id'), 'changes', ['case_id'], unique=False)
    op.create_table('deviance_checks',
    sa.Column('concept_id', sa.Uuid(), nullable=False),
    sa.Column('deviance_id', sa.Uuid(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_deviance_checks_case_id')),
    sa.ForeignKeyConstraint(['concept_id'], ['concepts.id'], name=op.f('fk_deviance_checks_concept_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_deviance_checks_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_deviance_checks')),
    sa.UniqueConstraint('concept_id', 'deviance_id', name=op.f('uq_deviance_checks_concept_id_deviance_id'))
    )
    op.create_index(op.f('ix_deviance_checks_case_id'), 'deviance_checks', ['case_id'], unique=False)
    op.create_table('findings',
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('insight_ids', postgresql.ARRAY(sa.Uuid()), nullable=False),
    sa.Column('status', sa.Text(), nullable=False),
    sa.Column('validated_by_activity', sa.Uuid(), nullable=True),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_findings_case_id')),
    sa.ForeignKeyConstraint(['validated_by_activity'], ['insight_activities.id'], name=op.f('fk_findings_validated_by_activity')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_findings_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_findings'))
    )
    op.create_index(op.f('ix_findings_case_id'), 'findings', ['case_id'], unique=False)
    op.create_table('insights',
    sa.Column('activity_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['insight_activities.id'], name=op.f('fk_insights_activity_id')),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_insights_case_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_insights_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_insights'))
    )
    op.create_index(op.f('ix_insights_case_id'), 'insights', ['case_id'], unique=False)
    op.create_table('pilots',
    sa.Column('concept_id', sa.Uuid(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('participants', sa.Integer(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_pilots_case_id')),
    sa.ForeignKeyConstraint(['concept_id'], ['concepts.id'], name=op.f('fk_pilots_concept_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_pilots_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pilots'))
    )
    op.create_index(op.f('ix_pilots_case_id'), 'pilots', ['case_id'], unique=False)
    op.create_table('placements',
    sa.Column('concept_id', sa.Uuid(), nullable=False),
    sa.Column('node_id', sa.Uuid(), nullable=True),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('sign', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_placements_case_id')),
    sa.ForeignKeyConstraint(['concept_id'], ['concepts.id'], name=op.f('fk_placements_concept_id')),
    sa.ForeignKeyConstraint(['node_id'], ['system_nodes.id'], name=op.f('fk_placements_node_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_placements_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placements'))
    )
    op.create_index(op.f('ix_placements_case_id'), 'placements', ['case_id'], unique=False)
    op.create_index(op.f('ix_placements_concept_id'), 'placements', ['concept_id'], unique=False)
    op.create_table('shared_experiences',
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('gathering_id', sa.Uuid(), nullable=True),
    sa.Column('published_at', sa.TIMESTAMP(timezone=True), nullable=True),
    sa.Column('case_id', sa.Uuid(), nullable=False),
    sa.Column('written_by', sa.Uuid(), nullable=False),
    sa.Column('written_at', sa.TIMESTAMP(timezone=True), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['case_id'], ['cases.id'], name=op.f('fk_shared_experiences_case_id')),
    sa.ForeignKeyConstraint(['gathering_id'], ['gatherings.id'], name=op.f('fk_shared_experiences_gathering_id')),
    sa.ForeignKeyConstraint(['written_by'], ['people.id'], name=op.f('fk_shared_experiences_written_by')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shared_experiences'))
    )
    op.create_index(op.f('ix_shared_experiences_case_id'), 'shared_experiences', ['case_id'], unique=False)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.drop_index(op.f('ix_shared_experiences_case_id'), table_name='shared_experiences')
    op.drop_table('shared_experiences')
    op.drop_index(op.f('ix_placements_concept_id'), table_name='placements')
    op.drop_index(op.f('ix_placements_case_id'), table_name='placements')
    op.drop_table('placements')
    op.drop_index(op.f('ix_pilots_case_id'), table_name='pilots')
    op.drop_table('pilots')
    op.drop_index(op.f('ix_insights_case_id'), table_name='insights')
    op.drop_table('insights')
    op.drop_index(op.f('ix_findings_case_id'), table_name='findings')
    op.drop_table('findings')
    op.drop_index(op.f('ix_deviance_checks_case_id'), table_name='deviance_checks')
    op.drop_table('deviance_checks')
    op.drop_index(op.f('ix_changes_case_id'), table_name='changes')
    op.drop_table('changes')
    op.drop_index('ix_attendances_case', table_name='attendances')
    op.drop_table('attendances')
    op.drop_index(op.f('ix_agreements_clarification_id'), table_name='agreements')
    op.drop_index(op.f('ix_agreements_case_id'), table_name='agreements')
    op.drop_table('agreements')
    op.drop_table('system_nodes')
    op.drop_index(op.f('ix_success_statements_case_id'), table_name='success_statements')
    op.drop_table('success_statements')
    op.drop_table('sign_offs')
    op.drop_index(op.f('ix_projects_call_id'), table_name='projects')
    op.drop_table('projects')
    op.drop_table('project_texts')
    op.drop_table('project_steps')
    op.drop_index(op.f('ix_learning_points_case_id'), table_name='learning_points')
    op.drop_table('learning_points')
    op.drop_index(op.f('ix_insight_activities_case_id'), table_name='insight_activities')
    op.drop_table('insight_activities')
    op.drop_index(op.f('ix_ideas_case_id'), table_name='ideas')
    op.drop_table('ideas')
    op.drop_table('gatherings')
    op.drop_table('final_reports')
    op.drop_index(op.f('ix_facilitator_assignments_person_id'), table_name='facilitator_assignments')
    op.drop_index(op.f('ix_facilitator_assignments_case_id'), table_name='facilitator_assignments')
    op.drop_table('facilitator_assignments')
    op.drop_index(op.f('ix_concepts_case_id'), table_name='concepts')
    op.drop_table('concepts')
    op.drop_index(op.f('ix_clarifications_person_id'), table_name='clarifications')
    op.drop_index('ix_clarifications_case_gate', table_name='clarifications')
    op.drop_table('clarifications')
    op.drop_table('method_owners')
    op.drop_table('facilitators')
