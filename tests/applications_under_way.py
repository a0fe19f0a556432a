"""Applications led through the services to where a test needs them: in review, in the meeting, recommended, decided."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.applications import service as applications
from app.calls import service as calls
from app.calls.models import Criterion
from app.core.database import Database
from app.decisions import service as decisions
from app.demo.cast import World
from app.meetings import service as meetings
from app.reviews import service as reviews
from workflows.judging import JUDGEMENTS
from workflows.roles import Role
from workflows.rules import LANGUAGES

NUMBERS = itertools.count(1)
TEXT = "Det er sagt klart, og vist med innsikt fra brukere og medarbeidere."
ANSWERS: dict[str, Any] = {
    "problem_statement": "Hvordan kan vi møte unge <utenfor> arbeid?", "background": "Mange venter lenge.",
    "whose_need": ("user",), "user_group": "Unge uten arbeid", "need": "Tid og tillit.", "basis": ("insight",),
    "basis_insight": "Tolv samtaler.", "what_makes_it_work": "Korte møter.", "do_nothing": "Flere blir stående utenfor.",
    "ambition": "renew", "risk": "low", "plan": "Tre måneder.", "starts_on": "2027-03-01", "amount_ore": 40_000_000,
    "hours": 60, "anchoring": "Leder er med.", "has_partners": "no",
}  # fmt: skip

ALL_HOLD = {f"holds_{key}": "yes" for key in JUDGEMENTS}
"""What a case handler answers who finds nothing against an application."""


class Led:
    """Runs service verbs as people of the world, each in a transaction of its own."""

    def __init__(self, database: Database, world: World):
        self.database = database
        self.world = world

    async def __call__(self, who: str, verb: Any, *ids: Any, **fields: Any) -> Any:
        """Do one thing as one person."""
        async with self.database.unit_of_work() as uow:
            return await verb(uow, await self.world.actor(uow, who), *ids, **fields)

    async def call(self, draft: UUID | None = None, *, frame_ore: int = 100_000_000, hours: int = 200) -> UUID:
        """A call that is published and open: a new one, or what a draft becomes."""
        call_id = draft or (await self("case_handler", calls.create, title=f"Utlysning {next(NUMBERS)}")).id
        texts = {
            "purpose": "Nye måter å arbeide på.", "target_group": "Kontor", "attainment": "Læring", "award": "Kriterier",
            "follow_up": "Milepæler", "evaluation": "Etterpå",
        }  # fmt: skip
        for language in LANGUAGES:
            await self("case_handler", calls.write_text, call_id, language=language, title="Innovasjon 2027", **texts)
        now = self.database.clock()
        await self(
            "case_handler", calls.write_dates, call_id, opens_at=now + timedelta(seconds=1),
            deadline=now + timedelta(days=30),
        )  # fmt: skip
        await self("case_handler", calls.write_frame, call_id, frame_ore=frame_ore, facilitation_hours=hours)
        await self("case_handler", calls.publish, call_id)
        return UUID(str(call_id))

    async def sent(
        self, call_id: UUID, office: str = "lillestrom", *, draft: UUID | None = None,
        budget: Sequence[dict[str, Any]] = (), **answers: Any,
    ) -> UUID:  # fmt: skip
        """An application that has been sent: a new one, or what a draft becomes; with a budget where its call asks."""
        by = f"{office}.coordinator"
        row_id = draft or (await self(by, applications.create, call_id=call_id)).id
        people = self.world.people
        given = {**ANSWERS, **answers, **({"amount_ore": None} if budget else {})}
        await self(by, applications.save_answers, row_id, **given)
        for line in budget:
            await self(by, applications.add_budget_line, row_id, **line)
        for who, role in (("leader", Role.LEADER), ("coordinator", Role.COORDINATOR), ("counsellor", Role.CORE_TEAM)):
            await self(
                by, applications.add_member, row_id, person_id=people[f"{office}.{who}"].id, role=role, weekly_hours=4
            )
        await self(by, applications.add_deviance, row_id, text="Korte møter hver uke")
        await self(
            by, applications.add_benefit, row_id, title="Flere unge i jobb", beneficiaries=("citizen",),
            goal="more_in_work",
        )  # fmt: skip
        await self(f"{office}.counsellor", applications.take_part, row_id, answer="yes")
        await self(f"{office}.leader", applications.endorse, row_id)
        await self(by, applications.submit, row_id)
        return UUID(str(row_id))

    async def in_review(self, call_id: UUID, office: str = "lillestrom", **answers: Any) -> UUID:
        """An application that is found complete."""
        case_id = await self.sent(call_id, office, **answers)
        await self("case_handler", applications.begin_screening, case_id)
        await self("case_handler", applications.judge, case_id, **ALL_HOLD)
        await self("case_handler", applications.find_complete, case_id)
        return case_id

    async def assign(self, case_id: UUID, who: str) -> UUID:
        """Give an application to somebody to assess."""
        review = await self("case_handler", reviews.assign, case_id=case_id, reviewer_id=self.world.people[who].id)
        return UUID(str(review.id))

    async def criteria(self, case_id: UUID) -> list[UUID]:
        """The criteria of an application's call."""
        async with self.database.reading() as uow:
            row = await uow.session.get_one(applications.draft.Application, case_id)  # type: ignore[attr-defined]
            found = await uow.session.scalars(
                select(Criterion.id).where(Criterion.call_id == row.call_id).order_by(Criterion.position)
            )
            return list(found)

    async def reviewed(self, case_id: UUID, who: str, value: int = 4, *, first: int | None = None) -> UUID:
        """A whole review handed in; `first` is another score for the first criterion."""
        review_id = await self.assign(case_id, who)
        await self(who, reviews.declare, review_id, impartial=True)
        for place, criterion_id in enumerate(await self.criteria(case_id)):
            given = first if place == 0 and first is not None else value
            await self(who, reviews.score, review_id, criterion_id=criterion_id, value=given, reason=TEXT)
        await self(who, reviews.submit, review_id)
        return review_id

    async def met(self, call_id: UUID, office: str = "lillestrom", **answers: Any) -> UUID:
        """An application with two reviews and a meeting whose minutes both sides have confirmed."""
        case_id = await self.in_review(call_id, office, **answers)
        await self.reviewed(case_id, "reviewer_one")
        await self.reviewed(case_id, "facilitator_two", 3)
        await self("case_handler", reviews.hold_meeting, case_id)
        await self(
            "case_handler", meetings.record_minutes, case_id, held_at=self.database.clock() - timedelta(hours=1),
            participants="Alle", minutes="Vi snakket om tid og team.",
        )  # fmt: skip
        await self(f"{office}.leader", meetings.confirm_minutes, case_id)
        await self("case_handler", meetings.confirm_minutes, case_id)
        return case_id

    async def recommended(
        self, call_id: UUID, office: str = "lillestrom", *, outcome: str = "awarded",
        amount_ore: int | None = 40_000_000, hours: int | None = 60, **answers: Any,
    ) -> UUID:  # fmt: skip
        """The decision on an application, with the recommendation signed."""
        case_id = await self.met(call_id, office, **answers)
        row = await self("case_handler", decisions.prepare, case_id=case_id)
        await self("case_handler", decisions.declare_impartial, row.id, impartial=True)
        await self(
            "case_handler", decisions.recommend, row.id, outcome=outcome, amount_ore=amount_ore, hours=hours,
            reasons="Dere viser et reelt behov.\n\nTeamet har tid.",
        )  # fmt: skip
        return UUID(str(row.id))

    async def decided(self, call_id: UUID, office: str = "lillestrom", **fields: Any) -> UUID:
        """A decision that is made as recommended."""
        decision_id = await self.recommended(call_id, office, **fields)
        await self("decision_maker", decisions.declare_impartial, decision_id, impartial=True)
        await self("decision_maker", decisions.decide, decision_id, checks=("authority", "cover", "prudence"))
        return decision_id

    async def accepted(self, call_id: UUID, office: str = "lillestrom", **fields: Any) -> UUID:
        """The project of an award that its leader has accepted."""
        decision_id = await self.decided(call_id, office, **fields)
        decision = await self("case_handler", decisions.release, decision_id)
        project = await self(f"{office}.leader", decisions.accept, decision.case_id)
        return UUID(str(project.id))
