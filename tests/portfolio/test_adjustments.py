"""The portfolio's own lines: beside the sums of their days and cuts, by management alone, ended and never deleted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core.clock import day_in_oslo, utc_now
from app.core.database import Database
from app.core.errors import Invalid, NotAllowed
from app.demo.cast import World
from app.portfolio.adjustments import end_line, record_line, recorded
from app.portfolio.cut import Cut
from app.portfolio.models import PortfolioAdjustment
from app.portfolio.overview import Laid, laid_out
from app.portfolio.told_lines import turned
from tests.benefits.test_service import approve_plan, with_profile
from tests.conftest import Browser, MovingClock
from tests.portfolio.recomputed import assert_as_recomputed
from tests.projects_under_way import Acts, open_project
from workflows.over_time import NO_FACTORS

OVERLAP: dict[str, Any] = {
    "kind": "overlap", "price_year": 2024, "planned_ore": 100_000, "realised_ore": 500,
    "why": "To prosjekter teller det samme",
}  # fmt: skip


async def test_lines_stand_beside_the_sums_on_their_days_and_change_no_project(
    database: Database, world: World, clock: MovingClock
) -> None:
    act, today = Acts(database, world), day_in_oslo(utc_now())
    case_id = await open_project(database, world)
    await with_profile(act, case_id)
    await approve_plan(act, case_id)

    async def seen(**cut: Any) -> Laid:
        async with database.reading() as uow:
            return await laid_out(uow, await world.actor(uow, "management"), Cut(**cut), "county", "project")

    before = await seen()
    line = await act("management", record_line, **OVERLAP)
    await act(
        "management", record_line, **{**OVERLAP, "kind": "optimism", "realised_ore": None, "goal": "better_meetings"}
    )
    found = await seen()
    assert (found.whole, found.projects, found.counties) == (before.whole, before.projects, before.counties)
    assert [each.line.kind for each in found.lines] == ["optimism", "overlap"]
    (net,), (after,) = found.whole.net, found.after_lines
    assert (after.planned - net.planned, after.realised - net.realised) == (-200_000, -500)
    for cut, shown, unsplit in (
        ({"goal": "better_meetings"}, 1, 1), ({"goal": "more_in_work"}, 0, 1), ({"step": "set_up"}, 0, 2),
        ({"county_id": world.units["grunerlokka"].county_id}, 0, 2),
    ):  # fmt: skip
        part = await seen(**cut)
        assert (len(part.lines), part.unsplit) == (shown, unsplit), cut
    clock.moved = timedelta(days=3)
    await act("management", end_line, line.id, why="De deler nå en pott")
    assert [each.line.kind for each in (await seen()).lines] == ["optimism"]
    then = await seen(as_of=today)
    assert (then.after_lines, len(then.lines)) == (found.after_lines, 2)
    assert (await seen(as_of=today - timedelta(days=1))).lines == ()
    with pytest.raises(Invalid):
        await act("management", end_line, line.id, why="En gang til")
    for who in ("decision_maker", "case_handler", "grunerlokka.leader"):
        with pytest.raises(NotAllowed):
            await act(who, record_line, **OVERLAP)
    async with database.reading() as uow:
        rows = list(await uow.session.scalars(select(PortfolioAdjustment)))
        lines = await recorded(uow)
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=31)
    changes = turned(lines, Cut(), yesterday, tomorrow, None, NO_FACTORS)
    assert [(each.told.line.kind, each.has_ended) for each in changes] == [("optimism", False)]
    changes = turned(lines, Cut(), today, tomorrow, None, NO_FACTORS)
    assert [(each.told.line.kind, each.has_ended, each.why) for each in changes] == [
        ("overlap", True, "De deler nå en pott")
    ]
    (back,), (line_sum,) = changes[0].sums, changes[0].told.sums
    assert (back.planned, back.planned > 0) == (-line_sum.planned, True)
    assert turned(lines, Cut(goal="more_in_work"), yesterday, tomorrow, None, NO_FACTORS) == ()
    assert len(rows) == 2
    assert {row.ended_why for row in rows} == {"", "De deler nå en pott"}
    await assert_as_recomputed(
        database, world, Cut()
    )  # which adds the projects up from their sources, without any line


async def test_management_writes_a_line_and_everybody_who_sees_the_sums_sees_it(browser: Browser) -> None:
    await browser.as_person("management")
    page = "/portfolio/adjustments"
    assert "Ingen justeringer" in await browser.shown(page)
    typed = {
        "kind": "optimism",
        "price_year": "2024",
        "planned_ore": "1 200,50",
        "realised_ore": "5",
        "why": "Erfaring",
    }
    refused = await browser.post("/portfolio-adjustments/record_line", typed, page=page)
    assert refused.status_code == 422
    assert "Bare overlapp kan trekkes fra" in refused.text
    assert "1 200,50" in refused.text
    taken = await browser.post("/portfolio-adjustments/record_line", {**typed, "realised_ore": ""}, page=page)
    assert taken.status_code == 303
    for path in ("/portfolio", page):
        assert "For høye forventninger" in await browser.shown(path)
    assert "gjelder mer enn dette utvalget" in await browser.shown("/portfolio?goal=better_meetings")
    for path in ("/portfolio/curves", "/portfolio/changed"):
        assert "Justering: For høye forventninger" in await browser.shown(path), path
    assert "Registrert" in await browser.shown("/portfolio/changed")
    assert "gjelder mer enn dette utvalget" in await browser.shown("/portfolio/curves?goal=better_meetings")
    answer = (await browser.get("/api/v1/portfolio")).json()
    assert (answer["net_after_adjustments"][0]["planned"], answer["adjustments_unsplit"]) == ("-120050", 0)
    assert any("For høye forventninger" in note for note in (await browser.get("/portfolio.json")).json()["notes"])
    assert (await browser.get("/portfolio/report.pdf")).status_code == 200
    await browser.as_person("case_handler")
    seen = await browser.shown(page)
    assert "Erfaring" in seen
    assert "/end_line" not in seen
