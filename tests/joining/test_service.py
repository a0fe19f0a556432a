"""Two offices find each other, and one application comes of two drafts."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from app.applications import service as applications
from app.applications.listing import applications as applications_seen
from app.applications.models import Application, PositiveDeviance, TeamMember
from app.audit.models import Event
from app.cases.models import CaseUnit
from app.cases.queries import load_case
from app.clarifications.models import Clarification
from app.clarifications.service import open_for_project
from app.core.database import Database
from app.core.errors import DomainError, Invalid, NotAllowed, NotFound, NotYet
from app.demo.cast import World
from app.joining import service
from app.joining.jobs import let_lapse
from app.joining.models import JoinProposal
from app.network.similar import similar_shown
from app.notices.models import Notice
from tests.applications.drafts import begin, write
from tests.calls_under_way import BEFORE, DEADLINE, DURING, Acting, publish_call
from tests.conftest import MovingClock, world_in
from workflows.roles import Permission, Role

OURS, THEIRS = "lillestrom", "klepp_time"
SUMMARY = "Ungdommer faller ut av skolen, og vi vil prøve noe sammen med andre."


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def seeking(act: Acting, call_id: UUID, office: str) -> UUID:
    """A whole draft whose office looks for partners."""
    draft = await write(act, call_id, office)
    await act(f"{office}.coordinator", service.seek_partners, draft, summary=SUMMARY)
    return draft


async def proposed(act: Acting, keep: str = "ours") -> tuple[UUID, UUID, UUID]:
    """Our draft, theirs, and the proposal between them."""
    call_id = await publish_call(act)
    ours, theirs = await write(act, call_id, OURS), await seeking(act, call_id, THEIRS)
    row = await act(
        f"{OURS}.coordinator", service.propose_joining, ours, to_case_id=theirs, keep=keep, message="Vil dere?"
    )
    return ours, theirs, row.id


async def rows(database: Database, statement: Any) -> list[Any]:
    async with database.reading() as uow:
        return list(await uow.session.scalars(statement))


async def one(database: Database, table: Any, row_id: UUID) -> Any:
    async with database.reading() as uow:
        return await uow.session.get_one(table, row_id)


async def found(act: Acting) -> list[UUID]:
    async with act.database.reading() as uow:
        return [each.id for each in await similar_shown(uow, SUMMARY)]


async def sees(act: Acting, who: str, case_id: UUID) -> bool:
    async with act.database.reading() as uow:
        try:
            await load_case(uow, await act.world.actor(uow, who), case_id, Permission.APPLICATION_SEE)
        except NotFound:
            return False
        return True


async def test_a_draft_is_found_only_while_its_office_looks_and_the_call_is_open(
    act: Acting, clock: MovingClock
) -> None:
    call_id = await publish_call(act)
    quiet, draft = await write(act, call_id, OURS), await seeking(act, call_id, THEIRS)
    assert await found(act) == [draft]
    assert not await sees(act, f"{OURS}.leader", draft), "the summary is shown, the draft is not"
    await act(f"{THEIRS}.leader", service.stop_seeking_partners, draft)
    assert await found(act) == []
    await act(f"{THEIRS}.leader", service.seek_partners, draft, summary=SUMMARY)
    assert quiet not in await found(act)
    clock.at = DEADLINE.replace(year=2027)
    assert await found(act) == []


async def test_who_speaks_for_the_office_looks_for_partners(act: Acting) -> None:
    draft = await write(act, await publish_call(act), OURS)
    with pytest.raises(NotAllowed):
        await act(f"{OURS}.counsellor", service.seek_partners, draft, summary=SUMMARY)
    for who in (f"{THEIRS}.leader", "case_handler"):
        with pytest.raises(NotFound):
            await act(who, service.seek_partners, draft, summary=SUMMARY)


async def test_what_is_not_shown_is_not_told_from_what_does_not_exist(act: Acting) -> None:
    call_id = await publish_call(act)
    ours, hidden = await write(act, call_id, OURS), await write(act, call_id, THEIRS)
    elsewhere = await seeking(act, await publish_call(act), THEIRS)
    answers = []
    for target in (hidden, uuid4(), elsewhere, ours):
        with pytest.raises(Invalid) as refused:
            await act(f"{OURS}.leader", service.propose_joining, ours, to_case_id=target, keep="ours", message="Hei")
        answers.append({name: reason.code for name, reason in refused.value.fields.items()})
    assert answers == [{"to_case_id": "join_proposal.not_looking"}] * 4


@pytest.mark.parametrize("keep", ["ours", "theirs"])
async def test_one_application_comes_of_two(act: Acting, database: Database, world: World, keep: str) -> None:
    ours, theirs, proposal = await proposed(act, keep)
    row = await act(f"{THEIRS}.leader", service.accept, proposal, answer="Gjerne")
    assert (row.state, row.answer) == ("accepted", "Gjerne")
    kept, gone = (ours, theirs) if keep == "ours" else (theirs, ours)
    lead, other = (OURS, THEIRS) if keep == "ours" else (THEIRS, OURS)
    ended = await one(database, Application, gone)
    assert (ended.state, ended.joined_into) == ("joined", kept)
    parties = await rows(database, select(CaseUnit.unit_id).where(CaseUnit.case_id == kept))
    assert set(parties) == {world.units[OURS].id, world.units[THEIRS].id}
    team = await rows(database, select(TeamMember.name).where(TeamMember.case_id == kept).order_by(TeamMember.name))
    assert team == sorted(world.people[f"{office}.{who}"].name for office in (OURS, THEIRS)
                          for who in ("leader", "coordinator", "counsellor"))  # fmt: skip
    works = await rows(
        database, select(PositiveDeviance).where(PositiveDeviance.case_id == kept).order_by(PositiveDeviance.rank)
    )
    assert [(each.rank, each.unit_id) for each in works] == [(1, world.units[lead].id), (2, world.units[other].id)]
    assert await found(act) == []
    for office in (OURS, THEIRS):
        for who in ("leader", "coordinator", "counsellor"):
            assert await sees(act, f"{office}.{who}", kept), "both write one"
            assert await sees(act, f"{office}.{who}", gone), "both read the other"
    with pytest.raises(NotYet):
        await act(f"{other}.coordinator", applications.save_answers, gone, plan="Videre")
    await act(f"{other}.coordinator", applications.save_answers, kept, plan="En felles plan")
    with pytest.raises(NotYet) as blocked:
        await act(f"{other}.coordinator", applications.submit, kept)
    assert [each.code for each in blocked.value.reasons] == [
        *["application.member_not_confirmed"] * 2, "application.endorsement_outdated",
        "application.partner_not_endorsed",
    ]  # fmt: skip
    for who in ("coordinator", "counsellor"):
        await act(f"{other}.{who}", applications.take_part, kept, answer="yes")
    await act(f"{lead}.leader", applications.endorse, kept)
    with pytest.raises(NotYet) as half:
        await act(f"{lead}.coordinator", applications.submit, kept)
    assert [each.code for each in half.value.reasons] == ["application.partner_not_endorsed"]
    await act(f"{other}.leader", applications.endorse, kept)
    assert (await act(f"{other}.coordinator", applications.submit, kept)).state == "submitted"
    verbs = await rows(database, select(Event.verb).where(Event.case_id == gone))
    assert {"create", "join"} <= set(verbs)
    told = await rows(database, select(Notice.person_id).where(Notice.code == "applications_joined"))
    assert set(told) == {
        world.people[f"{office}.{who}"].id for office in (OURS, THEIRS) for who in ("leader", "coordinator")
    }


async def listed(act: Acting, who: str) -> set[UUID]:
    async with act.database.reading() as uow:
        return {row.id for row in (await applications_seen(uow, await act.world.actor(uow, who))).rows}


async def test_the_county_of_either_office_follows_what_they_sent_together(act: Acting, database: Database) -> None:
    ours, theirs, proposal = await proposed(act)
    of_ours, of_theirs, of_neither = "county.ost_viken", "county.rogaland", "county.oslo"
    for who in (of_ours, of_theirs, of_neither):
        assert not await sees(act, who, ours), "a draft is the offices' own"
        assert await listed(act, who) == set()
    await act(f"{THEIRS}.leader", service.accept, proposal)
    assert not await sees(act, of_theirs, ours)
    for who in ("coordinator", "counsellor"):
        await act(f"{THEIRS}.{who}", applications.take_part, ours, answer="yes")
    for office in (OURS, THEIRS):
        await act(f"{office}.leader", applications.endorse, ours)
    await act(f"{OURS}.coordinator", applications.submit, ours)
    for who in (of_ours, of_theirs):
        assert await sees(act, who, ours)
        assert await listed(act, who) == {ours}, "the draft that went into it was never sent"
        assert not await sees(act, who, theirs)
    assert not await sees(act, of_neither, ours)
    assert await listed(act, of_neither) == set()
    await act("case_handler", open_for_project, await one(database, Application, ours))
    clarify = await rows(
        database, select(Clarification.person_id).where(Clarification.role == Role.COUNTY_REPRESENTATIVE)
    )
    assert set(clarify) == {act.world.people[who].id for who in (of_ours, of_theirs)}


async def test_a_partner_is_taken_into_the_team_by_its_own(act: Acting, world: World) -> None:
    ours, _, proposal = await proposed(act)
    await act(f"{THEIRS}.leader", service.accept, proposal)
    colleague = world.people[f"{THEIRS}.job_specialist"].id
    await act(
        f"{THEIRS}.coordinator", applications.add_member, ours, person_id=colleague, role=Role.CORE_TEAM, weekly_hours=2
    )
    with pytest.raises(Invalid):
        await act(f"{THEIRS}.coordinator", applications.add_member, ours, role=Role.CORE_TEAM, weekly_hours=2,
                  person_id=world.people["grunerlokka.counsellor"].id)  # fmt: skip


async def test_only_the_one_who_is_asked_answers_and_only_the_asker_takes_back(act: Acting) -> None:
    _, _, proposal = await proposed(act)
    for who in (f"{OURS}.leader", "grunerlokka.leader", "case_handler"):
        for verb in (service.accept, service.decline):
            with pytest.raises(NotFound):
                await act(who, verb, proposal)
    with pytest.raises(NotFound):
        await act(f"{THEIRS}.leader", service.withdraw, proposal)
    with pytest.raises(NotAllowed):
        await act(f"{THEIRS}.counsellor", service.accept, proposal)
    await act(f"{OURS}.leader", service.withdraw, proposal)
    with pytest.raises(NotYet):
        await act(f"{THEIRS}.leader", service.accept, proposal)


async def test_a_declined_proposal_leaves_both_as_they_are_and_can_be_made_again(
    act: Acting, database: Database
) -> None:
    ours, theirs, proposal = await proposed(act)
    with pytest.raises(Invalid) as twice:
        await act(f"{OURS}.leader", service.propose_joining, ours, to_case_id=theirs, keep="ours", message="Hallo?")
    assert twice.value.fields["to_case_id"].code == "join_proposal.proposed_already"
    await act(f"{THEIRS}.coordinator", service.decline, proposal, answer="Ikke nå")
    for case_id in (ours, theirs):
        assert (await one(database, Application, case_id)).state == "draft"
    await act(f"{OURS}.leader", service.propose_joining, ours, to_case_id=theirs, keep="ours", message="Og nå?")


async def test_what_can_no_longer_be_accepted_lapses(act: Acting, database: Database, clock: MovingClock) -> None:
    ours, _, proposal = await proposed(act)
    await let_lapse(database.unit_of_work)
    assert (await one(database, JoinProposal, proposal)).state == "proposed"
    await act(f"{OURS}.coordinator", applications.submit, ours)
    with pytest.raises(NotYet) as refused:
        await act(f"{THEIRS}.leader", service.accept, proposal)
    assert [each.code for each in refused.value.reasons] == ["join_proposal.no_draft"]
    await let_lapse(database.unit_of_work)
    await let_lapse(database.unit_of_work)
    assert (await one(database, JoinProposal, proposal)).state == "lapsed"


async def test_when_the_call_closes_a_proposal_lapses(act: Acting, database: Database, clock: MovingClock) -> None:
    _, _, proposal = await proposed(act)
    clock.at = DEADLINE.replace(hour=23)
    with pytest.raises(NotYet) as refused:
        await act(f"{THEIRS}.leader", service.accept, proposal)
    assert [each.code for each in refused.value.reasons] == ["join_proposal.call_closed"]
    await let_lapse(database.unit_of_work)
    assert (await one(database, JoinProposal, proposal)).state == "lapsed"


async def test_what_else_was_proposed_to_the_one_that_ended_lapses(act: Acting, database: Database) -> None:
    call_id = await publish_call(act)
    first, second = await begin(act, call_id, OURS), await begin(act, call_id, "grunerlokka")
    asked = await seeking(act, call_id, THEIRS)
    made = [
        await act(
            f"{office}.leader", service.propose_joining, draft, to_case_id=asked, keep="ours", message="Vil dere?"
        )
        for office, draft in ((OURS, first), ("grunerlokka", second))
    ]
    await act(f"{THEIRS}.leader", service.accept, made[0].id)
    assert (await one(database, JoinProposal, made[1].id)).state == "lapsed"


async def outcome(doing: Any) -> str:
    try:
        return str((await doing).state)
    except DomainError as error:
        return type(error).__name__


async def test_when_both_propose_at_once_one_proposal_waits(own_database: Database, clock: MovingClock) -> None:
    clock.at = DURING
    act = Acting(own_database, await world_in(own_database))
    call_id = await publish_call(act, at=BEFORE)
    ours, theirs = await seeking(act, call_id, OURS), await seeking(act, call_id, THEIRS)
    outcomes = await asyncio.gather(
        *(
            outcome(
                act(
                    f"{office}.leader", service.propose_joining, own, to_case_id=other, keep="ours", message="Vil dere?"
                )
            )
            for office, own, other in ((OURS, ours, theirs), (THEIRS, theirs, ours)) * 3
        )
    )
    assert sorted(outcomes) == ["Invalid"] * 5 + ["proposed"]


async def test_accepting_and_sending_at_once_leave_one_or_the_other(own_database: Database, clock: MovingClock) -> None:
    clock.at = DURING
    act = Acting(own_database, await world_in(own_database))
    call_id = await publish_call(act, at=BEFORE)
    for keep in ("ours", "theirs"):
        ours, theirs = await write(act, call_id, OURS), await seeking(act, call_id, THEIRS)
        row = await act(
            f"{OURS}.leader", service.propose_joining, ours, to_case_id=theirs, keep=keep, message="Vil dere?"
        )
        accepted, sent, again = await asyncio.gather(
            outcome(act(f"{THEIRS}.leader", service.accept, row.id)),
            outcome(act(f"{OURS}.coordinator", applications.submit, ours)),
            outcome(act(f"{THEIRS}.coordinator", service.accept, row.id)),
        )
        states = {(await one(own_database, Application, each)).state for each in (ours, theirs)}
        if sent == "submitted":
            assert (accepted, again, states) == ("NotYet", "NotYet", {"submitted", "draft"})
        else:
            assert (sorted((accepted, again)), states) == (["NotYet", "accepted"], {"draft", "joined"})
        if "draft" in states and "submitted" in states:
            await act(f"{THEIRS}.leader", applications.withdraw, theirs, why="Prøven er over")
