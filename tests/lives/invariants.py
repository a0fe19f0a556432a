"""What must hold whatever has been done: each an SQL statement of its own that finds the rows which break it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app import rooms
from app.moves import SUBJECTS

PAID = "paid_at is not null"
LEDGER = """
    select case_id, payment_id, to_account as account, amount_ore as ore from bookings
    union all select case_id, payment_id, from_account, -amount_ore from bookings"""
"""Both halves of every booking."""
ACCOUNT = "case when state in ('claimed', 'recovered') then 'paid' else state end"
"""The account in which what is left of a payment stands."""

ALWAYS: dict[str, str] = {
    "no payment goes on before its milestone is approved, or waived and the payment kept for a reason": """
        select p.id, p.state, m.key, m.state from payments p join milestones m on m.id = p.milestone_id
        where p.state not in ('planned', 'cancelled')
          and m.state <> 'approved' and not (m.state = 'waived' and btrim(p.kept_why) <> '')""",
    "what is paid less what was claimed back stays within the award": f"""
        select r.id, r.amount_ore, p.ore from projects r join (
            select case_id, sum(amount_ore - recovered_ore) as ore from payments where {PAID} group by case_id
        ) p on p.case_id = r.id where p.ore > r.amount_ore""",
    "the payments of a project come to no more than its award": """
        select r.id, r.amount_ore, p.ore from projects r join (
            select case_id, sum(amount_ore) as ore from payments where state <> 'cancelled' group by case_id
        ) p on p.case_id = r.id where p.ore > r.amount_ore""",
    "a project's ledger promises what its award is": """
        select r.id, r.amount_ore, b.ore from projects r join (
            select case_id, sum(case when from_account in ('provisional', 'final') then amount_ore else 0 end
                                - case when to_account in ('provisional', 'final') then amount_ore else 0 end) as ore
            from bookings group by case_id
        ) b on b.case_id = r.id where b.ore <> r.amount_ore""",
    "no account of a project that holds money is overdrawn": f"""
        select case_id, account, sum(ore) from ({LEDGER}) halves
        where account not in ('provisional', 'final') group by case_id, account having sum(ore) < 0""",
    "every payment stands in the ledger where its state says, with all that is left of it": f"""
        with booked as (
            select payment_id, account, sum(ore) as ore from ({LEDGER}) halves
            where payment_id is not null and account not in ('undivided', 'provisional', 'final') group by 1, 2
        ), said as (
            select id as payment_id, {ACCOUNT} as account, amount_ore - recovered_ore - returned_ore as ore
            from payments where state <> 'cancelled'
            union all select id, 'recovered', recovered_ore from payments
            union all select id, 'returned', returned_ore from payments
        )
        select payment_id, account, b.ore as booked, s.ore as said from booked b full join said s using (payment_id, account)
        where coalesce(b.ore, 0) <> coalesce(s.ore, 0)""",
    "no more is claimed back than there was notice of, nor given back than was paid": """
        select id, amount_ore, recovered_ore, returned_ore from payments
        where recovered_ore + returned_ore > amount_ore or (recovered_ore > 0 and noticed_at is null)""",
    "the frame of a call is never bound beyond what it is": """
        select c.call_id, sum(c.amount_ore), k.frame_ore from commitments c join calls k on k.id = c.call_id
        group by c.call_id, k.frame_ore having sum(c.amount_ore) > coalesce(k.frame_ore, 0)""",
    "what a call's ledger binds for a project is its award": """
        select r.id, r.amount_ore, c.ore from projects r join (
            select case_id, sum(amount_ore) as ore from commitments group by case_id
        ) c on c.case_id = r.id where c.ore <> r.amount_ore""",
    "a closed project has settled every milestone but the follow-up": """
        select r.id, m.key, m.state from projects r join milestones m on m.case_id = r.id
        where r.state in ('closed', 'ended') and m.key <> 'M8' and m.state not in ('approved', 'waived')""",
    "a project that has ended has answered every measurement": """
        select r.id, s.id, s.state, s.due_on from projects r join measurements s on s.case_id = r.id
        join benefits b on b.id = s.benefit_id
        where r.state = 'ended' and b.dropped_at is null and s.state not in ('confirmed', 'written_off')""",
    "nobody does both halves of a payment": """
        select id, state from payments where certified_by = approved_by or approved_by = registered_by""",
    "nobody approves the milestone that they reported": """
        select id, key, state from milestones where state = 'approved' and approved_by = reported_by""",
    "nobody confirms the measurement that they reported": """
        select id, state from measurements where state = 'confirmed' and confirmed_by = reported_by""",
    "nobody approves the benefit plan that they submitted": """
        select id, number from benefit_plans where state = 'approved' and approved_by = submitted_by""",
    "nobody approves the results that they wrote, and nobody both results and accounts": """
        select case_id from final_reports where approved_by in (submitted_by, accounts_approved_by)""",
    "nobody approves the report that they handed in": """
        select id, kind from reports where state = 'approved' and approved_by = submitted_by""",
    "nobody decides on what they gave notice of": """
        select e.id, e.verb, e.actor_name from events e join lateral (
            select n.actor_id from events n where n.subject_id = e.subject_id and n.subject = 'payment'
              and n.verb in ('give_notice', 'withhold') and n.sequence < e.sequence order by n.sequence desc limit 1
        ) before on true
        where e.subject = 'payment' and e.verb in ('recover', 'recover_part', 'reduce') and e.actor_id = before.actor_id""",
    "no payment that was sent to be paid is withheld or taken out": """
        select p.id, p.state from payments p
        join payment_list_lines l on l.payment_id = p.id and l.refused_at is null
        where p.state in ('planned', 'released', 'certified', 'withheld', 'cancelled')""",
    "every payment that was refused is booked back as often as a list says so, and never otherwise": """
        select payment_id, b.times as booked, l.times as said from (
            select payment_id, count(*) as times from bookings where kind = 'refused' group by 1
        ) b full join (
            select payment_id, count(*) as times from payment_list_lines where refused_at is not null group by 1
        ) l using (payment_id) where b.times is distinct from l.times""",
    "nothing that was refused goes on before it is written what has been corrected since": """
        select p.id, p.state from payments p
        where p.state in ('certified', 'approved', 'paid', 'claimed', 'recovered') and btrim(p.correction) = ''
          and exists (select 1 from payment_list_lines l where l.payment_id = p.id and l.refused_at is not null)""",
    "nobody registers as refused what they approved": """
        select e.id, e.actor_name from events e join lateral (
            select a.actor_id from events a where a.subject_id = e.subject_id and a.subject = 'payment'
              and a.verb = 'approve' and a.sequence < e.sequence order by a.sequence desc limit 1
        ) before on true
        where e.subject = 'payment' and e.verb = 'register_refused' and e.actor_id = before.actor_id""",
    "an award is changed only by what both sides have signed": """
        select id, state from change_requests where state = 'accepted' and (signed_by is null or decided_by is null)""",
    "nobody decides on what they recommended": """
        select id, state from decisions where decided_at is not null and decided_by = recommended_by""",
    "nobody grants the change that they asked for": """
        select id, state from change_requests where decided_by = proposed_by""",
    "the shares of an outcome are no more than the whole of it": """
        select pool_id, sum(share) from attribution_shares where ended_at is null group by pool_id having sum(share) > 1""",
    "a waiver, a kept payment and a written-off measurement have their reason": """
        select id from waivers where btrim(why) = ''
        union all select id from milestones where state = 'waived' and btrim(waived_why) = ''
        union all select id from measurements where state = 'written_off' and btrim(written_off_why) = ''""",
    "no plan is approved whose targets are none": """
        select p.id, p.number from benefit_plans p where p.state = 'approved'
          and not exists (select 1 from targets t where t.plan_id = p.id)""",
    "events follow each other without a gap, each by the fingerprint before it, and end where their case says": """
        select e.case_id, e.sequence from (
            select case_id, sequence, previous_hash,
                   lag(sequence, 1, 0) over chain as before, lag(hash, 1, repeat('0', 64)) over chain as fingerprint
            from events window chain as (partition by case_id order by sequence)
        ) e where e.sequence <> e.before + 1 or e.previous_hash <> e.fingerprint
        union all
        select c.id, c.event_count from cases c where c.event_count <> coalesce(
            (select max(sequence) from events e where e.case_id = c.id and e.hash = c.event_hash), 0)""",
}


def _agreed_at(gate: str) -> str:
    """Roles that the rules ask for at a gate for which nobody has agreed."""
    return f"""
        select role from projects p, jsonb_array_elements_text(p.rules -> 'clarifications' -> 'at_{gate}') role
        where p.id = :case_id and not exists (
            select 1 from clarifications c where c.case_id = p.id and c.role = role and c.state = 'agreed'
              and c.gate = '{gate}')"""


def _settled(gate: str) -> str:
    """Milestones that the rules let hold a gate shut, and that are neither approved nor waived."""
    return f"""
        select m ->> 'key' from projects p, jsonb_array_elements(p.rules -> 'milestones') m
        where p.id = :case_id and m ->> 'blocks' = '{gate}' and not exists (
            select 1 from milestones s where s.case_id = p.id and s.key = m ->> 'key'
              and s.state in ('approved', 'waived'))"""


def _signed(sides: int) -> str:
    """Where fewer sides than so many stand behind the close."""
    return f"select count(*) from sign_offs where case_id = :case_id and step = :left having count(*) < {sides}"


def _none(of: str) -> str:
    """Where there is no such row."""
    return f"select 1 where not exists (select 1 from {of})"


MILESTONES_HELD, CLARIFIED, STANDS_BEHIND = (
    "its milestones are settled",
    "all roles have agreed",
    "the sides have signed",
)
AT_A_GATE: dict[str, dict[str, str]] = {
    "start": {
        "every milestone has its day": "select key from milestones where case_id = :case_id and due_on is null",
        "a facilitator has accepted": _none("facilitator_assignments where case_id = :case_id and state = 'accepted'"),
        CLARIFIED: _agreed_at("start"),
        MILESTONES_HELD: _settled("start"),
        "leader_on_first_module": _none(
            "attendances a join gatherings g on g.id = a.gathering_id where a.case_id = :case_id and g.key = 'module_1'"
        ),
    },
    "define_challenge": {
        "success is named": _none("success_statements where case_id = :case_id"),
        "all parties are heard, or it is said why not": """
            select party from projects p, jsonb_array_elements_text(p.rules -> 'gates' -> 'insight_parties') party
            where p.id = :case_id
              and not exists (select 1 from insight_activities i where i.case_id = p.id and i.party = party)
              and not exists (select 1 from project_texts t where t.case_id = p.id and t.kind = 'no_insight_' || party)""",
    },
    "close_diamond_1": {
        "there are findings": _none("findings where case_id = :case_id"),
        "every finding is answered": "select id from findings where case_id = :case_id and status = 'proposed'",
        STANDS_BEHIND: _signed(3),
        "the challenge picture is written": _none(
            "project_texts where case_id = :case_id and kind = 'challenge_picture'"
        ),
        "the statement is confirmed": _none(
            "problem_statements s join projects p on p.id = s.case_id "
            "where p.id = :case_id and s.written_at > p.accepted_at"
        ),
        MILESTONES_HELD: _settled("close_diamond_1"),
    },
    "choose_concepts": {
        "a concept is carried on": _none("concepts where case_id = :case_id and chosen"),
        "there are ideas": "select count(*) from ideas where case_id = :case_id having count(*) < 2",
        "concepts are held against what works already": """
            select c.id, d.id from concepts c join positive_deviances d on d.case_id = c.case_id
            where c.case_id = :case_id and c.chosen and not exists (
                select 1 from deviance_checks k where k.concept_id = c.id and k.deviance_id = d.id)""",
        "gatherings_attended": """
            select key from (values ('gathering_1'), ('gathering_2')) asked (key) where not exists (
                select 1 from attendances a join gatherings g on g.id = a.gathering_id
                where a.case_id = :case_id and g.key = asked.key and a.attended_at is not null)""",
    },
    "close_diamond_2": {
        "a benefit plan is approved": _none("benefit_plans where case_id = :case_id and approved_at is not null"),
        "there are benefits": _none("benefits where case_id = :case_id and dropped_at is null and not is_practice"),
        "concepts are placed in the system": """
            select c.id, kind from concepts c, (values ('location'), ('benefit'), ('consequence')) asked (kind)
            where c.case_id = :case_id and c.chosen
              and not exists (select 1 from placements p where p.concept_id = c.id and p.kind = asked.kind)
              and not (asked.kind = 'consequence' and c.no_consequence_why <> '')""",
        "anchoring is planned": _none("project_texts where case_id = :case_id and kind = 'anchoring_plan'"),
        CLARIFIED: _agreed_at("close_diamond_2"),
        STANDS_BEHIND: _signed(2),
        MILESTONES_HELD: _settled("close_diamond_2"),
    },
    "evaluate_pilots": {
        "a pilot is tried": _none("pilots where case_id = :case_id"),
        "every milestone due is settled": """
            select key from milestones where case_id = :case_id and due_on <= cast(:today as date)
              and state not in ('approved', 'waived')""",
        "every measurement due is reported": """
            select s.id from measurements s join benefits b on b.id = s.benefit_id
            where s.case_id = :case_id and b.dropped_at is null and s.due_on <= cast(:today as date)
              and s.state not in ('reported', 'confirmed', 'written_off')""",
        MILESTONES_HELD: _settled("close_implement_opening"),
    },
    "close_diamond_3": {
        "learning is written": _none("learning_points where case_id = :case_id"),
        "experiences are shared": """
            select 1 where not exists (
                select 1 from shared_experiences where case_id = :case_id and published_at is not null
            ) and not exists (select 1 from stories where case_id = :case_id and state = 'published')""",
        STANDS_BEHIND: _signed(2),
    },
    "close": {
        "report and accounts are approved": _none(
            "final_reports where case_id = :case_id and approved_at is not null and accounts_approved_at is not null"
        ),
        "every benefit is handed over": """
            select id, title from benefits where case_id = :case_id and dropped_at is null and not is_practice
              and handed_over_at is null""",
        "every benefit is followed up": """
            select b.id from benefits b join projects p on p.id = b.case_id
            where b.case_id = :case_id and b.dropped_at is null and not b.is_practice
              and jsonb_array_length(p.rules -> 'benefits' -> 'follow_up_months') > (
                select count(distinct s.months) from measurements s where s.benefit_id = b.id and s.kind = 'follow_up')""",
        "what hangs on a waived milestone is answered": """
            select p.id from payments p join milestones m on m.id = p.milestone_id
            where p.case_id = :case_id and m.state = 'waived' and p.state = 'planned'""",
        "what is not spent is returned": f"""
            select p.ore from (select coalesce(sum(amount_ore - recovered_ore - returned_ore), 0) as ore from payments
              where case_id = :case_id and ({PAID})) p join final_reports f on f.case_id = :case_id
            where p.ore > coalesce(f.spent_ore, 0)""",
        MILESTONES_HELD: _settled("close"),
    },
    "end": {MILESTONES_HELD: _settled("end")},
}
"""What must be so the moment a project has taken a step; what is named as its requirement may have been waived."""


def of_states() -> Iterator[tuple[str, str]]:
    """What holds for each subject that has a lifecycle: its state is one of it, and was written with an event."""
    for name, kind in SUBJECTS.items():
        table = kind.table.__tablename__
        states = ", ".join(f"'{state}'" for state in kind.lifecycle.states)
        yield (
            f"{name}: every state is one of its lifecycle",
            f"select id, state from {table} where state not in ({states})",
        )
        yield (
            f"{name}: the state is the one that its last event says",
            f"""select t.id, t.state, e.to_state from {table} t join lateral (
                    select to_state from events where subject_id = t.id and subject = '{name}' and to_state is not null
                    order by id desc limit 1
                ) e on true where e.to_state <> t.state""",
        )


def of_moves() -> tuple[str, str]:
    """Every change of state that an event tells of stands in the lifecycle."""
    lines = ", ".join(
        f"('{name}', '{move.name}', '{source}', '{move.target}')"
        for name, kind in SUBJECTS.items()
        for move in kind.lifecycle.moves
        for source in move.sources
    )
    return (
        "every change of a state is a line of a lifecycle",
        f"""with moves (subject, verb, source, target) as (values {lines})
            select e.subject, e.verb, e.from_state, e.to_state from events e
            where e.from_state is not null and e.to_state is not null and not exists (
                select 1 from moves m
                where (m.subject, m.verb, m.source, m.target) = (e.subject, e.verb, e.from_state, e.to_state))""",
    )


@cache
def statements() -> dict[str, str]:
    """All of them, for the lifecycles of every room."""
    rooms.commands()  # a room binds its lifecycle as it is read
    return {**ALWAYS, **dict(of_states()), **dict((of_moves(),))}


async def broken(connection: AsyncConnection) -> dict[str, list[str]]:
    """The invariants that do not hold, with the first rows that break each; one statement."""
    parts = [
        f"select {number} as number, (select jsonb_agg(to_jsonb(found)) from (select * from ({statement}) s limit 3) found)"
        for number, statement in enumerate(statements().values())
    ]
    names = list(statements())
    rows = await connection.exec_driver_sql(
        "select * from (" + " union all ".join(parts) + ") every where jsonb_agg is not null"
    )
    return {names[number]: found for number, found in rows}


async def broken_at_gate(
    connection: AsyncConnection, step: str, waived: Collection[str] = (), **about: object
) -> dict[str, list[str]]:
    """What does not hold although a project has taken the step, and was not waived."""
    found: dict[str, list[str]] = {}
    for name, statement in AT_A_GATE.get(step, {}).items():
        if name in waived:
            continue
        asked = {key: value for key, value in about.items() if f":{key}" in statement}
        if rows := (await connection.execute(text(statement), asked)).all():
            found[name] = [str(row) for row in rows]
    return found


class Fingerprints:
    """What each table holds, by the place and the maker of every row: an equal one means that not a byte was written.

    For one transaction. A table is read anew only where a row was written since, or was about to be: PostgreSQL counts those
    that a savepoint has undone as well.
    """

    def __init__(self, connection: AsyncConnection, tables: list[str]):
        self.connection = connection
        self.tables = tables
        self.written: dict[str, int] = {}
        self.found: dict[str, tuple[int, int]] = {}

    async def taken(self) -> dict[str, tuple[int, int]]:
        """How many rows there are in each table now, and their fingerprint."""
        written = dict((await self.connection.exec_driver_sql(WRITTEN)).tuples().all())
        anew = [name for name in self.tables if name not in self.found or written[name] != self.written[name]]
        if anew:
            parts = " union all ".join(FINGERPRINT.format(name) for name in anew)
            rows = await self.connection.exec_driver_sql(parts)
            self.found = {**self.found, **{name: (count, int(said)) for name, count, said in rows}}
        self.written = written
        return self.found


WRITTEN = """
    select relname, pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
        + pg_stat_get_xact_tuples_deleted(oid)
    from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"""
FINGERPRINT = """
    select '{0}', count(*), coalesce(sum(hashtextextended(ctid::text || '/' || xmin::text, 0)), 0) from {0}"""
