"""Saved views: one's own or shared, changed by their owner alone, and each opens the cut that it was."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from app.core.database import Database
from app.core.errors import Invalid, NotAllowed, NotFound
from app.demo.cast import World
from app.portfolio import saved_views as views
from app.portfolio.models import PortfolioView
from tests.conftest import Browser
from tests.projects_under_way import Acts

OTHER = "method_owner"
"""Who sees the portfolio too."""


def test_an_address_keeps_what_is_a_part_of_a_cut_and_nothing_else() -> None:
    assert views.address_of("", "") == "/portfolio"
    asked = "as_of=2026-01-31&goal=better_meetings&next=//evil.example&since=2025-12-31"
    kept = "as_of=2026-01-31&goal=better_meetings&since=2025-12-31"
    assert views.address_of("changed", asked) == f"/portfolio/changed?{kept}"
    assert views.address_of("trust", 'goal="><script>') == "/portfolio/trust?goal=%22%3E%3Cscript%3E"
    for view, query in (("../admin", ""), ("nonsense", ""), ("trust", "goal=" + "x" * views.LONGEST)):
        with pytest.raises(Invalid):
            views.address_of(view, query)


async def test_a_view_is_its_owners_alone_until_it_is_shared_and_theirs_alone_to_change(
    database: Database, world: World
) -> None:
    act = Acts(database, world)

    async def seen_by(who: str) -> list[str]:
        async with database.reading() as uow:
            return [each.name for each in await views.saved_views(uow, await world.actor(uow, who))]

    async def save(who: str, name: str, **more: Any) -> PortfolioView:
        said = {"view": "trust", "query": "goal=better_meetings", "is_shared": False, **more}
        found: PortfolioView = await act(who, views.save_view, name=name, **said)
        return found

    row = await save("management", "Tillit, møter")
    assert row.address == "/portfolio/trust?goal=better_meetings"
    assert (await seen_by("management"), await seen_by(OTHER)) == (["Tillit, møter"], [])
    for verb, fields in ((views.rename_view, {"name": "Mitt"}), (views.share_view, {}), (views.remove_view, {})):
        with pytest.raises(NotFound):
            await act(OTHER, verb, row.id, **fields)
    await act("management", views.share_view, row.id)
    assert await seen_by(OTHER) == ["Tillit, møter"]
    for verb, fields in ((views.rename_view, {"name": "Mitt"}), (views.withdraw_view, {}), (views.remove_view, {})):
        with pytest.raises(NotAllowed):
            await act(OTHER, verb, row.id, **fields)
    with pytest.raises(Invalid):
        await save("management", "TILLIT, møter")
    await save(OTHER, "Tillit, møter")  # a name of another's is free
    await act("management", views.rename_view, row.id, name="Tillit")
    assert await seen_by(OTHER) == ["Tillit, møter", "Tillit"]
    await act("management", views.withdraw_view, row.id)
    assert await seen_by(OTHER) == ["Tillit, møter"]
    await act("management", views.remove_view, row.id)
    assert await seen_by("management") == []
    with pytest.raises(NotFound):
        await act("management", views.remove_view, uuid4())
    with pytest.raises(NotAllowed):
        await save("grunerlokka.leader", "Nei")


async def test_it_is_saved_from_the_page_it_is_of_and_opens_it_again(browser: Browser) -> None:
    await browser.as_person("management")
    page = "/portfolio/harm?category=quality"
    typed = {"view": "harm", "query": "category=quality", "name": "  ", "is_shared": "true"}
    refused = await browser.post("/portfolio-views/save", typed, page=page)
    assert refused.status_code == 422
    assert 'id="view-name"' in refused.text
    taken = await browser.post("/portfolio-views/save", {**typed, "name": "Ulemper <b>"}, page=page)
    assert taken.status_code == 303
    assert 'href="/portfolio/harm?category=quality">Ulemper &lt;b&gt;</a>' in await browser.shown("/portfolio/views")
    assert 'href="/portfolio/harm?category=quality">Ulemper &lt;b&gt;</a>' in await browser.shown("/portfolio/cost")
