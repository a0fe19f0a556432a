"""The pages of one's own notices, and of the mails."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Response, get

from app.notices import queries
from app.web.visit import Visit
from workflows.roles import Permission


@get("/notices", permission=Permission.SELF, include_in_schema=False)
async def notices_page(visit: Visit, after: UUID | None = None, read: bool = False) -> Response[Any]:
    """One's own notices, unread first."""
    found = await queries.notices_of(visit.uow, visit.actor, after=after, after_read=read)
    next_address = ""
    if found.after is not None:
        next_address = f"/notices?after={found.after}&read={'true' if found.rows[-1].read_at else 'false'}"
    return visit.render(
        "notices/notices.html",
        rows=[(row, visit.t(f"notice.{row.code}", **row.parameters)) for row in found.rows],
        first="/notices" if after else "",
        next=next_address,
    )


@get("/operation/mail", permission=Permission.MAIL_READ, include_in_schema=False)
async def mails_page(visit: Visit, after: UUID | None = None, unsent: bool = False) -> Response[Any]:
    """Every mail that was written, newest first."""
    found = await queries.mails(visit.uow, after=after, unsent=unsent)
    kept = "&unsent=true" if unsent else ""
    return visit.render(
        "administration/mails.html",
        rows=found.rows,
        unsent=unsent,
        first=f"/operation/mail?{kept.removeprefix('&')}" if after else "",
        next=f"/operation/mail?after={found.after}{kept}" if found.after else "",
    )


@get("/operation/mail/{mail_id:uuid}", permission=Permission.MAIL_READ, include_in_schema=False)
async def mail_page(visit: Visit, mail_id: UUID) -> Response[Any]:
    """One mail as it was written."""
    return visit.render("administration/mail.html", mail=await queries.mail(visit.uow, mail_id))


ROUTES = [notices_page, mails_page, mail_page]
