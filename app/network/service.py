"""Keeping challenges to be found, counting their words, and asking an office about its own."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import Text, Uuid, column, delete, func, select, table, text
from sqlalchemy.dialects.postgresql import JSONB, insert

from app.cases.models import Case
from app.cases.queries import people_of_parties
from app.core.database import UnitOfWork
from app.core.errors import NotFound, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.identity.models import Person, Unit, UnitMembership
from app.network.models import Challenge, ChallengeQuestion
from app.network.similar import is_found
from app.network.words import WORDS_VERSION, normalised
from app.notices.service import tell
from app.reviews.phases import hidden_from
from workflows.roles import Role
from workflows.sharing import Shared, shared

# named here without its room, which comes after this one
APPLICATIONS = table(
    "applications", column("id", Uuid), column("state", Text), column("answers", JSONB),
    column("partners_sought_at"), column("partner_summary", Text),
)  # fmt: skip

QUESTIONS_A_DAY = 10
"""So many offices one person may ask within a day; more than that is no conversation."""


async def index(uow: UnitOfWork, case_id: UUID) -> None:
    """Let the challenge of a case be found as it stands now, or no longer; harmless a second time."""
    await uow.session.flush()
    row = (
        await uow.session.execute(
            select(
                APPLICATIONS.c.state, APPLICATIONS.c.answers, APPLICATIONS.c.partners_sought_at,
                APPLICATIONS.c.partner_summary, Case.title, Case.project_at,
            )
            .join(Case, Case.id == APPLICATIONS.c.id)
            .where(Case.id == case_id)
        )
    ).first()  # fmt: skip
    found = row and shared(
        row.state, row.answers, title=row.title, is_project=row.project_at is not None,
        seeks_partners=row.partners_sought_at is not None, partner_summary=row.partner_summary,
    )  # fmt: skip
    if found:
        await _write(uow, case_id, found)
    else:
        await uow.session.execute(delete(Challenge).where(Challenge.case_id == case_id))


async def _write(uow: UnitOfWork, case_id: UUID, found: Shared) -> None:
    shown = normalised(f"{found.title}\n{found.summary}") if found.is_shown else None
    values = {
        "kind": found.kind, "title": found.title, "summary": found.summary, "words_version": WORDS_VERSION,
        "words": None if shown is None else func.to_tsvector("norwegian", shown),
        "full_words": func.to_tsvector("norwegian", normalised(found.full)) if found.full else None,
    }  # fmt: skip
    shown_at = uow.now if found.is_shown else None
    statement = insert(Challenge).values(case_id=case_id, shown_at=shown_at, **values)
    kept = func.coalesce(Challenge.shown_at, shown_at) if found.is_shown else None
    await uow.session.execute(
        statement.on_conflict_do_update(index_elements=[Challenge.case_id], set_={**values, "shown_at": kept})
    )


async def index_left_out(uow: UnitOfWork, limit: int = 200) -> int:
    """Index challenges that are not, or by older rules of words; answers how many."""
    sent = (
        select(APPLICATIONS.c.id)
        .outerjoin(Challenge, Challenge.case_id == APPLICATIONS.c.id)
        .where(
            APPLICATIONS.c.state.not_in(("draft", "withdrawn", "joined")),
            func.coalesce(Challenge.words_version, 0) != WORDS_VERSION,
        )
    )
    older = select(Challenge.case_id).where(Challenge.words_version != WORDS_VERSION)
    found = list(await uow.session.scalars(sent.union(older).limit(limit)))
    for case_id in found:
        await index(uow, case_id)
    return len(found)


COUNT_WORDS = text(
    """
    insert into challenge_words (word, shown, "full")
    select word, coalesce(s.ndoc, 0), coalesce(f.ndoc, 0)
    from ts_stat('select words from challenges where words is not null') s
    full join ts_stat('select full_words from challenges where full_words is not null') f using (word)
    where greatest(coalesce(s.ndoc, 0), coalesce(f.ndoc, 0)) > 1
    union all
    select '', count(words), count(full_words) from challenges
    """
)
"""A word that stands in one challenge only is told from an unknown one by nothing, and left out."""


async def count_words(uow: UnitOfWork) -> None:
    """Count anew in how many challenges each word stands; until it is done, the former counts serve."""
    await uow.session.execute(text("delete from challenge_words"))
    await uow.session.execute(COUNT_WORDS)


async def ask(uow: UnitOfWork, actor: Actor, case_id: UUID, *, message: str) -> ChallengeQuestion:
    """Write to the office that has a challenge: its coordinators and leaders are told, with whom to answer.

    NotFound for one that is not shown, or whose office is hidden from whoever asks; nothing of the case but what is
    shown goes with it.
    """
    case = await uow.session.get(Case, case_id)
    if case is None or actor.person_id is None or not await is_found(uow, case_id):
        raise NotFound
    if case_id in await hidden_from(uow, actor):
        raise NotFound
    refuse_identity_numbers(message=message)
    asked = await uow.session.scalar(
        select(func.count()).where(
            ChallengeQuestion.person_id == actor.person_id,
            ChallengeQuestion.asked_at > uow.now - timedelta(days=1),
        )
    )
    if (asked or 0) >= QUESTIONS_A_DAY:
        raise invalid("message", "network.questions_too_many", most=QUESTIONS_A_DAY)
    row = ChallengeQuestion(case_id=case_id, person_id=actor.person_id, text=message, asked_at=uow.now)
    uow.session.add(row)
    person = await uow.session.get_one(Person, actor.person_id)
    unit = await uow.session.scalar(
        select(Unit.name)
        .join(UnitMembership, UnitMembership.unit_id == Unit.id)
        .where(UnitMembership.person_id == person.id, UnitMembership.valid_to.is_(None))
        .order_by(UnitMembership.valid_from)
        .limit(1)
    )
    people = await people_of_parties(uow, case_id, Role.COORDINATOR, Role.LEADER)
    await tell(
        uow, people, "challenge_asked", case_id=case_id, link=f"/network/challenges/{case_id}",
        parameters={"name": person.name, "email": person.email, "unit": unit or "Nav", "message": message},
    )  # fmt: skip
    return row
