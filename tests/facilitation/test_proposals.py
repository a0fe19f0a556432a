"""A proposal is explained, changed around what is locked, decided by a person, and checked again when it is accepted."""

from __future__ import annotations

import asyncio
import re
from uuid import UUID

import pytest
from sqlalchemy import select

from app.audit.models import Event
from app.core.database import Database
from app.core.errors import NotAllowed, NotYet
from app.demo.cast import World
from app.facilitation import service, staffing
from app.facilitation.loads import loads
from app.facilitation.models import FacilitatorAssignment
from app.facilitation.proposal_web import read_typed
from tests.conftest import Browser, world_in
from tests.projects_under_way import Acts, open_project
from workflows.facilitation import Competence


async def group_of(acts: Acts) -> None:
    """Two who lead, and one who has only learned."""
    for who, method in (("facilitator_one", "service_design"), ("facilitator_three", "evaluation")):
        await acts("case_handler", service.register, person_id=acts.world.people[who].id, capacity_hours=200,
                   methods=(method,))  # fmt: skip
    new = await acts("case_handler", service.register, person_id=acts.world.people["reviewer_three"].id, capacity_hours=90,
                     languages=("nb", "nn"))  # fmt: skip
    await acts("reviewer_three", service.set_method, new.id, method="evaluation", level=Competence.LEARNED)


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    found = Acts(database, world)
    await group_of(found)
    return found


@pytest.fixture
async def case_id(acts: Acts) -> UUID:
    """A project without a facilitator, with 40 hours to give."""
    return await open_project(acts.database, acts.world, "lillestrom")


async def proposed(acts: Acts) -> tuple[staffing.Question, list[str]]:
    """What the solver proposes to the case handler, as the page sends it on."""
    async with acts.database.reading() as uow:
        asked = await staffing.question(uow, await acts.world.actor(uow, "case_handler"))
        found = await staffing.answer(asked)
    hours = {each.needs.case_id: each.needs.hours for each in asked.projects}
    return asked, [f"{case_id}:{person_id}:{hours[case_id]}" for person_id, case_id in sorted(found.chosen)]


async def bound(acts: Acts) -> set[UUID]:
    async with acts.database.reading() as uow:
        return set(await uow.session.scalars(select(FacilitatorAssignment.person_id)))


async def test_a_newcomer_learns_beside_somebody_who_leads_and_the_event_says_why(acts: Acts, case_id: UUID) -> None:
    asked, pairs = await proposed(acts)
    (needs,) = [each.needs for each in asked.projects]
    assert (needs.case_id, needs.people, needs.hours) == (case_id, 2, 20)
    people = {UUID(pair.split(":")[1]) for pair in pairs}
    assert acts.world.people["reviewer_three"].id in people and len(people) == 2
    await acts("case_handler", service.accept_proposal, pairs=pairs)
    assert await bound(acts) == people
    async with acts.database.reading() as uow:
        events = list(await uow.session.scalars(select(Event).where(Event.case_id == case_id, Event.verb == "assign")))
    assert all(each.changes["proposed"] and "points" in each.changes for each in events) and len(events) == 2
    assert (await proposed(acts))[0].projects == []


async def test_what_has_come_in_the_way_since_stops_all_of_it(acts: Acts, case_id: UUID) -> None:
    other = await open_project(acts.database, acts.world, "klepp_time")
    _, pairs = await proposed(acts)
    assert len(pairs) == 4
    entry = await acts(
        "case_handler", service.register, person_id=acts.world.people["reviewer_three"].id, capacity_hours=5
    )
    assert entry.person_id in {UUID(pair.split(":")[1]) for pair in pairs}
    with pytest.raises(NotYet) as refused:
        await acts("case_handler", service.accept_proposal, pairs=pairs)
    assert {reason.code for reason in refused.value.reasons} == {"facilitation.over_capacity"}
    assert await bound(acts) == set(), other


async def test_somebody_tied_is_never_proposed_and_never_taken(acts: Acts, case_id: UUID) -> None:
    tied = acts.world.people["lillestrom.counsellor"].id
    await acts(
        "case_handler", service.register, person_id=tied, capacity_hours=500, methods=("service_design", "evaluation")
    )
    asked, pairs = await proposed(acts)
    assert [bar.code for bar in asked.problem.pair[tied, case_id].bars] == ["facilitation.conflict_own_unit"]
    assert not any(str(tied) in pair for pair in pairs)
    with pytest.raises(NotYet):
        await acts("case_handler", service.accept_proposal, pairs=(f"{case_id}:{tied}:10",))
    with pytest.raises(NotAllowed):
        await acts("facilitator_one", service.accept_proposal, pairs=pairs)


async def test_a_proposal_is_changed_locked_worked_out_anew_and_accepted(
    browser: Browser, acts: Acts, case_id: UUID, world: World
) -> None:
    page = "/facilitation/proposal"
    await browser.as_person("case_handler")
    first = await browser.shown(page)
    assert "Dette er den beste fordelingen" in first and "Hvorfor Nils Nynes" in first
    was = re.findall(r'name="(was\.[^"]+)" value="([^"]+)"', first)
    new = str(world.people["reviewer_three"].id)
    lead = next(value for _, value in was if value != new)
    wanted = str(next(world.people[who].id for who in ("facilitator_one", "facilitator_three")
                      if str(world.people[who].id) != lead))  # fmt: skip
    fields = [*was, *((name.replace("was.", "is."), wanted if value == lead else value) for name, value in was)]
    changed = await browser.shown(f"{page}?" + "&".join(f"{name}={value}" for name, value in fields))
    assert ">Låst<" in changed or "Låst</" in changed
    assert "Ny</" in changed
    pairs = re.findall(r'name="pairs" value="([^"]+)"', changed)
    assert {pair.split(":")[1] for pair in pairs} == {wanted, new}
    sent = await browser.post(
        "/facilitator-assignments/accept_proposal", {"pairs": pairs, "_next": "/facilitation"}, page=page
    )
    assert sent.status_code == 303, sent.text
    assert sent.headers["location"] == "/facilitation"
    assert {str(each) for each in await bound(acts)} == {wanted, new}
    again = await browser.post("/facilitator-assignments/accept_proposal", {"pairs": pairs}, page=page)
    assert again.status_code == 409 and "allerede spurt" in again.text
    assert "Ingen prosjekter trenger flere" in await browser.shown(page)


async def test_a_proposal_for_others_is_not_there(browser: Browser, case_id: UUID) -> None:
    for who in ("facilitator_one", "lillestrom.leader", "decision_maker"):
        await browser.as_person(who)
        assert (await browser.get("/facilitation/proposal")).status_code in (403, 404), who


def test_what_nobody_can_read_in_the_form_is_left_out() -> None:
    typed = read_typed(
        [("is.x.0", "y"), ("is..", ""), ("lock.x.0", "true"), ("was.q", "1"), ("project", "z"), ("is", "a")]
    )
    assert (typed.locked, typed.empty, typed.before) == (frozenset(), {}, frozenset())


async def test_two_who_accept_at_once_never_overrun_anybody(own_database: Database) -> None:
    world = await world_in(own_database)
    acts = Acts(own_database, world)
    person_id = world.people["facilitator_two"].id
    await acts("case_handler", service.register, person_id=person_id, capacity_hours=60, methods=("evaluation",))
    cases = [
        await open_project(own_database, world, office)
        for office in ("lillestrom", "klepp_time", "balsfjord_storfjord")
    ]
    outcomes = await asyncio.gather(
        *(
            acts(who, service.accept_proposal, pairs=[f"{case_id}:{person_id}:50" for case_id in chosen])
            for who, chosen in (("case_handler", cases[:2]), ("second_case_handler", [cases[2], cases[1]]),
                                ("method_owner", [cases[0]]))
        ),
        return_exceptions=True,
    )  # fmt: skip
    assert all(each is None or isinstance(each, NotYet) for each in outcomes), outcomes
    async with own_database.reading() as uow:
        (load,) = (await loads(uow, [person_id])).values()
    this = min(load.given.hours)
    assert all(month.left >= 0 for half, month in load.halves().items() if half >= this)
    assert any(each is None for each in outcomes) or not load.assigned
