"""Good stories are sent in, moderated, shown to every employee with the role only, and count for the gate."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import select

from app.applications.models import PositiveDeviance
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet
from app.demo.cast import World
from app.projects.facts import PROJECT
from app.projects.models import Project
from app.stories import queries
from app.stories import service as stories
from app.stories.models import Story
from tests.conftest import Browser, MovingClock
from tests.projects_under_way import Acts, open_project, told

COORDINATOR, LEADER, MEMBER = "lillestrom.coordinator", "lillestrom.leader", "lillestrom.counsellor"


@pytest.fixture
def acts(database: Database, world: World, clock: MovingClock) -> Acts:
    """The people of the world."""
    clock.at = datetime(2026, 11, 4, 9, 0, tzinfo=UTC)
    return Acts(database, world)


@pytest_asyncio.fixture(loop_scope="session")
async def case_id(acts: Acts) -> UUID:
    """A project with something that works already."""
    found = await open_project(acts.database, acts.world, "lillestrom")
    async with acts.database.unit_of_work() as uow:
        unit_id = acts.world.units["lillestrom"].id
        uow.session.add(PositiveDeviance(case_id=found, unit_id=unit_id, rank=1, text="Morgenmøtet med brukerne"))
    return found


async def sent(acts: Acts, case_id: UUID, who: str = COORDINATOR, **fields: Any) -> Story:
    """A story that somebody has sent in."""
    async with acts.database.reading() as uow:
        about = await uow.session.scalar(select(PositiveDeviance.id).where(PositiveDeviance.case_id == case_id))
    typed = {"title": "Kaffe først", "text": "Vi begynte med å lytte.", "about": about, **fields}
    story: Story = await acts(who, stories.send_story, case_id, **typed)
    return story


async def counted(acts: Acts, case_id: UUID) -> int:
    """How many shared experiences the gate counts."""
    async with acts.database.reading() as uow:
        return (await PROJECT.facts(uow, await uow.session.get_one(Project, case_id))).shared_experiences


async def test_it_is_published_after_another_has_read_it_and_counts_for_the_gate(acts: Acts, case_id: UUID) -> None:
    story = await sent(acts, case_id)
    assert (story.state, story.role, await counted(acts, case_id)) == ("sent", "coordinator", 0)
    with pytest.raises(NotAllowed):
        await acts(COORDINATOR, stories.publish, story.id, themes=["outside_in"])
    for themes, code in (((), "story.theme_missing"), (("unheard",), "form.not_a_choice")):
        with pytest.raises(Invalid) as refused:
            await acts("case_handler", stories.publish, story.id, themes=themes)
        assert refused.value.fields["themes"].code == code
    await acts("case_handler", stories.publish, story.id, themes=["outside_in", "concrete_tools"])
    assert await counted(acts, case_id) == 1
    assert len(await told(acts.database, case_id, "story_published")) == 1
    async with acts.database.reading() as uow:
        assert [row.title for row in await queries.published(uow, theme="outside_in")] == ["Kaffe først"]
        assert await queries.published(uow, theme="new_mindset") == []
        assert await queries.published(uow, words="te%") == []
    await acts(LEADER, stories.withdraw, story.id)
    assert await counted(acts, case_id) == 0
    with pytest.raises(NotYet):
        await acts("case_handler", stories.publish, story.id, themes=["outside_in"])


async def test_it_is_returned_with_a_reason_and_sent_in_again(acts: Acts, case_id: UUID) -> None:
    story = await sent(acts, case_id, "facilitator_one")
    with pytest.raises(NotYet) as own:
        await acts("facilitator_one", stories.publish, story.id, themes=["outside_in"])
    assert [reason.code for reason in own.value.reasons] == ["story.own"]
    with pytest.raises(NotYet):
        await acts("case_handler", stories.return_story, story.id)
    await acts("case_handler", stories.return_story, story.id, why="Si mer om hva som ble annerledes")
    again = {"title": "Kaffe og ro", "text": "Slik ble det", "about": story.deviance_id}
    with pytest.raises(Invalid) as consent:
        await acts("facilitator_one", stories.resend, story.id, names_people=True, **again)
    assert consent.value.fields["consent"].code == "story.consent_missing"
    row = await acts("facilitator_one", stories.resend, story.id, names_people=True, consent="Begge sa ja", **again)
    assert (row.state, row.why_returned, row.title) == ("sent", "", "Kaffe og ro")


async def test_only_those_in_the_project_send_about_what_is_the_projects_own(acts: Acts, case_id: UUID) -> None:
    with pytest.raises(NotFound):
        await sent(acts, case_id, "grunerlokka.coordinator")
    with pytest.raises(Invalid) as refused:
        await sent(acts, case_id, about=case_id)
    assert refused.value.fields["about"].code == "form.unknown"


async def test_pages_show_the_role_and_never_the_name(browser: Browser, acts: Acts, case_id: UUID) -> None:
    await browser.as_person(COORDINATOR)
    address = f"/projects/{case_id}/stories"
    assert "Send inn en god historie" in await browser.shown(address)
    async with acts.database.reading() as uow:
        about = await uow.session.scalar(select(PositiveDeviance.id).where(PositiveDeviance.case_id == case_id))
    typed = {"title": "Kaffe først", "text": "Vi begynte med å lytte.", "about": str(about), "names_people": "true"}
    refused = await browser.post(f"/projects/{case_id}/send_story", typed, page=address)
    assert refused.status_code == 422
    assert "Skriv hvem som har sagt ja" in refused.text
    assert "Vi begynte med å lytte." in refused.text
    typed |= {"consent": "Uma har sagt ja"}
    assert (await browser.post(f"/projects/{case_id}/send_story", typed, page=address)).status_code == 303
    (story,) = await _all(acts)
    await browser.as_person("grunerlokka.counsellor")
    assert (await browser.get(f"/stories/{story.id}")).status_code == 404
    await browser.as_person("case_handler")
    assert f'href="/stories/{story.id}"' in await browser.shown("/stories")
    page = await browser.shown(f"/stories/{story.id}")
    assert "Publiser historien" in page
    assert "Uma har sagt ja" in page
    theme = {"nb": "Tillit", "nn": "Tillit", "en": "Trust"}
    assert (await browser.post("/evaluation-themes/add", theme, page="/stories")).status_code == 303
    async with acts.database.reading() as uow:
        key = (await queries.themes(uow))[-1].key
    published = await browser.post(f"/stories/{story.id}/publish", {"themes": [key]}, page=f"/stories/{story.id}")
    assert published.status_code == 303
    await browser.as_person("grunerlokka.counsellor")
    writer = acts.world.people[COORDINATOR].name
    for address in ("/stories", f"/stories/{story.id}"):
        page = await browser.shown(address)
        assert "Kaffe først" in page
        assert "Tillit" in page
        assert "Fortalt av: koordinator" in page
        assert "Lillestrøm" not in page, "with the office, a role would be a name"
        assert writer not in page
        assert "Uma har sagt ja" not in page, "who has consented is nobody else's"


async def _all(acts: Acts) -> list[Story]:
    async with acts.database.reading() as uow:
        return list(await uow.session.scalars(select(Story)))
