"""Every gate stays shut with its whole list, said alike by service, interface and page, and opens when it is empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.database import Database
from app.core.errors import NotYet
from app.demo import benefiting
from app.demo import carrying_out as work
from app.demo.acting import Acting
from app.demo.cast import World
from app.demo.play import Stage, milestone_days, play
from app.projects.models import Project
from app.projects.steps import STEPS
from tests.conftest import Browser, MovingClock

OFFICE = "grunerlokka"
START = date(2020, 1, 13)
DAYS = milestone_days(START)
Work = Callable[[Acting, UUID], Awaitable[None]]


async def clarify_and_date(act: Acting, case_id: UUID) -> None:
    act.on(START)
    await work.clarify(act, case_id, OFFICE)
    await work.date_milestones(act, case_id, OFFICE, DAYS)
    await work.sign_up(act, case_id, OFFICE, ("module_1",))
    await work.reach(act, case_id, OFFICE, "M0")


async def explore(act: Acting, case_id: UUID) -> None:
    act.on(DAYS["M1"])
    await work.explore_diagnosis(act, case_id, OFFICE)


async def define(act: Acting, case_id: UUID) -> None:
    await work.define_diagnosis(act, case_id, OFFICE)
    await work.reach(act, case_id, OFFICE, "M1")


async def make_concepts(act: Acting, case_id: UUID) -> None:
    act.on(DAYS["M2"])
    await work.explore_platform(act, case_id, OFFICE)


async def plan(act: Acting, case_id: UUID) -> None:
    act.on(DAYS["M4"])
    await work.plan_implementation(act, case_id, OFFICE, DAYS["M7"] + timedelta(days=365))
    await work.reach(act, case_id, OFFICE, "M2", "M3", "M4")


async def try_out(act: Acting, case_id: UUID) -> None:
    act.on(DAYS["M5"])
    await work.implement(act, case_id, OFFICE)
    act.on(DAYS["M5"] + timedelta(days=10))
    await benefiting.first_measurements(act, case_id, OFFICE, act.at.date())
    await work.reach(act, case_id, OFFICE, "M5")


async def share(act: Acting, case_id: UUID) -> None:
    act.on(DAYS["M6"])
    await work.share(act, case_id, OFFICE)


async def report(act: Acting, case_id: UUID) -> None:
    await work.reach(act, case_id, OFFICE, "M6")
    act.on(DAYS["M7"])
    await work.reach(act, case_id, OFFICE, "M7")
    await work.report(act, case_id, OFFICE, spent_ore=58_000_000, returned_ore=2_000_000)
    await benefiting.hand_over(act, case_id, OFFICE)


async def follow_up(act: Acting, case_id: UUID) -> None:
    await benefiting.follow_up(act, case_id, OFFICE, (6, 12, 24))
    await work.reach(act, case_id, OFFICE, "M8")


class Gate(NamedTuple):
    """A row of the table: the step, what it leads to, everything that is missing for it before the work, and the work."""

    step: str
    leads_to: str
    work: Work
    lacks: dict[str, int]
    by: str = f"{OFFICE}.coordinator"


GATES = (
    Gate("start", "diagnose_open", clarify_and_date, {
        "clarification_missing": 1, "clarification_office_has_not_agreed": 5, "clarification_scheme_has_not_agreed": 5,
        "clarification_leader_has_not_agreed": 3, "leader_not_on_module": 1, "milestone_without_date": 9,
        "milestone_not_approved": 1,
    }),
    Gate("define_challenge", "diagnose_close", explore, {"insight_missing": 3, "success_not_named": 1}),
    Gate("close_diamond_1", "platform_open", define, {
        "findings_missing": 1, "challenge_picture_missing": 1, "statement_not_confirmed": 1, "not_signed_off": 3,
        "milestone_not_approved": 1,
    }),
    Gate("choose_concepts", "platform_close", make_concepts, {
        "gathering_not_attended": 2, "too_few_ideas": 1, "too_few_concepts": 1,
    }),
    Gate("close_diamond_2", "implement_open", plan, {
        "concept_not_placed": 1, "concept_benefits_not_placed": 1, "concept_consequences_unanswered": 1,
        "plan_not_approved": 1, "clarification_missing": 4, "anchoring_plan_missing": 1, "leader_not_on_module": 1,
        "not_signed_off": 2, "milestone_not_approved": 2,
    }),
    Gate("evaluate_pilots", "implement_close", try_out, {"too_few_pilots": 1}),
    Gate("close_diamond_3", "closing", share, {"experience_not_shared": 1, "learning_missing": 1, "not_signed_off": 2}),
    Gate("close", "closed", report, {
        "report_not_approved": 1, "accounts_not_approved": 1, "milestone_not_approved": 2, "money_not_returned": 1,
        "benefit_not_handed_over": 1, "follow_up_not_dated": 1,
    }, "case_handler"),
    Gate("end", "ended", follow_up, {"measurement_unanswered": 3, "milestone_not_approved": 1}, "case_handler"),
)  # fmt: skip


async def project_at(database: Database, world: World, gate: Gate) -> tuple[Acting, UUID]:
    """A project before a gate, led there through the services, nothing of the gate's own work done."""
    await play(database, until=Stage.SET_UP, world=world)
    act = Acting(database, world, datetime(2020, 1, 12, 8, tzinfo=UTC))
    (case_id,) = await act.rows(select(Project.id))
    for passed in GATES[: GATES.index(gate)]:
        await passed.work(act, case_id)
        await act(passed.by, STEPS[passed.step], case_id)
    return act, case_id


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.step)
async def test_a_gate_is_shut_alike_from_every_side_and_opens(
    database: Database, world: World, browser: Browser, clock: MovingClock, gate: Gate
) -> None:
    act, case_id = await project_at(database, world, gate)
    with pytest.raises(NotYet) as refused:
        await act(gate.by, STEPS[gate.step], case_id)
    said = [reason.code.removeprefix("project.") for reason in refused.value.reasons]
    assert Counter(said) == gate.lacks

    clock.at = act.at
    await browser.as_person(gate.by)
    answer = await browser.call(f"/api/v1/projects/{case_id}/{gate.step}")
    assert answer.status_code == 409
    reasons = answer.json()["reasons"]
    assert [reason["code"].removeprefix("project.") for reason in reasons] == said
    assert all(reason["sentence"] and reason["link"] and reason["who"] for reason in reasons)

    page = f"/projects/{case_id}"
    for shown in (await browser.get(page), await browser.post(f"{page}/{gate.step}", page=page)):
        text = unescape(shown.text)
        assert [reason["sentence"] for reason in reasons if reason["sentence"] not in text] == []
    assert shown.status_code == 409
    for link in {reason["link"].split("#")[0] for reason in reasons}:
        assert (await browser.get(link)).status_code == 200, link
    assert (await act.rows(select(Project.state)))[0] != gate.leads_to

    await gate.work(act, case_id)
    clock.at = act.at
    await browser.as_person(gate.by)
    opened = await browser.post(f"{page}/{gate.step}", page=page)
    assert opened.status_code == 303, opened.text
    assert await act.rows(select(Project.state)) == [gate.leads_to]
