"""The page of assignments as a case handler meets it, without JavaScript, and as others do not."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.assignments import service
from app.identity import service as identity
from tests.applications_under_way import Led
from tests.assignments.test_service import OFFICES, give_accepted, make, pairs_of, standing
from tests.conftest import Browser


@pytest.fixture
async def cases(led: Led, call_id: UUID) -> list[UUID]:
    return [await led.in_review(call_id, office) for office in OFFICES]


async def send(browser: Browser, path: str, page: str, **fields: object) -> str:
    """Send a form and read the page that comes."""
    answer = await browser.post(path, {**fields, "_next": page}, page=page)
    if answer.status_code != 303:
        return answer.text
    return await browser.shown(answer.headers["location"])


async def test_a_proposal_is_asked_for_waited_for_and_accepted(
    led: Led, browser: Browser, call_id: UUID, cases: list[UUID]
) -> None:
    await browser.as_person("case_handler")
    page = f"/calls/{call_id}/assignment"
    assert "Lag et forslag" in await browser.shown(page)
    waiting = await send(browser, "/assignment-proposals/ask", page, call_id=call_id)
    assert "er under arbeid" in waiting and "every 2s" in waiting and "Lag forslaget på nytt" not in waiting
    part = await browser.get(page, **{"hx-request": "true", "hx-target": "progress"})
    assert part.text.strip().startswith('<div id="progress"') and "hx-refresh" not in part.headers
    proposal = await led_latest(led, call_id)
    async with led.database.unit_of_work() as uow:
        await service.propose(uow, proposal)
    part = await browser.get(page, **{"hx-request": "true", "hx-target": "progress"})
    assert part.headers["hx-refresh"] == "true"
    made = await browser.shown(page)
    assert "Det er bevist at ingen annen fordeling er bedre" in made and "Godta alle 6 par" in made
    accepted = await send(browser, f"/assignment-proposals/{proposal}/accept_all", page)
    assert "0 av 6 er delt ut" in accepted
    await give_accepted(led)
    done = await browser.shown(page)
    assert "Godta" not in done and "Foreslått" not in done
    assert all([len(await standing(led, each)) == 2 for each in cases])


async def led_latest(led: Led, call_id: UUID) -> UUID:
    async with led.database.reading() as uow:
        found = await service.latest(uow, call_id)
        assert found is not None
        return found.id


async def test_a_late_tie_is_told_beside_its_pair_and_nothing_else_is_lost(
    led: Led, browser: Browser, call_id: UUID, cases: list[UUID]
) -> None:
    proposal_id = await make(led, call_id)
    pair = next(each for each in await pairs_of(led, proposal_id) if each.case_id == cases[0])
    async with led.database.unit_of_work() as uow:
        await identity.add_membership(
            uow, pair.reviewer_id, led.world.units["lillestrom"].id, "employee", valid_from=uow.now
        )
    await browser.as_person("case_handler")
    page = f"/calls/{call_id}/assignment"
    answer = await browser.post(f"/proposed-pairs/{pair.id}/accept", {"version": 1}, page=page)
    assert answer.status_code == 409
    assert "Nav Lillestrøm" in answer.text and "Godta alle 6 par" in answer.text
    await led("case_handler", service.accept_all, proposal_id)
    await give_accepted(led)
    told = await browser.shown(page)
    assert "Kan ikke deles ut" in told and told.count('id="pair-') == 1


async def test_somebody_is_chosen_by_hand_with_the_reasons_in_sight(
    led: Led, browser: Browser, call_id: UUID, cases: list[UUID]
) -> None:
    await led("reviewer_one", service.write_profile, led.world.people["reviewer_one"].id, competences=("more_in_work",))
    proposal_id = await make(led, call_id)
    await browser.as_person("case_handler")
    page = f"/calls/{call_id}/assignment?application={cases[0]}"
    text = await browser.shown(page)
    assert "Velg vurderere for" in text and "kjenner feltet: flere i arbeid" in text
    assert "Viggo Viken" not in text, "who is not in the group is no choice"
    there = {each.reviewer_id: each for each in await pairs_of(led, proposal_id) if each.case_id == cases[0]}
    free = [each for each in led.world.people if each.startswith(("reviewer", "facilitator"))]
    other = next(each for each in free if led.world.people[each].id not in there)
    refused = await browser.post("/reviews/assign", {"case_id": cases[0]}, page=page)
    assert refused.status_code == 422 and "Velg vurderere for" in refused.text
    replaced = next(iter(there.values()))
    text = await send(
        browser, f"/proposed-pairs/{replaced.id}/replace", page, reviewer_id=led.world.people[other].id,
        case_id=cases[0],
    )  # fmt: skip
    assert "Valgt for hånd" in text and "Lås opp" in text
    text = await send(
        browser, "/reviews/assign", page, reviewer_id=next(iter(there)), case_id=cases[0]
    )  # fmt: skip
    assert "er endret etter at forslaget ble laget" in text


async def test_who_may_not_assign_does_not_learn_that_there_is_a_page(
    led: Led, browser: Browser, call_id: UUID, cases: list[UUID]
) -> None:
    await make(led, call_id)
    for who in ("reviewer_one", "method_owner", "decision_maker", "lillestrom.leader", "administrator"):
        await browser.as_person(who)
        assert (await browser.get(f"/calls/{call_id}/assignment")).status_code in (403, 404)
    await browser.as_person("case_handler")
    assert (await browser.get(f"/calls/{call_id}/assignment?show=x")).status_code == 404
    assert (await browser.get(f"/calls/{call_id}/assignment?application={call_id}")).status_code == 404


async def test_the_page_is_a_fixed_number_of_statements(
    led: Led, browser: Browser, call_id: UUID, statements: list[str]
) -> None:
    await browser.as_person("case_handler")
    page = f"/calls/{call_id}/assignment"

    async def asked(case_id: UUID) -> int:
        await make(led, call_id)
        statements.clear()
        await browser.shown(f"{page}?application={case_id}")
        return len(statements)

    first = await asked(await led.in_review(call_id, OFFICES[0]))
    more = [await led.in_review(call_id, office) for office in OFFICES[1:]]
    assert await asked(more[0]) == first


async def test_a_reviewer_says_what_they_can_assess(led: Led, browser: Browser) -> None:
    await browser.as_person("reviewer_one")
    path = f"/reviewers/{led.world.people['reviewer_one'].id}"
    assert path in await browser.shown("/reviews")
    text = await browser.shown(path)
    assert "Hva jeg kan vurdere" in text
    await send(
        browser, f"{path}/write_profile", path, version=0, competences=["evaluation"], languages=["nn"], most="4"
    )
    text = await browser.shown(path)
    assert 'value="4"' in text and 'value="evaluation" checked' in text and 'value="nn" checked' in text
    answer = await browser.post(f"{path}/write_profile", {"version": 1, "most": "mange"}, page=path)
    assert answer.status_code == 422 and 'value="mange"' in answer.text
    assert (await browser.get(f"/reviewers/{led.world.people['reviewer_two'].id}")).status_code == 404
    await browser.as_person("lillestrom.leader")
    assert (await browser.get(path)).status_code == 404
    await browser.as_person("case_handler")
    name = led.world.people["reviewer_one"].name
    text = await browser.shown(path)
    assert f"Hva {name} kan vurdere</h1>" in text and "Hva jeg kan vurdere" not in text and ". Du og" not in text
