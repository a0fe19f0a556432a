"""Proposals of who assesses what: asked for, made, locked, changed, accepted, and what has come in their way since."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select

from app.assignments import jobs, queries, service
from app.assignments.facts import gather
from app.assignments.forms import Competence
from app.assignments.models import AssignmentProposal, ProposedPair
from app.calls.models import Call
from app.cases.models import Case, CaseRole
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.identity import service as identity
from app.identity.models import SchemeRole
from app.outbox.models import OutboxRow
from app.reviews import service as reviews
from app.reviews.models import Review
from tests.applications_under_way import Led
from tests.conftest import MovingClock, world_in
from workflows.review_assignment import COMPETENCES
from workflows.rules import Rules

OFFICES = ("lillestrom", "klepp_time", "grunerlokka")


@pytest.fixture
async def cases(led: Led, call_id: UUID) -> list[UUID]:
    return [await led.in_review(call_id, office) for office in OFFICES]


async def make(led: Led, call_id: UUID, who: str = "case_handler") -> UUID:
    """Ask for a proposal, and let the worker make it."""
    proposal = await led(who, service.ask, call_id=call_id)
    async with led.database.unit_of_work() as uow:
        await jobs.propose_assignments(uow, {"proposal_id": str(proposal.id)})
    return UUID(str(proposal.id))


async def pairs_of(led: Led, proposal_id: UUID) -> list[ProposedPair]:
    async with led.database.reading() as uow:
        found = select(ProposedPair).where(ProposedPair.proposal_id == proposal_id).order_by(ProposedPair.id)
        return list(await uow.session.scalars(found.execution_options(populate_existing=True)))


async def keys_of(led: Led, proposal_id: UUID) -> set[tuple[UUID, UUID]]:
    return {(each.reviewer_id, each.case_id) for each in await pairs_of(led, proposal_id)}


async def seen(led: Led, call_id: UUID, who: str = "case_handler") -> queries.Standing:
    async with led.database.reading() as uow:
        found = await queries.standing_proposal(uow, await led.world.actor(uow, who), call_id)
        assert found is not None
        return found


async def give_accepted(led: Led) -> None:
    """Let the worker give what has been accepted."""
    async with led.database.unit_of_work() as uow:
        rows = list(
            await uow.session.scalars(
                select(OutboxRow).where(OutboxRow.kind == "give_proposed", OutboxRow.done_at.is_(None))
            )
        )
    for row in rows:
        async with led.database.unit_of_work() as uow:
            await jobs.give_proposed(uow, row.payload)


async def standing(led: Led, case_id: UUID) -> set[UUID]:
    async with led.database.reading() as uow:
        rows = select(Review.reviewer_id).where(Review.case_id == case_id, Review.state == "assigned")
        return set(await uow.session.scalars(rows))


def test_the_form_asks_for_the_competences_of_the_rules() -> None:
    assert set(msgspec.json.schema(Competence)["enum"]) == set(COMPETENCES)


async def test_a_proposal_covers_every_application_and_breaks_no_rule(
    led: Led, call_id: UUID, cases: list[UUID]
) -> None:
    proposal_id = await make(led, call_id)
    keys = await keys_of(led, proposal_id)
    assert {case_id for _, case_id in keys} == set(cases)
    assert len(keys) == 2 * len(cases)
    async with led.database.reading() as uow:
        gathered = await gather(uow, await led.world.actor(uow, "case_handler"), call_id)
    problem = gathered.problem()
    assert gathered.ties and not any(problem.pair[key].bars for key in keys)
    found = await seen(led, call_id)
    assert found.is_optimal and not found.lacks and not found.is_stale
    assert found.counts.open == len(keys)
    async with led.database.unit_of_work() as uow:
        await jobs.propose_assignments(uow, {"proposal_id": str(proposal_id)})
    assert await keys_of(led, proposal_id) == keys, "a job that runs twice makes it once"


async def test_accepting_all_gives_every_pair_by_the_reviews_own_verb(
    led: Led, call_id: UUID, cases: list[UUID]
) -> None:
    proposal_id = await make(led, call_id)
    await led("case_handler", service.accept_all, proposal_id)
    assert (await seen(led, call_id)).counts.waiting == 6
    await give_accepted(led)
    found = await seen(led, call_id)
    assert (found.counts.given, found.counts.waiting, found.counts.open) == (6, 0, 0)
    assert not found.is_stale, "what it gave itself makes it no staler"
    keys = await keys_of(led, proposal_id)
    for case_id in cases:
        assert await standing(led, case_id) == {person for person, of in keys if of == case_id}
    async with led.database.reading() as uow:
        given_by = set(await uow.session.scalars(select(Review.assigned_by)))
    assert given_by == {led.world.people["case_handler"].id}
    await give_accepted(led)
    assert (await seen(led, call_id)).counts.given == 6


async def test_a_tie_found_late_refuses_its_pair_alone(led: Led, call_id: UUID, cases: list[UUID]) -> None:
    proposal_id = await make(led, call_id)
    pair = (await pairs_of(led, proposal_id))[0]
    await led("case_handler", service.accept_all, proposal_id)
    async with led.database.unit_of_work() as uow:
        unit_id = (await uow.session.get_one(Case, pair.case_id)).unit_id
        await identity.add_membership(uow, pair.reviewer_id, unit_id, "employee", valid_from=uow.now)
    await give_accepted(led)
    rows = {each.id: each for each in await pairs_of(led, proposal_id)}
    assert [each["code"] for each in rows[pair.id].refused] == ["review.conflict"]
    assert rows[pair.id].review_id is None and rows[pair.id].accepted_by is None
    assert all(each.review_id for each in rows.values() if each.id != pair.id and each.case_id == pair.case_id)
    with pytest.raises(NotYet) as refused:
        await led("case_handler", service.accept, pair.id)
    assert [each.code for each in refused.value.reasons] == ["review.conflict"]
    assert pair.reviewer_id not in await standing(led, pair.case_id)


async def test_a_new_proposal_is_made_around_what_is_locked(led: Led, call_id: UUID, cases: list[UUID]) -> None:
    first = await make(led, call_id)
    pairs = await pairs_of(led, first)
    assert not any(each.is_new for each in pairs), "there was none before it"
    again = await make(led, call_id)
    assert await keys_of(led, again) == {(each.reviewer_id, each.case_id) for each in pairs}, (
        "nothing asked for a change"
    )
    assert not any(each.is_new for each in await pairs_of(led, again))
    pairs = await pairs_of(led, again)
    there = {each.reviewer_id for each in pairs if each.case_id == cases[0]}
    async with led.database.reading() as uow:
        found, _ = await queries.choices(
            uow, await led.world.actor(uow, "case_handler"), call_id, cases[0], await seen(led, call_id)
        )
    other = next(each.reviewer.person_id for each in found if not each.bars and each.reviewer.person_id not in there)
    changed = next(each for each in pairs if each.case_id == cases[0])
    await led("case_handler", service.replace, changed.id, reviewer_id=other, version=changed.version)
    redone = await make(led, call_id)
    rows = {(each.reviewer_id, each.case_id): each for each in await pairs_of(led, redone)}
    assert rows[other, cases[0]].is_locked and rows[other, cases[0]].is_by_hand
    assert len(rows) == 6
    await led("case_handler", service.unlock, rows[other, cases[0]].id)
    assert not any(each.is_locked for each in await pairs_of(led, redone))


async def test_what_is_overtaken_or_accepted_is_not_changed_any_more(
    led: Led, call_id: UUID, cases: list[UUID]
) -> None:
    first = await make(led, call_id)
    old = (await pairs_of(led, first))[0]
    second = await make(led, call_id)
    with pytest.raises(NotYet) as refused:
        await led("case_handler", service.lock, old.id)
    assert [each.code for each in refused.value.reasons] == ["assignment.overtaken"]
    with pytest.raises(NotYet):
        await led("case_handler", service.accept_all, first)
    pair = (await pairs_of(led, second))[0]
    await led("case_handler", service.lock, pair.id, version=1)
    with pytest.raises(Stale):
        await led("second_case_handler", service.remove, pair.id, version=1)
    await led("second_case_handler", service.accept, pair.id, version=2)
    with pytest.raises(NotYet) as refused:
        await led("case_handler", service.accept, pair.id)
    assert [each.code for each in refused.value.reasons] == ["assignment.accepted_already"]


async def test_an_assignment_by_another_makes_a_proposal_stale(led: Led, call_id: UUID, cases: list[UUID]) -> None:
    proposal_id = await make(led, call_id)
    pairs = await pairs_of(led, proposal_id)
    there = {each.reviewer_id for each in pairs if each.case_id == cases[0]}
    names = {person.id: key for key, person in led.world.people.items()}
    async with led.database.reading() as uow:
        found, _ = await queries.choices(uow, await led.world.actor(uow, "case_handler"), call_id, cases[0], None)
    outsiders = [each.reviewer.person_id for each in found if not each.bars and each.reviewer.person_id not in there]
    for person_id in outsiders[:2]:
        await led("second_case_handler", reviews.assign, case_id=cases[0], reviewer_id=person_id)
    assert names and (await seen(led, call_id)).is_stale
    covered = next(each for each in pairs if each.case_id == cases[0])
    with pytest.raises(NotYet) as refused:
        await led("case_handler", service.accept, covered.id)
    assert [each.code for each in refused.value.reasons] == ["assignment.enough"]
    assert not (await seen_after(led, call_id)).is_stale


async def seen_after(led: Led, call_id: UUID) -> queries.Standing:
    await make(led, call_id)
    return await seen(led, call_id)


async def test_a_new_application_makes_a_proposal_stale(led: Led, call_id: UUID, cases: list[UUID]) -> None:
    await make(led, call_id)
    assert not (await seen(led, call_id)).is_stale
    await led.in_review(call_id, "hareid_ulstein_sande")
    assert (await seen(led, call_id)).is_stale


async def test_somebody_is_given_no_more_than_they_have_room_for(led: Led, call_id: UUID, cases: list[UUID]) -> None:
    proposal_id = await make(led, call_id)
    pair = (await pairs_of(led, proposal_id))[0]
    who = next(key for key, person in led.world.people.items() if person.id == pair.reviewer_id)
    await led(who, service.write_profile, pair.reviewer_id, most=0)
    with pytest.raises(NotYet) as refused:
        await led("case_handler", service.accept, pair.id)
    assert [each.code for each in refused.value.reasons] == ["assignment.no_room"]
    again = await make(led, call_id)
    assert pair.reviewer_id not in {person for person, _ in await keys_of(led, again)}


async def test_who_left_the_group_is_proposed_no_more(led: Led, call_id: UUID, cases: list[UUID]) -> None:
    proposal_id = await make(led, call_id)
    pair = (await pairs_of(led, proposal_id))[0]
    await led("case_handler", service.lock, pair.id)
    async with led.database.unit_of_work() as uow:
        for role in await uow.session.scalars(select(SchemeRole).where(SchemeRole.person_id == pair.reviewer_id)):
            role.valid_to = uow.now - timedelta(seconds=1)
    with pytest.raises(Invalid):
        await led("case_handler", service.accept, pair.id)
    again = await make(led, call_id)
    assert pair.reviewer_id not in {person for person, _ in await keys_of(led, again)}
    assert (await seen(led, call_id)).released == 1


async def test_what_cannot_be_covered_is_said(led: Led, call_id: UUID, cases: list[UUID]) -> None:
    async with led.database.unit_of_work() as uow:
        call = await uow.session.get_one(Call, call_id)
        rules = msgspec.convert(call.rules, Rules)
        few = msgspec.structs.replace(rules.assignment, most_at_once=1)
        call.rules = msgspec.to_builtins(msgspec.structs.replace(rules, assignment=few))
        for key in ("facilitator_one", "facilitator_two", "facilitator_three", "reviewer_three", "method_owner"):
            for role in await uow.session.scalars(
                select(SchemeRole).where(SchemeRole.person_id == led.world.people[key].id)
            ):
                role.valid_to = uow.now - timedelta(seconds=1)
    proposal_id = await make(led, call_id)
    found = await seen(led, call_id)
    assert found.is_optimal and len(await keys_of(led, proposal_id)) < 6
    assert {each.reason.code for each in found.lacks} == {"matching.uncovered"}
    async with led.database.reading() as uow:
        actor = await led.world.actor(uow, "case_handler")
        rows, _ = await queries.application_rows(uow, actor, call_id, found, show="lacking")
    assert {row.id for row in rows} == {each.case_id for each in found.lacks}
    assert all(row.missing for row in rows)


async def test_only_one_is_made_at_a_time_and_a_dead_one_can_be_asked_for_again(led: Led, call_id: UUID) -> None:
    first = await led("case_handler", service.ask, call_id=call_id)
    with pytest.raises(NotYet) as refused:
        await led("second_case_handler", service.ask, call_id=call_id)
    assert [each.code for each in refused.value.reasons] == ["assignment.being_made"]
    async with led.database.unit_of_work() as uow:
        job = await uow.session.get_one(OutboxRow, first.job_id)
        job.dead_at = uow.now
    assert (await seen(led, call_id)).has_failed
    again = await led("second_case_handler", service.ask, call_id=call_id)
    assert again.id != first.id


async def test_two_case_handlers_at_once(own_database: Database, clock: MovingClock) -> None:
    led = Led(own_database, await world_in(own_database))
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    case_id = await led.in_review(call_id)
    asked = await asyncio.gather(
        *(led(who, service.ask, call_id=call_id) for who in ("case_handler", "second_case_handler")),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in asked) == ["AssignmentProposal", "NotYet"]
    async with own_database.reading() as uow:
        (proposal_id,) = await uow.session.scalars(select(AssignmentProposal.id))
    async with own_database.unit_of_work() as uow:
        await jobs.propose_assignments(uow, {"proposal_id": str(proposal_id)})
    pair = (await pairs_of(led, proposal_id))[0]
    taken = await asyncio.gather(
        led("case_handler", service.accept, pair.id), led("second_case_handler", service.accept, pair.id),
        led("second_case_handler", service.accept_all, proposal_id), return_exceptions=True,
    )  # fmt: skip
    assert not [each for each in taken if isinstance(each, Exception) and not isinstance(each, NotYet)], taken
    await give_accepted(led)
    assert len(await standing(led, case_id)) == 2
    async with own_database.reading() as uow:
        rows = list(await uow.session.scalars(select(Review.reviewer_id).where(Review.case_id == case_id)))
    assert len(rows) == len(set(rows)) == 2


async def test_a_profile_is_written_by_oneself_or_by_whoever_assigns(led: Led) -> None:
    person_id = led.world.people["reviewer_one"].id
    row = await led("reviewer_one", service.write_profile, person_id, competences=("evaluation",), languages=("nn",))
    assert (row.version, row.competences, row.languages) == (1, ["evaluation"], ["nn"])
    row = await led("case_handler", service.write_profile, person_id, competences=(), most=3, version=1)
    assert (row.version, row.most, row.written_by) == (2, 3, led.world.people["case_handler"].id)
    with pytest.raises(Stale):
        await led("reviewer_one", service.write_profile, person_id, version=1)
    for who in ("reviewer_two", "decision_maker", "lillestrom.leader"):
        with pytest.raises(NotFound):
            await led(who, service.write_profile, person_id, most=1)
    with pytest.raises(NotFound):
        await led("case_handler", service.write_profile, led.world.people["lillestrom.leader"].id, most=1)


async def test_what_speaks_for_and_against_is_read_from_what_is_registered(
    led: Led, call_id: UUID, cases: list[UUID], clock: MovingClock
) -> None:
    one = led.world.people["reviewer_one"].id
    await led("reviewer_one", service.write_profile, one, competences=("more_in_work",), languages=("nn",))
    await led.reviewed(cases[0], "reviewer_one")
    await led.assign(cases[1], "reviewer_one")
    other = await led.in_review(call_id, "lillestrom")
    async with led.database.reading() as uow:
        gathered = await gather(uow, await led.world.actor(uow, "case_handler"), call_id)
    reviewer = gathered.reviewer(one)
    assert reviewer is not None
    assert (reviewer.under_way, reviewer.recent, reviewer.handed_in, reviewer.level) == (1, 2, 1, "directorate")
    pair = gathered.problem().pair[one, other]
    assert {part.code for part in pair.parts} == {
        "assignment.recent", "assignment.knows", "assignment.language", "assignment.continuity",
    }  # fmt: skip
    three = gathered.reviewer(led.world.people["reviewer_three"].id)
    assert three is not None and (three.level, three.county, three.languages) == (
        "county", "Nav Møre og Romsdal", frozenset({"nb", "nn"}),
    )  # fmt: skip
    bars = {each.code for each in gathered.problem().pair[one, cases[0]].bars}
    assert bars == {"review.assigned_already"}


async def test_nobody_without_the_permission_touches_a_proposal(led: Led, call_id: UUID, cases: list[UUID]) -> None:
    proposal_id = await make(led, call_id)
    pair = (await pairs_of(led, proposal_id))[0]
    for who in ("reviewer_one", "decision_maker", "method_owner", "lillestrom.leader"):
        for verb, ids, fields in (
            (service.ask, (), {"call_id": call_id}), (service.accept_all, (proposal_id,), {}),
            (service.accept, (pair.id,), {}), (service.lock, (pair.id,), {}), (service.remove, (pair.id,), {}),
            (service.replace, (pair.id,), {"reviewer_id": pair.reviewer_id}),
            (service.add, (proposal_id,), {"case_id": pair.case_id, "reviewer_id": pair.reviewer_id}),
        ):  # fmt: skip
            verb_: Any = verb
            with pytest.raises((NotFound, NotAllowed)):
                await led(who, verb_, *ids, **fields)


async def test_a_case_handler_of_a_party_sees_and_shares_out_the_other_applications_alone(
    led: Led, call_id: UUID, cases: list[UUID]
) -> None:
    async with led.database.unit_of_work() as uow:
        await identity.add_membership(
            uow, led.world.people["second_case_handler"].id, led.world.units["lillestrom"].id, "employee",
            valid_from=uow.now - timedelta(days=1),
        )  # fmt: skip
    proposal_id = await make(led, call_id)
    hidden = next(each for each in await pairs_of(led, proposal_id) if each.case_id == cases[0])
    found = await seen(led, call_id, "second_case_handler")
    assert found.counts.open == 4
    with pytest.raises(NotFound):
        await led("second_case_handler", service.accept, hidden.id)
    await led("second_case_handler", service.accept_all, proposal_id)
    await give_accepted(led)
    assert not await standing(led, cases[0])
    theirs = await make(led, call_id, "second_case_handler")
    assert cases[0] not in {case_id for _, case_id in await keys_of(led, theirs)}


async def test_a_tie_through_a_case_that_one_may_not_know_of_does_not_name_it(led: Led, call_id: UUID) -> None:
    case_id = await led.in_review(call_id, "klepp_time")
    other = await led.in_review(call_id, "lillestrom")
    async with led.database.unit_of_work() as uow:
        reference = (await uow.session.get_one(Case, other)).reference
        for who in ("reviewer_one", "klepp_time.counsellor"):
            uow.session.add(
                CaseRole(case_id=other, person_id=led.world.people[who].id, role="facilitator", valid_from=uow.now)
            )
        await identity.add_membership(
            uow, led.world.people["second_case_handler"].id, led.world.units["lillestrom"].id, "employee",
            valid_from=uow.now - timedelta(days=1),
        )  # fmt: skip
    one = led.world.people["reviewer_one"].id

    async def said(who: str) -> set[str]:
        async with led.database.reading() as uow:
            found = await gather(uow, await led.world.actor(uow, who), call_id)
        on_page = {str(each.parameters["detail"]) for each in found.problem().pair[one, case_id].bars}
        with pytest.raises(NotYet) as refused:
            await led(who, reviews.assign, case_id=case_id, reviewer_id=one)
        assert {str(each.parameters["detail"]) for each in refused.value.reasons} == on_page
        return on_page

    assert await said("case_handler") == {reference}
    assert await said("second_case_handler") == {""}
