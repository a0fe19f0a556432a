"""What a cut of the portfolio comes to, added up from the sources: what the tables must say too."""

from __future__ import annotations

import msgspec

from app.core.clock import day_in_oslo
from app.core.database import Database
from app.demo.cast import World
from app.portfolio.cut import Cut
from app.portfolio.figures import FIGURES, Slice, by_county, by_goal, by_project, by_step, cut_of, figures_of, within
from app.portfolio.overview import Counted, Laid, laid_out
from app.portfolio.queries import MISSING, Portfolio, portfolio
from workflows.project import ProjectState


def counted(part: Slice) -> Counted:
    """A cut as the tables say it."""
    standing = part.standing
    lacks = {name: sum(name in each.missing for each in standing) for name in MISSING}
    return Counted(
        counts={
            **figures_of(part), "dropped": sum(each.is_dropped for each in part.benefits),
            "measurable": sum(bool(each.lines) for each in part.benefits),
            "invented": sum(each.is_invented for each in part.benefits), "overdue": lacks.pop("overdue"),
            **{f"lacks_{name}": count for name, count in lacks.items()},
        },
        steps=dict(by_step(part, list(ProjectState))), gains=part.gains, harms=part.harms, net=part.net,
    )  # fmt: skip


def laid(found: Portfolio, cut: Cut = Cut()) -> Laid:
    """The same laid out by goal, county and project."""
    found = within(found, cut)
    whole = cut_of(found)
    return Laid(
        as_of=found.as_of, whole=counted(whole),
        goals=[(goal, counted(part)) for goal, part in by_goal(found) if cut.goal in (None, goal)],
        counties={each: counted(part) for each, part in by_county(found)},
        projects={project.id: counted(part) for project, part in by_project(whole)},
    )  # fmt: skip


async def assert_as_recomputed(database: Database, world: World, cut: Cut, who: str = "management") -> Laid:
    """The tables' answer to a cut, after it has been seen to be what the sources add up to."""
    async with database.reading() as uow:
        actor = await world.actor(uow, who)
        kept = await laid_out(uow, actor, cut, "goal", "county", "project")
        anew = laid(await portfolio(uow, actor, cut.as_of or day_in_oslo(uow.now)), cut)
    told = {"lines": kept.lines, "unsplit": kept.unsplit, "after_lines": kept.after_lines}  # which are in no project
    assert kept == msgspec.structs.replace(anew, **told), cut
    assert {figure.key for figure in FIGURES} <= set(kept.whole.counts)
    return kept
