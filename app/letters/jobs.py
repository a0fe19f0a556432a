"""What letters do after the commit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from app.core.database import UnitOfWork
from app.decisions.models import Letter
from app.letters import together
from app.letters.making import Fields
from app.letters.pdf import pdf_of


async def make_letter_pdf(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Make a released letter's PDF and keep it; a letter that is gone needs none."""
    letter = await uow.session.get(Letter, UUID(payload["letter_id"]))
    if letter is not None:
        letter.pdf = await pdf_of(msgspec.convert(letter.fields, Fields))


async def send_letters(uow: UnitOfWork, payload: Mapping[str, Any]) -> None:
    """Send the letters of an act, and write down what became of each."""
    await together.send(uow, UUID(payload["release_id"]))


JOBS = {"make_letter_pdf": make_letter_pdf, together.JOB: send_letters}
