"""What management asks of the portfolio, each question a page with an address of its own that keeps its cut."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from litestar import Response, get
from sqlalchemy import Select

from app.cases.queries import reach_of
from app.competence.queries import of_call
from app.core.clock import day_in_oslo
from app.core.errors import NotAllowed
from app.core.questions import ask_together
from app.portfolio import answers
from app.portfolio.cut import Cut, asked_of, bar, choices_question, typed_in
from app.portfolio.exceptions import MOST as MOST_EXCEPTIONS
from app.portfolio.exceptions import exceptions
from app.portfolio.looked_up import (
    MOST,
    Standing,
    by_grade,
    costs,
    found_in,
    harmful,
    having,
    marked,
    per_krone,
    projects,
    projects_in,
    standing,
    timely,
)  # fmt: skip
from app.portfolio.over_time import answers_to, kept_from, shape_of
from app.portfolio.overview import ProjectShown, question_of
from app.portfolio.stopping import doubtful, stopped, stopped_question
from app.web.visit import Visit
from workflows.leaf import FEWEST
from workflows.portfolio import FAIR_BY, Question, Trouble, days_late, fates_of, share, treated, treated_by
from workflows.roles import Permission
from workflows.rollup import LeftOut


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

    async def standing(self) -> Standing:
        """What the cut comes to, in kroner of the year asked for; what that leaves out is remembered."""
        found = await standing(self.visit.uow, self.visit.actor, self.cut)
        self.left_out = found.left_out
        return found

    @property
    def case_ids(self) -> Select[Any]:
        """The query that finds its projects."""
        return projects_in(self.visit.uow, self.visit.actor, self.cut)

    async def projects(self) -> tuple[ProjectShown, ...]:
        """Its projects; one statement."""
        return await projects(self.visit.uow, self.visit.actor, self.cut)

    def render(self, seen: Iterable[ProjectShown], **context: Any) -> Response[Any]:
        """The page of the question."""
        return self.visit.render(
            f"portfolio/{self.question}.html", status=422 if self.errors else 200, day=self.day, most=MOST,
            project_of={each.id: each for each in seen}, left_out=self.left_out, **self.shown, **context,
        )  # fmt: skip


async def asking(visit: Visit, question: Question) -> Asking:
    """What the address of a page asks; NotAllowed for those who may not see the portfolio."""
    may_see(visit)
    cut, state, there = await asked_of(visit)
    return Asking(visit, question, cut, bar(visit.t, cut, state, there, str(question)), bool(state.field_errors))


@get("/portfolio/trust", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def trust_page(visit: Visit) -> Response[Any]:
    """Can it be trusted: how it is known, and what is not known."""
    asked = await asking(visit, Question.TRUST)
    whole = await asked.standing()
    return asked.render(
        (), having=having(whole), grades=by_grade(whole), few=whole.count("few"), indicators=whole.count("indicators"),
        unmeasured=whole.count("unmeasured"),
        timely=timely(whole),
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


@get("/portfolio/cost", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def cost_page(visit: Visit) -> Response[Any]:
    """What it costs, and what is had for it where it is in kroner; what is not stands beside it."""
    asked = await asking(visit, Question.COST)
    uow, actor, cut = visit.uow, visit.actor, asked.cut
    whole = await asked.standing()
    cost, first = await costs(uow, actor, cut, whole)
    together, hours = await answers.hours(
        uow, found_in(uow, actor, cut), asked.day, [each.project.id for each in first]
    )
    others = await marked(uow, actor, cut, "unpriced")
    return asked.render(
        [*(each.project for each in first), *(each.project for each in others)],
        cost=cost, hours=hours, assigned=together.assigned, minutes=together.minutes,
        per_krone=await per_krone(uow, actor, cut, whole),
        projects=first, count=whole.count("projects"), more=whole.count("projects") - len(first), others=others,
        others_count=whole.count("unpriced"), priced_count=whole.count("benefits") - whole.count("unpriced"),
    )  # fmt: skip


@get("/portfolio/harm", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def harm_page(visit: Visit) -> Response[Any]:
    """What it harms: who carries it, and what is done about it."""
    asked = await asking(visit, Question.HARM)
    whole = await asked.standing()
    own = await harmful(visit.uow, visit.actor, asked.cut)
    told = await answers.harms(visit.uow, [each.id for each in own], asked.day)
    count = whole.count("harms")
    return asked.render(
        (each.project for each in own), harms=own, more=count - len(own), told=told, count=count,
        sums=whole.in_kroner(whole.counted.harms),
    )  # fmt: skip


@get("/portfolio/spread", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def spread_page(visit: Visit) -> Response[Any]:
    """Whether it spreads: who takes part, what is handed on, and what could be had elsewhere, which is no figure."""
    asked = await asking(visit, Question.SPREAD)
    there = await asked.projects()
    count, rows = await answers.potentials(visit.uow, asked.case_ids, asked.day, MOST)
    reach = await answers.reach(visit.uow, asked.case_ids, asked.day)
    return asked.render(there, reach=reach, potentials=rows, more=max(0, count - MOST), projects=len(there))


@get("/portfolio/platform", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def platform_page(visit: Visit) -> Response[Any]:
    """Whether the innovation platform is good: feedback answered, gatherings attended, competence before and after."""
    asked = await asking(visit, Question.PLATFORM)
    call_id = asked.cut.call_id
    came = await answers.came(visit.uow, asked.case_ids, asked.day)
    learnt = await of_call(visit.uow, call_id) if call_id else None
    return asked.render(
        (), answered=await answers.answered(visit.uow, call_id, asked.day), came=came,
        came_share=share(came.came, came.signed_up), learnt=learnt.whole if learnt else None, fewest=FEWEST,
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


async def _ask_at_once(visit: Visit) -> None:
    """What there is to ask about and what has been stopped, by one statement."""
    uow, actor, (cut, _) = visit.uow, visit.actor, typed_in(visit)
    question = question_of(cut)
    asked = {**answers_to(question, actor, uow.now), "language": visit.texts.language}
    stops = stopped_question(shape_of(question), kept_from(actor))
    await ask_together(uow, asked, choices_question(reach_of(actor)), stops)


@get("/portfolio/stop", permission=Permission.PORTFOLIO_SEE, include_in_schema=False)
async def stop_page(visit: Visit) -> Response[Any]:
    """What should stop, and what has been stopped, and why."""
    may_see(visit)
    await _ask_at_once(visit)
    asked = await asking(visit, Question.STOP)
    uow, actor, cut = visit.uow, visit.actor, asked.cut
    whole = await asked.standing()
    count, first = await doubtful(uow, actor, cut, whole)
    over = await stopped(uow, actor, cut)
    return asked.render(
        [*(each.project for each in first), *(each.project for each in over)],
        doubtful=first, more=count - len(first), stopped=over,
        benefits=whole.count("benefits"), unforeseen=whole.count("benefits") - whole.count("forecast"),
    )  # fmt: skip


QUESTION_ROUTES = [
    trust_page, exceptions_page, cost_page, harm_page, spread_page, platform_page, fairness_page, stop_page,
]  # fmt: skip
