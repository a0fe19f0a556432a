"""The demo scheme from first to last: three calls, and five offices spread over the whole life of a project."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select

from app.calls import service as calls
from app.core.database import Database
from app.demo import applying, benefiting, calling, deciding, learning, resource_group
from app.demo import carrying_out as work
from app.demo.acting import Acting
from app.demo.cast import PLAYERS, UNITS, World, register
from app.identity.models import Person, Unit


class Stage(StrEnum):
    """How far the first office is led; ALL plays every office and every call."""

    CALL = "call"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    RECOMMENDED = "recommended"
    AWARDED = "awarded"
    SET_UP = "set_up"
    STARTED = "started"
    DIAMOND_1 = "diamond_1"
    DIAMOND_2 = "diamond_2"
    IMPLEMENTING = "implementing"
    CLOSING = "closing"
    CLOSED = "closed"
    ENDED = "ended"
    ALL = "all"


ORDER = list(Stage)


def reached(stage: Stage, until: Stage) -> bool:
    """Whether a stage lies within what is to be played."""
    return ORDER.index(stage) <= ORDER.index(until)


async def world_of(database: Database) -> World | None:
    """The people and units where the demo has been played; None where not."""
    async with database.reading() as uow:
        people = {person.name: person for person in await uow.session.scalars(select(Person).where(Person.is_demo))}
        units = {unit.number: unit for unit in await uow.session.scalars(select(Unit))}
    if not people:
        return None
    return World(
        {key: units[unit.number] for key, unit in UNITS.items()},
        {key: people[player.name] for key, player in PLAYERS.items()},
    )


def milestone_days(start: date, weeks: int = 7) -> dict[str, date]:
    """Dates for M0 to M8, from the start on; the last stands two years after the close, when the follow-up is done."""
    days = {f"M{number}": start + timedelta(weeks=weeks * number) for number in range(8)}
    return {**days, "M8": days["M7"] + timedelta(days=730)}


async def apply_and_win(act: Acting, call_id: UUID, office: str, starts_on: date, until: Stage = Stage.ALL) -> UUID:
    """An office from its draft to the acceptance of its award, as far as `until`."""
    day = starts_on.isoformat()
    if until == Stage.DRAFT:
        return await applying.draft(act, call_id, office, day)
    case_id = await applying.submit(act, call_id, office, day)
    if not reached(Stage.IN_REVIEW, until):
        return case_id
    await applying.screen(act, case_id)
    await applying.review(act, case_id, office, "reviewer_one", 4)
    if until == Stage.IN_REVIEW:
        return case_id
    await applying.review(act, case_id, office, "facilitator_two", 3)
    decision_id = await applying.meet_and_recommend(act, case_id, office)
    if not reached(Stage.AWARDED, until):
        return case_id
    await applying.award(act, decision_id)
    if reached(Stage.SET_UP, until):
        await applying.accept(act, case_id, office)
        await work.staff(act, case_id)
        await benefiting.mark_as_invented(act, case_id, office)
    return case_id


async def carry_out(act: Acting, case_id: UUID, office: str, start: date, until: Stage) -> None:
    """A project from set-up as far as `until`, a gate at a time, seven weeks to a milestone."""
    days = milestone_days(start)
    if not reached(Stage.STARTED, until):
        return
    act.on(start)
    await learning.set_goals(act, case_id, office)
    await work.clarify(act, case_id, office)
    await work.date_milestones(act, case_id, office, days)
    await work.plan_steps(act, case_id, office, start, days)
    await work.sign_up(act, case_id, office, work.SERIES_OF_TEAM)
    await work.reach(act, case_id, office, "M0")
    await work.step(act, case_id, office, "start")
    if not reached(Stage.DIAMOND_1, until):
        return
    act.on(days["M1"])
    await work.explore_diagnosis(act, case_id, office)
    await work.step(act, case_id, office, "define_challenge")
    await work.define_diagnosis(act, case_id, office)
    await work.reach(act, case_id, office, "M1")
    await work.step(act, case_id, office, "close_diamond_1")
    if not reached(Stage.DIAMOND_2, until):
        return
    act.on(days["M2"])
    await work.explore_platform(act, case_id, office)
    await work.step(act, case_id, office, "choose_concepts")
    if not reached(Stage.IMPLEMENTING, until):
        return
    act.on(days["M4"])
    await work.plan_implementation(act, case_id, office, days["M7"] + timedelta(days=365))
    await work.reach(act, case_id, office, "M2", "M3", "M4")
    await work.step(act, case_id, office, "close_diamond_2")
    if not reached(Stage.CLOSING, until):
        return
    act.on(days["M5"])
    await benefiting.meet_preconditions(act, case_id, office)
    await work.implement(act, case_id, office)
    await learning.assess_after(act, case_id, office)
    act.on(days["M5"] + timedelta(days=10))
    await benefiting.first_measurements(act, case_id, office, act.at.date())
    await work.reach(act, case_id, office, "M5")
    await benefiting.give_up(act, case_id, office)
    await work.step(act, case_id, office, "evaluate_pilots")
    act.on(days["M6"])
    await work.share(act, case_id, office)
    await work.step(act, case_id, office, "close_diamond_3")
    await work.reach(act, case_id, office, "M6")
    if not reached(Stage.CLOSED, until):
        return
    act.on(days["M7"])
    await work.reach(act, case_id, office, "M7")
    await work.report(act, case_id, office, spent_ore=58_000_000, returned_ore=2_000_000)
    await benefiting.hand_over(act, case_id, office)
    await work.step(act, case_id, office, "close")
    if not reached(Stage.ENDED, until):
        return
    await benefiting.follow_up(act, case_id, office, (6, 12, 24))
    await work.reach(act, case_id, office, "M8")
    await work.step(act, case_id, office, "end")


async def measure_early(act: Acting, case_id: UUID, office: str, planned_on: date) -> None:
    """An office that goes live as soon as its plan is approved, and measures at once; the rest of its pilots are to come."""
    act.on(planned_on + timedelta(days=3))
    await work.implement(act, case_id, office)
    act.on(planned_on + timedelta(days=5))
    await benefiting.first_measurements(act, case_id, office, act.at.date())


async def pilot(act: Acting, until: Stage) -> None:
    """The call of 2019: Nav Grünerløkka to the end, Nav Klepp-Time to the close and half of its follow-up."""
    call_id = await calling.announce(
        act, "2019", opens_at=datetime(2019, 9, 2, 6, tzinfo=UTC), deadline=datetime(2019, 10, 1, 10, tzinfo=UTC),
        frame_ore=400_000_000, hours=800,
    )  # fmt: skip
    await work.register_facilitators(act)
    act.on(date(2019, 9, 3))
    await act("system", calls.open_call, call_id)
    if until == Stage.CALL:
        return
    await work.arrange_gatherings(act, call_id, date(2020, 1, 15))
    act.on(date(2019, 9, 10))
    offices = ("grunerlokka", "klepp_time") if until == Stage.ALL else ("grunerlokka",)
    cases = [(office, await apply_and_win(act, call_id, office, date(2020, 1, 6), until)) for office in offices]
    for place, (office, case_id) in enumerate(cases):
        own = act.apart()
        last = Stage.CLOSED if place else (Stage.ENDED if until == Stage.ALL else until)
        await carry_out(own, case_id, office, date(2020, 1, 13), last)
        if place:
            await benefiting.follow_up(own, case_id, office, (6, 12))
    if until == Stage.ALL:
        await learning.evaluate(act, call_id, date(2021, 6, 1))


async def _second(act: Acting, now: datetime) -> None:
    """The call before this one: an office implementing, one held at the close of diamond 2, one in set-up; one that asks
    to be tried again, and one on the waiting list whose letter waits.

    Its dates follow the clock, so that the demo always shows work in progress.
    """
    start = now.date() - timedelta(weeks=34)
    opens_at = now - timedelta(weeks=50)
    act.at = opens_at - timedelta(days=7)
    call_id = await calling.announce(
        act, str(opens_at.year), opens_at=opens_at, deadline=now - timedelta(weeks=4), frame_ore=300_000_000, hours=600
    )
    act.at = opens_at + timedelta(days=1)
    await act("system", calls.open_call, call_id)
    await work.arrange_gatherings(act, call_id, start + timedelta(days=2), start + timedelta(weeks=45))
    await benefiting.record_price_index(act)
    act.at = opens_at + timedelta(weeks=3)
    await resource_group.gather_group(act)
    running = {
        office: await apply_and_win(act, call_id, office, start) for office in ("lillestrom", "hareid_ulstein_sande")
    }
    lillestrom, hareid = (act.apart() for _ in running)
    await carry_out(lillestrom, running["lillestrom"], "lillestrom", start, Stage.IMPLEMENTING)
    await measure_early(lillestrom, running["lillestrom"], "lillestrom", milestone_days(start)["M4"])
    await resource_group.log_support(lillestrom, running["lillestrom"], work.FACILITATOR, start)
    await learning.tell_story(lillestrom, running["lillestrom"], "lillestrom")
    case_id = running["hareid_ulstein_sande"]
    await carry_out(hareid, case_id, "hareid_ulstein_sande", start, Stage.DIAMOND_2)
    await work.place_concept(hareid, case_id, "hareid_ulstein_sande")
    await benefiting.describe(hareid, case_id, "hareid_ulstein_sande", baseline_on=hareid.at.date(), whole=False)
    await learning.tell_story(hareid, case_id, "hareid_ulstein_sande", published=False)
    await learning.ask_and_answer(act.apart(), call_id, "gathering_2", now)
    act.at = now - timedelta(weeks=7)
    case_id = await apply_and_win(act, call_id, "balsfjord_storfjord", now.date() + timedelta(weeks=4))
    await work.clarify(act, case_id, "balsfjord_storfjord", agreeing=3)
    await resource_group.plan_absence(act)
    starts_on = (now.date() + timedelta(weeks=8)).isoformat()
    act.at = now - timedelta(weeks=5)
    await deciding.dismiss_and_be_asked_again(act.apart(), call_id, "klepp_time", starts_on, now)
    await deciding.put_on_the_waiting_list(act.apart(), call_id, "grunerlokka", starts_on, now)


async def _open(act: Acting, now: datetime) -> None:
    """A call that is open now, with a draft and an application that its reviewers are of different minds about."""
    act.at = now - timedelta(days=21)
    call_id = await calling.announce(
        act, str(now.year + 1), opens_at=now - timedelta(days=20), deadline=now + timedelta(days=35),
        frame_ore=500_000_000, hours=900,
    )  # fmt: skip
    act.at = now - timedelta(days=20) + timedelta(hours=1)
    await act("system", calls.open_call, call_id)
    act.at = now - timedelta(days=10)
    starts_on = (now + timedelta(days=120)).date()
    case_id = await apply_and_win(act, call_id, "klepp_time", starts_on, Stage.IN_REVIEW)
    await deciding.be_of_different_minds(act, case_id, call_id, "klepp_time")
    await apply_and_win(act, call_id, "grunerlokka", starts_on, Stage.DRAFT)


async def play(database: Database, *, until: Stage = Stage.ALL, world: World | None = None) -> World:
    """Play the demo scheme as far as `until`; where it has been played, nothing is played again.

    `world` are its people where they are registered already and have done nothing yet.
    """
    if world is None:
        played = await world_of(database)
        if played is not None:
            return played
        async with database.unit_of_work() as uow:
            world = await register(uow)
    act = Acting(database, world, datetime(2019, 8, 19, 7, tzinfo=UTC))
    await pilot(act, until)
    if until == Stage.ALL:
        now = database.clock()
        await _second(act, now)
        await _open(act, now)
    return world
