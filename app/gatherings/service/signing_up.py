"""Signing up for gatherings: oneself, or a project's team by its coordinator (S27, S28)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from app.audit.service import record
from app.cases.queries import require, roles_in
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotFound, NotYet, invalid
from app.gatherings.models import Attendance, Gathering
from app.gatherings.people import Part, parts_in
from app.gatherings.service.arranging import count_signed_up
from app.gatherings.service.held import HeldGathering, hold_gathering, person_of
from app.identity.actor import Actor
from app.moves import lock_case
from app.notices.service import tell
from workflows.engine import Reason
from workflows.gathering import Presence, SigningUp, against_signing_off, against_signing_up
from workflows.roles import Permission, Role


def presence_of(row: Attendance | None) -> Presence:
    """What is noted of somebody."""
    if row is None or (row.attended_at is None and row.absent_at is None):
        return Presence.UNKNOWN
    return Presence.CAME if row.attended_at is not None else Presence.ABSENT


def facts_of(row: Gathering, parts: Sequence[Part], *, taken: int = 0, is_signed_up: bool = False) -> SigningUp:
    """What the rules must know of somebody with those parts in the projects that gather."""
    return SigningUp(
        audience=frozenset(map(Role, row.audience)), roles=frozenset(role for part in parts for role in part.roles),
        works_there=bool(parts), starts_at=row.starts_at, ends_at=row.ends_at, called_off=row.called_off_at is not None,
        capacity=row.capacity, taken=taken, is_signed_up=is_signed_up,
    )  # fmt: skip


def project_for(row: Gathering, parts: Sequence[Part]) -> UUID | None:
    """The project that somebody comes for: the first in which they are meant, none where all employees are."""
    meant = [part for part in parts if part.is_meant(row.audience)]
    return min(part.case_id for part in meant) if meant else None


async def _enrol(
    uow: UnitOfWork, held: HeldGathering, person_id: UUID, parts: Sequence[Part], by: UUID
) -> Sequence[Reason]:
    """Sign somebody up; a second time changes nothing. Answers with what keeps them from it."""
    there = await uow.session.get(Attendance, (held.row.id, person_id), populate_existing=True)
    if there is not None:
        return ()
    facts = facts_of(held.row, parts, taken=await count_signed_up(uow, held.row.id))
    unmet = tuple(against_signing_up(facts, uow.now))
    if not unmet:
        uow.session.add(
            Attendance(gathering_id=held.row.id, person_id=person_id, case_id=project_for(held.row, parts),
                       registered_at=uow.now, signed_up_by=by)
        )  # fmt: skip
        await uow.session.flush()
    return unmet


async def sign_up(uow: UnitOfWork, actor: Actor, gathering_id: UUID) -> Gathering:
    """Sign oneself up; a second time changes nothing. NotYet with everything that keeps one from it."""
    held = await hold_gathering(uow, gathering_id)
    person_id = person_of(actor)
    parts = await parts_in(uow, held.row.cohort_id, person_ids=[person_id])
    unmet = await _enrol(uow, held, person_id, parts, person_id)
    if unmet:
        raise NotYet(unmet, subject="gathering", step="sign_up")
    await record(uow, actor, held.case, "gathering", gathering_id, "sign_up", changes={"title": held.row.title})
    return held.row


async def _strike(uow: UnitOfWork, held: HeldGathering, person_id: UUID, case_id: UUID | None, verb: str) -> None:
    row = await uow.session.get(Attendance, (held.row.id, person_id), populate_existing=True)
    if row is None or (case_id is not None and row.case_id != case_id):
        raise NotFound
    unmet = list(against_signing_off(presence_of(row), held.row.ends_at, uow.now))
    if unmet:
        raise NotYet(unmet, subject="gathering", step=verb)
    await uow.session.delete(row)
    await uow.session.flush()


async def sign_off(uow: UnitOfWork, actor: Actor, gathering_id: UUID) -> Gathering:
    """Take one's own sign-up back, until the gathering is over; NotFound where there is none."""
    held = await hold_gathering(uow, gathering_id)
    await _strike(uow, held, person_of(actor), None, "sign_off")
    await record(uow, actor, held.case, "gathering", gathering_id, "sign_off", changes={"title": held.row.title})
    return held.row


async def _of_project(
    uow: UnitOfWork, actor: Actor, case_id: UUID, gathering_id: UUID
) -> tuple[HeldGathering, list[Part]]:
    """A gathering that a project gathers at, with its people; the call is locked before the project."""
    known = await uow.session.get(Gathering, gathering_id)
    held = await hold_gathering(uow, gathering_id) if known else None
    case = await lock_case(uow, case_id)
    if case.project_at is None:
        raise NotFound
    require(case, await roles_in(uow, actor, case), Permission.PROJECT_ARRANGE)
    if held is None:
        raise invalid("gathering_id", "form.unknown")
    parts = await parts_in(uow, held.row.cohort_id, case_id=case_id)
    if not parts:
        raise invalid("gathering_id", "form.unknown")
    return held, parts


async def register(uow: UnitOfWork, actor: Actor, case_id: UUID, *, gathering_id: UUID, person_id: UUID) -> Gathering:
    """Sign a person of a project up; a second time changes nothing. Invalid says why it cannot be (S27)."""
    held, parts = await _of_project(uow, actor, case_id, gathering_id)
    theirs = [part for part in parts if part.person_id == person_id]
    if not theirs:
        raise invalid("person_id", "form.unknown")
    unmet = await _enrol(uow, held, person_id, theirs, person_of(actor))
    if unmet:
        raise Invalid({"person_id": unmet[0]})
    await _note(uow, actor, case_id, held.row, "register", [theirs[0]])
    return held.row


async def register_team(uow: UnitOfWork, actor: Actor, case_id: UUID, *, gathering_id: UUID) -> Gathering:
    """Sign up everybody of a project whom a gathering is for; NotYet where there is nobody, or no room for all (S28)."""
    held, parts = await _of_project(uow, actor, case_id, gathering_id)
    meant = [part for part in parts if part.roles and part.is_meant(held.row.audience)]
    if not meant:
        raise NotYet(
            [Reason(code="gathering.nobody_meant", place="project.team")], subject="gathering", step="register_team"
        )
    for part in meant:
        unmet = await _enrol(uow, held, part.person_id, [part], person_of(actor))
        if unmet:
            raise NotYet(unmet, subject="gathering", step="register_team")
    await _note(uow, actor, case_id, held.row, "register_team", meant)
    return held.row


async def unregister(uow: UnitOfWork, actor: Actor, case_id: UUID, *, gathering_id: UUID, person_id: UUID) -> Gathering:
    """Take the sign-up of somebody in a project back, and tell them."""
    held, _ = await _of_project(uow, actor, case_id, gathering_id)
    await _strike(uow, held, person_id, case_id, "unregister")
    case = await lock_case(uow, case_id)
    changes = {"title": held.row.title, "people": [person_id]}
    await record(uow, actor, case, "project", case_id, "unregister", changes=changes)
    await tell_of(uow, actor, held.row, "gathering_signed_off", [person_id])
    return held.row


async def _note(uow: UnitOfWork, actor: Actor, case_id: UUID, row: Gathering, verb: str, parts: Sequence[Part]) -> None:
    """Let the project's record say who was signed up, and tell those who did not do it themselves."""
    case = await lock_case(uow, case_id)
    people = [part.person_id for part in parts]
    await record(uow, actor, case, "project", case_id, verb, changes={"title": row.title, "people": people})
    await tell_of(uow, actor, row, "gathering_signed_up", people)


async def tell_of(uow: UnitOfWork, actor: Actor, row: Gathering, code: str, people: Sequence[UUID]) -> None:
    """Tell people of their own sign-up, without a mail: it stands in their calendar."""
    await tell(
        uow, [each for each in people if each != actor.person_id], code, link=f"/gatherings/{row.id}", mail=False,
        parameters={"title": row.title, "starts_at": row.starts_at, "name": actor.name},
    )  # fmt: skip
