"""Telling every office that may apply of a call (G2)."""

from __future__ import annotations

from sqlalchemy import and_, or_, select

from app.calls.models import Call, CallText
from app.core.clock import day_in_oslo
from app.core.database import UnitOfWork
from app.identity.actor import Actor
from app.identity.models import Unit, UnitMembership
from app.notices.service import tell, write_mail
from app.texts.i18n import texts_for
from workflows.roles import Role


async def announce(uow: UnitOfWork, actor: Actor, call: Call) -> None:
    """Tell leader and coordinator of each office in existence; an office that has neither is told in its mailbox."""
    today = day_in_oslo(uow.now)
    rows = list(
        await uow.session.execute(
            select(Unit.id, Unit.mailbox, Unit.language, UnitMembership.person_id)
            .outerjoin(
                UnitMembership,
                and_(
                    UnitMembership.unit_id == Unit.id,
                    UnitMembership.role.in_((Role.LEADER, Role.COORDINATOR)),
                    UnitMembership.valid_from <= uow.now,
                    or_(
                        UnitMembership.valid_to.is_(None),
                        UnitMembership.valid_to > uow.now,
                    ),
                ),
            )
            .where(
                Unit.kind == "office",
                Unit.valid_from <= today,
                or_(Unit.valid_to.is_(None), Unit.valid_to > today),
            )
        )
    )
    titles: dict[str, str] = {
        text.language: text.title
        for text in await uow.session.execute(
            select(CallText.language, CallText.title).where(CallText.call_id == call.id)
        )
    }
    parameters = {
        "title": titles["nb"],
        "opens_at": call.opens_at,
        "deadline_at": call.deadline,
    }
    people = [row.person_id for row in rows if row.person_id is not None]
    await tell(
        uow,
        people,
        "call_published",
        case_id=call.id,
        parameters=parameters,
        link=f"/calls/{call.id}",
    )
    told = {row.id for row in rows if row.person_id is not None}
    for row in rows:
        if row.person_id is None and row.mailbox:
            t = texts_for(row.language).t
            said = t("notice.call_published", **{**parameters, "title": titles[row.language]})
            await write_mail(
                uow,
                to_address=row.mailbox,
                subject=titles[row.language],
                body=said,
                language=row.language,
            )
            told.add(row.id)
    call.announced_to = len(told)
