"""Agreeing to one exact text, and what makes an agreement void."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from app.cases.models import CaseRole, CaseUnit
from app.cases.queries import current
from app.clarifications.facts import CLARIFICATION, hash_of
from app.clarifications.models import Agreement, Clarification, ClarificationLink, ClarificationVersion
from app.core.database import UnitOfWork
from app.core.errors import Invalid, NotAllowed, NotYet, Stale, invalid
from app.core.personal_data import refuse_identity_numbers
from app.identity.actor import Actor
from app.identity.models import Person, UnitMembership
from app.moves import Held, hold, make, note
from app.notices.service import tell
from app.projects.facts import PROJECT
from app.projects.models import Project
from workflows.clarification import TEXTS, ClarificationState, Side, Void
from workflows.engine import Reason
from workflows.project import ProjectState
from workflows.roles import Permission, permissions_of


def link_of(row: Clarification) -> str:
    """Where a clarification stands on the page of its project."""
    return f"/projects/{row.case_id}/clarifications#clarification-{row.id}"


async def keep_version(uow: UnitOfWork, held: Held[Clarification], by: str) -> ClarificationVersion:
    """Keep the text as it is put forward, under the next number; the same text put forward again keeps its number."""
    row = held.row
    last = await uow.session.scalar(
        select(ClarificationVersion)
        .where(ClarificationVersion.clarification_id == row.id)
        .order_by(ClarificationVersion.number.desc())
        .limit(1)
    )
    if last is not None and last.text_hash == row.text_hash:
        return last
    name = select(Person.name).where(Person.id == row.person_id).scalar_subquery()
    holder = row.outside_name or await uow.session.scalar(select(name)) or ""
    version = ClarificationVersion(
        clarification_id=row.id, case_id=row.case_id, number=(last.number if last else 0) + 1, text_hash=row.text_hash,
        texts={text: getattr(row, text) for text in TEXTS}, hours_per_week=row.hours_per_week,
        released_hours=row.released_hours, holder=holder, put_forward_by=by, put_forward_at=uow.now,
    )  # fmt: skip
    uow.session.add(version)
    await uow.session.flush()
    return version


async def void(
    uow: UnitOfWork, actor: Actor, held: Held[Clarification], why: Void, *, sides: Iterable[Side] = Side,
    holder: UUID | None = None,
) -> list[UUID]:  # fmt: skip
    """Let the agreements of some sides hold no more, and tell those who had agreed; nothing of another clarification."""
    rows = await uow.session.execute(
        update(Agreement)
        .where(
            Agreement.clarification_id == held.row.id, Agreement.voided_at.is_(None),
            Agreement.side.in_([str(side) for side in sides]),
        )
        .values(voided_at=uow.now, void=str(why))
        .returning(Agreement.person_id)
    )  # fmt: skip
    found = [person_id for (person_id,) in rows if person_id is not None]
    told = set(found) - {actor.person_id}
    await tell(
        uow, sorted(told), "clarification_voided", case_id=held.case.id, link=link_of(held.row),
        parameters={"title": held.case.title, "why_key": f"clarification.void.{why}", "who": actor.name},
    )  # fmt: skip
    return found


async def close_links(uow: UnitOfWork, clarification_id: UUID) -> None:
    """Let no link that was sent for a clarification open any more."""
    await uow.session.execute(
        update(ClarificationLink)
        .where(
            ClarificationLink.clarification_id == clarification_id, ClarificationLink.used_at.is_(None),
            ClarificationLink.revoked_at.is_(None),
        )
        .values(revoked_at=uow.now)
    )  # fmt: skip


async def leaders_of(uow: UnitOfWork, case_id: UUID, person_id: UUID | None) -> list[UUID]:
    """The leaders who release somebody's hours: of the offices they work in, or of all where they work in none (S76)."""
    offices = select(CaseUnit.unit_id).where(CaseUnit.case_id == case_id)
    leading = (UnitMembership.unit_id.in_(offices), UnitMembership.role == "leader", current(UnitMembership, uow.now))
    own = select(UnitMembership.unit_id).where(
        UnitMembership.person_id == person_id, current(UnitMembership, uow.now), UnitMembership.unit_id.in_(offices)
    )
    rows = await uow.session.execute(
        select(UnitMembership.person_id, UnitMembership.unit_id.in_(own)).where(*leading).distinct()
    )
    found = list(rows)
    nearest = [leader for leader, is_own in found if is_own]
    return nearest or [leader for leader, _ in found]


def _not_to_this_text(held: Held[Clarification], text_hash: str) -> None:
    if text_hash != hash_of(held.row):
        raise Stale
    if held.row.state == ClarificationState.DRAFT:
        missing = Reason(code="clarification.not_proposed", place="project.clarification",
                         parameters={"id": str(held.row.id)})  # fmt: skip
        raise NotYet([missing], subject="clarification", step="agree", case_id=held.case.id)


async def agree(
    uow: UnitOfWork, actor: Actor, held: Held[Clarification], side: Side, *, how: str = "", name: str = ""
) -> Clarification:
    """Note that a side agrees to the text as it stands, by a person or by the name of an outsider."""
    row = held.row
    same = select(Agreement.id).where(
        Agreement.clarification_id == row.id, Agreement.side == side, Agreement.voided_at.is_(None)
    )
    if await uow.session.scalar(same) is None:
        number = await uow.session.scalar(
            select(func.max(ClarificationVersion.number)).where(ClarificationVersion.clarification_id == row.id)
        )
        uow.session.add(
            Agreement(
                clarification_id=row.id, case_id=held.case.id, side=side, person_id=actor.person_id, name=name,
                text_hash=row.text_hash, number=number or 0, agreed_at=uow.now, how=how,
            )
        )  # fmt: skip
        changes = {"text_hash": row.text_hash, "number": number, "how": how}
        await note(uow, actor, CLARIFICATION, held, f"agree_{side}", changes=changes)
    facts = await CLARIFICATION.facts(uow, row)
    if facts.sides <= facts.agreed and row.state == ClarificationState.PROPOSED:
        await make(uow, actor, CLARIFICATION, held, "agree_all")
    return row


async def agree_office(uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, text_hash: str) -> Clarification:
    """The holder of the role agrees to this exact text; nobody agrees for them."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CASE_SEE)
    if held.row.person_id != actor.person_id:
        raise NotAllowed
    _not_to_this_text(held, text_hash)
    return await agree(uow, actor, held, Side.OFFICE)


async def agree_leader(uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, text_hash: str) -> Clarification:
    """The leader releases the hours that this exact text says, of somebody else (S73)."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CLARIFICATION_RELEASE)
    if actor.person_id not in await leaders_of(uow, held.case.id, held.row.person_id):
        raise NotAllowed
    if Side.LEADER not in (await CLARIFICATION.facts(uow, held.row)).sides:
        raise NotAllowed
    _not_to_this_text(held, text_hash)
    return await agree(uow, actor, held, Side.LEADER)


async def record_agreement(
    uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, text_hash: str, how: str
) -> Clarification:
    """The coordinator records how somebody without an account agreed to this exact text."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.PROJECT_STEP)
    if held.row.person_id is not None:
        raise NotAllowed
    _not_to_this_text(held, text_hash)
    refuse_identity_numbers(how=how)
    return await agree(uow, actor, held, Side.OFFICE, how=how)


async def agree_scheme(uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, text_hash: str) -> Clarification:
    """The scheme agrees to this exact text, by somebody other than the holder of the role."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CLARIFICATION_AGREE_SCHEME)
    if held.row.person_id == actor.person_id or Permission.CLARIFICATION_AGREE_SCHEME not in permissions_of(held.roles):
        raise NotAllowed
    _not_to_this_text(held, text_hash)
    return await agree(uow, actor, held, Side.SCHEME)


async def ask_change(uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, why: str) -> Clarification:
    """The holder says what must be otherwise before they agree; every agreement to the text is void by it."""
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CASE_SEE)
    if held.row.person_id != actor.person_id:
        raise NotAllowed
    return await change_asked(uow, actor, held, why=why)


async def change_asked(uow: UnitOfWork, actor: Actor, held: Held[Clarification], *, why: str) -> Clarification:
    """Put a text that its holder wants changed back into a draft, and tell those who write."""
    refuse_identity_numbers(why=why)
    if held.row.state != ClarificationState.DRAFT:
        await make(uow, actor, CLARIFICATION, held, "ask_change", why=why)
    else:
        await note(uow, actor, CLARIFICATION, held, "ask_change", why=why)
    held.row.change_asked = why
    await void(uow, actor, held, Void.CHANGE_ASKED)
    facts = await CLARIFICATION.facts(uow, held.row)
    await tell(
        uow, await _concerned(uow, held.row.case_id, {actor.person_id}), "clarification_change_asked",
        case_id=held.case.id, link=link_of(held.row), parameters={"title": held.case.title, "holder": facts.holder},
    )  # fmt: skip
    return held.row


async def _concerned(uow: UnitOfWork, case_id: UUID, but: set[Any]) -> list[UUID]:
    """Those who see to a project: its coordinators and facilitators, and who handles it."""
    in_case = select(CaseRole.person_id).where(
        CaseRole.case_id == case_id, CaseRole.role.in_(("coordinator", "facilitator")), current(CaseRole, uow.now)
    )
    in_unit = (
        select(UnitMembership.person_id)
        .join(CaseUnit, CaseUnit.unit_id == UnitMembership.unit_id)
        .where(CaseUnit.case_id == case_id, UnitMembership.role == "coordinator", current(UnitMembership, uow.now))
    )
    owner = select(Project.owner_id).where(Project.id == case_id)
    return sorted(set(await uow.session.scalars(in_case.union(in_unit, owner))) - but)


async def withdraw_release(uow: UnitOfWork, actor: Actor, clarification_id: UUID, *, why: str) -> Clarification:
    """The leader no longer releases somebody's hours: that agreement alone is void, and the gate shuts (S73).

    Raises Invalid where nothing has been released.
    """
    held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CLARIFICATION_RELEASE)
    if actor.person_id not in await leaders_of(uow, held.case.id, held.row.person_id):
        raise NotAllowed
    if not await _take_back(uow, actor, held, Side.LEADER, Void.RELEASE, why):
        raise Invalid({"why": Reason(code="clarification.nothing_released")})
    facts = await CLARIFICATION.facts(uow, held.row)
    people = set(await _concerned(uow, held.case.id, {actor.person_id})) | ({held.row.person_id} - {None})
    await tell(
        uow, sorted(each for each in people if each), "clarification_release_withdrawn", case_id=held.case.id,
        link=link_of(held.row), parameters={"title": held.case.title, "holder": facts.holder, "leader": actor.name},
    )  # fmt: skip
    return held.row


async def _take_back(
    uow: UnitOfWork, actor: Actor, held: Held[Clarification], side: Side, code: Void, why: str
) -> bool:
    refuse_identity_numbers(why=why)
    standing = select(Agreement.id).where(
        Agreement.clarification_id == held.row.id, Agreement.side == side, Agreement.voided_at.is_(None)
    )
    if await uow.session.scalar(standing) is None:
        return False
    await void(uow, actor, held, code, sides=(side,))
    if held.row.state == ClarificationState.AGREED:
        await make(uow, actor, CLARIFICATION, held, "withdraw", why=why, changes={"side": side})
    else:
        await note(uow, actor, CLARIFICATION, held, "withdraw", why=why, changes={"side": side})
    return True


OVER = (ProjectState.CLOSED, ProjectState.ENDED, ProjectState.STOPPED)


async def withdraw_endorsement(uow: UnitOfWork, actor: Actor, case_id: UUID, *, why: str) -> Project:
    """The leader stands behind the project no more: what they agreed to, for themselves and for others' hours, is void.

    Nothing else is lost, and the project is neither stopped nor paused by it: its gates are shut until somebody leads it
    on. Raises Invalid once the project is over, and where the leader has agreed to nothing.
    """
    project = await hold(uow, actor, PROJECT, case_id, Permission.CLARIFICATION_RELEASE)
    if project.row.state in OVER:
        raise invalid("why", "clarification.project_over")
    ids = await uow.session.scalars(
        select(Clarification.id)
        .join(Agreement, Agreement.clarification_id == Clarification.id)
        .where(
            Clarification.case_id == case_id, Agreement.person_id == actor.person_id, Agreement.voided_at.is_(None),
            Agreement.side.in_([Side.OFFICE, Side.LEADER]),
        )
        .distinct()
    )  # fmt: skip
    count = 0
    for clarification_id in sorted(ids):
        held = await hold(uow, actor, CLARIFICATION, clarification_id, Permission.CASE_SEE)
        own = held.row.person_id == actor.person_id
        count += await _take_back(uow, actor, held, Side.OFFICE if own else Side.LEADER, Void.ENDORSEMENT, why)
    if not count:
        raise invalid("why", "clarification.nothing_endorsed")
    await note(uow, actor, PROJECT, project, "withdraw_endorsement", why=why, changes={"count": count})
    await tell(
        uow, await _concerned(uow, case_id, {actor.person_id}), "endorsement_withdrawn", case_id=case_id,
        link=f"/projects/{case_id}/clarifications",
        parameters={"title": project.case.title, "leader": actor.name, "count": count},
    )  # fmt: skip
    return project.row
