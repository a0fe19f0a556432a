"""A letter as a PDF, made from the same fields as its page."""

from __future__ import annotations

from app.letters.making import Fields
from app.texts.pdf import pdf_from


async def pdf_of(fields: Fields) -> bytes:
    """The letter as a PDF: the same fields give the same file."""
    return await pdf_from("letters/letter.typ", fields, fields.dated_on)
