"""What is typed about payments."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.core.inputs import OptionalText, Text

Amount = Annotated[int, Meta(ge=1, le=100_000_000_000)]
Reference = Annotated[str, Meta(min_length=3, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9./_-]*$")]


class RegisterPaid(msgspec.Struct, frozen=True, kw_only=True):
    """That the accounting system has paid, under its own reference."""

    version: int | None = None
    reference: Reference


class Approve(msgspec.Struct, frozen=True, kw_only=True):
    """What has been checked before money is paid."""

    version: int | None = None
    checks: tuple[Literal["authority", "cover", "prudence"], ...] = ()
    why: OptionalText = ""


class Certify(msgspec.Struct, frozen=True, kw_only=True):
    """That a payment stands on what it says, and what has been corrected where the accounting system refused it."""

    version: int | None = None
    correction: OptionalText = ""
    why: OptionalText = ""


class RegisterRefused(msgspec.Struct, frozen=True, kw_only=True):
    """That the accounting system refused a payment, and the reason as it was given there."""

    version: int | None = None
    why: Text


class PartOfPayment(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a payment is to come back, or has come, and why."""

    version: int | None = None
    amount_ore: Amount
    why: Text


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What the office answers to a notice."""

    version: int | None = None
    reply: Text


class MakeList(msgspec.Struct, frozen=True, kw_only=True):
    """What the list is to hold, as somebody saw it; without it, whatever can be sent."""

    count: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    total_ore: Annotated[int, Meta(ge=0, le=10**15)] | None = None
