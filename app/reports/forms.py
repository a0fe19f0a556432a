"""What is typed in a report; the questions themselves are declared in workflows/forms/report.py."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Optional

import msgspec
from msgspec import UNSET, Meta

from app.applications.forms import type_of
from app.core.inputs import OptionalText, Text
from workflows.forms.report import QUESTIONS, SECTIONS

Part = Annotated[str, Meta(max_length=2000)]
PREFIX = "part_"
"""What the field of a section begins with where it is sent back, so that it is no question's name."""

SaveReport: Any = msgspec.defstruct(
    "SaveReport",
    [
        ("version", Optional[int], None),  # noqa: UP045 (made at run time)
        ("section", Optional[Literal[SECTIONS]], None),  # noqa: UP045
        *((question.key, type_of(question), UNSET) for question in QUESTIONS),
    ],
    frozen=True,
    kw_only=True,
    module=__name__,
    namespace={
        "__doc__": "Answers by the keys of their questions. A form names its section, and answers all of it; without a "
        "section only what is given is changed."
    },
)

ReturnReport: Any = msgspec.defstruct(
    "ReturnReport",
    [
        ("version", Optional[int], None),  # noqa: UP045
        ("why", OptionalText, ""),
        *((PREFIX + section, Part, "") for section in SECTIONS),
    ],
    frozen=True,
    kw_only=True,
    module=__name__,
    namespace={"__doc__": "What is missing, section by section: those named are opened, the others stay locked."},
)


class MoveReport(msgspec.Struct, frozen=True, kw_only=True):
    """Another day for a report, and why."""

    version: int | None = None
    due_on: date
    why: Text
