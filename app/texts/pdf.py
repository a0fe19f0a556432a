"""Documents as PDFs that screen readers can read (PDF/UA-1), and pictures, from a template and what it says."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time
from pathlib import Path

import msgspec
import typst

TEMPLATES = Path(__file__).parent.parent.parent / "templates"


def _compile(template: str, said: msgspec.Struct, dated_on: date) -> bytes:
    made: bytes = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        format="pdf",
        sys_inputs={"said": msgspec.json.encode(said).decode()},
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(datetime.combine(dated_on, time(12), UTC).timestamp()),
    )
    return made


async def pdf_from(template: str, said: msgspec.Struct, dated_on: date) -> bytes:
    """A document as a PDF: the same words give the same file. Made in a thread, for it takes its time."""
    return await asyncio.to_thread(_compile, template, said, dated_on)


SHARP = 192
"""Dots an inch of a picture: twice what a screen shows."""


def _picture(template: str, said: msgspec.Struct) -> bytes:
    made: bytes = typst.compile(
        str(TEMPLATES / template), root=str(TEMPLATES), format="png", ppi=SHARP,
        sys_inputs={"said": msgspec.json.encode(said).decode()}, ignore_system_fonts=True,
    )  # fmt: skip
    return made


async def png_from(template: str, said: msgspec.Struct) -> bytes:
    """What fills one sheet of its own size as a picture; made in a thread, for it takes its time."""
    return await asyncio.to_thread(_picture, template, said)
