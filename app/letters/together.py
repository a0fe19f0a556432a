"""Sending several letters in one act: begun on a page, done by a job in one transaction, with what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from app.cases.models import Case
from app.cases.queries import visible_to
from app.core.database import UnitOfWork
from app.core.errors import DomainError, NotAllowed, NotFound, NotYet, invalid
from app.core.ids import new_id
from app.decisions.models import Letter
from app.identity.actor import Actor
from app.identity.queries import actor_of_person
from app.letters.models import LetterRelease
from app.letters.releasing import has_changed
from app.letters.service import held_letter, release_held, remake_held
from app.moves import Held
from app.notices.service import tell
from app.outbox.service import put
from workflows.engine import Reason
from workflows.roles import Permission

JOB = "send_letters"
Found = tuple[Letter, Held[Any]]


class _Refused(Exception):
    """A letter that could not be sent, and why: what was begun for it, or for all, is undone."""

    def __init__(self, letter_id: UUID, reasons: Sequence[Reason]):
        self.letter_id = letter_id
        self.reasons = reasons


async def release_chosen(
    uow: UnitOfWork, actor: Actor, *, letters: Sequence[UUID] = (), shown: Sequence[UUID] = (), every: bool = False,
    together: bool = False,
) -> LetterRelease:  # fmt: skip
    """Begin to send several letters in one act; a job does it (G20). Invalid where none is chosen.

    NotFound for a letter that the actor may not know of, NotAllowed for whoever sends none.
    """
    chosen = list(dict.fromkeys(shown if every else letters))
    if not chosen:
        raise invalid("letters", "letter.none_chosen")
    seen = await uow.session.scalars(
        select(Letter.id)
        .join(Case, Case.id == Letter.case_id)
        .where(Letter.id.in_(chosen), visible_to(actor, uow.now))
        .order_by(Letter.case_id, Letter.id)
    )
    ordered = list(seen)
    if len(ordered) < len(chosen):
        raise NotFound
    if actor.person_id is None or not actor.may(Permission.DECISION_RELEASE):
        raise NotAllowed
    act = LetterRelease(
        id=new_id(), released_by=actor.person_id, released_at=uow.now, together=together,
        results=[[str(letter_id), "waiting"] for letter_id in ordered],
    )  # fmt: skip
    uow.session.add(act)
    await uow.session.flush()
    await put(uow, JOB, {"release_id": str(act.id)}, key=f"{JOB}:{act.id}")
    return act


async def send(uow: UnitOfWork, release_id: UUID) -> None:
    """Send the letters of an act in one transaction, and write down what became of each; harmless a second time.

    A letter whose case has changed since it was made is made anew and held back, to be read first. `together` holds the
    others back too then, and where one cannot be sent: an award night tells everybody or nobody. What was sent before is
    not sent again (G20).
    """
    act = await uow.session.scalar(select(LetterRelease).where(LetterRelease.id == release_id).with_for_update())
    if act is None or not any(result == "waiting" for _, result, *_ in act.results):
        return
    actor = await actor_of_person(uow, act.released_by)
    results: dict[UUID, list[Any]] = {}
    ready: list[Found] = []
    # the cases in one order, as they are kept, so that nobody waits in a ring
    for letter_id in (UUID(each[0]) for each in act.results):
        try:
            letter, held = await held_letter(uow, actor, letter_id)
        except DomainError as error:
            results[letter_id] = _refusal(_reasons(error))
            continue
        if letter.released_at is not None:
            results[letter_id] = ["before"]
        elif await has_changed(uow, letter):
            await remake_held(uow, actor, letter, held)
            results[letter_id] = ["changed"]
        else:
            ready.append((letter, held))
    keeps_back = act.together and any(result[0] in ("changed", "refused") for result in results.values())
    results |= {letter.id: ["held"] for letter, _ in ready} if keeps_back else await _sent(uow, actor, act, ready)
    act.results = [[letter_id, *results[UUID(letter_id)]] for letter_id, *_ in act.results]
    await uow.session.flush()
    await _tell(uow, act)


async def _sent(uow: UnitOfWork, actor: Actor, act: LetterRelease, ready: Sequence[Found]) -> dict[UUID, list[Any]]:
    """Send letters: all of them or none where they go together, else each that can be sent."""
    ids = [letter.id for letter, _ in ready]  # a letter that is undone must be read anew
    if not act.together:
        tried = [await _tried(uow, actor, act, letter, held) for letter, held in ready]
        return dict(zip(ids, tried, strict=True))
    try:
        async with uow.session.begin_nested():
            for letter, held in ready:
                await _send_one(uow, actor, act, letter, held)
    except _Refused as refused:
        return {each: _refusal(refused.reasons) if each == refused.letter_id else ["held"] for each in ids}
    return {each: ["released"] for each in ids}


async def _tried(uow: UnitOfWork, actor: Actor, act: LetterRelease, letter: Letter, held: Held[Any]) -> list[Any]:
    try:
        async with uow.session.begin_nested():
            await _send_one(uow, actor, act, letter, held)
    except _Refused as refused:
        return _refusal(refused.reasons)
    return ["released"]


async def _send_one(uow: UnitOfWork, actor: Actor, act: LetterRelease, letter: Letter, held: Held[Any]) -> None:
    letter_id = letter.id
    try:
        await release_held(uow, actor, letter, held)
    except DomainError as error:
        raise _Refused(letter_id, _reasons(error)) from None
    letter.release_id = act.id
    await uow.session.flush()


def _reasons(error: DomainError) -> Sequence[Reason]:
    return error.reasons if isinstance(error, NotYet) else [Reason(code="letter.not_to_be_sent")]


def _refusal(reasons: Sequence[Reason]) -> list[Any]:
    return ["refused", msgspec.to_builtins(list(reasons))]


async def _tell(uow: UnitOfWork, act: LetterRelease) -> None:
    """Tell whoever sent the letters how it went."""
    sent = sum(result in ("released", "before") for _, result, *_ in act.results)
    told = {"sent": sent, "back": len(act.results) - sent}
    await tell(
        uow, [act.released_by], "letters_sent", parameters=told, link=f"/letters/releases/{act.id}", mail=False
    )  # fmt: skip
