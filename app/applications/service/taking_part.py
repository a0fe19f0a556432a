"""Whether those in the team take part, and the leader's word for the application with the hours released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.applications.facts import APPLICATION, budget_fact, budget_of, member_fact, partner_fact, partners_of
from app.applications.models import Application, Endorsement, TeamMember
from app.applications.service.draft import held_for_writing
from app.applications.service.writing import mark
from app.cases.queries import people_of_parties
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotFound, Stale, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.moves import Held, note
from app.notices.service import tell
from workflows.engine import Reason
from workflows.roles import Permission, Role
from workflows.team import content_to_confirm, content_to_endorse

MOST_HOURS = 40
RELEASED = "released-"


def say(uow: UnitOfWork, row: TeamMember, answer: str, *, why: str = "", recorded_by: UUID | None = None) -> None:
    """Write down what a member says to the role and the hours that they have now."""
    row.answer, row.answered_at, row.answer_why = answer, uow.now, why
    row.answered_for = content_to_confirm(row.role, row.weekly_hours)
    row.answer_recorded_by = recorded_by


async def ask(
    uow: UnitOfWork, actor: Actor, held: Held[Application], row: TeamMember, code: str = "team_asked"
) -> None:
    """Ask a member with an account whether they take part; whoever took themselves in has said so."""
    if row.person_id is None or row.person_id == actor.person_id:
        return
    parameters = {"reference": held.row.reference, "role_key": f"role.{row.role}", "hours": row.weekly_hours or 0}
    link = f"/applications/{held.row.id}/taking-part"
    await tell(uow, [row.person_id], code, case_id=held.case.id, parameters=parameters, link=link)


async def own_row(uow: UnitOfWork, actor: Actor, application_id: UUID) -> TeamMember | None:
    """The actor's own place in the team."""
    found: TeamMember | None = await uow.session.scalar(
        select(TeamMember).where(TeamMember.case_id == application_id, TeamMember.person_id == actor.person_id)
    )
    return found


async def take_part(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, answer: str, why: str = "", asked: str | None = None
) -> Application:
    """Say whether one takes part, in the role and with the hours that one has been asked for (S73).

    Raises NotFound for somebody who is not in the team, Invalid where role or hours are no longer those of `asked`.
    """
    held = await held_for_writing(
        uow, actor, application_id, None, "take_part", Permission.APPLICATION_TAKE_PART, part=None
    )
    row = await own_row(uow, actor, application_id)
    if row is None:
        raise NotFound
    if asked is not None and asked != content_to_confirm(row.role, row.weekly_hours):
        raise invalid("answer", "application.asked_for_other")
    if answer == "no" and not why.strip():
        raise invalid("why", "step.why_missing", move="take_part")
    refuse_identity_numbers(why=why)
    say(uow, row, answer, why=why)
    if answer == "no":
        senders = await people_of_parties(uow, held.case.id, Role.LEADER, Role.COORDINATOR)
        parameters = {"reference": held.row.reference, "name": row.name, "why": why}
        others = [person for person in senders if person != actor.person_id]
        await tell(uow, others, "team_declined", case_id=held.case.id, parameters=parameters,
                   link=f"/applications/{application_id}#team")  # fmt: skip
    changes = {"name": row.name, "answer": answer, "role": row.role, "weekly_hours": row.weekly_hours}
    return await note(uow, actor, APPLICATION, held, "take_part", why=why, changes=changes)


async def record_taking_part(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, member_id: UUID, how: str
) -> Application:
    """Write down that somebody without an account takes part, and how they said so."""
    held = await held_for_writing(
        uow, actor, application_id, None, "record_taking_part", Permission.APPLICATION_SUBMIT, part=None
    )
    row = await uow.session.get(TeamMember, member_id)
    if row is None or row.case_id != application_id:
        raise invalid("how", "application.row_gone")
    if row.person_id is not None:
        raise invalid("how", "application.says_it_themselves", name=row.name)
    refuse_identity_numbers(how=how)
    say(uow, row, "yes", why=how, recorded_by=actor.person_id)
    changes = {"name": row.name, "role": row.role, "weekly_hours": row.weekly_hours}
    return await note(uow, actor, APPLICATION, held, "record_taking_part", why=how, changes=changes)


def released_hours(given: Mapping[str, Any]) -> dict[str, int]:
    """The hours by member, out of a form's fields or as a program gives them; Invalid names every fault."""
    wrong: dict[str, Reason] = {}
    found: dict[str, int] = {}
    for name, value in given.items():
        text = value[-1] if isinstance(value, list) and value else value
        try:
            hours = int(str(text).strip())
        except ValueError:
            wrong[name] = Reason(code="form.not_a_number")
            continue
        if not 0 <= hours <= MOST_HOURS:
            code = "form.negative" if hours < 0 else "form.too_large"
            wrong[name] = Reason(code=code, parameters={"most": MOST_HOURS})
        found[name.removeprefix(RELEASED)] = hours
    if wrong:
        raise Invalid(wrong)
    return found


async def _release(
    uow: UnitOfWork, actor: Actor, held: Held[Application], team: Sequence[TeamMember], hours: Mapping[str, int]
) -> None:
    """Give each member the hours that the leader releases; who is given others is asked again."""
    for row in team:
        given = hours.get(str(row.id), row.weekly_hours)
        if given == row.weekly_hours:
            continue
        row.weekly_hours = given
        mark(uow, actor, held.row, [f"member.{row.id}.weekly_hours"])
        await ask(uow, actor, held, row, "team_changed")


async def endorse(
    uow: UnitOfWork, actor: Actor, application_id: UUID, *, version: int | None = None,
    read: str | None = None, released: Mapping[str, Any] | None = None,
) -> Application:  # fmt: skip
    """Stand behind the application as its leader: its statement, money, hours and start, and the hours released (G7).

    Raises Stale where that is no longer what `read` is the fingerprint of. `released` gives other hours a week to a member
    than the draft says. It holds until one of these is changed. A leader in the team takes part by it.
    """
    held = await held_for_writing(
        uow, actor, application_id, version, "endorse", Permission.APPLICATION_ENDORSE, part=None
    )
    rows = await uow.session.scalars(
        select(TeamMember).where(TeamMember.case_id == application_id).order_by(TeamMember.id)
    )
    team = list(rows)
    partners = [partner_fact(row) for row in await uow.session.scalar(select(partners_of(application_id))) or ()]

    budget = budget_fact(await uow.session.scalar(select(budget_of(application_id))) or ())

    def content() -> str:
        return content_to_endorse(held.row.answers, [member_fact(vars(row)) for row in team], partners, budget)

    if read is not None and read != content():
        raise Stale
    await _release(uow, actor, held, team, released_hours(released or {}))
    for row in team:
        if row.person_id is not None and row.person_id == actor.person_id:
            say(uow, row, "yes")
    hours = sum(row.weekly_hours or 0 for row in team)
    per_person = [{"name": row.name, "role": row.role, "weekly_hours": row.weekly_hours} for row in team]
    parties = {held.row.unit_id, *(partner.unit_id for partner in partners)}
    led = [each.unit_id for each in actor.memberships if each.role == Role.LEADER and each.unit_id in parties]
    for unit_id in led or [held.row.unit_id]:
        uow.session.add(
            Endorsement(case_id=application_id, person_id=actor.person_id, at=uow.now, content=content(),
                        weekly_hours=hours, released=per_person, unit_id=unit_id)
        )  # fmt: skip
    changes = {"content": content(), "weekly_hours": hours, "released": per_person}
    return await note(uow, actor, APPLICATION, held, "endorse", changes=changes)
