"""What is typed in an application; the questions themselves are declared in workflows/forms/application.py."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Optional
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta

from app.core.inputs import Email, Line, OptionalText, Ore, Rest, Text
from workflows.forms.application import APPLICATION_FORM, SECTIONS
from workflows.forms.fields import FIRST_DAY, LAST_DAY, MOST_HOURS, MOST_NUMBER, MOST_ORE, Question
from workflows.forms.own import OWN, PREFIX
from workflows.judging import JUDGEMENTS
from workflows.returning import PARTS
from workflows.roles import Role

TEAM_ROLES = (Role.LEADER, Role.COORDINATOR, Role.CORE_TEAM, Role.PARTNER, Role.CITIZENS_VOICE)
TeamRole = Literal["leader", "coordinator", "core_team", "partner", "citizens_voice"]
BENEFICIARIES = ("citizen", "organisation", "society")
Beneficiary = Literal["citizen", "organisation", "society"]
Goal = Literal["more_in_work", "better_meetings", "reliable_administration"]
WeeklyHours = Annotated[int, Meta(ge=0, le=40)]
CostKind = Literal["competence", "time", "travel", "sharing", "equipment"]
BearerOfCost = Literal["scheme", "office", "others"]
Year = Annotated[int, Meta(ge=FIRST_DAY.year, le=LAST_DAY.year)]
DevianceText = Annotated[str, Meta(min_length=1, max_length=1000)]


SeenFields = tuple[Annotated[str, Meta(max_length=200)], ...]


class Writing(msgspec.Struct, frozen=True, kw_only=True):
    """What every form sends along that writes in fields which others may write in too.

    How each field was seen; those in which what stands there is to stay; whether the page saves by itself.
    """

    version: int | None = None
    seen: SeenFields = ()
    standing: SeenFields = ()
    by_itself: bool = False


def _one_of(question: Question) -> Any:
    return Literal.__getitem__(question.choices)


def type_of(question: Question) -> Any:
    """The type of a question's answer as it is typed; an empty one takes the answer away."""
    match question.kind:
        case "text" | "long_text":
            return Optional[Annotated[str, Meta(max_length=question.max_length or None)]]  # noqa: UP045 (made at run time)
        case "choice":
            return Optional[_one_of(question)]  # noqa: UP045
        case "choices":
            return tuple[_one_of(question), ...]  # type: ignore[misc]
        case "date":
            return Optional[date]  # noqa: UP045
        case "yes_no":
            return Optional[Literal["yes", "no"]]  # noqa: UP045
    most = {"money": MOST_ORE, "hours": MOST_HOURS}.get(question.kind, MOST_NUMBER)
    limits = Meta(ge=question.minimum or 0, le=question.maximum or most)
    return Optional[Annotated[int, limits]]  # noqa: UP045


SaveAnswers = msgspec.defstruct(
    "SaveAnswers",
    [
        ("version", Optional[int], None),  # noqa: UP045
        ("section", Optional[Literal[(*SECTIONS, OWN)]], None),  # noqa: UP045
        ("seen", SeenFields, ()),
        ("standing", SeenFields, ()),
        ("by_itself", bool, False),
        ("own", Annotated[dict[str, Any], Rest(PREFIX)], {}),
        *((question.key, type_of(question), UNSET) for question in APPLICATION_FORM.questions),
    ],
    frozen=True,
    kw_only=True,
    module=__name__,
    namespace={
        "__doc__": "Answers by the keys of their questions. A form names its section, and answers all of it; "
        "without a section only what is given is changed. The call's own questions have keys that begin with own_."
    },
)


class CreateApplication(msgspec.Struct, frozen=True, kw_only=True):
    """A new application: to which call, of which of one's units, and in which language it is written."""

    call_id: UUID
    unit_id: UUID | None = None
    language: Literal["nb", "nn"] | None = None


class AddMember(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in the team: an account, or a name and an address."""

    version: int | None = None
    person_id: UUID | None = None
    name: Line | None = None
    email: Email | None = None
    role: TeamRole
    weekly_hours: WeeklyHours


class WriteMember(Writing, frozen=True, kw_only=True):
    """Another role, or other hours, of a member."""

    member_id: UUID
    role: TeamRole
    weekly_hours: WeeklyHours


class RemoveMember(msgspec.Struct, frozen=True, kw_only=True):
    """The member who leaves the team."""

    version: int | None = None
    member_id: UUID


class AddDeviance(msgspec.Struct, frozen=True, kw_only=True):
    """Something that works already; it takes the last place."""

    version: int | None = None
    text: DevianceText


class WriteDeviance(Writing, frozen=True, kw_only=True):
    """Other words for something that works already."""

    deviance_id: UUID
    text: DevianceText


class MoveDeviance(msgspec.Struct, frozen=True, kw_only=True):
    """One place up or down in the ranking."""

    version: int | None = None
    deviance_id: UUID
    direction: Literal["up", "down"]


class RemoveDeviance(msgspec.Struct, frozen=True, kw_only=True):
    """What to take away."""

    version: int | None = None
    deviance_id: UUID


class AddBenefit(msgspec.Struct, frozen=True, kw_only=True):
    """A benefit that the office hopes for."""

    version: int | None = None
    title: Line
    description: OptionalText = ""
    beneficiaries: tuple[Beneficiary, ...] = ()
    goal: Goal | None = None
    how_noticed: OptionalText = ""


class WriteBenefit(AddBenefit, frozen=True, kw_only=True):
    """Other words for a benefit, with what `Writing` sends along."""

    seen: SeenFields = ()
    standing: SeenFields = ()
    by_itself: bool = False

    benefit_id: UUID


class RemoveBenefit(msgspec.Struct, frozen=True, kw_only=True):
    """The benefit to take away."""

    version: int | None = None
    benefit_id: UUID


class AddBudgetLine(msgspec.Struct, frozen=True, kw_only=True):
    """A cost of the project: its kind, who bears it, and the year in which it falls."""

    version: int | None = None
    cost_kind: CostKind
    description: Line
    amount_ore: Ore
    bearer: BearerOfCost
    year: Year | None = None


class WriteBudgetLine(AddBudgetLine, frozen=True, kw_only=True):
    """The cost as it is to be, with what `Writing` sends along."""

    seen: SeenFields = ()
    standing: SeenFields = ()
    by_itself: bool = False

    budget_line_id: UUID


class RemoveBudgetLine(msgspec.Struct, frozen=True, kw_only=True):
    """The cost to take away."""

    version: int | None = None
    budget_line_id: UUID


class InviteMember(msgspec.Struct, frozen=True, kw_only=True):
    """Which member without an account to send a link, and to which address where it is another than before."""

    member_id: UUID
    email: Email | None = None


class RevokeInvitation(msgspec.Struct, frozen=True, kw_only=True):
    """The member whose link is no longer to open."""

    member_id: UUID


class TakePart(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one takes part, and why not; `asked` is what role and hours one has read."""

    answer: Literal["yes", "no"]
    why: OptionalText = ""
    asked: Line | None = None


class RecordTakingPart(msgspec.Struct, frozen=True, kw_only=True):
    """Which member without an account takes part, and how they said so."""

    member_id: UUID
    how: Text


class Endorse(msgspec.Struct, frozen=True, kw_only=True):
    """The leader's word, on what they have read (`read` is its fingerprint), with the hours a week that each is released."""

    version: int | None = None
    read: Line | None = None
    released: Annotated[dict[str, Any], Rest("released-")] = {}


ReturnForCompletion = msgspec.defstruct(
    "ReturnForCompletion",
    [
        ("version", Optional[int], None),  # noqa: UP045
        ("why", OptionalText, ""),
        ("until", Optional[date], None),  # noqa: UP045
        *((f"part_{part}", OptionalText, "") for part in PARTS),
    ],
    frozen=True,
    kw_only=True,
    module=__name__,
    namespace={
        "__doc__": "What is missing in each part that goes back, and by which day all of it is to be sent. A part without "
        "a text stays as it was sent."
    },
)


Judge = msgspec.defstruct(
    "Judge",
    [
        ("version", Optional[int], None),  # noqa: UP045
        *((f"holds_{key}", Optional[Literal["yes", "no"]], None) for key in JUDGEMENTS),  # noqa: UP045
        *((f"remark_{key}", OptionalText, "") for key in JUDGEMENTS),
    ],
    frozen=True,
    kw_only=True,
    module=__name__,
    namespace={
        "__doc__": "What a case handler judges of an application, yes speaking for it, each with a remark; a no says why. "
        "What is left open stays as it was."
    },
)


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """The version that one has read."""

    version: int | None = None


class AskExtension(msgspec.Struct, frozen=True, kw_only=True):
    """Why an office needs more time than the deadline gives."""

    version: int | None = None
    why: Text


class Extend(msgspec.Struct, frozen=True, kw_only=True):
    """Which draft may be sent until the end of which day, and why."""

    application_id: UUID
    until: date
    why: Text


class ExtendCompletion(msgspec.Struct, frozen=True, kw_only=True):
    """Until the end of which later day an application may be completed, and why."""

    version: int | None = None
    until: date
    why: Text


class Waive(msgspec.Struct, frozen=True, kw_only=True):
    """The requirement that need not hold for this application, and why."""

    requirement: Line
    why: Text
