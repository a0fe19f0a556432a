"""The plan of a project: its bands drawn along time, replanned with a reason, and its history kept."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import html5lib
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.audit.verify import faults
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotYet
from app.demo.cast import World
from app.projects import service
from app.projects.models import Project, ProjectStep, ProjectText, SignOff
from app.projects.plan_drawing import BANDS, LEFT, WIDTH, StepDays, draw_plan
from app.projects.plan_web import plan_changes
from app.projects.service import DIAMOND_STEPS
from app.projects.steps import STEPS
from tests.conftest import Browser
from tests.projects_under_way import Acts, open_project

OFFICE = "lillestrom"
COORDINATOR = f"{OFFICE}.coordinator"
START = date(2026, 2, 1)
DAYS = st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2029, 12, 31)))


@given(
    st.lists(st.tuples(DAYS, DAYS, DAYS, DAYS), min_size=6, max_size=6), st.dates(date(2024, 1, 1), date(2030, 1, 1))
)
def test_whatever_the_days_every_bar_lies_on_the_sheet(found: list[tuple[date | None, ...]], today: date) -> None:
    days = []
    for step, (first, last, begun, left) in zip(DIAMOND_STEPS, found, strict=True):
        first, last = sorted((first, last)) if first and last else (None, None)  # type: ignore[assignment]
        begun, left = sorted((begun, left)) if begun and left else (begun, None)  # type: ignore[assignment]
        days.append(StepDays(step=step, planned_from=first, planned_to=last, actual_from=begun, actual_to=left))
    drawing = draw_plan(days, today)
    if drawing is None:
        assert not any(each.planned_from or each.actual_from for each in days)
        return
    assert all(bar.x >= LEFT and bar.width > 0 and bar.x + bar.width <= WIDTH for bar in drawing.bars)
    assert len(drawing.months) <= 10
    assert drawing.today_x is None or LEFT <= drawing.today_x <= WIDTH


def test_the_bands_span_every_step_once() -> None:
    assert [step for steps in BANDS.values() for step in steps] == ["set_up", *DIAMOND_STEPS]


def test_a_step_is_late_when_it_should_have_been_left() -> None:
    step = StepDays(step="diagnose_open", planned_from=START, planned_to=START + timedelta(days=10), actual_from=START)
    assert not step.is_late(START + timedelta(days=10))
    assert step.days_late(START + timedelta(days=13)) == 3
    drawing = draw_plan([step], START + timedelta(days=13))
    assert drawing is not None
    assert [bar.kind for bar in drawing.bars] == ["planned", "late"]


@pytest_asyncio.fixture(loop_scope="session")
async def acts(database: Database, world: World) -> Acts:
    return Acts(database, world)


@pytest_asyncio.fixture(loop_scope="session")
async def case_id(acts: Acts) -> UUID:
    """A project whose six steps are planned, thirty days each."""
    found = await open_project(acts.database, acts.world, OFFICE)
    for number, step in enumerate(DIAMOND_STEPS):
        first = START + timedelta(days=30 * number)
        await acts(
            COORDINATOR, service.plan_step, found, step=step, planned_from=first, planned_to=first + timedelta(days=29)
        )
    return found


async def test_a_plan_is_changed_with_a_reason_and_the_later_steps_move_along(acts: Acts, case_id: UUID) -> None:
    moved = {"step": "diagnose_close", "planned_from": START + timedelta(days=30),
             "planned_to": START + timedelta(days=73)}  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await acts("facilitator_one", service.plan_step, case_id, **moved)
    assert refused.value.fields["why"].code == "projects.replan_why"
    await acts("facilitator_one", service.plan_step, case_id, **moved, why="Ferien tar alle", shift_later=True)
    async with acts.database.reading() as uow:
        last = await uow.session.get_one(ProjectStep, (case_id, "implement_close"))
        first = await uow.session.get_one(ProjectStep, (case_id, "diagnose_open"))
        assert last.planned_to == START + timedelta(days=30 * 5 + 29 + 14)
        assert first.planned_to == START + timedelta(days=29)
        change = (await plan_changes(uow, case_id))[0]
    assert (change.event.why, [step.step for step in change.steps]) == ("Ferien tar alle", list(DIAMOND_STEPS[1:]))
    assert change.steps[0].before_to == START + timedelta(days=59)


async def test_a_plan_written_for_the_first_time_or_as_it_is_needs_no_reason(acts: Acts, case_id: UUID) -> None:
    await acts(
        COORDINATOR, service.plan_step, case_id, step="diagnose_open", planned_from=START,
        planned_to=START + timedelta(days=29),
    )  # fmt: skip
    with pytest.raises(Invalid) as refused:
        await acts(COORDINATOR, service.plan_step, case_id, step="diagnose_open", planned_from=START,
                   planned_to=START - timedelta(days=1), why="Bakover")  # fmt: skip
    assert list(refused.value.fields) == ["planned_to"]
    with pytest.raises(NotAllowed):
        await acts("certifier", service.plan_step, case_id, step="diagnose_open", planned_from=START, planned_to=START)


async def test_the_page_keeps_what_was_typed_and_shows_the_history(browser: Browser, case_id: UUID) -> None:
    await browser.as_person(COORDINATOR)
    page = f"/projects/{case_id}/plan"
    typed = {"step": "platform_open", "planned_from": "2026-05-01", "planned_to": "2026-06-20", "shift_later": "true"}
    refused = await browser.post(f"/projects/{case_id}/plan_step", typed, page=page)
    assert refused.status_code == 422
    shown = html5lib.parse(refused.text, namespaceHTMLElements=False)
    assert shown.find(".//input[@id='plan-planned_to']").get("value") == "2026-06-20"
    assert shown.find(".//input[@id='plan-shift_later']").get("checked") is not None
    done = await browser.post(f"/projects/{case_id}/plan_step", {**typed, "why": "Flere vil være med"}, page=page)
    assert done.status_code == 303
    assert "Flere vil være med" in (await browser.get(page)).text


async def test_the_project_page_says_what_each_diamond_and_the_close_ask_for(
    browser: Browser, acts: Acts, case_id: UUID
) -> None:
    await browser.as_person(COORDINATOR)
    page = html5lib.parse((await browser.get(f"/projects/{case_id}")).text, namespaceHTMLElements=False)
    lists = page.findall(".//section[@id='checklist']//ul[@class='plain checklist']")
    assert [len(each.findall("li")) for each in lists] == [4, 4, 3, 4]


async def test_one_step_back_keeps_what_was_written_signed_and_dated(acts: Acts, case_id: UUID) -> None:
    await acts(COORDINATOR, service.write_text, case_id, kind="challenge_picture", text="Ingen vet hvem som ringer")
    async with (
        acts.database.unit_of_work() as uow
    ):  # as if the first diamond had been closed: only the way back is tried
        await uow.session.execute(update(Project).where(Project.id == case_id).values(state="diagnose_close"))
    signed = await acts(f"{OFFICE}.leader", service.sign_off, case_id, side="leader", text="Vi står bak")
    async with acts.database.unit_of_work() as uow:
        await uow.session.execute(update(Project).where(Project.id == case_id).values(state="platform_open"))
        left = await uow.session.get_one(ProjectStep, (case_id, "diagnose_close"))
        left.actual_from, left.actual_to = START, START + timedelta(days=9)
    with pytest.raises(NotYet):
        await acts(COORDINATOR, STEPS["back_to_diagnose_close"], case_id, why=" ")
    await acts(COORDINATOR, STEPS["back_to_diagnose_close"], case_id, why="Innsikten holdt ikke")
    async with acts.database.reading() as uow:
        again = await uow.session.get_one(ProjectStep, (case_id, "diagnose_close"))
        assert (again.actual_from, again.actual_to) == (START, None)
        assert again.planned_to == START + timedelta(days=59)
        assert (await uow.session.get_one(SignOff, signed.id)).text == "Vi står bak"
        assert await uow.session.scalar(select(ProjectText.text).where(ProjectText.case_id == case_id))
        assert (await faults(uow))[1] == []
