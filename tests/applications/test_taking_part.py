"""Members who say that they take part, a leader who releases hours, and people who are invited by a link."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.applications import service
from app.applications.models import Application, Endorsement, Invitation, TeamMember
from app.applications.service import inviting
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet, Stale
from app.demo.cast import World
from app.identity.models import Person
from app.identity.queries import actor_of_person
from app.notices.models import Mail, Notice
from tests.applications.drafts import write
from tests.calls_under_way import DURING, Acting, publish_call
from tests.conftest import Browser, MovingClock, world_in
from workflows.roles import Role
from workflows.team import content_to_endorse

KNUT, LISE, UMA = "grunerlokka.coordinator", "grunerlokka.leader", "grunerlokka.counsellor"

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture
def act(database: Database, world: World, clock: MovingClock) -> Acting:
    clock.at = DURING
    return Acting(database, world)


async def member(database: Database, application_id: UUID, name: str) -> TeamMember:
    async with database.reading() as uow:
        found = await uow.session.scalars(
            select(TeamMember).where(TeamMember.case_id == application_id, TeamMember.name == name)
        )
        return found.one()


async def missing(act: Acting, application_id: UUID) -> list[str]:
    """What keeps the application from being sent."""
    try:
        await act(KNUT, service.submit, application_id)
    except NotYet as error:
        return [reason.code for reason in error.reasons]
    return []


async def mail_to(database: Database, address: str) -> Mail:
    async with database.reading() as uow:
        rows = await uow.session.scalars(select(Mail).where(Mail.to_address == address).order_by(Mail.id.desc()))
        found = rows.first()
        assert found is not None
        return found


def token_of(mail: Mail) -> str:
    return mail.secret_path.rpartition("/")[2]


async def test_a_change_of_hours_or_role_voids_the_yes_and_the_leader_s_word(act: Acting, database: Database) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka")
    uma = await member(database, application_id, "Uma Ung")
    await act(KNUT, service.write_member, application_id, member_id=uma.id, role="core_team", weekly_hours=10)
    assert await missing(act, application_id) == [
        "application.member_confirmed_other",
        "application.endorsement_outdated",
    ]
    async with database.reading() as uow:
        told = await uow.session.scalars(select(Notice.code).where(Notice.person_id == uma.person_id))
        assert list(told) == ["team_asked", "team_changed"]
    with pytest.raises(Invalid):
        await act(UMA, service.take_part, application_id, answer="yes", asked="core_team:4")
    await act(UMA, service.take_part, application_id, answer="yes", asked="core_team:10")
    await act(LISE, service.endorse, application_id)
    await act(KNUT, service.write_member, application_id, member_id=uma.id, role="partner", weekly_hours=10)
    assert "application.member_confirmed_other" in await missing(act, application_id)


async def test_whoever_says_no_says_why_and_the_others_are_told(act: Acting, database: Database) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka")
    with pytest.raises(Invalid):
        await act(UMA, service.take_part, application_id, answer="no")
    await act(UMA, service.take_part, application_id, answer="no", why="Jeg begynner i permisjon.")
    assert await missing(act, application_id) == ["application.member_declined"]
    async with database.reading() as uow:
        told = await uow.session.scalar(select(func.count()).where(Notice.code == "team_declined"))
    assert told == 2
    with pytest.raises(NotFound):
        await act("lillestrom.counsellor", service.take_part, application_id, answer="yes")
    with pytest.raises(NotFound):
        await act("grunerlokka.job_specialist", service.take_part, application_id, answer="yes")


async def test_the_leader_releases_hours_by_person(act: Acting, database: Database) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka", endorsed=False)
    uma = await member(database, application_id, "Uma Ung")
    for hours in ("mange", "-1", "41"):
        with pytest.raises(Invalid):
            await act(LISE, service.endorse, application_id, released={f"released-{uma.id}": hours})
    with pytest.raises(Stale):
        await act(LISE, service.endorse, application_id, read=content_to_endorse({}, []))
    await act(LISE, service.endorse, application_id, released={f"released-{uma.id}": "2"})
    async with database.reading() as uow:
        row = (await uow.session.scalars(select(Endorsement).where(Endorsement.case_id == application_id))).one()
    assert [(each["name"], each["weekly_hours"]) for each in row.released] == [
        ("Lise Løkka", 4), ("Knut Gate", 4), ("Uma Ung", 2),
    ]  # fmt: skip
    assert row.weekly_hours == 10
    assert await missing(act, application_id) == ["application.member_confirmed_other"]
    await act(UMA, service.take_part, application_id, answer="yes")
    assert await missing(act, application_id) == []


async def test_for_one_without_an_account_it_is_written_down(act: Acting, database: Database) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka")
    await act(KNUT, service.add_member, application_id, name="Berit Borger", role=Role.CITIZENS_VOICE, weekly_hours=1)
    berit = await member(database, application_id, "Berit Borger")
    with pytest.raises(NotAllowed):
        await act(UMA, service.record_taking_part, application_id, member_id=berit.id, how="I møte")
    await act(KNUT, service.record_taking_part, application_id, member_id=berit.id, how="I møte 3. mars")
    await act(LISE, service.endorse, application_id)
    assert await missing(act, application_id) == []


async def invited(act: Acting, application_id: UUID, email: str = "pia@partner.example") -> str:
    """A partner who has been sent a link; its secret."""
    await act(
        KNUT, service.add_member, application_id, name="Pia Partner", email=email, role=Role.PARTNER, weekly_hours=2
    )
    return token_of(await mail_to(act.database, email))


async def test_an_invitation_opens_once_for_whoever_has_the_link(
    browser: Browser, act: Acting, database: Database
) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka")
    token = await invited(act, application_id)
    mail = await mail_to(database, "pia@partner.example")
    assert token not in mail.body, "the administrator who reads the mail cannot take the place"
    async with database.reading() as uow:
        kept = (await uow.session.scalars(select(Invitation.token_hash))).one()
    assert kept == inviting.hash_of(token)
    page = (await browser.get(f"/invitations/{token}")).text
    assert "Nav Grünerløkka" in page
    assert "pia@partner.example" in page
    short = await browser.post(f"/invitations/{token}/account", {"name": "Pia Partner", "password": "kort"})
    assert short.status_code == 422
    made = await browser.post(f"/invitations/{token}/account", {"name": "Pia Partner", "password": "et langt passord"})
    assert (made.status_code, made.headers["location"]) == (303, f"/applications/{application_id}/taking-part")
    there = await browser.get(made.headers["location"])
    assert there.status_code == 200
    assert "Deltar" in there.text
    assert (await browser.get(f"/applications/{application_id}")).status_code == 403, (
        "a partner does not read the draft"
    )
    pia = await member(database, application_id, "Pia Partner")
    assert (pia.answer, pia.person_id is None) == ("yes", False)
    for path in (f"/invitations/{token}", "/invitations/feil"):
        gone = await browser.get(path)
        assert gone.status_code == 404
        assert "Lenken virker ikke" in gone.text
    again = await browser.post(f"/invitations/{token}/accept")
    assert again.status_code == 404


async def test_a_link_is_withdrawn_sent_again_and_grows_old(
    act: Acting, database: Database, clock: MovingClock
) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka")
    first = await invited(act, application_id)
    pia = await member(database, application_id, "Pia Partner")
    clock.at = DURING + timedelta(minutes=1)
    await act(KNUT, service.invite_member, application_id, member_id=pia.id, email="pia@ny.example")
    second = token_of(await mail_to(database, "pia@ny.example"))

    async def opens(token: str) -> bool:
        async with database.unit_of_work() as uow:
            try:
                await inviting.invited_by(uow, token)
            except NotFound:
                return False
            return True

    assert (await opens(first), await opens(second)) == (False, True)
    clock.at = DURING + inviting.LASTS + timedelta(minutes=2)
    assert not await opens(second)
    clock.at = DURING + timedelta(minutes=2)
    await act(KNUT, service.revoke_invitation, application_id, member_id=pia.id)
    assert not await opens(second)
    for _ in range(inviting.MOST_A_DAY - 2):
        await act(KNUT, service.invite_member, application_id, member_id=pia.id)
    with pytest.raises(Invalid, match="too_many_invitations"):
        await act(KNUT, service.invite_member, application_id, member_id=pia.id)


async def test_nobody_learns_from_an_invitation_who_has_an_account(act: Acting, database: Database) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka")
    known = act.world.people["lillestrom.counsellor"].email
    bodies = []
    for email in (known, "ukjent@partner.example"):
        await invited(act, application_id, email)
        mail = await mail_to(database, email)
        bodies.append((mail.subject, mail.body))
    assert bodies[0] == bodies[1]


async def test_a_signed_in_person_accepts_and_is_in_a_team_once(
    browser: Browser, act: Acting, database: Database
) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka")
    token = await invited(act, application_id)
    stranger = await browser.post(f"/invitations/{token}/accept")
    assert stranger.headers["location"] == f"/sign-in?next=/invitations/{token}"
    await browser.as_person(UMA)
    twice = await browser.post(f"/invitations/{token}/accept")
    assert twice.status_code == 422
    assert "allerede med i dette teamet" in twice.text
    await browser.as_person("lillestrom.counsellor")
    assert "Bli med som" in (await browser.get(f"/invitations/{token}")).text
    assert (await browser.post(f"/invitations/{token}/accept")).status_code == 303
    async with database.reading() as uow:
        row = await uow.session.get_one(Application, application_id)
        assert row.version > 1
        count = await uow.session.scalar(
            select(func.count()).where(TeamMember.case_id == application_id, TeamMember.answer == "yes")
        )
    assert count == 4


async def test_two_who_follow_one_link_at_once_make_one_member(own_database: Database, clock: MovingClock) -> None:
    clock.at = DURING
    world = await world_in(own_database)
    act = Acting(own_database, world)
    application_id = await write(act, await publish_call(act), "grunerlokka")
    token = await invited(act, application_id)

    async def accept(who: str) -> Any:
        async with own_database.unit_of_work() as uow:
            return await inviting.accept_invitation(uow, await world.actor(uow, who), token)

    ended = await asyncio.gather(
        *map(accept, ("lillestrom.counsellor", "lillestrom.job_specialist")), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in ended) == ["Application", "NotFound"]


async def test_an_account_is_made_for_the_address_that_was_invited_alone(act: Acting, database: Database) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka")
    token = await invited(act, application_id)
    async with database.unit_of_work() as uow:
        person = await inviting.join_as_new(uow, token, name="Pia", password="et langt passord", language="nb")
        await inviting.accept_invitation(uow, await actor_of_person(uow, person.id), token)
    async with database.reading() as uow:
        made = (await uow.session.scalars(select(Person).where(Person.name == "Pia"))).one()
    assert made.email == "pia@partner.example"
    assert re.match(r"\$argon2", made.password_hash or "")


async def test_the_pages_of_the_team_ask_and_answer(browser: Browser, act: Acting) -> None:
    application_id = await write(act, await publish_call(act), "grunerlokka", endorsed=False)
    page = f"/applications/{application_id}"
    uma = await member(browser.database, application_id, "Uma Ung")
    await act(KNUT, service.write_member, application_id, member_id=uma.id, role="core_team", weekly_hours=8)
    await browser.as_person(UMA)
    assert "Svar på om du deltar" in (await browser.get(page)).text
    ask = (await browser.get(f"{page}/taking-part")).text
    asked = re.search(r'name="asked" value="([^"]+)"', ask)
    assert asked
    answer = {"answer": "yes", "asked": asked.group(1), "_next": f"{page}/taking-part"}
    assert (await browser.post(f"{page}/take_part", answer, page=f"{page}/taking-part")).status_code == 303
    assert "Svar på om du deltar" not in (await browser.get(page)).text
    await browser.as_person(LISE)
    shown = (await browser.get(page)).text
    read = re.search(r'name="read" value="(\w+)"', shown)
    assert read
    given = {"read": read.group(1), f"released-{uma.id}": "99"}
    assert (await browser.post(f"{page}/endorse", given, page=page)).status_code == 422
    given[f"released-{uma.id}"] = "8"
    assert (await browser.post(f"{page}/endorse", given, page=page)).status_code == 303
    assert "Uma Ung, " in (await browser.get(page)).text
