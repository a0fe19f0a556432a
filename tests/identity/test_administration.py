"""Accounts, units and roles: with dates and reasons, never by and to oneself, and every change an event."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.audit.models import Event
from app.audit.verify import faults
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed
from app.demo.cast import World
from app.identity import administration, service
from app.identity.queries import actor_of_session
from tests.projects_under_way import Acts
from workflows.roles import Role

TODAY = date(2026, 1, 1)


@pytest.fixture
async def acts(database: Database, world: World) -> Acts:
    """The people of the world."""
    return Acts(database, world)


async def test_a_role_is_given_with_a_reason_and_ended_and_leaves_two_events(acts: Acts) -> None:
    person = acts.world.people["reviewer_one"].id
    role = await acts(
        "administrator", administration.give_role, person, role=Role.CASE_HANDLER, why="Vikar", valid_from=TODAY,
        valid_to=None, limit_ore=None,
    )  # fmt: skip
    async with acts.database.reading() as uow:
        assert Role.CASE_HANDLER in (await acts.world.actor(uow, "reviewer_one")).scheme_roles
    await acts("administrator", administration.end_role, person, holding_id=role.id, why="Vikariatet er over")
    async with acts.database.reading() as uow:
        assert Role.CASE_HANDLER not in (await acts.world.actor(uow, "reviewer_one")).scheme_roles
        verbs = list(await uow.session.scalars(select(Event.verb).where(Event.subject_id == person)))
        assert verbs == ["give_role", "end_role"]
        assert (await faults(uow))[1] == []


async def test_nobody_gives_a_role_to_themselves(acts: Acts) -> None:
    with pytest.raises(Invalid) as refused:
        await acts(
            "administrator", administration.give_role, acts.world.people["administrator"].id, role=Role.DECISION_MAKER,
            why="x", valid_from=TODAY, valid_to=None, limit_ore=1,
        )  # fmt: skip
    assert refused.value.fields["role"].code == "scheme_role.not_to_oneself"


async def test_budget_authority_has_a_limit(acts: Acts) -> None:
    with pytest.raises(Invalid) as refused:
        await acts(
            "administrator", administration.give_role, acts.world.people["reviewer_one"].id, role=Role.DECISION_MAKER,
            why="x", valid_from=TODAY, valid_to=None, limit_ore=None,
        )  # fmt: skip
    assert refused.value.fields["limit_ore"].code == "scheme_role.limit_needed"


@pytest.mark.parametrize("who", ["case_handler", "management", "lillestrom.leader", "auditor"])
async def test_only_the_administrator_administers(acts: Acts, who: str) -> None:
    with pytest.raises(NotAllowed):
        await acts(
            who, administration.add_person, name="Ny", email="ny@nav.example", title="", language="nb", password=None
        )


async def test_an_address_and_a_number_are_taken_once(acts: Acts) -> None:
    with pytest.raises(Invalid) as refused:
        await acts(
            "administrator", administration.add_person, name="Ny", email="KARI.SAKSVIK@nav.example", title="",
            language="nb", password=None,
        )  # fmt: skip
    assert refused.value.fields["email"].code == "person.email_taken"
    with pytest.raises(Invalid):
        await acts(
            "administrator", administration.add_unit, number="0231", name="Ny", kind="county", county_id=None,
            language="nb", mailbox=None, valid_from=TODAY,
        )  # fmt: skip


async def test_signing_in_takes_the_right_password_and_says_the_same_for_every_fault(acts: Acts) -> None:
    await acts(
        "administrator", administration.add_person, name="Ny", email="ny@nav.example", title="", language="nn",
        password="et langt passord",
    )  # fmt: skip
    async with acts.database.unit_of_work() as uow:
        token = await service.sign_in(uow, email=" NY@nav.example", password="et langt passord")
    async with acts.database.reading() as uow:
        actor = await actor_of_session(uow, token)
        assert actor is not None and (actor.name, actor.language) == ("Ny", "nn")
    for email, password in (("ny@nav.example", "feil"), ("ingen@nav.example", "et langt passord")):
        with pytest.raises(Invalid) as refused:
            async with acts.database.unit_of_work() as uow:
                await service.sign_in(uow, email=email, password=password)
        assert refused.value.fields["password"].code == "sign_in.wrong"
    async with acts.database.unit_of_work() as uow:
        await service.sign_out(uow, token)
    async with acts.database.reading() as uow:
        assert await actor_of_session(uow, token) is None
