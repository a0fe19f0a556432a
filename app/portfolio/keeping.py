"""The tables behind the portfolio, kept in step: rows in the transaction that changes them, totals behind, both provable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, func, insert, inspect, or_, select, text, update

from app.audit.models import Event
from app.benefits.models import Measurement
from app.cases.models import Case
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.portfolio.entry import Entry
from app.portfolio.models import PortfolioRow, PortfolioTotal
from app.portfolio.packed import NOTHING, Adding, Figures, pack, pack_counted, pack_known, unpack
from app.portfolio.sources import entries, entries_of_benefits
from app.portfolio.waiting import is_kept
from app.projects.models import Project
from workflows.benefit import AUTOMATIC

COMPARED = (
    "unit_id",
    "county_id",
    "call_id",
    "step",
    "goals",
    "categories",
    "together",
    "marks",
    "price_years",
    "forecasts",
    "committed_ore",
    "lacks_from",
    "known",
    "counted",
    "figures",
)
"""What a row says."""
AT_ONCE = 200


def said(entry: Entry, on: date) -> dict[str, Any]:
    """An entry as a row says it that stands from a day on."""
    figures = Figures(entry.sums, entry.tally, entry.late).on_from(on)
    return {
        "unit_id": entry.unit_id, "county_id": entry.county_id, "call_id": entry.call_id, "step": entry.step,
        "goals": list(entry.goals), "categories": list(entry.categories),
        "together": list(entry.together), "marks": list(entry.marks),
        "price_years": list(entry.forecasts), "forecasts": list(entry.forecasts.values()),
        "committed_ore": entry.committed_ore,
        "lacks_from": lacks_from(entry), "known": pack_known(entry.known), "counted": pack_counted(figures),
        "figures": pack(figures),
    }  # fmt: skip


def lacks_from(entry: Entry) -> date | None:
    """The day from which a benefit lacks something: else the day after a measurement was due."""
    if entry.tally.get("lacking"):
        return date.min
    due = min(entry.late.get("lacking", ()), default=None)
    return due + timedelta(days=1) if due is not None else None


async def keep(uow: UnitOfWork, case_ids: Iterable[UUID], as_of: date | None = None) -> None:
    """End the rows of projects that no longer say what their sources say, and begin new ones; each case is locked.

    With a day: as the sources say it stood at its end, for days that no row has come to yet.
    """
    ids = list(case_ids)
    if ids:
        anew = await entries(uow, ids, as_of)
        await _keep(uow, await _standing(uow, ids), anew, as_of or day_in_oslo(uow.now))


async def _standing(
    uow: UnitOfWork, ids: Sequence[UUID], benefit_ids: Iterable[UUID] | None = None
) -> dict[tuple[UUID, UUID | None], Any]:
    """The rows that stand of some projects, or of some of their benefits with the projects' own."""
    row = PortfolioRow
    only = [or_(row.benefit_id.is_(None), row.benefit_id.in_(list(benefit_ids)))] if benefit_ids is not None else []
    rows = await uow.session.execute(select(row.__table__).where(row.case_id.in_(ids), row.to_on.is_(None), *only))
    return {(row.case_id, row.benefit_id): row for row in rows}


async def _keep(
    uow: UnitOfWork, standing: dict[tuple[UUID, UUID | None], Any], anew: Sequence[Entry], today: date
) -> None:
    over: list[Any] = []
    begun = []
    for entry in anew:
        row, since = standing.pop((entry.case_id, entry.benefit_id), None), today
        if row is not None:
            now = said(entry, row.from_on)
            if all(getattr(row, name) == now[name] for name in COMPARED):
                continue
            over.append(row)
            since = max(today, row.from_on)  # no clock goes back in a project
        begun.append({"case_id": entry.case_id, "benefit_id": entry.benefit_id, "from_on": since, **said(entry, since)})
    over += standing.values()
    if over:
        await uow.session.execute(
            update(PortfolioRow)
            .where(PortfolioRow.id.in_([row.id for row in over]))
            .values(to_on=func.greatest(PortfolioRow.from_on, today))
            .execution_options(synchronize_session=False)
        )
    if begun:
        await uow.session.execute(insert(PortfolioRow), begun)


async def keep_changed(uow: UnitOfWork) -> None:
    """Keep the rows of the projects that this unit of work has changed, before it commits: each is locked by it."""
    for case in uow.changed.values():
        # what a savepoint took back must be read anew
        if case in uow.session and inspect(case).expired:
            await uow.session.refresh(case)
    await uow.session.flush()
    opened = {
        case.id: day_in_oslo(case.project_at)
        for case in uow.changed.values()
        if case in uow.session and case.project_at is not None
    }
    alone = await _benefits_alone(uow, opened)
    await _keep_whole(uow, {case_id: day for case_id, day in opened.items() if case_id not in alone})
    if alone:
        await _keep_benefits(uow, alone)


async def _keep_whole(uow: UnitOfWork, opened: Mapping[UUID, date]) -> None:
    """Keep every row of projects, each with the day on which it was opened."""
    if not opened:
        return
    today = day_in_oslo(uow.now)
    standing = await _standing(uow, list(opened))
    kept = []
    for case_id, day in opened.items():
        if day < today and (case_id, None) not in standing:
            await keep_from_the_first(uow, case_id)  # else its earlier days would never be told
        else:
            kept.append(case_id)
    if kept:
        await _keep(uow, standing, await entries(uow, kept), today)


FEW = 20
"""So many benefits of a project are kept by themselves; where more have changed, all of them are."""


async def _benefits_alone(uow: UnitOfWork, opened: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The projects in which some benefits' own figures alone have changed, with those: a measurement says nothing else."""
    found: dict[UUID, set[UUID]] = {}
    measured: dict[UUID, UUID] = {}
    for case_id in opened:
        happened = uow.happened[case_id]
        if len(happened) <= FEW and all(
            subject == "measurement" or (subject == "benefit" and verb in AUTOMATIC) for subject, verb, _ in happened
        ):
            found[case_id] = {which for subject, _, which in happened if subject == "benefit"}
            measured |= {which: case_id for subject, _, which in happened if subject == "measurement"}
    if measured:
        of_benefit = await uow.session.execute(
            select(Measurement.id, Measurement.benefit_id).where(Measurement.id.in_(list(measured)))
        )
        for measurement_id, benefit_id in of_benefit.tuples():
            found[measured.pop(measurement_id)].add(benefit_id)
    for case_id in measured.values():  # what cannot be told whose it was may be anybody's
        found.pop(case_id, None)
    return {case_id: sorted(own) for case_id, own in found.items()}


async def _keep_benefits(uow: UnitOfWork, alone: Mapping[UUID, list[UUID]]) -> None:
    """Keep the rows of these benefits of each project, and of nothing else; a project without a row gets all of its own."""
    benefit_ids = [each for own in alone.values() for each in own]
    standing = await _standing(uow, list(alone), benefit_ids)
    of_projects = [standing.pop((case_id, None), None) for case_id in alone]
    known = {row.case_id for row in of_projects if row is not None}
    if known:
        anew = await entries_of_benefits(uow, known, benefit_ids)
        await _keep(uow, standing, anew, day_in_oslo(uow.now))
    await _keep_whole(uow, {case_id: date.min for case_id in alone if case_id not in known})


# --- what there was before the tables were kept ---


async def keep_from_the_first(uow: UnitOfWork, case_id: UUID) -> None:
    """The rows of a project of which none has been kept yet: as its sources say it stood on each day something happened."""
    at = await uow.session.scalars(select(Event.at).where(Event.case_id == case_id).order_by(Event.sequence))
    today = day_in_oslo(uow.now)
    for day in sorted({day_in_oslo(moment) for moment in at} - {today}):
        await keep(uow, [case_id], day)
    await keep(uow, [case_id])


# --- the totals ---

LOCK = text("SELECT pg_advisory_xact_lock(hashtext('portfolio_totals'))")


def kinds(row: Any) -> list[tuple[str, str]]:
    """The totals that a row is in: everything, and one for each way to cut it that the portfolio's front page offers."""
    county = str(row.county_id or "")
    return [
        ("all", ""),
        ("county", county),
        *(("goal+county", f"{goal}|{county}") for goal in row.goals or ("",)),
        ("call", str(row.call_id or "")),
        ("step", row.step),
        *(("goal", goal) for goal in row.goals or ("",)),
        *(("category", name) for name in row.categories or ("",)),
    ]


def kinds_counted(row: Any) -> list[tuple[str, str]]:
    """The totals in which a row is only counted: a cut by call, step or category, laid out by goal and by county."""
    county, call = str(row.county_id or ""), str(row.call_id or "")
    return [
        ("call+county", f"{call}|{county}"),
        ("step+county", f"{row.step}|{county}"),
        *(("category+county", f"{name}|{county}") for name in row.categories or ("",)),
        *(("call+goal", f"{call}|{goal}") for goal in row.goals or ("",)),
        *(("step+goal", f"{row.step}|{goal}") for goal in row.goals or ("",)),
        *(("category+goal", both) for both in row.together),
    ]


def shares(row: Any, figures: Figures) -> Iterator[tuple[tuple[str, str], Figures]]:
    """Every total that a row is in, with what it adds to it."""
    for kind in kinds(row):
        yield kind, figures
    only = msgspec.structs.replace(figures, sums=NOTHING.sums)
    for kind in kinds_counted(row):
        yield kind, only


async def fold(uow: UnitOfWork, limit: int = 2_000) -> int:
    """Take beginnings and ends of rows into the totals; how many there were. One at a time, without holding a writer up."""
    await uow.session.execute(LOCK)
    rows = (
        await uow.session.execute(
            select(PortfolioRow.__table__)
            .where(or_(~PortfolioRow.begun, and_(PortfolioRow.to_on.is_not(None), ~PortfolioRow.ended)))
            .order_by(PortfolioRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
    ).all()
    changes: defaultdict[tuple[str, str, date], Adding] = defaultdict(Adding)

    def add(row: Any, on: date, figures: Figures, times: int) -> None:
        for (dimension, key), own in shares(row, figures):
            changes[dimension, key, on].add(own, times)

    for row in rows:
        figures = unpack(row.figures, row.counted)
        ends = row.to_on is not None and not row.ended
        if ends and not row.begun and row.to_on == row.from_on:
            continue
        if not row.begun:
            add(row, row.from_on, figures, 1)
        if ends:
            add(row, row.to_on, figures, -1)
    await _write(uow, {place: change.done() for place, change in changes.items()})
    if rows:
        await uow.session.execute(
            update(PortfolioRow)
            .where(PortfolioRow.id.in_([row.id for row in rows]))
            .values(begun=True, ended=PortfolioRow.to_on.is_not(None))
            .execution_options(synchronize_session=False)
        )
    return len(rows)


async def _write(uow: UnitOfWork, changes: dict[tuple[str, str, date], Figures]) -> None:
    """Add changes to the totals of their day and of every later one."""
    for (dimension, key, on), change in sorted(changes.items(), key=lambda each: each[0]):
        if change == NOTHING:
            continue
        of_kind = (PortfolioTotal.dimension == dimension, PortfolioTotal.key == key)
        before = (
            await uow.session.execute(
                select(PortfolioTotal.on, PortfolioTotal.figures, PortfolioTotal.counted)
                .where(*of_kind, PortfolioTotal.on <= on)
                .order_by(PortfolioTotal.on.desc())
                .limit(1)
            )
        ).first()
        later: list[Any] = list(
            await uow.session.execute(
                select(PortfolioTotal.on, PortfolioTotal.figures, PortfolioTotal.counted).where(
                    *of_kind, PortfolioTotal.on > on
                )
            )
        )
        if before is None or before.on < on:
            figures = (unpack(before.figures, before.counted) if before else NOTHING) + change
            values = {"dimension": dimension, "key": key, "on": on, **_packed(figures, on)}
            await uow.session.execute(insert(PortfolioTotal), [values])
        else:
            later = [before, *later]
        for was in later:
            await uow.session.execute(
                update(PortfolioTotal)
                .where(*of_kind, PortfolioTotal.on == was.on)
                .values(**_packed(unpack(was.figures, was.counted) + change, was.on))
                .execution_options(synchronize_session=False)
            )


def _packed(figures: Figures, on: date) -> dict[str, str]:
    figures = figures.on_from(on)
    return {"figures": pack(figures), "counted": pack_counted(figures)}


# --- the proof ---


class Difference(msgspec.Struct, frozen=True):
    """Where the tables do not say what the sources say."""

    where: str
    kept: str
    anew: str


async def differences(uow: UnitOfWork) -> AsyncIterator[int | Difference]:
    """Take everything anew from its sources and compare: how many projects are done, and every difference as it is found.

    Projects that wait to be written (`waiting`) are in no table, and so differ from none. The others pass by a few at a time,
    so that the memory it takes does not grow with them; the totals are added up on the way.
    The unit of work must see one moment (repeatable read).
    """
    after: UUID | None = None
    done = 0
    totals: defaultdict[tuple[str, str], Adding] = defaultdict(Adding)
    while True:
        more = [Case.id > after] if after is not None else []
        ids = list(
            await uow.session.scalars(
                select(Case.id)
                .join(Project, Project.id == Case.id)
                .where(Case.project_at.is_not(None), is_kept(), *more)
                .order_by(Case.id)
                .limit(AT_ONCE)
            )
        )
        if not ids:
            break
        for found in await _compared(uow, ids, totals):
            yield found
        done, after = done + len(ids), ids[-1]
        yield done
    for found in await _totals_compared(uow, totals):
        yield found


async def _compared(uow: UnitOfWork, ids: list[UUID], totals: defaultdict[tuple[str, str], Adding]) -> list[Difference]:
    standing = await _standing(uow, ids)
    found = []
    for entry in await entries(uow, ids):
        place = f"project {entry.case_id}" + (f", benefit {entry.benefit_id}" if entry.benefit_id else "")
        row = standing.pop((entry.case_id, entry.benefit_id), None)
        figures = Figures(entry.sums, entry.tally, entry.late)
        for kind, own in shares(entry, figures):
            totals[kind].add(own)
        if row is None:
            found.append(Difference(place, "nothing", pack(figures)))
            continue
        now = said(entry, row.from_on)
        found += [
            Difference(f"{place}: {name}", str(getattr(row, name)), str(now[name]))
            for name in COMPARED if getattr(row, name) != now[name]
        ]  # fmt: skip
    for (case_id, benefit_id), row in standing.items():
        found.append(Difference(f"project {case_id}, benefit {benefit_id}", str(row.figures), "nothing"))
    return found


async def _totals_compared(uow: UnitOfWork, anew: dict[tuple[str, str], Adding]) -> list[Difference]:
    """The totals of the last day, with what has not been taken into them yet, against what the sources add up to."""
    newest = (
        select(PortfolioTotal.dimension, PortfolioTotal.key, PortfolioTotal.figures, PortfolioTotal.counted)
        .distinct(PortfolioTotal.dimension, PortfolioTotal.key)
        .order_by(PortfolioTotal.dimension, PortfolioTotal.key, PortfolioTotal.on.desc())
    )
    kept: defaultdict[tuple[str, str], Adding] = defaultdict(Adding)
    for dimension, key, figures, counted in await uow.session.execute(newest):
        kept[dimension, key].add(unpack(figures, counted))
    waiting = await uow.session.stream(
        select(PortfolioRow.__table__).where(
            or_(~PortfolioRow.begun, and_(PortfolioRow.to_on.is_not(None), ~PortfolioRow.ended))
        )
    )
    async for row in waiting:
        for kind, own in shares(row, unpack(row.figures, row.counted)):
            if not row.begun:
                kept[kind].add(own)
            if row.to_on is not None and not row.ended:
                kept[kind].add(own, -1)
    found, today = [], day_in_oslo(uow.now)
    for kind in sorted(set(kept) | set(anew)):
        was, now = (each[kind].done().on_from(today) if kind in each else NOTHING for each in (kept, anew))
        if was != now:
            place = f"total {kind[0]} {kind[1]}".strip()
            found.append(Difference(place, *(pack_counted(each) + pack(each) for each in (was, now))))
    return found
