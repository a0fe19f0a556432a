"""Writing a review: nothing is lost, nothing is overwritten unseen, and what has closed meanwhile is said."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from app.applications import service as applications
from app.core.database import Database
from app.core.errors import NotYet, Stale
from app.reviews import queries
from app.reviews import service as reviews
from app.reviews.models import Score
from tests.applications_under_way import TEXT, Led
from tests.conftest import Browser, MovingClock, world_in


@pytest.fixture
async def case_id(led: Led, clock: MovingClock) -> UUID:
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    return await led.in_review(call_id)


async def begun(led: Led, case_id: UUID, who: str = "reviewer_one") -> tuple[UUID, list[UUID]]:
    """A review whose reviewer has declared to be impartial, and the criteria."""
    review_id = await led.assign(case_id, who)
    await led(who, reviews.declare, review_id, impartial=True)
    return review_id, await led.criteria(case_id)


async def test_two_windows_on_one_criterion_never_overwrite_silently(
    own_database: Database, clock: MovingClock
) -> None:
    led = Led(own_database, await world_in(own_database))
    call_id = await led.call()
    clock.moved = timedelta(minutes=1)
    review_id, criteria = await begun(led, await led.in_review(call_id))

    async def save(value: int, criterion_id: UUID) -> object:
        return await led(
            "reviewer_one", reviews.score, review_id, criterion_id=criterion_id, value=value, reason=TEXT, typed_on=0
        )

    answers = await asyncio.gather(*(save(value, criteria[0]) for value in range(4)), return_exceptions=True)
    assert sum(isinstance(each, Stale) for each in answers) == 3
    assert sum(not isinstance(each, Exception) for each in answers) == 1
    await save(2, criteria[1])  # another criterion has a version of its own
    async with own_database.reading() as uow:
        kept = {row.criterion_id: row for row in await uow.session.scalars(select(Score))}
    assert kept[criteria[0]].version == 1
    won = next(value for value, each in enumerate(answers) if not isinstance(each, Exception))
    assert kept[criteria[0]].value == won
    # the same words again are no conflict, whichever version they were typed on
    await save(won, criteria[0])


async def test_the_second_window_is_shown_both_texts_and_saves_knowingly(
    led: Led, browser: Browser, case_id: UUID
) -> None:
    review_id, criteria = await begun(led, case_id)
    await browser.as_person("reviewer_one")
    base = f"/reviews/{review_id}"
    fields: dict[str, object] = {"criterion_id": criteria[0], "typed_on": "0", "value": "3", "_next": base}
    first = await browser.post(f"{base}/score", {**fields, "reason": "Skrevet i det første vinduet"}, page=base)
    assert first.status_code == 303
    second = await browser.post(f"{base}/score", {**fields, "reason": "Skrevet i det andre vinduet"}, page=base)
    assert second.status_code == 409
    assert "Skrevet i det første vinduet" in second.text and "Skrevet i det andre vinduet" in second.text
    assert "i et annet vindu" in second.text
    form = second.text.split(f'id="form-{criteria[0]}"')[1].split("</form>")[0]
    assert 'name="typed_on" value="1"' in form, "saving again is a choice made knowingly"
    again = {**fields, "typed_on": "1", "reason": "Skrevet i det andre vinduet"}
    assert (await browser.post(f"{base}/score", again, page=base)).status_code == 303
    stale = await browser.post(f"{base}/write_summary", {"typed_on": "7", "strengths": "Godt"}, page=base)
    assert stale.status_code == 409 and "Godt" in stale.text


async def test_finishing_later_validates_nothing_and_the_list_says_what_is_missing(
    led: Led, browser: Browser, case_id: UUID
) -> None:
    await led.reviewed(case_id, "facilitator_two")  # what others have written is not lacking less for oneself
    review_id, criteria = await begun(led, case_id)
    await browser.as_person("reviewer_one")
    base = f"/reviews/{review_id}"
    page = (await browser.get(base)).text
    assert 'name="_next" value="/reviews"' in page
    done = await browser.post(
        f"{base}/score",
        {"criterion_id": criteria[0], "typed_on": "0", "reason": "Kort", "_next": "/reviews"},
        page=base,
    )
    assert (done.status_code, done.headers["location"]) == (303, "/reviews")
    assert f"{len(criteria)} kriterier mangler noe" in (await browser.get("/reviews")).text
    for criterion_id in criteria:
        await led("reviewer_one", reviews.score, review_id, criterion_id=criterion_id, value=3, reason=TEXT)
    assert "Klar til å leveres" in (await browser.get("/reviews")).text
    assert "Kort" not in (await browser.get("/reviews")).text


@pytest.mark.parametrize("happening", ["withdrawn", "voided", "recused"])
async def test_what_was_typed_is_kept_when_the_review_has_closed_meanwhile(
    led: Led, browser: Browser, case_id: UUID, happening: str
) -> None:
    review_id, criteria = await begun(led, case_id)
    if happening == "withdrawn":
        await led("lillestrom.leader", applications.withdraw, case_id, why="Vi fikk ikke tid")
    elif happening == "voided":
        await led("case_handler", reviews.void, review_id, why="Funnet ut sent")
    else:
        await led("reviewer_one", reviews.recuse, review_id, why="Kjenner lederen")
    await browser.as_person("reviewer_one")
    base = f"/reviews/{review_id}"
    fields: dict[str, object] = {"criterion_id": criteria[0], "typed_on": "0", "value": "3", "reason": "Min egen tekst"}
    answer = await browser.post(f"{base}/score", fields, page=base)
    assert answer.status_code == 409
    assert "Min egen tekst" in answer.text and "data-refused" in answer.text
    if happening != "withdrawn":
        assert "Tolv samtaler" not in answer.text, "the application itself is closed"
    async with led.database.reading() as uow:
        assert await queries.scores_of(uow, review_id) == {}


async def test_another_persons_ended_review_is_still_nowhere(led: Led, browser: Browser, case_id: UUID) -> None:
    review_id, criteria = await begun(led, case_id)
    await led("reviewer_one", reviews.recuse, review_id, why="Kjenner lederen")
    await browser.as_person("facilitator_one")
    answer = await browser.post(f"/reviews/{review_id}/score", {"criterion_id": criteria[0]}, page="/reviews")
    assert answer.status_code == 404


async def test_a_review_handed_in_takes_no_more_scores(led: Led, case_id: UUID) -> None:
    review_id = await led.reviewed(case_id, "reviewer_one")
    criterion_id = (await led.criteria(case_id))[0]
    with pytest.raises(NotYet):
        await led("reviewer_one", reviews.score, review_id, criterion_id=criterion_id, value=1, reason=TEXT)
