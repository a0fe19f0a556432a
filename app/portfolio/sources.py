"""All that the sums of projects are made of, read from where it was recorded, as known at a moment; one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Uuid, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.benefits.figures import end_of
from app.core.clock import day_in_oslo
from app.core.database import Instant, UnitOfWork
from app.portfolio.entry import ALL_DROPPED, MARKS, Entry, Known
from workflows.benefit import progress, reachable
from workflows.leaf import USUAL_INTERVAL, Believed, Leaf, Level, Measured
from workflows.over_time import added_up, sums_of
from workflows.project import RUNNING
from workflows.rollup import Line, held, places


class _Last(msgspec.Struct, frozen=True, array_like=True):
    """A confirmed measurement that no correction has replaced."""

    id: UUID
    on: date
    value: Decimal
    grade: str
    observations: int | None
    counterfactual: Decimal | None


class _Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator as the statement brings it; decimals as text, so that none becomes a float on its way."""

    id: UUID
    benefit_id: UUID
    key: str
    unit: str
    direction: str
    intervals: list[tuple[date, int | None]]
    baseline: Decimal | None
    targets: list[tuple[date, Decimal]]
    forecasts: list[tuple[date, Decimal, Decimal, Decimal]]
    forecast: Decimal | None
    """What the forecast made last holds for likely."""
    measurements: list[_Last]
    shares: list[tuple[int, Decimal]]
    due_on: date | None
    """The first day by which a measurement of it was to be made that has not been confirmed."""
    reports: list[tuple[date, str, int]]
    """How many measurements were to be made by each day, by what has come of them: in_time, late or missing."""


class _Benefit(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit as the plan in force froze it, else as it stands."""

    id: UUID
    category: str
    sign: int
    is_end_benefit: bool
    is_practice: bool
    is_invented: bool
    profile: str
    periods_per_year: int
    unit_value_ore: int | None
    price_year: int | None
    starts_on: date | None
    ends_on: date | None
    live_on: date | None
    dropped_at: datetime | None
    owner_accepted: bool


class _Project(msgspec.Struct, frozen=True, kw_only=True):
    """A project as the statement brings it."""

    case_id: UUID
    unit_id: UUID
    county_id: UUID | None
    call_id: UUID | None
    state: str
    award_ore: int
    committed_ore: int
    paid_ore: int
    returned_ore: int
    """What came back: unspent, or claimed."""
    benefits: list[_Benefit]
    indicators: list[_Indicator]
    nodes: list[tuple[UUID, UUID | None, str | None]]
    edges: list[tuple[UUID, UUID]]


def _described(name: str, kind: str = "text") -> str:
    """What the profile said: of an earlier day what the first change since then names as what was before."""
    return f"CASE WHEN earlier.was ? '{name}' THEN (earlier.was->>'{name}')::{kind} ELSE b.{name} END"


def _valued(name: str, kind: str) -> str:
    """The same of what a plan may have frozen as not known, with its name."""
    return f"'{name}', CASE WHEN frozen.b IS NULL THEN {_described(name, kind)} ELSE (frozen.b->>'{name}')::{kind} END"


_STATEMENT = f"""
SELECT json_build_object(
  'case_id', c.id, 'unit_id', c.unit_id, 'county_id', c.county_id, 'call_id', c.call_id,
  'state', CASE WHEN :past THEN coalesce((
      SELECT to_state FROM events e WHERE e.case_id = c.id AND e.subject = 'project' AND e.to_state IS NOT NULL
      AND e.at < :moment ORDER BY e.sequence DESC LIMIT 1), p.state) ELSE p.state END,
  'award_ore', coalesce(CASE WHEN :past THEN (
      SELECT (e.changes->'amount_ore'->>0)::bigint FROM events e WHERE e.case_id = c.id AND e.subject = 'project'
      AND e.verb = 'change_amount' AND e.at >= :moment ORDER BY e.sequence LIMIT 1) END, p.amount_ore),
  'committed_ore', coalesce((SELECT sum(amount_ore)::bigint FROM commitments
      WHERE case_id = c.id AND call_id = c.call_id AND at < :moment), 0),
  'paid_ore', coalesce((SELECT sum(CASE WHEN to_account = 'paid' THEN amount_ore ELSE -amount_ore END)::bigint
      FROM bookings WHERE case_id = c.id AND at < :moment AND 'paid' IN (to_account, from_account)), 0),
  'returned_ore', coalesce((SELECT sum(CASE WHEN to_account IN ('returned', 'recovered') THEN amount_ore ELSE 0 END
        - CASE WHEN from_account IN ('returned', 'recovered') THEN amount_ore ELSE 0 END)::bigint
      FROM bookings WHERE case_id = c.id AND at < :moment), 0),
  'benefits', coalesce((SELECT json_agg(json_build_object(
      'id', b.id, 'category', {_described("category")}, 'is_practice', b.is_practice, 'is_invented', b.is_invented,
      'dropped_at', CASE WHEN b.dropped_at < :moment THEN b.dropped_at END,
      'owner_accepted', CASE WHEN b.owner_proposed_at >= :moment THEN coalesce((
          SELECT e.verb = 'accept_ownership' FROM events e WHERE e.subject = 'benefit' AND e.subject_id = b.id
          AND e.at < :moment AND (e.verb = 'accept_ownership' OR e.verb = 'propose_owner'
            AND e.changes->'owner_id'->>0 IS DISTINCT FROM e.changes->'owner_id'->>1)
          ORDER BY e.sequence DESC LIMIT 1), false) ELSE coalesce(b.owner_accepted_at < :moment, false) END,
      'live_on', coalesce(CASE WHEN live.is_later THEN NULL ELSE ch.live_on END,
          CASE WHEN moved.was IS NULL THEN ch.planned_live_on ELSE (moved.was->>0)::date END),
      'sign', coalesce((frozen.b->>'sign')::int, {_described("sign", "int")}),
      'is_end_benefit', coalesce((frozen.b->>'is_end_benefit')::boolean, {_described("is_end_benefit", "boolean")}),
      'profile', coalesce(frozen.b->>'profile', {_described("profile")}),
      'periods_per_year', coalesce((frozen.b->>'periods_per_year')::int, {_described("periods_per_year", "int")}),
      {_valued("unit_value_ore", "bigint")}, {_valued("price_year", "int")},
      {_valued("starts_on", "date")}, {_valued("ends_on", "date")}) ORDER BY b.id)
    FROM benefits b
    LEFT JOIN LATERAL (SELECT jsonb_object_agg(f.key, f.value->0 ORDER BY e.sequence DESC) AS was
      FROM events e CROSS JOIN LATERAL jsonb_each(e.changes) f WHERE :past AND e.subject = 'benefit'
      AND e.subject_id = b.id AND e.verb = 'describe' AND e.at >= :moment AND jsonb_typeof(f.value) = 'array'
    ) earlier ON true
    LEFT JOIN changes ch ON ch.id = {_described("change_id", "uuid")}
    LEFT JOIN LATERAL (SELECT true AS is_later FROM events e WHERE :past AND e.case_id = c.id AND e.subject = 'project'
      AND e.verb = 'go_live' AND e.at >= :moment AND e.changes->>'change_id' = ch.id::text LIMIT 1) live ON true
    LEFT JOIN LATERAL (SELECT e.changes->'planned_live_on' AS was FROM events e WHERE :past AND e.case_id = c.id
      AND e.subject = 'project' AND e.verb = 'plan_live' AND e.at >= :moment
      AND e.changes->>'change_id' = ch.id::text ORDER BY e.sequence LIMIT 1) moved ON true
    CROSS JOIN LATERAL (SELECT plan.snapshot->'benefits'->(b.id::text) AS b OFFSET 0) frozen
    WHERE b.case_id = c.id AND b.created_at < :moment AND (:of_all OR b.id = ANY(:benefit_ids))), '[]'),
  'indicators', coalesce((SELECT json_agg(json_build_object(
      'id', i.id, 'benefit_id', i.benefit_id, 'key', i.key, 'unit', i.unit, 'direction', i.direction,
      'intervals', coalesce((SELECT json_agg(json_build_array((since AT TIME ZONE 'Europe/Oslo')::date, months)
          ORDER BY since, id) FROM indicator_intervals WHERE indicator_id = i.id AND since < :moment), '[]'),
      'baseline', (SELECT value::text FROM baselines WHERE indicator_id = i.id AND recorded_at < :moment
        ORDER BY recorded_at DESC, id DESC LIMIT 1),
      'targets', coalesce((SELECT json_agg(json_build_array(due_on, value::text) ORDER BY due_on) FROM targets
        WHERE indicator_id = i.id AND plan_id = plan.id), '[]'),
      'forecasts', coalesce((SELECT json_agg(json_build_array(due_on, low::text, likely::text, high::text)
          ORDER BY due_on) FROM (
        SELECT DISTINCT ON (due_on) due_on, low, likely, high FROM forecasts
        WHERE indicator_id = i.id AND made_at < :moment ORDER BY due_on, made_at DESC, id DESC) f), '[]'),
      'forecast', (SELECT likely::text FROM forecasts WHERE indicator_id = i.id AND made_at < :moment
        ORDER BY made_at DESC, due_on DESC LIMIT 1),
      'measurements', coalesce((SELECT json_agg(json_build_array(m.id, m.measured_on, m.value::text,
          m.confidence, m.observations, m.counterfactual::text) ORDER BY m.measured_on, m.id) FROM measurements m
        WHERE m.indicator_id = i.id AND m.confirmed_at < :moment AND NOT EXISTS (SELECT 1 FROM measurements newer
          WHERE newer.indicator_id = i.id AND newer.corrects_id = m.id AND newer.confirmed_at < :moment)), '[]'),
      'shares', coalesce((SELECT json_agg(json_build_array(pool.period::int, s.share::text) ORDER BY pool.period)
        FROM attribution_shares s JOIN outcome_pools pool ON pool.id = s.pool_id
        WHERE s.benefit_id = i.benefit_id AND pool.indicator_key = i.key AND pool.period ~ '^[0-9]{{4}}$'
          AND s.given_at < :moment AND (s.ended_at IS NULL OR s.ended_at >= :moment)), '[]'),
      'due_on', (SELECT min(due_on) FROM measurements WHERE indicator_id = i.id AND planned_at < :moment
        AND corrects_id IS NULL AND (written_off_at IS NULL OR written_off_at >= :moment)
        AND (confirmed_at IS NULL OR confirmed_at >= :moment)),
      'reports', coalesce((SELECT json_agg(json_build_array(due_on, came, count)) FROM (
        SELECT due_on, CASE WHEN reported_at IS NULL OR reported_at >= :moment THEN 'missing'
          WHEN (reported_at AT TIME ZONE 'Europe/Oslo')::date <= due_on THEN 'in_time' ELSE 'late' END AS came, count(*)
        FROM measurements WHERE indicator_id = i.id AND planned_at < :moment AND corrects_id IS NULL
          AND (written_off_at IS NULL OR written_off_at >= :moment) GROUP BY 1, 2) due), '[]'))
        ORDER BY i.id)
    FROM indicators i
    WHERE i.case_id = c.id AND (:of_all OR i.benefit_id = ANY(:benefit_ids)) AND i.added_at < :moment
      AND (i.removed_at IS NULL OR i.removed_at >= :moment)), '[]'),
  'nodes', coalesce((SELECT json_agg(json_build_array(id, benefit_id, goal)) FROM benefit_nodes
    WHERE case_id = c.id AND added_at < :moment AND (removed_at IS NULL OR removed_at >= :moment)
      AND (benefit_id IS NOT NULL OR goal IS NOT NULL)), '[]'),
  'edges', coalesce((SELECT json_agg(json_build_array(from_id, to_id)) FROM benefit_edges
    WHERE case_id = c.id AND kind <> 'counteracts' AND added_at < :moment
      AND (removed_at IS NULL OR removed_at >= :moment)), '[]')
)::text
FROM cases c JOIN projects p ON p.id = c.id
LEFT JOIN LATERAL (SELECT id, snapshot FROM benefit_plans WHERE case_id = c.id AND approved_at < :moment
  ORDER BY number DESC LIMIT 1) plan ON true
WHERE c.id = ANY(:case_ids) AND c.project_at < :moment
ORDER BY c.id
"""  # noqa: S608 (what is set in are names of columns)
SOURCES = text(_STATEMENT).bindparams(
    bindparam("moment", type_=Instant), bindparam("past", type_=Boolean()), bindparam("case_ids", type_=ARRAY(Uuid())),
    bindparam("of_all", True, type_=Boolean()), bindparam("benefit_ids", [], type_=ARRAY(Uuid())),
)  # fmt: skip
READ = msgspec.json.Decoder(_Project)


async def entries(uow: UnitOfWork, case_ids: Iterable[UUID], as_of: date | None = None) -> list[Entry]:
    """What these projects and their benefits add to the portfolio, as known at the end of a day; without one: now."""
    rows = await uow.session.execute(SOURCES, _asked(uow, case_ids, as_of))
    return [entry for (row,) in rows for entry in entries_of(READ.decode(row))]


async def entries_of_benefits(uow: UnitOfWork, case_ids: Iterable[UUID], benefit_ids: Iterable[UUID]) -> list[Entry]:
    """What some benefits of these projects add to the portfolio as it stands, and nothing of what the projects do."""
    rows = await uow.session.execute(SOURCES, _asked(uow, case_ids, None, benefit_ids))
    return [entry for (row,) in rows for entry in entries_of(READ.decode(row))[1:]]


async def source_of(uow: UnitOfWork, case_id: UUID, as_of: date | None = None) -> _Project:
    """One project as it was known at the end of a day; without one: as it is known now."""
    row = await uow.session.execute(SOURCES, _asked(uow, [case_id], as_of))
    return READ.decode(row.scalar_one())


def _asked(
    uow: UnitOfWork, case_ids: Iterable[UUID], as_of: date | None, benefit_ids: Iterable[UUID] | None = None
) -> dict[str, Any]:
    return {
        "case_ids": list(case_ids), "moment": end_of(as_of or day_in_oslo(uow.now)), "past": as_of is not None,
        "of_all": benefit_ids is None, "benefit_ids": list(benefit_ids or ()),
    }  # fmt: skip


def leaves_of(project: _Project, benefit_id: UUID) -> list[tuple[_Benefit, _Indicator]]:
    """The indicators of one of its benefits, each with the benefit."""
    own = [benefit for benefit in project.benefits if benefit.id == benefit_id]
    return [(benefit, each) for benefit in own for each in project.indicators if each.benefit_id == benefit_id]


def entries_of(project: _Project) -> list[Entry]:
    """The project's own entry, and one for each benefit; what was made for practice is in none (I16)."""
    goals = _goals(project)
    found = [_entry(project, each, goals.get(each.id, ())) for each in project.benefits if not each.is_practice]
    towards = tuple(sorted({goal for each in found for goal in each.goals}))
    own = Entry(
        case_id=project.case_id, unit_id=project.unit_id, county_id=project.county_id, call_id=project.call_id,
        step=project.state, goals=towards, categories=tuple(sorted({name for each in found for name in each.categories})),
        together=_together(found), forecasts=_forecasts(found), committed_ore=project.committed_ore,
        marks=(ALL_DROPPED,) if found and all("dropped" in each.marks for each in found) else (),
        tally=_there({"projects": 1, "running": int(project.state in RUNNING), "award": project.award_ore,
                      "committed": project.committed_ore, "paid": project.paid_ore,
                      "returned": project.returned_ore, f"step_{project.state}": 1}),
    )  # fmt: skip
    return [own, *found]


def _together(benefits: Sequence[Entry]) -> tuple[str, ...]:
    goals: dict[str, set[str]] = {}
    for each in benefits:
        for category in each.categories:
            goals.setdefault(category, set()).update(each.goals)
    return tuple(sorted(f"{category}|{goal}" for category, own in goals.items() for goal in own or ("",)))


def _forecasts(entries: Iterable[Entry]) -> dict[int, Decimal]:
    """What benefits are forecast to come to together."""
    found: dict[int, Decimal] = {}
    for each in entries:
        for year, forecast in each.forecasts.items():
            found[year] = found.get(year, Decimal(0)) + forecast
    return {year: found[year] for year in sorted(found)}


def _forecasts_of(tally: Mapping[str, int]) -> dict[int, Decimal]:
    """What is held that a benefit is forecast to come to."""
    found: dict[int, int] = {}
    for sign, year in places(tally):
        found[year] = found.get(year, 0) + tally.get(f"{sign:+d} {year} forecast", 0)
    return {year: Decimal(found[year]) for year in sorted(found)}


def _there(tally: dict[str, int]) -> dict[str, int]:
    return {name: count for name, count in tally.items() if count}


def _goals(project: _Project) -> dict[UUID, tuple[str, ...]]:
    """The overall goals that the map leads to from each benefit."""
    goal_of = {node: goal for node, _, goal in project.nodes if goal is not None}
    found: dict[UUID, set[str]] = {}
    for node, benefit_id, _ in project.nodes:
        if benefit_id is not None:
            reached = {goal_of[place] for place in reachable(project.edges, node) if place in goal_of}
            found.setdefault(benefit_id, set()).update(reached)
    return {benefit_id: tuple(sorted(goals)) for benefit_id, goals in found.items()}


def leaf_of(benefit: _Benefit, indicator: _Indicator) -> Leaf:
    """One indicator as the arithmetic takes it."""
    return Leaf(
        unit=indicator.unit, direction=indicator.direction, sign=benefit.sign, profile=benefit.profile,
        periods_per_year=benefit.periods_per_year, unit_value_ore=benefit.unit_value_ore, price_year=benefit.price_year,
        is_end_benefit=benefit.is_end_benefit, is_practice=benefit.is_practice, starts_on=benefit.starts_on,
        ends_on=benefit.ends_on, live_on=benefit.live_on,
        dropped_on=day_in_oslo(benefit.dropped_at) if benefit.dropped_at else None,
        intervals=tuple((since, months or USUAL_INTERVAL) for since, months in indicator.intervals),
        baseline=indicator.baseline,
        targets=tuple(Level(*each) for each in indicator.targets),
        forecasts=tuple(Believed(*each) for each in indicator.forecasts),
        measurements=tuple(
            Measured(
                on=each.on, value=each.value, grade=each.grade, observations=each.observations,
                counterfactual=each.counterfactual,
            )
            for each in indicator.measurements
        ),
        shares=tuple(indicator.shares),
    )  # fmt: skip


def _entry(project: _Project, benefit: _Benefit, goals: tuple[str, ...]) -> Entry:
    own = [each for each in project.indicators if each.benefit_id == benefit.id]
    leaves = [leaf_of(benefit, each) for each in own]
    tally, late = _standing(benefit, own, leaves, goals)
    return Entry(
        case_id=project.case_id, benefit_id=benefit.id, unit_id=project.unit_id, county_id=project.county_id,
        call_id=project.call_id, step=project.state, goals=goals, categories=(benefit.category,),
        together=tuple(f"{benefit.category}|{goal}" for goal in goals or ("",)),
        sums=added_up(map(sums_of, leaves)), tally=tally, late=late,
        known=tuple(known_of(indicator, leaf) for indicator, leaf in zip(own, leaves, strict=True)),
        marks=tuple(mark for mark in MARKS if tally.get(mark)), forecasts=_forecasts_of(tally),
    )  # fmt: skip


def line_of(benefit: _Benefit, indicator: _Indicator, leaf: Leaf) -> Line:
    """The same as one figure a year takes it: the plan's last target, and what was forecast and measured last."""
    measured = _last(leaf)
    return Line(
        sign=leaf.sign, direction=leaf.direction, baseline=leaf.baseline, target=_target(leaf), forecast=indicator.forecast,
        measured=measured.value if measured else None, counterfactual=measured.counterfactual if measured else None,
        grade=measured.grade if measured else None, observations=measured.observations if measured else None,
        share=max(leaf.shares)[1] if leaf.shares else None, unit_value_ore=leaf.unit_value_ore,
        price_year=leaf.price_year, periods_per_year=leaf.periods_per_year, is_end_benefit=leaf.is_end_benefit,
        is_dropped=benefit.dropped_at is not None,
    )  # fmt: skip


def known_of(indicator: _Indicator, leaf: Leaf) -> Known:
    """The same as a list shows it."""
    last = indicator.measurements[-1] if indicator.measurements else None
    return Known(
        indicator.id, leaf.baseline, _target(leaf), indicator.forecast,
        *((last.id, last.value, last.grade, last.observations) if last else ()),
    )  # fmt: skip


def _last(leaf: Leaf) -> Measured | None:
    """What was measured last; of two on a day the one recorded last."""
    return leaf.measurements[-1] if leaf.measurements else None


def _target(leaf: Leaf) -> Decimal | None:
    return leaf.targets[-1].value if leaf.targets else None


def _reached(leaf: Leaf) -> bool:
    """Whether what was measured last has come as far as the plan's last target."""
    target, measured = _target(leaf), _last(leaf)
    if leaf.baseline is None or target is None or measured is None:
        return False
    far = progress(leaf.baseline, target, measured.value)
    return measured.grade != "D" and far is not None and far >= 1


def _yearly(lines: Sequence[Line]) -> dict[str, int]:
    """What a benefit comes to a year, for each price year, held as whole numbers that add up exactly."""
    found: dict[str, int] = {}
    for line in lines:
        for name, amount in held(line).items():
            found[name] = found.get(name, 0) + amount
    return found


def _known(lines: Sequence[Line]) -> dict[str, int]:
    """How the indicators of a benefit that stands are known."""
    measured = [line for line in lines if line.measured is not None]
    return {
        "indicators": len(lines), "unmeasured": len(lines) - len(measured),
        "few": sum(line.is_hidden for line in measured), "unpriced": int(not any(line.is_priced for line in lines)),
        **{f"grade {grade}": sum(line.grade == grade for line in measured) for grade in ("A", "B", "C", "D")},
    }  # fmt: skip


def _promised(yearly: dict[str, int], lacking: str) -> dict[str, int]:
    """What a benefit that lacks something promises a year, under what it lacks: no more than is told of it."""
    return {
        f"{lacking} {name}": amount for name, amount in yearly.items()
        if name.startswith("+1 ") and name.split(" ")[2:] in (["planned"], ["lines"])
    }  # fmt: skip


def _reported(indicators: Sequence[_Indicator]) -> dict[str, dict[date, int]]:
    """How many measurements were reported in time, late or not at all, each from the day after it was due."""
    found: dict[str, dict[date, int]] = {}
    for each in indicators:
        for due_on, came, count in each.reports:
            own = found.setdefault(f"reported {came}", {})
            own[due_on] = own.get(due_on, 0) + count
    return found


def _standing(
    benefit: _Benefit, indicators: Sequence[_Indicator], leaves: Sequence[Leaf], goals: tuple[str, ...]
) -> tuple[dict[str, int], dict[str, dict[date, int]]]:
    """What there is of a benefit and what it lacks; of one that is dropped that it is, and what of the sums is of such."""
    lines = [line_of(benefit, indicator, leaf) for indicator, leaf in zip(indicators, leaves, strict=True)]
    yearly = _yearly(lines)
    always = _there({"measurable": int(bool(leaves)), "invented": int(benefit.is_invented), **yearly})
    if benefit.dropped_at is not None:
        return {"dropped": 1, **always, **_there({f"dropped {name}": count for name, count in yearly.items()})}, {}
    last = [_last(leaf) for leaf in leaves]
    lacks = {
        "goal": not goals,
        "owner": not benefit.owner_accepted,
        "indicator": not leaves,
        "baseline": any(leaf.baseline is None for leaf in leaves),
        "target": any(not leaf.targets for leaf in leaves),
    }
    tally = {
        "benefits": 1,
        "planned": bool(leaves) and not lacks["target"],
        "forecast": any(leaf.forecasts for leaf in leaves),
        "measured": bool(leaves) and all(each is not None and each.grade != "D" for each in last),
        "estimated": any(each is not None and each.grade == "D" for each in last),
        "reached": bool(leaves) and all(map(_reached, leaves)),
        "lacking": any(lacks.values()),
        "harms": benefit.sign < 0,
        **_known(lines),
        **{f"lacks_{name}": lacking for name, lacking in lacks.items()},
    }
    for name, lacking in lacks.items():
        if lacking:
            tally |= _promised(yearly, f"lacks_{name}")
    due = min((each.due_on for each in indicators if each.due_on is not None), default=None)
    late = _reported(indicators)
    if due is not None:
        late["overdue"] = {due: 1}
        late |= {name: {due: amount} for name, amount in _promised(yearly, "overdue").items() if amount}
        if not tally["lacking"]:
            late["lacking"] = {due: 1}
    return always | _there({name: int(count) for name, count in tally.items()}), late
