"""What management asks of the portfolio, each question a page with an address of its own that keeps its cut."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from litestar import Response, get

from app.competence.queries import of_call
from app.core.clock import day_in_oslo
from app.core.errors import NotAllowed
from app.portfolio import answers
from app.portfolio.cut import Cut, asked_of, bar
from app.portfolio.exceptions import MOST as MOST_EXCEPTIONS
from app.portfolio.exceptions import exceptions
from app.portfolio.figures import Slice, by_project, cut_of, in_price_year, narrowed_to, within
from app.portfolio.over_time import factors
from app.portfolio.queries import MISSING, BenefitSeen, Portfolio, ProjectSeen, portfolio, projects
from app.web.visit import Visit
from workflows.leaf import FEWEST
from workflows.portfolio import (
    FAIR_BY,
    Question,
    ToStop,
    Trouble,
    days_late,
    fates_of,
    share,
    should_stop,
    treated,
    treated_by,
)  # fmt: skip
from workflows.roles import Permission
from workflows.rollup import LeftOut, Sum, in_kroner, left_out

MOST = 50
"""How many lines a list of a question shows; the spreadsheet has them all."""


def may_see(visit: Visit) -> None:
    """Refuse those who may not see the portfolio: NotAllowed."""
    if not visit.actor.may(Permission.PORTFOLIO_SEE):
        raise NotAllowed


class Asking:
    """A question as it is asked once: its cut, and what the page says of it whatever the question is."""

    def __init__(self, visit: Visit, question: Question, cut: Cut, shown: dict[str, Any], errors: bool):
        self.visit = visit
        self.question = question
        self.cut = cut
        self.day = cut.as_of or day_in_oslo(visit.uow.now)
        self.shown = shown
        self.errors = errors
        self.left_out: tuple[LeftOut, ...] = ()

    async def portfolio(self) -> Portfolio:
        """The projects and benefits of the cut, in kroner of the year asked for; what that leaves out is remembered."""
        found = within(await portfolio(self.visit.uow, self.visit.actor, self.cut.as_of), self.cut)
        if self.cut.price_year is None:
            return found
        index = await factors(self.visit.uow, self.day)
        self.left_out = left_out(cut_of(found).net, self.cut.price_year, index)
        return in_price_year(found, self.cut.price_year, index)

    async def projects(self) -> tuple[ProjectSeen, ...]:
        """Its projects alone; the benefits are looked at only where they narrow it."""
        if self.cut.goal is not None or self.cut.category is not None:
            return (await self.portfolio()).projects
        there = await projects(self.visit.uow, self.visit.actor, self.cut.as_of)
        return narrowed_to(Portfolio(self.day, there, (), {}, ()), self.cut).projects

    def render(self, seen: tuple[ProjectSeen, ...], **context: Any) -> Response[Any]:
        """The page of the question."""
        return self.visit.render(
            f"portfolio/{self.question}.html", status=422 if self.errors else 200, day=self.day, most=MOST,
            project_of={each.id: each for each in seen}, left_out=self.left_out, **self.shown, **context,
        )  # fmt: skip


async def asking(visit: Visit, question: Question) -> Asking:
    """What the address of a page asks; NotAllowed for those who may not see the portfolio."""
    may_see(visit)
    cut, state, there = await asked_of(visit)
    return Asking(visit, question, cut, bar(cut, state, there, str(question)), bool(state.field_errors))


class Having(msgspec.Struct, frozen=True, kw_only=True):
    """How many benefits have what makes them worthy of trust, and what they promise a year."""

    name: str
    count: int
    of: int
    worth: tuple[Sum, ...]
    """What those promise that have it, for each price year."""

    @property
    def share(self) -> Decimal | None:
        """Of all that stand."""
        return share(self.count, self.of)


def having(benefits: tuple[BenefitSeen, ...]) -> list[Having]:
    """Of each thing that a benefit can lack, how many have it."""
    found = []
    for name in MISSING:
        there = [benefit for benefit in benefits if name not in benefit.missing]
        worth = in_kroner((line for benefit in there for line in benefit.lines), 1)
        found.append(Having(name=name, count=len(there), of=len(benefits), worth=worth))
    return found


GRADES = ("A", "B", "C", "D")


def by_grade(benefits: tuple[BenefitSeen, ...]) -> list[tuple[str, int, tuple[Sum, ...]]]:
    """Of each grade of a measurement: how many indicators it is the last of, and what they show a year (W6)."""
    lines = [line for benefit in benefits for line in benefit.lines if line.measured is not None]
    own = {grade: [line for line in lines if line.grade == grade] for grade in GRADES}
    return [(grade, len(of_it), in_kroner(of_it)) for grade, of_it in own.items()]


@get("/portfolio/trust", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def trust_page(visit: Visit) -> Response[Any]:
    """Can it be trusted: how it is known, and what is not known."""
    asked = await asking(visit, Question.TRUST)
    found = await asked.portfolio()
    whole = cut_of(found)
    lines = [line for benefit in whole.standing for line in benefit.lines]
    return asked.render(
        found.projects,
        having=having(whole.standing),
        grades=by_grade(whole.standing),
        unmeasured=sum(line.measured is None for line in lines),
        indicators=len(lines),
        few=sum(line.is_hidden for line in lines),
        timely=await answers.timely(
            visit.uow, [each.id for each in found.projects], asked.day, asked.cut.category
        ),
    )  # fmt: skip


@get("/portfolio/exceptions", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def exceptions_page(visit: Visit, trouble: str = "") -> Response[Any]:
    """Where it goes wrong: since when, and who is next."""
    asked = await asking(visit, Question.EXCEPTIONS)
    there = await asked.projects()
    only = Trouble(trouble) if trouble in set(Trouble) else None
    counts, rows = await exceptions(visit.uow, there, asked.day, only)
    of_these = counts.get(only, 0) if only else sum(counts.values())
    return asked.render(
        there, counts=counts, rows=rows, only=only, late=days_late, more=max(0, of_these - MOST_EXCEPTIONS)
    )


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What projects cost, in øre and hours."""

    award_ore: int = 0
    committed_ore: int = 0
    paid_ore: int = 0
    remaining_ore: int = 0
    hours: int = 0
    minutes: int = 0


def cost_of(there: tuple[ProjectSeen, ...], hours: dict[Any, answers.Hours]) -> Cost:
    """What those projects cost together."""
    own = [hours[each.id] for each in there if each.id in hours]
    return Cost(
        award_ore=sum(each.award_ore for each in there), committed_ore=sum(each.committed_ore for each in there),
        paid_ore=sum(each.paid_ore for each in there),
        remaining_ore=sum(each.remaining_ore for each in there), hours=sum(each.assigned for each in own),
        minutes=sum(each.minutes for each in own),
    )  # fmt: skip


class PerKrone(msgspec.Struct, frozen=True, kw_only=True):
    """What projects give a year in kroner of one price year for what is promised to them."""

    price_year: int
    projects: int
    committed_ore: int
    net: Sum

    @property
    def planned(self) -> Decimal | None:
        """Planned kroner a year for a krone."""
        return share(self.net.planned, self.committed_ore)

    @property
    def realised(self) -> Decimal | None:
        """Realised kroner a year for a krone."""
        return share(self.net.realised, self.committed_ore)


def per_krone(whole: Slice) -> list[PerKrone]:
    """Benefit for each krone, for the projects with benefits in kroner of each price year and no others."""
    nets = [(project, {each.price_year: each for each in part.net}) for project, part in by_project(whole)]
    found = []
    for net in whole.net:
        own = [project for project, sums in nets if net.price_year in sums]
        committed = sum(each.committed_ore for each in own)
        found.append(PerKrone(price_year=net.price_year, projects=len(own), committed_ore=committed, net=net))
    return found


@get("/portfolio/cost", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def cost_page(visit: Visit) -> Response[Any]:
    """What it costs, and what is had for it where it is in kroner; what is not stands beside it."""
    asked = await asking(visit, Question.COST)
    found = await asked.portfolio()
    whole = cut_of(found)
    hours = await answers.hours(visit.uow, [each.id for each in found.projects], asked.day)
    priced = {benefit.id for benefit in whole.standing if any(line.is_priced for line in benefit.lines)}
    others = [benefit for benefit in whole.standing if benefit.id not in priced]
    return asked.render(
        found.projects, cost=cost_of(found.projects, hours), hours=hours, per_krone=per_krone(whole),
        projects=found.projects[:MOST], more=max(0, len(found.projects) - MOST), others=others[:MOST],
        others_count=len(others), priced_count=len(priced),
    )  # fmt: skip


@get("/portfolio/harm", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def harm_page(visit: Visit) -> Response[Any]:
    """What it harms: who carries it, and what is done about it."""
    asked = await asking(visit, Question.HARM)
    found = await asked.portfolio()
    whole = cut_of(found)
    own = [benefit for benefit in whole.standing if benefit.sign < 0]
    told = await answers.harms(visit.uow, [benefit.id for benefit in own[:MOST]])
    return asked.render(
        found.projects, harms=own[:MOST], more=max(0, len(own) - MOST), told=told, sums=whole.harms, count=len(own)
    )


@get("/portfolio/spread", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def spread_page(visit: Visit) -> Response[Any]:
    """Whether it spreads: who takes part, what is handed on, and what could be had elsewhere, which is no figure."""
    asked = await asking(visit, Question.SPREAD)
    there = await asked.projects()
    ids = [each.id for each in there]
    count, rows = await answers.potentials(visit.uow, ids, asked.day, MOST)
    reach = await answers.reach(visit.uow, ids, asked.day)
    return asked.render(there, reach=reach, potentials=rows, more=max(0, count - MOST), projects=len(there))


@get("/portfolio/platform", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def platform_page(visit: Visit) -> Response[Any]:
    """Whether the innovation platform is good: feedback answered, gatherings attended, competence before and after."""
    asked = await asking(visit, Question.PLATFORM)
    there = await asked.projects()
    call_id = asked.cut.call_id
    came = await answers.came(visit.uow, [each.id for each in there], asked.day)
    learnt = await of_call(visit.uow, call_id) if call_id else None
    return asked.render(
        there, answered=await answers.answered(visit.uow, call_id), came=came, came_share=share(came.came, came.signed_up),
        learnt=learnt.whole if learnt else None, fewest=FEWEST,
    )  # fmt: skip


@get("/portfolio/fairness", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def fairness_page(visit: Visit) -> Response[Any]:
    """Whether it is fair: who applies, who is awarded, how long it takes, and what the others were told."""
    asked = await asking(visit, Question.FAIRNESS)
    cut = asked.cut
    found = await answers.sent(
        visit.uow, visit.actor, asked.day, call_id=cut.call_id, county_id=cut.county_id, unit_id=cut.unit_id
    )
    return asked.render(
        (), whole=treated("", found), groups=[(name, treated_by(name, found)) for name in FAIR_BY],
        fates=fates_of(found), fewest=FEWEST,
    )  # fmt: skip


class Doubtful(msgspec.Struct, frozen=True, kw_only=True):
    """A project to look at with stopping in mind."""

    project: ProjectSeen
    why: tuple[ToStop, ...]
    net: tuple[Sum, ...]


def doubtful(whole: Slice) -> list[Doubtful]:
    """The projects that there is reason to look at; those that are over are not among them."""
    found = []
    for project, part in by_project(whole):
        if project.state in ("stopped", "ended"):
            continue
        dropped = len(part.benefits) - len(part.standing)
        if why := should_stop((each.forecast for each in part.net), len(part.benefits), dropped):
            found.append(Doubtful(project=project, why=why, net=part.net))
    return found


@get("/portfolio/stop", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def stop_page(visit: Visit) -> Response[Any]:
    """What should stop, and what has been stopped, and why."""
    asked = await asking(visit, Question.STOP)
    found = await asked.portfolio()
    whole = cut_of(found)
    stopped = await answers.stopped(
        visit.uow, [each.id for each in found.projects if each.state == "stopped"], asked.day
    )
    unforeseen = sum(not any(line.forecast is not None for line in benefit.lines) for benefit in whole.standing)
    return asked.render(
        found.projects, doubtful=doubtful(whole), stopped=stopped, unforeseen=unforeseen, benefits=len(whole.standing)
    )


QUESTION_ROUTES = [
    trust_page, exceptions_page, cost_page, harm_page, spread_page, platform_page, fairness_page, stop_page,
]  # fmt: skip
