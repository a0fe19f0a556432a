"""What is seldom smooth, invented for the demo: different minds, letters that wait, another look."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from app.applications import service as applications
from app.calls.models import Criterion
from app.demo import applying
from app.demo.acting import Acting
from app.demo.invented import marked
from app.discussions import service as discussions
from app.letters import service as letters
from app.letters.queries import letters_of
from app.reconsiderations import service as reconsiderations

TOO_ALIKE = "Kontoret får alt støtte til et prosjekt om det samme, og søknaden sier ikke hva som er nytt."
NOT_ALIKE = "Det første prosjektet gjaldt møter med unge. Dette gjelder arbeidsgiverne, og det står i planen."
QUESTION = "Vi leser behovet ulikt. Hva bygger du på når du gir 1 for det første kriteriet?"
ANSWER = "Innsikten er fra ett kontor og er over ett år gammel. Jeg tror på behovet, men det er ikke vist."
ANOTHER = "Da spør vi om det i avklaringsmøtet."


async def be_of_different_minds(act: Acting, case_id: UUID, call_id: UUID, office: str) -> None:
    """A second review far from the first, and what the two of them and the case handler say about it."""
    await applying.review(act, case_id, office, "facilitator_two", 1)
    [first] = await act.rows(
        select(Criterion.id).where(Criterion.call_id == call_id).order_by(Criterion.position).limit(1)
    )
    thread = await act(
        "reviewer_one", discussions.open_thread, case_id, audience="reviewers", criterion_id=first,
        title=marked(office, "Behovet"), text=marked(office, QUESTION),
    )  # fmt: skip
    await act("facilitator_two", discussions.post, thread.id, text=marked(office, ANSWER))
    await act("case_handler", discussions.post, thread.id, text=marked(office, ANOTHER))


async def dismiss_and_be_asked_again(act: Acting, call_id: UUID, office: str, starts_on: str, now: datetime) -> None:
    """An application that is dismissed, told by its letter, and asked to be tried again by somebody else."""
    case_id = await applying.submit(act, call_id, office, starts_on)
    act.at = now - timedelta(days=9)
    await act("case_handler", applications.begin_screening, case_id)
    await act("case_handler", applications.dismiss, case_id, why=marked(office, TOO_ALIKE))
    async with act.database.reading() as uow:
        [letter] = await letters_of(uow, case_id, released_only=False)
    await act("case_handler", letters.release, letter.id)
    act.at = now - timedelta(days=3)
    await act(
        f"{office}.leader", reconsiderations.ask, case_id=case_id, parts=("facts", "assessment"),
        reasons=marked(office, NOT_ALIKE),
    )  # fmt: skip


async def put_on_the_waiting_list(act: Acting, call_id: UUID, office: str, starts_on: str, now: datetime) -> None:
    """An application that is decided on, whose letter waits to be sent."""
    case_id = await applying.submit(act, call_id, office, starts_on)
    await applying.screen(act, case_id)
    act.at = now - timedelta(days=8)
    for reviewer in ("reviewer_one", "facilitator_two"):
        await applying.review(act, case_id, office, reviewer, 3)
    decision_id = await applying.meet_and_recommend(act, case_id, office, outcome="waitlisted", gives=False)
    await applying.decide(act, decision_id)
