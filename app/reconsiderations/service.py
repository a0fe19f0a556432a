"""The verbs of trying an outcome again: ask, take up, answer, register what the body above says, decide anew."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from app.applications.facts import APPLICATION
from app.applications.models import Application
from app.cases.queries import people_of_parties
from app.core.database import UnitOfWork
from app.core.errors import NotAllowed, NotYet, invalid
from app.core.ids import new_id
from app.core.personal_data import refuse_identity_numbers
from app.decisions.models import Impartiality
from app.identity.actor import Actor
from app.identity.queries import people_with_role
from app.moves import Held, begin, hold, make, note
from app.notices.service import tell
from app.reconsiderations.facts import RECONSIDERATION, asking, first_round_of
from app.reconsiderations.models import Reconsideration
from workflows.application import ApplicationState
from workflows.calendar import day_in_oslo
from workflows.reconsideration import against_asking, asked_until
from workflows.roles import Permission, Role

SEE, HANDLE = Permission.RECONSIDERATION_SEE, Permission.RECONSIDERATION_HANDLE


def _person(actor: Actor) -> UUID:
    if actor.person_id is None:
        raise NotAllowed
    return actor.person_id


async def ask(
    uow: UnitOfWork, actor: Actor, *, case_id: UUID, parts: Sequence[str] = (), reasons: str
) -> Reconsideration:
    """Ask to have the latest outcome tried again, with reasons; NotYet with everything that keeps it from being asked.

    What is asked too late is taken in as well: the scheme dismisses it, or takes it up in spite of that (G30).
    """
    held = await hold(uow, actor, APPLICATION, case_id, Permission.RECONSIDERATION_ASK)
    found = await asking(uow, held.row)
    missing = list(against_asking(found.facts))
    if missing:
        raise NotYet(missing, subject="reconsideration", step="ask", case_id=case_id)
    refuse_identity_numbers(reasons=reasons)
    released_at = found.facts.letter_released_at
    until = asked_until(found.facts.rules, day_in_oslo(released_at)) if released_at else None
    if until is None or found.letter_id is None:
        raise RuntimeError("an outcome that can be tried again has a letter and a last day")
    row = Reconsideration(
        case_id=case_id, letter_id=found.letter_id, asked_by=_person(actor), asked_at=uow.now, asked_until=until,
        parts=list(dict.fromkeys(parts)), reasons=reasons.strip(), first_round=await first_round_of(uow, case_id),
    )  # fmt: skip
    changes = {"parts": row.parts, "reasons": row.reasons, "letter": row.letter_id}
    await begin(uow, actor, RECONSIDERATION, held.case, row, verb="ask", changes=changes)
    await tell(
        uow, await handlers(uow, row), "reconsideration_asked", case_id=case_id,
        parameters={"reference": held.case.reference}, link=page_of(row),
    )  # fmt: skip
    return row


def page_of(row: Reconsideration) -> str:
    """Where a request is read and answered."""
    return f"/applications/{row.case_id}/reconsideration"


async def handlers(uow: UnitOfWork, row: Reconsideration) -> list[UUID]:
    """Whoever handles a request; while nobody does, the case handlers who could."""
    if row.handled_by is not None:
        return [row.handled_by]
    return await _others(uow, row.case_id, row.first_round)


async def _others(uow: UnitOfWork, case_id: UUID, first_round: Sequence[UUID]) -> list[UUID]:
    """The case handlers who took no part in a case before, and work at none of its offices (G12, G30)."""
    kept_out = {*first_round, *await people_of_parties(uow, case_id)}
    return [each for each in await people_with_role(uow, Role.CASE_HANDLER) if each not in kept_out]


async def declare_impartial(
    uow: UnitOfWork, actor: Actor, request_id: UUID, *, impartial: bool, text: str = ""
) -> Reconsideration:
    """Declare that one is impartial in the case, before one handles a request (G11)."""
    held = await hold(uow, actor, RECONSIDERATION, request_id, HANDLE)
    if not impartial:
        raise invalid("impartial", "reviews.not_ticked")
    row = {"id": new_id(), "case_id": held.case.id, "person_id": _person(actor), "text": text, "declared_at": uow.now}
    made = await uow.session.execute(
        insert(Impartiality).values(row).on_conflict_do_nothing().returning(Impartiality.id)
    )
    if made.first() is None:
        return held.row
    return await note(uow, actor, RECONSIDERATION, held, "declare_impartial", changes={"text": text})


async def take_up(
    uow: UnitOfWork, actor: Actor, request_id: UUID, *, version: int | None = None, why: str = ""
) -> Reconsideration:
    """Begin to handle a request, as somebody who took no part the first time (G30)."""
    return await _take_up(uow, actor, request_id, "take_up", version, why)


async def accept_late(
    uow: UnitOfWork, actor: Actor, request_id: UUID, *, version: int | None = None, why: str = ""
) -> Reconsideration:
    """Handle a request that came too late in spite of that, with the reason (G30)."""
    return await _take_up(uow, actor, request_id, "accept_late", version, why)


async def _take_up(
    uow: UnitOfWork, actor: Actor, request_id: UUID, verb: str, version: int | None, why: str
) -> Reconsideration:
    held = await hold(uow, actor, RECONSIDERATION, request_id, HANDLE, version=version)
    held.row.handled_by, held.row.taken_up_at = _person(actor), uow.now
    if verb == "accept_late":
        held.row.accepted_late_why = why.strip()
    row = await make(uow, actor, RECONSIDERATION, held, verb, why=why)
    people = await people_of_parties(uow, held.case.id, Role.LEADER, Role.COORDINATOR)
    await tell(
        uow, people, "reconsideration_taken_up", case_id=held.case.id, parameters={"reference": held.case.reference},
        link=page_of(row),
    )  # fmt: skip
    return row


Verb = Callable[..., Coroutine[Any, Any, Reconsideration]]


def _answering(verb: str, said: str) -> Verb:
    async def run(
        uow: UnitOfWork, actor: Actor, request_id: UUID, *, version: int | None = None, answer: str = ""
    ) -> Reconsideration:
        held = await hold(uow, actor, RECONSIDERATION, request_id, HANDLE, version=version)
        refuse_identity_numbers(answer=answer)
        held.row.answer = answer.strip()
        return await _answered(uow, actor, held, verb, {"answer": held.row.answer})

    run.__name__, run.__doc__ = verb, said
    return run


def _registering(verb: str, said: str) -> Verb:
    async def run(
        uow: UnitOfWork, actor: Actor, request_id: UUID, *, version: int | None = None, above_by: str = "",
        above_on: date | None = None, above_reasons: str = "",
    ) -> Reconsideration:  # fmt: skip
        held = await hold(uow, actor, RECONSIDERATION, request_id, HANDLE, version=version)
        refuse_identity_numbers(above_reasons=above_reasons)
        row = held.row
        row.above_by, row.above_on, row.above_reasons = above_by.strip(), above_on, above_reasons.strip()
        changes = {"above_by": row.above_by, "above_on": above_on, "above_reasons": row.above_reasons}
        return await _answered(uow, actor, held, verb, changes)

    run.__name__, run.__doc__ = verb, said
    return run


async def _answered(
    uow: UnitOfWork, actor: Actor, held: Held[Reconsideration], verb: str, changes: dict[str, Any]
) -> Reconsideration:
    """Make a move that answers a request; its letter waits to be released, and until then the office is not told."""
    held.row.answered_by, held.row.answered_at, held.row.told_at = _person(actor), uow.now, None
    return await make(uow, actor, RECONSIDERATION, held, verb, changes=changes)


dismiss = _answering("dismiss", "Dismiss a request that came too late, with the reasons; its letter waits (G30).")
uphold = _answering("uphold", "Let the outcome stand, with the reasons; its letter waits (G21, G30).")
send_on = _answering(
    "send_on", "Let the outcome stand and send the appeal on to the body above, with the reasons (G30)."
)
change = _answering("change", "Grant a request: the application is to be decided anew, by others (G19, G30).")
register_upheld = _registering("register_upheld", "Register that the body above has let the outcome stand (G30).")
register_changed = _registering("register_changed", "Register that the body above wants another outcome (G30).")


async def withdraw(
    uow: UnitOfWork, actor: Actor, request_id: UUID, *, version: int | None = None, why: str = ""
) -> Reconsideration:
    """Take one's request back; the outcome stands."""
    held = await hold(uow, actor, RECONSIDERATION, request_id, Permission.RECONSIDERATION_ASK, version=version)
    row = await make(uow, actor, RECONSIDERATION, held, "withdraw", why=why)
    await tell(
        uow, await handlers(uow, row), "reconsideration_withdrawn", case_id=held.case.id,
        parameters={"reference": held.case.reference}, link=page_of(row),
    )  # fmt: skip
    return row


async def decide_anew(uow: UnitOfWork, actor: Actor, row: Reconsideration) -> None:
    """Open the application again after a granted request: to be decided anew, or treated anew where it was dismissed.

    What its award binds of the frame stays bound until the new decision takes its place (G19).
    """
    held = await hold(uow, actor, APPLICATION, row.case_id, HANDLE)
    application: Application = held.row
    application.first_round = sorted({*application.first_round, *row.first_round})
    dismissed = application.state == ApplicationState.DISMISSED
    if dismissed:
        application.dismissed_for, application.treated_anew_at = "", uow.now
    await make(uow, actor, APPLICATION, held, "treat_anew" if dismissed else "decide_anew")
    people = await _others(uow, row.case_id, application.first_round)
    await tell(
        uow, people, "application_to_decide_anew", case_id=row.case_id,
        parameters={"reference": application.reference}, link=f"/applications/{row.case_id}/assessment",
    )  # fmt: skip
