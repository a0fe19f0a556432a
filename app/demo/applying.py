"""The offices apply, with the report's own problem statements and positive deviances; the rest is invented."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.applications import service as applications
from app.applications.models import Application
from app.calls.models import Criterion
from app.decisions import service as decisions
from app.demo.acting import Acting
from app.demo.invented import marked, story
from app.demo.report import OFFICES
from app.meetings import service as meetings
from app.reviews import service as reviews
from workflows.judging import JUDGEMENTS
from workflows.roles import Role

TEAM = (
    ("leader", Role.LEADER, 3), ("coordinator", Role.COORDINATOR, 12), ("counsellor", Role.CORE_TEAM, 6),
    ("job_specialist", Role.CORE_TEAM, 6),
)  # fmt: skip
REASONS = {"nb": "Søknaden viser dette tydelig nok.", "nn": "Søknaden viser dette tydeleg nok."}
MINUTES = {
    "nb": "Vi snakket om forankring, tid og gevinster. Lederen bekreftet timene som er satt av.",
    "nn": "Vi snakka om forankring, tid og gevinstar. Leiaren stadfesta timane som er sette av.",
}
GROUNDS = {
    "nb": "Problemstillingen er åpen og bygger på innsikt. Kontoret vet hva som alt virker, og lederen har satt av tid.",
    "nn": "Problemstillinga er open og byggjer på innsikt. Kontoret veit kva som alt verkar, og leiaren har sett av tid.",
}
THEMES = {
    "grunerlokka": "young_people", "klepp_time": "cooperation", "balsfjord_storfjord": "employers",
    "lillestrom": "meeting_people", "hareid_ulstein_sande": "ways_of_working",
}  # fmt: skip
AMOUNT_ORE = 60_000_000
COSTS = (("competence", 44_000_000, "scheme"), ("travel", 16_000_000, "scheme"), ("time", 18_000_000, "office"))
COST_WORDS = {
    "nb": ("Kurs i tjenestedesign", "Reiser til to samlinger", "Vikar for koordinatoren"),
    "nn": ("Kurs i tenestedesign", "Reiser til to samlingar", "Vikar for koordinatoren"),
}
BUDGET: dict[str, list[dict[str, Any]]] = {
    language: [
        {"cost_kind": kind, "description": told, "amount_ore": ore, "bearer": bearer}
        for (kind, ore, bearer), told in zip(COSTS, words, strict=True)
    ]
    for language, words in COST_WORDS.items()
}
"""What the project of each office is to cost, invented; the scheme is asked for the amount that is recommended."""
HOURS = 80


def answers_of(office: str, starts_on: str) -> dict[str, Any]:
    """An office's answers: its statement as it wrote it, everything the report does not say marked as invented."""
    said = OFFICES[office]
    told = story(office)
    return {
        "problem_statement": said.statement, "theme": THEMES[office], "background": told.background, "whose_need": ("user",),
        "user_group": said.user_group, "need": told.need, "basis": ("insight", "own_experience"),
        "basis_insight": "Dybdeintervju og workshoper i diagnosefasen.", "basis_experience": told.experience,
        "what_makes_it_work": told.works_because, "do_nothing": told.do_nothing, "ambition": "renew", "risk": "medium",
        "plan": told.plan, "starts_on": starts_on, "hours": HOURS, "anchoring": told.anchoring,
        "has_partners": "no",
    }  # fmt: skip


async def draft(act: Acting, call_id: UUID, office: str, starts_on: str) -> UUID:
    """A draft with the office's own words in it, and things still missing."""
    row = await act(f"{office}.coordinator", applications.create, call_id=call_id)
    application_id = UUID(str(row.id))
    await act(f"{office}.coordinator", applications.save_answers, application_id, **answers_of(office, starts_on))
    for line in BUDGET[OFFICES[office].language]:
        await act(f"{office}.coordinator", applications.add_budget_line, application_id, **line)
    for text in OFFICES[office].deviances:
        await act(f"{office}.coordinator", applications.add_deviance, application_id, text=text)
    return application_id


async def submit(act: Acting, call_id: UUID, office: str, starts_on: str) -> UUID:
    """A whole application, endorsed by the leader and sent."""
    by = f"{office}.coordinator"
    application_id = await draft(act, call_id, office, starts_on)
    for who, role, hours in TEAM:
        await act(by, applications.add_member, application_id, person_id=act.person(f"{office}.{who}"), role=role,
                  weekly_hours=hours)  # fmt: skip
    for benefit in story(office).benefits:
        await act(by, applications.add_benefit, application_id, title=benefit.title,
                  beneficiaries=(benefit.beneficiary,), goal=benefit.goal)  # fmt: skip
    for who, role, _ in TEAM:
        if role == Role.CORE_TEAM:
            await act(f"{office}.{who}", applications.take_part, application_id, answer="yes")
    await act(f"{office}.leader", applications.endorse, application_id)
    await act(by, applications.submit, application_id)
    return application_id


async def screen(act: Acting, case_id: UUID) -> None:
    """The case handler judges what no machine can, and finds the application complete."""
    await act("case_handler", applications.begin_screening, case_id)
    await act("case_handler", applications.judge, case_id, **{f"holds_{key}": "yes" for key in JUDGEMENTS})
    await act("case_handler", applications.find_complete, case_id)


async def review(act: Acting, case_id: UUID, office: str, who: str, value: int) -> None:
    """One whole review, with its declaration and a reason for every score."""
    row = await act("case_handler", reviews.assign, case_id=case_id, reviewer_id=act.person(who))
    await act(who, reviews.declare, row.id, impartial=True)
    call_id = (await act.rows(select(Application.call_id).where(Application.id == case_id)))[0]
    criteria = await act.rows(select(Criterion.id).where(Criterion.call_id == call_id).order_by(Criterion.position))
    for criterion_id in criteria:
        await act(who, reviews.score, row.id, criterion_id=criterion_id, value=value,
                  reason=marked(office, REASONS[OFFICES[office].language]))  # fmt: skip
    await act(who, reviews.submit, row.id)


async def meet_and_recommend(
    act: Acting, case_id: UUID, office: str, *, outcome: str = "awarded", gives: bool = True
) -> UUID:
    """The clarification meeting with minutes both sides confirm, and the signed recommendation."""
    await act("case_handler", reviews.hold_meeting, case_id)
    await act("case_handler", meetings.record_minutes, case_id, held_at=act.at, participants="Kontoret og ressursgruppen",
              minutes=marked(office, MINUTES[OFFICES[office].language]))  # fmt: skip
    await act(f"{office}.leader", meetings.confirm_minutes, case_id)
    await act("case_handler", meetings.confirm_minutes, case_id)
    row = await act("case_handler", decisions.prepare, case_id=case_id)
    await act("case_handler", decisions.declare_impartial, row.id, impartial=True)
    await act("case_handler", decisions.recommend, row.id, outcome=outcome,
              amount_ore=AMOUNT_ORE if gives else None, hours=HOURS if gives else None,
              reasons=marked(office, GROUNDS[OFFICES[office].language]))  # fmt: skip
    return UUID(str(row.id))


async def decide(act: Acting, decision_id: UUID) -> None:
    """The decision by another than the one who recommended; its letter waits."""
    await act("decision_maker", decisions.declare_impartial, decision_id, impartial=True)
    await act("decision_maker", decisions.decide, decision_id, checks=("authority", "cover", "prudence"))


async def award(act: Acting, decision_id: UUID) -> None:
    """The decision, and its letter sent."""
    await decide(act, decision_id)
    await act("case_handler", decisions.release, decision_id)


async def accept(act: Acting, case_id: UUID, office: str) -> None:
    """The leader accepts the award: the project is there."""
    await act(f"{office}.leader", decisions.accept, case_id)
