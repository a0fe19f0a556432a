"""What an office has changed in an application that came back, beside what it had sent before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from app.applications.models import Application, Receipt
from app.applications.service.sending import content_of
from app.core.database import UnitOfWork
from workflows.application import ApplicationState
from workflows.forms.fields import Form
from workflows.returning import Change, changes_between


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between the last two times that an application was sent, or from what was sent to what is written now.

    `sent_at` is None for what has not been sent again yet.
    """

    before_at: datetime
    sent_at: datetime | None
    changes: tuple[Change, ...]


async def changes_of(uow: UnitOfWork, row: Application, form: Form) -> Changes | None:
    """What the office has changed since its application came back; None for one that never did."""
    receipts = (
        await uow.session.execute(
            select(Receipt.received_at, Receipt.content)
            .where(Receipt.case_id == row.id)
            .order_by(Receipt.number.desc())
            .limit(2)
        )
    ).all()
    if row.state == ApplicationState.RETURNED and receipts:
        now: dict[str, Any] = msgspec.to_builtins(await content_of(uow, row))
        return _between(receipts[0].received_at, receipts[0].content, None, now, form)
    if len(receipts) < 2:
        return None
    last, before = receipts
    return _between(before.received_at, before.content, last.received_at, last.content, form)


def _between(
    before_at: datetime, before: dict[str, Any], sent_at: datetime | None, after: dict[str, Any], form: Form
) -> Changes:
    part_of = {question.key: question.section for question in form.questions}
    return Changes(before_at=before_at, sent_at=sent_at, changes=changes_between(before, after, part_of))
