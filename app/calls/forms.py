"""What is typed about a call."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Optional
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta

from app.core.inputs import Count, Hours, Line, OptionalLine, OptionalText, Ore, Percent, Text
from workflows.forms.building import LONGEST
from workflows.rule_fields import FIELDS, SECTIONS, RuleField

Language = Literal["nb", "nn", "en"]
QuestionKind = Literal["text", "long_text", "choice", "choices", "number", "money", "date", "file", "table"]
ColumnKind = Literal["text", "number", "money", "date"]
CostKind = Literal["competence", "time", "travel", "sharing", "equipment"]


class CreateCall(msgspec.Struct, frozen=True, kw_only=True):
    """A new call: its title, in the language of who writes it."""

    title: Line


class CopyCall(msgspec.Struct, frozen=True, kw_only=True):
    """A new call made like an earlier one: its title, in the language of who writes it."""

    title: Line


class ExplainCall(msgspec.Struct, frozen=True, kw_only=True):
    """What is made clearer about a published call, in its three languages."""

    version: int | None = None
    text_nb: Text
    text_nn: Text
    text_en: Text


class WriteText(msgspec.Struct, frozen=True, kw_only=True):
    """The texts of a call in one language; a draft may have gaps."""

    version: int | None = None
    language: Language
    title: OptionalLine = ""
    purpose: OptionalText = ""
    target_group: OptionalText = ""
    attainment: OptionalText = ""
    award: OptionalText = ""
    follow_up: OptionalText = ""
    evaluation: OptionalText = ""


class WriteDates(msgspec.Struct, frozen=True, kw_only=True):
    """When a call opens and closes."""

    version: int | None = None
    opens_at: datetime
    deadline: datetime
    why: OptionalText = ""


class WriteFrame(msgspec.Struct, frozen=True, kw_only=True):
    """What a call has to give, and what it may be spent on."""

    version: int | None = None
    frame_ore: Ore
    facilitation_hours: Hours
    cost_kinds: tuple[CostKind, ...] = ()
    why: OptionalText = ""


class WriteOwner(msgspec.Struct, frozen=True, kw_only=True):
    """The person who answers for a call; their unit owns it."""

    version: int | None = None
    person_id: UUID
    why: OptionalText = ""


METHOD_KEY = Meta(max_length=60, pattern="^[a-z0-9_]*$")


def _type_of(field: RuleField) -> Any:
    match field.kind:
        case "number":
            return Count
        case "money":
            return Ore
        case "percent":
            return Annotated[Decimal, Meta(ge=0, le=100)]
        case "yes_no":
            return bool
        case "choice":
            return Literal.__getitem__(field.choices)
        case "choices":
            return tuple[Literal.__getitem__(field.choices), ...]  # type: ignore[misc]
        case "numbers":
            return Annotated[str, Meta(max_length=60, pattern=r"^\s*(\d{1,3}(\s*,\s*\d{1,3})*)?\s*$")]
        case "method":
            return Annotated[str, METHOD_KEY]
        case "methods":
            return Annotated[tuple[Annotated[str, METHOD_KEY], ...], Meta(max_length=20)]
    return OptionalText


WriteRules = msgspec.defstruct(
    "WriteRules",
    [
        ("version", Optional[int], None),  # noqa: UP045 (made at run time)
        ("why", OptionalText, ""),
        ("section", Optional[Literal.__getitem__(SECTIONS)], None),  # noqa: UP045
        ("asked", tuple[Literal.__getitem__(tuple(field.name for field in FIELDS)), ...], ()),  # type: ignore[misc]
        *((field.name, _type_of(field), UNSET) for field in FIELDS),
    ],
    frozen=True,
    kw_only=True,
    module=__name__,
)
WriteRules.__doc__ = """Rules of a call by their names.

`section` is the part of the page, and `asked` names the rules that its form asks for: a box without a tick sends nothing.
"""


class WriteCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion in one language: title, what is assessed, and one sentence for each score."""

    version: int | None = None
    criterion_id: UUID
    language: Language
    title: OptionalLine = ""
    description: OptionalText = ""
    level_0: OptionalLine = ""
    level_1: OptionalLine = ""
    level_2: OptionalLine = ""
    level_3: OptionalLine = ""
    level_4: OptionalLine = ""
    level_5: OptionalLine = ""
    level_6: OptionalLine = ""
    level_7: OptionalLine = ""
    level_8: OptionalLine = ""
    level_9: OptionalLine = ""
    level_10: OptionalLine = ""


class WeighCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """How much a criterion counts; the weights add up to 100."""

    version: int | None = None
    criterion_id: UUID
    weight: Percent


class AddCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """A further criterion, in the language of who writes it."""

    version: int | None = None
    title: Line
    weight: Percent


class ChoiceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to choose, in the three languages; its key where it has one already."""

    key: OptionalLine = ""
    nb: OptionalLine = ""
    nn: OptionalLine = ""
    en: OptionalLine = ""


class ColumnRow(ChoiceRow, frozen=True, kw_only=True):
    """One column of a table."""

    kind: ColumnKind = "text"
    required: bool = False


class QuestionFields(msgspec.Struct, frozen=True, kw_only=True):
    """What a question of the call's own says, and what it takes; a draft may lack texts.

    `condition` is "key=answer" of the question whose answer this one waits for. The least and the most are those of a
    number, of rows, of files or of choices; of a sum those in øre.
    """

    version: int | None = None
    label_nb: OptionalLine = ""
    label_nn: OptionalLine = ""
    label_en: OptionalLine = ""
    help_nb: OptionalText = ""
    help_nn: OptionalText = ""
    help_en: OptionalText = ""
    required: bool = False
    condition: OptionalLine = ""
    max_length: Annotated[int, Meta(ge=1, le=LONGEST)] | None = None
    least: Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)] | None = None
    most: Annotated[int, Meta(ge=-1_000_000_000, le=1_000_000_000)] | None = None
    least_ore: Ore | None = None
    most_ore: Ore | None = None
    choices: tuple[ChoiceRow, ...] = ()
    columns: tuple[ColumnRow, ...] = ()
    why: OptionalText = ""


class AddQuestion(QuestionFields, frozen=True, kw_only=True):
    """One more question of the call's own."""

    kind: QuestionKind


class WriteQuestion(QuestionFields, frozen=True, kw_only=True):
    """A question of the call's own put otherwise."""

    key: Line


class MoveQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """One place up or down, or to a place counted from 1."""

    version: int | None = None
    key: Line
    direction: Literal["up", "down"] | None = None
    to: Annotated[int, Meta(ge=1, le=1000)] | None = None


class RetireQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """The question that is no longer asked."""

    version: int | None = None
    key: Line
    why: OptionalText = ""


class RemoveCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """The criterion to take away."""

    version: int | None = None
    criterion_id: UUID


PhaseName = Annotated[str, Meta(min_length=1, max_length=60)]


class AddPhase(msgspec.Struct, frozen=True, kw_only=True):
    """A further phase of the reviewing."""

    version: int | None = None
    name: PhaseName
    begins_on: date | None = None
    why: OptionalText = ""


class OnePhase(msgspec.Struct, frozen=True, kw_only=True):
    """One phase of the reviewing."""

    version: int | None = None
    key: Annotated[str, Meta(min_length=1, max_length=40)]
    why: OptionalText = ""


class MovePhase(OnePhase, frozen=True, kw_only=True):
    """Which way a phase goes."""

    direction: Literal["up", "down"]


class WritePhase(OnePhase, frozen=True, kw_only=True):
    """A phase of the reviewing: its days, and what may be seen and done in it."""

    name_nb: PhaseName
    name_nn: PhaseName
    name_en: PhaseName
    begins_on: date | None = None
    ends_on: date | None = None
    may_score: bool = False
    applications: Literal["assigned", "unfinished", "none"] = "assigned"
    names_hidden: bool = False
    others_reviews: Literal["never", "after_own", "always"] = "after_own"
    discussion_open: bool = False
    may_change: bool = False
