"""Documents that a page hands out as files."""

from __future__ import annotations

from typing import Any

from litestar import Response


def as_pdf(content: bytes, name: str, language: str) -> Response[Any]:
    """A PDF that the browser shows, and saves under the name."""
    return Response(
        content, media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"', "Content-Language": language},
    )  # fmt: skip


def is_known(tag: str, header: str) -> bool:
    """Whether the one who asks has these very bytes already."""
    known = {each.strip().removeprefix("W/") for each in header.split(",")}
    return tag in known or "*" in known
