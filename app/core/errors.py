"""What can be wrong with a request, said without a word of HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from workflows.engine import Reason
from workflows.roles import Role


class DomainError(Exception):
    """Something the person asking can understand and act on; app/web/errors.py gives each its status and page."""


class NotSignedIn(DomainError):
    """Nobody is signed in, and this needs somebody."""


class NotFound(DomainError):
    """It does not exist, or the actor may not know that it does."""


class NotAllowed(DomainError):
    """The actor may know of it, but has no role that grants this; `reason` says whose it is, where that helps."""

    def __init__(self, reason: Reason | None = None):
        super().__init__(reason.code if reason else "")
        self.reason = reason


class NotYet(DomainError):
    """The step is blocked; `reasons` is everything that is missing."""

    def __init__(
        self, reasons: Sequence[Reason], *, waivable: Sequence[str] = (), subject: str = "", step: str = "",
        case_id: UUID | None = None,
    ):  # fmt: skip
        super().__init__(", ".join(reason.code for reason in reasons))
        self.reasons = tuple(reasons)
        self.waivable = tuple(waivable)
        self.subject = subject
        self.step = step
        self.case_id = case_id
        self.people: Mapping[Role, tuple[str, ...]] = {}
        """Who holds the roles that can mend it, by name, where that is known."""


class Stale(DomainError):
    """Somebody else changed the row since the actor's page was made."""

    def __init__(self, *, typed_on: int | None = None, now_at: int | None = None):
        super().__init__(f"typed on version {typed_on}, now at {now_at}")
        self.typed_on = typed_on
        self.now_at = now_at


class Overlapping(msgspec.Struct, frozen=True, kw_only=True):
    """A field in which somebody else has written since one saw it: both texts, and who wrote theirs when."""

    field: str
    key: str
    theirs: Any
    mine: Any
    seen: str
    """What to send along for having seen theirs too."""
    by: str
    at: datetime | None


class Overlap(DomainError):
    """Somebody else wrote in the same fields meanwhile: nothing of theirs is replaced, and all else is kept."""

    def __init__(self, places: Sequence[Overlapping]):
        super().__init__(", ".join(place.key for place in places))
        self.places = tuple(places)


class Invalid(DomainError):
    """What was typed cannot be taken; one reason per field, keyed by the field's name."""

    def __init__(self, fields: Mapping[str, Reason]):
        super().__init__(", ".join(f"{name}: {reason.code}" for name, reason in fields.items()))
        self.fields = dict(fields)


class Unconfirmed(Invalid):
    """What was typed is taken once the person asking has said why: it may say who somebody is."""


class TooMany(DomainError):
    """Too many tries in too short a time; `wait_seconds` says when to come back."""

    def __init__(self, wait_seconds: int):
        super().__init__(f"wait {wait_seconds} seconds")
        self.wait_seconds = wait_seconds


class Unavailable(DomainError):
    """Something that is needed for this does not answer now; later it may, after `wait_seconds`."""

    wait_seconds = 5


class BeingWritten(Unavailable):
    """What it is made of is being written anew, and would lack some of it until that is done; nothing is wrong with it."""

    wait_seconds = 60


class Busy(Unavailable):
    """Something else has held the row for so long that nobody is left waiting for it: nothing was changed."""


def invalid(name: str, code: str, /, **parameters: str | int) -> Invalid:
    """An Invalid for one field."""
    return Invalid({name: Reason(code=code, parameters=parameters)})
