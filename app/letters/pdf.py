"""A letter as a PDF that screen readers can read (PDF/UA-1), made from the same fields as its page."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time
from pathlib import Path

import msgspec
import typst

from app.letters.making import Fields

TEMPLATE = Path(__file__).parent.parent.parent / "templates" / "letters" / "letter.typ"


def _compile(fields: Fields) -> bytes:
    made: bytes = typst.compile(
        str(TEMPLATE),
        root=str(TEMPLATE.parent),
        format="pdf",
        sys_inputs={"letter": msgspec.json.encode(fields).decode()},
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(datetime.combine(fields.dated_on, time(12), UTC).timestamp()),
    )
    return made


async def pdf_of(fields: Fields) -> bytes:
    """The letter as a PDF: the same fields give the same file. Made in a thread, for it takes its time."""
    return await asyncio.to_thread(_compile, fields)
