"""Phases of reviewing on the call, and what they let reviewers see and do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.calls import service as calls
from app.calls.models import Call
from app.calls.queries import changes_since_published
from app.cases.models import Case
from app.cases.queries import roles_in
from app.core.clock import day_in_oslo
from app.core.errors import Invalid, NotAllowed, NotFound, NotYet
from app.reviews import queries
from app.reviews import service as reviews
from tests.applications_under_way import TEXT, Led
from tests.calls.questions import ask
from tests.calls_under_way import Acting
from tests.conftest import Browser, MovingClock
from workflows.rules import Rules

NAMES = {"name_nb": "Blindvurdering", "name_nn": "Blindvurdering", "name_en": "Blind review"}


def codes(refused: pytest.ExceptionInfo[NotYet]) -> list[str]:
    return [each.code for each in refused.value.reasons]


async def with_phases(led: Led, *phases: dict[str, Any], asks: tuple[dict[str, Any], ...] = ()) -> UUID:
    """A call that is published with these phases; the first takes the place of the scheme's own. It asks what `asks` says."""
    call = await led("case_handler", calls.create, title="Utlysning med faser")
    await ask(Acting(led.database, led.world), call.id, *asks)
    open_ = {"may_score": True, "discussion_open": True}
    for place, phase in enumerate(phases):
        if place:
            await led("case_handler", calls.add_phase, call.id, name=f"Fase {place}", begins_on=phase.get("begins_on"))
        key = f"phase_{place}" if place else "review"
        await led("case_handler", calls.write_phase, call.id, key=key, **NAMES, **{**open_, **phase})
    return UUID(str(await led.call(call.id)))


async def sees(led: Led, case_id: UUID, who: str) -> tuple[bool, int]:
    """Whether somebody reads the application, and how many reviews they see."""
    async with led.database.reading() as uow:
        actor = await led.world.actor(uow, who)
        case = await uow.session.get_one(Case, case_id)
        roles = await roles_in(uow, actor, case)
        rows = await queries.scores_by_criterion(uow, actor, case_id, roles, Rules(), "nb")
        return await queries.may_read(uow, actor, case, roles), len(rows[0].given)


async def test_others_reviews_are_shown_never_after_ones_own_or_always(led: Led, clock: MovingClock) -> None:
    for others, before, after in (("never", 0, 1), ("after_own", 0, 2), ("always", 1, 2)):
        call_id = await with_phases(led, {"others_reviews": others})
        clock.moved += timedelta(minutes=1)
        case_id = await led.in_review(call_id)
        await led.reviewed(case_id, "reviewer_one")
        review_id = await led.assign(case_id, "facilitator_two")
        assert (await sees(led, case_id, "facilitator_two"))[1] == 0, "not before declaring"
        await led("facilitator_two", reviews.declare, review_id, impartial=True)
        assert (await sees(led, case_id, "facilitator_two"))[1] == before
        for criterion_id in await led.criteria(case_id):
            await led("facilitator_two", reviews.score, review_id, criterion_id=criterion_id, value=2, reason=TEXT)
        await led("facilitator_two", reviews.submit, review_id)
        assert (await sees(led, case_id, "facilitator_two"))[1] == after
        assert (await sees(led, case_id, "case_handler"))[1] == 2


async def test_scores_are_given_from_the_first_day_to_the_last(led: Led, clock: MovingClock) -> None:
    today = day_in_oslo(clock())
    call_id = await with_phases(
        led,
        {"begins_on": today + timedelta(days=2), "ends_on": today + timedelta(days=3), "applications": "unfinished"},
    )
    clock.moved = timedelta(minutes=1)
    case_id = await led.in_review(call_id)
    review_id = await led.assign(case_id, "reviewer_one")
    await led("reviewer_one", reviews.declare, review_id, impartial=True)
    criterion_id = (await led.criteria(case_id))[0]

    async def score() -> object:
        return await led(
            "reviewer_one", reviews.score, review_id, criterion_id=criterion_id, value=2, reason=TEXT, typed_on=None
        )

    assert await sees(led, case_id, "reviewer_one") == (False, 0)
    with pytest.raises(NotYet) as refused:
        await score()
    assert codes(refused) == ["review.phase_waits"]
    clock.moved += timedelta(days=2)
    assert (await sees(led, case_id, "reviewer_one"))[0]
    await score()
    clock.moved += timedelta(days=2)
    with pytest.raises(NotYet) as refused:
        await score()
    assert codes(refused) == ["review.phase_over"]
    with pytest.raises(NotYet) as refused:
        await led("reviewer_one", reviews.submit, review_id)
    assert "review.phase_over" in codes(refused)


async def test_a_deadline_that_passes_while_one_writes_keeps_the_text(
    led: Led, browser: Browser, clock: MovingClock
) -> None:
    call_id = await with_phases(led, {"ends_on": day_in_oslo(clock())})
    clock.moved = timedelta(minutes=1)
    case_id = await led.in_review(call_id)
    review_id = await led.assign(case_id, "reviewer_one")
    await led("reviewer_one", reviews.declare, review_id, impartial=True)
    await browser.as_person("reviewer_one")
    base = f"/reviews/{review_id}"
    assert 'name="typed_on"' in (await browser.get(base)).text
    clock.moved += timedelta(days=1)
    await browser.as_person("reviewer_one")
    criterion_id = (await led.criteria(case_id))[0]
    answer = await browser.post(f"{base}/score", {"criterion_id": criterion_id, "reason": "Nesten ferdig"}, page=base)
    assert answer.status_code == 409
    assert "Nesten ferdig" in answer.text and "Tiden for å vurdere gikk ut" in answer.text


async def test_a_review_is_taken_back_only_where_the_phase_allows_it(
    led: Led, call_id: UUID, browser: Browser, clock: MovingClock
) -> None:
    review_id = await led.reviewed(await led.in_review(call_id), "reviewer_one")
    with pytest.raises(NotYet) as refused:
        await led("reviewer_one", reviews.take_back, review_id)
    assert codes(refused) == ["review.phase_takes_no_changes"]
    second = await with_phases(led, {"may_change": True})
    clock.moved += timedelta(minutes=1)
    changing = await led.in_review(second, "klepp_time")
    review_id = await led.reviewed(changing, "reviewer_one")
    await led.reviewed(changing, "facilitator_two")
    assert (await sees(led, changing, "reviewer_one"))[1] == 2
    await browser.as_person("reviewer_one")
    assert "Ta tilbake og endre vurderingen" in (await browser.get(f"/reviews/{review_id}")).text
    await led("reviewer_one", reviews.take_back, review_id)
    assert (await sees(led, changing, "reviewer_one"))[1] == 0, "until it is in again"
    with pytest.raises(NotAllowed):
        await led("case_handler", reviews.take_back, review_id)
    with pytest.raises(NotYet):
        await led("facilitator_two", reviews.submit, review_id)
    await led("reviewer_one", reviews.submit, review_id)


async def test_the_phases_of_a_published_call_change_only_where_it_harms_nobody(
    led: Led, clock: MovingClock, browser: Browser
) -> None:
    today = day_in_oslo(clock())
    call_id = await with_phases(
        led, {"ends_on": today + timedelta(days=5), "names_hidden": True}, {"begins_on": today + timedelta(days=6)}
    )
    clock.moved = timedelta(minutes=1)
    switches = {"may_score": True, "names_hidden": True}
    with pytest.raises(NotYet) as refused:
        await led("case_handler", calls.write_phase, call_id, key="review", **NAMES, ends_on=today, may_score=True)
    assert set(codes(refused)) == {"phases.only_longer", "phases.only_narrower"}
    later = today + timedelta(days=7)
    with pytest.raises(NotYet) as refused:
        await led("case_handler", calls.write_phase, call_id, key="review", **NAMES, ends_on=later, **switches)
    assert codes(refused) == ["phases.out_of_order"]
    for why in ("", " "):
        with pytest.raises(Invalid) as unexplained:
            await led("case_handler", calls.remove_phase, call_id, key="phase_1", why=why)
        assert set(unexplained.value.fields) == {"why"}
    await led("case_handler", calls.remove_phase, call_id, key="phase_1", why="Én fase holder.")
    given = {"why": "Vi trenger to dager til."}
    await led("case_handler", calls.write_phase, call_id, key="review", **NAMES, ends_on=later, **switches, **given)
    async with led.database.reading() as uow:
        call = await uow.session.get_one(Call, call_id)
        changes = [(each.verb, each.why) for each in await changes_since_published(uow, call)]
    assert changes == [("write_phase", given["why"]), ("remove_phase", "Én fase holder.")]
    with pytest.raises(NotYet) as refused:
        await led("case_handler", calls.add_phase, call_id, name="Straks")
    assert codes(refused) == ["phases.new_must_come"]
    with pytest.raises(NotAllowed):
        await led("reviewer_one", calls.remove_phase, call_id, key="review")
    with pytest.raises(NotFound):
        await led("case_handler", calls.remove_phase, call_id, key="nowhere")
    await browser.as_person("case_handler")
    page = f"/calls/{call_id}/phases"
    async with led.database.reading() as uow:
        version = (await uow.session.get_one(calls.draft.Call, call_id)).version  # type: ignore[attr-defined]
    fields = {**NAMES, "key": "review", "version": version, "ends_on": date(2020, 1, 1), "may_score": "true"}
    answer = await browser.post(f"/calls/{call_id}/write_phase", fields, page=page)
    assert answer.status_code == 409
    assert "kan vare lenger, men ikke kortere" in answer.text and 'value="2020-01-01"' in answer.text
    fields |= {"ends_on": later + timedelta(days=1), "names_hidden": "true", "why": " "}
    answer = await browser.post(f"/calls/{call_id}/write_phase", fields, page=page)
    assert answer.status_code == 422 and 'id="phase-1-why-error"' in answer.text


async def test_only_those_who_handle_a_call_see_its_phases(browser: Browser, call_id: UUID) -> None:
    for who, status in (("case_handler", 200), ("reviewer_one", 404), ("lillestrom.leader", 404)):
        await browser.as_person(who)
        assert (await browser.get(f"/calls/{call_id}/phases")).status_code == status
