"""PDFs as a reader and a screen reader meet them."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf

PAGE_NUMBER = re.compile(r"\d+ / \d+\s*$")


def words_of(file: bytes, language: str) -> str:
    """What a PDF says from top to bottom; it must be tagged for screen readers (PDF/UA) and name its language."""
    reader = pypdf.PdfReader(io.BytesIO(file))
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"].startswith(language)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"] is not None
    assert b"pdfuaid" in file or "pdfuaid" in str(root["/Metadata"].get_data())
    return plain(" ".join(PAGE_NUMBER.sub("", page.extract_text()) for page in reader.pages))


def assert_in_order(words: str, said: list[str]) -> None:
    """Nothing is left out, and all of it stands in this order."""
    place = 0
    for text in map(plain, said):
        found = words.find(text, place)
        assert found >= 0, f"not in its place: {text}"
        place = found + len(text)


def all_of(file: bytes) -> str:
    """All text of a PDF with what it says of itself, to search for what must not be there."""
    reader = pypdf.PdfReader(io.BytesIO(file))
    told = [str(reader.metadata), str(reader.trailer["/Root"]["/Metadata"].get_data())]  # type: ignore[index]
    return plain(" ".join([*told, *(page.extract_text() for page in reader.pages)]))


def tagged_languages(file: bytes) -> set[str]:
    """The languages that pieces of a PDF say they are in."""
    found: set[str] = set()
    waiting: list[Any] = [pypdf.PdfReader(io.BytesIO(file)).trailer["/Root"]["/StructTreeRoot"]]  # type: ignore[index]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += [each.get_object() for each in node]
        elif isinstance(node, dict):
            found |= {str(node["/Lang"])} if "/Lang" in node else set()
            waiting += [node["/K"]] if "/K" in node else []
    return found


def plain(text: str) -> str:
    """The words with one space between them; a word that was parted at a line's end is whole again."""
    return " ".join(text.replace("\u00a0", " ").split()).replace(" -", "-").replace("- ", "-").replace(" –", "–")
